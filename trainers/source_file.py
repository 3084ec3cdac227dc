"""What a file of PyTorch source defines at its top: imports, classes, functions, constants; each looked at only when it is needed.

Nothing is run: loops, calls and `if __name__ == "__main__"` at the top are passed over. Imports neither torch nor the window.
"""

from __future__ import annotations

import ast

from trainers.source_curves import known_again
from trainers.source_text import CheckedSource
from trainers.source_values import Library, Opaque, OwnCurve

_USUAL = {"torch": "torch", "nn": "torch.nn", "F": "torch.nn.functional", "OrderedDict": "collections.OrderedDict", "math": "math"}  # fmt: skip
_KNOWN_ROOTS = ("torch", "collections", "functools", "math", "typing")


class SourceFile:
    """The names at the top of a file. definitions: the statement of each; classes and functions: in the order of the file."""

    def __init__(self, source: CheckedSource) -> None:
        self.source = source
        self.definitions: dict[str, ast.stmt | Library | Opaque] = {}
        self.classes: dict[str, ast.ClassDef] = {}
        self.functions: dict[str, ast.FunctionDef] = {}
        self._lines = source.text.split("\n")
        self._note(source.tree.body)

    def _note(self, body: list[ast.stmt]) -> None:
        for statement in body:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                self.definitions.update(imported(statement))
            elif isinstance(statement, ast.ClassDef):
                self.classes[statement.name] = statement
                self.definitions[statement.name] = statement
            elif isinstance(statement, ast.FunctionDef):
                self.functions[statement.name] = statement
                self.definitions[statement.name] = statement
            elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
                self._assigned(statement)
            elif isinstance(statement, ast.Try):
                self._note(statement.body)

    def _assigned(self, statement: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            if isinstance(target, ast.Name):
                known = self.definitions.get(target.id)
                if isinstance(statement, ast.AugAssign) or (isinstance(known, ast.stmt) and known is not statement):
                    reason = f"{target.id} is changed at the top of the file"
                    self.definitions[target.id] = Opaque(reason, statement.lineno)
                else:
                    self.definitions[target.id] = statement

    def usual(self, name: str) -> Library | None:
        """What nn, F and torch mean where the file imports nothing."""
        return Library(_USUAL[name]) if name in _USUAL else None

    def own_curve(self, node: ast.FunctionDef) -> OwnCurve | None:
        """The layer that Hillock wrote this function for, if the function still does what it wrote."""
        end = node.end_lineno or node.lineno
        comments = [one.text for line in range(node.lineno, end + 1) if (one := self.source.comments.get(line))]
        if not comments:
            return None
        known = known_again(node.name, "\n".join(self._lines[node.lineno - 1 : end]), comments)
        return OwnCurve(*known, node.lineno) if known else None


def imported(statement: ast.Import | ast.ImportFrom) -> dict[str, Library | Opaque]:
    """The names that an import gives: of torch and of Python's own library by their paths, others unknown."""
    names: dict[str, Library | Opaque] = {}
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            whole = alias.name if alias.asname else alias.name.partition(".")[0]
            names[alias.asname or whole] = _library(whole, statement.lineno)
        return names
    module = "." * statement.level + (statement.module or "")
    for alias in statement.names:
        if alias.name != "*":
            names[alias.asname or alias.name] = _library(f"{module}.{alias.name}", statement.lineno)
    return names


def _library(path: str, line: int) -> Library | Opaque:
    if path.partition(".")[0] in _KNOWN_ROOTS:
        return Library(path)
    return Opaque(f"{path[:60]} comes from another file, which is not read", line)
