"""The training monitor: data, network and output on top, curves and settings below. Puts its parts together; imports no other panel."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import data_fitting as fitting
from app.panel import Panel, State
from app.panels.monitor.choosing import Chooser
from app.panels.monitor.curve_board import MOST_MARKS
from app.panels.monitor.curves import CurvesView
from app.panels.monitor.data_view import DataView
from app.panels.monitor.output_view import OutputView
from app.panels.monitor.pad_talk import PadTalk
from app.panels.monitor.panel_commands import monitor_keys
from app.panels.monitor.run_hand import RunHand
from app.panels.monitor.settings_form import SettingsForm
from app.panels.monitor.settings_hand import SettingsHand
from app.panels.monitor.splitters import Splitters
from app.panels.monitor.state import SCHEMA, MonitorState, from_json, to_json
from app.widgets.network_view import NetworkView
from trainers.events import (
    AnyEvent,
    EpochReport,
    Prediction,
    Progress,
    RunFailed,
    RunFinished,
    RunStarted,
    Snapshot,
    StepReport,
    ValueSet,
)
from trainers.network_graph import NetworkGraph

if TYPE_CHECKING:
    from app.workspace import Workspace


class MonitorPanel(Panel):
    """Choose data, network and settings, and watch the training."""

    schema = SCHEMA

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        theme = workspace.theme
        self._drawn_graph: NetworkGraph | None = None
        self._clock_offset = 0.0
        self.data = DataView(theme)
        self.network = NetworkView(theme)
        self.output = OutputView(theme)
        self.curves = CurvesView(theme, workspace.training.history, workspace.turns)
        self.runs = RunHand(workspace, self.curves, self)
        self.form = SettingsForm(theme)
        self.chooser = Chooser(workspace, self)
        self._settings_hand = SettingsHand(workspace, self.form, self.data, self)
        self._snapshots: list[Snapshot] = []
        self._pad_talk = PadTalk(workspace.training, self.output.pad, self._now, self)
        self._build()
        self._connect()
        self._on_theme_changed()
        self._on_choice_changed()
        self._on_state_changed(workspace.training.state)

    def _build(self) -> None:
        self.setAutoFillBackground(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        form = QWidget()
        self._form_margin = QVBoxLayout(form)
        self._form_margin.addWidget(self.form)
        curves = QWidget()
        self._curves_margin = QVBoxLayout(curves)
        self._curves_margin.addWidget(self.curves)
        self.splitters = Splitters(self.workspace.theme, (self.data, self.network, self.output), (curves, form))
        self.splitters.moved.connect(self.state_changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.splitters)

    def _connect(self) -> None:
        training = self.workspace.training
        training.choice_changed.connect(self._on_choice_changed)
        training.events_arrived.connect(self._on_events_arrived)
        training.state_changed.connect(self._on_state_changed)
        self.data.network_picked.connect(self.chooser.choose_network)
        self.data.data_picked.connect(self.chooser.choose_data)
        self.data.data_changed.connect(training.set_data)
        self.data.fetch_wanted.connect(self.chooser.fetch_and_train)
        self.data.network_wanted.connect(self.chooser.make_network)
        self.data.cancel_wanted.connect(training.stop)
        self.data.page_changed.connect(self.state_changed)
        self.output.asked.connect(self._pad_talk.ask)
        self.output.view_changed.connect(self.state_changed)
        self.curves.shown_changed.connect(self.state_changed)
        self.runs.comparison.chosen_changed.connect(self.state_changed)
        self.form.folded.connect(self._on_form_folded)
        self.awake_changed.connect(self._on_awake_changed)
        self.workspace.theme.changed.connect(self._on_theme_changed)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> State:
        training = self.workspace.training
        return to_json(
            MonitorState(
                network=self.chooser.network_reference(),
                data=training.data,
                settings=training.settings,
                curves=self.runs.in_state(self.curves.state()),
                output=self.output.state(),
                data_page=self.data.page,  # type: ignore[arg-type]
                advanced=self.form.is_advanced,
                splitters=self.splitters.moved_sizes(),  # type: ignore[arg-type]
            )
        )

    def apply(self, state: State) -> None:
        wanted = from_json(state)
        self.chooser.take_over(wanted)
        self.data.set_page(wanted.data_page)
        self.form.set_advanced(wanted.advanced)
        self.curves.apply_state(wanted.curves)
        self.runs.comparison.apply(wanted.curves.compared)
        self.output.apply_state(wanted.output)
        self.splitters.apply_sizes({str(name): sizes for name, sizes in wanted.splitters.items()})

    def key_rows(self) -> list[tuple[str, str]]:
        return monitor_keys()

    def act(self) -> None:
        self.workspace.training.toggle()

    def advance(self, seconds: float) -> None:
        self._clock_offset += seconds
        self.curves.redraw()

    def hide_timing(self) -> None:
        self.curves.hide_rows({"speed", "hardware"})

    def close_panel(self) -> None:
        self.workspace.turns.forget(self)
        self.data.close_view()
        self.runs.close()
        self.curves.close_view()

    # --- what arrives -------------------------------------------------------------------------------------------------

    @Slot()
    def _on_choice_changed(self) -> None:
        training, document = self.workspace.training, self.workspace.document
        if document.graph is not self._drawn_graph:
            self._drawn_graph = document.graph
            self.network.show_graph(document.graph, document.analysis)
        self.data.show_choice(training.data, document.graph, document.analysis)
        spec = self.data.spec
        self.output.show_data(spec)
        self._settings_hand.show()
        may_ask = spec is not None and not fitting.why_not(spec, document.analysis)
        self.output.pad.set_may_ask(may_ask)
        self.state_changed.emit()

    @Slot(list)
    def _on_events_arrived(self, events: list[AnyEvent]) -> None:
        if any(isinstance(event, RunStarted) and event.step == 0 for event in events):
            self._snapshots.clear()
            self.output.clear()
            self.form.forget_effects()
        self._show_progress(events)
        for event in events:
            if isinstance(event, ValueSet):
                self.form.show_effect(event)
        if not self.is_awake:
            return
        for event in events:
            if isinstance(event, Snapshot):
                self._snapshots.append(event)
                self.workspace.turns.ask(self, "output", self._show_snapshots)
            elif isinstance(event, Prediction):
                self.output.show_prediction(event)
        self._refresh_curves(is_news=True)
        if any(isinstance(event, StepReport | Snapshot) for event in events):
            self._pad_talk.ask_again()

    def _show_snapshots(self) -> None:
        """Those that wait for their turn, all of them: some bring what is sent but once."""
        waiting, self._snapshots = self._snapshots, []
        settles = self.workspace.training.state != "running"
        for snapshot in waiting:
            self.output.show_snapshot(snapshot, self._now(), settles)

    def _show_progress(self, events: list[AnyEvent]) -> None:
        for event in events:
            if isinstance(event, Progress):
                self.data.show_progress(event, self._now())
            elif isinstance(event, RunStarted | StepReport | EpochReport | RunFailed | RunFinished):
                self.data.show_progress(None, self._now())  # what there was to wait for is there

    def _refresh_curves(self, is_news: bool = False) -> None:
        self.curves.set_marks(
            [(mark.step, mark.text, mark.kind) for mark in self.workspace.training.history.marks[-MOST_MARKS:]]
        )
        if is_news:
            self.curves.refresh_soon()
        else:
            self.curves.refresh()

    @Slot(str)
    def _on_state_changed(self, state: str) -> None:
        if state == "idle":
            self._snapshots.clear()
            self.output.clear()
            self.form.forget_effects()
            self.data.show_progress(None, self._now())
        for view in (self.curves.empty, self.output):
            view.set_under_way(state in ("starting", "running"))
        if state == "failed":
            self.data.show_progress(None, self._now())
        if state == "paused":
            step = self.workspace.training.history.last_step
            if step:
                self.workspace.training.history.mark(step, "pause", "Paused")
        if self.is_awake:
            self._show_snapshots()
            snapshot = self.workspace.training.last_snapshot
            if snapshot is not None and state in ("paused", "finished"):
                self.output.show_snapshot(snapshot, self._now(), True)
            self._refresh_curves()

    @Slot(bool)
    def _on_awake_changed(self, is_awake: bool) -> None:
        self.data.set_awake(is_awake)
        self.curves.set_awake(is_awake)
        self.runs.comparison.set_awake(is_awake)
        if is_awake:
            snapshot = self.workspace.training.last_snapshot
            if snapshot is not None:
                self.output.show_snapshot(snapshot, self._now(), True)
            self._refresh_curves()

    def _now(self) -> float:
        return time.monotonic() + self._clock_offset

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot(bool)
    def _on_form_folded(self, _is_shown: bool) -> None:
        self.state_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.key() == Qt.Key.Key_F and is_plain:
            self.curves.follow()
        elif event.key() == Qt.Key.Key_C and is_plain:
            self.runs.open_list()
        else:
            super().keyPressEvent(event)

    # --- arrangement --------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and self.isWindow():
            self.setFocus()  # or the first box would have it, and take the keys
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            done = super().event(event)
            self.splitters.lay_out()
            return done
        return super().event(event)

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self.workspace.theme
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, theme.color("panel"))
        self.setPalette(palette)
        gap = theme.gap(8)
        for margin in (self._form_margin, self._curves_margin):
            margin.setContentsMargins(gap, gap // 2, gap, gap // 2)
        self.network.setMinimumWidth(theme.px(160))
        self.output.setMinimumWidth(theme.px(220))
        self.form.setMinimumWidth(theme.px(220))
        self.curves.setMinimumWidth(theme.px(300))
