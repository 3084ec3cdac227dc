"""The database of all runs, opened to be read; imports neither Qt nor torch."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from trainers.errors import BadInput
from trainers.run_store import DATABASE

_PATIENCE_S = 2.0  # for another process that writes
_IN_USE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class RunsInUse(BadInput):
    """Another program holds the database just now: asked again, it may answer."""


@contextmanager
def runs_to_read(runs_folder: Path) -> Iterator[sqlite3.Connection | None]:
    """A connection, None where there is no database yet; BadInput where it cannot be read, or holds what it should not."""
    database = runs_folder / DATABASE
    if not database.is_file():
        yield None
        return
    try:
        with closing(sqlite3.connect(database, timeout=_PATIENCE_S)) as connection:
            yield connection
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _IN_USE:  # the lower eight bits tell the kind
            raise RunsInUse(
                f"The earlier runs in {database} are in use by another program: try again later."
            ) from error
        raise _unreadable(database, error) from error
    except (ValueError, TypeError) as error:  # words where numbers should be
        raise _unreadable(database, error) from error


def _unreadable(database: Path, error: Exception) -> BadInput:
    return BadInput(f"The earlier runs in {database} cannot be read ({error}): move that file away.")
