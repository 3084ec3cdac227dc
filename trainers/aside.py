"""Threads beside the one that drives a job: one whose answers are waited for, and one that does what can wait. Imports no torch, no Qt."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


def begun_thread(name: str, begin: Callable[[], object]) -> ThreadPoolExecutor:
    """One thread that is there already, with the priority that the caller has now, and has called `begin`."""
    pool = ThreadPoolExecutor(1, name)
    pool.submit(begin).result()
    return pool


class Aside:
    """Where the second thread gets no processor, the first does its work in the end: it never waits for more than one piece.

    begin: what the thread does first.
    """

    def __init__(self, name: str, begin: Callable[[], object]) -> None:
        self._pool = begun_thread(name, begin)
        self._owed: list[tuple[Future[None], Callable[[], None]]] = []

    def do(self, work: Callable[[], None]) -> None:
        """Until `finish` returns, at some time, in either thread; its errors are raised there."""
        self._owed.append((self._pool.submit(work), work))

    def finish(self) -> None:
        """Returns when all is done. What the thread has not begun is done here, the newest first."""
        owed, self._owed = self._owed, []
        for future, work in reversed(owed):
            if future.cancel():
                work()
        for future, _ in owed:
            if not future.cancelled():
                future.result()
