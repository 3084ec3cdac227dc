"""What can be read at a place of the living cell: its name, its voltage and currents, and what is counted there. Draws nothing.

The painters draw exactly the numbers that are counted here. Imports neither Qt nor numba.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.cell_recording import CellFrame
from app.simulation.biology.lecture_neuron import input_site, lecture_neuron
from app.simulation.biology.membrane import (
    LEAK_MS_PER_CM2,
    LEAK_MV,
    POTASSIUM_MS_PER_CM2,
    POTASSIUM_MV,
    SODIUM_MS_PER_CM2,
    SODIUM_MV,
)
from app.simulation.biology.morphology import Morphology
from app.simulation.biology.stage import INPUTS, NEXT_CELL_NS, TERMINAL, Arrival, StagePlan
from app.simulation.biology.synapse import RECEPTORS, RELEASE_SITES

CHANNEL_PS = (
    20.0  # conductance of one open channel, sodium or potassium (Hille 2001, Ion Channels, table 12.3: 4 to 24 pS)
)
PATCH_UM2 = (
    0.5  # of membrane with Hodgkin and Huxley's densities: the patch that is drawn; smaller where channels are denser
)
SODIUM_CHANNELS = round(SODIUM_MS_PER_CM2 * 10 / CHANNEL_PS * PATCH_UM2)  # 1 mS/cm2 is 10 pS/um2: 30
POTASSIUM_CHANNELS = round(POTASSIUM_MS_PER_CM2 * 10 / CHANNEL_PS * PATCH_UM2)  # 9
RECEPTOR_NS = 0.02  # conductance of one open receptor
FUSED_MS = 2.0  # for so long after the first receptors open the place of a vesicle is seen to be empty


@dataclass(frozen=True)
class Place:
    """A place that can be pointed at: a compartment, an input (its synapse), or the cell that the axon ends on.

    compartment: of the cell, below a synapse too; input: number of the input, or None.
    """

    name: str
    compartment: int
    input: int | None = None
    is_next_cell: bool = False
    description: str = ""


@dataclass(frozen=True)
class MembraneCounts:
    """What the patch of membrane of one compartment holds. Counts are of channels; blocked ones (TTX, TEA) count as closed.

    area_um2: what the patch stands for. inactivated: sodium channels whose ball sits in the pore. gates: m, h, n.
    """

    sodium: int
    sodium_open: int
    sodium_inactivated: int
    potassium: int
    potassium_open: int
    area_um2: float
    gates: tuple[float, float, float]


@dataclass(frozen=True)
class SynapseCounts:
    """What one synapse holds at a moment.

    receptors, receptors_open: of the receiving cell. docked: vesicles at their places; fused: those of the last arrival, while
    they are seen to be open. arrival: the spike that these come from, or None. conductance_nS: open now.
    """

    receptors: int
    receptors_open: int
    docked: int
    fused: int
    arrival: Arrival | None
    conductance_nS: float


class CellGuide:
    """The lecture neuron's compartments by name and number, for reading: which have channels, and how dense."""

    def __init__(self, morphology: Morphology | None = None) -> None:
        self.morphology = morphology if morphology is not None else lecture_neuron()
        cell = self.morphology
        self.active = np.flatnonzero(cell.sodium_us[: cell.compartments] > 0)
        self._row = {int(compartment): row for row, compartment in enumerate(self.active)}
        self.input_compartments = tuple(cell.compartment(*input_site(number)) for number in range(INPUTS))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What each compartment is called on screen."""
        return tuple(place_name(self.morphology, compartment) for compartment in range(self.morphology.compartments))

    def gate_row(self, compartment: int) -> int | None:
        """Row of `CellFrame.gates` for a compartment; None where it has no channels."""
        return self._row.get(compartment)

    def density(self, compartment: int) -> float:
        """How many times Hodgkin and Huxley's density of channels the membrane has there."""
        return self.morphology.sections[int(self.morphology.section_of[compartment])].channels

    def place(self, compartment: int) -> Place:
        """A compartment as a place."""
        name = self.names[compartment]
        return Place(name, compartment, description=_describe(self.morphology, compartment))

    def next_cell_place(self) -> Place:
        """The cell that the axon ends on."""
        text = "Gets a graded potential from each spike of the bouton, not the spike"
        return Place("Next cell", self.morphology.compartment("bouton"), is_next_cell=True, description=text)

    def input_place(self, number: int, plan: StagePlan) -> Place:
        """An input as a place."""
        kind = {"ampa": "excitatory, AMPA", "nmda": "excitatory, NMDA", "gaba_a": "inhibitory, GABA-A"}[
            plan.receptors[number]
        ]
        text = f"{kind}, weight {plan.weights_nS[number]:.2f} nS: click to fire it"
        return Place(f"Synapse {number + 1}", self.input_compartments[number], number, description=text)


def place_name(cell: Morphology, compartment: int) -> str:
    """What a compartment is called on screen: "Node of Ranvier 3", "Dendrite 2, 120 µm from the soma"."""
    section = cell.sections[int(cell.section_of[compartment])]
    kind, _, number = section.name.partition(" ")
    if kind == "dendrite":
        return f"Dendrite {int(number) + 1}, {cell.x_um[compartment]:.0f} µm from the soma"
    if kind in ("node", "internode"):
        return f"{'Node of Ranvier' if kind == 'node' else 'Internode'} {int(number) + 1}"
    titles = {
        "soma": "Soma",
        "hillock": "Axon hillock",
        "ais": "Axon initial segment",
        "bouton": "Axon terminal (bouton)",
    }
    return titles.get(kind, section.name)


def _describe(cell: Morphology, compartment: int) -> str:
    section = cell.sections[int(cell.section_of[compartment])]
    if section.channels:
        return f"Channels {section.channels:g} times as dense as in the squid's axon"
    return "Under myelin, no channels" if section.name.startswith("internode") else "Passive: no gated channels"


def minus(text: str) -> str:
    """`text` with a true minus sign where a number is negative."""
    return re.sub(r"-(?=\d)", "−", text)


def half_up(value: float) -> int:
    """round() as on paper: a half goes up, so that counts do not hang on the parity of what is counted."""
    return math.floor(value + 0.5)


def membrane_counts(frame: CellFrame, compartment: int, guide: CellGuide, plan: StagePlan) -> MembraneCounts:
    """Open channels of the patch: round(N m^3 h) of sodium, round(N n^4) of potassium; all 0 where there are no channels."""
    row = guide.gate_row(compartment)
    if row is None:
        return MembraneCounts(0, 0, 0, 0, 0, PATCH_UM2, (0.0, 0.0, 0.0))
    m, h, n = (float(gate) for gate in frame.gates[row])
    sodium = half_up(SODIUM_CHANNELS * min(plan.sodium, 1.0))
    potassium = half_up(POTASSIUM_CHANNELS * min(plan.potassium, 1.0))
    is_open = half_up(sodium * m**3 * h)
    return MembraneCounts(
        sodium,
        is_open,
        min(half_up(sodium * (1.0 - h)), sodium - is_open),
        potassium,
        half_up(potassium * n**4),
        PATCH_UM2 / guide.density(compartment),
        (m, h, n),
    )


def last_arrival(arrivals: Iterable[Arrival], number: int, time_ms: float) -> Arrival | None:
    """The newest spike that has come to input `number` by `time_ms`."""
    come = (arrival for arrival in arrivals if arrival.input == number and arrival.spike_ms <= time_ms)
    return max(come, key=lambda arrival: arrival.spike_ms, default=None)


def synapse_counts(frame: CellFrame, number: int, arrivals: Sequence[Arrival], plan: StagePlan) -> SynapseCounts:
    """Receptors of synapse `number`: round(weight / 0.02 nS), open round(g / 0.02 nS); vesicles as the release model has it.

    number: an input's, or TERMINAL with `arrivals` the spikes that the bouton hands on.
    """
    arrival = last_arrival(arrivals, number, frame.time_ms)
    is_fused = arrival is not None and 0.0 <= frame.time_ms - arrival.onset_ms < FUSED_MS
    fused = arrival.vesicles if arrival is not None and is_fused else 0
    is_terminal = number == TERMINAL
    conductance = frame.next_cell_nS if is_terminal else float(frame.conductance_nS[number])
    receptors = half_up((NEXT_CELL_NS if is_terminal else plan.weights_nS[number]) / RECEPTOR_NS)
    is_open = min(half_up(conductance / RECEPTOR_NS), receptors)
    return SynapseCounts(receptors, is_open, RELEASE_SITES - min(fused, RELEASE_SITES), fused, arrival, conductance)


def currents(frame: CellFrame, compartment: int, guide: CellGuide, plan: StagePlan) -> tuple[float, float, float]:
    """iNa, iK, iL in uA/cm2, outward positive (Hodgkin & Huxley 1952); of passive membrane only the leak."""
    v = float(frame.voltage_mV[compartment])
    row = guide.gate_row(compartment)
    section = guide.morphology.sections[int(guide.morphology.section_of[compartment])]
    if row is None:
        return 0.0, 0.0, _passive_leak(section.name, section.passive_ms_per_cm2, plan) * (v - section.passive_mv)
    m, h, n = (float(gate) for gate in frame.gates[row])
    k = section.channels
    return (
        SODIUM_MS_PER_CM2 * k * plan.sodium * m**3 * h * (v - SODIUM_MV),
        POTASSIUM_MS_PER_CM2 * k * plan.potassium * n**4 * (v - POTASSIUM_MV),
        LEAK_MS_PER_CM2 * k * (v - LEAK_MV),
    )


def _passive_leak(name: str, conductance: float, plan: StagePlan) -> float:
    number = re.fullmatch(r"internode (\d+)", name)
    return 1.0 / (2 * plan.wraps[int(number[1])] + 1) if number else conductance


def reading(place: Place, frame: CellFrame, guide: CellGuide, plan: StagePlan) -> tuple[tuple[str, str], ...]:
    """Rows of (caption, value) for what stands at `place` at the frame's moment: V to 0.1 mV, gates, currents, conductance."""
    rows: list[tuple[str, str]] = [("Place", place.name)]
    if place.is_next_cell:
        rows += [("V", f"{frame.next_cell_mV:.1f} mV"), ("g", f"{frame.next_cell_nS:.2f} nS of {NEXT_CELL_NS:.0f}")]
    else:
        rows.append(("V", f"{float(frame.voltage_mV[place.compartment]):.1f} mV"))
        rows += _input_rows(place, place.input, frame, plan) if place.input is not None else []
        rows += [] if place.input is not None else _membrane_rows(place.compartment, frame, guide, plan)
    if abs(frame.current_nA) > 1e-9:
        rows.append(("Electrodes", f"{frame.current_nA:+.2f} nA"))
    rows.append(("Time", f"{frame.time_ms:.2f} ms"))
    return tuple(rows)


def _input_rows(place: Place, number: int, frame: CellFrame, plan: StagePlan) -> list[tuple[str, str]]:
    g = float(frame.conductance_nS[number])
    drive = RECEPTORS[plan.receptors[number]].reversal_mv
    return [
        ("Weight", f"{plan.weights_nS[number]:.2f} nS"),
        ("g", f"{g:.2f} nS"),
        ("I", f"{g * (float(frame.voltage_mV[place.compartment]) - drive):+.1f} pA"),
        ("Reversal", f"{drive:.0f} mV"),
    ]


def _membrane_rows(compartment: int, frame: CellFrame, guide: CellGuide, plan: StagePlan) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    row = guide.gate_row(compartment)
    sodium, potassium, leak = currents(frame, compartment, guide, plan)
    if row is not None:
        m, h, n = (float(gate) for gate in frame.gates[row])
        rows.append(("m  h  n", f"{m:.3f}  {h:.3f}  {n:.3f}"))
        rows += [("iNa", f"{sodium:.1f} µA/cm²"), ("iK", f"{potassium:.1f} µA/cm²")]
    rows.append(("iL", f"{leak:.2f} µA/cm²"))
    return rows
