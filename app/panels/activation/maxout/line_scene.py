"""LineScene: all that the plots of the lines draw, worked out of a state. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from app.panels.activation.maxout.best_lines import Fit, fits_by_count, measured
from app.panels.activation.maxout.lines import Line, Stretch, kinks, name_of, slope, stretches, unit, value
from app.panels.activation.maxout.state import MaxoutState
from app.panels.activation.maxout.targets import Table, table_of, title_of
from app.widgets.number_words import readable

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class TargetScene:
    """The target on its stretch, and how far the lines are from it: the largest error and where."""

    title: str
    table: Table
    error: float
    place: float


@dataclass(frozen=True)
class LineScene:
    """first, second: who is the largest where, of each unit. corners_x, corners_y: the function from side to side of the view.

    kinks, heights: where it bends, and its value there. slopes: before the first kink, between each two, and after the last.
    """

    lines: tuple[Line, ...] = ()
    selected: int = 0
    first: tuple[Stretch, ...] = ()
    second: tuple[Stretch, ...] = ()
    kinks: tuple[float, ...] = ()
    heights: tuple[float, ...] = ()
    slopes: tuple[float, ...] = ()
    corners_x: Floats = field(default_factory=lambda: np.empty(0))
    corners_y: Floats = field(default_factory=lambda: np.empty(0))
    name: str = ""
    target: TargetScene | None = None

    @property
    def winners(self) -> frozenset[int]:
        """Lines that somewhere are the largest of their unit."""
        return frozenset(stretch.line for stretch in (*self.first, *self.second))

    def label(self, number: int) -> str:
        """What is written beside line `number`."""
        line = self.lines[number]
        own = unit(self.lines, line.is_subtracted).index(number) + 1
        text = f"−line {own}" if line.is_subtracted else f"line {own}"
        return text if number in self.winners else f"{text}: never the largest"

    def color_of(self, number: int) -> int:
        """Index of the colour of line `number`: its place in its unit, and one on for the second."""
        return color_of(self.lines, number)

    def read_out(self, x: float) -> str:
        """What the function is at x, and whose line that is."""
        if not self.lines:
            return ""
        parts = [f"x = {readable(x)}", f"f = {readable(float(value(self.lines, x)))}"]
        for sign, found in (("", self.first), ("−", self.second)):
            stretch = next((part for part in found if part.start <= x <= part.end), None)
            if stretch is not None:
                own = unit(self.lines, bool(sign)).index(stretch.line) + 1
                parts.append(f"{sign}line {own}")
        parts.append(f"slope {readable(float(slope(self.lines, x)))}")
        if self.target is not None and self.target.table.x[0] <= x <= self.target.table.x[-1]:
            meant = float(np.interp(x, self.target.table.x, self.target.table.y))
            parts.append(f"error {readable(float(value(self.lines, x)) - meant)}")
        return "   ".join(parts)


class TargetWork:
    """Keeps the table of the target last asked for, and the best lines of each number for it."""

    def __init__(self) -> None:
        self._key: tuple[str, tuple[float, float]] | None = None
        self._table: Table | None = None
        self._fits: dict[bool, tuple[Fit, ...]] = {}
        self._dent: tuple[float, float] | None = None

    def table(self, state: MaxoutState) -> Table | None:
        """The state's target, None where it has none; what it names has been checked."""
        key = (state.target, state.interval)
        if key != self._key:
            self._key = key
            self._table = table_of(state.target, *state.interval) if state.target else None
            self._fits.clear()
            self._dent = None
        return self._table

    def fits(self, state: MaxoutState) -> tuple[Fit, ...]:
        """The best with at most 1, 2, ... lines, in each unit where there are two; 50 to 130 ms when first asked for."""
        table = self.table(state)
        if table is None:
            return ()
        if state.has_second not in self._fits:
            self._fits[state.has_second] = fits_by_count(table, state.has_second)
        return self._fits[state.has_second]

    def errors(self, state: MaxoutState) -> tuple[float, ...]:
        """The largest of each of them."""
        return tuple(fit.error for fit in self.fits(state))

    def dent(self, state: MaxoutState) -> tuple[float, float]:
        """How far the target is from convex, and where."""
        table = self.table(state)
        if table is None:
            return 0.0, 0.0
        if self._dent is None:
            self._dent = table.dent
        return self._dent

    def touching(self, state: MaxoutState) -> object:
        """A function of w: the bias with which a line touches the target from below; None where there is no target."""
        table = self.table(state)
        if table is None:
            return None

        def bias(w: float) -> float:
            return float((table.y - w * table.x).min())

        return bias


def scene_of(state: MaxoutState, work: TargetWork) -> LineScene:
    """What `state` shows of its lines."""
    lines = state.lines
    first, second = stretches(lines, unit(lines)), stretches(lines, unit(lines, True))
    bends = kinks(lines)
    low, high = state.x
    around = 0.05 * (high - low)
    corners = np.array([low - around, *(bend for bend in bends if low - around < bend < high + around), high + around])
    table = work.table(state)
    target = None
    if table is not None and lines:
        target = TargetScene(title_of(state.target), table, *measured(lines, table))
    elif table is not None:
        target = TargetScene(title_of(state.target), table, math.nan, math.nan)
    return LineScene(
        lines,
        state.selected,
        first,
        second,
        bends,
        tuple(value(lines, bends).tolist()) if lines else (),
        tuple(slope(lines, _between(bends)).tolist()) if lines else (),
        corners,
        value(lines, corners) if lines else np.full_like(corners, np.nan),
        name_of(lines) if lines else "",
        target,
    )


def _between(bends: tuple[float, ...]) -> Floats:
    """One x before the first, one between each two, one after the last."""
    if not bends:
        return np.zeros(1)
    ends = np.array([bends[0] - 2.0, *bends, bends[-1] + 2.0])
    return np.asarray(0.5 * (ends[1:] + ends[:-1]), np.float64)


def color_of(lines: tuple[Line, ...], number: int) -> int:
    """Index of the colour of line `number`: its place in its unit, three on in the second."""
    line = lines[number]
    return unit(lines, line.is_subtracted).index(number) + (3 if line.is_subtracted else 0)
