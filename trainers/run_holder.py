"""Which process trains a run just now: a small file in the run's folder for as long as it does. Imports neither torch nor Qt.

A process that was killed leaves its file behind: it holds nothing, since no process of that number began at that time. To look
and then to hold is two deeds: RunStore does both in one transaction of its database, which keeps everybody else out.
"""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

import msgspec
import psutil

HOLDER_FILE = "trained-by.json"
_SAME_S = 1.0  # the system's clock may have been set since


class Holder(msgspec.Struct, frozen=True):
    """began: when the process did, seconds since 1970. machine: its name; what another machine's processes do is not known."""

    pid: int
    began: float
    machine: str


def hold(run_folder: Path) -> None:
    """This process trains the run from now on. Where that cannot be written, nobody will know; half a file is never there."""
    holder = Holder(os.getpid(), psutil.Process().create_time(), socket.gethostname())
    unfinished = run_folder / f".{HOLDER_FILE}.{holder.pid}.unfinished"
    try:
        unfinished.write_bytes(msgspec.json.encode(holder))
        unfinished.replace(run_folder / HOLDER_FILE)
    except OSError:
        with contextlib.suppress(OSError):
            unfinished.unlink()


def let_go(run_folder: Path) -> None:
    """It trains it no longer."""
    holder = _read(run_folder)
    if holder is not None and holder.pid == os.getpid() and holder.machine == socket.gethostname():
        with contextlib.suppress(OSError):
            (run_folder / HOLDER_FILE).unlink()


def other_trainer(run_folder: Path) -> int | None:
    """The number of another living process that trains the run; None where there is none that is known of."""
    holder = _read(run_folder)
    if holder is None or holder.pid == os.getpid() or holder.machine != socket.gethostname():
        return None
    try:
        process = psutil.Process(holder.pid)
        lives = process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - holder.began) < _SAME_S
    except psutil.Error:
        return None
    return holder.pid if lives else None


def _read(run_folder: Path) -> Holder | None:
    try:
        return msgspec.json.decode((run_folder / HOLDER_FILE).read_bytes(), type=Holder)
    except (OSError, msgspec.DecodeError):
        return None
