"""What an activation function is to the plotter: its curves and everything said of it. Imports neither torch nor Qt."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from app.simulation.activation_facts import Facts, Range
from app.simulation.activation_formulas import Formulas, code
from app.simulation.activation_origins import Origin
from app.simulation.activation_page import Page
from app.simulation.activation_parameters import ActivationParameter, Rule, Value, Values, checked
from trainers.errors import BadInput

Array = npt.NDArray[np.floating[Any]]
Kernel = Callable[..., Array]
Kernels = tuple[Kernel, Kernel, Kernel]

_STEP = 0.0025  # of the midpoint rule over a standard normal input: a kink costs 1e-6 at most, a jump away from 0 5e-4
_NORMAL_X = (np.arange(9600) - 4799.5) * _STEP
_NORMAL_SHARE = np.exp(-0.5 * _NORMAL_X**2) / np.exp(-0.5 * _NORMAL_X**2).sum()


@dataclass(frozen=True, slots=True)
class Moments:
    """What becomes of a normal input of mean 0 and variance 1: mean and variance of f, and the mean of f'^2.

    The last is the factor by which the variance of a gradient changes on its way back through the function.
    """

    mean: float
    variance: float
    squared_slope: float


def moments_of(value: Kernel, slope: Kernel) -> Moments:
    """Of any function, by quadrature: NaN where it has no value for some input."""
    y = value(_NORMAL_X)
    mean = float(_NORMAL_SHARE @ y)
    return Moments(mean, float(_NORMAL_SHARE @ (y - mean) ** 2), float(_NORMAL_SHARE @ slope(_NORMAL_X) ** 2))


@dataclass(frozen=True)
class Activation:
    """One function of one number.

    name: its key; torch_name: its torch.nn class with these very parameters, or None where there is none. kernels: value, first
    and second derivative for an array of one precision. rule: what parameters must keep to among themselves. page: what it is
    for, what it costs and where it fails. All methods raise BadInput for a parameter that is unknown or out of its range.
    """

    name: str
    title: str
    torch_name: str | None
    kernels: Kernels
    parameters: tuple[ActivationParameter, ...]
    rule: Rule | None
    facts: Facts
    origin: Origin
    formulas: Formulas
    page: Page

    def value(self, x: npt.ArrayLike, **parameters: Value) -> Array:
        """f(x): of the shape of x, float32 for float32 and float64 for all else; limits at the infinities, NaN for NaN."""
        return self._of(self.kernels[0], x, parameters)

    def derivative(self, x: npt.ArrayLike, **parameters: Value) -> Array:
        """f'(x), at a kink PyTorch's (`kinks` says which); else as `value`."""
        return self._of(self.kernels[1], x, parameters)

    def second_derivative(self, x: npt.ArrayLike, **parameters: Value) -> Array:
        """f''(x), 0 at a kink; else as `value`."""
        return self._of(self.kernels[2], x, parameters)

    def checked(self, **parameters: Value) -> Values:
        """All parameters with defaults filled in, as floats and words."""
        return checked(self.title, self.parameters, self.rule, parameters)

    def range(self, **parameters: Value) -> Range:
        """All values that it takes; `range(...).text` in words."""
        return self.facts.span(**self.checked(**parameters))

    def lipschitz(self, **parameters: Value) -> float:
        """The least L with |f(x) - f(y)| <= L |x - y| for all x and y: the largest |f'|, infinite where it jumps."""
        return self.facts.steepest(**self.checked(**parameters))

    def is_monotone(self, **parameters: Value) -> bool:
        """Whether it never turns round: nowhere rising and elsewhere falling."""
        return self.facts.has_one_direction(**self.checked(**parameters))

    def saturates(self, **parameters: Value) -> tuple[bool, bool]:
        """Whether its derivative goes to 0 far to the left, and far to the right."""
        left, right = self.derivative(np.array([-math.inf, math.inf]), **parameters)
        return bool(left == 0), bool(right == 0)

    def moments(self, **parameters: Value) -> Moments:
        """What becomes of a standard normal input, by quadrature: to 1e-6, to 5e-4 where f or f' jumps away from 0."""
        return moments_of(partial(self.value, **parameters), partial(self.derivative, **parameters))

    def formula(self, **parameters: Value) -> str:
        """f(x) = ... in the LaTeX that ziamath renders, with the parameters' numbers."""
        return f"f(x) = {self.formulas.value(**self.checked(**parameters))}"

    def derivative_formula(self, **parameters: Value) -> str:
        """f'(x) = ... in the LaTeX that ziamath renders, with the parameters' numbers."""
        return f"f'(x) = {self.formulas.slope(**self.checked(**parameters))}"

    def code(self, **parameters: Value) -> str:
        """One line of PyTorch: a module where there is one, else an expression in a tensor x."""
        return code(self.name, self.torch_name, self.checked(**parameters))

    @property
    def year(self) -> int | None:
        """When it was proposed; None where that is unclear."""
        return self.origin.year

    @property
    def inventor(self) -> str:
        """Who proposed it; "" where that is unclear."""
        return self.origin.inventor

    @property
    def source(self) -> str:
        """What can be cited for it, or what is known where its origin is unclear."""
        return self.origin.source

    @property
    def kinks(self) -> str:
        """Which derivative stands at a kink or jump, in words."""
        return self.facts.kinks

    @property
    def torch_nan(self) -> tuple[tuple[str, float], ...]:
        """Where PyTorch gives NaN for an infinity (default parameters): ("value" | "derivative" | "second derivative", ±inf)."""
        return self.facts.torch_nan

    @property
    def torch_differs(self) -> str:
        """Where else PyTorch's numbers part from the mathematical ones, in words, or ""."""
        return self.facts.torch_differs

    def _of(self, kernel: Kernel, x: npt.ArrayLike, given: Values) -> Array:
        parameters = self.checked(**given)
        points = np.asarray(x)
        if points.dtype != np.float32:
            if points.dtype.kind not in "fiub":
                raise BadInput(f"{self.title} takes real numbers, but was given {points.dtype}.")
            points = points.astype(np.float64, copy=False)
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):  # limits are tested, number by number
            result = np.asarray(kernel(points, **parameters), dtype=points.dtype)
        unknown = np.isnan(points)
        if unknown.any():
            result = np.where(unknown, points, result)
        return result + 0.0  # a copy where the kernel gave x itself; and -0 becomes 0
