"""The axon bench's state as data: what older versions of Hillock have written is read as they meant it. No window."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from app.panel import StateError
from app.panels.neuron.benches.axon.state import SCHEMA, AxonState, Stripped, from_json, to_json

# What schema 1 wrote: one stretch at most, and no axons of a prediction.
FIRST = {
    "diameter_um": 12.0,
    "internode_um": 800.0,
    "wraps": 60,
    "temperature_C": 20.0,
    "stripped": None,
    "second_ms": 2.5,
    "brush": "bare",
    "prediction": {"first": True, "choice": None, "number": 3.0, "curve": None},
    "has_run": True,
    "view": "runs",
    "swept": "wraps",
    "runs": [],
    "shown_ms": 1.5,
    "speed": 2.0,
    "has_slow_motion": False,
    "schema": 1,
}


@pytest.mark.parametrize(
    ("written", "stripped"),
    [
        (None, ()),
        ({"first": 20}, (Stripped(20),)),
        ({"first": 3, "count": 2, "damage": "channels"}, (Stripped(3, 2, "channels"),)),
        ([{"first": 3}, {"first": 9}], (Stripped(3), Stripped(9))),  # the last builds of schema 1 wrote a list
    ],
)
def test_a_state_of_schema_1_is_read_and_is_one_of_the_newest_from_then_on(
    written: Any, stripped: tuple[Stripped, ...]
) -> None:
    state = from_json({**FIRST, "stripped": written})
    assert state.stripped == stripped
    kept = {name: value for name, value in to_json(state).items() if name in FIRST.keys() - {"stripped", "schema"}}
    assert msgspec.json.decode(msgspec.json.encode(kept)) == {name: FIRST[name] for name in kept}
    assert len(kept) == len(FIRST) - 2
    assert state.schema == SCHEMA
    assert from_json(msgspec.json.decode(msgspec.json.encode(to_json(state)))) == state


def test_the_untouched_state_of_schema_1_is_the_untouched_one_now() -> None:
    assert from_json({"schema": 1, "stripped": None}) == AxonState() == from_json({"schema": 1})


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ({"schema": 1, "stripped": {"first": 39, "count": 2}}, "stripped[0].count"),
        ({"schema": 1, "stripped": {"first": 40}}, "stripped[0].first"),
        ({"schema": 1, "stripped": "all"}, "stripped"),
        ({"schema": 2, "stripped": None}, "stripped"),
        ({"schema": True, "stripped": None}, "schema"),
    ],
)
def test_nonsense_of_an_older_schema_is_refused_with_the_key_named(raw: dict[str, Any], key: str) -> None:
    with pytest.raises(StateError) as refused:
        from_json(raw)
    assert refused.value.key == key
