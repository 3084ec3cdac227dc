"""No state of the panel or of a bench takes what is not a number: every comparison lets it pass."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from app.panel import StateError
from app.panels.neuron import state as panel_state
from app.panels.neuron.bench import BENCHES


def places_of_numbers(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where a float stands in `value`, as the keys that lead there."""
    if isinstance(value, float):
        yield way
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in entries:
        yield from places_of_numbers(entry, (*way, key))


def with_number(value: Any, way: tuple[Any, ...], number: float) -> Any:
    """`value` with `number` at the place `way`."""
    if not way:
        return number
    if isinstance(value, dict):
        return {**value, way[0]: with_number(value[way[0]], way[1:], number)}
    return [with_number(entry, way[1:], number) if place == way[0] else entry for place, entry in enumerate(value)]


def test_a_bench_refuses_what_is_not_a_number(show_panel: Any) -> None:
    panel = show_panel()
    for spec in BENCHES:
        bench = panel.stage.built(spec.name)
        before = bench.state()
        for way, number in product(places_of_numbers(before), (math.nan, math.inf)):
            with pytest.raises(StateError) as refused:
                bench.apply(with_number(before, way, number))
            assert refused.value.key.startswith(str(way[0])), spec.name
        for odd in ([], None, "state"):
            with pytest.raises(StateError):
                bench.apply(odd)
        with pytest.raises(StateError) as refused:
            bench.apply({**before, "schema": "x" * 10_000})
        assert len(refused.value.sentence) <= 300, spec.name
        assert bench.state() == before


def test_the_panel_refuses_what_is_not_a_number() -> None:
    state = panel_state.to_json(panel_state.NeuronState(probes=panel_state.first_probes()))
    ways = list(places_of_numbers(state))
    assert ("plan", "weights_nS", 0) in ways
    assert ("shown_ms",) in ways
    for way in ways:
        with pytest.raises(StateError):
            panel_state.from_json(with_number(state, way, float("nan")))
    assert panel_state.from_json(state) is not None
