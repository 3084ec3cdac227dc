"""The derivative of a formula as a tree, to be read: exact wherever there is one; at kinks formula_rules says what holds.

Plain Python: imports neither numpy, torch nor the window.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from trainers.formula_tree import Name, Node, Number, Operation, depends_on_x, is_condition

_ZERO, _ONE, _TWO = Number(0.0), Number(1.0), Number(2.0)


def derivative_tree(node: Node, numbers: Mapping[str, float]) -> Node:
    """d node / dx with `numbers` for the free parameters, shortened where a sum or product says nothing."""
    return _slope(_filled(node, numbers))


def _filled(node: Node, numbers: Mapping[str, float]) -> Node:
    if isinstance(node, Name):
        return Number(numbers[node.name]) if node.name in numbers else node
    if isinstance(node, Number):
        return node
    return Operation(node.name, tuple(_filled(argument, numbers) for argument in node.arguments))


def _slope(node: Node) -> Node:
    if not depends_on_x(node) or is_condition(node):
        return _ZERO
    if not isinstance(node, Operation):
        return _ONE
    arguments = node.arguments
    outer = _OUTER.get(node.name)
    if outer is not None:
        return _times(outer(arguments[0]), _slope(arguments[0]))
    return _RULES[node.name](*arguments)


# -- of one argument: the slope of the function at u -------------------------------------------------------------------


def _call(name: str, *arguments: Node) -> Node:
    return Operation(name, arguments)


def _square(u: Node) -> Node:
    return _power(u, _TWO)


def _of_sigmoid(u: Node) -> Node:
    s = _call("sigmoid", u)
    return _times(s, _minus(_ONE, s))


def _of_gelu(u: Node) -> Node:
    share = _times(Number(0.5), _plus(_ONE, _call("erf", _over(u, _call("sqrt", _TWO)))))
    density = _over(_call("exp", _negative(_over(_square(u), _TWO))), _call("sqrt", _times(_TWO, Name("pi"))))
    return _plus(share, _times(u, density))


def _of_silu(u: Node) -> Node:
    s = _call("sigmoid", u)
    return _times(s, _plus(_ONE, _times(u, _minus(_ONE, s))))


def _of_mish(u: Node) -> Node:
    t = _call("tanh", _call("softplus", u))
    return _plus(t, _times(_times(u, _call("sigmoid", u)), _minus(_ONE, _square(t))))


_OUTER: dict[str, Callable[[Node], Node]] = {
    "exp": lambda u: _call("exp", u),
    "expm1": lambda u: _call("exp", u),
    "log": lambda u: _over(_ONE, u),
    "log1p": lambda u: _over(_ONE, _plus(_ONE, u)),
    "sqrt": lambda u: _over(_ONE, _times(_TWO, _call("sqrt", u))),
    "abs": lambda u: _call("sign", u),
    "sin": lambda u: _call("cos", u),
    "cos": lambda u: _negative(_call("sin", u)),
    "tan": lambda u: _plus(_ONE, _square(_call("tan", u))),
    "atan": lambda u: _over(_ONE, _plus(_ONE, _square(u))),
    "sinh": lambda u: _call("cosh", u),
    "cosh": lambda u: _call("sinh", u),
    "tanh": lambda u: _minus(_ONE, _square(_call("tanh", u))),
    "sigmoid": _of_sigmoid,
    "relu": lambda u: _call("indicator", _call("greater", u, _ZERO)),
    "softplus": lambda u: _call("sigmoid", u),
    "erf": lambda u: _times(_over(_TWO, _call("sqrt", Name("pi"))), _call("exp", _negative(_square(u)))),
    "gelu": _of_gelu,
    "silu": _of_silu,
    "mish": _of_mish,
    "sign": lambda u: _ZERO,
    "step": lambda u: _ZERO,
    "indicator": lambda u: _ZERO,
    "negate": lambda u: Number(-1.0),
}


# -- of several arguments: the slope of the whole ----------------------------------------------------------------------


def _of_product(a: Node, b: Node) -> Node:
    return _plus(_times(_slope(a), b), _times(a, _slope(b)))


def _of_quotient(a: Node, b: Node) -> Node:
    if not depends_on_x(b):
        return _over(_slope(a), b)
    return _over(_minus(_times(_slope(a), b), _times(a, _slope(b))), _square(b))


def _of_power(a: Node, b: Node) -> Node:
    if not depends_on_x(b):
        return _times(_times(b, _power(a, _minus(b, _ONE))), _slope(a))
    by_exponent = _times(_slope(b), _log(a))
    inner = by_exponent if not depends_on_x(a) else _plus(by_exponent, _over(_times(b, _slope(a)), a))
    return _times(_call("power", a, b), inner)


def _of_choice(condition: Node, one: Node, two: Node) -> Node:
    slopes = _slope(one), _slope(two)
    return slopes[0] if slopes[0] == slopes[1] else _call("where", condition, *slopes)


def _of_max(a: Node, b: Node) -> Node:
    """As it is said: what holds where x is larger than the other."""
    return _of_choice(_call("greater", b, a), b, a) if not depends_on_x(a) else _of_choice(_call("greater", a, b), a, b)


def _of_min(a: Node, b: Node) -> Node:
    return _of_choice(_call("less", b, a), b, a) if not depends_on_x(a) else _of_choice(_call("less", a, b), a, b)


def _of_clip(u: Node, low: Node, high: Node) -> Node:
    inside = _call("and", _call("greater", u, low), _call("less", u, high))
    return _times(_call("indicator", inside), _slope(u))


_RULES: dict[str, Callable[..., Node]] = {
    "add": lambda a, b: _plus(_slope(a), _slope(b)),
    "subtract": lambda a, b: _minus(_slope(a), _slope(b)),
    "multiply": _of_product,
    "divide": _of_quotient,
    "power": _of_power,
    "where": _of_choice,
    "max": _of_max,
    "min": _of_min,
    "clip": _of_clip,
}


# -- sums and products without what says nothing -----------------------------------------------------------------------


def _plus(a: Node, b: Node) -> Node:
    if isinstance(a, Number) and isinstance(b, Number):
        return Number(a.value + b.value)
    if a == _ZERO:
        return b
    if isinstance(b, Operation) and b.name == "negate":
        return _minus(a, b.arguments[0])
    return a if b == _ZERO else _call("add", a, b)


def _minus(a: Node, b: Node) -> Node:
    if isinstance(a, Number) and isinstance(b, Number):
        return Number(a.value - b.value)
    if b == _ZERO:
        return a
    return _negative(b) if a == _ZERO else _call("subtract", a, b)


def _negative(a: Node) -> Node:
    if isinstance(a, Number):
        return Number(-a.value)
    if isinstance(a, Operation) and a.name == "negate":
        return a.arguments[0]
    return _call("negate", a)


def _times(a: Node, b: Node) -> Node:
    """Numbers come first; signs before all."""
    if isinstance(a, Number) and isinstance(b, Number):
        return Number(a.value * b.value)
    if _ZERO in (a, b):
        return _ZERO
    if isinstance(b, Number):
        a, b = b, a
    if a == _ONE:
        return b
    if a == Number(-1.0):
        return _negative(b)
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Operation) and one.name == "negate":
            return _negative(_times(one.arguments[0], other))
    if isinstance(b, Operation) and b.name == "multiply":
        return _times(_times(a, b.arguments[0]), b.arguments[1])
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Operation) and one.name == "divide":
            return _over(_times(one.arguments[0], other), one.arguments[1])
    return _call("multiply", a, b)


def _over(a: Node, b: Node) -> Node:
    if a == _ZERO or b == _ONE:
        return a
    if a == b:
        return _ONE
    if isinstance(a, Operation) and a.name == "negate":
        return _negative(_over(a.arguments[0], b))
    if isinstance(a, Number) and a.value < 0:
        return _negative(_over(Number(-a.value), b))
    (factor, rest), (divisor, other) = _split(a), _split(b)
    return _over(rest, other) if factor == divisor != 1.0 else _call("divide", a, b)


def _split(a: Node) -> tuple[float, Node]:
    """A number in front of a product, and what it multiplies."""
    if isinstance(a, Operation) and a.name == "multiply" and isinstance(a.arguments[0], Number):
        return a.arguments[0].value, a.arguments[1]
    return (a.value, _ONE) if isinstance(a, Number) else (1.0, a)


def _power(a: Node, b: Node) -> Node:
    if b in (_ZERO, _ONE):
        return _ONE if b == _ZERO else a
    return _call("power", a, b)


def _log(a: Node) -> Node:
    if a == Name("e"):
        return _ONE
    if isinstance(a, Number) and a.value > 0:
        return Number(math.log(a.value))
    return _call("log", a)
