"""What all that is drawn within a network's layers shares: colours, type measured once, numbers shaped once. Knows no panel."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetricsF, QStaticText, QTransform

from app.widgets.network_inside import Shades
from app.widgets.theme import Theme

_MOST_TEXTS = 3_000  # kept; numbers of three digits repeat from look to look


class ShapedText(NamedTuple):
    """A short text ready to be drawn, and its size in pixels."""

    text: QStaticText
    width: float
    height: float


class InsideInk:
    """Made anew when the theme changes. Asking the theme at each paint took a third of it; drawing a text that is shaped already
    takes 3 microseconds, shaping it 10."""

    def __init__(self, theme: Theme) -> None:
        self.shades = Shades(theme)
        self.scale = theme.scale
        self.gap = theme.gap(8)
        self.font = theme.font("small")
        self.family = theme.font("body").families()[0]
        self.metrics = QFontMetricsF(self.font)
        self.line = self.metrics.height()
        tokens = ("text", "muted", "panel", "raised", "selection", "hairline", "accent", "warning")
        self.colors: dict[str, QColor] = {token: theme.color(token) for token in tokens}
        pair = (self.colors["text"], self.colors["panel"])
        self.dark, self.light = pair if pair[0].lightness() < pair[1].lightness() else (pair[1], pair[0])
        self._texts: dict[str, ShapedText] = {}

    def shaped(self, text: str) -> ShapedText:
        """`text` in small type, shaped once."""
        found = self._texts.get(text)
        if found is None:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            static = QStaticText(text)
            static.setTextFormat(Qt.TextFormat.PlainText)
            static.setPerformanceHint(QStaticText.PerformanceHint.ModerateCaching)
            static.prepare(QTransform(), self.font)
            size = static.size()
            found = self._texts[text] = ShapedText(static, size.width(), size.height())
        return found
