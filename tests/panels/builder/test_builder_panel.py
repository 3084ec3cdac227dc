"""The network panel as a person uses it: choose and read; and as a state."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from builder_person import center_of, choose
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QTabBar, QToolButton
from pytestqt.qtbot import QtBot

from app.machine_measurement import MachineMeasurement
from app.panel import StateError
from app.panels.builder.panel import BuilderPanel
from app.run_watch import threads_beside_window
from app.training_choices import TrainingChoices
from app.widgets.message_bar import Message
from app.widgets.theme import THEME_NAMES
from app.workspace import Workspace
from trainers.machine_speed import MachineSpeed, save_speed, this_machine
from trainers.network_files import load_preset, preset_names
from trainers.pytorch_source import to_source


def row_texts(panel: BuilderPanel, row: int) -> list[str]:
    model = panel.table.layers
    return [model.data(model.index(row, column)) for column in range(model.columnCount())]


# --- reading ------------------------------------------------------------------------------------------------------------


def test_lenet_is_told_layer_by_layer_in_the_order_of_the_data(show: Callable[..., BuilderPanel]) -> None:
    panel = show()
    assert panel.table.layers.rowCount() == 13
    assert row_texts(panel, 0) == ["image", "Input", "1×28×28", "–", "–"]
    assert row_texts(panel, 4) == ["conv2", "Convolution", "16×10×10", "2,416", "480,000"]
    assert "61,706 parameters" in panel.view.totals.text()
    assert "1998" in panel.facts.toPlainText()  # how it differs from the paper's
    assert "61,706" in panel.facts.toPlainText()
    assert "one number of pool2 sees 16×16 of 28×28 pixels" in panel.facts.toPlainText()
    assert "about as many parameters as LeNet-5 (1998)" in panel.facts.toPlainText()


def test_what_training_takes_follows_the_settings(show: Callable[..., BuilderPanel], workspace: Workspace) -> None:
    choices = TrainingChoices(workspace.document)
    workspace.training = choices  # type: ignore[assignment]
    panel = show()
    choices.set_setting("optimizer", "adam")
    choices.set_setting("batch_size", 64)
    assert "4.06 MB: 247 kB parameters + 247 kB gradients + 494 kB optimiser" in panel.facts.toPlainText()
    choices.set_setting("optimizer", "sgd")
    choices.set_setting("momentum", 0.0)
    choices.set_setting("batch_size", 1000)
    assert "48.6 MB: 247 kB parameters + 247 kB gradients + 48.1 MB activations of 1,000" in panel.facts.toPlainText()
    workspace.document.close()  # as the window does: changes on the stack know the choices, and those the stack


def test_a_step_is_timed_once_the_machine_is_measured(
    show: Callable[..., BuilderPanel], workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HILLOCK_CACHE_DIR", str(tmp_path))
    asked: list[tuple[str, int]] = []
    monkeypatch.setattr(MachineMeasurement, "measure", lambda _, *what: asked.append(what))
    workspace.training = TrainingChoices(workspace.document)  # type: ignore[assignment]
    panel = show()
    assert "Measure this machine" in panel.facts.toPlainText()
    panel.facts.setFocus()
    QTest.keyClick(panel.facts, Qt.Key.Key_Tab)  # to the link
    QTest.keyClick(panel.facts, Qt.Key.Key_Return)
    assert asked == [("auto", 0)]
    speed = MachineSpeed(
        "cpu", threads_beside_window(), this_machine(), "2.14", 50e9, 40e9, 10e9, 20e9, 5e9, 50e-6, 1e-4
    )
    save_speed(speed, "auto")
    again = show()
    assert "One step" in again.facts.toPlainText()
    workspace.machine.forget()
    assert "about 10 ms on this machine (6," in again.facts.toPlainText()
    assert "Measure this machine" not in again.facts.toPlainText()


def test_a_row_chooses_the_layer_and_the_layer_its_row(show: Callable[..., BuilderPanel]) -> None:
    panel = show()
    table = panel.table
    place = table.visualRect(table.layers.index(4, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert panel.view.current_layer == "conv2"
    assert "16·6·5·5 + 16 = 2,416" in panel.facts.toPlainText()
    assert "6.4 kB per sample" in panel.facts.toPlainText()
    canvas = panel.view.canvas
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=center_of(canvas, "fc1"))
    assert table.currentIndex().row() == 8
    assert "120·400 + 120 = 48,120" in panel.facts.toPlainText()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert not table.selectionModel().hasSelection()
    assert panel.facts.toPlainText().startswith("LeNet-5")


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_can_be_chosen_and_says_what_it_is(
    show: Callable[..., BuilderPanel], workspace: Workspace, name: str
) -> None:
    panel = show()
    graph = load_preset(name)
    choose(panel.toolbar.presets, graph.title)
    assert workspace.document.graph == graph
    assert graph.comment.split()[0] in panel.facts.toPlainText()
    assert f"{workspace.document.analysis.parameters:,}" in panel.view.totals.text()
    assert panel.table.layers.rowCount() == len(graph.layers)


def test_a_choice_is_undone(show: Callable[..., BuilderPanel], workspace: Workspace) -> None:
    panel = show()
    choose(panel.toolbar.presets, "AlexNet")
    assert "61,100,840" in panel.view.totals.text()
    assert workspace.document.undo_stack.undoText() == "Choose AlexNet"
    workspace.document.undo_stack.undo()
    assert "61,706" in panel.view.totals.text()
    assert panel.toolbar.presets.currentText() == "LeNet-5"


def test_an_edit_elsewhere_is_drawn_and_keeps_the_chosen_layer(
    show: Callable[..., BuilderPanel], workspace: Workspace
) -> None:
    panel = show()
    panel.view.choose_layer("fc2")
    graph = workspace.document.graph
    layers = tuple(
        msgspec.structs.replace(layer, kind="tanh") if layer.name == "relu1" else layer for layer in graph.layers
    )
    workspace.document.set_graph(msgspec.structs.replace(graph, layers=layers))
    assert row_texts(panel, 2)[1] == "tanh"
    assert panel.view.current_layer == "fc2"
    assert panel.toolbar.presets.currentText() == "LeNet-5 (own)"
    workspace.document.undo_stack.undo()
    assert panel.toolbar.presets.currentText() == "LeNet-5"
    assert panel.toolbar.presets.findText("LeNet-5 (own)") < 0


def test_a_hidden_panel_sleeps_and_catches_up(show: Callable[..., BuilderPanel], workspace: Workspace) -> None:
    panel = show()
    panel.hide()
    workspace.document.set_graph(load_preset("alexnet"))
    assert "61,706" in panel.view.totals.text()
    panel.show()
    assert "61,100,840" in panel.view.totals.text()


def test_the_source_stands_beside_the_drawing_and_can_be_copied(
    show: Callable[..., BuilderPanel], workspace: Workspace, messages: list[Message]
) -> None:
    panel = show()
    assert panel.source.text == ""  # made when it is looked at
    panel.tabs.setCurrentIndex(1)
    assert panel.source.text == to_source(workspace.document.graph)
    assert panel.source.isVisible()
    assert panel.view.isVisible()
    panel.view.choose_layer("conv2")
    marked = [selection.cursor.block().text().strip() for selection in panel.source.edit.extraSelections()]
    assert any(line.startswith("self.conv2 = nn.Conv2d(") for line in marked)
    QTest.mouseClick(panel.source.buttons.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == to_source(workspace.document.graph)
    assert messages[-1].text == "The PyTorch source is on the clipboard."
    choose(panel.toolbar.presets, "AlexNet")
    assert panel.source.text == to_source(load_preset("alexnet"))


# --- state --------------------------------------------------------------------------------------------------------------


def test_a_state_comes_back_as_it_was(show: Callable[..., BuilderPanel], workspace: Workspace) -> None:
    panel = show()
    panel.tabs.setCurrentIndex(1)
    panel.view.canvas.zoom_in()
    panel.view.choose_layer("pool2")
    state = json.loads(json.dumps(panel.state()))
    assert state["network"] == "lenet5"
    choose(panel.toolbar.presets, "AlexNet")
    panel.tabs.setCurrentIndex(0)
    panel.apply(state)
    again = panel.state()
    assert {key: again[key] for key in ("network", "layer", "tab", "schema")} == {
        key: state[key] for key in ("network", "layer", "tab", "schema")
    }
    assert again["look"]["zoom"] == pytest.approx(state["look"]["zoom"])
    assert again["look"]["x"] == pytest.approx(state["look"]["x"], abs=3)
    panel.reset()  # Home: as it was opened
    assert panel.state() == panel.opened_state


def test_a_network_of_ones_own_lies_in_the_state_whole(show: Callable[..., BuilderPanel], workspace: Workspace) -> None:
    panel = show()
    own = msgspec.structs.replace(load_preset("playground"), name="own", title="Mine")
    workspace.document.set_graph(own)
    state = json.loads(json.dumps(panel.state()))
    workspace.document.set_graph(load_preset("lenet5"))
    panel.apply(state)
    assert workspace.document.graph == own
    assert panel.toolbar.presets.currentText() == "Mine (own)"


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"colour": 1}, "colour"),
    ({"layer": "conv9"}, "layer"),
    ({"layer": 3}, "layer"),
    ({"tab": "secret"}, "tab"),
    ({"network": "lenet6"}, "network"),
    ({"network": {"name": "x", "layers": [], "links": []}}, "network"),
    ({"look": {"zoom": 999, "x": 0, "y": 0}}, "look.zoom"),
    ({"look": {"zoom": 1, "x": float("nan"), "y": 0}}, "look.x"),
    ({"schema": 5}, "schema"),
    ({"schema": "1"}, "schema"),
]


def test_a_state_that_cannot_be_is_refused_by_its_key_and_nothing_changes(show: Callable[..., BuilderPanel]) -> None:
    panel = show()
    before = panel.state()
    for change, key in REFUSED:
        with pytest.raises(StateError) as caught:
            panel.apply({**before, "network": "alexnet", "layer": "", **change})
        assert caught.value.key == key
        assert panel.state() == before, change
        assert "61,706" in panel.view.totals.text()


# --- looks --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (427, 760), (1280, 300)])
@pytest.mark.parametrize("name", THEME_NAMES)
def test_nothing_is_cut_in_any_theme_and_size(
    show: Callable[..., BuilderPanel], workspace: Workspace, qtbot: QtBot, name: str, size: tuple[int, int]
) -> None:
    workspace.theme.set_name(name)
    panel = show(*size)
    for preset in ("lenet5", "resnet18-cifar"):
        workspace.document.set_graph(load_preset(preset))
        panel.view.choose_layer(load_preset(preset).layers[4].name)
        assert (panel.width(), panel.height()) == size
        for widget in panel.findChildren(QLabel) + panel.findChildren(QPushButton) + panel.findChildren(QToolButton):
            if widget.isVisible() and not isinstance(widget, QLabel):
                assert widget.width() >= widget.minimumSizeHint().width(), widget.toolTip()
        totals = panel.view.totals
        totals_fit = lambda label=totals: label.height() >= label.heightForWidth(label.width()) - 1  # noqa: E731
        qtbot.waitUntil(totals_fit)
        bar = panel.tabs.findChild(QTabBar)
        assert bar is not None
        assert all(bar.tabRect(number).right() <= panel.width() for number in range(bar.count()))
        table = panel.table
        shown = [column for column in range(5) if not table.isColumnHidden(column)]
        assert {0, 2, 3} <= set(shown)
        header = table.horizontalHeader()
        for column in shown:
            text = table.layers.headerData(column, Qt.Orientation.Horizontal)
            assert header.sectionSize(column) >= header.fontMetrics().horizontalAdvance(text) + 2 * 8
        if size[0] >= 1280 and size[1] >= 700:  # a flat dock may scroll sideways
            assert sum(table.columnWidth(column) for column in shown) <= table.viewport().width() + 1


def test_every_control_has_a_name_and_a_tooltip(show: Callable[..., BuilderPanel]) -> None:
    panel = show()
    for kind in (QToolButton, QPushButton, QComboBox):
        for control in panel.findChildren(kind):
            if control.isVisibleTo(panel):
                assert control.toolTip(), control
                assert control.accessibleName() or control.text(), control


def test_a_preset_brings_data_along_where_those_chosen_do_not_fit(
    show: Callable[..., BuilderPanel], workspace: Workspace, messages: list[Message]
) -> None:
    """Else Train would fail at once, and starting again would fail alike."""
    panel = show()
    panel.toolbar.preset_chosen.emit("xor-mlp")
    assert workspace.training.data.name == "xor"
    assert "came with Exclusive or" in messages[-1].text
    panel.toolbar.preset_chosen.emit("playground")
    assert workspace.training.data.name == "xor"  # these fit
    panel.toolbar.preset_chosen.emit("lenet5")
    assert workspace.training.data.name == "digits"
