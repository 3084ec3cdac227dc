"""MaxoutModel: the state of the view, and each thing done to it as one step that can be undone. Knows no plot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.panels.activation.maxout import edits
from app.panels.activation.maxout.line_scene import TargetWork
from app.panels.activation.maxout.state import MaxoutState, to_json
from app.panels.activation.state_trail import StateTrail
from app.panels.activation.view import ViewContext
from app.widgets.number_words import readable
from trainers.errors import BadInput


class MaxoutModel(QObject):
    """changed: there is something else to draw. noted: something was done that is no step (what is chosen)."""

    changed = Signal()
    noted = Signal()

    def __init__(self, context: ViewContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.state = MaxoutState()
        self.work = TargetWork()
        self._trail = StateTrail(context.push_change, to_json, self.state)

    def take(self, state: MaxoutState) -> None:
        """`state` is to stand; no step of its own."""
        self.put(state)
        self._trail.begin(state)

    def put(self, state: MaxoutState) -> None:
        """Show `state`: a step follows, or a hand is on its way."""
        self.state = state
        self.changed.emit()

    def note(self, text: str, *, merges: bool = False) -> None:
        """What has been done since the last step becomes one. merges: with the one before of the same text."""
        self._trail.note(self.state, text, merges=merges)

    def attempt(self, edit: Callable[..., MaxoutState], *arguments: Any) -> bool:
        """Do it, or say in one sentence why it cannot be done."""
        try:
            self.put(edit(self.state, *arguments))
        except BadInput as error:
            self._context.workspace.warn(error.sentence)
            return False
        return True

    def do(self, text: str, edit: Callable[..., MaxoutState], *arguments: Any, merges: bool = False) -> None:
        """Do it as one step, called `text`."""
        if self.attempt(edit, *arguments):
            self.note(text, merges=merges)

    def choose(self, number: int) -> None:
        """A line or plane is the chosen one; undoing something else does not change that back."""
        field = "selected" if self.state.inputs == 1 else "selected_plane"
        noted = self._trail.noted
        kept = noted.lines if self.state.inputs == 1 else noted.planes
        self._trail.overlook(**{field: min(number, max(0, len(kept) - 1))})
        self.put(edits.changed(self.state, **{field: number}))
        self.noted.emit()

    # --- words ----------------------------------------------------------------------------------------------------------

    @property
    def has_any(self) -> bool:
        """Whether there is a line, or a plane, that could be chosen."""
        return bool(self.state.lines if self.state.inputs == 1 else self.state.planes)

    @property
    def name(self) -> str:
        """Of the chosen one."""
        state = self.state
        return f"line {state.selected + 1}" if state.inputs == 1 else f"plane {state.selected_plane + 1}"

    @property
    def numbers(self) -> str:
        """Of the chosen one."""
        state = self.state
        if state.inputs == 2:
            plane = state.planes[state.selected_plane]
            return f"w = ({readable(plane.w1)}, {readable(plane.w2)}), b = {readable(plane.b)}"
        line = state.lines[state.selected]
        return f"w = {readable(line.w)}, b = {readable(line.b)}"
