"""QuietRoom: what a label that changes often lies in, so that a new text asks nobody outside for a new layout. Knows no panel."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class QuietRoom(QWidget):
    """A label in a layout has all of the window laid out anew at each new text; here only one with more or fewer lines does."""

    fitted = Signal()  # the label has another width

    def __init__(self, label: QLabel, parent: QWidget) -> None:
        super().__init__(parent)
        self._label = label
        self._width = 10_000  # until it is laid out, as if there were room enough: else the window would grow for it
        label.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def fit(self) -> None:
        """As high as the text needs."""
        label, width = self._label, self._width
        height = max(0, label.heightForWidth(width) if label.wordWrap() else label.sizeHint().height())
        label.setGeometry(0, 0, width, height)
        if height != self.maximumHeight():
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._width = self.width()
        self.fit()
        self.fitted.emit()
