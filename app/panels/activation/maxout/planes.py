"""Planes of a Maxout unit of two inputs: the cells in which each is the largest, exactly, as polygons. No Qt.

Goodfellow, Warde-Farley, Mirza, Courville & Bengio 2013, arXiv:1302.4389. Each cell is the square on show cut by the half-planes
in which its plane lies above one of the others, hence convex.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Meta

from app.panels.activation.maxout.lines import HIGHEST, STEEPEST

Floats = npt.NDArray[np.float64]

_NEVER_GRID = 33  # points each way at which a plane that never wins is compared with the largest


class Plane(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """w1 x1 + w2 x2 + b."""

    w1: Annotated[float, Meta(ge=-STEEPEST, le=STEEPEST)]
    w2: Annotated[float, Meta(ge=-STEEPEST, le=STEEPEST)]
    b: Annotated[float, Meta(ge=-HIGHEST, le=HIGHEST)]

    def at(self, x1: float, x2: float) -> float:
        """w1 x1 + w2 x2 + b."""
        return self.w1 * x1 + self.w2 * x2 + self.b

    def over(self, points: Floats) -> Floats:
        """The same at points (n, 2)."""
        return np.asarray(points @ np.array([self.w1, self.w2]) + self.b, np.float64)

    @property
    def steepness(self) -> float:
        """Length of its gradient."""
        return math.hypot(self.w1, self.w2)


def cells(planes: Sequence[Plane], outline: Floats) -> tuple[Floats, ...]:
    """For each plane the part of the convex `outline` (n, 2) in which it is the largest: a polygon (m, 2), empty where it never is.

    Of planes that are the same the first counts. Corners as plain numbers: for ten of them numpy takes ten times as long.
    """
    found = []
    least = 1e-9 * area(outline)
    for number, plane in enumerate(planes):
        corners: list[tuple[float, float]] = [(x1, x2) for x1, x2 in outline.tolist()]
        for other_number, other in enumerate(planes):
            if other_number != number and corners:
                if plane == other:
                    corners = corners if number < other_number else []
                else:
                    corners = _cut(corners, plane.w1 - other.w1, plane.w2 - other.w2, plane.b - other.b)
        polygon = np.array(corners, np.float64).reshape(-1, 2)
        found.append(polygon if area(polygon) > least else polygon[:0])
    return tuple(found)


def _cut(corners: list[tuple[float, float]], w1: float, w2: float, b: float) -> list[tuple[float, float]]:
    """The part of a convex polygon in which w1 x1 + w2 x2 + b is not negative."""
    heights = [w1 * x1 + w2 * x2 + b for x1, x2 in corners]
    if min(heights) >= 0:
        return corners
    if max(heights) < 0:
        return []
    kept = []
    for index, (x1, x2) in enumerate(corners):
        before, here = heights[index - 1], heights[index]
        if (before >= 0) != (here >= 0):
            share = before / (before - here)
            from_1, from_2 = corners[index - 1]
            kept.append((from_1 + share * (x1 - from_1), from_2 + share * (x2 - from_2)))
        if here >= 0:
            kept.append((x1, x2))
    return kept


def area(polygon: Floats) -> float:
    """Of a simple polygon (n, 2)."""
    corners = polygon.tolist()
    twice = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True))
    return 0.5 * abs(float(twice))


def center(polygon: Floats) -> tuple[float, float]:
    """Centre of gravity of a polygon with an area."""
    corners = polygon.tolist()
    total = across = up = 0.0
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True):
        cross = x1 * y2 - x2 * y1
        total += 3 * cross
        across += (x1 + x2) * cross
        up += (y1 + y2) * cross
    return across / total, up / total


def rectangle(low_1: float, high_1: float, low_2: float, high_2: float) -> Floats:
    """From low to high in both directions, counter-clockwise."""
    return np.array([(low_1, low_2), (high_1, low_2), (high_1, high_2), (low_1, high_2)])


def square(half: float) -> Floats:
    """-half to half in both directions, counter-clockwise."""
    return rectangle(-half, half, -half, half)


class Anchor(NamedTuple):
    """Where a plane is taken hold of."""

    x1: float
    x2: float


def anchors(planes: Sequence[Plane], regions: Sequence[Floats], outline: Floats) -> tuple[Anchor, ...]:
    """Of each plane the middle of its cell; of one that never is the largest the place at which it comes nearest to that."""
    found = []
    grid: Floats | None = None  # most often every plane is the largest somewhere
    largest: Floats | None = None
    for plane, region in zip(planes, regions, strict=True):
        if len(region):
            found.append(Anchor(*center(region)))
            continue
        if grid is None or largest is None:
            grid = _grid(outline)
            largest = np.max([other.over(grid) for other in planes], axis=0)
        place = grid[int(np.argmin(largest - plane.over(grid)))]
        found.append(Anchor(float(place[0]), float(place[1])))
    return tuple(found)


def _grid(outline: Floats) -> Floats:
    """Points all over an outline's rectangle but near its edges, (n, 2)."""
    side = np.linspace(0.1, 0.9, _NEVER_GRID)
    low, high = outline.min(0), outline.max(0)
    return np.stack(np.meshgrid(*(low[axis] + (high[axis] - low[axis]) * side for axis in (0, 1))), -1).reshape(-1, 2)


def contour_levels(low: float, high: float, wanted: int = 12) -> tuple[float, ...]:
    """Round heights between low and high, about `wanted` of them."""
    if not high > low:
        return ()
    rough = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= rough)
    first = math.ceil(low / step - 1e-9)
    return tuple(number * step for number in range(first, math.floor(high / step + 1e-9) + 1))


def contours(plane: Plane, region: Floats, levels: Sequence[float]) -> list[tuple[float, Floats]]:
    """The lines of equal height of a plane in its cell: height, and ends (2, 2)."""
    corners = region.tolist()
    heights = [plane.at(x1, x2) for x1, x2 in corners]
    found = []
    for level in levels:
        ends = []
        for index, (here_1, here_2) in enumerate(corners):
            before, here = heights[index - 1], heights[index]
            if (before < level) != (here < level):
                share = (level - before) / (here - before)
                from_1, from_2 = corners[index - 1]
                ends.append((from_1 + share * (here_1 - from_1), from_2 + share * (here_2 - from_2)))
        if len(ends) == 2:
            found.append((level, np.array(ends)))
    return found


# --- the hand -----------------------------------------------------------------------------------------------------------


class ShiftPlane:
    """A plane held at its anchor: it moves sideways with the hand; a level one has nothing to be moved by."""

    words = "Move"

    def __init__(self, plane: Plane, x1: float, x2: float) -> None:
        self._plane = plane
        self._press = x1, x2

    def to(self, x1: float, x2: float) -> Plane:
        """The plane, with the hand at (x1, x2)."""
        plane, (from_1, from_2) = self._plane, self._press
        b = plane.b - plane.w1 * (x1 - from_1) - plane.w2 * (x2 - from_2)
        return msgspec.structs.replace(plane, b=min(max(b, -HIGHEST), HIGHEST))


class TiltPlane:
    """A plane held at the tip of its gradient's arrow: it turns about the anchor, where its height stays."""

    words = "Tilt"

    def __init__(self, plane: Plane, anchor: Anchor, least: float, per_unit: float) -> None:
        """least: length on the map of the arrow of a level plane; per_unit: how much longer a gradient of 1 makes it."""
        self._anchor = anchor
        self._least = least
        self._per_unit = per_unit
        self._height = plane.at(*anchor)

    def to(self, x1: float, x2: float) -> Plane:
        """The plane, with the hand at (x1, x2)."""
        across, up = x1 - self._anchor.x1, x2 - self._anchor.x2
        length = math.hypot(across, up)
        steep = max(length - self._least, 0.0) / self._per_unit / max(length, 1e-12)
        w1, w2 = (min(max(_caught(steep * part), -STEEPEST), STEEPEST) for part in (across, up))
        b = self._height - w1 * self._anchor.x1 - w2 * self._anchor.x2
        return Plane(w1, w2, min(max(b, -HIGHEST), HIGHEST))


def _caught(w: float) -> float:
    """`w`, or the half or whole number within 0.04."""
    near = round(2 * w) / 2
    return near if abs(near - w) < 0.04 else w


# --- surfaces to begin with ----------------------------------------------------------------------------------------------


def cone(count: int) -> tuple[Plane, ...]:
    """Planes that touch the cone √(x1² + x2²), evenly round it."""
    angles = [2 * math.pi * number / count for number in range(count)]
    return tuple(Plane(round(math.cos(angle), 6) + 0.0, round(math.sin(angle), 6) + 0.0, 0.0) for angle in angles)


SURFACES: dict[str, tuple[str, str, tuple[Plane, ...]]] = {
    "pooling": ("max(x₁, x₂)", "The larger of two inputs: max pooling", (Plane(1.0, 0.0, 0.0), Plane(0.0, 1.0, 0.0))),
    "relu": ("ReLU(x₁)", "A fold: ReLU of the first input", (Plane(0.0, 0.0, 0.0), Plane(1.0, 0.0, 0.0))),
    "pyramid": (
        "|x₁| + |x₂|",
        "A pyramid on its tip: the sum of both absolute values, from four planes",
        (Plane(1.0, 1.0, 0.0), Plane(-1.0, 1.0, 0.0), Plane(-1.0, -1.0, 0.0), Plane(1.0, -1.0, 0.0)),
    ),
    "cone": ("Cone", "Eight planes about the cone √(x₁² + x₂²)", cone(8)),
}
