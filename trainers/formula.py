"""Typed formulas: `read_formula("x*sigmoid(1.5*x)")` gives values and exact derivatives, LaTeX, and what is blank where.

White-listed: no text is ever run. Imports numpy, never torch or the window; the same formula as a torch module is
`torch_formula`, as a layer the kind `formula`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainers.errors import BadInput
from trainers.formula_derivative import derivative_tree
from trainers.formula_reading import tree_of
from trainers.formula_rules import as_array, bound, jet_of
from trainers.formula_signs import LARGEST
from trainers.formula_text import latex_text, plain_text
from trainers.formula_tree import (
    BadFormula,
    Node,
    Number,
    Operation,
    depends_on_x,
    is_condition,
    names_in,
    parts,
)

__all__ = ["BadFormula", "Formula", "FormulaParameter", "read_constants", "read_formula"]

LARGEST_CONSTANT = 1e6
_MOST_READ = 30  # parts of a derivative that is written out: a longer one would be set too small to read


class FormulaParameter(msgspec.Struct, frozen=True):
    """A free parameter: default 1, and a slider from minimum to maximum."""

    name: str
    default: float = 1.0
    minimum: float = -5.0
    maximum: float = 5.0


class Formula(msgspec.Struct, frozen=True):
    """A function of x, as typed. parameters: the free ones, in the order in which they first occur.

    Values are in x's precision (double for whole numbers) and shape, computed without warnings: where the formula has no
    value they are NaN, where it grows beyond all numbers infinite. Conventions at kinks: see formula_rules.
    """

    text: str
    tree: Node
    parameters: tuple[FormulaParameter, ...]

    def value(self, x: ArrayLike, **parameters: float) -> NDArray[Any]:
        """f(x), parameters not given at their defaults; raises BadInput for a parameter that is not there or not finite."""
        return self._jet(x, 0, parameters)[0]

    def derivative(self, x: ArrayLike, **parameters: float) -> NDArray[Any]:
        """f'(x), exact; raises as `value` does."""
        return self._jet(x, 1, parameters)[1]

    def second_derivative(self, x: ArrayLike, **parameters: float) -> NDArray[Any]:
        """f''(x), exact, without the impulses at kinks; raises as `value` does."""
        return self._jet(x, 2, parameters)[2]

    @property
    def latex(self) -> str:
        """LaTeX with the parameters' names, for ziamath."""
        return latex_text(self.tree)

    def latex_with(self, **parameters: float) -> str:
        """LaTeX with numbers for the parameters, defaults for those not given."""
        return latex_text(self.tree, self.numbers(parameters))

    def derivative_latex_with(self, **parameters: float) -> str:
        """LaTeX of f'(x) with numbers for the parameters; "" where it is too long to be read."""
        slope = derivative_tree(self.tree, self.numbers(parameters))
        return latex_text(slope) if sum(1 for _ in parts(slope)) <= _MOST_READ else ""

    @property
    def plain(self) -> str:
        """The formula written anew in plain letters, with the brackets that it needs."""
        return plain_text(self.tree)

    def numbers(self, given: Mapping[str, float]) -> dict[str, float]:
        """A finite number for each parameter; raises BadInput naming what is unknown or out of range."""
        known = {parameter.name: parameter.default for parameter in self.parameters}
        for name, number in given.items():
            if name not in known:
                has = f"it has {', '.join(known)}." if known else "it has none."
                raise BadInput(f"The formula {self.text} has no parameter {name[:20]!r}:", has)
            if not isinstance(number, int | float) or not abs(number) <= LARGEST_CONSTANT:
                raise BadInput(
                    f"{name} cannot be {str(number)[:20]}:",
                    f"give a number from {-LARGEST_CONSTANT:g} to {LARGEST_CONSTANT:g}.",
                )
            known[name] = float(number)
        return known

    def bound(self, **parameters: float) -> Node:
        """The tree with numbers for all parameters, constant parts worked out."""
        return with_numbers(self.tree, self.numbers(parameters))

    def check(self, low: float, high: float, points: int = 2000, **parameters: float) -> str | None:
        """A sentence about where in low to high there is no finite value, and which part is to blame; None where all is well."""
        x = np.linspace(low, high, points)
        tree = self.bound(**parameters)
        with np.errstate(all="ignore"):
            bad = ~np.isfinite(as_array(jet_of(tree, x, 0)[0], x))
            if not bad.any():
                return None
            part, blamed = _blame(tree, x, bad)
            value = as_array(jet_of(part, x, 0)[0], x)
        at = x[blamed]
        verdict = "has no value" if np.isnan(value[blamed]).all() else "is too large or infinite"
        where = f"for x from {at[0]:.4g} to {at[-1]:.4g}" if at.size > 1 else f"at x = {at[0]:.4g}"
        return f"{plain_text(part)} {verdict} {where}: {int(bad.sum()):,} of {points:,} points are blank."

    def _jet(self, x: ArrayLike, order: int, parameters: Mapping[str, float]) -> list[NDArray[Any]]:
        given = np.asarray(x)
        if not np.issubdtype(given.dtype, np.floating):
            given = given.astype(float)
        numbers = self.numbers(parameters)
        with np.errstate(all="ignore"):
            jet = jet_of(bound(self.tree, numbers), given, order)
        return [as_array(one, given) for one in jet[: order + 1]]


def with_numbers(tree: Node, numbers: dict[str, float]) -> Node:
    """A part of a formula with numbers for all its parameters, constant parts worked out."""
    with np.errstate(all="ignore"):
        return bound(tree, numbers)


def _blame(tree: Node, x: NDArray[np.float64], bad: NDArray[np.bool_]) -> tuple[Node, NDArray[np.bool_]]:
    """The innermost part that is not finite at most of the bad points though what goes into it is, and where."""
    best, where = tree, bad
    most = 0
    for part in parts(tree):
        if not isinstance(part, Operation) or is_condition(part):
            continue
        mask = bad & ~np.isfinite(as_array(jet_of(part, x, 0)[0], x))
        for argument in part.arguments:
            mask &= np.isfinite(as_array(jet_of(argument, x, 0)[0], x))
        if int(mask.sum()) > most:
            best, where, most = part, mask, int(mask.sum())
    return best, where


@functools.lru_cache(maxsize=512)
def read_formula(text: str) -> Formula:
    """The formula that a person typed; raises BadFormula with one sentence and the place.

    Takes numbers, x, pi, e, + - * / ^ (or **), brackets, |x|, comparisons, and/or/not, `a if x > 0 else b`, the functions of
    formula_tree, and free parameters: single letters (also w1), Greek names, and words such as slope.
    """
    tree, places = tree_of(text)
    if not depends_on_x(tree):
        raise BadFormula("The formula does not contain x", 0, "write a function of x, such as x*sigmoid(x).")
    _refuse_what_cannot_be(tree, places)
    return Formula(text, tree, tuple(FormulaParameter(name) for name in names_in(tree)))


def _refuse_what_cannot_be(tree: Node, places: dict[Node, int]) -> None:
    """Constant parts that are not finite, such as 9^9^9 and 1/0, and moving bounds of clip."""
    for part in parts(tree):
        if not isinstance(part, Operation) or is_condition(part):
            continue
        place = places.get(part, 0)
        shown = plain_text(part)
        shown = f"{shown if len(shown) <= 40 else shown[:36] + '…'} at letter {place + 1}"
        if part.name == "clip" and any(depends_on_x(limit) for limit in part.arguments[1:]):
            raise BadFormula(
                f"{shown} has a bound that depends on x", place, "write min(max(x, low), high) for bounds that move."
            )
        if part.name == "divide" and _is_zero(part.arguments[1]):
            raise BadFormula(f"{shown} divides by 0", place, "divide by something else.")
        if not depends_on_x(part) and not names_in(part):
            folded = with_numbers(part, {})
            if isinstance(folded, Number) and not abs(folded.value) <= LARGEST:
                raise BadFormula(f"{shown} comes to no number below {LARGEST:g}", place, "write a smaller one.")


def _is_zero(part: Node) -> bool:
    """Whether a part is 0 whatever x and the parameters are."""
    return not depends_on_x(part) and not names_in(part) and with_numbers(part, {}) == Number(0.0)


def read_constants(text: str) -> dict[str, float]:
    """Numbers for parameters from text such as "a = 0.5, beta = 2"; raises BadInput in one sentence."""
    numbers: dict[str, float] = {}
    for piece in text.split(","):
        if not piece.strip() and not text.strip():
            break
        name, sign, typed = piece.partition("=")
        try:
            number = float(typed) if typed.isascii() else math.nan
        except ValueError:
            number = math.nan
        if not sign or not name.strip().isidentifier() or not math.isfinite(number):
            raise BadInput(f"{piece.strip()[:40]!r} sets no parameter:", "write them as in a = 0.5, b = 2.")
        if name.strip() in numbers:
            raise BadInput(f"{name.strip()[:20]} is set twice:", "keep one of the two.")
        numbers[name.strip()] = number
    return numbers
