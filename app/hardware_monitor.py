"""HardwareMonitor: samples the machine ten times a second in a thread of its own, while somebody looks or a run is on. No torch."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from app.curve_track import CurveTrack
from app.run_history import HARDWARE

if TYPE_CHECKING:
    from app.training_session import TrainingSession
    from trainers.hardware import HardwareSample, HardwareSampler

INTERVAL_MS = 100
_STATES_WITH_A_RUN = ("starting", "running")
_KEPT = 600 * 10  # samples that `history` is cut back to, once it holds twice as many: ten minutes


class HardwareMonitor(QObject):
    """`sampled` brings a HardwareSample ten times a second. A panel that is shown calls `watch(self)`, hidden `unwatch(self)`.

    Samples of a run go into the run's history too, at the step that it stands at.
    """

    sampled = Signal(object)  # HardwareSample
    _wanted = Signal(bool)  # to the thread
    _workers_changed = Signal(object)  # to the thread: tuple[int, ...]

    def __init__(self, training: TrainingSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._training = training
        self._watchers: weakref.WeakSet[QObject] = weakref.WeakSet()
        self._thread: QThread | None = None
        self._sampling: _Sampling | None = None
        self._is_wanted = False
        self._worker_pid: int | None = None
        self.latest: HardwareSample | None = None
        self.history = CurveTrack(HARDWARE)  # x: seconds since `start`
        self._began: float | None = None
        training.state_changed.connect(self._on_state_changed)

    @property
    def is_sampling(self) -> bool:
        """Whether samples are being taken."""
        return self._thread is not None and self._is_wanted

    @Slot()
    def start(self) -> None:
        """Start the thread, after the window's first paint. Until somebody looks or a run is on, it sleeps."""
        if self._thread is not None:
            return
        self._thread = QThread(self)
        self._thread.setObjectName("hardware")
        self._sampling = _Sampling()
        self._sampling.moveToThread(self._thread)
        self._sampling.taken.connect(self._on_sample_taken)
        self._wanted.connect(self._sampling.on_wanted_changed)
        self._workers_changed.connect(self._sampling.on_workers_changed)
        self._thread.finished.connect(self._sampling.on_thread_finished, Qt.ConnectionType.DirectConnection)
        self._thread.start(QThread.Priority.LowPriority)
        self._is_wanted = False
        self._update()

    def watch(self, watcher: QObject) -> None:
        """Somebody looks; forgotten by itself when the watcher is deleted."""
        self._watchers.add(watcher)
        self._update()

    def unwatch(self, watcher: QObject) -> None:
        """Somebody looks no more."""
        self._watchers.discard(watcher)
        self._update()

    @Slot()
    def shutdown(self) -> None:
        """End the thread and wait for it: a sample takes a few milliseconds."""
        thread, self._thread = self._thread, None
        self._watchers.clear()
        if thread is not None:
            thread.quit()
            thread.wait()
            self._sampling = None
            thread.deleteLater()
        self.history.close()

    def _update(self) -> None:
        is_wanted = bool(self._watchers) or self._training.state in _STATES_WITH_A_RUN
        if self._thread is not None and is_wanted != self._is_wanted:
            self._is_wanted = is_wanted
            self._wanted.emit(is_wanted)

    @Slot(str)
    def _on_state_changed(self, _state: str) -> None:
        self._update()

    @Slot(object)
    def _on_sample_taken(self, sample: HardwareSample) -> None:
        if self._thread is None:
            return
        pid = self._training.worker_pid
        if pid != self._worker_pid:
            self._worker_pid = pid
            self._workers_changed.emit(() if pid is None else (pid,))
        self.latest = sample
        if self._began is None:
            self._began = sample.time
        values = values_of(sample)
        self.history.append(sample.time - self._began, *(values.get(name, float("nan")) for name in HARDWARE))
        if len(self.history) > 2 * _KEPT:
            self._shorten()
        if self._training.state in _STATES_WITH_A_RUN:
            self._training.history.append_hardware(values)
        self.sampled.emit(sample)

    def _shorten(self) -> None:
        x, _ = self.history.rows(HARDWARE[0], len(self.history) - _KEPT)
        columns = [self.history.rows(name, len(self.history) - _KEPT)[1] for name in HARDWARE]
        self.history.clear()
        self.history.extend(x, *columns)


class _Sampling(QObject):
    """Lives in the thread: its timer and its sampler are made and let go there."""

    taken = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._sampler: HardwareSampler | None = None
        self._timer: QTimer | None = None
        self._workers: tuple[int, ...] = ()

    @Slot(bool)
    def on_wanted_changed(self, is_wanted: bool) -> None:
        """Begin or stop sampling."""
        if self._timer is None:
            self._timer = QTimer(self)
            self._timer.setInterval(INTERVAL_MS)
            self._timer.timeout.connect(self._on_sample_due)
        if is_wanted:
            self._timer.start()
        else:
            self._timer.stop()

    @Slot(object)
    def on_workers_changed(self, pids: tuple[int, ...]) -> None:
        """Which worker processes to look at."""
        self._workers = pids
        if self._sampler is not None:
            self._sampler.worker_pids = pids

    @Slot()
    def on_thread_finished(self) -> None:
        """Called in the thread itself, last of all."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._sampler is not None:
            self._sampler.close()
            self._sampler = None

    @Slot()
    def _on_sample_due(self) -> None:
        if self._sampler is None:
            from trainers.hardware import HardwareSampler  # psutil: 20 ms of the window's start

            self._sampler = HardwareSampler(os.getpid(), self._workers)  # opens NVML: slow on some machines, so in here
        self.taken.emit(self._sampler.sample())


def values_of(sample: HardwareSample) -> dict[str, float]:
    """The sample's numbers by the names of app.run_history.HARDWARE; what is missing has no entry."""
    worker = sample.workers[0] if sample.workers else None
    gpu = sample.gpus[0] if sample.gpus else None
    found: dict[str, Any] = {"cpu_utilisation": sample.cpu, "memory_used": sample.memory_used}
    for name, process in (("window", sample.window), ("worker", worker)):
        if process is not None:
            found |= {f"{name}_cpu": process.cpu, f"{name}_memory": process.memory}
    if gpu is not None:
        found |= {
            "gpu_utilisation": gpu.utilisation,
            "gpu_memory": gpu.memory_used,
            "gpu_temperature": gpu.temperature,
            "gpu_power": gpu.power,
            "gpu_clock": gpu.clock,
        }
    return {name: float(value) for name, value in found.items() if value is not None}
