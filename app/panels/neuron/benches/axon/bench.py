"""Axon: an impulse in a myelinated and in a bare axon of the same size, on one clock (V9, V21). Imports no simulation that computes."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.panels.neuron.bench import Bench, BenchContext, BenchState
from app.panels.neuron.benches.axon.card import AxonCard
from app.panels.neuron.benches.axon.pixels import VoltagePixels
from app.panels.neuron.benches.axon.playback import AxonPlayback
from app.panels.neuron.benches.axon.predicted import PredictedAxons
from app.panels.neuron.benches.axon.questions import PairQuestions
from app.panels.neuron.benches.axon.recording import PairRecording
from app.panels.neuron.benches.axon.row import AxonRow
from app.panels.neuron.benches.axon.state import (
    AxonState,
    axons_of,
    click_text,
    clicked,
    from_json,
    model_options,
    to_json,
    with_run,
)
from app.panels.neuron.clock_bar import ClockBar
from app.panels.neuron.prediction_means import Prediction
from app.panels.neuron.voltage_colors import VoltageColors

ROW_MS = 0.02


class AxonBench(Bench):
    """Two axons, their clock, and the card of what can be changed. The picture is the recording at the time shown."""

    def __init__(self, context: BenchContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        theme.changed.connect(self._on_theme_changed)  # before the parts, which draw with these colours
        self._colors = VoltageColors(theme)
        self._pixels = VoltagePixels(self._colors)
        self._state = self._noted = AxonState()
        self._is_shown = self._was_moving = False
        self._aim: float | None = None  # ms, of a state whose recording has not come yet
        self._questions = PairQuestions(context.session, self)
        self._predicted = PredictedAxons(context.session, self)
        self.playback = AxonPlayback(self)
        self.rows = {name: AxonRow(theme, name, self._pixels) for name in ("myelinated", "bare")}
        self.card = AxonCard(theme)
        self.box, self.controls = self.card.box, self.card.controls
        self.clock_bar = ClockBar(theme, self.playback, step_ms=ROW_MS, end_word="End")
        self.clock_bar.scrub.setToolTip("Drag to any moment; a tick: an impulse comes to the end of an axon")
        _lay_out(self)
        self._connect()
        self._show_state()

    # --- building -----------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.playback.moment_changed.connect(self._on_moment_changed)
        self.playback.refused.connect(self._on_play_refused)
        self.clock_bar.speed_changed.connect(self.state_changed)
        self.controls.changed.connect(self._on_control_changed)
        self.controls.settled.connect(self._settle)
        self.controls.heal_asked.connect(self._on_heal_asked)
        self.rows["myelinated"].strip.stripped.connect(self._on_internodes_stripped)
        self.box.changed.connect(self._on_prediction_made)
        self.card.reset_button.clicked.connect(self._on_reset_asked)
        self._questions.answered.connect(self._on_answered)
        self._questions.refused.connect(self.card.say)
        self._questions.waited.connect(self.card.waiting.show_waiting)
        self._predicted.came.connect(self._on_moment_changed)
        self._predicted.refused.connect(self.card.say)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> BenchState:
        return to_json(self._now())

    def _now(self) -> AxonState:
        clock = self.playback.clock
        return msgspec.structs.replace(
            self._state, shown_ms=self._aim_ms(), speed=clock.speed, has_slow_motion=clock.has_slow_motion
        )

    def _aim_ms(self) -> float:
        """The moment that is shown, or will be as soon as its recording is there."""
        return self.playback.shown_ms if self._aim is None else self._aim

    def apply(self, state: BenchState) -> None:
        wanted = from_json(state)
        if wanted.shown_ms != self._aim_ms():
            self.playback.clock.is_playing = False
            self._aim = wanted.shown_ms
        self._state = self._noted = wanted
        self._show_state()
        self._ask()
        if self._questions.has(wanted):
            self._reach_aim()

    def _reach_aim(self) -> None:
        if self._aim is not None:
            aim, self._aim = self._aim, None
            self.playback.jump(aim)

    def _show_state(self) -> None:
        state = self._state
        clock = self.playback.clock
        if clock.speed != state.speed:  # setting it would end a slow motion
            clock.set_speed(state.speed)
        clock.has_slow_motion = state.has_slow_motion
        self.box.set_prediction(state.prediction)
        self.controls.show_state(state)
        self._follow()

    def _follow(self) -> None:
        """All that follows from the state at once, without a new recording."""
        state = self._state
        is_ready = self.box.is_ready
        self.playback.may_play = is_ready
        self.clock_bar.set_usable(is_ready)
        self.controls.show_hints(state)
        for row in self.rows.values():
            row.show_side(state.view)
            if self._questions.recorded is None:
                row.set_state(state)
            else:
                row.runs.show_runs(state)
        self._on_moment_changed()

    @Slot(str)
    def _settle(self, text: str) -> None:
        """A person's gesture is over: one step to undo, unless nothing has changed but the clock."""
        now = self._now()
        before = msgspec.structs.replace(
            self._noted, shown_ms=now.shown_ms, speed=now.speed, has_slow_motion=now.has_slow_motion
        )
        self._noted = now
        if before != now:
            self.context.push_change(text, to_json(before), to_json(now))
            self.state_changed.emit()

    def _change(self, text: str, **fields: object) -> None:
        self._state = msgspec.structs.replace(self._state, **fields)
        self._follow()
        self._ask()
        self._settle(text)

    # --- the model ----------------------------------------------------------------------------------------------------

    def set_shown(self, is_shown: bool) -> None:
        self._is_shown = is_shown
        if is_shown:
            self._ask()
        else:
            self.playback.clock.is_playing = False

    @property
    def is_moving(self) -> bool:
        return self.playback.clock.is_playing

    @property
    def is_busy(self) -> bool:
        return self._questions.is_busy or self._predicted.is_busy

    def _ask(self) -> None:
        if self._is_shown:
            self._questions.want(self._state)

    @Slot(object, object)
    def _on_answered(self, recording: PairRecording, state: AxonState) -> None:
        self.card.say("")
        for row in self.rows.values():
            row.set_recording(recording, state)
        self.playback.set_recording(recording)
        if self._questions.has(self._state):
            self._reach_aim()
        self._keep_run(recording, state)

    def _keep_run(self, recording: PairRecording, state: AxonState) -> None:
        """A run of whole axons that a person has finished setting is a point of the curve."""
        if self._state.is_hidden or state.stripped or state.second_ms is not None:
            return
        if model_options(state) != model_options(self._noted):
            return  # a slider is still being dragged
        velocities = (recording.myelinated.velocity_m_per_s, recording.bare.velocity_m_per_s)
        self._state, self._noted = (with_run(kept, state, *velocities) for kept in (self._state, self._noted))
        for row in self.rows.values():
            row.runs.show_runs(self._state)

    def _keep_shown_run(self) -> None:
        """The run on show has become known."""
        if self.playback.recording is not None and self._questions.recorded is not None:
            self._keep_run(self.playback.recording, self._questions.recorded)

    # --- the clock ----------------------------------------------------------------------------------------------------

    def act(self) -> bool:
        self.playback.toggle()
        return True

    def tick(self, seconds: float) -> None:
        self.playback.tick(seconds)

    def close_bench(self) -> None:
        self.playback.clock.is_playing = False
        self._questions.close()
        self._predicted.close()

    @Slot()
    def _on_moment_changed(self) -> None:
        recording = self.playback.recording
        shown_ms = self.playback.shown_ms
        is_awaited = self._state.is_hidden and self.box.is_answered
        if recording is not None and is_awaited and shown_ms >= recording.all_measured_ms:
            self._state = msgspec.structs.replace(self._state, has_run=True)
            self._keep_shown_run()
        for row in self.rows.values():
            row.show_moment(shown_ms, is_hidden=self._state.is_hidden, is_owed=not self.box.is_ready)
        if self._state.has_run and self.box.is_answered:
            result = self._predicted.result(self._state, recording, self._questions.recorded)
            if result and f"{result}." not in self.box.verdict_text:  # or the card would be laid out in every frame
                self.box.show_result(result)
        self.clock_bar.refresh()
        if self._was_moving != self.is_moving:
            self._was_moving = self.is_moving
            self.state_changed.emit()  # wakes the panel's clock

    @Slot()
    def _on_play_refused(self) -> None:
        owed = self.playback.recording is not None
        self.card.say("Say first what you expect; then Play is free." if owed else "The axons are not there yet.")

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot()
    def _on_control_changed(self) -> None:
        self._state = self.controls.read(self._state)
        self._follow()
        self._ask()

    @Slot(int, int)
    def _on_internodes_stripped(self, first: int, last: int) -> None:
        stripped = clicked(self._state, first, last)
        self._change(click_text(self._state.stripped, stripped), stripped=stripped)

    @Slot()
    def _on_heal_asked(self) -> None:
        self._change("Give myelin back", stripped=())

    @Slot()
    def _on_prediction_made(self) -> None:
        self.card.say("")
        said = self.box.prediction
        if not self.box.is_answered and said.first:
            self.playback.restart()
            self._change("Predict again", prediction=said, has_run=False, predicted=None)
        else:
            self._change("Predict", prediction=said, predicted=axons_of(self._state))
            self._keep_shown_run()

    @Slot()
    def _on_reset_asked(self) -> None:
        self.playback.restart()
        self._state = AxonState(prediction=Prediction(self._state.prediction.first))
        self._show_state()
        self._ask()
        self._settle("Reset the axons")

    @Slot()
    def _on_theme_changed(self) -> None:
        self._colors.refresh()
        self._pixels.refresh()


def _lay_out(bench: AxonBench) -> None:
    """The two axons one above the other, the card beside them, the clock below."""
    gap = bench.context.theme.gap
    stage = QVBoxLayout()
    stage.setSpacing(gap(6))
    for row, share in zip(bench.rows.values(), (10, 9), strict=True):
        stage.addWidget(row, share)
    upper = QHBoxLayout()
    upper.setContentsMargins(gap(8), gap(8), gap(8), 0)
    upper.setSpacing(gap(16))
    upper.addLayout(stage, 1)
    upper.addWidget(bench.card)
    column = QVBoxLayout(bench)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(gap(4))
    column.addLayout(upper, 1)
    column.addWidget(bench.clock_bar)
