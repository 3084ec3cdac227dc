"""StageLink: the window's line to the biology's worker: its life, its tokens, models that are called and long runs. Imports no numba."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app.job_line import JobLine
from app.job_thread import WorkerEnd
from app.simulation.biology.stage import (
    Answer,
    AnyStageEvent,
    CallModel,
    Refused,
    Slice,
    StageCommand,
    StagePlan,
    StartTraining,
    StopTraining,
)
from trainers.events import Progress, RunFailed

ENGINE = "app.simulation.biology.engine:run"
WARM_UP = "app.simulation.biology.warm_up:stages"
STARTED_ANEW = "The cell was started anew."  # why a long run ended that nobody stopped


class StageLink(QObject):
    """One JobLine with one job. `state`: "cold" (no worker yet), "starting", "ready", "failed".

    All requests return at once; refusals come as `complained`, answers by their token. A worker that dies answers all that
    it still owed with a Refused; a cell that is started anew is asked the same again, and refuses a long run alone
    (STARTED_ANEW), whose parts would come twice. `line`: another line than a worker's, for tests.
    """

    state_changed = Signal(str)
    answered = Signal(int, object)  # token, Answer or Refused
    sliced = Signal(int, object)  # token, Slice
    complained = Signal(str)
    failed = Signal(str)  # why, one sentence; the worker is gone
    progress_came = Signal(object)  # Progress of the start

    def __init__(self, parent: QObject | None = None, *, engine: str = ENGINE, line: JobLine | None = None) -> None:
        super().__init__(parent)
        self.state = "cold"
        self.reason = ""  # of a failure, one sentence
        self._engine = engine
        self._line = line or JobLine(self, name="biology", events=AnyStageEvent | RunFailed | Progress, warm_up=WARM_UP)
        self._line.arrived.connect(self._on_items_arrived)
        self._line.worker_lost.connect(self._on_worker_lost)
        self._job = 0
        self._token = 0
        self._calls: dict[int, CallModel] = {}
        self._training = 0
        self.is_failure_told = False  # whoever waited for an answer has been given the reason instead

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker while it lives."""
        return self._line.worker_pid

    @property
    def is_training(self) -> bool:
        """Whether a long run is under way."""
        return self._training != 0

    def start(self) -> None:
        """See to it that there is a worker, or will be."""
        raise NotImplementedError

    def warm_up(self) -> None:
        """Start the worker and what is slow in it, at low priority, before the cell is wanted."""
        _ = self._line.worker

    def shutdown(self) -> None:
        """End the worker and wait until nothing of it is left."""
        self._job = 0
        self._line.close()

    # --- models -------------------------------------------------------------------------------------------------------

    def call(self, model: str, options: dict[str, Any]) -> int:
        """Run a model once; `answered` brings the token with its Answer, or with a Refused."""
        self.start()
        token = self._next()
        self._calls[token] = CallModel(token, model, options)
        self._send(self._calls[token])
        self._line.worker.resume()
        return token

    def start_training(self, model: str, options: dict[str, Any]) -> int:
        """Begin a long run; `sliced` brings its parts until the one that is the last. `answered`: a Refused, where it cannot be."""
        self.start()
        self._training = self._next()
        self._send(StartTraining(self._training, model, options))
        self._line.worker.resume()
        return self._training

    def stop_training(self) -> None:
        """End the long run."""
        if self._training:
            self._training = 0
            self._send(StopTraining(self._next()))
            self._rest()

    # --- the line -----------------------------------------------------------------------------------------------------

    def _start_job(self, plan: StagePlan) -> None:
        training, self._training = self._training, 0
        self._set_state("starting")
        self._job = self._line.worker.start_job(self._engine, plan, paused=True)
        for call in self._calls.values():
            self._send(call)
        if self._calls:
            self._line.worker.resume()
        if training:
            self.answered.emit(training, Refused(0, training, STARTED_ANEW))

    def _set_state(self, state: str, reason: str = "") -> None:
        self.state, self.reason = state, reason
        self.state_changed.emit(state)

    def _next(self) -> int:
        self._token += 1
        return self._token

    def _rest(self) -> None:
        """The job need not run by itself where neither a model nor a long run is owed."""
        if not self._calls and not self._training:
            self._line.worker.pause()

    def _send(self, command: StageCommand) -> None:
        self._line.worker.send_command(command)

    @Slot(list)
    def _on_items_arrived(self, items: list[tuple[int, Any]]) -> None:
        for job, item in items:
            if job == self._job and job:
                self._take_in(item)
        self._after_items()

    def _take_in(self, item: Any) -> None:
        match item:
            case Answer(token=token):
                self._calls.pop(token, None)
                self._rest()
                self.answered.emit(token, item)
            case Refused(token=token) if token in self._calls:
                self._calls.pop(token, None)
                self._rest()
                self.answered.emit(token, item)
            case Refused(token=token) if token == self._training:
                self._training = 0
                self._rest()
                self.answered.emit(token, item)
            case Slice(token=token):
                if item.is_last and token == self._training:
                    self._training = 0
                    self._rest()
                self.sliced.emit(token, item)
            case Progress():
                self.progress_came.emit(item)
            case RunFailed(reason=reason):
                self._fail(reason)
            case _:
                self._take_in_cell(item)

    def _take_in_cell(self, item: Any) -> None:
        """What concerns the living cell alone."""

    def _after_items(self) -> None:
        """All that came at once has been taken in."""

    def _fail(self, reason: str) -> None:
        self._job = 0
        self._set_state("failed", reason)
        self._give_up(reason)
        self.failed.emit(reason)

    def _give_up(self, reason: str) -> None:
        """Answer what the worker will not answer any more."""
        self.is_failure_told = bool(self._calls or self._training)
        owed = [*sorted(self._calls), *([self._training] if self._training else [])]
        self._calls.clear()
        self._training = 0
        for token in owed:
            self.answered.emit(token, Refused(0, token, reason))

    @Slot(object)
    def _on_worker_lost(self, end: WorkerEnd) -> None:
        if self._job:
            self._fail(end.sentence.replace("The training process", "The cell's process"))
