from __future__ import annotations

import numpy as np
import pytest

from app.simulation.biology.axons import bare_axon
from app.simulation.biology.cable_circuit import Synapse
from app.simulation.biology.cable_run import CableRun, Event, Pulse
from app.simulation.biology.lecture_neuron import input_synapses, lecture_neuron
from app.simulation.biology.membrane import (
    LEAK_MV,
    REST_MV,
    gate_table,
    steady_gates,
    temperature_factor,
)
from app.simulation.biology.models_cable import run_cable, run_steady_cable
from app.simulation.biology.morphology import Section, build_morphology
from app.simulation.biology.requests_cable import CableRequest, SteadyCableRequest
from app.simulation.biology.synapse import AMPA, GABA_A, NMDA, double_exponential, magnesium_unblocked
from trainers.errors import BadInput


def a_busy_neuron() -> CableRun:
    """The lecture neuron with every kind of receptor, events off the grid, and clamps that begin within a step."""
    morphology = lecture_neuron()
    sites = [synapse.compartment for synapse in input_synapses(morphology, 15)]
    kinds = [AMPA, NMDA, GABA_A]
    synapses = [Synapse(site, kinds[number % 3]) for number, site in enumerate(sites)]
    run = CableRun(morphology, synapses, dt_ms=0.01, temperature_c=18.5)
    events = [Event(1.0 + 0.1237 * number, number % 15, 1.5) for number in range(60)]
    pulses = [Pulse(0, 2.0033, 4.0077, 0.6), Pulse(morphology.compartment("node 7"), 6.0, 6.5, 0.3)]
    run.stimulate(events, pulses)
    run.watch([0, morphology.compartment("bouton")], columns=range(morphology.compartments), rows=2000)
    return run


def test_a_run_in_parts_is_the_same_run_to_the_last_bit() -> None:
    whole, parts = a_busy_neuron(), a_busy_neuron()
    whole.advance(1500)
    for steps in (1, 7, 0, 492, 500, 500):
        parts.advance(steps)
    assert whole.step == parts.step == 1500
    for mine, theirs in zip(whole.snapshot(), parts.snapshot(), strict=True):
        assert mine.tobytes() == theirs.tobytes()
    assert whole.recorded()[1].tobytes() == parts.recorded()[1].tobytes()
    assert whole.crossings() == parts.crossings()
    assert whole.crossings()


def test_what_is_recorded_changes_no_bit() -> None:
    watched, bare = a_busy_neuron(), a_busy_neuron()
    bare.watch()
    watched.advance(1000)
    bare.advance(1000)
    assert watched.voltage_mv().tobytes() == bare.voltage_mv().tobytes()


def test_a_restored_snapshot_goes_on_as_before() -> None:
    run = a_busy_neuron()
    run.advance(700)
    then = run.snapshot()
    run.advance(600)
    after = run.voltage_mv()
    run.restore(then)
    assert run.step == 700
    run.advance(600)
    assert run.voltage_mv().tobytes() == after.tobytes()


def test_the_order_of_events_makes_no_difference() -> None:
    forward, backward = a_busy_neuron(), a_busy_neuron()
    events = [Event(2.0, number, 1.0) for number in range(15)]
    forward.stimulate(events)
    backward.stimulate(events[::-1])
    forward.advance(600)
    backward.advance(600)
    assert forward.voltage_mv().tobytes() == backward.voltage_mv().tobytes()


def test_the_lecture_neuron_has_333_compartments_and_its_measures() -> None:
    morphology = lecture_neuron()
    assert morphology.compartments == 333
    assert morphology.area_um2[0] == pytest.approx(np.pi * 400.0)
    assert sum(morphology.section_of == 1) == 41
    assert morphology.x_um[morphology.compartment("dendrite 2", 0.3)] == pytest.approx(12.5 / 41 * 400.0)
    node, internode = morphology.compartment("node 3"), morphology.compartment("internode 3")
    per_area = morphology.capacitance_nf[[node, internode]] / morphology.area_um2[[node, internode]]
    assert per_area[0] / per_area[1] == pytest.approx(201.0)
    order = np.argsort(morphology.order)
    assert all(order[morphology.parent[child]] < order[child] for child in range(1, morphology.nodes))


def dense_steady_state(run: CableRun, currents_na: np.ndarray) -> np.ndarray:
    """Potentials of a passive tree from its full matrix."""
    m = run.morphology
    matrix = np.diag(m.leak_us)
    for child, parent in enumerate(m.parent):
        if parent >= 0:
            both = np.ix_([child, parent], [child, parent])
            matrix[both] += m.axial_us[child] * np.array([[1.0, -1.0], [-1.0, 1.0]])
    right = m.leak_drive_na.copy()
    right[: len(currents_na)] += currents_na
    return np.linalg.solve(matrix, right)[: m.compartments]


def test_a_branched_passive_tree_settles_where_its_matrix_says() -> None:
    """Branches on start, middle and end; some compartments hold a synapse and so take the other way through the solver."""
    leak = 0.2
    sections = [Section("soma", 12.0, 12.0, 3, passive_ms_per_cm2=leak)]
    for number, place in enumerate(["start", "start", "middle", "end", "end", "end"]):
        sections.append(
            Section(f"a{number}", 60.0, 1.0 + number, 5, passive_ms_per_cm2=leak, parent="soma", place=place)
        )
        sections.append(Section(f"b{number}", 40.0, 0.8, 4, passive_ms_per_cm2=leak, parent=f"a{number}"))
        sections.append(Section(f"c{number}", 40.0, 0.5, 1, passive_ms_per_cm2=leak, parent=f"a{number}"))
    morphology = build_morphology(sections, 150.0)
    synapses = [Synapse(morphology.compartment(name, 0.5), AMPA) for name in ("a1", "b4", "c2")]
    for chosen in ([], synapses):
        run = CableRun(morphology, chosen, dt_ms=0.02, temperature_c=20.0)
        run.stimulate(
            pulses=[Pulse(morphology.compartment("b3", 1.0), 0.0, np.inf, 0.02), Pulse(1, 0.0, np.inf, -0.05)]
        )
        run.advance(20_000)
        currents = np.zeros(morphology.compartments)
        currents[[morphology.compartment("b3", 1.0), 1]] = 0.02, -0.05
        np.testing.assert_allclose(run.voltage_mv(), dense_steady_state(run, currents), atol=1e-9)


def test_a_steady_cable_follows_the_analytic_solution() -> None:
    """dV = I R_inf cosh((L - x)/lambda)/sinh(L/lambda) (Rall), and the difference falls with the square of the compartments."""
    differences = []
    for compartments in (101, 404):
        answer = run_steady_cable(SteadyCableRequest(compartments=compartments)).values
        x_cm, length, wide = np.array(answer["x_um"]) * 1e-4, 0.1, np.sqrt(1e-4 * 20_000.0 / 400.0)
        infinite_ohm = 2.0 / np.pi * np.sqrt(20_000.0 * 100.0) / 1e-4**1.5
        analytic = 1e-11 * infinite_ohm * np.cosh((length - x_cm) / wide) / np.sinh(length / wide) * 1e3
        differences.append(np.abs(np.array(answer["dV_mV"]) - analytic).max())
    assert differences[0] < 1e-4
    assert differences[0] / differences[1] == pytest.approx(16.0, rel=0.05)


def test_a_distant_synapse_arrives_small_and_late() -> None:
    """The design (2.5): 14.5 mV at 590 um, 3.9 mV of it at the soma, 12.3 ms after the event instead of 4.9."""
    far, near = run_cable(CableRequest(position=590.0)), run_cable(CableRequest(position=0.0))
    assert far.values["peak_local_mV"] == pytest.approx(14.48, abs=0.01)
    assert far.values["peak_soma_mV"] == pytest.approx(3.92, abs=0.01)
    assert near.values["peak_local_mV"] == near.values["peak_soma_mV"]
    early, late = (answer.traces["t_ms"][np.argmax(answer.traces["V_soma_mV"])] - 5.0 for answer in (near, far))
    assert [early, late] == pytest.approx([4.9, 12.3], abs=0.1)


@pytest.mark.parametrize("receptor", [AMPA, GABA_A, NMDA])
def test_one_compartment_answers_a_synapse_as_its_equation_says(receptor: object) -> None:
    """Against fourth-order Runge-Kutta at a fine step; the event falls between two steps."""
    assert isinstance(receptor, type(AMPA))
    section = Section("cell", 20.0, 20.0, passive_ms_per_cm2=0.05)
    morphology = build_morphology([section], 100.0)
    run = CableRun(morphology, [Synapse(0, receptor)], dt_ms=0.01, temperature_c=6.3)
    run.stimulate([Event(1.0037, 0, 2.0)])
    run.watch(columns=[0], rows=4000)
    run.advance(4000)
    capacitance, leak = float(morphology.capacitance_nf[0]), float(morphology.leak_us[0])

    def slope(t: float, v: float) -> float:
        g = 2e-3 * float(double_exponential(t - 1.0037, receptor.rise_ms, receptor.decay_ms))
        if receptor.is_blocked_by_magnesium:
            g *= float(magnesium_unblocked(v))
        return (-leak * (v + 65.0) - g * (v - receptor.reversal_mv)) / capacitance

    v, step = -65.0, 0.05
    for number in range(800):
        t = number * step
        k1 = slope(t, v)
        k2 = slope(t + step / 2, v + step / 2 * k1)
        k3 = slope(t + step / 2, v + step / 2 * k2)
        v += step / 6 * (k1 + 2 * k2 + 2 * k3 + slope(t + step, v + step * k3))
    assert run.recorded()[1][-1, 0] == pytest.approx(v, abs=2e-4)


def time_constants_ms(v_mv: float) -> tuple[float, float, float]:
    """Of m, h, n at 18.5 degC, from the rates of Hodgkin & Huxley 1952; at the 0/0 points their limits."""
    opening_m, opening_n = 0.1 * (v_mv + 40.0), 0.1 * (v_mv + 55.0)
    alpha_m = opening_m / -np.expm1(-opening_m) if opening_m else 1.0
    alpha_n = 0.1 * opening_n / -np.expm1(-opening_n) if opening_n else 0.1
    with np.errstate(over="ignore"):
        beta_m, alpha_h = 4.0 * np.exp(-(v_mv + 65.0) / 18.0), 0.07 * np.exp(-(v_mv + 65.0) / 20.0)
        beta_h, beta_n = 1.0 / (np.exp(-(v_mv + 35.0) / 10.0) + 1.0), 0.125 * np.exp(-(v_mv + 65.0) / 80.0)
    phi = 3.0 ** ((18.5 - 6.3) / 10.0)
    return 1.0 / (phi * (alpha_m + beta_m)), 1.0 / (phi * (alpha_h + beta_h)), 1.0 / (phi * (alpha_n + beta_n))


def test_gates_outside_the_table_follow_the_equations() -> None:
    from app.simulation.biology.membrane_kernel import step_gates

    table, phi, before = gate_table(0.01, 18.5), temperature_factor(18.5), (0.1, 0.5, 0.4)
    for v in (-1000.0, -400.0, -150.01, -150.0, -40.0, -55.0, 0.02, 149.99, 150.0, 400.0, 5000.0):
        after = step_gates(table, v, *before, 0.01 * phi)
        for x, gate, steady, tau in zip(before, after, steady_gates(v), time_constants_ms(v), strict=True):
            assert gate == pytest.approx(float(steady + (x - steady) * np.exp(-0.01 / tau)), abs=1e-7)


@pytest.mark.parametrize("amplitude", [150.0, -1.5])
def test_an_electrode_may_leave_any_range(amplitude: float) -> None:
    """Far outside the table the scheme still is of second order: half the step, a quarter of the error."""
    morphology = bare_axon(diameter_um=20.0, length_um=20.0, compartments=1, axial_ohm_cm=100.0)
    ends = []
    for dt in (0.004, 0.002, 0.001):
        run = CableRun(morphology, dt_ms=dt, temperature_c=18.5)
        run.stimulate(pulses=[Pulse(0, 0.0, np.inf, amplitude)])
        run.advance(round(4.0 / dt))
        ends.append(float(run.voltage_mv()[0]))
    assert abs(ends[-1]) > 200.0
    assert abs(ends[1] - ends[2]) <= abs(ends[0] - ends[1]) * 0.3 + 1e-9


def test_a_resting_membrane_stays_at_rest() -> None:
    run = CableRun(lecture_neuron(), dt_ms=0.01, temperature_c=18.5)
    run.advance(5000)
    assert np.abs(run.voltage_mv() - REST_MV).max() < 0.05
    m, h, n = (float(gate) for gate in steady_gates(REST_MV))
    balance = 120.0 * m**3 * h * 115.0 - 36.0 * n**4 * 12.0 - 0.3 * (REST_MV - LEAK_MV)
    assert abs(balance) < 0.01


@pytest.mark.parametrize(
    ("sections", "named"),
    [
        ([], "section"),
        ([Section("a", 1.0, 1.0), Section("a", 1.0, 1.0, parent="a")], "a"),
        ([Section("a", 1.0, 1.0), Section("b", 1.0, 1.0, parent="c")], "c"),
        ([Section("a", float("nan"), 1.0)], "length"),
        ([Section("a", 1.0, 0.0)], "diameter"),
        ([Section("a", 1.0, 1.0, 0)], "compartments"),
        ([Section("a", 1.0, 1.0, 10**9)], "compartments"),
    ],
)
def test_what_is_no_tree_is_refused_in_one_sentence(sections: list[Section], named: str) -> None:
    with pytest.raises(BadInput, match=named) as refused:
        build_morphology(sections, 100.0)
    assert refused.value.sentence.endswith(".")
