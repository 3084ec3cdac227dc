"""NeuronSession: what the neuron panel sees of the living cell: clock, recording, stimuli, models. Imports no numba: a worker computes.

The shown moment follows the clock. Where the recording ends, the worker is asked for as much as the clock needs and not more;
behind its end a person looks at what was. A stimulus there goes back to that moment, and what came after stays as a ghost.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from app.cell_clock import CellClock
from app.cell_recording import CellFrame, CellRecording
from app.job_line import JobLine
from app.job_thread import WorkerEnd
from app.simulation.biology.stage import (
    INPUTS,
    KEPT_MS,
    MOST_STEPS,
    Accepted,
    Advance,
    Answer,
    AnyStageEvent,
    CallModel,
    Change,
    Fire,
    Inject,
    Recording,
    Refused,
    Rewind,
    Slice,
    Spike,
    StageCommand,
    StagePlan,
    StageStarted,
    StartTraining,
    StopTraining,
    Withdraw,
)
from trainers.events import Progress, RunFailed

ENGINE = "app.simulation.biology.engine:run"
LEAD_STEPS = 2  # the engine is this far ahead, so that a moment between two steps can be drawn
FRAME = 1 / 60  # s
IN_FLIGHT_MS = 1.6  # from the first spike at a place until it is over there (slow motion)


class NeuronSession(QObject):
    """The living cell. `state`: "cold" (no worker yet), "starting", "ready", "failed".

    One JobLine owns the worker. All requests return at once; refusals come as `complained`, answers by their token.
    """

    frame_changed = Signal()  # the moment shown, or what is recorded, has changed
    state_changed = Signal(str)
    spikes_came = Signal(list)  # list[Spike] that the shown moment has just passed while playing
    plan_changed = Signal()
    branched = Signal()  # a new run begins at the shown moment; the old one is a ghost
    answered = Signal(int, object)  # token, Answer or Refused
    sliced = Signal(int, object)  # token, Slice
    complained = Signal(str)
    progress_came = Signal(object)  # Progress of the start

    def __init__(self, parent: QObject | None = None, *, engine: str = ENGINE) -> None:
        super().__init__(parent)
        self.clock = CellClock()
        self.plan = StagePlan()
        self.recording: CellRecording | None = None
        self.shown_ms = 0.0
        self.state = "cold"
        self.reason = ""  # of a failure, one sentence
        self.currents: dict[int, int] = {}  # token of an Inject -> number of the current that flows
        self._engine = engine
        self._line = JobLine(self, name="biology", events=AnyStageEvent | RunFailed | Progress)
        self._line.arrived.connect(self._on_items_arrived)
        self._line.worker_lost.connect(self._on_worker_lost)
        self._job = 0
        self._token = 0
        self._asked_step = 0  # the last step that the worker was asked for
        self._aim_ms = 0.0  # where `show_moment` wants to be as soon as it is recorded
        self._owed = 0.0  # seconds of the clock that `advance` still has to turn
        self._ahead_ms = 0.0  # how far beyond the moment shown the worker has been asked to go
        self._branching: dict[int, int] = {}  # token of a Rewind -> its step
        self._calls: set[int] = set()
        self._training = 0

    # --- life ---------------------------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Whether something that was asked for has not come yet."""
        if self.state == "starting" or self._owed > 0:
            return True
        return self.state == "ready" and (self._is_waiting() or bool(self._calls))

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker while it lives."""
        return self._line.worker_pid

    def start(self) -> None:
        """Bring the cell to life, where it is not: a worker is started at the first call."""
        if self.state in ("cold", "failed"):
            self._begin()

    def restart(self) -> None:
        """The calm state: a cell at rest at 0 ms with the plan as it stands, no ghosts."""
        self._begin()

    def shutdown(self) -> None:
        """End the worker and wait until nothing of it is left."""
        self._job = 0
        self._line.close()

    def _begin(self) -> None:
        self.clock.is_playing = False
        self.recording = None
        self.shown_ms = 0.0
        self.currents.clear()
        self._asked_step = 0
        self._aim_ms = self._ahead_ms = self._owed = 0.0
        self._branching.clear()
        self._calls.clear()
        self._training = 0
        self._set_state("starting")
        self._job = self._line.worker.start_job(self._engine, self.plan, paused=True)

    def _set_state(self, state: str, reason: str = "") -> None:
        self.state, self.reason = state, reason
        self.state_changed.emit(state)

    # --- time ---------------------------------------------------------------------------------------------------------

    @property
    def is_live(self) -> bool:
        """Whether the moment shown is the newest there is (but for the lead), not one that was gone back to."""
        if self.recording is None:
            return True
        return self.shown_ms >= self.recording.last_ms - self._ahead_ms - (LEAD_STEPS + 1) * self.plan.dt_ms

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
            passed = [spike for spike in self.recording.spikes if before < spike.time_ms <= self.shown_ms]
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
        self.clock.is_playing = not self.clock.is_playing
        self.frame_changed.emit()

    def step(self, span_ms: float) -> None:
        """Stand, and show the moment `span_ms` later (or earlier, where it is negative)."""
        self.clock.is_playing = False
        self.show_moment(self.shown_ms + span_ms)

    def show_moment(self, time_ms: float) -> None:
        """Show the moment `time_ms`: what is recorded at once, what lies ahead as soon as it has been computed."""
        if self.recording is None:
            return
        time_ms = max(time_ms, self.recording.first_ms)
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
        """Ask the worker for all up to `time_ms` and the lead, in portions."""
        wanted = math.ceil(time_ms / self.plan.dt_ms - 1e-9) + LEAD_STEPS
        while self._asked_step < wanted and self.state == "ready":
            steps = min(wanted - self._asked_step, MOST_STEPS)
            self._asked_step += steps
            self._send(Advance(self._next(), steps))

    # --- stimuli ------------------------------------------------------------------------------------------------------

    def fire(self, inputs: tuple[int, ...], times_ms: tuple[float, ...] | None = None) -> int:
        """A presynaptic spike at each of `inputs` at the moment shown, or at `times_ms`. Plays on. The token."""
        return self._stimulate(Fire(self._next(), inputs, times_ms))

    def inject(self, compartment: int, amplitude_nA: float, duration_ms: float | None = None) -> int:
        """Current into `compartment` from the moment shown. The token, which `withdraw` takes."""
        return self._stimulate(Inject(self._next(), compartment, amplitude_nA, duration_ms))

    def withdraw(self, token: int) -> None:
        """End the current that the `inject` of `token` began."""
        if token in self.currents:
            self._stimulate(Withdraw(self._next(), self.currents.pop(token)))

    def change(self, plan: StagePlan) -> None:
        """The cell is as `plan` says from the moment shown on."""
        if plan != self.plan:
            self.plan = plan
            self._stimulate(Change(self._next(), plan), plays=False)
            self.plan_changed.emit()

    def _stimulate(self, command: StageCommand, *, plays: bool = True) -> int:
        self.start()
        if self.recording is not None and not self.is_live:
            self._branch_here()
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
        self._send(Rewind(token, step))
        self.recording.branch(step)
        self.shown_ms = min(self.shown_ms, self.recording.last_ms)
        self.branched.emit()

    @property
    def earliest_branch_ms(self) -> float:
        """The earliest moment that a new run can begin at."""
        return 0.0 if self.recording is None else max(self.recording.first_ms, self.recording.last_ms - KEPT_MS)

    # --- models -------------------------------------------------------------------------------------------------------

    def call(self, model: str, options: dict[str, Any]) -> int:
        """Run a model once; `answered` brings the token with its Answer, or with a Refused."""
        self.start()
        token = self._next()
        self._calls.add(token)
        self._send(CallModel(token, model, options))
        return token

    def start_training(self, model: str, options: dict[str, Any]) -> int:
        """Begin a long run; `sliced` brings its parts until the one that is the last."""
        self.start()
        self._training = self._next()
        self._send(StartTraining(self._training, model, options))
        self._line.worker.resume()
        return self._training

    def stop_training(self) -> None:
        """End the long run."""
        if self._training:
            self._training = 0
            self._line.worker.pause()
            self._send(StopTraining(self._next()))

    # --- what comes ---------------------------------------------------------------------------------------------------

    def _next(self) -> int:
        self._token += 1
        return self._token

    def _send(self, command: StageCommand) -> None:
        self._line.worker.send_command(command)

    @Slot(list)
    def _on_items_arrived(self, items: list[tuple[int, Any]]) -> None:
        has_rows = False
        for job, item in items:
            if job != self._job or not job:
                continue
            match item:
                case StageStarted():
                    self.recording = CellRecording(self.plan.dt_ms, item.voltage_mV, item.gates, INPUTS)
                    self._set_state("ready")
                    has_rows = True
                case Recording() if not self._branching and self.recording is not None:
                    self.recording.append(item)
                    has_rows = True
                case _:
                    self._take_in(item)
        if has_rows:
            self._show_aim()
            self.frame_changed.emit()
        self._pay()

    def _show_aim(self) -> None:
        assert self.recording is not None
        if not self.clock.is_playing and self._aim_ms > self.shown_ms:
            self.shown_ms = min(self._aim_ms, self.recording.last_ms)

    def _take_in(self, item: Any) -> None:
        match item:
            case Accepted(token=token, number=number):
                self._branching.pop(token, None)
                if number:
                    self.currents[token] = number
            case Answer(token=token):
                self._calls.discard(token)
                self.answered.emit(token, item)
            case Refused(token=token, reason=reason):
                self._note_refusal(token, reason, item)
            case Slice(token=token):
                if item.is_last and token == self._training:
                    self._training = 0
                    self._line.worker.pause()
                self.sliced.emit(token, item)
            case Progress():
                self.progress_came.emit(item)
            case RunFailed(reason=reason):
                self._fail(reason)

    def _note_refusal(self, token: int, reason: str, item: Refused) -> None:
        if token in self._calls:
            self._calls.discard(token)
            self.answered.emit(token, item)
        else:
            self._branching.pop(token, None)
            self.complained.emit(reason)

    def _fail(self, reason: str) -> None:
        """The cell is dead; what is recorded can still be looked at."""
        self._job = 0
        self.clock.is_playing = False
        self._asked_step = self.recording.last_step if self.recording is not None else 0
        self._branching.clear()
        self._calls.clear()
        self._training = 0
        self._set_state("failed", reason)
        self.complained.emit(reason)

    @Slot(object)
    def _on_worker_lost(self, end: WorkerEnd) -> None:
        if self._job:
            self._fail(f"{end.sentence} The recording is kept; start the cell again to go on.")


def spikes_at(spikes: list[Spike], place: str) -> list[float]:
    """The times (ms) of `spikes` at `place`."""
    return [spike.time_ms for spike in spikes if spike.place == place]


def with_weight(plan: StagePlan, inputs: tuple[int, ...], weight_nS: float) -> StagePlan:
    """`plan` with the weight of `inputs` at `weight_nS`."""
    weights = list(plan.weights_nS)
    for number in inputs:
        weights[number] = weight_nS
    return msgspec.structs.replace(plan, weights_nS=tuple(weights))
