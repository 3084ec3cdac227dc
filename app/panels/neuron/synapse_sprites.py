"""The small pictures that a synapse is stamped with: receptors, vesicles, transmitter. Knows no cell."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from app.panels.neuron.cell_painter import mixed
from app.panels.neuron.sprites import Sprites
from app.widgets.theme import Theme

RECEPTOR = 0.046
VESICLE = 0.17


class SynapseSprites:
    """Pictures in the colour of the input. unit: px of the radius of a disc of 1 nS; ratio: device pixels a px."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._sprites = Sprites()

    def forget(self) -> None:
        """The theme has changed."""
        self._sprites.forget()

    def receptor(self, color: QColor, unit: float, ratio: float, *, is_open: bool) -> QPixmap:
        """A receptor: two halves, with a gap between where it is open, and lit."""
        tone = self.theme.color("good") if is_open else mixed(color, self.theme.color("muted"), 0.55)
        gap = 0.036 if is_open else 0.006

        def draw(painter: QPainter) -> None:
            painter.scale(unit, unit)
            painter.setPen(QPen(self.theme.color("panel"), 0.016))
            painter.setBrush(tone)
            for left in (gap, -gap - RECEPTOR):
                painter.drawRoundedRect(QRectF(left, -0.07, RECEPTOR, 0.135), 0.03, 0.03)

        return self._sprites.get(("receptor", is_open, color.rgb()), 0.22 * unit, 0.19 * unit, ratio, draw)

    def calcium_channel(self, unit: float, ratio: float, *, is_open: bool) -> QPixmap:
        """A calcium channel of the terminal: two halves, with a gap between where it is open."""
        gap = 0.03 if is_open else 0.006

        def draw(painter: QPainter) -> None:
            painter.scale(unit, unit)
            painter.setPen(QPen(self.theme.color("panel"), 0.012))
            painter.setBrush(self.theme.color("warning"))
            for left in (gap, -gap - 0.05):
                painter.drawRoundedRect(QRectF(left, -0.11, 0.05, 0.22), 0.02, 0.02)

        return self._sprites.get(("calcium channel", is_open), 0.2 * unit, 0.26 * unit, ratio, draw)

    def dot(self, color: QColor, unit: float, ratio: float, *, is_square: bool) -> QPixmap:
        """One transmitter molecule."""

        def draw(painter: QPainter) -> None:
            painter.scale(unit, unit)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            self._draw_dot(painter, QPointF(0, 0), 0.035, is_square)

        return self._sprites.get(("dot", is_square, color.rgb()), 0.09 * unit, 0.09 * unit, ratio, draw)

    def vesicle(self, color: QColor, unit: float, ratio: float, *, is_square: bool) -> QPixmap:
        """A full vesicle."""

        def draw(painter: QPainter) -> None:
            painter.scale(unit, unit)
            self.draw_vesicle(painter, QPointF(0, 0), color, is_square)

        return self._sprites.get(("vesicle", is_square, color.rgb()), 0.4 * unit, 0.4 * unit, ratio, draw)

    def draw_vesicle(self, painter: QPainter, at: QPointF, color: QColor, is_square: bool) -> None:
        """A full vesicle, in units."""
        painter.setPen(QPen(mixed(color, self.theme.color("text"), 0.4), 0.03))
        painter.setBrush(mixed(self.theme.color("panel"), color, 0.06))
        painter.drawEllipse(at, VESICLE, VESICLE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        for turn in range(5):
            angle = turn * 2 * math.pi / 5 + 0.4
            self._draw_dot(painter, at + QPointF(0.085 * math.cos(angle), 0.085 * math.sin(angle)), 0.026, is_square)

    def _draw_dot(self, painter: QPainter, at: QPointF, radius: float, is_square: bool) -> None:
        """One transmitter molecule: round where it excites, square where it inhibits."""
        if is_square:
            painter.drawRect(QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius))
        else:
            painter.drawEllipse(at, radius, radius)
