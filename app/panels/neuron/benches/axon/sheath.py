"""What stands still of an axon's anatomy: membrane, channels, myelin wrap by wrap, and what has been taken of it. Knows no voltage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.panels.neuron.benches.axon.state import INTERNODES, AxonState, damage_of, wraps_of
from app.widgets.theme import Theme

MOST_WRAPS = 200
_LAYERS = 10  # lines drawn in a sheath of the most wraps
_CHANNEL = 1.3  # px, radius of a dot that stands for channels


@dataclass(frozen=True)
class StripGeometry:
    """Pixels: left and right end, middle line, height of the axon itself, thickness of a sheath of the most wraps."""

    left: float
    right: float
    middle: float
    core: float
    thickest: float
    is_myelinated: bool

    @property
    def pitch(self) -> float:
        """From node to node."""
        return (self.right - self.left) / INTERNODES

    @property
    def gap(self) -> float:
        """Width of a node: 2 um would be too narrow to see."""
        return min(max(self.pitch * 0.22, 2.0), 7.0)

    def reach(self, wraps: int) -> float:
        """From the middle line to the outside of a sheath: its thickness goes with the wraps."""
        return self.core / 2 + (self.thickest * wraps / MOST_WRAPS + 1.0 if wraps else 0.0)

    def internode_rect(self, number: int) -> QRectF:
        """Where internode `number` is, with a sheath of the most wraps."""
        reach = self.reach(MOST_WRAPS)
        x = self.left + number * self.pitch + self.gap / 2
        return QRectF(x, self.middle - reach, self.pitch - self.gap, 2 * reach)


def draw_sheath(painter: QPainter, theme: Theme, state: AxonState, shape: StripGeometry) -> None:
    """Everything but the voltage, onto a transparent ground."""
    painter.setPen(QPen(theme.color("border"), 1.0))
    for side in (-1, 1):
        y = shape.middle + side * shape.core / 2
        painter.drawLine(QPointF(shape.left, y), QPointF(shape.right, y))
    if not shape.is_myelinated:
        _draw_channels(painter, theme, shape, shape.left, shape.right)
        return
    for number in range(INTERNODES):
        _draw_internode(painter, theme, state, shape, number)
    for node in range(INTERNODES + 1):
        x = shape.left + node * shape.pitch
        _draw_channel_pair(painter, theme, shape, min(max(x, shape.left + _CHANNEL), shape.right - _CHANNEL))


def _draw_internode(painter: QPainter, theme: Theme, state: AxonState, shape: StripGeometry, number: int) -> None:
    damage = damage_of(state.stripped, number)
    wraps = wraps_of(state, number)
    box = shape.internode_rect(number)
    if wraps:
        _draw_wraps(painter, theme, shape, box, wraps)
    if damage is None:
        return
    reach = shape.reach(max(state.wraps, 20)) + 2.0
    painter.setPen(QPen(theme.color("bad"), 1.5, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(box.left(), shape.middle - reach, box.width(), 2 * reach))
    if damage == "channels":
        _draw_channels(painter, theme, shape, box.left(), box.right())


def _draw_wraps(painter: QPainter, theme: Theme, shape: StripGeometry, box: QRectF, wraps: int) -> None:
    thick = shape.reach(wraps) - shape.core / 2
    layers = max(1, round(_LAYERS * wraps / MOST_WRAPS))
    radius = min(thick / 2, 4.0)
    for side in (-1, 1):
        inner = shape.middle + side * shape.core / 2
        painter.setPen(QPen(theme.color("border"), 1.0))
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(
            QRectF(box.left(), min(inner, inner + side * thick), box.width(), thick), radius, radius
        )
        painter.setPen(QPen(theme.color("border"), 0.7))
        for layer in range(1, layers):
            y = inner + side * thick * layer / layers
            painter.drawLine(QPointF(box.left() + 1.5, y), QPointF(box.right() - 1.5, y))


def _draw_channels(painter: QPainter, theme: Theme, shape: StripGeometry, left: float, right: float) -> None:
    """Ion channels along a stretch of membrane, as dots on both edges."""
    apart = max(6.0, (right - left) / 220)
    for x in np.linspace(left + 2.0, right - 2.0, max(int((right - left) / apart), 2)).tolist():
        _draw_channel_pair(painter, theme, shape, x)


def _draw_channel_pair(painter: QPainter, theme: Theme, shape: StripGeometry, x: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("text"))
    for side in (-1, 1):
        painter.drawEllipse(QPointF(x, shape.middle + side * shape.core / 2), _CHANNEL, _CHANNEL)
