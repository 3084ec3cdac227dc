"""The best k lines for a target: the Maxout whose largest error on a stretch is least. No Qt.

Between two knots the best line for a convex function is its chord lowered by half the largest gap beneath the chord: its error is
-e at both knots and +e where a tangent is parallel to the chord. Lines of neighbouring pieces meet at the knot, e below the
function, so that together they are the largest of all. No k lines do better than those whose gaps are all equal: a piece with less
error that begins where ours does, or before, ends before ours, and k of them do not reach the end. That e is found by placing knots
from the left for a given e, and solving for the e at which the last piece's gap is the same (Illinois method).
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from app.panels.activation.maxout.lines import MOST_LINES, Line, kinks, value
from app.panels.activation.maxout.targets import Table

Floats = npt.NDArray[np.float64]

_ROUNDS = 60
_DIGITS = 6  # of a line's numbers: what lies beyond is rounding, and 0 shall be 0
_EXACT = 1e-13  # of the function's span: a gap that is none
_SOLVED = 1e-10  # of it: gaps that are equal


class Fit(NamedTuple):
    """lines: at most as many as were asked for (fewer where fewer are exact). error: the largest on the stretch, and where."""

    lines: tuple[Line, ...]
    error: float
    place: float


def measured(lines: tuple[Line, ...], table: Table) -> tuple[float, float]:
    """The largest |Maxout - target| on the table's stretch, and where; looked at on the table and at every kink."""
    inside = [x for x in kinks(lines) if table.x[0] < x < table.x[-1]]
    x = np.concatenate((table.x, inside))
    errors = np.abs(value(lines, x) - np.concatenate((table.y, np.interp(inside, table.x, table.y))))
    place = int(np.argmax(errors))
    return float(errors[place]), float(x[place])


def best_lines(table: Table, count: int) -> Fit:
    """At most `count` lines for `table`.

    A target that is not convex is met by its hull, raised by half of the largest dent: no convex function comes nearer.
    """
    return _measured_fit(_pieces(table.hull, count), table)


def best_difference(table: Table, count: int) -> Fit:
    """At most `count` lines each for two units, the second subtracted.

    The slope's increases are given to the first unit, its decreases to the second: two convex functions, and the best lines for
    each. The errors of the two add up where neither is straight, so that other lines may do better.
    """
    slopes = np.diff(table.y) / np.diff(table.x)
    bends = np.diff(slopes)
    rise = np.concatenate(([max(slopes[0], 0.0)], np.maximum(bends, 0.0)))
    fall = np.concatenate(([max(-slopes[0], 0.0)], np.maximum(-bends, 0.0)))
    parts = []
    for turns in (rise, fall):
        y = np.concatenate(([0.0], np.cumsum(np.cumsum(turns) * np.diff(table.x))))
        parts.append(_pieces(Table(table.x, y), count))
    first, second = parts
    lines = (*first, *(Line(line.w, line.b, True) for line in second))
    return _measured_fit(lines, table)


def fits_by_count(table: Table, is_difference: bool = False) -> tuple[Fit, ...]:
    """With at most 1, 2, ... up to MOST_LINES lines, in each unit where there are two."""
    find = best_difference if is_difference else best_lines
    return tuple(find(table, count) for count in range(1, MOST_LINES + 1))


def _measured_fit(lines: tuple[Line, ...], table: Table) -> Fit:
    """With the first unit raised or lowered so that the largest errors above and below are equal."""
    off = table.y - value(lines, table.x)
    shift = 0.5 * float(off.max() + off.min())
    lines = tuple(
        Line(
            round(line.w, _DIGITS), round(line.b + (0.0 if line.is_subtracted else shift), _DIGITS), line.is_subtracted
        )
        for line in lines
    )
    return Fit(lines, *measured(lines, table))


class _Convex:
    """A convex function given by points: its gap below a chord."""

    def __init__(self, table: Table) -> None:
        self.x: list[float] = table.x.tolist()
        self.y: list[float] = table.y.tolist()
        self.slopes: list[float] = (np.diff(table.y) / np.diff(table.x)).tolist()
        self.span = max(self.y) - min(self.y)

    def at(self, x: float) -> float:
        index = min(max(bisect_left(self.x, x) - 1, 0), len(self.slopes) - 1)
        return self.y[index] + self.slopes[index] * (x - self.x[index])

    def gap(self, start: float, end: float) -> float:
        """The largest distance from the chord over start to end down to the function."""
        low = self.at(start)
        w = (self.at(end) - low) / (end - start)
        index = min(max(bisect_left(self.slopes, w), 0), len(self.x) - 1)  # where the slope grows beyond the chord's
        x = min(max(self.x[index], start), end)
        return max(low + w * (x - start) - self.at(x), 0.0)

    def farthest(self, start: float, gap: float) -> float:
        """The knot after `start` for which the gap is `gap`; the right end where it is less all the way."""
        x = self.x
        if self.gap(start, x[-1]) <= gap:
            return x[-1]
        low, high = bisect_left(x, start), len(x) - 1
        while x[low] <= start:
            low += 1
        below = low - 1
        while high - below > 1:
            middle = (below + high) // 2
            if x[middle] <= start or self.gap(start, x[middle]) <= gap:
                below = middle
            else:
                high = middle
        left = max(x[below], start)
        small = self.gap(start, left) if left > start else 0.0
        large = self.gap(start, x[high])
        if large <= small:
            return x[high]
        return left + (x[high] - left) * (gap - small) / (large - small)


def _pieces(table: Table, count: int) -> tuple[Line, ...]:
    """The best lines for a convex table, at most `count`."""
    convex = _Convex(table)
    knots = _knots(convex, count)
    lines = []
    for start, end in pairwise(knots):
        w = (convex.at(end) - convex.at(start)) / (end - start)
        lines.append(Line(w, convex.at(start) - w * start - 0.5 * convex.gap(start, end)))
    return tuple(lines)


def _knots(convex: _Convex, count: int) -> list[float]:
    end = convex.x[-1]

    def placed(gap: float) -> list[float]:
        knots = [convex.x[0]]
        while len(knots) < count and knots[-1] < end:
            knots.append(convex.farthest(knots[-1], gap))
        return knots if knots[-1] >= end else [*knots, end]

    def too_small(gap: float) -> float:
        """By how much the last piece's gap exceeds the others' `gap`."""
        knots = placed(gap)
        return (convex.gap(knots[-2], end) if len(knots) == count + 1 else 0.0) - gap

    none = _EXACT * max(convex.span, 1e-300)
    if too_small(none) <= 0:
        return placed(none)
    low, high = none, convex.gap(convex.x[0], end)
    at_low, at_high = too_small(low), too_small(high)
    if at_high >= 0:  # one piece
        return placed(high)
    side = 0
    for _ in range(_ROUNDS):
        gap = (low * at_high - high * at_low) / (at_high - at_low)
        found = too_small(gap)
        if abs(found) <= _SOLVED * convex.span:
            break
        if found > 0:
            low, at_low = gap, found
            at_high, side = (at_high / 2 if side > 0 else at_high), 1
        else:
            high, at_high = gap, found
            at_low, side = (at_low / 2 if side < 0 else at_low), -1
    return placed(gap)
