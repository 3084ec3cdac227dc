"""CellView: the living cell under one continuous camera, from the whole of it to one channel. Shows what it is given; asks nobody.

The picture is a function of frame, arrivals, plan, camera, theme and what is held to the cell: nothing moves by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from app.cell_recording import CellFrame
from app.panels.neuron.anatomy import HEIGHT, WIDTH, build_anatomy
from app.panels.neuron.camera import Camera, View
from app.panels.neuron.cell_picture import CellPicture
from app.panels.neuron.cell_reading import CellGuide, Place, reading
from app.panels.neuron.cell_scene import CellScene
from app.panels.neuron.gestures import Brush, Gesture, MoveElectrode, MoveProbe, Pan
from app.panels.neuron.probes import Probe
from app.simulation.biology.stage import Arrival, StagePlan
from app.widgets.theme import Theme
from trainers.errors import BadInput

PLACES = ("cell", "dendrites", "soma", "hillock", "axon", "node", "membrane", "channel", "synapse")
HOLD_MS = 220  # the electrode's glass held still for so long injects; its button does at once
PICK_PX = 9.0  # how near to a synapse's disc a click still means it
STEP = 1.25


class CellView(QWidget):
    """The picture of the cell, and all that a hand can do with it."""

    inputs_fired = Signal(tuple)
    inputs_selected = Signal(tuple)
    electrode_pressed = Signal(int)
    electrode_released = Signal()
    electrode_moved = Signal(int)
    probe_moved = Signal(int, int)
    place_hovered = Signal(object)
    view_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.guide = CellGuide()
        self._anatomies = {flag: build_anatomy(self.guide.morphology, is_true_scale=flag) for flag in (False, True)}
        self.camera = Camera(QRectF(0, 0, WIDTH, HEIGHT), QSizeF(900, 400))
        self.picture = CellPicture(
            self.guide, self._anatomies[False], self.camera, electrode=self.guide.morphology.compartment("soma")
        )
        self.scene = CellScene(theme)
        self._gesture: Gesture | None = None
        self._is_reduced = False
        self._place_number = 0
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(HOLD_MS)
        self._hold.timeout.connect(self._on_hold_timed_out)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(320, 180)
        self.setAccessibleName("The living cell")
        self.setAccessibleDescription(
            "Arrow keys and plus and minus look around, 0 shows the whole cell, page keys go from part to part."
        )
        theme.changed.connect(self._on_theme_changed)

    def sizeHint(self) -> QSize:
        return QSize(900, 400)

    # --- what it shows --------------------------------------------------------------------------------------------------

    def show_frame(self, frame: CellFrame | None, arrivals: Sequence[Arrival], plan: StagePlan) -> None:
        """Show the cell at a moment; drawn again only where something has changed."""
        picture = self.picture
        come = () if frame is None else _recent(arrivals, frame.time_ms)
        if come == picture.arrivals and plan == picture.plan and _is_same(frame, picture.frame):
            return
        picture.frame, picture.arrivals, picture.plan = frame, come, plan
        self.update()

    def set_probes(self, probes: tuple[Probe, ...]) -> None:
        """Show flags at these places."""
        self._set("probes", probes)

    def set_marked(self, inputs: tuple[int, ...]) -> None:
        """Ring these inputs: they are the group that one click fires."""
        self._set("marked", tuple(inputs))

    def set_labels_shown(self, is_shown: bool) -> None:
        """The names of the parts, or the parts alone."""
        self._set("has_labels", is_shown)

    def set_true_scale(self, is_true: bool) -> None:
        """True proportions, or the schematic cell; the camera goes back to the whole of it."""
        if self._anatomies[is_true] is not self.picture.anatomy:
            self.picture.anatomy = self._anatomies[is_true]
            self.go_to("cell", animated=False)
            self.update()

    def set_reduced_motion(self, is_reduced: bool) -> None:
        """The camera is there at once instead of travelling."""
        self._is_reduced = is_reduced
        if is_reduced:
            self.camera.arrive()
            self.update()

    def set_electrode(self, compartment: int) -> None:
        """Where the electrode's tip is."""
        self._set("electrode", compartment)

    def _set(self, name: str, value: object) -> None:
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
        goal = self._goal(place)
        if animated and not self._is_reduced:
            self.camera.travel(goal)
            self.view_changed.emit()  # whoever turns the camera's clock must know
        else:
            self.camera.look(goal)
            self._note_view()

    def _goal(self, place: str) -> View:
        if place not in PLACES:
            raise BadInput(f"The cell has no place '{place}': go to {', '.join(PLACES)}.")
        picture = self.picture
        board, anatomy, cell = picture.anatomy.board, picture.anatomy, self.guide.morphology
        if place == "cell":
            return View(WIDTH / 2, HEIGHT / 2, 1.0)
        if place == "membrane":
            return picture.membrane_view(self._membrane_place())
        if place == "channel":
            return picture.channel_view(self._membrane_place())
        if place == "synapse":
            near = picture.near_input
            return picture.synapse_view(near if near is not None else (picture.marked or (5,))[0])
        x, y = board.soma
        spots = {
            "dendrites": (x * 0.5, y, 2.0),
            "soma": (x + 20 * board.unit, y, 3.4),
            "hillock": (*anatomy.ends[anatomy.ais.start, 0], 8.0),
            "axon": (*anatomy.center[cell.compartment("node 9")], 1.6),
            "node": (*anatomy.center[cell.compartment("node 9")], 10.0),
        }
        at_x, at_y, zoom = spots[place]
        return View(float(at_x), float(at_y), float(zoom))

    def _membrane_place(self) -> int:
        focus = self.picture.focus
        is_near = self.camera.goal.zoom > 3.0 and self.guide.gate_row(focus) is not None
        return focus if is_near else self.guide.morphology.compartment("node 9")

    def turn(self, seconds: float) -> None:
        """Move a travelling camera on by `seconds`."""
        if self.camera.turn(seconds):
            self._note_view()

    def camera_state(self) -> dict[str, Any]:
        """Where the camera stands (or is going), JSON-able."""
        goal = self.camera.goal
        return {"x": goal.x, "y": goal.y, "zoom": goal.zoom}

    def set_camera_state(self, state: dict[str, Any]) -> None:
        """Stand there at once; BadInput for what is no camera state."""
        try:
            view = View(float(state["x"]), float(state["y"]), float(state["zoom"]))
        except (KeyError, TypeError, ValueError):
            raise BadInput(f"{state!r} is no state of the camera: it has x, y and zoom.") from None
        if not all(abs(part) < 1e9 for part in (view.x, view.y, view.zoom)) or view.zoom <= 0:
            raise BadInput(f"The camera cannot stand at {state!r}: x, y and zoom are finite, and zoom is above 0.")
        self.camera.look(view)
        self._note_view()

    def _note_view(self) -> None:
        self.update()
        self.view_changed.emit()

    def pan(self, by: QPointF) -> None:
        """Drag what is seen by `by` px."""
        turned = QTransform().rotate(-self.picture.roll).map(by)
        self.camera.pan(turned.x(), turned.y())
        self._note_view()

    def zoom_about(self, factor: float, at: QPointF) -> None:
        """Zoom so that what is under `at` stays there."""
        self.camera.zoom_about(factor, self.picture.unrolled(at))
        if factor > 1.0:
            self._be_drawn(factor)
        self._note_view()

    def _be_drawn(self, factor: float) -> None:
        """Zooming in deep, the camera is drawn to the membrane: there is nothing else to see. A synapse holds it."""
        picture, view = self.picture, self.camera.view
        near = picture.near_input
        if near is not None and picture.synapse_share > 0.6:
            deepest = 1.7 * picture.synapse_view(near).zoom
            if view.zoom > deepest:
                self.camera.look(View(view.x, view.y, deepest))
        elif picture.patch_px > 0.02 * self.width():
            x, y = picture.anatomy.anchor[picture.focus]
            share = 1.0 - factor**-0.9
            self.camera.look(
                View(view.x + (float(x) - view.x) * share, view.y + (float(y) - view.y) * share, view.zoom)
            )

    # --- events ---------------------------------------------------------------------------------------------------------

    def _gesture_at(self, at: QPointF, button: Qt.MouseButton, *, adds: bool) -> Gesture | None:
        """The gesture that begins with a press there."""
        if button == Qt.MouseButton.RightButton:
            return Brush(self, at, adds=adds)
        if button == Qt.MouseButton.MiddleButton:
            return Pan(self, at)
        if button != Qt.MouseButton.LeftButton:
            return None
        instruments, picture = self.scene.instruments, self.picture
        if instruments.is_on_electrode(picture, at):
            return self._electrode_gesture(at)
        for number in reversed(range(len(picture.probes))):
            if instruments.flag(picture, number).contains(at):
                return MoveProbe(self, at, number)
        if adds or (self.camera.view.zoom <= 1.001 and self._input_at(at) is None):
            return Brush(self, at, adds=adds)
        return Pan(self, at)

    def _electrode_gesture(self, at: QPointF) -> Gesture:
        if self.scene.instruments.is_on_knob(self.picture, at):
            self.start_injecting()
        else:
            self._hold.start()
        return MoveElectrode(self, at)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        adds = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if self._gesture is None:
            self._gesture = self._gesture_at(event.position(), event.button(), adds=adds)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._gesture is None:
            self._hover(at)
            return
        if not self._gesture.was_drag:
            gap = at - self._gesture.start
            self._gesture.was_drag = abs(gap.x()) + abs(gap.y()) >= QApplication.startDragDistance()
        if self._gesture.was_drag:
            self._gesture.move(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.end(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        number = self._input_at(event.position())
        compartment = self.compartment_near(event.position(), 7.0)
        if number is None and compartment is None:
            self.mousePressEvent(event)
        else:
            self._travel(self.picture.close_view(number, compartment))

    def _travel(self, goal: View) -> None:
        if self._is_reduced:
            self.camera.look(goal)
            self._note_view()
        else:
            self.camera.travel(goal)
            self.view_changed.emit()

    def _hover(self, at: QPointF) -> None:
        place = self.place_at(at)
        self._set("pointer", at if place is not None else None)
        if place != self.picture.hovered:
            self._set("hovered", place)
            self.place_hovered.emit(place)

    def leaveEvent(self, event: QEvent) -> None:
        self._set("hovered", None)
        self._set("pointer", None)
        self.place_hovered.emit(None)
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._cancel()
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._cancel()
        super().hideEvent(event)

    def _cancel(self) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        if turned:
            self.zoom_about(1.0015**turned, event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_about(1.0 + event.value(), event.position())
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier):
            event.ignore()
            return
        middle = QPointF(self.width() / 2, self.height() / 2)
        far = 0.12 * self.width()
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom_about(STEP, middle)
            case Qt.Key.Key_Minus:
                self.zoom_about(1 / STEP, middle)
            case Qt.Key.Key_0:
                self.go_to("cell")
            case Qt.Key.Key_Left:
                self.pan(QPointF(far, 0))
            case Qt.Key.Key_Right:
                self.pan(QPointF(-far, 0))
            case Qt.Key.Key_Up:
                self.pan(QPointF(0, far))
            case Qt.Key.Key_Down:
                self.pan(QPointF(0, -far))
            case Qt.Key.Key_PageDown | Qt.Key.Key_PageUp:
                self._step_place(1 if event.key() == Qt.Key.Key_PageDown else -1)
            case Qt.Key.Key_Escape if self._gesture is not None:
                self._cancel()
            case _:
                event.ignore()

    def _step_place(self, by: int) -> None:
        """To the next part, or the one before: for those who do not use a mouse."""
        self._place_number = (self._place_number + by) % len(PLACES)
        self.go_to(PLACES[self._place_number])

    # --- places ---------------------------------------------------------------------------------------------------------

    def place_at(self, at: QPointF) -> Place | None:
        """What lies under a point of the view; None for nothing of the cell."""
        number = self._input_at(at)
        if number is not None:
            return self.guide.input_place(number, self.picture.plan)
        compartment = self.compartment_near(at, 7.0)
        return None if compartment is None else self.guide.place(compartment)

    def reading_at(self, place: Place, frame: CellFrame) -> tuple[tuple[str, str], ...]:
        """Rows of (caption, value) of a place at a moment."""
        return reading(place, frame, self.guide, self.picture.plan)

    def compartment_near(self, at: QPointF, reach_px: float) -> int | None:
        """The compartment nearest to a point of the view, if it is within reach."""
        spot = self.camera.to_world(at)
        compartment, gap = self.picture.anatomy.nearest(spot.x(), spot.y())
        return compartment if gap * self.camera.scale <= reach_px else None

    def _input_at(self, at: QPointF) -> int | None:
        best, nearest = None, 1e9
        for number in range(len(self.picture.anatomy.sites)):
            gap = at - self.scene.cell.site_px(self.picture, number)
            distance = (gap.x() ** 2 + gap.y() ** 2) ** 0.5
            reach = max(self.scene.cell.disc_px(self.picture, number) + 2.0, PICK_PX)
            if distance <= reach and distance < nearest:
                best, nearest = number, distance
        return best

    # --- what gestures ask for ------------------------------------------------------------------------------------------

    def click(self, at: QPointF, *, adds: bool = False) -> None:
        """A click: fires a synapse (or the group that it is in), or with `adds` takes it into the group."""
        number, marked = self._input_at(at), self.picture.marked
        if number is None:
            if marked:
                self.inputs_selected.emit(())
        elif adds:
            self.inputs_selected.emit(tuple(sorted(set(marked) ^ {number})))
        else:
            self.inputs_fired.emit(marked if number in marked else (number,))

    def show_brush(self, box: QRectF | None) -> None:
        """Draw the rubber band there."""
        self._set("brush", box)

    def select_within(self, box: QRectF, *, adds: bool) -> None:
        """The synapses in `box` are the group."""
        within = {
            n for n in range(len(self.picture.anatomy.sites)) if box.contains(self.scene.cell.site_px(self.picture, n))
        }
        self.inputs_selected.emit(tuple(sorted(within | set(self.picture.marked) if adds else within)))

    @property
    def electrode_tip(self) -> QPointF:
        """Where the electrode's tip is, px."""
        return self.scene.instruments.tip(self.picture)

    @property
    def is_injecting(self) -> bool:
        """Whether the electrode is held."""
        return self.picture.is_injecting

    def preview_electrode(self, compartment: int) -> None:
        """Draw the electrode there while it is dragged."""
        self._set("electrode", compartment)

    def put_electrode(self, compartment: int) -> None:
        """The electrode has been let go at a place."""
        self._set("electrode", compartment)
        self.electrode_moved.emit(compartment)

    def start_injecting(self) -> None:
        """The electrode is held: current flows until it is let go."""
        if not self.picture.is_injecting:
            self._set("is_injecting", True)
            self.electrode_pressed.emit(self.picture.electrode)

    def stop_waiting(self) -> None:
        """The hand moves: it does not mean to inject."""
        self._hold.stop()

    def stop_injecting(self) -> None:
        """The electrode is let go."""
        self._hold.stop()
        if self.picture.is_injecting:
            self._set("is_injecting", False)
            self.electrode_released.emit()

    def preview_probe(self, number: int, compartment: int) -> None:
        """Draw a probe there while it is dragged."""

    @Slot()
    def _on_hold_timed_out(self) -> None:
        self.start_injecting()


def _recent(arrivals: Sequence[Arrival], time_ms: float) -> tuple[Arrival, ...]:
    """Those that can still be seen: from their spike on, for as long as receptors are open."""
    return tuple(arrival for arrival in arrivals if arrival.spike_ms <= time_ms < arrival.onset_ms + 60.0)


def _is_same(a: CellFrame | None, b: CellFrame | None) -> bool:
    if a is b:
        return True
    return a is not None and b is not None and a.time_ms == b.time_ms and bool((a.voltage_mV == b.voltage_mV).all())
