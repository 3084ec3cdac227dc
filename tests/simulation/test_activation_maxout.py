"""Maxout of any number of lines and inputs against PyTorch's amax, at ties, far out and where lines can never lead."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from app.simulation.activation_functions import ACTIVATIONS
from app.simulation.activation_maxout import maxout_lines, maxout_planes
from trainers.errors import BadInput

COUNTS = st.integers(1, 6)
# few values, so that lines tie often
USUAL = st.sampled_from((-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)) | st.floats(-5, 5)


def some(shape: Any) -> st.SearchStrategy[np.ndarray]:
    return arrays.arrays(np.float64, shape, elements=USUAL)


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_lines_and_planes_are_torchs_amax(data: st.DataObject) -> None:
    lines, inputs = data.draw(COUNTS), data.draw(st.integers(1, 3))
    weights, biases = data.draw(some((lines, inputs))), data.draw(some(lines))
    points = data.draw(some((data.draw(st.integers(0, 12)), inputs)))
    ours = maxout_planes(points, weights, biases)
    places = torch.tensor(points, requires_grad=True)
    heights = places @ torch.tensor(weights).T + torch.tensor(biases)
    value = heights.amax(dim=-1)
    value.sum().backward()
    np.testing.assert_allclose(ours.value, value.detach().numpy(), rtol=1e-14, atol=1e-14)
    order = np.sort(heights.detach().numpy(), axis=-1)
    clear = np.ones(len(points), bool) if lines == 1 else (order[:, -1] - order[:, -2] > 1e-12)
    assert places.grad is not None
    np.testing.assert_allclose(ours.derivative[clear], places.grad.numpy()[clear], rtol=1e-14, atol=1e-15)
    np.testing.assert_array_equal(ours.active[clear], heights.argmax(dim=-1).numpy()[clear])
    if inputs == 1:
        alone = maxout_lines(points[:, 0], weights[:, 0], biases)
        np.testing.assert_array_equal(alone.value, ours.value)
        np.testing.assert_array_equal(alone.derivative, ours.derivative[:, 0])


def test_where_lines_tie_the_slope_is_the_mean_of_theirs_as_torch_has_it() -> None:
    weights, biases = (1.0, -1.0, 0.0, -3.0), (0.0, 0.0, 0.0, -1.0)
    ours = maxout_lines(0.0, weights, biases)
    point = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    (point * torch.tensor(weights) + torch.tensor(biases)).amax().backward()
    assert point.grad is not None
    assert float(ours.derivative) == float(point.grad) == 0.0
    assert int(ours.active) == 0
    ours = maxout_lines(0.0, (1.0, 0.0), (0.0, 0.0))
    assert float(ours.derivative) == 0.5


@settings(max_examples=100, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_far_out_the_steepest_line_leads(data: st.DataObject) -> None:
    lines = data.draw(COUNTS)
    weights, biases = data.draw(some(lines)), data.draw(some(lines))
    for x in (math.inf, -math.inf, 1e300, -1e300, 1e308, -1e308):
        if math.isfinite(x) and (np.abs(weights[weights != 0]) < 1e-9).any():
            continue  # there a bias still counts
        ours = maxout_lines(x, weights, biases)
        rising = weights * math.copysign(1, x)
        lead = float(rising.max())
        assert float(ours.derivative) * math.copysign(1, x) == pytest.approx(
            lead, rel=1e-15, abs=0
        )  # a mean of equals rounds
        assert rising[int(ours.active)] == lead
        if lead == 0:
            assert math.isclose(float(ours.value), biases[rising == 0].max())
        elif math.isinf(x):
            assert float(ours.value) == math.copysign(math.inf, lead)
        else:
            expected = math.copysign(min(abs(lead) * abs(x), math.inf), lead)
            assert float(ours.value) == pytest.approx(expected, rel=1e-12)


def test_nan_and_single_precision() -> None:
    x = np.array([math.nan, 1.0, 2.0], dtype=np.float32)
    ours = maxout_lines(x, (1.0, 0.3), (0.0, 0.1))
    assert ours.value.dtype == ours.derivative.dtype == np.float32
    np.testing.assert_array_equal(np.isnan(ours.value), [True, False, False])
    np.testing.assert_array_equal(np.isnan(ours.derivative), [True, False, False])
    assert maxout_lines(np.zeros((2, 3)), (1.0,), (0.0,)).active.shape == (2, 3)


@pytest.mark.parametrize(
    ("weights", "biases"),
    [((), ()), ((1.0, 2.0), (0.0,)), ((math.nan,), (0.0,)), ((1.0,), (math.inf,)), (((1.0, 2.0),), (0.0,))],
)
def test_lines_that_are_none_are_refused(weights: Any, biases: Any) -> None:
    with pytest.raises(BadInput) as caught:
        maxout_lines(0.0, weights, biases)
    assert "Maxout" in caught.value.sentence


def test_planes_need_a_weight_for_each_input() -> None:
    with pytest.raises(BadInput, match="one row of weights"):
        maxout_planes(np.zeros((5, 2)), np.zeros((3, 3)), np.zeros(3))


def test_the_envelope_of_two_lines_is_the_function_that_is_plotted() -> None:
    x = np.linspace(-4, 4, 81)
    lines = {"w1": 1.5, "b1": -0.5, "w2": -0.25, "b2": 0.75}
    ours = maxout_lines(x, (1.5, -0.25), (-0.5, 0.75))
    np.testing.assert_array_equal(ACTIVATIONS["maxout"].value(x, **lines), ours.value)
    np.testing.assert_array_equal(ACTIVATIONS["maxout"].derivative(x, **lines), ours.derivative)
