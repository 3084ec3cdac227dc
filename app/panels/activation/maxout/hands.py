"""PieceHand and TargetHand: what a person does to lines, planes and the target, told to the model. Know no plot."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.panels.activation.maxout import edits
from app.panels.activation.maxout.lines import SHAPES, Line
from app.panels.activation.maxout.model import MaxoutModel
from app.panels.activation.maxout.planes import SURFACES, Plane
from app.panels.activation.maxout.target_box import TargetBox
from trainers.errors import BadInput


class PieceHand(QObject):
    """Lines and planes: chosen, dragged, typed, added, removed."""

    def __init__(self, model: MaxoutModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model

    @Slot(int)
    def choose(self, number: int) -> None:
        """The one with that number."""
        self._model.choose(number)

    @Slot(int)
    def step(self, by: int) -> None:
        """The next."""
        state = edits.step(self._model.state, by)
        self._model.choose(state.selected if state.inputs == 1 else state.selected_plane)

    @Slot(int, object)
    def drag_line(self, number: int, line: Line) -> None:
        """A hand is on its way."""
        self._model.put(edits.with_line(self._model.state, number, line))

    @Slot(int, object)
    def drag_plane(self, number: int, plane: Plane) -> None:
        """A hand is on its way."""
        self._model.put(edits.with_plane(self._model.state, number, plane))

    @Slot(str)
    def drop(self, words: str) -> None:
        """It has arrived."""
        model = self._model
        model.note(f"{words} {model.name} to {model.numbers}")
        model.changed.emit()  # the anchor that was held goes to its place

    @Slot(float, float)
    def nudge_line(self, w: float, b: float) -> None:
        """By an arrow key."""
        if self._model.has_any:
            self._model.do(f"{'Turn' if w else 'Move'} {self._model.name}", edits.nudge_line, w, b, merges=True)

    @Slot(float, float, float)
    def nudge_plane(self, w1: float, w2: float, b: float) -> None:
        """By an arrow key."""
        if self._model.has_any:
            self._model.do(f"{'Lift' if b else 'Tilt'} {self._model.name}", edits.nudge_plane, w1, w2, b, merges=True)

    @Slot(int, int, float)
    def type_number(self, number: int, column: int, value: float) -> None:
        """One number of one of them."""
        model = self._model
        if model.attempt(edits.with_number, number, column, value):
            model.note(f"Set {model.name} to {model.numbers}")

    @Slot()
    def add_in_the_middle(self) -> None:
        """Of what is on show."""
        (low, high), (bottom, top) = self._model.state.x, self._model.state.y
        self.add(*((0.5 * (low + high), 0.5 * (bottom + top)) if self._model.state.inputs == 1 else (0.0, 0.0)))

    @Slot(float, float)
    def add(self, x: float, y: float) -> None:
        """At a place of the plot."""
        model = self._model
        is_line = model.state.inputs == 1
        if model.attempt(edits.add_line, x, y, model.work) if is_line else model.attempt(edits.add_plane, x, y):
            model.note(f"Add {model.name}, {model.numbers}")

    @Slot()
    def remove(self) -> None:
        """The chosen one."""
        model = self._model
        if model.has_any:
            edit = edits.remove_line if model.state.inputs == 1 else edits.remove_plane
            model.do(f"Remove {model.name}, {model.numbers}", edit)

    @Slot(str)
    def become(self, key: str) -> None:
        """A function or surface of note."""
        title = SHAPES[key][0] if self._model.state.inputs == 1 else SURFACES[key][0]
        self._model.do(f"Become {title}", edits.with_shape, key)

    @Slot(bool)
    def subtract(self, is_on: bool) -> None:
        """A second unit, or none."""
        text = "Subtract a second unit" if is_on else "Subtract nothing"
        self._model.do(text, edits.with_second, is_on, self._model.work)


class TargetHand(QObject):
    """The target, its stretch, and the best lines. What does not fit is said beneath it."""

    def __init__(self, model: MaxoutModel, box: TargetBox) -> None:
        super().__init__(box)
        self._model = model
        self._box = box
        box.target_wanted.connect(self.choose)
        box.interval_wanted.connect(self.look_at)
        box.pieces_moved.connect(self.move_pieces)
        box.pieces_settled.connect(self.settle_pieces)
        box.fit_asked.connect(self.fit)

    @Slot(str)
    def choose(self, text: str) -> None:
        """Another target, or none."""
        try:
            self._model.put(edits.with_target(self._model.state, text))
        except BadInput as error:
            self._box.complain(error.sentence)
            return
        self._box.complain("")
        self._model.note(f"Choose the target {text}" if text else "Choose no target")

    @Slot(float, float)
    def look_at(self, low: float, high: float) -> None:
        """Another stretch."""
        try:
            self._model.put(edits.with_interval(self._model.state, low, high))
        except BadInput as error:
            self._box.complain(error.sentence)
            return
        self._box.complain("")
        self._model.note(f"Look at the target from {low:g} to {high:g}")

    @Slot(int)
    def move_pieces(self, pieces: int) -> None:
        """So many lines, laid as best they can be."""
        self._model.put(edits.changed(self._model.state, pieces=pieces))
        self._model.attempt(edits.fitted, self._model.work)

    @Slot()
    def settle_pieces(self) -> None:
        """The hand has let go."""
        self._model.note(f"Lay {self._model.state.pieces} lines to the target")

    @Slot()
    def fit(self) -> None:
        """The best lines."""
        self._model.do(f"Best {self._model.state.pieces} lines", edits.fitted, self._model.work)
