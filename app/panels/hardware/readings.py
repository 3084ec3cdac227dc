"""The machine's last minute: which figures there are, how they are read from a sample, and their curves. numpy; no Qt."""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from trainers.hardware import GpuSample, HardwareSample

SPAN = 60.0  # s
SPANS = (10.0, 20.0, 30.0, SPAN)  # s, that an axis shows, the more the more is known
_STEADY = 5  # samples that a share is averaged over
_SHARES = {"cpu", "worker_cpu", "window_cpu", "gpu_utilisation"}
_GAP = 1.0  # s without a sample: the curve is broken there
Floats = npt.NDArray[np.float64]


class Figure(NamedTuple):
    """One figure and its curve. key: in `values_of`; token: colour; a dashed line as well tells the window from the rest."""

    key: str
    title: str
    token: str
    is_dashed: bool = False


class StripSpec(NamedTuple):
    """Figures that share an axis. digits: after the point; top: end of the axis, None where it follows the curve."""

    name: str
    title: str
    unit: str
    figures: tuple[Figure, ...]
    tooltip: str
    digits: int = 0
    top: float | None = None
    total: str = ""  # key of the figure that the first one is a part of


GPU_STRIPS = (
    StripSpec(
        "gpu_load", "GPU", "%", (Figure("gpu_utilisation", "GPU", "series_2"),),
        "Share of the time in which the graphics card was computing.", top=100.0,
    ),
    StripSpec(
        "gpu_memory", "GPU memory", "GB",
        (Figure("gpu_memory", "in use", "series_7"), Figure("device_memory", "PyTorch", "train")),
        "Memory of the graphics card that is taken, and the part of it that PyTorch holds.", digits=1, total="gpu_memory_total",
    ),
    StripSpec(
        "gpu_temperature", "GPU temperature", "°C", (Figure("gpu_temperature", "GPU", "series_6"),),
        "Temperature of the graphics card; above about 85 °C most slow themselves down.", top=100.0,
    ),
    StripSpec(
        "gpu_power", "GPU power", "W", (Figure("gpu_power", "GPU", "series_4"),), "What the graphics card draws.",
    ),
    StripSpec(
        "gpu_clock", "GPU clock", "MHz", (Figure("gpu_clock", "GPU", "series_5"),), "How fast the graphics card is clocked.",
    ),
)  # fmt: skip
MACHINE_STRIPS = (
    StripSpec(
        "cpu", "Processor", "%",
        (
            Figure("cpu", "machine", "series_7"),
            Figure("worker_cpu", "training", "train"),
            Figure("window_cpu", "window", "series_3", is_dashed=True),
        ),
        "Share of all cores that is busy: of the whole machine, of the training process and of this window.", top=100.0,
    ),
    StripSpec(
        "memory", "Memory", "GB", (Figure("memory", "in use", "series_7"),),
        "Main memory of the machine that is taken.", digits=1, total="memory_total",
    ),
    StripSpec(
        "processes", "Memory of Hillock", "MB",
        (
            Figure("hillock_memory", "together", "series_7"),
            Figure("worker_memory", "training", "train"),
            Figure("window_memory", "window", "series_3", is_dashed=True),
        ),
        "Main memory that the training process and this window hold, together and each.",
    ),
)  # fmt: skip
_KEYS = tuple(figure.key for strip in (*GPU_STRIPS, *MACHINE_STRIPS) for figure in strip.figures)


def strips_for(has_gpu: bool) -> tuple[StripSpec, ...]:
    """The strips of a machine with or without a graphics card."""
    return (*GPU_STRIPS, *MACHINE_STRIPS) if has_gpu else MACHINE_STRIPS


def values_of(sample: HardwareSample, gpu: int, device_memory: int | None) -> dict[str, float]:
    """The figures of one sample in the units of the strips; what is missing has no entry. gpu: place in `sample.gpus`."""
    cores = len(sample.cores) if sample.cores else 1
    found: dict[str, float | None] = {
        "cpu": sample.cpu,
        "memory": _scaled(sample.memory_used, 1e9),
        "memory_total": _scaled(sample.memory_total, 1e9),
    }
    if sample.window is not None:
        found["window_cpu"] = _scaled(sample.window.cpu, cores)
        found["window_memory"] = _scaled(sample.window.memory, 1e6)
    if sample.workers:
        found["worker_cpu"] = _scaled(_sum(worker.cpu for worker in sample.workers), cores)
        found["worker_memory"] = _scaled(_sum(worker.memory for worker in sample.workers), 1e6)
    if found.get("window_memory") is not None:
        found["hillock_memory"] = _sum((found["window_memory"], found.get("worker_memory")))
    if gpu < len(sample.gpus):
        found |= _gpu_values(sample.gpus[gpu])
        found["device_memory"] = _scaled(device_memory, 1e9)
    return {key: float(value) for key, value in found.items() if value is not None and math.isfinite(value)}


def _gpu_values(gpu: GpuSample) -> dict[str, float | None]:
    return {
        "gpu_utilisation": gpu.utilisation,
        "gpu_memory": _scaled(gpu.memory_used, 1e9),
        "gpu_memory_total": _scaled(gpu.memory_total, 1e9),
        "gpu_temperature": gpu.temperature,
        "gpu_power": gpu.power,
        "gpu_clock": gpu.clock,
    }


def _scaled(value: float | None, unit: float) -> float | None:
    return None if value is None else value / unit


def _sum(values: object) -> float | None:
    known = [value for value in values if value is not None]  # type: ignore[attr-defined]
    return sum(known) if known else None


def machine_in_words(sample: HardwareSample, gpu: int, device: str) -> str:
    """What computes here, in a line. gpu: place in `sample.gpus`; device: what the run that stands trains on, "" for none."""
    cores = f"{len(sample.cores)} cores" if sample.cores else "cores"
    if sample.gpus:
        return f"{sample.gpus[gpu].name or 'GPU'} · {cores}"
    if device == "mps":
        return "This Mac's GPU trains (MPS), but gives no figures: those of the processor follow."
    return f"No GPU ({sample.gpu_reason or 'none was found'}): the {cores} do all the work."


def reading(value: float | None, unit: str, digits: int) -> str:
    """A figure with its unit: "45 %", "1,980 MHz"; "n/a" where it is missing."""
    return "n/a" if value is None else f"{value:,.{digits}f} {unit}"


def axis_top(value: float) -> float:
    """End of an axis from 0 that shows `value` with some air: 1, 2 or 5 times a power of ten."""
    if not value > 0 or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10, 20) if step * power >= 1.08 * value)


class LastMinute:
    """Samples of the last SPAN seconds. Samples come in even while nobody looks; old ones fall out."""

    def __init__(self) -> None:
        self._samples: deque[tuple[HardwareSample, int | None]] = deque()
        self._recent: deque[dict[str, float]] = deque(maxlen=_STEADY)
        self._table = np.empty((1 + len(_KEYS), 256))  # times and figures of `_samples`, read from them once
        self._start = 0  # column of the oldest
        self._gpu = 0

    def __len__(self) -> int:
        return len(self._samples)

    def append(self, sample: HardwareSample, device_memory: int | None) -> None:
        """Take in a sample, with what PyTorch says it holds on the device."""
        self._samples.append((sample, device_memory))
        self._write(sample, device_memory)
        while sample.time - self._samples[0][0].time > SPAN:
            self._samples.popleft()
            self._start += 1

    def _write(self, sample: HardwareSample, device_memory: int | None) -> None:
        """The newest of `_samples` into the table."""
        row = values_of(sample, self._gpu, device_memory)
        self._recent.append(row)
        end = self._start + len(self._samples)
        if end > self._table.shape[1]:
            kept = self._table[:, self._start : end - 1]
            self._table = np.empty((len(kept), max(256, 2 * kept.shape[1])))
            self._table[:, : kept.shape[1]] = kept
            self._start, end = 0, kept.shape[1] + 1
        self._table[0, end - 1] = sample.time
        self._table[1:, end - 1] = [row.get(key, math.nan) for key in _KEYS]

    def choose_gpu(self, gpu: int) -> None:
        """Whose figures the curves hold from now on, also those of the past minute."""
        if gpu == self._gpu:
            return
        self._gpu = gpu
        samples, self._samples, self._start = self._samples, deque(), 0
        self._recent.clear()
        for sample, held in samples:
            self.append(sample, held)

    @property
    def latest(self) -> HardwareSample | None:
        """The newest sample."""
        return self._samples[-1][0] if self._samples else None

    @property
    def values(self) -> dict[str, float]:
        """The newest figures, by key; shares of a core are means over half a second, or nobody could read them."""
        if not self._recent:
            return {}
        newest = dict(self._recent[-1])
        for key in _SHARES & newest.keys():
            known = [row[key] for row in self._recent if key in row]
            newest[key] = sum(known) / len(known)
        return newest

    @property
    def known_s(self) -> float:
        """How long ago the oldest line begins, s; a sample that nothing was sampled after draws none."""
        times = self._table[0, self._start : self._start + len(self._samples)]
        begins = np.flatnonzero(np.diff(times) <= _GAP)
        return float(times[-1] - times[begins[0]]) if len(begins) else 0.0

    def curves(self, keys: tuple[str, ...]) -> tuple[Floats, dict[str, Floats]]:
        """(x: seconds before the newest sample, at most 0; y by key, NaN where a figure is missing or nobody sampled)."""
        if not self._samples:
            return np.empty(0), {key: np.empty(0) for key in keys}
        table = self._table[:, self._start : self._start + len(self._samples)]
        times = table[0]
        x = times - times[-1]
        breaks = np.flatnonzero(np.diff(times) > _GAP) + 1
        curves = {key: table[1 + _KEYS.index(key)].copy() for key in keys}
        if not len(breaks):
            return x, curves
        middles = (x[breaks - 1] + x[breaks]) / 2
        return np.insert(x, breaks, middles), {key: np.insert(y, breaks, np.nan) for key, y in curves.items()}
