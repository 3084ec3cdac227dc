"""CellLife: the living cell as far as it can be lived through again: its script, its recording, the moment shown. Imports no numba.

A fresh worker is led through the script: so a cell outlives its worker, and a panel state brings back a cell.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.cell_clock import CellClock
from app.cell_recording import CellFrame, CellRecording
from app.cell_script import LONGEST_MS, MOST_LINES, CellScript, Entry, ScriptLine
from app.job_line import JobLine
from app.simulation.biology.stage import (
    INPUTS,
    MOST_STEPS,
    Advance,
    Change,
    Recording,
    Spike,
    StagePlan,
    StageStarted,
    Withdraw,
)
from app.stage_link import ENGINE, StageLink

LEAD_STEPS = 2  # the engine is this far ahead, so that a moment between two steps can be drawn
IN_FLIGHT_MS = 1.6  # from the first spike at a place until it is over there (slow motion)


class CellLife(StageLink):
    """What NeuronSession lets run and stimulates."""

    frame_changed = Signal()  # the moment shown, or what is recorded, has changed
    plan_changed = Signal()

    def __init__(self, parent: QObject | None = None, *, engine: str = ENGINE, line: JobLine | None = None) -> None:
        super().__init__(parent, engine=engine, line=line)
        self.clock = CellClock()
        self.plan = StagePlan()
        self.script = CellScript(self.plan)
        self.recording: CellRecording | None = None
        self.shown_ms = 0.0
        self.branch_ms: float | None = None  # where the run on show left the one before
        self.currents: dict[int, int] = {}  # token of an Inject -> number of the current that flows
        self._asked_step = 0  # the last step that the worker was asked for
        self._aim_ms = 0.0  # where `show_moment` wants to be as soon as it is recorded
        self._owed = 0.0  # seconds of the clock that `advance` still has to turn
        self._ahead_ms = 0.0  # how far beyond the moment shown the worker has been asked to go
        self._branching: dict[int, int] = {}  # token of a Rewind -> its step
        self._to_end: set[int] = set()  # tokens of currents that were withdrawn before they were accepted
        self._replay: deque[Entry] = deque()  # of the script, what a fresh worker has not been sent yet
        self._goal_step = 0  # the cell is ready once it has come here
        self._kept_step = -1  # a recording that outlived its worker ends here
        self._plays_on = False  # once it is ready

    # --- life ---------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Bring the cell to life, where it is not: a worker is started at the first call, and again after one has died."""
        if self.state == "cold":
            self.restart()
        elif self.state == "failed":
            self.recover()

    def restart(self) -> None:
        """The calm state: a cell at rest at 0 ms with the plan as it stands, no ghosts."""
        self._live_through(CellScript(self.plan))

    def recover(self) -> None:
        """After a worker has died: a fresh one lives through the script, and all is as it was. Calm where that is too long."""
        if self.recording is None or self.is_long:
            self.restart()
        else:
            self._live_through(self.script, self.recording.last_step, keeps=True)

    def load(self, plan: StagePlan, script: CellScript, shown_ms: float, *, plays: bool) -> None:
        """The cell that `script` leads to, at `shown_ms`, with `plan` in force there; plays on where `plays`."""
        self.plan = plan
        script = script.renumbered(self._token + 1)
        self._token += len(script.entries)
        goal = max([math.ceil(shown_ms / plan.dt_ms) + LEAD_STEPS, *(entry.step for entry in script.entries[-1:])])
        if script.last_plan != plan:
            script.note(goal, Change(self._next(), plan))
        self._live_through(script, goal, plays=plays)
        self.shown_ms = self._aim_ms = shown_ms
        self.plan_changed.emit()

    def _live_through(
        self, script: CellScript, goal_step: int = 0, *, keeps: bool = False, plays: bool = False
    ) -> None:
        self.script = script
        self.clock.is_playing = False
        self.currents.clear()
        self._branching.clear()
        self._to_end.clear()
        self._replay = deque(script.entries)
        self._goal_step, self._plays_on = goal_step, plays
        self._asked_step = 0
        self._owed = 0.0
        self._kept_step = self.recording.last_step if keeps and self.recording is not None else -1
        if not keeps:
            self.recording = None
            self.shown_ms = self._aim_ms = self._ahead_ms = 0.0
            self.branch_ms = None
        self._start_job(script.plan)
        self.frame_changed.emit()

    def _go_on_replaying(self) -> None:
        """Send what can be sent; the cell is ready when its recording has come to where it shall be."""
        while self._replay:
            entry = self._replay[0]
            command = entry.command
            if isinstance(command, Withdraw):
                if entry.target not in self.currents:
                    return  # its current has not been accepted yet
                command = Withdraw(command.token, self.currents.pop(entry.target))
            self._replay.popleft()
            self._ask_up_to(entry.step)
            self._send(command)
        self._ask_up_to(self._goal_step)
        if self.recording is not None and self.recording.last_step >= self._goal_step:
            self._set_state("ready")
            self.clock.is_playing = self._plays_on
            self._become_ready()

    def _become_ready(self) -> None:
        """The cell is where it shall be; what was asked meanwhile can be done."""

    def _ask_up_to(self, wanted: int) -> None:
        """In portions; one of them ends where a kept recording does."""
        while self._asked_step < wanted:
            end = self._kept_step if self._asked_step < self._kept_step < wanted else wanted
            steps = min(end - self._asked_step, MOST_STEPS)
            self._asked_step += steps
            self._send(Advance(self._next(), steps))

    # --- what is there ------------------------------------------------------------------------------------------------

    @property
    def first_ms(self) -> float:
        """The earliest moment that can be shown."""
        return self.recording.first_ms if self.recording is not None else 0.0

    @property
    def last_ms(self) -> float:
        """The newest moment that can be shown."""
        return self.recording.last_ms if self.recording is not None else 0.0

    @property
    def spikes_ms(self) -> list[float]:
        """When the soma fired, of what can be shown."""
        return spikes_at(self.recording.spikes, "soma") if self.recording is not None else []

    @property
    def is_live(self) -> bool:
        """Whether the moment shown is the newest there is (but for the lead), not one that was gone back to."""
        if self.recording is None:
            return True
        return self.shown_ms >= self.recording.last_ms - self._ahead_ms - (LEAD_STEPS + 1) * self.plan.dt_ms

    @property
    def shown_plan(self) -> StagePlan:
        """The plan in force at the moment shown; the newest, where that is live."""
        if self.is_live:
            return self.plan
        return [plan for begin, plan in self.script.plans() if begin <= self.shown_ms + 1e-9][-1]

    def frame(self) -> CellFrame | None:
        """The cell at the moment shown; None before it has come to life."""
        return self.recording.frame(self.shown_ms) if self.recording is not None else None

    def is_spike_in_flight(self) -> bool:
        """Whether a spike is somewhere between the first place that it crossed and its end, at the moment shown."""
        if self.recording is None:
            return False
        return any(0.0 <= self.shown_ms - spike.time_ms < IN_FLIGHT_MS for spike in self.recording.spikes[-400:])

    @property
    def is_long(self) -> bool:
        """Whether too much has happened since the calm state to be lived through again."""
        return self.last_ms > LONGEST_MS or len(self.script.entries) > MOST_LINES

    def script_lines(self) -> tuple[ScriptLine, ...]:
        """What was done to the cell since it was calm; nothing where it `is_long`."""
        return () if self.is_long else self.script.lines()

    # --- what comes ---------------------------------------------------------------------------------------------------

    def _take_in_cell(self, item: Any) -> None:
        match item:
            case StageStarted():
                if self._kept_step < 0:
                    self.recording = CellRecording(self.script.plan.dt_ms, item.voltage_mV, item.gates, INPUTS)
            case Recording():
                if not self._branching and self.recording is not None and item.step > self.recording.last_step:
                    self.recording.append(item)

    def _fail(self, reason: str) -> None:
        """The cell is dead; what is recorded can still be looked at."""
        self.clock.is_playing = False
        self._owed = 0.0
        self._branching.clear()
        self._replay.clear()
        super()._fail(reason)


def spikes_at(spikes: list[Spike], place: str) -> list[float]:
    """The times (ms) of `spikes` at `place`."""
    return [spike.time_ms for spike in spikes if spike.place == place]
