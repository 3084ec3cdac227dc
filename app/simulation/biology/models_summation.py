"""The summation model: what events at the lecture neuron's places do together, and what each does alone. No numba until it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.simulation.biology.cable_circuit import Synapse
from app.simulation.biology.cable_run import CableRun, Event
from app.simulation.biology.lecture_neuron import (
    DENDRITES,
    INPUT_SITES,
    INTERNODES,
    crossing_places,
    input_site,
    lecture_neuron,
)
from app.simulation.biology.membrane import REST_MV
from app.simulation.biology.models import SimulationResult
from app.simulation.biology.morphology import Morphology
from app.simulation.biology.requests_summation import CellRequest, NoReturnRequest, SummationRequest
from app.simulation.biology.step_count import count_steps
from app.simulation.biology.synapse import AMPA, GABA_A, Receptor
from app.simulation.biology.traces import highest
from trainers.errors import BadInput

Array = np.ndarray
StimulatedRequest = SummationRequest | NoReturnRequest
Wanted = tuple[Receptor, int, float, float]  # receptor, place, onset ms, nS
_MOST_WORK = 40_000  # steps of one run: half a second


def run_summation(request: SummationRequest) -> SimulationResult:
    """`hillock simulate summation`. Raises BadInput for a place that is not there, a time in the past, a negative weight."""
    steps = count_steps(request.duration, request.dt)
    if steps > _MOST_WORK:
        raise BadInput(f"{steps:,} steps would take long: ask for fewer ms than {request.duration:g}, or a larger dt.")
    morphology = wanted_cell(request)
    wanted = wanted_events(request.excitation, request.inhibition)
    run = stimulated_run(morphology, wanted, request)
    run.watch([crossing_places(morphology)["bouton"]], columns=[morphology.compartment("soma")], rows=steps)
    run.advance(steps)
    times, v_mv = run.recorded()
    arrival = run.first_crossings()[0]
    values: dict[str, Any] = {
        "fires": arrival is not None,
        "bouton_ms": arrival,
        "soma_peak_mV": highest(times, v_mv[:, 0])[1] - REST_MV,
        "linear_peak_mV": None,
        "single_peaks_mV": None,
    }
    traces = {"t_ms": times, "V_soma_mV": v_mv[:, 0]}
    if not request.together_only:
        linear, values["single_peaks_mV"] = _linear_sum(morphology, wanted, times, request)
        values["linear_peak_mV"], traces["linear_mV"] = highest(times, linear)[1], linear
    return SimulationResult(values, traces)


def wanted_events(excitation: Sequence[tuple[float, ...]], inhibition: Sequence[tuple[float, ...]]) -> list[Wanted]:
    """Both lists as one. Raises BadInput for a place that is not there, a time in the past, a negative weight."""
    return [(AMPA, *_checked(event)) for event in excitation] + [(GABA_A, *_checked(event)) for event in inhibition]


def wanted_cell(request: CellRequest) -> Morphology:
    """The lecture neuron, its internodes wrapped as asked. Raises BadInput for another number of them."""
    if request.wraps and len(request.wraps) != INTERNODES:
        raise BadInput(f"There are {INTERNODES} internodes: give the wraps of each, not of {len(request.wraps)}.")
    return lecture_neuron(request.wraps) if request.wraps else lecture_neuron()


def stimulated_run(morphology: Morphology, wanted: Sequence[Wanted], request: StimulatedRequest) -> CableRun:
    """The lecture neuron at rest, with these events to come; nothing is watched yet."""
    sites = sorted({(place, receptor.name) for receptor, place, _, _ in wanted})
    synapses = [Synapse(morphology.compartment(*input_site(place)), _RECEPTORS[name]) for place, name in sites]
    number = {site: index for index, site in enumerate(sites)}
    run = _cell(morphology, synapses, request)
    run.stimulate([Event(onset, number[place, receptor.name], weight) for receptor, place, onset, weight in wanted])
    return run


def _cell(morphology: Morphology, synapses: list[Synapse], request: StimulatedRequest) -> CableRun:
    """At rest, in the condition that was asked for."""
    return CableRun(
        morphology,
        synapses,
        dt_ms=request.dt,
        temperature_c=request.temperature,
        sodium=request.sodium,
        potassium=request.potassium,
    )


_RECEPTORS: dict[str, Receptor] = {receptor.name: receptor for receptor in (AMPA, GABA_A)}


def _checked(event: tuple[float, ...]) -> tuple[int, float, float]:
    place, onset, weight = event
    if place != int(place) or not 0 <= place < INPUT_SITES:
        raise BadInput(f"There is no place {place:g}: they are numbered 0 to {INPUT_SITES - 1}.")
    if not 0.0 <= onset <= 1e6:
        raise BadInput(f"An event at {onset:g} ms cannot be: give 0 ms or later.")
    if not 0.0 <= weight <= 1_000.0:
        raise BadInput(f"A weight of {weight:g} nS cannot be: give 0 to 1,000.")
    return int(place), onset, weight


def _linear_sum(
    morphology: Morphology, wanted: Sequence[Wanted], times: Array, request: SummationRequest
) -> tuple[Array, list[float]]:
    """The sum at the soma (n,), mV above rest, of the responses to each event alone, and the peak of each of those.

    The cell without any event is not quite still (its membrane relaxes by 0.02 mV), so responses are taken from that. The
    five dendrites are alike: a response depends on the distance, the receptor and the weight, and moves with its onset.
    """
    still = _soma_mv(morphology, None, len(times), request)
    kept: dict[tuple[str, int, float], Array] = {}
    total = np.zeros(len(times))
    peaks = []
    for receptor, place, onset, weight in wanted:
        key = (receptor.name, place // DENDRITES, weight)
        if key not in kept:
            kept[key] = _soma_mv(morphology, (receptor, place, weight), len(times), request) - still
        alone = kept[key]
        total += np.interp(times - onset, times, alone, left=0.0)
        largest = int(np.argmax(np.abs(alone)))
        peaks.append(float(alone[largest]))
    return total, peaks


def _soma_mv(
    morphology: Morphology, event: tuple[Receptor, int, float] | None, steps: int, request: SummationRequest
) -> Array:
    """V (steps,) of the soma after one event at 0 ms, or after none."""
    synapses = [Synapse(morphology.compartment(*input_site(event[1])), event[0])] if event else []
    run = _cell(morphology, synapses, request)
    run.stimulate([Event(0.0, 0, event[2])] if event else [])
    run.watch(columns=[morphology.compartment("soma")], rows=steps)
    run.advance(steps)
    v_mv: Array = run.recorded()[1][:, 0]
    return v_mv
