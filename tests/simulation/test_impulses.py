from __future__ import annotations

import pytest

from app.simulation.biology.models_cable import run_axon, run_bare_axon, run_neuron
from app.simulation.biology.requests_cable import AxonRequest, BareAxonRequest, NeuronRequest
from trainers.errors import BadInput


@pytest.mark.parametrize(
    ("request_", "fires"),
    [
        (NeuronRequest(inputs=9), False),
        (NeuronRequest(inputs=10), True),
        (NeuronRequest(inputs=4, weight=2.0), False),
        (NeuronRequest(inputs=5, weight=2.0), True),
        (NeuronRequest(inputs=20, spread=2.0), True),
        (NeuronRequest(inputs=20, spread=3.0), False),
        (NeuronRequest(inputs=0), False),
    ],
)
def test_the_lecture_neuron_fires_or_not(request_: NeuronRequest, fires: bool) -> None:
    answer = run_neuron(request_).values
    assert answer["fires"] is fires
    assert {time is None for time in answer["first_crossing_ms"].values()} == {not fires}


def test_nine_inputs_lift_the_soma_by_less_than_seven_millivolts() -> None:
    assert run_neuron(NeuronRequest(inputs=9)).values["soma_peak_mV"] == pytest.approx(6.75, abs=0.01)


def test_the_spike_starts_in_the_initial_segment_and_runs_both_ways() -> None:
    """The design (2.7): after the initial segment node 0 +0.02, hillock +0.08, soma +0.10, bouton +0.60 ms."""
    times = run_neuron(NeuronRequest(inputs=10)).values["first_crossing_ms"]
    assert sorted(times, key=lambda place: times[place]) == ["ais", "node0", "hillock", "soma", "bouton"]
    later = [times[place] - times["ais"] for place in ("node0", "hillock", "soma", "bouton")]
    assert later == pytest.approx([0.025, 0.086, 0.097, 0.606], abs=0.003)


@pytest.mark.parametrize(
    ("request_", "velocity"),
    [
        (AxonRequest(), 27.3),
        (AxonRequest(wraps=200), 36.8),
        (AxonRequest(wraps=20), 10.0),
        (AxonRequest(wraps=8), 4.1),
        (AxonRequest(wraps=5), None),
        (AxonRequest(internode=200.0), 21.9),
        (AxonRequest(internode=2000.0), 26.0),
        (AxonRequest(diameter=1.0, internode=100.0), 5.4),
    ],
)
def test_myelin_makes_the_velocities_of_the_design(request_: AxonRequest, velocity: float | None) -> None:
    answer = run_axon(request_).values
    assert answer["conducts"] is (velocity is not None)
    assert answer["velocity_m_per_s"] == (None if velocity is None else pytest.approx(velocity, abs=0.05))
    assert len(answer["arrivals_ms"]) == 41


def test_a_bare_axon_is_fourteen_times_slower() -> None:
    bare = run_bare_axon(BareAxonRequest(diameter=10.0, ra=70.0, length=5_000.0, compartments=500))
    assert bare.values["velocity_m_per_s"] == pytest.approx(1.93, abs=0.005)


def test_the_squid_axon_conducts_as_measured() -> None:
    squid = run_bare_axon(BareAxonRequest(compartments=600)).values["velocity_m_per_s"]
    assert squid == pytest.approx(18.73, rel=0.003)
    narrow = run_bare_axon(BareAxonRequest(diameter=119.0, length=30_000.0, compartments=600))
    assert narrow.values["velocity_m_per_s"] == pytest.approx(squid / 2.0, rel=0.002)


def test_lost_myelin_delays_blocks_and_new_channels_rescue() -> None:
    """The design (2.6): two wraps left +0.42 ms, none blocks, channels in the bare membrane rescue at +0.79 ms."""
    healthy, two, none, rescued = (
        run_axon(AxonRequest(strip=strip)).values for strip in ((), (20, 1, 2), (20, 1, 0), (20, 1, 0, "channels"))
    )
    assert not none["conducts"]
    assert none["arrivals_ms"][10] is not None
    assert two["arrivals_ms"][40] - healthy["arrivals_ms"][40] == pytest.approx(0.418, abs=0.002)
    assert rescued["arrivals_ms"][40] - healthy["arrivals_ms"][40] == pytest.approx(0.786, abs=0.002)


def test_a_node_is_refractory() -> None:
    """The design, check (b): two stimuli 1.5 ms apart, one arrives; 1.75 ms apart, both."""
    assert [run_axon(AxonRequest(second_stimulus=gap)).values["spikes_at_end"] for gap in (1.5, 1.75)] == [1, 2]


@pytest.mark.parametrize("strip", [(40, 1, 0), (-1, 1, 0), (3, 0, 0), (30, 11, 0), (3, 1, -1), (3, 1), (3, 1, 0, "x")])
def test_a_strip_of_what_is_not_there_is_refused(strip: tuple[int | str, ...]) -> None:
    with pytest.raises(BadInput, match="strip"):
        run_axon(AxonRequest(strip=strip))


def test_work_without_end_is_refused() -> None:
    with pytest.raises(BadInput):
        run_axon(AxonRequest(dt=1e-7))
    with pytest.raises(BadInput):
        run_bare_axon(BareAxonRequest(compartments=20_000, dt=2e-5))
