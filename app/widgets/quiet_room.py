"""QuietRoom: what a label that changes often lies in, so that a new text asks nobody outside for a new layout. Knows no panel."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class QuietRoom(QWidget):
    """A label in a layout has all of the window laid out anew at each new text; here only one with more or fewer lines does."""

    fitted = Signal()  # the label has another width

    def __init__(self, label: QLabel, parent: QWidget, texts: tuple[str, ...] = ()) -> None:
        """texts: what the label comes to say, where that is known: there is room for the longest of them from the first on."""
        super().__init__(parent)
        self._label = label
        self._texts = texts
        self._measured: tuple[int, str] = (0, "")  # width and font that the longest text was measured for
        self._longest = 0
        self._width = 10_000  # until it is laid out, as if there were room enough: else the window would grow for it
        label.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def expect(self, texts: tuple[str, ...]) -> None:
        """Other texts than those given at first."""
        self._texts, self._measured, self._longest = texts, (0, ""), 0
        self.fit()

    def fit(self) -> None:
        """As high as the text needs."""
        label, width = self._label, self._width
        height = label.heightForWidth(width) if label.wordWrap() else label.sizeHint().height()
        height = max(0, height, self._height_of_longest(width))
        label.setGeometry(0, 0, width, height)
        if height != self.maximumHeight():
            self.setFixedHeight(height)

    def _height_of_longest(self, width: int) -> int:
        wanted = (width, self._label.font().key())
        if self._texts and wanted != self._measured:
            self._measured, metrics = wanted, QFontMetrics(self._label.font())
            room = QRect(0, 0, width, 10_000)
            flags = int(Qt.TextFlag.TextWordWrap)
            self._longest = max(metrics.boundingRect(room, flags, text).height() for text in self._texts)
        return self._longest

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._width = self.width()
        self.fit()
        self.fitted.emit()
