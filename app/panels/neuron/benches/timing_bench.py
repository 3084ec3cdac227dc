"""Spike timing: two spikes dragged in time, the rule that reads their order, and the neuron that fires afterwards (V13). No numba."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.neuron_session import with_weight
from app.panels.neuron.bench import Bench, BenchContext, BenchState
from app.panels.neuron.bench_controls import CardArea, ChangeTrail, ModelCalls
from app.panels.neuron.benches.plasticity_buttons import Hint, side_by_side
from app.panels.neuron.benches.timing_card import TimingCard
from app.panels.neuron.benches.timing_figures import TimingFigures
from app.panels.neuron.benches.timing_responses import TimingResponses
from app.panels.neuron.benches.timing_state import (
    REACH_MS,
    TimingState,
    from_json,
    run_options,
    to_json,
)
from app.panels.neuron.benches.timing_words import ANSWERS, interval_text, question_text, signed, verdict
from app.simulation.biology.stage import Answer

SWEEP_S = 1.5  # a run is passed through so quickly, however long it was
CARD_PX = 300


class TimingBench(Bench):
    """Figures on the left, the card on the right; every figure is an answer of a model or of the rule itself."""

    def __init__(self, context: BenchContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self._state = TimingState()
        self._calls = ModelCalls(context.session, self)
        self._trail = ChangeTrail(self)
        self._is_shown = False
        self._is_running = False  # a run of a person's own: its answer becomes a point
        self._sweep_s = SWEEP_S
        self.figures = TimingFigures(theme)
        self._responses = TimingResponses(self._calls, self.figures)
        self.card = TimingCard(theme, question_text(self._state.interval_ms), ANSWERS)
        self.box = self.card.box
        self.run_button = QPushButton("Run the pairs")
        self.run_button.setObjectName("primary")
        self.run_button.setToolTip("Let both cells fire like this, and see what the weight does (Space)")
        self.reset_button = QPushButton("Reset")
        self.reset_button.setToolTip("Forget all runs; everything as at the beginning (can be undone)")
        self.hint = Hint()
        self._build()
        self._connect()
        self._show_state()
        self._trail.begin()

    # --- building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        gap = self.context.theme.gap
        self.setProperty("is_panel", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        buttons = QHBoxLayout()
        buttons.setSpacing(gap(4))
        buttons.addWidget(self.run_button, 1)
        buttons.addWidget(self.reset_button)
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(gap(6))
        side.addWidget(CardArea(self.card), 100)
        side.addWidget(self.hint)
        side.addLayout(buttons)
        side.addLayout(side_by_side(self.context.theme, self.card.neuron, self.card.give))
        side.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(gap(12), gap(8), gap(12), gap(8))
        row.setSpacing(gap(16))
        row.addWidget(self.figures, 1)
        row.addWidget(self._side)

    def _connect(self) -> None:
        theme = self.context.theme
        self.figures.line.moved.connect(self._on_spike_moved)
        self.figures.line.settled.connect(self._on_spike_settled)
        self.card.settled.connect(self._on_control_settled)
        self.card.case_asked.connect(self._on_case_asked)
        self.card.neuron_asked.connect(self._on_neuron_asked)
        self.card.give_asked.connect(self._on_give_asked)
        self.box.changed.connect(self._on_prediction_made)
        self.run_button.clicked.connect(self._on_run_asked)
        self.reset_button.clicked.connect(self._on_reset_asked)
        self._calls.refused.connect(self._on_model_refused)
        self._calls.waited.connect(self.hint.show_waiting)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> BenchState:
        return to_json(self._state)

    def apply(self, state: BenchState) -> None:
        self._state = from_json(state)
        self._is_running = False
        self._show_state()
        self._trail.begin()
        if self._is_shown:
            self._ask_again()

    def _show_state(self) -> None:
        state = self._state
        asked = state.asked_ms if state.asked_ms is not None else state.interval_ms
        self.box.set_question(question_text(asked))
        self.box.set_prediction(state.prediction)
        if state.answer_dw is not None:
            right = verdict(state.answer_dw)
            self.box.show_result(f"{ANSWERS[right]} (Δw {signed(state.answer_dw, 6)} nS)", right)
        self.card.show_state(state)
        self.figures.show_state(state)
        self._show_readiness()

    def _show_readiness(self) -> None:
        is_ready = self.box.is_ready
        self.run_button.setEnabled(is_ready)
        self.run_button.setText("Run the pair" if self._state.pairs == 1 else f"Run {self._state.pairs} pairs")
        self.hint.say("" if is_ready else "Predict first: then Run.")

    def _put(self, text: str, **changes: Any) -> None:
        """One undoable change of the settings by a person."""
        self._state = msgspec.structs.replace(self._state, **changes)
        self._show_state()
        self._trail.note(text)

    def _dropped_question(self, interval_ms: float) -> dict[str, Any]:
        """A prediction is of one interval: where that changes before a run, it is asked anew."""
        state = self._state
        if state.answer_dw is not None or state.asked_ms in (None, interval_ms):
            return {}
        return {"asked_ms": None, "prediction": type(state.prediction)(state.prediction.first)}

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot()
    def _on_spike_moved(self) -> None:
        line = self.figures.line
        self.figures.show_interval(
            msgspec.structs.replace(self._state, pre_ms=line.place("pre"), post_ms=line.place("post"))
        )

    @Slot()
    def _on_spike_settled(self) -> None:
        line = self.figures.line
        self._put(
            "Move a spike",
            pre_ms=line.place("pre"),
            post_ms=line.place("post"),
            **self._dropped_question(line.interval_ms),
        )

    @Slot(float)
    def _on_case_asked(self, interval_ms: float) -> None:
        self._state = self.card.read_into(self._state)
        pre = 0.0 if abs(self._state.pre_ms + interval_ms) > REACH_MS else self._state.pre_ms
        self._put("Show where they part", pre_ms=pre, post_ms=pre + interval_ms, **self._dropped_question(interval_ms))

    @Slot(str)
    def _on_control_settled(self, text: str) -> None:
        inputs = self._state.inputs
        self._state = self.card.read_into(self._state)
        self._put(text)
        if self._state.has_fired and self._state.inputs != inputs:
            self._responses.ask_neuron(self._state)

    @Slot()
    def _on_prediction_made(self) -> None:
        said = self.box.prediction
        asked = self._state.interval_ms if said.choice is not None else None
        answer = self._state.answer_dw if said.choice is not None and asked is not None else None
        if self._state.answer_dw is not None and said.choice is not None:
            asked = self._state.asked_ms
        self._put("Predict", prediction=said, asked_ms=asked, answer_dw=answer)

    @Slot()
    def _on_reset_asked(self) -> None:
        self._calls.forget()
        self._state = TimingState(prediction=type(self._state.prediction)(self._state.prediction.first))
        self._show_state()
        self._trail.note("Reset the spike-timing bench")

    @Slot()
    def _on_run_asked(self) -> None:
        if self.box.is_ready:
            self._is_running = True
            self._calls.ask("pairs", "stdp", self._state.options(), self._take_pairs)

    @Slot()
    def _on_neuron_asked(self) -> None:
        self._put("Run the neuron", has_fired=True)
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
            f"{self._state.inputs} inputs of the living cell have {self._state.weight_nS:.3f} nS now: see the bench Cell."
        )

    # --- what is asked, and what comes --------------------------------------------------------------------------------

    def _ask_again(self) -> None:
        """Everything that the state shows."""
        self._responses.ask_pulse_before()
        if self._state.runs:
            self._calls.ask("pairs", "stdp", run_options(self._state.runs[-1]), self._take_pairs)
            self._responses.ask_pulse(self._state)
        if self._state.has_fired:
            self._responses.ask_neuron(self._state)

    def _take_pairs(self, answer: Answer) -> None:
        pairs = self._state.runs[-1].pairs if self._state.runs else 1
        if self._is_running:
            self._is_running = False
            pairs = self._state.pairs
            self._state = self._state.with_run(answer.values["dw"], answer.values["weight"])
            self._show_state()
            self._trail.note(f"Run the pairs at {interval_text(self._state.interval_ms)}")
            self._responses.ask_pulse(self._state)
            if self._state.has_fired:
                self._responses.ask_neuron(self._state)
            self._sweep_s = SWEEP_S if self.context.workspace.settings.values.reduced_motion else 0.0
            self.figures.bring_to_front("weight")
        self.figures.weight.show_path(answer.traces["t_ms"], answer.traces["w_nS"], pairs)

    @Slot(str, str)
    def _on_model_refused(self, _name: str, reason: str) -> None:
        self._is_running = False
        self.hint.say(reason, "refusal")

    # --- life ---------------------------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        return self._calls.is_busy

    def set_shown(self, is_shown: bool) -> None:
        self._is_shown = is_shown
        if is_shown:
            self._ask_again()
        else:
            self._calls.forget()

    def act(self) -> bool:
        self._on_run_asked()
        return True

    def tick(self, seconds: float) -> None:
        """A line passes through the run once."""
        if self._sweep_s < SWEEP_S:
            self._sweep_s = min(self._sweep_s + seconds, SWEEP_S)
            self.figures.weight.show_share(self._sweep_s / SWEEP_S)

    @property
    def is_moving(self) -> bool:
        return self._sweep_s < SWEEP_S

    def close_bench(self) -> None:
        self._calls.close()

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self.context.theme
        self._side.setFixedWidth(round(CARD_PX * theme.zoom * (1.26 if theme.name == "projector" else 1.0)))
