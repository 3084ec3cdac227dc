"""Typed formulas: what may be typed, what it gives, how it is set, and what is said of places without a value."""

import os
import time
import warnings
from typing import Any

import numpy as np
import pytest
from formula_trees import trees
from hypothesis import HealthCheck, assume, given, settings

from trainers.errors import BadInput
from trainers.formula import BadFormula, Formula, read_constants, read_formula
from trainers.formula_tree import OPERATIONS, Node, Operation, cost, depends_on_x, names_in, parts

EXAMPLES = int(os.environ.get("HILLOCK_EXAMPLES", "300"))
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # ziamath's own, when it is first imported
    import ziamath

X = np.array([-3.0, -1.0, -0.25, 0.0, 0.5, 1.0, 2.75])


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


TYPED = {
    "x*sigmoid(1.5*x)": lambda x: x * sigmoid(1.5 * x),
    "max(0, x) - 0.1*min(0,x)": lambda x: np.maximum(0, x) - 0.1 * np.minimum(0, x),
    "x if x > 0 else exp(x)-1": lambda x: np.where(x > 0, x, np.expm1(x)),
    "|x|": np.abs,
    "||x| - 1|": lambda x: abs(abs(x) - 1),
    "2*|x|*|x - 1|": lambda x: 2 * abs(x) * abs(x - 1),
    "x^2": lambda x: x**2,
    "-x^2": lambda x: -(x**2),
    "x**3 - 2*x": lambda x: x**3 - 2 * x,
    "2^-x^2": lambda x: 2 ** -(x**2),
    "x²·3 − π": lambda x: 3 * x**2 - np.pi,
    "e^x": np.exp,
    "(x > 0)*x": lambda x: np.maximum(x, 0),
    "-1 < x <= 1": lambda x: ((x > -1) & (x <= 1)) * 1.0,
    "where(not x > 0 or x == 1, 2, 3)": lambda x: np.where(~(x > 0) | (x == 1), 2.0, 3.0),
    "ReLU(x) + Swish(x)": lambda x: np.maximum(x, 0) + x * sigmoid(x),
    "clip(3*x, -1, 1)": lambda x: np.clip(3 * x, -1, 1),
    "max(x, 1, -x)": lambda x: np.maximum(np.maximum(x, 1), -x),
    "1e-3*x + .5 + 2.": lambda x: 1e-3 * x + 2.5,
    "1 if x < -1 else 2 if x < 1 else 3": lambda x: np.where(x < -1, 1.0, np.where(x < 1, 2.0, 3.0)),
    "  x\t": lambda x: x,
    "x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x+x": lambda x: 30 * x,
}


@pytest.mark.parametrize("text", TYPED)
def test_what_a_person_types_gives_what_it_says(text: str) -> None:
    formula = read_formula(text)
    assert formula.text == text
    assert formula.parameters == ()
    np.testing.assert_allclose(formula.value(X), TYPED[text](X), rtol=1e-14, atol=1e-15)


def test_free_parameters_have_sliders_and_defaults() -> None:
    formula = read_formula("x if x > 0 else a*(exp(x) - 1) + beta*w1*x")
    assert [parameter.name for parameter in formula.parameters] == ["a", "beta", "w1"]
    assert all(parameter.minimum < parameter.default == 1 < parameter.maximum for parameter in formula.parameters)
    expected = np.where(X > 0, X, 0.5 * np.expm1(X) + 6 * X)
    np.testing.assert_allclose(formula.value(X, a=0.5, beta=2, w1=3.0), expected, rtol=1e-14)
    np.testing.assert_allclose(formula.value(X), np.where(X > 0, X, np.expm1(X) + X), rtol=1e-14)
    for wrong, said in (
        ({"b": 1.0}, "has no parameter 'b'"),
        ({"a": float("nan")}, "a cannot be nan"),
        ({"a": 1e9}, "a cannot be 1000000000"),
    ):
        with pytest.raises(BadInput, match=said):
            formula.value(X, **wrong)


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("2x", 1, "write 2*x."),
        ("x x", 2, "write x*x."),
        ("3(x+1)", 1, "a sign is missing"),
        ("sgmoid(x)", 0, "did you mean sigmoid?"),
        ("1 + tanh", 4, "write tanh(x)."),
        ("(x + 1", 0, "is not closed"),
        ("x + 1)", 5, "closes none"),
        ("|x + 1", 0, "The bar at letter 1 is not closed"),
        ("(|x)", 1, "The bar at letter 2 is not closed"),
        ("x +", 3, "After + at letter 3 something is missing"),
        ("x * / 2", 4, "Between * and /"),
        ("* x", 0, "Before *"),
        ("max(x)", 0, "takes 2"),
        ("exp(x, 2)", 0, "takes 1: write exp(x)"),
        ("exp()", 4, "something is missing"),
        ("0,5*x", 1, "write a point in numbers"),
        ("x if x > 0", 2, "has no else"),
        ("x else 0", 2, "has no if"),
        ("x if x else 0", 5, "a number where a condition is wanted"),
        ("not x", 4, "a number where a condition is wanted"),
        ("x + not x > 0", 4, "not at letter 5 stands behind +"),
        ("x = 3", 2, "write == to compare"),
        ("9^9^9*x", 0, "9^9^9 at letter 1 comes to no number below 1e+30"),
        ("x + 1/0", 4, "1/0 at letter 5"),
        ("1 + x/(1 - 1)", 4, "x/(1 - 1) at letter 5 divides by 0: divide by something else."),
        ("1e999*x", 0, "too large a number"),
        ("2 + 2", 0, "does not contain x"),
        ("clip(x, -x, 1)", 0, "has a bound that depends on x"),
        ("X", 0, "write x."),
        ("lambda*x", 0, "write lam."),
        ("a+b+c+d+f+g+h+i+j+x", 16, "one free parameter more than the 8"),
        ("х", 0, "cyrillic small letter ha"),
        ("ｘ", 0, "write a plain x."),
        ("x + ₂", 4, "write a plain 2."),
        ("", 0, "is empty"),
        ("x+" * 100 + "x", 200, "The formula has 201 letters"),
        ("(" * 30 + "x" + ")" * 30, 20, "nested more than 20 deep"),
        ("-" * 30 + "x", 20, "nested more than 20 deep"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_place_and_the_way_out(text: str, position: int, said: str) -> None:
    with pytest.raises(BadFormula) as caught:
        read_formula(text)
    assert said in caught.value.sentence
    assert caught.value.position == position
    assert caught.value.sentence[-1] in ".?"


def test_only_text_is_a_formula() -> None:
    with pytest.raises(BadFormula, match="A formula is a text, not int"):
        read_formula(3)  # type: ignore[arg-type]


@settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(tree=trees)
def test_what_is_written_anew_is_read_as_the_same(tree: Node) -> None:
    plain = Formula("", tree, ()).plain
    assume(len(plain) <= 200 and depends_on_x(tree))
    try:
        formula = read_formula(plain)
    except BadFormula as error:
        refusal = error.sentence
        assume(not any(said in refusal for said in ("comes to no number", "nested more than", "divides by 0")))
        pytest.fail(f"{plain}: {refusal}")
    assert formula.tree == tree, plain
    assert formula.plain == plain
    assert {parameter.name for parameter in formula.parameters} == set(names_in(tree))


SET = (
    "exp(x) + expm1(x)*log(x) - log1p(x)/sqrt(x)",
    "|x| + sin(x) + cos(x) + tan(x) + atan(x) + sinh(x) + cosh(x) + tanh(x)",
    "sigmoid(x) + relu(x) + softplus(x) + erf(x) + gelu(x) + silu(x) + mish(x) + sign(x) + step(x)",
    "max(x, 0) - min(alpha1, x)*clip(x, -1, 1)^-x",
    "-x if x < 0 and x <= 1 or not (x > 2) else (x >= 3)*(x == 4) + (x != negative_slope)",
)


def test_every_formula_can_be_typeset() -> None:
    """Setting one takes a fifth of a second, so these few hold every operation between them."""
    formulas = [read_formula(text) for text in SET]
    used = {part.name for formula in formulas for part in parts(formula.tree) if isinstance(part, Operation)}
    assert used == set(OPERATIONS)
    for formula in formulas:
        assert "<svg" in ziamath.Latex(formula.latex).svg()
    assert "<svg" in ziamath.Latex(formulas[-1].latex_with(negative_slope=-1e-7)).svg()


@settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(tree=trees)
def test_brackets_of_the_typeset_form_are_closed(tree: Node) -> None:
    latex = Formula("", tree, ()).latex
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\left") == latex.count(r"\right")


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("x*sigmoid(1.5*x)", r"x\,\sigma\left(1.5\,x\right)"),
        ("(x+1)^2/2", r"\frac{{\left(x + 1\right)}^{2}}{2}"),
        ("x if x > 0 else a*(exp(x)-1)", r"\begin{cases} x & x > 0 \\ a\,\left(e^{x} - 1\right) & \text{otherwise} \end{cases}"),
        ("x - (alpha1 - 2)", r"x - \left(\alpha_{1} - 2\right)"),
        ("2 - -x*3", r"2 - \left(-x \cdot 3\right)"),
        ("-x^2*(x - 1)", r"-{x}^{2}\,\left(x - 1\right)"),
        ("sqrt(|x|)*2", r"\sqrt{\left|x\right|} \cdot 2"),
    ],
)  # fmt: skip
def test_it_is_typeset_as_mathematics_is(text: str, latex: str) -> None:
    assert read_formula(text).latex == latex


def test_typeset_with_numbers_in_it() -> None:
    formula = read_formula("a*x + b")
    assert formula.latex_with(a=-1.5) == r"-1.5\,x + 1"
    assert formula.latex_with(a=2, b=-1) == r"2\,x + \left(-1\right)"


def test_conventions_at_kinks_are_stated_ones() -> None:
    at = np.array([0.0])
    for text, slope in (
        ("relu(x)", 0),
        ("|x|", 0),
        ("sign(x)", 0),
        ("step(x)", 0),
        ("max(0, x)", 0.5),
        ("min(x, -x)", 0),
    ):
        assert read_formula(text).derivative(at)[0] == slope, text
    assert read_formula("step(x)").value(at)[0] == 1
    np.testing.assert_array_equal(read_formula("clip(x, -1, 1)").derivative([-1.5, -1, 0, 1, 1.5]), [0, 0, 1, 0, 0])
    assert read_formula("softplus(x)").value([25.0])[0] == 25.0


def test_places_without_a_value_are_blank_and_named() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        formula = read_formula("log(x)")
        assert np.isnan(formula.value([-1.0, np.nan])).all()
        assert formula.value([0.0])[0] == -np.inf
        assert read_formula("exp(exp(x))").second_derivative([100.0])[0] == np.inf
        said = formula.check(-5, 5)
        assert said == "log(x) has no value for x from -5 to -0.002501: 1,000 of 2,000 points are blank."
        assert read_formula("exp(x)").check(-5, 5) is None
        assert read_formula("log(x) if x > 0 else 0").check(-5, 5) is None
        assert "1/x is too large or infinite at x = 0: 1 of 2,001" in str(read_formula("x + 1/x").check(-1, 1, 2001))
        deep = str(read_formula("a*sqrt(x - 1) + x").check(-1, 3, 2001))
        assert deep.startswith("sqrt(x - 1) has no value for x from -1 to 0.998")


def test_shape_and_precision_are_kept() -> None:
    formula = read_formula("2*x + (1 if x > 0 else 3*pi) + gelu(x) + max(x, 0.1)")
    for given_, dtype in (
        (np.zeros((2, 3), np.float32), np.float32),
        (np.zeros((2, 3)), np.float64),
        ([[1, 2]], np.float64),
        (0.5, np.float64),
        (np.zeros(0), np.float64),
    ):
        for one in (formula.value(given_), formula.derivative(given_), formula.second_derivative(given_)):
            assert one.dtype == dtype
            assert one.shape == np.shape(given_)


def test_a_formula_is_immutable_and_one_for_a_text() -> None:
    formula = read_formula("x*a")
    assert read_formula("x*a") is formula
    assert formula == Formula("x*a", formula.tree, formula.parameters)
    with pytest.raises(AttributeError):
        formula.text = "x"  # type: ignore[misc]


def test_constants_are_read_by_name() -> None:
    assert read_constants("a = 0.5, beta=-2e-3") == {"a": 0.5, "beta": -0.002}
    assert read_constants(" ") == {}
    for text in ("a", "a=", "=3", "a=x", "a=nan", "a=1e999", "a=1,a=2", "a=1,", "a==1", "a=１", "1=2", "a b=3"):
        with pytest.raises(BadInput) as caught:
            read_constants(text)
        assert caught.value.sentence.endswith(".")
        assert "\n" not in caught.value.sentence


def test_operations_are_counted_as_the_catalogue_counts_them() -> None:
    assert cost(read_formula("x").tree) == 0
    assert cost(read_formula("x*sigmoid(x)").tree) == 5  # as silu in activation_catalog
    assert cost(read_formula("x*(2*a + pi)^2").tree) == 1  # the rest is worked out once
    assert cost(read_formula("max(x, 1, 2)").tree) == 2
    assert all(spec.cost > 0 for spec in OPERATIONS.values())


def test_two_thousand_points_take_far_less_than_a_frame() -> None:
    """0.1 to 0.5 ms were measured; the best of ten leaves out what else the machine does."""
    x = np.linspace(-5, 5, 2000)
    for text in ("x*sigmoid(1.5*x)", "x if x > 0 else a*(exp(x)-1)", "gelu(x)", "x*tanh(softplus(x))"):
        formula = read_formula(text)
        best = 1.0
        for _ in range(10):
            start = time.thread_time()
            formula.value(x)
            formula.derivative(x)
            best = min(best, time.thread_time() - start)
        assert best < 5e-3, text
