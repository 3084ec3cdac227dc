"""The living cell's job, as app.simulation.biology.stage describes it. Imports no Qt; numba is loaded when the job begins.

`run` takes no step by itself: it answers commands, and while it is driven without one it takes a slice of a long run, if
there is one, and hands out what models have answered, which run beside the cell.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Generator, Iterator
from typing import Any

import msgspec
import numpy as np

from app.simulation.biology.model_thread import ModelThread
from app.simulation.biology.models import SimulationResult, find_model, load
from app.simulation.biology.request_reading import read_request
from app.simulation.biology.stage import (
    INPUTS,
    MOST_STEPS,
    Accepted,
    Advance,
    Answer,
    AnyStageCommand,
    AnyStageEvent,
    CallModel,
    Change,
    FindNoReturn,
    Fire,
    Inject,
    NoReturn,
    Recording,
    Refused,
    Rewind,
    Slice,
    StageCommand,
    StagePlan,
    StageStarted,
    StartTraining,
    StopTraining,
    Withdraw,
)
from app.simulation.biology.stage_cell import StageCell
from app.simulation.biology.stage_no_return import rise_of_no_return
from trainers.commands import Stop
from trainers.errors import BadInput, HillockError, RunStopped
from trainers.events import Progress

MOST_WAITING = 100_000  # presynaptic spikes that may be planned at a time
FARTHEST_MS = 100_000.0  # how far ahead
MOST_NA = 1_000.0
_SHORT_S = 0.005  # a model that is over by then is answered at once
_POLL_S = 0.004  # so long a command waits at most while nothing but a model is under way
_ROUNDING_MS = 1e-6  # times that went through a file come back rounded
_LONG_RUNS = {"competition": "app.simulation.biology.competition:competition_slices"}

Slices = Iterator[tuple[float, SimulationResult]]


def run(plan: StagePlan) -> Generator[AnyStageEvent | Progress | None, AnyStageCommand | None, None]:
    """The job. Raises BadInput for a plan that cannot be, RunStopped where the cell leaves all numbers."""
    _check_plan(plan)
    command: Any = yield Progress("Bringing the cell to life", 0.0, None, "")
    owed = deque([command] if command is not None else [])  # given while there was no cell yet to answer it
    cell = StageCell(plan)
    _compile(plan)
    stage = _Stage(cell)
    try:
        command = yield StageStarted(0, cell.voltage_mv().astype(np.float32), cell.gates().astype(np.float32))
        while not isinstance(command, Stop):
            if command is not None or not owed:
                owed.append(command)
            command = yield stage.answer(owed.popleft())
    finally:
        stage.models.close()


def _compile(plan: StagePlan) -> None:
    """Load or compile all that an Advance needs, on another cell."""
    StageCell(plan).advance(3)


class _Stage:
    """The cell, and a long run where there is one."""

    def __init__(self, cell: StageCell) -> None:
        self.cell = cell
        self.models = ModelThread()
        self._training: tuple[int, Slices] | None = None
        self._answers: dict[type[StageCommand], Callable[[Any], AnyStageEvent | None]] = {
            Advance: self._advance,
            Fire: self._fire,
            Inject: self._inject,
            Withdraw: self._withdraw,
            Change: self._change,
            Rewind: self._rewind,
            FindNoReturn: self._find_no_return,
            CallModel: self._call_model,
            StartTraining: self._start_training,
            StopTraining: self._stop_training,
        }

    def answer(self, command: Any) -> AnyStageEvent | None:
        """What a command brings; without one a model's answer, a slice of the long run, or nothing (as of a training's commands)."""
        if command is None:
            return self._model_answer(_POLL_S if self._training is None else 0.0) or self._slice()
        answer = self._answers.get(type(command))
        if answer is None:
            return None
        try:
            return answer(command)
        except RunStopped:
            raise
        except HillockError as error:
            return Refused(self.cell.step, command.token, error.sentence)

    # --- the cell -----------------------------------------------------------------------------------------------------

    def _advance(self, command: Advance) -> Recording:
        if not 1 <= command.steps <= MOST_STEPS:
            raise BadInput(f"{command.steps} steps cannot be taken at once: ask for 1 to {MOST_STEPS}.")
        rows, arrivals, spikes, handed_on = self.cell.advance(command.steps)
        if not np.isfinite(rows.voltage_mv).all():
            raise RunStopped(
                "The cell's potential is no number any more: bring it back to rest and inject less current."
            )
        return Recording(
            step=self.cell.step,
            token=command.token,
            steps=rows.steps,
            voltage_mV=rows.voltage_mv,
            gates=rows.gates,
            conductance_nS=rows.conductance_ns,
            next_cell_mV=rows.next_cell_mv,
            current_nA=rows.current_na,
            arrivals=arrivals,
            spikes=spikes,
            next_cell_nS=rows.next_cell_ns,
            handed_on=handed_on,
        )

    def _fire(self, command: Fire) -> Accepted:
        now = self.cell.time_ms
        times = (now,) * len(command.inputs) if command.times_ms is None else command.times_ms
        if len(times) != len(command.inputs):
            raise BadInput(f"{len(command.inputs)} inputs cannot fire at {len(times)} times: give one time for each.")
        if self.cell.waiting + len(times) > MOST_WAITING:
            raise BadInput(f"More than {MOST_WAITING:,} spikes to come cannot be kept: let some of them arrive first.")
        for number in command.inputs:
            if not 0 <= number < INPUTS:
                raise BadInput(f"There is no input {number}: the cell has {INPUTS}, from 0 to {INPUTS - 1}.")
        for time in times:
            if not now - _ROUNDING_MS <= time <= now + FARTHEST_MS:
                raise BadInput(f"An input cannot fire at {time:g} ms: it is {now:g} ms, so give a time from now on.")
        self.cell.fire(command.inputs, times)
        return Accepted(self.cell.step, command.token)

    def _inject(self, command: Inject) -> Accepted:
        cell, duration = self.cell, command.duration_ms
        if not 0 <= command.compartment < cell.compartments:
            raise BadInput(
                f"There is no compartment {command.compartment}: the cell has {cell.compartments}, from 0 on."
            )
        if not -MOST_NA <= command.amplitude_nA <= MOST_NA:
            raise BadInput(f"A current of {command.amplitude_nA:g} nA cannot be: give -{MOST_NA:g} to {MOST_NA:g} nA.")
        if duration is not None and not 0.0 < duration < math.inf:
            raise BadInput(f"A current cannot last {duration:g} ms: give a length above 0.")
        number = cell.inject(command.compartment, command.amplitude_nA, duration)
        return Accepted(cell.step, command.token, number)

    def _withdraw(self, command: Withdraw) -> Accepted:
        if not 1 <= command.number <= self.cell.currents_begun:
            raise BadInput(f"There is no current number {command.number}: it was never begun.")
        self.cell.withdraw(command.number)
        return Accepted(self.cell.step, command.token)

    def _change(self, command: Change) -> Accepted:
        _check_plan(command.plan)
        if command.plan.dt_ms != self.cell.plan.dt_ms:
            raise BadInput(
                f"The time step cannot become {command.plan.dt_ms:g} ms while the cell lives: start it anew with that."
            )
        self.cell.change(command.plan)
        return Accepted(self.cell.step, command.token)

    def _rewind(self, command: Rewind) -> Accepted:
        self._check_past(command.step)
        self.cell.rewind(command.step)
        return Accepted(self.cell.step, command.token)

    def _find_no_return(self, command: FindNoReturn) -> NoReturn:
        self._check_past(command.step)
        return NoReturn(self.cell.step, command.token, command.step, rise_of_no_return(self.cell, command.step))

    def _check_past(self, step: int) -> None:
        earliest, latest = self.cell.earliest_step, self.cell.step
        if not earliest <= step <= latest:
            raise BadInput(f"The cell cannot go back to step {step}: give {earliest} to {latest}.")

    # --- models and long runs -----------------------------------------------------------------------------------------

    def _call_model(self, command: CallModel) -> AnyStageEvent | None:
        spec = find_model(command.model)
        self.models.ask(command.token, spec, read_request(spec, command.options))
        return self._model_answer(_SHORT_S)

    def _model_answer(self, patience_s: float) -> Answer | Refused | None:
        """What the first model that is owed has brought; None: it still runs."""
        taken = self.models.take(patience_s)
        if taken is None:
            return None
        token, outcome = taken
        if isinstance(outcome, HillockError):
            return Refused(self.cell.step, token, outcome.sentence)
        return Answer(self.cell.step, token, outcome.values, outcome.traces)

    def _start_training(self, command: StartTraining) -> Accepted:
        if command.model not in _LONG_RUNS:
            raise BadInput(f"'{command.model}' is no long run: choose {', '.join(_LONG_RUNS)}.")
        request = read_request(find_model(command.model), command.options)
        self._training = command.token, load(_LONG_RUNS[command.model])(request)
        return Accepted(self.cell.step, command.token)

    def _stop_training(self, command: StopTraining) -> Accepted:
        self._training = None
        return Accepted(self.cell.step, command.token)

    def _slice(self) -> Slice | Refused | None:
        if self._training is None:
            return None
        token, slices = self._training
        try:
            done, result = next(slices)
        except StopIteration:  # it had no slice at all
            self._training = None
            return Slice(self.cell.step, token, 1.0, {}, {}, is_last=True)
        except HillockError as error:
            self._training = None
            return Refused(self.cell.step, token, error.sentence)
        is_last = done >= 1.0
        if is_last:
            self._training = None
        return Slice(self.cell.step, token, done, result.values, result.traces, is_last)


def _check_plan(plan: StagePlan) -> None:
    """Bounds hold since it was decoded; what is not a number passes them. Raises BadInput."""
    try:
        checked = msgspec.convert(msgspec.to_builtins(plan), StagePlan)
    except msgspec.ValidationError as error:
        raise BadInput(f"The cell cannot be so ({error}): give values within their bounds.") from None
    numbers = (*checked.weights_nS, checked.sodium, checked.potassium, checked.temperature_C, checked.delay_ms)
    if not all(math.isfinite(number) for number in (*numbers, checked.dt_ms)):
        raise BadInput("The cell has a value that is not a number: give numbers only.")
