"""Draws what a spike sets free in a synapse: docked vesicles that fuse, calcium that comes in, transmitter that crosses the cleft.

All of it follows from the newest arrival. Lengths are in radii of a disc of 1 nS; the painter is in the synapse's plane.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from app.panels.neuron.cell_painter import mixed
from app.panels.neuron.cell_reading import FUSED_MS, SynapseCounts
from app.panels.neuron.membrane_painter import scatter
from app.panels.neuron.sprites import Stamps, stroke
from app.panels.neuron.synapse_shape import ZONE, SynapseShape
from app.panels.neuron.synapse_sprites import VESICLE, SynapseSprites
from app.simulation.biology.stage import Arrival
from app.simulation.biology.synapse import RELEASE_SITES
from app.widgets.theme import Theme

CROSSING_MS = 0.15  # of transmitter through the cleft
LINGER_MS = 1.0  # until it is taken up
_FUSE_ORDER = (2, 0, 4, 1, 3)
_DOTS = 16  # of transmitter drawn for one vesicle


class ReleasePainter:
    """The moment of a release, in the colour of the input."""

    def __init__(self, theme: Theme, sprites: SynapseSprites) -> None:
        self.theme = theme
        self._sprites = sprites

    def draw(
        self,
        painter: QPainter,
        shape: SynapseShape,
        counts: SynapseCounts,
        color: QColor,
        time_ms: float,
        ratio: float,
    ) -> None:
        """Everything at `time_ms`; ratio: device pixels a px."""
        fused = set(_FUSE_ORDER[: counts.fused])
        arrival, unit = counts.arrival, shape.unit
        vesicle = self._sprites.vesicle(color, unit, ratio, is_square=shape.is_square)
        if arrival is not None and not shape.is_terminal:  # whose potential is seen
            self._draw_spike(painter, shape, color, time_ms - arrival.spike_ms)
        for place in fused if arrival is not None else ():
            share = (time_ms - arrival.onset_ms) / FUSED_MS if arrival is not None else 0.0
            self._draw_fused(painter, shape.site(place), color, share)
        painter.scale(1 / unit, 1 / unit)
        with Stamps(painter, ratio) as stamps:
            for place in range(RELEASE_SITES):
                if place not in fused or arrival is None:
                    stamps.put(vesicle, shape.site(place).x() * unit, shape.site(place).y() * unit)
        painter.scale(unit, unit)
        self._draw_calcium(painter, shape, arrival, time_ms, ratio)
        if arrival is not None:
            self._draw_transmitter(painter, shape, arrival, color, time_ms - arrival.onset_ms, ratio)

    def _draw_fused(self, painter: QPainter, at: QPointF, color: QColor, share: float) -> None:
        """A vesicle that has become part of the terminal's face: an open bowl that flattens."""
        deep = VESICLE * 1.9 * (1.0 - share)
        path = QPainterPath(QPointF(at.x() - VESICLE, ZONE))
        path.cubicTo(
            at.x() - VESICLE * 1.1, ZONE - deep * 1.3, at.x() + VESICLE * 1.1, ZONE - deep * 1.3, at.x() + VESICLE, ZONE
        )
        painter.setPen(QPen(self.theme.color("panel"), 0.09))
        painter.drawLine(QPointF(at.x() - VESICLE * 0.85, ZONE), QPointF(at.x() + VESICLE * 0.85, ZONE))
        painter.setPen(QPen(mixed(color, self.theme.color("text"), 0.4), 0.04))
        painter.setBrush(self.theme.color("panel"))
        painter.drawPath(path)

    def _draw_calcium(
        self, painter: QPainter, shape: SynapseShape, arrival: Arrival | None, time_ms: float, ratio: float
    ) -> None:
        """Calcium channels between the docked vesicles; calcium comes in from the spike until the vesicles fuse."""
        is_open = arrival is not None and arrival.spike_ms <= time_ms < max(arrival.onset_ms, arrival.spike_ms + 0.2)
        unit, gates = shape.unit, range(RELEASE_SITES - 1)
        places = [(shape.site(gate).x() + shape.site(gate + 1).x()) / 2 for gate in gates]
        channel = self._sprites.calcium_channel(unit, ratio, is_open=is_open)
        painter.scale(1 / unit, 1 / unit)
        with Stamps(painter, ratio) as stamps:
            for x in places:
                stamps.put(channel, x * unit, ZONE * unit)
        painter.scale(unit, unit)
        if not is_open or arrival is None:
            return
        painter.setPen(QPen(self.theme.color("panel"), 0.012))
        painter.setBrush(self.theme.color("warning"))
        way = (time_ms - arrival.spike_ms) / max(arrival.onset_ms - arrival.spike_ms, 0.2)
        for gate, x in zip(gates, places, strict=True):
            for ion in range(4):
                share = way * 1.6 - ion * 0.2
                if 0.0 < share < 1.0:
                    spread = (float(scatter(gate, ion, 2)) - 0.5) * 0.3 * share
                    painter.drawEllipse(QPointF(x + spread, ZONE + 0.3 - 0.95 * share), 0.05, 0.05)

    def _draw_spike(self, painter: QPainter, shape: SynapseShape, color: QColor, since_ms: float) -> None:
        """The presynaptic spike in the terminal: its outline is lit, and fades within a millisecond."""
        left = 1.0 - since_ms
        if 0.0 < left <= 1.0:
            stroke(painter, shape.terminal(), mixed(self.theme.color("panel"), color, left), 0.04 + 0.05 * left)

    def _draw_transmitter(
        self, painter: QPainter, shape: SynapseShape, arrival: Arrival, color: QColor, since_ms: float, ratio: float
    ) -> None:
        if not 0.0 <= since_ms < 5.0 * LINGER_MS or arrival.vesicles == 0:
            return
        way, unit = 1.0 - math.exp(-since_ms / CROSSING_MS), shape.unit
        dot = self._sprites.dot(color, unit, ratio, is_square=shape.is_square)
        spread = 0.25 + 0.9 * math.sqrt(min(since_ms / LINGER_MS, 1.0))
        painter.setOpacity(math.exp(-since_ms / LINGER_MS))
        painter.scale(1 / unit, 1 / unit)
        places = np.repeat(_FUSE_ORDER[: arrival.vesicles], _DOTS)
        dots = np.tile(np.arange(_DOTS), arrival.vesicles)
        sites = np.array([shape.site(place).x() for place in range(RELEASE_SITES)])
        x = sites[places] + (scatter(dots, places, 6) - 0.5) * 2.0 * spread
        y = ZONE + 0.08 + way * (0.18 + 0.52 * scatter(dots, places, 8))
        with Stamps(painter, ratio) as stamps:
            for dot_x, dot_y in zip((x * unit).tolist(), (y * unit).tolist(), strict=True):
                stamps.put(dot, dot_x, dot_y)
        painter.scale(unit, unit)
        painter.setOpacity(1.0)
