"""The folder of a run and the metrics of all runs in one SQLite file. Imports neither torch nor Qt."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TypeVar

import msgspec

from trainers.errors import BadInput
from trainers.events import (
    AnyEvent,
    CheckpointSaved,
    EpochReport,
    RunFailed,
    RunFinished,
    RunStarted,
    StepReport,
    ValueSet,
)
from trainers.metrics import EPOCH_METRICS, REPORT_METRICS
from trainers.run_holder import hold, let_go, other_trainer
from trainers.training_plan import TrainingPlan

DATABASE = "runs.sqlite"
PLAN_FILE = "plan.json"
CHECKPOINTS = "checkpoints"
SCHEMA = 1
_FLUSH_SECONDS = 1.0  # rows wait at most so long in memory: one transaction a second does not slow the loop

Told = TypeVar("Told")

_TYPES = {"device_memory": "INTEGER"}  # of metrics; all others are REAL


def _columns(names: tuple[str, ...]) -> str:
    return ", ".join(f"{name} {_TYPES.get(name, 'REAL')}" for name in names)


_TABLES = f"""
CREATE TABLE IF NOT EXISTS runs (run TEXT PRIMARY KEY, started TEXT NOT NULL, network TEXT NOT NULL, data TEXT NOT NULL,
  parameters INTEGER NOT NULL, device TEXT NOT NULL, threads INTEGER NOT NULL, plan TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS steps (run TEXT NOT NULL, step INTEGER NOT NULL, loss REAL, accuracy REAL,
  PRIMARY KEY (run, step)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reports (run TEXT NOT NULL, step INTEGER NOT NULL, epoch INTEGER,
  {_columns(REPORT_METRICS)}, phases TEXT, PRIMARY KEY (run, step)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS epochs (run TEXT NOT NULL, epoch INTEGER NOT NULL, step INTEGER,
  {_columns(EPOCH_METRICS)}, PRIMARY KEY (run, epoch)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks (run TEXT NOT NULL, step INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS marks_of_run ON marks (run, step);
"""


class RunStore:
    """One run on disk: `folder` with its plan and checkpoints, and its rows in runs.sqlite.

    A metric that cannot be written (the disk is full) never stops a training: `trouble` then holds a sentence, told at the epoch's end.
    """

    def __init__(self, runs_folder: Path, run: str) -> None:
        self.run = run
        self.folder = runs_folder / run
        self.checkpoints = self.folder / CHECKPOINTS
        self.trouble: str | None = None
        self._rows: list[tuple[str, tuple[object, ...]]] = []
        self._last_flush = monotonic()
        self._connection = _connect(runs_folder)

    @classmethod
    def create(cls, plan: TrainingPlan) -> RunStore:
        """A new run in `plan.runs_folder`. Raises BadInput where the folder cannot be written, and then leaves nothing behind."""
        runs_folder = Path(str(plan.runs_folder))
        made = _missing_parents(runs_folder)
        run = run_name(plan)
        try:
            (runs_folder / run / CHECKPOINTS).mkdir(parents=True)
            store = cls(runs_folder, run)
            _write_whole(store.folder / PLAN_FILE, msgspec.json.format(msgspec.json.encode(plan), indent=1))
        except (OSError, sqlite3.Error) as error:
            _remove(runs_folder / run)
            for folder in made:
                with contextlib.suppress(OSError):
                    folder.rmdir()
            reason = getattr(error, "strerror", None) or str(error)
            raise BadInput(
                f"Runs cannot be kept in {runs_folder} ({reason}): name a folder that can be written."
            ) from error
        hold(store.folder)
        return store

    @classmethod
    def reopen(cls, checkpoint: Path, step: int) -> RunStore:
        """The run to which `checkpoint` belongs; what its metrics say beyond `step` is forgotten, since it comes anew.

        Raises BadInput where it cannot be written, or another process still trains it.
        """
        folder = checkpoint.resolve().parent.parent
        try:
            store = cls(folder.parent, folder.name)
            store._take()
        except (OSError, sqlite3.Error) as error:
            raise BadInput(
                f"The run {folder} cannot be gone on with ({error}): its folder has to be writable."
            ) from error
        store._rewind(step)
        return store

    def record(self, event: AnyEvent, plan: TrainingPlan) -> None:
        """Keep what an event says; written once a second, and at once where a run begins or ends, or can be gone on with from."""
        self._rows.extend(_rows(self.run, event, plan))
        ends = RunStarted | CheckpointSaved | RunFinished | RunFailed
        if isinstance(event, ends) or monotonic() - self._last_flush > _FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting."""
        rows, self._rows = self._rows, []
        self._last_flush = monotonic()
        try:
            with self._connection:
                for statement, values in rows:
                    self._connection.execute(statement, values)
        except sqlite3.Error as error:
            self.trouble = f"The metrics of this run cannot be written to {self.folder.parent / DATABASE}: {error}."

    def close(self) -> None:
        """Write what is waiting and let go of the file."""
        try:
            self.flush()
            self._connection.close()
        finally:
            let_go(self.folder)

    def latest_checkpoint(self) -> Path | None:
        """The whole checkpoint with the most steps, or None."""
        return latest_checkpoint(self.folder)

    def _take(self) -> None:
        """Hold the run, unless another process trains it: while the transaction lasts, nobody else looks or holds."""
        with contextlib.ExitStack() as on_refusal:
            on_refusal.callback(self._connection.close)
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                refuse_while_trained(self.folder)
                hold(self.folder)
            on_refusal.pop_all()

    def _rewind(self, step: int) -> None:
        with contextlib.suppress(sqlite3.Error), self._connection:
            for table in ("steps", "reports", "epochs", "marks"):
                self._connection.execute(f"DELETE FROM {table} WHERE run = ? AND step > ?", (self.run, step))


def refuse_while_trained(run_folder: Path) -> None:
    """Raise BadInput where another process trains this run: two of them would write into one another's curves."""
    trainer = other_trainer(run_folder)
    if trainer is not None:
        raise BadInput(
            f"The run {run_folder.name} is still being trained by another Hillock (process {trainer}):"
            " stop it there, or wait for its end."
        )


def belongs_to_run(checkpoint: Path) -> bool:
    """Whether a checkpoint folder stands in a run's folder (and was not copied elsewhere)."""
    return (
        checkpoint.resolve().parent.name == CHECKPOINTS and (checkpoint.resolve().parent.parent / PLAN_FILE).is_file()
    )


def checkpoint_name(step: int) -> str:
    """The folder of a checkpoint; names sort as steps do."""
    return f"step-{step:09d}"


def latest_checkpoint(run_folder: Path) -> Path | None:
    """The whole checkpoint with the most steps in a run's folder, or None."""
    found = sorted((run_folder / CHECKPOINTS).glob("step-*/state.json"))
    return found[-1].parent if found else None


def told_by(checkpoint: Path, kind: type[Told]) -> Told | None:
    """What the struct `kind` names of a checkpoint's state; None where it is torn, gone or says something else."""
    try:
        return msgspec.json.decode((checkpoint / "state.json").read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return None


def run_name(plan: TrainingPlan) -> str:
    """A name that sorts by time, says what it is, and is nobody else's."""
    words = re.sub(r"[^a-z0-9]+", "-", f"{plan.network.name} {Path(plan.data.name).stem}".lower()).strip("-")[:48]
    return f"{datetime.now():%Y%m%d-%H%M%S}-{words}-{secrets.token_hex(3)}"


def _connect(runs_folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(runs_folder / DATABASE, timeout=2.0, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")  # whole after a crash, and no wait for the disk at each commit
    (schema,) = connection.execute("PRAGMA user_version").fetchone()
    if schema > SCHEMA:
        connection.close()
        raise sqlite3.DatabaseError(f"{DATABASE} was written by a newer Hillock")
    connection.executescript(_TABLES)
    connection.execute(f"PRAGMA user_version = {SCHEMA}")
    return connection


def _rows(run: str, event: AnyEvent, plan: TrainingPlan) -> Iterator[tuple[str, tuple[object, ...]]]:
    match event:
        case RunStarted():
            yield (
                "INSERT OR IGNORE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'running')",
                (
                    run,
                    datetime.now().astimezone().isoformat(timespec="seconds"),
                    event.network,
                    event.data,
                    event.parameters,
                    event.device,
                    event.threads,
                    msgspec.json.encode(plan).decode(),
                ),
            )
            yield "UPDATE runs SET state = 'running' WHERE run = ?", (run,)
        case StepReport():
            accuracies = event.accuracies or (None,) * len(event.losses)
            for (step, loss), accuracy in zip(event.losses, accuracies, strict=True):
                yield "INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?)", (run, step, loss, accuracy)
            phases = msgspec.json.encode(event.phases).decode()
            values = (*(getattr(event, name) for name in REPORT_METRICS), phases)
            yield (
                "INSERT OR REPLACE INTO reports VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (run, event.step, event.epoch, *values),
            )
        case EpochReport():
            scores = tuple(getattr(event, name) for name in EPOCH_METRICS)
            yield "INSERT OR REPLACE INTO epochs VALUES (?, ?, ?, ?, ?, ?, ?)", (run, event.epoch, event.step, *scores)
        case ValueSet():
            yield _mark(run, event.step, "value", f"{event.name} = {event.value}")
        case CheckpointSaved():
            yield _mark(run, event.step, "checkpoint", Path(event.path).name)
        case RunFinished():
            yield "UPDATE runs SET state = 'finished' WHERE run = ?", (run,)
        case RunFailed():
            yield _mark(run, event.step, "failure", event.reason)
            yield "UPDATE runs SET state = 'failed' WHERE run = ?", (run,)


def _mark(run: str, step: int, kind: str, text: str) -> tuple[str, tuple[object, ...]]:
    return "INSERT INTO marks VALUES (?, ?, ?, ?)", (run, step, kind, text)


def _missing_parents(folder: Path) -> list[Path]:
    """Folders that have to be made for `folder` to be there, the innermost first."""
    missing = []
    while not folder.exists() and folder != folder.parent:  # a drive that is not there is its own parent
        missing.append(folder)
        folder = folder.parent
    return missing


def _remove(run_folder: Path) -> None:
    for path in (run_folder / PLAN_FILE, run_folder / CHECKPOINTS, run_folder):
        with contextlib.suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()


def _write_whole(path: Path, content: bytes) -> None:
    """Atomic: under another name, flushed, renamed."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    with unfinished.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
