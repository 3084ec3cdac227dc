"""The cable models: requests into results. Imports no numba until one runs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from app.simulation.biology.axons import NODES, Damage, bare_axon, myelinated_axon
from app.simulation.biology.cable_circuit import Synapse
from app.simulation.biology.cable_run import CableRun, Event, Pulse
from app.simulation.biology.lecture_neuron import (
    TEMPERATURE_C,
    crossing_places,
    input_synapses,
    lecture_neuron,
)
from app.simulation.biology.membrane import REFERENCE_TEMPERATURE_C, REST_MV, temperature_factor
from app.simulation.biology.models import SimulationResult
from app.simulation.biology.morphology import Section, build_morphology
from app.simulation.biology.requests_cable import (
    AxonRequest,
    BareAxonRequest,
    CableRequest,
    NeuronRequest,
    SteadyCableRequest,
)
from app.simulation.biology.step_count import count_steps
from app.simulation.biology.synapse import AMPA
from app.simulation.biology.traces import highest
from trainers.errors import BadInput

Array = np.ndarray

_PASSIVE_LEAK_MS_PER_CM2 = 0.05  # Rm 20,000 Ohm cm2
_PASSIVE_AXIAL_OHM_CM = 100.0
_DENDRITE_UM, _DENDRITE_COMPARTMENTS = 600.0, 121
_CABLE_DURATION_MS = 100.0
_STEADY_UM, _STEADY_MS, _STEADY_NA = 1000.0, 400.0, 0.01
_EVENT_MS = 5.0
_AXON_MS, _NODE_SPIKE_MV = 30.0, -30.0
_NEURON_MS = 40.0
_MOST_ROWS = 50_000  # of a trace of many columns
_MOST_WORK = 5e9  # compartments times steps, about a minute


def run_cable(request: CableRequest) -> SimulationResult:
    """`hillock simulate cable`."""
    morphology = build_morphology(
        [
            Section("soma", 20.0, 20.0, passive_ms_per_cm2=_PASSIVE_LEAK_MS_PER_CM2),
            Section(
                "dendrite",
                _DENDRITE_UM,
                1.0,
                _DENDRITE_COMPARTMENTS,
                passive_ms_per_cm2=_PASSIVE_LEAK_MS_PER_CM2,
                parent="soma",
                place="middle",
            ),
        ],
        _PASSIVE_AXIAL_OHM_CM,
    )
    soma = morphology.compartment("soma")
    site = morphology.compartment("dendrite", request.position / _DENDRITE_UM) if request.position > 0 else soma
    steps = count_steps(_CABLE_DURATION_MS, request.dt)
    run = CableRun(morphology, [Synapse(site, AMPA)], dt_ms=request.dt, temperature_c=REFERENCE_TEMPERATURE_C)
    run.stimulate([Event(_EVENT_MS, 0, 1.0)])
    run.watch(columns=[site, soma], rows=steps)
    run.advance(steps)
    times, v_mv = run.recorded()
    return SimulationResult(
        values={
            "peak_local_mV": highest(times, v_mv[:, 0])[1] - REST_MV,
            "peak_soma_mV": highest(times, v_mv[:, 1])[1] - REST_MV,
        },
        traces={"t_ms": times, "V_local_mV": v_mv[:, 0], "V_soma_mV": v_mv[:, 1]},
    )


def run_steady_cable(request: SteadyCableRequest) -> SimulationResult:
    """`hillock simulate cable-steady`."""
    steps = count_steps(_STEADY_MS, request.dt)
    _check_work(request.compartments, steps)
    section = Section("cable", _STEADY_UM, 1.0, request.compartments, passive_ms_per_cm2=_PASSIVE_LEAK_MS_PER_CM2)
    morphology = build_morphology([section], _PASSIVE_AXIAL_OHM_CM)
    run = CableRun(morphology, dt_ms=request.dt, temperature_c=REFERENCE_TEMPERATURE_C)
    run.stimulate(pulses=[Pulse(0, 0.0, np.inf, _STEADY_NA)])
    run.advance(steps)
    rise = run.voltage_mv() - REST_MV
    return SimulationResult(
        values={"x_um": morphology.x_um.tolist(), "dV_mV": rise.tolist()},
        traces={"x_um": morphology.x_um, "dV_mV": rise},
    )


def run_axon(request: AxonRequest) -> SimulationResult:
    """`hillock simulate axon`."""
    morphology = myelinated_axon(
        diameter_um=request.diameter,
        internode_um=request.internode,
        wraps=request.wraps,
        node_density=request.node_density,
        damage=read_damages(request.strip),
    )
    nodes = [morphology.compartment(f"node {number}") for number in range(NODES)]
    amplitude = 20.0 if request.wraps <= 10 else 2.0 * request.diameter / 10.0
    begins = [0.1] if request.second_stimulus is None else [0.1, 0.1 + request.second_stimulus]
    parts = _parts_of_step(request.temperature)
    run = CableRun(morphology, dt_ms=request.dt / parts, temperature_c=request.temperature)
    run.stimulate(pulses=[Pulse(nodes[0], begin, begin + 0.2, amplitude) for begin in begins])
    steps = count_steps(_AXON_MS, request.dt) * parts
    _check_work(morphology.compartments, steps)
    every = parts * -(-steps // (parts * _MOST_ROWS))
    run.watch(nodes, threshold_mv=_NODE_SPIKE_MV, columns=nodes, every=every, rows=steps // every)
    run.advance(steps)
    arrivals = run.first_crossings()
    places_um = np.arange(NODES) * (request.internode + morphology.section("node 0").length_um)
    times, v_mv = run.recorded()
    return SimulationResult(
        values={
            "arrivals_ms": arrivals,
            "velocity_m_per_s": fitted_velocity(arrivals[10:31], places_um[10:31]),
            "conducts": arrivals[-1] is not None,
            "spikes_at_end": sum(place == NODES - 1 for place, _ in run.crossings()),
        },
        traces={"t_ms": times} | {f"V_node{number}_mV": v_mv[:, number] for number in range(NODES)},
    )


def read_damages(*strips: Sequence[int | str]) -> tuple[Damage, ...]:
    """What `--strip` says, once or several times; BadInput where it makes no sense."""
    return tuple(_read_damage(strip) for strip in strips if strip)


def _read_damage(strip: Sequence[int | str]) -> Damage:
    numbers = [part for part in strip[:3] if isinstance(part, int)]
    if len(numbers) < 3 or (len(strip) == 4 and strip[3] != "channels"):
        written = ",".join(str(part) for part in strip)
        raise BadInput(
            f"strip cannot be '{written}': write FIRST,COUNT,WRAPS_LEFT, such as 20,1,0, or 20,1,0,channels."
        )
    first, count, wraps = numbers
    if not (0 <= first < NODES - 1 and 1 <= count <= NODES - 1 - first):
        raise BadInput(f"strip asks for {count} internodes from number {first}: there are numbers 0 to {NODES - 2}.")
    if not 0 <= wraps <= 10_000:
        raise BadInput(f"strip leaves {wraps} wraps: give a number from 0 to 10,000.")
    return Damage(first, count, wraps, has_channels=len(strip) == 4)


def run_bare_axon(request: BareAxonRequest) -> SimulationResult:
    """`hillock simulate axon-bare`."""
    morphology = bare_axon(
        diameter_um=request.diameter,
        length_um=request.length,
        compartments=request.compartments,
        axial_ohm_cm=request.ra,
    )
    places = [morphology.compartment("axon", (40 + 5 * number) / 100) for number in range(9)]
    parts = _parts_of_step(request.temperature)
    run = CableRun(morphology, dt_ms=request.dt / parts, temperature_c=request.temperature)
    run.stimulate(pulses=[Pulse(0, 0.5, 0.7, 30_000.0 * (request.diameter / 476.0) ** 1.5)])
    most = count_steps(_longest_ms(request), request.dt) * parts
    _check_work(request.compartments, most)
    slice_steps = min(count_steps(1.0, request.dt) * parts, most)
    every = parts * -(-most // (parts * _MOST_ROWS))
    run.watch(places, columns=places, every=every, rows=most // every)
    while run.step < most and run.first_crossings()[-1] is None:
        run.advance(min(slice_steps, most - run.step))
    times, v_mv = run.recorded()
    return SimulationResult(
        values={"velocity_m_per_s": fitted_velocity(run.first_crossings(), morphology.x_um[places])},
        traces={"t_ms": times} | {f"V_{40 + 5 * number}%_mV": v_mv[:, number] for number in range(9)},
    )


def _parts_of_step(temperature_c: float) -> int:
    """Into how many a step is divided: gates that move faster want shorter ones (at 37 degC and 0.005 ms a velocity was 1 % off)."""
    return max(1, math.ceil(temperature_factor(temperature_c) / temperature_factor(TEMPERATURE_C) - 1e-9))


def _longest_ms(request: BareAxonRequest) -> float:
    """When even a slow impulse has passed 80 %: velocity goes as sqrt(d/Ra), 18.7 m/s at 476 um, 35.4 Ohm cm and 18.5 degC."""
    usual_um_per_ms = 18_700.0 * math.sqrt(request.diameter / 476.0 * 35.4 / request.ra)
    return 20.0 + 5.0 * request.length / usual_um_per_ms


def run_neuron(request: NeuronRequest) -> SimulationResult:
    """`hillock simulate neuron`."""
    morphology = lecture_neuron()
    synapses = input_synapses(morphology, request.inputs)
    run = CableRun(morphology, synapses, dt_ms=request.dt, temperature_c=TEMPERATURE_C)
    gaps = max(request.inputs - 1, 1)
    run.stimulate(
        [
            Event(_EVENT_MS + request.spread * number / gaps, number % len(synapses), request.weight)
            for number in range(request.inputs)
        ]
    )
    places = crossing_places(morphology)
    steps = count_steps(_NEURON_MS, request.dt)
    _check_work(morphology.compartments, steps)
    run.watch(list(places.values()), columns=list(places.values()), rows=steps)
    run.advance(steps)
    first = dict(zip(places, run.first_crossings(), strict=True))
    times, v_mv = run.recorded()
    columns = {f"V_{name}_mV": v_mv[:, column] for column, name in enumerate(places)}
    return SimulationResult(
        values={
            "fires": first["bouton"] is not None,
            "first_crossing_ms": first,
            "soma_peak_mV": highest(times, columns["V_soma_mV"])[1] - REST_MV,
        },
        traces={"t_ms": times} | columns,
    )


def fitted_velocity(arrivals_ms: Sequence[float | None], places_um: Array) -> float | None:
    """Slope of the least-squares line through places over arrivals, m/s; None where one does not arrive or all do at once."""
    times = np.array([time for time in arrivals_ms if time is not None])
    if len(times) < len(arrivals_ms) or np.ptp(times) == 0.0:
        return None
    from_mean = times - times.mean()
    covariance, variance = np.dot(from_mean, places_um), np.dot(from_mean, from_mean)
    return float(covariance / variance) * 1e-3  # from um/ms


def _check_work(compartments: int, steps: int) -> None:
    if compartments * float(steps) > _MOST_WORK:
        raise BadInput(
            f"{compartments:,} compartments for {steps:,} steps would take minutes: ask for fewer, or for a larger dt."
        )
