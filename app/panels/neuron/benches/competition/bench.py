"""Competition: a thousand plastic synapses compete for the timing of one cell, live (Song, Miller & Abbott 2000). Computes nothing itself."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.panels.neuron.bench import Bench, BenchContext, BenchState
from app.panels.neuron.benches.competition.card import CompetitionCard
from app.panels.neuron.benches.competition.film import Film
from app.panels.neuron.benches.competition.plots import HIGHEST
from app.panels.neuron.benches.competition.stage import CompetitionStage
from app.panels.neuron.benches.competition.state import PACES, CompetitionState, from_json, to_json
from app.panels.neuron.benches.competition.words import verdict
from app.panels.neuron.prediction import Prediction
from app.panels.neuron.prediction_sketch import SketchLayer

_SAY_FIRST = "Draw first what you expect; then Start is free."


class CompetitionBench(Bench):
    """The worker computes the run as fast as it can; here its film is shown at a pace that eyes can follow, and can be scrubbed.

    A run is a function of its settings, seed included. So a run that was left half way is computed again from its settings.
    """

    def __init__(self, context: BenchContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self._state = self._noted = CompetitionState()
        self._is_shown = False
        self.is_playing = False
        self.film = Film(context.session, self)
        self.stage = CompetitionStage(theme)
        self.layer = SketchLayer(self.stage.histogram, (0.0, 1.0), (0.0, float(HIGHEST)))
        self.card = CompetitionCard(theme, self.layer)
        self.box = self.card.box
        gap = theme.gap
        row = QHBoxLayout(self)
        row.setContentsMargins(gap(8), gap(8), gap(8), gap(8))
        row.setSpacing(gap(16))
        row.addWidget(self.stage, 1)
        row.addWidget(self.card)
        self._connect()
        self._show_state()

    def _connect(self) -> None:
        stage, card, film = self.stage, self.card, self.film
        stage.play_row.play_pressed.connect(self._on_play_pressed)
        stage.play_row.restart_pressed.connect(self._on_restart_pressed)
        stage.play_row.moved.connect(self._on_moment_dragged)
        stage.play_row.dropped.connect(self.state_changed)
        stage.sorted_asked.connect(self._on_sorted_asked)
        card.start_button.clicked.connect(self._on_play_pressed)
        card.cancel_button.clicked.connect(self._on_cancel_pressed)
        card.reset_button.clicked.connect(self._on_reset_asked)
        card.settled.connect(self._on_control_settled)
        card.box.changed.connect(self._on_prediction_made)
        film.grew.connect(self._on_film_grew)
        film.ended.connect(self._on_film_ended)
        film.refused.connect(self._on_refused)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> BenchState:
        return to_json(self._state)

    def apply(self, state: BenchState) -> None:
        self._state = self._noted = from_json(state)
        self.is_playing = False
        if self.film.options != self._state.options():
            self.film.forget()
        self._show_state()
        self._go_on_computing()

    def _show_state(self) -> None:
        self.card.show_state(self._state, self._result())
        self._show_moment()

    def _result(self) -> str:
        """What the run said; "" before it has been seen to its end."""
        has_end = self._state.is_over and self.film.is_whole
        return verdict(self.film.moments[-1]) if has_end else ""

    def _show_moment(self) -> None:
        state = self._state
        self.stage.show_moment(state, self.film, is_playing=self.is_playing, may_play=self.box.is_ready)
        self.card.show_progress(state, self.film, is_playing=self.is_playing)
        self.box.set_under_way(self.is_playing or state.reached_s > 0)
        asked = "Draw what you expect: how many synapses will be weak, how many strong?"
        sentence = "" if state.prediction.curve else asked if self.box.predict_first else "Press Start"
        self.stage.histogram.say("" if state.shown_s > 0 else sentence)

    def _settle(self, text: str) -> None:
        """A person's gesture is over: one step to undo, unless nothing has changed."""
        before, now = self._noted, self._state
        self._noted = now
        if before != now:
            self.context.push_change(text, to_json(before), to_json(now))
            self.state_changed.emit()

    def _move_on(self, shown_s: float, **fields: object) -> None:
        """The run's own progress, which is no person's change: nothing to undo."""
        reached_s = max(self._state.reached_s, shown_s)
        self._state = msgspec.structs.replace(self._state, shown_s=shown_s, reached_s=reached_s, **fields)
        self._noted = msgspec.structs.replace(self._noted, shown_s=shown_s, reached_s=reached_s, runs=self._state.runs)

    # --- the run ------------------------------------------------------------------------------------------------------

    def _go_on_computing(self) -> None:
        """See to it that what has been reached is there, and the rest while it plays."""
        if self._is_shown and (self.is_playing or self._state.reached_s > self.film.last_s):
            self.film.begin(self._state.options())

    @property
    def is_busy(self) -> bool:
        return self.film.is_running

    @property
    def is_moving(self) -> bool:
        return self.is_playing

    def act(self) -> bool:
        self._on_play_pressed()
        return True

    def tick(self, seconds: float) -> None:
        """Show on by `seconds` of the pace, as far as the film goes."""
        if not self.is_playing or not self.film.moments:
            return
        state = self._state
        is_still = self.context.workspace.settings.values.reduced_motion
        if is_still and not self.film.is_whole and self.film.is_running:
            self.card.show_progress(state, self.film, is_playing=True)
            return
        pace = PACES["full"] if is_still else PACES[state.pace]
        shown_s = min(state.shown_s + pace * seconds, self.film.last_s)
        if shown_s != state.shown_s:
            self._move_on(shown_s)
        if self.film.is_whole and shown_s >= self.film.last_s:
            self._end()
        else:
            self._show_moment()

    def _end(self) -> None:
        """The run has been seen to its end: it is a point of one's own, and answers the prediction."""
        self.is_playing = False
        last, history = self.film.moments[-1], self.film.history(self.film.last_s)
        late = history["rate_Hz"][
            -len(history["rate_Hz"]) // 10 :
        ]  # of its last tenth: a slice alone counts few spikes
        runs = self._state.with_run(float(late.mean()), last.mean).runs
        self._move_on(float(self._state.seconds), runs=runs)
        self._show_state()
        self.state_changed.emit()

    @Slot()
    def _on_film_grew(self) -> None:
        if not self.is_playing and self._state.shown_s > 0:
            self._show_moment()  # what was shown before comes back

    @Slot()
    def _on_film_ended(self) -> None:
        self._show_state()

    @Slot(str)
    def _on_refused(self, reason: str) -> None:
        self.is_playing = False
        self.card.message.setText(f"{reason} Continue takes the run up again.")
        self._show_moment()

    def set_shown(self, is_shown: bool) -> None:
        self._is_shown = is_shown
        if is_shown:
            self._go_on_computing()
        else:
            self.is_playing = False
            self.film.stop()
        self._show_moment()

    def close_bench(self) -> None:
        self.is_playing = False
        self.film.stop()

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot()
    def _on_play_pressed(self) -> None:
        if not self.box.is_ready:
            self.card.message.setText(_SAY_FIRST)
            return
        self.card.message.setText("")
        self.is_playing = not self.is_playing
        if self.is_playing and self._state.shown_s >= self._state.seconds:
            self._move_on(0.0)
        self._go_on_computing()
        self._show_moment()
        self.state_changed.emit()  # the panel's clock wakes

    @Slot()
    def _on_restart_pressed(self) -> None:
        self.is_playing = False
        self._move_on(0.0)
        self._show_moment()
        self.state_changed.emit()

    @Slot(float)
    def _on_moment_dragged(self, share: float) -> None:
        self.is_playing = False
        self._move_on(min(share * self._state.seconds, self._state.reached_s))
        self._show_moment()

    @Slot()
    def _on_cancel_pressed(self) -> None:
        self._give_up()
        self._show_state()
        self.state_changed.emit()

    def _give_up(self) -> None:
        self.is_playing = False
        self.film.forget()
        self.card.message.setText("")
        self._state = msgspec.structs.replace(self._state, shown_s=0.0, reached_s=0.0)
        self._noted = msgspec.structs.replace(self._noted, shown_s=0.0, reached_s=0.0)

    @Slot(str)
    def _on_control_settled(self, text: str) -> None:
        self._state = self.card.read(self._state)
        if self.film.options and self.film.options != self._state.options():
            self.is_playing = False
            self.film.forget()
        self._show_state()
        self._settle(text)

    @Slot(bool)
    def _on_sorted_asked(self, is_sorted: bool) -> None:
        self._state = msgspec.structs.replace(self._state, is_sorted=is_sorted)
        self._show_moment()
        self._settle("Sort the synapses" if is_sorted else "Leave the synapses in their order")

    @Slot()
    def _on_prediction_made(self) -> None:
        self.card.message.setText("")
        said = self.box.prediction
        if not self.box.is_answered and said.first and self._state.prediction.curve is not None:
            self._give_up()  # predicting again, nothing of the run may be seen
        self._state = msgspec.structs.replace(self._state, prediction=said)
        self._show_state()
        self._settle("Predict")

    @Slot()
    def _on_reset_asked(self) -> None:
        self._give_up()
        self._state = CompetitionState(prediction=Prediction(self._state.prediction.first))
        self._show_state()
        self._settle("Reset the competition bench")
