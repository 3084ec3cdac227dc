"""The newest run of an earlier session that can go on: its choices, its last checkpoint, its curves. Imports neither Qt nor torch.

Looked for in a thread of its own (app.earlier_run_search): the rows of a long run take seconds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from app.run_database import runs_to_read
from trainers.events import AnyEvent, CheckpointSaved, EpochReport, StepReport
from trainers.metrics import EPOCH_METRICS, REPORT_METRICS
from trainers.network_graph import NetworkGraph
from trainers.run_store import latest_checkpoint, refuse_while_trained, told_by
from trainers.training_plan import ClassifierSettings, DataChoice


class KeptState(msgspec.Struct, frozen=True):
    """What is read of a checkpoint's state.json. seconds: of training until then."""

    network: NetworkGraph
    data: DataChoice
    settings: ClassifierSettings
    step: int
    epoch: int
    seconds: float


class EarlierRun(msgspec.Struct, frozen=True):
    """A run on disk that has epochs left. events: what its curves grew by up to the checkpoint, in order."""

    state: KeptState
    checkpoint: CheckpointSaved
    events: tuple[AnyEvent, ...]


def always() -> bool:
    """Whoever waits for an answer goes on waiting."""
    return True


def newest_earlier_run(runs_folder: Path, is_wanted: Callable[[], bool] = always) -> EarlierRun | None:
    """The newest run in `runs_folder` whose last checkpoint is not its end; None where there is none.

    is_wanted is asked between rows, and None is the answer once it says no: a window that closes waits for no long run.
    Raises BadInput where the database cannot be read, or where another process still trains that run. A checkpoint that
    cannot be read is passed over.
    """
    with runs_to_read(runs_folder) as connection:
        rows = (
            [] if connection is None else connection.execute("SELECT run FROM runs ORDER BY started DESC, rowid DESC")
        )
        for (run,) in rows:
            folder = latest_checkpoint(runs_folder / run)
            state = None if folder is None else told_by(folder, KeptState)
            if (
                connection is not None
                and folder is not None
                and state is not None
                and state.epoch < state.settings.epochs
            ):
                refuse_while_trained(runs_folder / run)
                events = tuple(_events(connection, run, state.step, is_wanted))
                earlier = EarlierRun(state, CheckpointSaved(state.step, str(folder)), events)
                return earlier if is_wanted() else None
    return None


def _events(connection: sqlite3.Connection, run: str, last: int, is_wanted: Callable[[], bool]) -> Iterator[AnyEvent]:
    """Reports and epochs up to step `last`, as they came; each report brings the steps since the one before."""
    wanted = (run, last)
    steps = connection.execute(
        "SELECT step, loss, accuracy FROM steps WHERE run = ? AND step <= ? ORDER BY step", wanted
    )
    epochs = connection.execute(
        f"SELECT epoch, step, {', '.join(EPOCH_METRICS)} FROM epochs WHERE run = ? AND step <= ? ORDER BY step", wanted
    )
    reports = connection.execute(
        f"SELECT step, epoch, phases, {', '.join(REPORT_METRICS)} FROM reports WHERE run = ? AND step <= ? ORDER BY step",
        wanted,
    )
    found: list[AnyEvent] = [
        EpochReport(epoch, step=step, **dict(zip(EPOCH_METRICS, scores, strict=True)))
        for epoch, step, *scores in epochs
    ]
    waiting = next(steps, None)
    for step, epoch, phases, *metrics in reports:
        if not is_wanted():
            return
        taken = []
        while waiting is not None and waiting[0] <= step:
            taken.append(waiting)
            waiting = next(steps, None)
        accuracies = tuple(row[2] for row in taken)
        found.append(
            StepReport(
                step,
                epoch,
                tuple((row[0], row[1]) for row in taken),
                phases=msgspec.json.decode(phases, type=dict[str, float]),
                accuracies=() if None in accuracies else accuracies,
                **dict(zip(REPORT_METRICS, metrics, strict=True)),
            )
        )
    yield from sorted(found, key=lambda event: (event.step, isinstance(event, EpochReport)))  # type: ignore[union-attr]
