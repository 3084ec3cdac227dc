"""Where the cell's membrane can be looked at from near: one patch a compartment, and more around the large ones. Draws nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from app.panels.neuron.anatomy import Anatomy

Array = np.ndarray
PATCH_UNITS = 1.2  # width of a patch on the schematic board
_FARTHEST = 6  # widths from one patch to the next along an axon or a dendrite
_EVERY = 2  # of the soma's outline, a patch: 2.6 units apart
_AROUND_BOUTON = 40
_ALONG_CONE = 10


@dataclass(frozen=True, eq=False)
class MembranePatches:
    """compartment: int (k,), the patch's; at: (k, 2), its middle, on the membrane, units; angle: (k,), degrees that it is turned.
    half: (k,), units of membrane to either side that it stands for.

    The first ones are the anchors of the compartments, in their order. A soma met only at its anchor would be left to a flat
    colour on the way there from its other end.
    """

    compartment: Array
    at: Array
    angle: Array
    half: Array

    @staticmethod
    def of(anatomy: Anatomy) -> MembranePatches:
        """Those of a cell on its board."""
        outline, cone = anatomy.soma_outline[:-1:_EVERY], anatomy.cone
        count = len(cone) // 2
        along = np.linspace(2, count - 3, _ALONG_CONE).round().astype(int)
        turn = np.linspace(-np.pi, np.pi, _AROUND_BOUTON, endpoint=False)
        x, y, radius = anatomy.bouton_at
        around = np.stack([np.cos(turn), np.sin(turn)], axis=1)
        found = [
            (anatomy.soma, *_faced(outline, np.asarray(anatomy.board.soma))),
            (anatomy.hillock, cone[along], _normals(cone[:count], (0.0, -1.0))[along]),
            (anatomy.hillock, cone[::-1][along], _normals(cone[::-1][:count], (0.0, 1.0))[along]),
            (anatomy.bouton, around * radius + (x, y), around),
        ]
        for compartment in (*(one for run in anatomy.dendrites for one in run), *anatomy.axon):
            along_it = _along(anatomy, compartment)
            found.append((compartment, along_it, np.repeat(anatomy.normal[compartment][None], len(along_it), axis=0)))
        places, angles, owners = [anatomy.anchor], [anatomy.angle], [np.arange(len(anatomy.anchor))]
        for compartment, at, normal in found:
            is_free = ~_is_inside_another(anatomy, compartment, at)
            places.append(at[is_free])
            angles.append(np.degrees(np.arctan2(normal[is_free, 0], -normal[is_free, 1])))
            owners.append(np.full(int(is_free.sum()), compartment))
        compartments = np.concatenate(owners)
        half = 0.5 * np.linalg.norm(anatomy.ends[:, 1] - anatomy.ends[:, 0], axis=1) / _counts(anatomy)
        half[[anatomy.soma, anatomy.bouton, anatomy.hillock]] = anatomy.board.unit
        return MembranePatches(compartments, np.concatenate(places), np.concatenate(angles), half[compartments])


def _counts(anatomy: Anatomy) -> Array:
    """int (n,): patches along each compartment."""
    lengths = np.linalg.norm(anatomy.ends[:, 1] - anatomy.ends[:, 0], axis=1)
    return np.asarray(np.ceil(lengths / (_FARTHEST * PATCH_UNITS * anatomy.board.unit)).astype(int))


def _along(anatomy: Anatomy, compartment: int) -> Array:
    """Where patches stand along a long compartment beside its anchor. (k, 2)"""
    count = int(_counts(anatomy)[compartment])
    share = (np.arange(count) + 0.5) / count
    share = share[np.abs(share - 0.5) > 1e-9][:, None]
    (start, stop), (first, last) = anatomy.ends[compartment], anatomy.half[compartment]
    return np.asarray(start + (stop - start) * share + anatomy.normal[compartment] * (first + (last - first) * share))


def _faced(ring: Array, middle: Array) -> tuple[Array, Array]:
    """A closed outline, and its unit normals away from `middle`."""
    along = np.roll(ring, -1, axis=0) - np.roll(ring, 1, axis=0)
    normal = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.linalg.norm(along, axis=1)[:, None]
    normal[(normal * (ring - middle)).sum(axis=1) < 0.0] *= -1.0
    return ring, np.asarray(normal)


def _normals(line: Array, side: tuple[float, float]) -> Array:
    """Unit normals of an open line, on one side of it."""
    along = np.gradient(line, axis=0)
    normal = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.linalg.norm(along, axis=1)[:, None]
    normal[normal @ np.asarray(side) < 0.0] *= -1.0
    return np.asarray(normal)


def _is_inside_another(anatomy: Anatomy, compartment: int, at: Array) -> Array:
    """bool (k,): which points lie in another compartment's body, where there is no membrane."""
    start, along = anatomy.ends[:, 0], anatomy.ends[:, 1] - anatomy.ends[:, 0]
    way = at[:, None] - start
    share = np.clip((way * along).sum(axis=2) / np.maximum((along**2).sum(axis=1), 1e-12), 0.0, 1.0)
    gap = np.linalg.norm(way - along * share[..., None], axis=2)
    gap -= anatomy.half[:, 0] + (anatomy.half[:, 1] - anatomy.half[:, 0]) * share
    gap[:, [compartment, anatomy.soma, anatomy.bouton]] = np.inf
    return np.asarray(gap.min(axis=1) < 0.0)
