"""One bar of probability for each class, drawn by hand so that ten of them cost well under a millisecond. Knows no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

if TYPE_CHECKING:
    from app.widgets.theme import Theme

MOST_BARS = 10
LEAST_BARS = 5  # beside the pad on a projector at 1280x800 more would push the status bar off the screen


class ProbabilityBars(QWidget):
    """Class, bar, per cent: at most ten rows; of more classes, or where fewer rows have room, the most probable ones."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.classes: tuple[str, ...] = tuple(str(digit) for digit in range(10))
        self.outputs: np.ndarray | None = None
        self.setAccessibleName("Probability of each class")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.updateGeometry)

    def set_classes(self, classes: tuple[str, ...]) -> None:
        """Names of the classes, in the order of the outputs."""
        self.classes = classes
        self.outputs = None
        self.updateGeometry()
        self.update()

    def label(self, index: int) -> str:
        """Name of one class."""
        return self.classes[index] if index < len(self.classes) else str(index)

    def show_outputs(self, outputs: np.ndarray | None) -> None:
        """float32 (classes,) from 0 to 1, or None for no answer."""
        self.outputs = outputs
        if outputs is None:
            self.setAccessibleDescription("No answer yet")
        else:
            order = np.argsort(-outputs, kind="stable")[:3]
            self.setAccessibleDescription(", ".join(f"{self.label(int(i))}: {outputs[i]:.0%}" for i in order))
        self.update()

    def rows(self) -> list[int]:
        """The classes shown, from top to bottom."""
        count = len(self.classes)
        most = self._most()
        if count <= most or self.outputs is None:
            return list(range(min(count, most)))
        likely = [int(index) for index in np.argsort(-self.outputs, kind="stable")[:most]]
        return likely if count > MOST_BARS else sorted(likely)  # a digit keeps its place among the others

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(120), round(self._least_row() * min(len(self.classes), LEAST_BARS)))

    def sizeHint(self) -> QSize:
        line = QFontMetricsF(self._theme.font("small")).height() + self._theme.px(3)
        return QSize(self._theme.px(180), round(line * min(len(self.classes), MOST_BARS)))

    def _least_row(self) -> float:
        return 0.98 * QFontMetricsF(self._theme.font("small")).height()

    def _most(self) -> int:
        return max(1, min(MOST_BARS, round(self.height() / self._least_row())))

    def _row_height(self) -> float:
        tallest = QFontMetricsF(self._theme.font("body")).height() * 1.8
        return min(tallest, self.height() / max(1, len(self.rows())))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        rows = self.rows()
        height = self._row_height()
        font = theme.font("body" if height > QFontMetricsF(theme.font("body")).height() * 1.1 else "small")
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        gap = theme.px(6)
        names = max((metrics.horizontalAdvance(self.label(index)) for index in rows), default=0.0)
        names = min(names, self.width() * 0.4)
        figures = metrics.horizontalAdvance("100 %")
        room = max(0.0, self.width() - names - figures - 2 * gap)
        best = -1 if self.outputs is None else int(np.argmax(self.outputs))
        inset = min(theme.px(3), height * 0.15)
        for row, index in enumerate(rows):
            top = row * height
            line = QRectF(0.0, top, self.width(), height)
            painter.setPen(theme.color("text"))
            painter.drawText(line.adjusted(0, 0, names - line.width(), 0), _LEFT, self.label(index))
            track = QRectF(names + gap, top + inset, room, height - 2 * inset)
            painter.fillRect(track, theme.color("raised"))
            if self.outputs is None or index >= len(self.outputs):
                continue
            share = float(self.outputs[index])
            filled = QRectF(track.x(), track.y(), track.width() * min(1.0, max(0.0, share)), track.height())
            painter.fillRect(filled, theme.color("accent" if index == best else "muted"))
            painter.setPen(theme.color("text" if index == best else "muted"))
            painter.drawText(line, _RIGHT, f"{100.0 * share:.0f} %")

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            rows = self.rows()
            row = int(event.pos().y() / max(1.0, self._row_height()))
            if row < len(rows):
                name = self.label(rows[row])
                share = "no answer yet" if self.outputs is None else f"{100.0 * float(self.outputs[rows[row]]):.2f} %"
                QToolTip.showText(event.globalPos(), f"How probable the network finds {name}: {share}", self)
            return True
        return super().event(event)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
