"""A bound formula or hand-drawn function -> a Python function of torch, as text. Nothing is run; imports neither torch nor the window.

The text is written from the white-listed tree alone, so nothing that a person typed can become code.
"""

from __future__ import annotations

import math
import textwrap

from trainers.drawn_function import DrawnFunction
from trainers.formula_safety import leads_back_to_x, safe_place
from trainers.formula_text import number_text
from trainers.formula_tree import Name, Node, Number, Operation

LINE = 88
LONGEST = 50  # letters of an argument within a call
INDENT = "    "

_TORCH = ("exp", "expm1", "log", "log1p", "sqrt", "abs", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "sigmoid")
_CALLS = {
    **{name: f"torch.{name}({{0}})" for name in (*_TORCH, "erf", "sign")},
    **{name: f"F.{name}({{0}})" for name in ("relu", "softplus", "gelu", "silu", "mish")},
    "step": "F.hardtanh(torch.sign({0}) + 1, 0, 1)",
    "power": "torch.pow({0}, {1})",
    "clip": "F.hardtanh({0}, {1}, {2})",
    "max": "torch.maximum({0}, {1})",
    "min": "torch.minimum({0}, {1})",
}
_SIGNS = {
    "or": "|",
    "and": "&",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
    "equal": "==",
    "not_equal": "!=",
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
}
# As tightly as Python binds them: comparisons least, so that | and & want brackets around them.
_BINDS = {
    **dict.fromkeys(("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"), 1),
    "or": 2,
    "and": 3,
    "add": 4,
    "subtract": 4,
    "multiply": 5,
    "divide": 5,
    "negate": 6,
    "not": 6,
}
_ATOM = 7


def _number(value: float) -> str:
    return number_text(value) if math.isfinite(value) else f'float("{value}")'


def formula_source(name: str, tree: Node, note: str) -> str:
    """`def name(x)` for a tree without free parameters; note: for a comment, one line of plain letters."""
    writer = _Writer()
    result = writer.text(tree, "x", 0)
    if not leads_back_to_x(tree):
        result = f"torch.where(torch.isnan(x), x, {writer.as_tensor(tree, result)})"
        writer.lines.append("# flat everywhere: isnan(x) keeps a way back for gradients, which are 0")
    return _function(name, note, [*writer.lines, *_wrapped("return ", result)])


def drawn_source(name: str, function: DrawnFunction, note: str) -> str:
    """`def name(x)` for a hand-drawn function."""
    edges = ", ".join(_number(x) for x, _ in function.knots)
    rows = [f"[{', '.join(map(_number, piece))}]," for piece in function.pieces]
    lines = [
        'like = {"dtype": x.dtype, "device": x.device}',
        *_wrapped("knots = ", f"torch.tensor([{edges}], **like)"),
        "# of each piece: where it is measured from, and the factors of 1, t, t², t³",
        "rows = [",
        *(f"{INDENT}{line}" for row in rows for line in textwrap.wrap(row, LINE - 12)),
        "]",
        "piece = torch.bucketize(x.detach().contiguous(), knots, right=True)",
        "start, c0, c1, c2, c3 = torch.tensor(rows, **like)[piece].unbind(-1)",
        "t = x - start",
        "return ((c3 * t + c2) * t + c1) * t + c0",
    ]
    return _function(name, note, lines)


def _function(name: str, note: str, lines: list[str]) -> str:
    comment = [f"# {line}" for line in textwrap.wrap(note, LINE - 6)]
    return "\n".join([f"def {name}(x):", *(f"{INDENT}{line}" for line in (*comment, *lines))]) + "\n"


def _wrapped(start: str, text: str) -> list[str]:
    """One statement; where it is long, in brackets over several lines, cut at its spaces."""
    if len(INDENT) + len(start) + len(text) <= LINE:
        return [f"{start}{text}"]
    cut = textwrap.wrap(text, LINE - 8, break_long_words=False, break_on_hyphens=False)
    return [f"{start}(", *(f"{INDENT}{line}" for line in cut), ")"]


class _Writer:
    """Writes a tree as an expression; what a choice needs goes into statements before it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._choices = 0
        self._parts = 0

    def text(self, node: Node, x: str, least: int) -> str:
        """With brackets where it binds less tightly than `least`; x: the variable that stands for x here."""
        if isinstance(node, Number):
            return self._fenced(_number(node.value), 6 if node.value < 0 else _ATOM, least)
        if isinstance(node, Name):
            return x
        if node.name in _SIGNS:
            return self._between(node, x, least)
        if node.name == "where":
            return self._choice(node, x)
        one = node.arguments[0]
        if node.name == "negate":
            return self._fenced(f"-{self.text(one, x, 6)}", 6, least)
        if node.name == "not":
            return self._fenced(f"~{self.text(one, x, 6)}", 6, least)
        if node.name == "indicator":
            return f"{self.text(one, x, _ATOM)}.to(x.dtype)"
        if node.name in ("max", "min"):
            given = [self.as_tensor(argument, self.text(argument, x, 0)) for argument in node.arguments]
        else:
            given = [self.text(argument, x, 0) for argument in node.arguments]
        return _CALLS[node.name].format(*map(self._short, given))

    def _short(self, text: str) -> str:
        """A long argument gets a line and a name of its own."""
        if len(text) <= LONGEST:
            return text
        self._parts += 1
        name = f"part{self._parts}"
        self.lines += _wrapped(f"{name} = ", text)
        return name

    def as_tensor(self, node: Node, text: str) -> str:
        """For functions that take no plain numbers."""
        return f"torch.full_like(x, {text})" if isinstance(node, Number) else text

    def _between(self, node: Operation, x: str, least: int) -> str:
        binds = _BINDS[node.name]
        is_comparison = binds == 1
        left = self.text(node.arguments[0], x, binds + 1 if is_comparison else binds)
        right = self.text(node.arguments[1], x, binds + 1)
        return self._fenced(f"{left} {_SIGNS[node.name]} {right}", binds, least)

    def _choice(self, node: Operation, x: str) -> str:
        """torch.where whose branches see a harmless x where they are not taken, lest their gradients be NaN."""
        condition, one, two = node.arguments
        self._choices += 1
        number = "" if self._choices == 1 else str(self._choices)
        holds = f"holds{number}"
        self.lines += _wrapped(f"{holds} = ", self.text(condition, x, 0))
        inside = {True: x, False: x}
        for is_first, branch in ((True, one), (False, two)):
            place = safe_place(branch)
            if place is not None:
                inside[is_first] = f"x_{'if' if is_first else 'else'}{number}"
                order = (x, _number(place)) if is_first else (_number(place), x)
                self.lines.append(f"{inside[is_first]} = torch.where({holds}, {order[0]}, {order[1]})")
        first = self.text(one, inside[True], 0)
        second = self.text(two, inside[False], 0)
        if isinstance(one, Number) and isinstance(two, Number):
            first = self.as_tensor(one, first)
        return f"torch.where({holds}, {first}, {second})"

    @staticmethod
    def _fenced(text: str, binds: int, least: int) -> str:
        return f"({text})" if binds < least else text
