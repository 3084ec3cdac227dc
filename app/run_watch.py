"""RunWatch: the run as its events tell it, on top of the choices; driving it is TrainingSession's affair. Imports no torch."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from app.job_line import JobLine
from app.run_history import RunHistory
from app.run_record import RunRecord
from app.training_choices import TrainingChoices
from trainers.commands import AnyCommand, Look
from trainers.events import (
    AnyEvent,
    CheckpointSaved,
    RunFailed,
    RunFinished,
    RunStarted,
    Snapshot,
    ValueRefused,
    ValueSet,
)
from trainers.network_graph import NetworkGraph
from trainers.training_plan import ClassifierSettings, TrainingPlan

if TYPE_CHECKING:
    from app.network_document import NetworkDocument

PICTURES = ("surface", "predictions", "confusion")


class RunWatch(TrainingChoices):
    """What panels read of a run and of its worker, and the signals that tell them when to."""

    state_changed = Signal(str)  # "idle", "starting", "running", "paused", "finished", "failed"
    events_arrived = Signal(list)  # list[AnyEvent], at most once a frame, in order
    failed = Signal(object)  # RunFailed
    complained = Signal(str)  # the run goes on, but something about it could not be done: one sentence
    value_set = Signal(str, object)
    worker_warmed = Signal(object)  # worker_protocol.Warmed
    modules_listed = Signal(object)  # tuple[str, ...]: answer to list_modules

    def __init__(
        self, document: NetworkDocument, runs_folder: str, warm_up: str | None, parent: QObject | None = None
    ) -> None:
        super().__init__(document, parent)
        self._runs_folder = runs_folder
        self._job = self._answer_job = 0  # numbers under which their events come; 0: none
        self._line = JobLine(self, name="training", warm_up=warm_up)
        self._line.warmed.connect(self.worker_warmed)
        self._line.modules_listed.connect(self.modules_listed)
        self._record = RunRecord(RunHistory())
        self._state = "idle"
        self._speed = 0.0

    @property
    def state(self) -> str:
        """What goes on, see state_changed."""
        return self._state

    @property
    def history(self) -> RunHistory:
        """The curves of the run that stands."""
        return self._record.history

    @property
    def run(self) -> RunStarted | None:
        """How the run that stands began; None before it has."""
        return self._record.run

    @property
    def in_effect(self) -> dict[str, Any]:
        """The settings of the run that stands, as changed while it trained; none before it has begun."""
        return self._record.in_effect

    @property
    def last_saved(self) -> tuple[NetworkGraph, CheckpointSaved] | None:
        """The network of the run that stands, and its last checkpoint."""
        plan, saved = self._record.plan, self._record.checkpoint
        return None if plan is None or saved is None else (plan.network, saved)

    @property
    def failure(self) -> RunFailed | None:
        """Why the run could not go on."""
        return self._record.failure

    @property
    def can_resume(self) -> bool:
        """Whether the run that stands has failed and can go on from its last checkpoint."""
        record = self._record
        failure, is_kept = record.failure, record.plan is not None and record.checkpoint is not None
        return self._state == "failed" and is_kept and failure is not None and failure.can_resume

    @property
    def last_snapshot(self) -> Snapshot | None:
        """The newest of each picture."""
        return self._record.snapshot

    @property
    def speed(self) -> float:
        """Steps a second at most; 0: as fast as it goes."""
        return self._speed

    @speed.setter
    def speed(self, steps_per_second: float) -> None:
        self._speed = max(0.0, float(steps_per_second))
        if self._line.has_worker:  # one that comes later is told when a run begins
            self._line.worker.limit_speed(self._speed)

    @property
    def worker_pid(self) -> int | None:
        """Process id of the training process, while there is one."""
        return self._line.worker_pid

    @property
    def runs_folder(self) -> str:
        """Where runs are kept."""
        return self._runs_folder

    @property
    def is_sleeping(self) -> bool:
        """Whether nothing can arrive, so that no timer runs."""
        return not self._line.is_awake

    @Slot()
    def warm_up(self) -> None:
        """Start the worker and its slow imports, at low priority: to be called after the window's first paint."""
        _ = self._line.worker

    def list_modules(self) -> None:
        """Ask which modules the worker has loaded; `modules_listed` brings them."""
        self._line.worker.list_modules()

    def look(self, parts: tuple[str, ...] = PICTURES) -> None:
        """Ask for a fresh Snapshot."""
        self._send(Look(tuple(parts)))

    def _new_plan(self) -> TrainingPlan:
        settings = msgspec.structs.replace(self._settings, threads=self._settings.threads or threads_beside_window())
        plan = TrainingPlan(self._document.graph, self._data, settings, self._runs_folder, pictures=True)
        return msgspec.structs.replace(plan, weights=self.weights)

    def _send(self, command: AnyCommand) -> bool:
        if not (self._job or self._answer_job):
            return False
        self._line.worker.send_command(command)
        return True

    def _set_state(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)

    def _take_in(self, event: AnyEvent) -> None:
        """Note an event of the run and tell what follows from it alone."""
        was_told = self._record.is_unkept
        self._record.note(event)
        match event:
            case ValueSet():
                self.value_set.emit(event.name, event.value)
            case ValueRefused(name="inputs"):
                pass  # a question from the pad that crossed with a change of network
            case ValueRefused(name="checkpoint") if was_told:
                pass  # on a full disk one would come every epoch, each to be dismissed
            case ValueRefused() if event.name not in ClassifierSettings.__struct_fields__:
                self.complained.emit(event.reason)  # a checkpoint that the disk would not take
            case ValueRefused():
                value = self._record.in_effect.get(event.name, getattr(self._settings, event.name))
                self.put_back(event.name, value, event.reason)
            case RunFinished():
                self._set_state("finished")
            case RunFailed():
                self._set_state("failed")
                self.failed.emit(event)


def threads_beside_window() -> int:
    """Threads of a run where a person chose none: one core is left to the window."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores - 1)
