"""What the activation panel shows, as data: read from JSON whole or not at all. Imports no widget."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from app.panel import StateError, state_from
from app.panels.activation.view import VIEWS

SCHEMA = 1


class ActivationState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """view: the one in front; views: the state of each that was looked at, as the view itself reads it."""

    view: str = "curves"
    views: dict[str, dict[str, Any]] = {}
    schema: Annotated[int, Meta(ge=1)] = SCHEMA


def to_json(state: ActivationState) -> dict[str, Any]:
    """`state` as JSON-able data."""
    plain: dict[str, Any] = msgspec.to_builtins(state)
    return plain


def from_json(raw: object) -> ActivationState:
    """`raw` as a state; StateError with the key named for anything unknown or out of range."""
    state = state_from(raw, ActivationState, "The activation panel", SCHEMA)
    names = [spec.name for spec in VIEWS]
    for key, asked in (("view", (state.view,)), ("views", tuple(state.views))):
        for name in asked:
            if name not in names:
                raise StateError(f"{key} names '{name}'; the activation panel has {', '.join(names)}.", key)
    return state
