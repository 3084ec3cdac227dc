"""The neuron panel: a living cell, its traces and its clock, and the benches. Puts them together; imports no other panel."""

from __future__ import annotations

import time
from typing import Any

import msgspec
from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.neuron_session import FRAME
from app.panel import Panel, State, StateError
from app.panels.neuron.bench import BenchContext
from app.panels.neuron.bench_stage import BenchStage
from app.panels.neuron.bench_strip import BenchStrip
from app.panels.neuron.cell_export import CellExport
from app.panels.neuron.cell_hand import CellHand
from app.panels.neuron.cell_page import CellPage
from app.panels.neuron.clock_bar import ClockBar
from app.panels.neuron.panel_change import PanelChange
from app.panels.neuron.panel_keys import KEY_ROWS, press_key
from app.panels.neuron.probes import ProbeList
from app.panels.neuron.spike_sound import SpikeSound
from app.panels.neuron.state import SCHEMA, NeuronState, TraceState, first_probes, from_json, read, to_json
from app.simulation.biology.stage import Spike
from app.widgets.message_bar import Message
from app.workspace import Workspace
from trainers.errors import BadInput
from trainers.events import Progress

FRAME_MS = 16
LONGEST_FRAME = 0.1  # s: after a stall the cell goes on where it was, it does not jump
HINT = "Press 1 to 9: so many inputs fire at once. Or click a synapse, or hold the electrode."


class NeuronPanel(Panel):
    """The timer runs only while the panel is awake and something moves."""

    schema = SCHEMA

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        theme = workspace.theme
        self.session = workspace.neuron
        self.probes = ProbeList(first_probes(), self)
        self.hand = CellHand(self.session, self.push, self)
        self.page = CellPage(theme, self.probes)
        self.view = self.page.view
        self.strip = BenchStrip(theme)
        self.whole = QStackedWidget()
        self.whole.addWidget(self.page)
        context = BenchContext(workspace, self.session, self.view, self.probes, _no_bench, self.hand)
        self.stage = BenchStage(context, self.page.card, self.whole)
        self.clock_bar = ClockBar(theme, self.session, step_ms=self.session.plan.dt_ms)
        self.sound = SpikeSound()
        self.export = CellExport(self)
        self._speed = self._clock_choice()
        self._traces = self.page.traces.trace_state
        self._is_stale = True
        self._is_turned_by_hand = False
        self._last_frame = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._on_frame_came)
        self._build()
        self._connect()
        self.show_bench("cell")
        self._on_settings_changed()
        self._show_hand()

    def _build(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget, stretch in ((self.strip, 0), (self.whole, 1), (self.clock_bar, 0)):
            column.addWidget(widget, stretch)
        self.view.set_probes(self.probes.probes)
        self.page.tools.show_state(self._traces, is_following=True)

    def _connect(self) -> None:
        session, view, hand, page = self.session, self.view, self.hand, self.page
        session.frame_changed.connect(self._on_stale)
        session.plan_changed.connect(self._on_stale)
        session.state_changed.connect(self._on_session_state_changed)
        session.progress_came.connect(self._on_progress_came)
        session.failed.connect(self._on_session_failed)
        session.spikes_came.connect(self._on_spikes_came)
        view.inputs_fired.connect(hand.fire)
        view.inputs_selected.connect(hand.mark)
        view.electrode_pressed.connect(hand.press)
        view.electrode_released.connect(hand.release)
        view.electrode_moved.connect(hand.move_electrode)
        view.probe_moved.connect(self._on_probe_moved)
        view.view_changed.connect(self._on_stale)
        hand.changed.connect(self._show_hand)
        self.probes.changed.connect(self._on_probes_changed)
        page.notice.button.clicked.connect(session.recover)
        page.traces.moment_picked.connect(self._on_moment_picked)
        page.traces.state_changed.connect(self._on_traces_zoomed)
        page.tools.chosen.connect(self._on_rows_chosen)
        page.tools.follow_pressed.connect(self._on_follow_pressed)
        page.tools.export_asked.connect(self.export.start)
        self.clock_bar.speed_changed.connect(self._on_speed_changed)
        self.strip.chosen.connect(self._on_bench_chosen)
        self.stage.state_changed.connect(self._on_stale)
        self.stage.pushed.connect(self._on_bench_pushed)
        self.workspace.settings.changed.connect(self._on_settings_changed)
        self.workspace.theme.changed.connect(self._on_stale)
        self.awake_changed.connect(self._on_awake_changed)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> State:
        session = self.session
        lines = session.script_lines()
        return to_json(
            NeuronState(
                bench=self.stage.name,
                benches=self.stage.states(),
                plan=session.plan,
                camera=self.view.camera_state(),
                probes=tuple(probe.compartment for probe in self.probes.probes),
                hand=self.hand.state,
                speed=session.clock.speed,
                has_slow_motion=session.clock.has_slow_motion,
                traces=self.page.traces.trace_state,
                start_plan=session.script.plan if lines and session.script.plan != session.plan else None,
                script=lines,
                shown_ms=session.shown_ms if lines else 0.0,
                is_playing=session.clock.is_playing and bool(lines),
            )
        )

    def apply(self, state: State) -> None:
        wanted = from_json(state)
        script = read(wanted)
        camera = self.view.camera_state()
        try:
            self.view.set_true_scale(wanted.hand.is_true_scale)
            if wanted.camera:
                self.view.set_camera_state(wanted.camera)
            self.stage.apply(wanted.benches)
        except BadInput as error:
            self.view.set_true_scale(self.hand.state.is_true_scale)
            self.view.set_camera_state(camera)
            if isinstance(error, StateError):
                raise
            raise StateError(error.sentence, "camera") from error
        if not wanted.camera:
            self.view.go_to("cell", animated=False)
        self.probes.set_compartments(wanted.probes or first_probes())
        self.hand.set_state(wanted.hand)
        self.hand.has_stimulated = bool(wanted.script)
        self._put_traces(wanted.traces)
        self.page.traces.follow()
        self.session.clock.set_speed(wanted.speed)
        self.session.clock.has_slow_motion = wanted.has_slow_motion
        self._speed = self._clock_choice()
        self.show_bench(wanted.bench)
        if self.session.state == "cold" and not wanted.script:
            self.session.change(wanted.plan)
        else:
            self.session.load(wanted.plan, script, wanted.shown_ms, plays=wanted.is_playing)
        self._on_stale()

    def push(self, thing: str, text: str, before: object, after: object) -> None:
        """Put on the undo stack what has just been done to `thing`; see `_take` for the things there are."""
        change = PanelChange(text, f"neuron.{thing}", before, after, self._take)
        self.workspace.document.undo_stack.push(change)
        self.state_changed.emit()

    def _take(self, thing: str, value: Any) -> None:
        """Undo or redo: `value` is to stand."""
        kind, _, name = thing.removeprefix("neuron.").partition(".")
        match kind:
            case "plan":
                self.session.change(value)
            case "hand":
                self.hand.set_state(value)
            case "bench":
                self.show_bench(name)
                self.stage.built(name).apply(value)
            case "probes":
                self.probes.set_compartments(value)
            case "traces":
                self._put_traces(value)
            case "speed":
                self.session.clock.set_speed(value[0])
                self.session.clock.has_slow_motion = value[1]
                self._speed = value
        self._on_stale()
        self.state_changed.emit()

    # --- what others ask of it ----------------------------------------------------------------------------------------

    def act(self) -> None:
        bench = self.stage.front
        if bench is None or not bench.act():
            self.session.toggle()
        self._wake()

    def advance(self, seconds: float) -> None:
        self._is_turned_by_hand = True
        left = seconds
        while left > 1e-9:
            turn = min(FRAME, left)
            self.view.turn(turn)
            if self.stage.front is not None:
                self.stage.front.tick(turn)
            left -= turn
        self.session.advance(seconds)
        self._on_stale()

    @property
    def is_busy(self) -> bool:
        bench = self.stage.front
        return self.session.is_busy or (bench is not None and bench.is_busy)

    def key_rows(self) -> list[tuple[str, str]]:
        return list(KEY_ROWS)

    def close_panel(self) -> None:
        self._timer.stop()
        self.export.cancel()
        self.stage.close()
        self.sound.close()

    @property
    def has_cell(self) -> bool:
        """Whether the cell, its traces and its clock are on show."""
        return self.whole.currentIndex() == 0

    def show_bench(self, name: str) -> None:
        """Bring a bench to the front; where it has the whole panel, the cell stands meanwhile."""
        bench = self.stage.show(name)
        self.strip.show_bench(name)
        self.clock_bar.setVisible(bench.keeps_cell)
        self.page.fit_card()
        if not bench.keeps_cell:
            self.hand.release()
            self.session.clock.is_playing = False
        self._wake()

    # --- frames -------------------------------------------------------------------------------------------------------

    @property
    def is_moving(self) -> bool:
        """Whether the next frame will differ from this one by itself."""
        bench = self.stage.front
        return (
            self.session.clock.is_playing or self.view.camera.is_travelling or (bench is not None and bench.is_moving)
        )

    def _wake(self) -> None:
        if self.is_awake and not self._timer.isActive():
            self._last_frame = time.monotonic()
            self._timer.start()

    @Slot()
    def _on_stale(self) -> None:
        self._is_stale = True
        self._wake()

    @Slot()
    def _on_frame_came(self) -> None:
        now = time.monotonic()
        seconds, self._last_frame = min(now - self._last_frame, LONGEST_FRAME), now
        if not self._is_turned_by_hand:
            self.session.tick(seconds)
            self.view.turn(seconds)
            if self.stage.front is not None:
                self.stage.front.tick(seconds)
        if self._is_stale:
            self._draw()
        elif not self.is_moving or self._is_turned_by_hand:
            self._timer.stop()

    def _draw(self) -> None:
        self._is_stale = False
        session = self.session
        if self.has_cell:
            recording = session.recording
            arrivals = recording.arrivals if recording is not None else ()
            self.view.show_frame(session.frame(), arrivals, session.shown_plan)
            self.page.traces.show_recording(recording, session.script, session.shown_ms)
            self.page.tools.show_state(self._traces, is_following=self.page.traces.is_following)
            self.clock_bar.refresh()
            self._show_notice()

    def _show_notice(self) -> None:
        session, notice = self.session, self.page.notice
        if session.state == "failed":
            notice.say("The cell has stopped; what it did can still be looked at.", has_button=True)
        elif session.state == "starting":
            if not notice.text.startswith("The cell"):
                notice.say("The cell is coming to life …")
        elif session.state == "ready":
            notice.say("" if self.hand.has_stimulated or session.script.entries else HINT)

    # --- what happens -------------------------------------------------------------------------------------------------

    @Slot(bool)
    def _on_awake_changed(self, is_awake: bool) -> None:
        if is_awake:
            if self.session.state == "cold":
                self.session.start()
            self._on_stale()
        else:
            self._timer.stop()
            self.hand.release()

    @Slot(str)
    def _on_session_state_changed(self, state: str) -> None:
        if state == "starting":
            self.page.notice.say("The cell is coming to life …")
        self._on_stale()

    @Slot(object)
    def _on_progress_came(self, progress: Progress) -> None:
        if self.session.state == "starting":
            share = f" ({progress.done:.0f} of {progress.total:.0f})" if progress.total else ""
            self.page.notice.say(f"The cell is coming to life: {progress.title}{share} …")

    @Slot(str)
    def _on_session_failed(self, reason: str) -> None:
        text = f"{reason} What the cell did is kept."
        self.workspace.message_posted.emit(Message(text, "error", "Start the cell again", self.session.recover))

    @Slot(list)
    def _on_spikes_came(self, spikes: list[Spike]) -> None:
        if self.is_awake and any(spike.place == "soma" for spike in spikes):
            self.sound.click()

    @Slot()
    def _on_settings_changed(self) -> None:
        self.view.set_reduced_motion(self.workspace.settings.values.reduced_motion)

    @Slot()
    def _show_hand(self) -> None:
        state, view = self.hand.state, self.view
        view.set_marked(state.marked)
        view.set_electrode(state.electrode)
        view.set_labels_shown(state.has_labels)
        view.set_true_scale(state.is_true_scale)
        self.sound.set_on(state.has_sound)
        self._on_stale()

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot(str)
    def _on_bench_chosen(self, name: str) -> None:
        self.show_bench(name)
        self.state_changed.emit()

    @Slot(str, str, object, object)
    def _on_bench_pushed(self, name: str, text: str, before: object, after: object) -> None:
        self.push(f"bench.{name}", text, before, after)

    @Slot(int, int)
    def _on_probe_moved(self, number: int, compartment: int) -> None:
        before = tuple(probe.compartment for probe in self.probes.probes)
        self.probes.move(number, compartment)
        after = tuple(probe.compartment for probe in self.probes.probes)
        if after != before:
            self.push("probes", "Move a probe", before, after)

    @Slot()
    def _on_probes_changed(self) -> None:
        self.view.set_probes(self.probes.probes)
        self._on_stale()

    @Slot(float)
    def _on_moment_picked(self, time_ms: float) -> None:
        self.session.clock.is_playing = False
        self.session.show_moment(min(time_ms, self.session.last_ms))

    @Slot()
    def _on_traces_zoomed(self) -> None:
        self._note_traces(self.page.traces.trace_state, "Zoom the traces")

    @Slot(object)
    def _on_rows_chosen(self, state: TraceState) -> None:
        self._note_traces(msgspec.structs.replace(state, span_ms=self._traces.span_ms), "Choose traces")

    def _note_traces(self, state: TraceState, text: str) -> None:
        before = self._traces
        if state != before:
            self._put_traces(state)
            self.push("traces", text, before, state)

    def _put_traces(self, state: TraceState) -> None:
        self._traces = state
        self.page.traces.set_trace_state(state)
        self._on_stale()

    @Slot()
    def _on_follow_pressed(self) -> None:
        self.page.traces.follow()
        self._on_stale()

    def _clock_choice(self) -> tuple[float, bool]:
        return self.session.clock.speed, self.session.clock.has_slow_motion

    @Slot()
    def _on_speed_changed(self) -> None:
        before, self._speed = self._speed, self._clock_choice()
        if before != self._speed:
            self.push("speed", "Change the speed", before, self._speed)
        self._on_stale()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not press_key(self, event):
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and self.isWindow():
            self.setFocus()  # or the first control would have it, and take the keys
        return super().event(event)


def _no_bench(_text: str, _before: dict[str, Any], _after: dict[str, Any]) -> None:
    """The stage gives every bench its own way to push."""
