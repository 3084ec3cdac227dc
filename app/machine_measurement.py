"""MachineMeasurement: how fast this machine trains, measured once by a worker of its own when a person asks. Imports no torch."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from app.job_line import JobLine
from app.job_thread import WorkerEnd
from app.run_watch import threads_beside_window
from trainers.events import RunFailed
from trainers.machine_speed import JOB, MachineSpeed, MeasurePlan, SpeedMeasured, load_speed


class MachineMeasurement(QObject):
    """Reads what was measured, and measures. job: another than the worker's own, for tests."""

    changed = Signal()  # a measurement began, or ended
    complained = Signal(str)  # one sentence

    def __init__(self, parent: QObject | None = None, *, job: str = JOB) -> None:
        super().__init__(parent)
        self._job = job
        self._line: JobLine | None = None
        self._known: dict[tuple[str, int], MachineSpeed | None] = {}

    @property
    def is_measuring(self) -> bool:
        """Whether a worker is at it."""
        return self._line is not None

    def speed(self, device: str, threads: int) -> MachineSpeed | None:
        """What was measured for a device and so many threads (0: as many as a run beside the window has); None where nothing was."""
        key = (device, threads or threads_beside_window())
        if key not in self._known:
            self._known[key] = load_speed(*key)
        return self._known[key]

    def measure(self, device: str, threads: int) -> None:
        """Begin to measure, unless that is being done; `changed` tells when it is."""
        if self._line is not None:
            return
        self._line = JobLine(self, name="measurement", events=SpeedMeasured | RunFailed)
        self._line.arrived.connect(self._on_items_arrived)
        self._line.worker_lost.connect(self._on_worker_lost)
        self._line.worker.start_job(self._job, MeasurePlan(device, threads or threads_beside_window()))
        self.changed.emit()

    def forget(self) -> None:
        """Read what was measured anew when it is next asked for."""
        self._known.clear()
        self.changed.emit()

    def shutdown(self) -> None:
        """End the worker, if there is one, and wait until nothing of it is left."""
        line, self._line = self._line, None
        if line is not None:
            line.close()
            line.deleteLater()

    @Slot(list)
    def _on_items_arrived(self, items: list[tuple[int, object]]) -> None:
        for _, item in items:
            if isinstance(item, SpeedMeasured | RunFailed):
                self.shutdown()
                self.forget()
                if isinstance(item, RunFailed):
                    self.complained.emit(f"This machine could not be measured: {item.reason}")
                return

    @Slot(object)
    def _on_worker_lost(self, end: WorkerEnd) -> None:
        if self._line is not None:
            self.shutdown()
            self.changed.emit()
            self.complained.emit("This machine could not be measured: the worker ended; try again.")
