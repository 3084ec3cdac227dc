"""Where the neurons of a small network stand, and the lines between them. Plain numbers; imports no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np

_SIDE_OF_PITCH = 0.8  # of the way from one neuron to the next in a column that its picture takes
_SIDE_OF_COLUMN = 0.5  # of the way from one column to the next
_WIDEST = 1.5  # squares from one to the next, where there is room
_SAMPLES = 17  # points of a line, for what lies under the pointer
MOST_CURVES = 200  # lines; more are drawn straight, which takes less than half the time (15 against 36 µs each)

Share = TypeVar("Share", float, np.ndarray)


class Spot(NamedTuple):
    """A neuron: column 0 holds the inputs."""

    column: int
    unit: int


class Wire(NamedTuple):
    """A weight: into neuron `unit` of `column` (from 1 on), from neuron `source` of the column before."""

    column: int
    unit: int
    source: int


class NeuronLayout:
    """Squares of one size in columns, each column about the middle of the room. All in px.

    widths: neurons of each column from the inputs on; bundled: whether the inputs are too many, and stand as one square.
    """

    def __init__(
        self,
        widths: Sequence[int],
        width: float,
        height: float,
        *,
        bundled: bool = False,
        top: float = 0.0,
        bottom: float = 0.0,
        largest: float = 56.0,
        smallest: float = 12.0,
    ) -> None:
        """top, bottom: what is left to headings and legend; largest, smallest: sides of a square."""
        self.counts = (1 if bundled else widths[0], *widths[1:])
        self.is_bundled = bundled
        columns = len(self.counts)
        self.column_pitch = width / columns
        room = max(height - top - bottom, 1.0)
        self.pitch = min(room / max(self.counts), largest * _WIDEST)
        side = min(self.pitch * _SIDE_OF_PITCH, self.column_pitch * _SIDE_OF_COLUMN, largest)
        self.side = max(side, min(smallest, self.pitch))
        self._xs = [(column + 0.5) * self.column_pitch for column in range(columns)]
        self._middle = top + room / 2
        self.wires = tuple(
            Wire(column, unit, source)
            for column in range(1, columns)
            if not (bundled and column == 1)
            for unit in range(self.counts[column])
            for source in range(self.counts[column - 1])
        )
        self.is_straight = len(self.wires) > MOST_CURVES
        self._points = self._sampled()

    def center(self, spot: Spot) -> tuple[float, float]:
        """The middle of a neuron's square."""
        middle = (self.counts[spot.column] - 1) / 2
        return self._xs[spot.column], self._middle + (spot.unit - middle) * self.pitch

    def column_x(self, column: int) -> float:
        """The middle of a column."""
        return self._xs[column]

    def ends(self, wire: Wire) -> tuple[float, float, float, float]:
        """x, y where a line begins, and where it ends: at the squares' sides."""
        x0, y0 = self.center(Spot(wire.column - 1, wire.source))
        x1, y1 = self.center(Spot(wire.column, wire.unit))
        return x0 + self.side / 2, y0, x1 - self.side / 2, y1

    def neuron_at(self, x: float, y: float) -> Spot | None:
        """The neuron whose square is there."""
        for column, middle in enumerate(self._xs):
            if abs(x - middle) > self.side / 2:
                continue
            for unit in range(self.counts[column]):
                if abs(y - self.center(Spot(column, unit))[1]) <= self.side / 2:
                    return Spot(column, unit)
        return None

    def bias_at(self, x: float, y: float, reach: float) -> Spot | None:
        """The neuron whose bias, at its square's lower left corner, is there."""
        for column in range(1, len(self.counts)):
            for unit in range(self.counts[column]):
                bx, by = self.bias_place(Spot(column, unit))
                if abs(x - bx) <= reach and abs(y - by) <= reach:
                    return Spot(column, unit)
        return None

    def bias_place(self, spot: Spot) -> tuple[float, float]:
        """The middle of the mark of a neuron's bias."""
        x, y = self.center(spot)
        return x - self.side / 2, y + self.side / 2

    def wire_at(self, x: float, y: float, reach: float) -> Wire | None:
        """The line nearest to a point, where it is nearer than `reach`."""
        if not self.wires:
            return None
        starts, ends = self._points[:, :-1], self._points[:, 1:]
        way = ends - starts
        square = np.maximum((way**2).sum(axis=2), 1e-12)
        offset = np.array([x, y]) - starts
        along = np.clip((offset * way).sum(axis=2) / square, 0.0, 1.0)
        distance = np.hypot(*np.moveaxis(offset - along[:, :, None] * way, 2, 0)).min(axis=1)
        nearest = int(np.argmin(distance))
        return self.wires[nearest] if distance[nearest] <= reach else None

    def wire_point(self, wire: Wire, share: float) -> tuple[float, float]:
        """A point on a line, `share` of the way along."""
        x0, y0, x1, y1 = self.ends(wire)
        across, down = (share, share) if self.is_straight else (_across(share), _down(share))
        return x0 + across * (x1 - x0), y0 + down * (y1 - y0)

    def _sampled(self) -> np.ndarray:
        """float64 (lines, points, 2)."""
        ends = np.array([self.ends(wire) for wire in self.wires]).reshape(-1, 4)
        share = np.linspace(0.0, 1.0, 2 if self.is_straight else _SAMPLES)
        across, down = (share, share) if self.is_straight else (_across(share), _down(share))
        x = ends[:, :1] + across * (ends[:, 2:3] - ends[:, :1])
        y = ends[:, 1:2] + down * (ends[:, 3:] - ends[:, 1:2])
        return np.stack([x, y], axis=2)


def _across(share: Share) -> Share:
    """x of a cubic curve whose handles stand half-way between the columns, each at the height of its end."""
    across: Share = 1.5 * share * (1 - share) ** 2 + 1.5 * share**2 * (1 - share) + share**3
    return across


def _down(share: Share) -> Share:
    """y of the same."""
    down: Share = 3 * share**2 - 2 * share**3
    return down
