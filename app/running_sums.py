"""Sums along a growing series that lose nothing: one loss of 1e20 had left 0 in place of every mean behind it. Knows no run."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def running_sums(values: Floats, total: tuple[float, float] = (0.0, 0.0)) -> tuple[Floats, Floats]:
    """(n,) sums of `values` up to each, on top of `total`: as they are rounded, and what all the rounding took from them.

    A number that is not finite counts as 0. What one addition loses is found exactly: Knuth's TwoSum, The Art of Computer
    Programming, vol. 2, section 4.2.2.
    """
    counted = np.where(np.isfinite(values), values, 0.0)
    sums = np.cumsum(np.concatenate([[total[0]], counted]))
    before, rounded = sums[:-1], sums[1:]
    added = rounded - before
    lost = (before - (rounded - added)) + (counted - added)
    return rounded, total[1] + np.cumsum(lost)
