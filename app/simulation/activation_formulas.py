"""Formulas of the activation functions and of their derivatives, in LaTeX, with the parameters' numbers in. Imports neither torch nor Qt.

Only what ziamath renders is used. sigma is the sigmoid, Phi and varphi the normal distribution and its density.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

_SIGMOID = r"\frac{1}{1 + e^{-x}}"
_TANH_ARGUMENT = r"\sqrt{\frac{2}{\pi}}\,(x + 0.044715\,x^{3})"


@dataclass(frozen=True, slots=True)
class Formulas:
    """value and slope give the right-hand sides of f(x) = and f'(x) = for the parameters."""

    value: Callable[..., str]
    slope: Callable[..., str]


def number_text(value: float) -> str:
    """A number as a formula shows it, to four digits: 0.1, -2, 1.5 \\times 10^{-5}."""
    text = f"{value + 0.0:.4g}"  # -0 becomes 0
    if "e" not in text:
        return text
    digits, power = text.split("e")
    return rf"{digits} \times 10^{{{int(power)}}}"


def times(factor: float, what: str) -> str:
    """factor times `what`, without a factor of 1: x, -x, 0.1\\,x, 0."""
    if factor == 0:
        return "0"
    if abs(factor) == 1:
        return what if factor > 0 else f"-{what}"
    return rf"{number_text(factor)}\,{what}"


def _times_sum(factor: float, total: str) -> str:
    return total if factor == 1 else times(factor, f"({total})")


def plus(first: str, value: float) -> str:
    """first + value: "x - 0.5", "x" for 0, and the value alone where first is "0"."""
    if first == "0":
        return number_text(value)
    if value == 0:
        return first
    return f"{first} {'-' if value < 0 else '+'} {number_text(abs(value))}"


def cases(*lines: tuple[str, str]) -> str:
    """(value, condition) under one another."""
    return r"\begin{cases} " + r" \\ ".join(f"{value} & {when}" for value, when in lines) + r" \end{cases}"


def _both(value: str, slope: str) -> Formulas:
    return Formulas(lambda: value, lambda: slope)


def _leaky(slope_of: Callable[..., float]) -> Formulas:
    def value(**parameters: float) -> str:
        slope = slope_of(**parameters)
        return rf"\{'max' if slope <= 1 else 'min'}({times(slope, 'x')}, x)"

    def derivative(**parameters: float) -> str:
        return cases(("1", "x > 0"), (number_text(slope_of(**parameters)), r"x \leq 0"))

    return Formulas(value, derivative)


def gated(gate: str) -> Formulas:
    """x times the gate, {g} standing for the gate's input."""

    def filled(g: float) -> str:
        return gate.replace("{g}", number_text(g))

    def value(g: float) -> str:
        return rf"x \cdot {filled(g)}"

    return Formulas(value, filled)


def _maxout_value(w1: float, b1: float, w2: float, b2: float) -> str:
    return rf"\max({plus(times(w1, 'x'), b1)}, {plus(times(w2, 'x'), b2)})"


def _maxout_slope(w1: float, b1: float, w2: float, b2: float) -> str:
    if w1 == w2:
        return number_text(w1)
    crossing = number_text((b2 - b1) / (w1 - w2))
    left, right = sorted((w1, w2))
    middle = number_text((w1 + w2) / 2)
    return cases(
        (number_text(left), f"x < {crossing}"), (middle, f"x = {crossing}"), (number_text(right), f"x > {crossing}")
    )


def _bounded(low: float, high: float) -> Formulas:
    slope = cases(("1", f"{number_text(low)} < x < {number_text(high)}"), ("0", r"\text{otherwise}"))
    return _both(rf"\min(\max({number_text(low)}, x), {number_text(high)})", slope)


def _elu_value(alpha: float) -> str:
    return cases(("x", "x > 0"), (_times_sum(alpha, "e^{x} - 1"), r"x \leq 0"))


def _elu_slope(alpha: float) -> str:
    return cases(("1", "x > 0"), (times(alpha, "e^{x}"), r"x \leq 0"))


def _over(alpha: float) -> str:
    return "x" if alpha == 1 else f"x / {number_text(alpha)}"


def _celu_value(alpha: float) -> str:
    return cases(("x", "x > 0"), (_times_sum(alpha, f"e^{{{_over(alpha)}}} - 1"), r"x \leq 0"))


def _celu_slope(alpha: float) -> str:
    return cases(("1", "x > 0"), (f"e^{{{_over(alpha)}}}", r"x \leq 0"))


def _gelu_value(approximate: str) -> str:
    if approximate == "tanh":
        return rf"\frac{{x}}{{2}}\,(1 + \tanh(u)), \quad u = {_TANH_ARGUMENT}"
    return r"x\,\Phi(x)"


def _gelu_slope(approximate: str) -> str:
    if approximate == "tanh":  # (1 + tanh u) / 2 is sigma(2 u): in tanh it would be too long for a line
        return (
            r"s + x\,s\,(1 - s)\,(1.596 + 0.2141\,x^{2}), "
            r"\quad s = \sigma(1.596\,x + 0.07135\,x^{3})"
        )
    return r"\Phi(x) + x\,\varphi(x)"


def _softplus_value(beta: float, threshold: float) -> str:
    soft = rf"\ln(1 + e^{{{times(beta, 'x')}}})"
    soft = soft if beta == 1 else rf"\frac{{{soft}}}{{{number_text(beta)}}}"
    return cases((soft, rf"{times(beta, 'x')} \leq {number_text(threshold)}"), ("x", r"\text{otherwise}"))


def _softplus_slope(beta: float, threshold: float) -> str:
    bx = times(beta, "x")
    return cases((rf"\sigma({bx})", rf"{bx} \leq {number_text(threshold)}"), ("1", r"\text{otherwise}"))


def _shrink_slope(lambd: float) -> str:
    return cases(("1", f"|x| > {number_text(lambd)}"), ("0", r"\text{otherwise}"))


def _softshrink_value(lambd: float) -> str:
    edge = number_text(lambd)
    return cases(
        (plus("x", -lambd), f"x > {edge}"), (plus("x", lambd), f"x < {number_text(-lambd)}"), ("0", r"\text{otherwise}")
    )


def _hardshrink_value(lambd: float) -> str:
    return cases(("x", f"|x| > {number_text(lambd)}"), ("0", r"\text{otherwise}"))


def _threshold_value(threshold: float, value: float) -> str:
    edge = number_text(threshold)
    return cases(("x", f"x > {edge}"), (number_text(value), rf"x \leq {edge}"))


def _threshold_slope(threshold: float, value: float) -> str:
    edge = number_text(threshold)
    return cases(("1", f"x > {edge}"), ("0", rf"x \leq {edge}"))


def _bilinear_slope(g: float) -> str:
    return number_text(g)


_STRAIGHT_STRETCH = "-3 < x < 3"

FORMULAS: dict[str, Formulas] = {
    "sigmoid": _both(_SIGMOID, r"\sigma(x)\,(1 - \sigma(x))"),
    "tanh": _both(r"\tanh(x)", r"1 - \tanh^{2}(x)"),
    "relu": _both(r"\max(0, x)", cases(("1", "x > 0"), ("0", r"x \leq 0"))),
    "leaky_relu": _leaky(lambda negative_slope: negative_slope),
    "maxout": Formulas(_maxout_value, _maxout_slope),
    "elu": Formulas(_elu_value, _elu_slope),
    "gelu": Formulas(_gelu_value, _gelu_slope),
    "silu": _both(r"\frac{x}{1 + e^{-x}}", r"\sigma(x)\,(1 + x\,(1 - \sigma(x)))"),
    "mish": _both(r"x\,\tanh(\ln(1 + e^{x}))", r"w + x\,\sigma(x)\,(1 - w^{2}), \quad w = \tanh(\ln(1 + e^{x}))"),
    "softplus": Formulas(_softplus_value, _softplus_slope),
    "selu": _both(
        cases((r"1.0507\,x", "x > 0"), (r"1.0507 \cdot 1.6733\,(e^{x} - 1)", r"x \leq 0")),
        cases(("1.0507", "x > 0"), (r"1.0507 \cdot 1.6733\,e^{x}", r"x \leq 0")),
    ),
    "celu": Formulas(_celu_value, _celu_slope),
    "prelu": _leaky(lambda init: init),
    "rrelu": _leaky(lambda lower, upper: (lower + upper) / 2),
    "relu6": _bounded(0.0, 6.0),
    "hardtanh": Formulas(
        lambda min_val, max_val: _bounded(min_val, max_val).value(),
        lambda min_val, max_val: _bounded(min_val, max_val).slope(),
    ),
    "hardsigmoid": _both(
        r"\frac{\min(\max(0, x + 3), 6)}{6}", cases((r"\frac{1}{6}", _STRAIGHT_STRETCH), ("0", r"\text{otherwise}"))
    ),
    "hardswish": _both(
        r"x\,\frac{\min(\max(0, x + 3), 6)}{6}",
        cases(("0", r"x \leq -3"), (r"\frac{x}{3} + \frac{1}{2}", _STRAIGHT_STRETCH), ("1", r"x \geq 3")),
    ),
    "softsign": _both(r"\frac{x}{1 + |x|}", r"\frac{1}{(1 + |x|)^{2}}"),
    "logsigmoid": _both(rf"\ln({_SIGMOID})", r"1 - \sigma(x)"),
    "tanhshrink": _both(r"x - \tanh(x)", r"\tanh^{2}(x)"),
    "softshrink": Formulas(_softshrink_value, _shrink_slope),
    "hardshrink": Formulas(_hardshrink_value, _shrink_slope),
    "threshold": Formulas(_threshold_value, _threshold_slope),
    "step": _both(cases(("1", r"x \geq 0"), ("0", "x < 0")), "0"),
    "sine": Formulas(
        lambda omega: rf"\sin({times(omega, 'x')})",
        lambda omega: times(omega, rf"\cos({times(omega, 'x')})"),
    ),
    "identity": _both("x", "1"),
    "glu": gated(r"\sigma({g})"),
    "bilinear": Formulas(lambda g: times(g, "x"), _bilinear_slope),
    "reglu": gated(r"\max(0, {g})"),
    "geglu": gated(r"\mathrm{GELU}({g})"),
    "swiglu": gated(r"\mathrm{SiLU}({g})"),
}


def code(name: str, torch_name: str | None, parameters: dict[str, float | str]) -> str:
    """One line of PyTorch for the function: a module where there is one, else an expression in a tensor x."""
    if torch_name is not None:
        line = f"{torch_name}({', '.join(f'{key}={value!r}' for key, value in parameters.items())})"
        return f"{line}.eval()" if name == "rrelu" else line
    return _EXPRESSIONS[name].format(**{key: repr(value) for key, value in parameters.items()})


_EXPRESSIONS = {
    "maxout": "torch.maximum({w1} * x + {b1}, {w2} * x + {b2})",
    "step": "torch.heaviside(x, torch.ones_like(x))",
    "sine": "torch.sin({omega} * x)",
    "glu": "x * torch.sigmoid(torch.full_like(x, {g}))",
    "bilinear": "x * torch.full_like(x, {g})",
    "reglu": "x * torch.relu(torch.full_like(x, {g}))",
    "geglu": "x * torch.nn.functional.gelu(torch.full_like(x, {g}))",
    "swiglu": "x * torch.nn.functional.silu(torch.full_like(x, {g}))",
}
