"""Curves drawn by hand: smooth, without bumps of their own, and what a stroke of the pen becomes."""

import itertools
import time
import warnings
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainers.drawn_function import BadKnots, drawn_function, knots_of_numbers, reduce_stroke

KNOTS = [(-2.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (1.0, 3.0), (2.0, 3.1)]


def test_it_goes_through_its_knots_and_straight_on_beyond() -> None:
    function = drawn_function(KNOTS)
    x, y = np.array(KNOTS).T
    np.testing.assert_allclose(function.value(x), y, atol=1e-15)
    slope = function.derivative(2.0)
    np.testing.assert_allclose(function.value([3.0, 12.0]), 3.1 + slope * np.array([1.0, 10.0]))
    np.testing.assert_array_equal(function.derivative([2.0, 5.0, 1e6]), [slope] * 3)
    np.testing.assert_array_equal(function.second_derivative([-3.0, 5.0]), [0.0, 0.0])
    assert function.numbers == (-2.0, 0.0, -1.0, 0.0, 0.0, 1.0, 1.0, 3.0, 2.0, 3.1)


def test_two_knots_are_a_line() -> None:
    function = drawn_function([(0, 1), (2, 5)])
    np.testing.assert_allclose(function.value([-1.0, 0.5, 7.0]), [-1.0, 2.0, 15.0])


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(2, 64))
def test_no_bump_between_knots_and_no_jump_of_the_slope(seed: int, count: int) -> None:
    draw = np.random.default_rng(seed)
    x = np.cumsum(draw.uniform(0.02, 1, count))
    y = draw.normal(0, 1, count) * (draw.random(count) < 0.8)
    function = drawn_function(np.c_[x, y].tolist())
    for (x0, y0), (x1, y1) in itertools.pairwise(zip(x, y, strict=True)):
        inside = function.value(np.linspace(x0, x1, 60))
        assert (np.diff(inside) * np.sign(y1 - y0) >= -1e-12).all()
        assert min(y0, y1) - 1e-12 <= inside.min() <= inside.max() <= max(y0, y1) + 1e-12
    beside = 1e-9
    np.testing.assert_allclose(function.derivative(x - beside), function.derivative(x + beside), atol=1e-4)
    grid = np.linspace(x[0] - 1, x[-1] + 1, 301) + 1e-4
    grid = grid[np.abs(grid[:, None] - x).min(axis=1) > 1e-3]
    step = 1e-5
    by_difference = (function.value(grid + step) - function.value(grid - step)) / (2 * step)
    np.testing.assert_allclose(function.derivative(grid), by_difference, rtol=1e-4, atol=1e-3)
    by_difference = (function.derivative(grid + step) - function.derivative(grid - step)) / (2 * step)
    np.testing.assert_allclose(function.second_derivative(grid), by_difference, rtol=1e-4, atol=1e-3)


def test_the_slopes_are_those_of_fritsch_and_butland() -> None:
    """At (0, 1): chords 1 and 2, equal widths, so 2/(1/1 + 1/2) = 4/3; at a change of sign 0."""
    function = drawn_function(KNOTS)
    assert function.derivative(0.0) == pytest.approx(4 / 3, rel=1e-15)
    assert function.derivative(-1.0) == 0.0
    # Unequal widths 1 and 2 with chords 1 and 2: w = (5, 4), 9/(5/1 + 4/2) = 9/7.
    assert drawn_function([(0, 0), (1, 1), (3, 5)]).derivative(1.0) == pytest.approx(9 / 7, rel=1e-15)


def test_infinities_and_what_is_no_number() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rising = drawn_function([(0, 0), (1, 1)])
        np.testing.assert_array_equal(rising.value([-np.inf, np.inf]), [-np.inf, np.inf])
        np.testing.assert_array_equal(rising.derivative([-np.inf, np.inf]), [1, 1])
        flat = drawn_function([(0, 2), (1, 2)])
        np.testing.assert_array_equal(flat.value([-np.inf, np.inf]), [2, 2])
        for one in (rising.value, rising.derivative, flat.value):
            assert np.isnan(one(np.nan)) or one == rising.derivative
        assert rising.value(np.float32(0.5)).dtype == np.float32
        assert rising.value([[1, 2]]).shape == (1, 2)


@pytest.mark.parametrize(
    ("knots", "said"),
    [
        ([], "has 0 knots"),
        ([(0, 0)], "has 1 knot: give from 2 to 64"),
        ([(n, n) for n in range(65)], "has 65 knots"),
        ([(0, 0), (0, 1)], "Knot 2 (x = 0) lies at knot 1"),
        ([(0, 0), (2, 0), (1, 0)], "Knot 3 (x = 1) lies before knot 2 (x = 2)"),
        ([(0, 0), (1e-9, 0), (1, 0)], "Knot 2 (x = 1e-09) is too close to knot 1"),
        ([(0, 0), (1e-5, 1)], "The knots span 1e-05 in x"),
        ([(0, 0), (1, float("nan"))], "Knot 2 is (1, nan)"),
        ([(0, 0), (float("inf"), 1)], "Knot 2 is (inf, 1)"),
        ([(0, 0), (1, 2e6)], "from -1,000,000 to 1,000,000"),
        ([(0, 0), (1, "a")], "Knot 2 is (1, a)"),
        ([(0, 0), (1, 2, 3)], "Knot 2 is (1, 2, 3)"),
    ],
)  # fmt: skip
def test_knots_that_make_no_function_are_refused(knots: list[tuple[float, float]], said: str) -> None:
    with pytest.raises(BadKnots) as caught:
        drawn_function(knots)
    assert said in caught.value.sentence
    assert caught.value.sentence[-1] == "."


def test_numbers_in_turn_are_pairs() -> None:
    assert knots_of_numbers((0, 1, 2, 3)) == ((0.0, 1.0), (2.0, 3.0))
    with pytest.raises(BadKnots, match="3 numbers, which is odd"):
        knots_of_numbers((0, 1, 2))


SHAPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda x: np.maximum(x, 0),
    "abs": np.abs,
    "tanh": np.tanh,
    "silu": lambda x: x / (1 + np.exp(-x)),
    "gauss": lambda x: np.exp(-x * x),
    "wave": lambda x: np.sin(2 * x),
    "steps": np.round,
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_stroke_becomes_few_knots_close_to_it(name: str) -> None:
    """Hundreds of points with a tremble of a fifth of a per cent; the error is a share of the height."""
    draw = np.random.default_rng(1)
    x = np.sort(draw.uniform(-4, 4, 500))
    y = SHAPES[name](x)
    height = np.ptp(y)
    stroke = np.c_[x, y + draw.normal(0, 0.002, x.size) * height]
    function = reduce_stroke(stroke)
    assert 2 <= len(function.knots) <= 32
    assert np.abs(function.value(x) - y).max() < (0.02 if name != "steps" else 0.2) * height
    rough = reduce_stroke(stroke, most=5)
    assert len(rough.knots) <= 5
    assert len(reduce_stroke(stroke, tolerance=0.1 * height).knots) <= len(function.knots)


def test_a_pen_that_goes_back_draws_over_what_it_passes() -> None:
    there = np.c_[np.linspace(0, 2, 50), np.zeros(50)]
    back = np.c_[np.linspace(2, 1, 30), np.ones(30)]
    again = np.c_[np.linspace(1, 3, 60), np.full(60, 2.0)]
    function = reduce_stroke(np.concatenate([there, back, again]))
    np.testing.assert_allclose(function.value([0.5, 1.2, 2.5]), [0.0, 2.0, 2.0], atol=0.05)
    leftwards = reduce_stroke(np.c_[np.linspace(3, -3, 100), np.linspace(1, 0, 100)])
    np.testing.assert_allclose(leftwards.value([-3.0, 0.0, 3.0]), [0.0, 0.5, 1.0], atol=0.01)


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(st.lists(st.tuples(st.floats(allow_nan=True), st.floats(allow_nan=True, allow_infinity=True)), max_size=60))
def test_any_stroke_is_a_function_or_refused(points: list[tuple[float, float]]) -> None:
    try:
        function = reduce_stroke(np.array(points).reshape(-1, 2))
    except BadKnots as error:
        said = error.sentence
    else:
        assert drawn_function(function.knots) == function, "what it gives is allowed in a file"
        return
    assert said == "The stroke has no width: draw from left to right."


def test_many_points_take_no_time() -> None:
    x = np.linspace(-4, 4, 5000)
    start = time.thread_time()
    reduce_stroke(np.c_[x, np.sin(5 * x)])
    assert time.thread_time() - start < 1.0  # 10 ms were measured
