"""What a run asks of the machine: GPUs by NVML, CPU and memory by psutil, metric by metric. Imports neither torch nor Qt.

A metric that is not there is None: a laptop's GPU without a power sensor, an NVML that says "not supported", a process that
has ended. The sampler belongs to one thread; a sample takes a few milliseconds at most.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from time import monotonic
from types import ModuleType
from typing import Any, TypeVar

import msgspec
import psutil

_Value = TypeVar("_Value")
_CELSIUS = 0  # NVML_TEMPERATURE_GPU
_GRAPHICS_CLOCK = 0  # NVML_CLOCK_GRAPHICS


class GpuSample(msgspec.Struct, frozen=True):
    """One GPU. utilisation: percent; memory: bytes; temperature: degrees Celsius; power: watts; clock: megahertz."""

    index: int
    name: str | None
    utilisation: float | None = None
    memory_used: int | None = None
    memory_total: int | None = None
    temperature: float | None = None
    power: float | None = None
    clock: float | None = None


class ProcessSample(msgspec.Struct, frozen=True):
    """One process. cpu: percent of one core (200 is two cores busy); memory: resident bytes. None where it has ended."""

    pid: int
    cpu: float | None = None
    memory: int | None = None


class HardwareSample(msgspec.Struct, frozen=True):
    """The machine at one moment. cpu: percent of all cores; memory: bytes; time: seconds on a monotonic clock.

    gpus: empty without an NVIDIA driver, and `gpu_reason` then says why in a few words.
    """

    time: float
    cpu: float | None
    cores: tuple[float, ...] | None
    memory_used: int | None
    memory_total: int | None
    gpus: tuple[GpuSample, ...] = ()
    gpu_reason: str | None = None
    window: ProcessSample | None = None
    workers: tuple[ProcessSample, ...] = ()


class HardwareSampler:
    """Takes HardwareSamples. window_pid: the window's process, None without one; `worker_pids` may be changed at any time.

    nvml: a module with pynvml's functions; None takes pynvml itself, if it and a driver are there.
    """

    def __init__(self, window_pid: int | None = None, worker_pids: Sequence[int] = (), nvml: Any = None) -> None:
        self.window_pid = window_pid
        self.worker_pids: tuple[int, ...] = tuple(worker_pids)
        self._processes: dict[int, psutil.Process | None] = {}
        self._gpus: list[tuple[int, Any, str | None]] = []
        self._gpu_reason: str | None = None
        self._nvml = _open_nvml(nvml, self._note_reason)
        if self._nvml is not None:
            self._find_gpus()
        psutil.cpu_percent(percpu=True)  # the first call has nothing to compare with and says 0

    def sample(self) -> HardwareSample:
        """Everything now. CPU percentages are means since the last call."""
        cores = _unless_missing(lambda: tuple(psutil.cpu_percent(percpu=True)))
        memory = _unless_missing(psutil.virtual_memory)
        window, workers = self.window_pid, self.worker_pids
        for pid in set(self._processes) - {window, *workers}:
            del self._processes[pid]
        return HardwareSample(
            time=monotonic(),
            cpu=sum(cores) / len(cores) if cores else None,
            cores=cores,
            memory_used=memory.total - memory.available if memory else None,
            memory_total=memory.total if memory else None,
            gpus=tuple(self._sample_gpu(*gpu) for gpu in self._gpus),
            gpu_reason=self._gpu_reason,
            window=None if window is None else self._sample_process(window),
            workers=tuple(self._sample_process(pid) for pid in workers),
        )

    def close(self) -> None:
        """Let go of NVML."""
        if self._nvml is not None:
            nvml, self._nvml, self._gpus = self._nvml, None, []
            with contextlib.suppress(nvml.NVMLError):
                nvml.nvmlShutdown()

    def _note_reason(self, reason: str) -> None:
        self._gpu_reason = reason

    def _find_gpus(self) -> None:
        nvml = self._nvml
        for index in range(self._ask(nvml.nvmlDeviceGetCount) or 0):
            handle = self._ask(nvml.nvmlDeviceGetHandleByIndex, index)
            if handle is not None:
                name = self._ask(nvml.nvmlDeviceGetName, handle)
                self._gpus.append((index, handle, name.decode() if isinstance(name, bytes) else name))
        if not self._gpus:
            self._gpu_reason = "the NVIDIA driver finds no graphics card"

    def _sample_gpu(self, index: int, handle: Any, name: str | None) -> GpuSample:
        nvml = self._nvml
        rates = self._ask(nvml.nvmlDeviceGetUtilizationRates, handle)
        memory = self._ask(nvml.nvmlDeviceGetMemoryInfo, handle)
        milliwatts = self._ask(nvml.nvmlDeviceGetPowerUsage, handle)
        return GpuSample(
            index=index,
            name=name,
            utilisation=None if rates is None else float(rates.gpu),
            memory_used=None if memory is None else int(memory.used),
            memory_total=None if memory is None else int(memory.total),
            temperature=_number(self._ask(nvml.nvmlDeviceGetTemperature, handle, _CELSIUS)),
            power=None if milliwatts is None else milliwatts / 1000,
            clock=_number(self._ask(nvml.nvmlDeviceGetClockInfo, handle, _GRAPHICS_CLOCK)),
        )

    def _ask(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What NVML answers, or None: each metric is missing on some card or driver."""
        try:
            return function(*arguments)
        except (self._nvml.NVMLError, AttributeError, UnicodeDecodeError):
            return None

    def _sample_process(self, pid: int) -> ProcessSample:
        if pid not in self._processes:
            self._processes[pid] = _unless_missing(lambda: psutil.Process(pid))
        process = self._processes[pid]
        if process is None:
            return ProcessSample(pid)
        return ProcessSample(
            pid,
            _unless_missing(lambda: float(process.cpu_percent())),
            _unless_missing(lambda: int(process.memory_info().rss)),
        )


def _open_nvml(nvml: ModuleType | Any, note_reason: Callable[[str], None]) -> Any:
    """NVML, ready; None where there is no driver."""
    if nvml is None:
        try:
            import pynvml
        except ImportError:
            note_reason("nvidia-ml-py is not installed")
            return None
        nvml = pynvml
    try:
        nvml.nvmlInit()
    except nvml.NVMLError:
        note_reason("no NVIDIA driver on this machine")
        return None
    return nvml


def _unless_missing(read: Callable[[], _Value]) -> _Value | None:
    try:
        return read()
    except (psutil.Error, OSError):
        return None


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
