"""Lines of a Maxout unit: which is the largest where, what they are called together, and how a hand moves one. No Qt.

Goodfellow, Warde-Farley, Mirza, Courville & Bengio 2013, arXiv:1302.4389.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Meta

from app.simulation.activation_maxout import maxout_lines
from app.widgets.number_words import readable

Floats = npt.NDArray[np.float64]

STEEPEST = 100.0  # |w|, as the catalogue's Maxout takes it
HIGHEST = 100.0  # |b|
MOST_LINES = 8  # of one unit: as many as there are colours
_SAME = 1e-9


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """w x + b. is_subtracted: it belongs to the second unit, whose largest line is taken away from the first's."""

    w: Annotated[float, Meta(ge=-STEEPEST, le=STEEPEST)]
    b: Annotated[float, Meta(ge=-HIGHEST, le=HIGHEST)]
    is_subtracted: bool = False

    def at(self, x: float) -> float:
        """w x + b."""
        return self.w * x + self.b


class Stretch(NamedTuple):
    """From start to end (perhaps infinite) the line with that number is the largest of its unit."""

    line: int
    start: float
    end: float


def unit(lines: Sequence[Line], is_subtracted: bool = False) -> tuple[int, ...]:
    """Numbers of the lines of one of the two units."""
    return tuple(number for number, line in enumerate(lines) if line.is_subtracted == is_subtracted)


def stretches(lines: Sequence[Line], numbers: Sequence[int] | None = None) -> tuple[Stretch, ...]:
    """Which of the lines with these `numbers` (None: all) is the largest where, from minus to plus infinity, without gaps.

    Of lines that are the same the first counts; one that is the largest at a single point only is never the largest alone and
    does not appear. The lines sorted by slope, those below the crossing of their neighbours dropped: k log k.
    """
    order = sorted(numbers if numbers is not None else range(len(lines)), key=lambda n: (lines[n].w, lines[n].b, -n))
    kept: list[tuple[int, float]] = []  # number, where it begins
    for number in order:
        line = lines[number]
        start = -math.inf
        while kept:
            last = lines[kept[-1][0]]
            if line.w == last.w:  # as steep and at least as high
                kept.pop()
                continue
            start = (last.b - line.b) / (line.w - last.w)
            if start > kept[-1][1]:
                break
            kept.pop()
            start = -math.inf
        kept.append((number, start))
    ends = [*[start for _, start in kept[1:]], math.inf][: len(kept)]
    return tuple(Stretch(number, start, end) for (number, start), end in zip(kept, ends, strict=True))


def value(lines: Sequence[Line], x: npt.ArrayLike) -> Floats:
    """Largest line of the first unit, less the largest of the second where there is one; float64, the shape of x."""
    return _of_both(lines, np.asarray(x, np.float64), 0)


def slope(lines: Sequence[Line], x: npt.ArrayLike) -> Floats:
    """Its derivative; at a kink the mean of the slopes that meet there, as PyTorch's amax shares the gradient."""
    return _of_both(lines, np.asarray(x, np.float64), 2)


def _of_both(lines: Sequence[Line], x: Floats, field: int) -> Floats:
    total = np.zeros_like(x)
    for is_subtracted in (False, True):
        chosen = [lines[number] for number in unit(lines, is_subtracted)]
        if chosen:
            part = maxout_lines(x, [line.w for line in chosen], [line.b for line in chosen])[field]
            total = total - part if is_subtracted else total + part
    return total


def kinks(lines: Sequence[Line]) -> tuple[float, ...]:
    """Where the largest line changes, in either unit; sorted."""
    found = {
        stretch.start
        for is_subtracted in (False, True)
        for stretch in stretches(lines, unit(lines, is_subtracted))
        if math.isfinite(stretch.start)
    }
    return tuple(sorted(found))


# --- names --------------------------------------------------------------------------------------------------------------

SHAPES: dict[str, tuple[str, tuple[Line, ...]]] = {
    "relu": ("ReLU", (Line(0.0, 0.0), Line(1.0, 0.0))),
    "abs": ("|x|", (Line(-1.0, 0.0), Line(1.0, 0.0))),
    "leaky_relu": ("Leaky ReLU (0.1)", (Line(0.1, 0.0), Line(1.0, 0.0))),
    "identity": ("x", (Line(1.0, 0.0),)),
}


def name_of(lines: Sequence[Line]) -> str:
    """What the function is called: "ReLU", "|x|", "Leaky ReLU (0.3)", "the identity", "a straight line"; "" where it has no name."""
    if any(line.is_subtracted for line in lines):
        return ""
    won = [lines[stretch.line] for stretch in stretches(lines)]
    if len(won) == 1:
        line = won[0]
        if abs(line.w - 1) < _SAME and abs(line.b) < _SAME:
            return "the identity"
        return "a constant" if line.w == 0 else "a straight line"
    if len(won) != 2 or any(abs(line.b) > _SAME for line in won):
        return ""
    low, high = (line.w for line in won)
    if abs(high - 1) > _SAME:
        return ""
    if abs(low) < _SAME:
        return "ReLU"
    if abs(low + 1) < _SAME:
        return "|x|"
    return f"Leaky ReLU ({low:.3g})" if low > 0 else ""


def where_text(lines: Sequence[Line], number: int) -> str:
    """Where line `number` is the largest of its unit, in words."""
    found = [s for s in stretches(lines, unit(lines, lines[number].is_subtracted)) if s.line == number]
    if not found:
        return "never the largest"
    start, end = found[0].start, found[0].end
    if math.isinf(start) and math.isinf(end):
        return "everywhere"
    if math.isinf(start):
        return f"x < {readable(end)}"
    if math.isinf(end):
        return f"x > {readable(start)}"
    return f"{readable(start)} to {readable(end)}"


# --- the hand -----------------------------------------------------------------------------------------------------------

_SLOPES = (
    -2.0,
    -1.0,
    -0.5,
    0.0,
    0.1,
    0.5,
    1.0,
    2.0,
)  # that catch a line: those of the functions in SHAPES, and round ones


class Pull(NamedTuple):
    """How far, in units of y, a value of note reaches for a line that is dragged; 0: not at all. touching: biases (by w) besides."""

    reach: float = 0.0
    touching: object = None  # a function of w that gives a bias, or None


class MoveLine:
    """A line held in its middle: w stays, b follows the hand."""

    words = "Move"

    def __init__(self, line: Line, x: float, y: float) -> None:
        self._line = line
        self._off = line.at(x) - y

    def to(self, x: float, y: float, pull: Pull) -> Line:
        """The line, with the hand at (x, y)."""
        line = self._line
        b = y + self._off - line.w * x
        return msgspec.structs.replace(line, b=_bounded(_caught(b, line.w, pull), HIGHEST))


class TurnLine:
    """A line held at one side: it turns about its other side."""

    words = "Turn"

    def __init__(self, line: Line, pivot_x: float, least: float) -> None:
        """least: so near the pivot, in units of x, the hand does not come."""
        self._line = line
        self._pivot = pivot_x, line.at(pivot_x)
        self._least = least

    def to(self, x: float, y: float, pull: Pull) -> Line:
        """The line, with the hand at (x, y)."""
        pivot_x, pivot_y = self._pivot
        reach = x - pivot_x
        if abs(reach) < self._least:
            reach = math.copysign(self._least, reach)
        w = _bounded((y - pivot_y) / reach, STEEPEST)
        near = min(_SLOPES, key=lambda known: abs(known - w))
        if abs(near - w) * abs(reach) < pull.reach:
            w = near
        b = pivot_y - w * pivot_x
        return msgspec.structs.replace(self._line, w=w, b=_bounded(_caught(b, w, Pull(pull.reach)), HIGHEST))


def _caught(b: float, w: float, pull: Pull) -> float:
    """`b`, or the value of note within reach: a half or whole number, or where the line touches the target."""
    if pull.reach <= 0:
        return float(b)
    notes = [round(2 * b) / 2]
    if callable(pull.touching):
        notes.append(float(pull.touching(w)))
    near = min(notes, key=lambda note: abs(note - b))
    return near if abs(near - b) < pull.reach else float(b)


def _bounded(number: float, most: float) -> float:
    return float(min(max(number, -most), most))


def rounded(line: Line, step: float) -> Line:
    """w and b as numbers one can say, no finer than `step`."""
    digits = max(0, -math.floor(math.log10(step)))
    return msgspec.structs.replace(line, w=round(line.w, digits), b=round(line.b, digits))
