"""Competition: a thousand plastic synapses compete for the timing of one cell, live (Song, Miller & Abbott 2000). Computes nothing itself."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.panels.neuron.bench import BenchContext, BenchState
from app.panels.neuron.benches.competition.card import CompetitionCard
from app.panels.neuron.benches.competition.film import Film
from app.panels.neuron.benches.competition.plots import HIGHEST
from app.panels.neuron.benches.competition.stage import CompetitionStage
from app.panels.neuron.benches.competition.state import PACES, CompetitionState, from_json, to_json
from app.panels.neuron.benches.competition.words import verdict
from app.panels.neuron.played_bench import PlayedBench
from app.panels.neuron.prediction_means import Prediction
from app.panels.neuron.prediction_sketch import SketchLayer


class CompetitionBench(PlayedBench):
    """The worker computes the run as fast as it can; here its film is shown at a pace that eyes can follow, and can be scrubbed.

    A run is a function of its settings, seed included. So a run that was left half way is computed again from its settings.
    """

    say_first = "Draw first what you expect; then Start is free."

    def __init__(self, context: BenchContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self._state = CompetitionState()
        self.film = Film(context.session, self)
        self.stage = CompetitionStage(theme)
        self.layer = SketchLayer(self.stage.histogram, (0.0, 1.0), (0.0, float(HIGHEST)))
        self.card = CompetitionCard(theme, self.layer)
        self._put_together(
            self.stage, self.card, play_row=self.stage.play_row, box=self.card.box, message=self.card.message
        )
        self._connect()
        self._begin()

    def _connect(self) -> None:
        stage, card, film = self.stage, self.card, self.film
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
        self._state = from_json(state)
        if self.film.options != self._state.options():
            self.film.forget()
        self._begin()
        self._go_on()

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

    def _move_on(self, shown_s: float) -> None:
        """The run's own progress, which is no person's change: nothing to undo."""
        self._put_progress(shown_s, max(self._state.reached_s, shown_s))

    def _put_progress(self, shown_s: float, reached_s: float) -> None:
        self._state = msgspec.structs.replace(self._state, shown_s=shown_s, reached_s=reached_s)
        self._trail.overlook(shown_s=shown_s, reached_s=reached_s)

    # --- the run ------------------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        """What has been reached shall be there, and the rest while it plays."""
        if self._is_shown and (self.is_playing or self._state.reached_s > self.film.last_s):
            self.film.begin(self._state.options())

    @property
    def is_busy(self) -> bool:
        return self.film.is_running

    @property
    def _is_at_end(self) -> bool:
        return self._state.shown_s >= self._state.seconds

    def _go_to_share(self, share: float) -> None:
        self._move_on(min(share * self._state.seconds, self._state.reached_s))
        self._show_moment()

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
        self._state = self._state.with_run(float(late.mean()), last.mean)
        self._trail.overlook(runs=self.state()["runs"])
        self._move_on(float(self._state.seconds))
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
        if not is_shown:
            self.film.stop()
        super().set_shown(is_shown)

    def close_bench(self) -> None:
        self.is_playing = False
        self.film.stop()

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot()
    def _on_cancel_pressed(self) -> None:
        self._give_up()
        self._show_state()
        self.state_changed.emit()

    def _give_up(self) -> None:
        self.is_playing = False
        self.film.forget()
        self.card.message.setText("")
        self._put_progress(0.0, 0.0)

    @Slot(str)
    def _on_control_settled(self, text: str) -> None:
        self._state = self.card.read(self._state)
        if self.film.options and self.film.options != self._state.options():
            self.is_playing = False
            self.film.forget()
        self._show_state()
        self._trail.note(text)

    @Slot(bool)
    def _on_sorted_asked(self, is_sorted: bool) -> None:
        self._state = msgspec.structs.replace(self._state, is_sorted=is_sorted)
        self._show_moment()
        self._trail.note("Sort the synapses" if is_sorted else "Leave the synapses in their order")

    @Slot()
    def _on_prediction_made(self) -> None:
        self.card.message.setText("")
        said = self.box.prediction
        if not self.box.is_answered and said.first and self._state.prediction.curve is not None:
            self._give_up()  # predicting again, nothing of the run may be seen
        self._state = msgspec.structs.replace(self._state, prediction=said)
        self._show_state()
        self._trail.note("Predict")

    @Slot()
    def _on_reset_asked(self) -> None:
        self._give_up()
        self._state = CompetitionState(prediction=Prediction(self._state.prediction.first))
        self._show_state()
        self._trail.note("Reset the competition bench")
