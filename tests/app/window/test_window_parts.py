"""Message bar, command palette, key sheet, value slider, plots."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton

from app.panel import Panel
from app.panel_catalog import PANELS
from app.panel_keys import rows_of
from app.widgets.command_palette import CommandPalette, match_rank
from app.widgets.message_bar import Message, MessageBar
from app.widgets.number_field import NumberField
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider
from trainers.errors import BadInput


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
