"""WeightChange: one weight set by hand, undoably, for as long as its network trains. Imports no torch."""

from __future__ import annotations

import weakref
from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from app.panels.builder.neurons_number import NumberPlace

Take = Callable[[NumberPlace, float, int], bool]


class WeightChange(QUndoCommand):
    """Puts `after` in the place of `before`. Never given a parent: that crashes in PySide6.

    take: sets a number of the run with this number; False where that run is gone, and the change goes with it.
    """

    def __init__(self, place: NumberPlace, before: float, after: float, run: int, take: Take, *, is_done: bool) -> None:
        """is_done: it has just been set, and is not set again where the stack takes it."""
        super().__init__(f"Set {place.title}")
        self._place, self._before, self._after, self._run = place, before, after, run
        self._is_done = is_done
        self._take = weakref.WeakMethod(take)  # a strong one closes a ring through the stack, see ChoiceChange

    def redo(self) -> None:
        if not self._is_done:
            self._put(self._after)
        self._is_done = False

    def undo(self) -> None:
        self._put(self._before)

    def _put(self, value: float) -> None:
        take = self._take()
        if take is None or not take(self._place, value, self._run):
            self.setObsolete(True)
