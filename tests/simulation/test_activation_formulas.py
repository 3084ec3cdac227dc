"""The typeset formulas: ziamath renders each, and each, read back as arithmetic, is the curve that is drawn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import ziamath
from hypothesis import given, settings
from hypothesis import strategies as st

from app.simulation.activation_formulas import number_text, plus, times
from app.simulation.activation_functions import ACTIVATIONS, Activation
from app.simulation.activation_parameters import Values
from trainers.errors import BadInput

every_function = pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=list(ACTIVATIONS))

NAMES: dict[str, Any] = {
    "max": np.maximum,
    "min": np.minimum,
    "tanh": np.tanh,
    "ln": np.log,
    "sin": np.sin,
    "cos": np.cos,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "abs": np.abs,
    "pi": math.pi,
    "sigma": lambda x: 1 / (1 + np.exp(-x)),
    "Phi": np.vectorize(lambda x: 0.5 * math.erfc(-x / math.sqrt(2))),
    "varphi": lambda x: np.exp(-x * x / 2) / math.sqrt(2 * math.pi),
    "GELU": lambda x: x * 0.5 * math.erfc(-x / math.sqrt(2)),
    "SiLU": lambda x: x / (1 + math.exp(-x)),
}
SIGNS = {r"\,": "*", r"\cdot": "*", r"\times": "*", r"\leq": "<=", r"\geq": ">="}


def group(text: str, at: int, ends: str = "{}") -> tuple[str, int]:
    """What stands in the brackets that open at `at`, and where the text goes on."""
    depth = 0
    for place in range(at, len(text)):
        depth += (text[place] == ends[0]) - (text[place] == ends[1])
        if depth == 0:
            return text[at + 1 : place], place + 1
    raise AssertionError(f"unbalanced: {text}")


def arithmetic(latex: str) -> str:
    """The LaTeX of this module's few commands as a Python expression; anything else fails."""
    found, at = "", 0
    while at < len(latex):
        rest = latex[at:]
        sign = next((sign for sign in SIGNS if rest.startswith(sign)), None)
        if sign is not None:
            found, at = found + SIGNS[sign], at + len(sign)
        elif rest.startswith(r"\frac"):
            above, at = group(latex, at + 5)
            below, at = group(latex, at)
            found += f"(({arithmetic(above)})/({arithmetic(below)}))"
        elif rest.startswith(r"\mathrm"):
            name, at = group(latex, at + 7)
            found += name
        elif rest.startswith(r"\sqrt"):
            inside, at = group(latex, at + 5)
            found += f"sqrt({arithmetic(inside)})"
        elif rest.startswith("e^{"):
            inside, at = group(latex, at + 2)
            found += f"exp({arithmetic(inside)})"
        elif rest.startswith("^{"):
            inside, at = group(latex, at + 1)
            found += f"**({arithmetic(inside)})"
        elif rest.startswith("|"):
            end = latex.index("|", at + 1)
            found, at = f"{found}abs({arithmetic(latex[at + 1 : end])})", end + 1
        elif rest.startswith("\\"):
            name = rest[1:].split("(")[0].split("^")[0].split("}")[0].strip()
            assert name in NAMES, f"{name!r} in {latex}"
            at += 1 + len(name)
            if latex.startswith("^{", at):  # tanh^{2}(x)
                power, at = group(latex, at + 1)
                inside, at = group(latex, at, "()")
                found += f"({name}({arithmetic(inside)})**({power}))"
            else:
                found += name
        else:
            assert rest[0] in "0123456789.+-/()<>=, suwx", f"{rest[0]!r} in {latex}"
            found, at = found + rest[0], at + 1
    return found.strip()


def computed(latex: str, x: np.ndarray) -> np.ndarray:
    """The right-hand side at x; ", \\quad u = ..." defines what stands before it."""
    body, _, definition = latex.partition(r", \quad ")
    known = {**NAMES, "x": x, "__builtins__": {"__import__": __import__}}  # C code imports by what it finds there
    if definition:
        name, _, meaning = definition.partition(" = ")
        known[name] = eval(arithmetic(meaning), known)
    if not body.startswith(r"\begin{cases}"):
        return np.broadcast_to(eval(arithmetic(body), known), x.shape)
    result, open_places = np.full(x.shape, np.nan), np.ones(x.shape, bool)
    for line in body.removeprefix(r"\begin{cases}").removesuffix(r"\end{cases}").split(r"\\"):
        value, condition = (part.strip() for part in line.split("&"))
        where = open_places & holds(condition, known)
        result[where] = np.broadcast_to(eval(arithmetic(value), known), x.shape)[where]
        open_places &= ~where
    return result


def holds(condition: str, known: dict[str, Any]) -> Any:
    if condition == r"\text{otherwise}":
        return True
    text = arithmetic(condition).replace(" = ", " == ")
    parts = text.split(" < ")
    if len(parts) == 3:  # a < x < b
        return eval(f"({parts[0]} < {parts[1]}) & ({parts[1]} < {parts[2]})", known)
    return eval(text, known)


@st.composite
def parameters_to_two_decimals(draw: st.DrawFn, activation: Activation) -> Values:
    values: Values = {}
    for one in activation.parameters:
        if one.choices:
            values[one.name] = draw(st.sampled_from(one.choices))
        else:
            values[one.name] = draw(st.integers(math.ceil(100 * one.low), math.floor(100 * one.high))) / 100
    try:
        return activation.checked(**values)
    except BadInput:
        return activation.checked()


@every_function
@settings(max_examples=25, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_a_formula_says_what_is_drawn(activation: Activation, data: st.DataObject) -> None:
    values = data.draw(parameters_to_two_decimals(activation))
    x = np.append(np.linspace(-7.0007, 7.0003, 301), 0.0)
    formula, slope = activation.formula(**values), activation.derivative_formula(**values)
    assert formula.startswith("f(x) = ")
    assert slope.startswith("f'(x) = ")
    torchs = {"celu": 1e-6, "hardsigmoid": 1e-7}  # slopes with a constant of single precision, as PyTorch's
    shown = {"selu": 1e-4, "rrelu": 1e-3, "gelu": 5e-4 if values.get("approximate") == "tanh" else 1e-9}
    rtol = (torchs | shown).get(activation.name, 1e-9)  # constants with the digits that are shown
    if activation.name == "maxout" and values["w1"] != values["w2"]:
        crossing = (float(values["b2"]) - float(values["b1"])) / (float(values["w1"]) - float(values["w2"]))
        x = x[np.abs(x - crossing) > 1e-3 * max(1.0, abs(crossing))]
    for latex, curve in ((formula, activation.value), (slope, activation.derivative)):
        got = computed(latex.partition(" = ")[2], x)
        np.testing.assert_allclose(got, curve(x, **values), rtol=rtol, atol=rtol, err_msg=latex)


@every_function
def test_every_formula_renders(activation: Activation) -> None:
    kinds: list[Values] = [{}]
    for one in activation.parameters:
        kinds += [{one.name: choice} for choice in one.choices] or [{one.name: one.minimum}, {one.name: one.maximum}]
    for given_values in kinds:
        try:
            values = activation.checked(**given_values)
        except BadInput:
            continue
        for latex in (activation.formula(**values), activation.derivative_formula(**values)):
            width, height = ziamath.Latex(latex, size=20).getsize()
            assert 20 < width < 640
            assert 10 < height < 120


def test_a_formula_has_the_numbers_in() -> None:
    assert ACTIVATIONS["leaky_relu"].formula() == r"f(x) = \max(0.1\,x, x)", "the lecture's"
    assert ACTIVATIONS["leaky_relu"].formula(negative_slope=2) == r"f(x) = \min(2\,x, x)"
    assert ACTIVATIONS["maxout"].formula(w1=-1, b1=0, w2=1, b2=-0.5) == r"f(x) = \max(-x, x - 0.5)"
    assert "0.25\\,(e^{x} - 1)" in ACTIVATIONS["elu"].formula(alpha=0.25)


def test_numbers_in_formulas() -> None:
    assert [number_text(value) for value in (0.1, -2.0, 1e-5, 1 / 3, -0.0, 1e6)] == [
        "0.1",
        "-2",
        r"1 \times 10^{-5}",
        "0.3333",
        "0",
        r"1 \times 10^{6}",
    ]
    assert [times(value, "x") for value in (0.0, 1.0, -1.0, 0.5)] == ["0", "x", "-x", r"0.5\,x"]
    assert [plus("x", value) for value in (0.0, 1.0, -1.0)] == ["x", "x + 1", "x - 1"]
    assert plus("0", -1.0) == "-1"
