"""Preferences, the document, what the status bar says, the window's own state."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from app.network_document import GraphEdit, NetworkDocument
from app.run_toolbar import loss_text, status_sentence
from app.user_settings import UserSettings
from app.widgets.message_bar import Message
from app.widgets.tab_order import tab_in_order
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider
from trainers.events import RunFailed
from trainers.network_edits import set_parameters
from trainers.network_files import load_preset
from trainers.network_graph import Link, NetworkError, NetworkGraph
from trainers.training_plan import DataChoice


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme("paper")


# --- preferences and document ---------------------------------------------------------------------------------------------


def test_preferences_survive_and_a_torn_file_is_put_aside(qapp, tmp_path: Path) -> None:
    settings = UserSettings(tmp_path)
    settings.change(theme="night", zoom=1.3)
    settings.add_recent_file("/a.json")
    settings.add_recent_file("/b.json")
    settings.add_recent_file("/a.json")
    again = UserSettings(tmp_path)
    assert (again.values.theme, again.values.zoom) == ("night", 1.3)
    assert again.values.recent_files == ("/a.json", "/b.json")
    (tmp_path / "preferences.json").write_text('{"a":' * 100_000)
    assert "put aside" in UserSettings(tmp_path).trouble
    (tmp_path / "preferences.json").write_text("{torn")
    torn = UserSettings(tmp_path)
    assert torn.values.theme == "system"
    assert "torn" in torn.trouble
    assert (tmp_path / "preferences.torn.json").read_text() == "{torn"


def test_preferences_refuse_what_cannot_be(qapp, tmp_path: Path) -> None:
    settings = UserSettings(tmp_path)
    with pytest.raises(ValueError, match="zoom"):
        settings.change(zoom=99.0)
    with pytest.raises((TypeError, AttributeError)):
        settings.change(colour="pink")
    assert settings.values.zoom == 1.0


def focus_chain(root: QWidget) -> list[QWidget]:
    """What Tab goes through within `root`, from its beginning on."""
    chain, stop = [], root.nextInFocusChain()
    while stop is not root:
        takes_focus = bool(stop.focusPolicy() & Qt.FocusPolicy.TabFocus) and stop.focusProxy() is None
        if takes_focus and root.isAncestorOf(stop) and stop.isVisibleTo(root):
            chain.append(stop)
        stop = stop.nextInFocusChain()
    return chain


def test_tab_goes_through_the_preferences_as_they_stand(build_window) -> None:
    window = build_window()
    window.commands.show_preferences()
    dialog = window.commands._dialogs["preferences"]
    stops = [(stop.y() + stop.height() // 2, stop.x()) for stop in focus_chain(dialog)[:-1]]
    rows = [round(y / 10) for y, _ in stops]
    assert len(rows) == 9
    assert rows == sorted(rows)
    dialog.close()


def test_a_part_that_takes_no_focus_stands_for_what_is_within(qtbot, theme) -> None:
    room = QWidget()
    qtbot.addWidget(room)
    last, slider, first = QPushButton("c", room), ValueSlider(theme, "b", 0, 1, 0, parent=room), QLineEdit(room)
    tab_in_order(first, slider, last)
    chain = focus_chain(room)
    start = chain.index(first)
    assert [*chain[start:], *chain[:start]] == [first, slider.field, slider.slider, last]


def test_the_preferences_dialog_changes_what_it_shows(build_window, qtbot) -> None:
    window = build_window()
    window.commands.show_preferences()
    dialog = window.commands._dialogs["preferences"]
    dialog.theme_box.setCurrentIndex(dialog.theme_box.findData("night"))
    assert window.workspace.theme.name == "night"
    dialog.zoom_field.setValue(120)
    assert window.workspace.settings.values.zoom == pytest.approx(1.2)
    assert dialog.network_box.currentText() == "LeNet-5", "networks are named as everywhere else"
    dialog.seed_field.setValue(42)
    assert window.workspace.settings.values.seed == 42
    window.actions_by_name["theme_paper"].trigger()
    window.commands.zoom_reset()
    assert (dialog.theme_box.currentText(), dialog.zoom_field.value()) == ("Paper", 100)
    dialog.close()


def test_an_edit_is_undone_and_those_of_one_gesture_are_one(qapp) -> None:
    first, second, third = (load_preset(name) for name in ("lenet5", "playground", "xor-mlp"))
    document = NetworkDocument(first)
    document.push(GraphEdit("drag", first, second, "gesture"))
    document.push(GraphEdit("drag", second, third, "gesture"))
    assert document.graph == third
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert document.graph == first
    assert document.analysis.parameters == 61_706


def test_what_trains_beside_a_faulty_drawing_is_the_same_after_undo_and_redo_of_a_gesture(qapp) -> None:
    lenet = load_preset("lenet5")
    fewer = set_parameters(lenet, "fc3", {"units": 4})
    wrong = set_parameters(fewer, "fc3", {"inputs": 7})
    document = NetworkDocument(lenet)
    document.draw("Set units", fewer, "units")
    document.draw("Set units", wrong, "units")
    assert document.is_faulty
    assert document.graph == fewer
    document.undo_stack.undo()
    assert document.graph == lenet
    document.undo_stack.redo()
    assert document.is_faulty
    assert document.graph == fewer


def test_the_file_goes_with_the_network_that_it_holds(qapp) -> None:
    mine, preset = load_preset("xor-mlp"), load_preset("playground")
    document = NetworkDocument(load_preset("lenet5"))
    document.set_graph(mine, "Open mine.json", "mine.json")
    assert (document.path, document.is_modified) == ("mine.json", False)
    document.undo_stack.undo()
    assert document.path is None, "a save would write LeNet-5 over mine.json"
    document.undo_stack.redo()
    document.set_graph(preset)
    assert document.path is None
    document.undo_stack.undo()
    document.push(GraphEdit("edit", mine, preset))
    assert (document.path, document.is_modified) == ("mine.json", True)
    document.set_path("other.json")
    assert not document.is_modified
    document.undo_stack.undo()
    assert (document.path, document.is_modified) == ("other.json", True)


def test_a_network_that_cannot_be_is_refused_and_nothing_changes(qapp) -> None:
    graph = load_preset("lenet5")
    document = NetworkDocument(graph)
    broken = NetworkGraph("broken", graph.layers, (*graph.links, Link("fc3", "image")))
    with pytest.raises(NetworkError):
        document.set_graph(broken)
    assert document.graph == graph
    assert document.undo_stack.count() == 0


@pytest.mark.parametrize(
    ("loss", "shown"),
    [(0.04361, "0.0436"), (0.00003, "3·10⁻⁵"), (2.4e9, "2·10⁹"), (0.0, "0.0000"), (float("nan"), "nan")],
)
def test_a_loss_is_never_shown_as_nothing_nor_as_more_figures_than_fit(loss: float, shown: str) -> None:
    assert loss_text(loss) == shown


def test_the_status_bar_says_where_network_and_data_do_not_go_together(build_window) -> None:
    window = build_window(network="alexnet", data="digits", show=False)
    assert status_sentence(window.workspace).startswith("AlexNet does not fit handwritten digits: choose other data")
    window.workspace.document.set_graph(load_preset("lenet5"))
    assert status_sentence(window.workspace) == "Ready: Train teaches LeNet-5 on handwritten digits."


def test_data_whose_file_has_gone_are_named_all_the_same(build_window, tmp_path) -> None:
    window = build_window(show=False)
    table = tmp_path / "points.csv"
    table.write_text("x,y,label\n0,1,a\n1,0,b\n")
    window.workspace.training.set_data(DataChoice(name=str(table)))
    table.unlink()
    assert status_sentence(window.workspace).endswith(" on points.csv.")
    said = []
    window.workspace.message_posted.connect(said.append)
    window.workspace.training.failed.emit(RunFailed(0, "There is no such file.", False))
    assert [message.text for message in said] == ["There is no such file."]


# --- the window's own state -------------------------------------------------------------------------------------------------


def test_full_screen_and_back_leaves_a_maximised_window_maximised(build_window, qtbot) -> None:
    window = build_window()
    window.showMaximized()
    full_screen = window.actions_by_name["full_screen"]
    full_screen.trigger()
    assert window.isFullScreen()
    assert full_screen.isChecked()
    full_screen.trigger()
    assert not window.isFullScreen()
    assert window.isMaximized()
    assert not full_screen.isChecked()


def test_a_panel_that_is_docked_again_stands_in_front(build_window, qtbot) -> None:
    window = build_window()
    dock, front = window.docks["builder"], window.front_dock()
    assert front is not dock
    window.show_panel("builder")
    dock.setFloating(True)
    front.raise_()
    dock.setFloating(False)
    qtbot.waitUntil(lambda: window.front_dock() is dock)
    assert dock.panel.is_awake


def test_a_run_on_data_that_do_not_fit_fails_in_the_words_on_show(build_window) -> None:
    window = build_window(network="resnet18-cifar", data="digits")
    told: list[Message] = []
    window.workspace.message_posted.connect(told.append)
    reason = "The network takes 3×32×32, but a sample of digits is 1×28×28; train it on cifar10."
    window.workspace.training.failed.emit(RunFailed(0, reason, False))
    assert "CIFAR-10" in told[-1].text
    assert "cifar10" not in told[-1].text
    assert told[-1].action_text is None, "started again it would fail again"
