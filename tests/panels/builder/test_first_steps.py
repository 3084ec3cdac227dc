"""What somebody meets who sits in front of the network panel for the first time."""

from __future__ import annotations

import pytest
from builder_person import Person, entry_of
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.network_document import NetworkDocument
from app.panels.builder.layer_table import SHARE
from app.panels.builder.panel_commands import builder_commands
from app.widgets.layer_style import family_of
from app.widgets.message_bar import Message
from trainers.network_files import load_preset
from trainers.pytorch_source import to_source


def takes_undo(field: QLineEdit) -> bool:
    """Whether Ctrl+Z is the field's own, or the window's."""
    asked = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier, "z")
    asked.ignore()
    QApplication.sendEvent(field, asked)
    return asked.isAccepted()


def kinds(document: NetworkDocument) -> list[str]:
    return [layer.kind for layer in document.drawing.layers]


def test_the_list_of_kinds_is_used_by_keyboard_says_all_that_was_typed_and_takes_a_double_click_for_one(
    person: Person, document: NetworkDocument
) -> None:
    palette = person.panel.palette_pane
    person.panel.new_network()
    assert not takes_undo(palette.search), "in an empty field Ctrl+Z takes the new network back"
    QTest.keyClicks(palette.search, "conv 6 5 padding=2 stride=1")
    assert takes_undo(palette.search)
    entry = palette.kinds.item(0)
    assert entry.text() == "Convolution\nchannels 6, kernel 5, padding 2, stride 1"
    room = palette.kinds.visualItemRect(entry)
    assert room.height() >= 3 * palette.kinds.fontMetrics().height(), "the numbers are cut"
    palette.search.clear()
    palette.kinds.setFocus()
    palette.kinds.setCurrentItem(entry_of(palette.kinds, "input"))
    QTest.keyClick(palette.kinds, Qt.Key.Key_Return)
    QTest.keyClick(palette.kinds, Qt.Key.Key_Down)
    QTest.keyClick(palette.kinds, Qt.Key.Key_Return)
    assert kinds(document) == ["input", "conv2d"]
    place = palette.kinds.visualItemRect(entry_of(palette.kinds, "relu")).center()
    QTest.mouseClick(palette.kinds.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(palette.kinds.viewport(), Qt.MouseButton.LeftButton, pos=place)
    person.settle()
    assert kinds(document) == ["input", "conv2d", "relu"]
    QTest.keyClick(palette.kinds, Qt.Key.Key_F)
    assert palette.search.hasFocus()
    assert palette.search.text() == "f"
    palette.kinds.setFocus()
    QTest.keyClick(palette.kinds, Qt.Key.Key_Escape)
    assert person.board.hasFocus()


def test_the_table_shows_where_the_parameters_of_alexnet_are_and_where_its_work(
    person: Person, document: NetworkDocument
) -> None:
    """L27: 58.6 of 61.1 million parameters lie in the three dense layers, which do a twelfth of the work."""
    by_title = {command.title: command for command in builder_commands()}
    assert "Network: open ResNet-152, torchvision" in by_title
    by_title["Network: open AlexNet"].run(person.panel)
    assert document.graph == load_preset("alexnet")
    model = person.panel.table.layers
    rows = {row.name: number for number, row in enumerate(model.rows)}
    for column, dense in (
        (3, 58_631_144 / 61_100_840),
        (4, 2 * (9216 * 4096 + 4096 * 4096 + 4096 * 1000) / 1_428_376_960),
    ):
        shares = {name: model.index(row, column).data(SHARE) for name, row in rows.items()}
        assert sum(shares.values()) == pytest.approx(1.0)
        assert shares["fc6"] + shares["fc7"] + shares["fc8"] == pytest.approx(dense)
    tip = model.index(rows["fc6"], 3).data(Qt.ItemDataRole.ToolTipRole)
    assert "61.8 % of the network's 61,100,840 parameters" in tip
    view = person.panel.table
    theme = person.panel.workspace.theme
    top = view.viewport().mapTo(view, QPoint(0, 0))
    inked = {}
    for name in ("conv1", "fc6"):
        view.scrollTo(model.index(rows[name], 3))
        picture = view.grab().toImage()
        cell = view.visualRect(model.index(rows[name], 3)).translated(top)
        wanted = theme.color(family_of("conv2d" if name == "conv1" else "dense").color).rgb()
        inked[name] = sum(picture.pixel(x, cell.bottom() - 1) == wanted for x in range(cell.left(), cell.right()))
    assert inked["fc6"] > 0.5 * cell.width()
    assert inked["conv1"] == 0


def test_a_group_has_a_title_to_change_and_tells_what_it_costs(person: Person, document: NetworkDocument) -> None:
    person.board.choose({"conv1", "relu1", "pool1"})
    person.key(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    form, facts = person.panel.form, person.panel.facts
    assert form.kind.text() == "Group"
    assert form.name.text() == "block"
    assert "conv1, relu1, pool1" in facts.toPlainText()
    assert "156, 0.253 % of the network's" in facts.toPlainText()
    assert "6×14×14" in facts.toPlainText()
    person.key(Qt.Key.Key_F2)
    QTest.keyClicks(form.name, "first stage")
    QTest.keyClick(form.name, Qt.Key.Key_Return)
    person.settle()
    assert [group.title for group in document.drawing.groups] == ["first stage"]
    assert document.undo_stack.undoText() == "Call block first stage"
    assert (form.name.text(), person.board.current_layer) == ("first stage", "block")
    document.undo_stack.undo()
    person.settle()
    assert form.name.text() == "block"
    person.board.choose_layer("conv2")
    assert form.kind.text() == "Convolution"
    assert [name for name, field in form.fields.items() if field.isVisible()][:2] == ["channels", "kernel"]


def test_the_page_of_facts_is_whole_and_scrolls_with_the_fields(person: Person) -> None:
    """Two scroll bars, one within the other, hid the end of both."""
    facts = person.panel.facts
    for name in ("", "conv2", "fc1"):
        person.board.choose_layer(name)
        person.settle()
        assert not facts.verticalScrollBar().isVisible()
        assert facts.height() >= facts.document().size().height(), name


def test_one_layer_is_not_1_layers(person: Person) -> None:
    person.panel.new_network()
    assert person.panel.view.totals.text() == "New network · nothing drawn yet"  # which is no fault
    assert person.panel.view.empty.isVisible()
    assert "conv 6 5" in person.panel.view.empty.text()
    person.type_layer("input 1 28 28")
    assert not person.panel.view.empty.isVisible()
    assert "1 layer · 0 parameters" in person.panel.view.totals.text()
    person.type_layer("conv 1 5 inputs=3")
    assert "takes 3 channels" in person.panel.view.problem.sentence.text()
    person.board.edits.set_parameters("input", {"shape": (3, 8, 8)})
    person.board.edits.set_parameters("conv1", {"inputs": 1})
    assert "takes 1 channel," in person.panel.view.problem.sentence.text()


def test_tab_goes_through_the_panel_as_one_reads_it_and_from_the_canvas_to_the_fixes(person: Person) -> None:
    panel = person.panel
    person.board.edits.set_parameters("fc1", {"inputs": 256})
    person.board.choose_layer("fc1")
    person.settle()
    panel.toolbar.palette_button.setFocus()
    met: list[str] = []
    while len(met) < 60 and "Facts of the chosen layer, or of the network" not in met:
        at = QApplication.focusWidget()
        assert at is not None
        assert at.accessibleName(), at
        met.append(at.accessibleName())
        QTest.keyClick(at, Qt.Key.Key_Tab)
    wanted = [
        "Add layer", "Network", "New network", "Find a layer kind", "Layer kinds", person.board.accessibleName(),
        "Set fc1's inputs to 400.", "Open the problem", "Layers in the order in which the data flow",
        "The layer's name", "Units", "Known values for units", "Expected inputs", "Facts of the chosen layer, or of the network",
    ]  # fmt: skip
    assert [name for name in met if name in wanted] == wanted


def test_lenet_is_typed_in_one_line_and_an_unknown_word_adds_nothing(person: Person, document: NetworkDocument) -> None:
    palette = person.panel.palette_pane
    person.panel.new_network()
    person.type_layer("input, conv 6 5, reli, dense 10")
    assert document.drawing.layers == ()
    assert palette.kinds.item(0).text() == "No kind is called reli"
    palette.search.clear()
    person.type_layer(
        "input, conv 6 5 padding=2, relu, max, conv 16 5, relu, max, flatten, dense 120, relu, dense 84, relu, dense 10"
    )
    assert kinds(document) == [layer.kind for layer in load_preset("lenet5").layers]
    assert document.analysis.parameters == 61_706
    assert not document.is_faulty
    assert palette.search.text() == ""


def test_a_network_is_given_a_name_which_its_class_and_its_file_bear(person: Person, document: NetworkDocument) -> None:
    form = person.panel.form
    assert (form.kind.text(), form.name.text()) == ("Network", "LeNet-5")
    form.name.selectAll()
    QTest.keyClicks(form.name, "My first  net")
    QTest.keyClick(form.name, Qt.Key.Key_Return)
    person.settle()
    assert (document.graph.title, document.graph.name) == ("My first net", "my-first-net")
    assert form.name.text() == "My first net"
    assert person.panel.view.totals.text().startswith("My first net ·")
    assert "class MyFirstNet(nn.Module):" in to_source(document.graph)
    form.name.clear()
    QTest.keyClick(form.name, Qt.Key.Key_Return)
    assert form.name.text() == "My first net"  # it needs one
    document.undo_stack.undo()
    person.settle()
    assert form.name.text() == "LeNet-5"
    person.board.choose_layer("conv1")
    assert form.kind.text() == "Convolution"
    assert form.fields["channels"].isVisible()


def test_a_command_that_needs_a_layer_says_so_where_it_is_called_by_name(
    person: Person, document: NetworkDocument, messages: list[Message]
) -> None:
    by_title = {command.title: command for command in builder_commands()}
    for title, sentence in (
        ("Network: delete", "Delete: choose a layer or a wire first."),
        ("Network: align in a row", "Align in a row: choose two layers or more first."),
        ("Network: take the first fix", "Take the first fix: nothing is told as wrong."),
    ):
        by_title[title].run(person.panel)
        assert messages[-1].text == sentence
    assert document.undo_stack.count() == 0
    person.board.choose_layer("relu1")
    by_title["Network: delete"].run(person.panel)
    assert len(document.drawing.layers) == 12
    person.board.choose_layer("")
    count = len(messages)
    person.key(Qt.Key.Key_Delete)  # a key that is pressed in vain is no matter for a sentence
    assert len(messages) == count


def test_on_a_projector_the_canvas_keeps_the_larger_part_and_the_table_its_columns(person: Person) -> None:
    """1280 by 800 less the window's own lines is low for its type, but no flat dock."""
    panel = person.panel
    panel.workspace.theme.set_name("projector")
    for size in ((700, 760), (1276, 580)):
        panel.resize(*size)
        person.settle()
    canvas, side = panel.room.sizes()
    assert canvas > side
    assert panel.layers.orientation() == Qt.Orientation.Vertical
    widths = [panel.table.columnWidth(column) for column in range(5) if not panel.table.isColumnHidden(column)]
    assert sum(widths) <= panel.table.viewport().width()
    assert not panel.table.isColumnHidden(3)
    panel.resize(1276, 300)
    person.settle()
    assert panel.layers.orientation() == Qt.Orientation.Horizontal  # docked along the bottom
    panel.workspace.theme.set_name("paper")
