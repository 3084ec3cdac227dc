"""Histogram, mean and variance of many numbers in few passes, exact where single precision cannot square them. Imports torch."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from trainers.activation_lab import LayerFigures, Span

_SMALL = 1e-15  # below it, and above its inverse, squares and their sums leave single precision
_LARGEST_FACTOR = 2.0**127  # of single precision
_SMALL_MEAN = 0.01  # its square, in shares of the mean square
_MOST_OF_A_PAIR = 126  # the last of as many bins and one more has its place in a byte with a sign


class RowFigures:
    """The finite numbers of one row. What single precision cannot square is looked at as if the greatest were 2 to 4.

    values: float32 of any shape; they must stay as they are as long as histograms are asked for.
    """

    def __init__(self, values: Tensor) -> None:
        total = values.numel()
        low, high = _edges(values)
        if not (math.isfinite(low) and math.isfinite(high)):
            values = values[values.isfinite()]
            low, high = _edges(values) if values.numel() else (math.nan, math.nan)
        self.low, self.high = low, high
        self.count = values.numel()
        self.non_finite = total - self.count
        self._values = values
        self._counted: tuple[int, float, float, np.ndarray] | None = None
        self._factor = _factor_for(max(-low, high))
        self.mean = self.variance = math.nan
        if self.count:
            self._take_moments()

    def _take_moments(self) -> None:
        """About 0 where the mean is small, in fewer passes; else about the mean, or a small variance would lose its digits."""
        scaled = _times(self._values, self._factor).reshape(-1)
        mean, square = float(scaled.mean()), _mean_square(scaled)
        if mean**2 > _SMALL_MEAN * square:
            centred = scaled - mean
            rest = float(centred.mean())
            mean, square = mean + rest, _mean_square(centred)
            self._set_moments(mean, max(0.0, square - rest**2))
        else:
            self._set_moments(mean, square - mean**2)

    def _set_moments(self, mean: float, variance: float) -> None:
        """Of the scaled numbers."""
        self.mean, self.variance = mean / self._factor, variance / self._factor**2

    def histogram(self, bins: int, low: float, high: float) -> np.ndarray:
        """int (bins,): how many lie in each of `bins` equal parts of low to high; a number on an inner edge belongs above it.

        The newest one is kept.
        """
        if self._counted is None or self._counted[:3] != (bins, low, high):
            self._counted = bins, low, high, self._count(bins, low, high)
        return self._counted[3]

    def _count(self, bins: int, low: float, high: float) -> np.ndarray:
        first, last = low * self._factor, high * self._factor
        places = (_times(self._values, self._factor) - first).mul_(bins / (last - first))
        if low > self.low or high < self.high:  # bin 0 takes what lies below, the last what lies above
            places = places.clamp_(0, bins - 1).to(torch.int32)
            places.add_(1).masked_fill_(self._values < low, 0).masked_fill_(self._values > high, bins + 1)
            return torch.bincount(places.view(-1), minlength=bins + 2).numpy()[1:-1]
        counts = _occurrences(places.view(-1), bins + 1)
        counts[bins - 1] += counts[bins]  # what lies on the upper end, and no further
        return counts[:bins]


class StationFigures(RowFigures):
    """Also how far the rows of `values`, (signals, units), differ.

    between: the root of their variance at a unit, in the mean over the units; NaN where a number is not finite.
    """

    def __init__(self, values: Tensor) -> None:
        self.between = math.nan
        super().__init__(values)

    def _take_moments(self) -> None:
        """Variance at the units and of the units' means: together that of all numbers.

        Signals that are all the same have a difference of exactly 0: each is compared with the first. torch's own variance down
        the columns takes 0.5 ms of 65,536 numbers, this 0.08.
        """
        if self.non_finite:
            super()._take_moments()
            return
        scaled = _times(self._values, self._factor)
        centred = scaled - scaled[0]
        shifts = centred.mean(0)
        within = _mean_square(centred.sub_(shifts))
        means = scaled[0].double().add_(shifts).numpy()
        mean = float(means.sum()) / len(means)
        means -= mean
        self.between = math.sqrt(within) / self._factor
        self._set_moments(mean, within + float(means @ means) / len(means))


def count_ahead(row: RowFigures, bins: int, span: Span) -> None:
    """What `figures_of` will ask of it, if that can be known before all rows are there."""
    if row.count and span != "shared":
        row.histogram(bins, *_spans([row], span)[0].tolist())


def figures_of(rows: Sequence[RowFigures], bins: int, span: Span) -> LayerFigures:
    """Of all rows together."""
    spans = _spans(rows, span)
    counts = np.zeros((len(rows), bins), np.int32)
    for number, row in enumerate(rows):
        if row.count:
            counts[number] = row.histogram(bins, *spans[number].tolist())
    return LayerFigures(
        counts=counts,
        spans=spans,
        mean=np.array([row.mean for row in rows]),
        variance=np.array([row.variance for row in rows]),
        non_finite=np.array([row.non_finite for row in rows], np.int64),
    )


def _edges(values: Tensor) -> tuple[float, float]:
    """numpy takes half of torch's time, and gives NaN where one is."""
    array = values.numpy()
    return float(array.min()), float(array.max())


def _factor_for(greatest: float) -> float:
    """A power of two, so that no digit changes: `greatest` becomes 2 to 4. 1 where squares have their place in single precision."""
    if not 0 < greatest < math.inf or _SMALL < greatest < 1 / _SMALL:
        return 1.0
    return math.ldexp(1.0, 2 - math.frexp(greatest)[1])


def _times(values: Tensor, factor: float) -> Tensor:
    """In double precision where the factor has no place in single; the values themselves for 1."""
    if factor == 1.0:
        return values
    return values * factor if factor < _LARGEST_FACTOR else values.double().mul_(factor).float()


def _mean_square(values: Tensor) -> float:
    """Also of what single precision can hold, but not square."""
    flat = values.view(-1)
    square = float(torch.dot(flat, flat)) / len(flat)
    if _SMALL**2 < square < 1 / _SMALL**2:
        return square
    factor = _factor_for(max(abs(edge) for edge in _edges(flat)))
    flat = _times(flat, factor)
    return float(torch.dot(flat, flat)) / len(flat) / factor**2


def _occurrences(places: Tensor, bins: int) -> np.ndarray:
    """int (bins,): how often each whole number from 0 to bins - 1 is there, of (n,) numbers that are rounded down.

    Where there are many, two at a time as the two bytes of one: of 65,536 numbers in 48 bins 0.05 ms instead of 0.12.
    """
    if bins > _MOST_OF_A_PAIR or 512 * bins > len(places):
        return torch.bincount(places.to(torch.int32), minlength=bins).numpy()
    even = len(places) // 2 * 2
    pairs = places[:even].to(torch.int8).view(torch.int16)
    counts = torch.bincount(pairs, minlength=256 * bins).numpy().reshape(bins, 256)[:, :bins]
    found: np.ndarray = counts.sum(0) + counts.sum(1)
    if even < len(places):
        found[int(places[-1])] += 1
    return found


def _spans(rows: Sequence[RowFigures], span: Span) -> np.ndarray:
    """float64 (rows, 2)."""
    if not isinstance(span, str):
        return np.tile(np.array(span, np.float64), (len(rows), 1))
    edges = [_edges_of(row) for row in rows]
    if span == "shared":
        edges = [(min(low for low, _ in edges), max(high for _, high in edges))] * len(rows)
    return np.array([_opened(*pair) for pair in edges])


def _edges_of(row: RowFigures) -> tuple[float, float]:
    return (row.low, row.high) if row.count else (0.0, 0.0)


def _opened(low: float, high: float) -> tuple[float, float]:
    """Numbers that are all alike stand in the middle of a span of their own size."""
    half = (abs(low) / 2 or 0.5) if low == high else 0.0
    return low - half, high + half
