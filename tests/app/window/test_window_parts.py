"""Message bar, command palette, key sheet, value slider, plots, preferences, document."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton, QWidget

from app.network_document import GraphEdit, NetworkDocument
from app.panel import Panel
from app.panel_catalog import PANELS
from app.panel_keys import rows_of
from app.run_toolbar import loss_text, status_sentence
from app.user_settings import UserSettings
from app.widgets.command_palette import CommandPalette, match_rank
from app.widgets.message_bar import Message, MessageBar
from app.widgets.number_field import NumberField
from app.widgets.tab_order import tab_in_order
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider
from trainers.errors import BadInput
from trainers.events import RunFailed
from trainers.network_edits import set_parameters
from trainers.network_files import load_preset
from trainers.network_graph import Link, NetworkError, NetworkGraph
from trainers.training_plan import DataChoice


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme("paper")


# --- message bar ----------------------------------------------------------------------------------------------------------


def test_messages_wait_for_one_another(qtbot, theme) -> None:
    bar = MessageBar(theme)
    qtbot.addWidget(bar)
    for text in ("first", "second", "second", "third"):
        bar.post(Message(text))
    assert (bar.current.text, bar.waiting) == ("first", 2)
    bar.setFocus()
    for shown in ("second", "third"):
        qtbot.keyClick(bar, Qt.Key.Key_Escape)
        assert bar.current.text == shown
    qtbot.keyClick(bar, Qt.Key.Key_Escape)
    assert bar.current is None
    assert not bar.isVisible()


def test_a_notice_goes_by_itself_and_what_asks_for_something_stays(qtbot, theme, monkeypatch) -> None:
    monkeypatch.setattr("app.widgets.message_bar.reading_ms", lambda text: 1)
    bar = MessageBar(theme)
    qtbot.addWidget(bar)
    with qtbot.waitSignal(bar.dismissed):
        bar.post(Message("The curves are saved."))
    for message in (
        Message("The disk is full.", "error"),
        Message("A newer file is there.", "info", "Read it", bar.update),
    ):
        bar.post(message)
        with qtbot.assertNotEmitted(bar.dismissed, wait=50):
            assert bar.current is message
        bar.dismiss()


def test_an_error_comes_before_a_notice(qtbot, theme) -> None:
    bar = MessageBar(theme)
    qtbot.addWidget(bar)
    bar.post(Message("notice"))
    bar.post(Message("later"))
    bar.post(Message("fault", "error"))
    assert bar.current.text == "fault"
    assert bar.accessibleName() == "fault"
    bar.dismiss()
    assert bar.current.text == "later"


def test_the_action_is_done_once_and_the_message_goes(qtbot, theme) -> None:
    done: list[int] = []
    bar = MessageBar(theme)
    qtbot.addWidget(bar)
    bar.post(Message("The run failed.", "error", "Resume", lambda: done.append(1)))
    button = next(button for button in bar.findChildren(QPushButton) if button.text() == "Resume")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert done == [1]
    assert bar.current is None


# --- palette and keys -----------------------------------------------------------------------------------------------------


def test_the_palette_finds_a_command_by_parts_of_its_name_and_does_it(build_window, qtbot) -> None:
    window = build_window()
    window.commands.show_command_palette()
    palette = window.findChild(QDialog, "commands")
    everything = len(palette.titles())
    assert everything > 25
    qtbot.keyClicks(palette.line, "train")
    assert palette.titles()[0] == "Train", "the very words that were typed, before the Train arrangement"
    palette.line.clear()
    qtbot.keyClicks(palette.line, "proj")
    assert palette.titles()[0] == "Projector theme"
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert window.workspace.theme.name == "projector"
    window.workspace.theme.set_name("paper")


def test_the_palette_says_so_where_nothing_fits_and_esc_leaves(build_window, qtbot) -> None:
    window = build_window()
    window.commands.show_command_palette()
    palette = window.findChild(QDialog, "commands")
    qtbot.keyClicks(palette.line, "qqqq")
    assert palette.titles() == []
    assert palette._nothing.isVisible()
    qtbot.keyClick(palette.line, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(QDialog, "commands") is None)


class LatePalette(CommandPalette):
    """One to which the desktop hands the keyboard only after a while."""

    is_late = True

    def event(self, event: QEvent) -> bool:
        return (self.is_late and event.type() == QEvent.Type.WindowActivate) or super().event(event)


def test_what_is_typed_before_the_palette_has_the_keyboard_goes_to_it_and_not_to_what_lies_below(
    build_window, qtbot
) -> None:
    window = build_window()
    below = QLineEdit(window)
    below.show()
    window.activateWindow()
    below.setFocus()
    palette = LatePalette(window.workspace.theme, list(window.actions_by_name.values()), window)
    palette.open_over(window)
    qtbot.keyClicks(below, "proj")
    assert (palette.line.text(), below.text()) == ("proj", "")
    palette.is_late = False
    QCoreApplication.sendEvent(palette, QEvent(QEvent.Type.WindowActivate))
    qtbot.keyClicks(palette.line, "e")
    assert palette.titles()[0] == "Projector theme"
    palette.close()
    qtbot.keyClicks(below, "x")
    assert below.text() == "x"


def test_what_fits_better_ranks_first() -> None:
    assert match_rank("zoom", "Zoom in") < match_rank("in", "Zoom in") <= match_rank("oom", "Zoom in")
    assert match_rank("xyz", "Zoom in") is None


def test_the_key_sheet_shows_every_key_that_an_action_has(build_window) -> None:
    window = build_window()
    window.commands.show_key_sheet()
    sheet = window.commands._dialogs["keys"]
    shown = " ".join(label.text() for label in sheet.findChildren(QLabel))
    for action in window.actions_by_name.values():
        for key in action.shortcuts():
            assert key.toString() in shown
    sheet.close()
    before = window.commands.key_groups()
    assert {spec.title for spec in PANELS} <= set(before), "also those of panels that nobody has opened yet"
    window.show_panel("hardware")
    window.show_panel("builder")
    groups = window.commands.key_groups()
    assert list(groups)[:2] == ["Network", "Anywhere"], "the keys of the panel at hand come first"
    for title in ("Network", "Hardware"):
        assert groups[title] == before[title]


def test_the_key_sheet_shows_the_keys_of_buttons_in_sight(qtbot) -> None:
    panel = Panel(None)
    qtbot.addWidget(panel)
    panel.key_rows = lambda: [("1 … 3", "Go there"), ("A  or  /", "Add")]
    for key, name in (("2", "Second"), ("/", "Add"), ("T", "Another digit"), ("Ctrl+Return", "Run")):
        button = QPushButton(name, panel)
        button.setShortcut(key)
    QPushButton("Without a key", panel)
    button.hide()
    assert rows_of(PANELS[0], panel) == [*panel.key_rows(), ("T", "Another digit")]


# --- numbers --------------------------------------------------------------------------------------------------------------


def test_a_slider_and_its_field_agree_and_only_a_person_is_news(qtbot, theme) -> None:
    slider = ValueSlider(theme, "Learning rate", 1e-5, 10.0, 1e-3, is_log=True, tooltip="How far")
    qtbot.addWidget(slider)
    assert slider.toolTip() == "How far\n1e-05 to 10", "what the field takes is told before it is typed"
    heard: list[float] = []
    slider.value_changed.connect(heard.append)
    slider.set_value(0.01)
    assert heard == []
    assert slider.value() == pytest.approx(0.01)
    assert slider.slider.value() == 500
    slider.slider.setValue(1000)
    assert heard == [10.0]
    assert slider.field.text() == "10"


def test_numbers_are_read_as_people_write_them(qtbot) -> None:
    field = NumberField(1e-6, 10.0, 0.001, is_log=True)
    qtbot.addWidget(field)
    field.show()
    for typed, value in (("1e-4", 1e-4), ("0.03", 0.03), ("0,5", 0.5)):
        field.selectAll()
        qtbot.keyClicks(field, typed)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert field.value() == pytest.approx(value)
    field.setValue(0.02)
    field.stepBy(1)
    assert field.value() == pytest.approx(0.05)
    field.stepBy(-2)
    assert field.value() == pytest.approx(0.01)


# --- plots ----------------------------------------------------------------------------------------------------------------


def test_a_plot_reads_out_follows_the_theme_and_exports(qtbot, theme, tmp_path: Path) -> None:
    from app.widgets.plot_export import export
    from app.widgets.plot_style import StyledPlot

    plot = StyledPlot(theme, "step", "", "loss", "nats")
    qtbot.addWidget(plot)
    curve = plot.add_curve("train", name="train")
    curve.setData(np.arange(10), np.arange(10) / 10)
    plot.resize(400, 300)
    plot.show()
    qtbot.waitExposed(plot)
    plot._on_pointer_moved(plot.plotItem.vb.sceneBoundingRect().center())
    assert plot._read_out_label.isVisible()
    assert "nats" in plot._read_out_label.text()
    assert plot.getAxis("left").tickStrings([-0.5, 0.0, 1.0, 1.5], 1.0, 0.5) == ["−0.5", "0", "1", "1.5"]
    theme.set_name("projector")
    assert curve.opts["pen"].widthF() == 3
    for kind, head in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("csv", b"curve,step,value")):
        export(plot, tmp_path / f"p.{kind}")
        assert (tmp_path / f"p.{kind}").read_bytes().startswith(head)
    with pytest.raises(BadInput, match="pdf"):
        export(plot, tmp_path / "p.pdf")
    with pytest.raises(BadInput, match="cannot be written"):
        export(plot, tmp_path / "p.csv" / "p.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.csv", "p.png", "p.svg"]


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
