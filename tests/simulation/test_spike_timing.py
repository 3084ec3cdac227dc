"""Spike timing against sums over pairs and triplets, written without any trace."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.simulation.biology.spike_timing import (
    BI_AND_POO,
    PAIR,
    PAIR_HARD,
    TIMING_RULES,
    TRIPLET_HIPPOCAMPAL,
    TRIPLET_VISUAL,
    TripletRule,
    mean_drift,
    paired_trains,
    threshold_Hz,
    weight_steps,
    window,
    window_of_pairs,
)
from trainers.errors import BadInput


def earlier(train, t, pairing):
    """The spikes of `train` before t that count."""
    before = sorted(s for s in train if s < t)
    return before[-1:] if pairing == "nearest" else before


def summed(train, t, tau, pairing):
    return math.fsum(math.exp((s - t) / tau) for s in earlier(train, t, pairing))


def pair_sum(rule, pre, post, pairing):
    up = [summed(pre, t, rule.tau_plus_ms, pairing) for t in post]
    down = [summed(post, t, rule.tau_minus_ms, pairing) for t in pre]
    return rule.a_plus * math.fsum(up) - rule.a_minus * math.fsum(down)


def hard_sum(rule, pre, post, pairing):
    up = sum(t - s <= rule.window_ms for t in post for s in earlier(pre, t, pairing))
    down = sum(t - s <= rule.window_ms for t in pre for s in earlier(post, t, pairing))
    return rule.a_plus * up - rule.a_minus * down


def triplet_sum(rule, pre, post, pairing):
    up = [
        summed(pre, t, rule.tau_plus_ms, pairing)
        * (rule.a2_plus + rule.a3_plus * summed(post, t, rule.tau_y_ms, pairing))
        for t in post
    ]
    down = [
        summed(post, t, rule.tau_minus_ms, pairing)
        * (rule.a2_minus + rule.a3_minus * summed(pre, t, rule.tau_x_ms, pairing))
        for t in pre
    ]
    return math.fsum(up) - math.fsum(down)


SUMS = {"pair": pair_sum, "pair_hard": hard_sum, "triplet_visual": triplet_sum, "triplet_hippocampal": triplet_sum}
RULES = sorted(SUMS)


@pytest.mark.parametrize("pairing", ["all", "nearest"])
@pytest.mark.parametrize("name", RULES)
def test_random_trains_give_the_sum_over_all_pairs_and_triplets(name, pairing):
    chance = np.random.default_rng(3)
    for _ in range(10):
        pre, post = (chance.uniform(0, 2000, size=chance.integers(1, 60)) for _ in range(2))
        expected = SUMS[name](TIMING_RULES[name], pre, post, pairing)
        assert weight_steps(TIMING_RULES[name], pre, post, pairing).dw == pytest.approx(expected, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(RULES),
    st.sampled_from(["all", "nearest"]),
    st.lists(st.integers(-5, 60), min_size=0, max_size=12, unique=True),
    st.lists(st.integers(-5, 60), min_size=0, max_size=12, unique=True),
)
def test_trains_with_coincidences_and_window_edges_give_the_same_sum(name, pairing, pre, post):
    expected = SUMS[name](TIMING_RULES[name], pre, post, pairing)
    assert weight_steps(TIMING_RULES[name], pre, post, pairing).dw == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", RULES)
def test_only_differences_of_times_count_and_order_of_writing_does_not(name):
    pre, post = np.array([3.0, 40.0, 77.5]), np.array([10.0, 41.0, 70.0])
    plain = weight_steps(TIMING_RULES[name], pre, post).dw
    assert weight_steps(TIMING_RULES[name], pre[::-1] - 500.0, post[::-1] - 500.0).dw == pytest.approx(plain, abs=1e-14)


@pytest.mark.parametrize("pairing", ["all", "nearest"])
@pytest.mark.parametrize("name", RULES)
def test_interval_zero_changes_nothing(name, pairing):
    assert weight_steps(TIMING_RULES[name], *paired_trains(0.0, 1, 1.0), pairing).dw == 0.0


def test_a_single_pair_follows_the_published_window():
    for s in (0.1, 7.0, 20.0, 95.0):
        assert weight_steps(PAIR, [0.0], [s]).dw == pytest.approx(0.01 * math.exp(-s / 20), abs=1e-16)
        assert weight_steps(PAIR, [s], [0.0]).dw == pytest.approx(-0.0105 * math.exp(-s / 20), abs=1e-16)


def test_the_hard_window_ends_at_20_ms_however_the_time_was_rounded():
    steps = [weight_steps(PAIR_HARD, *paired_trains(s, 60, 0.3)).dw for s in (20.0, 20.001, -20.0, -20.001)]
    assert steps == pytest.approx([0.6, 0.0, -0.63, 0.0], abs=1e-12)


def test_pairs_that_meet_their_neighbours_exactly_do_not_depend_on_rounding():
    # at 30 Hz with an interval of one period every post spike falls on the next pre spike, up to the last bit
    pre, post = paired_trains(1000.0 / 30.0, 50, 30.0)
    k = np.arange(51) * (1000.0 / 30.0)
    expected = sum(
        0.01 * math.exp(-(b - a) / 20) if b > a else -0.0105 * math.exp((b - a) / 20)
        for i, a in enumerate(k[:50])
        for j, b in enumerate(k[1:], start=1)
        if i != j
    )
    assert weight_steps(PAIR, pre, post).dw == pytest.approx(expected, abs=1e-11)


def test_window_is_that_of_single_pairs_for_every_rule():
    s = np.array([-101.0, -20.0, -3.0, 0.0, 2.0, 20.0, 20.5, 60.0])
    for rule in TIMING_RULES.values():
        np.testing.assert_allclose(window(rule, s), window_of_pairs(rule, s, 1, 1.0), rtol=0, atol=1e-15)
    assert window(BI_AND_POO, np.array([16.8]))[0] == pytest.approx(0.777 / math.e)


def test_nearest_sets_traces_where_all_adds_them():
    pre, post = [0.0, 5.0, 10.0], [12.0]
    assert weight_steps(PAIR, pre, post, "nearest").dw == pytest.approx(0.01 * math.exp(-2 / 20))
    assert weight_steps(PAIR, pre, post, "all").dw == pytest.approx(0.01 * sum(math.exp(-s / 20) for s in (2, 7, 12)))


def test_hard_bounds_cut_and_soft_bounds_brake():
    steps = weight_steps(PAIR, *paired_trains(1.0, 300, 1.0))
    assert steps.weights(1.0)[-1] == pytest.approx(1.0 + steps.dw)
    assert steps.weights(1.0, "hard").max() == 2.0
    soft = steps.weights(1.0, "soft")
    gain = 0.01 * math.exp(-1 / 20)
    assert soft[1] == pytest.approx(1.0 + gain)
    assert 2.0 - soft[-1] == pytest.approx((1.0 - gain) ** 300, rel=1e-3)


def test_triplets_turn_pairs_at_minus_10_ms_from_depression_to_potentiation_as_they_come_faster():
    change = {f: weight_steps(TRIPLET_VISUAL, *paired_trains(-10.0, 60, f)).dw for f in (1, 20, 30, 40, 50)}
    assert max(change[1], change[20], change[30]) < 0
    assert 0 < change[40] < change[50]
    settled = weight_steps(TRIPLET_VISUAL, *paired_trains(-10.0, 200, 36)).weights()
    assert settled[-1] > settled[-101]  # once the slow traces are full
    assert all(weight_steps(PAIR, *paired_trains(-10.0, 60, f)).dw < 0 for f in (1, 20, 36, 50))


def test_threshold_of_the_visual_cortex_is_18_7_hz_of_10_hz_input():
    assert threshold_Hz(TRIPLET_VISUAL, 10.0) == pytest.approx(18.7, abs=0.05)
    for pre in (5.0, 10.0, 30.0):
        gain, loss = mean_drift(TRIPLET_VISUAL, pre, threshold_Hz(TRIPLET_VISUAL, pre))
        assert gain == pytest.approx(loss)
    both = threshold_Hz(TRIPLET_VISUAL)
    assert np.subtract(*mean_drift(TRIPLET_VISUAL, both, both)) == pytest.approx(0.0, abs=1e-15)
    assert threshold_Hz(TripletRule(0.01, 1e-3, 1e-3, 0, 10, 10, 10, 10), 5.0) == 0.0
    assert threshold_Hz(TripletRule(0, 0, 1e-3, 0, 10, 10, 10, 10), 5.0) == math.inf


def poisson_train(rate_Hz: float, seconds: float, seed: int, stream: int) -> np.ndarray:
    """Times in ms; the same seed and stream give the same train."""
    generator = np.random.default_rng([seed, stream])
    return np.sort(generator.random(generator.poisson(rate_Hz * seconds))) * (seconds * 1000.0)


@pytest.mark.parametrize("rule", [TRIPLET_VISUAL, TRIPLET_HIPPOCAMPAL])
def test_poisson_trains_drift_as_the_bcm_curve_says(rule):
    seconds = 1500.0
    for post_rate in (8.0, 40.0):
        runs = [
            weight_steps(rule, poisson_train(10.0, seconds, seed, 0), poisson_train(post_rate, seconds, seed, 1)).dw
            / seconds
            for seed in range(6)
        ]
        gain, loss = mean_drift(rule, 10.0, post_rate)
        assert abs(np.mean(runs) - (gain - loss)) < 4 * np.std(runs, ddof=1) / math.sqrt(len(runs)) + 1e-6
        assert np.mean(runs) == pytest.approx(gain - loss, abs=0.05 * (gain + loss))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: paired_trains(math.nan, 1, 1.0), "interval nan"),
        (lambda: paired_trains(1.0, 0, 1.0), "0 pairs"),
        (lambda: paired_trains(1.0, 1, 0.0), "0.0 times"),
        (lambda: weight_steps(PAIR, [math.inf], [1.0]), "presynaptic spike stands at inf"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(make, said):
    with pytest.raises(BadInput, match=said):
        make()
