"""What a claim asks the view of depth to show, as a state. Imports no widget.

{"activation": "sigmoid", "initialisation": "xavier", "layers": 20, ...; "against": {"activation": "relu", "initialisation": "he"}}.
An activation is a name or {"kind": name, "parameters": {...}}; "s" is short for "deviation".
"""

from __future__ import annotations

from typing import Any

from app.panel import StateError
from app.panels.activation.depth.state import DepthState, from_json, to_json

_OF_SETTING = ("activation", "initialisation", "gain", "deviation")
_OF_STATE = ("layers", "width", "signals", "source", "seed", "saturation", "scale", "layer")


def demonstrated(what: dict[str, Any]) -> DepthState:
    """The state that shows `what`. ValueError, one sentence, for what is unknown or cannot be."""
    rest = dict(what)
    against = rest.pop("against", None)
    a = _setting(rest)
    raw: dict[str, Any] = {"a": a, "shown": ["a"], **{key: rest.pop(key) for key in _OF_STATE if key in rest}}
    if against is not None:
        if not isinstance(against, dict):
            raise ValueError("against names no second setting: give a table.")
        other = dict(against)
        raw |= {"b": {**a, **_setting(other)}, "shown": ["a", "b"]}
        rest |= other
    if rest:
        raise ValueError(f"The view of depth does not know '{next(iter(rest))}'.")
    try:
        return from_json({**to_json(DepthState()), **raw})
    except StateError as error:
        raise ValueError(error.sentence) from error


def _setting(table: dict[str, Any]) -> dict[str, Any]:
    """What of `table` belongs to one setting, taken out of it."""
    if "s" in table:
        table["deviation"] = table.pop("s")
    found = {key: table.pop(key) for key in _OF_SETTING if key in table}
    if isinstance(found.get("activation"), str):
        found["activation"] = {"kind": found["activation"]}
    return found
