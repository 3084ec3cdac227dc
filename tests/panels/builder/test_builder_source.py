"""The source beside the drawing as a person uses it: type, paste, drop, choose, undo; and source that means harm."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QFontInfo, QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from app.panels.builder.panel import BuilderPanel
from app.panels.builder.source_bar import shape_in
from app.panels.builder.source_work import Wish, answer
from app.widgets.message_bar import Message
from app.widgets.theme import THEME_NAMES
from app.workspace import Workspace
from trainers.network_files import load_preset
from trainers.network_graph import NetworkGraph
from trainers.pytorch_source import to_source

LECTURE = (Path(__file__).parents[2] / "lecture_lenet.txt").read_text(encoding="utf-8")  # as on the slide
FREE = """class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        return self.conv(x)
"""


@pytest.fixture
def panel(show: Callable[..., BuilderPanel], settle: Callable[[BuilderPanel], None]) -> BuilderPanel:
    panel = show()
    panel.tabs.setCurrentIndex(1)
    panel.source.rest.setInterval(0)
    panel.source.edit.setFocus()
    settle(panel)
    return panel


@pytest.fixture
def settle(qtbot: QtBot) -> Callable[[BuilderPanel], None]:
    """Wait until all that was typed and drawn has been followed."""

    def until_still(panel: BuilderPanel) -> None:
        qtbot.waitUntil(lambda: not panel.source.is_busy, timeout=60_000)

    return until_still


def select(panel: BuilderPanel, text: str) -> None:
    """Select the first place of `text`, as with the mouse."""
    place = panel.source.text.index(text)
    cursor = panel.source.edit.textCursor()
    cursor.setPosition(place)
    cursor.setPosition(place + len(text), QTextCursor.MoveMode.KeepAnchor)
    panel.source.edit.setTextCursor(cursor)


def type_over(panel: BuilderPanel, text: str, typed: str) -> None:
    select(panel, text)
    QTest.keyClicks(panel.source.edit, typed)


def paste(panel: BuilderPanel, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(panel.source.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def units(workspace: Workspace, name: str) -> object:
    return next(layer for layer in workspace.document.graph.layers if layer.name == name).parameters.get("units")


def test_the_lectures_class_pasted_as_it_stands_is_drawn(
    panel: BuilderPanel, workspace: Workspace, settle: Callable[[BuilderPanel], None]
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
    panel: BuilderPanel, workspace: Workspace, settle: Callable[[BuilderPanel], None]
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


def test_a_number_that_is_typed_moves_the_drawing_and_is_undone_there(
    panel: BuilderPanel, workspace: Workspace, settle: Callable[[BuilderPanel], None]
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
    panel: BuilderPanel, workspace: Workspace, settle: Callable[[BuilderPanel], None]
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


def test_typing_goes_on_while_the_drawing_changes(
    panel: BuilderPanel, workspace: Workspace, settle: Callable[[BuilderPanel], None]
) -> None:
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
    panel: BuilderPanel, workspace: Workspace, settle: Callable[[BuilderPanel], None]
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
    panel: BuilderPanel, workspace: Workspace, settle: Callable[[BuilderPanel], None]
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


def test_choosing_a_layer_lights_its_lines_and_a_line_chooses_its_layer(
    panel: BuilderPanel, settle: Callable[[BuilderPanel], None]
) -> None:
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
    panel: BuilderPanel, workspace: Workspace, settle: Callable[[BuilderPanel], None]
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
    panel: BuilderPanel, workspace: Workspace, settle: Callable[[BuilderPanel], None], tmp_path: Path,
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


def test_the_keys_of_an_editor(panel: BuilderPanel, settle: Callable[[BuilderPanel], None]) -> None:
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


# --- source that means harm ---------------------------------------------------------------------------------------------


def test_nothing_of_a_source_runs(
    panel: BuilderPanel, workspace: Workspace, settle: Callable[[BuilderPanel], None], tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    harm = f"open({str(marker)!r}, 'w').close()"
    (tmp_path / "sideways.py").write_text(harm + "\n", encoding="utf-8")
    sys.path.insert(0, str(tmp_path))
    try:
        source = LECTURE.replace(
            "class", f"import sideways\nimport os\n{harm}\nos.system({f'touch {marker}'!r})\n\n\nclass"
        )
        source = source.replace("(84, 10)", f"(84, [10, {harm}][0])").replace("        x = flatten", f"        {harm}\n        x = flatten")  # fmt: skip
        paste(panel, source)
        settle(panel)
    finally:
        sys.path.remove(str(tmp_path))
    assert not marker.exists()
    assert "sideways" not in sys.modules
    assert workspace.document.graph == load_preset("lenet5")
    assert any(remark.tone == "bad" for line in range(1, 40) if (remark := panel.source.edit.remark_at(line)))


def test_hostile_source_is_refused_in_a_sentence_and_soon() -> None:
    hostile = {
        "powers": LECTURE.replace("(84, 10)", "(84, 9**9**9**9)"),
        "literal": LECTURE.replace("(84, 10)", f"(84, {'9' * 100_000})"),
        "brackets": LECTURE.replace("(84, 10)", "(84, " + "(" * 10_000 + "10" + ")" * 10_000 + ")"),
        "operators": LECTURE.replace("(84, 10)", "(84, 1" + "+1" * 200_000 + ")"),
        "attributes": LECTURE.replace("(84, 10)", "(84, a" + ".b" * 200_000 + ")"),
        "a loop": LECTURE.replace("        x = flatten", "        while True: pass\n        x = flatten"),
        "a list": LECTURE.replace("(84, 10)", "(84, len([0] * 10**12))"),
        "size": LECTURE + "#" * 1_000_001,
    }
    drawn: NetworkGraph = load_preset("lenet5")
    for name, source in hostile.items():
        begun = time.process_time()
        done = answer(Wish(source, drawn, drawn_shape=(1, 28, 28)))
        assert time.process_time() - begun < 1.0, name
        assert done.graph is None, name
        assert done.refused.endswith("."), name
        assert len(done.refused) < 300, name
        assert "\n" not in done.refused, name


# --- a trusted file -----------------------------------------------------------------------------------------------------


def test_a_file_that_is_trusted_runs_after_a_question_in_a_process_of_its_own(
    panel: BuilderPanel, workspace: Workspace, settle: Callable[[BuilderPanel], None], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    file, marker = tmp_path / "net.py", tmp_path / "ran"
    (tmp_path / "widths_elsewhere.py").write_text("WIDTH = 9\n", encoding="utf-8")
    head = f"import torch.nn.functional as F\nfrom torch import flatten, nn\nfrom widths_elsewhere import WIDTH\nopen({str(marker)!r}, 'w').close()\n"
    source = head + LECTURE.replace("flatten(x)", "flatten(x, 1)").replace("84", "WIDTH")
    file.write_text(source, encoding="utf-8")
    answers: list[QMessageBox.ButtonRole] = []
    asked: list[str] = []

    def clicked(box: QMessageBox) -> object:
        asked.append(f"{box.text()} {box.informativeText()}")
        return next(button for button in box.buttons() if box.buttonRole(button) == answers[-1])

    monkeypatch.setattr(QMessageBox, "exec", lambda _: 0)
    monkeypatch.setattr(QMessageBox, "clickedButton", clicked)
    panel.source.open_path(str(file))
    settle(panel)
    button = panel.source.sayings.trace_button
    assert button.isVisible()
    answers.append(QMessageBox.ButtonRole.RejectRole)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(panel)
    assert "Run net.py to trace its class LeNet?" in asked[0]
    assert not marker.exists()
    answers.append(QMessageBox.ButtonRole.AcceptRole)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(panel)
    assert marker.exists()
    assert units(workspace, "fc2") == 9
    assert "# Traced from net.py by torch.fx" in panel.source.text
    assert not button.isVisible()


def test_tracing_that_never_ends_is_stopped_by_hand_or_by_its_limit_and_a_killed_one_is_told(
    panel: BuilderPanel, settle: Callable[[BuilderPanel], None], tmp_path: Path, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch, messages: list[Message],
) -> None:  # fmt: skip
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2] / "app"))
    pane, tracer, file = panel.source, panel.source.tracer, tmp_path / "net.py"
    file.write_text("from torch import nn\n" + LECTURE.replace("84", "WIDTH"), encoding="utf-8")
    pane.open_path(str(file))
    settle(panel)
    button, before = pane.sayings.trace_button, pane.sayings.text
    monkeypatch.setattr(tracer, "ask", lambda path, name: tracer.trace(path, name) or True)
    tracer._job = "waiting_jobs:never"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert tracer.is_busy
    assert button.text() == "Stop tracing"
    assert "runs in a process of its own" in pane.sayings.text
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not tracer.is_busy
    assert (button.text(), pane.sayings.text) == ("Trace it…", before)
    tracer._limit_s = 0.05
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(messages))
    assert messages[-1].text.startswith("Tracing net.py took longer than 0.05 s, so it was ended. ")
    tracer._limit_s, tracer._job = 60, "waiting_jobs:die"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(messages) > 1)
    assert messages[-1].text.startswith("The process for tracing was killed: ")
    assert button.text() == "Trace it…"


# --- looks --------------------------------------------------------------------------------------------------------------


def test_what_is_said_is_whole_in_every_theme(
    panel: BuilderPanel, workspace: Workspace, settle: Callable[[BuilderPanel], None], qtbot: QtBot
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
