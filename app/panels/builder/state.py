"""What the network panel shows, as data: read from JSON whole or not at all. Imports no widget."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from app.panel import state_from
from trainers.network_graph import NetworkGraph

SCHEMA = 1


class Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a person looks: zoom (screen pixels per scene unit), and the scene's point in the middle."""

    zoom: Annotated[float, Meta(ge=0.02, le=6.0)]
    x: float
    y: float


class BuilderState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """network: a preset's name, a whole graph, or None for the one on the table; layer: the chosen one, ""; look: None fits."""

    network: str | NetworkGraph | None = None
    layer: str = ""
    tab: Literal["layers", "source"] = "layers"
    look: Look | None = None
    schema: Annotated[int, Meta(ge=1)] = SCHEMA


def to_json(state: BuilderState) -> dict[str, Any]:
    """`state` as JSON-able data."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(state))
    return plain


def from_json(raw: object) -> BuilderState:
    """`raw` as a state; StateError with the key named for anything unknown or out of range."""
    return state_from(raw, BuilderState, "The network panel", SCHEMA)
