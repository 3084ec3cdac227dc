"""The runs of the excitability bench: what has been asked, what was answered, and what the answers say. Draws nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.panels.neuron.bench_controls import ModelCalls
from app.panels.neuron.benches.excitability.state import (
    Cell,
    Run,
    curve_question,
    fires,
    rate_question,
    trace_question,
)
from app.simulation.biology.stage import Answer

Array = np.ndarray
Curve = tuple[list[float], list[float]]

# (duration ms, amplitude uA/cm2) or (gap ms, amplitude) of the runs that answer the question of a mode, weakest first
PROBES: dict[str, tuple[tuple[float, float], ...]] = {
    "strength": ((0.5, 7.0), (0.5, 10.5), (0.5, 14.0)),
    "refractory": ((8.0, 30.0), (8.0, 200.0)),
}


class RunBook(QObject):
    """Each run is asked for once and kept. `changed` follows every answer; `trace_came` the answer to `show`."""

    changed = Signal()
    trace_came = Signal(object, object, object)  # Run, traces, spikes (ms)

    def __init__(self, calls: ModelCalls, parent: QObject) -> None:
        super().__init__(parent)
        self._calls = calls
        self.rates: dict[Run, float] = {}
        self.fired: dict[Run, bool] = {}
        self.curves: dict[tuple[Cell, float], Curve] = {}
        self._traces: dict[Run, tuple[Mapping[str, Array], list[float]]] = {}
        self._asked: dict[str, Any] = {}  # name of a call -> what it is about

    def want(self, runs: Sequence[Run]) -> None:
        """See to it that the outcome of each of `runs` is known, or asked for."""
        for run in runs:
            if run.mode == "fi":
                if run not in self.rates:
                    self._ask(f"rate {run}", run, *rate_question(run), self._take_rate)
            elif run not in self.fired:
                self._ask(f"fired {run}", run, *trace_question(run), self._take_fired)

    def want_curve(self, cell: Cell, sodium: float) -> None:
        """The whole f-I curve."""
        if (cell, sodium) not in self.curves:
            self._ask(f"curve {cell} {sodium}", (cell, sodium), *curve_question(cell, sodium), self._take_curve)

    def want_answer(self, mode: str) -> None:
        """What the question of `mode` is decided by."""
        self.want(
            [Run("strength" if mode == "strength" else "refractory", "hh", x, y) for x, y in PROBES.get(mode, ())]
        )

    def show(self, run: Run) -> None:
        """Bring the traces of `run`, by `trace_came`; only those asked for last come."""
        kept = self._traces.get(run)
        if kept is not None:
            self._calls.forget("trace")
            self.trace_came.emit(run, *kept)
            return
        self._asked["trace"] = run
        model, options = trace_question(run)
        self._calls.ask("trace", model, options, partial(self._take_trace, "trace"))

    def _ask(self, name: str, about: Any, model: str, options: dict[str, Any], take: Any) -> None:
        if name not in self._asked:
            self._asked[name] = about
            self._calls.ask(name, model, options, partial(take, name))

    def give_up(self, name: str) -> None:
        """A call was refused: it may be asked again."""
        self._asked.pop(name, None)

    def forget(self) -> None:
        """Want nothing that has not come yet."""
        self._calls.forget()
        self._asked.clear()

    # --- what comes ---------------------------------------------------------------------------------------------------

    def _take_rate(self, name: str, answer: Answer) -> None:
        self.rates[self._asked.pop(name)] = float(answer.values["rates_Hz"][0])
        self.changed.emit()

    def _take_fired(self, name: str, answer: Answer) -> None:
        run = self._asked.pop(name)
        self.fired[run] = fires(run, answer.values["spikes_ms"])
        self.changed.emit()

    def _take_curve(self, name: str, answer: Answer) -> None:
        about = self._asked.pop(name)
        _, options = curve_question(*about)
        self.curves[about] = (options["currents"], list(answer.values["rates_Hz"]))
        self.changed.emit()

    def _take_trace(self, name: str, answer: Answer) -> None:
        run = self._asked.pop(name)
        spikes = list(answer.values["spikes_ms"])
        self._traces = {run: (answer.traces, spikes)}  # one: 2,400 rows of six columns
        if run.mode != "fi":
            self.fired[run] = fires(run, spikes)
        self.trace_came.emit(run, answer.traces, spikes)
        self.changed.emit()

    # --- what the answers say -----------------------------------------------------------------------------------------

    def fact(self, run: Run | None, following: Run) -> str:
        """What `run` came to, where it asks the same as the one that follows; "" otherwise."""
        if run is None or (run.mode, run.cell) != (following.mode, following.cell):
            return ""
        if run.mode == "fi" and run in self.rates:
            return f"{run.x:g} {'nA' if run.cell == 'lif' else 'µA/cm²'}: {self.rates[run]:.1f} Hz"
        if run in self.fired:
            return f"{run.x:g} ms, {run.y:g} µA/cm²: {'it fires' if self.fired[run] else 'no spike'}"
        return ""

    def curve_facts(self, cell: Cell, sodium: float) -> str:
        """A whole curve in words, "" while it is not there."""
        curve = self.curves.get((cell, sodium))
        if curve is None:
            return ""
        currents, rates = curve
        firing = [number for number, rate in enumerate(rates) if rate > 0.0]
        if not firing:
            return "it never fires again and again"
        first, last = firing[0], firing[-1]
        unit = "nA" if cell == "lif" else "µA/cm²"
        text = f"nothing up to {currents[max(first - 1, 0)]:.3g} {unit}, then {rates[first]:.0f} Hz"
        text += " at once" if rates[first] > 20.0 else ", rising from there"
        if last < len(rates) - 1:
            text += f"; blocked from {currents[last + 1]:.3g}"
        return text

    def right_answer(self, mode: str) -> int | None:
        """Which answer to the question of `mode` the simulation gives; None while it is not known."""
        probes = [Run("strength" if mode == "strength" else "refractory", "hh", x, y) for x, y in PROBES.get(mode, ())]
        if not probes or any(run not in self.fired for run in probes):
            return None
        outcomes = [self.fired[run] for run in probes]
        return outcomes.index(True) if True in outcomes else len(outcomes)
