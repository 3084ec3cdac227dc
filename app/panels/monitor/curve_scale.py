"""Plain arithmetic of the curves: time axes, running means, calm ranges. Knows no widget."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from app.running_sums import running_sums
from app.widgets.number_words import readable

_NICE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_KNOTS = 2_000  # more than a screen has pixels: evenly in steps, a slow stretch before a fast one fell between two
_STRETCHES = 16  # of an uneven axis, each with columns of its own
_LARGEST = 1e12  # beyond it no letter is short
_UNITS = ((1e9, "G"), (1e6, "M"), (1e4, "k"))  # from where on a number is written so


class History(Protocol):
    """What the curves read: app.run_history.RunHistory."""

    @property
    def last_step(self) -> int: ...

    @property
    def generation(self) -> int: ...

    def count(self, name: str) -> int: ...

    def rows(self, name: str, start: int = 0, end: int | None = None) -> tuple[np.ndarray, np.ndarray]: ...

    def index_of(self, name: str, x: float) -> int: ...

    def window(self, name: str, x0: float, x1: float, pixels: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]: ...

    def times(self, most: int) -> tuple[np.ndarray, np.ndarray]: ...


class TimeAxis:
    """Steps to epochs or seconds and back, by knots on the run so far; beyond them it goes on as straight as it ended."""

    def __init__(self, steps: np.ndarray, values: np.ndarray) -> None:
        """steps, values: float64 (n,), n >= 2, both rising."""
        self._steps, self._values = steps, values

    @classmethod
    def of(cls, kind: str, history: History, last_step: float) -> TimeAxis:
        """The axis `kind` ("steps", "epochs", "seconds") for a run that has come to `last_step`."""
        if kind == "seconds" and last_step > 0:
            reported, after = history.times(_KNOTS)
            steps, firsts = np.unique(reported, return_index=True)  # an axis rises
            if len(steps) >= 2:
                seconds = np.maximum.accumulate(after[firsts])
                return cls(steps, seconds - seconds[0] + np.arange(len(steps)) * 1e-9)
        if kind == "epochs":
            ends = np.unique(np.asarray(history.rows("test_loss")[0], np.float64))
            if len(ends) >= 2:
                return cls(ends, np.arange(len(ends), dtype=np.float64))
        return STEPS

    def values(self, steps: np.ndarray) -> np.ndarray:
        """Where `steps` lie on the axis."""
        if self is STEPS:
            return np.maximum(np.asarray(steps, np.float64), 0.0)
        return _line(np.asarray(steps, np.float64), self._steps, self._values)

    def steps(self, values: np.ndarray) -> np.ndarray:
        """Which steps lie at `values` of the axis."""
        if self is STEPS:
            return np.maximum(np.asarray(values, np.float64), 0.0)
        return _line(np.asarray(values, np.float64), self._values, self._steps)

    @property
    def is_even(self) -> bool:
        """Whether a step is nowhere more than twice as long as elsewhere."""
        stride = max(1, len(self._steps) // _STRETCHES)
        lengths = np.diff(self._values[::stride]) / np.maximum(np.diff(self._steps[::stride]), 1e-12)
        return bool(lengths.max() <= 2.0 * lengths.min())

    @property
    def is_known(self) -> bool:
        """False while epochs or seconds cannot be told from steps yet."""
        return len(self._steps) > 2 or self._steps[-1] != 1.0


STEPS = TimeAxis(np.array([0.0, 1.0]), np.array([0.0, 1.0]))  # each step at itself: most of the time


def _line(at: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    inside: np.ndarray = np.interp(at, x, y)
    slope = (y[-1] - y[-2]) / max(1e-12, x[-1] - x[-2])
    beyond: np.ndarray = np.where(at > x[-1], y[-1] + (at - x[-1]) * slope, inside)
    return beyond


def window_on(
    axis: TimeAxis, history: History, name: str, steps: tuple[float, float], pixels: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(x, y_min, y_max) as `history.window` has them, in about `pixels` columns that are spread over the axis as well.

    The columns of one window hold equally many steps: where steps took unlike times, those of a slow stretch would be many pixels wide.
    """
    first, last = axis.values(np.array(steps)).tolist()
    if axis is STEPS or axis.is_even or last <= first:
        return history.window(name, *steps, pixels)
    ends = axis.steps(np.linspace(first, last, _STRETCHES + 1))
    ends[0], ends[-1] = steps
    starts = [ends[0], *np.nextafter(ends[1:-1], np.inf)]  # a step at an end belongs to one stretch alone
    parts = [
        history.window(name, start, end, max(1, pixels // _STRETCHES))
        for start, end in zip(starts, ends[1:], strict=True)
        if end >= start
    ]
    x, low, high = (np.concatenate(part) for part in zip(*parts, strict=True))
    return x, low, high


class RunningMean:
    """Mean of the last `width` values at any place of a growing series: sums are kept, so that a query costs what it shows."""

    def __init__(self) -> None:
        self._sums = np.zeros((2, 1), np.float64)  # as running_sums gives them, from the one of no value on
        self._count = 0
        self._generation = -1

    @property
    def count(self) -> int:
        """Values taken in so far."""
        return self._count

    def take(self, history: History, series: str) -> None:
        """Take in what is new in a series, or all of it where points were taken back (another run). Not finite counts as 0."""
        count = history.count(series)
        if history.generation != self._generation:
            self._generation, self._count = history.generation, 0
        if count == self._count:
            return
        new = np.asarray(history.rows(series, self._count)[1], np.float64)
        needed = self._count + len(new) + 1
        if needed > self._sums.shape[1]:
            grown = np.zeros((2, max(1024, 2 * needed)), np.float64)
            grown[:, : self._count + 1] = self._sums[:, : self._count + 1]
            self._sums = grown
        rounded, lost = self._sums[:, self._count].tolist()
        self._sums[:, self._count + 1 : needed] = running_sums(new, (rounded, lost))
        self._count = needed - 1

    def at(self, positions: np.ndarray, width: int) -> np.ndarray:
        """Means of the `width` values up to each of `positions` (0-based indices into the series)."""
        ends = np.clip(np.asarray(positions, np.int64) + 1, 1, self._count)
        starts = np.maximum(0, ends - max(1, width))
        rounded, lost = self._sums[:, ends] - self._sums[:, starts]
        means: np.ndarray = (rounded + lost) / (ends - starts)
        return means


def smoothing_width(notch: int) -> int:
    """Steps over which the slider's place 0 to 100 averages: 1 (none) to 1000, evenly on a log scale."""
    return max(1, round(math.pow(10.0, 3.0 * notch / 100.0)))


def round_up(value: float) -> float:
    """The next calm number at or above `value` > 0: a range that ends there changes seldom."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * nice for nice in _NICE if power * nice >= value * (1 - 1e-9))


def calm_range(low: float, high: float, is_from_zero: bool, before: tuple[float, float] | None) -> tuple[float, float]:
    """A range around low..high. It stays as it was while the data lie inside and fill more than half of it."""
    if is_from_zero:
        low = min(0.0, low)
    span = max(high - low, abs(high) * 0.05, 1e-9)
    if before is not None:
        width = before[1] - before[0]
        if before[0] <= low and high <= before[1] and span > 0.55 * width:
            return before
    bottom = low if is_from_zero else low - 0.08 * span
    return bottom, high + 0.12 * span


def ticks(low: float, high: float, most: int, is_log: bool) -> list[tuple[float, str]]:
    """(place, text) of at most `most` ticks within low..high; on a log scale places are exponents. None where nothing is calm."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return []
    if is_log and high - low >= 1.0:
        stride = max(1, math.ceil((high - low) / max(1, most)))
        powers = range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1, stride)
        return [(float(power), figure(10.0**power)) for power in powers]
    if is_log:
        return [(math.log10(place), text) for place, text in ticks(10.0**low, 10.0**high, most, False) if place > 0]
    raw = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * nice for nice in (1.0, 2.0, 5.0, 10.0, 20.0) if (high - low) / (power * nice) <= most)
    numbers = range(math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6) + 1)
    places = [number * step for number in numbers]
    return list(zip(places, _alike(places, step), strict=True))


def _alike(values: list[float], step: float) -> list[str]:
    """The numbers of one axis, `step` apart: all in one unit and with as many decimals, as 0.5 and 1.0, or 8k and 10k."""
    largest = max((abs(value) for value in values), default=0.0)
    unit, letter = next(((unit, letter) for unit, letter in _UNITS if largest >= unit), (1.0, ""))
    unit = 1e3 if letter == "k" else unit
    places = max(0, -math.floor(math.log10(step / unit) + 1e-6))
    if places > 4:
        return [figure(value) for value in values]
    return ["0" if abs(value) < 1e-3 * step else f"{value / unit:.{places}f}{letter}" for value in values]


def figure(value: float) -> str:
    """A number as short as an axis wants it: 0.0005, 0.25, 120, 12k, 1.5M, 2.5·10²⁰."""
    size = abs(value)
    if size >= _LARGEST:
        return readable(value, 3)
    for limit, letter in _UNITS:
        if size >= limit:
            return f"{float(f'{value:.4g}') / (1e3 if letter == 'k' else limit):g}{letter}"
    return "0" if size < 1e-300 else f"{float(f'{value:.4g}'):.6g}"
