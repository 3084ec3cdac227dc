"""PanelChange: one undoable change in a panel, already done when it is pushed. Imports no panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QUndoCommand

from app.choice_changes import ChoiceChange


class PanelChange(ChoiceChange):
    """As ChoiceChange, but pushing it does nothing: the control that a hand still holds must not be set anew."""

    def __init__(
        self, text: str, thing: str, before: Any, after: Any, take: Callable[[str, Any], None], *, merges: bool = True
    ) -> None:
        """merges: with the step before, where that bears the same name and concerns the same thing."""
        super().__init__(text, thing, before, after, take)
        self._is_done = True
        self._merges = merges

    def id(self) -> int:
        return super().id() if self._merges else -1

    def redo(self) -> None:
        if self._is_done:
            self._is_done = False
        else:
            super().redo()

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Only what bears the same name: all that is done at a bench is one thing, and was undone at one stroke."""
        return other.text() == self.text() and super().mergeWith(other)
