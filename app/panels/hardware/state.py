"""What the hardware panel shows, as data: read from JSON whole or not at all. Imports no widget."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from app.panel import state_from

SCHEMA = 1


class HardwareState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """gpu: which graphics card's figures are shown, counted from 0; is_held: the curves stand still to be read."""

    gpu: Annotated[int, Meta(ge=0, le=63)] = 0
    is_held: bool = False
    schema: Annotated[int, Meta(ge=1)] = SCHEMA


def to_json(state: HardwareState) -> dict[str, Any]:
    """`state` as JSON-able data."""
    plain: dict[str, Any] = msgspec.to_builtins(state)
    return plain


def from_json(raw: object) -> HardwareState:
    """`raw` as a state; StateError with the key named for anything unknown or out of range."""
    return state_from(raw, HardwareState, "The hardware panel", SCHEMA)
