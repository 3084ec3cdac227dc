"""CellView: the picture of the living cell in a person's hand: what is clicked, dragged, held and turned. Asks nobody.

What a hand does is said by signals; the cell, the group and the probes change only when their owner shows them so.
"""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.panels.neuron.cell_canvas import CellCanvas
from app.panels.neuron.cell_picking import Picking
from app.panels.neuron.cell_reading import Place
from app.panels.neuron.cell_travel import PLACES
from app.panels.neuron.electrode_hold import ElectrodeHold
from app.panels.neuron.gestures import Gesture, begin_gesture
from app.panels.neuron.look_keys import press_key
from app.panels.neuron.probes import Probe
from app.widgets.theme import Theme

__all__ = ["PLACES", "CellView", "Place"]


class CellView(CellCanvas):
    """The cell to look at and to take in hand."""

    inputs_fired = Signal(tuple)  # tuple[int, ...]: a synapse was clicked, or one of the group
    inputs_selected = Signal(tuple)  # tuple[int, ...]: the group is to be these
    electrode_pressed = Signal(int)  # compartment
    electrode_released = Signal()
    electrode_moved = Signal(int)  # compartment
    probe_moved = Signal(int, int)  # number, compartment
    place_hovered = Signal(object)  # Place, or None

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.picking = Picking(self.picture, self.scene)
        self.hold = ElectrodeHold(self)
        self._probes: tuple[Probe, ...] = ()
        self._gesture: Gesture | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hold.began.connect(self._on_hold_began)
        self.hold.ended.connect(self._on_hold_ended)

    def set_probes(self, probes: tuple[Probe, ...]) -> None:
        self._probes = probes
        super().set_probes(probes)

    # --- places ---------------------------------------------------------------------------------------------------------

    def place_at(self, at: QPointF) -> Place | None:
        """What lies under a point of the view; None for nothing of the cell."""
        return self.picking.place_at(at)

    # --- what gestures ask for ------------------------------------------------------------------------------------------

    def click(self, at: QPointF, *, adds: bool = False) -> None:
        """A click: fires a synapse (or the group that it is in), or with `adds` takes it into the group."""
        number, marked = self.picking.input_at(at), self.picture.marked
        if number is None:
            if marked and not adds:
                self.inputs_selected.emit(())
        elif adds:
            self.inputs_selected.emit(tuple(sorted(set(marked) ^ {number})))
        else:
            self.inputs_fired.emit(marked if number in marked else (number,))

    def show_brush(self, box: QRectF | None) -> None:
        """Draw the rubber band there."""
        self.set_shown("brush", box)

    def select_within(self, box: QRectF, *, adds: bool) -> None:
        """The synapses in `box` are the group."""
        within = self.picking.inputs_within(box) | (set(self.picture.marked) if adds else set())
        self.inputs_selected.emit(tuple(sorted(within)))

    def preview_probe(self, number: int, compartment: int) -> None:
        """Draw probe `number` on another place while it is dragged; -1: as they stand."""
        probes = list(self._probes)
        if 0 <= number < len(probes):
            probes[number] = msgspec.structs.replace(probes[number], compartment=compartment)
        self.set_shown("probes", tuple(probes))

    @Slot()
    def _on_hold_began(self) -> None:
        self.set_shown("is_injecting", True)
        self.electrode_pressed.emit(self.picture.electrode)

    @Slot()
    def _on_hold_ended(self) -> None:
        self.set_shown("is_injecting", False)
        self.electrode_released.emit()

    # --- events ---------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._gesture is None:
            adds = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._gesture = begin_gesture(self, event.position(), event.button(), adds=adds)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._gesture is None:
            self._hover(event.position())
        else:
            self._gesture.follow(event.position(), QApplication.startDragDistance())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.end(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        number, compartment = self.picking.synapse_at(at), self.picking.compartment_near(at)
        is_held = self.scene.instruments.is_held_at(self.picture, at)
        if event.button() != Qt.MouseButton.LeftButton or is_held or (number is None and compartment is None):
            self.mousePressEvent(event)
        else:
            self.look(self.picture.close_view(number, compartment))

    def _hover(self, at: QPointF) -> None:
        place = self.picking.place_at(at)
        self.set_shown("pointer", at if place is not None else None)
        if place != self.picture.hovered:
            self.set_shown("hovered", place)
            self.place_hovered.emit(place)

    def leaveEvent(self, event: QEvent) -> None:
        self.set_shown("pointer", None)
        if self.picture.hovered is not None:
            self.set_shown("hovered", None)
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
            self.zoom_about(max(1.0 + event.value(), 0.2), event.position())
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._gesture is not None:
            self._cancel()
        elif not press_key(self, event):
            event.ignore()
