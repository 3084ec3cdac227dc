"""A machine and a training whose samples and events the test sends, and how to read the panel."""

from typing import Any, ClassVar

from PySide6.QtCore import QObject, Signal

from app.panels.hardware.panel import HardwarePanel
from app.panels.hardware.strip import Strip
from app.run_history import RunHistory
from trainers.events import RunStarted, StepReport
from trainers.hardware import GpuSample, HardwareSample, ProcessSample


class PlayedTraining(QObject):
    """A training whose events the test sends."""

    events_arrived = Signal(list)
    state_changed = Signal(str)
    choice_changed = Signal()
    state = "idle"
    run: RunStarted | None = None
    in_effect: ClassVar[dict[str, float]] = {"batch_size": 64}
    worker_pid: int | None = None

    def __init__(self) -> None:
        super().__init__()
        self.history = RunHistory()


class PlayedMonitor(QObject):
    """A monitor whose samples the test sends."""

    sampled = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.latest: HardwareSample | None = None
        self.watchers: list[QObject] = []

    def start(self) -> None:
        """The thread is the real monitor's."""

    def watch(self, watcher: QObject) -> None:
        self.watchers.append(watcher)

    def unwatch(self, watcher: QObject) -> None:
        if watcher in self.watchers:
            self.watchers.remove(watcher)


def gpu(index: int = 0, **changes: Any) -> GpuSample:
    figures: dict[str, Any] = {
        "utilisation": 83.0,
        "memory_used": 14_200_000_000,
        "memory_total": 143_800_000_000,
        "temperature": 61.0,
        "power": 412.4,
        "clock": 1980.0,
    }
    return GpuSample(index, f"NVIDIA Test {index}", **{**figures, **changes})


def sample(seconds: float = 0.0, gpus: tuple[GpuSample, ...] = (), **changes: Any) -> HardwareSample:
    figures: dict[str, Any] = {
        "cpu": 45.4,
        "cores": (40.0, 50.8, 40.0, 50.8),
        "memory_used": 8_120_000_000,
        "memory_total": 25_300_000_000,
        "window": ProcessSample(1, 20.0, 231_000_000),
        "workers": (ProcessSample(2, 120.0, 812_000_000),),
    }
    reason = None if gpus else "no NVIDIA driver on this machine"
    return HardwareSample(time=500.0 + seconds, gpus=gpus, gpu_reason=reason, **{**figures, **changes})


def report(phases: dict[str, float], device_memory: int | None = None, samples_per_second: float = 100.0) -> StepReport:
    return StepReport(1, 0, ((1, 2.0),), 0.1, None, samples_per_second, phases, (), device_memory)


def started(device: str = "cpu") -> RunStarted:
    return RunStarted("r", "lenet5", "digits", {}, device, 1, 61_706)


def strip_of(panel: HardwarePanel, name: str) -> Strip:
    return next(strip for strip in panel.strips if strip.spec.name == name)


def texts(panel: HardwarePanel, name: str) -> str:
    """What a person reads on a strip."""
    strip = strip_of(panel, name)
    return f"{strip.value.text()} {strip.details.text()}"
