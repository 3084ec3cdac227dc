"""FittedLine: one line of words in colours, painted, that shrinks where it has no room and asks nobody for a new layout."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.widgets.theme import Theme

Part = tuple[str, str]  # words, the theme's colour for them
_SMALLEST = 12  # px of type
_BETWEEN = "   "


class FittedLine(QWidget):
    """Beside others of its kind it lets columns stay of one width; a label that changes each frame lays them all out anew."""

    def __init__(self, theme: Theme, role: str = "small") -> None:
        """role: of the type, as in `Theme.font`."""
        super().__init__()
        self._theme = theme
        self._role = role
        self._parts: tuple[Part, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    @property
    def text(self) -> str:
        """What is to be read."""
        return _BETWEEN.join(words for words, _ in self._parts)

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Show these words, one beside the other."""
        if tuple(parts) != self._parts:
            self._parts = tuple(parts)
            self.setAccessibleName(self.text)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(10, math.ceil(QFontMetricsF(self._theme.font(self._role)).height()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = self._theme.font(self._role)
        while QFontMetricsF(font).horizontalAdvance(self.text) > self.width() and font.pixelSize() > _SMALLEST:
            font.setPixelSize(font.pixelSize() - 1)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        x, base = 0.0, (self.height() + metrics.ascent() - metrics.descent()) / 2
        for words, token in self._parts:
            painter.setPen(self._theme.color(token))
            painter.drawText(QPointF(x, base), words)
            x += metrics.horizontalAdvance(words + _BETWEEN)
        painter.end()
