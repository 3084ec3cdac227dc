"""Typed formulas and hand-drawn functions as torch modules that hold no weights. Imports torch, never the window.

Values and derivatives are those of `formula` and `drawn_function`, conventions at kinks included; tests hold one against the
other.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trainers.drawn_function import DrawnFunction
from trainers.formula import Formula
from trainers.formula_safety import leads_back_to_x, safe_place
from trainers.formula_tree import Name, Node, Number, Operation

Either = Any  # a Tensor or a float


def _of_two(function: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Either, Either], Tensor]:
    """For functions that take tensors alone; full_like needs no copy to the device."""

    def called(one: Either, two: Either) -> Tensor:
        if not isinstance(one, Tensor):
            one = torch.full_like(two, one)
        elif not isinstance(two, Tensor):
            two = torch.full_like(one, two)
        return function(one, two)

    return called


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": torch.exp,
    "expm1": torch.expm1,
    "log": torch.log,
    "log1p": torch.log1p,
    "sqrt": torch.sqrt,
    "abs": torch.abs,
    "sin": torch.sin,
    "cos": torch.cos,
    "tan": torch.tan,
    "atan": torch.atan,
    "sinh": torch.sinh,
    "cosh": torch.cosh,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "relu": F.relu,
    "softplus": F.softplus,
    "erf": torch.erf,
    "gelu": F.gelu,
    "silu": F.silu,
    "mish": F.mish,
    "sign": torch.sign,
    "step": lambda u: F.hardtanh(torch.sign(u) + 1, 0.0, 1.0),
    "negate": operator.neg,
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "power": torch.pow,
    "max": _of_two(torch.maximum),
    "min": _of_two(torch.minimum),
    "clip": F.hardtanh,  # clamp's slope at its bounds is not the same in all versions
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "equal": operator.eq,
    "not_equal": operator.ne,
    "and": operator.and_,
    "or": operator.or_,
    "not": operator.invert,
}


class FormulaModule(nn.Module):
    """A formula with numbers for its parameters, applied to each number by itself; raises BadInput as `Formula.numbers` does."""

    def __init__(self, formula: Formula, **constants: float) -> None:
        super().__init__()
        self.text = formula.text
        self.constants = formula.numbers(constants)
        self._tree = formula.bound(**constants)
        self._leads_back = leads_back_to_x(self._tree)

    def forward(self, inputs: Tensor) -> Tensor:
        """Any shape -> the same shape and precision."""
        result = _worked_out(self._tree, inputs)
        if self._leads_back:
            return result if isinstance(result, Tensor) else torch.full_like(inputs, result)
        # flat everywhere: a backward pass still wants a way through, along which the gradient is 0
        flat = result if isinstance(result, Tensor) else torch.full_like(inputs, result)
        return torch.where(torch.isnan(inputs), inputs, flat)

    def extra_repr(self) -> str:
        """For print(model)."""
        return ", ".join([self.text, *(f"{name}={number:g}" for name, number in self.constants.items())])


def _worked_out(node: Node, x: Tensor) -> Either:
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Name):
        return x
    if node.name == "where":
        return _chosen(node, x)
    if node.name == "indicator":
        return _worked_out(node.arguments[0], x).to(x.dtype)
    return _FUNCTIONS[node.name](*(_worked_out(argument, x) for argument in node.arguments))


def _chosen(node: Operation, x: Tensor) -> Tensor:
    """Each branch sees a harmless x where it is not taken: its gradient would be 0·∞ there, which is NaN."""
    condition, one, two = node.arguments
    holds = _worked_out(condition, x)
    place = safe_place(one)
    first = _worked_out(one, x if place is None else torch.where(holds, x, place))
    place = safe_place(two)
    second = _worked_out(two, x if place is None else torch.where(holds, place, x))
    if not isinstance(first, Tensor) and not isinstance(second, Tensor):
        first = torch.full_like(x, first)
    return torch.where(holds, first, second)


class DrawnModule(nn.Module):
    """A hand-drawn function, applied to each number by itself."""

    def __init__(self, function: DrawnFunction) -> None:
        super().__init__()
        self._edges = [x for x, _ in function.knots]
        self._pieces = [list(piece) for piece in function.pieces]
        self._tables: dict[tuple[torch.device, torch.dtype], tuple[Tensor, Tensor]] = {}

    def forward(self, inputs: Tensor) -> Tensor:
        """Any shape -> the same shape and precision; NaN gives NaN, and so does infinity (0·∞)."""
        edges, pieces = self._tables_for(inputs)
        piece = torch.bucketize(inputs.detach().contiguous(), edges, right=True)
        start, c0, c1, c2, c3 = pieces[piece].unbind(-1)
        t = inputs - start
        return ((c3 * t + c2) * t + c1) * t + c0

    def extra_repr(self) -> str:
        """For print(model)."""
        return f"{len(self._edges)} knots"

    def _tables_for(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Knots and pieces in the inputs' precision where they lie; neither weights nor buffers, so files have none of it."""
        key = (inputs.device, inputs.dtype)
        if key not in self._tables:
            self._tables[key] = tuple(  # type: ignore[assignment]  # two
                torch.tensor(table, dtype=inputs.dtype, device=inputs.device) for table in (self._edges, self._pieces)
            )
        return self._tables[key]
