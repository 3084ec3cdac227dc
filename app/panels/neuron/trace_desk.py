"""TraceDesk: ties the traces and their tools to the panel: what is chosen, kept, looked for and saved there. Draws nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.panels.neuron.sweep_keeper import SweepKeeper
from app.panels.neuron.trace_no_return import NoReturnSeeker

if TYPE_CHECKING:
    from app.panels.neuron.panel import NeuronPanel


class TraceDesk(QObject):
    """One for the panel."""

    def __init__(self, panel: NeuronPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self.sweeps = SweepKeeper(panel)
        self.no_return = NoReturnSeeker(panel.session, self)
        traces, tools = panel.page.traces, panel.page.tools
        traces.rows.rises = self.no_return.rises
        traces.moment_picked.connect(self._on_moment_picked)
        traces.state_changed.connect(panel.edits.note_zoom)
        traces.window_moved.connect(panel.redraw)
        tools.chosen.connect(panel.edits.choose_rows)
        tools.probes_chosen.connect(panel.edits.choose_probes)
        tools.follow_pressed.connect(self._on_follow_pressed)
        tools.sweep_kept.connect(self.sweeps.keep)
        tools.sweeps_forgotten.connect(self.sweeps.forget)
        tools.export_asked.connect(panel.export.start)
        self.no_return.changed.connect(self._on_no_return_known)

    @property
    def is_busy(self) -> bool:
        """Whether something that the traces will show is still being looked for."""
        return self.no_return.is_busy

    def show(self) -> None:
        """Once a drawn frame: the traces as the session stands."""
        session, traces = self._panel.session, self._panel.page.traces
        self.sweeps.attend()
        traces.show_recording(session.recording, session.script, session.shown_ms, is_playing=session.clock.is_playing)
        self.no_return.attend(traces.window_ms, traces.trace_state.has_no_return)
        self._panel.page.tools.show_state(traces.trace_state, is_following=traces.is_following)

    @Slot()
    def _on_no_return_known(self) -> None:
        self._panel.page.traces.update()
        self._panel.redraw()

    @Slot(float)
    def _on_moment_picked(self, time_ms: float) -> None:
        session = self._panel.session
        session.clock.is_playing = False
        session.show_moment(min(time_ms, session.last_ms))

    @Slot()
    def _on_follow_pressed(self) -> None:
        self._panel.page.traces.follow()
