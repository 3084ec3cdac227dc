"""NetworkGraph: layers and links, immutable, JSON with a schema number. Plain Python and msgspec; shapes are in layer_catalog."""

from __future__ import annotations

import msgspec

from trainers.errors import BadInput

SCHEMA = 1

Parameter = bool | int | float | str | None | tuple[int, ...] | tuple[float, ...]
Shape = tuple[int, ...]  # of one sample, without the batch: (features,), (channels, height, width), (steps, features)


class NetworkError(BadInput):
    """A network that cannot be: names the layer concerned (`layer`), the arithmetic, and a fix where there is one."""

    def __init__(self, sentence: str, layer: str | None = None, fix: str | None = None) -> None:
        super().__init__(sentence, fix)
        self.layer = layer


class Layer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One layer. name: unique, a Python identifier (it becomes the attribute in PyTorch source); kind: key of LAYER_KINDS."""

    name: str
    kind: str
    parameters: dict[str, Parameter] = {}
    position: tuple[float, float] | None = None  # where a person put it in the drawing, scene units


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Output of `source` goes into `target`; the order of links into a merging layer is the order of its inputs."""

    source: str
    target: str


class NetworkGraph(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A network: exactly one layer of kind `input`, one layer without outgoing links (the output), no cycles."""

    name: str
    layers: tuple[Layer, ...]
    links: tuple[Link, ...]
    title: str = ""
    comment: str = ""  # for a person: what it is, and how it differs from the paper's
    schema: int = SCHEMA
