"""The models of cells that fire, compiled: Hodgkin-Huxley, its f-I curve, Izhikevich. Loads numba: run by name alone."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

from app.simulation.biology import integrate_and_fire as lif
from app.simulation.biology.models import SimulationResult
from app.simulation.biology.point_kernel import run_izhikevich, simulate_cell
from app.simulation.biology.requests_point import FiringRateRequest, HodgkinHuxleyRequest, IzhikevichRequest
from app.simulation.biology.step_count import MOST_UNKEPT_STEPS, count_steps, step_currents
from app.simulation.biology.traces import downward_crossings_ms, highest, upward_crossings_ms
from trainers.errors import BadInput

# A step of 0.01 ms puts a spike that barely comes about, at the rheobase, 0.01 ms late; this one 0.001 ms.
LONGEST_INNER_STEP_MS = 0.0025
MOST_INNER_STEPS = 4_000_000  # 10 s of biology: 160 MB while it runs
RATE_WINDOW_MS = 500.0
_ON_TIME_MS = 1e-9  # a spike that rounding puts behind the end

IZHIKEVICH_CELLS = {
    "RS": (0.02, 0.2, -65.0, 8.0),
    "IB": (0.02, 0.2, -55.0, 4.0),
    "CH": (0.02, 0.2, -50.0, 2.0),
    "FS": (0.1, 0.2, -65.0, 2.0),
    "LTS": (0.02, 0.25, -65.0, 2.0),
    "RZ": (0.1, 0.26, -65.0, 2.0),
    "TC": (0.02, 0.25, -65.0, 0.05),
}


def run_hodgkin_huxley(request: HodgkinHuxleyRequest) -> SimulationResult:
    """`hillock simulate hh`. Raises BadInput for a current that ends before it begins, and for a pulse in the past."""
    times, trace, currents = _membrane_run(request)
    v = trace[:, 0]
    spikes = upward_crossings_ms(times, v)
    spikes = spikes[spikes <= request.duration + _ON_TIME_MS]
    shown = slice(None, None, _inner_steps(request.dt))
    return SimulationResult(
        values={
            "spikes_ms": spikes.tolist(),
            "peaks_mV": _peaks_mv(times, v, spikes),
            "widths_ms": _widths_ms(times, v, spikes),
        },
        traces={
            "t_ms": np.round(times[shown], 9),
            "V_mV": v[shown],
            "m": trace[shown, 1],
            "h": trace[shown, 2],
            "n": trace[shown, 3],
            "I_uA_per_cm2": currents[shown],
        },
    )


def _membrane_run(request: HodgkinHuxleyRequest) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times (n,), V m h n (n, 4), and the current at each time (n,), that of the step ahead; in inner steps."""
    every = _inner_steps(request.dt)
    inner = request.dt / every
    count_steps(request.duration, inner, MOST_INNER_STEPS)
    steps = count_steps(request.duration, request.dt) * every
    currents = step_currents(steps + 1, inner, _pulses(request))
    _, _, trace = simulate_cell(currents[:-1], inner, request.temperature, sodium=request.sodium)
    return np.arange(steps + 1) * inner, trace, currents


def _inner_steps(dt_ms: float) -> int:
    return max(1, math.ceil(dt_ms / LONGEST_INNER_STEP_MS - 1e-9))


def _pulses(request: HodgkinHuxleyRequest) -> list[tuple[float, float, float]]:
    """On, off (ms), amplitude."""
    stop = request.stop
    if stop is not None and stop < request.start:
        raise BadInput(
            f"The current stops at {stop:g} ms, before it starts at {request.start:g} ms: give a later stop."
        )
    pulses = [(request.start, math.inf if stop is None else stop, request.current)]
    for on, length, amplitude in request.pulses:
        if on < 0.0 or length < 0.0 or max(on, length) > 1e9:
            raise BadInput(f"A pulse at {on:g} ms of {length:g} ms cannot be: both must be 0 to 1e9 ms.")
        if abs(amplitude) > 1e6:
            raise BadInput(f"A pulse of {amplitude:g} uA/cm2 is out of range: give -1e6 to 1e6.")
        pulses.append((on, on + length, amplitude))
    return pulses


def _peaks_mv(times: np.ndarray, v: np.ndarray, spikes: np.ndarray) -> list[float]:
    """The highest V from each spike to the next one's beginning."""
    edges = [*np.searchsorted(times, spikes).tolist(), len(times)]
    peaks = []
    for first, end in pairwise(edges):
        begin = max(first - 1, 0)  # the sample below 0 mV, so that a top next to the crossing has both its neighbours
        peaks.append(highest(times[begin:end], v[begin:end])[1])
    return peaks


def _widths_ms(times: np.ndarray, v: np.ndarray, spikes: np.ndarray) -> list[float | None]:
    """From each spike's rise through 0 mV to its fall; None where it does not fall before the end."""
    falls = downward_crossings_ms(times, v)
    after = np.searchsorted(falls, spikes, side="right")
    return [
        float(falls[fall] - spike) if fall < len(falls) else None
        for spike, fall in zip(spikes.tolist(), after.tolist(), strict=True)
    ]


def run_firing_rates(request: FiringRateRequest) -> SimulationResult:
    """`hillock simulate fi`."""
    values: dict[str, Any]
    if request.cell == "lif":
        count_steps(request.duration * len(request.currents), lif.REFRACTORY_MS)  # a spike takes at least so long
        rates = [firing_rate_hz(lif.spike_times_ms(i, request.duration), request.duration) for i in request.currents]
        analytic = [lif.analytic_rate_hz(current) for current in request.currents]
        values = {"rates_Hz": rates, "analytic_rates_Hz": analytic}
        traces = {
            "I_nA": np.array(request.currents),
            "rate_Hz": np.array(rates),
            "analytic_rate_Hz": np.array(analytic),
        }
        return SimulationResult(values, traces)
    rates = [_membrane_rate_hz(request, current) for current in _checked_currents(request)]
    traces = {"I_uA_per_cm2": np.array(request.currents), "rate_Hz": np.array(rates)}
    return SimulationResult({"rates_Hz": rates}, traces)


def _checked_currents(request: FiringRateRequest) -> tuple[float, ...]:
    inner = request.dt / _inner_steps(request.dt)
    count_steps(request.duration, inner, MOST_INNER_STEPS)
    count_steps(request.duration * len(request.currents), inner, MOST_UNKEPT_STEPS)
    return request.currents


def _membrane_rate_hz(request: FiringRateRequest, current: float) -> float:
    times, trace, _ = _membrane_run(
        HodgkinHuxleyRequest(
            current=current,
            duration=request.duration,
            dt=request.dt,
            temperature=request.temperature,
            sodium=request.sodium,
        )
    )
    return firing_rate_hz(upward_crossings_ms(times, trace[:, 0]), request.duration)


def firing_rate_hz(spikes_ms: np.ndarray | list[float], duration_ms: float) -> float:
    """(n - 1)/(last - first) over the spikes of the last 500 ms, 0 with fewer than two."""
    spikes = np.asarray(spikes_ms, dtype=float)
    spikes = spikes[(spikes >= duration_ms - RATE_WINDOW_MS) & (spikes <= duration_ms + _ON_TIME_MS)]
    return float(1000.0 * (len(spikes) - 1) / (spikes[-1] - spikes[0])) if len(spikes) > 1 else 0.0


def run_izhikevich_cell(request: IzhikevichRequest) -> SimulationResult:
    """`hillock simulate izhikevich`."""
    steps = count_steps(request.duration, request.dt)
    currents = step_currents(steps, request.dt, [(request.start, math.inf, request.current)])
    trace = np.empty((steps + 1, 3))
    run_izhikevich(np.array(IZHIKEVICH_CELLS[request.type]), request.dt, currents, trace)
    times = np.arange(steps + 1) * request.dt
    has_fired = trace[:, 2] > 0.0
    v = np.where(has_fired, 30.0, trace[:, 0])  # how far a step goes beyond the peak depends on the step alone
    return SimulationResult(
        values={"spikes_ms": times[has_fired].tolist()},
        traces={"t_ms": times, "v_mV": v, "u": trace[:, 1], "I": np.append(currents, request.current)},
    )
