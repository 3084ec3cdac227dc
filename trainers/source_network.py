"""PyTorch source -> NetworkGraph: which class, which input shape, what is to be said about which line.

The source is parsed and followed, never run. Imports neither torch nor the window.
"""

from __future__ import annotations

import ast
import math
from typing import Any

import msgspec

from trainers.layer_catalog import analyse
from trainers.layer_kind import MAX_ELEMENTS, shape_text, what_it_is
from trainers.network_graph import NetworkError, NetworkGraph, Shape
from trainers.source_example import example_in
from trainers.source_expressions import MAX_STEPS, Budget
from trainers.source_file import SourceFile
from trainers.source_names import names_in_comment
from trainers.source_reader import Reader
from trainers.source_recorder import FirstMeets, Recorder, SizeMisfit, SourceLines
from trainers.source_text import Note, SourceError, SourceLimit, checked
from trainers.source_values import (
    ClassValue,
    Container,
    Function,
    Instance,
    Leaf,
    Library,
    Opaque,
    Scope,
    Tensor,
    described,
)

SIDES = (28, 32, 224, 64, 96, 128, 227, 256, 299, 48, 16)  # of pictures that data sets have, the commonest first
LARGEST_SIDE = 1024
NEIGHBOURS = 8  # sides to each side that are tried, to say which fit as well
_ROOTS = ("torch.nn.Module", "torch.nn.Sequential")
_EXAMPLE: Shape = (1, 28, 28)
_STEPS = 28  # of a sequence, where an example is given: the rows of a digit


class SourceNetwork(msgspec.Struct, frozen=True):
    """What source gives. notes: what a person should know, by line; lines: where each layer stands."""

    graph: NetworkGraph
    notes: tuple[Note, ...]
    lines: dict[str, SourceLines]


class ShapeAsked(SourceError):
    """Source that says nowhere how large its input is. example: a shape that fits, or one to begin with."""

    def __init__(self, example: Shape) -> None:
        text = "x".join(str(size) for size in example)
        fix = f"Add --input CxHxW, for example --input {text}."
        super().__init__("the source does not say how large its input is", fix=fix)
        self.example = example

    def within(self, where: str, notes: tuple[Note, ...] = ()) -> SourceError:
        """The same, naming the file, with what had been marked."""
        asked = ShapeAsked(self.example)
        SourceError.__init__(asked, self.problem, self.line, self.way_out, self.notes or notes, where)
        return asked


def read_source(
    text: str,
    input_shape: Shape | None = None,
    name: str | None = None,
    *,
    drawn_shape: Shape | None = None,
    fits_sizes: bool = False,
) -> SourceNetwork:
    """The network of a class (or nn.Sequential, or function) in PyTorch source; raises SourceError with line and way out.

    input_shape: of one sample; where None it is taken from an example at the file's end, or solved from the first dense layer
    behind a flatten. drawn_shape: taken where the source leaves a choice and this one fits. name: which class; else the one
    that no other uses, else the last. fits_sizes: layers take what comes in, whatever they state. Raises ShapeAsked where nothing says the input's shape.
    """
    try:
        return _Reading(SourceFile(checked(text)), name, fits_sizes).network(input_shape, drawn_shape)
    except RecursionError as error:
        raise SourceLimit("the source is nested too deeply", fix="Write it in several statements.") from error


def network_names(text: str) -> tuple[tuple[str, ...], str]:
    """The classes of a source that are made from nn.Module, in its order, and the one that is read where none is named."""
    try:
        reading = _Reading(SourceFile(checked(text)), None)
        return tuple(reading.modules()), reading.chosen()
    except (SourceError, RecursionError):
        return (), ""


class _Attempt(msgspec.Struct):
    recorder: Recorder
    last: int
    title: str
    is_stated: bool = False  # the source itself says the input's shape


class _Reading:
    """Reads one file, once for each input shape that is tried, within one budget."""

    def __init__(self, file: SourceFile, name: str | None, fits_sizes: bool = False) -> None:
        self._file = file
        self._fits_sizes = fits_sizes
        self._name = name
        self._budget = Budget()
        self._recorder = Recorder(None)

    def network(self, input_shape: Shape | None, drawn_shape: Shape | None) -> SourceNetwork:
        if input_shape is not None:
            try:
                attempt = self._attempt(input_shape)
            except SourceError as error:
                raise error.within("", self._recorder.notes) from error
        else:
            attempt = self._solved() if drawn_shape is None else self._solved_as(drawn_shape)
        return _finished(attempt)

    def _solved_as(self, drawn: Shape) -> _Attempt:
        """As `_solved`, but with the drawing's shape where the source leaves a choice and that one fits."""
        try:
            attempt: _Attempt | None = self._solved()
        except SourceLimit:
            raise
        except SourceError:
            attempt = None  # what is wrong is said for the drawing's shape
        if attempt is not None and (attempt.is_stated or attempt.recorder.records[0].shape == drawn):
            return attempt
        try:
            as_drawn = self._attempt(drawn)
        except SourceError as error:
            if attempt is None:
                raise error.within("", self._recorder.notes) from error
            return attempt
        self._say(as_drawn, drawn, "as it is drawn")
        return as_drawn

    def _attempt(self, shape: Shape | None) -> _Attempt:
        """Follow the source for one input shape (None: as far as it goes without)."""
        recorder = Recorder(shape, fits_sizes=self._fits_sizes)
        reader = Reader(self._file, recorder, self._budget)
        try:
            root, title, line = self._root(reader)
            _name_modules(root, recorder)
            self._name_input(root, recorder)
            result = reader.invoke(root, [recorder.input], {}, line, Scope())
        finally:
            self._recorder = recorder
        if isinstance(result, Opaque):
            raise result.refused("what forward gives is not known", line)
        if not isinstance(result, Tensor):
            what = f"{len(result)} outputs" if isinstance(result, tuple | list) else described(result)
            fix = "Return one layer's output."
            raise SourceError(
                f"forward gives {what}, but a network in a drawing has one", _forward_line(root) or line, fix
            )
        return _Attempt(recorder, result.index, title)

    def _root(self, reader: Reader) -> tuple[Any, str, int]:
        """The module to be read, made with the defaults of its constructor."""
        name = self._name or self.chosen(reader)
        definition = self._file.definitions.get(name)
        if not isinstance(definition, ast.stmt):
            raise SourceError(f"the file defines no {name[:40]}", fix=f"It defines {', '.join(self._file.classes) or 'no class'}.")  # fmt: skip
        value = reader.named(name, Scope(), definition.lineno)
        if isinstance(value, ClassValue | Function):
            try:
                value = reader.invoke(value, [], {}, definition.lineno, Scope())
            except SourceError as error:
                raise self._with_makers(error, name) from error
        if not isinstance(value, Instance | Container | Leaf):
            raise SourceError(f"{name[:40]} is {described(value)}, not a network", definition.lineno, "Name a class.")
        return value, name, definition.lineno

    def _with_makers(self, error: SourceError, name: str) -> SourceError:
        """A class without defaults is made by functions of the file: say which."""
        if "does not get its" not in error.problem or name not in self._file.classes:
            return error
        makers = [maker for maker in self._file.functions if not maker.startswith("_")]
        fix = f"Give it a default, or name a function that makes it, such as FILE.py:{makers[0]}." if makers else error.way_out  # fmt: skip
        return SourceError(error.problem, self._file.classes[name].lineno, fix, error.notes)

    def chosen(self, reader: Reader | None = None) -> str:
        """The class that no other class uses, else the last; where there is none, an nn.Sequential at the top."""
        modules = self.modules(reader)
        used = {
            node.id
            for name in modules
            for node in ast.walk(self._file.classes[name])
            if isinstance(node, ast.Name) and node.id != name
        }
        free = [name for name in modules if name not in used]
        if modules:
            return (free or modules)[-1]
        for name, definition in reversed(self._file.definitions.items()):
            if isinstance(definition, ast.Assign) and isinstance(definition.value, ast.Call):
                called = definition.value.func
                if (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) == "Sequential":
                    return name
        raise SourceError("the source has no class made from nn.Module", fix="Give a file with one, or paste one.")

    def modules(self, reader: Reader | None = None) -> list[str]:
        """The classes made from nn.Module, in the order of the file."""
        looked = reader or Reader(self._file, self._recorder, self._budget)
        return [name for name, node in self._file.classes.items() if self._is_module(looked, node, name)]

    def _is_module(self, reader: Reader, node: ast.ClassDef, name: str) -> bool:
        try:
            value = reader.named(name, Scope(), node.lineno)
        except SourceLimit:
            raise
        except SourceError:
            return False
        for _ in range(40):
            value = value.base if isinstance(value, ClassValue) else value
        return isinstance(value, Library) and value.path in _ROOTS

    def _name_input(self, root: Any, recorder: Recorder) -> None:
        """`def forward(self, x):  # named image`"""
        line = _forward_line(root)
        if line is None:
            return
        recorder.records[0].line = line
        comment = self._file.source.comments.get(line)
        names = names_in_comment(comment.text) if comment else ()
        if len(names) == 1:
            recorder.records[0].name = names[0]

    def _solved(self) -> _Attempt:
        """The input's shape from an example, or from what the input meets first and the first dense layer takes."""
        example = example_in(self._file.source.tree)
        if example is not None:
            try:
                attempt = self._attempt(example[0])
            except (SizeMisfit, FirstMeets):
                pass
            else:
                said = f"The input is {shape_text(example[0])}, as in this example."
                attempt.recorder.note(example[1], said, is_plain=True)
                attempt.is_stated = True
                return attempt
        try:
            self._attempt(None)
        except FirstMeets as met:
            if met.what == "picture" and met.size:
                return self._solved_picture(met.size)
            if met.what in ("flat", "vector") and met.size:
                return self._solved_vector(met.size, met.what)
            if met.what in ("steps", "words"):
                raise ShapeAsked((_STEPS, met.size) if isinstance(met.size, int) else (_STEPS,)) from met
        except SourceError as error:
            raise error.within("", self._recorder.notes) from error
        raise ShapeAsked(_EXAMPLE)

    def _solved_vector(self, size: int, what: str) -> _Attempt:
        shapes: list[Shape] = [(size,)]
        if what == "flat":
            squares = [(channels, math.isqrt(size // channels)) for channels in (1, 3) if size % channels == 0]
            shapes = [(channels, side, side) for channels, side in squares if side > 1 and channels * side**2 == size] + shapes  # fmt: skip
        error: SourceError | None = None
        for shape in shapes:
            try:
                attempt = self._attempt(shape)
            except SourceError as refused:
                error = error or refused.within("", self._recorder.notes)
            else:
                self._say(attempt, shape, f"as {size:,} numbers go into the first dense layer")
                return attempt
        if what == "vector" and self._fits((_STEPS, size)):  # a layer after it wants a sequence
            raise ShapeAsked((_STEPS, size))
        raise error or ShapeAsked(_EXAMPLE)

    def _solved_picture(self, channels: int) -> _Attempt:
        low, high = 1, LARGEST_SIDE
        sides = [side for side in SIDES if channels * side * side <= MAX_ELEMENTS]
        error: SourceError | None = None
        while low <= high:
            side = next((side for side in sides if low <= side <= high), (low + high) // 2)
            sides = [other for other in sides if other != side]
            try:
                attempt = self._attempt((channels, side, side))
            except SizeMisfit as misfit:
                error = error or misfit.within("", self._recorder.notes)
                if misfit.direction == 0 and not sides:
                    break
                low, high = (side + 1, high) if misfit.direction > 0 else (low, side - 1) if misfit.direction < 0 else (low, high)  # fmt: skip
            except SourceError as refused:
                raise refused.within("", self._recorder.notes) from refused
            else:
                if self._fits((channels, 2 * side + 1, 2 * side + 1)):
                    raise ShapeAsked((channels, side, side))
                self._say(attempt, (channels, side, side), f"solved from the first dense layer{self._others(channels, side)}")  # fmt: skip
                return attempt
        assert error is not None
        raise SourceError(f"with the input that comes nearest, {channels}×{SIDES[0]}×{SIDES[0]}, {error.problem}", error.line, error.way_out, error.notes)  # fmt: skip

    def _fits(self, shape: Shape) -> bool:
        try:
            self._attempt(shape)
        except SourceLimit:
            raise
        except SourceError:
            return False
        return True

    def _others(self, channels: int, side: int) -> str:
        """'; sides of 28 to 31 fit' where others fit as well and looking for them is cheap."""
        if self._budget.left < MAX_STEPS // 2:
            return ""
        least = most = side
        for _ in range(NEIGHBOURS):
            if least > 1 and self._fits((channels, least - 1, least - 1)):
                least -= 1
            if self._fits((channels, most + 1, most + 1)):
                most += 1
        return f"; sides of {least} to {most} fit" if least != most else ""

    def _say(self, attempt: _Attempt, shape: Shape, why: str) -> None:
        attempt.recorder.note(attempt.recorder.records[0].line, f"The input is taken as {what_it_is(shape)}, {why}.")


def _forward_line(root: Any) -> int | None:
    if not isinstance(root, Instance):
        return None
    looked: Any = root.made_of
    for _ in range(40):
        if not isinstance(looked, ClassValue):
            return None
        if "forward" in looked.members:
            return looked.members["forward"].lineno
        looked = looked.base
    return None


def _name_modules(root: Any, recorder: Recorder) -> None:
    """Give each module its path: layer1_0_conv1 for self.layer1[0].conv1; the first one where it has several."""
    waiting: list[tuple[str, Any]] = [("", root)]
    seen: set[int] = set()
    while waiting:
        path, value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        children: dict[str, Any] = {}
        if isinstance(value, Leaf | Container | Instance):
            value.path = path or ("layer" if isinstance(value, Leaf) else "")
        if isinstance(value, Instance):
            children = value.attributes
        elif isinstance(value, Container):
            children = value.children
        elif isinstance(value, list | tuple) and any(isinstance(one, Leaf | Instance | Container) for one in value):
            children = {str(index): one for index, one in enumerate(value)}
            line = next(one.line for one in value if isinstance(one, Leaf | Instance | Container))
            recorder.note(line, f"{path or 'A list'} is a plain list, whose layers PyTorch would not train; it is read as nn.ModuleList.")  # fmt: skip
        elif isinstance(value, dict):
            children = {str(key): one for key, one in value.items()}
        parts = [(f"{path}_{name}" if path else str(name), child) for name, child in children.items()]
        waiting.extend(reversed(parts))


def _finished(attempt: _Attempt) -> SourceNetwork:
    """The graph checked as a whole, so that what the recorder let pass is refused here with a line."""
    recorder, last = attempt.recorder, attempt.last
    lines = recorder.lines(last)
    graph = recorder.graph(last, attempt.title)
    try:
        analyse(graph)
    except NetworkError as error:
        line = lines[error.layer].used if error.layer in lines else None
        raise SourceError(str(error).rstrip(".;:"), line, error.fix, recorder.notes) from error
    left_out = set(range(len(recorder.records))) - set(recorder.ancestors(last))
    for index in sorted(left_out):
        record = recorder.records[index]
        recorder.note(record.line, f"What this {record.kind} gives is not used, so it is left out.")
    return SourceNetwork(graph, tuple(sorted(recorder.notes, key=lambda note: note.line)), lines)
