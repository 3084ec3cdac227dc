"""From sections of cable to compartments: areas, conductances and the tree that joins them. Imports neither numba nor Qt.

Conventions are those of the established simulators: a compartment's potential stands at its centre; between neighbours
lies half the axial resistance of each; a section's ends have no area; where two sections meet their halves are in series,
and where more meet there is a junction, a node without membrane. Building takes O(n).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from app.simulation.biology.membrane import (
    CAPACITANCE_UF_PER_CM2,
    LEAK_MS_PER_CM2,
    LEAK_MV,
    POTASSIUM_MS_PER_CM2,
    REST_MV,
    SODIUM_MS_PER_CM2,
)
from trainers.errors import BadInput

Array = np.ndarray
Place = Literal["end", "start", "middle"]
MOST_COMPARTMENTS = 100_000
_PER_AREA = 1e-5  # 1 uF/cm2 over 1 um2 is 1e-5 nF, 1 mS/cm2 over 1 um2 is 1e-5 uS


@dataclass(frozen=True)
class Section:
    """An unbranched cylinder of equal compartments.

    channels: Hodgkin-Huxley's three conductances times this, 0 for none. passive_ms_per_cm2: a leak beside them, reversing at
    passive_mv. A section stands with its start on `place` of its parent; the first of all has none.
    """

    name: str
    length_um: float
    diameter_um: float
    compartments: int = 1
    channels: float = 0.0
    passive_ms_per_cm2: float = 0.0
    passive_mv: float = REST_MV
    capacitance_uf_per_cm2: float = CAPACITANCE_UF_PER_CM2
    parent: str | None = None
    place: Place = "end"


@dataclass(frozen=True, eq=False)
class Morphology:
    """A tree of nodes: the compartments in the order of their sections, then the junctions.

    For compartments, (n,): section_of (index into sections), x_um (from the section's start), area_um2. For all nodes,
    (n + junctions,): has_channels, capacitance_nf, sodium_us, potassium_us, leak_us, leak_drive_na (leak times its reversal), parent
    (-1 for the root, which is node 0), axial_us (to the parent), order (parents before children).
    """

    sections: tuple[Section, ...]
    axial_ohm_cm: float
    section_of: Array
    x_um: Array
    area_um2: Array
    has_channels: Array
    capacitance_nf: Array
    sodium_us: Array
    potassium_us: Array
    leak_us: Array
    leak_drive_na: Array
    parent: Array
    axial_us: Array
    order: Array
    first: dict[str, int] = field(repr=False)
    _by_name: dict[str, Section] = field(repr=False)

    @property
    def compartments(self) -> int:
        return len(self.section_of)

    @property
    def nodes(self) -> int:
        return len(self.parent)

    def section(self, name: str) -> Section:
        """The section called `name`; BadInput where there is none."""
        try:
            return self._by_name[name]
        except KeyError:
            raise BadInput(f"The cell has no section '{name}'; it has {', '.join(self._by_name)}.") from None

    def compartment(self, name: str, x: float = 0.5) -> int:
        """The compartment that holds the fraction `x` (0 to 1) of a section; 1 is in the last."""
        section = self.section(name)
        if not 0.0 <= x <= 1.0:
            raise BadInput(f"The place {x:g} is not on {name}: give a fraction from 0 to 1.")
        # 0.55 of 100 compartments is 55.000000000000007, and 0.29 of them 28.999999999999996
        return self.first[name] + min(int(x * section.compartments + 1e-9), section.compartments - 1)

    def compartments_of(self, name: str) -> range:
        """The compartments of a section, from its start to its end."""
        section = self.section(name)
        return range(self.first[name], self.first[name] + section.compartments)


def build_morphology(sections: Sequence[Section], axial_ohm_cm: float) -> Morphology:
    """Join `sections` (a parent before its children; one root). Raises BadInput for what is no tree or has no size."""
    first = _numbered(sections, axial_ohm_cm)
    counts = np.array([section.compartments for section in sections])
    section_of = np.repeat(np.arange(len(sections)), counts)
    step_um = np.array([section.length_um / section.compartments for section in sections])
    diameter = np.array([section.diameter_um for section in sections])
    starts = np.array([first[section.name] for section in sections])
    index = np.arange(len(section_of)) - starts[section_of]
    area = (math.pi * diameter * step_um)[section_of]
    half_us = 2.0 * 100.0 * (math.pi * diameter**2 / 4.0) / (axial_ohm_cm * step_um)
    links, nodes = _links(sections, first, half_us)
    parent, axial, order = _rooted(links, nodes)

    def spread(densities: Sequence[float]) -> Array:
        per_node = np.zeros(nodes)
        per_node[: len(area)] = np.array(densities)[section_of] * area * _PER_AREA
        return per_node

    return Morphology(
        sections=tuple(sections),
        axial_ohm_cm=axial_ohm_cm,
        section_of=section_of,
        x_um=(index + 0.5) * step_um[section_of],
        area_um2=area,
        has_channels=spread([section.channels for section in sections]) > 0.0,
        capacitance_nf=spread([section.capacitance_uf_per_cm2 for section in sections]),
        sodium_us=spread([section.channels * SODIUM_MS_PER_CM2 for section in sections]),
        potassium_us=spread([section.channels * POTASSIUM_MS_PER_CM2 for section in sections]),
        leak_us=spread([section.channels * LEAK_MS_PER_CM2 + section.passive_ms_per_cm2 for section in sections]),
        leak_drive_na=spread(
            [
                section.channels * LEAK_MS_PER_CM2 * LEAK_MV + section.passive_ms_per_cm2 * section.passive_mv
                for section in sections
            ]
        ),
        parent=parent,
        axial_us=axial,
        order=order,
        first=first,
        _by_name={section.name: section for section in sections},
    )


def _numbered(sections: Sequence[Section], axial_ohm_cm: float) -> dict[str, int]:
    """The first compartment of every section, by name."""
    if not sections:
        raise BadInput("A cell needs at least one section.")
    if not 0.0 < axial_ohm_cm < math.inf:
        raise BadInput(f"The axial resistivity is {axial_ohm_cm:g} Ohm cm: it must be above 0.")
    first: dict[str, int] = {}
    total = 0
    for number, section in enumerate(sections):
        _check(section, first, is_root=number == 0)
        first[section.name] = total
        total += section.compartments
        if total > MOST_COMPARTMENTS:
            raise BadInput(f"The cell has more than {MOST_COMPARTMENTS:,} compartments: use fewer.")
    return first


def _check(section: Section, known: dict[str, int], *, is_root: bool) -> None:
    if section.name in known:
        raise BadInput(f"Two sections are called '{section.name}': each needs a name of its own.")
    if section.compartments < 1:
        raise BadInput(f"{section.name} has {section.compartments} compartments: it needs at least one.")
    for what, value in (("length", section.length_um), ("diameter", section.diameter_um)):
        if not 0.0 < value < math.inf:
            raise BadInput(f"The {what} of {section.name} is {value:g} um: it must be above 0.")
    if is_root and section.parent is not None:
        raise BadInput(f"{section.name} is the first section and cannot stand on '{section.parent}'.")
    if not is_root and section.parent not in known:
        raise BadInput(f"{section.name} stands on '{section.parent}', which must be given before it.")


def _links(
    sections: Sequence[Section], first: dict[str, int], half_us: Array
) -> tuple[list[tuple[int, int, float]], int]:
    """All axial links (node, node, uS), and the number of nodes with the junctions."""
    links: list[tuple[int, int, float]] = []
    meetings: list[list[tuple[int, float]]] = []  # the half compartments that end at each section end
    start_of: dict[str, int] = {}
    end_of: dict[str, int] = {}
    places = {section.name: section for section in sections}
    for section, half in zip(sections, half_us.tolist(), strict=True):
        begin, last = first[section.name], first[section.name] + section.compartments - 1
        links.extend((node, node + 1, half / 2.0) for node in range(begin, last))
        end_of[section.name] = len(meetings)
        meetings.append([(last, half)])
        if section.parent is None:
            start_of[section.name] = len(meetings)
            meetings.append([(begin, half)])
        elif section.place == "middle":
            parent = places[section.parent]
            links.append((first[section.parent] + parent.compartments // 2, begin, half))
            start_of[section.name] = len(meetings)
            meetings.append([])
        else:
            start_of[section.name] = (end_of if section.place == "end" else start_of)[section.parent]
            meetings[start_of[section.name]].append((begin, half))
    nodes = sum(section.compartments for section in sections)
    for meeting in meetings:
        if len(meeting) == 2:
            (left, g_left), (right, g_right) = meeting
            links.append((left, right, g_left * g_right / (g_left + g_right)))
        elif len(meeting) > 2:
            links.extend((nodes, node, half) for node, half in meeting)
            nodes += 1
    return links, nodes


def _rooted(links: list[tuple[int, int, float]], nodes: int) -> tuple[Array, Array, Array]:
    """parent, axial_us and order of the tree with node 0 as its root."""
    neighbours: list[list[tuple[int, float]]] = [[] for _ in range(nodes)]
    for one, other, conductance in links:
        neighbours[one].append((other, conductance))
        neighbours[other].append((one, conductance))
    parent = np.full(nodes, -1)
    axial = np.zeros(nodes)
    order = [0]
    for node in order:
        for other, conductance in neighbours[node]:
            if other != parent[node]:
                parent[other] = node
                axial[other] = conductance
                order.append(other)
    return parent, axial, np.array(order)
