"""StateTrail: what of a view has been put on the undo stack, and each later step from there. Knows no view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from app.panels.activation.view import PushChange, ViewState

S = TypeVar("S", bound=msgspec.Struct)


class StateTrail(Generic[S]):
    """noted: the state after the last step that can be undone. to_json: as the view's `apply` will read it."""

    def __init__(self, push: PushChange, to_json: Callable[[S], ViewState], state: S) -> None:
        self._push = push
        self._to_json = to_json
        self.noted = state

    def begin(self, state: S) -> None:
        """`state` was put there by an undo, a file or the panel: it is no step."""
        self.noted = state

    def overlook(self, **fields: Any) -> None:
        """A look at the same thing, such as which one is chosen: these fields of the state are no step of their own."""
        self.noted = msgspec.structs.replace(self.noted, **fields)

    def note(self, state: S, text: str, *, merges: bool = False) -> None:
        """All that has led to `state` since the last step becomes one, called `text`. merges: with the one before of the same text."""
        if state != self.noted:
            before, self.noted = self.noted, state
            self._push(text, self._to_json(before), self._to_json(state), merges=merges)
