"""Asks for curves and test pulses, keeps the curves, and puts the answers into the plasticity bench's figures. No numba."""

from __future__ import annotations

import numpy as np

from app.panels.neuron.bench_controls import ModelCalls
from app.panels.neuron.benches.plasticity.figures import PlasticityFigures
from app.panels.neuron.benches.plasticity.response import pulse_options
from app.panels.neuron.benches.plasticity.state import (
    NATURAL_HZ,
    START_NS,
    Law,
    PlasticityState,
    curve_frequencies,
    options,
)
from app.simulation.biology.stage import Answer

Array = np.ndarray
_KEPT_CURVES = 64


class PlasticityAnswers:
    """One for the bench; its questions go through the bench's calls."""

    def __init__(self, calls: ModelCalls, figures: PlasticityFigures) -> None:
        self._calls = calls
        self._figures = figures
        self._state = PlasticityState()  # whose curve was asked for last
        self._curves: dict[Law, tuple[Array, Array, float | None]] = {}  # Hz, dw, threshold in Hz
        self._asked: dict[str, Law] = {}  # of the curves that are on their way

    def ask_pulse_before(self) -> None:
        """The test pulse at 1 nS."""
        self._calls.ask("pulse before", "summation", pulse_options(START_NS), self._take_pulse_before)

    def ask_pulse(self, state: PlasticityState) -> None:
        """The test pulse with the weight that `state` has come to, where a run has brought it there."""
        if state.shown_run is None:
            self._calls.forget("pulse after")
            return
        self._calls.ask("pulse after", "summation", pulse_options(state.weight_nS), self._take_pulse_after)

    def ask_curve(self, state: PlasticityState) -> None:
        """The curve of `state` where it may be seen, and under BCM the one that its threshold left; each is computed once."""
        self._state = state
        if not state.is_revealed:
            return
        calm: Law = (state.rule, state.pulses, NATURAL_HZ)
        for name, law, take in (("curve", state.law, self._take_curve), ("calm", calm, self._take_calm)):
            if law in self._curves:
                self._calls.forget(name)
                self._draw(name, law)
            else:
                self._asked[name] = law
                self._calls.ask(name, "frequency-curve", options(law, curve_frequencies(law[0])), take)
            if calm == state.law:
                self._calls.forget("calm")
                self._figures.curve.show_calm(np.zeros(0), np.zeros(0))
                return

    def _take_curve(self, answer: Answer) -> None:
        self._keep("curve", answer)

    def _take_calm(self, answer: Answer) -> None:
        self._keep("calm", answer)

    def _keep(self, name: str, answer: Answer) -> None:
        values, law = answer.values, self._asked[name]
        threshold = values["theta_Hz"] if values["theta_Hz"] is not None else values["threshold_Hz"]
        while len(self._curves) >= _KEPT_CURVES:
            self._curves.pop(next(iter(self._curves)))
        self._curves[law] = (np.asarray(values["frequency_Hz"]), np.asarray(values["dw"]), threshold)
        self._draw(name, law)

    def _draw(self, name: str, law: Law) -> None:
        frequencies, changes, threshold = self._curves[law]
        if name == "calm":
            self._figures.curve.show_calm(frequencies, changes)
        else:
            self._figures.curve.show_curve(frequencies, changes, threshold)
            self._figures.write_result(self._state)

    def _take_pulse_before(self, answer: Answer) -> None:
        words = f"before: {answer.values['soma_peak_mV']:.2f} mV"
        self._figures.pulse.show_before(answer.traces["t_ms"], answer.traces["V_soma_mV"], words)

    def _take_pulse_after(self, answer: Answer) -> None:
        words = f"after: {answer.values['soma_peak_mV']:.2f} mV"
        self._figures.pulse.show_after(answer.traces["t_ms"], answer.traces["V_soma_mV"], words)
