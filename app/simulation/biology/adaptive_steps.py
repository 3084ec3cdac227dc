"""Integration of a small flow dy/dt = f(y) to rounding, for the learning rules that have no closed form. No numba."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from trainers.errors import BadInput

Flow = Callable[[np.ndarray], np.ndarray]

# Dormand & Prince 1980, J Comput Appl Math 6:19: the 5(4) pair. Rows are the stages; the last is the fifth order solution.
_STAGES: tuple[tuple[float, ...], ...] = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
_ERROR = np.array(
    [71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40]
)  # fifth minus fourth order
_MOST_STEPS = 200_000  # about 20 s
_RUNAWAY = 1e12


def integrate(flow: Flow, start: np.ndarray, times: np.ndarray, tolerance: float = 1e-11) -> np.ndarray:
    """y at `times` (rising, the first is that of `start`), (times, y): every step is shortened until it errs by less than `tolerance`.

    The tolerance is relative above 1 and absolute below. Rows after y has run beyond 1e12, or to infinity in finite time, are
    NaN. Raises BadInput where the flow is too stiff for 200,000 steps.
    """
    rows = np.full((times.size, start.size), np.nan)
    rows[0] = start
    y, t, steps = start.astype(np.float64), float(times[0]), 0
    slope = flow(y)
    step = (float(times[-1]) - t) * 1e-3
    for row, end in enumerate(times[1:].tolist(), start=1):
        while t < end:
            steps += 1
            if steps > _MOST_STEPS:
                raise BadInput(
                    "This flow changes too fast for its length: make eta or the duration smaller, or tau_theta larger."
                )
            trial = min(step, end - t)
            after, slope_after, error = _try(flow, y, slope, trial, tolerance)
            if error <= 1.0:
                t = end if trial == end - t else t + trial
                y, slope = after, slope_after
            elif trial < 1e-14 * max(1.0, abs(t)):
                return rows
            step = trial * min(5.0, max(0.2, 0.9 * max(error, 1e-10) ** -0.2)) if trial == step or error > 1.0 else step
            if not np.abs(y).max() < _RUNAWAY:
                return rows
        rows[row] = y
    return rows


def _try(
    flow: Flow, y: np.ndarray, slope: np.ndarray, step: float, tolerance: float
) -> tuple[np.ndarray, np.ndarray, float]:
    """y and slope after one step, and its error in units of the tolerance; infinite where it left the numbers."""
    slopes = [slope]
    after = y
    with np.errstate(over="ignore", invalid="ignore"):
        for weights in _STAGES:
            after = y + step * sum(weight * s for weight, s in zip(weights, slopes, strict=True))
            slopes.append(flow(after))
        wrong = step * (_ERROR @ np.asarray(slopes))
        error = float((np.abs(wrong) / (tolerance * np.maximum(1.0, np.abs(after)))).max())
    return after, slopes[-1], error if np.isfinite(error) else np.inf
