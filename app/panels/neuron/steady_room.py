"""SteadyRoom: a prediction box with room for what it will say, so that nothing below it moves when it says it. Knows no bench."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.panels.neuron.prediction import PredictionBox
from app.panels.neuron.prediction_means import AnswerMeans


class SteadyRoom(QWidget):
    """The box at the top of the height that its question needs with the longest verdict; in free play as low as the box."""

    def __init__(self, box: PredictionBox, verdicts: Sequence[str]) -> None:
        """verdicts: the longest sentences that may stand under the question."""
        super().__init__()
        self._box = box
        self._verdicts = tuple(verdicts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(box)
        column.addStretch(1)
        box.installEventFilter(self)

    def _wanted(self) -> int:
        """px that the box takes at most at this width, whatever has been said."""
        box, width = self._box, self.width()
        means, layout = box.findChild(AnswerMeans), box.layout()
        if means is None or layout is None or box.question.isHidden():
            return 0
        lines = QRect(0, 0, width, 10_000)
        metrics = box.verdict.fontMetrics()
        said = [metrics.boundingRect(lines, Qt.TextFlag.TextWordWrap, text).height() for text in self._verdicts]
        above = [max(box.switch.sizeHint().height(), box.again.sizeHint().height()), _height(box.question, width)]
        if means.stays_open:
            above.append(_height(means, width))
        else:  # it makes way for what was said
            said.append(_height(means, width))
        return sum(above) + len(above) * layout.spacing() + max(said)

    def _fit(self) -> None:
        wanted = self._wanted()
        if wanted != self.minimumHeight():
            self.setMinimumHeight(wanted)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _height(part: QWidget, width: int) -> int:
    return part.heightForWidth(width) if part.hasHeightForWidth() else part.sizeHint().height()
