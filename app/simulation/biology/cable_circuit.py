"""From a morphology, its synapses and a time step to the plain arrays that the cable kernel steps through. Imports no numba.

Staggered Crank-Nicolson (Hines 1984, Int J Biomed Comput 15:69): conductances at t + dt/2, an implicit half step to
V(t + dt/2), then V(t + dt) = 2 V(t + dt/2) - V(t). The matrix is a tree's, so that eliminating a node that has at most two
neighbours leaves a tree. Passive compartments without a synapse have a constant diagonal: they are eliminated here, once,
in rounds of nodes that do not touch one another, and a step does with two multiplications for each of them. What is left
(membrane with channels, synapses, junctions) is eliminated at every step from its leaves to its middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from app.simulation.biology.membrane import POTASSIUM_MV, SODIUM_MV, gate_table, temperature_factor
from app.simulation.biology.morphology import Morphology
from app.simulation.biology.synapse import MAGNESIUM_MM, Receptor

Array = np.ndarray


class Synapse(NamedTuple):
    """Receptors of one kind at one compartment; events name it by its place in the list."""

    compartment: int
    receptor: Receptor


class Circuit(NamedTuple):
    """What does not change while a cable runs. Nodes stand in the order of elimination: s static ones, then the others.

    at: node of each compartment and junction, (nodes,). storage_us: 2 C/dt. drive_na: leak times reversal. static_*, (s,):
    the two neighbours that a static node is folded into (`nodes`, a slot that nothing reads, for none), the shares they
    get, and 1/diagonal. free_*, (nodes - s,): diagonal without channels and synapses, neighbour towards the middle, link.
    active, (a,): nodes with channels, their sodium_us and potassium_us. synapse_*, (p,): node and kinetics.
    """

    dt_ms: float
    scaled_dt_ms: float
    sodium_mv: float
    potassium_mv: float
    table: Array
    at: Array
    storage_us: Array
    drive_na: Array
    static_left: Array
    static_right: Array
    static_left_share: Array
    static_right_share: Array
    static_inverse: Array
    free_diagonal_us: Array
    free_parent: Array
    free_link_us: Array
    active: Array
    sodium_us: Array
    potassium_us: Array
    synapse_node: Array
    synapse_rise_ms: Array
    synapse_fall_ms: Array
    synapse_keep_rise: Array
    synapse_keep_fall: Array
    synapse_scale: Array
    synapse_reversal_mv: Array
    synapse_magnesium_mm: Array


def build_circuit(
    morphology: Morphology,
    synapses: Sequence[Synapse],
    *,
    dt_ms: float,
    temperature_c: float,
    sodium: float = 1.0,
    potassium: float = 1.0,
) -> Circuit:
    """Eliminate what is constant and lay the rest out for the kernel. sodium, potassium: factors on those conductances."""
    storage = 2.0 * morphology.capacitance_nf / dt_ms
    tree = _Tree(morphology, storage)
    is_free = morphology.has_channels.copy()
    is_free[[synapse.compartment for synapse in synapses]] = True
    static = tree.eliminate(~is_free)
    free, parents, links = tree.free_order()
    order = np.array([node for node, _ in static] + free)
    at = np.empty(morphology.nodes + 1, dtype=np.int64)
    at[order] = np.arange(morphology.nodes)
    at[-1] = morphology.nodes  # where a static node with fewer than two neighbours sends the shares of the missing
    sides = np.array([sides for _, sides in static]).reshape(len(static), 2, 2)
    neighbours = at[sides[:, :, 0].astype(np.int64)]
    active = np.flatnonzero(morphology.has_channels)
    receptors = [synapse.receptor for synapse in synapses]
    rise = np.array([receptor.rise_ms for receptor in receptors])
    fall = np.array([receptor.decay_ms for receptor in receptors])
    return Circuit(
        dt_ms=float(dt_ms),
        scaled_dt_ms=float(dt_ms) * temperature_factor(temperature_c),
        sodium_mv=SODIUM_MV,
        potassium_mv=POTASSIUM_MV,
        table=gate_table(dt_ms, temperature_c),
        at=at[:-1],
        storage_us=storage[order],
        drive_na=morphology.leak_drive_na[order],
        static_left=np.ascontiguousarray(neighbours[:, 0]),
        static_right=np.ascontiguousarray(neighbours[:, 1]),
        static_left_share=np.ascontiguousarray(sides[:, 0, 1]),
        static_right_share=np.ascontiguousarray(sides[:, 1, 1]),
        static_inverse=np.array([1.0 / tree.diagonal[node] for node, _ in static]),
        free_diagonal_us=np.array([tree.diagonal[node] for node in free]),
        free_parent=at[np.array(parents)],
        free_link_us=np.array(links),
        active=at[active],
        sodium_us=morphology.sodium_us[active] * sodium,
        potassium_us=morphology.potassium_us[active] * potassium,
        synapse_node=at[np.array([synapse.compartment for synapse in synapses], dtype=np.int64)],
        synapse_rise_ms=rise,
        synapse_fall_ms=fall,
        synapse_keep_rise=np.exp(-dt_ms / rise),
        synapse_keep_fall=np.exp(-dt_ms / fall),
        synapse_scale=np.array([receptor.scale for receptor in receptors]),
        synapse_reversal_mv=np.array([receptor.reversal_mv for receptor in receptors]),
        synapse_magnesium_mm=np.array(
            [MAGNESIUM_MM if receptor.is_blocked_by_magnesium else 0.0 for receptor in receptors]
        ),
    )


_Sides = list[tuple[float, float]]  # neighbour, share of the right-hand side that it gets


class _Tree:
    """The matrix while nodes are taken out of it: diagonals in uS, and links to neighbours in uS."""

    def __init__(self, morphology: Morphology, storage_us: Array) -> None:
        self.nodes = morphology.nodes
        self.links: list[dict[int, float]] = [{} for _ in range(self.nodes)]
        self.diagonal = (storage_us + morphology.leak_us).tolist()
        for child, (parent, axial) in enumerate(
            zip(morphology.parent.tolist(), morphology.axial_us.tolist(), strict=True)
        ):
            if parent >= 0:
                self.links[child][parent] = self.links[parent][child] = axial
                self.diagonal[child] += axial
                self.diagonal[parent] += axial
        self._left = set(range(self.nodes))

    def eliminate(self, may_go: Array) -> list[tuple[int, _Sides]]:
        """Take out, in rounds, nodes of `may_go` with at most two neighbours, none of a round beside another; one node stays."""
        gone: list[tuple[int, _Sides]] = []
        candidates = [node for node in range(self.nodes) if may_go[node]]
        while candidates:
            touched: set[int] = set()
            later: list[int] = []
            done = len(gone)
            for node in candidates:
                if node in touched:
                    later.append(node)
                elif len(self.links[node]) > 2 or len(self._left) == 1:
                    later.append(node)
                    continue
                else:
                    touched.update(self.links[node])
                    gone.append((node, self._take_out(node)))
            if len(gone) == done:
                break
            candidates = later
        return gone

    def _take_out(self, node: int) -> _Sides:
        around = list(self.links[node].items())
        sides: _Sides = []
        for other, link in around:
            share = link / self.diagonal[node]
            sides.append((other, share))
            self.diagonal[other] -= share * link
            del self.links[other][node]
        if len(around) == 2:
            (left, _), (right, link) = around
            self.links[left][right] = self.links[right][left] = sides[0][1] * link
        self._left.discard(node)
        return sides + [(self.nodes, 0.0)] * (2 - len(sides))

    def free_order(self) -> tuple[list[int], list[int], list[float]]:
        """The nodes left, from the leaves to the middle, with the neighbour towards it (of the last: itself) and the link.

        From the middle two halves are independent of one another, so that a processor works at both at a time.
        """
        middle = self._middle()
        reached, parent = self._reached(middle)
        reached.reverse()
        parents = [parent[node] for node in reached]
        links = [self.links[node].get(towards, 0.0) for node, towards in zip(reached, parents, strict=True)]
        return reached, parents, links

    def _middle(self) -> int:
        """The node in the middle of a longest path."""
        one_end = self._reached(min(self._left))[0][-1]
        reached, parent = self._reached(one_end)
        path = [reached[-1]]
        while path[-1] != one_end:
            path.append(parent[path[-1]])
        return path[len(path) // 2]

    def _reached(self, root: int) -> tuple[list[int], dict[int, int]]:
        """The nodes left in order of their distance from `root`, and the neighbour that each was reached from."""
        parent = {root: root}
        reached = [root]
        for node in reached:
            for other in self.links[node]:
                if other not in parent:
                    parent[other] = node
                    reached.append(other)
        return reached, parent
