"""What is counted at membrane and synapse equals the formulas, and the painters draw exactly that."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from drawn_cell import CELL, GUIDE, NODES, frame
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.cell_recording import CellFrame
from app.panels.neuron.captions import open_text, vesicles_text
from app.panels.neuron.cell_reading import (
    FUSED_MS,
    POTASSIUM_CHANNELS,
    RECEPTOR_NS,
    SODIUM_CHANNELS,
    currents,
    half_up,
    membrane_counts,
    place_name,
    reading,
    synapse_counts,
)
from app.panels.neuron.membrane_painter import MembranePainter
from app.panels.neuron.synapse_shape import TILT, receptor_places
from app.panels.neuron.voltage_colors import VoltageColors
from app.simulation.biology.stage import Arrival, StagePlan
from app.widgets.theme import Theme

PLAN = StagePlan()
GATES = st.floats(0.0, 1.0, width=32)


@pytest.fixture
def membrane(theme: Theme) -> MembranePainter:
    """What draws the channels."""
    return MembranePainter(theme, VoltageColors(theme))


def with_gates(m: float, h: float, n: float) -> CellFrame:
    """A moment in which all channels have these gates."""
    moment = frame()
    moment.gates[:] = (m, h, n)
    return moment


@pytest.mark.parametrize("spike_at", [None, 40.0, 75.0])
@pytest.mark.parametrize("place", ["soma", "hillock", "ais", "node 9", "bouton"])
def test_open_channels_are_rounded_n_m3h_and_n_n4(spike_at: float | None, place: str) -> None:
    moment = frame(spike_at=spike_at)
    compartment = CELL.compartment(place)
    m, h, n = (float(gate) for gate in moment.gates[GUIDE.gate_row(compartment)])
    counts = membrane_counts(moment, compartment, GUIDE, PLAN)
    assert counts.sodium_open == round(SODIUM_CHANNELS * m**3 * h)
    assert counts.potassium_open == round(POTASSIUM_CHANNELS * n**4)
    assert (counts.sodium, counts.potassium) == (30, 9)


def test_the_patch_is_smaller_where_channels_are_denser() -> None:
    area = {
        name: membrane_counts(frame(), CELL.compartment(name), GUIDE, PLAN).area_um2
        for name in ("soma", "ais", "node 0")
    }
    assert area == {"soma": 0.5, "ais": 0.5 / 40, "node 0": 0.05}
    # 120 mS/cm2 are 1200 pS/um2: sixty channels of 20 pS
    assert area["soma"] * 1200 / 20 == SODIUM_CHANNELS


def test_dendrites_and_internodes_have_no_channels() -> None:
    for name in ("dendrite 0", "internode 3"):
        counts = membrane_counts(frame(spike_at=40), CELL.compartment(name), GUIDE, PLAN)
        assert (counts.sodium, counts.sodium_open, counts.potassium_open) == (0, 0, 0)


def test_poison_leaves_fewer_channels_that_can_open() -> None:
    half = msgspec.structs.replace(PLAN, sodium=0.5, potassium=0.0)
    counts = membrane_counts(with_gates(1.0, 1.0, 1.0), NODES[0], GUIDE, half)
    assert (counts.sodium, counts.sodium_open, counts.potassium, counts.potassium_open) == (15, 15, 0, 0)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(m=GATES, h=GATES, n=GATES)
def test_each_channel_is_in_one_state_and_they_are_as_many_as_counted(
    membrane: MembranePainter, m: float, h: float, n: float
) -> None:
    counts = membrane_counts(with_gates(m, h, n), NODES[4], GUIDE, PLAN)
    sodium, potassium = membrane.states(counts)
    assert np.count_nonzero(sodium == "open") == counts.sodium_open
    assert np.count_nonzero(sodium == "inactivated") == counts.sodium_inactivated
    assert np.count_nonzero(potassium == "open") == counts.potassium_open
    assert len(sodium) == 30
    assert len(potassium) == 9


def test_the_channel_in_the_middle_opens_first(membrane: MembranePainter) -> None:
    assert membrane.sodium_turn[int(np.argmin(np.abs(membrane.sodium_at)))] == 0
    assert sorted(membrane.sodium_turn) == list(range(30))
    assert sorted(membrane.potassium_turn) == list(range(9))


def test_receptors_follow_weight_and_conductance() -> None:
    strong = msgspec.structs.replace(PLAN, weights_nS=(2.0,) + (1.0,) * 29)
    moment = frame(conductance={0: 1.234, 1: 0.5})
    assert synapse_counts(moment, 0, (), strong).receptors == 100
    assert synapse_counts(moment, 0, (), strong).receptors_open == round(1.234 / RECEPTOR_NS)
    assert synapse_counts(moment, 1, (), strong).receptors == 50
    assert synapse_counts(moment, 1, (), strong).receptors_open == 25
    assert synapse_counts(moment, 2, (), strong).receptors_open == 0


@pytest.mark.parametrize("vesicles", [0, 2, 5])
def test_vesicles_are_those_that_the_release_model_says(vesicles: int) -> None:
    arrival = Arrival(3, 9.0, 9.5, vesicles, 1.0)
    seen = [synapse_counts(frame(time), 3, (arrival,), PLAN).fused for time in (8.9, 9.2, 9.5, 10.0, 9.5 + FUSED_MS)]
    assert seen == [0, 0, vesicles, vesicles, 0]
    docked = [synapse_counts(frame(time), 3, (arrival,), PLAN).docked for time in (9.2, 9.6)]
    assert docked == [5, 5 - vesicles]


@pytest.mark.parametrize(
    ("vesicles", "time_ms", "said"),
    [
        (5, 9.2, "A spike has come: calcium flows in"),
        (5, 9.9, "Vesicles: 5 of 5 fused 0.4 ms ago"),
        (5, 15.8, "Vesicles: 5 of 5 fused 6.3 ms ago; refilled"),
        (2, 209.5, "Vesicles: 2 of 5 fused 200 ms ago; refilled"),
        (0, 9.9, "No vesicle fused 0.4 ms ago: a failure"),
        (5, 8.0, "Vesicles: 5 docked"),
    ],
)
def test_the_card_says_of_the_vesicles_what_is_drawn(vesicles: int, time_ms: float, said: str) -> None:
    counts = synapse_counts(frame(time_ms), 3, (Arrival(3, 9.0, 9.5, vesicles, 1.0),), PLAN)
    assert vesicles_text(counts, time_ms) == said


@pytest.mark.parametrize(
    ("conductance_nS", "said"),
    [
        (0.0, "Open: none"),
        (0.0081, "Open: less than one, together 0.01 nS"),
        (0.0315, "Open: about 2, together 0.03 nS"),
        (0.5, "Open: about 25, together 0.50 nS"),
    ],
)
def test_the_card_says_that_the_open_receptors_are_rounded(conductance_nS: float, said: str) -> None:
    assert open_text(synapse_counts(frame(conductance={0: conductance_nS}), 0, (), PLAN)) == said


def test_the_newest_arrival_at_this_input_counts() -> None:
    arrivals = (
        Arrival(3, 8.0, 8.5, 1, 1.0),
        Arrival(4, 9.0, 9.5, 2, 1.0),
        Arrival(3, 9.0, 9.5, 4, 1.0),
        Arrival(3, 20.0, 20.5, 5, 1.0),
    )
    assert synapse_counts(frame(9.6), 3, arrivals, PLAN).fused == 4


@pytest.mark.parametrize(("weight", "receptors"), [(0.5, 25), (1.0, 50), (2.0, 100)])
def test_receptors_lie_on_their_disc_at_equal_density(weight: float, receptors: int) -> None:
    places = receptor_places(receptors, weight**0.5)
    reach = np.hypot(places[:, 0], places[:, 1] / TILT)
    assert reach.max() < weight**0.5
    assert np.count_nonzero(reach < 0.93 * (weight / 2) ** 0.5) == pytest.approx(receptors / 2, abs=1)


def test_currents_are_those_of_hodgkin_and_huxley() -> None:
    moment = frame()
    soma = CELL.compartment("soma")
    moment.voltage_mV[soma] = -20.0
    moment.gates[GUIDE.gate_row(soma)] = (0.5, 0.4, 0.3)
    sodium, potassium, leak = currents(moment, soma, GUIDE, PLAN)
    assert sodium == pytest.approx(120 * 0.5**3 * 0.4 * (-20 - 50), rel=1e-6)
    assert potassium == pytest.approx(36 * 0.3**4 * (-20 + 77), rel=1e-6)
    assert leak == pytest.approx(0.3 * (-20 + 54.387), rel=1e-6)
    assert currents(moment, CELL.compartment("internode 2"), GUIDE, PLAN)[2] == pytest.approx(0.0, abs=1e-9)


def test_a_reading_says_voltage_to_a_tenth_and_the_time() -> None:
    moment = frame(12.34)
    node = NODES[2]
    moment.voltage_mV[node] = -41.26
    rows = dict(reading(GUIDE.place(node), moment, GUIDE, PLAN))
    assert rows["Place"] == "Node of Ranvier 3"
    assert rows["V"] == "-41.3 mV"
    assert rows["Time"] == "12.34 ms"
    assert {"iNa", "iK", "iL", "m  h  n"} <= rows.keys()


def test_a_reading_of_a_synapse_says_conductance_and_current() -> None:
    moment = frame(conductance={7: 0.5})
    moment.voltage_mV[GUIDE.input_compartments[7]] = -60.0
    rows = dict(reading(GUIDE.input_place(7, PLAN), moment, GUIDE, PLAN))
    assert rows["g"] == "0.50 nS"
    assert rows["I"] == "-30.0 pA"
    assert rows["Weight"] == "1.00 nS"


def test_every_compartment_has_a_name_of_the_field() -> None:
    names = {place_name(CELL, compartment) for compartment in range(CELL.compartments)}
    assert {"Soma", "Axon hillock", "Axon initial segment", "Node of Ranvier 20", "Axon terminal (bouton)"} <= names
    assert "Dendrite 5, 5 µm from the soma" in names


def test_a_half_goes_up() -> None:
    assert [half_up(value) for value in (0.49, 0.5, 1.5, 2.5)] == [0, 1, 2, 3]
