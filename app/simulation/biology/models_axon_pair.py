"""The pair of axons: a myelinated one and a bare one on one clock, and what a lost sheath does. Imports no numba until it runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.simulation.biology.axons import (
    MYELINATED_AXIAL_OHM_CM,
    NODE_LENGTH_UM,
    NODES,
    Damage,
    bare_axon,
    myelinated_axon,
)
from app.simulation.biology.cable_run import CableRun, Pulse
from app.simulation.biology.membrane import REST_MV, temperature_factor
from app.simulation.biology.models import SimulationResult
from app.simulation.biology.models_cable import fitted_velocity, read_damages
from app.simulation.biology.morphology import Morphology
from app.simulation.biology.requests_axon_pair import AxonPairRequest

Array = np.ndarray

STIMULUS_MS, STIMULUS_LASTS_MS = 0.1, 0.2
_ROW_MS = 0.02
_SPIKE_MV = -30.0  # an arrival: in the warmth the peak of an impulse falls below 0 mV long before it fails
_QUIET_MV = -55.0  # where no place is above it nothing travels any more
_SLICE_MS, _TAIL_MS, _LONGEST_MS = 1.0, 1.0, 80.0
_MOST_ROWS = 1_600
_MYELINATED_STEP_MS = 0.005
_BARE_STEP_MS, _BARE_STEP_IF_COLD_MS = 0.01, 0.02
_BARE_GRID_UM = 62.5  # at 10 um and 18.5 degC, where it costs 0.3 % of the velocity; it goes with the length constant
_MOST_COMPARTMENTS = 800
_MARGIN = 40  # compartments before an end that is not the axon's: the recording is over before an impulse feels it
_BARE_COLUMNS = 200
_SAMPLES, _SAMPLES_IF_DAMAGED = 4, 9  # columns of an internode; under myelin V is nearly straight


class _Axon:
    """One axon at work, and what is kept of it.

    places: compartments at which arrivals are noted; steady: further ones, for the velocity; columns: those that are
    recorded, at x_mm. exit: a compartment that ends the run when an impulse passes it (what lies beyond is not computed).
    """

    def __init__(
        self,
        run: CableRun,
        pulses: Sequence[Pulse],
        places: Sequence[int],
        columns: Sequence[int],
        x_um: Array,
        steady: Sequence[int] = (),
        exit_at: int | None = None,
    ) -> None:
        self.run = run
        self.x_mm = x_um * 1e-3
        self.length_mm = sum(section.length_um for section in run.morphology.sections) * 1e-3
        self._places = len(places)
        self._steady = len(steady)
        self._has_exit = exit_at is not None
        self._earliest_end_ms = max(pulse.off_ms for pulse in pulses) + _TAIL_MS
        run.stimulate(pulses=pulses)
        run.watch(
            [*places, *steady, *([exit_at] if exit_at is not None else [])],
            threshold_mv=_SPIKE_MV,
            columns=columns,
            every=round(_ROW_MS / run.dt_ms),
            rows=round(_LONGEST_MS / _ROW_MS),
        )

    def advance(self, until_ms: float) -> None:
        """Go on to `until_ms`."""
        self.run.advance(round(until_ms / self.run.dt_ms) - self.run.step)

    @property
    def is_cut_short(self) -> bool:
        """Whether an impulse is about to leave what is computed."""
        return self._has_exit and self.run.first_crossings()[-1] is not None

    @property
    def is_over(self) -> bool:
        """Whether nothing travels any more."""
        return self.run.time_ms >= self._earliest_end_ms and bool(self.run.voltage_mv().max() < _QUIET_MV)

    def arrivals_ms(self) -> list[float | None]:
        """At the 41 places; None where none came, or where nothing is computed."""
        arrivals = self.run.first_crossings()[: self._places]
        return arrivals + [None] * (NODES - len(arrivals))

    def steady_arrivals_ms(self) -> list[float | None]:
        return self.run.first_crossings()[self._places : self._places + self._steady]

    def spikes_at_end(self) -> int | None:
        """At the end of the axon; None where that is not computed."""
        return None if self._has_exit else sum(place == self._places - 1 for place, _ in self.run.crossings())

    @property
    def conducts(self) -> bool:
        """Whether an impulse passes all that is computed."""
        return self.is_cut_short if self._has_exit else bool(self.spikes_at_end())

    def recorded(self) -> tuple[Array, Array]:
        """Times (n,), ms, from 0 on, and potentials (n, columns), mV."""
        times, rows_mv = self.run.recorded()
        rest = np.full((1, len(self.x_mm)), REST_MV)
        return np.concatenate([[0.0], times]), np.concatenate([rest, rows_mv])


def run_axon_pair(request: AxonPairRequest) -> SimulationResult:
    """`hillock simulate axon-pair`."""
    damage = read_damages(request.strip, *request.strips)
    places_um = np.arange(NODES) * (request.internode + NODE_LENGTH_UM) + NODE_LENGTH_UM / 2.0
    axons = {"myelinated": _myelinated(request, damage), "bare": _bare(request, places_um)}
    if damage:
        axons["intact"] = _myelinated(request, ())
    _run_together(list(axons.values()))
    recorded = {name: axon.recorded() for name, axon in axons.items()}
    times = recorded["bare"][0]
    kept = slice(None, None, -(-len(times) // _MOST_ROWS))
    traces: dict[str, Array] = {"t_ms": times[kept]}
    for name, axon in axons.items():
        rows_mv = recorded[name][1][kept]
        if request.pictures:
            traces[f"{name}_x_mm"] = axon.x_mm
            traces[f"{name}_mV"] = rows_mv.astype(np.float32)
        else:
            traces |= _columns_at_places(name, axon, rows_mv, places_um * 1e-3)
    return SimulationResult(_values(axons, places_um), traces)


def _run_together(axons: list[_Axon]) -> None:
    """Run all of them to the same moment: when nothing travels in any, or one leaves what is computed."""
    now = 0.0
    while now < _LONGEST_MS and not all(axon.is_over for axon in axons) and not any(a.is_cut_short for a in axons):
        now += _SLICE_MS
        for axon in axons:
            axon.advance(now)


def _values(axons: dict[str, _Axon], places_um: Array) -> dict[str, Any]:
    arrivals = {name: axon.arrivals_ms() for name, axon in axons.items()}
    bare = axons["bare"]
    steady_um = np.linspace(0.4, 0.8, 9) * bare.length_mm * 1e3
    velocity = {
        "myelinated": fitted_velocity(arrivals["myelinated"][10:31], places_um[10:31]),
        "bare": fitted_velocity(bare.steady_arrivals_ms(), steady_um),
    }
    fast, slow = velocity["myelinated"], velocity["bare"]
    values: dict[str, Any] = {
        "velocity_m_per_s": velocity,
        "ratio": fast / slow if fast is not None and slow else None,
        "arrivals_ms": {name: arrivals[name] for name in ("myelinated", "bare")},
        "conducts": {name: axons[name].conducts for name in ("myelinated", "bare")},
        "spikes_at_end": {name: axons[name].spikes_at_end() for name in ("myelinated", "bare")},
        "places_mm": (places_um * 1e-3).tolist(),
        "bare_mm": bare.length_mm,
    }
    if "intact" in arrivals:
        ends = arrivals["myelinated"][-1], arrivals["intact"][-1]
        values["intact_arrivals_ms"] = arrivals["intact"]
        values["delay_ms"] = ends[0] - ends[1] if ends[0] is not None and ends[1] is not None else None
    return values


def _columns_at_places(name: str, axon: _Axon, rows_mv: Array, places_mm: Array) -> dict[str, Array]:
    """One column a node, and of the bare axon the recorded place next to it."""
    return {
        f"V_{name}_{number}_mV": rows_mv[:, int(np.argmin(np.abs(axon.x_mm - at)))]
        for number, at in enumerate(places_mm.tolist())
        if at <= axon.length_mm
    }


def _pulses(request: AxonPairRequest, compartment: int, amplitude_na: float) -> list[Pulse]:
    second = request.second_stimulus
    starts = [STIMULUS_MS] if second is None else [STIMULUS_MS, STIMULUS_MS + second]
    return [Pulse(compartment, start, start + STIMULUS_LASTS_MS, amplitude_na) for start in starts]


def _myelinated(request: AxonPairRequest, damage: Sequence[Damage]) -> _Axon:
    morphology = myelinated_axon(
        diameter_um=request.diameter, internode_um=request.internode, wraps=request.wraps, damage=damage
    )
    nodes = [morphology.compartment(f"node {number}") for number in range(NODES)]
    amplitude = 20.0 if request.wraps <= 10 else 2.0 * request.diameter / 10.0
    columns, x_um = _recorded_columns(morphology, damage)
    run = CableRun(morphology, dt_ms=_MYELINATED_STEP_MS, temperature_c=request.temperature)
    return _Axon(run, _pulses(request, nodes[0], amplitude), nodes, columns, x_um)


def _recorded_columns(morphology: Morphology, damage: Sequence[Damage]) -> tuple[list[int], Array]:
    """Each node, and some compartments of each internode; and where they lie, um."""
    columns: list[int] = []
    x_um: list[float] = []
    start = 0.0
    for section in morphology.sections:
        inside = morphology.compartments_of(section.name)
        kind, _, number = section.name.partition(" ")
        is_damaged = kind == "internode" and any(one.covers(int(number)) for one in damage)
        first = 0 if is_damaged else 1
        samples = min(len(inside), _SAMPLES_IF_DAMAGED if is_damaged else _SAMPLES)
        spread = np.linspace(first, len(inside) - 1 - first, samples) if len(inside) > 1 else [0]
        chosen = [inside[round(float(at))] for at in spread]
        columns += chosen
        x_um += [start + float(morphology.x_um[compartment]) for compartment in chosen]
        start += section.length_um
    return columns, np.array(x_um)


def _bare(request: AxonPairRequest, places_um: Array) -> _Axon:
    length = float(places_um[-1]) + NODE_LENGTH_UM / 2.0
    warmth = temperature_factor(request.temperature) / temperature_factor(18.5)
    grid = _BARE_GRID_UM * math.sqrt(request.diameter / 10.0) * min(warmth**-0.25, 1.0)
    compartments = math.ceil(length / grid)
    is_cut = compartments > _MOST_COMPARTMENTS
    if is_cut:
        compartments, length = _MOST_COMPARTMENTS, _MOST_COMPARTMENTS * grid
    morphology = bare_axon(
        diameter_um=request.diameter,
        length_um=length,
        compartments=compartments,
        axial_ohm_cm=MYELINATED_AXIAL_OHM_CM,
    )
    places = [morphology.compartment("axon", float(at) / length) for at in places_um if at <= length]
    steady = [morphology.compartment("axon", (40 + 5 * number) / 100) for number in range(9)]
    columns = np.unique(np.linspace(0, compartments - 1, _BARE_COLUMNS).round().astype(int)).tolist()
    step = _BARE_STEP_IF_COLD_MS if warmth < 0.5 else _BARE_STEP_MS
    return _Axon(
        CableRun(morphology, dt_ms=step, temperature_c=request.temperature),
        _pulses(request, 0, 30_000.0 * (request.diameter / 476.0) ** 1.5),
        places,
        columns,
        morphology.x_um[columns],
        steady,
        compartments - _MARGIN if is_cut else None,
    )
