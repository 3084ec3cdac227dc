"""What is known of each activation function: range, Lipschitz constant, monotone or not, kinks, origin. Imports neither torch nor Qt.

Everything that depends on a parameter is a function of the parameters; tests hold each against the curve itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.simulation.activation_kinked import SELU_ALPHA, SELU_SCALE

NO_KINK = "It has no kink."
GELU_LOWEST, GELU_STEEPEST = -0.16997120747990366, 1.1289041451851548  # at x = -0.75179 and x = sqrt 2
GELU_TANH_LOWEST, GELU_TANH_STEEPEST = -0.17004075057125406, 1.1289930686587718  # at x = -0.75246 and x = 1.41850
SILU_LOWEST, SILU_STEEPEST = -0.2784645427610738, 1.099839320128867  # at x = -1.27846 and x = 2.39936
MISH_LOWEST, MISH_STEEPEST = -0.30884341301725043, 1.0884981612517279  # at x = -1.19243 and x = 1.49057


@dataclass(frozen=True, slots=True)
class Interval:
    """The numbers from low to high; has_low, has_high: whether the function takes that end itself at a finite x."""

    low: float
    high: float
    has_low: bool = False
    has_high: bool = False

    @property
    def text(self) -> str:
        """(−1, 1), [0, ∞), {0}."""
        if self.low == self.high:
            return "{" + _number(self.low) + "}"
        return f"{'[' if self.has_low else '('}{_number(self.low)}, {_number(self.high)}{']' if self.has_high else ')'}"


@dataclass(frozen=True, slots=True)
class Range:
    """All values of a function: disjoint intervals, lowest first."""

    intervals: tuple[Interval, ...]

    @property
    def low(self) -> float:
        """The infimum."""
        return self.intervals[0].low

    @property
    def high(self) -> float:
        """The supremum."""
        return self.intervals[-1].high

    @property
    def text(self) -> str:
        """[0, ∞); {0} ∪ (0.5, ∞)."""
        return " ∪ ".join(interval.text for interval in self.intervals)


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one function. span, steepest (the Lipschitz constant), has_one_direction take its parameters.

    kinks: which derivative stands at a kink or jump, in words. torch_nan: where PyTorch gives NaN, with the default parameters,
    for an infinity: ("value" | "derivative" | "second derivative", -inf | inf). torch_differs: where else its numbers part
    from the mathematical ones, in words, or "".
    """

    span: Callable[..., Range]
    steepest: Callable[..., float]
    has_one_direction: Callable[..., bool] = lambda **_: True
    kinks: str = NO_KINK
    torch_nan: tuple[tuple[str, float], ...] = ()
    torch_differs: str = ""


def _number(value: float) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.5g}".replace("-", "−")


def _one(low: float, high: float, has_low: bool = False, has_high: bool = False) -> Range:
    return Range((Interval(low, high, has_low, has_high),))


def _fixed(low: float, high: float, has_low: bool = False, has_high: bool = False) -> Callable[..., Range]:
    span = _one(low, high, has_low, has_high)
    return lambda **_: span


def _constant(value: float) -> Callable[..., float]:
    return lambda **_: value


def _never(**_: object) -> bool:
    return False


_INF = math.inf
_ALL = _fixed(-_INF, _INF)
_ABOVE_0 = _fixed(0.0, _INF, True)
_ENDS = (-_INF, _INF)
_EVERYWHERE_NAN = tuple((what, end) for what in ("value", "derivative", "second derivative") for end in _ENDS)
_PRODUCT_NAN = (("value", -_INF), *_EVERYWHERE_NAN[2:])  # infinity times a tail of 0


def _leaky_span(slope: float) -> Range:
    return _one(-_INF, _INF) if slope > 0 else _one(0.0, _INF, True)


def _leaky_facts(slope_of: Callable[..., float], kinks: str) -> Facts:
    def span(**parameters: float) -> Range:
        return _leaky_span(slope_of(**parameters))

    def steepest(**parameters: float) -> float:
        return max(1.0, abs(slope_of(**parameters)))

    def has_one_direction(**parameters: float) -> bool:
        return slope_of(**parameters) >= 0

    return Facts(span, steepest, has_one_direction, kinks)


def _softplus_seen_to_jump(threshold: float) -> bool:
    """Whether the drop to x itself, ln(1 + e^-threshold) / beta, is more than single precision leaves out there."""
    return math.log1p(math.exp(-threshold)) > float(np.finfo(np.float32).eps) * max(threshold, 1.0)


def _softplus_steepest(beta: float, threshold: float) -> float:
    return _INF if _softplus_seen_to_jump(threshold) else 1.0


def _softplus_has_one_direction(beta: float, threshold: float) -> bool:
    return not _softplus_seen_to_jump(threshold)


def _hardshrink_span(lambd: float) -> Range:
    if lambd == 0:
        return _one(-_INF, _INF)
    return Range((Interval(-_INF, -lambd), Interval(0.0, 0.0, True, True), Interval(lambd, _INF)))


def _threshold_span(threshold: float, value: float) -> Range:
    above = Interval(threshold, _INF)
    if value > threshold:
        return Range((above,))
    if value == threshold:
        return _one(threshold, _INF, True)
    return Range((Interval(value, value, True, True), above))


def _maxout_span(w1: float, b1: float, w2: float, b2: float) -> Range:
    if w1 * w2 < 0:
        return _one((w1 * b2 - w2 * b1) / (w1 - w2), _INF, True)
    if w1 == w2 == 0:
        return _one(max(b1, b2), max(b1, b2), True, True)
    if w1 == 0 or w2 == 0:
        return _one(b1 if w1 == 0 else b2, _INF, True)
    return _one(-_INF, _INF)


def _gelu_span(approximate: str) -> Range:
    return _one(GELU_LOWEST if approximate == "none" else GELU_TANH_LOWEST, _INF, True)


def gated(gate: Callable[[float], float]) -> Facts:
    """Of x times gate(g)."""

    def span(g: float) -> Range:
        return _one(-_INF, _INF) if gate(g) != 0 else _one(0.0, 0.0, True, True)

    def steepest(g: float) -> float:
        return abs(gate(g))

    return Facts(span, steepest)


FACTS: dict[str, Facts] = {
    "sigmoid": Facts(
        _fixed(0.0, 1.0),
        _constant(0.25),
    ),
    "tanh": Facts(
        _fixed(-1.0, 1.0),
        _constant(1.0),
    ),
    "relu": Facts(
        _ABOVE_0,
        _constant(1.0),
        kinks="At 0 the derivative is taken to be 0, that of the left side.",
    ),
    "leaky_relu": _leaky_facts(
        lambda negative_slope: negative_slope,
        "At 0 the derivative is taken to be negative_slope, that of the left side.",
    ),
    "maxout": Facts(
        _maxout_span,
        lambda w1, b1, w2, b2: max(abs(w1), abs(w2)),
        lambda w1, b1, w2, b2: w1 * w2 >= 0,
        "Where both lines are equally high the derivative is taken to be the mean of their slopes, as torch.maximum does.",
    ),
    "elu": Facts(
        lambda alpha: _one(-alpha, _INF),
        lambda alpha: max(1.0, alpha),
        kinks="At 0 the derivative is taken to be alpha, that of the left side (no kink for alpha = 1), "
        "and the second derivative 0, that of the right side.",
    ),
    "gelu": Facts(
        _gelu_span,
        lambda approximate: GELU_STEEPEST if approximate == "none" else GELU_TANH_STEEPEST,
        _never,
        torch_nan=_PRODUCT_NAN,
        torch_differs="PyTorch's derivatives are NaN also at finite numbers whose square or cube is too large to be held, "
        "and in single precision its value may be NaN at +∞.",
    ),
    "silu": Facts(
        _fixed(SILU_LOWEST, _INF, True),
        _constant(SILU_STEEPEST),
        _never,
        torch_nan=_PRODUCT_NAN,
    ),
    "mish": Facts(
        _fixed(MISH_LOWEST, _INF, True),
        _constant(MISH_STEEPEST),
        _never,
        torch_nan=_PRODUCT_NAN,
        torch_differs="PyTorch's second derivative is NaN also at large finite numbers.",
    ),
    "softplus": Facts(
        _fixed(0.0, _INF),
        _softplus_steepest,
        _softplus_has_one_direction,
        "Above beta x = threshold PyTorch takes x itself: a drop by ln(1 + e^(−threshold)) / beta, which is 2 · 10⁻⁹ for the "
        "default and 0.69 for a threshold of 0. At the drop the derivative is the sigmoid's, the second derivative 0.",
        torch_differs="Where beta x is above 709 (88 in single precision) and still below the threshold, PyTorch overflows to ∞.",
    ),
    "selu": Facts(
        _fixed(-SELU_SCALE * SELU_ALPHA, _INF),
        _constant(SELU_SCALE * SELU_ALPHA),
        kinks="At 0 the derivative is taken to be 1.7581, that of the left side (the right side's is 1.0507), "
        "and the second derivative 0.",
    ),
    "celu": Facts(
        lambda alpha: _one(-alpha, _INF),
        _constant(1.0),
        kinks="The derivative has no kink; the second derivative jumps at 0 and is taken to be 0 there, that of the right side.",
        torch_differs="PyTorch's derivative takes alpha rounded to single precision, in double precision too; so does this curve.",
    ),
    "prelu": _leaky_facts(
        lambda init: init,
        "At 0 the derivative is taken to be the slope of the left side.",
    ),
    "rrelu": _leaky_facts(
        lambda lower, upper: (lower + upper) / 2,
        "At 0 the derivative is taken to be the slope of the left side. Drawn as it is after training, with the mean slope.",
    ),
    "relu6": Facts(
        _fixed(0.0, 6.0, True, True),
        _constant(1.0),
        kinks="At 0 and at 6 the derivative is taken to be 0.",
    ),
    "hardtanh": Facts(
        lambda min_val, max_val: _one(min_val, max_val, True, True),
        _constant(1.0),
        kinks="At both bounds the derivative is taken to be 0.",
    ),
    "hardsigmoid": Facts(
        _fixed(0.0, 1.0, True, True),
        _constant(1 / 6),
        kinks="At −3 and at 3 the derivative is taken to be 0.",
        torch_differs="PyTorch's derivative is 1/6 rounded to single precision, 0.16666667163, in double precision too; so is this curve's.",
    ),
    "hardswish": Facts(
        _fixed(-0.375, _INF, True),
        _constant(1.5),
        _never,
        "At −3 the derivative is taken to be 0 (the right side's is −1/2), at 3 to be 1 (the left side's is 3/2).",
        (("value", -_INF),),
        "PyTorch multiplies by up to 6 before it divides by 6: values above a sixth of the largest number overflow to ∞.",
    ),
    "softsign": Facts(
        _fixed(-1.0, 1.0),
        _constant(1.0),
        kinks="The second derivative jumps at 0, from 2 to −2, and is taken to be 0 there.",
        torch_nan=_EVERYWHERE_NAN,
    ),
    "logsigmoid": Facts(
        _fixed(-_INF, 0.0),
        _constant(1.0),
    ),
    "tanhshrink": Facts(
        _ALL,
        _constant(1.0),
    ),
    "softshrink": Facts(
        _ALL,
        _constant(1.0),
        kinks="At −λ and at λ the derivative is taken to be 0.",
    ),
    "hardshrink": Facts(
        _hardshrink_span,
        lambda lambd: 1.0 if lambd == 0 else _INF,
        kinks="It jumps at −λ and at λ; there the value is 0 and the derivative is taken to be 0.",
    ),
    "threshold": Facts(
        _threshold_span,
        lambda threshold, value: 1.0 if threshold == value else _INF,
        lambda threshold, value: value <= threshold,
        "At the threshold it takes the other value, and the derivative is taken to be 0.",
    ),
    "step": Facts(
        lambda: Range((Interval(0.0, 0.0, True, True), Interval(1.0, 1.0, True, True))),
        _constant(_INF),
        kinks="At 0 the value is 1. The derivative is 0 wherever it exists, and is taken to be 0 at 0.",
    ),
    "sine": Facts(
        _fixed(-1.0, 1.0, True, True),
        lambda omega: omega,
        _never,
        torch_nan=_EVERYWHERE_NAN,
        torch_differs="It has no limit at the infinities, so NaN is right there.",
    ),
    "identity": Facts(
        _ALL,
        _constant(1.0),
    ),
}
