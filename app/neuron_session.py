"""NeuronSession: what the neuron panel sees of the living cell: clock, recording, stimuli, models. Imports no numba: a worker computes.

The shown moment follows the clock. Where the recording ends, the worker is asked for as much as the clock needs and not more;
behind its end a person looks at what was. A stimulus there goes back to that moment, and what came after stays as a ghost.
All that is done to the cell stands in a script: with it a fresh worker, or a panel state, brings the same cell back.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal

from app.cell_clock import CellClock
from app.cell_recording import CellFrame, CellRecording
from app.cell_script import LONGEST_MS, MOST_LINES, CellScript, Entry, ScriptLine
from app.job_line import JobLine
from app.simulation.biology.stage import (
    INPUTS,
    KEPT_MS,
    MOST_STEPS,
    Accepted,
    Advance,
    Change,
    Fire,
    Inject,
    Recording,
    Refused,
    Rewind,
    Spike,
    StageCommand,
    StagePlan,
    StageStarted,
    Withdraw,
)
from app.stage_link import ENGINE, StageLink

LEAD_STEPS = 2  # the engine is this far ahead, so that a moment between two steps can be drawn
FRAME = 1 / 60  # s
IN_FLIGHT_MS = 1.6  # from the first spike at a place until it is over there (slow motion)


class NeuronSession(StageLink):
    """The living cell. All requests return at once."""

    frame_changed = Signal()  # the moment shown, or what is recorded, has changed
    spikes_came = Signal(list)  # list[Spike] that the shown moment has just passed while playing
    plan_changed = Signal()
    branched = Signal()  # a new run begins at the shown moment; the old one is a ghost

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
        self._held: list[tuple[StageCommand, int, bool]] = []  # stimuli that came while it was not

    # --- life ---------------------------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Whether something that was asked for has not come yet."""
        if self.state == "starting" or self._owed > 0:
            return True
        return self.state == "ready" and (self._is_waiting() or bool(self._calls))

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
        self._held.clear()
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
            held, self._held = self._held, []
            for command, target, plays in held:
                self._stimulate(command, target, plays=plays)

    # --- time ---------------------------------------------------------------------------------------------------------

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

    def tick(self, seconds: float) -> None:
        """Turn the clock on by `seconds`: show what is recorded, ask for what is not."""
        if self.recording is None or not self.clock.is_playing:
            return
        span = self.clock.turn(seconds, self.is_spike_in_flight())
        before = self.shown_ms
        span = min(span, MOST_STEPS // 2 * self.plan.dt_ms)
        wanted = before + span
        self._ahead_ms = span  # what the next frame will want: it would come a frame too late otherwise
        self._ask_for(wanted + span)
        self.shown_ms = min(wanted, self.recording.last_ms)
        if self.shown_ms > before:
            passed = [spike for spike in self.recording.spikes[-400:] if before < spike.time_ms <= self.shown_ms]
            if passed:
                self.spikes_came.emit(passed)
            self.frame_changed.emit()

    def advance(self, seconds: float) -> None:
        """Turn the clock on by `seconds` frame by frame, each as soon as it has been computed: the same picture on any machine."""
        self._owed += seconds
        self._pay()

    def _pay(self) -> None:
        while self._owed > 0 and self.state == "ready" and not self._is_waiting():
            self._owed = max(0.0, self._owed - FRAME) if self.clock.is_playing else 0.0
            self.tick(FRAME)

    def _is_waiting(self) -> bool:
        recorded = self.recording.last_step if self.recording is not None else 0
        return self._asked_step > recorded or bool(self._branching)

    def is_spike_in_flight(self) -> bool:
        """Whether a spike is somewhere between the first place that it crossed and its end, at the moment shown."""
        if self.recording is None:
            return False
        return any(0.0 <= self.shown_ms - spike.time_ms < IN_FLIGHT_MS for spike in self.recording.spikes[-400:])

    def toggle(self) -> None:
        """Play or pause."""
        self.start()
        if self.state == "starting":
            self._plays_on = not self._plays_on
        else:
            self.clock.is_playing = not self.clock.is_playing
        self.frame_changed.emit()

    def step(self, span_ms: float) -> None:
        """Stand, and show the moment `span_ms` later (or earlier, where it is negative)."""
        self.clock.is_playing = False
        self.show_moment(self.shown_ms + span_ms)

    def show_moment(self, time_ms: float) -> None:
        """Show the moment `time_ms`: what is recorded at once, what lies ahead as soon as it has been computed."""
        if self.recording is None or not math.isfinite(time_ms):
            return
        time_ms = min(max(time_ms, self.recording.first_ms), self.recording.last_ms + LONGEST_MS)
        self._ahead_ms = 0.0 if time_ms < self.recording.last_ms - self._ahead_ms else self._ahead_ms
        self._ask_for(time_ms)
        self.shown_ms = min(time_ms, self.recording.last_ms)
        self._aim_ms = time_ms
        self.frame_changed.emit()

    def go_live(self) -> None:
        """Show the newest moment."""
        if self.recording is not None:
            self.show_moment(self.recording.last_ms)

    def _ask_for(self, time_ms: float) -> None:
        """Ask the worker for all up to `time_ms` and the lead."""
        if self.state == "ready":
            self._ask_up_to(math.ceil(time_ms / self.plan.dt_ms - 1e-9) + LEAD_STEPS)

    def _ask_up_to(self, wanted: int) -> None:
        """In portions; one of them ends where a kept recording does."""
        while self._asked_step < wanted:
            end = self._kept_step if self._asked_step < self._kept_step < wanted else wanted
            steps = min(end - self._asked_step, MOST_STEPS)
            self._asked_step += steps
            self._send(Advance(self._next(), steps))

    # --- stimuli ------------------------------------------------------------------------------------------------------

    def fire(self, inputs: tuple[int, ...], times_ms: tuple[float, ...] | None = None) -> int:
        """A presynaptic spike at each of `inputs` at the moment shown, or at `times_ms`. Plays on. The token."""
        return self._stimulate(Fire(self._next(), inputs, times_ms))

    def fire_spread(self, inputs: tuple[int, ...], spread_ms: float) -> int:
        """As `fire`, the first now and the last spread_ms later, evenly; together where that is 0."""
        if spread_ms <= 0 or len(inputs) < 2:
            return self.fire(inputs)
        if self.state == "ready":
            step = self._asked_step if self.is_live else round(self.shown_ms / self.plan.dt_ms)
        else:
            step = self._goal_step
        begin, count = step * self.plan.dt_ms, len(inputs) - 1
        return self.fire(inputs, tuple(begin + spread_ms * number / count for number in range(count + 1)))

    def inject(self, compartment: int, amplitude_nA: float, duration_ms: float | None = None) -> int:
        """Current into `compartment` from the moment shown. The token, which `withdraw` takes."""
        return self._stimulate(Inject(self._next(), compartment, amplitude_nA, duration_ms))

    def withdraw(self, token: int) -> None:
        """End the current that the `inject` of `token` began."""
        if token not in self.currents and self.script.holds(token):
            self._to_end.add(token)
        else:
            self._stimulate(Withdraw(self._next(), 0), token)

    def change(self, plan: StagePlan) -> None:
        """The cell is as `plan` says from the moment shown on."""
        if plan == self.shown_plan:
            return
        if self.state == "cold":
            self.script = CellScript(plan)
        else:
            self._stimulate(Change(self._next(), plan), plays=False)
        self.plan = plan
        self.plan_changed.emit()

    def _stimulate(self, command: StageCommand, target: int = 0, *, plays: bool = True) -> int:
        self.start()
        if self.state == "starting":
            self._held.append((command, target, plays))
            return command.token
        if self.recording is not None and not self.is_live:
            self._branch_here()
        if isinstance(command, Withdraw):
            number = self.currents.pop(target, 0)
            if not number:
                return command.token
            command = Withdraw(command.token, number)
        self.script.note(self._asked_step, command, target)
        self._send(command)
        if plays:
            self.clock.is_playing = True
            self.frame_changed.emit()
        return command.token

    def _branch_here(self) -> None:
        assert self.recording is not None
        step = round(self.shown_ms / self.plan.dt_ms)
        token = self._next()
        self._branching[token] = step
        self._asked_step = step
        self._ahead_ms = 0.0
        self._send(Rewind(token, step))
        self.recording.branch(step)
        self.script.cut(step)
        if self.plan != self.script.last_plan:  # what was changed later has not been yet
            self.plan = self.script.last_plan
            self.plan_changed.emit()
        self.shown_ms = min(self.shown_ms, self.recording.last_ms)
        self.branch_ms = self.shown_ms
        self.branched.emit()

    @property
    def earliest_branch_ms(self) -> float:
        """The earliest moment that a new run can begin at."""
        return 0.0 if self.recording is None else max(self.recording.first_ms, self.recording.last_ms - KEPT_MS)

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
            case Accepted(token=token, number=number):
                self._branching.pop(token, None)
                if number:
                    self.currents[token] = number
                if token in self._to_end:
                    self._to_end.discard(token)
                    self.withdraw(token)
            case Refused(token=token, reason=reason):
                self._branching.pop(token, None)
                self.script.drop(token)
                self.complained.emit(reason)

    def _after_items(self) -> None:
        if self.state == "starting":
            if self.recording is None:
                return
            self._go_on_replaying()
        if self.recording is not None and not self.clock.is_playing and self._aim_ms > self.shown_ms:
            self.shown_ms = min(self._aim_ms, self.recording.last_ms)
        self.frame_changed.emit()
        self._pay()

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


def with_weight(plan: StagePlan, inputs: tuple[int, ...], weight_nS: float) -> StagePlan:
    """`plan` with the weight of `inputs` at `weight_nS`."""
    weights = list(plan.weights_nS)
    for number in inputs:
        weights[number] = weight_nS
    return msgspec.structs.replace(plan, weights_nS=tuple(weights))
