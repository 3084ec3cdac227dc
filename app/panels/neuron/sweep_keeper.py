"""SweepKeeper: keeps what a stimulus did, at a person's word, or every time when another follows. Draws nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Slot

from app.cell_recording import CellRecording, Ghost
from app.cell_script import CellScript
from app.panels.neuron.state import TraceState
from app.panels.neuron.trace_sweeps import LONGEST_MS, MOST_SWEEPS, StimulusFinder, Sweep, take_sweep
from app.widgets.message_bar import Message

if TYPE_CHECKING:
    from app.panels.neuron.panel import NeuronPanel


_MORE_MS = 1.0  # a sweep that has been kept is kept again where so much more of it is to be seen


class SweepKeeper(QObject):
    """One for the panel. Holds on to the run on show until the next begins: it can then still be kept whole.

    What has been looked at before does not begin anew: going back behind a stimulus and forth again keeps nothing twice.
    """

    def __init__(self, panel: NeuronPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._recording: CellRecording | None = None
        self._script = CellScript(panel.session.plan)
        self._shown_ms = 0.0
        self._start_ms: float | None = None
        self._next_ms = math.inf  # when the stimulus after it begins
        self._past_ms = -math.inf  # so far this run had come before sweeps were kept of it
        self._kept_to: dict[float, float] = {}  # of this run: up to where (ms) the sweep that began then has been kept
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
        is_other = session.recording is not self._recording
        if self._start_ms is not None and (is_other or (start or 0.0) > self._start_ms):
            self._keep_run()
        if is_other:
            self._past_ms = session.shown_ms if self._recording is None else -math.inf
            self._kept_to.clear()
        self._recording, self._script = session.recording, session.script
        self._shown_ms, self._start_ms = session.shown_ms, start
        self._next_ms = stimulus.next_ms if stimulus is not None else math.inf

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
            self._panel.edits.keep_sweep(sweep)

    @Slot()
    def forget(self) -> None:
        """Forget all that were kept. Can be undone."""
        self._panel.edits.forget_sweeps()

    def _keep_run(self, ghost: Ghost | None = None) -> None:
        """Keep the sweep that was on show a frame ago, unless it has been. ghost: the end of its run, where that was left."""
        if self._recording is None or self._start_ms is None:
            return
        start, shown = self._start_ms, self._shown_ms
        length = (
            LONGEST_MS if ghost is None else self._next_ms - start
        )  # what followed in it is no longer in the script
        sweep = take_sweep(self._recording, self._script, shown, self._probes(), length_ms=length, ghost=ghost)
        if sweep is None:
            return
        end = start + sweep.times_ms[-1]
        if end > self._kept_to.get(start, self._past_ms) + _MORE_MS:
            self._kept_to[start] = end
            self._add(sweep)

    def _add(self, sweep: Sweep) -> None:
        """Nobody's doing at this moment: it is not undone by itself."""
        kept = (*self._state.sweeps, sweep)[-MOST_SWEEPS:]
        self._panel.edits.put_traces(msgspec.structs.replace(self._state, sweeps=kept))
        self._panel.state_changed.emit()

    def _probes(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(probe.compartment for probe in self._panel.probes.probes))

    @Slot()
    def _on_branched(self) -> None:
        """The run that was left is whole in its ghost; its script has been cut back to here, which its beginning outlives."""
        session = self._panel.session
        recording, shown = session.recording, session.shown_ms
        if not self._state.keeps_sweeps or recording is None or recording is not self._recording:
            return
        if recording.ghosts and self._start_ms is not None and self._start_ms <= shown:
            self._keep_run(recording.ghosts[-1])
        self._kept_to = {start: min(end, shown) for start, end in self._kept_to.items() if start <= shown}
        self._past_ms = min(self._past_ms, shown)
