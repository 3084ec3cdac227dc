"""What the network panel shows, as data: read from JSON whole or not at all. Imports no widget."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from app.panel import StateError, explain_misfit
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
    if not isinstance(raw, dict):
        raise StateError(f"The state of the network panel is a table of keys, not {type(raw).__name__}.", "")
    schema = raw.get("schema", SCHEMA)
    if type(schema) is not int or not 1 <= schema <= SCHEMA:
        raise StateError(
            f"The network panel's state has schema {schema!r}; this Hillock reads 1 to {SCHEMA}.", "schema"
        )
    try:
        state = msgspec.convert(raw, BuilderState, strict=True)
    except (msgspec.ValidationError, RecursionError) as error:
        raise explain_misfit(str(error), "The network panel") from error
    look = state.look
    if look is not None and not all(math.isfinite(number) for number in (look.zoom, look.x, look.y)):
        raise StateError("look holds a number that is not finite.", "look")
    return state
