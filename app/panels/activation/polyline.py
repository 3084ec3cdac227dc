"""Fewer points for the same line: a curve of 2,000 samples drawn to a tenth of a pixel. No Qt.

Qt strokes 2,000 points of an antialiased line in 4 to 5 ms, the 60 to 200 that matter in half a millisecond.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

TOLERANCE = 0.08  # px between the line drawn and the line meant
_JUMP_SHARE = 0.02  # of the view's height: a smaller jump is not seen as one


def break_at_jumps(y: Floats, slope: Floats, x: Floats, height: float) -> Floats:
    """`y` with a NaN where the function jumps: no line joins the two sides. slope: its derivative at each x; height: of the view.

    Between neighbours at most the larger of their slopes, times the distance, can lie in a function that does not jump; three
    times that and a fiftieth of the view is a jump.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        rise = np.abs(np.diff(y))
        steepest = np.maximum(np.abs(slope[1:]), np.abs(slope[:-1])) * np.diff(x)
        jumps = np.flatnonzero(rise > 3 * steepest + _JUMP_SHARE * height)
    if not len(jumps):
        return y
    broken = y.copy()
    broken[jumps + 1] = np.nan
    return broken


def essential_points(x: Floats, y: Floats, tolerance: float = TOLERANCE) -> npt.NDArray[np.intp]:
    """Indices of the points that draw (x, y), px, n of them, to within `tolerance`.

    A chord over h points misses the line by at most |second difference| h² / 8, so the points to keep lie as dense as the root
    of it; both sides of every gap, and the ends, are kept.
    """
    if len(x) < 3:
        return np.arange(len(x))
    with np.errstate(invalid="ignore", over="ignore"):
        bend = np.abs(y[2:] - 2 * y[1:-1] + y[:-2])
    is_hole = ~np.isfinite(bend)
    density = np.sqrt(np.where(is_hole, 0.0, bend) / (8 * tolerance))
    density = np.minimum(np.maximum(density, 1e-3), 1.0)
    density[is_hole] = 1.0
    rung = np.floor(np.concatenate(([0.0], np.cumsum(density), [np.inf]))[: len(x)])
    keep = np.empty(len(x), bool)
    keep[0] = keep[-1] = True
    keep[1:-1] = (rung[1:-1] > rung[:-2]) | (bend > tolerance)
    keep[1:-1] |= np.concatenate((keep[2:-1], [True]))  # the point before a kept one: a corner needs both its sides
    return np.flatnonzero(keep)
