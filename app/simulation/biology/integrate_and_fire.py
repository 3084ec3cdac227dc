"""The leaky integrate-and-fire cell, exact within every step. Imports neither Qt nor numba.

tau dV/dt = -(V - EL) + R I; at V >= Vth a spike, and V stays at Vr for t_ref (Lapicque 1907; see Gerstner et al. 2014, ch. 1.3).
"""

from __future__ import annotations

import math

import numpy as np

TAU_MS = 20.0
RESISTANCE_MOHM = 10.0
REST_MV = -65.0
RESET_MV = -65.0
THRESHOLD_MV = -50.0
REFRACTORY_MS = 2.0
RHEOBASE_NA = (THRESHOLD_MV - REST_MV) / RESISTANCE_MOHM


def first_passage_ms(v_mv: float, current_na: float) -> float:
    """How long `v_mv` takes to the threshold at a constant current; infinite where it never arrives."""
    driven = (
        RESISTANCE_MOHM * current_na
    )  # above rest, as in the formula: absolute potentials would cost digits near the rheobase
    beyond = driven - (THRESHOLD_MV - REST_MV)
    return TAU_MS * math.log((driven - (v_mv - REST_MV)) / beyond) if beyond > 0.0 else math.inf


def analytic_rate_hz(current_na: float) -> float:
    """f(I) = 1 / (t_ref + tau ln(RI / (RI - (Vth - EL)))); 0 up to the rheobase."""
    return 1000.0 / period_ms(current_na)


def period_ms(current_na: float) -> float:
    """From spike to spike, ms; infinite where there are none."""
    return REFRACTORY_MS + first_passage_ms(RESET_MV, current_na)


def spike_times_ms(current_na: float, duration_ms: float) -> list[float]:
    """The spikes of a cell that starts at rest, to rounding: from each reset the next crossing is known in closed form."""
    passage = first_passage_ms(RESET_MV, current_na)
    if passage > duration_ms:
        return []
    period = period_ms(current_na)
    count = int((duration_ms - passage) / period) + 2
    times = passage + period * np.arange(count)
    return [float(time) for time in times[times <= duration_ms]]


def potential_mv(times_ms: np.ndarray, current_na: float) -> np.ndarray:
    """V at `times_ms` (n,), from rest at 0 ms: V <- Vinf + (V - Vinf) exp(-t/tau) from the last reset on."""
    target = REST_MV + RESISTANCE_MOHM * current_na
    passage = first_passage_ms(RESET_MV, current_na)
    since = np.asarray(times_ms, dtype=float)
    if math.isfinite(passage):
        since = since % period_ms(current_na)
        since = np.where(since > passage, 0.0, since)  # refractory
    return target + (RESET_MV - target) * np.exp(-since / TAU_MS)
