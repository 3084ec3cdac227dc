"""Where everything of the board lies: rows, stations, scales of the axes, outlines of histograms. Plain numpy, no Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from trainers.activation_lab import LayerFigures

Floats = npt.NDArray[np.float64]

RowName = Literal["activations", "spread", "gradients", "gradient_spread", "silence"]
ROWS: tuple[RowName, ...] = ("activations", "spread", "gradients", "gradient_spread", "silence")
_SHARES: dict[RowName, float] = {
    "activations": 0.28,
    "spread": 0.17,
    "gradients": 0.28,
    "gradient_spread": 0.17,
    "silence": 0.10,
}
_BEYOND = 30.0  # px outside its row to which an outline is followed: far enough that its end is not seen
_REACH = 1.6  # of the largest number that came in: so far a common axis goes; what exceeds it runs out of the row
_FEWEST_DECADES = 3
_CLEAR = 4.0  # px between words and a curve
_SMALLEST_POWER, _LARGEST_POWER = -45, 39  # of single precision


@dataclass(frozen=True)
class Row:
    """Place of one row, px."""

    name: RowName
    top: float
    bottom: float


@dataclass(frozen=True)
class Axis:
    """y in px = offset + slope * value; for a spread, value is the power of ten."""

    low: float
    high: float
    offset: float
    slope: float

    def place(self, values: Floats) -> Floats:
        """Where `values` lie, px."""
        return self.offset + self.slope * values


@dataclass(frozen=True)
class Frame:
    """The board's plan, px: `left` to `right` are the stations 0 (the signal) to `layers`, side by side."""

    left: float
    right: float
    rows: tuple[Row, ...]
    layers: int

    @property
    def pitch(self) -> float:
        """Width of a station."""
        return (self.right - self.left) / (self.layers + 1)

    def center(self, station: int) -> float:
        """Middle of a station, px."""
        return self.left + (station + 0.5) * self.pitch

    @property
    def centers(self) -> Floats:
        """Middles of all stations, px."""
        middles: Floats = self.left + (np.arange(self.layers + 1, dtype=np.float64) + 0.5) * self.pitch
        return middles

    def station_at(self, x: float) -> int | None:
        """The station at `x` px."""
        if not self.left <= x < self.right:
            return None
        return min(int((x - self.left) / self.pitch), self.layers)

    def row(self, name: RowName) -> Row:
        """The row `name`."""
        return next(row for row in self.rows if row.name == name)


def plan(size: tuple[float, float], margins: tuple[float, float, float], heading: float, layers: int) -> Frame:
    """The rows in a board of `size` px. margins: left, right, bottom; heading: height of each row's name above it."""
    width, height = size
    left, right, bottom = margins
    room = max(height - bottom - len(ROWS) * heading, 50.0)
    rows, top = [], 0.0
    for name in ROWS:
        top += heading
        rows.append(Row(name, top, top + _SHARES[name] * room))
        top += _SHARES[name] * room
    return Frame(left, max(width - right, left + layers + 1.0), tuple(rows), layers)


def linear_axis(row: Row, low: float, high: float) -> Axis:
    """`low` at the row's bottom, `high` at its top."""
    slope = (row.top - row.bottom) / (high - low)
    return Axis(low, high, row.bottom - slope * low, slope)


def common_range(figures: Sequence[LayerFigures], reference: int) -> tuple[float, float]:
    """The range of one axis for all histograms: all that there is, as far as what came in (row `reference`) lets one see it."""
    low = high = 0.0
    for one in figures:
        spans = one.spans
        reach = _REACH * float(np.abs(spans[reference]).max())
        is_there = one.counts.any(1)
        if is_there.any():
            low = min(low, max(float(spans[is_there, 0].min()), -reach))
            high = max(high, min(float(spans[is_there, 1].max()), reach))
    if low == high:
        return -1.0, 1.0
    margin = 0.02 * (high - low)
    return low - margin, high + margin


def decade_range(curves: Sequence[Floats]) -> tuple[int, int]:
    """Powers of ten that hold all positive numbers of `curves`, in steps, so that an axis does not move at each of them."""
    found = [curve[np.isfinite(curve) & (curve > 0)] for curve in curves]
    values = np.concatenate([*found, np.ones(1)])
    low, high = math.floor(math.log10(values.min()) + 1e-9), math.ceil(math.log10(values.max()) - 1e-9)
    step = 1 if high - low <= 4 else 5
    low, high = step * math.floor(low / step), step * math.ceil(high / step)
    if high - low < _FEWEST_DECADES:
        low = high - _FEWEST_DECADES if high > 0 else min(low, -2)
        high = max(high, low + _FEWEST_DECADES)
    return max(low, _SMALLEST_POWER), min(high, _LARGEST_POWER)


def decade_ticks(low: int, high: int, most: int) -> list[int]:
    """At most about `most` powers of ten to write at an axis, 0 (the number 1) among them."""
    step = next(step for step in (1, 2, 5, 10, 20, 50) if (high - low) / step <= max(most, 1))
    return [power for power in range(low, high + 1) if power % step == 0]


def outlines(
    figures: LayerFigures, frame: Frame, axis: Axis, row: Row, halves: tuple[float, float], *, is_own: bool
) -> tuple[list[Floats], Floats, Floats]:
    """Outline of each station's histogram, (n, 2) in px each (empty where nothing is finite); its lower and upper end, px.

    halves: how far it reaches to the left and to the right of the middle, px; it is as wide as the root of the share of its
    fullest bin, so that what is rare is still seen. is_own: each station has its own axis, from minus to plus its largest number.
    """
    counts, spans = figures.counts, figures.spans
    stations, bins = counts.shape
    fullest = np.maximum(counts.max(1, keepdims=True), 1)
    widths = np.sqrt(counts / fullest)
    with np.errstate(over="ignore", invalid="ignore"):
        if is_own:
            spans = spans / own_reach(figures)[:, None]
        edges = spans[:, :1] + (spans[:, 1:] - spans[:, :1]) * np.linspace(0.0, 1.0, bins + 1)
        heights = np.clip(axis.place(edges), row.top - _BEYOND, row.bottom + _BEYOND)
    both = np.empty((stations, 2, 2 * bins + 2, 2))  # down the right side and up the left one
    y, across = both[:, 0, :, 1], both[:, 0, :, 0]
    y[:, ::2] = y[:, 1::2] = heights  # each bin begins and ends: steps, as a histogram has them
    across[:, 0] = across[:, -1] = 0.0
    across[:, 1:-1:2] = across[:, 2:-1:2] = widths
    middle = frame.centers[:stations, None]
    both[:, 1, :, 1] = y[:, ::-1]
    both[:, 1, :, 0] = middle - halves[0] * across[:, ::-1]
    across *= halves[1]
    across += middle
    both = both.reshape(stations, -1, 2)
    is_there = np.logical_and(counts.any(1), np.isfinite(heights).all(1))
    shapes = [both[station] if is_there[station] else np.empty((0, 2)) for station in range(stations)]
    return shapes, heights[:, 0], heights[:, -1]


def own_reach(figures: LayerFigures) -> Floats:
    """The largest number of each station, by its size; 1 where there is none."""
    reach: Floats = np.abs(figures.spans).max(1)
    return np.where(np.isfinite(reach) & (reach > 0), reach, 1.0)


def powers(values: Floats) -> Floats:
    """log10; minus infinity for 0, NaN for what is not finite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Floats = np.log10(np.where(np.isfinite(values), values, np.nan))
    return result


def free_place(
    begin: tuple[float, float],
    size: tuple[float, float],
    bounds: tuple[float, float],
    lines: Sequence[tuple[Floats, Floats]],
    taken: Sequence[tuple[float, float, float, float]],
) -> tuple[float, float]:
    """Left and top, px, of a box near `begin` (its left edge, and the height of what it names) that covers least.

    bounds: top and bottom that it must keep to. lines: x and y of what it should not cover. taken: left, top, right and bottom
    of what it must not cover.
    """
    left, y = begin
    width, height = size
    columns = np.linspace(left, left + width, 40)
    heights = np.array([np.interp(columns, x, line) for x, line in lines])
    tops = np.linspace(bounds[0], max(bounds[1] - height, bounds[0]), 25)
    cost = 0.3 * np.abs(tops + height / 2 - y)
    if len(lines):
        with np.errstate(invalid="ignore"):
            is_over = (heights > tops[:, None, None] - _CLEAR) & (heights < tops[:, None, None] + height + _CLEAR)
        cost = cost + 100.0 * is_over.mean((1, 2))
    for one in taken:
        if left < one[2] and one[0] < left + width:
            cost = cost + 1e6 * ((tops < one[3]) & (one[1] < tops + height))
    return left, float(tops[int(np.argmin(cost))])


def strokes(x: Floats, y: Floats) -> Floats:
    """The line through all that is finite, as pieces of their own: x and y of begin and end, px, (n, 4)."""
    pieces = np.stack([x[:-1], y[:-1], x[1:], y[1:]], axis=1)
    return pieces[np.isfinite(pieces).all(1)]


def dashes(x: Floats, y: Floats, pattern: Sequence[float]) -> Floats:
    """The same, cut into dashes. pattern: length of a dash and of the gap behind it, px."""
    pieces = []
    is_there = np.isfinite(y)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], is_there, [False])).astype(np.int8)))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        across, down = x[start:end], y[start:end]
        way = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(across), np.diff(down)))))
        period, dash = sum(pattern), pattern[0]
        begins = np.arange(0.0, way[-1], period)
        stops = np.unique(np.concatenate((way, begins, np.minimum(begins + dash, way[-1]))))
        is_dash = 0.5 * (stops[:-1] + stops[1:]) % period < dash
        stop_x, stop_y = np.interp(stops, way, across), np.interp(stops, way, down)
        pieces.append(np.stack([stop_x[:-1], stop_y[:-1], stop_x[1:], stop_y[1:]], axis=1)[is_dash])
    return np.concatenate(pieces) if pieces else np.empty((0, 4))
