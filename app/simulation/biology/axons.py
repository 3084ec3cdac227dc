"""Myelinated and bare axons as sections. Imports neither numba nor Qt.

Myelin: n wraps are 2n + 1 membranes in series, so capacitance and leak are divided by that. Nodes of 2 um with ten times the
squid's density of channels (FitzHugh 1962, Biophys J 2:11; Moore et al. 1978, Biophys J 21:147).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.simulation.biology.membrane import CAPACITANCE_UF_PER_CM2
from app.simulation.biology.morphology import Morphology, Section, build_morphology

NODES = 41
NODE_LENGTH_UM = 2.0
MYELINATED_AXIAL_OHM_CM = 70.0
LONG_INTERNODE_UM = 1500.0
_MEMBRANE_LEAK_MS_PER_CM2 = 1.0  # of one membrane of the wrapping cell
_COMPARTMENTS, _COMPARTMENTS_IF_LONG, _COMPARTMENTS_WITH_CHANNELS = 11, 31, 51


def myelin(wraps: int) -> tuple[float, float]:
    """Leak in mS/cm2 and capacitance in uF/cm2 of an internode with `wraps` wraps."""
    membranes = 2 * wraps + 1
    return _MEMBRANE_LEAK_MS_PER_CM2 / membranes, CAPACITANCE_UF_PER_CM2 / membranes


@dataclass(frozen=True)
class Damage:
    """What a stretch of internodes has come to: `wraps` left, and perhaps new channels in the bared membrane."""

    first: int
    count: int
    wraps: int
    has_channels: bool = False

    def covers(self, internode: int) -> bool:
        return self.first <= internode < self.first + self.count


def myelinated_axon(
    *,
    diameter_um: float,
    internode_um: float,
    wraps: int,
    node_density: float = 10.0,
    damage: Sequence[Damage] = (),
) -> Morphology:
    """41 nodes of one compartment and 40 internodes ("node 0", "internode 0", "node 1", ...). Of two damages the later counts."""
    sections = [Section("node 0", NODE_LENGTH_UM, diameter_um, 1, channels=node_density)]
    for number in range(NODES - 1):
        harm = next((one for one in reversed(damage) if one.covers(number)), None)
        sections.append(_internode(number, diameter_um, internode_um, wraps, harm))
        sections.append(
            Section(
                f"node {number + 1}",
                NODE_LENGTH_UM,
                diameter_um,
                1,
                channels=node_density,
                parent=f"internode {number}",
            )
        )
    return build_morphology(sections, MYELINATED_AXIAL_OHM_CM)


def _internode(number: int, diameter_um: float, length_um: float, wraps: int, damage: Damage | None) -> Section:
    has_channels = damage is not None and damage.has_channels
    leak, capacitance = myelin(damage.wraps if damage is not None else wraps)
    compartments = _COMPARTMENTS_IF_LONG if length_um > LONG_INTERNODE_UM else _COMPARTMENTS
    return Section(
        f"internode {number}",
        length_um,
        diameter_um,
        _COMPARTMENTS_WITH_CHANNELS if has_channels else compartments,
        channels=1.0 if has_channels else 0.0,
        passive_ms_per_cm2=0.0 if has_channels else leak,
        capacitance_uf_per_cm2=capacitance,
        parent=f"node {number}",
    )


def bare_axon(*, diameter_um: float, length_um: float, compartments: int, axial_ohm_cm: float) -> Morphology:
    """One section "axon" of squid membrane with sealed ends."""
    return build_morphology([Section("axon", length_um, diameter_um, compartments, channels=1.0)], axial_ohm_cm)
