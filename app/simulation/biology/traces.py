"""What is read off a trace: crossings of a level, and the top between two samples. Imports neither Qt nor numba."""

from __future__ import annotations

import numpy as np

SPIKE_LEVEL_MV = 0.0


def upward_crossings_ms(times_ms: np.ndarray, v_mv: np.ndarray, level_mv: float = SPIKE_LEVEL_MV) -> np.ndarray:
    """When `v_mv` (n,) at `times_ms` (n,) rises through `level_mv`, interpolated linearly."""
    return _crossings(times_ms, v_mv - level_mv)


def downward_crossings_ms(times_ms: np.ndarray, v_mv: np.ndarray, level_mv: float = SPIKE_LEVEL_MV) -> np.ndarray:
    """When `v_mv` (n,) falls below `level_mv`, interpolated linearly."""
    return _crossings(times_ms, level_mv - v_mv)


def _crossings(times_ms: np.ndarray, above: np.ndarray) -> np.ndarray:
    before = np.flatnonzero((above[:-1] < 0.0) & (above[1:] >= 0.0))
    part = above[before] / (above[before] - above[before + 1])
    crossings: np.ndarray = times_ms[before] + part * (times_ms[before + 1] - times_ms[before])
    return crossings


def highest(times_ms: np.ndarray, values: np.ndarray) -> tuple[float, float]:
    """Time and height of the top of `values` (n,), by a parabola through the highest sample and its two neighbours.

    `times_ms` are evenly spaced. At an end of the trace the sample itself.
    """
    top = int(np.argmax(values))
    if not 0 < top < len(values) - 1:
        return float(times_ms[top]), float(values[top])
    left, middle, right = (float(value) for value in values[top - 1 : top + 2])
    bend = left - 2.0 * middle + right
    if bend >= 0.0:  # flat
        return float(times_ms[top]), middle
    shift = 0.5 * (left - right) / bend
    return float(times_ms[top]) + shift * float(times_ms[top + 1] - times_ms[top]), middle - 0.25 * (
        left - right
    ) * shift
