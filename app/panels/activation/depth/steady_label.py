"""SteadyLabel: words that change with every answer, in a room whose height follows them. Knows no answer."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QWidget


class SteadyLabel(QWidget):
    """Room for `label` across its whole width; what lies around it is laid out anew only when the words take another height.

    A label in a layout asks for that whenever its words change: 2 ms of each move of a slider.
    """

    def __init__(self, label: QLabel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        label.setParent(self)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # the label's, which has no layout to tell
            self._fit()
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width, label = self.width(), self._label
        height = label.heightForWidth(width) if label.hasHeightForWidth() else label.sizeHint().height()
        label.setGeometry(0, 0, width, height)
        if self.minimumHeight() != height or self.maximumHeight() != height:
            self.setFixedHeight(height)
