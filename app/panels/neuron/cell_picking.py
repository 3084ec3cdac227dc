"""What lies under a point of the cell's picture: a synapse, a compartment, the next cell. Draws nothing."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt

from app.panels.neuron.cell_picture import CellPicture
from app.panels.neuron.cell_reading import Place
from app.panels.neuron.cell_scene import CellScene
from app.panels.neuron.synapse_shape import ZONE, SynapseShape
from app.simulation.biology.stage import TERMINAL

PICK_PX = 9.0  # how near to a synapse's disc a click still means it
REACH_PX = 7.0  # how near to a compartment


class Picking:
    """Finds places; points are px of the view."""

    def __init__(self, picture: CellPicture, scene: CellScene) -> None:
        self._picture = picture
        self._scene = scene

    def input_at(self, at: QPointF) -> int | None:
        """The synapse under a point; from near, the one that is looked into."""
        picture, cell = self._picture, self._scene.cell
        if picture.membrane_share > 0.5:
            return None
        if picture.synapse_share > 0.5:
            return picture.near_input
        best, nearest = None, math.inf
        for number in range(len(picture.anatomy.sites)):
            gap = at - cell.site_px(picture, number)
            distance = math.hypot(gap.x(), gap.y())
            if distance <= max(cell.disc_px(picture, number) + 2.0, PICK_PX) and distance < nearest:
                best, nearest = number, distance
        return best

    def inputs_within(self, box: QRectF) -> set[int]:
        """The synapses whose middle lies in `box`."""
        picture = self._picture
        return {n for n in range(len(picture.anatomy.sites)) if box.contains(self._scene.cell.site_px(picture, n))}

    def compartment_near(self, at: QPointF, reach_px: float = REACH_PX) -> int | None:
        """The compartment nearest to a point, if it is within reach; from near, the one whose membrane is looked at."""
        picture = self._picture
        if picture.membrane_share > 0.5:
            return picture.focus
        spot = picture.camera.to_world(at)
        compartment, gap = picture.anatomy.nearest(spot.x(), spot.y())
        return compartment if gap * picture.camera.scale <= reach_px else None

    def synapse_at(self, at: QPointF) -> int | None:
        """The synapse that a point means to be looked into: an input's, or TERMINAL over the cell that the axon ends on."""
        number, picture = self.input_at(at), self._picture
        if number is not None or picture.is_near:
            return number
        return TERMINAL if self._is_next_cell(at) and self.compartment_near(at) is None else None

    def _is_next_cell(self, at: QPointF) -> bool:
        outline = self._picture.projection.outline(self._picture.anatomy.next_cell)
        return outline.containsPoint(at, Qt.FillRule.OddEvenFill)

    def place_at(self, at: QPointF) -> Place | None:
        """What lies under a point; None for nothing of the cell."""
        picture = self._picture
        number = self.input_at(at)
        if number is not None:
            return picture.guide.input_place(number, picture.plan)
        if picture.near_synapse == TERMINAL and picture.synapse_share > 0.5:
            is_bouton = SynapseShape.of(picture, TERMINAL).across(at) < ZONE / 2
            return picture.guide.place(picture.anatomy.bouton) if is_bouton else picture.guide.next_cell_place()
        compartment = self.compartment_near(at)
        if compartment is not None:
            return picture.guide.place(compartment)
        return picture.guide.next_cell_place() if self._is_next_cell(at) else None
