"""Hebb: two cells that fire together or apart, and what three learning rules make of it, on one clock (V15). Loads no simulation that is compiled."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.panels.neuron.bench import BenchContext, BenchState
from app.panels.neuron.benches.hebb import words
from app.panels.neuron.benches.hebb.card import HebbCard
from app.panels.neuron.benches.hebb.questions import RuleQuestions
from app.panels.neuron.benches.hebb.stage import HebbStage
from app.panels.neuron.benches.hebb.state import DURATION, HebbState, from_json, to_json
from app.panels.neuron.played_bench import PlayedBench
from app.panels.neuron.prediction_means import Prediction
from app.widgets.formula_view import FormulaSetter

PACE = 0.5  # of the bench's time a second


class HebbBench(PlayedBench):
    """Firing and cloud above, three rules below, the card beside. All of it is the models' answer at the moment shown."""

    def __init__(self, context: BenchContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self._state = HebbState(rule="hebb")
        self.questions = RuleQuestions(context.session, self)
        self._setter = FormulaSetter(self)
        self.stage = HebbStage(theme, self._setter)
        self.card = HebbCard(theme)
        self.controls = self.card.controls
        self._put_together(
            self.stage, self.card, play_row=self.stage.play_row, box=self.card.box, message=self.card.message
        )
        self._connect()
        self._begin()

    def _connect(self) -> None:
        stage = self.stage
        self.controls.changed.connect(self._on_control_changed)
        self.controls.settled.connect(self._on_control_settled)
        stage.seed_button.clicked.connect(self._on_seed_asked)
        stage.cloud.start_moved.connect(self._on_start_moved)
        stage.cloud.start_settled.connect(self._on_start_settled)
        self.box.changed.connect(self._on_prediction_made)
        self.card.reset_button.clicked.connect(self._on_reset_asked)
        self.questions.answered.connect(self._on_rules_answered)
        self.questions.refused.connect(self._on_rules_refused)
        self.questions.waited.connect(self.card.waiting.show_waiting)
        self.context.session.state_changed.connect(self._on_cell_changed)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> BenchState:
        return to_json(self._state)

    def apply(self, state: BenchState) -> None:
        self._state = from_json(state)
        self._begin()
        self._ask()

    def _show_state(self) -> None:
        """Everything, after a change that may concern anything."""
        state = self._state
        self.card.show_state(state)
        self.stage.show_state(state)
        self._show_moment()

    def _show_moment(self, *, in_turn: bool = False) -> None:
        self.box.set_under_way(self.is_playing or self._state.shown > 0)
        self.stage.show_moment(
            self._state, is_playing=self.is_playing, may_play=self.box.is_ready, in_turn=in_turn and self.is_playing
        )

    def _settle(self, text: str) -> None:
        """A person's gesture is over: one step to undo, unless nothing but the moment has changed."""
        self._trail.overlook(shown=self._state.shown)
        self._trail.note(text)

    # --- the models ---------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self._is_shown:
            self.questions.ask(self._state)

    @Slot()
    def _on_rules_answered(self) -> None:
        self.message.setText("")
        self.stage.set_paths(self.questions.paths, self._state)
        self._show_moment()
        self._ask()  # what has been changed meanwhile

    @Slot(str)
    def _on_rules_refused(self, reason: str) -> None:
        self.is_playing = False
        self.message.setText(reason)

    @Slot(str)
    def _on_cell_changed(self, state: str) -> None:
        """A fresh worker owes nothing: what went with the one before is asked again."""
        if state == "ready":
            self._ask()

    @property
    def is_busy(self) -> bool:
        return self.questions.is_busy or (self._is_shown and self._setter.is_busy)

    # --- the clock ----------------------------------------------------------------------------------------------------

    def tick(self, seconds: float) -> None:
        if self.is_playing and self._has_paths:
            self._go_to(self._state.shown + PACE * seconds, in_turn=True)

    @property
    def _is_at_end(self) -> bool:
        return self._state.shown >= DURATION

    def _go_to_share(self, share: float) -> None:
        self._go_to(share * DURATION)

    def _go_on(self) -> None:
        self._ask()  # also where the worker has died meanwhile
        if self.is_playing and self.context.workspace.settings.values.reduced_motion and self._has_paths:
            self._go_to(DURATION)

    def close_bench(self) -> None:
        self.is_playing = False
        self.questions.close()
        self._setter.close()

    @property
    def _has_paths(self) -> bool:
        return self.stage.has_paths(self._state)

    def _go_to(self, time: float, *, in_turn: bool = False) -> None:
        """Show this moment; the end of a run answers the prediction."""
        time = min(max(time, 0.0), DURATION)
        state = self._state = msgspec.structs.replace(self._state, shown=time)
        if time >= DURATION:
            self.is_playing = False
            if self.box.is_answered and state.answer is None and self._has_paths:
                path = self.stage.paths["hebb" if state.view == "pair" else "oja"]
                said = {"answer": words.answer_of(path), "asked_correlation": path.correlation}
                self._state = msgspec.structs.replace(state, **said)
                self._trail.overlook(**said)
                self._show_state()
        self._show_moment(in_turn=in_turn)

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot()
    def _on_control_changed(self) -> None:
        before, self._state = self._state, self.controls.read(self._state)
        state = self._state
        if state.answer is None and words.question(state) != words.question(before):
            self._state = msgspec.structs.replace(state, prediction=Prediction(state.prediction.first), shown=0.0)
            self.is_playing = False
            self._show_state()
        self.stage.show_firing_of(self._state)
        self._show_moment()
        self._ask()

    @Slot(str)
    def _on_control_settled(self, text: str) -> None:
        before = self._state
        self._on_control_changed()
        if self._state.view != before.view:
            self.is_playing = False
            self._state = msgspec.structs.replace(
                self._state, prediction=Prediction(self._state.prediction.first), answer=None, asked_correlation=None
            )
        self._show_state()
        self._ask()
        self._settle(text)

    @Slot(float, float)
    def _on_start_moved(self, first: float, second: float) -> None:
        self._state = msgspec.structs.replace(self._state, start_1=first, start_2=second)
        self._show_moment()
        self._ask()

    @Slot()
    def _on_start_settled(self) -> None:
        self._ask()
        self._settle("Move the weights at the start")

    @Slot()
    def _on_seed_asked(self) -> None:
        self._state = msgspec.structs.replace(self._state, seed=(self._state.seed + 1) % 2**31)
        self.stage.show_firing_of(self._state)
        self._show_moment()
        self._ask()
        self._settle("Draw other moments")

    @Slot()
    def _on_prediction_made(self) -> None:
        self.message.setText("")
        said = self.box.prediction
        state = msgspec.structs.replace(self._state, prediction=said)
        if not self.box.is_answered and said.first:
            self.is_playing = False
            state = msgspec.structs.replace(state, answer=None, asked_correlation=None, shown=0.0)
        self._state = state
        self._show_state()
        self._settle("Predict")

    @Slot()
    def _on_reset_asked(self) -> None:
        self.is_playing = False
        self._state = HebbState(
            view=self._state.view,
            rule="hebb" if self._state.view == "pair" else "oja",
            prediction=Prediction(self._state.prediction.first),
        )
        self.message.setText("")
        self._show_state()
        self._ask()
        self._settle("Reset the Hebb bench")
