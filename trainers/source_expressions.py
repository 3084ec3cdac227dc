"""Expressions of PyTorch source -> values, by their meaning for a drawing. Nothing of the source is run.

Imports neither torch nor the window.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from trainers.source_constants import FUNCTIONS, as_pairs, calculated, compared, constant, each, limited, signed, truth
from trainers.source_file import SourceFile
from trainers.source_functions import added, size_of, subscripted
from trainers.source_recorder import Recorder
from trainers.source_text import SourceError, SourceLimit
from trainers.source_values import (
    Container,
    Function,
    LeafWeight,
    Library,
    Opaque,
    Scope,
    Special,
    Tensor,
    TensorShape,
    TensorView,
    described,
    shown,
)

MAX_STEPS = 100_000  # of reading, all attempts together: about 0.3 s; torchvision's DenseNet-201 takes 19,000
_BUILT_IN = (*(name for name in FUNCTIONS if "." not in name), "super", "isinstance", "getattr", "setattr", "hasattr", "print", "type")  # fmt: skip


class Budget:
    """Steps that reading may still take, so that a loop without end is refused and not waited for."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.left = steps

    def spend(self, line: int) -> None:
        self.left -= 1
        if self.left < 0:
            raise SourceLimit("reading would take too long, as if it never ended", line, "Use smaller, constant bounds.")  # fmt: skip


class Expressions:
    """Evaluates expressions. `attribute`, `invoke` and `define` are those of `source_calls.Reader`."""

    def __init__(self, file: SourceFile, recorder: Recorder, budget: Budget) -> None:
        self.file = file
        self.recorder = recorder
        self.budget = budget
        self._top: dict[str, Any] = {}  # names at the top of the file that were looked at
        self._looking: set[str] = set()
        self._work: dict[type[ast.expr], Callable[[Any, Scope], Any]] = {
            ast.Constant: lambda node, scope: constant(node.value, node.lineno),
            ast.Name: lambda node, scope: self.named(node.id, scope, node.lineno),
            ast.Attribute: lambda node, scope: self.attribute(self.value(node.value, scope), node.attr, node.lineno),
            ast.Call: self._call,
            ast.BinOp: self._binary,
            ast.UnaryOp: lambda node, scope: signed(node.op, self.value(node.operand, scope), node.lineno),
            ast.BoolOp: self._boolean,
            ast.Compare: self._compare,
            ast.IfExp: self._choice,
            ast.Tuple: lambda node, scope: tuple(self._entries(node.elts, scope)),
            ast.List: lambda node, scope: self._entries(node.elts, scope),
            ast.Dict: self._dict,
            ast.ListComp: self._comprehended,
            ast.GeneratorExp: self._comprehended,
            ast.DictComp: self._comprehended_dict,
            ast.Subscript: self._subscript,
            ast.Slice: self._slice,
            ast.JoinedStr: self._formatted,
            ast.Lambda: Function,
        }

    def attribute(self, value: Any, name: str, line: int) -> Any:
        """value.name"""
        raise NotImplementedError

    def invoke(self, called: Any, given: list[Any], named: dict[str, Any], line: int, scope: Scope) -> Any:
        """called(...)"""
        raise NotImplementedError

    def define(self, statement: ast.stmt, name: str) -> Any:
        """What a statement at the top of the file gives a name."""
        raise NotImplementedError

    def assign(self, target: ast.expr, value: Any, scope: Scope) -> None:
        """target = value"""
        raise NotImplementedError

    def value(self, node: ast.expr, scope: Scope) -> Any:
        """What an expression is; raises SourceError for what is not understood."""
        self.budget.spend(node.lineno)
        work = self._work.get(type(node))
        if work is None:
            raise SourceError(
                "this expression is not understood", node.lineno, "Write it with calls, names and numbers."
            )
        value = work(node, scope)
        if isinstance(value, list | tuple | dict | str):
            self.budget.left -= len(value) // 8  # so that all lists together stay small
        return value

    def named(self, name: str, scope: Scope, line: int) -> Any:
        """What a name stands for here."""
        inner: Scope | None = scope
        while inner is not None:
            if name in inner.names:
                return inner.names[name]
            inner = inner.outer
        if name in self.file.definitions:
            return self._at_top(name, line)
        if name in _BUILT_IN:
            return Library(name)
        usual = self.file.usual(name)
        if usual is not None:
            return usual
        if name == "flatten":
            return Library("torch.flatten")
        raise SourceError(f"the name {name[:40]} is not defined", line, "Define it in this file, or take it out.")

    def _at_top(self, name: str, line: int) -> Any:
        if name not in self._top:
            if name in self._looking:
                raise SourceError(f"{name} is made of itself", line, "Take that out.")
            definition = self.file.definitions[name]
            self._looking.add(name)
            try:
                self._top[name] = self.define(definition, name) if isinstance(definition, ast.stmt) else definition
            finally:
                self._looking.discard(name)
        return self._top[name]

    def _call(self, node: ast.Call, scope: Scope) -> Any:
        called = self.value(node.func, scope)
        given = self._entries(node.args, scope)
        named: dict[str, Any] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value, scope)
            if keyword.arg is None:
                named.update((str(name), one) for name, one in as_pairs(value, node.lineno))
            else:
                named[keyword.arg] = value
        return self.invoke(called, given, named, node.lineno, scope)

    def _binary(self, node: ast.BinOp, scope: Scope) -> Any:
        line = node.lineno
        if not isinstance(node.op, ast.Add):
            return self._calculated(node.op, self.value(node.left, scope), self.value(node.right, scope), line)
        parts: list[ast.expr] = []
        rest: ast.expr = node
        while isinstance(rest, ast.BinOp) and isinstance(rest.op, ast.Add):
            parts.append(rest.right)
            rest = rest.left
        values = [self.value(part, scope) for part in (rest, *reversed(parts))]
        return self.summed(values, line)

    def summed(self, values: list[Any], line: int) -> Any:
        """a + b + c: one layer for tensors, a number for numbers."""
        if not any(isinstance(value, Tensor | LeafWeight | TensorView) for value in values):
            total = values[0]
            for value in values[1:]:
                total = self._calculated(ast.Add(), total, value, line)
            return total
        waiting = [values[0]]
        for value in values[1:]:
            if isinstance(value, LeafWeight) or isinstance(waiting[0], LeafWeight):
                tensor = waiting[0] if len(waiting) == 1 else added(self.recorder, waiting, line)
                waiting = [added(self.recorder, [tensor, value], line)]
            else:
                waiting.append(value)
        return waiting[0] if len(waiting) == 1 else added(self.recorder, waiting, line)

    def _calculated(self, sign: ast.operator, left: Any, right: Any, line: int) -> Any:
        for value in (left, right):
            if isinstance(value, Tensor):
                raise SourceError("this sign between layers' outputs is no layer kind", line, "Add them, or join them by torch.cat.")  # fmt: skip
            if isinstance(value, Opaque):
                raise value.refused("this is not known", line, "Write the number itself.")
        return calculated(sign, left, right, line)

    def _boolean(self, node: ast.BoolOp, scope: Scope) -> Any:
        value: Any = None
        for part in node.values:
            value = self.value(part, scope)
            if truth(value, node.lineno) != isinstance(node.op, ast.And):
                return value
        return value

    def _compare(self, node: ast.Compare, scope: Scope) -> bool:
        left = self.value(node.left, scope)
        for sign, part in zip(node.ops, node.comparators, strict=True):
            right = self.value(part, scope)
            if not compared(sign, left, right, node.lineno):
                return False
            left = right
        return True

    def _choice(self, node: ast.IfExp, scope: Scope) -> Any:
        holds = truth(self.value(node.test, scope), node.lineno)
        return self.value(node.body if holds else node.orelse, scope)

    def _entries(self, nodes: list[ast.expr], scope: Scope) -> list[Any]:
        entries: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                for entry in each(self.value(node.value, scope), node.lineno):
                    self.budget.spend(node.lineno)
                    entries.append(entry)
            else:
                entries.append(self.value(node, scope))
        return entries

    def _dict(self, node: ast.Dict, scope: Scope) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                made.update(as_pairs(self.value(value, scope), node.lineno))
                continue
            name = self.value(key, scope)
            if not isinstance(name, str | int | float | bool | None):
                raise SourceError(f"{described(name)} cannot be a key here", node.lineno, "Use texts as keys.")
            made[name] = self.value(value, scope)
        return made

    def _comprehended(self, node: ast.ListComp | ast.GeneratorExp, scope: Scope) -> list[Any]:
        rounds = self._rounds(node.generators, Scope(scope), node.lineno)
        return [limited(self.value(node.elt, inner), node.lineno) for inner in rounds]

    def _comprehended_dict(self, node: ast.DictComp, scope: Scope) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        for inner in self._rounds(node.generators, Scope(scope), node.lineno):
            name = self.value(node.key, inner)
            if not isinstance(name, str | int):
                raise SourceError(f"{described(name)} cannot be a key here", node.lineno, "Use texts as keys.")
            made[name] = self.value(node.value, inner)
        return made

    def _rounds(self, generators: list[ast.comprehension], scope: Scope, line: int) -> Iterator[Scope]:
        if not generators:
            yield scope
            return
        first, *others = generators
        for entry in each(self.value(first.iter, scope), line):
            self.budget.spend(line)
            self.assign(first.target, entry, scope)
            if all(truth(self.value(test, scope), line) for test in first.ifs):
                yield from self._rounds(others, scope, line)

    def _slice(self, node: ast.Slice, scope: Scope) -> slice:
        ends = [None if part is None else self.value(part, scope) for part in (node.lower, node.upper, node.step)]
        if not all(end is None or type(end) is int for end in ends):
            raise SourceError("the ends of this part are not known", node.lineno, "Use plain whole numbers.")
        return slice(*ends)

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Any:
        value = self.value(node.value, scope)
        line = node.lineno
        index = self.value(node.slice, scope)
        if isinstance(value, TensorShape):
            return size_of(value, index, line)
        if isinstance(value, Tensor):
            return subscripted(self.recorder, value, index, line)
        if isinstance(value, TensorView) and value.what == "hidden":
            from trainers.source_modules import hidden_state

            return hidden_state(self.recorder, value.tensor, index, line)
        if isinstance(value, Opaque) or value in (Special.UNUSED, Special.ZEROS):
            return value
        return item(value, index, line)

    def _formatted(self, node: ast.JoinedStr, scope: Scope) -> str:
        text = ""
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                value = self.value(part.value, scope)
                if part.format_spec is not None or not isinstance(value, str | int | float):
                    raise SourceError("this text is not followed", node.lineno, "Write the text itself.")
                text += str(value)
            else:
                text += str(self.value(part, scope))
            limited(text, node.lineno)
        return text


def item(value: Any, index: Any, line: int) -> Any:
    """value[index] of lists, texts, dicts and containers."""
    try:
        if isinstance(value, Container):
            children = list(value.children.values())
            if isinstance(index, slice):
                return Container(
                    value.kind, {str(place): child for place, child in enumerate(children[index])}, value.line
                )
            return value.children[index] if isinstance(index, str) else children[index]
        if isinstance(value, list | tuple | str | range) and isinstance(index, int | slice):
            return value[index]
        if isinstance(value, dict) and isinstance(index, str | int | float | bool | None):
            return value[index]
    except (LookupError, TypeError) as error:
        raise SourceError(f"there is no entry {shown(index)} here", line, "Use one that is there.") from error
    raise SourceError(f"{described(value)} has no entries", line, "Use a list.")
