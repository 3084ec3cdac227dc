"""The linear regions of a network of two inputs and ReLU units, counted exactly in a rectangle. Plain Python and numpy, no torch.

A ReLU bends the plane along the line where its unit's sum is 0. Layer by layer each polygon on which the network is linear so
far is cut along the lines of the next layer's units (Serra, Tjandraatmadja and Ramalingam 2018, arXiv:1711.02114, count by
programming instead). On which side of a line a corner lies is decided in floating point where its error, which is carried along,
cannot change the answer, and else in whole numbers without any error (after Shewchuk 1997): three lines through one point, units
that coincide and biases of 0 are counted as they are, not as rounding has it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from trainers.exact_lines import Bounded, ExactLayer, ExactLines, exact_layers
from trainers.network_graph import NetworkInputError

MAX_CELLS = 100_000  # a minute of work, and more than can be seen
_UNIT = 2.0**-52
_SAFETY = 4.0  # on the bounds of errors, which leave out what is of second order

Rectangle = tuple[float, float, float, float]  # x_min, x_max, y_min, y_max
Array = np.ndarray


class DenseLayer(NamedTuple):
    """A dense layer and what bends its sums. weights: float64 (units, inputs); bias: (units,); slope: of the negative side, 0
    for ReLU; None where nothing bends them, as behind the last layer."""

    weights: Array
    bias: Array
    slope: float | None = 0.0


class Regions(msgspec.Struct, frozen=True):
    """What a rectangle falls into.

    cells: polygons, each float64 (corners, 2), anticlockwise, on each of which every unit is on or off throughout; gradients:
    float64 (cells, outputs, 2) and offsets (cells, outputs): the output there is gradient · x + offset; region_of: int64
    (cells,), the linear region of each: neighbours on which the output is the same function are one.
    """

    cells: tuple[Array, ...]
    gradients: Array
    offsets: Array
    region_of: Array

    @property
    def count(self) -> int:
        """How many linear regions there are."""
        return int(self.region_of.max()) + 1


class _Corner(NamedTuple):
    """x, y, and how far off they may be."""

    x: float
    y: float
    error: float


class _Piece(NamedTuple):
    """A part of a cell while the units of a layer cut it: which of those that crossed the cell are on."""

    corners: list[_Corner]
    lines: list[int]
    is_on: dict[int, bool]


class _Cell(NamedTuple):
    """A polygon: corner i is where line i begins, and where it meets line i - 1. history: the lines of the units' sums in exact
    form are found with it; function: float64 (numbers, 3) of a, b, c in a·x + b·y + c, and bounds of their magnitudes."""

    corners: list[_Corner]
    lines: list[int]
    history: int
    function: Array
    magnitude: Array


def linear_regions(layers: Sequence[DenseLayer], rectangle: Rectangle) -> Regions:
    """The regions of a network in a rectangle; raises NetworkInputError for what is no such network, and for too many."""
    _check(layers, rectangle)
    x_min, x_max, y_min, y_max = rectangle
    lines = ExactLines(exact_layers([ExactLayer(*layer) for layer in layers]))
    corners = [_Corner(x, y, 0.0) for x, y in ((x_min, y_min), (x_max, y_min), (x_max, y_max), (x_min, y_max))]
    sides = [lines.side(0.0, 1.0, y_min), lines.side(1.0, 0.0, x_max), lines.side(0.0, 1.0, y_max)]
    sides.append(lines.side(1.0, 0.0, x_min))
    identity = np.eye(2, 3)
    cells = [_Cell(corners, sides, lines.root, identity, identity)]
    for place, layer in enumerate(layers):
        cells = [smaller for cell in cells for smaller in _bent(cell, layer, place, lines)]
        if len(cells) > MAX_CELLS:
            raise NetworkInputError(
                f"Behind layer {place + 1} there are more than {MAX_CELLS:,} regions.", "Take fewer units or layers."
            )
    functions = np.stack([cell.function for cell in cells])
    return Regions(
        cells=tuple(np.array([corner[:2] for corner in cell.corners]) for cell in cells),
        gradients=functions[:, :, :2],
        offsets=functions[:, :, 2],
        region_of=_merged(cells, lines, len(layers), max(len(layer.bias) for layer in layers)),
    )


def regions_at_least(inputs: int, widths: Sequence[int]) -> int:
    """So many regions can the best network of these hidden layers have, or more.

    Montúfar, Pascanu, Cho and Bengio 2014 (arXiv:1402.1869), theorem 4: Π ⌊nᵢ/n₀⌋^n₀ over all layers but the last, times
    Σ C(n_L, j) for j from 0 to n₀; each layer has n₀ units at least.
    """
    if not widths or inputs < 1 or min(widths) < inputs:
        raise NetworkInputError(
            f"Montúfar's bound is for hidden layers of at least {inputs} units, but these have {list(widths)}."
        )
    folds: int = math.prod((width // inputs) ** inputs for width in widths[:-1])
    return folds * sum(math.comb(widths[-1], count) for count in range(inputs + 1))


def regions_at_most(inputs: int, widths: Sequence[int]) -> int:
    """No network of these hidden layers has more: Π Σ C(nᵢ, j), j to the smallest number so far (arXiv:1711.02114, section 3)."""
    product, dimension = 1, inputs
    for width in widths:
        dimension = min(dimension, width)
        product *= sum(math.comb(width, count) for count in range(dimension + 1))
    return product


def _check(layers: Sequence[DenseLayer], rectangle: Rectangle) -> None:
    x_min, x_max, y_min, y_max = rectangle
    if not (all(map(math.isfinite, rectangle)) and x_min < x_max and y_min < y_max):
        raise NetworkInputError(f"The rectangle {rectangle} has no inside.", "Give x_min, x_max, y_min, y_max.")
    inputs = 2
    for place, layer in enumerate(layers, start=1):
        units = len(layer.bias)
        if layer.weights.shape != (units, inputs) or units < 1:
            raise NetworkInputError(
                f"Layer {place} has weights of {'×'.join(map(str, layer.weights.shape))}, but takes {inputs} numbers"
                f" and gives {units}.",
                "Regions are counted for two inputs and dense layers.",
            )
        if not (np.isfinite(layer.weights).all() and np.isfinite(layer.bias).all()):
            raise NetworkInputError(f"Layer {place} has weights that are not finite.", "Start the training again.")
        inputs = units
    if not layers:
        raise NetworkInputError("There is no layer.", "Give one dense layer at least.")


def _bent(cell: _Cell, layer: DenseLayer, place: int, lines: ExactLines) -> list[_Cell]:
    """The cells into which a layer's units cut one cell, and the layer's output on each."""
    function = layer.weights @ cell.function
    magnitude = np.abs(layer.weights) @ cell.magnitude
    function[:, 2] += layer.bias
    magnitude[:, 2] += np.abs(layer.bias)
    if layer.slope is None:
        return [_Cell(cell.corners, cell.lines, lines.passed(cell.history, place), function, magnitude)]
    rounding = _SAFETY * _UNIT * (place + 1) * (layer.weights.shape[1] + 3)
    pieces = [_Piece(cell.corners, cell.lines, {})]
    crossing, is_on = _crossing_units(cell, function, magnitude, rounding)
    for unit in crossing:
        bounded: Bounded = (*function[unit].tolist(), *(rounding * magnitude[unit]).tolist())
        line = lines.of_unit(cell.history, place, unit, bounded)
        pieces = [half for piece in pieces for half in _cut(piece, unit, line, lines)]
    made = []
    for piece in pieces:
        mask = is_on.copy()
        for unit, value in piece.is_on.items():
            mask[unit] = value
        scale = np.where(mask, 1.0, layer.slope)[:, None]
        history = lines.history(cell.history, place, mask)
        made.append(_Cell(piece.corners, piece.lines, history, function * scale, magnitude * np.abs(scale)))
    return made


def _cut(piece: _Piece, unit: int, line: int, lines: ExactLines) -> list[_Piece]:
    """A polygon cut along a unit's line: two, or itself where the line misses it or only touches it."""
    a, b, c, da, db, dc = lines.bounded(line)
    steepness = _SAFETY * (abs(a) + abs(b))
    sides = piece.lines
    signs = []
    for index, (x, y, error) in enumerate(piece.corners):
        value = a * x + b * y + c
        if abs(value) > da * abs(x) + db * abs(y) + dc + steepness * error:
            signs.append(1 if value > 0 else -1)
        else:
            signs.append(lines.sign(line, sides[index - 1], sides[index]))
    if 1 not in signs or -1 not in signs:
        return [_Piece(piece.corners, sides, {**piece.is_on, unit: 1 in signs})]
    met = {
        index: _met(lines, line, sides[index], piece.corners[index], piece.corners[(index + 1) % len(sides)])
        for index in range(len(sides))
        if signs[index] * signs[(index + 1) % len(sides)] < 0
    }
    return [_Piece(*_half(piece, line, signs, side, met), {**piece.is_on, unit: side == 1}) for side in (1, -1)]


def _met(lines: ExactLines, line: int, side: int, one: _Corner, other: _Corner) -> _Corner:
    """Where a line cuts the side between two corners; where floating point has lost that, it stands exactly."""
    found = _meeting(lines.bounded(line), lines.bounded(side))
    if found.error < 1e-3 * (abs(one.x - other.x) + abs(one.y - other.y)):
        return found
    x, y = lines.meeting(line, side)
    return _Corner(x, y, 4 * _UNIT * (abs(x) + abs(y)))


def _crossing_units(cell: _Cell, function: Array, magnitude: Array, rounding: float) -> tuple[list[int], Array]:
    """The units whose lines may cross a cell, and which units are on (where it is sure)."""
    corners = np.array(cell.corners)
    points = np.column_stack([corners[:, :2], np.ones(len(corners))])
    values = function @ points.T
    errors = rounding * (magnitude @ np.abs(points).T)
    errors += _SAFETY * np.abs(function[:, :2]).sum(axis=1)[:, None] * corners[:, 2]
    is_on = (values > errors).all(axis=1)
    is_off = (values < -errors).all(axis=1)
    is_flat = (magnitude == 0).all(axis=1)  # all that feeds it is off, and it has no bias: its sum is 0 everywhere
    return np.flatnonzero(~(is_on | is_off | is_flat)).tolist(), is_on


def _half(
    piece: _Piece, line: int, signs: list[int], side: int, met: dict[int, _Corner]
) -> tuple[list[_Corner], list[int]]:
    """The part of a polygon on one side of a line that crosses it. met: the corners where it does, by the side that is cut."""
    corners, sides = piece.corners, piece.lines
    kept: list[_Corner] = []
    edges: list[int] = []
    for index, corner in enumerate(corners):
        here, there = signs[index] * side, signs[(index + 1) % len(corners)] * side
        if here >= 0:
            kept.append(corner)
            edges.append(sides[index] if here > 0 or there > 0 else line)
        if here * there < 0:
            kept.append(met[index])
            edges.append(line if here > 0 else sides[index])
    return kept, edges


def _meeting(one: Bounded, other: Bounded) -> _Corner:
    """Where two lines meet, and how far off that may be, from the lines alone: errors do not add up from cut to cut."""
    a, b, c, da, db, dc = one
    d, e, f, dd, de, df = other
    across = a * e - b * d
    if across == 0:
        return _Corner(0.0, 0.0, math.inf)
    x, y = (b * f - c * e) / across, (c * d - a * f) / across
    rounding = 4 * _UNIT
    off_across = abs(a) * de + abs(e) * da + abs(b) * dd + abs(d) * db + rounding * (abs(a * e) + abs(b * d))
    off_x = abs(b) * df + abs(f) * db + abs(c) * de + abs(e) * dc + rounding * (abs(b * f) + abs(c * e))
    off_y = abs(c) * dd + abs(d) * dc + abs(a) * df + abs(f) * da + rounding * (abs(c * d) + abs(a * f))
    if off_across >= 0.5 * abs(across):
        return _Corner(x, y, math.inf)
    off = 2 * max(off_x + abs(x) * off_across, off_y + abs(y) * off_across) / abs(across)
    return _Corner(x, y, off + rounding * (abs(x) + abs(y)))


def _merged(cells: list[_Cell], lines: ExactLines, depth: int, widest: int) -> Array:
    """The region of each cell: neighbours with the same function are joined (union-find)."""
    parent = list(range(len(cells)))
    functions = np.stack([cell.function for cell in cells])
    doubts = np.stack([cell.magnitude for cell in cells])
    doubts *= _SAFETY * _UNIT * depth * (widest + 3)

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    along: dict[int, list[tuple[float, float, int, int]]] = {}
    for index, cell in enumerate(cells):
        count = len(cell.corners)
        for edge, line in enumerate(cell.lines):
            if not lines.is_unit(line):
                continue
            one, other = cell.corners[edge], cell.corners[(edge + 1) % count]
            turned = abs(other.x - one.x) < abs(other.y - one.y)
            start, end = (one.y, other.y) if turned else (one.x, other.x)
            along.setdefault(line, []).append((min(start, end), max(start, end), start < end, index))
    for stretches in along.values():
        for index, neighbour in _facing(stretches):
            apart = np.abs(functions[index] - functions[neighbour])
            if (apart > doubts[index] + doubts[neighbour]).any() or root(index) == root(neighbour):
                continue
            if lines.same_function(cells[index].history, cells[neighbour].history, depth):
                parent[root(index)] = root(neighbour)
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(root(index), len(numbers)) for index in range(len(cells))])


def _facing(stretches: list[tuple[float, float, int, int]]) -> list[tuple[int, int]]:
    """Pairs of cells that share more than a corner of one line: on either side of it, the stretches overlapping."""
    ordered = sorted(stretches)
    pairs = []
    open_stretches: list[tuple[float, float, int, int]] = []
    for stretch in ordered:
        low, high, way, index = stretch
        open_stretches = [other for other in open_stretches if other[1] > low]
        for other in open_stretches:
            shared = min(high, other[1]) - low
            if other[2] != way and shared > 1e-9 * max(high - low, other[1] - other[0]):
                pairs.append((index, other[3]))
        open_stretches.append(stretch)
    return pairs
