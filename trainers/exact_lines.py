"""Lines of a network's units and the points where they meet, in whole numbers without rounding. Plain Python; no torch, no window.

A float is a whole number times a power of two, so weights of one layer have one common power of two, and what comes out of sums
and products of them is a whole number again: no fraction is ever reduced, none is rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

Line = tuple[int, int, int]  # a, b, c of a·x + b·y + c, up to a factor above 0
Function = list[Line]
Bounded = tuple[float, float, float, float, float, float]  # a, b, c in floating point, and how far off each may be


class ExactLayer(NamedTuple):
    """As linear_regions.DenseLayer."""

    weights: np.ndarray
    bias: np.ndarray
    slope: float | None


class _WholeLayer(NamedTuple):
    """A layer times 2**power; slope times 2**power as well."""

    weights: list[list[int]]
    bias: list[int]
    slope: int | None
    power: int


def exact_layers(layers: Sequence[ExactLayer]) -> list[_WholeLayer]:
    """The layers in whole numbers."""
    return [_whole(layer) for layer in layers]


def _whole(layer: ExactLayer) -> _WholeLayer:
    numbers = [*layer.weights.ravel().tolist(), *layer.bias.tolist(), float(layer.slope or 0.0)]
    power = max(number.as_integer_ratio()[1].bit_length() - 1 for number in numbers)

    def scaled(number: float) -> int:
        above, below = number.as_integer_ratio()
        shift: int = power + 1 - below.bit_length()
        return above << shift

    slope = None if layer.slope is None else scaled(float(layer.slope))
    weights = [[scaled(weight) for weight in row] for row in layer.weights.tolist()]
    return _WholeLayer(weights, [scaled(number) for number in layer.bias.tolist()], slope, power)


class ExactLines:
    """Numbers lines and histories, and works out what they are in whole numbers only when it is asked.

    A history is the sequence of masks (which units are on) of the layers behind which a polygon lies.
    """

    root = 0

    def __init__(self, layers: list[_WholeLayer]) -> None:
        self._layers = layers
        self._lines: list[Line | tuple[int, int]] = []  # a side as it is; else history and unit
        self._bounded: list[Bounded] = []
        self._places: list[int] = []  # the layer of a unit's line, -1 for a side
        self._histories: list[tuple[int, np.ndarray | None]] = [(0, None)]
        self._sums: dict[tuple[int, int], Function] = {}
        self._outputs: dict[tuple[int, int], tuple[Function, int]] = {}
        self._points: dict[tuple[int, int], Line] = {}

    def side(self, a: float, b: float, at: float) -> int:
        """A new line: x = at (a = 1) or y = at (b = 1)."""
        above, below = at.as_integer_ratio()
        self._lines.append((int(a) * below, int(b) * below, -above))
        self._places.append(-1)
        self._bounded.append((a, b, -at, 0.0, 0.0, 0.0))
        return len(self._lines) - 1

    def of_unit(self, history: int, place: int, unit: int, bounded: Bounded) -> int:
        """A new line: where a unit's sum is 0, for the layers' masks so far; and what it is in floating point."""
        self._lines.append((history, unit))
        self._bounded.append(bounded)
        self._places.append(place)
        return len(self._lines) - 1

    def bounded(self, line: int) -> Bounded:
        """A line in floating point."""
        return self._bounded[line]

    def meeting(self, one: int, other: int) -> tuple[float, float]:
        """Where two lines meet, rounded once."""
        x, y, w = self._point(one, other)
        return x / w, y / w

    def is_unit(self, line: int) -> bool:
        """Whether it is not a side of the rectangle."""
        return self._places[line] >= 0

    def history(self, before: int, place: int, mask: np.ndarray) -> int:
        """A new history: with the mask of one more layer."""
        self._histories.append((before, mask))
        return len(self._histories) - 1

    def passed(self, before: int, place: int) -> int:
        """A new history: through a layer that bends nothing."""
        self._histories.append((before, None))
        return len(self._histories) - 1

    def sign(self, line: int, one: int, other: int) -> int:
        """1, 0 or -1: the sign of a line's sum where two others meet."""
        a, b, c = self._exact(line)
        x, y, w = self._point(one, other)
        value = a * x + b * y + c * w
        if w < 0:
            value = -value
        return (value > 0) - (value < 0)

    def same_function(self, one: int, other: int, depth: int) -> bool:
        """Whether behind `depth` layers the outputs are the same function of x and y."""
        return self._output(one, depth)[0] == self._output(other, depth)[0]

    def _point(self, one: int, other: int) -> Line:
        key = (one, other)
        point = self._points.get(key)
        if point is None:
            (a, b, c), (d, e, f) = self._exact(one), self._exact(other)
            point = self._points[key] = (b * f - c * e, c * d - a * f, a * e - b * d)
        return point

    def _exact(self, line: int) -> Line:
        place = self._places[line]
        known = self._lines[line]
        if place < 0:
            return known  # type: ignore[return-value]  # a side
        history, unit = known  # type: ignore[misc]  # a unit's
        return self._sum(history, place)[unit]

    def _sum(self, history: int, place: int) -> Function:
        """The sums of one layer's units, times a power of two."""
        key = (history, place)
        found = self._sums.get(key)
        if found is None:
            layer = self._layers[place]
            before, power = self._output(history, place)
            found = []
            for row, bias in zip(layer.weights, layer.bias, strict=True):
                a = b = c = 0
                for weight, (d, e, f) in zip(row, before, strict=True):
                    if weight:
                        a, b, c = a + weight * d, b + weight * e, c + weight * f
                found.append((a, b, c + (bias << power)))
            self._sums[key] = found
        return found

    def _output(self, history: int, depth: int) -> tuple[Function, int]:
        """What `depth` layers give, times two to the power that stands beside it."""
        if depth == 0:
            return [(1, 0, 0), (0, 1, 0)], 0
        key = (history, depth)
        found = self._outputs.get(key)
        if found is None:
            before, mask = self._histories[history]
            layer = self._layers[depth - 1]
            sums = self._sum(before, depth - 1)
            power = self._output(before, depth - 1)[1] + layer.power
            if layer.slope is None or mask is None:
                found = (sums, power)
            else:
                one = 1 << layer.power
                factors = [one if is_on else layer.slope for is_on in mask.tolist()]
                bent = [(k * a, k * b, k * c) for k, (a, b, c) in zip(factors, sums, strict=True)]
                found = (bent, power + layer.power)
            self._outputs[key] = found
        return found
