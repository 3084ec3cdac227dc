"""CellCanvas: the cell's picture and its camera, as a widget that only shows. Takes no mouse, no keys; asks nobody.

The picture is a function of frame, arrivals, plan, camera, theme and what is held to the cell: nothing moves by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTransform
from PySide6.QtWidgets import QWidget

from app.cell_recording import CellFrame
from app.panels.neuron.anatomy import HEIGHT, WIDTH, lecture_anatomy
from app.panels.neuron.camera import Camera, View
from app.panels.neuron.camera_rest import CameraRest
from app.panels.neuron.cell_picture import CellPicture
from app.panels.neuron.cell_reading import CellGuide
from app.panels.neuron.cell_scene import CellScene
from app.panels.neuron.cell_travel import PLACES, drawn_in, nearer_by, view_from, view_of
from app.panels.neuron.probes import Probe
from app.panels.neuron.rest_layers import rest_layers
from app.panels.neuron.tether import Tether, tether_of
from app.panels.neuron.weight_glide import WeightGlide
from app.simulation.biology.stage import Arrival, StagePlan
from app.widgets.theme import Theme

AT_ONCE_S = 0.1  # a turn that is longer is no frame of a person's: the picture is whole after it


class CellCanvas(QWidget):
    """The living cell under one continuous camera, from the whole of it to one channel."""

    view_changed = Signal()  # the camera has moved, or sets out

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.guide = CellGuide()
        cell = self.guide.morphology
        self._anatomies = {flag: lecture_anatomy(is_true_scale=flag) for flag in (False, True)}
        self.camera = Camera(QRectF(0, 0, WIDTH, HEIGHT), QSizeF(900, 400))
        self.picture = CellPicture(self.guide, self._anatomies[False], self.camera, electrode=cell.compartment("soma"))
        self.scene = CellScene(theme)
        self._glide = WeightGlide()
        self._is_reduced = False
        self._place_number = 0
        self._rest = CameraRest(self._layers_at_rest, self)
        self._rest.ended.connect(self._on_camera_rested)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(320, 180)
        self.setAccessibleName("The living cell")
        self._describe(None)
        theme.changed.connect(self._on_theme_changed)

    def sizeHint(self) -> QSize:
        return QSize(900, 400)

    # --- what it shows --------------------------------------------------------------------------------------------------

    def show_frame(
        self,
        frame: CellFrame | None,
        arrivals: Sequence[Arrival],
        plan: StagePlan,
        handed_on: Sequence[Arrival] = (),
    ) -> None:
        """Show the cell at a moment; drawn again only where something has changed. handed_on: the bouton's spikes."""
        picture = self.picture
        come = () if frame is None else _recent(arrivals, frame.time_ms)
        gone = () if frame is None else _recent(handed_on, frame.time_ms)
        if (
            come == picture.arrivals
            and gone == picture.handed_on
            and plan == picture.plan
            and _is_same(frame, picture.frame)
        ):
            return
        picture.frame, picture.arrivals, picture.handed_on, picture.plan = frame, come, gone, plan
        picture.gliding = self._glide.on_the_way(plan.weights_nS)
        self.update()

    def set_probes(self, probes: tuple[Probe, ...]) -> None:
        """Show flags at these places."""
        self.set_shown("probes", probes)

    def set_marked(self, inputs: tuple[int, ...]) -> None:
        """Ring these inputs: they are the group that one click fires."""
        self.set_shown("marked", tuple(inputs))

    def set_labels_shown(self, is_shown: bool) -> None:
        """The names of the parts, or the parts alone."""
        self.set_shown("has_labels", is_shown)

    def set_electrode(self, compartment: int) -> None:
        """Put the electrode's tip there."""
        self.set_shown("electrode", compartment)

    def set_true_scale(self, is_true: bool) -> None:
        """True proportions, or the schematic cell; the camera goes back to the whole of it."""
        if self._anatomies[is_true] is not self.picture.anatomy:
            self.picture.anatomy = self._anatomies[is_true]
            self.go_to("cell", animated=False)

    def set_reduced_motion(self, is_reduced: bool) -> None:
        """The camera is there at once instead of travelling."""
        self._is_reduced = is_reduced
        if is_reduced:
            self.glide_end()
            self.camera.arrive()
            self._rest.stop()
            self.set_shown("is_moving", False)
            self.update()

    def glide_weights(self) -> None:
        """A person, or learning, sets other weights: the discs grow and shrink to them instead of jumping."""
        if not self._is_reduced:
            self._glide.begin(self.picture.weights_shown)

    def glide_end(self) -> None:
        """Weights are where they were set."""
        self._glide.end()
        self.set_shown("gliding", {})

    @property
    def is_gliding(self) -> bool:
        """Whether weights are on their way."""
        return self._glide.is_moving

    def set_shown(self, name: str, value: object) -> None:
        """Change one thing of the picture; drawn again where it differs."""
        if getattr(self.picture, name) != value:
            setattr(self.picture, name, value)
            self.update()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.scene.forget()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.scene.draw(painter, self.picture, self.devicePixelRatioF())
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.camera.room = QSizeF(self.size())
        super().resizeEvent(event)

    # --- the camera -----------------------------------------------------------------------------------------------------

    def go_to(self, place: str, animated: bool = True) -> None:
        """Look at a part of the cell, one of PLACES; BadInput for another."""
        self.camera.room = QSizeF(self.size())  # a widget that has not been shown yet has had no resize event
        goal = view_of(place, self.picture)
        self._place_number = PLACES.index(place)
        self.look(goal, animated=animated)

    def look(self, goal: View, *, animated: bool = True) -> None:
        """Travel there, or stand there at once."""
        if animated and not self._is_reduced:
            self.camera.travel(goal)
        else:
            self.camera.look(goal)
            self._rest.stop()
            self.set_shown("is_moving", False)
        self._note_view()

    def step_place(self, by: int) -> None:
        """To the next part, or the one before: for those who do not use a mouse."""
        place = PLACES[(self._place_number + by) % len(PLACES)]
        self.go_to(place)
        self._describe(place)

    def turn(self, seconds: float) -> None:
        """Move a travelling camera on by `seconds`, and weights that go to where they were set."""
        if self._glide.turn(seconds):
            self.set_shown("gliding", self._glide.on_the_way(self.picture.plan.weights_nS))
        if self.camera.turn(seconds):
            self.set_shown("is_moving", True)
            if not self.camera.is_travelling:
                self._rest.begin()
                if seconds > AT_ONCE_S:
                    self.settle()
            self._note_view()

    def settle(self) -> None:
        """Where the camera has come to rest, be drawn in full from the next frame on."""
        self._rest.finish()

    def _layers_at_rest(self) -> Iterator[None]:
        """No layer while it travels on: it would be of a place that is passed."""
        return iter(()) if self.camera.is_travelling else rest_layers(self.scene, self.picture)

    def camera_state(self) -> dict[str, Any]:
        """Where the camera stands (or is going), JSON-able."""
        goal = self.camera.goal
        return {"x": goal.x, "y": goal.y, "zoom": goal.zoom}

    def set_camera_state(self, state: dict[str, Any]) -> None:
        """Stand there at once; BadInput for what is no camera state."""
        self.look(view_from(state), animated=False)

    def pan(self, by: QPointF) -> None:
        """Drag what is seen by `by` px; the cell stays in sight."""
        most = self._tether.slack(self.picture, is_drag=True)
        turned = QTransform().rotate(-self.picture.roll).map(by)
        self.camera.pan(turned.x(), turned.y())
        self.camera.look(self._tether.held(self.picture, most, is_drag=True))
        self._note_hand()

    def zoom_about(self, factor: float, at: QPointF) -> None:
        """Zoom so that what is under `at` stays there, as far as the cell stays in sight."""
        if factor > 1.0:
            factor = nearer_by(self.picture, factor)
        most = self._tether.slack(self.picture) / factor  # what was out of sight comes into it bit by bit
        self.camera.zoom_about(factor, self.picture.unrolled(at))
        if factor > 1.0:
            self.camera.look(drawn_in(self.picture, factor))
            self.camera.look(self._tether.held(self.picture, most))
        self._note_hand()

    @property
    def _tether(self) -> Tether:
        return tether_of(self.picture.anatomy)

    def _note_hand(self) -> None:
        """A hand moves the camera: drawn quickly now, in full as soon as it rests."""
        self.set_shown("is_moving", True)
        self._rest.wait()
        self._note_view()

    @Slot()
    def _on_camera_rested(self) -> None:
        self.set_shown("is_moving", self.camera.is_travelling)

    def _note_view(self) -> None:
        self.update()
        self.view_changed.emit()

    def _describe(self, place: str | None) -> None:
        where = f"Looking at: {place}. " if place else ""
        keys = "Arrow keys, plus and minus look around, 0 shows the whole cell, page keys go from part to part."
        self.setAccessibleDescription(where + keys)


def _recent(arrivals: Sequence[Arrival], time_ms: float) -> tuple[Arrival, ...]:
    """Those that can still be seen: from their spike on, for as long as their receptors are open."""
    return tuple(arrival for arrival in arrivals if arrival.spike_ms <= time_ms < arrival.onset_ms + 300.0)


def _is_same(a: CellFrame | None, b: CellFrame | None) -> bool:
    if a is b:
        return True
    if a is None or b is None or a.time_ms != b.time_ms or a.next_cell_mV != b.next_cell_mV:
        return False
    if a.next_cell_nS != b.next_cell_nS:
        return False
    pairs = ((a.voltage_mV, b.voltage_mV), (a.gates, b.gates), (a.conductance_nS, b.conductance_nS))
    return all(bool((one == other).all()) for one, other in pairs) and a.current_nA == b.current_nA
