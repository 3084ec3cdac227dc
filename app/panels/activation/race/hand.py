"""RaceHand: what a person does to the race, as changes of its state and steps that can be undone. Paints nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, Slot

from app.panels.activation.race.state import (
    FEWEST_RACERS,
    KILL,
    KILLING_RATE,
    LEAKY,
    MOST_RACERS,
    MOST_SEED,
    GuideStage,
    RaceState,
)
from app.panels.activation.race.words import title_of
from trainers.activation_lab import ActivationChoice
from trainers.activation_lab_checks import checked_racer
from trainers.errors import BadInput

if TYPE_CHECKING:
    from app.panels.activation.race.view import RaceView


class RaceHand(QObject):
    """Bound slots for the view's controls."""

    def __init__(self, view: RaceView) -> None:
        super().__init__(view)
        self._view = view

    @property
    def _state(self) -> RaceState:
        return self._view.shown

    # --- racers -------------------------------------------------------------------------------------------------------

    @Slot(object)
    def add(self, choice: ActivationChoice) -> None:
        """One more racer, in a new race."""
        racers = self._state.racers
        if len(racers) >= MOST_RACERS:
            self._warn(f"{MOST_RACERS} activations race already, the most that can: remove one first.")
            return
        self._put_racers((*racers, choice), f"Add {title_of(choice)} to the race")

    @Slot(int)
    def remove(self, index: int) -> None:
        """One racer less, in a new race."""
        racers = self._state.racers
        if len(racers) <= FEWEST_RACERS:
            self._warn(f"A race needs {FEWEST_RACERS} activations: add another one first.")
            return
        title = title_of(racers[index])
        self._view.change(racers=racers[:index] + racers[index + 1 :])
        self._view.note(f"Remove {title} from the race")

    @Slot(int, object)
    def turn(self, index: int, choice: ActivationChoice) -> None:
        """Another activation for a racer that keeps its weights."""
        racers = self._state.racers
        if self._is_out(index):
            return
        before = racers[index]
        words = (
            f"Set {title_of(choice)}"
            if choice.kind == before.kind
            else f"Turn {title_of(before)} into {title_of(choice)}"
        )
        self._put_racers((*racers[:index], choice, *racers[index + 1 :]), words)

    def _put_racers(self, racers: tuple[ActivationChoice, ...], text: str) -> None:
        """As one step called `text`; one that cannot race is refused: a kept function may have been written by hand."""
        try:
            racers = tuple(map(checked_racer, racers))
        except BadInput as error:
            self._warn(error.sentence)
            return
        self._view.change(racers=racers)
        self._view.note(text)

    def _is_out(self, index: int) -> bool:
        """Whether a racer's weights are no numbers any more; then a person is told."""
        record = self._view.link.record
        step = record.frame.diverged[index] if record is not None and index < len(record.frame.diverged) else None
        if step is not None:
            title = title_of(self._state.racers[index])
            self._warn(f"{title} diverged at step {step:,}, its weights are no numbers any more: reset the race (R).")
        return step is not None

    # --- settings -----------------------------------------------------------------------------------------------------

    @Slot(object, str)
    def set(self, fields: dict[str, Any], text: str) -> None:
        """Set what was chosen, as one step."""
        self._view.change(**fields)
        self._view.note(text)

    @Slot(object)
    def move(self, fields: dict[str, Any]) -> None:
        """Follow a slider; the step comes at the end of the drag."""
        self._view.change(**fields)

    @Slot(float)
    def move_rate(self, rate: float) -> None:
        """From the next step on."""
        self._view.change(learning_rate=rate)

    @Slot()
    def settle_rate(self) -> None:
        """The drag of the learning rate has ended."""
        self._view.note("Change the learning rate of the race")

    @Slot(float)
    def set_speed(self, speed: float) -> None:
        """How fast it is shown is not worth a step."""
        self._view.change(speed=speed)
        self._view.trail.overlook(speed=speed)
        self._view.state_changed.emit()

    @Slot()
    def throw_dice(self) -> None:
        """The next seed: other first weights and batches."""
        self._view.change(seed=(self._state.seed + 1) % MOST_SEED)
        self._view.note("Another seed for the race")

    @Slot()
    def throw_data_dice(self) -> None:
        """The next seed of the points."""
        self._view.change(data_seed=(self._state.data_seed + 1) % MOST_SEED)
        self._view.note("Other points for the race")

    # --- the clock ----------------------------------------------------------------------------------------------------

    @Slot()
    def play(self) -> None:
        """Run or stand."""
        self._view.link.set_running(not self._view.link.is_running)

    @Slot()
    def step(self) -> None:
        """One step of all."""
        self._view.link.step()

    @Slot()
    def reset(self) -> None:
        """The same race from its first weights on."""
        self._view.link.want(self._state.plan, anew=True)
        self._view.redraw()

    # --- the guided demonstration -------------------------------------------------------------------------------------

    @Slot()
    def go_on_with_guide(self) -> None:
        """The next of four clicks."""
        stage = self._state.guide
        if stage == 1 and self._can_go_on():
            self._guide(2, "Raise the learning rate", learning_rate=KILLING_RATE)
        elif stage == 2 and self._can_go_on():
            self._guide(3, "Lower the learning rate again", learning_rate=KILL.learning_rate)
        elif stage == 3 and self._can_go_on() and not self._is_out(0):
            racers = (LEAKY, *self._state.racers[1:])  # and nothing else, so that what comes of it is its doing
            self._guide(4, "Turn ReLU into Leaky ReLU", racers=tuple(map(checked_racer, racers)))
        else:
            self._view.put(msgspec.structs.replace(KILL, speed=self._state.speed), anew=True)
            self._view.note("Kill the ReLUs: both learn")
        self._view.link.set_running(True)

    def _can_go_on(self) -> bool:
        """Whether the race of the demonstration is still the one on show."""
        plan = self._state.plan
        alike = msgspec.structs.replace(plan, learning_rate=KILL.learning_rate, racers=KILL.racers)
        return alike == KILL.plan and len(plan.racers) == len(KILL.racers)

    def _guide(self, stage: GuideStage, text: str, **fields: Any) -> None:
        self._view.change(guide=stage, **fields)
        self._view.note(f"Kill the ReLUs: {text[0].lower()}{text[1:]}")

    def _warn(self, sentence: str) -> None:
        self._view.context.workspace.warn(sentence)
