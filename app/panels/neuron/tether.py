"""Tether: keeps a hand that zooms or drags with the cell, since beyond it there is nothing to see. Moves no camera itself.

What is in view is enough while the cell is small on the screen. The nearer one comes, the less reach what has no membrane of
its own (fibres, twigs, the next cell, far sides): so the camera is led to a membrane bit by bit, from wherever it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache

import numpy as np

from app.panels.neuron.anatomy import Anatomy
from app.panels.neuron.camera import View, smooth
from app.panels.neuron.cell_picture import CellPicture

_LOOSE, _TIGHT = (
    0.66,
    0.35,
)  # of half the room: how far from its middle the nearest part may be, from afar and from near
_REACH_PX, _FAR_SIDE_PX = 70.0, 40.0  # how far what has no membrane of its own counts from its root
_FIRST, _LAST = 0.02, 0.16  # width of a patch in the room's, between which it all tightens
Array = np.ndarray


class Tether:
    """Of one anatomy: its outline as lines, each with the place of membrane that it is drawn in to."""

    def __init__(self, anatomy: Anatomy) -> None:
        patches = anatomy.patches
        self._tangent = np.stack([np.cos(np.radians(patches.angle)), np.sin(np.radians(patches.angle))], axis=1)
        self._patches, self._half = patches.at, patches.half
        lines, roots, lengths, reaches = zip(*_parts(anatomy), strict=True)
        counts = [len(part) for part in lines]
        self._lines = np.concatenate(lines)
        self._roots = np.repeat(np.stack(roots), counts, axis=0)
        self._reach_px = np.repeat(np.asarray(reaches) / np.maximum(lengths, 1e-9), counts)  # per unit of its length

    def slack(self, picture: CellPicture, *, is_drag: bool = False) -> float:
        """How far the nearest part of the cell is from the middle of the room, 1: as far as it may.

        is_drag: along the membrane one goes on and on; who comes nearer is led to where its channels are.
        """
        return float(math.hypot(*self._nearest(picture, is_drag)[0]))

    def held(self, picture: CellPicture, most: float, *, is_drag: bool = False) -> View:
        """The camera's view, moved so far that `slack` is at most `most`, or 1 where that is more."""
        gap, to_room = self._nearest(picture, is_drag)
        slack, view = float(math.hypot(*gap)), picture.camera.view
        if slack <= max(most, 1.0):
            return view
        x, y = np.linalg.solve(to_room, gap * (1.0 - max(most, 1.0) / slack))
        return View(view.x + float(x), view.y + float(y), view.zoom)

    def _nearest(self, picture: CellPicture, is_drag: bool) -> tuple[Array, Array]:
        """The way to the nearest part, in what it may be away; and the matrix that makes it so of the board's units."""
        camera, width = picture.camera, picture.camera.room.width()
        near = smooth(_FIRST, _LAST, picture.patch_px / max(width, 1.0))
        may_px = (_LOOSE + (_TIGHT - _LOOSE) * near) * np.array([width, camera.room.height()]) / 2.0
        roll = math.radians(picture.roll)
        turn = np.array([[math.cos(roll), -math.sin(roll)], [math.sin(roll), math.cos(roll)]])
        to_room = np.asarray(camera.scale * turn / may_px[:, None])
        lines = self._outline(near, camera.scale, 0.0 if is_drag else near, picture.patch_units / 2)
        start, stop = np.moveaxis((lines - (camera.view.x, camera.view.y)) @ to_room.T, 1, 0)
        along = stop - start
        share = np.clip(-(start * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-18), 0.0, 1.0)
        ways = start + along * share[:, None]
        return ways[int(np.argmin((ways**2).sum(axis=1)))], to_room

    def _outline(self, near: float, scale: float, shortened: float, half_patch: float) -> Array:
        """The lines as they count now, (k, 2, 2): what has no membrane drawn in, and the membrane shortened to its patches."""
        drawn_in = np.minimum(1.0, self._reach_px * (1.0 - near) / scale)[:, None, None]
        rest = self._roots[:, None] + (self._lines - self._roots[:, None]) * drawn_in
        half = self._half + shortened * (np.minimum(self._half, half_patch) - self._half)
        reach = self._tangent * half[:, None]
        membrane = np.stack([self._patches - reach, self._patches + reach], axis=1)
        return np.asarray(np.concatenate([membrane, rest]))


@cache
def tether_of(anatomy: Anatomy) -> Tether:
    """Made when a hand first moves the camera over this anatomy."""
    return Tether(anatomy)


def _parts(anatomy: Anatomy) -> Iterator[tuple[Array, Array, float, float]]:
    """What has no membrane of its own: lines (k, 2, 2), their root, how far they lie from it in units, and how many px count."""
    for compartment in (*(one for run in anatomy.dendrites for one in run), *anatomy.axon):
        root, way = anatomy.anchor[compartment], math.radians(float(anatomy.angle[compartment]))
        far = 2 * anatomy.center[compartment] - root
        reach = anatomy.patches.half[compartment] * np.array([math.cos(way), math.sin(way)])
        yield *_rooted(np.stack([far - reach, far + reach]), root), _FAR_SIDE_PX
    for compartment, outline in anatomy.twigs:
        yield *_rooted(outline, anatomy.anchor[compartment]), _REACH_PX
    for compartment, fibre in zip(anatomy.input_compartments, anatomy.fibres, strict=True):
        yield *_rooted(fibre[::3], anatomy.anchor[compartment]), _REACH_PX
    yield *_rooted(anatomy.next_cell[::2], anatomy.anchor[anatomy.bouton]), _REACH_PX


def _rooted(points: Array, root: Array) -> tuple[Array, Array, float]:
    """An open line through `points`, that belongs to `root`."""
    return np.stack([points[:-1], points[1:]], axis=1), root, float(np.hypot(*(points - root).T).max())
