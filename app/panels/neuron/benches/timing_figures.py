"""The figures of the spike-timing bench: time line, window, weight, the same pulse and the same neuron before and after. Asks no model."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from app.panels.neuron.bench_controls import label
from app.panels.neuron.benches.plasticity_response import ResponsePlot
from app.panels.neuron.benches.timing_curve import TOKENS, WeightPlot, WindowPlot, other_rule
from app.panels.neuron.benches.timing_line import SpikeLine
from app.panels.neuron.benches.timing_state import START_NS, TimingState
from app.panels.neuron.benches.timing_words import (
    RULE_NAMES,
    disagreement_text,
    formula_text,
    result_text,
)
from app.simulation.biology.membrane import REST_MV
from app.widgets.theme import Theme

Array = np.ndarray
PULSE_END_MS, NEURON_END_MS = 30.0, 20.0
_HINT = "Drag the two spikes (or press ← →), say what will happen, and run the pairs (Space)."


class TimingFigures(QWidget):
    """Time line on top; below it four plots, in the order of what follows from what."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.line = SpikeLine(theme)
        self.formula = label("", "value")
        self.formula.setAccessibleName("Change of the weight by one pair")
        self.result = label("", "value")
        self.disagreement = label("", "body")
        self.window_plot = WindowPlot(theme)
        self.weight = WeightPlot(theme)
        self.pulse = ResponsePlot(
            theme, "Test pulse before and after", "above rest", base_mv=REST_MV, end_ms=PULSE_END_MS, least_mv=0.8
        )
        self.neuron = ResponsePlot(
            theme, "The neuron before and after", "V at the soma", base_mv=0.0, end_ms=NEURON_END_MS, least_mv=40.0
        )
        self.legend = QLabel()
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setWordWrap(True)
        self.heads = {name: label("", "heading") for name in ("weight", "pulse", "neuron")}
        self._build()
        self._state = TimingState()
        theme.changed.connect(self._on_theme_changed)

    def _build(self) -> None:
        gap = self._theme.gap
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(4))
        column.addWidget(self.line)
        words = QVBoxLayout()
        words.setSpacing(gap(2))
        for part in (self.formula, self.disagreement):
            words.addWidget(part)
        column.addLayout(words)
        grid = QGridLayout()
        grid.setHorizontalSpacing(gap(16))
        grid.setVerticalSpacing(gap(2))
        for place, (head, plot) in enumerate((
            (self.legend, self.window_plot), (self.heads["weight"], self.weight),
            (self.heads["pulse"], self.pulse), (self.heads["neuron"], self.neuron),
        )):  # fmt: skip
            row, side = divmod(place, 2)
            head.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
            grid.addWidget(head, 2 * row, side)
            grid.addWidget(plot, 2 * row + 1, side)
        grid.setRowStretch(1, 5)
        grid.setRowStretch(3, 4)
        for side in (0, 1):
            grid.setColumnStretch(side, 1)
            grid.setColumnMinimumWidth(side, 1)
        column.addLayout(grid, 1)

    # --- showing ------------------------------------------------------------------------------------------------------

    def show_state(self, state: TimingState) -> None:
        """All but the traces, which come as answers."""
        self._state = state
        self.line.set_places(state.pre_ms, state.post_ms)
        self.line.set_revealed(state.is_revealed)
        self.window_plot.show_state(state)
        self._write_legend()
        self.show_interval(state)
        run = state.runs[-1] if state.runs else None
        self.heads["weight"].setText(result_text(run) if run else "The weight starts at 1 nS")
        self.pulse.set_empty("")
        self.neuron.set_empty("Run the pairs, then the neuron." if run is None else "Now press Run the neuron.")
        if run is None:
            self.weight.forget()
            self.pulse.forget_after()
            self.heads["pulse"].setText("A test pulse on one synapse")
        if not state.has_fired:
            self.neuron.forget()
            self.heads["neuron"].setText(f"{state.inputs} such inputs together: does the neuron fire?")

    def show_interval(self, state: TimingState) -> None:
        """What moves with the spikes while they are dragged."""
        self.window_plot.show_interval(state.interval_ms)
        if state.is_revealed:
            self.formula.setText(
                f"One pair, {RULE_NAMES[state.rule]}: Δw = {formula_text(state.rule, state.interval_ms)} nS"
            )
        else:
            self.formula.setText(_HINT)
        said = disagreement_text(state) if state.is_revealed else ""
        self.disagreement.setText(said)
        self.disagreement.setVisible(bool(said))

    def show_pulse(self, state: TimingState) -> None:
        """The sentence over the test pulse, once both traces are there."""
        before, after = self.pulse.peak_mv("before"), self.pulse.peak_mv("after")
        if np.isnan(after) or np.isnan(before):
            return
        change = after / before - 1.0
        size = "a larger" if change > 5e-4 else "a smaller" if change < -5e-4 else "the same"
        self.heads["pulse"].setText(f"The same input, {size} response ({100 * change:+.0f} %)".replace("-", "−"))

    def show_neuron(self, state: TimingState, fires: dict[str, float | None]) -> None:
        """fires: "before" and "after" -> when the impulse reached the axon terminal (ms; None: it did not)."""
        said = []
        for which, weight in (("before", START_NS), ("after", state.weight_nS)):
            if which in fires:
                at = fires[which]
                said.append(f"{weight:.3g} nS: " + ("no spike" if at is None else f"a spike after {at - 5.0:.1f} ms"))
        self.heads["neuron"].setText(f"{state.inputs} inputs, {'; '.join(said)}")

    def _write_legend(self) -> None:
        state = self._state
        title = f"<b>Δw of {'one pair' if state.pairs == 1 else f'{state.pairs} pairs'}</b>"
        if not state.is_revealed:
            self.legend.setText(title)
            return
        parts = [(TOKENS["rule"], "━━", RULE_NAMES[state.rule]), (TOKENS["other"], "──", RULE_NAMES[other_rule(state.rule)])]
        if state.is_fit_shown:
            parts.append((TOKENS["fit"], "╌╌", "Bi &amp; Poo 1998" + (", 60th part" if state.pairs == 1 else "")))
        if state.is_hebb_shown:
            parts.append((TOKENS["hebb"], "····", "coincidence (Hebb)"))
        spans = [f'<span style="color:{self._theme.hex(token)}"><b>{mark}</b> {name}</span>' for token, mark, name in parts]
        self.legend.setText(f"{title} &nbsp; {' &nbsp; '.join(spans)}")

    @Slot()
    def _on_theme_changed(self) -> None:
        self._write_legend()
