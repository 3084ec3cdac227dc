"""The source beside the drawing as a person uses it: type, paste, drop, choose, undo."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QFontInfo, QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from source_hands import LECTURE, Settle, paste, select, type_over, units, with_source_in_front

from app.panels.builder.panel import BuilderPanel
from app.panels.builder.source_bar import shape_in
from app.widgets.message_bar import Message
from app.widgets.theme import THEME_NAMES
from app.workspace import Workspace
from trainers.network_files import load_preset
from trainers.pytorch_source import to_source

FREE = """class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        return self.conv(x)
"""


@pytest.fixture
def panel(show: Callable[..., BuilderPanel], settle: Settle) -> BuilderPanel:
    return with_source_in_front(show(), settle)


def test_the_lectures_class_pasted_as_it_stands_is_drawn(
    panel: BuilderPanel, workspace: Workspace, settle: Settle
) -> None:
    paste(panel, LECTURE)
    settle(panel)
    document = workspace.document
    assert panel.source.text == LECTURE
    assert (document.analysis.parameters, document.analysis.input_shape) == (61_706, (1, 28, 28))
    assert "61,706 parameters" in panel.view.totals.text()
    assert [layer.name for layer in document.graph.layers] == [layer.name for layer in load_preset("lenet5").layers]
    assert document.undo_stack.undoText() == "Paste source"
    assert panel.source.sayings.isVisible()
    assert "Line 10: The input is taken as pictures of 1×28×28" in panel.source.sayings.text
    assert "Line 13: As PyTorch's flatten(x) this would merge the batch too" in panel.source.sayings.text
    assert not panel.source.bar.isVisible()
    document.undo_stack.undo()
    settle(panel)
    assert panel.source.text == to_source(load_preset("lenet5"))
    document.undo_stack.redo()
    settle(panel)
    assert panel.source.text == LECTURE  # as it was written, not as it would be


def test_a_class_pasted_onto_the_canvas_is_drawn_and_stands_beside_it(
    panel: BuilderPanel, workspace: Workspace, settle: Settle
) -> None:
    panel.tabs.setCurrentIndex(0)
    panel.board.setFocus()
    QGuiApplication.clipboard().setText(f"import torch\n\n{LECTURE}")
    QTest.keyClick(panel.board, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    settle(panel)
    assert panel.tabs.currentIndex() == 1
    assert panel.source.text.endswith(LECTURE)
    assert [layer.name for layer in workspace.document.graph.layers][:2] == ["image", "conv1"]
    assert workspace.document.undo_stack.undoText() == "Paste source"


@pytest.mark.parametrize("is_first", [True, False])
def test_a_class_takes_the_place_of_an_empty_canvas(
    show: Callable[..., BuilderPanel], workspace: Workspace, settle: Settle, is_first: bool
) -> None:
    """Whether the source was looked at before, and though the same class was drawn before the canvas was cleared."""
    panel = show()
    if not is_first:
        with_source_in_front(panel, settle)
        paste(panel, LECTURE)
        settle(panel)
    panel.new_network()
    assert workspace.document.is_faulty
    with_source_in_front(panel, settle)
    QGuiApplication.clipboard().setText(LECTURE)
    QTest.mouseClick(panel.source.buttons.paste_button, Qt.MouseButton.LeftButton)
    settle(panel)
    assert not workspace.document.is_faulty
    assert workspace.document.analysis.parameters == 61_706
    assert panel.source.text == LECTURE


def test_a_number_that_is_typed_moves_the_drawing_and_is_undone_there(
    panel: BuilderPanel, workspace: Workspace, settle: Settle
) -> None:
    paste(panel, LECTURE)
    settle(panel)
    stack, steps = workspace.document.undo_stack, workspace.document.undo_stack.count()
    graph = workspace.document.graph
    placed = [
        msgspec.structs.replace(layer, position=(40.0 * number, 8.0)) for number, layer in enumerate(graph.layers)
    ]
    workspace.document.set_graph(msgspec.structs.replace(graph, layers=tuple(placed)))
    settle(panel)
    assert panel.source.text == LECTURE
    type_over(panel, "10)", "7")
    settle(panel)  # a bracket is missing: marked, and the drawing stays
    assert units(workspace, "fc3") == 10
    assert [remark.tone for line in range(1, 9) if (remark := panel.source.edit.remark_at(line))] == ["bad"]
    QTest.keyClicks(panel.source.edit, ")")
    settle(panel)
    assert units(workspace, "fc3") == 7
    assert [layer.position for layer in workspace.document.graph.layers] == [layer.position for layer in placed]
    assert panel.source.edit.textCursor().blockNumber() == 7
    QTest.keyClick(panel.source.edit, Qt.Key.Key_Backspace)
    QTest.keyClick(panel.source.edit, Qt.Key.Key_Backspace)
    QTest.keyClicks(panel.source.edit, "8)")
    settle(panel)
    assert units(workspace, "fc3") == 8
    assert stack.count() == steps + 2  # the places, and all that was typed as one
    QTest.keyClicks(panel.source.edit, "(")
    QTest.keyClick(panel.source.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(panel)
    assert panel.source.text == LECTURE.replace("10)", "8)")  # what was typed and not yet understood
    QTest.keyClick(panel.source.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(panel)
    assert (units(workspace, "fc3"), panel.source.text) == (10, LECTURE)
    QTest.keyClick(panel.source.edit, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    settle(panel)
    assert units(workspace, "fc3") == 8


def test_a_change_of_the_drawing_changes_its_lines_and_leaves_caret_and_sight(
    panel: BuilderPanel, workspace: Workspace, settle: Settle
) -> None:
    commented = LECTURE.replace("(120, 84)", "(120, 84)  # the widest but one").replace("class", "\n" * 90 + "class")
    paste(panel, commented)
    settle(panel)
    edit = panel.source.edit
    select(panel, "flatten(x)")
    edit.verticalScrollBar().setValue(88)
    place, sight = edit.textCursor().position(), edit.verticalScrollBar().value()
    assert sight > 0
    layers = [
        msgspec.structs.replace(layer, parameters={"units": 100}) if layer.name == "fc2" else layer
        for layer in workspace.document.graph.layers
    ]
    layers[-1] = msgspec.structs.replace(layers[-1], parameters={"units": 10})
    workspace.document.set_graph(msgspec.structs.replace(workspace.document.graph, layers=tuple(layers)))
    settle(panel)
    assert panel.source.text == commented.replace("84)", "100)").replace("(84,", "(100,")
    assert edit.textCursor().selectedText() == "flatten(x)"
    assert (edit.textCursor().position(), edit.verticalScrollBar().value()) == (place + 2, sight)


def test_typing_goes_on_while_the_drawing_changes(panel: BuilderPanel, workspace: Workspace, settle: Settle) -> None:
    type_over(panel, "        return", "        y = (")
    graph = workspace.document.graph
    layers = tuple(
        msgspec.structs.replace(layer, kind="tanh") if layer.name == "relu1" else layer for layer in graph.layers
    )
    workspace.document.set_graph(msgspec.structs.replace(graph, layers=layers))
    settle(panel)
    assert "F.tanh(self.conv1(x))" in panel.source.text.replace("torch.tanh", "F.tanh")
    assert "        y = (" in panel.source.text
    assert workspace.document.graph.layers == layers


def test_a_double_click_anywhere_on_a_number_takes_the_number(
    panel: BuilderPanel, workspace: Workspace, settle: Settle
) -> None:
    """A number of one digit has two halves, and Qt takes the comma behind it for its right one."""
    paste(panel, LECTURE)
    settle(panel)
    edit = panel.source.edit
    cursor = edit.textCursor()
    cursor.setPosition(LECTURE.index("6, 5, padding"))
    left = edit.cursorRect(cursor)
    cursor.movePosition(QTextCursor.MoveOperation.Right)
    right = edit.cursorRect(cursor)
    for share in (0.2, 0.8):
        place = QPoint(round(left.left() + share * (right.left() - left.left())), left.center().y())
        QTest.mouseDClick(edit.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert edit.textCursor().selectedText() == "6", share
    QTest.keyClicks(edit, "1 2")
    settle(panel)
    assert "Perhaps you forgot a comma? Mend" in panel.source.sayings.text
    panel.source.edit.undo()


def test_sizes_that_no_longer_fit_are_marked_and_made_to_fit_at_a_click(
    panel: BuilderPanel, workspace: Workspace, settle: Settle
) -> None:
    assert not panel.source.sayings.isVisible()
    type_over(panel, "(1, 6,", "(1, 8,")
    settle(panel)
    assert "Conv2d(1, 8, 5" in panel.source.text
    said = panel.source.sayings.text
    assert "conv2 takes 6 channels, but gets pictures of 8×14×14" in said
    assert workspace.document.analysis.parameters == 61_706
    QTest.mouseClick(panel.source.sayings.fit_button, Qt.MouseButton.LeftButton)
    settle(panel)
    assert "Conv2d(8, 16, 5" in panel.source.text
    assert workspace.document.analysis.parameters == 61_706 + 52 + 800
    assert "62,558 parameters" in panel.source.text  # what the class says of itself
    assert panel.source.edit.hasFocus()
    assert not panel.source.sayings.isVisible()


def test_choosing_a_layer_lights_its_lines_and_a_line_chooses_its_layer(panel: BuilderPanel, settle: Settle) -> None:
    paste(panel, LECTURE)
    settle(panel)
    panel.view.choose_layer("pool2")
    assert panel.source.edit.lit_lines == {12}
    panel.view.choose_layer("conv2")
    assert panel.source.edit.lit_lines == {5, 12}
    select(panel, "fc2 ")
    assert panel.view.current_layer == "fc2"
    assert panel.source.edit.lit_lines == {7, 15}
    cursor = panel.source.edit.textCursor()
    cursor.setPosition(panel.source.text.index("max_pool2d(F.relu(self.conv2") + 2)
    panel.source.edit.setTextCursor(cursor)
    assert panel.view.current_layer == "pool2"


def test_the_inputs_shape_is_asked_for_and_one_of_several_classes_is_chosen(
    panel: BuilderPanel, workspace: Workspace, settle: Settle
) -> None:
    bar = panel.source.bar
    paste(panel, FREE + "\n\n" + LECTURE)
    settle(panel)
    assert workspace.document.graph.name == "LeNet"
    assert bar.isVisible()
    assert bar.classes.currentText() == "LeNet"
    assert not bar.shape.isVisible()
    bar.classes.setCurrentText("Small")
    bar.classes.textActivated.emit("Small")
    settle(panel)
    assert bar.shape.isVisible()
    assert bar.shape.text() == "3×28×28"
    assert workspace.document.graph.name == "LeNet"
    bar.shape.setText("three")
    QTest.keyClick(bar.shape, Qt.Key.Key_Return)
    assert "“three” is no shape" in bar.question.text()
    bar.shape.setText("1x40x30")
    QTest.keyClick(bar.shape, Qt.Key.Key_Return)
    settle(panel)
    assert "takes 3 channels" in panel.source.sayings.text
    bar.shape.setText("3 × 40 × 30")
    QTest.mouseClick(bar.draw_button, Qt.MouseButton.LeftButton)
    settle(panel)
    assert workspace.document.analysis.input_shape == (3, 40, 30)
    assert workspace.document.graph.name == "Small"
    assert not bar.shape.isVisible()
    panel.source.edit.setFocus()
    type_over(panel, "(3, 4,", "(3, 5,")
    settle(panel)
    assert workspace.document.analysis.output_shape == (5, 38, 28)  # still of the shape that was given


def test_shapes_are_read_as_people_write_them() -> None:
    assert [shape_in(text) for text in ("1x28x28", " 3 × 32×32 ", "3, 8, 9", "784")] == [
        (1, 28, 28), (3, 32, 32), (3, 8, 9), (784,),
    ]  # fmt: skip
    assert [shape_in(text) for text in ("", "0x3", "1x2x3x4", "x", "-3", "1.5", "9" * 30)] == [None] * 7


def test_a_file_is_opened_dropped_and_saved(
    panel: BuilderPanel, workspace: Workspace, settle: Settle, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, messages: list[Message],
) -> None:  # fmt: skip
    file = tmp_path / "net.py"
    file.write_bytes(LECTURE.replace("\n", "\r\n").encode())
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    drop = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)  # fmt: skip
    panel.source.edit.dropEvent(drop)
    settle(panel)
    assert workspace.document.undo_stack.undoText() == "Open net.py"
    assert panel.source.text == LECTURE
    type_over(panel, "10)", "9)  # nine")
    settle(panel)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    QTest.mouseClick(panel.source.buttons.save_button, Qt.MouseButton.LeftButton)
    assert (tmp_path / "mine.py").read_text(encoding="utf-8") == panel.source.text
    assert messages[-1].text == "The source is saved as mine.py."
    link = tmp_path / "link.py"
    link.symlink_to(file)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(link), ""))
    QTest.mouseClick(panel.source.buttons.open_button, Qt.MouseButton.LeftButton)
    assert messages[-1].kind == "error"
    assert "is a symbolic link" in messages[-1].text
    assert "# nine" in panel.source.text


def test_the_keys_of_an_editor(panel: BuilderPanel, settle: Settle) -> None:
    edit = panel.source.edit
    QTest.keyClick(edit, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(edit, "def f():")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    QTest.keyClicks(edit, "if x:")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    QTest.keyClicks(edit, "a")
    QTest.keyClick(edit, Qt.Key.Key_Tab)
    QTest.keyClicks(edit, "b")
    assert panel.source.text == "def f():\n    if x:\n    a   b"
    settle(panel)
    assert panel.source.sayings.text == (
        "Line 3: This is no Python: expected an indented block after 'if' statement on line 2. Mend this line."
    )
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert not edit.hasFocus()


# --- looks --------------------------------------------------------------------------------------------------------------


def test_what_is_said_is_whole_in_every_theme(
    panel: BuilderPanel, workspace: Workspace, settle: Settle, qtbot: QtBot
) -> None:
    paste(panel, LECTURE.replace("16*5*5", "401"))
    settle(panel)
    assert panel.source.edit.remark_at(14) is not None
    edit, label = panel.source.edit, panel.source.sayings.label
    place = edit.cursorRect(QTextCursor(edit.document().findBlockByNumber(13))).center()
    QTest.mouseClick(edit.gutter, Qt.MouseButton.LeftButton, pos=QPoint(4, place.y()))
    assert edit.textCursor().blockNumber() == 13
    for name in THEME_NAMES:
        workspace.theme.set_name(name)
        qtbot.waitUntil(lambda: label.height() >= label.heightForWidth(label.width()) - 1)
        assert edit.gutter.width() >= 2 * edit.fontMetrics().horizontalAdvance("0") + 8
        assert QFontInfo(edit.font()).pixelSize() == workspace.theme.font("code").pixelSize()
        assert edit.height() > 300


def test_source_is_set_in_the_typeface_that_is_brought_along(panel: BuilderPanel) -> None:
    font = QFontInfo(panel.source.edit.font())
    assert font.family() == "JetBrains Mono"
    metrics = panel.source.edit.fontMetrics()
    assert len({metrics.horizontalAdvance(text) for text in ("iiii", "WWWW", "!===", "0O_.")}) == 1
