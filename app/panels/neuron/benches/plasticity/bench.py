"""Plasticity: the same test pulse before and after a stimulation, LTD and LTP against its frequency, and how long it lasts (V14)."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.panels.neuron.bench import Bench, BenchContext, BenchState
from app.panels.neuron.bench_buttons import Hint
from app.panels.neuron.bench_controls import CardArea, ChangeTrail, ModelCalls
from app.panels.neuron.benches.plasticity.answers import PlasticityAnswers
from app.panels.neuron.benches.plasticity.card import PlasticityCard
from app.panels.neuron.benches.plasticity.figures import PlasticityFigures
from app.panels.neuron.benches.plasticity.state import (
    PlasticityRun,
    PlasticityState,
    from_json,
    options,
    to_json,
)
from app.panels.neuron.benches.plasticity.words import answer_text, next_text, question_text
from app.panels.neuron.prediction import Prediction
from app.simulation.biology.stage import Answer

CARD_PX = 300


class PlasticityBench(Bench):
    """Figures on the left, the card on the right; every figure is an answer of a model."""

    def __init__(self, context: BenchContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self._state = PlasticityState()
        self._calls = ModelCalls(context.session, self)
        self._trail = ChangeTrail(self)
        self._running: PlasticityState | None = None
        self._is_shown = False
        self._has_refusal = False
        self.card = PlasticityCard(theme)
        self.box = self.card.box
        self.figures = PlasticityFigures(theme)
        self._answers = PlasticityAnswers(self._calls, self.figures)
        self.run_button = QPushButton()
        self.run_button.setObjectName("primary")
        self.run_button.setToolTip("Stimulate the synapse like this, and test it again (Space)")
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
        side_column = QVBoxLayout(self._side)
        side_column.setContentsMargins(0, 0, 0, 0)
        side_column.setSpacing(gap(6))
        side_column.addWidget(CardArea(self.card), 100)
        side_column.addStretch(1)  # Run stays where it is, whatever is said above it
        side_column.addWidget(self.hint)
        side_column.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(gap(12), gap(8), gap(12), gap(8))
        row.setSpacing(gap(16))
        row.addWidget(self._side)
        row.insertWidget(0, self.figures, 1)  # after the card, so that Tab comes to the question first

    def _connect(self) -> None:
        theme = self.context.theme
        self.card.changed.connect(self._on_control_moved)
        self.card.settled.connect(self._on_control_settled)
        self.box.changed.connect(self._on_prediction_made)
        self.run_button.clicked.connect(self._on_run_asked)
        self.reset_button.clicked.connect(self._on_reset_asked)
        self._calls.refused.connect(self._on_model_refused)
        self.context.session.state_changed.connect(self._on_cell_changed)
        self._calls.waited.connect(self.hint.show_waiting)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> BenchState:
        return to_json(self._state)

    def apply(self, state: BenchState) -> None:
        self._state = from_json(state)
        self._running = None
        self._calls.forget("run")
        self._show_state()
        self._trail.begin()
        if self._is_shown:
            self._ask_again()

    def _show_state(self) -> None:
        state = self._state
        self.box.set_question(question_text(state.pulses))
        self.box.set_prediction(state.prediction)
        self.box.set_under_way(bool(state.runs))
        text, right = answer_text(state)
        if text:
            self.box.show_result(text, right)
        self.card.show_state(state)
        self.figures.show_state(state)
        self._show_readiness()

    def _show_readiness(self) -> None:
        self.run_button.setEnabled(self.box.is_ready)
        self._name_run(self._state.frequency_Hz)
        self.hint.say(next_text(self._state) if self.box.is_ready else "Predict first: then stimulate.")

    def _name_run(self, frequency_Hz: float) -> None:
        self.run_button.setText(f"Stimulate at {frequency_Hz:.3g} Hz")

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot()
    def _on_control_moved(self) -> None:
        """A slider is in a hand: what it says is drawn, and is a change once it is let go."""
        moved = self.card.read_into(self._state)
        self.figures.show_stimulation(moved)
        self._name_run(moved.frequency_Hz)
        if moved.law != self._state.law and moved.is_revealed and moved.rule == "bcm":
            self._answers.ask_curve(moved)

    @Slot(str)
    def _on_control_settled(self, text: str) -> None:
        before = self._state
        self._state = self.card.read_into(before)
        if self._state.law != before.law and not self._state.is_answered:
            self._state = self._state.without_answers()
        self._show_state()
        self._trail.note(text)
        self._answers.ask_curve(self._state)

    @Slot()
    def _on_prediction_made(self) -> None:
        said = self.box.prediction
        self._state = msgspec.structs.replace(self._state, prediction=said)
        if said.choice is None:
            self._state = self._state.without_answers()
        self._show_state()
        self._trail.note("Predict")
        self._answers.ask_curve(self._state)

    @Slot()
    def _on_reset_asked(self) -> None:
        self._calls.forget()
        self._running = None
        self._state = PlasticityState(prediction=Prediction(self._state.prediction.first))
        self._show_state()
        self._trail.note("Reset the plasticity bench")
        self._answers.ask_curve(self._state)

    @Slot()
    def _on_run_asked(self) -> None:
        if self.box.is_ready:
            self._running = self._state
            law = self._state.law
            self._calls.ask("run", "frequency-curve", options(law, (self._state.frequency_Hz,)), self._take_run)

    # --- what is asked, and what comes --------------------------------------------------------------------------------

    def _ask_again(self) -> None:
        """Everything that the state shows."""
        self._has_refusal = False
        self._answers.ask_pulse_before()
        if self._state.runs:
            self._answers.ask_pulse(self._state)
        self._answers.ask_curve(self._state)

    def _take_run(self, answer: Answer) -> None:
        ran = self._running
        if ran is None:
            return
        self._running = None
        run = PlasticityRun(ran.rule, ran.frequency_Hz, ran.pulses, ran.history_Hz, float(answer.values["dw"][0]))
        self._state = self._state.with_run(run)
        self._show_state()
        self._trail.note(f"Run at {run.frequency_Hz:g} Hz")
        self._answers.ask_pulse(self._state)
        self._answers.ask_curve(self._state)

    @Slot(str, str)
    def _on_model_refused(self, _name: str, reason: str) -> None:
        self._running = None
        self._has_refusal = True
        self.hint.say(reason, "refusal")

    @Slot(str)
    def _on_cell_changed(self, state: str) -> None:
        """A fresh worker owes nothing: what went with the one before is asked again."""
        if state == "ready" and self._has_refusal and self._is_shown:
            self._show_readiness()
            self._ask_again()

    # --- life ---------------------------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        return self._calls.is_busy

    def set_shown(self, is_shown: bool) -> None:
        self._is_shown = is_shown
        if is_shown:
            self._ask_again()
        else:
            self._running = None
            self._calls.forget()

    def act(self) -> bool:
        self._on_run_asked()
        return True

    def close_bench(self) -> None:
        self._calls.close()

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self.context.theme
        self._side.setFixedWidth(round(CARD_PX * theme.zoom * (1.26 if theme.name == "projector" else 1.0)))
