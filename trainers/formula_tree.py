"""The tree that a typed formula is read into: numbers, names and white-listed operations, each with what it costs.

Plain Python: imports neither numpy, torch nor the window.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from trainers.errors import BadInput

CONSTANTS = {"pi": 3.141592653589793, "e": 2.718281828459045}
GREEK = (  # names of free parameters; lambda is a word of Python's, so it is lam
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lam|mu|nu|xi|rho|sigma|tau|phi|chi|psi|omega"
)


class BadFormula(BadInput):
    """A text that is no formula: one sentence of what is wrong, where, and the way out.

    position: index in the text of the letter where it begins, for a caret.
    """

    def __init__(self, problem: str, position: int, fix: str) -> None:
        self.problem = problem
        mark = ";" if ":" in problem else ":"
        super().__init__(f"{problem}{mark}", fix)
        self.position = position


class Number(msgspec.Struct, frozen=True):
    """A finite number as it was typed, or what a bound parameter or a folded part comes to (then maybe not finite)."""

    value: float


class Name(msgspec.Struct, frozen=True):
    """x, a constant of CONSTANTS, or a free parameter."""

    name: str


class Operation(msgspec.Struct, frozen=True):
    """A key of OPERATIONS with its arguments."""

    name: str
    arguments: tuple[Node, ...]


Node = Number | Name | Operation


class OperationSpec(msgspec.Struct, frozen=True):
    """What may be called, and how often.

    least and most arguments; cost: elementary operations for each number, an exponential counted as one, as in
    activation_catalog; is_condition: gives true or false; is_typed: a person calls it by this name; example: for a sentence.
    """

    least: int
    most: int
    cost: int
    example: str = ""
    is_condition: bool = False

    @property
    def is_typed(self) -> bool:
        """Whether a person calls it by its name (the others are written as signs or words)."""
        return bool(self.example)


def _of_one(name: str, cost: int) -> OperationSpec:
    return OperationSpec(1, 1, cost, f"{name}(x)")


_ONE_ARGUMENT = {
    "exp": 1,
    "expm1": 1,
    "log": 1,
    "log1p": 2,
    "sqrt": 1,
    "abs": 1,
    "sin": 1,
    "cos": 1,
    "tan": 1,
    "atan": 1,
    "sinh": 4,
    "cosh": 4,
    "tanh": 5,
    "sigmoid": 4,
    "relu": 1,
    "softplus": 4,
    "erf": 1,
    "gelu": 4,
    "silu": 5,
    "mish": 5,
    "sign": 1,
    "step": 1,
}

OPERATIONS: dict[str, OperationSpec] = {
    **{name: _of_one(name, cost) for name, cost in _ONE_ARGUMENT.items()},
    "max": OperationSpec(2, 8, 1, "max(0, x)"),
    "min": OperationSpec(2, 8, 1, "min(1, x)"),
    "clip": OperationSpec(3, 3, 2, "clip(x, -1, 1)"),
    "where": OperationSpec(3, 3, 1, "where(x > 0, x, 0)"),
    "negate": OperationSpec(1, 1, 1),
    "add": OperationSpec(2, 2, 1),
    "subtract": OperationSpec(2, 2, 1),
    "multiply": OperationSpec(2, 2, 1),
    "divide": OperationSpec(2, 2, 1),
    "power": OperationSpec(2, 2, 1),
    "indicator": OperationSpec(1, 1, 1),  # a condition used as a number: 1 where it holds, else 0
    "less": OperationSpec(2, 2, 1, is_condition=True),
    "less_equal": OperationSpec(2, 2, 1, is_condition=True),
    "greater": OperationSpec(2, 2, 1, is_condition=True),
    "greater_equal": OperationSpec(2, 2, 1, is_condition=True),
    "equal": OperationSpec(2, 2, 1, is_condition=True),
    "not_equal": OperationSpec(2, 2, 1, is_condition=True),
    "and": OperationSpec(2, 2, 1, is_condition=True),
    "or": OperationSpec(2, 2, 1, is_condition=True),
    "not": OperationSpec(1, 1, 1, is_condition=True),
}

ALIASES = {
    "ln": "log",
    "swish": "silu",
    "logistic": "sigmoid",
    "arctan": "atan",
    "heaviside": "step",
    "clamp": "clip",
    "ifelse": "where",
    "maximum": "max",
    "minimum": "min",
}


def is_condition(node: Node) -> bool:
    """Whether a part is true or false, and no number."""
    return isinstance(node, Operation) and OPERATIONS[node.name].is_condition


def parts(node: Node) -> Iterator[Node]:
    """Every part of a tree, what stands inside before what it stands in."""
    if isinstance(node, Operation):
        for argument in node.arguments:
            yield from parts(argument)
    yield node


def depends_on_x(node: Node) -> bool:
    """Whether x occurs in it."""
    return any(isinstance(part, Name) and part.name == "x" for part in parts(node))


def names_in(node: Node) -> tuple[str, ...]:
    """The free parameters, in the order in which they first occur."""
    found = (part.name for part in parts(node) if isinstance(part, Name))
    return tuple(dict.fromkeys(name for name in found if name != "x" and name not in CONSTANTS))


def cost(node: Node) -> int:
    """Elementary operations for each number that goes through; what does not depend on x is worked out once and costs none."""
    return sum(
        OPERATIONS[part.name].cost * max(1, len(part.arguments) - 1 if part.name in ("max", "min") else 1)
        for part in parts(node)
        if isinstance(part, Operation) and depends_on_x(part)
    )
