"""Histogram, mean and variance of many numbers in few passes, exact where single precision cannot square them. Imports torch."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from trainers.activation_lab import LayerFigures, Span

_SMALL = 1e-15  # below it, and above its inverse, squares and their sums leave single precision


class RowFigures:
    """The finite numbers of one row. What single precision cannot square is looked at as if the greatest were 1.

    values: float32 of any shape; they must stay as they are as long as histograms are asked for.
    """

    def __init__(self, values: Tensor) -> None:
        values = values.reshape(-1)
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
        greatest = max(-low, high)
        self._factor = 1.0 if greatest == 0 or _SMALL < greatest < 1 / _SMALL else 1 / greatest
        self.mean = self.variance = math.nan
        if self.count:
            scaled = self._scaled()
            centre = float(scaled.mean())
            centred = scaled - centre  # or a small variance about a large mean would lose its digits
            rest = float(centred.mean())
            square = float(torch.dot(centred, centred)) / self.count
            self.mean = (centre + rest) / self._factor
            self.variance = max(0.0, square - rest**2) / self._factor**2

    def _scaled(self) -> Tensor:
        return self._values if self._factor == 1.0 else self._values.double().mul_(self._factor).float()

    def histogram(self, bins: int, low: float, high: float) -> np.ndarray:
        """int (bins,): how many lie in each of `bins` equal parts of low to high; a number on an inner edge belongs above it.

        The newest one is kept.
        """
        if self._counted is None or self._counted[:3] != (bins, low, high):
            self._counted = bins, low, high, self._count(bins, low, high)
        return self._counted[3]

    def _count(self, bins: int, low: float, high: float) -> np.ndarray:
        per_unit = bins / (high * self._factor - low * self._factor)
        places = (self._scaled() - low * self._factor).mul_(per_unit).clamp_(0, bins - 1).to(torch.int32)
        if low > self.low or high < self.high:  # bin 0 takes what lies below, the last what lies above
            places.add_(1).masked_fill_(self._values < low, 0).masked_fill_(self._values > high, bins + 1)
            return torch.bincount(places, minlength=bins + 2)[1:-1].numpy()
        return torch.bincount(places, minlength=bins).numpy()


def difference_between(values: Tensor) -> float:
    """How far the rows of `values`, (signals, units), differ: the root of their variance at a unit, in the mean over the units."""
    if not _is_finite(values):
        return math.nan
    variance = float(values.var(0, correction=0).mean())
    if not _SMALL**2 < variance < 1 / _SMALL**2:  # single precision may have lost it
        variance = float(values.double().var(0, correction=0).mean())
    return math.sqrt(variance)


def _is_finite(values: Tensor) -> bool:
    low, high = _edges(values)
    return math.isfinite(low) and math.isfinite(high)


def figures_of(rows: list[RowFigures], bins: int, span: Span) -> LayerFigures:
    """Of all rows together."""
    spans = _spans(rows, span)
    counts = np.zeros((len(rows), bins), np.int32)
    for number, row in enumerate(rows):
        if row.count:
            counts[number] = row.histogram(bins, *(float(edge) for edge in spans[number]))
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


def _spans(rows: list[RowFigures], span: Span) -> np.ndarray:
    """float64 (rows, 2)."""
    if not isinstance(span, str):
        return np.tile(np.array(span, np.float64), (len(rows), 1))
    edges = np.array([(row.low, row.high) if row.count else (0.0, 0.0) for row in rows])
    if span == "shared":
        edges[:] = edges[:, 0].min(), edges[:, 1].max()
    is_flat = edges[:, 0] == edges[:, 1]  # all numbers alike: in the middle of a span of their own size
    half = np.where(edges[is_flat, 0] == 0, 0.5, np.abs(edges[is_flat, 0]) / 2)
    edges[is_flat] += np.stack([-half, half], axis=1)
    return edges
