"""Synapses against their formulas, closed forms and sequences worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.simulation.biology.models import find_model, run_model
from app.simulation.biology.request_reading import read_request
from app.simulation.biology.synapse import (
    AMPA,
    DEPRESSING,
    FACILITATING,
    RECEPTORS,
    double_exponential,
    magnesium_unblocked,
    peak_time_ms,
    released_vesicles,
    releases,
)


def simulate(model: str, **options):
    spec = find_model(model)
    return run_model(spec, read_request(spec, options))


@pytest.mark.parametrize("receptor", RECEPTORS.values(), ids=lambda receptor: receptor.name)
def test_conductances_rise_to_1_at_their_peak_and_are_0_before_the_event(receptor) -> None:
    since = np.linspace(-5.0, 300.0, 61_001)
    g = double_exponential(since, receptor.rise_ms, receptor.decay_ms)
    assert np.all(g[since <= 0.0] == 0.0)
    assert g.max() == pytest.approx(1.0, abs=1e-4)
    peak_ms = peak_time_ms(receptor.rise_ms, receptor.decay_ms)
    assert since[g.argmax()] == pytest.approx(peak_ms, abs=0.005)
    assert float(double_exponential(peak_ms, receptor.rise_ms, receptor.decay_ms)) == pytest.approx(1.0)
    assert peak_ms == pytest.approx(
        receptor.rise_ms
        * receptor.decay_ms
        / (receptor.decay_ms - receptor.rise_ms)
        * math.log(receptor.decay_ms / receptor.rise_ms)
    )


def test_magnesium_blocks_at_rest_and_lets_go_with_depolarisation() -> None:
    assert magnesium_unblocked(0.0) == pytest.approx(1.0 / (1.0 + 1.0 / 3.57))
    assert magnesium_unblocked(-65.0) == pytest.approx(1.0 / (1.0 + math.exp(0.062 * 65.0) / 3.57))
    assert magnesium_unblocked(-65.0, magnesium_mm=0.0) == 1.0
    assert np.all(np.diff(magnesium_unblocked(np.linspace(-100.0, 60.0, 50))) > 0.0)


def test_a_small_potential_is_the_closed_form_of_three_exponentials() -> None:
    """With the hold far nearer than the reversal can push, V barely changes the driving force: compare in the limit."""
    found = simulate("psp", receptor="ampa", hold=-65).traces
    since = found["t_ms"] - 5.0
    fine = np.linspace(0.0, 195.0, 390_001)
    g = double_exponential(fine, AMPA.rise_ms, AMPA.decay_ms)
    # the linear equation's integrating factor, by the trapezoidal rule on a step of 0.0005 ms
    rate = (5.0 + g) / 100.0
    gathered = np.concatenate([[0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]) * np.diff(fine))])
    pushed = g * 65.0 / 100.0 * np.exp(gathered)
    moved = np.concatenate([[0.0], np.cumsum(0.5 * (pushed[1:] + pushed[:-1]) * np.diff(fine))]) * np.exp(-gathered)
    after = since >= 0.0
    assert found["V_mV"][after] + 65.0 == pytest.approx(np.interp(since[after], fine, moved), abs=1e-6)
    assert np.all(found["V_mV"][~after] == -65.0)


# NEURON 9.0.2, Exp2Syn, variable steps of error 1e-10
@pytest.mark.parametrize(
    ("receptor", "hold", "peak", "time"),
    [
        ("ampa", -80, 2.40735, 7.2125),
        ("ampa", -40, 1.20368, 7.2125),
        ("ampa", 20, -0.60184, 7.2125),
        ("gaba_a", -80, 0.30861, 14.732),
        ("gaba_a", -65, -0.61722, 14.732),
        ("gaba_a", 20, -5.86356, 14.732),
    ],
)
def test_potentials_agree_with_an_established_simulator(receptor, hold, peak, time) -> None:
    found = simulate("psp", receptor=receptor, hold=hold).values
    assert found["peak_mV"] == pytest.approx(peak, abs=2e-5)
    assert found["time_to_peak_ms"] == pytest.approx(time, abs=1e-3)


def test_nmda_needs_depolarisation_and_nothing_flows_at_the_reversal() -> None:
    peaks = [simulate("psp", receptor="nmda", hold=hold).values["peak_mV"] for hold in (-80, -40, 0, 40)]
    # second-order midpoint steps of 0.01 ms, written apart
    assert peaks == pytest.approx([0.273175, 1.303629, 0.0, -4.828276], abs=1e-5)
    assert simulate("psp", receptor="gaba_a", hold=-75).values == {"peak_mV": 0.0, "time_to_peak_ms": None}


def test_a_depressing_synapse_by_hand() -> None:
    back = math.exp(-50.0 / 800.0)
    second = 0.5 * (1.0 - 0.5 * back)
    x = 1.0 - (1.0 - (2.0 * second - second)) * back
    assert releases(DEPRESSING, [0.0, 50.0, 100.0]) == pytest.approx([0.5, second, 0.5 * x], abs=1e-15)
    assert simulate("short-term", kind="depressing", frequency=20, spikes=3).values["release"] == pytest.approx(
        [0.5, second, 0.5 * x], abs=1e-15
    )


def test_a_facilitating_synapse_by_hand() -> None:
    u = 0.15 * math.exp(-50.0 / 1000.0)
    u += 0.15 * (1.0 - u)
    x = 1.0 - 0.15 * math.exp(-50.0 / 100.0)
    assert releases(FACILITATING, [0.0, 50.0]) == pytest.approx([0.15, u * x], abs=1e-15)
    train = simulate("short-term", kind="facilitating", frequency=20, spikes=6).values["release"]
    assert train == sorted(train)


def test_vesicles_are_binomial_and_repeat_with_their_seed() -> None:
    counts = released_vesicles(np.random.default_rng(1), 20_000)
    assert counts.min() == 0
    assert counts.max() == 5
    assert counts.mean() == pytest.approx(2.0, abs=0.03)
    assert np.mean(counts == 0) == pytest.approx(0.6**5, abs=0.006)
    first, again, other = (simulate("quantal", seed=seed).values["vesicles"] for seed in (3, 3, 4))
    assert first == again != other
