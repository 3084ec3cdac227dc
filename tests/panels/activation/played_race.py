"""A session whose race is played without a worker, by plain rules, as far as a test says. Not collected by pytest.

Each step multiplies a racer's loss by 0.99. At a learning rate of 0.3 or more a ReLU loses a unit of its first layer with each
step, and at 100 or more an ELU's loss is no number any more.
"""

from __future__ import annotations

import msgspec
import numpy as np
from PySide6.QtCore import QObject, Signal

from trainers.activation_lab import (
    SURFACE_SIDE,
    ActivationChoice,
    AnyRaceEvent,
    LearningRateSet,
    RaceFrame,
    RacePlan,
    RacerChanged,
    RaceStarted,
)
from trainers.activation_lab_checks import checked_race, checked_racer
from trainers.planar_data import make_planar
from trainers.training_plan import DataChoice

EXTENT = (-6.0, 6.0, -6.0, 6.0)


class PlayedRaces(QObject):
    """As app.activation_session.ActivationSession, as far as races go. `answer()` delivers what was asked; `run(n)` takes n steps."""

    race_moved = Signal(list)
    race_state_changed = Signal(str)
    race_lost = Signal(str)
    held_back_changed = Signal(bool)
    complained = Signal(str)
    depth_answered = Signal(object)
    depth_failed = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self.race_state = "none"
        self.race_plan: RacePlan | None = None
        self.steps_per_second = 240.0
        self.is_held_back = False
        self.worker_pid: int | None = 1
        self.started: list[RacePlan] = []
        self.waiting: list[AnyRaceEvent] = []
        self.was_warmed = False
        self._race = 0
        self._done = 0
        self._owed = 0
        self._clear()

    def _clear(self) -> None:
        racers = len(self.race_plan.racers) if self.race_plan is not None else 0
        self._done = self._owed = 0
        self.loss = np.ones(racers)
        self.dead = np.zeros((racers, len(self.race_plan.hidden) if self.race_plan is not None else 1), np.int32)
        self.diverged: list[int | None] = [None] * racers
        self._losses: list[np.ndarray] = []

    # --- what the panel asks --------------------------------------------------------------------------------------------

    def warm_up(self) -> None:
        """It is noted."""
        self.was_warmed = True

    def shutdown(self) -> None:
        """There is nothing to end."""

    def start_race(self, plan: RacePlan) -> None:
        """At step 0, standing."""
        self.race_plan = plan = checked_race(plan)
        self.started.append(plan)
        self._race += 1
        self._clear()
        self._set_state("standing")
        choice = DataChoice(plan.data, samples=plan.samples, noise=plan.noise, seed=plan.data_seed)
        split = make_planar(choice)
        targets = np.concatenate([split.train_targets, split.test_targets]).astype(np.float32)
        points = np.concatenate([split.train_inputs, split.test_inputs])
        is_test = np.arange(len(points)) >= len(split.train_inputs)
        parameters = (1,) * len(plan.racers)
        self.waiting = [
            RaceStarted(self._race, 0, plan, points, targets, is_test, split.classes, EXTENT, parameters, self._frame())
        ]

    def set_running(self, is_running: bool) -> None:
        """What runs moves when the test says so."""
        self._set_state("running" if is_running else "standing")

    def note_training(self, state: str) -> None:
        """It is told on."""
        self.is_held_back = state == "running"
        self.held_back_changed.emit(self.is_held_back)

    def step_race(self, count: int = 1) -> None:
        """Taken at the next `answer`."""
        self._set_state("standing")
        self._owed += count

    def set_speed(self, steps_per_second: float) -> None:
        """It is noted."""
        self.steps_per_second = steps_per_second

    def set_learning_rate(self, value: float) -> None:
        """From the next step on."""
        assert self.race_plan is not None
        self.race_plan = msgspec.structs.replace(self.race_plan, learning_rate=value)
        self.waiting.append(LearningRateSet(self._race, self._done, value))

    def change_racer(self, index: int, activation: ActivationChoice) -> None:
        """All units of another kind than ReLU live."""
        assert self.race_plan is not None
        racers = list(self.race_plan.racers)
        racers[index] = checked_racer(activation)
        before = tuple(int(count) for count in self.dead[index])
        self.dead[index] = 0
        self.race_plan = msgspec.structs.replace(self.race_plan, racers=tuple(racers))
        after = tuple(int(count) for count in self.dead[index])
        self.waiting.append(RacerChanged(self._race, self._done, index, racers[index], before, after))

    # --- what the test plays --------------------------------------------------------------------------------------------

    def answer(self) -> None:
        """Deliver all that was asked, and what is asked meanwhile."""
        while self.waiting or self._owed:
            events, self.waiting = self.waiting, []
            owed, self._owed = self._owed, 0
            if owed:
                self._take(owed)
                events.append(self._frame())
            self.race_moved.emit(events)

    def run(self, steps: int, every: int = 8) -> None:
        """The race runs: a frame after every `every` steps. A race that stands does not move."""
        self.answer()
        for taken in range(0, steps, every):
            if self.race_state != "running":
                return
            self._take(min(every, steps - taken))
            self.race_moved.emit([self._frame()])

    def lose(self, sentence: str = "The process of the activation panel was killed.") -> None:
        """The worker dies."""
        self.worker_pid = None
        self.waiting, self._owed = [], 0
        self._set_state("standing")
        self.race_lost.emit(sentence)

    def _set_state(self, state: str) -> None:
        if state != self.race_state:
            self.race_state = state
            self.race_state_changed.emit(state)

    def _take(self, steps: int) -> None:
        plan = self.race_plan
        assert plan is not None
        for _ in range(steps):
            self._done += 1
            self.loss *= 0.99 - 0.001 * np.arange(len(self.loss))
            for racer, choice in enumerate(plan.racers):
                if choice.kind == "relu" and plan.learning_rate >= 0.3:
                    self.dead[racer, 0] = min(plan.hidden[0], self.dead[racer, 0] + 1)
                if choice.kind == "elu" and plan.learning_rate >= 100 and self.diverged[racer] is None:
                    self.diverged[racer] = self._done
            out = np.array([step is not None for step in self.diverged])
            self._losses.append(np.where(out, np.nan, self.loss).astype(np.float32))

    def _frame(self) -> RaceFrame:
        racers = len(self.loss)
        losses, self._losses = self._losses, []
        out = np.array([step is not None for step in self.diverged])
        loss = np.where(out, np.nan, self.loss)
        line = np.linspace(0, 1, SURFACE_SIDE, dtype=np.float32)
        surfaces = np.repeat(np.tile(line, (SURFACE_SIDE, 1))[None], racers, 0)  # from blue on the left to orange
        surfaces[out] = np.nan
        accuracy = np.where(out, np.nan, 1 - loss / 2)
        assert self.race_plan is not None
        return RaceFrame(
            self._race, self._done, self.race_plan.learning_rate, np.array(losses, np.float32).reshape(-1, racers),
            surfaces, loss, accuracy, loss, accuracy, self.dead.copy(), tuple(self.diverged), 240.0 if losses else 0.0,
        )  # fmt: skip
