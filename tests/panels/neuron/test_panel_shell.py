"""The neuron panel as a person uses it: keys, clock, undo, state, a dead worker. The cell is played."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from played_engine import PlayedLine
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.panel import StateError
from app.panels.neuron.panel import NeuronPanel
from app.panels.neuron.panel_news import HINT
from app.simulation.biology.stage import Advance, Fire
from app.widgets.message_bar import MessageBar
from app.workspace import Workspace

ShowPanel = Callable[..., NeuronPanel]
Play = Callable[[NeuronPanel, float], None]


def image(panel: NeuronPanel) -> bytes:
    picture = panel.view.grab().toImage()  # its bits go with it
    return bytes(picture.constBits())


def drawn(qtbot: QtBot, panel: NeuronPanel) -> None:
    qtbot.waitUntil(lambda: not panel.is_busy and not panel.is_waiting_to_draw)


def test_says_what_to_do_first_and_then_is_quiet(show_panel: ShowPanel, play: Play, qtbot: QtBot) -> None:
    panel = show_panel()
    drawn(qtbot, panel)
    assert panel.page.notice.text == HINT
    QTest.keyClick(panel, Qt.Key.Key_5)
    play(panel, 0.5)
    assert panel.page.notice.text == ""


def test_a_digit_fires_so_many_inputs_and_plays(show_panel: ShowPanel, line: PlayedLine, play: Play) -> None:
    panel = show_panel()
    QTest.keyClick(panel, Qt.Key.Key_7)
    fired = [command for command in line.sent if isinstance(command, Fire)]
    assert [command.inputs for command in fired] == [tuple(range(7))]
    play(panel, 1.0)
    assert panel.session.shown_ms > 4.0
    assert panel.clock_bar.time_label.text() == f"{panel.session.shown_ms:.2f} ms"


def test_nothing_moves_while_the_cell_stands(show_panel: ShowPanel, qtbot: QtBot, line: PlayedLine) -> None:
    panel = show_panel()
    drawn(qtbot, panel)
    before, asked = image(panel), len([c for c in line.sent if isinstance(c, Advance)])
    panel.advance(1.0)
    drawn(qtbot, panel)
    assert image(panel) == before
    assert len([c for c in line.sent if isinstance(c, Advance)]) == asked
    qtbot.waitUntil(lambda: not panel._timer.isActive())


def test_scrubbing_back_and_forth_gives_the_same_picture(show_panel: ShowPanel, play: Play, qtbot: QtBot) -> None:
    panel = show_panel()
    panel.hand.fire_count(12)
    play(panel, 1.0)
    panel.act()
    shown = panel.session.shown_ms
    panel.session.show_moment(shown)
    drawn(qtbot, panel)
    seen = image(panel)
    panel.session.show_moment(0.5)
    drawn(qtbot, panel)
    assert image(panel) != seen
    panel.session.show_moment(shown)
    drawn(qtbot, panel)
    assert image(panel) == seen


def test_steps_by_keys_stand_and_go_both_ways(show_panel: ShowPanel, play: Play, qtbot: QtBot) -> None:
    panel = show_panel()
    panel.hand.fire_count(3)
    play(panel, 1.0)
    start = panel.session.shown_ms
    QTest.keyClick(panel, Qt.Key.Key_Comma)
    assert panel.session.shown_ms == pytest.approx(start - 0.1)
    assert not panel.session.clock.is_playing
    QTest.keyClick(panel, Qt.Key.Key_Less, Qt.KeyboardModifier.ShiftModifier)
    assert panel.session.shown_ms == pytest.approx(start - 1.1)
    QTest.keyClick(panel, Qt.Key.Key_Period, Qt.KeyboardModifier.AltModifier)
    assert panel.session.shown_ms == pytest.approx(start - 1.09)
    QTest.keyClick(panel, Qt.Key.Key_End)
    drawn(qtbot, panel)
    assert panel.session.is_live


def test_the_speed_in_force_is_always_written(show_panel: ShowPanel, play: Play) -> None:
    panel = show_panel()
    assert panel.clock_bar.speed_label.text() == "1 ms = 0.2 s"
    panel.hand.fire_count(12)
    play(panel, 0.8)
    assert panel.session.is_spike_in_flight()
    assert panel.clock_bar.speed_label.text() not in ("1 ms = 0.2 s", "")
    QTest.keyClick(panel, Qt.Key.Key_Z)
    assert not panel.session.clock.has_slow_motion


def test_the_scrub_bar_is_dragged_to_what_was(show_panel: ShowPanel, play: Play, qtbot: QtBot) -> None:
    panel = show_panel()
    panel.hand.fire_count(12)
    play(panel, 2.0)
    scrub = panel.clock_bar.scrub
    QTest.mouseClick(scrub, Qt.MouseButton.LeftButton, pos=QPoint(scrub.width() // 10, scrub.height() // 2))
    drawn(qtbot, panel)
    assert panel.session.shown_ms == pytest.approx(scrub.time_at(scrub.width() // 10), abs=0.01)
    assert panel.clock_bar.live_button.isEnabled()
    panel.clock_bar.live_button.click()
    assert panel.session.is_live


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


@pytest.mark.parametrize(
    ("change", "key"),
    [
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
    ],
)
def test_a_state_that_cannot_be_is_refused_whole(show_panel: ShowPanel, change: dict[str, Any], key: str) -> None:
    panel = show_panel()
    before = panel.state()
    wanted = {**before, "benches": {"cell": {"count": 5}}, "probes": [1, 2, 3, 4], **change}
    with pytest.raises(StateError) as refused:
        panel.apply(wanted)
    assert refused.value.key == key
    assert panel.state() == before


def test_a_state_written_by_hand_fires(show_panel: ShowPanel, play: Play) -> None:
    state = {"script": [{"type": "fire", "at_ms": 1.0, "inputs": list(range(12))}], "is_playing": True}
    panel = show_panel(state=state)
    assert panel.session.clock.is_playing
    play(panel, 1.0)
    assert len(panel.session.spikes_ms) == 1


def test_a_worker_that_dies_is_told_and_brought_back(
    show_panel: ShowPanel, play: Play, line: PlayedLine, workspace: Workspace, qtbot: QtBot
) -> None:
    panel = show_panel()
    messages: list[Any] = []
    workspace.message_posted.connect(messages.append)
    panel.hand.fire_count(12)
    play(panel, 0.6)
    seen = image(panel)
    line.kill()
    drawn(qtbot, panel)
    assert messages == []  # it is said once: over the cell
    assert panel.page.notice.text == "The cell's process was killed. What it did can still be looked at."
    assert not panel.page.notice.button.isHidden()
    assert image(panel)[: 4 * 100] == seen[: 4 * 100]
    shown = panel.session.shown_ms
    panel.page.notice.button.click()
    qtbot.waitUntil(lambda: panel.session.state == "ready")
    assert panel.session.shown_ms == shown
    panel.act()
    play(panel, 0.5)
    assert len(panel.session.spikes_ms) == 1
    assert panel.page.notice.button.isHidden()


def test_the_message_of_a_dead_worker_goes_when_another_has_started(
    show_panel: ShowPanel, line: PlayedLine, workspace: Workspace, qtbot: QtBot
) -> None:
    panel = show_panel()
    drawn(qtbot, panel)
    bar = MessageBar(workspace.theme, panel)
    workspace.message_posted.connect(bar.post)
    workspace.message_withdrawn.connect(bar.withdraw)
    panel.hide()  # another panel is looked at
    line.kill()
    assert bar.current is not None
    assert "killed" in bar.current.text
    assert bar.current.action_text == "Start the cell again"
    panel.session.call("fi", {"cell": "lif"})  # as a bench does when Run is pressed
    assert bar.current is None


def test_what_the_message_bar_said_of_a_dead_worker_goes_where_the_cell_is_seen(
    show_panel: ShowPanel, line: PlayedLine, workspace: Workspace, qtbot: QtBot
) -> None:
    panel = show_panel()
    drawn(qtbot, panel)
    bar = MessageBar(workspace.theme)
    qtbot.addWidget(bar)
    workspace.message_posted.connect(bar.post)
    workspace.message_withdrawn.connect(bar.withdraw)
    panel.hide()
    line.kill()
    assert bar.current is not None
    panel.show()
    qtbot.waitUntil(lambda: bar.current is None)
    assert "killed" in panel.page.notice.text


def test_a_bench_that_waits_says_alone_that_the_worker_died(
    show_panel: ShowPanel, line: PlayedLine, workspace: Workspace, qtbot: QtBot
) -> None:
    line.answers_models = False
    panel = show_panel()
    messages: list[Any] = []
    workspace.message_posted.connect(messages.append)
    panel.show_bench("axon")
    bench: Any = panel.stage.front
    qtbot.waitUntil(lambda: bench.is_busy)
    line.kill()
    qtbot.waitUntil(lambda: "killed" in bench.card.message.text())
    assert messages == []


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


def test_the_electrode_held_and_let_go(show_panel: ShowPanel, play: Play, qtbot: QtBot) -> None:
    panel = show_panel()
    panel.view.electrode_pressed.emit(0)
    play(panel, 0.5)
    frame = panel.session.frame()
    assert frame is not None
    assert frame.current_nA == 0.5
    panel.view.electrode_released.emit()
    play(panel, 0.5)
    frame = panel.session.frame()
    assert frame is not None
    assert frame.current_nA == 0.0


def test_asleep_it_takes_no_frames_and_holds_no_current(show_panel: ShowPanel, play: Play) -> None:
    panel = show_panel()
    panel.view.electrode_pressed.emit(0)
    play(panel, 0.2)
    panel.hide()
    assert not panel._timer.isActive()
    assert panel.session.currents == {}


def test_reduced_motion_is_there_at_once(show_panel: ShowPanel, workspace: Workspace) -> None:
    panel = show_panel()
    workspace.settings.change(reduced_motion=True)
    panel.view.go_to("node")
    assert not panel.view.camera.is_travelling
    assert panel.view.camera.view.zoom > 5


def test_the_camera_travels_and_then_the_clock_rests(show_panel: ShowPanel, play: Play, qtbot: QtBot) -> None:
    panel = show_panel()
    panel.view.go_to("soma")
    assert panel.view.camera.is_travelling
    play(panel, 2.0)
    assert not panel.view.camera.is_travelling
    qtbot.waitUntil(lambda: not panel._timer.isActive())


def test_every_control_says_what_it_is(show_panel: ShowPanel) -> None:
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QSlider

    panel = show_panel()
    for kind in (QAbstractButton, QComboBox, QSlider):
        for control in panel.findChildren(kind):
            if not control.isVisible() or (type(control).__name__ == "QToolButton" and control.parent() is panel.strip):
                continue
            assert control.accessibleName() or getattr(control, "text", str)(), control
            named = control
            while named is not None and not named.toolTip():
                named = named.parentWidget()
            assert named is not None, f"no tooltip: {control.accessibleName()}"


def test_the_button_that_turns_the_cell_into_a_unit_starts_the_picture(
    show_panel: ShowPanel, line: PlayedLine, qtbot: QtBot
) -> None:
    panel = show_panel()
    line.answers_models = False
    panel.show_bench("unit")
    panel._is_turned_by_hand = False
    qtbot.waitUntil(lambda: not panel._timer.isActive())
    bench: Any = panel.stage.front
    bench.page.morph_button.click()
    qtbot.waitUntil(lambda: bool(bench.state()["morph"] == 1.0))  # by the panel's own clock: nobody turns it


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


def test_what_came_while_the_cell_was_out_of_sight_is_shown(
    show_panel: ShowPanel, line: PlayedLine, qtbot: QtBot
) -> None:
    panel = show_panel()
    line.answers_models = False
    drawn(qtbot, panel)
    panel.show_bench("unit")
    panel.page.notice.say("The cell is coming to life …")  # as if it were still on its way
    qtbot.waitUntil(lambda: not panel._timer.isActive() and not panel.is_waiting_to_draw)
    panel.show_bench("summation")
    qtbot.waitUntil(lambda: not panel.is_waiting_to_draw)
    assert panel.page.notice.text == HINT


def test_tab_goes_along_the_clock_as_it_stands(show_panel: ShowPanel) -> None:
    bar = show_panel().clock_bar
    place, seen = bar.restart_button.nextInFocusChain(), []
    while len(seen) < 7:
        if place in (bar.play_button, *bar.step_buttons.values()):
            seen.append(place.x())
        place = place.nextInFocusChain()
    assert seen == sorted(seen)
