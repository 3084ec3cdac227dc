"""Every activation function against PyTorch: value and both derivatives, all inputs, all parameters, both precisions."""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from app.simulation.activation_functions import ACTIVATIONS, Activation
from app.simulation.activation_kind import Array
from app.simulation.activation_parameters import ActivationParameter, Values
from trainers.activation_catalog import ACTIVATIONS as CATALOGUE
from trainers.errors import BadInput

EXAMPLES = int(os.environ.get("HILLOCK_EXAMPLES", "15"))  # of inputs and parameters, of each function in each precision
ORDERS = ("value", "derivative", "second derivative")
TOLERANCE = {np.float64: 1e-12, np.float32: 2e-6}
every_function = pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=list(ACTIVATIONS))

# Where PyTorch overflows at finite inputs: there the function is its own asymptote, max(0, x), to the last digit.
OVERFLOWS = {
    "gelu": ("derivative", "second derivative"),
    "mish": ("second derivative",),
    "hardswish": ("value",),
    "softplus": ("value", "derivative"),
}


def exact_gelu(g: torch.Tensor) -> torch.Tensor:
    """PyTorch's own GELU takes 1 + erf, which far to the left is 0 where erfc has a value; a large x makes that visible."""
    return (0.5 * g.double() * torch.special.erfc(-g.double() / math.sqrt(2))).to(g.dtype)


# What has no torch.nn class is held against the PyTorch functions it is made of.
BY_HAND: dict[str, Callable[..., torch.Tensor]] = {
    "maxout": lambda x, w1, b1, w2, b2: torch.maximum(w1 * x + b1, w2 * x + b2),
    "sine": lambda x, omega: torch.sin(omega * x),
    "glu": lambda x, g: F.glu(torch.stack((x, torch.full_like(x, g))), dim=0)[0],
    "bilinear": lambda x, g: x * torch.full_like(x, g),
    "reglu": lambda x, g: x * F.relu(torch.full_like(x, g)),
    "geglu": lambda x, g: x * exact_gelu(torch.full_like(x, g)),
    "swiglu": lambda x, g: x * F.silu(torch.full_like(x, g)),
}


def torch_function(activation: Activation, parameters: Values, dtype: torch.dtype) -> Callable[..., torch.Tensor]:
    if activation.torch_name is None:
        return lambda x: BY_HAND[activation.name](x, **parameters)
    module = getattr(torch.nn, activation.torch_name.removeprefix("torch.nn."))(
        **parameters, **({"dtype": dtype} if activation.name == "prelu" else {})
    )
    return module.eval()  # type: ignore[no-any-return]


def ask_torch(activation: Activation, x: Array, parameters: Values) -> dict[str, Array]:
    """The three curves; the second derivative is left out where PyTorch has none."""
    if activation.name == "step":
        value = torch.heaviside(torch.tensor(x), torch.tensor(1.0, dtype=torch.tensor(x).dtype)).numpy()
        return {"value": value, "derivative": np.zeros_like(x), "second derivative": np.zeros_like(x)}
    points = torch.tensor(x, requires_grad=True)
    value = torch_function(activation, parameters, points.dtype)(points)
    (slope,) = torch.autograd.grad(value.sum(), points, create_graph=True)
    answer = {"value": value.detach().numpy(), "derivative": slope.detach().numpy()}
    if not slope.requires_grad:  # a constant slope
        return answer | {"second derivative": np.zeros_like(x)}
    if activation.name == "hardsigmoid":  # the one without: a test says so
        return answer
    (bend,) = torch.autograd.grad(slope.sum(), points, allow_unused=True)
    return answer | {"second derivative": np.zeros_like(x) if bend is None else bend.numpy()}


def ask_ours(activation: Activation, x: Array, parameters: Values) -> dict[str, Array]:
    curves = (activation.value, activation.derivative, activation.second_derivative)
    return {order: curve(x, **parameters) for order, curve in zip(ORDERS, curves, strict=True)}


def a_parameter(parameter: ActivationParameter) -> st.SearchStrategy[Any]:
    if parameter.choices:
        return st.sampled_from(parameter.choices)
    ends = st.sampled_from((parameter.minimum, parameter.maximum, parameter.low, parameter.high, parameter.default))
    usual = st.floats(parameter.low, parameter.high)
    return ends | usual | st.floats(parameter.minimum, parameter.maximum)


@st.composite
def parameters_of(draw: st.DrawFn, activation: Activation) -> Values:
    values = {parameter.name: draw(a_parameter(parameter)) for parameter in activation.parameters}
    try:
        return activation.checked(**values)
    except BadInput:  # the two must be in order
        low, high = sorted(values)[::-1] if activation.name == "hardtanh" else sorted(values)
        values[low], values[high] = sorted((values[low], values[high]))
        if values[low] == values[high] and activation.name == "hardtanh":
            values[low] = values[high] - 1 if values[high] > -1e3 else -1e3
            values[high] = max(values[high], -999.0)
        return activation.checked(**values)


def corners(parameters: Values) -> list[float]:
    """Where any of the functions may have a kink, as far as the parameters say."""
    numbers = {name: float(value) for name, value in parameters.items() if not isinstance(value, str)}
    found = [0.0, -3.0, 3.0, 6.0, *numbers.values(), *(-value for value in numbers.values())]
    if "beta" in numbers:
        found.append(numbers["threshold"] / numbers["beta"])
    if "w1" in numbers and numbers["w1"] != numbers["w2"]:
        found.append((numbers["b2"] - numbers["b1"]) / (numbers["w1"] - numbers["w2"]))
    return found


@st.composite
def finite_inputs(draw: st.DrawFn, parameters: Values, dtype: type) -> Array:
    width = 32 if dtype is np.float32 else 64
    anything = st.floats(width=width, allow_nan=False, allow_infinity=False)
    usual = st.floats(-10, 10, width=width)
    corner = st.sampled_from(corners(parameters))
    near = st.builds(lambda c, n: c + n * float(np.spacing(dtype(c))), corner, st.integers(-3, 3))
    tiny = st.sampled_from((5e-324, -5e-324, 1e-310, 1e-45, 1e-30, -1e-20))
    numbers = draw(st.lists(usual | near | anything | tiny, min_size=1, max_size=40))
    with np.errstate(over="ignore"):
        x = np.array(numbers).astype(dtype)
    return x[np.isfinite(x)]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@every_function
@settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_value_and_derivatives_are_torchs(activation: Activation, dtype: type, data: st.DataObject) -> None:
    parameters = data.draw(parameters_of(activation))
    x = data.draw(finite_inputs(parameters, dtype))
    if activation.name == "sine":  # both give NaN where omega x cannot be held
        x = x[np.abs(x) < float(np.finfo(dtype).max) / 200]
    ours, torchs = ask_ours(activation, x, parameters), ask_torch(activation, x, parameters)
    for order, expected in torchs.items():
        assert ours[order].dtype == dtype
        assert ours[order].shape == x.shape
        wanted = mended(activation.name, order, expected, x)
        tolerance = TOLERANCE[dtype]
        if activation.name == "softplus" and order == "second derivative" and dtype == np.float32:
            # PyTorch's beta s (1 - s) has lost all of 1 - s where s rounds to 1: an error of up to 6e-8 beta
            tolerance *= max(1.0, float(parameters["beta"]))
        close(ours[order], wanted, tolerance, f"{activation.name} {order} {parameters} at", x)


def mended(name: str, order: str, expected: Array, x: Array) -> Array:
    """PyTorch's answer without its overflows; a test of its own shows each."""
    if order not in OVERFLOWS.get(name, ()):
        return expected
    asymptote = {"value": np.maximum(x, 0), "derivative": (x > 0).astype(x.dtype)}.get(order, np.zeros_like(x))
    return np.where(np.isfinite(expected), expected, asymptote)


def close(got: Array, expected: Array, tolerance: float, what: str, x: Array) -> None:
    with np.errstate(invalid="ignore", over="ignore"):
        fits = (np.abs(got - expected) <= tolerance * (1 + np.abs(expected))) | (got == expected)
    wrong = np.flatnonzero(~fits)
    assert wrong.size == 0, f"{what} {x[wrong[0]]!r}: {got[wrong[0]]!r}, not {expected[wrong[0]]!r}"


def test_hardsigmoid_has_no_second_derivative_in_torch_and_it_is_0() -> None:
    points = torch.linspace(-4, 4, 17, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(F.hardsigmoid(points).sum(), points, create_graph=True)
    with pytest.raises(RuntimeError, match="is not implemented"):
        torch.autograd.grad(slope.sum(), points)
    assert not ACTIVATIONS["hardsigmoid"].second_derivative(points.detach().numpy()).any()


def test_the_slope_of_hardsigmoid_is_torchs_sixth_of_single_precision_and_the_page_says_so() -> None:
    x = np.array([0.0, 1.0])
    assert (ask_torch(ACTIVATIONS["hardsigmoid"], x, {})["derivative"] == np.float64(np.float32(1 / 6))).all()
    assert (ACTIVATIONS["hardsigmoid"].derivative(x) == np.float64(np.float32(1 / 6))).all()
    assert "0.16666667163" in ACTIVATIONS["hardsigmoid"].torch_differs


def test_the_slope_of_celu_rounds_alpha_as_torchs_does_and_the_page_says_so() -> None:
    x, alpha = np.array([-1e-9, -1e-4]), 1e-3
    torchs = ask_torch(ACTIVATIONS["celu"], x, {"alpha": alpha})["derivative"]
    assert (np.abs(torchs - np.exp(x / alpha)) > 1e-8).all()
    np.testing.assert_allclose(ACTIVATIONS["celu"].derivative(x, alpha=alpha), torchs, rtol=1e-15)
    assert "single precision" in ACTIVATIONS["celu"].torch_differs


@pytest.mark.parametrize("name", OVERFLOWS)
def test_torch_does_overflow_where_it_is_said_to(name: str) -> None:
    activation = ACTIVATIONS[name]
    kinds: dict[str, list[Values]] = {
        "softplus": [{"threshold": 1e3}],
        "gelu": [{"approximate": "none"}, {"approximate": "tanh"}],
    }
    x = np.array([800.0, 1e308])
    found = set()
    for parameters in kinds.get(name, [{}]):
        torchs = ask_torch(activation, x, activation.checked(**parameters))
        found |= {order for order in ORDERS if not np.isfinite(torchs[order]).all()}
    assert found == set(OVERFLOWS[name])
    assert activation.torch_differs


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@every_function
def test_where_torch_gives_nan_at_an_infinity_is_said_and_the_limit_stands_here(
    activation: Activation, dtype: type
) -> None:
    ends = np.array([-math.inf, math.inf], dtype=dtype)
    ours, torchs = ask_ours(activation, ends, {}), ask_torch(activation, ends, activation.checked())
    found = {(order, float(end)) for order in torchs for end, y in zip(ends, torchs[order], strict=True) if y != y}
    if activation.name == "gelu" and dtype is np.float32:  # oneDNN's kernel, where PyTorch has it
        found -= {("value", math.inf)}
        assert "single precision" in activation.torch_differs
    assert set(activation.torch_nan) == found
    for order in torchs:
        known = ~np.isnan(torchs[order])
        np.testing.assert_allclose(ours[order][known], torchs[order][known], rtol=1e-6, atol=0)


@every_function
def test_torch_treats_vectors_and_single_numbers_alike_at_the_infinities(activation: Activation) -> None:
    for many, end in itertools.product((1, 3, 8, 33), (-math.inf, math.inf)):
        torchs = ask_torch(activation, np.full(many, end), activation.checked())
        for order in torchs:
            assert np.isnan(torchs[order]).all() == ((order, end) in activation.torch_nan)


@every_function
@settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_limits_at_the_infinities(activation: Activation, data: st.DataObject) -> None:
    """What a curve has come to far out is what stands at the infinity, whatever the parameters."""
    parameters = data.draw(parameters_of(activation))
    ends, far = np.array([-math.inf, math.inf]), np.array([-1e300, 1e300])
    if activation.name == "sine":
        for curve in ask_ours(activation, ends, parameters).values():
            assert np.isnan(curve).all(), "it has none"
        return
    there, near = ask_ours(activation, ends, parameters), ask_ours(activation, far, parameters)
    nearer = ask_ours(activation, far / 2, parameters)
    for order in ORDERS:
        still_going = near[order] != nearer[order]
        expected = np.where(still_going, np.copysign(math.inf, near[order] - nearer[order]), near[order])
        np.testing.assert_array_equal(there[order], expected, err_msg=f"{order} {parameters}")


@every_function
def test_nan_in_nan_out(activation: Activation) -> None:
    for dtype in (np.float64, np.float32):
        for curve in ask_ours(activation, np.array([math.nan, 1.0, math.nan], dtype=dtype), {}).values():
            np.testing.assert_array_equal(np.isnan(curve), [True, False, True])


def test_all_element_wise_activations_of_torch_are_there_with_the_catalogues_parameters() -> None:
    for key, entry in CATALOGUE.items():
        if not entry.is_elementwise:
            assert key not in ACTIVATIONS
            continue
        activation = ACTIVATIONS[key]
        assert activation.torch_name == f"torch.nn.{entry.torch_class}"
        assert activation.title == entry.title
        ours = [(p.name, p.minimum, p.maximum, p.choices) for p in activation.parameters if not p.choices]
        theirs = [(p.name, p.minimum, p.maximum, p.choices) for p in entry.parameters if not p.choices]
        assert ours == theirs
        assert [p.choices for p in activation.parameters] == [p.choices for p in entry.parameters]
        lectures = {"negative_slope": 0.1}
        assert [p.default for p in activation.parameters] == [lectures.get(p.name, p.default) for p in entry.parameters]
    assert set(ACTIVATIONS) - set(CATALOGUE) == {*BY_HAND, "step", "identity"}


@every_function
@settings(max_examples=EXAMPLES // 2, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_the_line_of_code_is_the_function(activation: Activation, data: st.DataObject) -> None:
    parameters = data.draw(parameters_of(activation))
    x = torch.linspace(-7, 7, 57, dtype=torch.float64)
    line = activation.code(**parameters)
    if activation.name == "softplus":
        x = x[float(parameters["beta"]) * x < 700]  # beyond that PyTorch overflows
    known = {
        "__builtins__": {"__import__": __import__},
        "torch": torch,
        "x": x,
    }  # C code imports by what it finds there
    thing = eval(line, known)
    result = thing if isinstance(thing, torch.Tensor) else thing.double()(x)
    ours = activation.value(x.numpy(), **parameters)
    np.testing.assert_allclose(
        ours, result.detach().numpy(), rtol=1e-6 if activation.name == "prelu" else 1e-12, atol=1e-12
    )
