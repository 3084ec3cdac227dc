"""Statements of PyTorch source, in their order: assignments, loops with constant bounds, choices between constants.

Nothing of the source is run. Imports neither torch nor the window.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from trainers.source_constants import as_list, calculated, each, limited, truth
from trainers.source_expressions import Budget, Expressions
from trainers.source_file import SourceFile, imported
from trainers.source_names import names_in_comment
from trainers.source_recorder import Recorder, SizeMisfit
from trainers.source_text import SourceError, SourceLimit
from trainers.source_values import Container, Function, Instance, Leaf, LeafWeight, Opaque, Scope, Tensor, described

_HOOKS = ("register_forward", "register_full", "register_module_forward")  # change what forward gives
_GROWING = ("append", "extend", "insert", "add_module", "register_module", "update")


class Returned(Exception):
    """A return statement was reached."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class _Broke(Exception):
    """A break statement was reached."""


class _Continued(Exception):
    """A continue statement was reached."""


class Statements(Expressions):
    """Follows statements. is_tolerant blocks note what is not understood and go on; whoever needs it then refuses."""

    def __init__(self, file: SourceFile, recorder: Recorder, budget: Budget) -> None:
        super().__init__(file, recorder, budget)
        self._statements: dict[type[ast.stmt], Callable[[Any, Scope], None]] = {
            ast.Expr: self._expression,
            ast.Assign: self._assignment,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.If: self._if,
            ast.For: self._for,
            ast.While: self._while,
            ast.Return: self._return,
            ast.FunctionDef: self._function,
            ast.Import: lambda node, scope: scope.names.update(imported(node)),
            ast.ImportFrom: lambda node, scope: scope.names.update(imported(node)),
            ast.Raise: self._raise,
            ast.Break: self._break,
            ast.Continue: self._continue,
        }

    def block(self, body: list[ast.stmt], scope: Scope, is_tolerant: bool = False) -> None:
        """Follow statements; raises Returned at a return, SourceError for what is not understood."""
        for statement in body:
            if not is_tolerant:
                self.statement(statement, scope)
                continue
            try:
                self.statement(statement, scope)
            except (SourceLimit, SizeMisfit):
                raise
            except SourceError as error:
                self._pass_over(statement, scope, error)

    def statement(self, statement: ast.stmt, scope: Scope) -> None:
        """Follow one statement."""
        self.budget.spend(statement.lineno)
        if isinstance(statement, ast.Pass | ast.Assert | ast.Delete | ast.Global | ast.Nonlocal):
            return
        work = self._statements.get(type(statement))
        if work is None:
            word = type(statement).__name__.lower().removesuffix("def")
            word = "an async" if word.startswith("async") else f"a {word}"
            raise SourceError(f"{word} statement is not understood here", statement.lineno, "Write it without.")
        before = len(self.recorder.records)
        try:
            work(statement, scope)
        finally:  # also where it returns
            if len(self.recorder.records) > before and not self.recorder.prefix:
                self._name_from_comment(statement, before)

    def _name_from_comment(self, statement: ast.stmt, before: int) -> None:
        """`x = F.relu(x)  # named relu1`, or the comment on the line above."""
        if isinstance(statement, ast.If | ast.For | ast.While):
            return
        comments = self.file.source.comments
        names: tuple[str, ...] = ()
        for line in range(statement.lineno - 1, (statement.end_lineno or statement.lineno) + 1):
            comment = comments.get(line)
            if comment is not None and (line >= statement.lineno or comment.alone):
                names = names_in_comment(comment.text) or names
        calls = [record for record in self.recorder.records[before:] if record.leaf is None]
        if len(calls) == len(names):
            for record, name in zip(calls, names, strict=True):
                record.name = name

    def _pass_over(self, statement: ast.stmt, scope: Scope, error: SourceError) -> None:
        """Note what was not understood; the names that it would have set or changed are not known from here on."""
        line = error.line or statement.lineno
        unknown = Opaque(f"line {line} is not understood ({error.problem})", line, error)
        receiver = scope.names.get("self")
        for node in ast.walk(statement):
            self.budget.spend(statement.lineno)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                scope.names[node.id] = unknown
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                self._forget(node, receiver, unknown, error)
            elif isinstance(node, ast.Attribute) and node.attr.startswith(_HOOKS):
                raise error
            elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
                self._forget_grown(node.value, receiver, scope, unknown)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GROWING:
                self._forget_grown(node.func.value, receiver, scope, unknown)
        self.recorder.note(line, f"Passed over: {error.problem}.")

    @staticmethod
    def _forget(node: ast.Attribute, receiver: Any, unknown: Opaque, error: SourceError) -> None:
        if isinstance(node.value, ast.Name) and node.value.id == "self" and isinstance(receiver, Instance):
            receiver.attributes[node.attr] = unknown
        elif node.attr not in ("data", "requires_grad"):
            raise error

    @staticmethod
    def _forget_grown(node: ast.expr, receiver: Any, scope: Scope, unknown: Opaque) -> None:
        if isinstance(node, ast.Name):
            if isinstance(receiver, Instance) and node.id == "self":
                receiver.attributes["forward"] = unknown
            scope.names[node.id] = unknown
        elif isinstance(node, ast.Attribute) and isinstance(receiver, Instance):
            receiver.attributes[node.attr] = unknown

    def assign(self, target: ast.expr, value: Any, scope: Scope) -> None:
        """target = value, also a, b = value and self.x = value."""
        line = target.lineno
        if isinstance(target, ast.Name):
            scope.names[target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target, value, scope)
        elif isinstance(target, ast.Attribute):
            owner = self.value(target.value, scope)
            if isinstance(owner, Instance):
                owner.attributes[target.attr] = value
            elif not (isinstance(owner, Leaf | LeafWeight | Opaque) and target.attr in ("data", "requires_grad")):
                raise SourceError(f"{target.attr} of {described(owner)} is changed, which is not followed", line, "Say it where the layer is made.")  # fmt: skip
        elif isinstance(target, ast.Subscript):
            self._put(target, value, scope)
        else:
            raise SourceError("this assignment is not understood", line, "Assign to one name at a time.")

    def _unpack(self, target: ast.Tuple | ast.List, value: Any, scope: Scope) -> None:
        line = target.lineno
        if isinstance(value, Opaque):
            for part in target.elts:
                self.assign(part, value, scope)
            return
        from trainers.source_functions import size_of
        from trainers.source_values import TensorShape

        if isinstance(value, TensorShape):
            value = size_of(value, slice(None), line)
        if isinstance(value, Tensor):
            raise SourceError("a layer's output is taken apart here, which no layer kind does", line, "Use it whole.")
        values = as_list(value, line)
        if len(values) != len(target.elts):
            raise SourceError(f"{len(target.elts)} names get {len(values)} values here", line, "Make both alike.")
        for part, one in zip(target.elts, values, strict=True):
            self.assign(part, one, scope)

    def _put(self, target: ast.Subscript, value: Any, scope: Scope) -> None:
        owner, index = self.value(target.value, scope), self.value(target.slice, scope)
        line = target.lineno
        if isinstance(owner, Container):
            names = list(owner.children)
            if type(index) is int and -len(names) <= index < len(names):
                index = names[index]
            if not isinstance(index, str):
                raise SourceError("there is no such layer to replace", line, "Use the number of one that is there.")
            owner.children[index] = value
        elif isinstance(owner, dict) and isinstance(index, str | int):
            owner[index] = value
            limited(owner, line)
        elif isinstance(owner, list) and type(index) is int and -len(owner) <= index < len(owner):
            owner[index] = value
        else:
            raise SourceError(f"a part of {described(owner)} is changed, which is not followed", line, "Make it anew.")

    def _expression(self, node: ast.Expr, scope: Scope) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring, or ...
            self.value(node.value, scope)

    def _assignment(self, node: ast.Assign, scope: Scope) -> None:
        value = self.value(node.value, scope)
        for target in node.targets:
            self.assign(target, value, scope)

    def _annotated(self, node: ast.AnnAssign, scope: Scope) -> None:
        if node.value is not None:
            self.assign(node.target, self.value(node.value, scope), scope)

    def _augmented(self, node: ast.AugAssign, scope: Scope) -> None:
        before = self.value(_as_load(node.target), scope)
        value = self.value(node.value, scope)
        if not isinstance(node.op, ast.Add):
            self.assign(node.target, calculated_or_refused(node.op, before, value, node.lineno), scope)
        elif isinstance(before, list):
            for entry in each(value, node.lineno):
                self.budget.spend(node.lineno)
                before.append(entry)
            limited(before, node.lineno)
        elif isinstance(before, Container):
            for entry in each(value, node.lineno):
                before.children[str(len(before.children))] = entry
        else:
            self.assign(node.target, self.summed([before, value], node.lineno), scope)

    def _if(self, node: ast.If, scope: Scope) -> None:
        holds = truth(self.value(node.test, scope), node.test.lineno)
        self.block(node.body if holds else node.orelse, scope)

    def _for(self, node: ast.For, scope: Scope) -> None:
        for entry in each(self.value(node.iter, scope), node.lineno):
            self.budget.spend(node.lineno)
            self.assign(node.target, entry, scope)
            try:
                self.block(node.body, scope)
            except _Continued:
                continue
            except _Broke:
                return
        self.block(node.orelse, scope)

    def _while(self, node: ast.While, scope: Scope) -> None:
        while truth(self.value(node.test, scope), node.lineno):
            self.budget.spend(node.lineno)
            try:
                self.block(node.body, scope)
            except _Continued:
                continue
            except _Broke:
                return
        self.block(node.orelse, scope)

    def _return(self, node: ast.Return, scope: Scope) -> None:
        value = None if node.value is None else self.value(node.value, scope)
        raise Returned(value)

    def _function(self, node: ast.FunctionDef, scope: Scope) -> None:
        scope.names[node.name] = Function(node, scope)

    def _raise(self, node: ast.Raise, scope: Scope) -> None:
        raise SourceError("with these values this raises an error", node.lineno, "Choose values that it takes.")

    def _break(self, node: ast.Break, scope: Scope) -> None:
        raise _Broke

    def _continue(self, node: ast.Continue, scope: Scope) -> None:
        raise _Continued


def calculated_or_refused(sign: ast.operator, left: Any, right: Any, line: int) -> Any:
    """left -= right and the like, for constants."""
    for value in (left, right):
        if isinstance(value, Tensor):
            raise SourceError("this sign between layers' outputs is no layer kind", line, "Add them, or join them by torch.cat.")  # fmt: skip
    return calculated(sign, left, right, line)


def _as_load(target: ast.expr) -> ast.expr:
    """The target of x += 1 as an expression: evaluation looks at no context."""
    return target
