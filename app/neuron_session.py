"""NeuronSession: what the neuron panel sees of the living cell: clock, recording, stimuli, models. Imports no numba: a worker computes.

The shown moment follows the clock. Where the recording ends, the worker is asked for as much as the clock needs and not more;
behind its end a person looks at what was. A stimulus there goes back to that moment, and what came after stays as a ghost.
All that is done to the cell stands in a script: with it a fresh worker, or a panel state, brings the same cell back.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from app.cell_life import LEAD_STEPS, CellLife
from app.cell_script import LONGEST_MS, CellScript
from app.job_line import JobLine
from app.simulation.biology.stage import (
    MOST_STEPS,
    Accepted,
    Change,
    FindNoReturn,
    Fire,
    Inject,
    NoReturn,
    Refused,
    Rewind,
    StageCommand,
    StagePlan,
    Withdraw,
)
from app.stage_link import ENGINE
from app.widgets.after_painting import AfterPainting

FRAME = 1 / 60  # s
AHEAD_FRAMES = 2  # asked for before they are due: with one, a frame in four waited for its answer on a busy machine


class NeuronSession(CellLife):
    """The living cell. All requests return at once."""

    spikes_came = Signal(list)  # list[Spike] that the shown moment has just passed while playing
    branched = Signal()  # a new run begins at the shown moment; the old one is a ghost
    no_return_came = Signal(int, object)  # token, NoReturn, or a Refused

    def __init__(self, parent: QObject | None = None, *, engine: str = ENGINE, line: JobLine | None = None) -> None:
        super().__init__(parent, engine=engine, line=line)
        self._held: list[tuple[StageCommand, int, bool]] = []  # stimuli that came while there was no cell to take them
        self._sought: set[int] = set()  # tokens of points of no return that are looked for
        self._wanted_ms = 0.0  # what the frame on show wants to be recorded
        self._painted = AfterPainting(self)
        self._painted.came.connect(self._ask_ahead)

    # --- life ---------------------------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Whether something that was asked for has not come yet."""
        if self.state == "starting" or self._owed > 0:
            return True
        return self.state == "ready" and (self._is_waiting() or bool(self._calls))

    def shutdown(self) -> None:
        self._painted.cancel()
        super().shutdown()

    # --- time ---------------------------------------------------------------------------------------------------------

    def tick(self, seconds: float) -> None:
        """Turn the clock on by `seconds`: show what is recorded; what is not is asked for once that is painted.

        Asked for before, the answer came in the middle of the frame, and the thread that takes it in held the interpreter for up
        to a millisecond in which nothing could be drawn.
        """
        if self.recording is None or not self.clock.is_playing:
            return
        span = self.clock.turn(seconds, self.is_spike_in_flight())
        before = self.shown_ms
        span = min(span, MOST_STEPS // 2 * self.plan.dt_ms)
        wanted = before + span
        self._ahead_ms = AHEAD_FRAMES * span
        self._wanted_ms = wanted + self._ahead_ms
        self._painted.ask()
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
            if self._painted.is_asked:  # nobody waits for a painting here
                self._painted.cancel()
                self._ask_ahead()

    @Slot()
    def _ask_ahead(self) -> None:
        self._ask_for(self._wanted_ms)

    def _is_waiting(self) -> bool:
        recorded = self.recording.last_step if self.recording is not None else 0
        return self._asked_step > recorded or bool(self._branching)

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

    def find_no_return(self, step: int) -> int:
        """Look for the point of no return at `step` of what is recorded; `no_return_came` brings it. The token, 0: no cell."""
        if self.state != "ready" or self._is_waiting():
            return 0
        token = self._next()
        self._sought.add(token)
        self._send(FindNoReturn(token, step))
        return token

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
        self._painted.cancel()
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

    # --- what comes ---------------------------------------------------------------------------------------------------

    def _take_in_cell(self, item: Any) -> None:
        match item:
            case Accepted(token=token, number=number):
                self._branching.pop(token, None)
                if number:
                    self.currents[token] = number
                if token in self._to_end:
                    self._to_end.discard(token)
                    self.withdraw(token)
            case NoReturn(token=token) | Refused(token=token) if token in self._sought:
                self._sought.discard(token)
                self.no_return_came.emit(token, item)
            case Refused(token=token, reason=reason):
                self._branching.pop(token, None)
                self.script.drop(token)
                self.complained.emit(reason)
            case _:
                super()._take_in_cell(item)

    def _become_ready(self) -> None:
        held, self._held = self._held, []
        for command, target, plays in held:
            self._stimulate(command, target, plays=plays)

    def _live_through(
        self, script: CellScript, goal_step: int = 0, *, keeps: bool = False, plays: bool = False
    ) -> None:
        self._painted.cancel()
        self._held.clear()
        self._sought.clear()
        super()._live_through(script, goal_step, keeps=keeps, plays=plays)

    def _after_items(self) -> None:
        if self.state == "starting":
            if self.recording is None:
                return
            self._go_on_replaying()
        if self.recording is not None and not self.clock.is_playing and self._aim_ms > self.shown_ms:
            self.shown_ms = min(self._aim_ms, self.recording.last_ms)
        self.frame_changed.emit()
        self._pay()


def with_weight(plan: StagePlan, inputs: tuple[int, ...], weight_nS: float) -> StagePlan:
    """`plan` with the weight of `inputs` at `weight_nS`."""
    weights = list(plan.weights_nS)
    for number in inputs:
        weights[number] = weight_nS
    return msgspec.structs.replace(plan, weights_nS=tuple(weights))
