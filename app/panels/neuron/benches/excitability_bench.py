"""Excitability: how often a cell fires for how much current; how strong a pulse must be; how soon it fires again (L17, V22)."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.panels.neuron.bench import Bench, BenchContext, BenchState
from app.panels.neuron.bench_controls import CardArea, ChangeTrail, ModelCalls, label
from app.panels.neuron.benches.excitability_controls import ExcitabilityControls
from app.panels.neuron.benches.excitability_phase import PhasePlot
from app.panels.neuron.benches.excitability_playback import RunPlayback
from app.panels.neuron.benches.excitability_plots import RunPlot, RunTracePlot
from app.panels.neuron.benches.excitability_runs import RunBook
from app.panels.neuron.benches.excitability_state import MOST_RUNS, ExcitabilityState, Run, read_state
from app.panels.neuron.clock_bar import ClockBar
from app.panels.neuron.prediction import ChoiceQuestion, Prediction, PredictionBox, Question, SketchQuestion
from app.panels.neuron.prediction_sketch import SketchLayer

ENOUGH_RUNS = 4  # of one's own, before the whole curve answers the sketch
_WORDS = {
    "fi_hh": ("How does the rate grow with the current? Draw it.", "Type II: it fires fast at once, or not at all (Hodgkin 1948). Beyond, sodium channels stay inactivated: block."),
    "fi_lif": ("How does the rate grow with the current? Draw it.", "It begins at 1.5 nA from 0 Hz, and can never pass 500 Hz: 2 ms of rest after each spike."),
    "strength": ("A pulse half as long, 0.5 ms: how strong must it be?", "Short pulses: what counts is the charge, strength times length (Lapicque 1907). Long ones: the rheobase."),
    "refractory": ("A second pulse 8 ms after the first: which makes a spike?", "Absolutely refractory below 6 ms at 6.3 °C; then a stronger pulse will do; at 20 ms even a weaker one."),
}  # fmt: skip
_ANSWERS = {
    "strength": ChoiceQuestion(("just as strong", "half as strong again", "about twice as strong")),
    "refractory": ChoiceQuestion(("the same pulse", "only a stronger one", "none")),
}


class ExcitabilityBench(Bench):
    """Card | points | phase plane, above the trace of the run with its clock."""

    def __init__(self, context: BenchContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self._state = ExcitabilityState()
        self._calls = ModelCalls(context.session, self)
        self._trail = ChangeTrail(self)
        self.book = RunBook(self._calls, self)
        self.playback = RunPlayback(self)
        self._shown_run: Run | None = None
        self._sodium_before: float | None = None
        self._is_shown = False
        rate = ("rate", "Hz", 0.0, 160.0)
        self.plots = {
            "fi_hh": RunPlot(theme, ("current", "µA/cm²", 0.0, 120.0), rate, "f-I curve, Hodgkin-Huxley"),
            "fi_lif": RunPlot(theme, ("current", "nA", 0.0, 20.0), ("rate", "Hz", 0.0, 520.0), "f-I curve, LIF"),
            "strength": RunPlot(theme, ("length of the pulse", "ms", 0.0, 20.0), ("strength", "µA/cm²", 0.0, 70.0), "Strength and duration"),
            "refractory": RunPlot(theme, ("second pulse after", "ms", 0.0, 31.0), ("strength", "µA/cm²", 0.0, 205.0), "Refractory period"),
        }  # fmt: skip
        self._questions: dict[str, Question] = {
            "fi_hh": SketchQuestion(SketchLayer(self.plots["fi_hh"], (0.0, 120.0), (0.0, 160.0))),
            "fi_lif": SketchQuestion(SketchLayer(self.plots["fi_lif"], (0.0, 20.0), (0.0, 520.0))),
            **_ANSWERS,
        }
        self._asked = "fi_hh"
        self.box = PredictionBox(theme, _WORDS["fi_hh"][0], self._questions["fi_hh"])
        self.controls = ExcitabilityControls(theme)
        self.run_button = QPushButton("Run")
        self.phase = PhasePlot(theme)
        self.trace = RunTracePlot(theme)
        self.clock_bar = ClockBar(theme, self.playback)
        self._build()
        self._connect()
        self._show_state()
        self._trail.begin()

    # --- building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        gap = self.context.theme.gap
        self.run_button.setObjectName("primary")
        self.run_button.setShortcut(QKeySequence("Ctrl+Return"))
        self.run_button.setToolTip("Put a cell at rest under this current; its outcome becomes a point (Ctrl+Return)")
        self.reset_button = QPushButton("Reset")
        self.reset_button.setToolTip("Forget all runs and predictions; everything as at the beginning")
        self.hint = label("", "muted")
        self.fact = label("", "value")
        self.caption = label("", "caption")
        inner = QWidget()
        upper = QVBoxLayout(inner)
        upper.setContentsMargins(0, 0, gap(6), 0)
        upper.setSpacing(gap(10))
        upper.addWidget(self.controls)
        upper.addWidget(self.box)
        self.card = QWidget()
        buttons = QHBoxLayout()
        buttons.addWidget(self.run_button, 1)
        buttons.addWidget(self.reset_button)
        card = QVBoxLayout(self.card)
        card.setContentsMargins(0, 0, 0, 0)
        card.setSpacing(gap(8))
        card.addWidget(CardArea(inner), 100)
        card.addLayout(buttons)
        for part in (self.hint, self.fact, self.caption):
            card.addWidget(part)
        card.addStretch(1)
        self.stack = QStackedWidget()
        for plot in self.plots.values():
            self.stack.addWidget(plot)
        self.phase_name = label("", "caption")
        self._grid = QGridLayout()
        self._grid.setSpacing(gap(8))
        self._grid.addWidget(self.stack, 0, 0)
        self._grid.addWidget(self.phase, 0, 1)
        self._grid.addWidget(self.trace, 1, 0, 1, 2)
        self._grid.setRowStretch(0, 3)
        self._grid.setRowStretch(1, 2)
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(1, 2)
        right = QVBoxLayout()
        right.setSpacing(gap(2))
        right.addLayout(self._grid, 1)
        right.addWidget(self.clock_bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(gap(12), gap(8), gap(12), gap(4))
        row.setSpacing(gap(16))
        row.addWidget(self.card)
        row.addLayout(right, 1)
        self._fit_card()

    @Slot()
    def _fit_card(self) -> None:
        theme = self.context.theme
        self.card.setFixedWidth(theme.px(190) + theme.gap(110))

    def _connect(self) -> None:
        self.context.theme.changed.connect(self._fit_card)
        self.controls.changed.connect(self._on_control_changed)
        self.controls.settled.connect(self._on_control_settled)
        self.box.changed.connect(self._on_prediction_made)
        self.run_button.clicked.connect(self._on_run_asked)
        self.reset_button.clicked.connect(self._on_reset_asked)
        self.book.changed.connect(self._show_outcomes)
        self.book.trace_came.connect(self._on_trace_came)
        self.playback.moment_changed.connect(self._on_moment_changed)
        self._calls.refused.connect(self._on_model_refused)
        self._calls.waited.connect(self._on_wait_changed)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> BenchState:
        plain: dict[str, Any] = msgspec.to_builtins(self._state)
        return plain

    def apply(self, state: BenchState) -> None:
        self._state = read_state(state)
        self._sodium_before = None
        self._show_state()
        self._trail.begin()

    def _show_state(self) -> None:
        state = self._state
        self.controls.show_state(state)
        question, caption = _WORDS[state.key]
        if state.key != self._asked:
            self._asked = state.key
            self.box.set_question(question, self._questions[state.key])
        self.box.set_prediction(state.prediction)
        self.caption.setText(caption)
        self.stack.setCurrentWidget(self.plots[state.key])
        if self._is_shown:
            self.book.want(state.runs)
        shown = [run for run in state.runs if (run.mode, run.cell) == (state.mode, state.next_run().cell)]
        self._show_run(shown[-1] if shown else None)
        self._show_outcomes()

    def _show_run(self, run: Run | None) -> None:
        """The traces of `run`, from the beginning."""
        if run == self._shown_run and self.playback.traces:
            return
        self._shown_run = run
        if run is None:
            self.playback.set_run({}, ())
            self._show_traces()
        elif self._is_shown:
            self.book.show(run)

    def _show_traces(self) -> None:
        self.trace.show_run(self.playback)
        self.phase.show_run(self.playback, self._shown_run.sodium if self._shown_run else 1.0)
        has_plane = self._state.mode != "fi" or self._state.cell == "hh"  # one variable has no plane
        self.phase.setVisible(has_plane)
        self._grid.setColumnStretch(1, 2 if has_plane else 0)
        self.clock_bar.refresh()

    @Slot()
    def _show_outcomes(self) -> None:
        state = self._state
        plot = self.plots[state.key]
        following = state.next_run()
        points = []
        for run in state.runs:
            is_alike = run.sodium == following.sodium
            if (run.mode, run.cell) != (following.mode, following.cell):
                continue
            if run.mode == "fi" and run in self.book.rates:
                rate = self.book.rates[run]
                points.append((run.x, rate, rate > 0.0, is_alike))
            elif run in self.book.fired:
                points.append((run.x, run.y, self.book.fired[run], is_alike))
        plot.show_points(points)
        plot.show_aim(following.x)
        self._show_curves(plot)
        self._show_fact(following)
        self._show_verdict(len(points))
        self.run_button.setEnabled(self.box.is_ready and len(state.runs) < MOST_RUNS)
        self._say(self._advice(len(points)))

    def _show_curves(self, plot: RunPlot) -> None:
        state = self._state
        if state.mode != "fi":
            return
        key = (state.cell, state.sodium if state.cell == "hh" else 1.0)
        if state.has_curve and self._is_shown:
            self.book.want_curve(*key)
        curve = self.book.curves.get(key) if state.has_curve else None
        plot.show_curve(*(curve or ((), ())))
        before = self.book.curves.get((state.cell, self._sodium_before or 1.0)) if state.cell == "hh" else None
        is_other = state.has_curve and key[1] != (self._sodium_before or 1.0)
        plot.show_curve_before(*(before if before and is_other else ((), ())))

    def _show_fact(self, following: Run) -> None:
        run = self._shown_run
        if run is None or (run.mode, run.cell) != (following.mode, following.cell):
            self.fact.setText("")
        elif run.mode == "fi" and run in self.book.rates:
            rate = self.book.rates[run]
            self.fact.setText(f"{run.x:g} {'nA' if run.cell == 'lif' else 'µA/cm²'}: {rate:.1f} Hz")
        elif run in self.book.fired:
            self.fact.setText(f"{run.x:g} ms, {run.y:g} µA/cm²: {'it fires' if self.book.fired[run] else 'no spike'}")
        self.fact.setVisible(bool(self.fact.text()))

    def _show_verdict(self, runs: int) -> None:
        state = self._state
        if state.mode != "fi":
            right = self.book.right_answer(state.mode) if runs else None
            answers = _ANSWERS[state.mode].answers
            self.box.show_result(answers[right] if right is not None and right < len(answers) else "", right)
            return
        sodium = state.sodium if state.cell == "hh" else 1.0
        self.box.show_result(
            self.book.curve_facts(state.cell, sodium) if runs >= ENOUGH_RUNS or state.has_curve else ""
        )

    def _advice(self, runs: int) -> str:
        if not self.box.is_ready:
            return "Predict first: then Run."
        if not runs:
            return (
                "No run yet: choose a current, then Run."
                if self._state.mode == "fi"
                else "No run yet: set the pulse, then Run."
            )
        return ""

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot()
    def _on_control_changed(self) -> None:
        self._take_controls()

    @Slot(str)
    def _on_control_settled(self, what: str) -> None:
        self._take_controls()
        self._show_state()
        self._trail.note(what)

    def _take_controls(self) -> None:
        taken = self.controls.taken_into(self._state)
        if taken.sodium != self._state.sodium and ("hh", self._state.sodium) in self.book.curves:
            self._sodium_before = self._state.sodium
        self._state = taken
        following = taken.next_run()
        self.plots[taken.key].show_aim(following.x)

    @Slot()
    def _on_prediction_made(self) -> None:
        self._state = msgspec.structs.replace(self._state, **{self._state.key: self.box.prediction})
        self._show_outcomes()
        self._trail.note("Predict")

    @Slot()
    def _on_run_asked(self) -> None:
        run = self._state.next_run()
        runs = (*(other for other in self._state.runs if other != run), run)
        self._state = msgspec.structs.replace(self._state, runs=runs)
        self._shown_run = None
        self._is_shown = True
        self.book.want(runs)
        self.book.want_answer(self._state.mode)
        if self._state.mode == "fi" and len(runs) >= ENOUGH_RUNS:
            self.book.want_curve(self._state.cell, run.sodium)
        self.playback.clock.is_playing = True
        self._show_run(run)
        self._show_outcomes()
        self._trail.note("Run")

    @Slot()
    def _on_reset_asked(self) -> None:
        first = Prediction(self.box.predict_first)
        self._state = ExcitabilityState(fi_hh=first, fi_lif=first, strength=first, refractory=first)
        self.book.forget()
        self._sodium_before = None
        self._show_state()
        self._trail.note("Reset the excitability bench")

    # --- what comes ---------------------------------------------------------------------------------------------------

    @Slot(object, object, object)
    def _on_trace_came(self, run: Run, traces: Any, spikes: Any) -> None:
        if run == self._shown_run:
            self.playback.set_run(traces, spikes)
            self._show_traces()
            self._show_outcomes()

    @Slot()
    def _on_moment_changed(self) -> None:
        self.trace.show_moment(self.playback)
        self.phase.show_moment(self.playback)
        self.clock_bar.refresh()

    @Slot(str, str)
    def _on_model_refused(self, name: str, reason: str) -> None:
        self.book.give_up(name)
        self._say(reason)

    @Slot(bool)
    def _on_wait_changed(self, is_waiting: bool) -> None:
        if is_waiting:
            self._say("Computing …")
        elif self.hint.text() == "Computing …":
            self._say("")

    def _say(self, sentence: str) -> None:
        self.hint.setText(sentence)
        self.hint.setVisible(bool(sentence))

    # --- life ---------------------------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        return self._calls.is_busy

    @property
    def is_moving(self) -> bool:
        return self.playback.clock.is_playing

    def set_shown(self, is_shown: bool) -> None:
        self._is_shown = is_shown
        if is_shown:
            self._show_state()
        else:
            self.playback.clock.is_playing = False
            self.book.forget()

    def act(self) -> bool:
        self.playback.toggle()
        return True

    def tick(self, seconds: float) -> None:
        self.playback.tick(seconds)

    def close_bench(self) -> None:
        self._calls.close()
