"""ActivationSession: what the activation panel sees of its worker: what depth does to a signal, and a race. Imports no torch.

The worker is started when it is first asked for something (or by `warm_up`), and costs nothing while nobody asks. A worker that
dies is told of in one sentence; the next request starts a fresh one.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from app.activation_questions import DepthQuestions
from app.job_line import JobLine
from app.job_thread import JobThread, WorkerEnd
from trainers.activation_lab import (
    FRAMES_PER_SECOND,
    ActivationChoice,
    AnyLabEvent,
    AskDepth,
    ChangeRacer,
    DepthAnswer,
    DepthQuestion,
    LabCommand,
    LabPlan,
    LabRefused,
    LabStarted,
    LearningRateSet,
    RaceEvent,
    RaceFrame,
    RacePlan,
    RacerChanged,
    SetFrames,
    SetLearningRate,
    StartRace,
)
from trainers.activation_lab_checks import check_learning_rate, checked_question, checked_race, checked_racer
from trainers.errors import BadInput
from trainers.events import RunFailed

LAB = "trainers.activation_lab_job:run"
WARM_UP = "trainers.activation_lab_job:stages"
STEPS_PER_SECOND = 240.0  # of a race, unless somebody asks for more: to be watched, beside a training

# Two threads for depth, which sleep while they wait for one another: on two cores the products of 50 layers took 29 ms where one
# thread took 51, and 76 instead of 98 where two others wanted the cores. Threads that wait awake (OpenMP's usual way) took 168.
# Niceness 5, of a race alone: a training that wants the same core gets three quarters of it.
_DEPTH_THREADS = 2
_SLEEP_WHILE_WAITING = {"OMP_WAIT_POLICY": "PASSIVE"}
_PLAN = LabPlan(depth_threads=min(_DEPTH_THREADS, os.cpu_count() or 1), niceness=5, flushes_denormals=True)

# Beside a training that runs: at full pace six racers took half a core and their pictures 0.4 of another, and the training 0.75 of its
# pace on two cores; so it keeps 0.97.
_SHARE_BESIDE_TRAINING = 0.06  # of a processor, that a race's steps and surfaces take
_FRAMES_BESIDE_TRAINING = 2.0  # a second

RaceState = Literal["none", "standing", "running"]


class ActivationSession(QObject):
    """All requests return at once; what they lead to comes by the signals. Refusals of what bears no token come as `complained`.

    job, line: others than the worker's own, for tests.
    """

    depth_answered = Signal(object)  # DepthAnswer; its token is that of `ask_depth`
    depth_failed = Signal(int, str)  # token of a question that will not be answered, and why; nobody else says it
    race_moved = Signal(list)  # list[AnyRaceEvent] of the race on show, in their order, once a frame
    race_state_changed = Signal(str)  # RaceState
    race_lost = Signal(str)  # the race on show is gone, with its worker or refused by it, and why; nobody else says it
    held_back_changed = Signal(bool)  # whether a race is slow, to leave a training its pace
    complained = Signal(str)  # one sentence

    def __init__(self, parent: QObject | None = None, *, job: str = LAB, line: JobLine | None = None) -> None:
        super().__init__(parent)
        self.race_state: RaceState = "none"
        self.race_plan: RacePlan | None = None  # of the race on show, with what was changed since
        self.steps_per_second = STEPS_PER_SECOND
        self.is_held_back = False
        self._job_name = job
        self._line = line or JobLine(
            self, name="activations", events=AnyLabEvent | RunFailed, warm_up=WARM_UP, variables=_SLEEP_WHILE_WAITING
        )
        self._line.arrived.connect(self._on_items_arrived)
        self._line.worker_lost.connect(self._on_worker_lost)
        self._job = 0
        self._token = 0
        self._questions = DepthQuestions(self._send)
        self._race = 0  # token of the race on show
        self._is_ready = False
        self._held: list[Callable[[], None]] = []  # requests for a job that is being started, see `_request`

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker while it lives."""
        return self._line.worker_pid

    def warm_up(self) -> None:
        """Start the worker and its imports, before something is asked: when a view of it is opened."""
        _ = self._line.worker

    def shutdown(self) -> None:
        """End the worker and wait until nothing of it is left."""
        self._forget()
        self._line.close()

    # --- depth --------------------------------------------------------------------------------------------------------

    def ask_depth(self, question: DepthQuestion, slot: str = "a") -> int:
        """Ask; the token that the answer will carry, 0 where it is refused at once.

        While a question of this slot is on its way, of several others only the newest is kept, and asked next.
        """
        try:
            asked = AskDepth(self._next(), checked_question(question))
        except BadInput as refusal:
            self.complained.emit(refusal.sentence)
            return 0
        self._questions.ask(slot, asked)
        return asked.token

    # --- race ---------------------------------------------------------------------------------------------------------

    def start_race(self, plan: RacePlan) -> None:
        """A race at step 0, standing, in place of the one before; `race_moved` brings its RaceStarted."""
        try:
            plan = checked_race(plan)
        except BadInput as refusal:
            self.complained.emit(refusal.sentence)
            return
        self._request(self._worker().pause)
        self._race = self._next()
        self.race_plan = plan
        self._send(StartRace(self._race, plan))
        self._set_race_state("standing")

    def set_running(self, is_running: bool) -> None:
        """Let the race run, or hold it at the end of the step under way; after a worker's death it begins anew."""
        if self._has_race():
            worker = self._worker()
            self._request(worker.resume if is_running else worker.pause)
            self._set_race_state("running" if is_running else "standing")

    def step_race(self, count: int = 1) -> None:
        """Take `count` steps, then stand."""
        if self._has_race():
            self._request(partial(self._worker().step_by, max(1, count)))
            self._set_race_state("standing")

    def set_learning_rate(self, value: float) -> None:
        """From the next step on; `race_moved` brings a LearningRateSet."""
        self._change_race(SetLearningRate(self._next(), value))

    def change_racer(self, index: int, activation: ActivationChoice) -> None:
        """Another activation for racer `index`, which keeps its weights; `race_moved` brings a RacerChanged."""
        self._change_race(ChangeRacer(self._next(), index, activation))

    def set_speed(self, steps_per_second: float) -> None:
        """At most so many steps a second; 0 sets no limit."""
        self.steps_per_second = max(0.0, steps_per_second)
        if self._job:
            self._request(self._limit(self._worker()))

    @Slot(str)
    def note_training(self, state: str) -> None:
        """A training that runs goes first: a race beside it works a small part of the time, and shows itself seldom."""
        is_held_back = state in ("starting", "running")
        if is_held_back == self.is_held_back:
            return
        self.is_held_back = is_held_back
        if self._job:
            self._request(self._limit(self._worker()))
            self._send(self._frames())
        self.held_back_changed.emit(is_held_back)

    def _limit(self, worker: JobThread) -> Callable[[], None]:
        return partial(worker.limit_speed, self.steps_per_second, _SHARE_BESIDE_TRAINING if self.is_held_back else 1.0)

    def _frames(self) -> SetFrames:
        return SetFrames(self._next(), _FRAMES_BESIDE_TRAINING if self.is_held_back else FRAMES_PER_SECOND)

    def _change_race(self, command: SetLearningRate | ChangeRacer) -> None:
        if not self._has_race():
            return
        try:
            if isinstance(command, SetLearningRate):
                check_learning_rate(command.learning_rate)
            else:
                command = msgspec.structs.replace(command, activation=checked_racer(command.activation))
        except BadInput as refusal:
            self.complained.emit(refusal.sentence)
        else:
            self._send(command)

    def _has_race(self) -> bool:
        """Whether there is one; where its worker has died it is begun anew."""
        if not self._race and self.race_plan is not None:
            self.start_race(self.race_plan)
        return self._race != 0

    def _set_race_state(self, state: RaceState) -> None:
        if state != self.race_state:
            self.race_state = state
            self.race_state_changed.emit(state)

    # --- the line -----------------------------------------------------------------------------------------------------

    def _worker(self) -> JobThread:
        """The worker, with the job begun on it."""
        worker = self._line.worker
        if not self._job:
            self._is_ready = False
            self._job = worker.start_job(self._job_name, _PLAN, paused=True)
            self._held.append(self._limit(worker))
            if self.is_held_back:
                self._held.append(partial(worker.send_command, self._frames()))
        return worker

    def _request(self, request: Callable[[], None]) -> None:
        """Ask now, or once the job stands: while it is prepared, a race would be driven one step too far."""
        if self._is_ready:
            request()
        else:
            self._held.append(request)

    def _next(self) -> int:
        self._token += 1
        return self._token

    def _send(self, command: LabCommand) -> None:
        self._request(partial(self._worker().send_command, command))

    @Slot(list)
    def _on_items_arrived(self, items: list[tuple[int, Any]]) -> None:
        moves: list[RaceEvent] = []
        for job, item in items:
            if job == self._job and job:
                if isinstance(item, RaceEvent):
                    if item.race == self._race:
                        self._note_race(item)
                        moves.append(item)
                else:
                    self._take_in(item)
        if moves:
            self.race_moved.emit(moves)

    def _note_race(self, event: RaceEvent) -> None:
        plan = self.race_plan
        match event:
            case RaceFrame(diverged=diverged) if self.race_state == "running" and None not in diverged:
                self.set_running(False)  # nobody is left
            case LearningRateSet() if plan is not None:
                self.race_plan = msgspec.structs.replace(plan, learning_rate=event.learning_rate)
            case RacerChanged() if plan is not None:
                racers = (*plan.racers[: event.index], event.activation, *plan.racers[event.index + 1 :])
                self.race_plan = msgspec.structs.replace(plan, racers=racers)

    def _take_in(self, item: Any) -> None:
        match item:
            case LabStarted():
                self._is_ready = True
                held, self._held = self._held, []
                for request in held:
                    request()
            case DepthAnswer():
                if self._questions.note_answered(item.token):
                    self.depth_answered.emit(item)
            case LabRefused(token=token, reason=reason):
                if self._questions.note_answered(token):
                    self.depth_failed.emit(token, reason)
                    return
                if token == self._race:
                    self._race, self.race_plan = 0, None
                    self._set_race_state("none")
                    self.race_lost.emit(reason)
                else:
                    self.complained.emit(reason)
            case RunFailed(reason=reason):
                self._give_up(reason)

    def _forget(self) -> list[int]:
        """Nothing is under way any more: the tokens of questions that stay without an answer."""
        self._job = self._race = 0
        self._is_ready = False
        self._held.clear()
        return self._questions.forget()

    def _give_up(self, reason: str) -> None:
        """Nothing of what was asked will come any more."""
        had_race = self._race != 0
        owed = self._forget()
        self._set_race_state("none" if self.race_plan is None else "standing")
        for token in owed:
            self.depth_failed.emit(token, reason)
        if had_race:
            self.race_lost.emit(reason)
        elif not owed:  # else who asked says it: twice would be once too often
            self.complained.emit(reason)

    @Slot(object)
    def _on_worker_lost(self, end: WorkerEnd) -> None:
        if self._job:
            self._give_up(end.sentence.replace("The training process", "The process of the activation panel"))
