"""Changes within a class of PyTorch source: arguments of one constructor, a layer more or less, lines of `forward`.

Works on the syntax tree and the text beside it, so that all else of the text stays as it was. Nothing is run.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import NamedTuple

from trainers.source_merging import merged
from trainers.source_network import SourceNetwork


class _Edit(NamedTuple):
    """What stands from `start` to `end` (offsets into the text) becomes `text`."""

    start: int
    end: int
    text: str


class SourceText:
    """A text, its tree and the class `name` in it. LookupError where there is no such class with __init__ and forward."""

    def __init__(self, text: str, tree: ast.Module, name: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.node = {one.name: one for one in tree.body if isinstance(one, ast.ClassDef)}[name]
        self.start = self._method("__init__")
        self.forward = self._method("forward")
        self.constructors = {
            target.attr: statement
            for statement in self.start.body
            if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call)
            for target in statement.targets
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)
        }
        self._offsets = [0]
        for line in self.lines:
            self._offsets.append(self._offsets[-1] + len(line) + 1)

    def _method(self, name: str) -> ast.FunctionDef:
        found = [one for one in self.node.body if isinstance(one, ast.FunctionDef) and one.name == name]
        if len(found) != 1:
            raise LookupError(name)
        return found[0]

    def offset(self, line: int, column: int) -> int:
        """Of a place that the tree names: lines from 1, columns in bytes."""
        before = self.lines[line - 1].encode()[:column].decode(errors="ignore")
        return self._offsets[line - 1] + len(before)

    def segment(self, node: ast.expr) -> str:
        """What stands in the text for an expression."""
        return self.text[slice(*self.span(node))]

    def span(self, node: ast.expr) -> tuple[int, int]:
        """From where to where an expression stands."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self.offset(node.lineno, node.col_offset), self.offset(end_line, end_column)

    def line_span(self, first: int, last: int) -> tuple[int, int]:
        """From the beginning of line `first` to that of the line behind `last`."""
        return self._offsets[first - 1], min(self._offsets[last], len(self.text))

    def line_of(self, node: ast.stmt) -> str:
        """All lines of a statement, with what else stands on them."""
        return self.text[slice(*self.line_span(node.lineno, node.end_lineno or node.lineno))].rstrip("\n")


class Classes:
    """The same class in a person's text (`mine`), as it would have been written for the drawing before, and for the one after."""

    def __init__(self, mine: SourceText, old: SourceText, fresh: SourceText) -> None:
        self._mine, self._old, self._fresh = self._all = (mine, old, fresh)

    def constructed(self) -> list[_Edit] | None:
        """What changes in __init__: arguments, layers that come and go; None where its layers are made otherwise."""
        mine, old, fresh = self._mine, self._old, self._fresh
        edits: list[_Edit] = []
        for name in old.constructors:
            if name not in mine.constructors:
                return None
            is_same = name in fresh.constructors and _call(fresh, name) == _call(old, name)
            if name not in fresh.constructors:
                edits.append(self._without(mine.constructors[name]))
            elif not is_same:
                span = mine.span(mine.constructors[name].value)
                edits.append(_Edit(*span, self._arguments_changed(name)))
        return edits + self._come()

    def _come(self) -> list[_Edit]:
        """Layers that are new, each behind the one that stands before it."""
        mine, texts = self._mine, defaultdict[int, list[str]](list)
        first = next(iter(mine.constructors.values()), None)
        place = first.lineno - 1 if first else mine.start.end_lineno or mine.start.lineno
        for name, statement in self._fresh.constructors.items():
            if name in mine.constructors:
                place = mine.constructors[name].end_lineno or mine.constructors[name].lineno
            elif name not in self._old.constructors:
                texts[place].append(" " * mine.start.body[0].col_offset + self._fresh.line_of(statement).strip())
        return [
            _Edit(*2 * (mine.line_span(line + 1, line)[0],), "".join(f"{text}\n" for text in some))
            for line, some in texts.items()
        ]

    def _without(self, statement: ast.stmt) -> _Edit:
        return _Edit(*self._mine.line_span(statement.lineno, statement.end_lineno or statement.lineno), "")

    def _arguments_changed(self, name: str) -> str:
        """The call of `name`'s constructor: arguments that the drawing does not change stay as they are written."""
        mine, old, fresh = self._mine, self._old, self._fresh
        own, was, becomes = (one.constructors[name].value for one in (mine, old, fresh))
        assert isinstance(own, ast.Call)
        assert isinstance(was, ast.Call)
        assert isinstance(becomes, ast.Call)
        title = _title(becomes.func)
        made = mine.segment(own.func)
        if _title(own.func) != title:
            made = f"{mine.segment(own.func.value)}.{title}" if isinstance(own.func, ast.Attribute) else f"nn.{title}"
        given, before, wanted = _arguments(mine, own), _arguments(old, was), _arguments(fresh, becomes)
        if before.keys() <= given.keys() and _title(own.func) == title:
            kept = {key: text for key, text in given.items() if key not in before}
            wanted = {key: given[key] if before.get(key) == text else text for key, text in wanted.items()} | kept
        parts = [text if isinstance(key, int) else f"{key}={text}" for key, text in wanted.items()]
        return f"{made}({', '.join(parts)})"

    def forward_lines(self, mine: SourceNetwork, old: SourceNetwork, fresh: SourceNetwork) -> list[_Edit]:
        """Lines of `forward` that apply the same layers in both, where the drawing changes how."""
        lines = {tuple(names): line for line, names in _by_line(mine).items()}
        before = {tuple(names): line for line, names in _by_line(old).items()}
        edits = []
        for line, names in _by_line(fresh).items():
            key = tuple(names)
            text = self._fresh.lines[line - 1].strip()
            if key in lines and key in before and _code(self._old.lines[before[key] - 1]) != _code(text):
                mine_line = self._mine.lines[lines[key] - 1]
                indent = mine_line[: len(mine_line) - len(mine_line.lstrip())]
                span = self._mine.line_span(lines[key], lines[key])
                edits.append(_Edit(*span, f"{indent}{_with_comment(text, mine_line)}\n"))
        return edits

    def forward_merged(self) -> list[_Edit]:
        """`forward` as the person wrote it, with the lines that the drawing changes, comes to have or loses."""
        spans = [one.line_span(one.forward.lineno, one.forward.end_lineno or one.forward.lineno) for one in self._all]
        mine, old, fresh = (
            one.text[first:last].rstrip("\n") for one, (first, last) in zip(self._all, spans, strict=True)
        )
        shift = self._mine.forward.col_offset - self._fresh.forward.col_offset
        theirs = [_shifted(text, shift).split("\n") for text in (old, fresh)]
        lines = merged(theirs[0], mine.split("\n"), theirs[1], keeps_mine=True)
        return [_Edit(*spans[0], "\n".join([*(lines or mine.split("\n")), ""]))]

    def forward_anew(self) -> list[_Edit]:
        """`forward` as it would be written for the drawing."""
        mine, fresh = self._mine.forward, self._fresh.forward
        shift = mine.col_offset - fresh.col_offset
        first, last = self._fresh.line_span(fresh.lineno, fresh.end_lineno or fresh.lineno)
        text = _shifted(self._fresh.text[first:last].rstrip("\n"), shift)
        return [_Edit(*self._mine.line_span(mine.lineno, mine.end_lineno or mine.lineno), f"{text}\n")]

    def lost(self, *, is_all: bool) -> str:
        """What is told where `forward`, or the class as a whole, is written anew."""
        node = self._mine.node if is_all else self._mine.forward
        first, last = self._mine.line_span(node.lineno, node.end_lineno or node.lineno)
        title = f"The class {self._fresh.node.name}" if is_all else "forward"
        comments = "; comments in it are gone" if "#" in self._mine.text[first:last] else ""
        return f"{title} is written anew{comments}."

    def joined(self, *edits: list[_Edit]) -> str:
        """The person's text with all that is to be changed."""
        text = self._mine.text
        for edit in sorted((one for some in edits for one in some), reverse=True):
            text = text[: edit.start] + edit.text + text[edit.end :]
        return text

    def anew(self) -> str:
        """The person's text with the whole class as it would be written for the drawing."""
        mine, fresh = self._mine.node, self._fresh.node
        first, last = self._fresh.line_span(fresh.lineno, fresh.end_lineno or fresh.lineno)
        span = self._mine.line_span(mine.lineno, mine.end_lineno or mine.lineno)
        return self.joined([_Edit(*span, self._fresh.text[first:last].rstrip("\n") + "\n")])


def _call(source: SourceText, name: str) -> str:
    return source.segment(source.constructors[name].value)


def _title(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _arguments(source: SourceText, call: ast.Call) -> dict[int | str, str]:
    """By place or name what stands there."""
    given: dict[int | str, str] = {number: source.segment(one) for number, one in enumerate(call.args)}
    given |= {one.arg or "**": source.segment(one.value) for one in call.keywords}
    return given


def _by_line(read: SourceNetwork) -> dict[int, list[str]]:
    """By line of `forward` the layers that it applies."""
    lines: dict[int, list[str]] = {}
    for name, place in read.lines.items():
        lines.setdefault(place.used, []).append(name)
    return lines


def _code(line: str) -> str:
    """The line without the comment behind it, which tells the shape."""
    return line.partition("  # ")[0].strip()


def _with_comment(text: str, before: str) -> str:
    """The new line with the comment that a person wrote behind the one before, unless it has one of its own."""
    mark = before.find("  # ")
    return f"{text}{before[mark:]}" if mark >= 0 and "#" not in text else text


def _shifted(text: str, columns: int) -> str:
    if columns >= 0:
        return "\n".join(" " * columns + line if line else line for line in text.split("\n"))
    return "\n".join(line[min(-columns, len(line) - len(line.lstrip())) :] for line in text.split("\n"))
