"""The figures of the plasticity bench: pulses, change against frequency, the test pulse before and after, how long it lasts. Asks no model."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.panels.neuron.bench_controls import label
from app.panels.neuron.benches.plasticity.curve import FrequencyPlot
from app.panels.neuron.benches.plasticity.lasting import LASTING_SOURCE, LastingAxis, PulseTrain
from app.panels.neuron.benches.plasticity.response import ResponsePlot
from app.panels.neuron.benches.plasticity.state import PlasticityState
from app.panels.neuron.benches.plasticity.words import (
    RULE_NAMES,
    duration_text,
    history_text,
    none_yet_text,
    response_text,
    result_text,
)
from app.simulation.biology.membrane import REST_MV
from app.widgets.theme import Theme

_HINT = "Say what you expect, then stimulate: the same test pulse follows."


class PlasticityFigures(QWidget):
    """The stimulation on top, two plots side by side, the scale of time at the foot."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        gap = theme.gap
        self.train = PulseTrain(theme)
        self.result = label("", "value")
        self.curve_head = label("", "heading")
        self.curve = FrequencyPlot(theme)
        self.pulse_head = label("", "heading")
        self.pulse = ResponsePlot(
            theme, "Test pulse before and after", "above rest", base_mv=REST_MV, end_ms=30.0, least_mv=0.8
        )
        self.lasting = LastingAxis(theme)
        grid = QGridLayout()
        grid.setHorizontalSpacing(gap(16))
        grid.setVerticalSpacing(gap(2))
        for side, (head, plot) in enumerate(((self.curve_head, self.curve), (self.pulse_head, self.pulse))):
            grid.addWidget(head, 0, side)
            grid.addWidget(plot, 1, side)
            grid.setColumnStretch(side, 1)
            grid.setColumnMinimumWidth(side, 1)
        grid.setRowStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(6))
        column.addWidget(self.train)
        column.addWidget(self.result)
        column.addLayout(grid, 1)
        column.addWidget(label("How long it lasts: minutes to months (a scale, not a wait)", "heading"))
        column.addWidget(self.lasting)
        column.addWidget(label(LASTING_SOURCE, "caption"))

    def show_state(self, state: PlasticityState) -> None:
        """All but traces and curves, which come as answers."""
        self.show_stimulation(state)
        self.curve.show_state(state)
        run = state.shown_run
        self.pulse_head.setText("A test pulse on a synapse of 1 nS" if run is None else response_text(run))
        if run is None:
            self.pulse.forget_after()
        self.write_result(state)

    def show_stimulation(self, state: PlasticityState) -> None:
        """What moves with the sliders while they are in a hand."""
        self.train.show_train(state.frequency_Hz, state.pulses, duration_text(state.pulses, state.frequency_Hz))
        self.curve.show_frequency(state.frequency_Hz)

    def write_result(self, state: PlasticityState) -> None:
        """The newest run of the rule on show, and what the history has done to the threshold."""
        theta = self.curve.threshold_Hz
        self.curve_head.setText(f"Δw of {state.pulses} pulse{'s' * (state.pulses > 1)}, {RULE_NAMES[state.rule]}")
        said = []
        if state.runs:
            run = state.shown_run
            said.append(none_yet_text(state.rule) if run is None else result_text(run))
        if state.rule == "bcm" and state.is_revealed and theta is not None:
            said.append(history_text(state.history_Hz, theta))
        self.result.setText(".   ".join(said) or _HINT)
