"""ModelThread: runs models beside the living cell, one after another, so that a long one does not hold it up. Imports no Qt.

The kernels let go of the interpreter while they compute (`nogil`), so on two cores the cell loses next to nothing.
"""

from __future__ import annotations

import contextlib
import queue
import threading

from app.simulation.biology.models import ModelRequest, ModelSpec, SimulationResult, run_model
from trainers.errors import HillockError

Outcome = SimulationResult | BaseException


class ModelThread:
    """`ask`, then `take` until the outcome is there; outcomes come in the order of the questions."""

    def __init__(self) -> None:
        self._asked: queue.SimpleQueue[tuple[int, ModelSpec, ModelRequest] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[int, Outcome]] = queue.SimpleQueue()
        self._owed = 0
        self._thread: threading.Thread | None = None

    def ask(self, token: int, spec: ModelSpec, request: ModelRequest) -> None:
        """Run `spec` on `request` as soon as those before it are over."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="models", daemon=True)
            self._thread.start()
        self._owed += 1
        self._asked.put((token, spec, request))

    def take(self, patience_s: float) -> tuple[int, SimulationResult | HillockError] | None:
        """The next outcome, waited for as long as that; None: there is none yet. What nobody foresaw is raised here."""
        if not self._owed:
            return None
        try:
            token, outcome = self._done.get(timeout=patience_s) if patience_s > 0 else self._done.get_nowait()
        except queue.Empty:
            return None
        self._owed -= 1
        if isinstance(outcome, SimulationResult | HillockError):
            return token, outcome
        raise outcome

    def close(self) -> None:
        """Take no more questions and drop those that wait; a model that runs is left to its end, which nobody hears of."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._asked.get_nowait()
        self._asked.put(None)

    def _run(self) -> None:
        while (asked := self._asked.get()) is not None:
            token, spec, request = asked
            outcome: Outcome
            try:
                outcome = run_model(spec, request)
            except BaseException as error:  # noqa: BLE001 - the edge of the thread: `take` raises it where it is heard
                outcome = error
            self._done.put((token, outcome))
