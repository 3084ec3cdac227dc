"""RunRecord: what is known of the run that stands, from its events alone. Imports neither torch nor Qt."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree

from app.earlier_run import EarlierRun
from app.run_history import RunHistory
from trainers.commands import Scalar
from trainers.event_queue import merge_snapshots
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
from trainers.training_plan import TrainingPlan


class RunRecord:
    """Grows by `note`. run: of the run that stands; checkpoint: the last one complete; in_effect: settings of the next step."""

    def __init__(self, history: RunHistory) -> None:
        self.history = history
        self.plan: TrainingPlan | None = None
        self.run: RunStarted | None = None
        self.failure: RunFailed | None = None
        self.finished: RunFinished | None = None
        self.checkpoint: CheckpointSaved | None = None
        self.is_unkept = False  # the disk would not take a checkpoint, and has taken none since
        self.snapshot: Snapshot | None = None
        self.in_effect: dict[str, Scalar] = {}
        self.step = 0

    def begin(self, plan: TrainingPlan) -> None:
        """A run is on its way; where it goes on from a checkpoint, what is drawn stays."""
        self.plan = plan
        self.run = self.failure = self.finished = None
        self.in_effect = {}
        if plan.resume is None:
            self.checkpoint = self.snapshot = None
            self.step = 0
            self.history.clear()

    def take_up(self, plan: TrainingPlan, earlier: EarlierRun) -> None:
        """A run of an earlier session stands, at its last checkpoint."""
        self.forget()
        self.plan, self.checkpoint = plan, earlier.checkpoint
        self.step = earlier.checkpoint.step
        self.history.take_up(earlier.events, self.step, earlier.state.seconds)

    def forget(self) -> None:
        """No run stands."""
        self.plan = self.run = self.failure = self.finished = self.checkpoint = self.snapshot = None
        self.in_effect = {}
        self.step = 0
        self.history.clear()

    def note(self, event: AnyEvent) -> None:
        """Take in one event of the run."""
        match event:
            case RunStarted():
                self.run = event
                self.in_effect = dict(event.settings)
                self.step, self.is_unkept = event.step, False
            case CheckpointSaved():
                self.checkpoint, self.is_unkept = event, False
            case ValueRefused(name="checkpoint"):
                self.is_unkept = True
            case Snapshot():
                self.snapshot = merge_snapshots(self.snapshot, event)
            case ValueSet():
                self.in_effect[event.name] = event.value
            case RunFinished():
                self.finished = event
            case RunFailed():
                self.failure = event
        self.step = max(self.step, getattr(event, "step", 0))
        self.history.append(event)

    def failure_of_worker(self, sentence: str) -> RunFailed:
        """The RunFailed of a run whose process is gone."""
        return RunFailed(self.step, sentence, self.checkpoint is not None)

    def sweep_up(self, worker_pid: int) -> None:
        """Remove what a worker that was killed while it saved a checkpoint left half written; its id is in the names."""
        if self.plan is None or self.plan.runs_folder is None or self.run is None or not self.run.run:
            return
        for left in Path(self.plan.runs_folder, self.run.run).glob(f"**/.*.{worker_pid}.*"):
            rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
