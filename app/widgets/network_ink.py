"""What all items of a drawn network are painted with: colours, type that fits, and from which zoom on what can be read. Edits nothing."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPen, QPixmap

from app.widgets.layer_style import Family
from app.widgets.theme import Theme

# Zoom from which a card shows all its lines; three larger ones; two; one word. Below: its mark alone.
# Below MERE: a coloured block.
NEAR, MIDDLE, FAR, TINY, MERE = 0.85, 0.68, 0.47, 0.3, 0.18
_MOST_PENS = 64


class Ink:
    """The colours and the typeface that all items of one drawing share; made anew when the theme changes."""

    def __init__(self, theme: Theme) -> None:
        self.text, self.muted = theme.color("text"), theme.color("muted")
        self.card, self.panel = theme.color("raised"), theme.color("panel")
        self.border, self.accent, self.bad = theme.color("border"), theme.color("accent"), theme.color("bad")
        self.selection = theme.color("selection")
        self.family = theme.font("body").families()
        self.line_width = theme.line_width
        self.legible = theme.scale  # how much larger than designed type must be to count as legible
        self.pictures: dict[object, QPixmap] = {}  # of cards so far away that many look alike
        self._pens: dict[tuple[float, bool, bool], QPen] = {}
        self.least_zoom = 0.0  # an export shows all lines, however small it is drawn
        self._theme = theme

    def seen_at(self, zoom: float) -> float:
        """How near a card looks at `zoom`: larger type needs more room before there is a place for all lines."""
        return max(zoom / self.legible, self.least_zoom)

    def wire_pen(self, zoom: float, *, is_lit: bool, is_bad: bool) -> QPen:
        """What a wire is drawn with at `zoom`: of the chosen layer, or one on which something does not fit."""
        key = (zoom, is_lit, is_bad)
        pen = self._pens.get(key)
        if pen is None:
            if len(self._pens) >= _MOST_PENS:
                self._pens.clear()
            width = max(1.3, (1.2 if zoom < FAR else 0.8) * self.line_width / max(zoom, 0.4) ** 0.5)
            is_tiny = self.seen_at(zoom) < TINY
            width = 0.0 if is_tiny else width * (1.4 if is_lit else 1.0)
            style = Qt.PenStyle.DashLine if is_bad and not is_tiny else Qt.PenStyle.SolidLine
            pen = self._pens[key] = QPen(self.bad if is_bad else self.accent if is_lit else self.muted, width, style)
        return pen

    def of(self, family: Family) -> QColor:
        """The colour of a family of layers."""
        return self._theme.color(family.color)


@lru_cache(maxsize=4096)
def fitted_font(family: str, text: str, pixels: float, width: float, weight: int) -> QFont:
    """The font in which `text` is at most `width` wide and at most `pixels` high; names are never cut."""
    font = QFont()
    font.setFamily(family)
    font.setWeight(QFont.Weight(weight))
    font.setPixelSize(round(pixels))
    needed = QFontMetricsF(font).horizontalAdvance(text)
    if needed > width:
        font.setPixelSize(max(4, int(pixels * width / needed)))
    return font


def text_width(family: str, text: str, pixels: float) -> float:
    """How wide `text` is in type `pixels` high."""
    font = QFont(family)
    font.setPixelSize(round(pixels))
    return QFontMetricsF(font).horizontalAdvance(text)


def has_room(family: str, text: str, pixels: float, width: float) -> bool:
    """Whether `text` need not be made much smaller than `pixels` to fit."""
    return fitted_font(family, text, pixels, width, QFont.Weight.DemiBold.value).pixelSize() >= 0.64 * pixels
