"""LTD and LTP against the frequency of a stimulation, under the triplet rule, BCM or the calcium rule. Imports no numba.

Each rule has its own threshold, and they differ: the curves are never of one rule under another's name. A change is a fraction
of the weight of 1 nS before.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from app.simulation.biology.calcium_rule import CALCIUM_SETS, RESTING_EFFICACY, CalciumRule, calcium_path
from app.simulation.biology.rate_rules import sliding_threshold
from app.simulation.biology.requests_plasticity import FrequencyCurveRequest
from app.simulation.biology.spike_timing import (
    PAIR,
    TRIPLET_HIPPOCAMPAL,
    TRIPLET_VISUAL,
    Bounds,
    PairRule,
    TripletRule,
    mean_drift,
    paired_trains,
    weight_steps,
)

START_NS, LOW_NS, HIGH_NS = 1.0, 0.0, 2.0
_TRAINS: dict[str, PairRule | TripletRule] = {
    "pair": PAIR,
    "triplet_visual": TRIPLET_VISUAL,
    "triplet_hippocampal": TRIPLET_HIPPOCAMPAL,
}
_CALCIUM: dict[str, CalciumRule] = {str(name): rule for name, rule in CALCIUM_SETS.items()}
_CLOSE_HZ = 1e-4


def change_at(request: FrequencyCurveRequest, frequency_Hz: float) -> float:
    """dw of the request's pulses at one frequency."""
    if request.rule == "bcm":
        return _bcm_change(request, frequency_Hz)
    if request.rule in _CALCIUM:
        return _calcium_change(_CALCIUM[request.rule], request, frequency_Hz)
    rule = _TRAINS[request.rule]
    if request.protocol == "regular":
        pre, post = paired_trains(request.interval, request.pulses, frequency_Hz)
        return float(weight_steps(rule, pre, post).weights(START_NS, request.bounds, LOW_NS, HIGH_NS)[-1]) - START_NS
    gain, loss = mean_drift(rule, frequency_Hz, frequency_Hz)
    return _after(START_NS, gain, loss, request.pulses / frequency_Hz, request.bounds) - START_NS


def threshold_of(change: Callable[[float], float], frequencies_Hz: np.ndarray, changes: np.ndarray) -> float | None:
    """The lowest frequency between the given ones at which `change` turns from down to up, to 0.0001 Hz; None where it never does."""
    order = np.argsort(frequencies_Hz)
    f, dw = frequencies_Hz[order], changes[order]
    down = np.flatnonzero(dw < 0)
    turns = [
        k for k in down.tolist() if (later := np.flatnonzero(dw[k:] > 0)).size and (dw[k + 1 : k + later[0]] == 0).all()
    ]
    if not turns:
        return None
    low = float(f[turns[0]])
    high = float(f[turns[0] + np.flatnonzero(dw[turns[0] :] > 0)[0]])
    while high - low > _CLOSE_HZ:
        middle = 0.5 * (low + high)
        turned = change(middle)
        if turned == 0:
            return middle
        low, high = (middle, high) if turned < 0 else (low, middle)
    return 0.5 * (low + high)


def theta_before(request: FrequencyCurveRequest) -> float:
    """BCM's threshold in Hz when the pulses begin: `theta`, moved by the history if there was one."""
    if request.history is None:
        return request.theta
    return sliding_threshold(
        request.theta, request.history, request.history_seconds, request.tau_theta, request.natural_rate
    )


def _after(w: float, gain: float, loss: float, seconds: float, bounds: Bounds) -> float:
    """The weight after `seconds` of a steady drift, gain and loss a second, exactly."""
    if bounds == "soft":
        both = gain + loss
        if both == 0:
            return w
        settled = (gain * HIGH_NS + loss * LOW_NS) / both
        return settled + (w - settled) * math.exp(-both * seconds)
    free = w + (gain - loss) * seconds
    return free if bounds == "none" else min(max(free, LOW_NS), HIGH_NS)


def _bcm_change(request: FrequencyCurveRequest, f: float) -> float:
    """theta nears f^2/natural_rate exponentially while the pulses come; where it passes f the weight turns round."""
    tau, target, end = request.tau_theta, f * f / request.natural_rate, request.pulses / f
    away = theta_before(request) - target
    ends = [end]
    ratio = (f - target) / away if away else 0.0
    if 0.0 < ratio < 1.0 and (turn := -tau * math.log(ratio)) < end:
        ends.insert(0, turn)
    w, start = START_NS, 0.0
    for stop in ends:
        lag = away * tau * (math.exp(-start / tau) - math.exp(-stop / tau))
        drive = request.gain * f * f * ((f - target) * (stop - start) - lag)
        w = _after(w, max(drive, 0.0), max(-drive, 0.0), 1.0, request.bounds)
        start = stop
    return w - START_NS


def _calcium_change(rule: CalciumRule, request: FrequencyCurveRequest, f: float) -> float:
    pre, post = paired_trains(request.interval, request.pulses, f)
    path = calcium_path(rule, pre, post if request.paired else ())
    return float(rule.weight_change(float(path.rho[-1]), RESTING_EFFICACY))
