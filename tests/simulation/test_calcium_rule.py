"""The calcium rule against an independent ODE solver and the published behaviour of 900 pulses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from app.simulation.biology.calcium_rule import CALCIUM_SETS, calcium_path
from trainers.errors import BadInput

SLICES = CALCIUM_SETS["hippocampal_slices"]


def calcium_at(rule, pre, post, t):
    """The sum of all decaying jumps, times in ms."""
    jumps = [(s + rule.delay_ms, rule.c_pre) for s in pre] + [(s, rule.c_post) for s in post]
    return math.fsum(size * math.exp(-(t - s) / rule.tau_calcium_ms) for s, size in jumps if s <= t)


@pytest.mark.parametrize("name", sorted(CALCIUM_SETS))
def test_efficacy_agrees_with_an_ode_solver_that_takes_tiny_steps(name):
    rule = CALCIUM_SETS[name]
    pre, post = np.arange(6) * 40.0, np.arange(6) * 40.0 + 10.0
    path = calcium_path(rule, pre, post, 0.3)

    def slope(t, rho):
        c = calcium_at(rule, pre, post, t)
        well = -rho * (1 - rho) * (0.5 - rho)
        return (
            (well + rule.gamma_p * (1 - rho) * (c > rule.theta_p) - rule.gamma_d * rho * (c > rule.theta_d))
            / rule.tau_s
            * 1e-3
        )

    end = float(path.times_ms[-1])
    solved = solve_ivp(slope, (0.0, end), [0.3], "RK23", max_step=0.05, rtol=1e-8, atol=1e-10)
    assert path.rho[-1] == pytest.approx(solved.y[0, -1], abs=2e-5)  # the solver steps over the jumps
    assert abs(path.rho[-1] - 0.3) > 1e-3


def test_calcium_is_the_sum_of_its_jumps_and_crossings_stand_on_the_thresholds():
    pre, post = [0.0, 30.0, 31.0, 200.0], [18.0, 60.0]
    path = calcium_path(SLICES, pre, post)
    for t, c in zip(path.times_ms, path.calcium, strict=True):
        after = calcium_at(SLICES, pre, post, t)
        before = calcium_at(SLICES, pre, post, np.nextafter(t, -np.inf))
        assert min(abs(c - after), abs(c - before)) < 1e-12
    for theta in (SLICES.theta_d, SLICES.theta_p):
        assert np.abs(path.calcium - theta).min() < 1e-12


def test_time_above_the_thresholds_is_that_of_a_lone_burst():
    path = calcium_path(SLICES, [0.0, 0.0], [])
    tau = SLICES.tau_calcium_ms * 1e-3
    assert path.above_d_s == pytest.approx(tau * math.log(2.0), rel=1e-12)
    assert path.above_p_s == pytest.approx(tau * math.log(2.0 / 1.3), rel=1e-12)


def test_900_pulses_do_nothing_at_1_and_2_hz_depress_from_3_to_15_and_potentiate_from_16():
    rho = {
        f: float(calcium_path(SLICES, np.arange(900) * 1000.0 / f, []).rho[-1])
        for f in (1, 2, 3, 5, 10, 15, 16, 20, 50)
    }
    assert all(abs(rho[f] - 0.5) < 1e-3 for f in (1, 2))
    assert all(rho[f] < 0.49 for f in (3, 5, 10, 15))
    assert all(rho[f] > 0.5 for f in (16, 20, 50))
    assert rho[10] < 0.05
    assert rho[50] > 0.8


def test_a_quiet_synapse_moves_to_the_nearer_of_its_two_states():
    def after(rho, seconds):
        return float(calcium_path(SLICES, [0.0], [], rho, seconds * 1e3).rho[-1])

    assert after(0.5, 1e5) == pytest.approx(0.5)
    assert after(0.45, 1e5) == pytest.approx(0.0, abs=1e-9)
    assert after(0.55, 1e5) == pytest.approx(1.0, abs=1e-9)
    solved = solve_ivp(lambda _t, r: -r * (1 - r) * (0.5 - r) / SLICES.tau_s, (0, 900), [0.4], rtol=1e-11, atol=1e-12)
    assert after(0.4, 900.0) == pytest.approx(solved.y[0, -1], abs=1e-5)


def test_the_weight_is_one_at_half_efficacy_and_goes_with_b():
    assert SLICES.weight_change(0.5, 0.5) == 0.0
    assert (1 + SLICES.weight_change(1.0, 0.5)) / (1 + SLICES.weight_change(0.0, 0.5)) == pytest.approx(5.28145)


def test_nothing_happens_without_spikes_and_nonsense_is_refused():
    assert calcium_path(SLICES, [], []).rho.tolist() == [0.5]
    with pytest.raises(BadInput, match=r"efficacy 1\.5"):
        calcium_path(SLICES, [0.0], [], 1.5)
    with pytest.raises(BadInput, match="no number"):
        calcium_path(SLICES, [math.nan], [])
