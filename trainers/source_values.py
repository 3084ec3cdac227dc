"""What an expression of PyTorch source can be while it is read: layers, tensors, modules, classes, functions, or nothing known.

Plain data, no torch. Numbers, texts, lists, tuples and dicts stand for themselves.
"""

from __future__ import annotations

import ast
import enum
from typing import Any

from trainers.network_graph import Parameter, Shape
from trainers.source_text import SourceError

FLAT: Shape = (-1,)  # shape of a row whose length is not known yet


class Special(enum.Enum):
    """Values of which only the meaning counts."""

    BATCH = "the batch size"
    TRAINING = "self.training"
    CAUSAL = "a causal mask"
    UNUSED = "a value that is not followed"
    ZEROS = "a tensor of zeros"


class Tensor:
    """What a layer gives. index: of its record; shape: of one sample, None while the input's is not known."""

    def __init__(self, index: int, shape: Shape | None) -> None:
        self.index = index
        self.shape = shape


class TensorShape:
    """x.shape or x.size()."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor


class TensorView:
    """Part of a tensor that only some patterns use. what: "pieces", "hidden", "forward end", "backward end"."""

    def __init__(self, tensor: Tensor, what: str, sizes: tuple[int, ...] = ()) -> None:
        self.tensor = tensor
        self.what = what
        self.sizes = sizes


class Leaf:
    """A module of torch.nn that is one layer. stated: the size of what comes in, as its arguments say it (None: nothing)."""

    def __init__(
        self, kind: str, title: str, parameters: dict[str, Parameter], line: int, stated: tuple[Any, ...] = ()
    ) -> None:
        self.kind = kind
        self.title = title
        self.parameters = parameters
        self.line = line
        self.stated = stated
        self.path = ""
        self.has_weights = False
        self.extra: dict[str, Any] = {}


class LeafWeight:
    """self.table.weight."""

    def __init__(self, leaf: Leaf) -> None:
        self.leaf = leaf


class Container:
    """nn.Sequential, nn.ModuleList or nn.ModuleDict. children: by name ("0", "1", ...)."""

    def __init__(self, kind: str, children: dict[str, Any], line: int) -> None:
        self.kind = kind
        self.children = children
        self.line = line
        self.path = ""


class Scope:
    """Names of a function, with those around it."""

    def __init__(self, outer: Scope | None = None, names: dict[str, Any] | None = None) -> None:
        self.outer = outer
        self.names: dict[str, Any] = {} if names is None else names


class ClassValue:
    """A class of the file; base: the one it is made from, another class of the file or a Library."""

    def __init__(self, node: ast.ClassDef, base: Any) -> None:
        self.node = node
        self.base = base
        self.members: dict[str, ast.stmt] = {}
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                self.members[statement.name] = statement
            elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
                self.members[statement.target.id] = statement
            elif isinstance(statement, ast.Assign):
                for target in statement.targets:
                    if isinstance(target, ast.Name):
                        self.members[target.id] = statement


class Instance:
    """A module made of a class of the file."""

    def __init__(self, made_of: ClassValue, line: int) -> None:
        self.made_of = made_of
        self.line = line
        self.attributes: dict[str, Any] = {}
        self.path = ""
        self.is_sequence = False  # made from nn.Sequential: runs its attributes in turn


class Function:
    """A function, method or lambda of the file. owner: the class whose method it is."""

    def __init__(
        self, node: ast.FunctionDef | ast.Lambda, scope: Scope, owner: ClassValue | None = None, receiver: Any = None
    ) -> None:
        self.node = node
        self.scope = scope
        self.owner = owner
        self.receiver = receiver

    @property
    def name(self) -> str:
        return self.node.name if isinstance(self.node, ast.FunctionDef) else "lambda"


class OwnCurve:
    """A function that Hillock wrote for a typed formula or a drawn curve: a layer kind with its parameters."""

    def __init__(self, kind: str, parameters: dict[str, Parameter], line: int) -> None:
        self.kind = kind
        self.parameters = parameters
        self.line = line


class Partial:
    """functools.partial(function, ...)."""

    def __init__(self, function: Any, positional: list[Any], keywords: dict[str, Any]) -> None:
        self.function = function
        self.positional = positional
        self.keywords = keywords


class Super:
    """super() within a method: the class above `owner`, for `instance`."""

    def __init__(self, instance: Instance, owner: ClassValue) -> None:
        self.instance = instance
        self.owner = owner


class Library:
    """A name of torch or of Python's own library, by its full path: torch.nn.Conv2d."""

    def __init__(self, path: str) -> None:
        self.path = path


class Method:
    """A method of a tensor, list, dict, text or container, not yet called."""

    def __init__(self, receiver: Any, name: str) -> None:
        self.receiver = receiver
        self.name = name


class Opaque:
    """Something that was not understood; whoever needs it says why, and at which line. cause: the error that was met then."""

    def __init__(self, reason: str, line: int | None = None, cause: SourceError | None = None) -> None:
        self.reason = reason
        self.line = line
        self.cause = cause

    def refused(self, problem: str, line: int, fix: str = "Write it here.") -> SourceError:
        """The error for whoever needs it at `line`: that of the beginning, where there is one."""
        return self.cause or SourceError(f"{problem}, since {self.reason}", line, fix)


Module = Leaf | Container | Instance


def shown(value: Any) -> str:
    """A constant as it is written, in at most 40 letters; anything else in words: a list may hold itself, or be immense."""
    if isinstance(value, tuple | list) and len(value) <= 4 and all(isinstance(one, int) for one in value):
        return repr(value)[:40]
    return described(value)


def described(value: Any) -> str:
    """A value in a few words, for a sentence."""
    if isinstance(value, Tensor):
        return "a layer's output"
    if isinstance(value, TensorView):
        return "a part of a layer's output"
    if isinstance(value, Leaf):
        return f"nn.{value.title}"
    if isinstance(value, Instance):
        return f"a module of {value.made_of.node.name}"
    if isinstance(value, Container):
        return f"nn.{value.kind}"
    if isinstance(value, Library):
        return value.path
    if isinstance(value, Function | ClassValue):
        return value.name if isinstance(value, Function) else value.node.name
    if isinstance(value, Special):
        return value.value
    if isinstance(value, bool | int | float | str | None):
        return repr(value)[:40]
    return f"a {type(value).__name__.lower()}"
