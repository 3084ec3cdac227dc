"""Counts what an ONNX file is made of before it is parsed: 20 MB of empty nodes became 1.5 GB of objects. Imports onnx."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache
from mmap import mmap
from typing import Any

import onnx

from trainers.network_graph import NetworkInputError

MAX_PARTS = 300_000  # a ResNet-152 has 13,000
MAX_NUMBERS = (
    2**29
)  # as many as the largest file holds in single precision; packed to half a byte they take an eighth of it


def refuse_crowded(data: bytes | mmap) -> None:
    """Raise BadInput, without the file's name, where the message has too many parts. What is torn is left to the parser."""
    parts = 0
    waiting: list[tuple[int, int, Any]] = [(0, len(data), onnx.ModelProto.DESCRIPTOR)]
    try:
        while waiting:
            at, end, kind = waiting.pop()
            inner = _messages(kind)
            while at < end:
                parts += 1
                if parts > MAX_PARTS:
                    raise NetworkInputError("it has more parts than a drawing could have.", "Export a smaller model.")
                tag, at = _varint(data, at)
                wire = tag & 7
                if wire == 0:
                    _, at = _varint(data, at)
                elif wire == 2:
                    size, at = _varint(data, at)
                    if tag >> 3 in inner:
                        waiting.append((at, at + size, inner[tag >> 3]))
                    at += size
                elif wire in (1, 5):
                    at += 8 if wire == 1 else 4
                else:
                    return
    except IndexError:
        return


def refuse_too_many_numbers(tensors: Iterable[onnx.TensorProto]) -> None:
    """Raise BadInput, without the file's name, where tensors declare more numbers together than may be unpacked."""
    if sum(math.prod(tensor.dims) for tensor in tensors if min(tensor.dims, default=1) > 0) > MAX_NUMBERS:
        raise NetworkInputError(f"its tensors declare more than {MAX_NUMBERS:,} numbers.", "Give a smaller model.")


def all_tensors(graph: onnx.GraphProto) -> Iterable[onnx.TensorProto]:
    """Those that reading the graph may unpack: initializers, and constants of its nodes."""
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t


def _varint(data: bytes | mmap, at: int) -> tuple[int, int]:
    """A number and where the next field begins. IndexError at the end of the data."""
    value = shift = 0
    while (byte := data[at]) > 127 and shift < 63:
        value |= (byte & 127) << shift
        shift += 7
        at += 1
    return value | byte << shift, at + 1


@cache
def _messages(kind: Any) -> Mapping[int, Any]:
    """Numbers of those fields of a message that hold messages."""
    return {field.number: field.message_type for field in kind.fields if field.message_type is not None}
