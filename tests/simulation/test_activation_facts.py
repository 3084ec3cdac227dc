"""What is said of an activation function, held against its curve: range, Lipschitz constant, direction, saturation, moments."""

from __future__ import annotations

import itertools
import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from app.simulation.activation_facts import NO_KINK, Interval, Range
from app.simulation.activation_functions import ACTIVATIONS, Activation
from app.simulation.activation_parameters import Values
from trainers.errors import BadInput

every_function = pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=list(ACTIVATIONS))


@st.composite
def usual_parameters(draw: st.DrawFn, activation: Activation) -> Values:
    """Within the sliders, to two decimals."""
    values: Values = {}
    for one in activation.parameters:
        if one.choices:
            values[one.name] = draw(st.sampled_from(one.choices))
        else:
            values[one.name] = draw(st.integers(math.ceil(100 * one.low), math.floor(100 * one.high))) / 100
    try:
        return activation.checked(**values)
    except BadInput:
        first, second = [one.name for one in activation.parameters]
        low, high = sorted((float(values[first]), float(values[second])))
        return activation.checked(**{first: low, second: high if high > low else low + 0.01})


def corners(values: Values) -> np.ndarray:
    numbers = [float(value) for value in values.values() if not isinstance(value, str)]
    found = [0.0, -3.0, 3.0, 6.0, *numbers, *(-number for number in numbers)]
    if "beta" in values:
        found.append(float(values["threshold"]) / float(values["beta"]))
    if "w1" in values and values["w1"] != values["w2"]:
        found.append((float(values["b2"]) - float(values["b1"])) / (float(values["w1"]) - float(values["w2"])))
    return np.unique(found)


def grid(values: Values) -> np.ndarray:
    at = corners(values)
    places = [np.linspace(-20, 20, 40001), at, np.nextafter(at, -99), np.nextafter(at, 99), at - 1e-9, at + 1e-9]
    return np.unique(np.concatenate([*places, [-0.75179152469, -1.27846454276, -1.19243121451, -1.5]]))


def unseen_drop(values: Values) -> float:
    """What single precision leaves where softplus goes over into x: a drop that is smaller does not count."""
    if "beta" not in values:
        return 0.0
    return float(np.finfo(np.float32).eps) * max(float(values["threshold"]), 1.0) / float(values["beta"])


def has_jump(activation: Activation, values: Values) -> bool:
    at = corners(values)
    leap = activation.value(at + 1e-9, **values) - activation.value(at - 1e-9, **values)
    return bool((np.abs(leap) > 2.5e-9 * 10 + unseen_drop(values)).any())


@every_function
@settings(max_examples=25, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_range_holds_all_values_and_no_less_would(activation: Activation, data: st.DataObject) -> None:
    values = data.draw(usual_parameters(activation))
    y = activation.value(grid(values), **values)
    span = activation.range(**values)
    slack = 1e-12 * np.maximum(np.abs(y), 1)
    inside = np.zeros(y.shape, bool)
    for interval in span.intervals:
        inside |= (y >= interval.low - slack) & (y <= interval.high + slack)
    assert inside.all()
    wide = activation.value(np.array([-1e15, 1e15]), **values)
    for end, reached, nearest, sign in (
        (span.low, span.intervals[0].has_low, min(y.min(), wide.min()), -1),
        (span.high, span.intervals[-1].has_high, max(y.max(), wide.max()), 1),
    ):
        if math.isinf(end):
            assert not reached
            assert sign * nearest > 1e6
        else:
            assert nearest == pytest.approx(end, abs=2e-5)
    middle = activation.value(np.linspace(-0.5, 0.5, 1001), **values)
    for interval in span.intervals:
        if not interval.has_low and interval.low == span.low:
            assert (middle > interval.low).all()
        if not interval.has_high and interval.high == span.high:
            assert (middle < interval.high).all()


@every_function
@settings(max_examples=25, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_lipschitz_constant_bounds_every_slope_and_is_reached(activation: Activation, data: st.DataObject) -> None:
    values = data.draw(usual_parameters(activation))
    steepest = activation.lipschitz(**values)
    assert math.isinf(steepest) == has_jump(activation, values)
    if math.isinf(steepest):
        return
    x = grid(values)
    slopes = np.abs(activation.derivative(np.append(x, [-1e9, 1e9]), **values))
    rounding = (
        1e-7 if activation.name in ("celu", "hardsigmoid") else 1e-12
    )  # their slopes are PyTorch's, of single precision
    assert slopes.max() <= steepest * (1 + rounding)
    assert slopes.max() >= 0.9999 * steepest
    y = activation.value(x, **values)
    rises = np.abs(np.diff(y)) - steepest * np.diff(x)
    assert rises.max() <= 1e-13 + unseen_drop(values)


@every_function
@settings(max_examples=25, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_monotone_is_what_never_turns_round(activation: Activation, data: st.DataObject) -> None:
    values = data.draw(usual_parameters(activation))
    x = np.sort(np.concatenate([np.linspace(-40, 40, 4001), corners(values) - 1e-9, corners(values) + 1e-9]))
    steps = np.diff(activation.value(x, **values))
    slack = 1e-13 + unseen_drop(values)
    assert activation.is_monotone(**values) == bool((steps >= -slack).all() or (steps <= slack).all())


@every_function
@settings(max_examples=10, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_saturation_and_moments(activation: Activation, data: st.DataObject) -> None:
    values = data.draw(usual_parameters(activation))
    left, right = activation.saturates(**values)
    if activation.name == "sine":
        assert (left, right) == (False, False)
    else:
        far = np.abs(activation.derivative(np.array([-1e6, 1e6]), **values))
        assert (left, right) == (bool(far[0] < 1e-9), bool(far[1] < 1e-9))

    def density(x: float) -> float:
        return math.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)

    breaks = sorted({float(c) for c in corners(values) if abs(c) < 9})

    def mean_of(function: Any) -> float:
        ends = [-9.0, *breaks, 9.0]
        return sum(
            quad(lambda x: function(x) * density(x), a, b, epsabs=1e-8, limit=200)[0]
            for a, b in itertools.pairwise(ends)
        )

    moments = activation.moments(**values)
    mean = mean_of(lambda x: float(activation.value(x, **values)))
    squared = mean_of(lambda x: float(activation.derivative(x, **values)) ** 2)
    variance = mean_of(lambda x: (float(activation.value(x, **values)) - mean) ** 2)
    size = max(1.0, activation.lipschitz(**values)) if math.isfinite(activation.lipschitz(**values)) else 4.0
    assert moments.mean == pytest.approx(mean, abs=1e-3 * size)
    assert moments.squared_slope == pytest.approx(squared, abs=2e-3 * size**2)
    assert moments.variance == pytest.approx(variance, abs=2e-3 * size**2)


def test_zero_centred_are_the_odd_functions_and_selu() -> None:
    centred = {name for name, activation in ACTIVATIONS.items() if abs(activation.moments().mean) < 1e-5}
    gates = {"glu", "bilinear", "reglu", "geglu", "swiglu"}
    odd = {"tanh", "hardtanh", "softsign", "tanhshrink", "softshrink", "hardshrink", "sine", "identity"}
    assert centred == gates | odd | {"selu"}
    assert ACTIVATIONS["hardtanh"].moments(max_val=2.0).mean > 0.05
    assert ACTIVATIONS["selu"].moments().variance == pytest.approx(1, abs=1e-6)


@every_function
@settings(max_examples=15, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_what_has_no_kink_is_smooth_and_what_has_says_which_side_counts(
    activation: Activation, data: st.DataObject
) -> None:
    values = data.draw(usual_parameters(activation))
    at = corners(values)
    is_smooth = True
    for curve in (activation.value, activation.derivative, activation.second_derivative):
        leap = np.abs(curve(at + 1e-9, **values) - curve(at - 1e-9, **values))
        is_smooth &= bool((leap < 1e-4).all())
    if activation.kinks == NO_KINK:
        assert is_smooth
    elif activation.name in ("relu", "relu6", "selu", "celu", "hardsigmoid", "hardswish", "softsign", "step"):
        assert not is_smooth
    assert activation.kinks.endswith(".")


@every_function
def test_origin_is_given_or_said_to_be_unclear(activation: Activation) -> None:
    assert (activation.year is None) == (activation.inventor == "")
    assert activation.source
    if activation.year is not None:
        assert str(activation.year) in activation.source
        assert re.match(r"\S+ \S+", activation.inventor)
    else:
        assert "unclear" in activation.source or activation.name == "identity"


def test_ranges_in_words() -> None:
    assert ACTIVATIONS["relu"].range().text == "[0, ∞)"
    assert ACTIVATIONS["hardshrink"].range().text == "(−∞, −0.5) ∪ {0} ∪ (0.5, ∞)"
    assert ACTIVATIONS["step"].range().text == "{0} ∪ {1}"
    assert ACTIVATIONS["elu"].range(alpha=0.25).text == "(−0.25, ∞)"
    assert Range((Interval(-1.0, 6.0, True, True),)).text == "[−1, 6]"


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("relu", {"alpha": 1.0}, "ReLU has no parameter 'alpha'; it has none."),
        ("elu", {"slope": 1.0}, "ELU has no parameter 'slope'; it has alpha."),
        ("elu", {"alpha": 0.0}, "ELU's alpha is 0, but it must be from 0.001 to 100."),
        ("elu", {"alpha": math.nan}, "ELU's alpha is nan, but it must be from 0.001 to 100."),
        ("elu", {"alpha": math.inf}, "ELU's alpha is inf, but it must be from 0.001 to 100."),
        ("elu", {"alpha": True}, "ELU's alpha is True, but it must be from 0.001 to 100."),
        ("gelu", {"approximate": "exact"}, "GELU's approximate is 'exact', but it must be none or tanh."),
        ("rrelu", {"lower": 1.0}, "RReLU's lower is 1, but it must be at most its upper, 0.333333."),
        ("hardtanh", {"min_val": 1}, "Hardtanh's min_val is 1, but it must be less than its max_val, 1."),
    ],
)
def test_parameters_that_cannot_be_are_refused_by_name(name: str, parameters: dict[str, Any], words: str) -> None:
    activation = ACTIVATIONS[name]
    for call in (activation.value, activation.derivative, activation.second_derivative):
        with pytest.raises(BadInput) as caught:
            call(0.0, **parameters)
        assert caught.value.sentence == words
    for ask in (activation.range, activation.lipschitz, activation.formula, activation.code, activation.moments):
        with pytest.raises(BadInput):
            ask(**parameters)


@every_function
def test_shapes_and_precisions_are_kept_and_the_input_is_left_alone(activation: Activation) -> None:
    for curve in (activation.value, activation.derivative, activation.second_derivative):
        for dtype in (np.float32, np.float64):
            for shape in ((), (0,), (7,), (2, 3), (2, 0, 3)):
                x = np.full(shape, 0.7, dtype=dtype)
                y = curve(x)
                assert (y.dtype, y.shape) == (dtype, shape)
            x = np.linspace(-1, 1, 5, dtype=dtype)
            before = x.copy()
            curve(x)[...] = 99
            np.testing.assert_array_equal(x, before)
        assert float(curve(1)) == float(curve(1.0)) == float(curve(np.int64(1))) == float(curve(np.float16(1)))
    with pytest.raises(BadInput, match="real numbers"):
        activation.value(1j)
