"""The names of what is seen from near: membrane, channels, ions; vesicles, cleft, receptors. Draws nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QTransform

from app.panels.neuron.cell_picture import CellPicture
from app.panels.neuron.labels import Label, LabelPainter, PlacedLabel, place_labels
from app.panels.neuron.membrane_painter import CHANNELS, MembranePainter
from app.panels.neuron.membrane_sprites import DETAIL_PX
from app.panels.neuron.synapse_shape import ZONE, SynapseShape
from app.widgets.theme import Theme


class NearLabels:
    """Labels for the membrane and for a synapse."""

    def __init__(self, theme: Theme, membrane: MembranePainter) -> None:
        self._labels = LabelPainter(theme)
        self._membrane = membrane

    def of_membrane(self, picture: CellPicture, taken: Sequence[QRectF]) -> tuple[PlacedLabel, ...]:
        """What is in the membrane under the camera."""
        slot, plane = picture.slot_px, self._membrane.plane(picture)
        found: list[tuple[str, float, float, float]] = []
        if picture.guide.gate_row(picture.focus) is not None:
            sodium, potassium = self._membrane.sodium_at, self._membrane.potassium_at
            right = float(sodium[np.argmin(np.abs(sodium - 2.0))])
            other = float(potassium[np.argmin(np.abs(potassium - 4.0))])
            found += [("Na⁺ channel", right, -1.3, 20.0), ("K⁺ channel", other, -1.3, 35.0)]
            if slot >= DETAIL_PX:
                found += [
                    ("m gates (three)", right, 0.6, 170.0),
                    ("n gates (four)", other, 0.6, 150.0),
                    ("m gates (three)", right, -0.6, 10.0),
                    ("n gates (four)", other, -0.6, 30.0),
                    ("Inactivation ball (h)", float(sodium[np.argmin(np.abs(sodium + 1.0))]) + 0.1, 1.75, 200.0),
                ]
            found += [("Na⁺/K⁺ pump", CHANNELS / 2 + 0.75, 1.2, 190.0)]
        is_near = slot >= DETAIL_PX
        found.append(("Lipid bilayer", -2.5 if is_near else -9.5, 0.9, 190.0))
        regions = (
            ("Outside of the cell", 3.4 if is_near else 14.0, -2.6 if is_near else -4.0, 90.0),
            ("Inside of the cell", -4.4 if is_near else -15.0, 2.9 if is_near else 4.4, 180.0),
        )
        labels = [Label(text, plane.map(QPointF(x * slot, y * slot)), lean) for text, x, y, lean in found]
        labels += [Label(text, plane.map(QPointF(x * slot, y * slot)), lean, False) for text, x, y, lean in regions]
        return self._place(picture, labels, taken, _band(picture, plane, slot))

    def of_synapse(self, picture: CellPicture, taken: Sequence[QRectF]) -> tuple[PlacedLabel, ...]:
        """What is in the synapse under the camera."""
        number = picture.near_synapse
        if number is None:
            return ()
        shape = SynapseShape.of(picture, number, is_settled=True)  # names stand still while its weight changes
        unit, plane, reach, wide = shape.unit, shape.plane, shape.reach, max(shape.radius, 0.1)
        found = [
            ("Axon terminal", reach + 0.55, -1.9, 60.0),
            ("Synaptic vesicle", -reach * 0.8, -1.5, 262.0),
            ("Calcium channel", -0.63 * min(reach, 1.25), ZONE, 255.0),
            ("Synaptic cleft", reach + 0.45, -0.5, 95.0),
            ("Receptors", 0.72 * wide, 0.05, 100.0),
            ("Spine of the next cell" if shape.is_terminal else "Spine of the dendrite", -wide - 0.3, 0.75, 250.0),
        ]
        labels = [Label(text, plane.map(QPointF(x * unit, y * unit)), lean) for text, x, y, lean in found]
        middle = plane.map(QPointF(0, 0))
        x = np.linspace(-reach - 0.7, reach + 0.7, 24)
        y = np.linspace(-2.7, 0.4, 24)
        across, down = np.meshgrid(x * unit + middle.x(), y * unit + middle.y())
        return self._place(picture, labels, taken, np.stack([across.ravel(), down.ravel()], axis=1))

    def _place(
        self, picture: CellPicture, labels: list[Label], taken: Sequence[QRectF], points: np.ndarray
    ) -> tuple[PlacedLabel, ...]:
        return place_labels(labels, QFontMetricsF(self._labels.font), picture.projection.room, taken, points)


def _band(picture: CellPicture, plane: QTransform, slot: float) -> np.ndarray:
    """Points all over the membrane itself, px: names stand beside it."""
    room = picture.projection.room
    y = plane.map(QPointF(0, 0)).y()
    across, down = np.meshgrid(np.arange(0.0, room.width(), 12.0), np.arange(y - 2.2 * slot, y + 2.7 * slot, 9.0))
    return np.stack([across.ravel(), down.ravel()], axis=1)
