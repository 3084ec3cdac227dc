"""Samples: what each function of the view is on the part of the x axis on show, computed once and kept while it stands. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.panels.activation.curves.state import ROWS, CurvesState, Row, Span
from app.panels.activation.functions import PlottedFunction
from app.panels.activation.polyline import break_at_jumps

Floats = npt.NDArray[np.float64]

POINTS = 2000
_MOST_PLACES = 500  # values at a probe that are kept
_AROUND = 0.02  # of the range on either side: a view that is dragged shows no bare edge before the next frame
_SLOPE_OF: dict[Row, Row] = {"value": "derivative", "derivative": "second_derivative"}


@dataclass(frozen=True)
class ZoneSpan:
    """From start to end, |f′| is below the threshold; is_dead: it is 0 throughout."""

    start: float
    end: float
    is_dead: bool


class Samples:
    """Keeps the samples of every function for one range; a parameter that is dragged costs one function's evaluation."""

    def __init__(self) -> None:
        self._span: Span = (0.0, 0.0)
        self._kept: dict[tuple[str, str], dict[Row, Floats]] = {}
        self._lines: dict[tuple[str, str], dict[tuple[Row, float], Floats]] = {}
        self._at: dict[tuple[tuple[str, str], float], dict[Row, float]] = {}
        self.x: Floats = np.empty(0)

    def set_span(self, span: Span) -> None:
        """The part of the x axis that is wanted from now on."""
        if span != self._span:
            self._span = span
            around = _AROUND * (span[1] - span[0])
            self.x = np.linspace(span[0] - around, span[1] + around, POINTS)
            self._kept.clear()
            self._lines.clear()

    def of(self, function: PlottedFunction, row: Row) -> Floats:
        """`row` of `function` at every x."""
        kept = self._kept.setdefault(_key(function), {})
        if row not in kept:
            kept[row] = function.evaluate(row, self.x)
        return kept[row]

    def keep_only(self, functions: tuple[PlottedFunction, ...]) -> None:
        """Let go of what no longer is in the list."""
        keys = {_key(function) for function in functions}
        for key in [key for key in self._kept if key not in keys]:
            del self._kept[key]
            self._lines.pop(key, None)

    def at(self, function: PlottedFunction, x: float) -> dict[Row, float]:
        """All three rows at one x."""
        key = _key(function), x
        if key not in self._at:
            if len(self._at) >= _MOST_PLACES:
                self._at.clear()
            place = np.array([x])
            self._at[key] = {row: float(function.evaluate(row, place)[0]) for row in ROWS}
        return self._at[key]

    def line(self, function: PlottedFunction, row: Row, height: float) -> Floats:
        """As `of`, broken where the function jumps. height: of the view, in units of the row. The same array, as long as it stands."""
        lines = self._lines.setdefault(_key(function), {})
        if (row, height) not in lines:
            lines[row, height] = self._broken(function, row, height)
        return lines[row, height]

    def _broken(self, function: PlottedFunction, row: Row, height: float) -> Floats:
        y = self.of(function, row)
        slope_row = _SLOPE_OF.get(row)
        if slope_row is not None:
            return break_at_jumps(y, self.of(function, slope_row), self.x, height)
        with np.errstate(invalid="ignore"):
            slope = np.abs(np.gradient(y, self.x))
            slope[1:-1] = np.minimum(slope[2:], slope[:-2])  # what it is beside a jump, not across it
        return break_at_jumps(y, slope, self.x, 5 * height)

    def zones(self, function: PlottedFunction, threshold: float) -> tuple[ZoneSpan, ...]:
        """Where the function passes less than `threshold` of a gradient: stretches of x, dead ones apart."""
        slope = np.abs(self.of(function, "derivative"))
        found: list[ZoneSpan] = []
        with np.errstate(invalid="ignore"):
            kinds = np.where(slope == 0.0, 2, np.where(slope < threshold, 1, 0))
        edges = np.flatnonzero(np.diff(kinds)) + 1
        half = 0.5 * (self.x[1] - self.x[0])
        for start, end in zip((0, *edges), (*edges, len(kinds)), strict=True):
            if kinds[start] and end - start > 2:
                found.append(
                    ZoneSpan(float(self.x[start]) - half, float(self.x[end - 1]) + half, bool(kinds[start] == 2))
                )
        return tuple(found)


def _key(function: PlottedFunction) -> tuple[str, str]:
    """What two functions that are the same have in common; one's own differ in their text or knots."""
    return function.choice.kind, repr(function.choice.parameters)


def rows_needed(state: CurvesState) -> tuple[Row, ...]:
    """The rows on show, in their order."""
    return tuple(row for row in ROWS if row in state.rows)
