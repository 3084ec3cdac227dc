"""Excitability: how often a cell fires for how much current; how strong a pulse must be; how soon it fires again (L17, V22)."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.panels.neuron.bench import BenchContext, BenchState
from app.panels.neuron.benches.excitability.page import ANSWERS, ExcitabilityPage
from app.panels.neuron.benches.excitability.playback import RunPlayback
from app.panels.neuron.benches.excitability.plots import RunPlot
from app.panels.neuron.benches.excitability.runs import RunBook
from app.panels.neuron.benches.excitability.state import MOST_RUNS, ExcitabilityState, Run, read_state
from app.panels.neuron.model_bench import ModelBench
from app.panels.neuron.prediction_means import Prediction

ENOUGH_RUNS = 4  # of one's own, before the whole curve answers the sketch


class ExcitabilityBench(ModelBench):
    """Card | points | phase plane, above the trace of the run with its clock."""

    def __init__(self, context: BenchContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self._state = ExcitabilityState()
        self.book = RunBook(self._calls, self)
        self.playback = RunPlayback(self)
        self._shown_run: Run | None = None
        self._sodium_before: float | None = None
        self._asked = "fi_hh"
        self._was_moving = False
        self.page = ExcitabilityPage(theme, self.playback, self)
        self._fill(self.page)
        self._connect()
        self._begin()

    # --- wiring -------------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.page.controls.changed.connect(self._on_control_changed)
        self.page.controls.settled.connect(self._on_control_settled)
        self.page.box.changed.connect(self._on_prediction_made)
        self.page.run_button.clicked.connect(self._on_run_asked)
        self.page.reset_button.clicked.connect(self._on_reset_asked)
        self.book.changed.connect(self._show_outcomes)
        self.book.trace_came.connect(self._on_trace_came)
        self.playback.moment_changed.connect(self._on_moment_changed)
        self._calls.waited.connect(self._on_wait_changed)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> BenchState:
        plain: dict[str, Any] = msgspec.to_builtins(self._state)
        return plain

    def apply(self, state: BenchState) -> None:
        self._state = read_state(state)
        self._sodium_before = None
        self._begin()

    def _show_state(self) -> None:
        state = self._state
        self.page.controls.show_state(state)
        self.page.ask(state.key, is_new=state.key != self._asked)
        self._asked = state.key
        self.page.box.set_prediction(state.prediction)
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
        has_plane = self._state.mode != "fi" or self._state.cell == "hh"
        self.page.show_traces(self._shown_run.sodium if self._shown_run else 1.0, has_plane=has_plane)

    @Slot()
    def _show_outcomes(self) -> None:
        state = self._state
        plot = self.page.plots[state.key]
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
        plot.set_empty("" if points else self._invitation())
        plot.show_aim(following.x)
        self._show_curves(plot)
        self.page.tell(self.book.fact(self._shown_run, following))
        self._show_verdict(len(points))
        self.page.show_said(state.key)
        self.page.run_button.setEnabled(self.page.box.is_ready and len(state.runs) < MOST_RUNS)
        self.page.show_caption(self.page.box.is_ready)
        self.page.say(self._advice(len(points)))

    def _show_curves(self, plot: RunPlot) -> None:
        state = self._state
        if state.mode != "fi":
            return
        key = (state.cell, state.sodium if state.cell == "hh" else 1.0)
        has_curve = state.has_curve and self.page.box.is_ready  # of another cell it would answer this one's question
        if has_curve and self._is_shown:
            self.book.want_curve(*key)
        curve = self.book.curves.get(key) if has_curve else None
        plot.show_curve(*(curve or ((), ())))
        before = self.book.curves.get((state.cell, self._sodium_before or 1.0)) if state.cell == "hh" else None
        is_other = has_curve and key[1] != (self._sodium_before or 1.0)
        plot.show_curve_before(*(before if before and is_other else ((), ())))

    def _show_verdict(self, runs: int) -> None:
        state = self._state
        if not self.page.box.is_ready:
            self.page.box.show_result("")
            return
        if state.mode != "fi":
            right = self.book.right_answer(state.mode) if runs else None
            answers = ANSWERS[state.mode].answers
            self.page.box.show_result(answers[right] if right is not None and right < len(answers) else "", right)
            return
        sodium = state.sodium if state.cell == "hh" else 1.0
        self.page.box.show_result(
            self.book.curve_facts(state.cell, sodium) if runs >= ENOUGH_RUNS or state.has_curve else ""
        )

    def _invitation(self) -> str:
        if self.page.box.prediction.curve:
            return ""  # the sketch stands there
        if self.page.box.is_ready:
            return "Each run of yours is a point here."
        return "Draw here what you expect." if self._state.mode == "fi" else ""

    def _advice(self, runs: int) -> str:
        if not self.page.box.is_ready:
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
        taken = self.page.controls.taken_into(self._state)
        if taken.sodium != self._state.sodium and ("hh", self._state.sodium) in self.book.curves:
            self._sodium_before = self._state.sodium
        self._state = taken
        following = taken.next_run()
        self.page.plots[taken.key].show_aim(following.x)

    @Slot()
    def _on_prediction_made(self) -> None:
        self._state = msgspec.structs.replace(self._state, **{self._state.key: self.page.box.prediction})
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
        self._note_moving()

    @Slot()
    def _on_reset_asked(self) -> None:
        first = Prediction(self.page.box.predict_first)
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
        self.page.show_moment()
        self._note_moving()

    def _note_moving(self) -> None:
        if self._was_moving != self.is_moving:
            self._was_moving = self.is_moving
            self.state_changed.emit()  # wakes the panel's clock

    @Slot(str, str)
    def _on_model_refused(self, name: str, reason: str) -> None:
        self.book.give_up(name)
        self.page.say(reason)

    @Slot(bool)
    def _on_wait_changed(self, is_waiting: bool) -> None:
        if is_waiting:
            self.page.say("Computing …")
        elif self.page.hint.text() == "Computing …":
            self.page.say("")

    # --- life ---------------------------------------------------------------------------------------------------------

    @property
    def is_moving(self) -> bool:
        return self.playback.clock.is_playing

    def set_shown(self, is_shown: bool) -> None:
        self._is_shown = is_shown
        if is_shown:
            self._show_state()
        else:
            self.playback.clock.is_playing = False
            self._was_moving = False
            self.book.forget()

    def act(self) -> bool:
        """Plays what was recorded; where nothing is yet, it runs."""
        if self.playback.traces:
            self.playback.toggle()
        elif self.page.run_button.isEnabled():
            self._on_run_asked()
        return True

    def tick(self, seconds: float) -> None:
        self.playback.tick(seconds)
