"""The lecture neuron: one cell for the whole section, from dendrites to bouton; its sizes stand in `lecture_sections`. No numba."""

from __future__ import annotations

from collections.abc import Sequence

from app.simulation.biology.axons import myelin
from app.simulation.biology.cable_circuit import Synapse
from app.simulation.biology.morphology import Morphology, Section, build_morphology
from app.simulation.biology.synapse import AMPA, Receptor

DENDRITES = 5
PLACES_PER_DENDRITE = 6
INPUT_SITES = DENDRITES * PLACES_PER_DENDRITE
INTERNODES = 20
TEMPERATURE_C = 18.5
AXIAL_OHM_CM = 100.0
HEALTHY_WRAPS = 100
_DENDRITE_LEAK_MS_PER_CM2 = 0.05  # Rm 20,000 Ohm cm2


def lecture_sections(wraps: Sequence[int] = (HEALTHY_WRAPS,) * INTERNODES) -> list[Section]:
    """Soma, dendrites on its start, hillock on its end, initial segment, 20 internodes each with its node, bouton.

    wraps: of each internode.
    """
    sections = [Section("soma", 20.0, 20.0, 1, channels=1.0)]
    sections += [
        Section(
            f"dendrite {number}",
            400.0,
            1.0,
            41,
            passive_ms_per_cm2=_DENDRITE_LEAK_MS_PER_CM2,
            parent="soma",
            place="start",
        )
        for number in range(DENDRITES)
    ]
    sections.append(Section("hillock", 10.0, 3.0, 1, channels=1.0, parent="soma"))
    sections.append(Section("ais", 25.0, 1.5, 5, channels=40.0, parent="hillock"))
    before = "ais"
    for number in range(INTERNODES):
        leak, capacitance = myelin(wraps[number])
        sections.append(
            Section(
                f"internode {number}",
                200.0,
                1.5,
                5,
                passive_ms_per_cm2=leak,
                capacitance_uf_per_cm2=capacitance,
                parent=before,
            )
        )
        before = f"node {number}"
        sections.append(Section(before, 2.0, 1.5, 1, channels=10.0, parent=f"internode {number}"))
    sections.append(Section("bouton", 4.0, 4.0, 1, channels=2.0, parent=before))
    return sections


def lecture_neuron(wraps: Sequence[int] = (HEALTHY_WRAPS,) * INTERNODES) -> Morphology:
    """Its 333 compartments."""
    return build_morphology(lecture_sections(wraps), AXIAL_OHM_CM)


def input_site(number: int) -> tuple[str, float]:
    """Dendrite and fraction of its length at which input `number` ends; after 30 inputs the places come again."""
    return f"dendrite {number % DENDRITES}", 0.3 + 0.1 * ((number // DENDRITES) % PLACES_PER_DENDRITE)


def input_synapses(morphology: Morphology, inputs: int, receptor: Receptor = AMPA) -> list[Synapse]:
    """The synapses of the first `inputs` inputs, at most one a place."""
    return [
        Synapse(morphology.compartment(*input_site(number)), receptor) for number in range(min(inputs, INPUT_SITES))
    ]


def crossing_places(morphology: Morphology) -> dict[str, int]:
    """Where a spike is timed: the last compartment of the initial segment, node 0, hillock, soma, bouton."""
    return {
        "ais": morphology.compartment("ais", 1.0),
        "node0": morphology.compartment("node 0"),
        "hillock": morphology.compartment("hillock"),
        "soma": morphology.compartment("soma"),
        "bouton": morphology.compartment("bouton"),
    }
