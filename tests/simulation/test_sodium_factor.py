from __future__ import annotations

import pytest

from app.simulation.biology.models_firing import run_firing_rates, run_hodgkin_huxley
from app.simulation.biology.requests_point import FiringRateRequest, HodgkinHuxleyRequest


def test_the_factor_1_changes_no_bit() -> None:
    plain = run_hodgkin_huxley(HodgkinHuxleyRequest(current=10.0, duration=60.0))
    same = run_hodgkin_huxley(HodgkinHuxleyRequest(current=10.0, duration=60.0, sodium=1.0))
    assert plain.values == same.values


def test_without_sodium_channels_there_is_no_spike() -> None:
    """Tetrodotoxin: no current makes an action potential."""
    answer = run_hodgkin_huxley(HodgkinHuxleyRequest(current=20.0, duration=60.0, sodium=0.0))
    assert answer.values["spikes_ms"] == []
    assert answer.traces["V_mV"].max() < 0.0


def test_less_sodium_moves_the_curve_to_larger_currents() -> None:
    currents = (5.0, 6.5, 8.0, 10.0)
    usual = run_firing_rates(FiringRateRequest("hh", currents, sodium=1.0)).values["rates_Hz"]
    less = run_firing_rates(FiringRateRequest("hh", currents, sodium=0.85)).values["rates_Hz"]
    more = run_firing_rates(FiringRateRequest("hh", currents, sodium=1.3)).values["rates_Hz"]
    assert usual[1] > 0.0
    assert less[1] == 0.0
    assert more[0] > usual[0]
    assert more[3] == pytest.approx(usual[3], rel=0.5)
