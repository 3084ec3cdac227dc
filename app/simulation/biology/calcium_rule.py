"""Plasticity from calcium: Graupner & Brunel 2012, PNAS 109:3991, without its noise. Exact crossings of the thresholds; no numba.

Every spike lets calcium c jump, which decays with tau_Ca; the efficacy rho (0 weak, 1 strong, both stable) follows
 tau drho/dt = -rho (1 - rho)(0.5 - rho) + gamma_p (1 - rho) [c > theta_p] - gamma_d rho [c > theta_d].
Between spikes c crosses its thresholds at times known in closed form. With c below both, rho moves by the logistic solution of
the first term; above one, by Runge-Kutta steps so short that they err by about 1e-12.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
import numpy as np

from trainers.errors import BadInput

CalciumSet = Literal["hippocampal_slices", "cortical_slices", "dp_curve"]
RESTING_EFFICACY = 0.5  # where the bench starts: the unstable middle, half of the synapses weak and half strong
_LONGEST_STEP_S = 2e-3  # the fastest rate of all sets is 4 per second: (4 * 0.002)^5 / 120 = 3e-13 a step


class CalciumRule(msgspec.Struct, frozen=True):
    """Times in ms but for tau_s; calcium in units of theta_d. strong_to_weak: weight at rho 1 over that at rho 0 (b)."""

    tau_calcium_ms: float
    c_pre: float
    c_post: float
    theta_d: float
    theta_p: float
    gamma_d: float
    gamma_p: float
    tau_s: float
    delay_ms: float
    strong_to_weak: float

    def weight_change(self, rho: float | np.ndarray, rho0: float) -> float | np.ndarray:
        """What rho0 -> rho means for the weight 1 + (b - 1) rho, as a fraction of the weight before."""
        return (1.0 + (self.strong_to_weak - 1.0) * rho) / (1.0 + (self.strong_to_weak - 1.0) * rho0) - 1.0


# The first two are the paper's fits to slices, the third its Fig. 2; compared with the authors' public code
# (mgraupe/CalciumBasedPlasticityModel), the ratio b of the slices with another lab's published copy of the sets.
CALCIUM_SETS: dict[CalciumSet, CalciumRule] = {
    "hippocampal_slices": CalciumRule(48.8373, 1.0, 0.275865, 1.0, 1.3, 313.0965, 1645.59, 688.355, 18.8008, 5.28145),
    "cortical_slices": CalciumRule(22.6936, 0.5617539, 1.23964, 1.0, 1.3, 331.909, 725.085, 346.3615, 4.6098, 5.40988),
    "dp_curve": CalciumRule(20.0, 1.0, 2.0, 1.0, 1.3, 200.0, 321.808, 150.0, 13.7, 5.0),
}


class CalciumPath(msgspec.Struct, frozen=True):
    """times_ms: spikes' jumps (twice, before and after), crossings of thresholds, the end; calcium and rho there, (n,) each.

    Between two rows calcium is an exponential. above_p_s, above_d_s: for how long it stood above each threshold.
    """

    times_ms: np.ndarray
    calcium: np.ndarray
    rho: np.ndarray
    above_p_s: float
    above_d_s: float


def calcium_path(
    rule: CalciumRule,
    pre_ms: Sequence[float] | np.ndarray,
    post_ms: Sequence[float] | np.ndarray,
    rho0: float = RESTING_EFFICACY,
    rest_ms: float = 0.0,
) -> CalciumPath:
    """Calcium and efficacy under two trains (any order), until calcium has fallen below both thresholds for good, plus `rest_ms`.

    Raises BadInput for an efficacy outside 0 to 1 or times that are no numbers.
    """
    if not 0.0 <= rho0 <= 1.0:
        raise BadInput(f"The efficacy {rho0} is outside 0 to 1.")
    pre, post = np.asarray(pre_ms, dtype=np.float64), np.asarray(post_ms, dtype=np.float64)
    if not (np.isfinite(pre).all() and np.isfinite(post).all()):
        raise BadInput("A spike stands at no number: give every time in milliseconds.")
    times = np.concatenate([pre + rule.delay_ms, post])
    jumps = np.concatenate([np.full(pre.size, rule.c_pre), np.full(post.size, rule.c_post)])
    order = np.argsort(times, kind="stable")
    spikes = list(zip(times[order].tolist(), jumps[order].tolist(), strict=True))
    rows: list[tuple[float, float, float]] = []
    c, rho, above_p, above_d = 0.0, rho0, 0.0, 0.0
    for k, (spike, jump) in enumerate(spikes):
        t = spike
        rows.append((t, c, rho))
        c += jump
        rows.append((t, c, rho))
        low = min(rule.theta_d, rule.theta_p)
        last = t + max(0.0, rule.tau_calcium_ms * math.log(c / low)) + rest_ms if c > 0 else t + rest_ms
        until = spikes[k + 1][0] if k + 1 < len(spikes) else last
        for end, is_above_p, is_above_d in _stretches(rule, c, t, until):
            span_s = (end - t) * 1e-3
            rho = _efficacy_after(rule, rho, span_s, is_above_p, is_above_d)
            c *= math.exp(-(end - t) / rule.tau_calcium_ms)
            above_p += span_s * is_above_p
            above_d += span_s * is_above_d
            t = end
            rows.append((t, c, rho))
    table = np.asarray(rows if rows else [(0.0, 0.0, rho0)], dtype=np.float64)
    return CalciumPath(table[:, 0], table[:, 1], table[:, 2], above_p, above_d)


def _stretches(rule: CalciumRule, c: float, start_ms: float, end_ms: float) -> Iterator[tuple[float, bool, bool]]:
    """The parts of a decay from `c` between which no threshold is crossed: (end in ms, above theta_p, above theta_d)."""
    leaves = {
        theta: start_ms + rule.tau_calcium_ms * math.log(c / theta) if c > theta else start_ms
        for theta in (rule.theta_p, rule.theta_d)
    }
    t = start_ms
    for end in sorted({*(leave for leave in leaves.values() if start_ms < leave < end_ms), end_ms}):
        if end > t:
            yield end, leaves[rule.theta_p] >= end, leaves[rule.theta_d] >= end
            t = end


def _efficacy_after(rule: CalciumRule, rho: float, span_s: float, is_above_p: bool, is_above_d: bool) -> float:
    if not (is_above_p or is_above_d):
        return _quiet_efficacy(rho, span_s / rule.tau_s)
    up = rule.gamma_p if is_above_p else 0.0
    down = rule.gamma_d if is_above_d else 0.0

    def slope(x: float) -> float:
        return (-x * (1.0 - x) * (0.5 - x) + up * (1.0 - x) - down * x) / rule.tau_s

    steps = math.ceil(span_s / _LONGEST_STEP_S)
    h = span_s / steps
    for _ in range(steps):
        k1 = slope(rho)
        k2 = slope(rho + h / 2.0 * k1)
        k3 = slope(rho + h / 2.0 * k2)
        rho += h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + slope(rho + h * k3))
    return rho


def _quiet_efficacy(rho: float, spans: float) -> float:
    """rho after `spans` time constants of the double well alone: (rho - 0.5)^2 grows logistically towards 1/4."""
    away = rho - 0.5
    if away == 0.0:
        return rho
    square = 0.25 / (1.0 + (0.25 / (away * away) - 1.0) * math.exp(-spans / 2.0))
    return 0.5 + math.copysign(math.sqrt(square), away)
