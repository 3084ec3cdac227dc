"""Rate rules: exact flows against an independent ODE solver, what each rule settles on, samples against the flow."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from app.simulation.biology.rate_rules import (
    bcm_flow,
    cloud,
    correlated_cloud,
    hebb_flow,
    oja_flow,
    pair_flow,
    patterns,
    sampled_run,
    sliding_threshold,
    two_patterns,
)
from trainers.errors import BadInput

C2 = np.array([[2.0, 1.1], [1.1, 0.9]])
W0 = np.array([0.4, -0.3])
TIMES = np.linspace(0.0, 4.0, 41)


def reference(flow, start, times=TIMES):
    solved = solve_ivp(
        lambda _t, y: flow(y), (times[0], times[-1]), start, "DOP853", t_eval=times, rtol=1e-12, atol=1e-13
    )
    assert solved.success
    return solved.y.T


def random_covariance(n):
    root = np.random.default_rng(n).normal(size=(n, n))
    return root @ root.T / n


@pytest.mark.parametrize("matrix", [C2, random_covariance(5)])
def test_hebb_and_oja_flows_agree_with_an_ode_solver(matrix):
    w0 = np.linspace(0.5, -0.2, matrix.shape[0])
    hebb = reference(lambda w: 0.7 * matrix @ w, w0)
    np.testing.assert_allclose(hebb_flow(matrix, w0, 0.7, TIMES), hebb, rtol=1e-9, atol=1e-9)
    oja = reference(lambda w: 0.7 * (matrix @ w - (w @ matrix @ w) * w), w0)
    np.testing.assert_allclose(oja_flow(matrix, w0, 0.7, TIMES), oja, rtol=0, atol=1e-9)


def test_oja_comes_down_from_large_weights_too():
    oja = reference(lambda w: C2 @ w - (w @ C2 @ w) * w, 20.0 * W0)
    np.testing.assert_allclose(oja_flow(C2, 20.0 * W0, 1.0, TIMES), oja, rtol=0, atol=1e-8)


def test_oja_settles_on_the_unit_top_eigenvector_and_hebb_runs_away_along_it():
    top = np.linalg.eigh(C2)[1][:, -1]
    late = np.array([0.0, 1e4])
    settled = oja_flow(C2, W0, 1.0, late)[-1]
    assert abs(settled @ top) == pytest.approx(1.0, abs=1e-12)
    assert np.linalg.norm(settled) == pytest.approx(1.0, abs=1e-12)
    grown = hebb_flow(C2, W0, 1.0, np.array([0.0, 30.0]))[-1]
    assert np.linalg.norm(grown) > 1e12
    assert abs(grown @ top) / np.linalg.norm(grown) == pytest.approx(1.0, abs=1e-12)
    assert not np.isfinite(hebb_flow(C2, W0, 1.0, late)[-1]).any()


def test_a_weight_at_zero_stays_there():
    assert (hebb_flow(C2, np.zeros(2), 1.0, np.array([0.0, 1e5])) == 0).all()
    assert (oja_flow(C2, np.zeros(2), 1.0, np.array([0.0, 1e5])) == 0).all()


@pytest.mark.parametrize("tau", [0.05, 0.5])
def test_bcm_flow_agrees_with_an_ode_solver(tau):
    inputs = patterns(np.array([[1.0, 0.2, 0.1], [0.3, 0.9, 0.2], [0.1, 0.4, 1.1]]), np.array([0.5, 0.3, 0.2]))
    w0 = np.array([0.5, 0.4, 0.3])

    def flow(state):
        y = inputs.rows @ state[:3]
        dw = sum(p * x * v * (v - state[3]) for p, x, v in zip(inputs.probabilities, inputs.rows, y, strict=True))
        return np.append(0.8 * dw, (inputs.probabilities @ y**2 - state[3]) / tau)

    expected = reference(flow, np.append(w0, 0.3))
    w, theta = bcm_flow(inputs, w0, 0.3, 0.8, tau, TIMES)
    np.testing.assert_allclose(w, expected[:, :3], rtol=0, atol=1e-8)
    np.testing.assert_allclose(theta, expected[:, 3], rtol=0, atol=1e-8)


def test_bcm_chooses_one_of_two_patterns_and_its_threshold_is_the_mean_square():
    inputs = two_patterns(0.4)
    np.testing.assert_allclose(inputs.second_moment, [[1.0, 0.4], [0.4, 1.0]], atol=1e-12)
    for w0, winner in (([0.3, 0.1], 0), ([0.1, 0.3], 1)):
        w, theta = bcm_flow(inputs, np.array(w0), 0.1, 1.0, 0.1, np.array([0.0, 60.0]))
        responses = inputs.rows @ w[-1]
        assert responses[winner] == pytest.approx(2.0, abs=1e-6)  # 1/probability: 0.5 y^2 = theta = y
        assert responses[1 - winner] == pytest.approx(0.0, abs=1e-6)
        assert theta[-1] == pytest.approx((responses**2).mean(), abs=1e-6)


def test_bcm_with_a_threshold_that_is_too_slow_swings_ever_wider_or_ends_in_nan_but_never_hangs():
    w, _ = bcm_flow(two_patterns(0.0), np.array([3.0, 0.1]), 0.0, 1.0, 1e6, np.linspace(0, 50, 11))
    assert np.isnan(w[-1]).all()


def test_the_covariance_of_patterns_is_their_second_moment_about_the_mean():
    inputs = patterns(np.array([[1.0, 2.0], [3.0, 1.0]]), np.array([0.25, 0.75]))
    samples = np.repeat(inputs.rows, [1, 3], axis=0)
    np.testing.assert_allclose(inputs.covariance, np.cov(samples.T, bias=True), atol=1e-12)
    around = cloud(C2, np.array([1.0, -2.0]))
    np.testing.assert_allclose(around.second_moment, C2 + np.outer([1, -2], [1, -2]))


@pytest.mark.parametrize("rule", ["hebb", "covariance", "oja", "bcm"])
def test_samples_follow_the_flow_and_a_seed_gives_the_same_run(rule):
    inputs = two_patterns(0.3) if rule == "bcm" else correlated_cloud(0.6, mean=0.5)
    w0, eta, dt, steps = np.array([0.3, 0.2]), 1.0, 5e-4, 2000
    one = sampled_run(rule, inputs, w0, eta, dt, steps, 5, 0.1, 0.1)
    two = sampled_run(rule, inputs, w0, eta, dt, steps, 5, 0.1, 0.1)
    np.testing.assert_array_equal(one[0], two[0])
    runs = [sampled_run(rule, inputs, w0, eta, dt, steps, seed, 0.1, 0.1)[0][-1] for seed in range(8)]
    times = np.array([0.0, steps * dt])
    if rule == "bcm":
        flow = bcm_flow(inputs, w0, 0.1, eta, 0.1, times)[0][-1]
    elif rule == "oja":
        flow = oja_flow(inputs.second_moment, w0, eta, times)[-1]
    else:
        flow = hebb_flow(inputs.covariance if rule == "covariance" else inputs.second_moment, w0, eta, times)[-1]
    assert not np.allclose(flow, w0, atol=0.05)
    np.testing.assert_allclose(np.mean(runs, axis=0), flow, rtol=0.05, atol=0.02)


@pytest.mark.parametrize("rule", ["hebb", "covariance", "oja", "bcm"])
@pytest.mark.parametrize("c", [-0.7, 0.0, 0.9])
def test_two_given_cells_drift_as_samples_of_their_rates_do(rule, c):
    mean, sd, w0, eta = 1.0, 0.5, 0.4, 0.3
    noise = np.random.default_rng(1).multivariate_normal([mean, mean], sd**2 * np.array([[1, c], [c, 1]]), size=400_000)
    x, y = noise.T
    slope = {
        "hebb": (x * y).mean(),
        "covariance": ((x - mean) * (y - mean)).mean(),
        "oja": (y * (x - y * w0)).mean(),
        "bcm": (x * y * (y - (mean**2 + sd**2) / mean)).mean(),
    }[rule]
    path = pair_flow(rule, c, mean, sd, w0, eta, np.array([0.0, 1e-6]))
    assert (path[1] - path[0]) / 1e-6 == pytest.approx(eta * slope, abs=0.003)


def test_together_strengthens_and_apart_weakens_under_covariance_while_hebb_only_knows_up():
    times = np.array([0.0, 1.0])
    change = {
        (rule, c): np.diff(pair_flow(rule, c, 1.0, 0.5, 0.5, 1.0, times))[0]
        for rule in ("hebb", "covariance", "bcm")
        for c in (-0.8, 0.8)
    }
    assert change["covariance", 0.8] > 0 > change["covariance", -0.8]
    assert change["bcm", 0.8] > 0 > change["bcm", -0.8]
    assert change["hebb", 0.8] > change["hebb", -0.8] > 0


def test_a_busy_past_raises_the_threshold_and_silence_lowers_it():
    assert sliding_threshold(10.0, 10.0, 1e3, 3600.0, 10.0) == pytest.approx(10.0)
    assert sliding_threshold(10.0, 20.0, 1e9, 3600.0, 10.0) == pytest.approx(40.0)
    busy, silent = (sliding_threshold(10.0, rate, 1800.0, 3600.0, 10.0) for rate in (20.0, 0.0))
    assert busy == pytest.approx(40.0 - 30.0 * math.exp(-0.5))
    assert silent == pytest.approx(10.0 * math.exp(-0.5))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: cloud(np.array([[1.0, 2.0], [2.0, 1.0]])), "no covariance"),
        (lambda: cloud(np.array([[1.0, 0.5], [0.2, 1.0]])), "symmetric"),
        (lambda: cloud(np.eye(3), np.zeros(2)), "does not fit 2 means"),
        (lambda: cloud(np.full((2, 2), np.nan)), "not a number"),
        (lambda: patterns(np.eye(2), np.array([0.7, 0.7])), "add up to 1"),
        (lambda: two_patterns(1.5), "outside -1 to 1"),
        (lambda: pair_flow("hebb", 2.0, 1.0, 1.0, 0.0, 1.0, TIMES), "outside -1 to 1"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(make, said):
    with pytest.raises(BadInput, match=said):
        make()
