"""Targets: functions that a Maxout unit is to come near to, as formulas with the stretch on which they are looked at. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from trainers.errors import BadInput
from trainers.formula import read_formula

Floats = npt.NDArray[np.float64]

POINTS = 4097  # of the table: 0 is among them on a stretch that lies evenly about it
LONGEST = 200  # letters of a formula


@dataclass(frozen=True)
class Target:
    """text: as read_formula reads it; title: on screen; low to high: the stretch that is offered with it."""

    text: str
    title: str
    low: float
    high: float


TARGETS: tuple[Target, ...] = (
    Target("x^2", "x²", -3.0, 3.0),
    Target("softplus(x)", "Softplus", -5.0, 5.0),
    Target("exp(x)", "exp", -3.0, 2.0),
    Target("|x|", "|x|", -3.0, 3.0),
    Target("cosh(x)", "cosh", -2.5, 2.5),
    Target("x if x > 0 else exp(x) - 1", "ELU (α = 1)", -4.0, 4.0),
    Target("gelu(x)", "GELU", -4.0, 4.0),
    Target("tanh(x)", "tanh", -3.0, 3.0),
    Target("sin(x)", "sin", -3.0, 3.0),
)


def title_of(text: str) -> str:
    """What is written beside a target's curve."""
    return next((target.title for target in TARGETS if target.text == text), text)


@dataclass(frozen=True)
class Table:
    """A function on a stretch: x increasing and y, float64 (n,) each; all that is said of it is said of the line through these."""

    x: Floats
    y: Floats

    @cached_property
    def hull(self) -> Table:
        """The highest convex function nowhere above it: its lower hull, of some of the same points."""
        x, y = self.x.tolist(), self.y.tolist()
        kept: list[int] = []
        for point in range(len(x)):
            while len(kept) > 1:
                a, b = kept[-2], kept[-1]
                if (y[b] - y[a]) * (x[point] - x[b]) < (y[point] - y[b]) * (x[b] - x[a]):
                    break
                kept.pop()
            kept.append(point)
        return Table(self.x[kept], self.y[kept])

    @property
    def dent(self) -> tuple[float, float]:
        """How far it rises above its hull at most, and where: 0 for a convex function, but for rounding."""
        hull = self.hull
        above = self.y - np.interp(self.x, hull.x, hull.y)
        place = int(np.argmax(above))
        size = float(above[place])
        return (size if size > 1e-9 * max(1.0, float(np.abs(self.y).max())) else 0.0), float(self.x[place])


def table_of(text: str, low: float, high: float) -> Table:
    """The target on a stretch. BadInput, one sentence, for no formula, parameters without a number, or gaps."""
    formula = read_formula(text)
    if formula.parameters:
        name = formula.parameters[0].name
        raise BadInput(f"The target has the free parameter {name}: write a number in its place.")
    x = np.linspace(low, high, POINTS)
    y = np.asarray(formula.value(x), np.float64)
    if not np.isfinite(y).all() or float(np.abs(y).max()) > 1e6:
        hole = float(x[np.argmax(~np.isfinite(y) | (np.abs(y) > 1e6))])
        raise BadInput(f"The target has no value that can be shown at x = {hole:.3g}: choose another stretch.")
    return Table(x, y)
