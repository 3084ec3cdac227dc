"""LeNet-style figures: feature maps as stacked planes that shrink and multiply, vectors as bars; small nets as neurons. No Qt.

After the figure of LeCun, Bottou, Bengio and Haffner (1998). Sides and counts are compressed, so that 224 and 7, 3 and 512 fit
on one page; labels tell the numbers.
"""

from __future__ import annotations

import math

from trainers.figure_shapes import FAINT, INK, Circle, Line, Polygon, Shape, Text, rectangle, text_width
from trainers.figure_stages import Stage, shape_words
from trainers.network_graph import Shape as Sizes

_SIDE = 96.0  # of the largest picture
_STEP = 3.4  # from plane to plane
_BAR = 9.0
_GAP = 26.0
_SIZE = 7.5
_NEURON = 7.0
_MOST_NEURONS = 10


def volumes(stages: list[Stage]) -> list[Shape]:
    """A chain of stages, from left to right on one axis."""
    largest = max([max(stage.shape[1:]) for stage in stages if len(stage.shape) == 3], default=1)
    shapes: list[Shape] = []
    labels: list[Shape] = []
    below = max(_extent(stage.shape, largest)[1] for stage in stages) / 2 + 14
    x, before = 0.0, None
    for stage in stages:
        words = [stage.label, " · ".join(stage.extras)] if stage.kind != "input" else []
        wide, high, planes = _extent(stage.shape, largest)
        if before is not None:
            needed = max([text_width(word, _SIZE) for word in words], default=0)
            x += max(_GAP, needed + 14 - wide / 2 - before.wide / 2)
            middle = (before.right + x) / 2
            labels += [
                Text((middle, below + 10 * row), word, _SIZE, color=FAINT) for row, word in enumerate(words) if word
            ]
        volume = _Volume(stage, x, wide, high, planes)
        shapes += volume.shapes()
        if before is not None:
            shapes += before.towards(volume)
        labels.append(Text((x + wide / 2, -high / 2 - 9), shape_words(stage.shape), _SIZE))
        x, before = volume.right, volume
    return shapes + labels


class _Volume:
    """One stage, its left edge at x, centred on the axis."""

    def __init__(self, stage: Stage, x: float, wide: float, high: float, planes: int) -> None:
        self.stage, self.x, self.wide, self.high, self.planes = stage, x, wide, high, planes
        self.right = x + wide

    def shapes(self) -> list[Shape]:
        shape = self.stage.shape
        if len(shape) == 1:
            (left_top, left_bottom), (right_top, right_bottom) = self._edge(is_right=False), self._edge(is_right=True)
            return [Polygon((left_top, right_top, right_bottom, left_bottom), self.stage.tint)]
        side_x, side_y = self.wide - (self.planes - 1) * _STEP, self.high - (self.planes - 1) * _STEP
        return [
            rectangle(self.x + number * _STEP, -self.high / 2 + number * _STEP, side_x, side_y, self.stage.tint)
            for number in range(self.planes)
        ]

    @property
    def _slant(self) -> float:
        return min(8.0, self.high / 6) if len(self.stage.shape) == 1 else 0.0

    def _edge(self, is_right: bool) -> tuple[tuple[float, float], tuple[float, float]]:
        """Top and bottom of the side that faces a neighbour; of the front plane where there are several."""
        front = (self.planes - 1) * _STEP
        if is_right:
            return (self.right, front - self.high / 2), (self.right - self._slant, self.high / 2)
        return (self.x + self._slant, -self.high / 2), (self.x, self.high / 2 - front)

    def towards(self, other: _Volume) -> list[Shape]:
        """The window in the front plane, and the number that it makes in the next; vectors are joined edge to edge."""
        if len(other.stage.shape) == 1 or len(self.stage.shape) == 1:
            ends = zip(self._edge(is_right=True), other._edge(is_right=False), strict=True)
            return [Line(both, FAINT, 0.4) for both in ends]
        front = _STEP * (self.planes - 1)
        side_x, side_y = self.wide - front, self.high - front
        share = [0.4, 0.4]
        if other.stage.window is not None:
            share = [
                min(0.6, max(0.12, window / size))
                for window, size in zip(other.stage.window, self.stage.shape[1:], strict=True)
            ]
        high, wide = share[0] * side_y, share[1] * side_x
        left, top = self.x + front + 0.55 * (side_x - wide), -self.high / 2 + front + 0.5 * (side_y - high)
        place = (
            other.x + _STEP * (other.planes - 1) + 0.35 * (other.wide - _STEP * (other.planes - 1)),
            0.15 * other.high,
        )
        return [
            rectangle(left, top, wide, high, "#ffffff", INK),
            Line(((left + wide, top), place), INK, 0.4),
            Line(((left + wide, top + high), place), INK, 0.4),
        ]


def _extent(shape: Sizes, largest: int) -> tuple[float, float, int]:
    """Width, height and planes of a stage."""
    if len(shape) == 1:
        return _BAR + 6, 14 + 9.5 * math.log2(shape[0] + 1), 1
    if len(shape) == 2:
        return min(80.0, 12 + 9 * math.log2(shape[1] + 1)), min(90.0, 12 + 9 * math.log2(shape[0] + 1)), 1
    planes = shape[0] if shape[0] <= 3 else min(16, 3 + round(1.4 * math.log2(shape[0] / 3)))
    high, wide = (max(7.0, _SIDE * (size / largest) ** 0.55) for size in shape[1:])
    behind = (planes - 1) * _STEP
    return wide + behind, high + behind, planes


def neurons(stages: list[Stage]) -> list[Shape]:
    """A chain of vectors: columns of units, each joined to all of the column before; the middle of long ones is left out."""
    columns: list[list[tuple[float, float]]] = []
    lines: list[Shape] = []
    shapes: list[Shape] = []
    tallest = max(min(stage.shape[0], _MOST_NEURONS) for stage in stages)
    pitch = 2.7 * _NEURON
    for number, stage in enumerate(stages):
        x = 92.0 * number
        shown = min(stage.shape[0], _MOST_NEURONS)
        is_cut = stage.shape[0] > shown
        ys = [pitch * (row - (shown - 1) / 2) for row in range(shown)]
        if is_cut:
            middle = shown // 2
            shapes.append(Text((x, ys[middle]), "⋮", 12))
            ys.pop(middle)
        column = [(x, y) for y in ys]
        if columns:
            lines += [Line((one, two), FAINT, 0.35) for one in columns[-1] for two in column]
        shapes += [Circle(place, _NEURON, stage.tint) for place in column]
        columns.append(column)
        bottom = pitch * tallest / 2 + 8
        words = [shape_words(stage.shape) if stage.kind == "input" else stage.label, " · ".join(stage.extras)]
        if stage.kind == "input":
            words = ["input", words[0]]
        shapes += [Text((x, bottom + 10 * row), word, _SIZE, color=INK if row == 0 else FAINT) for row, word in enumerate(words) if word]  # fmt: skip
    return [*lines, *shapes]
