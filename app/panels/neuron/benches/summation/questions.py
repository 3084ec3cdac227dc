"""What the summation bench asks of the models: each input alone, the point of no return, one run for every number of inputs.

Draws nothing itself: it fills the plot. Knows no bench.
"""

from __future__ import annotations

from functools import partial

import msgspec
import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from app.neuron_session import NeuronSession
from app.panels.neuron.bench_controls import ModelCalls
from app.panels.neuron.benches.summation.plan import (
    FIRST_MS,
    MOST_INPUTS,
    TRIALS,
    SumCondition,
    SummationState,
    SumRun,
    Trials,
    arrived_options,
    chance_options,
    end_ms,
    model_options,
)
from app.panels.neuron.benches.summation.plot import SummationPlot
from app.simulation.biology.membrane import REST_MV
from app.simulation.biology.stage import Answer

_CLOSE_MOMENTS, _FAR_MOMENTS = 28, 8
_SEEN_MS = 14.0  # of a sweep, after the last input
_CLOSE_MS = 8.0  # after the last input: until then a cell makes up its mind


def moments_ms(state: SummationState, delay_ms: float) -> tuple[float, ...]:
    """When the point of no return is looked for: close together while inputs act, then now and then."""
    start = FIRST_MS + delay_ms
    last = start + state.spread_ms + _CLOSE_MS
    close = np.linspace(start, last, _CLOSE_MOMENTS)
    far = np.linspace(last, end_ms(state), _FAR_MOMENTS + 1)[1:]
    return (0.0, start - 0.01, *(round(float(moment), 2) for moment in (*close, *far)))


class SumQuestions(QObject):
    """Only the newest question of a kind is answered."""

    refused = Signal(str)
    swept = Signal(object)  # SumRun of a sweep, under the condition that it was asked for
    sweep_ended = Signal()
    tried = Signal(object)  # Trials of one number of inputs, in a sweep where release is by chance

    def __init__(self, session: NeuronSession, plot: SummationPlot, parent: QObject) -> None:
        super().__init__(parent)
        self._plot = plot
        self._session = session
        self._calls = ModelCalls(session, self)
        self.tries: list[Trials] = []  # of the newest sweep, where release is by chance
        self._trials: list[tuple[bool, float]] = []  # of the number of inputs under way: fired, peak in mV
        self._calls.refused.connect(self._on_refused)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is owed."""
        return self._calls.is_busy

    def ask_after(self, state: SummationState) -> None:
        """When a run is over: the point of no return; where release is by chance, also anew what each input does alone."""
        recording = self._session.recording
        if self._session.plan.release == "reliable":
            self.ask_no_return(state)
        elif recording is not None:
            options = arrived_options(recording.arrivals, state, self._session.plan)
            self._calls.ask("linear", "summation", options, self._take_linear)
            self._ask_moments(state, options)

    def ask_alone(self, state: SummationState) -> None:
        """What each input does alone, added up."""
        self._calls.ask("linear", "summation", self._options(state), self._take_linear)

    def ask_no_return(self, state: SummationState) -> None:
        """From where on the cell would have fired, at each moment of this run."""
        self._ask_moments(state, self._options(state))

    def _ask_moments(self, state: SummationState, options: dict[str, object]) -> None:
        asked = {name: value for name, value in options.items() if name != "duration"}
        asked["at"] = moments_ms(state, self._session.plan.delay_ms)
        self._calls.ask("no return", "no-return", asked, self._take_no_return)

    def sweep(self, state: SummationState) -> None:
        """1, 2, ... inputs, each in a fresh cell: a family of curves. Where release is by chance, TRIALS of each."""
        self._plot.begin_family(FIRST_MS - 1.0, FIRST_MS + state.spread_ms + _SEEN_MS)
        self.tries.clear()
        self._trials.clear()
        if self._session.plan.release == "quantal":
            self._sweep_by_chance(state)
            return
        for inputs in range(1, MOST_INPUTS + 1):
            one = msgspec.structs.replace(state, inputs=inputs)
            options = self._options(one) | {"together_only": True}
            condition = one.condition(self._session.plan)
            self._calls.ask(f"sweep {inputs}", "summation", options, partial(self._take_swept, inputs, condition))

    def _sweep_by_chance(self, state: SummationState) -> None:
        for inputs in range(1, MOST_INPUTS + 1):
            one = msgspec.structs.replace(state, inputs=inputs)
            for trial in range(TRIALS):
                options = chance_options(one, self._session.plan, trial) | {"together_only": True}
                take = partial(self._take_trial, inputs)
                self._calls.ask(f"sweep {inputs}, trial {trial}", "summation", options, take)

    def forget(self) -> None:
        """Want no answer any more."""
        self._calls.forget()

    def close(self) -> None:
        """Before the window closes."""
        self._calls.close()

    def _options(self, state: SummationState) -> dict[str, object]:
        return model_options(state, self._session.plan)

    def _take_linear(self, answer: Answer) -> None:
        self._plot.set_linear(answer.traces["t_ms"], answer.traces["linear_mV"])

    def _take_no_return(self, answer: Answer) -> None:
        above = answer.traces["V_soma_mV"] - REST_MV
        self._plot.set_no_return(answer.traces["t_ms"], above, answer.traces["rise_mV"])

    def _take_swept(self, inputs: int, condition: SumCondition, answer: Answer) -> None:
        fires = bool(answer.values["fires"])
        self._plot.add_member(answer.traces["t_ms"], answer.traces["V_soma_mV"] - REST_MV, fires)
        self.swept.emit(SumRun(inputs, fires, condition))
        if inputs == MOST_INPUTS:
            self.sweep_ended.emit()

    def _take_trial(self, inputs: int, answer: Answer) -> None:
        fires, above = bool(answer.values["fires"]), answer.traces["V_soma_mV"] - REST_MV
        self._plot.add_member(answer.traces["t_ms"], above, fires)
        self._trials.append((fires, float(answer.values["soma_peak_mV"])))
        if len(self._trials) == TRIALS:
            faded = tuple(peak for has_fired, peak in self._trials if not has_fired)
            self._trials.clear()
            self.tries.append(Trials(inputs, TRIALS - len(faded), faded))
            self.tried.emit(self.tries[-1])
            if inputs == MOST_INPUTS:
                self.sweep_ended.emit()

    @Slot(str, str)
    def _on_refused(self, _name: str, reason: str) -> None:
        if self._session.state != "failed":  # that is said over the cell
            self.refused.emit(reason)
