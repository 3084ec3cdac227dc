"""Arithmetic on constants of PyTorch source, within limits: no number grows past 2^62, no list past 10,000 entries.

Plain Python; nothing of the source is run. Imports neither torch nor the window.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterable
from typing import Any

from trainers.source_text import SourceError, SourceLimit
from trainers.source_values import Container, Opaque, Special, TensorShape, described

LARGEST = 2**62
MAX_LENGTH = 10_000  # of a list or a text

_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_PLAIN = (bool, int, float, str, list, tuple)
_SCALARS = (bool, int, float, str, type(None))


def constant(value: Any, line: int) -> Any:
    """A literal, if it is of a kind and size that a layer could have."""
    if isinstance(value, str):
        if len(value) > MAX_LENGTH:
            raise SourceLimit("a text here is too long", line, "Shorten it.")
        return value
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return limited(value, line)
    if value is Ellipsis:
        return Special.UNUSED
    raise SourceError(f"a {type(value).__name__} is no part of a network", line, "Use plain numbers and texts.")


def limited(value: Any, line: int) -> Any:
    """The value itself, if it is not too large."""
    if isinstance(value, int) and abs(value) > LARGEST:
        raise SourceLimit("a number here is larger than any layer's", line, "Use a smaller one.")
    if isinstance(value, str | list | tuple | dict) and len(value) > MAX_LENGTH:
        raise SourceLimit(f"more than {MAX_LENGTH:,} entries come together here", line, "Use fewer.")
    return value


def calculated(sign: ast.operator, left: Any, right: Any, line: int) -> Any:
    """left + right and the like; raises SourceError for what has no value, or too large a one."""
    if not (isinstance(left, _PLAIN) and isinstance(right, _PLAIN)):
        culprit = left if not isinstance(left, _PLAIN) else right
        raise SourceError(f"one cannot calculate with {described(culprit)} here", line, "Use plain numbers.")
    if isinstance(sign, ast.Pow):
        return _power(left, right, line)
    if isinstance(left, str) and isinstance(sign, ast.Mod):
        return _filled_in(left, right, line)
    work = _ARITHMETIC.get(type(sign))
    if work is None:
        raise SourceError("this sign is not understood between constants", line, "Use +, -, *, /, // or %.")
    if isinstance(sign, ast.Mult):
        for many, times in ((left, right), (right, left)):
            if isinstance(many, str | list | tuple) and isinstance(times, int) and len(many) * times > MAX_LENGTH:
                raise SourceLimit(f"more than {MAX_LENGTH:,} entries come together here", line, "Use fewer.")
    try:
        return limited(work(left, right), line)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise SourceError("this has no value", line, "Calculate with numbers that fit one another.") from error


def _filled_in(text: str, values: Any, line: int) -> str:
    """'denseblock%d' % 1, without widths, which could ask for a billion spaces."""
    given = values if isinstance(values, tuple) else (values,)
    pieces = re.split("%[dsi]", text)
    if "%" in "".join(pieces) or len(pieces) != len(given) + 1 or not all(isinstance(one, str | int) for one in given):
        raise SourceError("this text is not followed", line, "Write the text itself.")
    filled = [f"{value}{piece}" for value, piece in zip(given, pieces[1:], strict=True)]
    return str(limited(pieces[0] + "".join(filled), line))


def _power(left: Any, right: Any, line: int) -> Any:
    if not (isinstance(left, int | float) and isinstance(right, int | float)):
        raise SourceError("a power wants numbers", line, "Write the number itself.")
    try:
        if left and abs(right) * abs(math.log2(abs(left))) > math.log2(LARGEST):
            raise SourceLimit("a power here is larger than any layer's size", line, "Write the number itself.")
        value = left**right
    except (ArithmeticError, ValueError) as error:
        raise SourceError("this has no value", line, "Write the number itself.") from error
    if isinstance(value, complex):
        raise SourceError("this has no real value", line, "Write the number itself.")
    return limited(value, line)


def signed(sign: ast.unaryop, value: Any, line: int) -> Any:
    """-value and the like."""
    if isinstance(sign, ast.Not):
        return not truth(value, line)
    if not isinstance(value, int | float) or isinstance(sign, ast.Invert):
        raise SourceError(f"this sign is not understood before {described(value)}", line, "Use a plain number.")
    return -value if isinstance(sign, ast.USub) else value


def compared(sign: ast.cmpop, left: Any, right: Any, line: int) -> bool:
    """left < right and the like, where both are known."""
    if isinstance(sign, ast.Is | ast.IsNot):
        _must_be_known(left, line)
        _must_be_known(right, line)
        same = left is right or (isinstance(left, bool | str | int) and type(left) is type(right) and left == right)
        return same == isinstance(sign, ast.Is)
    if isinstance(sign, ast.In | ast.NotIn):
        keys: Any = right.children if isinstance(right, Container) else right
        if not isinstance(left, _SCALARS):
            raise SourceError(f"whether {described(left)} is in something is not known", line, "Use plain numbers.")
        if isinstance(keys, range):
            keys = [left] if isinstance(left, int) and left in keys else []
        if not isinstance(keys, str | list | tuple | dict | range):
            raise SourceError(f"whether something is in {described(right)} is not known", line, "Use a plain list.")
        found = any(key == left and type(key) is type(left) for key in keys) if not isinstance(keys, str) else None
        if found is None:
            found = isinstance(left, str) and left in keys
        return bool(found) == isinstance(sign, ast.In)
    if not isinstance(left, (*_PLAIN, type(None))) or not isinstance(right, (*_PLAIN, type(None))):
        culprit = left if not isinstance(left, (*_PLAIN, type(None))) else right
        _must_be_known(culprit, line)
        raise SourceError(f"this depends on {described(culprit)}, which a drawing cannot", line, "Use plain numbers.")
    for value in (left, right):
        _must_be_flat(value, line)
    try:
        return bool(_COMPARISONS[type(sign)](left, right))
    except TypeError as error:
        raise SourceError("these cannot be compared", line, "Compare numbers with numbers.") from error


def _must_be_flat(value: Any, line: int) -> None:
    """Lists within lists are not compared: shared ones would take for ever."""
    if isinstance(value, list | tuple) and not all(isinstance(one, _SCALARS) for one in value):
        raise SourceError("lists of other things than numbers and texts are not compared", line, "Compare numbers.")


def truth(value: Any, line: int) -> bool:
    """Whether a condition holds; raises SourceError where that depends on the data or on what is not known."""
    if isinstance(value, (*_PLAIN, type(None), dict, range)):
        return bool(value)
    if isinstance(value, Container):
        return bool(value.children)
    _must_be_known(value, line)
    raise SourceError(f"this depends on {described(value)}, which a drawing cannot", line, "Use a constant.")


def _must_be_known(value: Any, line: int) -> None:
    if isinstance(value, Opaque):
        raise value.refused("this depends on something unknown", line, "Use a constant.")
    if isinstance(value, TensorShape) or value in (Special.BATCH, Special.TRAINING):
        raise SourceError(f"this depends on {described(value)}, which a drawing cannot", line, "Use a constant.")


def each(value: Any, line: int) -> Iterable[Any]:
    """What a loop goes through: lists, ranges, texts, dicts (their keys), containers of modules."""
    if isinstance(value, Container):
        return list(value.children if value.kind == "ModuleDict" else value.children.values())
    if isinstance(value, list | tuple | dict):
        return list(value)
    if isinstance(value, str | range | zip | enumerate | reversed):
        return value
    _must_be_known(value, line)
    raise SourceError(f"a loop over {described(value)} has no constant bounds", line, "Loop over a list or range(n).")


def as_list(value: Any, line: int) -> list[Any]:
    """`each` as a list of at most 10,000 entries."""
    entries: list[Any] = []
    for entry in each(value, line):
        entries.append(entry)
        if len(entries) > MAX_LENGTH:
            raise SourceLimit(f"more than {MAX_LENGTH:,} entries come together here", line, "Use fewer.")
    return entries


def _zipped(values: tuple[Any, ...], line: int) -> list[Any]:
    """zip of lists that have at most 10,000 entries together: one list can be given thousands of times."""
    lists, entries = [], 0
    for value in values:
        lists.append(as_list(value, line))
        entries += len(lists[-1])
        if entries > MAX_LENGTH:
            raise SourceLimit(f"more than {MAX_LENGTH:,} entries come together here", line, "Use fewer.")
    return list(zip(*lists, strict=False))


def _length(value: Any) -> int:
    return len(value.children) if isinstance(value, Container) else len(value)


# A function of Python's own by its name, with the line it is called at.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "range": lambda line, *given: range(*given),
    "len": lambda line, value: _length(value),
    "int": lambda line, value=0: limited(int(value), line),
    "float": lambda line, value=0.0: float(value),
    "bool": lambda line, value=False: truth(value, line),
    "str": lambda line, value="": str(value),
    "list": lambda line, value=(): as_list(value, line),
    "tuple": lambda line, value=(): tuple(as_list(value, line)),
    "dict": lambda line, value=(), **named: {**dict(as_pairs(value, line)), **named},
    "enumerate": lambda line, value, start=0: list(enumerate(as_list(value, line), start)),
    "zip": lambda line, *values: _zipped(values, line),
    "reversed": lambda line, value: as_list(value, line)[::-1],
    "sum": lambda line, values: limited(sum(as_list(values, line)), line),
    "min": lambda line, *values: min(as_list(values[0], line) if len(values) == 1 else values),
    "max": lambda line, *values: max(as_list(values[0], line) if len(values) == 1 else values),
    "abs": lambda line, value: abs(value),
    "round": lambda line, value, digits=None: round(value, digits),
    "math.prod": lambda line, values: limited(math.prod(as_list(values, line)), line),
    "math.sqrt": lambda line, value: math.sqrt(value),
    "math.floor": lambda line, value: math.floor(value),
    "math.ceil": lambda line, value: math.ceil(value),
    "math.log2": lambda line, value: math.log2(value),
}
_NUMBERS_ONLY = ("int", "float", "sum", "min", "max", "abs", "round", "range", "str")


def as_pairs(value: Any, line: int) -> list[tuple[Any, Any]]:
    """The pairs that make a dict."""
    if isinstance(value, dict):
        return list(value.items())
    pairs = as_list(value, line)
    if not all(isinstance(pair, tuple | list) and len(pair) == 2 and isinstance(pair[0], str | int) for pair in pairs):
        raise SourceError("this wants pairs of a name and a value", line, "Write [('conv', nn.Conv2d(...)), ...].")
    return [(pair[0], pair[1]) for pair in pairs]


def called(name: str, positional: list[Any], keywords: dict[str, Any], line: int) -> Any:
    """A function of Python's own on known values; raises SourceError where it has no value."""
    if name in _NUMBERS_ONLY or name.startswith("math."):
        for value in positional:
            if not isinstance(value, (*_PLAIN, range)):
                _must_be_known(value, line)
                raise SourceError(f"{name} of {described(value)} is not known", line, "Use plain numbers.")
            _must_be_flat(value, line)
            if isinstance(value, list | tuple) and name == "str":
                raise SourceError("str of a list is not followed", line, "Write the text itself.")
    try:
        return FUNCTIONS[name](line, *positional, **keywords)
    except (TypeError, ValueError, ArithmeticError, KeyError, AttributeError) as error:
        raise SourceError(f"{name} has no value for what it gets here", line, "Write the value itself.") from error
