"""Axon: an impulse in a myelinated and in a bare axon of the same size, on one clock (V9, V21). Imports no simulation that computes."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.panels.neuron.bench import Bench, BenchContext, BenchState
from app.panels.neuron.bench_controls import ModelCalls, label
from app.panels.neuron.benches.axon_controls import AxonControls
from app.panels.neuron.benches.axon_pixels import VoltagePixels
from app.panels.neuron.benches.axon_playback import AxonPlayback
from app.panels.neuron.benches.axon_recording import PairRecording
from app.panels.neuron.benches.axon_row import AxonRow
from app.panels.neuron.benches.axon_state import (
    MOST_RUNS,
    AxonState,
    MeasuredRun,
    Stripped,
    from_json,
    model_options,
    to_json,
)
from app.panels.neuron.benches.axon_words import result_text
from app.panels.neuron.clock_bar import ClockBar
from app.panels.neuron.prediction import NumberQuestion, Prediction, PredictionBox
from app.panels.neuron.voltage_colors import VoltageColors
from app.simulation.biology.stage import Answer

ROW_MS = 0.02
_CARD = 320  # px of the design
_QUESTION = "How many times as fast is the impulse in the myelinated axon?"
_CAPTION = (
    "The sheath keeps charge from leaking away and leaves little to charge, so that a node excites the next one sooner. "
    "Only the front hops: some 15 nodes stay depolarised at once (FitzHugh 1962; Brill et al. 1977)."
)


class AxonBench(Bench):
    """Two axons, their clock, and the card of what can be changed. The picture is the recording at the time shown."""

    def __init__(self, context: BenchContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        theme.changed.connect(self._on_theme_changed)  # before the parts, which draw with these colours
        self._colors = VoltageColors(theme)
        self._pixels = VoltagePixels(self._colors)
        self._state = self._noted = AxonState()
        self._recorded: AxonState | None = None  # what the recording shown was asked with
        self._asked: AxonState | None = None
        self._is_shown = False
        self._calls = ModelCalls(context.session, self)
        self.playback = AxonPlayback(self)
        self.rows = {name: AxonRow(theme, name, self._pixels) for name in ("myelinated", "bare")}
        self.box = PredictionBox(
            theme, _QUESTION, NumberQuestion(0.01, 1000.0, 1.0, unit="×", is_whole=False), subject="The axons"
        )
        self.controls = AxonControls(theme)
        self.message = label("", "refusal")
        self.reset_button = QPushButton("Reset")
        self.reset_button.setAutoDefault(False)
        self.reset_button.setToolTip("Whole axons at rest, all as at the beginning; your runs are forgotten")
        self.clock_bar = ClockBar(theme, self.playback, step_ms=ROW_MS)
        self.clock_bar.scrub.setToolTip("Drag to any moment; a tick: an impulse comes to the end of an axon")
        self._build()
        self._connect()
        self._show_state()

    # --- building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        gap = self.context.theme.gap
        stage = QVBoxLayout()
        stage.setSpacing(gap(6))
        for row, share in zip(self.rows.values(), (10, 9), strict=True):
            stage.addWidget(row, share)
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(0, 0, gap(6), 0)
        inside.setSpacing(gap(6))
        rule = QFrame()
        rule.setObjectName("rule")
        for part in (self.box, rule, self.controls, label(_CAPTION, "caption")):
            inside.addWidget(part)
        inside.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        card = QVBoxLayout()
        card.setSpacing(gap(6))
        card.addWidget(area, 1)
        card.addWidget(self.message)
        card.addWidget(self.reset_button)
        self._card = QWidget()
        self._card.setLayout(card)
        card.setContentsMargins(0, 0, 0, 0)
        upper = QHBoxLayout()
        upper.setContentsMargins(gap(8), gap(8), gap(8), 0)
        upper.setSpacing(gap(16))
        upper.addLayout(stage, 1)
        upper.addWidget(self._card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(4))
        column.addLayout(upper, 1)
        column.addWidget(self.clock_bar)
        self._fit_card()

    def _connect(self) -> None:
        self.playback.moment_changed.connect(self._on_moment_changed)
        self.playback.refused.connect(self._on_play_refused)
        self.clock_bar.speed_changed.connect(self._on_speed_changed)
        self.controls.changed.connect(self._on_control_changed)
        self.controls.settled.connect(self._settle)
        self.controls.heal_asked.connect(self._on_heal_asked)
        self.rows["myelinated"].strip.stripped.connect(self._on_internodes_stripped)
        self.box.changed.connect(self._on_prediction_made)
        self.reset_button.clicked.connect(self._on_reset_asked)
        self._calls.refused.connect(self._on_model_refused)
        self._calls.waited.connect(self._on_waited)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> BenchState:
        return to_json(self._now())

    def _now(self) -> AxonState:
        clock = self.playback.clock
        return msgspec.structs.replace(
            self._state, shown_ms=self._aim_ms(), speed=clock.speed, has_slow_motion=clock.has_slow_motion
        )

    def _aim_ms(self) -> float:
        """The moment that is shown, or will be as soon as there is a recording."""
        return self._state.shown_ms if self.playback.recording is None else self.playback.shown_ms

    def apply(self, state: BenchState) -> None:
        wanted = from_json(state)
        moment_is_other = wanted.shown_ms != self._aim_ms()
        self._state = self._noted = wanted
        self._show_state()
        if moment_is_other:
            self.playback.clock.is_playing = False
            self.playback.jump(wanted.shown_ms)
        self._ask()

    def _show_state(self) -> None:
        state = self._state
        clock = self.playback.clock
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
        for part in (self.clock_bar.play_button, self.clock_bar.scrub, *self.clock_bar.step_buttons.values()):
            part.setEnabled(is_ready)
        self.controls.show_hints(state)
        for row in self.rows.values():
            row.show_side(state.view)
            if self._recorded is None:
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
    def is_busy(self) -> bool:
        return self._calls.is_busy

    def _ask(self) -> None:
        """Ask for a recording of what is set, one question at a time: a dragged slider would pile them up."""
        if self._calls.is_busy or not self._is_shown:
            return
        state = self._state
        if self._recorded is not None and model_options(state) == model_options(self._recorded):
            return
        self._asked = state
        self._calls.ask("pair", "axon-pair", model_options(state), self._take_answer)

    def _take_answer(self, answer: Answer) -> None:
        assert self._asked is not None
        self.message.setText("")
        is_first = self.playback.recording is None
        self._recorded = self._asked
        recording = PairRecording(answer.values, answer.traces)
        for row in self.rows.values():
            row.set_recording(recording, self._recorded)
        self.playback.set_recording(recording)
        if is_first:
            self.playback.jump(self._state.shown_ms)
        self._keep_run(recording)
        self._ask()  # what has been changed meanwhile

    def _keep_run(self, recording: PairRecording) -> None:
        """A run of whole axons that a person has finished setting is a point of the curve."""
        state = self._recorded
        if state is None or state.stripped is not None or state.second_ms is not None or self._is_hidden:
            return
        if model_options(state) != model_options(self._noted):
            return  # a slider is still being dragged
        run = MeasuredRun(
            diameter_um=state.diameter_um,
            internode_um=state.internode_um,
            wraps=state.wraps,
            temperature_C=state.temperature_C,
            myelinated=recording.myelinated.velocity_m_per_s,
            bare=recording.bare.velocity_m_per_s,
        )
        if run not in self._state.runs:
            runs = (*self._state.runs, run)[-MOST_RUNS:]
            self._state = msgspec.structs.replace(self._state, runs=runs)
            self._noted = msgspec.structs.replace(self._noted, runs=runs)
            for row in self.rows.values():
                row.runs.show_runs(self._state)

    @Slot(str, str)
    def _on_model_refused(self, _name: str, reason: str) -> None:
        self.message.setText(reason)

    @Slot(bool)
    def _on_waited(self, is_long: bool) -> None:
        if is_long:
            self.message.setText("Computing both axons …")
        elif self.message.text().startswith("Computing"):
            self.message.setText("")

    # --- the clock ----------------------------------------------------------------------------------------------------

    def act(self) -> bool:
        self.playback.toggle()
        return True

    def tick(self, seconds: float) -> None:
        self.playback.tick(seconds)

    def close_bench(self) -> None:
        self.playback.clock.is_playing = False
        self._calls.close()

    @property
    def _is_hidden(self) -> bool:
        """Whether what is measured waits until it has happened before one's eyes."""
        return self._state.prediction.first and not self._state.has_run

    @Slot()
    def _on_moment_changed(self) -> None:
        recording = self.playback.recording
        shown_ms = self.playback.shown_ms
        if recording is not None and self._is_hidden and self.box.is_answered and shown_ms >= recording.all_measured_ms:
            self._state = msgspec.structs.replace(self._state, has_run=True)
            self._keep_run(recording)
        for row in self.rows.values():
            row.show_moment(shown_ms, is_hidden=self._is_hidden, is_owed=not self.box.is_ready)
        if recording is not None and self._state.has_run and self.box.is_answered:
            self.box.show_result(result_text(recording))
        self.clock_bar.refresh()

    @Slot()
    def _on_play_refused(self) -> None:
        owed = self.playback.recording is not None
        self.message.setText(
            "Say first what you expect; then Play is free." if owed else "The axons are not there yet."
        )

    @Slot()
    def _on_speed_changed(self) -> None:
        self.state_changed.emit()

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot()
    def _on_control_changed(self) -> None:
        self._state = self.controls.read(self._state)
        self._follow()
        self._ask()

    @Slot(int, int)
    def _on_internodes_stripped(self, first: int, last: int) -> None:
        wanted = Stripped(first, last - first + 1, self._state.brush)
        old = self._state.stripped
        is_same = old is not None and old.damage == wanted.damage and old.covers(first) and old.covers(last)
        self._change("Give myelin back" if is_same else "Take myelin", stripped=None if is_same else wanted)

    @Slot()
    def _on_heal_asked(self) -> None:
        self._change("Give myelin back", stripped=None)

    @Slot()
    def _on_prediction_made(self) -> None:
        self.message.setText("")
        said = self.box.prediction
        if not self.box.is_answered and said.first:
            self.playback.restart()
            self._change("Predict again", prediction=said, has_run=False)
        else:
            self._change("Predict", prediction=said)

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
        if hasattr(self, "_card"):
            self._fit_card()

    def _fit_card(self) -> None:
        theme = self.context.theme
        self._card.setFixedWidth(theme.gap(_CARD) + round((theme.px(_CARD) - theme.gap(_CARD)) * 0.35))
