"""What a pointer does on the canvas, from press to release: one class each, offered every press in turn. Edits through the board alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication

from app.panels.builder.fitting import givers, takers
from app.widgets.network_positions import nearest_free
from trainers.network_graph import Link

if TYPE_CHECKING:
    from app.panels.builder.board import DrawingBoard

SNAP = 7.0  # px within which a card that is moved falls into line with another
GRASP = 11.0  # px around a port in which it is meant


class Pointer(NamedTuple):
    """Where the pointer is, in the scene and in the viewport, and what is held down."""

    scene: QPointF
    view: QPoint
    button: Qt.MouseButton
    modifiers: Qt.KeyboardModifier

    @property
    def is_adding(self) -> bool:
        """Whether what is pressed joins what is chosen already."""
        return bool(self.modifiers & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))


class Gesture:
    """One way of using the pointer. `begin` says whether a press is its beginning."""

    cursor: Qt.CursorShape | None = None

    def __init__(self, board: DrawingBoard, pointer: Pointer) -> None:
        self.board = board
        self.start = pointer
        self.is_dragged = False

    @classmethod
    def begin(cls, board: DrawingBoard, pointer: Pointer) -> Gesture | None:
        """The gesture that this press begins, if it is one of this class."""
        raise NotImplementedError

    def moved(self, pointer: Pointer) -> None:
        """The pointer has moved; a tremble on the way to a click is none."""
        far = (pointer.view - self.start.view).manhattanLength() >= QApplication.startDragDistance()
        if far or self.is_dragged:
            self.is_dragged = True
            self.drag(pointer)

    def drag(self, pointer: Pointer) -> None:
        """Show what a release would do."""

    def release(self, pointer: Pointer) -> None:
        """Do it."""

    def key(self, _key: Qt.Key) -> bool:
        """Whether a key pressed meanwhile is the gesture's affair."""
        return False

    def clear(self) -> None:
        """Take away all that was shown of it: called at its end, and where it is left."""


class PanGesture(Gesture):
    """The middle or the right button pulls the drawing along; a right click without a drag asks for the menu. So does the left
    one on a card that is larger than the view: what is looked into so near is not to be moved."""

    cursor = Qt.CursorShape.ClosedHandCursor

    @classmethod
    def begin(cls, board: DrawingBoard, pointer: Pointer) -> Gesture | None:
        is_pan = pointer.button in (Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton)
        is_pan = is_pan or (pointer.button == Qt.MouseButton.LeftButton and _is_within_large_card(board, pointer.scene))
        return cls(board, pointer) if is_pan else None

    def __init__(self, board: DrawingBoard, pointer: Pointer) -> None:
        super().__init__(board, pointer)
        self._last = pointer.view

    def drag(self, pointer: Pointer) -> None:
        self.board.pan(pointer.view - self._last)
        self._last = pointer.view

    def release(self, pointer: Pointer) -> None:
        if not self.is_dragged and self.start.button == Qt.MouseButton.RightButton:
            self.board.ask_for_menu(pointer.view)
        elif not self.is_dragged and self.start.button == Qt.MouseButton.LeftButton:
            name = self.board.layer_at(pointer.scene)
            self.board.choose({name} if name else set(), name)


def _is_within_large_card(board: DrawingBoard, at: QPointF) -> bool:
    """Whether a card lies there that is larger than the view, and none of its ports."""
    box = board.box_of(board.layer_at(at))
    room = board.viewport()
    if box is None or board.port_at(at) is not None:
        return False
    return box.width * board.zoom > room.width() or box.height * board.zoom > room.height()


class WireGesture(Gesture):
    """From a port to a port: a wire. From a port that has one, that wire's end; dropped on nothing it is gone."""

    cursor = Qt.CursorShape.CrossCursor

    @classmethod
    def begin(cls, board: DrawingBoard, pointer: Pointer) -> Gesture | None:
        port = board.port_at(pointer.scene) if pointer.button == Qt.MouseButton.LeftButton else None
        return cls(board, pointer, port[0], is_output=port[1]) if port is not None else None

    def __init__(self, board: DrawingBoard, pointer: Pointer, layer: str, *, is_output: bool) -> None:
        super().__init__(board, pointer)
        graph, facts = board.cards, board.facts
        self.taken: Link | None = None
        if not is_output:
            feeding = [link for link in graph.links if link.target == layer]
            self.taken = feeding[-1] if feeding else None
        self.is_forward = is_output or self.taken is not None
        self.fixed = self.taken.source if self.taken is not None else layer
        self.fitting = takers(graph, facts, self.fixed) if self.is_forward else givers(graph, facts, self.fixed)
        if self.taken is not None:
            self.fitting.add(self.taken.target)
        board.show_offers(self.fitting, self.fixed)
        self.target = ""

    def drag(self, pointer: Pointer) -> None:
        name = self.board.layer_at(pointer.scene)
        self.target = name if name != self.fixed else ""
        end = pointer.scene
        if self.target in self.fitting:
            end = self.board.port_of(self.target, is_output=not self.is_forward)
        begin = self.board.port_of(self.fixed, is_output=self.is_forward)
        is_fitting = self.target in self.fitting
        self.board.show_rubber_wire(begin, end, is_fitting=is_fitting, is_forward=self.is_forward)

    def release(self, pointer: Pointer) -> None:
        if not self.is_dragged:
            self.board.choose_layer(self.fixed if self.taken is None else self.taken.target)
            return
        board = self.board
        taken = board.link_behind(self.taken) if self.taken is not None else None
        if taken is not None and self.taken is not None:
            if not self.target:
                board.edits.unlink(taken)
            elif self.target != self.taken.target:
                board.edits.redirect(taken, board.entrance_of(self.target))
        elif self.target:
            source, target = (self.fixed, self.target) if self.is_forward else (self.target, self.fixed)
            board.edits.link(board.exit_of(source), board.entrance_of(target))
        elif self.is_forward:
            board.ask_for_layer(board.exit_of(self.fixed), pointer.scene)

    def clear(self) -> None:
        self.board.hide_rubber()
        self.board.show_offers(None, "")


class KeyWireGesture(WireGesture):
    """The same by keyboard: W, the arrow keys go through the layers that fit, Return links, Esc leaves."""

    def __init__(self, board: DrawingBoard, layer: str) -> None:
        at = board.port_of(layer, is_output=True)
        pointer = Pointer(at, board.mapFromScene(at), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier)
        super().__init__(board, pointer, layer, is_output=True)
        self.is_dragged = True
        self._names = [name for name in board.reading_order() if name in self.fitting]
        self._step(0)

    def key(self, key: Qt.Key) -> bool:
        if key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Tab):
            self._step(1)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Backtab):
            self._step(-1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_W):
            if self.target:
                self.board.edits.link(self.board.exit_of(self.fixed), self.board.entrance_of(self.target))
            self.board.leave_gesture()
        else:
            return False
        return True

    def _step(self, by: int) -> None:
        if not self._names:
            self.board.edits.refused.emit(f"What {self.fixed} gives fits no other layer: add one behind it.")
            return
        number = (self._names.index(self.target) + by) % len(self._names) if self.target else 0
        self.target = self._names[number]
        begin = self.board.port_of(self.fixed, is_output=True)
        end = self.board.port_of(self.target, is_output=False)
        self.board.show_rubber_wire(begin, end, is_fitting=True)

    def drag(self, pointer: Pointer) -> None:
        """The pointer has nothing to say here."""


class MoveGesture(Gesture):
    """A card, and with it all that is chosen, is moved; it falls into line with its neighbours, and never upon one, but with
    Alt. A click only chooses."""

    cursor = Qt.CursorShape.SizeAllCursor

    @classmethod
    def begin(cls, board: DrawingBoard, pointer: Pointer) -> Gesture | None:
        name = board.layer_at(pointer.scene) if pointer.button == Qt.MouseButton.LeftButton else ""
        return cls(board, pointer, name) if name else None

    def __init__(self, board: DrawingBoard, pointer: Pointer, name: str) -> None:
        super().__init__(board, pointer)
        self.name = name
        self._was_chosen = name in board.chosen
        self._offset = QPointF()
        self._wire: Link | None = None
        if pointer.is_adding:
            kept = board.chosen - {name} if self._was_chosen else board.chosen | {name}
            board.choose(kept, name if name in kept else "")
        elif not self._was_chosen:
            board.choose({name}, name)

    def drag(self, pointer: Pointer) -> None:
        if self.name not in self.board.chosen:
            return
        boxes = self.board.placement.boxes
        offset = pointer.scene - self.start.scene
        held = boxes[self.name]
        reach = SNAP / self.board.zoom
        others = [box for name, box in boxes.items() if name not in self.board.chosen]
        guides = []
        if not pointer.modifiers & Qt.KeyboardModifier.AltModifier:
            center = (held.center_x + offset.x(), held.center_y + offset.y())
            across = min((box.center_y - center[1] for box in others), key=abs, default=reach + 1)
            down = min((box.center_x - center[0] for box in others), key=abs, default=reach + 1)
            if abs(across) <= reach:
                offset.setY(offset.y() + across)
                guides.append(("across", center[1] + across))
            if abs(down) <= reach:
                offset.setX(offset.x() + down)
                guides.append(("down", center[0] + down))
        self._offset = offset
        self.board.show_moved(self.board.chosen, offset, guides)
        self._wire = self.board.wire_for_loose_layer(self.name, pointer.scene)
        self.board.highlight_wire(self._wire)

    def release(self, pointer: Pointer) -> None:
        if not self.is_dragged:
            if self._was_chosen and not pointer.is_adding:
                self.board.choose({self.name}, self.name)
            return
        boxes = self.board.placement.boxes
        if self._wire is not None:
            self.board.edits.insert_layer(self._wire, self.name)
            return
        x, y = self._offset.x(), self._offset.y()
        if not pointer.modifiers & Qt.KeyboardModifier.AltModifier:
            others = [box for name, box in boxes.items() if name not in self.board.chosen]
            held = [boxes[name]._replace(x=boxes[name].x + x, y=boxes[name].y + y) for name in self.board.chosen]
            across, down = nearest_free(others, held)
            x, y = x + across, y + down
        self.board.edits.move({name: (boxes[name].x + x, boxes[name].y + y) for name in self.board.chosen})

    def clear(self) -> None:
        self.board.hide_rubber()
        self.board.highlight_wire(None)
        self.board.put_back()


class BandGesture(Gesture):
    """A band over the ground chooses what it touches; a click chooses the wire that is there, or nothing."""

    cursor = Qt.CursorShape.CrossCursor

    @classmethod
    def begin(cls, board: DrawingBoard, pointer: Pointer) -> Gesture | None:
        return cls(board, pointer) if pointer.button == Qt.MouseButton.LeftButton else None

    def __init__(self, board: DrawingBoard, pointer: Pointer) -> None:
        super().__init__(board, pointer)
        self._before = set(board.chosen) if pointer.is_adding else set()

    def drag(self, pointer: Pointer) -> None:
        band = QRectF(self.start.scene, pointer.scene).normalized()
        self.board.show_band(band)
        found = self.board.layers_in(band)
        self.board.choose(self._before | set(found), found[-1] if found else "")

    def release(self, pointer: Pointer) -> None:
        if not self.is_dragged and not pointer.is_adding:
            wire = self.board.wire_at(pointer.scene)
            self.board.choose_wire(wire)

    def clear(self) -> None:
        self.board.hide_rubber()


GESTURES: tuple[type[Gesture], ...] = (
    PanGesture,
    WireGesture,
    MoveGesture,
    BandGesture,
)  # in the order in which they are asked
