"""The neuron panel as a person uses it: keys, clock, scrubbing, camera. The cell is played."""

from __future__ import annotations

from typing import Any

import pytest
from panel_hands import Play, ShowPanel, drawn, image
from played_engine import PlayedLine
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.panels.neuron.panel_news import HINT
from app.simulation.biology.stage import Advance, Fire
from app.workspace import Workspace


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


class Layouts(QObject):
    """How often what it watches was asked to lay itself out anew."""

    count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def test_a_cell_that_plays_lays_nothing_out_anew(show_panel: ShowPanel, play: Play, qtbot: QtBot) -> None:
    panel = show_panel()
    QTest.keyClick(panel, Qt.Key.Key_7)
    play(panel, 0.2)
    drawn(qtbot, panel)
    layouts, before = Layouts(), panel.clock_bar.time_label.text()
    panel.clock_bar.installEventFilter(layouts)
    play(panel, 0.4)
    drawn(qtbot, panel)
    assert panel.clock_bar.time_label.text() != before
    assert layouts.count == 0


def test_a_presenters_remote_goes_through_the_parts_of_the_cell(show_panel: ShowPanel) -> None:
    panel = show_panel()
    seen = []
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
        QTest.keyClick(panel.view, key)  # the cell leaves them to the panel
        seen.append(panel.view.camera_state())
    assert seen[0] != seen[1]
    assert seen[2] == seen[0]


def test_it_goes_through_the_benches_that_have_the_panel_for_themselves(
    show_panel: ShowPanel, line: PlayedLine
) -> None:
    line.answers_models = False
    panel = show_panel()
    panel.show_bench("competition")
    seen = []
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
        QTest.keyClick(panel, key)
        seen.append(panel.stage.name)
    assert seen == ["unit", "unit", "competition"]


def test_a_narrow_clock_gives_up_the_buttons_whose_keys_remain(show_panel: ShowPanel) -> None:
    bar = show_panel().clock_bar
    steps = list(bar.step_buttons.values())
    assert all(button.isVisible() for button in steps)
    widest = bar.minimumSizeHint().width()
    bar.resize(widest, bar.height())
    assert not any(button.isVisible() for button in steps)
    assert bar.minimumSizeHint().width() == widest
    bar.resize(2 * widest, bar.height())
    assert all(button.isVisible() for button in steps)


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
