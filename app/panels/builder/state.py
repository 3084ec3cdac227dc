"""What the network panel shows, as data: read from JSON whole or not at all. Imports no widget."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from app.panel import state_from
from app.panels.builder.convolution_state import ConvolutionState
from trainers.network_graph import NetworkGraph

# 1: without drawing, chosen, palette and map; 2: without neurons and convolution; 3: without gradients, with square windows only.
# All are read as they stand.
SCHEMA = 4


class Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a person looks: zoom (screen pixels per scene unit), and the scene's point in the middle."""

    zoom: Annotated[float, Meta(ge=0.02, le=640.0)]
    x: float
    y: float


class Neurons(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A network opened into neurons. borders: of its linear regions; data: the points that it learns, "" for what is chosen."""

    borders: bool = False
    data: str = ""


class BuilderState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """network: a preset's name, a whole graph, or None for the one on the table; drawing: what is on the canvas where that is no
    network yet; layer: the chosen one, ""; chosen: all that are chosen with it; look: None fits; palette: None opens it where
    there is room; gradients: the strip of the gradient through depth is on show; inside: what is within the layers is drawn on them, of test sample `sample`; neurons: None shows the layers;
    convolution: the page that may stand in front of the drawing, None as it begins."""

    network: str | NetworkGraph | None = None
    layer: str = ""
    tab: Literal["layers", "source"] = "layers"
    look: Look | None = None
    drawing: NetworkGraph | None = None
    chosen: tuple[str, ...] = ()
    palette: bool | None = None
    map: bool = True
    inside: bool = True
    sample: Annotated[int, Meta(ge=0)] = 0
    gradients: bool = False
    neurons: Neurons | None = None
    convolution: ConvolutionState | None = None
    schema: Annotated[int, Meta(ge=1)] = SCHEMA


def to_json(state: BuilderState) -> dict[str, Any]:
    """`state` as JSON-able data."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(state))
    return plain


def from_json(raw: object) -> BuilderState:
    """`raw` as a state; StateError with the key named for anything unknown or out of range."""
    return state_from(raw, BuilderState, "The network panel", SCHEMA)
