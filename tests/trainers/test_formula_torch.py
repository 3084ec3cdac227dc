"""The same formula in numpy and in torch: values and derivatives, over random trees; and gradients without NaN."""

import os
from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch
from formula_trees import constants, trees
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trainers.drawn_function import drawn_function
from trainers.formula import Formula, FormulaParameter, read_formula
from trainers.formula_rules import as_array, jet_of
from trainers.formula_source import drawn_source, formula_source
from trainers.formula_tree import OPERATIONS, Node, Number, Operation, is_condition, names_in, parts
from trainers.torch_formula import DrawnModule, FormulaModule

EXAMPLES = int(os.environ.get("HILLOCK_EXAMPLES", "400"))
KINKED = {"relu", "abs", "sign", "step"}  # of one number, at 0
COMPARED = {"max", "min", "less", "less_equal", "greater", "greater_equal", "equal", "not_equal"}


def formula_of(tree: Node) -> Formula:
    return Formula("random", tree, tuple(map(FormulaParameter, names_in(tree))))


def in_torch(module: Any, x: np.ndarray, orders: int = 2) -> list[np.ndarray]:
    """Value and first derivative by autograd; the second where orders is 3."""
    inputs = torch.tensor(x, requires_grad=True)
    outputs = module(inputs)
    assert outputs.shape == inputs.shape
    assert outputs.dtype == inputs.dtype
    found = [outputs]
    for _ in range(orders - 1):
        (slope,) = torch.autograd.grad(found[-1].sum(), inputs, create_graph=True, allow_unused=True)
        found.append(torch.zeros_like(inputs) if slope is None else slope)
        if not found[-1].requires_grad:
            found += [torch.zeros_like(inputs)] * (orders - len(found))
            break
    return [one.detach().numpy(force=True) for one in found]


def noisy(node: Node, draw: np.random.Generator) -> Node:
    """The tree with every part off by a few units in the last place: how far rounding alone may carry a result."""
    if not isinstance(node, Operation):
        return node
    changed = Operation(node.name, tuple(noisy(argument, draw) for argument in node.arguments))
    if is_condition(node):
        return changed
    return Operation("multiply", (changed, Number(1.0 + float(draw.integers(-3, 4)) * 2.3e-16)))


def away_from_kinks(tree: Node, x: np.ndarray) -> np.ndarray:
    """Where no part stands so near a kink that rounding decides the side."""
    fine = np.ones(x.shape, dtype=bool)
    for part in parts(tree):
        if not isinstance(part, Operation):
            continue
        given_ = [as_array(jet_of(argument, x, 0)[0], x) for argument in part.arguments if not is_condition(argument)]
        if part.name in KINKED:
            fine &= ~(np.abs(given_[0]) < 1e-9)
        elif part.name in COMPARED:
            fine &= ~(np.abs(given_[0] - given_[1]) < 1e-9 * (1 + np.abs(given_[0])))
        elif part.name == "softplus" or part.name == "mish":
            fine &= ~(np.abs(given_[0] - 20) < 1e-9)
        elif part.name == "clip":
            fine &= ~((np.abs(given_[0] - given_[1]) < 1e-9) | (np.abs(given_[0] - given_[2]) < 1e-9))
        elif part.name == "power":
            fine &= ~((np.abs(given_[0]) < 1e-9) | (np.abs(given_[1]) < 1e-9))
    return fine


def test_random_formulas_agree_with_torch() -> None:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(tree=trees, seed=st.integers(0, 2**32 - 1))
    def holds(tree: Node, seed: int) -> None:
        draw = np.random.default_rng(seed)
        x = np.concatenate([draw.normal(0, 2, 40), draw.normal(0, 20, 5)])
        formula = formula_of(tree)
        numbers = {name: number for name, number in constants(seed).items() if name in names_in(tree)}
        bound = formula.bound(**numbers)
        seen.update({part.name for part in parts(bound) if isinstance(part, Operation)})
        module = FormulaModule(formula, **numbers)
        source = source_of(bound)
        with np.errstate(all="ignore"):
            fine = away_from_kinks(bound, x)
            spread = [np.zeros(x.shape) for _ in range(2)]
            wanted = [formula.value(x, **numbers), formula.derivative(x, **numbers)]
            for _ in range(6):
                rough = jet_of(noisy(bound, draw), x, 1)
                for order in range(2):
                    spread[order] = np.fmax(spread[order], np.abs(as_array(rough[order], x) - wanted[order]))
            for order, (ours, theirs, written) in enumerate(
                zip(wanted, in_torch(module, x), in_torch(source, x), strict=True)
            ):
                if order == 0:
                    np.testing.assert_array_equal(theirs, written, err_msg=formula.plain)
                checked = fine & np.isfinite(wanted[0]) & np.isfinite(ours) & np.isfinite(spread[order])
                limit = 1e-12 * (1 + np.abs(ours))
                for found in (theirs, written):
                    known = checked & ~(np.isnan(found) & (order == 1))
                    off = np.abs(ours - found)
                    wrong = known & ~(off <= limit + 16 * spread[order])
                    assert not wrong.any(), (formula.plain, numbers, order, x[wrong])
                    seen["points"] += int(checked.sum())
                    seen["strict"] += int((off <= limit)[checked].sum())
                    seen["lost"] += int((checked & ~known).sum())

    holds()
    assert set(OPERATIONS) <= set(seen), set(OPERATIONS) - set(seen)
    assert seen["points"] > 60 * EXAMPLES
    assert seen["strict"] > 0.99 * seen["points"], seen
    assert seen["lost"] < 0.01 * seen["points"], seen  # 0·∞ on the way back through max and min


def source_of(bound: Node) -> Any:
    """The exported function, run in a fresh namespace."""
    return exported(formula_source("curve", bound, "written by a test"))


def exported(source: str) -> Any:
    assert max(map(len, source.splitlines())) <= 110, source
    namespace: dict[str, Any] = {"torch": torch, "F": torch.nn.functional}
    exec(compile(source, "exported.py", "exec"), namespace)
    return namespace["curve"]


CURVES = sorted(name for name, spec in OPERATIONS.items() if spec.most == 1 and spec.is_typed)
GRID = np.concatenate([np.linspace(-6, 6, 241), [0.0, 1.0, -1.0, 19.5, 30.0, -30.0]])


@pytest.mark.parametrize("name", [*CURVES, "max", "min", "clip", "power", "where"])
def test_each_function_and_both_derivatives_are_torchs(name: str) -> None:
    """At the kinks as well: the grid holds 0, 1 and -1 exactly."""
    texts = {
        "max": ("max(0, x)", "max(x, -x)", "max(x, x)"),
        "min": ("min(1, x)", "min(x^2, x)"),
        "clip": ("clip(x, -1, 1)",),
        "power": ("x^2", "x^3", "x^0.5", "x^-1", "x^1", "x^0*x", "2^x", "0.5^-x", "(x^2 + 1)^x", "0^x", "x^step(x)"),
        "where": ("x if x > 0 else exp(x) - 1", "where(x >= 1, x^3, sin(x))", "(-1 < x <= 1)*x"),
    }.get(name, (f"{name}(x)", f"{name}(2*x - 1)", f"x*{name}(x)"))
    for text in texts:
        formula = read_formula(text)
        ours = (formula.value(GRID), formula.derivative(GRID), formula.second_derivative(GRID))
        # the second derivative of |x| is 0, and asking torch for it loads its compiler, 7 s
        orders = 2 if "abs" in text or "max(x, -x)" in text else 3
        theirs = in_torch(FormulaModule(formula), GRID, orders)
        for order in range(orders):
            wanted, found = ours[order], theirs[order]
            if order == 2:  # torch's second at a pole or a corner follows from how it writes the first
                fine = np.isfinite(wanted) & np.isfinite(found) & (np.abs(GRID) > 1e-9)
                wanted, found = wanted[fine], found[fine]
            finite = np.isfinite(wanted)
            limit = (1e-12 if order < 2 else 1e-11) * (1 + np.abs(wanted[finite]))
            assert (np.abs(found[finite] - wanted[finite]) <= limit).all(), (text, order)
            if order == 0:
                np.testing.assert_array_equal(np.isnan(found), np.isnan(wanted), err_msg=text)


def test_single_precision_agrees_as_far_as_it_goes() -> None:
    x = np.linspace(-4, 4, 101, dtype=np.float32)
    for text in (
        "x*sigmoid(1.7*x)",
        "0.1*x if x < 0.3 else 2.3",
        "1.1 if x > 0 else 0.1",
        "max(0.1, x)*gelu(x)",
        "(x>0)*0.7+x",
    ):
        formula = read_formula(text)
        for ours, theirs in zip(
            (formula.value(x), formula.derivative(x)), in_torch(FormulaModule(formula), x), strict=True
        ):
            np.testing.assert_allclose(theirs, ours, rtol=2e-6, atol=2e-6, err_msg=text)


@pytest.mark.parametrize(
    "text",
    [
        "log(x) if x > 0 else 0",
        "0 if x <= 0 else sqrt(x)",
        "x if x > 0 else exp(x) - 1",
        "clip(x, -1, 1)*(1/x if x != 0 else 0)",
        "where(x == 0, 1, sin(x)/x)",
        "x if x < 1 else (log(x - 1) if x > 1 else 2)",
        "x^0.5 if x > 0 else -(-x)^0.5 if x < 0 else x",
        "0 if |x| > 10 else (x*x)*(x*x)",
        "3 if x > 0 else 2",
        "x > 0",
        "step(x) + sign(x)",
    ],
)
def test_branches_not_taken_give_no_nan(text: str) -> None:
    x = np.array([-1e30, -500.0, -1.0, -1e-30, 0.0, 1e-30, 0.5, 1.0, 1.5, 500.0, 1e30])
    formula = read_formula(text)
    assert np.isfinite(formula.value(x)).all()
    assert np.isfinite(formula.derivative(x)).all()
    for way in (FormulaModule(formula), source_of(formula.bound())):
        value, slope = in_torch(way, x)
        np.testing.assert_allclose(value, formula.value(x), rtol=1e-13)
        np.testing.assert_allclose(slope, formula.derivative(x), rtol=1e-13)


def test_what_is_flat_everywhere_still_leads_back() -> None:
    for text in ("x > 0", "1 if x > 0 else 0", "x^0", "where(a > 2, x, 3)"):
        inputs = torch.zeros(3, requires_grad=True)
        FormulaModule(read_formula(text))(inputs).sum().backward()
        assert torch.equal(inputs.grad, torch.zeros(3)), text


def test_a_module_says_what_it_is_and_holds_nothing() -> None:
    module = FormulaModule(read_formula("a*x + b"), a=0.25)
    assert repr(module) == "FormulaModule(a*x + b, a=0.25, b=1)"
    assert module.state_dict() == {}
    assert list(module.parameters()) == []


@settings(
    max_examples=EXAMPLES // 4, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(2, 64))
def test_drawn_functions_agree_with_torch(seed: int, count: int) -> None:
    draw = np.random.default_rng(seed)
    knots = np.c_[np.cumsum(draw.uniform(0.05, 1, count)) - 5, draw.normal(0, 2, count)]
    function = drawn_function(knots.tolist())
    x = np.concatenate([draw.normal(0, 10, 50), knots[:, 0], [1e6, -1e6]])
    written = exported(drawn_source("curve", function, "a test's"))
    for way in (DrawnModule(function), written):
        value, slope, bend = in_torch(way, x, 3)
        np.testing.assert_allclose(value, function.value(x), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(slope, function.derivative(x), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(bend, function.second_derivative(x), rtol=1e-12, atol=1e-12)
    single = DrawnModule(function)(torch.tensor(x, dtype=torch.float32))
    assert single.dtype == torch.float32
    np.testing.assert_allclose(single.numpy(), function.value(x.astype(np.float32)), rtol=1e-4, atol=1e-3)
    assert np.isnan(DrawnModule(function)(torch.tensor([np.nan])).numpy()).all()
    assert np.isnan(function.value(np.nan))
