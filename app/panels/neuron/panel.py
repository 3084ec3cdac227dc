"""The neuron panel: a living cell, its traces and its clock, and the benches. Puts them together; imports no other panel."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.neuron_session import FRAME
from app.panel import Panel, State
from app.panels.neuron.bench import BENCHES, BenchContext
from app.panels.neuron.bench_stage import BenchStage
from app.panels.neuron.cell_export import CellExport
from app.panels.neuron.cell_hand import CellHand
from app.panels.neuron.cell_page import CellPage
from app.panels.neuron.clock_bar import ClockBar
from app.panels.neuron.panel_edits import PanelEdits
from app.panels.neuron.panel_keys import KEY_ROWS, press_key
from app.panels.neuron.panel_news import PanelNews
from app.panels.neuron.panel_state import put_into, state_of
from app.panels.neuron.probes import ProbeList
from app.panels.neuron.spike_sound import SpikeSound
from app.panels.neuron.state import SCHEMA, first_probes, from_json, to_json
from app.panels.neuron.trace_desk import TraceDesk
from app.widgets.page_stack import PageStack
from app.widgets.tab_strip import TabStrip
from app.workspace import Workspace

FRAME_MS = 16
LONGEST_FRAME = 0.1  # s: after a stall the cell goes on where it was, it does not jump
# px: a bench that asks for more, if only until it is laid out, would push its clock below the window's edge
_LOWEST = 420


class NeuronPanel(Panel):
    """The timer runs only while the panel is awake and something moves."""

    schema = SCHEMA

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        theme = workspace.theme
        self.session = workspace.neuron
        self.probes = ProbeList(first_probes(), self)
        self.edits = PanelEdits(self)
        self.news = PanelNews(self)
        self.hand = CellHand(self.session, self.edits.push, self)
        self.page = CellPage(theme, self.probes)
        self.view = self.page.view
        self.strip = TabStrip(theme, "Benches", [(spec.name, spec.title, spec.description) for spec in BENCHES])
        self.whole = PageStack()
        self.whole.addWidget(self.page)
        context = BenchContext(workspace, self.session, self.view, self.probes, _no_bench, self.hand)
        self.stage = BenchStage(context, self.page.card, self.whole)
        self.clock_bar = ClockBar(theme, self.session, step_ms=self.session.plan.dt_ms)
        self.sound = SpikeSound()
        self.export = CellExport(self)
        self.desk = TraceDesk(self)
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
        self.setMinimumHeight(_LOWEST)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget, stretch in ((self.strip, 0), (self.whole, 1), (self.clock_bar, 0)):
            column.addWidget(widget, stretch)
        self.view.set_probes(self.probes.probes)
        self.page.tools.show_state(self.page.traces.trace_state, is_following=True)

    def _connect(self) -> None:
        session, view, hand, page = self.session, self.view, self.hand, self.page
        session.frame_changed.connect(self.redraw)
        session.plan_changed.connect(self._on_plan_changed)
        session.state_changed.connect(self.news.take_state)
        session.progress_came.connect(self.news.take_progress)
        session.failed.connect(self.news.take_failure)
        session.spikes_came.connect(self.news.take_spikes)
        view.inputs_fired.connect(hand.fire)
        view.inputs_selected.connect(hand.mark)
        view.electrode_pressed.connect(hand.press)
        view.electrode_released.connect(hand.release)
        view.electrode_moved.connect(hand.move_electrode)
        view.probe_moved.connect(self.edits.move_probe)
        view.view_changed.connect(self.redraw)
        hand.changed.connect(self._show_hand)
        self.probes.changed.connect(self._on_probes_changed)
        page.notice.button.clicked.connect(session.recover)
        self.clock_bar.speed_changed.connect(self.edits.note_speed)
        self.strip.chosen.connect(self._on_bench_chosen)
        self.stage.state_changed.connect(self.redraw)
        self.stage.pushed.connect(self.edits.push_bench)
        self.workspace.settings.changed.connect(self._on_settings_changed)
        self.workspace.theme.changed.connect(self.redraw)
        self.awake_changed.connect(self._on_awake_changed)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> State:
        return to_json(state_of(self))

    def apply(self, state: State) -> None:
        put_into(self, from_json(state))

    def reset(self) -> None:
        """As it was opened, but the bench that is shown stays: it is the one that shall begin anew. Can be undone."""
        if self.opened_state is not None:
            before = self.state()
            self.apply({**self.opened_state, "bench": self.stage.name})
            if self.stage.front is not None:
                self.stage.front.begin_anew()
            self.edits.push("panel", "Reset the neuron panel", before, self.state())

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
        self.view.settle()
        self.session.advance(seconds)
        self.redraw()

    @property
    def is_busy(self) -> bool:
        bench = self.stage.front
        return self.session.is_busy or self.desk.is_busy or (bench is not None and bench.is_busy)

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
        self.strip.show_page(name)
        self.clock_bar.setVisible(bench.keeps_cell or bench.keeps_clock)
        self.page.fit_card()
        if not bench.keeps_cell:
            self.hand.release()
            self.session.clock.is_playing = False
        self.redraw()  # what came while the cell was out of sight

    @property
    def is_waiting_to_draw(self) -> bool:
        """Whether the next frame will show something that has come since the last."""
        return self._is_stale

    # --- frames -------------------------------------------------------------------------------------------------------

    @property
    def is_moving(self) -> bool:
        """Whether the next frame will differ from this one by itself."""
        bench = self.stage.front
        is_drawn_on = self.view.camera.is_travelling or self.view.is_gliding
        return self.session.clock.is_playing or is_drawn_on or (bench is not None and bench.is_moving)

    def _wake(self) -> None:
        if self.is_awake and not self._timer.isActive():
            self._last_frame = time.monotonic()
            self._timer.start()

    @Slot()
    def redraw(self) -> None:
        """Draw all anew in the next frame."""
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
            come, gone = ((), ()) if recording is None else (recording.arrivals, recording.handed_on)
            self.view.show_frame(session.frame(), come, session.shown_plan, gone)
            self.desk.show()
            self.news.show_notice()
        if not self.clock_bar.isHidden():
            self.clock_bar.refresh()

    # --- what happens -------------------------------------------------------------------------------------------------

    @Slot(bool)
    def _on_awake_changed(self, is_awake: bool) -> None:
        if is_awake:
            if self.session.state == "cold":
                self.session.start()
            self.redraw()
        else:
            self._timer.stop()
            self.hand.release()

    @Slot()
    def _on_plan_changed(self) -> None:
        if self.session.state == "ready":  # what a file brings is there at once
            self.view.glide_weights()
        self.redraw()

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
        self.redraw()

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot(str)
    def _on_bench_chosen(self, name: str) -> None:
        self.show_bench(name)
        self.state_changed.emit()

    @Slot()
    def _on_probes_changed(self) -> None:
        self.view.set_probes(self.probes.probes)
        self.redraw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not press_key(self, event):
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.isWindow():
            self.setFocus()  # or the first control would have it, and take the keys


def _no_bench(_text: str, _before: dict[str, Any], _after: dict[str, Any]) -> None:
    """The stage gives every bench its own way to push."""
