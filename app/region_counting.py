"""RegionCounting: linear regions counted by a worker of its own, the newest question alone. Imports no torch."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from app.job_line import JobLine
from app.job_thread import WorkerEnd
from trainers.events import RunFailed
from trainers.linear_regions import DenseLayer, Rectangle
from trainers.regions_job import JOB, RegionQuestion, RegionsCounted, RegionsRefused, question


class RegionCounting(QObject):
    """Questions return at once; while one is out, of all others only the newest is kept. job: another, for tests."""

    counted = Signal(object)  # RegionsCounted
    refused = Signal(int, str)  # token, why in one sentence

    def __init__(self, parent: QObject | None = None, *, job: str = JOB) -> None:
        super().__init__(parent)
        self._job = job
        self._line: JobLine | None = None
        self._token = 0
        self._out: RegionQuestion | None = None
        self._kept: RegionQuestion | None = None

    @property
    def is_counting(self) -> bool:
        """Whether an answer is on its way."""
        return self._out is not None

    def ask(self, layers: tuple[DenseLayer, ...], rectangle: Rectangle) -> int:
        """Count the regions of these layers in a rectangle; the token that the answer will carry."""
        self._token += 1
        self._kept = question(self._token, layers, rectangle)
        if self._out is None:
            self._send_kept()
        return self._token

    def shutdown(self) -> None:
        """End the worker, if there is one, and wait until nothing of it is left."""
        self._out = self._kept = None
        line, self._line = self._line, None
        if line is not None:
            line.close()
            line.deleteLater()

    def _send_kept(self) -> None:
        self._out, self._kept = self._kept, None
        if self._out is None:
            return
        if self._line is None:
            self._line = JobLine(self, name="regions", events=RegionsCounted | RegionsRefused | RunFailed)
            self._line.arrived.connect(self._on_items_arrived)
            self._line.worker_lost.connect(self._on_worker_lost)
        self._line.worker.start_job(self._job, self._out)

    def _answered(self, token: int, why: str = "") -> None:
        if self._out is not None and self._out.token == token:
            if why:
                self.refused.emit(token, why)
            self._send_kept()

    @Slot(list)
    def _on_items_arrived(self, items: list[tuple[int, object]]) -> None:
        for _, item in items:
            if isinstance(item, RegionsCounted):
                self.counted.emit(item)
                self._answered(item.token)
            elif isinstance(item, RegionsRefused):
                self._answered(item.token, item.reason)
            elif isinstance(item, RunFailed) and self._out is not None:
                self._answered(self._out.token, f"They could not be counted: {item.reason}")

    @Slot(object)
    def _on_worker_lost(self, _end: WorkerEnd) -> None:
        if self._out is not None:
            self._answered(
                self._out.token, "The process that counts them has ended; with the next change another one counts."
            )
