"""CurvesHand: what a person does to the list of functions: add, remove, drag, keep, draw, put into the network. Knows the view by what it offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.panels.activation.curves.state import MOST_FUNCTIONS
from app.panels.activation.functions import DRAWN, FORMULA, drawn_choice, resolve
from app.panels.activation.network_use import use_in_network
from app.simulation.activation_functions import ACTIVATIONS
from app.widgets.message_bar import Message
from trainers.activation_lab import ActivationChoice
from trainers.drawn_function import BadKnots, reduce_stroke
from trainers.errors import BadInput
from trainers.own_functions import OwnFunction, OwnFunctions, TornFile

if TYPE_CHECKING:
    from app.panels.activation.curves.view import CurvesView


class CurvesHand(QObject):
    """Each deed is one step that can be undone; a refusal is one sentence where the person looks."""

    def __init__(self, view: CurvesView) -> None:
        super().__init__(view)
        self._view = view
        self.own = OwnFunctions()
        self._told = ""  # what was said of a file that cannot be read: once, however often it is looked at

    @Slot(str)
    def add_named(self, key: str) -> None:
        """Add a function by its key, or one's own by its name."""
        if key in ACTIVATIONS:
            self.add(ActivationChoice(key))
            return
        try:
            kept = self.own.get(key)
        except BadInput as error:
            self._refuse(error)
            return
        self.add(ActivationChoice(kept.kind, kept.layer_parameters))

    @Slot(object)
    def add(self, choice: ActivationChoice) -> None:
        """Lay one more function over the others, and choose it."""
        functions = self._view.shown.functions
        if len(functions) >= MOST_FUNCTIONS:
            self._view.context.workspace.warn(
                f"{MOST_FUNCTIONS} functions are on show, the most that fit: remove one first."
            )
            return
        function = resolve(choice)
        self._view.change(functions=(*functions, choice), selected=len(functions))
        self._view.note(f"Add {function.title}")

    def show_own(self) -> None:
        """What is kept on this machine, read anew: another window may have added to it."""
        try:
            names = tuple(function.name for function in self.own.all())
            self._told = ""
        except BadInput as error:
            names = ()
            if error.sentence != self._told:
                self._told = error.sentence
                self._refuse(error)
        self._view.side.show_own(names)
        self._view.redraw()

    @Slot(str)
    def keep(self, name: str) -> None:
        """Keep the chosen function of one's own under a name."""
        selected = self._view.selected
        if selected is None or selected.choice.kind not in (FORMULA, DRAWN):
            return
        definition = {key: value for key, value in selected.choice.parameters.items() if key != "title"}
        try:
            self.own.add(OwnFunction(name, selected.choice.kind, definition))  # type: ignore[arg-type]
        except BadInput as error:
            self._refuse(error)
            return
        self._view.side.entry.say("")
        self._replace(ActivationChoice(selected.choice.kind, {**definition, "title": name}))
        self._view.note(f"Call it {name}")
        self.show_own()

    @Slot(str)
    def forget(self, name: str) -> None:
        """Take a name out of what is kept."""
        try:
            self.own.delete(name)
        except BadInput as error:
            self._refuse(error)
        self.show_own()

    def _refuse(self, error: BadInput) -> None:
        """Say it beneath the line; of a torn file where there is something to press."""
        if isinstance(error, TornFile):
            message = Message(error.sentence, "warning", "Set it aside", self.set_own_aside)
            self._view.context.workspace.message_posted.emit(message)
        else:
            self._view.side.entry.say(error.sentence)

    @Slot()
    def set_own_aside(self) -> None:
        """Keep a torn file under another name, so that a new one can begin; a file that can be read by now is left alone."""
        workspace = self._view.context.workspace
        try:
            self.own.all()
        except TornFile:
            try:
                aside = self.own.set_aside()
            except BadInput as error:
                workspace.warn(error.sentence)
                return
            workspace.message_posted.emit(Message(f"The torn file is now {aside}: what you keep begins a new one."))
        except BadInput as error:
            workspace.warn(error.sentence)
            return
        self.show_own()

    def _replace(self, choice: ActivationChoice) -> None:
        functions = list(self._view.shown.functions)
        functions[self._view.shown.selected] = choice
        self._view.change(functions=tuple(functions))

    @Slot()
    def remove(self) -> None:
        """Take the chosen function away."""
        selected = self._view.selected
        if selected is None:
            return
        number = self._view.shown.selected
        functions = self._view.shown.functions[:number] + self._view.shown.functions[number + 1 :]
        self._view.change(functions=functions, selected=max(0, min(number, len(functions) - 1)))
        self._view.note(f"Remove {selected.title}")

    @Slot()
    def duplicate(self) -> None:
        """The chosen function once more, to compare two of its parameters."""
        if self._view.selected is not None:
            self.add(self._view.selected.choice)

    @Slot(str, object)
    def change_parameter(self, name: str, value: object) -> None:
        """A parameter of the chosen function is being dragged, or was typed."""
        selected = self._view.selected
        if selected is None:
            return
        choice = selected.with_number(name, value)
        try:
            resolve(choice)
        except BadInput as error:
            self._view.side.parameters.complain(error.sentence)
            return
        self._view.side.parameters.complain("")
        self._view.is_held = True
        self._replace(choice)

    @Slot()
    def settle_parameter(self) -> None:
        """The hand has let go of it."""
        if self._view.selected is not None:
            self._view.is_held = False
            self._view.note(f"Change {self._view.selected.title}")
            self._view.redraw()

    @Slot()
    def use(self) -> None:
        """Put the chosen function into the network."""
        if self._view.selected is not None:
            use_in_network(self._view.context.workspace, self._view.selected)

    @Slot(bool)
    def take_pen(self, is_taken: bool) -> None:
        """One draws in the plot of values: where there is none to draw in, that is said."""
        view = self._view
        can_draw = view.shown.is_overlaid and "value" in view.shown.rows
        if is_taken and not can_draw:
            view.side.entry.show_pen(False)
            view.side.entry.say("Show f, and no more than eight functions, to draw one over them.")
            return
        view.side.entry.say("")
        view.board.set_pen(is_taken)
        if is_taken and not view.functions:
            view.redraw()  # an empty board becomes a plot

    @Slot(object)
    def take_stroke(self, points: object) -> None:
        """A line has been drawn by hand."""
        try:
            function = reduce_stroke(points)  # type: ignore[arg-type]
        except BadKnots as error:
            self._view.side.entry.say(error.sentence)
            return
        self._view.side.entry.say("")
        self.add(drawn_choice(function))
