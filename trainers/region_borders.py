"""Where the linear regions of a network meet, as stretches of straight lines to be drawn. numpy; imports neither torch nor Qt."""

from __future__ import annotations

import math

import numpy as np

from trainers.linear_regions import Rectangle, Regions

_NEAR = 1e-7  # of the rectangle's size, and in radians: lines nearer than this are one, for the eye
_SHORT = 2e-4  # of the rectangle's size: a side that nobody sees, and whose direction rounding has lost

_Side = tuple[float, float, int]  # along its line from, to, and the region that lies there


def region_borders(regions: Regions, rectangle: Rectangle) -> np.ndarray:
    """float32 (stretches, 4): x, y of both ends, each stretch once; without the rectangle's rim.

    A line on which a unit bends nothing (the same function lies on both sides) is no border.
    """
    starts = np.concatenate(regions.cells)
    ends = np.concatenate([np.roll(cell, -1, axis=0) for cell in regions.cells])
    region = np.repeat(regions.region_of, [len(cell) for cell in regions.cells])
    x_min, x_max, y_min, y_max = rectangle
    size = max(x_max - x_min, y_max - y_min)
    middle = np.array([x_min + x_max, y_min + y_max]) / 2
    starts, ends = (starts - middle) / size, (ends - middle) / size
    way = ends - starts
    length = np.hypot(way[:, 0], way[:, 1])
    kept = length > _SHORT
    starts, ends, way, region = starts[kept], ends[kept], way[kept] / length[kept, None], region[kept]
    angle = np.arctan2(way[:, 1], way[:, 0])
    is_back = (angle < -_NEAR) | (
        angle >= math.pi - _NEAR
    )  # half a turn further: the cell lies on the line's other side
    along = np.where(is_back[:, None], -way, way)
    angle = np.where(is_back, np.where(angle < 0, angle + math.pi, angle - math.pi), angle)
    offset = along[:, 0] * starts[:, 1] - along[:, 1] * starts[:, 0]
    found: list[tuple[np.ndarray, np.ndarray]] = []
    for group in _lines(angle, offset):
        first = group[0]
        direction, foot = along[first], offset[first] * np.array([-along[first, 1], along[first, 0]])
        at, to = starts[group] @ direction, ends[group] @ direction
        sides: tuple[list[_Side], list[_Side]] = ([], [])
        for low, high, back, number in zip(
            np.minimum(at, to).tolist(),
            np.maximum(at, to).tolist(),
            is_back[group].tolist(),
            region[group].tolist(),
            strict=True,
        ):
            sides[back].append((low, high, number))
        found += [(foot + low * direction, foot + high * direction) for low, high in _parted(*sides)]
    if not found:
        return np.zeros((0, 4), np.float32)
    points = np.array(found) * size + middle
    return points.reshape(-1, 4).astype(np.float32)


def _lines(angle: np.ndarray, offset: np.ndarray) -> list[np.ndarray]:
    """The sides of cells that lie on one line, as indices: sorted, a gap parts one line from the next."""
    groups = []
    for turned in _apart(angle, np.arange(len(angle))):
        groups += _apart(offset, turned)
    return groups


def _apart(values: np.ndarray, which: np.ndarray) -> list[np.ndarray]:
    ordered = which[np.argsort(values[which], kind="stable")]
    gaps = np.flatnonzero(np.diff(values[ordered]) > _NEAR) + 1
    return [part for part in np.split(ordered, gaps) if len(part)]


def _parted(left: list[_Side], right: list[_Side]) -> list[tuple[float, float]]:
    """The stretches of one line on whose two sides different regions lie, joined where they follow one another."""
    left.sort()
    right.sort()
    parted: list[list[float]] = []
    one = other = 0
    while one < len(left) and other < len(right):
        low, high = max(left[one][0], right[other][0]), min(left[one][1], right[other][1])
        if high - low > _NEAR and left[one][2] != right[other][2]:
            if parted and low - parted[-1][1] <= 10 * _NEAR:
                parted[-1][1] = high
            else:
                parted.append([low, high])
        if left[one][1] <= right[other][1]:
            one += 1
        else:
            other += 1
    return [(low, high) for low, high in parted]
