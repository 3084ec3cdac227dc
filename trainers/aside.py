"""Threads beside the one that drives a job: one whose answers are waited for, and one that does what can wait. Imports no torch, no Qt."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

_ENOUGH_PROCESSORS = 4


def begun_thread(name: str, begin: Callable[[], object]) -> ThreadPoolExecutor:
    """One thread that is there already, with the priority that the caller has now, and has called `begin`."""
    pool = ThreadPoolExecutor(1, name)
    pool.submit(begin).result()
    return pool


class Aside:
    """Where the second thread gets no processor, the first does its work in the end: it never waits for more than one piece.

    begin: what the thread does first. is_alone: there is no second thread, each piece is done at once. None: there is one where
    there are four processors. Of two that were one core's, a move of a slider of depth took 81 ms instead of 100 while nobody else
    wanted them, but 186 instead of 143 while others did.
    """

    def __init__(self, name: str, begin: Callable[[], object], is_alone: bool | None = None) -> None:
        is_alone = (os.cpu_count() or 1) < _ENOUGH_PROCESSORS if is_alone is None else is_alone
        self._pool = None if is_alone else begun_thread(name, begin)
        self._owed: list[tuple[Future[None], Callable[[], None]]] = []

    def do(self, work: Callable[[], None]) -> None:
        """Until `finish` returns, at some time, in either thread; errors of the second one are raised there."""
        if self._pool is None:
            work()
        else:
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
