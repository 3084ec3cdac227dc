"""A formula's tree written out again: as a person types it, and as LaTeX. Imports neither numpy, torch nor the window."""

from __future__ import annotations

from collections.abc import Mapping

from trainers.formula_tree import GREEK, Name, Node, Number, Operation

# How tightly each binds, as in Python; what is not listed is written as a call.
_BINDS = {
    "where": 0,
    "or": 1,
    "and": 2,
    "not": 3,
    "less": 4,
    "less_equal": 4,
    "greater": 4,
    "greater_equal": 4,
    "equal": 4,
    "not_equal": 4,
    "add": 5,
    "subtract": 5,
    "multiply": 6,
    "divide": 6,
    "negate": 7,
    "power": 8,
}
_ATOM = 9
_SIGNS = {
    "or": " or ",
    "and": " and ",
    "less": " < ",
    "less_equal": " <= ",
    "greater": " > ",
    "greater_equal": " >= ",
    "equal": " == ",
    "not_equal": " != ",
    "add": " + ",
    "subtract": " - ",
    "multiply": "*",
    "divide": "/",
    "power": "^",
}
_GREEK = frozenset(GREEK.split("|"))
_RIGHT_BINDS_TIGHTER = (
    "subtract",
    "divide",
    "add",
    "multiply",
    "less",
    "less_equal",
    "greater",
    "greater_equal",
    "equal",
    "not_equal",
)

_TYPESET_SIGNS = {
    "or": r" \lor ",
    "and": r" \land ",
    "less": " < ",
    "less_equal": r" \le ",
    "greater": " > ",
    "greater_equal": r" \ge ",
    "equal": " = ",
    "not_equal": r" \ne ",
    "add": " + ",
    "subtract": " - ",
}
_TYPESET_FUNCTIONS = {
    "log": r"\ln",
    "sin": r"\sin",
    "cos": r"\cos",
    "tan": r"\tan",
    "atan": r"\arctan",
    "sinh": r"\sinh",
    "cosh": r"\cosh",
    "tanh": r"\tanh",
    "max": r"\max",
    "min": r"\min",
    "sigmoid": r"\sigma",
    "relu": r"\operatorname{ReLU}",
    "gelu": r"\operatorname{GELU}",
    "silu": r"\operatorname{SiLU}",
    "sign": r"\operatorname{sgn}",
}


def number_text(value: float) -> str:
    """A number in as few letters as give it back: 2, 0.5, 1e-07."""
    return repr(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)


def plain_text(node: Node) -> str:
    """The tree as a person would type it; reading it gives the same tree."""
    return _plain(node, 0)


def _plain(node: Node, least: int) -> str:
    """With brackets where it binds less tightly than `least`."""
    if isinstance(node, Number):
        return _bracketed(number_text(node.value), 7 if node.value < 0 else _ATOM, least)
    if isinstance(node, Name):
        return node.name
    name, arguments = node.name, node.arguments
    if name == "indicator":
        return f"({_plain(arguments[0], 0)})"
    binds = _BINDS.get(name)
    if binds is None:
        return f"{name}({', '.join(_plain(argument, 0) for argument in arguments)})"
    if name == "where":
        condition, one, two = arguments
        text = f"{_plain(one, 1)} if {_plain(condition, 1)} else {_plain(two, 0)}"
    elif name == "negate":
        text = f"-{_plain(arguments[0], 7)}"
    elif name == "not":
        text = f"not {_plain(arguments[0], 3)}"
    elif name == "power":
        text = f"{_plain(arguments[0], _ATOM)}^{_plain(arguments[1], 7)}"
    else:
        left_binds = binds + 1 if binds == 4 else binds
        right_binds = binds + 1 if name in _RIGHT_BINDS_TIGHTER or binds <= 2 else binds
        text = f"{_plain(arguments[0], left_binds)}{_SIGNS[name]}{_plain(arguments[1], right_binds)}"
    return _bracketed(text, binds, least)


def _bracketed(text: str, binds: int, least: int) -> str:
    return f"({text})" if binds < least else text


# -- typeset ----------------------------------------------------------------------------------------------------------


def latex_text(node: Node, numbers: Mapping[str, float] | None = None) -> str:
    """The tree as LaTeX that ziamath sets; `numbers` stand in for parameters."""
    return _latex(node, 0, numbers or {})


def latex_number(value: float) -> str:
    """A number with at most four significant digits; powers of ten raised."""
    if value - value != 0:
        return r"\infty" if value > 0 else r"-\infty" if value < 0 else r"\mathrm{undefined}"
    mantissa, _, exponent = f"{value:.4g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def _latex(node: Node, least: int, numbers: Mapping[str, float]) -> str:
    if isinstance(node, Number):
        return _fenced(latex_number(node.value), 5 if node.value < 0 else _ATOM, least)
    if isinstance(node, Name):
        if node.name in numbers:
            value = numbers[node.name]
            return _fenced(latex_number(value), 5 if value < 0 else _ATOM, least)
        return _latex_name(node.name)
    text = _latex_operation(node, numbers)
    if node.name == "divide":  # the stroke holds it together, but for a power
        return _fenced(text, 8, least)
    binds = _BINDS.get(node.name, _ATOM)
    return _fenced(text, min(binds, 5) if text.startswith("-") else binds, least)


def _latex_operation(node: Operation, numbers: Mapping[str, float]) -> str:
    name, arguments = node.name, node.arguments

    def inner(index: int, least: int = 0) -> str:
        return _latex(arguments[index], least, numbers)

    written = {
        "divide": lambda: rf"\frac{{{inner(0)}}}{{{inner(1)}}}",
        "power": lambda: rf"{{{inner(0, _ATOM)}}}^{{{inner(1)}}}",
        "exp": lambda: rf"e^{{{inner(0)}}}",
        "expm1": lambda: rf"\left(e^{{{inner(0)}}} - 1\right)",
        "log1p": lambda: rf"\ln\left(1 + {inner(0, 5)}\right)",
        "sqrt": lambda: rf"\sqrt{{{inner(0)}}}",
        "abs": lambda: rf"\left|{inner(0)}\right|",
        "negate": lambda: f"-{inner(0, 6)}",
        "not": lambda: rf"\lnot {inner(0, 5)}",
        "indicator": lambda: rf"\left[{inner(0)}\right]",
        "where": lambda: rf"\begin{{cases}} {inner(1)} & {inner(0)} \\ {inner(2)} & \text{{otherwise}} \end{{cases}}",
        "multiply": lambda: _latex_product(inner(0, 0 if _may_begin_with_minus(arguments[0]) else 6), inner(1, 7)),
    }
    if name in written:
        return written[name]()
    if name in _TYPESET_SIGNS:
        binds = _BINDS[name]
        return f"{inner(0, binds)}{_TYPESET_SIGNS[name]}{inner(1, binds + 1)}"
    called = _TYPESET_FUNCTIONS.get(name, rf"\operatorname{{{name}}}")
    return rf"{called}\left({', '.join(inner(index) for index in range(len(arguments)))}\right)"


def _may_begin_with_minus(factor: Node) -> bool:
    """Whether a first factor needs no brackets for its minus: -1.5 x."""
    return not isinstance(factor, Operation) or factor.name == "negate"


def _latex_product(one: str, two: str) -> str:
    """A dot before digits, else a thin space: 2·3, 1.5 x; a factor of 1 goes without saying."""
    if one == "1" and not two.startswith("-"):
        return two
    if two == "1":
        return one
    return (
        rf"{one} \cdot {two}" if two[:1].isdigit() or (one[-1:].isdigit() and two.startswith("-")) else rf"{one}\,{two}"
    )


def _latex_name(name: str) -> str:
    if name in ("x", "e"):
        return name
    letters = name.rstrip("0123456789")
    digits = name[len(letters) :]
    letters = letters.rstrip("_")
    if len(letters) == 1:
        shown = letters
    elif letters == "pi" or letters in _GREEK:
        shown = rf"\{'lambda' if letters == 'lam' else letters}"
    else:
        shown = rf"\mathrm{{{letters.replace('_', ' ')}}}"
    return f"{shown}_{{{digits}}}" if digits else shown


def _fenced(text: str, binds: int, least: int) -> str:
    return rf"\left({text}\right)" if binds < least else text
