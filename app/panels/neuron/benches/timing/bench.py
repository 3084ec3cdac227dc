"""Spike timing: two spikes dragged in time, the rule that reads their order, and the neuron that fires afterwards (V13). No numba."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.neuron_session import with_weight
from app.panels.neuron.bench import BenchContext, BenchState
from app.panels.neuron.bench_buttons import side_by_side
from app.panels.neuron.benches.timing.card import TimingCard
from app.panels.neuron.benches.timing.figures import TimingFigures
from app.panels.neuron.benches.timing.responses import TimingResponses
from app.panels.neuron.benches.timing.state import (
    REACH_MS,
    TimingState,
    from_json,
    run_options,
    to_json,
)
from app.panels.neuron.benches.timing.words import ANSWERS, change_text, interval_text, question_text, verdict
from app.panels.neuron.model_bench import RunBench
from app.panels.neuron.prediction_means import Prediction
from app.simulation.biology.stage import Answer
from app.widgets.formula_view import FormulaSetter

SWEEP_S = 1.5  # a run is passed through so quickly, however long it was


class TimingBench(RunBench):
    """Card: rule, pairs and the neuron. Figures: two spikes in time, the window with one's runs, the weight, the responses."""

    def __init__(self, context: BenchContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self._state = TimingState()
        self._running: TimingState | None = None  # as a run was asked for: its answer becomes a point
        self._sweep_s = SWEEP_S
        self._setter = FormulaSetter(self)
        self.figures = TimingFigures(theme, self._setter)
        self._responses = TimingResponses(self._calls, self.figures)
        self.card = TimingCard(theme, question_text(self._state.interval_ms), ANSWERS)
        self.box = self.card.box
        self.run_button.setToolTip("Let both cells fire like this, and see what the weight does (Space)")
        self._put_together(self.figures, self.card, side_by_side(theme, self.card.neuron, self.card.give))
        self._connect()
        self._begin()

    def _connect(self) -> None:
        self.figures.line.moved.connect(self._on_spike_moved)
        self.figures.line.settled.connect(self._on_spike_settled)
        self.card.settled.connect(self._on_control_settled)
        self.card.case_asked.connect(self._on_case_asked)
        self.card.neuron_asked.connect(self._on_neuron_asked)
        self.card.give_asked.connect(self._on_give_asked)
        self.box.changed.connect(self._on_prediction_made)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> BenchState:
        return to_json(self._state)

    def _take_state(self, state: BenchState) -> None:
        self._state = from_json(state)

    def _show_state(self) -> None:
        state = self._state
        asked = state.asked_ms if state.asked_ms is not None else state.interval_ms
        self.box.set_question(question_text(asked))
        self.box.set_prediction(state.prediction)
        if state.answer_dw is not None:
            right = verdict(state.answer_dw)
            self.box.show_result(f"{ANSWERS[right]} (Δw {change_text(state.answer_dw)} nS)", right)
        self.card.show_state(state)
        self.figures.show_state(state)
        self._show_readiness()

    def _show_readiness(self) -> None:
        is_ready = self.box.is_ready
        self.run_button.setEnabled(is_ready)
        self.run_button.setText("Run the pair" if self._state.pairs == 1 else f"Run {self._state.pairs} pairs")
        self.hint.say("" if is_ready else "Predict first: then Run.")

    def _put(self, text: str, state: TimingState) -> None:
        """One undoable change by a person."""
        self._state = state
        self._show_state()
        self._trail.note(text)

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot()
    def _on_spike_moved(self) -> None:
        line = self.figures.line
        self.figures.show_interval(self._state.moved(line.place("pre"), line.place("post")))

    @Slot()
    def _on_spike_settled(self) -> None:
        line = self.figures.line
        self._put("Move a spike", self._state.moved(line.place("pre"), line.place("post")))

    @Slot(float)
    def _on_case_asked(self, interval_ms: float) -> None:
        state = self.card.read_into(self._state)
        pre = 0.0 if abs(state.pre_ms + interval_ms) > REACH_MS else state.pre_ms
        self._put("Show where they part", state.moved(pre, pre + interval_ms))

    @Slot(str)
    def _on_control_settled(self, text: str) -> None:
        inputs = self._state.inputs
        self._put(text, self.card.read_into(self._state))
        if self._state.has_fired and self._state.inputs != inputs:
            self._responses.ask_neuron(self._state)

    @Slot()
    def _on_prediction_made(self) -> None:
        self._put("Predict", self._state.predicted(self.box.prediction))

    @Slot()
    def _on_reset_asked(self) -> None:
        self._calm()
        self._put("Reset the spike-timing bench", TimingState(prediction=Prediction(self._state.prediction.first)))

    @Slot()
    def _on_run_asked(self) -> None:
        if self.box.is_ready:
            self._running = self._state
            self._calls.ask("pairs", "stdp", self._state.options(), self._take_pairs)

    @Slot()
    def _on_neuron_asked(self) -> None:
        self._put("Run the neuron", msgspec.structs.replace(self._state, has_fired=True))
        self.figures.bring_to_front("neuron")
        self._responses.ask_neuron(self._state)

    @Slot()
    def _on_give_asked(self) -> None:
        """As many inputs of the living cell as fire here get the learned weight."""
        session, hand = self.context.session, self.context.hand
        plan = with_weight(session.plan, tuple(range(self._state.inputs)), self._state.weight_nS)
        if hand is not None:
            hand.change_plan("weights", "Give the learned weights to the cell", plan)
        else:
            session.change(plan)
        self.hint.say(
            f"{self._state.inputs} inputs of the living cell have {self._state.weight_nS:.3g} nS now: see the bench Cell."
        )

    # --- what is asked, and what comes --------------------------------------------------------------------------------

    def _ask_figures(self) -> None:
        self._responses.ask_pulse_before()
        if self._state.runs:
            self._calls.ask("pairs", "stdp", run_options(self._state.runs[-1]), self._take_pairs)
            self._responses.ask_pulse(self._state)
        if self._state.has_fired:
            self._responses.ask_neuron(self._state)

    def _take_pairs(self, answer: Answer) -> None:
        ran, self._running = self._running, None
        if ran is not None:
            self._state = self._state.with_run(ran, answer.values["dw"], answer.values["weight"])
            self._show_state()
            self._trail.note(f"Run the pairs at {interval_text(ran.interval_ms)}")
            self._responses.ask_pulse(self._state)
            if self._state.has_fired:
                self._responses.ask_neuron(self._state)
            self._sweep_s = SWEEP_S if self.context.workspace.settings.values.reduced_motion else 0.0
            self.figures.bring_to_front("weight")
            self.state_changed.emit()  # wakes the panel's clock
        self.figures.weight.show_path(answer.traces["t_ms"], answer.traces["w_nS"], self._state.runs[-1].pairs)

    def _forget_run(self) -> None:
        self._running = None

    # --- its own clock ------------------------------------------------------------------------------------------------

    def tick(self, seconds: float) -> None:
        """A line passes through the run once."""
        if self._sweep_s < SWEEP_S:
            self._sweep_s = min(self._sweep_s + seconds, SWEEP_S)
            self.figures.weight.show_share(self._sweep_s / SWEEP_S)

    @property
    def is_moving(self) -> bool:
        return self._sweep_s < SWEEP_S

    @property
    def is_busy(self) -> bool:
        return super().is_busy or (self._is_shown and self._setter.is_busy)

    def close_bench(self) -> None:
        super().close_bench()
        self._setter.close()
