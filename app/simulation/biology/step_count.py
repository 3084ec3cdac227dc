"""How many steps a run takes, with a bound on its work. Imports neither Qt nor numba."""

from __future__ import annotations

import math

from trainers.errors import BadInput

MOST_STEPS = 5_000_000  # of one run whose traces are kept: 40 MB a trace
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
