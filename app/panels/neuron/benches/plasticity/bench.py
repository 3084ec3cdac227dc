"""Plasticity: the same test pulse before and after a stimulation, LTD and LTP against its frequency, and how long it lasts (V14)."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.panels.neuron.bench import BenchContext, BenchState
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
from app.panels.neuron.model_bench import RunBench
from app.panels.neuron.prediction_means import Prediction
from app.simulation.biology.stage import Answer


class PlasticityBench(RunBench):
    """Card: rule and stimulation. Figures: the train of pulses, the change against its frequency, the test pulse, how long it lasts."""

    def __init__(self, context: BenchContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self._state = PlasticityState()
        self._running: PlasticityState | None = None
        self.figures = PlasticityFigures(theme)
        self.card = PlasticityCard(theme, self.figures.curve.layer)
        self.box = self.card.box
        self._answers = PlasticityAnswers(self._calls, self.figures)
        self.run_button.setToolTip("Stimulate the synapse like this, and test it again (Space)")
        self._put_together(self.figures, self.card)
        self.card.changed.connect(self._on_control_moved)
        self.card.settled.connect(self._on_control_settled)
        self.box.changed.connect(self._on_prediction_made)
        self._begin()

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> BenchState:
        return to_json(self._state)

    def _take_state(self, state: BenchState) -> None:
        self._state = from_json(state)

    def _show_state(self) -> None:
        state = self._state
        self.box.set_question(question_text(state.pulses))
        self.box.set_prediction(state.prediction)
        self.box.set_under_way(bool(state.runs))
        answer = answer_text(state)
        if answer:
            self.box.show_result(answer)
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
        if self._state.shown_run != before.shown_run:
            self._answers.ask_pulse(self._state)
        self._answers.ask_curve(self._state)

    @Slot()
    def _on_prediction_made(self) -> None:
        said = self.box.prediction
        self._state = msgspec.structs.replace(self._state, prediction=said)
        if said.curve is None:
            self._state = self._state.without_answers()
        self._show_state()
        self._trail.note("Predict")
        self._answers.ask_curve(self._state)

    @Slot()
    def _on_reset_asked(self) -> None:
        self._calm()
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

    def _ask_figures(self) -> None:
        self._answers.ask_pulse_before()
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

    def _forget_run(self) -> None:
        self._running = None
