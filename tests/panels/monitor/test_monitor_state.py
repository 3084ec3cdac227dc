"""The monitor's state: what it shows goes out as JSON and comes back; nonsense is refused by its key, and nothing changes."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.panel import StateError
from app.panels.monitor.state import MonitorState, from_json, to_json

DEFAULT = to_json(MonitorState())


def test_a_state_survives_json(panel: Any, training: Any) -> None:
    training.set_setting("learning_rate", 0.05)
    panel.curves.tools.log_button.click()
    panel.output.pad.set_strokes([[(0.2, 0.2), (0.8, 0.8)]])
    state = json.loads(json.dumps(panel.state()))

    panel.reset()
    assert not panel.curves.tools.is_log
    assert training.settings.learning_rate == 0.001
    assert panel.output.pad.strokes == []

    panel.apply(state)
    assert panel.curves.tools.is_log
    assert training.settings.learning_rate == 0.05
    assert panel.output.pad.strokes == [[(0.2, 0.2), (0.8, 0.8)]]
    assert panel.state() == state


def test_a_state_brings_network_and_data_along(panel: Any, training: Any, workspace: Any) -> None:
    state = panel.state()
    state["network"], state["data"]["name"] = "playground", "spiral"

    panel.apply(state)

    assert workspace.document.graph.name == "playground"
    assert training.data.name == "spiral"
    assert panel.data.network_box.currentText() == "Playground 2-4-2-1"
    assert panel.data.data_box.currentText() == "Spirals"
    workspace.document.undo_stack.undo()
    assert (workspace.document.graph.name, training.data.name) == ("lenet5", "digits")


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        (("schema",), 2, "schema"),
        (("schema",), None, "schema"),
        (("schema",), True, "schema"),
        (("nonsense",), 1, "nonsense"),
        (("data", "noise"), 1.5, "data.noise"),
        (("data", "noise"), float("nan"), "data.noise"),
        (("settings", "learning_rate"), -1.0, "settings.learning_rate"),
        (("settings", "epochs"), 0, "settings.epochs"),
        (("settings", "optimizer"), "adagrad", "settings.optimizer"),
        (("curves", "smoothing"), 101, "curves.smoothing"),
        (("curves", "rows"), [], "curves.rows"),
        (("curves", "rows"), ["loss", "loss"], "curves.rows"),
        (("curves", "x_range"), [5.0, 1.0], "curves.x_range"),
        (("curves", "x_range"), [0.0, float("inf")], "curves.x_range[1]"),
        (("curves", "colour"), "red", "curves.colour"),
        (("output", "view"), "film", "output.view"),
        (("output", "strokes"), [[[0.5, 1.5]]], "output.strokes[0][0][1]"),
        (("splitters",), {"rows": [1, 2, 3]}, "splitters.rows"),
        (("splitters",), {"middle": [1, 2]}, "splitters"),
        (("data_page",), "both", "data_page"),
        (("advanced",), "yes", "advanced"),
    ],
)
def test_a_state_that_cannot_be_is_refused_by_its_key(path: tuple[str, ...], value: object, key: str) -> None:
    with pytest.raises(StateError) as refusal:
        from_json(changed(DEFAULT, path, value))
    assert refusal.value.key == key
    assert str(refusal.value).count("\n") == 0


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        (("curves", "smoothing"), 101, "curves.smoothing"),
        (("network",), "lenet7", "network"),
        (("data", "name"), "no-such-data", "data.name"),
    ],
)
def test_nothing_of_a_refused_state_is_applied(panel: Any, path: tuple[str, ...], value: object, key: str) -> None:
    before = panel.state()
    state = changed(before, ("curves", "log_loss"), True)
    state = changed(state, ("settings", "batch_size"), 17)

    with pytest.raises(StateError) as refusal:
        panel.apply(changed(state, path, value))

    assert refusal.value.key == key
    assert panel.state() == before


def changed(state: dict[str, Any], path: tuple[str, ...], value: object) -> dict[str, Any]:
    """`state` with another value at `path`."""
    copied = copy.deepcopy(state)
    place = copied
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return copied


def test_a_state_is_a_table(panel: Any) -> None:
    for nonsense in (None, [], 3, "state"):
        with pytest.raises(StateError):
            panel.apply(nonsense)


_LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.lists(st.integers(), max_size=3)
)


def _paths(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    for key, entry in value.items() if isinstance(value, dict) else ():
        found += _paths(entry, (*path, key))
    return found


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(path=st.sampled_from(_paths(DEFAULT)), value=_LEAVES)
def test_a_changed_leaf_is_read_as_it_is_or_refused_by_name(path: tuple[Any, ...], value: object) -> None:
    state = changed(DEFAULT, path, value)
    try:
        read = from_json(state)
    except StateError as error:
        refusal = error
    else:
        assert from_json(to_json(read)) == read
        return
    assert refusal.key.split("[")[0].split(".")[0] == path[0]
    assert refusal.sentence


def test_the_schema_stands_in_the_state(panel: Any) -> None:
    assert panel.state()["schema"] == panel.schema == 1
