"""SynapseShape: where everything of one synapse stands. Lengths are in radii of a disc of 1 nS, y towards the dendrite. Draws nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QTransform

from app.panels.neuron.cell_picture import CellPicture
from app.panels.neuron.membrane_painter import scatter
from app.panels.neuron.synapse_sprites import VESICLE
from app.simulation.biology.stage import NEXT_CELL_NS, TERMINAL
from app.simulation.biology.synapse import RELEASE_SITES

TILT = 0.36  # the disc is seen at an angle: its depth by its width
ZONE = -0.86  # where the terminal's face stands over the cleft
_TURN = math.pi * (3.0 - math.sqrt(5.0))


def receptor_places(receptors: int, radius: float) -> np.ndarray:
    """Where each receptor stands on a disc of `radius`: at equal density, as the seeds of a sunflower. (receptors, 2)"""
    number = np.arange(receptors)
    reach = radius * 0.93 * np.sqrt((number + 0.5) / max(receptors, 1))
    return np.stack([reach * np.cos(number * _TURN), TILT * reach * np.sin(number * _TURN)], axis=1)


@dataclass(frozen=True)
class SynapseShape:
    """One synapse, an input's or the bouton's, under one camera. unit: px of the radius of a disc of 1 nS; radius: of its disc, in units."""

    number: int
    unit: float
    radius: float
    half: float  # units of the spine's side that can be seen
    is_square: bool  # inhibitory: its transmitter is drawn square
    plane: QTransform  # from the synapse's plane, in px, to the room

    @property
    def is_terminal(self) -> bool:
        """Whether it is the bouton's own: the cell on stage is the presynaptic one, and its potential is known."""
        return self.number == TERMINAL

    @staticmethod
    def of(picture: CellPicture, number: int, *, is_settled: bool = False) -> SynapseShape:
        """Synapse `number` as it is drawn; is_settled: as it will be when its weight has come to rest."""
        unit = picture.anatomy.board.disc * picture.projection.scale
        weights = picture.plan.weights_nS if is_settled else picture.weights_shown
        radius = math.sqrt((*weights, NEXT_CELL_NS)[number])
        sites, outward = picture.anatomy.synapses
        way, at = outward[number], picture.projection.point(sites[number])
        return SynapseShape(
            number,
            unit,
            radius,
            max(picture.projection.room.width() / unit, max(radius, 0.6) + 3.45),
            number != TERMINAL and picture.plan.receptors[number] == "gaba_a",
            picture.near_transform(at, math.degrees(math.atan2(way[0], -way[1]))),
        )

    def across(self, at: QPointF) -> float:
        """How far a point of the room, px, is from the disc towards the dendrite, in units; in the terminal it is below ZONE."""
        back, _ = self.plane.inverted()
        return float(back.map(at).y()) / self.unit

    @property
    def reach(self) -> float:
        """Half the width of the terminal's face: that of the disc, within what can be seen."""
        return min(max(self.radius, 0.85), 2.6)

    def terminal(self) -> QPainterPath:
        """The outline of the axon's end."""
        reach = self.reach
        path = QPainterPath(QPointF(-reach, ZONE))
        path.lineTo(reach, ZONE)
        path.cubicTo(reach + 0.75, ZONE - 0.05, reach + 0.85, -2.35, 0.75, -2.75)
        path.cubicTo(0.4, -2.9, 0.42, -3.4, 0.5, -6.5)
        path.lineTo(-0.5, -6.5)
        path.cubicTo(-0.42, -3.4, -0.4, -2.9, -0.75, -2.75)
        path.cubicTo(-reach - 0.85, -2.35, -reach - 0.75, ZONE - 0.05, -reach, ZONE)
        path.closeSubpath()
        return path

    def stock(self) -> list[QPointF]:
        """The vesicles behind those that are docked."""
        places = []
        for row, count in enumerate((6, 5, 4)):
            wide = (self.reach + 0.35 - 0.22 * row) * 2
            for column in range(count):
                jitter = float(scatter(row, column, 4)) - 0.5
                x = -wide / 2 + wide * (column + 0.5) / count + 0.12 * jitter
                places.append(QPointF(x, ZONE - 0.62 - 0.42 * row + 0.16 * jitter))
        return places

    def site(self, place: int) -> QPointF:
        """Where docked vesicle `place` (0 to 4) stands."""
        return QPointF((place - (RELEASE_SITES - 1) / 2) * 0.42 * min(self.reach, 1.25), ZONE - VESICLE - 0.045)

    def surface(self) -> QPainterPath:
        """The outline of the spine that the disc lies on, from left to right."""
        wide, half, rise = max(self.radius, 0.6) + 0.45, self.half, TILT * self.radius * 1.12 + 0.05
        path = QPainterPath(QPointF(-half, 1.55))
        path.lineTo(-wide - 2.6, 1.52)
        path.cubicTo(-wide - 1.2, 1.45, -wide - 0.75, 1.2, -wide - 0.35, 0.62)
        path.cubicTo(-wide, 0.05, -wide * 0.6, -rise, 0, -rise)
        path.cubicTo(wide * 0.6, -rise, wide, 0.05, wide + 0.35, 0.62)
        path.cubicTo(wide + 0.75, 1.2, wide + 1.2, 1.45, wide + 2.6, 1.52)
        path.lineTo(half, 1.55)
        return path
