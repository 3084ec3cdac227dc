"""Classes, functions and attributes of PyTorch source: what a call makes, and what a module gives for a tensor.

Nothing of the source is run. Imports neither torch nor the window.
"""

from __future__ import annotations

import ast
from typing import Any

from trainers.source_constants import FUNCTIONS, called
from trainers.source_functions import function, method
from trainers.source_instances import MAX_CALLS, Instances
from trainers.source_layers import made
from trainers.source_methods import of_container, of_dict, of_list, of_text
from trainers.source_modules import applied, as_tensor
from trainers.source_statements import Returned
from trainers.source_text import SourceError, SourceLimit
from trainers.source_values import (
    ClassValue,
    Container,
    Function,
    Instance,
    Leaf,
    LeafWeight,
    Library,
    Method,
    Opaque,
    OwnCurve,
    Partial,
    Scope,
    Special,
    Super,
    Tensor,
    TensorView,
    described,
)

_DECORATORS = ("staticmethod", "classmethod", "property", "torch", "override")
_NEW_TENSORS = ("zeros", "ones", "empty", "full", "rand", "randn", "tensor", "arange", "linspace", "eye")
_TYPES = {"int": int, "float": float, "str": str, "list": list, "tuple": tuple, "dict": dict, "bool": bool}


class Reader(Instances):
    """Follows calls."""

    def invoke(self, called: Any, given: list[Any], named: dict[str, Any], line: int, scope: Scope) -> Any:
        """called(...)"""
        self.budget.spend(line)
        if isinstance(called, Leaf):
            return applied(self.recorder, called, given, named, line)
        if isinstance(called, Function):
            return self._run(called, given, named, line)
        if isinstance(called, Instance | Container):
            return self.forwarded(called, given, named, line)
        if isinstance(called, ClassValue):
            return self.instance(called, given, named, line)
        if isinstance(called, Method):
            return self._method(called, given, named, line)
        if isinstance(called, Partial):
            return self.invoke(called.function, [*called.positional, *given], {**called.keywords, **named}, line, scope)
        if isinstance(called, OwnCurve):
            tensor = as_tensor(given[0] if len(given) == 1 and not named else None, "the function", line)
            return self.recorder.apply(called.kind, called.parameters, [tensor], line)
        if isinstance(called, Library):
            return self._library(called.path, given, named, line, scope)
        if isinstance(called, Opaque):
            if given and given[0] is None and len(given) == 1 and not named:
                return None  # torchvision's Weights.verify(None)
            raise called.refused("what this calls is not known", line, "Define it in this file, or take it out.")  # fmt: skip
        raise SourceError(f"{described(called)} cannot be called", line, "Call a layer or a function.")

    def _run(self, called: Function, given: list[Any], named: dict[str, Any], line: int) -> Any:
        """A function of the file: its statements are followed with these arguments."""
        if self.depth >= MAX_CALLS:
            raise SourceLimit("functions call one another too deeply here", line, "Write it without recursion.")
        self._note_decorators(called)
        inner = Scope(called.scope)
        if called.receiver is not None:
            given = [called.receiver, *given]
        if called.owner is not None:
            inner.names["__class__"] = called.owner
        self._bind(called, given, named, inner, line)
        self.depth += 1
        try:
            if isinstance(called.node, ast.Lambda):
                return self.value(called.node.body, inner)
            self.block(called.node.body, inner, is_tolerant=called.name == "__init__")
        except Returned as returned:
            return returned.value
        finally:
            self.depth -= 1
        return None

    def _note_decorators(self, called: Function) -> None:
        for decorator in called.node.decorator_list if isinstance(called.node, ast.FunctionDef) else ():
            root: ast.expr = decorator
            while isinstance(root, ast.Attribute | ast.Call):
                root = root.value if isinstance(root, ast.Attribute) else root.func
            if not isinstance(root, ast.Name) or root.id not in _DECORATORS:
                self.recorder.note(decorator.lineno, "What this decorator does is not followed.")

    def _bind(self, called: Function, given: list[Any], named: dict[str, Any], inner: Scope, line: int) -> None:
        arguments = called.node.args
        names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
        if len(given) > len(names) and arguments.vararg is None:
            raise SourceError(
                f"{called.name} takes {len(names)} arguments, but gets {len(given)}", line, "Take some away."
            )
        inner.names.update(zip(names, given, strict=False))
        if arguments.vararg is not None:
            inner.names[arguments.vararg.arg] = tuple(given[len(names) :])
        extra = dict(named)
        wanted = [*names, *(argument.arg for argument in arguments.kwonlyargs)]
        for name in wanted:
            if name in extra:
                inner.names[name] = extra.pop(name)
        if arguments.kwarg is not None:
            inner.names[arguments.kwarg.arg] = extra
        elif extra:
            raise SourceError(f"{called.name} has no argument {next(iter(extra))[:40]}", line, f"It has {', '.join(wanted)[:200]}.")  # fmt: skip
        defaults = dict(zip(names[::-1], arguments.defaults[::-1], strict=False))
        defaults |= {
            one.arg: node for one, node in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if node
        }
        for name in wanted:
            if name not in inner.names:
                if name not in defaults:
                    raise SourceError(f"{called.name} does not get its {name[:40]}", line, "Give it, or give it a default.")  # fmt: skip
                inner.names[name] = self.value(defaults[name], called.scope)

    def _method(self, called: Method, given: list[Any], named: dict[str, Any], line: int) -> Any:
        receiver, name = called.receiver, called.name
        if isinstance(receiver, Tensor | TensorView):
            return method(self.recorder, receiver, name, given, named, line)
        if isinstance(receiver, Instance):
            return self.module_method(receiver, name, given, named, line)
        if isinstance(receiver, Container):
            return of_container(receiver, name, given, line)
        if isinstance(receiver, list):
            return of_list(receiver, name, given, line)
        if isinstance(receiver, dict):
            return of_dict(receiver, name, given, named, line)
        if isinstance(receiver, str):
            return of_text(receiver, name, given, line)
        if receiver is Special.ZEROS:
            return receiver
        raise SourceError(
            f"the method {name[:40]} of {described(receiver)} is not understood", line, "Write it without."
        )

    def _library(self, path: str, given: list[Any], named: dict[str, Any], line: int, scope: Scope) -> Any:
        name = path.rpartition(".")[2]
        if path in FUNCTIONS:
            return called(path, given, named, line)
        if path.startswith("torch.nn.init."):
            if not (given and isinstance(given[0], LeafWeight) and given[0].leaf.kind == "embedding" and named == {"std": 0.02}):  # fmt: skip
                self.recorder.note(line, "Starting weights set here are not kept: training begins with PyTorch's own.")
            return Special.UNUSED
        if path.endswith("generate_square_subsequent_mask"):
            return Special.CAUSAL
        if path == "torch.nn.Module.__init__":
            return None
        if path.startswith("torch.") and name in _NEW_TENSORS:
            # nn.Parameter and buffers are refused where forward needs them
            return Special.ZEROS if name == "zeros" else Special.UNUSED
        if path.startswith("torch.nn.") and path.count(".") == 2 and name[:1].isupper():
            return self._module(name, given, named, line)
        if path.startswith("torch."):
            return function(self.recorder, path, given, named, line)
        return self._of_python(path, given, named, line, scope)

    def _module(self, name: str, given: list[Any], named: dict[str, Any], line: int) -> Any:
        for value in (*given, *named.values()):
            if isinstance(value, Opaque):
                raise value.refused(f"nn.{name[:40]} gets something unknown", line)
        module = made(name, given, named, line)
        if module is None:
            raise SourceError(f"nn.{name[:40]} is no layer kind here", line, "Use a layer that the palette has.")
        return module

    def _of_python(self, path: str, given: list[Any], named: dict[str, Any], line: int, scope: Scope) -> Any:
        if path == "super":
            owner, instance = scope_value(scope, "__class__"), given[1] if len(given) == 2 else first_argument(scope)
            if isinstance(given[0] if given else None, ClassValue):
                owner = given[0]
            if not isinstance(owner, ClassValue) or not isinstance(instance, Instance):
                raise SourceError("super() is not understood here", line, "Call it within a method.")
            return Super(instance, owner)
        if path == "print":
            return None
        if path == "collections.OrderedDict":
            return called("dict", given, named, line)
        if path == "typing.cast" and len(given) == 2:
            return given[1]
        if path == "functools.partial" and given:
            return Partial(given[0], given[1:], named)
        if path == "isinstance" and len(given) == 2:
            return _is_instance(given[0], given[1], line)
        if path in ("getattr", "hasattr", "setattr") and len(given) >= 2 and isinstance(given[1], str):
            return self._by_name(path, given, line)
        raise SourceError(f"{path[:60]} is not understood", line, "Write it without.")

    def _by_name(self, path: str, given: list[Any], line: int) -> Any:
        owner, name = given[0], given[1]
        if path == "setattr" and len(given) == 3 and isinstance(owner, Instance):
            owner.attributes[name] = given[2]
            return None
        if path == "getattr":
            if len(given) == 3 and isinstance(owner, Instance) and name not in owner.attributes:
                return self._member(owner.made_of, name, owner, line, True) or given[2]
            return self.attribute(owner, name, line)
        if path == "hasattr" and isinstance(owner, Instance):
            return name in owner.attributes or self._member(owner.made_of, name, owner, line, True) is not None
        raise SourceError(f"{path} is not understood here", line, "Name the attribute itself.")


def scope_value(scope: Scope, name: str) -> Any:
    """A name of this function or of one around it; None where there is none."""
    inner: Scope | None = scope
    while inner is not None:
        if name in inner.names:
            return inner.names[name]
        inner = inner.outer
    return None


def first_argument(scope: Scope) -> Any:
    """`self`, whatever it is called."""
    inner: Scope | None = scope
    while inner is not None:
        if "__class__" in inner.names:
            return next((value for name, value in inner.names.items() if name != "__class__"), None)
        inner = inner.outer
    return None


def _is_instance(value: Any, kinds: Any, line: int) -> bool:
    """isinstance(value, kinds), where both are known."""
    if isinstance(value, Opaque):
        raise value.refused("this depends on something unknown", line, "Use a constant.")
    for kind in kinds if isinstance(kinds, tuple) else (kinds,):
        if isinstance(kind, ClassValue):
            looked: Any = value.made_of if isinstance(value, Instance) else None
            while isinstance(looked, ClassValue):
                if looked.node is kind.node:
                    return True
                looked = looked.base
        elif isinstance(kind, Library):
            name = kind.path.rpartition(".")[2]
            if isinstance(value, _TYPES.get(kind.path, ())):
                return True
            if name == "Tensor" and isinstance(value, Tensor):
                return True
            if name == "Module" and isinstance(value, Leaf | Container | Instance):
                return True
            if name == (value.title if isinstance(value, Leaf) else value.kind if isinstance(value, Container) else ""):
                return True
        else:
            raise SourceError(f"whether this is {described(kind)} is not known", line, "Use a constant.")
    return False
