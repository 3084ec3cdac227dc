from __future__ import annotations

import msgspec
import numpy as np
import pytest

from app.simulation.biology.models_summation import run_summation
from app.simulation.biology.requests_summation import SummationRequest
from trainers.errors import BadInput


def together(places: list[int], weight: float = 1.0, onset: float = 5.0) -> SummationRequest:
    return SummationRequest(excitation=tuple((float(place), onset, weight) for place in places))


def test_nine_inputs_fail_and_ten_fire() -> None:
    nine, ten = run_summation(together(list(range(9)))), run_summation(together(list(range(10))))
    assert nine.values["fires"] is False
    assert nine.values["bouton_ms"] is None
    assert nine.values["soma_peak_mV"] == pytest.approx(6.8, abs=0.05)
    assert ten.values["fires"] is True
    assert ten.values["soma_peak_mV"] > 80.0


def test_together_only_is_the_same_run_without_what_each_does_alone() -> None:
    whole = together([0, 1, 2])
    part = run_summation(msgspec.structs.replace(whole, together_only=True))
    assert (part.traces["V_soma_mV"] == run_summation(whole).traces["V_soma_mV"]).all()
    assert part.values["linear_peak_mV"] is None
    assert "linear_mV" not in part.traces


def test_one_input_is_its_own_linear_sum() -> None:
    answer = run_summation(together([7]))
    v, linear = answer.traces["V_soma_mV"], answer.traces["linear_mV"]
    still = run_summation(SummationRequest()).traces["V_soma_mV"]
    assert np.max(np.abs(v - still - linear)) < 1e-3
    assert answer.values["single_peaks_mV"] == [pytest.approx(answer.values["linear_peak_mV"], abs=1e-4)]


def test_one_dendrite_saturates_and_five_add_up() -> None:
    """Rall: the driving force shrinks where inputs share a dendrite. Below threshold in both cases."""
    one, five = run_summation(together([0, 5, 10, 15, 20])), run_summation(together([0, 1, 2, 3, 4]))
    shares = [answer.values["soma_peak_mV"] / answer.values["linear_peak_mV"] for answer in (one, five)]
    assert shares[0] < shares[1]


def test_a_far_input_does_less_at_the_soma() -> None:
    near, far = run_summation(together([0])), run_summation(together([25]))
    assert far.values["soma_peak_mV"] < near.values["soma_peak_mV"]


def test_inhibition_takes_away() -> None:
    ten = together(list(range(10)))
    quiet = SummationRequest(excitation=ten.excitation, inhibition=((0.0, 4.0, 5.0), (1.0, 4.0, 5.0)))
    answer = run_summation(quiet)
    assert answer.values["fires"] is False
    assert answer.values["linear_peak_mV"] < run_summation(ten).values["linear_peak_mV"]


def test_the_linear_sum_follows_the_onsets() -> None:
    late = run_summation(SummationRequest(excitation=((3.0, 12.34, 1.0),))).traces
    early = run_summation(SummationRequest(excitation=((3.0, 5.34, 1.0),))).traces
    shift = round(7.0 / 0.01)
    assert np.max(np.abs(late["linear_mV"][shift:] - early["linear_mV"][:-shift])) < 1e-6


@pytest.mark.parametrize(
    ("event", "what"),
    [
        ((30.0, 5.0, 1.0), "There is no place 30"),
        ((0.5, 5.0, 1.0), "There is no place 0.5"),
        ((0.0, -1.0, 1.0), "An event at -1 ms cannot be"),
        ((0.0, float("nan"), 1.0), "An event at nan ms cannot be"),
        ((0.0, 5.0, -1.0), "A weight of -1 nS cannot be"),
    ],
)
def test_nonsense_is_refused(event: tuple[float, float, float], what: str) -> None:
    with pytest.raises(BadInput, match=what):
        run_summation(SummationRequest(excitation=(event,)))


def test_the_cell_may_be_another_than_the_healthy_one() -> None:
    ten = together(list(range(10)))
    blocked = run_summation(msgspec.structs.replace(ten, sodium=0.0))
    assert blocked.values["fires"] is False
    assert blocked.values["soma_peak_mV"] < 10.0
    cold = run_summation(msgspec.structs.replace(ten, temperature=6.3, duration=60.0))
    assert cold.values["fires"] is True
    assert cold.values["bouton_ms"] > run_summation(ten).values["bouton_ms"]
    bare = run_summation(msgspec.structs.replace(ten, wraps=(100,) * 8 + (0,) * 3 + (100,) * 9))
    assert bare.values["soma_peak_mV"] > 80.0
    assert bare.values["fires"] is False  # it does not get past the bare stretch


def test_the_wraps_of_some_internodes_alone_are_refused() -> None:
    with pytest.raises(BadInput, match="20 internodes"):
        run_summation(SummationRequest(wraps=(100, 100)))
