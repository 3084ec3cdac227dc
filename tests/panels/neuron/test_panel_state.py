"""The neuron panel's state as a person meets it: undo and redo, Home, states that come and go, and those that cannot be."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from panel_hands import Play, ShowPanel, drawn, image
from played_engine import PlayedLine
from pytestqt.qtbot import QtBot

from app.panel import StateError
from app.workspace import Workspace


def test_what_a_person_changes_is_undone_and_done_again(show_panel: ShowPanel, workspace: Workspace) -> None:
    panel = show_panel()
    stack = workspace.document.undo_stack
    before = panel.state()
    bench: Any = panel.stage.front
    bench.synapses.bars.selected.emit((3,))
    bench.synapses.weight.field.setValue(4.0)
    bench.electrode.amplitude.field.setValue(2.0)
    bench.membrane.temperature.field.setValue(6.3)
    bench.look.labels.click()
    panel.clock_bar.speed_slider.setValue(10)
    panel.view.probe_moved.emit(0, 20)
    panel.page.tools.row_actions["gates"].trigger()
    after = panel.state()
    assert after["plan"]["weights_nS"][3] == 4.0
    assert after["plan"]["temperature_C"] == 6.3
    assert after["hand"]["amplitude_nA"] == 2.0
    assert not after["hand"]["has_labels"]
    assert after["probes"][0] == 20
    assert after["traces"]["rows"] == ["voltage", "gates"]
    assert stack.count() == 8
    while stack.canUndo():
        stack.undo()
    for key in ("plan", "hand", "probes", "traces", "speed", "benches"):
        assert panel.state()[key] == before[key], key
    while stack.canRedo():
        stack.redo()
    for key in ("plan", "hand", "probes", "traces", "speed", "benches"):
        assert panel.state()[key] == after[key], key


def test_a_condition_and_its_name_are_undone_as_one(show_panel: ShowPanel, workspace: Workspace) -> None:
    panel = show_panel()
    bench: Any = panel.stage.front
    index = bench.membrane.preset.findData("ms")
    bench.membrane.preset.setCurrentIndex(index)
    bench.membrane.preset.activated.emit(index)
    assert panel.session.plan.wraps[8:11] == (0, 0, 0)
    assert "9 to 11" in bench.membrane.sentence.text()
    workspace.document.undo_stack.undo()
    assert panel.session.plan.wraps == (100,) * 20
    assert bench.membrane.preset.currentData() == "healthy"


def test_a_state_brings_back_the_same_picture(show_panel: ShowPanel, play: Play, qtbot: QtBot) -> None:
    panel = show_panel()
    panel.hand.fire_count(12)
    play(panel, 1.2)
    panel.hand.change("Electrode", electrode=7, amplitude_nA=1.5)
    panel.view.go_to("soma", animated=False)
    panel.act()
    panel.session.show_moment(panel.session.shown_ms)
    drawn(qtbot, panel)
    state, seen = json.loads(json.dumps(panel.state())), image(panel)
    panel.reset()
    drawn(qtbot, panel)
    assert panel.session.shown_ms == 0.0
    assert panel.session.script_lines() == ()
    assert image(panel) != seen
    panel.apply(state)
    drawn(qtbot, panel)
    assert panel.state() == state
    assert image(panel) == seen


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"colour": 3}, "colour"),
    ({"schema": 2}, "schema"),
    ({"speed": 0.0}, "speed"),
    ({"bench": "kitchen"}, "bench"),
    ({"probes": [1, 2, 333]}, "probes[2]"),
    ({"probes": []}, "probes"),
    ({"plan": {"sodium": -1.0}}, "plan.sodium"),
    ({"hand": {"electrode": 400}}, "hand.electrode"),
    ({"benches": {"cell": {"count": 31}}}, "benches.cell.count"),
    ({"benches": {"cell": {"preset": "flu"}}}, "benches.cell.preset"),
    ({"camera": {"x": 1.0}}, "camera"),
    ({"traces": {"rows": ["voltage", "voltage"]}}, "traces.rows"),
    ({"script": [{"type": "withdraw", "at_ms": 1.0, "current": 0}]}, "script"),
    ({"script": [{"type": "fire", "at_ms": 1.0, "inputs": [30]}]}, "script[0].inputs[0]"),
    ({"start_plan": {"dt_ms": 0.02}}, "start_plan.dt_ms"),
]


def test_a_state_that_cannot_be_is_refused_whole(show_panel: ShowPanel) -> None:
    panel = show_panel()
    before = panel.state()
    for change, key in REFUSED:
        wanted = {**before, "benches": {"cell": {"count": 5}}, "probes": [1, 2, 3, 4], **change}
        with pytest.raises(StateError) as refused:
            panel.apply(wanted)
        assert refused.value.key == key
        assert panel.state() == before, change


def test_a_state_written_by_hand_fires(show_panel: ShowPanel, play: Play) -> None:
    state = {"script": [{"type": "fire", "at_ms": 1.0, "inputs": list(range(12))}], "is_playing": True}
    panel = show_panel(state=state)
    assert panel.session.clock.is_playing
    play(panel, 1.0)
    assert len(panel.session.spikes_ms) == 1


def test_home_begins_the_bench_on_show_anew_and_can_be_undone(
    show_panel: ShowPanel, workspace: Workspace, line: PlayedLine
) -> None:
    line.answers_models = False  # the bench asks models that are not played
    panel = show_panel()
    panel.opened_state = panel.state()
    panel.show_bench("timing")
    bench = panel.stage.front
    assert bench is not None
    first = bench.state()
    bench.apply({**first, "post_ms": -30.0})
    changed = bench.state()
    panel.reset()
    assert panel.stage.front is bench
    assert bench.state() == first
    workspace.document.undo_stack.undo()
    assert bench.state() == changed
    workspace.document.undo_stack.redo()
    assert bench.state() == first


def test_home_leaves_no_run_of_the_summation_on_show(show_panel: ShowPanel, line: PlayedLine) -> None:
    line.answers_models = False
    panel = show_panel()
    panel.opened_state = panel.state()
    panel.show_bench("summation")
    bench: Any = panel.stage.front
    bench.apply(bench.state() | {"runs": [{"inputs": 8, "fires": False}]})
    assert bench.line.accessibleName() == "Runs: 8 did not fire"
    bench.plot.set_real(np.array([0.0, 1.0]), np.array([-65.0, -60.0]))
    panel.reset()
    assert bench.line.accessibleName() == "Runs: none"
    assert bench.plot.peak_mv == 0.0


def test_probes_are_added_taken_away_and_this_is_undone(show_panel: ShowPanel, qtbot: QtBot) -> None:
    panel = show_panel()
    before = [probe.compartment for probe in panel.probes.probes]
    menu = panel.page.tools.probes_menu

    def choose(text: str) -> None:
        menu.aboutToShow.emit()
        next(action for action in menu.actions() if action.text().startswith(text)).trigger()

    choose("Add a probe")
    now = [probe.compartment for probe in panel.probes.probes]
    assert now[:-1] == before
    assert len(set(now)) == 5
    drawn(qtbot, panel)
    assert [entry.mark for entry in panel.page.traces.painter.legend] == ["1", "2", "3", "4", "5"]
    choose("Take away 2: Soma")
    assert [probe.compartment for probe in panel.probes.probes] == [now[0], *now[2:]]
    stack = panel.workspace.document.undo_stack
    stack.undo()
    stack.undo()
    assert [probe.compartment for probe in panel.probes.probes] == before
    for _ in range(10):
        choose("Add a probe")  # the eighth is the last
    assert len(panel.probes.probes) == 8
