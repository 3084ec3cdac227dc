"""DrawingBoard: the canvas on which a network is built: what is chosen, gestures, keys, drops. Edits through DrawingEdits alone."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QWidget

from app.network_document import NetworkDocument
from app.panels.builder.board_scene import BoardScene
from app.panels.builder.edits import DrawingEdits
from app.panels.builder.folding import link_behind, unfolded
from app.panels.builder.gestures import GESTURES, Gesture, KeyWireGesture, Pointer
from app.panels.builder.palette_drop import PaletteDrop, file_of
from app.panels.builder.places import PlaceEdits
from app.widgets.network_layout import neighbour
from app.widgets.theme import Theme
from trainers.network_graph import Link

_NO_BUTTON, _NO_MODIFIER = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
NUDGE = 8.0  # scene units that Alt and an arrow key move


class DrawingBoard(BoardScene):
    """Offers each press to the gestures in turn; the one that takes it has the pointer until it is released or Esc is pressed."""

    selection_changed = Signal()
    menu_asked = Signal(QPoint)  # where, viewport pixels
    layer_asked = Signal(str, QPointF)  # a wire from that layer was dropped there, scene units
    file_dropped = Signal(str)
    key_commanded = Signal(object)  # QKeyEvent, left for the commands: accepted where it was one

    def __init__(self, theme: Theme, document: NetworkDocument, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.edits = DrawingEdits(document, self)
        self.places = PlaceEdits(document, self)
        self.gesture: Gesture | None = None
        self._drop: PaletteDrop | None = None
        self.takes_key: Callable[[QKeyEvent], bool] | None = None  # keys that the window's shortcuts must leave to it
        self._chosen_wire: tuple[str, str, int] | None = None
        self.setAccessibleName("Canvas on which the network is drawn")
        self.layer_chosen.connect(self._on_layer_chosen)

    # --- what is chosen -----------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> set[str]:
        """The chosen cards' names; the current one is among them."""
        return set(self._chosen)

    @property
    def chosen_link(self) -> Link | None:
        """The link whose wire is chosen, if one is."""
        key = self._chosen_wire
        return link_behind(self.drawing, *key) if key is not None and key in self._wires else None

    def chosen_in_order(self) -> list[str]:
        """The chosen layers, those in folded groups as well, in the drawing's order."""
        return unfolded(self.drawing, self._chosen)

    def choose(self, names: Collection[str], current: str = "") -> None:
        """Choose several cards; `current` holds the keyboard, by default the last of them as one reads."""
        known = [name for name in self.reading_order() if name in names]
        current = current if current in known else (known[-1] if known else "")
        if set(known) == self._chosen and current == self._current and self._chosen_wire is None:
            return
        self._chosen_wire = None
        if current != self._current:
            self.choose_layer(current)
        self._chosen = set(known)
        self._mark()
        self.selection_changed.emit()

    def choose_wire(self, link: Link | None) -> None:
        """Choose the wire of a link, and no card; None: nothing at all."""
        self.choose_layer("")
        self._chosen_wire = next(
            (key for key in self._wires if link is not None and key[:2] == (link.source, link.target)), None
        )
        self.highlight_wire(link)
        self.selection_changed.emit()

    def look_at_layer(self) -> None:
        """Bring the chosen card so near that all its lines can be read, in the middle."""
        box = self.box_of(self._current)
        if box is not None:
            self.settle()
            self.look_at(1.5 * self._theme.scale, box.center_x, box.center_y)

    def choose_all(self) -> None:
        """Choose every card."""
        self.choose(set(self._layers), self._current)

    def wire_at(self, at: QPointF) -> Link | None:
        """The wire at a point, as a link between cards."""
        key = self.wire_key_at(at)
        return Link(key[0], key[1]) if key is not None else None

    def link_at(self, at: QPointF) -> Link | None:
        """The link behind the wire at a point."""
        key = self.wire_key_at(at)
        return link_behind(self.drawing, *key) if key is not None else None

    def link_behind(self, wire: Link) -> Link | None:
        """The link that is drawn as this wire between two cards."""
        return link_behind(self.drawing, wire.source, wire.target)

    def wire_for_loose_layer(self, name: str, at: QPointF) -> Link | None:
        """The link into which a layer without wires would go if it were dropped at a point."""
        if len(self._chosen) != 1 or any(name in (link.source, link.target) for link in self.drawing.links):
            return None
        layer = next((layer for layer in self.drawing.layers if layer.name == name), None)
        return self.link_at(at) if layer is not None and layer.kind != "input" else None

    def _on_layer_chosen(self, _name: str) -> None:
        self._chosen_wire = None
        self.selection_changed.emit()

    # --- the pointer --------------------------------------------------------------------------------------------------

    def pointer(self, at: QPoint, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> Pointer:
        """The pointer at a place in the viewport."""
        return Pointer(QPointF(*self.scene_point(at)), at, button, modifiers)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.gesture is not None:  # a second button gives the first one up
            self.leave_gesture()
            return
        self.settle()
        pointer = self.pointer(event.position().toPoint(), event.button(), event.modifiers())
        for kind in GESTURES:
            self.gesture = kind.begin(self, pointer)
            if self.gesture is not None:
                break
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pointer = self.pointer(event.position().toPoint(), _NO_BUTTON, event.modifiers())
        if self.gesture is None:
            super().mouseMoveEvent(event)  # what lies under the pointer wants to know
            is_port = self.port_at(pointer.scene) is not None
            self._show_cursor(Qt.CursorShape.CrossCursor if is_port else None)
            return
        self.gesture.moved(pointer)
        if self.gesture is not None and self.gesture.is_dragged:
            self._show_cursor(self.gesture.cursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture = self.gesture
        if gesture is None or isinstance(gesture, KeyWireGesture):
            return
        pointer = self.pointer(event.position().toPoint(), event.button(), event.modifiers())
        gesture.moved(pointer)
        self.leave_gesture()
        gesture.release(pointer)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        name = self.layer_at(QPointF(*self.scene_point(event.position().toPoint())))
        if name and event.button() == Qt.MouseButton.LeftButton:
            self.layer_activated.emit(name)
        else:
            self.mousePressEvent(event)

    def leave_gesture(self) -> None:
        """End the gesture under way, if there is one, and take away what it showed."""
        gesture, self.gesture = self.gesture, None
        if gesture is not None:
            gesture.clear()
            self._show_cursor(None)

    def _show_cursor(self, shape: Qt.CursorShape | None) -> None:
        if shape is None:
            self.viewport().unsetCursor()
        elif self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    def ask_for_menu(self, at: QPoint) -> None:
        """The context menu of what lies there, which is chosen for it."""
        name = self.layer_at(QPointF(*self.scene_point(at)))
        if name and name not in self._chosen:
            self.choose_layer(name)
        elif not name:
            self.choose_wire(self.wire_at(QPointF(*self.scene_point(at))))
        self.menu_asked.emit(at)

    def ask_for_layer(self, source: str, at: QPointF) -> None:
        """A wire was drawn into the open: which layer should be there?"""
        self.layer_asked.emit(source, at)

    # --- keys ---------------------------------------------------------------------------------------------------------

    def draw_wire_by_keys(self) -> None:
        """W: begin a wire at the chosen layer."""
        if self._current and self.gesture is None:
            self.settle()
            self.gesture = KeyWireGesture(self, self._current)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            is_arrow = Qt.Key(event.key()) in _ARROWS
            if self.gesture is not None or is_arrow or (self.takes_key is not None and self.takes_key(event)):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if self.gesture is not None:
            if key == Qt.Key.Key_Escape:
                self.leave_gesture()
            else:
                self.gesture.key(key)
            return
        if key in _ARROWS and modifiers in (Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier):
            self._step(*_ARROWS[key], is_moving=modifiers == Qt.KeyboardModifier.AltModifier)
            return
        self.key_commanded.emit(event)
        if not event.isAccepted():
            super().keyPressEvent(event)

    def _step(self, across: int, down: int, *, is_moving: bool) -> None:
        """Alt moves what is chosen by a step; Shift takes the neighbour in as well."""
        if is_moving and self._chosen:
            boxes = self._placement.boxes
            moved = {name: (boxes[name].x + across * NUDGE, boxes[name].y + down * NUDGE) for name in self._chosen}
            self.settle()
            self.edits.move(moved, merge_key=f"nudge {sorted(self._chosen)}")
            self.settle()
        elif not is_moving:
            reached = neighbour(self._placement, self._current, across, down)
            self.choose(self._chosen | {reached}, reached)

    # --- what is dropped ----------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._drop = PaletteDrop.begin_with(self, event.mimeData())
        if self._drop is not None or file_of(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self._drop is not None:
            self._drop.drag(self.pointer(event.position().toPoint(), _NO_BUTTON, _NO_MODIFIER))
        event.acceptProposedAction()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        if self._drop is not None:
            self._drop.clear()
            self._drop = None

    def dropEvent(self, event: QDropEvent) -> None:
        drop, self._drop = self._drop, None
        path = file_of(event.mimeData())
        if drop is not None:
            drop.clear()
            drop.release(self.pointer(event.position().toPoint(), _NO_BUTTON, _NO_MODIFIER))
            self.setFocus()
        elif path:
            self.file_dropped.emit(path)
        event.acceptProposedAction()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.leave_gesture()
        self.settle()
