"""Undoable changes of what is trained: one setting, or the data. Imports no torch."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QUndoCommand

_IDS: dict[str, int] = {}


class ChoiceChange(QUndoCommand):
    """Puts `after` in the place of `before`; changes of the same thing that follow one another become one.

    Never given a parent: that crashes in PySide6 (use macros). `take` is called with the thing and the value that shall stand.
    """

    def __init__(self, text: str, thing: str, before: Any, after: Any, take: Callable[[str, Any], None]) -> None:
        super().__init__(text)
        self.thing = thing
        self.before = before
        self.after = after
        # a strong reference closes a ring through the stack: the collector then frees changes that the stack frees again
        self._take = weakref.WeakMethod(take)

    def _put(self, value: Any) -> None:
        take = self._take()
        if take is not None:
            take(self.thing, value)

    def id(self) -> int:
        """Same number for the same thing, as Qt asks before it tries to merge."""
        return _IDS.setdefault(self.thing, 1_000 + len(_IDS))

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, ChoiceChange) or other.thing != self.thing:
            return False
        self.after = other.after
        self.setObsolete(self.after == self.before)
        return True

    def redo(self) -> None:
        self._put(self.after)

    def undo(self) -> None:
        self._put(self.before)
