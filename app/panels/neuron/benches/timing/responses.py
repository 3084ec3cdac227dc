"""Asks for the test pulse and the neuron, each at 1 nS and at the learned weight, and puts the answers into the figures. No numba."""

from __future__ import annotations

from app.panels.neuron.bench_controls import ModelCalls
from app.panels.neuron.benches.plasticity.response import pulse_options
from app.panels.neuron.benches.timing.figures import TimingFigures
from app.panels.neuron.benches.timing.state import START_NS, TimingState
from app.simulation.biology.stage import Answer


class TimingResponses:
    """One for the bench; its questions go through the bench's calls."""

    def __init__(self, calls: ModelCalls, figures: TimingFigures) -> None:
        self._calls = calls
        self._figures = figures
        self._state = TimingState()  # that was asked for last
        self._fires: dict[str, float | None] = {}

    def ask_pulse_before(self) -> None:
        """The test pulse at 1 nS."""
        self._calls.ask("pulse before", "summation", pulse_options(START_NS), self._take_pulse_before)

    def ask_pulse(self, state: TimingState) -> None:
        """The test pulse with the weight that `state` has come to."""
        self._state = state
        self._calls.ask("pulse after", "summation", pulse_options(state.weight_nS), self._take_pulse_after)

    def ask_neuron(self, state: TimingState) -> None:
        """The neuron with the inputs of `state`, before and after."""
        self._state = state
        self._fires.clear()
        for name, weight, take in (
            ("neuron before", START_NS, self._take_neuron_before),
            ("neuron after", state.weight_nS, self._take_neuron_after),
        ):
            self._calls.ask(name, "neuron", {"inputs": state.inputs, "weight": weight}, take)

    def _take_pulse_before(self, answer: Answer) -> None:
        words = f"before: {answer.values['soma_peak_mV']:.2f} mV"
        self._figures.pulse.show_before(answer.traces["t_ms"], answer.traces["V_soma_mV"], words)
        self._figures.write_pulse()

    def _take_pulse_after(self, answer: Answer) -> None:
        words = f"after: {answer.values['soma_peak_mV']:.2f} mV"
        self._figures.pulse.show_after(answer.traces["t_ms"], answer.traces["V_soma_mV"], words)
        self._figures.write_pulse()

    def _take_neuron_before(self, answer: Answer) -> None:
        self._fires["before"] = answer.values["first_crossing_ms"]["bouton"]
        words = f"before: {START_NS:g} nS each"
        self._figures.neuron.show_before(answer.traces["t_ms"], answer.traces["V_soma_mV"], words)
        self._figures.write_neuron(self._state, self._fires)

    def _take_neuron_after(self, answer: Answer) -> None:
        self._fires["after"] = answer.values["first_crossing_ms"]["bouton"]
        words = f"after: {self._state.weight_nS:.3f} nS each"
        self._figures.neuron.show_after(answer.traces["t_ms"], answer.traces["V_soma_mV"], words)
        self._figures.write_neuron(self._state, self._fires)
