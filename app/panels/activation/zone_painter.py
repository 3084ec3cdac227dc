"""ZonePainter: the stretches of a plot in which a function passes little or no gradient, shaded and named. Knows no function."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPixmap

from app.widgets.plot_export import is_drawing
from app.widgets.theme import Theme


@dataclass(frozen=True)
class Zone:
    """A stretch of x in which the selected function passes little or no gradient."""

    start: float
    end: float
    is_dead: bool


class ZonePainter:
    """Saturated stretches are shaded, dead ones hatched as well; the wide ones carry their words."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._hatched: QPixmap | None = None
        self._hatched_look: tuple[object, ...] = ()

    def paint(
        self,
        painter: QPainter,
        rect: QRectF,
        zones: Sequence[Zone],
        words: tuple[str, str],
        scale: tuple[float, float],
    ) -> None:
        """words: of saturated and dead ones. scale: x in px = first + second * x."""
        for zone in zones:
            left = max(rect.left(), scale[0] + scale[1] * zone.start)
            right = min(rect.right(), scale[0] + scale[1] * zone.end)
            if right > left:
                self._shade(painter, rect, QRectF(left, rect.top(), right - left, rect.height()), zone.is_dead)
                self._name(painter, rect, left, right, words[1 if zone.is_dead else 0], zone.is_dead)

    def _shade(self, painter: QPainter, rect: QRectF, place: QRectF, is_dead: bool) -> None:
        theme = self._theme
        color = theme.color("bad" if is_dead else "warning")
        color.setAlpha(30 if not theme.is_dark else 44)
        painter.fillRect(place, color)
        if is_dead:
            color.setAlpha(110)
            self._hatch(painter, rect, place, color)

    def _hatch(self, painter: QPainter, rect: QRectF, place: QRectF, color: QColor) -> None:
        """From a picture of the whole plot: Qt hatches half of one in 2.5 ms, and copies it in a fifth of that."""
        if is_drawing(painter):
            painter.fillRect(place, QBrush(color, Qt.BrushStyle.BDiagPattern))
            return
        ratio = painter.device().devicePixelRatioF()
        look = (color.rgba(), ratio, rect.width(), rect.height())
        if self._hatched is None or look != self._hatched_look:
            self._hatched_look = look
            self._hatched = QPixmap(math.ceil(rect.width() * ratio), math.ceil(rect.height() * ratio))
            self._hatched.setDevicePixelRatio(ratio)
            self._hatched.fill(Qt.GlobalColor.transparent)
            inner = QPainter(self._hatched)
            inner.fillRect(QRectF(0, 0, rect.width(), rect.height()), QBrush(color, Qt.BrushStyle.BDiagPattern))
            inner.end()
        painter.save()
        painter.setClipRect(place, Qt.ClipOperation.IntersectClip)
        painter.drawPixmap(rect.topLeft(), self._hatched)
        painter.restore()

    def _name(self, painter: QPainter, rect: QRectF, left: float, right: float, words: str, is_dead: bool) -> None:
        theme = self._theme
        font = theme.font("small")
        metrics = QFontMetricsF(font)
        width = metrics.horizontalAdvance(words)
        if not words or width + 8 >= right - left:
            return
        painter.setFont(font)
        x = (left + right) / 2 - width / 2
        box = QRectF(x - 4, rect.bottom() - metrics.height() - 5, width + 8, metrics.height() + 2)
        ground = theme.color("panel")
        ground.setAlpha(225)
        painter.fillRect(box, ground)
        painter.setPen(theme.color("bad" if is_dead else "warning"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
