"""MachineMeasurement: how fast this machine trains, measured once by a worker of its own when a person asks. Imports no torch."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from app.one_job import OneJob
from app.run_watch import threads_beside_window
from trainers.machine_speed import JOB, MachineSpeed, MeasurePlan, SpeedMeasured, load_speed


class MachineMeasurement(QObject):
    """Reads what was measured, and measures. job: another than the worker's own, for tests."""

    changed = Signal()  # a measurement began, or ended
    complained = Signal(str)  # one sentence

    def __init__(self, parent: QObject | None = None, *, job: str = JOB) -> None:
        super().__init__(parent)
        self._job = job
        self._work = OneJob(self, name="measuring", events=SpeedMeasured)
        self._work.answered.connect(self._on_answered)
        self._work.failed.connect(self._on_failed)
        self._known: dict[tuple[str, int], MachineSpeed | None] = {}

    @property
    def is_measuring(self) -> bool:
        """Whether a worker is at it."""
        return self._work.is_busy

    def speed(self, device: str, threads: int) -> MachineSpeed | None:
        """What was measured for a device and so many threads (0: as many as a run beside the window has); None where nothing was."""
        key = (device, threads or threads_beside_window())
        if key not in self._known:
            self._known[key] = load_speed(*key)
        return self._known[key]

    def measure(self, device: str, threads: int) -> None:
        """Begin to measure, unless that is being done; `changed` tells when it is."""
        if self._work.is_busy:
            return
        self._work.start(self._job, MeasurePlan(device, threads or threads_beside_window()))
        self.changed.emit()

    def forget(self) -> None:
        """Read what was measured anew when it is next asked for."""
        self._known.clear()
        self.changed.emit()

    def shutdown(self) -> None:
        """End the worker, if there is one, and wait until nothing of it is left."""
        self._work.shutdown()

    @Slot(object)
    def _on_answered(self, _measured: SpeedMeasured) -> None:
        self.forget()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.forget()
        self.complained.emit(f"This machine could not be measured: {sentence}")
