"""Which parts of a bound formula may give NaN gradients where a choice does not take them. Imports numpy, never torch or the window."""

from __future__ import annotations

import functools

import numpy as np

from trainers.formula_rules import as_array, jet_of
from trainers.formula_tree import Name, Node, Operation, depends_on_x, is_condition, parts

_MAY_GROW = frozenset(("exp", "expm1", "log", "log1p", "sqrt", "tan", "sinh", "cosh", "divide", "power"))
_PLACES = np.array([1.0, 0.5, 2.0, -1.0, -0.5, -2.0, 0.0, 0.1, -0.1, 10.0, -10.0])


@functools.lru_cache(maxsize=512)
def safe_place(branch: Node) -> float | None:
    """An x at which the branch and its slope are finite, or None where the branch is harmless everywhere (or nowhere)."""
    if not any(_may_grow(part) for part in parts(branch)):
        return None
    with np.errstate(all="ignore"):
        value, slope, _ = (as_array(one, _PLACES) for one in jet_of(branch, _PLACES, 1))
    fine = np.isfinite(value) & np.isfinite(slope)
    return float(_PLACES[int(fine.argmax())]) if fine.any() else None


def _may_grow(part: Node) -> bool:
    if not isinstance(part, Operation):
        return False
    return part.name in _MAY_GROW or (part.name == "multiply" and all(map(depends_on_x, part.arguments)))


def leads_back_to_x(node: Node) -> bool:
    """Whether torch can go back from the result to x at all; not where x occurs in conditions alone."""
    if isinstance(node, Name):
        return True
    if not isinstance(node, Operation) or is_condition(node) or node.name == "indicator":
        return False
    return any(leads_back_to_x(argument) for argument in node.arguments)
