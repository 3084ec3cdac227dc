"""How many steps a run takes, with a bound on its work, and the currents of each. Imports neither Qt nor numba."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from trainers.errors import BadInput

MOST_STEPS = 2_000_000  # of one run whose traces are kept: 16 MB a trace
MOST_UNKEPT_STEPS = 200_000_000  # of all runs of a request that keeps none: some seconds


def count_steps(duration_ms: float, dt_ms: float, most: int = MOST_STEPS) -> int:
    """The steps of `dt_ms` that cover `duration_ms`; BadInput for nonsense, and for more than `most`."""
    if not 0.0 < dt_ms < math.inf:
        raise BadInput(f"dt must be above 0 ms, and is {dt_ms:g}: take 0.01 ms.")
    if not 0.0 < duration_ms < math.inf:
        raise BadInput(f"duration must be above 0 ms, and is {duration_ms:g}: take 100 ms.")
    steps = math.ceil(duration_ms / dt_ms - 1e-9)
    if steps > most:
        raise BadInput(
            f"{duration_ms:g} ms at a step of {dt_ms:g} ms are {steps:.3g} steps: ask for {most:.0e} at most."
        )
    return max(steps, 1)


def step_currents(steps: int, dt_ms: float, pulses: Iterable[tuple[float, float, float]]) -> np.ndarray:
    """The mean current of each step, (steps,), of `pulses` (on in ms, off in ms, amplitude), which add up.

    A step in which a pulse begins or ends gets its part of it, which keeps a scheme of second order so.
    """
    currents = np.zeros(steps + 1)
    for on_ms, off_ms, amplitude in pulses:
        first, first_part = _step_and_part(on_ms / dt_ms, steps)
        last, last_part = _step_and_part(off_ms / dt_ms, steps)
        currents[first:last] += amplitude
        currents[first] -= amplitude * first_part
        currents[last] += amplitude * last_part
    return currents[:steps]


def _step_and_part(place: float, steps: int) -> tuple[int, float]:
    """The step that holds `place`, in steps, and how far into it; an edge that misses a step by rounding is upon it."""
    place = min(place, float(steps))
    near = round(place)
    if abs(place - near) < 1e-7:
        return near, 0.0
    return int(place), place - int(place)
