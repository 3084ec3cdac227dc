"""The models of one compartment: requests into results. Imports neither Qt nor numba; what is compiled stands in point_kernel."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from app.simulation.biology import integrate_and_fire as lif
from app.simulation.biology.models import SimulationResult
from app.simulation.biology.requests_point import LifRequest, PspRequest, QuantalRequest, ShortTermRequest
from app.simulation.biology.step_count import count_steps
from app.simulation.biology.synapse import (
    MAGNESIUM_HALF_MM,
    MAGNESIUM_MM,
    MAGNESIUM_PER_MV,
    RECEPTORS,
    SHORT_TERM_KINDS,
    Receptor,
    double_exponential,
    magnesium_unblocked,
    released_vesicles,
    releases,
)
from app.simulation.biology.traces import highest

PSP_EVENT_MS = 5.0
PSP_DURATION_MS = 200.0
PSP_STEP_MS = 0.025
PSP_CAPACITANCE_PF = 100.0
PSP_LEAK_NS = 5.0
PSP_WEIGHT_NS = 1.0


def run_lif(request: LifRequest) -> SimulationResult:
    """`hillock simulate lif`."""
    steps = count_steps(request.duration, request.dt)
    times = np.arange(steps + 1) * request.dt
    return SimulationResult(
        values={
            "spikes_ms": lif.spike_times_ms(request.current, request.duration),
            "analytic_rate_Hz": lif.analytic_rate_hz(request.current),
        },
        traces={"t_ms": times, "V_mV": lif.potential_mv(times, request.current)},
    )


def run_psp(request: PspRequest) -> SimulationResult:
    """`hillock simulate psp`."""
    receptor = RECEPTORS[request.receptor]
    times = np.arange(round(PSP_DURATION_MS / PSP_STEP_MS) + 1) * PSP_STEP_MS
    v = _postsynaptic_potential(receptor, request.hold, times)
    g = PSP_WEIGHT_NS * double_exponential(times - PSP_EVENT_MS, receptor.rise_ms, receptor.decay_ms)
    if receptor.is_blocked_by_magnesium:
        g = g * magnesium_unblocked(v)
    moved = v - request.hold
    sign = 1.0 if np.max(moved) >= -np.min(moved) else -1.0
    time, height = highest(times, sign * moved)
    return SimulationResult(
        values={
            "peak_mV": sign * height,
            "time_to_peak_ms": time - PSP_EVENT_MS if np.any(moved) else None,
        },
        traces={"t_ms": times, "V_mV": v, "g_nS": g, "I_pA": g * (v - receptor.reversal_mv)},
    )


def _postsynaptic_potential(receptor: Receptor, hold_mv: float, times_ms: np.ndarray) -> np.ndarray:
    """V (n,) of C dV/dt = -gL (V - hold) - w g(t) B(V) (V - E) by RK4; the event falls on a sample. nS, pF, mV, ms."""
    half = PSP_STEP_MS / 2.0
    first = round(PSP_EVENT_MS / PSP_STEP_MS)
    v_mv = np.full(len(times_ms), hold_mv, dtype=float)
    since = np.arange(2 * (len(times_ms) - first) - 1) * half
    g = (PSP_WEIGHT_NS * double_exponential(since, receptor.rise_ms, receptor.decay_ms)).tolist()
    block = MAGNESIUM_MM / MAGNESIUM_HALF_MM if receptor.is_blocked_by_magnesium else 0.0

    def slope(v: float, g_ns: float) -> float:
        open_part = 1.0 / (1.0 + block * math.exp(-MAGNESIUM_PER_MV * v))
        synaptic = g_ns * open_part * (v - receptor.reversal_mv)
        return (-PSP_LEAK_NS * (v - hold_mv) - synaptic) / PSP_CAPACITANCE_PF

    v = hold_mv
    for step in range(len(times_ms) - first - 1):
        start, middle, end = g[2 * step : 2 * step + 3]
        k1 = slope(v, start)
        k2 = slope(v + half * k1, middle)
        k3 = slope(v + half * k2, middle)
        k4 = slope(v + PSP_STEP_MS * k3, end)
        v += PSP_STEP_MS / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        v_mv[first + step + 1] = v
    return v_mv


def run_short_term(request: ShortTermRequest) -> SimulationResult:
    """`hillock simulate short-term`."""
    times = np.arange(request.spikes) * (1000.0 / request.frequency)
    release = releases(SHORT_TERM_KINDS[request.kind], times.tolist())
    return SimulationResult(values={"release": release}, traces={"t_ms": times, "release": np.array(release)})


def run_quantal(request: QuantalRequest) -> SimulationResult:
    """`hillock simulate quantal`."""
    chance = np.random.default_rng(request.seed)
    vesicles = released_vesicles(chance, request.spikes, request.sites, request.probability)
    values: dict[str, Any] = {
        "vesicles": vesicles.tolist(),
        "failures": float(np.mean(vesicles == 0)),
        "expected_failures": (1.0 - request.probability) ** request.sites,
    }
    return SimulationResult(values, traces={"spike": np.arange(request.spikes), "vesicles": vesicles})
