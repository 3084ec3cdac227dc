"""The pair of axons: velocities, block and rescue against figures measured with NEURON, and a recording that is what it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.simulation.biology.models import SimulationResult, find_model, run_model
from app.simulation.biology.request_reading import read_request
from trainers.errors import BadInput

pytestmark = pytest.mark.xdist_group("biology")


def run(**options: Any) -> SimulationResult:
    spec = find_model("axon-pair")
    return run_model(spec, read_request(spec, options))


def test_reference_axons_conduct_at_their_known_velocities() -> None:
    values = run().values
    assert values["velocity_m_per_s"]["myelinated"] == pytest.approx(27.3, rel=0.005)
    assert values["velocity_m_per_s"]["bare"] == pytest.approx(1.93, rel=0.005)
    assert values["ratio"] == pytest.approx(14.2, rel=0.005)
    assert values["conducts"] == {"myelinated": True, "bare": True}
    assert values["places_mm"][-1] == pytest.approx(40.081)


@pytest.mark.parametrize(
    ("wraps", "velocity"), [(200, 36.8), (50, 18.7), (20, 10.0), (8, 4.1), (5, None)]
)  # the design (2.6), measured with NEURON
def test_fewer_wraps_are_slower_until_conduction_fails(wraps: int, velocity: float | None) -> None:
    values = run(wraps=wraps).values
    if velocity is None:
        assert values["velocity_m_per_s"]["myelinated"] is None
        assert values["conducts"]["myelinated"] is False
        assert values["ratio"] is None
    else:
        assert values["velocity_m_per_s"]["myelinated"] == pytest.approx(velocity, abs=0.06)


@pytest.mark.parametrize(
    ("strip", "conducts", "delay_ms"),
    [("20,1,2", True, 0.42), ("20,1,0", False, None), ("20,1,0,channels", True, 0.79)],
)
def test_a_lost_sheath_slows_or_blocks_and_new_channels_rescue(
    strip: str, conducts: bool, delay_ms: float | None
) -> None:
    values = run(strip=strip).values
    assert values["conducts"]["myelinated"] is conducts
    if delay_ms is None:
        assert values["delay_ms"] is None
        assert values["arrivals_ms"]["myelinated"][19] is not None
        assert values["arrivals_ms"]["myelinated"][20] is None
    else:
        assert values["delay_ms"] == pytest.approx(delay_ms, abs=0.005)


def test_two_stretches_delay_more_than_one_and_one_block_is_enough() -> None:
    one, two = run(strip="20,1,2"), run(strips=[[10, 1, 2], [20, 1, 2]])
    assert two.values["delay_ms"] == pytest.approx(2 * one.values["delay_ms"], rel=0.05)
    blocked = run(strips=[[10, 1, 2], [20, 1, 0]]).values
    assert blocked["conducts"]["myelinated"] is False
    assert blocked["arrivals_ms"]["myelinated"][19] is not None
    again = run(strips=[[20, 1, 0], [20, 1, 2]]).values  # of two the later counts
    assert again["delay_ms"] == pytest.approx(one.values["delay_ms"])


@pytest.mark.parametrize(("apart_ms", "arrive"), [(1.5, 1), (1.75, 2)])
def test_the_second_impulse_needs_the_membrane_to_have_recovered(apart_ms: float, arrive: int) -> None:
    assert run(second_stimulus=apart_ms).values["spikes_at_end"]["myelinated"] == arrive


def test_the_picture_holds_the_arrivals_and_both_axons_have_the_same_times() -> None:
    result = run(strip="20,1,2", pictures=True)
    times = result.traces["t_ms"]
    assert times[0] == 0.0
    assert np.allclose(np.diff(times), 0.02)
    for name in ("myelinated", "bare", "intact"):
        x, picture = result.traces[f"{name}_x_mm"], result.traces[f"{name}_mV"]
        assert picture.dtype == np.float32
        assert picture.shape == (len(times), len(x))
        assert np.all(np.diff(x) > 0)
        assert np.all(picture[0] == -65.0)
    places = result.values["places_mm"]
    x, picture = result.traces["myelinated_x_mm"], result.traces["myelinated_mV"]
    for node in (5, 21, 40):
        column = int(np.argmin(np.abs(x - places[node])))
        assert x[column] == pytest.approx(places[node])
        above = int(np.argmax(picture[:, column] >= -30.0))
        assert times[above - 1] <= result.values["arrivals_ms"]["myelinated"][node] <= times[above]


def test_a_long_axon_is_recorded_as_far_as_it_is_computed() -> None:
    result = run(internode=3000, pictures=True)
    assert result.values["bare_mm"] == pytest.approx(50.0)
    assert result.values["places_mm"][-1] == pytest.approx(120.081)
    assert result.values["conducts"]["bare"] is True
    assert result.values["spikes_at_end"]["bare"] is None
    assert np.all(np.abs(result.traces["bare_mV"][:, -1] + 65.0) < 0.5)  # what is cut off felt nothing
    assert sum(trace.nbytes for trace in result.traces.values()) < 8e6


def test_without_pictures_there_is_a_column_for_each_node() -> None:
    traces = run(internode=200).traces
    assert {len(trace) for trace in traces.values()} == {len(traces["t_ms"])}
    assert "V_myelinated_0_mV" in traces
    assert "V_bare_40_mV" in traces


def test_heat_blocks_the_bare_axon() -> None:
    values = run(temperature=37).values
    assert values["conducts"] == {"myelinated": True, "bare": False}
    assert values["velocity_m_per_s"]["bare"] is None


@pytest.mark.parametrize(
    "options",
    [{"diameter": 0}, {"wraps": 201}, {"internode": float("nan")}, {"strip": "40,1,0"}, {"second_stimulus": -1}],
)
def test_nonsense_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        run(**options)
