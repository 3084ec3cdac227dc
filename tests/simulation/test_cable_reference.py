"""Cables, axons and the lecture neuron against NEURON, where the reference group is installed: uv run --group reference pytest."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from app.simulation.biology.axons import NODES, myelinated_axon
from app.simulation.biology.lecture_neuron import AXIAL_OHM_CM, TEMPERATURE_C, input_site, lecture_sections
from app.simulation.biology.models_cable import (
    fitted_velocity,
    read_damages,
    run_axon,
    run_bare_axon,
    run_cable,
    run_neuron,
    run_steady_cable,
)
from app.simulation.biology.morphology import Section
from app.simulation.biology.requests_cable import (
    AxonRequest,
    BareAxonRequest,
    CableRequest,
    NeuronRequest,
    SteadyCableRequest,
)
from app.simulation.biology.traces import upward_crossings_ms

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("neuron") is None, reason="NEURON comes with the reference group only"
)
WHERE = {"end": 1.0, "start": 0.0, "middle": 0.5}


class NeuronCable:
    """The same sections, with NEURON's own mechanisms hh, pas, IClamp and Exp2Syn, its rate tables off."""

    def __init__(self, sections: Sequence[Section], axial_ohm_cm: float, temperature_c: float) -> None:
        os.environ.setdefault("NEURON_MODULE_OPTIONS", "-nogui")  # or it says on stdout that there is no display
        from neuron import h

        h.load_file("stdrun.hoc")
        self.h = h
        self.sections: dict[str, Any] = {}
        self.kept: list[Any] = []
        self.events: list[tuple[Any, float]] = []
        self.temperature_c = temperature_c
        for number, given in enumerate(sections):
            made = h.Section(name=f"section{number}")
            made.L, made.diam, made.nseg = given.length_um, given.diameter_um, given.compartments
            made.Ra, made.cm = axial_ohm_cm, given.capacitance_uf_per_cm2
            if given.parent is not None:
                made.connect(self.sections[given.parent](WHERE[given.place]), 0)
            self._insert(made, given)
            self.sections[given.name] = made

    @staticmethod
    def _insert(made: Any, given: Section) -> None:
        if given.channels > 0.0:
            made.insert("hh")
            made.ena, made.ek = 50.0, -77.0
            for segment in made:
                segment.hh.gnabar, segment.hh.gkbar = 0.12 * given.channels, 0.036 * given.channels
                segment.hh.gl, segment.hh.el = 0.0003 * given.channels, -54.387
        if given.passive_ms_per_cm2 > 0.0:
            made.insert("pas")
            for segment in made:
                segment.pas.g, segment.pas.e = given.passive_ms_per_cm2 * 1e-3, given.passive_mv

    def clamp(self, name: str, x: float, begin_ms: float, length_ms: float, amplitude_na: float) -> None:
        clamp = self.h.IClamp(self.sections[name](x))
        clamp.delay, clamp.dur, clamp.amp = begin_ms, length_ms, amplitude_na
        self.kept.append(clamp)

    def synapse(self, name: str, x: float, times_ms: Sequence[float], weight_ns: float) -> None:
        """AMPA."""
        synapse = self.h.Exp2Syn(self.sections[name](x))
        synapse.tau1, synapse.tau2, synapse.e = 0.5, 3.0, 0.0
        connection = self.h.NetCon(None, synapse)
        connection.weight[0], connection.delay = weight_ns * 1e-3, 0.0
        self.kept += [synapse, connection]
        self.events += [(connection, time) for time in times_ms]

    def run(self, places: Sequence[tuple[str, float]], duration_ms: float) -> tuple[np.ndarray, np.ndarray]:
        """Times (n,) and potentials (n, places), by variable steps of an error of 1e-8."""
        h = self.h
        h.celsius, h.usetable_hh = self.temperature_c, 0
        times = h.Vector().record(h._ref_t)
        columns = [h.Vector().record(self.sections[name](x)._ref_v) for name, x in places]
        solver = h.CVode()
        solver.active(True)
        solver.atol(1e-8)
        h.finitialize(-65.0)
        for connection, time in self.events:
            connection.event(time)
        solver.solve(duration_ms)
        solver.active(False)
        return np.array(times), np.array(columns).T


def first_crossings(times: np.ndarray, v_mv: np.ndarray, level_mv: float = 0.0) -> list[float | None]:
    """Of each column the first upward crossing, None where there is none."""
    crossings = [upward_crossings_ms(times, column, level_mv) for column in v_mv.T]
    return [float(found[0]) if len(found) else None for found in crossings]


def assert_times_agree(ours: Sequence[float | None], theirs: Sequence[float | None], within_ms: float) -> None:
    assert [time is None for time in ours] == [time is None for time in theirs]
    for mine, other in zip(ours, theirs, strict=True):
        if mine is not None:
            assert mine == pytest.approx(other, abs=within_ms)


@pytest.mark.parametrize(
    ("inputs", "weight", "spread"),
    [
        (1, 1.0, 0.0),
        (9, 1.0, 0.0),
        (10, 1.0, 0.0),
        (11, 1.0, 0.0),
        (20, 1.0, 0.0),
        (40, 1.0, 0.0),
        (4, 2.0, 0.0),
        (5, 2.0, 0.0),
        (20, 1.0, 2.0),
        (20, 1.0, 3.0),
        (30, 2.0, 10.0),
        (10, 1.5, 1.0),
    ],
)
def test_the_lecture_neuron_fires_where_and_when_neuron_says(inputs: int, weight: float, spread: float) -> None:
    reference = NeuronCable(lecture_sections(), AXIAL_OHM_CM, TEMPERATURE_C)
    for number in range(inputs):
        reference.synapse(*input_site(number), [5.0 + spread * number / max(inputs - 1, 1)], weight)
    places = [("ais", 0.999), ("node 0", 0.5), ("hillock", 0.5), ("soma", 0.5), ("bouton", 0.5)]
    times, v_mv = reference.run(places, 40.0)
    answer = run_neuron(NeuronRequest(inputs=inputs, weight=weight, spread=spread)).values
    within = 0.03 if (inputs, weight, spread) == (10, 1.0, 0.0) else 0.01
    assert_times_agree(list(answer["first_crossing_ms"].values()), first_crossings(times, v_mv), within)
    assert answer["fires"] == (first_crossings(times, v_mv)[-1] is not None)
    assert answer["soma_peak_mV"] == pytest.approx(v_mv[:, 3].max() + 65.0, abs=0.02)


@pytest.mark.parametrize(
    "request_",
    [
        AxonRequest(),
        AxonRequest(wraps=200),
        AxonRequest(wraps=8),
        AxonRequest(wraps=5),
        AxonRequest(internode=200.0),
        AxonRequest(internode=3000.0),
        AxonRequest(diameter=1.0, internode=100.0),
        AxonRequest(temperature=6.3),
        AxonRequest(node_density=20.0),
        AxonRequest(strip=(20, 1, 0)),
        AxonRequest(strip=(20, 1, 0, "channels")),
        AxonRequest(strip=(15, 3, 10)),
        AxonRequest(second_stimulus=1.5),
        AxonRequest(second_stimulus=1.75),
    ],
)
def test_myelinated_axons_conduct_as_in_neuron(request_: AxonRequest) -> None:
    q = request_
    morphology = myelinated_axon(
        diameter_um=q.diameter,
        internode_um=q.internode,
        wraps=q.wraps,
        node_density=q.node_density,
        damage=read_damages(q.strip),
    )
    reference = NeuronCable(morphology.sections, morphology.axial_ohm_cm, q.temperature)
    amplitude = 20.0 if q.wraps <= 10 else 0.2 * q.diameter
    for begin in (0.1,) if q.second_stimulus is None else (0.1, 0.1 + q.second_stimulus):
        reference.clamp("node 0", 0.5, begin, 0.2, amplitude)
    times, v_mv = reference.run([(f"node {number}", 0.5) for number in range(NODES)], 30.0)
    theirs = first_crossings(times, v_mv, -30.0)
    answer = run_axon(q).values
    assert_times_agree(answer["arrivals_ms"], theirs, 0.005)
    assert answer["conducts"] == (theirs[-1] is not None)
    assert answer["spikes_at_end"] == len(upward_crossings_ms(times, v_mv[:, -1], -30.0))
    velocity = fitted_velocity(theirs[10:31], np.arange(10, 31) * (q.internode + 2.0))
    assert answer["velocity_m_per_s"] == (None if velocity is None else pytest.approx(velocity, rel=0.003))


@pytest.mark.parametrize("position", [0.0, 150.0, 590.0])
def test_a_dendrite_attenuates_as_in_neuron(position: float) -> None:
    soma = Section("soma", 20.0, 20.0, passive_ms_per_cm2=0.05)
    dendrite = Section("dendrite", 600.0, 1.0, 121, passive_ms_per_cm2=0.05, parent="soma", place="middle")
    reference = NeuronCable([soma, dendrite], 100.0, 6.3)
    site = ("dendrite", position / 600.0) if position else ("soma", 0.5)
    reference.synapse(*site, [5.0], 1.0)
    _, v_mv = reference.run([site, ("soma", 0.5)], 60.0)
    answer = run_cable(CableRequest(position=position)).values
    found = [answer["peak_local_mV"], answer["peak_soma_mV"]]
    assert found == pytest.approx((v_mv.max(axis=0) + 65.0).tolist(), abs=0.001)


def test_a_steady_cable_stands_as_in_neuron() -> None:
    reference = NeuronCable([Section("cable", 1000.0, 1.0, 51, passive_ms_per_cm2=0.05)], 100.0, 6.3)
    reference.clamp("cable", 0.0, 0.0, 1e9, 0.01)
    _, v_mv = reference.run([("cable", (number + 0.5) / 51) for number in range(51)], 400.0)
    found = run_steady_cable(SteadyCableRequest(compartments=51)).values["dV_mV"]
    assert found == pytest.approx((v_mv[-1] + 65.0).tolist(), abs=1e-6)


@pytest.mark.parametrize(
    "request_",
    [
        BareAxonRequest(length=30_000.0, compartments=300),
        BareAxonRequest(diameter=10.0, ra=70.0, length=5_000.0, compartments=500),
    ],
)
def test_a_bare_axon_conducts_as_in_neuron(request_: BareAxonRequest) -> None:
    q = request_
    axon = Section("axon", q.length, q.diameter, q.compartments, channels=1.0)
    reference = NeuronCable([axon], q.ra, q.temperature)
    reference.clamp("axon", 0.0, 0.5, 0.2, 30_000.0 * (q.diameter / 476.0) ** 1.5)
    fractions = [(40 + 5 * number) / 100 for number in range(9)]
    times, v_mv = reference.run([("axon", fraction + 1e-9) for fraction in fractions], 15.0)
    velocity = fitted_velocity(first_crossings(times, v_mv), np.array(fractions) * q.length)
    assert run_bare_axon(q).values["velocity_m_per_s"] == pytest.approx(velocity, rel=0.001)
