"""Histogram, mean, variance and differences of a layer's numbers, to the ends of single precision. Imports torch and numba."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from torch import Tensor

from trainers import depth_signal_kernel
from trainers.activation_lab import LayerFigures, Span


class RowFigures:
    """The finite numbers of one row of figures, float32 (signals, units).

    low, high, mean, variance: over all; NaN where no number is finite. between: how far the signals differ: the root of their
    variance at a unit, in the mean over the units; NaN where a number is not finite. values: they must stay as they are as long as
    histograms are asked for.
    """

    def __init__(self, values: Tensor) -> None:
        array: np.ndarray = values.numpy()
        total = array.size
        low, high, mean, variance, within = depth_signal_kernel.measure(array)
        if not math.isfinite(variance):
            array = array[np.isfinite(array)].reshape(-1, 1)
            within = math.nan
            low = high = mean = variance = math.nan
            if array.size:
                low, high, mean, variance, _ = depth_signal_kernel.measure(array)
        self.low, self.high, self.mean, self.variance = low, high, mean, variance
        self.between = math.sqrt(within)
        self.count = array.size
        self.non_finite = total - array.size
        self._numbers = array.reshape(-1)
        self._counted: tuple[int, float, float, np.ndarray] | None = None

    def histogram(self, bins: int, low: float, high: float) -> np.ndarray:
        """int (bins,): how many lie in each of `bins` equal parts of low to high; a number on an inner edge belongs above it.

        The newest one is kept.
        """
        if self._counted is None or self._counted[:3] != (bins, low, high):
            self._counted = bins, low, high, depth_signal_kernel.count(self._numbers, bins, low, high)
        return self._counted[3]


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
