"""SweepKeeper: keeps what a stimulus did, at a person's word, or every time when another follows. Draws nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Slot

from app.cell_recording import CellRecording
from app.cell_script import CellScript
from app.panels.neuron.state import TraceState
from app.panels.neuron.trace_sweeps import LONGEST_MS, MOST_SWEEPS, StimulusFinder, Sweep, take_sweep
from app.widgets.message_bar import Message

if TYPE_CHECKING:
    from app.panels.neuron.panel import NeuronPanel


class SweepKeeper(QObject):
    """One for the panel. Holds on to the run on show until the next begins: it can then still be kept whole."""

    def __init__(self, panel: NeuronPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._recording: CellRecording | None = None
        self._script = CellScript(panel.session.plan)
        self._shown_ms = 0.0
        self._start_ms: float | None = None
        self._finder = StimulusFinder()
        panel.session.branched.connect(self._on_branched)

    @property
    def _state(self) -> TraceState:
        return self._panel.page.traces.trace_state

    def attend(self) -> None:
        """Once a drawn frame: has another stimulus begun, or another cell? Then the sweep before is over."""
        session = self._panel.session
        if not self._state.keeps_sweeps:
            self.let_go()
            return
        stimulus = self._finder.find(session.script, session.shown_ms)
        start = stimulus.start_ms if stimulus is not None else None
        is_next = session.recording is not self._recording or (start or 0.0) > (self._start_ms or 0.0)
        if is_next and self._start_ms is not None and self._recording is not None:
            self._add(take_sweep(self._recording, self._script, self._shown_ms, self._probes()))
        self._recording, self._script = session.recording, session.script
        self._shown_ms, self._start_ms = session.shown_ms, start

    def let_go(self) -> None:
        """The run on show is no sweep that another follows: the panel has been put into another state."""
        self._recording, self._start_ms = None, None

    @Slot()
    def keep(self) -> None:
        """Keep the sweep on show, as far as it is shown. Can be undone."""
        session = self._panel.session
        sweep = None
        if session.recording is not None:
            stimulus = self._finder.find(session.script, session.shown_ms)
            length = session.shown_ms - stimulus.start_ms if stimulus is not None else LONGEST_MS
            sweep = take_sweep(session.recording, session.script, session.shown_ms, self._probes(), length_ms=length)
        if sweep is None:
            text = "There is no sweep to keep yet: fire inputs or inject current, and let 1 ms pass."
            self._panel.workspace.message_posted.emit(Message(text))
        else:
            self._panel.edits.choose_sweeps("Keep a sweep", (*self._state.sweeps, sweep)[-MOST_SWEEPS:])

    @Slot()
    def forget(self) -> None:
        """Forget all that were kept. Can be undone."""
        self._panel.edits.choose_sweeps("Forget the sweeps", ())

    def _add(self, sweep: Sweep | None) -> None:
        """Nobody's doing at this moment: it is not undone by itself."""
        if sweep is not None:
            kept = (*self._state.sweeps, sweep)[-MOST_SWEEPS:]
            self._panel.edits.put_traces(msgspec.structs.replace(self._state, sweeps=kept))
            self._panel.state_changed.emit()

    def _probes(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(probe.compartment for probe in self._panel.probes.probes))

    @Slot()
    def _on_branched(self) -> None:
        """The run that was left is whole in its ghost; its script has been cut back to here, which its beginning outlives."""
        session = self._panel.session
        if not self._state.keeps_sweeps or session.recording is None or not session.recording.ghosts:
            return
        ghost = session.recording.ghosts[-1]
        if self._start_ms is not None and self._start_ms <= session.shown_ms:
            probes = self._probes()
            self._add(take_sweep(session.recording, session.script, session.shown_ms, probes, ghost=ghost))
