"""AMPA, GABA_A and NMDA receptors: their time courses and reversals. Imports neither numba nor Qt.

I = w g(t) (V - E) with g(t) = (exp(-t/fall) - exp(-t/rise)) / peak. NMDA's is multiplied by the magnesium block
1 / (1 + [Mg]/3.57 exp(-0.062 V)) (Jahr & Stevens 1990, J Neurosci 10:3178). Kinetics after Destexhe et al. 1994.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

MAGNESIUM_HALF_MM = 3.57
MAGNESIUM_PER_MV = 0.062


@dataclass(frozen=True)
class Receptor:
    """A kind of receptor: time constants in ms, reversal in mV, magnesium outside in mM (0: no block)."""

    name: str
    rise_ms: float
    fall_ms: float
    reversal_mv: float
    magnesium_mm: float = 0.0

    @property
    def time_to_peak_ms(self) -> float:
        """From the event to the largest conductance."""
        rise, fall = self.rise_ms, self.fall_ms
        return rise * fall / (fall - rise) * math.log(fall / rise)

    @property
    def scale(self) -> float:
        """What makes the largest conductance 1."""
        peak = self.time_to_peak_ms
        return 1.0 / (math.exp(-peak / self.fall_ms) - math.exp(-peak / self.rise_ms))


AMPA = Receptor("ampa", rise_ms=0.5, fall_ms=3.0, reversal_mv=0.0)
GABA_A = Receptor("gaba_a", rise_ms=1.0, fall_ms=10.0, reversal_mv=-75.0)
NMDA = Receptor("nmda", rise_ms=2.0, fall_ms=80.0, reversal_mv=0.0, magnesium_mm=1.0)
RECEPTORS: dict[str, Receptor] = {receptor.name: receptor for receptor in (AMPA, GABA_A, NMDA)}
