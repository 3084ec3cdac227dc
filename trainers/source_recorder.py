"""Layers in the order in which PyTorch source applies them, with shapes as far as the input's is known, and their names.

Plain arithmetic; imports neither torch nor the window.
"""

from __future__ import annotations

import math

import msgspec

from trainers.layer_catalog import LAYER_KINDS, analyse
from trainers.layer_kind import MAX_ELEMENTS, Misfit, Site, read_values, shape_text, what_it_is
from trainers.network_graph import (
    MAX_LAYERS,
    Layer,
    Link,
    NetworkError,
    NetworkGraph,
    Parameter,
    Shape,
)
from trainers.source_names import Namer, block_of, default_input_name, default_names, valid_name
from trainers.source_text import Note, SourceError, SourceLimit
from trainers.source_values import FLAT, Leaf, Special, Tensor

_POOLS = ("max_pool", "average_pool", "adaptive_average_pool", "adaptive_max_pool")


class FirstMeets(Exception):
    """What an input of unknown shape meets first: "picture" of so many channels, "flat" or "vector" of so many numbers,
    "steps" of so many features, "words", "other".
    """

    def __init__(self, what: str, size: int | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.size = size


class SizeMisfit(SourceError):
    """A size that comes of the input's does not fit. direction: 1 where the input should be larger, -1 where smaller."""

    direction = 0


class SourceLines(msgspec.Struct, frozen=True):
    """Where a layer stands in the source, lines from 1. made: the line of its constructor, None where it has none."""

    used: int
    made: int | None = None


class Record(msgspec.Struct):
    """One layer as it was met. name: given by a comment; prefix: path of the block whose forward applies it."""

    kind: str
    parameters: dict[str, Parameter]
    sources: tuple[int, ...]
    shape: Shape | None
    line: int
    leaf: Leaf | None = None
    prefix: str = ""
    name: str | None = None
    uses: int = 0


class Recorder:
    """Collects layers. prefix: path of the block that is being read; noted: what is to be said about lines.

    fits_sizes: a layer takes what comes in, whatever its arguments say.
    """

    def __init__(self, input_shape: Shape | None, *, fits_sizes: bool = False) -> None:
        parameters: dict[str, Parameter] = {"shape": input_shape} if input_shape else {}
        self.records = [Record("input", parameters, (), input_shape, 1)]
        self.noted: dict[Note, None] = {}
        self.prefix = ""
        self.fits_sizes = fits_sizes
        self.used: set[int] = set()  # modules with weights that were applied, by id

    @property
    def input(self) -> Tensor:
        """What forward gets."""
        return Tensor(0, self.records[0].shape)

    def note(self, line: int, sentence: str, *, is_plain: bool = False) -> None:
        """Say something about a line, once; is_plain: the line says it itself."""
        self.noted[Note(line, sentence, is_plain)] = None

    @property
    def notes(self) -> tuple[Note, ...]:
        """What has been said so far."""
        return tuple(self.noted)

    def apply(
        self,
        kind: str,
        parameters: dict[str, Parameter],
        tensors: list[Tensor],
        line: int,
        leaf: Leaf | None = None,
    ) -> Tensor:
        """Put a layer behind `tensors`; raises SourceError where it does not fit, FirstMeets where that is not known yet."""
        if len(self.records) >= MAX_LAYERS:
            raise SourceLimit(f"the network has more than {MAX_LAYERS:,} layers", line, "Draw a smaller one.")
        kept = leaf if leaf is not None and leaf.path else None  # nn.ReLU()(x) is a call like F.relu(x)
        sources = tuple(tensor.index for tensor in tensors)
        record = Record(kind, dict(parameters), sources, None, line, kept, self.prefix)
        if self.fits_sizes:
            record.parameters.pop("inputs", None)
        self.records.append(record)
        record.shape = self._shape(record, [tensor.shape for tensor in tensors])
        for source in record.sources:
            self.records[source].uses += 1
        return Tensor(len(self.records) - 1, record.shape)

    def _shape(self, record: Record, shapes: list[Shape | None]) -> Shape | None:
        kind = LAYER_KINDS[record.kind]
        try:
            values = read_values(kind, Layer(self._name_of(record), record.kind, record.parameters))
            if any(shape is None or shape == FLAT for shape in shapes):
                return _unknown(record, shapes)
            inputs = tuple(shape for shape in shapes if shape is not None)
            if record.leaf is not None and not self.fits_sizes:
                _check_stated(record, inputs[0])
            shape = kind.rule(Site("", values, inputs)).shape
        except Misfit as misfit:
            raise self._misfit(record, inputs, misfit) from misfit
        except NetworkError as error:
            raise SourceError(str(error).rstrip(".;:"), record.line, error.fix) from error
        if math.prod(shape) > MAX_ELEMENTS:
            raise SourceLimit(
                f"this layer would give {shape_text(shape)} numbers for one sample", record.line, "Make it smaller."
            )
        return shape

    def replace(self, tensor: Tensor, kind: str, parameters: dict[str, Parameter], shape: Shape, line: int) -> Tensor:
        """Make another layer of the one behind `tensor`, which nothing else may use."""
        record = self.records[tensor.index]
        if record.uses:
            raise SourceError("part of this is used here and the whole elsewhere, which no layer does", line)
        record.kind, record.parameters, record.shape = kind, parameters, shape
        return Tensor(tensor.index, shape)

    def _misfit(self, record: Record, inputs: tuple[Shape, ...], misfit: Misfit) -> SourceError:
        """The catalogue's own explanation, which traces sizes back, at the line of the layer."""
        index = next(index for index, one in enumerate(self.records) if one is record)
        problem, fix = f"{self._name_of(record)} {misfit.problem}", misfit.fix
        try:
            analyse(self.graph(index, keeps_inputs=True))
        except NetworkError as error:
            problem, fix = str(error).rstrip(".;:"), error.fix
        raised = SizeMisfit(problem, record.line, fix)
        if misfit.wanted is not None:
            raised.direction = 1 if misfit.wanted > inputs[0][-1] else -1
        elif record.kind in ("conv2d", *_POOLS) and any(axis > 0 for _, axis in misfit.blame):
            raised.direction = 1
        return raised

    def _name_of(self, record: Record) -> str:
        if record.leaf is not None and record.leaf.path:
            return valid_name(record.leaf.path)
        return record.kind

    def ancestors(self, last: int) -> list[int]:
        """Indices of the records that the last one needs, itself included, in order; the input always."""
        needed = {0, last}
        for index in range(last, 0, -1):
            if index in needed:
                needed.update(self.records[index].sources)
        return sorted(needed)

    def names(self, indices: list[int]) -> dict[int, str]:
        """A name for each of these records: of its module, of a comment, or one that says its kind."""
        namer = Namer()
        names: dict[int, str] = {}
        for index in indices:
            record = self.records[index]
            wanted = record.leaf.path if record.leaf is not None else record.name
            if wanted:
                names[index] = namer.name(wanted)
        calls = [index for index in indices if index and self.records[index].leaf is None]
        modules = {names[index] for index in indices if index in names and self.records[index].leaf is not None}
        made = default_names(self._blocks(indices), modules)
        for index, name in zip(calls, made, strict=True):
            if index not in names:
                names[index] = namer.name(name)
        if 0 not in names:
            names[0] = namer.name(default_input_name(self.records[0].shape or ()))
        return names

    def _blocks(self, indices: list[int]) -> list[tuple[str, str]]:
        """For each call the block whose forward it stands in, else that of the module that ran last; and its kind."""
        calls, block = [], ""
        for index in indices[1:]:
            record = self.records[index]
            if record.leaf is not None:
                block = block_of(valid_name(record.leaf.path))
            else:
                calls.append((record.prefix or block, record.kind))
        return calls

    def graph(self, last: int, name: str = "network", keeps_inputs: bool = False) -> NetworkGraph:
        """The network that ends at record `last`."""
        indices = self.ancestors(last)
        names = self.names(indices)
        layers, links = [], []
        for index in indices:
            record = self.records[index]
            parameters = {key: value for key, value in record.parameters.items() if key != "inputs" or keeps_inputs}
            layers.append(Layer(names[index], record.kind, parameters))
            links += [Link(names[source], names[index]) for source in record.sources]
        return NetworkGraph(name, tuple(layers), tuple(links), name)

    def lines(self, last: int) -> dict[str, SourceLines]:
        """By layer name where it stands."""
        indices = self.ancestors(last)
        return {
            name: SourceLines(record.line, record.leaf.line if record.leaf else None)
            for index, name in self.names(indices).items()
            if (record := self.records[index])
        }


def _unknown(record: Record, shapes: list[Shape | None]) -> Shape | None:
    """The shape behind one that is not known: the same, or FirstMeets."""
    kind = record.kind
    stated = record.parameters.get("inputs")
    size = stated if isinstance(stated, int) else None
    if kind == "conv2d":
        raise FirstMeets("picture", size)
    if kind == "dense":
        raise FirstMeets("flat" if FLAT in shapes else "vector", size)
    if kind == "batch_norm" and record.leaf is not None and record.leaf.stated:
        rank, channels = record.leaf.stated
        raise FirstMeets("picture" if rank == 3 else "flat" if FLAT in shapes else "vector", channels)
    if kind in ("recurrent", "lstm", "gru", "self_attention") and record.leaf is not None and record.leaf.stated:
        raise FirstMeets("steps", record.leaf.stated[0])
    if kind == "embedding":
        raise FirstMeets("words")
    if kind == "flatten":
        return FLAT
    if kind == "reshape":
        shape = record.parameters["shape"]
        assert isinstance(shape, tuple)
        raise FirstMeets("flat", int(math.prod(shape)))
    if LAYER_KINDS[kind].is_elementwise or (kind in ("dropout", "max_pool", "average_pool") and None in shapes):
        return shapes[0]
    raise FirstMeets("other")


def _check_stated(record: Record, shape: Shape) -> None:
    """What the module's arguments say of its input; raises Misfit."""
    leaf = record.leaf
    if leaf is None or not leaf.stated:
        return
    if record.kind == "batch_norm":
        rank, channels = leaf.stated
        if len(shape) != rank:
            raise Misfit(f"(nn.{leaf.title}) cannot take {what_it_is(shape)}")
        if channels not in (shape[0], Special.UNUSED):
            raise Misfit(f"normalises {channels} channels, but gets {shape[0]}", f"Write {shape[0]}.", ((0, 0),))
    elif record.kind == "layer_norm":
        wanted = shape[-1:] if len(shape) <= 2 else shape
        if leaf.stated != wanted:
            said, fits = shape_text(leaf.stated), shape_text(wanted)
            raise Misfit(f"normalises {said} numbers, but a layer norm of {what_it_is(shape)} takes {fits}")
    elif shape[-1] != leaf.stated[0]:
        fix = f"Write {shape[-1]}."
        raise Misfit(f"takes {leaf.stated[0]} features, but gets {shape[-1]}", fix, ((0, len(shape) - 1),))
