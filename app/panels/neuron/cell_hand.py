"""CellHand: what a person does to the living cell, from whichever control: fires inputs, injects current, changes the cell. Draws nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta
from PySide6.QtCore import QObject, Signal, Slot

from app.simulation.biology.stage import INPUTS, StagePlan

if TYPE_CHECKING:
    from app.neuron_session import NeuronSession

AMPLITUDE_RANGE = (-5.0, 20.0)  # nA
DURATION_RANGE = (0.05, 500.0)  # ms
SPREAD_RANGE = (0.0, 40.0)  # ms

Push = Callable[[str, str, object, object], None]


class HandState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """marked: the group of inputs; spread_ms: in which so many of them fire; electrode: its compartment.

    is_held: its current flows while it is pressed; otherwise each press is one pulse of duration_ms.
    has_labels: names beside the parts; is_true_scale: true proportions; has_sound: a click for each spike of the soma.
    """

    marked: Annotated[tuple[Annotated[int, Meta(ge=0, lt=INPUTS)], ...], Meta(max_length=INPUTS)] = ()
    spread_ms: Annotated[float, Meta(ge=SPREAD_RANGE[0], le=SPREAD_RANGE[1])] = 0.0
    amplitude_nA: Annotated[float, Meta(ge=AMPLITUDE_RANGE[0], le=AMPLITUDE_RANGE[1])] = 0.5
    duration_ms: Annotated[float, Meta(ge=DURATION_RANGE[0], le=DURATION_RANGE[1])] = 1.0
    is_held: bool = True
    electrode: Annotated[int, Meta(ge=0, le=100_000)] = 0
    has_labels: bool = True
    is_true_scale: bool = False
    has_sound: bool = False


class CellHand(QObject):
    """One for the panel. `push(thing, text, before, after)` makes a change undoable; thing: "hand.<fields>" or
    "plan.<what>"."""

    changed = Signal()  # HandState

    def __init__(self, session: NeuronSession, push: Push, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._push = push
        self._state = HandState()
        self._flowing = 0  # token of the current that flows while the electrode is held
        self.has_stimulated = False

    @property
    def state(self) -> HandState:
        """Group, spread and electrode as they stand."""
        return self._state

    def set_state(self, state: HandState) -> None:
        """Take all as `state` has it; nothing of it is undoable."""
        if state != self._state:
            self._state = state
            self.changed.emit()

    def change(self, text: str, **fields: object) -> None:
        """A person changes something of the state."""
        after = msgspec.structs.replace(self._state, **fields)
        if after != self._state:
            before, self._state = self._state, after
            self._push(f"hand.{'+'.join(sorted(fields))}", text, before, after)
            self.changed.emit()

    def change_plan(self, what: str, text: str, plan: StagePlan) -> None:
        """A person changes the cell; changes of the same `what` that follow one another are undone as one."""
        before = self._session.shown_plan
        if plan != before:
            self._session.change(plan)
            self._push(f"plan.{what}", text, before, plan)

    # --- stimuli ------------------------------------------------------------------------------------------------------

    def fire_count(self, count: int) -> None:
        """The first `count` inputs fire, together or spread as chosen."""
        self.fire(tuple(range(min(count, INPUTS))))

    @Slot(tuple)
    def fire(self, inputs: tuple[int, ...]) -> None:
        """These inputs fire, together or spread as chosen."""
        if not inputs:
            return
        self.has_stimulated = True
        self._session.fire_spread(inputs, self._state.spread_ms)
        self.changed.emit()

    @Slot(int)
    def press(self, compartment: int) -> None:
        """The electrode is pressed."""
        self.has_stimulated = True
        state = self._state
        if state.is_held:
            self.release()
            self._flowing = self._session.inject(compartment, state.amplitude_nA)
        else:
            self._session.inject(compartment, state.amplitude_nA, state.duration_ms)
        self.changed.emit()

    @Slot()
    def release(self) -> None:
        """The electrode is let go."""
        if self._flowing:
            token, self._flowing = self._flowing, 0
            self._session.withdraw(token)

    @Slot(int)
    def move_electrode(self, compartment: int) -> None:
        """The electrode was put elsewhere."""
        self.change("Move the electrode", electrode=compartment)

    @Slot(tuple)
    def mark(self, inputs: tuple[int, ...]) -> None:
        """These inputs are the group."""
        self.change("Select inputs", marked=inputs)
