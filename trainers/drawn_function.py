"""Hand-drawn functions: knots joined by a smooth curve that makes no bump of its own, and freehand strokes reduced to knots.

Between knots a cubic with the slopes of Fritsch and Butland (SIAM J. Sci. Stat. Comput. 5 (1984) 300), monotone where the
knots are (Fritsch and Carlson, SIAM J. Numer. Anal. 17 (1980) 238); beyond the ends straight on. Imports numpy, never torch
or the window; as a torch module it is `torch_formula.DrawnModule`, as a layer the kind `drawn`.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainers.errors import BadInput

MIN_KNOTS, MAX_KNOTS = 2, 64
LARGEST = 1e6  # of a knot's x and y
CLOSEST = 1e-5  # neighbouring knots, as a share of the width: single precision still tells them apart
NARROWEST = 1e-3  # the whole curve: a piece's factor of t³ still fits single precision
MAX_STROKE = 20_000  # points of one stroke

Floats = NDArray[Any]


class BadKnots(BadInput):
    """Knots that make no function. `problem` and `fix` join to one sentence."""

    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(f"{problem}:", fix)
        self.problem = problem


class DrawnFunction(msgspec.Struct, frozen=True):
    """A function through knots (x, y), x increasing; make one with `drawn_function`.

    pieces: for the line before the first knot, each piece between knots and the line after the last: where it is measured
    from, and the coefficients of 1, t, t², t³. At a knot the piece to its right holds, which matters to f'' alone.
    """

    knots: tuple[tuple[float, float], ...]
    pieces: tuple[tuple[float, float, float, float, float], ...]

    def value(self, x: ArrayLike) -> Floats:
        """f(x) in x's shape and precision (double for whole numbers); NaN gives NaN, infinity the limit of the straight end."""
        return self._worked_out(x, 0)

    def derivative(self, x: ArrayLike) -> Floats:
        """f'(x), continuous everywhere."""
        return self._worked_out(x, 1)

    def second_derivative(self, x: ArrayLike) -> Floats:
        """f''(x): straight between knots, with jumps at them, 0 beyond the ends."""
        return self._worked_out(x, 2)

    @property
    def numbers(self) -> tuple[float, ...]:
        """x and y of all knots in turn, as a layer's file holds them."""
        return tuple(itertools.chain.from_iterable(self.knots))

    def _worked_out(self, x: ArrayLike, order: int) -> Floats:
        given = np.asarray(x)
        if not np.issubdtype(given.dtype, np.floating):
            given = given.astype(float)
        at = given.astype(float, copy=False)
        piece = np.searchsorted(np.array([knot[0] for knot in self.knots]), at, side="right")
        start, c0, c1, c2, c3 = np.array(self.pieces).T[:, piece]
        with np.errstate(all="ignore"):
            t = at - start
            # 0·∞ would be NaN at the ends, where the line is all there is
            t = np.where(np.isinf(t) & (c1 == 0), 0.0, t)
            if order == 0:
                curve = np.where(np.isinf(t), c0 + c1 * t, ((c3 * t + c2) * t + c1) * t + c0)
            elif order == 1:
                curve = np.where(np.isinf(t), c1, (3.0 * c3 * t + 2.0 * c2) * t + c1)
            else:
                curve = np.where(np.isinf(t), 0.0, 6.0 * c3 * t + 2.0 * c2)
        return np.asarray(curve).astype(given.dtype, copy=False)


def drawn_function(knots: Sequence[Sequence[float]]) -> DrawnFunction:
    """The function through 2 to 64 knots (x, y) with increasing x; raises BadKnots naming the knot and the way out."""
    return _joined(_checked(knots))


def knots_of_numbers(numbers: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """x and y in turn as pairs; raises BadKnots where one is left over."""
    if len(numbers) % 2:
        raise BadKnots(
            f"The knots hold {len(numbers)} numbers, which is odd", "give an x and a y for each knot, in turn."
        )
    return tuple(zip(map(float, numbers[::2]), map(float, numbers[1::2]), strict=True))


def _checked(knots: Sequence[Sequence[float]]) -> tuple[tuple[float, float], ...]:
    if not MIN_KNOTS <= len(knots) <= MAX_KNOTS:
        raise BadKnots(
            f"The function has {len(knots)} knot{'' if len(knots) == 1 else 's'}",
            f"give from {MIN_KNOTS} to {MAX_KNOTS}.",
        )
    pairs = []
    for number, knot in enumerate(knots, 1):
        if len(knot) != 2 or not all(isinstance(one, int | float | np.number) and abs(one) <= LARGEST for one in knot):
            shown = ", ".join(str(one)[:12] for one in knot[:3])
            raise BadKnots(
                f"Knot {number} is ({shown})", f"give an x and a y, each from {-LARGEST:,.0f} to {LARGEST:,.0f}."
            )
        pairs.append((float(knot[0]), float(knot[1])))
    width = pairs[-1][0] - pairs[0][0]
    for number, (one, two) in enumerate(itertools.pairwise(pairs), 2):
        if not two[0] - one[0] > CLOSEST * abs(width):
            what = "lies before" if two[0] < one[0] else "lies at" if two[0] == one[0] else "is too close to"
            raise BadKnots(
                f"Knot {number} (x = {two[0]:g}) {what} knot {number - 1} (x = {one[0]:g})",
                "move it to the right, or take it away.",
            )
    if width < NARROWEST:
        raise BadKnots(f"The knots span {width:g} in x", f"spread them over at least {NARROWEST:g}.")
    return tuple(pairs)


def _joined(knots: tuple[tuple[float, float], ...]) -> DrawnFunction:
    xs, ys = zip(*knots, strict=True)
    widths = [two - one for one, two in itertools.pairwise(xs)]
    chords = [(two - one) / width for (one, two), width in zip(itertools.pairwise(ys), widths, strict=True)]
    slopes = _slopes(widths, chords)
    pieces = [(xs[0], ys[0], slopes[0], 0.0, 0.0)]
    for index, (width, chord) in enumerate(zip(widths, chords, strict=True)):
        left, right = slopes[index], slopes[index + 1]
        pieces.append(
            (
                xs[index],
                ys[index],
                left,
                (3.0 * chord - 2.0 * left - right) / width,
                (left + right - 2.0 * chord) / (width * width),
            )
        )
    pieces.append((xs[-1], ys[-1], slopes[-1], 0.0, 0.0))
    return DrawnFunction(knots, tuple(pieces))


def _slopes(widths: list[float], chords: list[float]) -> list[float]:
    """The slope at each knot: a weighted harmonic mean of the chords beside it, 0 where they change sign."""
    if len(chords) == 1:
        return [chords[0], chords[0]]
    inner = []
    for (h0, h1), (d0, d1) in zip(itertools.pairwise(widths), itertools.pairwise(chords), strict=True):
        if d0 * d1 <= 0:
            inner.append(0.0)
        else:
            w0, w1 = 2.0 * h1 + h0, h1 + 2.0 * h0
            inner.append((w0 + w1) / (w0 / d0 + w1 / d1))
    return [
        _end_slope(widths[0], widths[1], chords[0], chords[1]),
        *inner,
        _end_slope(widths[-1], widths[-2], chords[-1], chords[-2]),
    ]


def _end_slope(h0: float, h1: float, d0: float, d1: float) -> float:
    """The slope at an end by the parabola through three knots, kept so that the piece stays monotone."""
    slope = ((2.0 * h0 + h1) * d0 - h0 * d1) / (h0 + h1)
    if slope * d0 <= 0:
        return 0.0
    if d0 * d1 <= 0 and abs(slope) > 3.0 * abs(d0):
        return 3.0 * d0
    return slope


def reduce_stroke(points: ArrayLike, most: int = 32, tolerance: float | None = None) -> DrawnFunction:
    """A stroke (n, 2) of a pen, in the order drawn, as a function of at most `most` knots.

    Where the pen went back, what was drawn last holds. Knots are added where the curve is farthest from the stroke, until
    nowhere farther than `tolerance` (a two-hundredth of its height unless given). Raises BadKnots for a stroke without width.
    """
    most = min(max(most, MIN_KNOTS), MAX_KNOTS)
    stroke = _single_valued(np.asarray(points, dtype=float))
    x, y = stroke[:, 0], stroke[:, 1]
    close_enough = tolerance if tolerance is not None else max(float(np.ptp(y)), 1e-3 * float(np.ptp(x))) / 200.0
    gap = 4.0 * CLOSEST * float(x[-1] - x[0])
    chosen = [0, x.size - 1]
    may_be = np.minimum(np.abs(x - x[0]), np.abs(x - x[-1])) > gap
    while True:
        function = _joined(tuple((float(x[index]), float(y[index])) for index in chosen))
        error = np.abs(function.value(x) - y)
        if len(chosen) >= most or error.max() <= close_enough or not may_be.any():
            return function
        worst = int(np.where(may_be, error, -1.0).argmax())
        may_be &= np.abs(x - x[worst]) > gap
        bisect.insort(chosen, worst)


def _single_valued(points: Floats) -> Floats:
    """The stroke's points with x increasing: a pen that goes back draws over what it passes."""
    if points.ndim != 2 or points.shape[1] != 2:
        raise BadKnots("A stroke holds points of an x and a y", "draw it again.")
    points = points[np.isfinite(points).all(axis=1) & (np.abs(points) <= LARGEST).all(axis=1)]
    points = points[:: math.ceil(max(1, len(points)) / MAX_STROKE)]
    xs: list[float] = []
    ys: list[float] = []
    before: float | None = None
    for x, y in points.tolist():
        low, high = (x, x) if before is None else (min(x, before), max(x, before))
        first, last = bisect.bisect_left(xs, low), bisect.bisect_right(xs, high)
        if before is not None and x != before:  # the point the pen comes from stays
            first, last = (first, last - 1) if before == high else (first + 1, last)
        xs[first:last], ys[first:last] = [x], [y]
        before = x
    if len(xs) < 2 or xs[-1] - xs[0] < NARROWEST:
        raise BadKnots("The stroke has no width", "draw from left to right.")
    return np.array([xs, ys]).T
