"""The models of plasticity but for competition, which is compiled: requests into results. Imports neither Qt nor numba."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from app.simulation.biology import frequency_curve, rate_rules
from app.simulation.biology.calcium_rule import CALCIUM_SETS, calcium_path
from app.simulation.biology.models import SimulationResult
from app.simulation.biology.requests_plasticity import (
    CalciumRequest,
    FrequencyCurveRequest,
    RateRuleRequest,
    StdpRequest,
)
from app.simulation.biology.spike_timing import TIMING_RULES, paired_trains, weight_steps
from trainers.errors import BadInput

_MOST_SAMPLES = 200_000  # about 2 s


def run_stdp(request: StdpRequest) -> SimulationResult:
    """`hillock simulate stdp`. Traces: a row for each event: dw so far, unbounded, and the bounded weight."""
    if request.bounds != "none" and not request.low <= request.start <= request.high:
        raise BadInput(
            f"The start {request.start:g} is outside the bounds {request.low:g} to {request.high:g}: move one of them."
        )
    if request.pre_ms or request.post_ms:
        pre, post = np.asarray(request.pre_ms), np.asarray(request.post_ms)
    else:
        pre, post = paired_trains(request.interval, request.pairs, request.frequency)
    steps = weight_steps(TIMING_RULES[request.rule], pre, post, request.pairing)
    weights = steps.weights(request.start, request.bounds, request.low, request.high)
    return SimulationResult(
        values={"dw": steps.dw, "weight": float(weights[-1])},
        traces={"t_ms": steps.times_ms, "dw": np.cumsum(steps.gains - steps.losses), "w_nS": weights},
    )


def run_frequency_curve(request: FrequencyCurveRequest) -> SimulationResult:
    """`hillock simulate frequency-curve`."""
    frequencies = np.asarray(request.frequencies)
    changes = np.asarray([frequency_curve.change_at(request, f) for f in request.frequencies])
    threshold = frequency_curve.threshold_of(lambda f: frequency_curve.change_at(request, f), frequencies, changes)
    theta = frequency_curve.theta_before(request) if request.rule == "bcm" else None
    return SimulationResult(
        values={
            "frequency_Hz": frequencies.tolist(),
            "dw": changes.tolist(),
            "threshold_Hz": threshold,
            "theta_Hz": theta,
        },
        traces={"frequency_Hz": frequencies, "dw": changes},
    )


def run_calcium(request: CalciumRequest) -> SimulationResult:
    """`hillock simulate calcium`. Traces: see calcium_rule.CalciumPath."""
    rule = CALCIUM_SETS[request.parameters]
    if request.pre_ms or request.post_ms:
        pre, post = np.asarray(request.pre_ms), np.asarray(request.post_ms)
    else:
        pre, post = paired_trains(request.interval, request.pulses, request.frequency)
        post = post if request.paired else post[:0]
    path = calcium_path(rule, pre, post, request.rho, request.rest * 1e3)
    rho = float(path.rho[-1])
    return SimulationResult(
        values={
            "rho": rho,
            "dw": float(rule.weight_change(rho, request.rho)),
            "above_p_s": path.above_p_s,
            "above_d_s": path.above_d_s,
        },
        traces={"t_ms": path.times_ms, "calcium": path.calcium, "rho": path.rho},
    )


def run_rate_rule(request: RateRuleRequest) -> SimulationResult:
    """`hillock simulate rate-rule`. Traces: t, w_1 to w_n, and theta for bcm."""
    w0 = np.asarray(request.w0)
    times = np.linspace(0.0, request.duration, request.points)
    if request.mode == "pair":
        if w0.size != 1:
            raise BadInput(f"Two cells share one weight, and w0 has {w0.size}: give one value.")
        w = rate_rules.pair_flow(
            request.rule, request.correlation, request.mean, request.sd, float(w0[0]), request.eta, times
        )
        return _path(times, w[:, None], np.full(times.size, math.nan), {})
    inputs = _inputs(request, w0.size)
    matrix = inputs.covariance if request.rule == "covariance" else inputs.second_moment
    theta0 = float(w0 @ inputs.second_moment @ w0) if request.theta0 is None else request.theta0
    thetas = np.full(times.size, math.nan)
    if request.mode == "sampled":
        times, w, thetas = _sampled(request, inputs, w0, theta0)
    elif request.rule == "bcm" and isinstance(inputs, rate_rules.Patterns):
        w, thetas = rate_rules.bcm_flow(inputs, w0, theta0, request.eta, request.tau_theta, times)
    elif request.rule == "oja":
        w = rate_rules.oja_flow(matrix, w0, request.eta, times)
    else:
        w = rate_rules.hebb_flow(matrix, w0, request.eta, times)
    eigenvalues, eigenvectors = np.linalg.eigh(matrix)
    top = eigenvectors[:, -1]
    top = top if top[np.argmax(np.abs(top))] > 0 else -top
    responses = inputs.rows @ w[-1] if isinstance(inputs, rate_rules.Patterns) else np.empty(0)
    return _path(
        times,
        w,
        thetas,
        {
            "eigenvalue": float(eigenvalues[-1]),
            "eigenvector": top.tolist(),
            "responses": [_number(value) for value in responses.tolist()],
        },
    )


def _inputs(request: RateRuleRequest, n: int) -> rate_rules.Cloud | rate_rules.Patterns:
    if request.patterns:
        if len(request.patterns) % n:
            raise BadInput(f"{len(request.patterns)} values are no patterns for {n} weights: give {n} for each.")
        shares = np.asarray(request.probabilities) if request.probabilities else None
        return rate_rules.patterns(np.asarray(request.patterns).reshape(-1, n), shares)
    means = np.asarray(request.means) if request.means else np.zeros(n)
    if means.size != n:
        raise BadInput(f"{means.size} means do not fit {n} weights: give one for each.")
    if request.rule == "bcm" and (request.covariance or request.means or n != 2):
        raise BadInput(
            "bcm learns from patterns, since a cloud has nothing to choose from: give patterns, or a correlation and two weights."
        )
    if request.covariance:
        if len(request.covariance) != n * n:
            raise BadInput(f"A covariance of {len(request.covariance)} values does not fit {n} weights: give {n * n}.")
        return rate_rules.cloud(np.asarray(request.covariance).reshape(n, n), means)
    if n != 2:
        raise BadInput(
            f"A correlation is between two inputs, and w0 has {n}: give two weights, a covariance or patterns."
        )
    if request.rule == "bcm":
        return rate_rules.two_patterns(request.correlation)
    c = request.correlation
    return rate_rules.cloud(np.array([[1.0, c], [c, 1.0]]), means)


def _sampled(
    request: RateRuleRequest, inputs: rate_rules.Cloud | rate_rules.Patterns, w0: np.ndarray, theta0: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """times (rows,), weights (rows, n), thetas (rows,): at most `points` rows of all samples, the last one among them."""
    samples = round(request.duration / request.dt)
    if not 1 <= samples <= _MOST_SAMPLES:
        raise BadInput(
            f"A duration of {request.duration:g} at dt {request.dt:g} makes {samples} samples: ask for 1 to {_MOST_SAMPLES}."
        )
    w, thetas = rate_rules.sampled_run(
        request.rule, inputs, w0, request.eta, request.dt, samples, request.seed, theta0, request.tau_theta
    )
    kept = np.unique(np.linspace(0, samples, min(request.points, samples + 1)).round().astype(int))
    return kept * request.dt, w[kept], thetas[kept]


def _path(times: np.ndarray, w: np.ndarray, thetas: np.ndarray, more: dict[str, Any]) -> SimulationResult:
    columns = {f"w_{k + 1}": w[:, k] for k in range(w.shape[1])}
    with np.errstate(over="ignore", invalid="ignore"):
        norm = float(np.sqrt((w[-1] * w[-1]).sum()))
    values: dict[str, Any] = {
        "w": [_number(value) for value in w[-1].tolist()],
        "norm": _number(norm),
        "theta": _number(float(thetas[-1])),
        "eigenvalue": None,
        "eigenvector": [],
        "responses": [],
    }
    theta = {} if math.isnan(thetas[0]) else {"theta": thetas}
    return SimulationResult({**values, **more}, {"t": times, **columns, **theta})


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
