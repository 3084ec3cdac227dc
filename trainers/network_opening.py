"""Whatever NETWORK may name, as a graph: a preset, a saved network, `torchvision:NAME`, a Python or an ONNX file.

Imports neither torch nor the window; what reads one kind of file is loaded when there is one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from trainers.network_files import load_network, shortened
from trainers.network_graph import NetworkGraph, NetworkInputError, Shape

if TYPE_CHECKING:
    from trainers.source_text import Note

_SOURCE = re.compile(r".+\.py(?::\w*)?", re.IGNORECASE | re.DOTALL)
_TORCHVISION = "torchvision:"


class OpenedNetwork(msgspec.Struct, frozen=True):
    """What there was to open. notes: what a person should know about lines of Python source."""

    graph: NetworkGraph
    notes: tuple[Note, ...] = ()

    def said(self) -> tuple[str, ...]:
        """The notes as sentences."""
        return tuple(f"Line {note.line}: {note.sentence}" for note in self.notes)


def is_source(reference: str) -> bool:
    """Whether it names Python source: FILE.py, or FILE.py:NAME for one class of several."""
    return _SOURCE.fullmatch(reference) is not None


def is_onnx(reference: str) -> bool:
    """Whether it names an ONNX file."""
    return reference.lower().endswith(".onnx")


def open_network(reference: str, input_shape: Shape | None = None) -> OpenedNetwork:
    """The network that `reference` names; raises BadInput in one sentence. Python source is parsed and never run.

    input_shape: of one sample, for Python source, torchvision's models and ONNX files; other networks state theirs.
    """
    if is_source(reference):
        from trainers.source_opening import load_source

        source = load_source(reference, input_shape)
        return OpenedNetwork(source.graph, source.notes)
    if reference.startswith(_TORCHVISION):
        from trainers.torchvision_networks import torchvision_network

        return OpenedNetwork(torchvision_network(reference.removeprefix(_TORCHVISION), input_shape))
    if is_onnx(reference):
        from trainers.onnx_import import read_onnx

        return OpenedNetwork(read_onnx(reference, input_shape).graph)
    if input_shape is not None:
        raise NetworkInputError(f"{shortened(reference)} states its own input.", "Leave --input out.")
    return OpenedNetwork(load_network(reference))


def shape_of(text: str | None) -> Shape | None:
    """(1, 28, 28) of '1x28x28'; raises NetworkInputError for what is no shape."""
    if text is None:
        return None
    sizes = re.split(r"[x×X,]", text)
    if not 1 <= len(sizes) <= 4 or not all(re.fullmatch(r"[1-9][0-9]{0,7}", size) for size in sizes):
        raise NetworkInputError(
            f"--input cannot be {text[:40]!r}.", "Write one to four whole numbers, such as 1x28x28."
        )
    return tuple(int(size) for size in sizes)
