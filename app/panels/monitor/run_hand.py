"""RunHand: between the list of runs, the comparison and the curves: what is ticked is laid and named. Imports no other panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from app.kept_run import KeptRunLine
from app.panels.monitor.run_comparison import RunComparison
from app.panels.monitor.run_words import legend_entries
from trainers.errors import HillockError
from trainers.events import AnyEvent, RunStarted, ValueSet

if TYPE_CHECKING:
    from app.panels.monitor.curves import CurvesView
    from app.panels.monitor.run_list import RunList
    from app.panels.monitor.state import CurvesState
    from app.workspace import Workspace


class RunHand(QObject):
    """The button "Compare", its list, and the crosses of the legend."""

    def __init__(self, workspace: Workspace, curves: CurvesView, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = workspace.theme
        self._window = parent
        self._curves = curves
        self._is_closed = False
        self._listed: tuple[KeptRunLine, ...] = ()
        self.list: RunList | None = None  # built when it is first opened
        self.comparison = RunComparison(workspace, self)
        self.comparison.changed.connect(self._on_changed)
        self.comparison.listed.connect(self._on_listed)
        curves.tools.compare_pressed.connect(self.open_list)
        curves.sheet.legend.removed.connect(self.comparison.remove)
        self._training = training = workspace.training
        training.events_arrived.connect(self._on_events_arrived)
        training.state_changed.connect(self._on_state_changed)
        training.choice_changed.connect(self._on_choice_changed)
        self.comparison.follow_run()

    def in_state(self, state: CurvesState) -> CurvesState:
        """What the curves show, with the runs beside them."""
        return msgspec.structs.replace(state, compared=self.comparison.readable)

    @Slot()
    def open_list(self) -> None:
        """Let a person choose among the runs that there are."""
        if self.list is None:
            from app.panels.monitor.run_list import RunList

            self.list = RunList(self._theme, self._window)
            self.list.toggled.connect(self._on_toggled)
        self.list.open_under(self._curves.tools.compare_button)
        self.comparison.ask_list()

    def close(self) -> None:
        """Read no more, and let go of what was read: no news of a run may begin it again."""
        if self._is_closed:
            return
        self._is_closed, training = True, self._training
        training.events_arrived.disconnect(self._on_events_arrived)
        training.state_changed.disconnect(self._on_state_changed)
        training.choice_changed.disconnect(self._on_choice_changed)
        if self.list is not None:
            self.list.close()
        self.comparison.close()

    @Slot(str, str)
    def _on_toggled(self, run: str, title: str) -> None:
        self.comparison.toggle(run, title)
        self._show_list()

    @Slot(object)
    def _on_listed(self, answer: object) -> None:
        if self.list is None:
            return
        if isinstance(answer, HillockError):
            self.list.show_trouble(answer.sentence)
        else:
            self._listed = cast("tuple[KeptRunLine, ...]", answer)
            self._show_list()

    def _show_list(self) -> None:
        if self.list is not None:
            letters = {run: str(letter) for letter, run in self.comparison.readable.items()}
            self.list.show_runs(self._listed, letters, self.comparison.present_run)

    @Slot()
    def _on_changed(self) -> None:
        laid = self.comparison.laid
        entries = legend_entries(self.comparison.present_line(), [(run.letter, run.run.line) for run in laid])
        self._curves.lay(laid, entries)

    @Slot(list)
    def _on_events_arrived(self, events: list[AnyEvent]) -> None:
        if any(isinstance(event, RunStarted) for event in events):
            self.comparison.follow_run()
        if self.comparison.laid and any(isinstance(event, (RunStarted, ValueSet)) for event in events):
            self._on_changed()

    @Slot(str)
    def _on_state_changed(self, _state: str) -> None:
        self.comparison.follow_run()

    @Slot()
    def _on_choice_changed(self) -> None:
        if self.comparison.laid:  # what differs between the runs may be something else now
            self._on_changed()
