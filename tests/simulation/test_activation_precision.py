"""The smooth functions against 40-digit arithmetic: tails keep their relative precision, differences do not cancel."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.simulation.activation_functions import ACTIVATIONS

DIGITS = 40
Exact = Callable[[Any], Any]


def sigmoid(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x))


def softplus(x: Any) -> Any:
    return mpmath.log1p(mpmath.exp(x))


def share(x: Any) -> Any:
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def gelu_tanh(x: Any) -> Any:
    return x / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3)))


EXACT: dict[str, Exact] = {
    "sigmoid": sigmoid,
    "tanh": mpmath.tanh,
    "silu": lambda x: x * sigmoid(x),
    "mish": lambda x: x * mpmath.tanh(softplus(x)),
    "softplus": softplus,
    "logsigmoid": lambda x: -softplus(-x),
    "gelu": lambda x: x * share(x),
    "tanhshrink": lambda x: x - mpmath.tanh(x),
    "elu": mpmath.expm1,  # left of 0
    "softsign": lambda x: x / (1 + abs(x)),
    "sine": mpmath.sin,
}
LEFT_ONLY = {"elu"}
CURVES = ("value", "derivative", "second_derivative")


def exact(function: Exact, order: int, x: float) -> float:
    with mpmath.workdps(DIGITS):
        at = mpmath.mpf(x)
        return float(mpmath.diff(function, at, order) if order else function(at))


@pytest.mark.parametrize("name", EXACT)
@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(x=st.floats(-19.5, 19.5).filter(lambda x: x == 0 or abs(x) > 1e-3))
def test_curves_are_exact_to_the_last_digits(name: str, x: float) -> None:
    activation = ACTIVATIONS[name]
    x = -abs(x) - 1e-3 if name in LEFT_ONLY else x
    if name == "softsign" and x == 0:
        return  # its second derivative jumps there
    for order, curve in enumerate(CURVES):
        expected = exact(EXACT[name], order, x)
        got = float(getattr(activation, curve)(x))
        assert abs(got - expected) <= 2e-14 * abs(expected) + 3e-16 * (1 + abs(x)), f"{curve}({x})"
        single = np.float32(x)
        expected = exact(EXACT[name], order, float(single))
        got = float(getattr(activation, curve)(single))
        assert abs(got - expected) <= 2e-6 * (1 + abs(expected)), f"{curve}({x}) in single precision"


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(x=st.floats(-8, 8))
def test_gelus_tanh_form_is_exact_to_the_last_digits(x: float) -> None:
    for order, curve in enumerate(CURVES):
        expected = exact(gelu_tanh, order, x)
        got = float(getattr(ACTIVATIONS["gelu"], curve)(x, approximate="tanh"))
        assert abs(got - expected) <= 5e-14 * abs(expected) + 3e-15


@pytest.mark.parametrize(
    ("name", "order", "x"),
    [
        ("sigmoid", 0, -740.0),
        ("sigmoid", 1, 700.0),
        ("sigmoid", 2, -700.0),
        ("tanh", 1, 300.0),
        ("tanh", 2, -300.0),
        ("silu", 0, -700.0),
        ("silu", 1, -700.0),
        ("silu", 2, 700.0),
        ("mish", 0, -700.0),
        ("mish", 1, -700.0),
        ("mish", 2, 300.0),
        ("softplus", 0, -700.0),
        ("logsigmoid", 0, 700.0),
        ("gelu", 0, -37.0),
        ("gelu", 1, -30.0),
        ("gelu", 2, 30.0),
        ("tanhshrink", 0, 1e-8),
        ("tanhshrink", 0, -0.1199),
        ("tanhshrink", 0, 0.1201),
        ("tanhshrink", 1, 1e-8),
        ("elu", 0, -1e-17),
        ("softsign", 1, 1e100),
    ],
)
def test_what_is_tiny_keeps_its_digits(name: str, order: int, x: float) -> None:
    with mpmath.workdps(700):
        at = mpmath.mpf(x)
        expected = float(mpmath.diff(EXACT[name], at, order) if order else EXACT[name](at))
    got = float(getattr(ACTIVATIONS[name], CURVES[order])(x))
    assert expected != 0
    assert got == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize("name", EXACT)
def test_numbers_as_small_as_there_are(name: str) -> None:
    """Subnormal inputs give f(0) + f'(0) x, without a warning."""
    activation = ACTIVATIONS[name]
    for x in (5e-324, -5e-324, 1e-310, -1e-310):
        expected = float(activation.value(0.0)) + float(activation.derivative(0.0)) * x
        assert math.isclose(float(activation.value(x)), expected, rel_tol=1e-15, abs_tol=1e-323)
