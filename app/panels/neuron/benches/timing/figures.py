"""The figures of the spike-timing bench: time line, window, weight, the same pulse and the same neuron before and after. Asks no model."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.panels.neuron.bench_controls import ChoiceRow, label
from app.panels.neuron.benches.plasticity.response import ResponsePlot
from app.panels.neuron.benches.timing.curve import TOKENS, WeightPlot, WindowPlot, other_rule
from app.panels.neuron.benches.timing.line import SpikeLine
from app.panels.neuron.benches.timing.state import START_NS, TimingState
from app.panels.neuron.benches.timing.words import (
    RULE_NAMES,
    disagreement_text,
    formula_text,
    law_words,
    laws,
    result_text,
)
from app.simulation.biology.membrane import REST_MV
from app.widgets.formula_view import FormulaSetter, FormulaView
from app.widgets.theme import Theme

Array = np.ndarray
PULSE_END_MS, NEURON_END_MS = 30.0, 20.0
_LOW_PX = 460  # of the design: lower than that four plots are too flat to be read
_HINT = "Drag the two spikes (or press ← →), say what will happen, and run the pairs (Space)."


class TimingFigures(QWidget):
    """Time line on top; below it four plots, in the order of what follows from what."""

    def __init__(self, theme: Theme, setter: FormulaSetter) -> None:
        super().__init__()
        self._theme = theme
        self._setter = setter
        self.line = SpikeLine(theme)
        self.law = FormulaView(theme, setter, scale=1.0)
        self.formula = label("", "value")
        self.formula.setAccessibleName("Change of the weight by one pair")
        self.disagreement = label("", "body")
        self.window_plot = WindowPlot(theme)
        self.weight = WeightPlot(theme)
        self.pulse = ResponsePlot(
            theme, "Test pulse before and after", "above rest", base_mv=REST_MV, end_ms=PULSE_END_MS, least_mv=0.8
        )
        self.neuron = ResponsePlot(
            theme,
            "The neuron before and after",
            "V, soma",
            base_mv=0.0,
            end_ms=NEURON_END_MS,
            least_mv=40.0,
            floor_mv=REST_MV - 10,
        )
        self.legend = QLabel()
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setWordWrap(True)
        self.heads = {name: label("", "heading") for name in ("window", "weight", "pulse", "neuron")}
        self.front = ChoiceRow(theme, "", (
            ("weight", "Weight", "The weight while the pairs come"),
            ("pulse", "Test pulse", "The response to one input, before and after"),
            ("neuron", "Neuron", "All inputs together, before and after"),
        ))  # fmt: skip
        self.front.setAccessibleName("Plot on the right")
        self._is_low = False
        self._build()
        self._state = TimingState()
        theme.changed.connect(self._on_theme_changed)

    def _build(self) -> None:
        gap = self._theme.gap
        self._cells = {
            "window": _cell(self.heads["window"], self.window_plot),
            "weight": _cell(self.heads["weight"], self.weight),
            "pulse": _cell(self.heads["pulse"], self.pulse),
            "neuron": _cell(self.heads["neuron"], self.neuron),
        }
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(gap(16))
        self._grid.setVerticalSpacing(gap(4))
        for side in (0, 1):
            self._grid.setColumnStretch(side, 1)
            self._grid.setColumnMinimumWidth(side, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(4))
        for part in (self.line, self.formula, self.disagreement):
            column.addWidget(part)
        below = QHBoxLayout()
        below.setSpacing(gap(12))
        below.addWidget(self.legend, 3)
        below.addWidget(self.law, 2)
        column.addLayout(below)
        column.addWidget(self.front)
        column.addLayout(self._grid, 1)
        self.front.chosen.connect(self._on_front_chosen)
        self._arrange(is_low=False)

    def _arrange(self, *, is_low: bool) -> None:
        """Four plots, or where the panel is low for the theme's type the window and one other, chosen above them."""
        self._is_low = is_low
        self.front.setVisible(is_low)
        for place, (name, cell) in enumerate(self._cells.items()):
            self._grid.addWidget(cell, *((0, min(place, 1)) if is_low else divmod(place, 2)))
            cell.setVisible(not is_low or name in ("window", self.front.choice))
        self._grid.setRowStretch(0, 1)
        self._grid.setRowStretch(1, 0 if is_low else 1)

    def bring_to_front(self, name: str) -> None:
        """Show "weight", "pulse" or "neuron" where there is room for one alone."""
        if self._is_low:
            self.front.set_choice(name)
            self._arrange(is_low=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_low = self.height() < self._theme.px(_LOW_PX)
        if is_low != self._is_low:
            self._arrange(is_low=is_low)

    # --- showing ------------------------------------------------------------------------------------------------------

    def show_state(self, state: TimingState) -> None:
        """All but the traces, which come as answers."""
        self._state = state
        self.line.set_places(state.pre_ms, state.post_ms)
        is_pair = state.rule in ("pair", "pair_hard")  # triplets can strengthen on both sides
        self.line.set_revealed(state.is_revealed, has_words=is_pair)
        self.window_plot.show_state(state)
        self._write_legend()
        self.show_interval(state)
        run = state.runs[-1] if state.runs else None
        self.heads["window"].setText(f"Δw of {'one pair' if state.pairs == 1 else f'{state.pairs} pairs'}")
        self.heads["weight"].setText(result_text(run) if run else "The weight starts at 1 nS")
        self.pulse.set_empty("")
        todo = "Run the pairs, then the neuron." if run is None else "Now press Run the neuron."
        self.neuron.set_empty("" if state.has_fired else todo)
        if run is None:
            self.weight.forget()
            self.pulse.forget_after()
            self.heads["pulse"].setText("A test pulse on one synapse")
        if not state.has_fired:
            self.neuron.forget()
            self.heads["neuron"].setText(f"{state.inputs} such inputs: does the neuron fire?")

    def show_interval(self, state: TimingState) -> None:
        """What moves with the spikes while they are dragged."""
        self.window_plot.show_interval(state.interval_ms)
        if state.is_revealed:
            self.formula.setText(
                f"One pair, {RULE_NAMES[state.rule]}: Δw = {formula_text(state.rule, state.interval_ms)} nS"
            )
            for latex in laws(
                state.rule
            ):  # both, so that none is to be set while the spikes are dragged past one another
                self._setter.drawing(latex)
            is_before = int(state.interval_ms < 0)
            self.law.show_formula(laws(state.rule)[is_before], law_words(state.rule)[is_before])
        else:
            self.formula.setText(_HINT)
        self.law.setVisible(state.is_revealed)
        said = disagreement_text(state) if state.is_revealed else ""
        self.disagreement.setText(said)
        self.disagreement.setVisible(bool(said))

    def write_pulse(self) -> None:
        """The sentence over the test pulse, once both traces are there."""
        before, after = self.pulse.peak_mv("before"), self.pulse.peak_mv("after")
        if np.isnan(after) or np.isnan(before):
            return
        change = after / before - 1.0
        size = "a larger" if change > 5e-4 else "a smaller" if change < -5e-4 else "the same"
        self.heads["pulse"].setText(f"The same input, {size} response")

    def write_neuron(self, state: TimingState, fires: dict[str, float | None]) -> None:
        """fires: "before" and "after" -> when the impulse reached the axon terminal (ms; None: it did not)."""
        said = [
            f"{weight:.3g} nS {'fails' if fires[which] is None else 'fires'}"
            for which, weight in (("before", START_NS), ("after", state.weight_nS))
            if which in fires
        ]
        self.heads["neuron"].setText(f"{state.inputs} inputs: {', '.join(said)}")

    def _write_legend(self) -> None:
        state = self._state
        self.legend.setVisible(state.is_revealed)
        parts = [
            (TOKENS["rule"], "━━", RULE_NAMES[state.rule]),
            (TOKENS["other"], "──", RULE_NAMES[other_rule(state.rule)]),
        ]
        if state.is_fit_shown:
            parts.append((TOKENS["fit"], "╌╌", "Bi &amp; Poo 1998" + (", 60th part" if state.pairs == 1 else "")))
        if state.is_hebb_shown:
            parts.append((TOKENS["hebb"], "····", "coincidence"))
        spans = [
            f'<span style="color:{self._theme.hex(token)}"><b>{mark}</b> {name}</span>' for token, mark, name in parts
        ]
        self.legend.setText(" &nbsp; ".join(spans))

    @Slot(str)
    def _on_front_chosen(self, _name: str) -> None:
        self._arrange(is_low=self._is_low)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._write_legend()


def _cell(head: QLabel, plot: QWidget) -> QWidget:
    cell = QWidget()
    column = QVBoxLayout(cell)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(head)
    column.addWidget(plot, 1)
    return cell
