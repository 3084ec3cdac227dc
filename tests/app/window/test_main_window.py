"""The main window as a person meets it: first sight, controls, keys, looks."""

from collections.abc import Callable

import pytest
from clipped_text import clipped_texts
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLabel, QPushButton, QTabBar, QToolButton

from app.empty_window import EmptyWindow
from app.main_window import MainWindow
from app.panel_catalog import PANELS
from app.widgets.theme import THEME_NAMES
from trainers.events import EpochReport, RunStarted, StepReport


def press(qtbot, window: MainWindow, keys: str) -> None:
    """As a person would: the shortcut's action is triggered; a disabled one is not."""
    sequence = QKeySequence(keys)
    actions = [
        action for action in window.findChildren(type(window.actions_by_name["quit"])) if sequence in action.shortcuts()
    ]
    assert len(actions) == 1, f"{keys} is bound {len(actions)} times"
    actions[0].trigger()


# --- first sight ----------------------------------------------------------------------------------------------------------


def test_the_monitor_is_in_front_and_only_it_is_built(build_window) -> None:
    window = build_window()
    assert window.docks["monitor"].panel is not None
    assert window.front_panel() is window.docks["monitor"].panel
    assert [name for name, dock in window.docks.items() if dock.panel is not None] == ["monitor"]


def test_every_panel_opens_from_its_key_and_takes_the_focus(build_window, qtbot) -> None:
    window = build_window()
    for spec in PANELS:
        press(qtbot, window, spec.key)
        qtbot.waitUntil(lambda name=spec.name: window.front_panel() is window.docks[name].panel)
        assert window.docks[spec.name].panel.isVisible()


def test_a_panel_state_survives_a_round_trip(build_window) -> None:
    window = build_window()
    for spec in PANELS:
        panel = window.show_panel(spec.name)
        state = panel.state()
        panel.apply(state)
        assert panel.state() == state


@pytest.mark.parametrize("theme", THEME_NAMES)
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080)])
def test_no_text_is_clipped(build_window, qtbot, theme: str, width: int, height: int) -> None:
    window = build_window(theme, width, height)
    assert (window.width(), window.height()) == (width, height)
    for spec in PANELS:
        window.show_panel(spec.name)
        qtbot.waitUntil(lambda: not clipped_texts(window)) if clipped_texts(window) else None
    window.commands.show_key_sheet()
    window.commands.show_preferences()
    window.commands.show_about()
    for dialog in window.commands._dialogs.values():
        qtbot.waitExposed(dialog)
        assert not clipped_texts(dialog), dialog.objectName()
        dialog.close()


def test_the_search_for_clipped_text_finds_it(qtbot) -> None:
    label, button, box, tabs = QLabel("A long sentence"), QPushButton("A long word"), QComboBox(), QTabBar()
    box.addItem("A long entry of a box")
    tabs.addTab("A long tab of many words")
    for widget, width in ((label, 30), (button, 30), (box, 60), (tabs, 40)):
        qtbot.addWidget(widget)
        widget.setFixedWidth(width)
        widget.show()
        qtbot.waitExposed(widget)
        assert clipped_texts(widget), type(widget).__name__
        widget.setFixedWidth(400)
        qtbot.waitUntil(lambda one=widget: not clipped_texts(one))


def test_no_region_of_the_window_is_empty_but_the_panels(build_window, qtbot) -> None:
    window = build_window()
    panel = window.docks["monitor"].panel
    most = 0.75 * window.width() * window.height()
    qtbot.waitUntil(lambda: panel.width() * panel.height() > most)


# --- controls -------------------------------------------------------------------------------------------------------------


def test_every_control_has_a_tooltip_and_a_name(build_window) -> None:
    window = build_window()
    for spec in PANELS:
        window.show_panel(spec.name)
    nameless = []
    for kind in (QToolButton, QPushButton, QComboBox):
        for control in window.findChildren(kind):
            if not control.isVisibleTo(window) or control.objectName().startswith("qt_"):
                continue
            name = control.accessibleName() or (control.text() if hasattr(control, "text") else "")
            if not name or not control.toolTip():
                nameless.append((kind.__name__, control.objectName(), name, control.toolTip()))
    assert not nameless


def test_no_key_is_bound_twice(build_window) -> None:
    window = build_window()
    for spec in PANELS:
        window.show_panel(spec.name)
    seen: dict[str, str] = {}
    for action in window.commands.all_actions():
        for key in action.shortcuts():
            assert seen.setdefault(key.toString(), action.text()) == action.text(), key.toString()


def test_space_trains_from_a_fresh_start(build_window, qtbot, monkeypatch) -> None:
    window = build_window()
    begun = []
    monkeypatch.setattr(type(window.workspace.training), "start", lambda self: begun.append(self.state))
    window.front_panel().setFocus()
    qtbot.keyClick(window.front_panel(), Qt.Key.Key_Space)
    assert begun == ["idle"]


def test_space_in_a_text_field_writes_a_space(build_window, qtbot, monkeypatch) -> None:
    window = build_window()
    begun = []
    monkeypatch.setattr(type(window.workspace.training), "start", lambda self: begun.append(1))
    window.commands.show_command_palette()
    palette = window.findChild(QDialog, "commands")
    qtbot.keyClicks(palette.line, "zoom in")
    assert palette.line.text() == "zoom in"
    assert not begun
    palette.close()


def test_the_read_outs_show_what_arrives(build_window) -> None:
    window = build_window()
    training = window.workspace.training
    settings = {"seed": 7}
    training.events_arrived.emit(
        [
            RunStarted("r", "lenet5", "digits", settings, "cpu", 2, 61_706),
            StepReport(23_456, 1, ((23_456, 0.12345),), 0.001, None, 12_345.6, {}),
            EpochReport(3, 0.1, 0.97, 0.2, 0.961),
        ]
    )
    shown = {name: read_out.text() for name, read_out in window.toolbar.read_outs.items()}
    assert shown["loss"] == "0.1235"
    assert shown["step"] == "23,456"
    assert shown["samples_per_second"] == "12,346"
    assert shown["accuracy"] == "96.1 %"
    assert shown["epoch"] == "3/10"
    assert shown["device"] == "CPU × 2"
    assert shown["seed"] == "7"


@pytest.mark.parametrize(("known", "said"), [(0.985, "98.5 %"), (None, "–")])
def test_a_run_that_goes_on_keeps_the_accuracy_that_is_known(build_window, known: float | None, said: str) -> None:
    """Resumed in mid-epoch it said a dash until the epoch's end, beside a curve that ended at 98.5."""
    window = build_window()
    training = window.workspace.training
    training.history.append(EpochReport(3, 0.1, known, 0.2, known, 20))
    training.events_arrived.emit([RunStarted("r", "lenet5", "digits", {}, "cpu", 2, 61_706, 24, 3)])
    assert window.toolbar.read_outs["accuracy"].text() == said


def test_the_train_button_says_what_it_would_do(build_window) -> None:
    window = build_window()
    train = window.run_actions.actions["train"]
    assert train.text() == "Train"
    window.workspace.training.state_changed.emit("running")
    assert train.text() == "Pause"
    assert window.run_actions.actions["stop"].isEnabled()
    window.workspace.training.state_changed.emit("paused")
    assert train.text() == "Go on"
    window.workspace.training.state_changed.emit("idle")
    assert not window.run_actions.actions["stop"].isEnabled()


def test_the_speed_is_taken_to_the_training(build_window, qtbot) -> None:
    window = build_window()
    window.toolbar.speed_box.setCurrentIndex(4)
    assert window.workspace.training.speed == 1.0


def test_a_panel_floats_and_comes_back_with_its_keys(build_window, qtbot, monkeypatch) -> None:
    window = build_window()
    dock = window.docks["monitor"]
    window.show_panel("monitor")
    window.commands.float_panel()
    assert dock.isFloating()
    begun = []
    monkeypatch.setattr(type(window.workspace.training), "start", lambda self: begun.append(1))
    assert dock.focusWidget() is dock.panel
    assert window.focusWidget() is window, "no button of the window has taken Space"
    assert window.geometry().contains(dock.geometry())
    assert dock.width() * dock.height() < 0.6 * window.width() * window.height(), "it leaves what lies behind in sight"
    qtbot.keyClick(dock.panel, Qt.Key.Key_Space)
    assert begun == [1]
    window.commands.float_panel()
    assert not dock.isFloating()
    assert window.focusWidget() is dock.panel


def test_keys_act_on_the_panel_in_front_not_on_a_focused_one_behind_it(build_window, qtbot) -> None:
    window = build_window()
    window.show_panel("monitor")
    window.arrange("build")
    qtbot.waitUntil(lambda: not window.docks["monitor"].panel.is_awake)
    window.docks["monitor"].panel.setFocus()
    assert window.front_dock() is window.docks["builder"]
    window.commands.float_panel()
    assert window.docks["builder"].isFloating()
    assert not window.docks["monitor"].isFloating()


def test_a_window_without_panels_says_so_and_brings_them_back(build_window, qtbot) -> None:
    window = build_window()
    window.show_panel("monitor")
    for _ in range(3):
        window.commands.close_panel()
        qtbot.waitUntil(lambda: not window._tidy_timer.isActive())
        assert not isinstance(window.focusWidget(), QToolButton), "no button of the toolbar takes Space"
    notice = window.findChild(EmptyWindow)
    assert notice.isVisible()
    assert window.rect().contains(notice.geometry())
    notice.findChild(QPushButton).click()
    assert not notice.isVisible()
    assert window.focusWidget() is window.docks["monitor"].panel


def test_an_arrangement_leaves_the_keys_with_its_panel(build_window, qtbot) -> None:
    window = build_window()
    window.show_panel("monitor")
    window.actions_by_name["arrange_build"].trigger()
    qtbot.waitUntil(lambda: window.docks["builder"].panel.isAncestorOf(window.focusWidget()))


def test_home_resets_the_focused_panel(build_window, qtbot) -> None:
    window = build_window()
    panel = window.show_panel("builder")
    opened = panel.state()
    panel.apply({**opened, "layer": "conv1"})
    assert panel.state() != opened
    panel.setFocus()
    qtbot.keyClick(panel, Qt.Key.Key_Home)
    assert panel.state() == opened


# --- looks ----------------------------------------------------------------------------------------------------------------


def test_zoom_keys_make_everything_larger_and_are_kept(build_window, qtbot) -> None:
    window = build_window()
    before = window.fontMetrics().height()
    for _ in range(4):
        press(qtbot, window, "Ctrl++")
    assert window.workspace.theme.zoom == pytest.approx(1.4)
    qtbot.waitUntil(lambda: window.fontMetrics().height() > before)
    assert window.workspace.settings.values.zoom == pytest.approx(1.4)
    press(qtbot, window, "Ctrl+0")
    assert window.workspace.theme.zoom == 1.0


def test_a_theme_is_chosen_in_the_menu_and_kept(build_window, qtbot) -> None:
    window = build_window()
    window.actions_by_name["theme_night"].trigger()
    assert window.workspace.theme.name == "night"
    assert window.workspace.settings.values.theme == "night"
    assert window.actions_by_name["theme_night"].isChecked()


def test_full_screen_and_back(build_window, qtbot) -> None:
    window = build_window()
    press(qtbot, window, "F11")
    assert window.isFullScreen()
    assert window.actions_by_name["full_screen"].isChecked()
    press(qtbot, window, "F11")
    assert not window.isFullScreen()


# --- the window as Qt has it ----------------------------------------------------------------------------------------------


def test_the_window_closes_at_once_where_nothing_would_be_lost(build_window) -> None:
    window = build_window()
    assert window.close()
    assert not window.isVisible()


def test_the_panel_that_was_shown_keeps_the_keys_when_the_window_is_activated(build_window) -> None:
    window = build_window()
    hardware = window.show_panel("hardware")
    for dock in window.docks.values():  # as Qt tells every child of a window
        QApplication.sendEvent(dock, QEvent(QEvent.Type.WindowActivate))
    assert window.focusWidget() is hardware


def test_a_panel_shown_for_the_first_time_comes_as_a_tab(build_window) -> None:
    window = build_window()
    window.show_panel("neuron")
    assert window.docks["neuron"] in window.tabifiedDockWidgets(window.docks["monitor"])
    window.workspace.neuron.shutdown()


def test_in_a_presentation_the_remote_starts_no_training(build_window) -> None:
    window = build_window()
    window.run_actions.leave_remote_keys()
    train = window.run_actions.actions["train"]
    assert train.shortcut().isEmpty()
    assert train.toolTip().endswith("(Space)")
    assert train.isEnabled()


def test_the_window_and_its_panels_that_float_are_watched(build_window: Callable[..., MainWindow]) -> None:
    window = build_window()
    turns, watched = window.workspace.turns, [window, *window.docks.values()]
    for one in watched:
        turns._frame.invalidate()
        QApplication.sendEvent(one, QEvent(QEvent.Type.UpdateRequest))
        assert turns._frame.isValid(), one.objectName()


def test_a_speed_chosen_with_the_mouse_leaves_the_keys_where_they_were(build_window, qtbot, monkeypatch) -> None:
    window = build_window()
    qtbot.waitUntil(window.isActiveWindow)
    window.show_panel("monitor")
    had, box = QApplication.focusWidget(), window.toolbar.speed_box
    assert had is not None
    opened = []
    monkeypatch.setattr(box, "showPopup", lambda: opened.append(True))  # no list can be open off screen
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    assert opened
    assert QApplication.focusWidget() is had
