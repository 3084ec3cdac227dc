"""CellPicture: all that the picture of the cell is a function of, and the geometry of one camera. Draws nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF, QTransform

from app.cell_recording import CellFrame
from app.panels.neuron.anatomy import Anatomy
from app.panels.neuron.camera import Camera, View, smooth
from app.panels.neuron.cell_reading import CellGuide, Place
from app.panels.neuron.membrane_patches import PATCH_UNITS
from app.panels.neuron.probes import Probe
from app.simulation.biology.stage import TERMINAL, Arrival, StagePlan

PATCH_SLOTS = 43  # width of a patch of membrane, in places for one channel each (39 are taken)
NEXT_CELL_REST_MV = -65.0
NEAR = 0.5  # share of a near view from which on it is what one looks at


@dataclass
class CellPicture:
    """What is shown. `frame` None: the cell has not come to life, and everything stands at rest."""

    guide: CellGuide
    anatomy: Anatomy
    camera: Camera
    frame: CellFrame | None = None
    arrivals: tuple[Arrival, ...] = ()
    handed_on: tuple[Arrival, ...] = ()
    plan: StagePlan = field(default_factory=StagePlan)
    probes: tuple[Probe, ...] = ()
    marked: tuple[int, ...] = ()
    hovered: Place | None = None
    pointer: QPointF | None = None
    electrode: int = 0  # compartment
    is_injecting: bool = False
    has_labels: bool = True
    brush: QRectF | None = None
    covered: tuple[QRectF, ...] = ()  # what stands over the cell, px: no name may be there
    ratio: float = 1.0  # device pixels a px
    is_moving: bool = False  # the camera is on its way: what takes long to draw can wait until it stands
    gliding: dict[int, float] = field(default_factory=dict)  # by input, a weight (nS) that is on its way to the plan's
    _projection: Projection | None = None

    @property
    def projection(self) -> Projection:
        """The geometry as the camera sees it now; kept while camera, room and anatomy stand."""
        room = (self.camera.room.width(), self.camera.room.height())
        key = (id(self.anatomy), self.camera.view, room)
        if self._projection is None or self._projection.key != key:
            self._projection = Projection(self.anatomy, self.camera, key)
        return self._projection

    @property
    def voltage_mV(self) -> np.ndarray:
        """(n,), rest where there is no frame."""
        if self.frame is None:
            return np.full(self.guide.morphology.compartments, -65.0, np.float32)
        return self.frame.voltage_mV

    @property
    def weights_shown(self) -> tuple[float, ...]:
        """Of each input, nS, as its disc shows it."""
        return tuple(self.gliding.get(number, weight) for number, weight in enumerate(self.plan.weights_nS))

    def receiving_mV(self, number: int) -> float:
        """The potential behind synapse `number`: of the dendrite, or at TERMINAL of the next cell."""
        if number == TERMINAL:
            return NEXT_CELL_REST_MV if self.frame is None else self.frame.next_cell_mV
        return float(self.voltage_mV[self.guide.input_compartments[number]])

    @property
    def time_ms(self) -> float:
        """The moment shown."""
        return 0.0 if self.frame is None else self.frame.time_ms

    # --- levels of the camera -------------------------------------------------------------------------------------------

    @property
    def focus(self) -> int:
        """The compartment under the camera: the one whose membrane is nearest to its middle."""
        return int(self.anatomy.patches.compartment[self.patch])

    @property
    def patch(self) -> int:
        """The patch of membrane under the camera, of anatomy.patches."""
        return self.projection.patch

    @property
    def patch_units(self) -> float:
        """Width of a patch of membrane on the board."""
        return PATCH_UNITS * self.anatomy.board.unit

    @property
    def patch_px(self) -> float:
        """Width of a patch of membrane, px."""
        return self.patch_units * self.camera.scale

    @property
    def slot_px(self) -> float:
        """px between two channels of a patch."""
        return self.patch_px / PATCH_SLOTS

    @property
    def membrane_share(self) -> float:
        """0: the cell is looked at; 1: its membrane. A synapse in the middle is passed first."""
        return self.projection.membrane_share

    @property
    def synapse_share(self) -> float:
        """0: synapses are discs; 1: the nearest one is looked into."""
        return self.projection.synapse_share

    @property
    def is_near(self) -> bool:
        """Whether one looks into a synapse or at the membrane, where electrode and flags are out of sight."""
        return max(self.membrane_share, self.synapse_share) > NEAR

    @property
    def near_synapse(self) -> int | None:
        """The synapse that is where one looks at it from near, if one is: an input's number, or TERMINAL."""
        return self.projection.near_synapse

    @property
    def near_input(self) -> int | None:
        """The same, where it is an input's."""
        near = self.near_synapse
        return None if near == TERMINAL else near

    @property
    def roll(self) -> float:
        """Degrees that what is looked at closely is turned about the middle of the room, so that it stands upright."""
        return self.projection.roll

    def unrolled(self, at: QPointF) -> QPointF:
        """A point of the room as it would lie without the roll."""
        middle = QPointF(self.camera.room.width() / 2, self.camera.room.height() / 2)
        return QTransform().rotate(-self.roll).map(at - middle) + middle

    def near_transform(self, at: QPointF, angle: float) -> QTransform:
        """From the plane of what is looked at closely, its origin at `at` (px) and turned by `angle`, to the room."""
        middle = QPointF(self.camera.room.width() / 2, self.camera.room.height() / 2)
        origin = QTransform().rotate(self.roll).map(at - middle) + middle
        turn = self.roll + angle
        plain = QTransform().translate(origin.x(), origin.y())
        return (
            plain if abs(turn) < 1e-6 else plain.rotate(turn)
        )  # without a turn, pictures are copied: ten times faster

    def membrane_view(self, patch: int, slots: float = PATCH_SLOTS, *, below: float = 0.1) -> View:
        """The view in which `slots` places of a patch of membrane fill the room; a compartment is its own first patch."""
        zoom = self.camera.room.width() * PATCH_SLOTS / (self.patch_units * slots * self.camera.fit)
        aside = below * self.camera.room.height() / (self.camera.fit * zoom)  # below the middle: a card stands above
        way = math.radians(float(self.anatomy.patches.angle[patch]))
        x, y = self.anatomy.patches.at[patch] + aside * np.array([math.sin(way), -math.cos(way)])
        return View(float(x), float(y), zoom)

    def channel_view(self, patch: int) -> View:
        """The view in which one channel of a patch of membrane fills most of the room's height."""
        return self.membrane_view(patch, self.camera.room.width() / (0.135 * self.camera.room.height()), below=0.04)

    def synapse_view(self, number: int) -> View:
        """The view that looks into the synapse of input `number`, or at TERMINAL into the bouton's."""
        scale = synapse_scale(self.anatomy, self.camera.room.height())
        x, y = synapse_centers(self.anatomy, self.camera.room.width(), scale)[number]
        return View(float(x), float(y), scale / self.camera.fit)

    def close_view(self, number: int | None, compartment: int | None) -> View:
        """A near view of what was double clicked: a synapse, or a compartment; its membrane where it is looked at already."""
        if number is not None:
            return self.synapse_view(number)
        assert compartment is not None
        if compartment == self.anatomy.bouton and self.camera.view.zoom > 3.0:
            return self.synapse_view(TERMINAL)
        if self.camera.view.zoom >= 10.0:
            return self.membrane_view(compartment)
        x, y = self.anatomy.center[compartment]
        return View(float(x), float(y), 15.0 if self.camera.view.zoom > 3.0 else 5.0)


def synapse_scale(anatomy: Anatomy, height_px: float) -> float:
    """px per unit of the board at which a synapse is looked into, in a room that is so high."""
    return 0.2 * height_px / anatomy.board.disc


def synapse_centers(anatomy: Anatomy, width_px: float, scale: float) -> np.ndarray:
    """Where the camera's middle is when a synapse is looked at, (INPUTS + 1, 2): to its left, since a card stands there."""
    disc = anatomy.board.disc
    sites, outward = anatomy.synapses
    right = np.stack([-outward[:, 1], outward[:, 0]], axis=1)
    aside = min(0.145 * width_px / scale, 2.4 * disc)
    return np.asarray(sites + outward * (0.8 * disc) - right * aside)


class Projection:
    """The anatomy as one camera sees it: its points in px, and what is looked at closely."""

    def __init__(self, anatomy: Anatomy, camera: Camera, key: tuple[object, ...]) -> None:
        self.key = key
        self.anatomy = anatomy
        self.scale = camera.scale
        room, view = camera.room, camera.view
        self.view = view
        self.room = QRectF(0, 0, room.width(), room.height())
        self.offset = np.array([room.width() / 2 - view.x * self.scale, room.height() / 2 - view.y * self.scale])

    def px(self, points: np.ndarray) -> np.ndarray:
        """Points of the board, (..., 2), in px."""
        return np.asarray(points * self.scale + self.offset)

    def point(self, at: Sequence[float] | np.ndarray) -> QPointF:
        """One point of the board in px."""
        return QPointF(float(at[0]) * self.scale + self.offset[0], float(at[1]) * self.scale + self.offset[1])

    def outline(self, shape: np.ndarray) -> QPolygonF:
        """A shape of the board, (k, 2), in px."""
        return polygon(self.px(shape))

    @cached_property
    def kept(self) -> dict[str, Any]:
        """What painters have worked out for this camera."""
        return {}

    # --- levels of the camera -------------------------------------------------------------------------------------------

    @cached_property
    def patch(self) -> int:
        """The patch of membrane nearest to the middle of the room; far from all, the one of the compartment there."""
        patches = self.anatomy.patches
        gaps = np.hypot(*(patches.at - (self.view.x, self.view.y)).T)
        patch = int(np.argmin(gaps))
        if gaps[patch] > PATCH_UNITS * self.anatomy.board.unit * 8:
            patch, _ = self.anatomy.nearest(self.view.x, self.view.y)
        return patch

    @cached_property
    def near_synapse(self) -> int | None:
        """The synapse that is where one looks at it from near, if one is."""
        centers = synapse_centers(self.anatomy, self.room.width(), self.scale)
        gaps = np.hypot(*(centers - (self.view.x, self.view.y)).T)
        number = int(np.argmin(gaps))
        return number if gaps[number] < 3.0 * self.anatomy.board.disc else None

    @cached_property
    def membrane_share(self) -> float:
        """0: the cell is looked at; 1: its membrane."""
        if self.near_synapse is not None and self.scale < 2.5 * synapse_scale(self.anatomy, self.room.height()):
            return 0.0
        patch = PATCH_UNITS * self.anatomy.board.unit * self.scale
        return smooth(0.16, 0.5, patch / max(self.room.width(), 1.0))

    @cached_property
    def synapse_share(self) -> float:
        """0: synapses are discs; 1: the nearest one is looked into."""
        if self.near_synapse is None:
            return 0.0
        disc = self.anatomy.board.disc * self.scale
        return (1.0 - self.membrane_share) * smooth(0.055, 0.16, disc / max(self.room.height(), 1.0))

    @cached_property
    def roll(self) -> float:
        """Degrees that what is looked at closely is turned."""
        near = self.near_synapse
        if self.membrane_share > 0.0 or near is None:
            return -float(self.anatomy.patches.angle[self.patch]) * self.membrane_share
        way = self.anatomy.synapses[1][near]
        return -math.degrees(math.atan2(way[0], -way[1])) * self.synapse_share

    # --- what painters need ---------------------------------------------------------------------------------------------

    @cached_property
    def sight(self) -> np.ndarray:
        """bool (n,): which compartments are in or near the room."""
        lowest, highest = self.px(self.anatomy.ends).min(axis=1), self.px(self.anatomy.ends).max(axis=1)
        reach = 30.0 + self.anatomy.half.max(axis=1)[:, None] * self.scale
        room = np.array([self.room.width(), self.room.height()])
        return np.asarray(((highest + reach > 0) & (lowest - reach < room)).all(axis=1))

    @cached_property
    def half_px(self) -> np.ndarray:
        """(n, 2): half widths, at least a line's."""
        return np.maximum(self.anatomy.half * self.scale, 0.8)

    @cached_property
    def corners(self) -> np.ndarray:
        """(n, 4, 2): each compartment's quadrilateral."""
        normals, ends = self.anatomy.end_normals, self.px(self.anatomy.ends)
        start, stop = normals[:, 0] * self.half_px[:, :1], normals[:, 1] * self.half_px[:, 1:]
        return np.stack([ends[:, 0] + start, ends[:, 1] + stop, ends[:, 1] - stop, ends[:, 0] - start], axis=1)


def polygon(points: np.ndarray) -> QPolygonF:
    """(k, 2) px as Qt draws it."""
    drawn: QPolygonF = arrayToQPolygonF(points[:, 0], points[:, 1])
    return drawn
