"""Reads runs from the database of all runs: a list of them, and the curves of one. Imports neither Qt nor torch.

Read in a thread of its own (app.kept_run_reader), as text that SQLite puts together without the interpreter's lock: rows made
into tuples held the window for 170 ms while 30,000 of them were read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from app.kept_run import REPORTS, KeptRun, KeptRunLine
from app.min_max_pyramid import Floats
from app.run_database import runs_to_read
from trainers.errors import BadInput
from trainers.metrics import EPOCH_METRICS
from trainers.run_holder import other_trainer
from trainers.run_store import latest_checkpoint, told_by

MOST_LISTED = 1000
ROWS_AT_ONCE = 2000  # made into numbers in less than a millisecond, during which no other thread of the window runs
_LINES = """
SELECT run, started, network, data, plan,
  (SELECT max(step) FROM steps WHERE steps.run = runs.run),
  (SELECT test_loss FROM epochs WHERE epochs.run = runs.run ORDER BY epoch DESC LIMIT 1),
  (SELECT test_accuracy FROM epochs WHERE epochs.run = runs.run ORDER BY epoch DESC LIMIT 1)
FROM runs"""


class _Network(msgspec.Struct):
    name: str
    title: str = ""


class _Plan(msgspec.Struct):
    """What of a plan is told; of plans that a newer Hillock wrote, too."""

    network: _Network
    data: dict[str, Any] = {}
    settings: dict[str, Any] = {}


class _Clock(msgspec.Struct):
    step: int
    seconds: float


def list_runs(runs_folder: Path, is_wanted: Callable[[], bool]) -> tuple[KeptRunLine, ...]:
    """The runs in `runs_folder` that have a point to draw, newest first; none where there is no database yet.

    is_wanted is asked between runs, and what has been found is the answer once it says no. BadInput where it cannot be read.
    """
    found: list[KeptRunLine] = []
    with runs_to_read(runs_folder) as connection:
        rows = [] if connection is None else connection.execute(f"{_LINES} ORDER BY started DESC, rowid DESC")
        for row in rows:
            line = _line(row)
            if line is not None:
                found.append(line)
            if len(found) == MOST_LISTED or not is_wanted():
                break
    return tuple(found)


def read_run(runs_folder: Path, run: str, is_wanted: Callable[[], bool]) -> KeptRun | None:
    """The curves of one run; None once is_wanted, asked between rows, says no.

    BadInput where the database cannot be read, or no longer has the run.
    """
    with runs_to_read(runs_folder) as connection:
        row = None if connection is None else connection.execute(f"{_LINES} WHERE run = ?", (run,)).fetchone()
        line = None if row is None else _line(row)
        if connection is None or line is None:
            raise BadInput(f"A run that was laid beside the curves is no longer among those in {runs_folder}.")
        clock = _clock(runs_folder / run)
        kept = KeptRun(line, *(() if clock is None else (clock.seconds, clock.step)))
        kept.is_under_way = other_trainer(runs_folder / run) is not None  # before the rows: none may come unseen
        is_whole = False
        try:
            is_whole = _take_rows(connection, kept, is_wanted)
        finally:
            if not is_whole:
                kept.close()
    return kept if is_whole else None


def _take_rows(connection: sqlite3.Connection, kept: KeptRun, is_wanted: Callable[[], bool]) -> bool:
    """Whether all came before is_wanted said no."""
    for take, table, columns in (
        (kept.take_steps, "steps", ("loss", "accuracy")),
        (kept.take_reports, "reports", REPORTS),
        (kept.take_epochs, "epochs", EPOCH_METRICS),
    ):
        for rows in _rows(connection, kept.line.run, table, columns):
            if not is_wanted():
                return False
            take(rows)
    return True


def _rows(connection: sqlite3.Connection, run: str, table: str, columns: tuple[str, ...]) -> Iterator[Floats]:
    """(n, 1 + columns) of the step and the columns, in the order of the steps; NaN for what is not known."""
    text = " || ',' || ".join(["step", *(f"coalesce({column}, 'nan')" for column in columns)])
    page = f"SELECT * FROM {table} WHERE run = ? AND step > ? ORDER BY step LIMIT {ROWS_AT_ONCE}"
    last = -1
    while True:
        (found,) = connection.execute(f"SELECT group_concat({text}) FROM ({page})", (run, last)).fetchone()
        if found is None:
            return
        rows = np.fromstring(found, np.float64, sep=",").reshape(-1, 1 + len(columns))
        last = int(rows[-1, 0])
        yield rows


def _line(row: tuple[Any, ...]) -> KeptRunLine | None:
    """The line of a run; None where it has no point. What its plan does not tell is told by its columns."""
    run, started, network, data, plan, last_step, *scores = row
    if last_step is None:
        return None
    try:
        told = msgspec.json.decode(plan, type=_Plan)
    except msgspec.DecodeError:
        told = _Plan(_Network(str(network)))
    title = told.network.title or told.network.name
    return KeptRunLine(
        str(run), title, {"name": str(data), **told.data}, told.settings, str(started), int(last_step), *scores
    )


def _clock(run_folder: Path) -> _Clock | None:
    """How long the run had taken at its last checkpoint."""
    checkpoint = latest_checkpoint(run_folder)
    return None if checkpoint is None else told_by(checkpoint, _Clock)
