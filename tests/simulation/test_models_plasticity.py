"""Models of plasticity as `hillock simulate` and the benches call them."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest

from app.simulation.biology.models import find_model, run_model
from app.simulation.biology.request_reading import read_request
from trainers.errors import BadInput


def ask(model, **options):
    spec = find_model(model)
    return run_model(spec, read_request(spec, options))


def test_stdp_of_pairs_and_of_the_same_trains_agree():
    pairs = ask("stdp", rule="triplet_visual", interval=-10, pairs=5, frequency=20)
    pre = [k * 50.0 + 10.0 for k in range(5)]
    trains = ask("stdp", rule="triplet_visual", pre_ms=pre, post_ms=[t - 10.0 for t in pre])
    assert pairs.values["dw"] == pytest.approx(trains.values["dw"], abs=1e-15)
    assert pairs.values["dw"] < 0
    assert pairs.traces["dw"][-1] == pytest.approx(pairs.values["dw"], abs=1e-15)


def test_60_pairs_at_10_ms_raise_the_weight_by_60_times_the_window():
    result = ask("stdp", interval=10, pairs=60, frequency=1, start=1.0)
    assert result.values["dw"] == pytest.approx(60 * 0.01 * math.exp(-0.5), abs=1e-9)
    assert result.values["weight"] == pytest.approx(1 + result.values["dw"])
    assert len(result.traces["t_ms"]) == len(result.traces["w_nS"]) == 120


def test_a_train_without_a_partner_changes_nothing():
    assert ask("stdp", pre_ms=[1.0, 2.0]).values["dw"] == 0.0


def test_each_frequency_curve_has_its_own_threshold():
    found = {
        rule: ask("frequency-curve", rule=rule).values
        for rule in ("triplet_visual", "bcm", "hippocampal_slices", "pair")
    }
    assert found["bcm"]["threshold_Hz"] == pytest.approx(10.0, abs=1e-3)
    assert found["triplet_visual"]["threshold_Hz"] == pytest.approx(19.27, abs=0.01)
    assert found["hippocampal_slices"]["threshold_Hz"] == pytest.approx(15.9, abs=0.1)
    assert found["pair"]["threshold_Hz"] is None
    assert all(-1.0 <= dw <= 1.0 for values in found.values() for dw in values["dw"])


@pytest.mark.parametrize("bounds", ["none", "hard", "soft"])
def test_the_poisson_curve_is_the_mean_of_sampled_trains(bounds):
    from app.simulation.biology.spike_timing import TRIPLET_VISUAL, weight_steps

    f, pulses = 40.0, 80
    exact = ask("frequency-curve", rule="triplet_visual", frequencies=[f], pulses=pulses, bounds=bounds).values["dw"][0]
    runs = []
    for seed in range(400):
        chances = [np.random.default_rng([seed, stream]) for stream in (0, 1)]
        pre, post = (np.sort(chance.random(chance.poisson(pulses))) * (1000.0 * pulses / f) for chance in chances)
        steps = weight_steps(TRIPLET_VISUAL, pre, post)
        runs.append(steps.weights(1.0, bounds)[-1] - 1.0)
    # short trains begin without traces, and a mean does not pass through bounds: near, and of the same sign
    assert np.mean(runs) == pytest.approx(exact, rel=0.35)


def test_the_regular_curve_is_that_of_the_pairs():
    curve = ask("frequency-curve", protocol="regular", interval=-10, pulses=60, frequencies=[10, 50], bounds="none")
    for f, dw in zip((10, 50), curve.values["dw"], strict=True):
        assert dw == pytest.approx(
            ask("stdp", rule="triplet_visual", interval=-10, pairs=60, frequency=f).values["dw"], abs=1e-12
        )


def test_history_moves_the_threshold_of_bcm():
    at_20 = {}
    for rate in (None, 0.0, 30.0):
        values = ask(
            "frequency-curve", rule="bcm", frequencies=[1, 5, 10, 20, 50, 100], history=rate, history_seconds=3600
        ).values
        at_20[rate] = values["dw"][3]
        assert values["threshold_Hz"] == pytest.approx(values["theta_Hz"], rel=0.1)
    assert at_20[30.0] < 0 < at_20[None] < at_20[0.0]


@pytest.mark.parametrize("bounds", ["none", "hard", "soft"])
@pytest.mark.parametrize("f", [4.0, 9.0, 25.0])
def test_bcm_with_a_sliding_threshold_is_the_ode_written_down(bounds, f):
    """theta starts near f and passes it while the pulses come."""
    options = {"rule": "bcm", "theta": f + 0.5 if f < 10 else f - 2.0, "tau_theta": 40.0, "pulses": 900, "gain": 2e-4}
    dw = ask("frequency-curve", frequencies=[f], bounds=bounds, **options).values["dw"][0]
    steps = 200_000
    h = 900 / f / steps
    w, theta = 1.0, options["theta"]
    for _ in range(steps):
        theta_half = theta + h / 2 * (f * f / 10.0 - theta) / 40.0
        drive = 2e-4 * f * f * (f - theta_half)
        if bounds == "soft":
            w_half = w + h / 2 * (drive * (2 - w) if drive > 0 else drive * w)
            w += h * (drive * (2 - w_half) if drive > 0 else drive * w_half)
        else:
            w += h * drive
        if bounds == "hard":
            w = min(max(w, 0.0), 2.0)
        theta += h * (f * f / 10.0 - theta_half) / 40.0
    assert dw == pytest.approx(w - 1.0, abs=1e-5)


def test_calcium_answers_for_pulses_pairs_and_trains():
    pulses = ask("calcium", frequency=10)
    assert pulses.values["dw"] < -0.5
    assert pulses.values["above_d_s"] > pulses.values["above_p_s"] == 0.0
    pairs = ask("calcium", parameters="cortical_slices", frequency=20, pulses=75, paired=True)
    trains = ask(
        "calcium",
        parameters="cortical_slices",
        pre_ms=[k * 50.0 for k in range(75)],
        post_ms=[k * 50.0 + 10.0 for k in range(75)],
    )
    assert pairs.values["rho"] == pytest.approx(trains.values["rho"], abs=1e-12)
    assert pairs.values["rho"] != 0.5
    assert len(pairs.traces["t_ms"]) == len(pairs.traces["rho"]) == len(pairs.traces["calcium"])


def test_rate_rules_tell_where_they_went():
    oja = ask("rate-rule", rule="oja", correlation=0.6, duration=50).values
    np.testing.assert_allclose(oja["w"], oja["eigenvector"], atol=1e-9)
    assert oja["eigenvalue"] == pytest.approx(1.6)
    bcm = ask("rate-rule", rule="bcm", correlation=0.2, duration=60)
    assert bcm.values["responses"] == pytest.approx([2.0, 0.0], abs=1e-6)
    assert bcm.traces["theta"][-1] == pytest.approx(bcm.values["theta"])
    hebb = ask("rate-rule", rule="hebb", duration=1e4).values
    assert hebb["w"] == [None, None]
    assert hebb["norm"] is None
    apart = ask("rate-rule", rule="covariance", mode="pair", correlation=-0.5, w0=[1.0], duration=1).values["w"][0]
    assert apart == pytest.approx(1.0 - 0.5 * 0.25)


def test_hebb_sees_the_means_and_covariance_does_not():
    options = {"covariance": [1, 0, 0, 1], "means": [1, 1], "w0": [0.2, 0.1], "duration": 1}
    assert ask("rate-rule", rule="covariance", **options).values["w"] == pytest.approx([0.2 * math.e, 0.1 * math.e])
    common, own = 0.15 * math.exp(3), 0.05 * math.e
    assert ask("rate-rule", rule="hebb", **options).values["w"] == pytest.approx([common + own, common - own])


def test_sampled_rules_repeat_with_their_seed():
    options = {"rule": "oja", "mode": "sampled", "duration": 20, "dt": 0.02, "points": 11}
    one, two, other = (ask("rate-rule", seed=seed, **options) for seed in (1, 1, 2))
    assert one.values["w"] == two.values["w"] != other.values["w"]
    assert len(one.traces["t"]) == 11
    assert one.traces["t"][-1] == pytest.approx(20)


@pytest.mark.parametrize(
    ("model", "options", "said"),
    [
        ("stdp", {"pairs": 0}, "pairs must be"),
        ("stdp", {"frequency": 0}, "frequency must be"),
        ("stdp", {"rule": "hebb"}, "choose one of pair"),
        ("stdp", {"bounds": "hard", "start": 5}, "outside the bounds"),
        ("rate-rule", {"w0": [1, 2, 3]}, "between two inputs"),
        ("rate-rule", {"rule": "bcm", "covariance": [1, 0, 0, 1]}, "patterns"),
        ("rate-rule", {"covariance": [1, 2, 3]}, "does not fit 2 weights"),
        ("rate-rule", {"patterns": [1, 2, 3]}, "no patterns for 2 weights"),
        ("rate-rule", {"means": [1.0]}, "1 means do not fit"),
        ("rate-rule", {"mode": "pair"}, "one weight"),
        ("rate-rule", {"mode": "sampled", "duration": 1e6}, "samples"),
        ("calcium", {"rho": 2}, "rho must be"),
        ("frequency-curve", {"frequencies": []}, "frequencies must be"),
        ("competition", {"synapses": 10**9}, "synapses must be"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(model, options, said):
    with pytest.raises(BadInput, match=said):
        ask(model, **options)


def test_all_but_competition_run_without_numba_and_qt():
    code = (
        "import sys, app.simulation.biology.models_plasticity, app.simulation.biology.requests_plasticity;"
        "print([m for m in ('numba', 'PySide6', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=280)
    assert done.stdout.strip() == "[]"
