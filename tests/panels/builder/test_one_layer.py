"""One layer's fields, name and faults on the canvas, and the fixes that are taken at a click."""

from __future__ import annotations

from builder_person import Control, Person, kinds, links, parameters
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from app.network_document import NetworkDocument
from app.widgets.message_bar import Message
from app.widgets.theme import Theme


def test_return_leads_to_the_fields_and_a_number_changes_drawing_and_line(
    person: Person, document: NetworkDocument
) -> None:
    person.board.choose_layer("fc3")
    person.key(Qt.Key.Key_Return)
    field = person.panel.form.fields["units"].parts[0]
    assert field.hasFocus()
    QTest.keyClicks(field, "26")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert parameters(document.graph, "fc3")["units"] == 26
    assert person.panel.form.source.text() == "self.fc3 = nn.Linear(84, 26)"
    assert person.board.hasFocus()
    assert document.undo_stack.undoText() == "Set fc3's units"


def test_f2_renames_and_a_name_that_cannot_be_is_refused_in_a_sentence(
    person: Person, document: NetworkDocument, messages: list[Message]
) -> None:
    person.board.choose_layer("fc1")
    for text, name in (("hidden", "hidden"), ("class", "hidden")):
        person.key(Qt.Key.Key_F2)
        line = person.panel.form.name
        assert line.hasFocus()
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert person.board.current_layer == name
        assert line.text() == name
    assert "class" in messages[-1].text
    assert ("hidden", "relu3") in links(document.graph)


def test_a_misfit_is_said_at_the_layer_and_its_wire_with_a_fix_to_click(
    person: Person, document: NetworkDocument, messages: list[Message]
) -> None:
    person.board.edits.set_parameters("fc1", {"inputs": 256})
    problem = person.panel.view.problem
    assert problem.isVisible()
    assert "256" in problem.sentence.text()
    assert "16·5·5 = 400" in problem.sentence.text()
    assert person.board.layer_item("fc1").is_faulty
    assert not document.may_train()
    assert "cannot be trained yet" in messages[-1].text
    assert "256" in messages[-1].text
    if problem.is_folded:
        QTest.mouseClick(problem.line, Qt.MouseButton.LeftButton)
    problem.close_button.click()
    assert not problem.isVisible()
    assert person.board.layer_item("fc1").is_faulty
    document.undo_stack.undo()
    document.undo_stack.redo()
    person.settle()
    assert problem.isVisible()
    if problem.is_folded:
        QTest.mouseClick(problem.line, Qt.MouseButton.LeftButton)
    fix = next(button for button in problem.findChildren(QPushButton) if "400" in button.text())
    QTest.mouseClick(fix, Qt.MouseButton.LeftButton)
    assert document.analysis.parameters == 61_706
    assert not person.board.layer_item("fc1").is_faulty
    document.undo_stack.undo()
    assert document.is_faulty


def test_fixes_stand_whole_beside_the_fault_hide_no_other_card_and_are_taken_by_mouse_or_key(
    person: Person, document: NetworkDocument
) -> None:
    person.panel.new_network()
    for text in ("input 3 16 16", "conv 6 5", "dense 10"):
        person.type_layer(text)
    problem = person.panel.view.problem
    flatten = problem.buttons[0]
    assert flatten.text().replace("\n", " ") == "Put a flatten layer in front of fc1 (6·12·12 = 864)"
    assert "\n" in flatten.text()
    for button in problem.buttons:
        widest = max(button.fontMetrics().horizontalAdvance(line) for line in button.text().split("\n"))
        assert widest < button.width() - 8
        assert button.height() >= button.sizeHint().height()
    for name in ("input", "conv1", "fc1"):
        box = person.board.box_of(name)
        assert box is not None
        assert not problem.geometry().contains(person.board.mapFromScene(box.center_x, box.center_y)), name
    person.key(Qt.Key.Key_Period, Control)
    assert sorted(kinds(document.graph)) == ["conv2d", "dense", "flatten", "input"]
    assert not document.is_faulty
    assert not problem.isVisible()
    document.undo_stack.undo()
    person.settle()
    QTest.mouseClick(problem.buttons[1], Qt.MouseButton.LeftButton)
    assert kinds(document.drawing) == ["input", "conv2d"]


def test_where_the_fault_would_hide_layers_it_is_one_line_that_a_press_opens(
    person: Person, document: NetworkDocument, theme: Theme
) -> None:
    theme.set_name("projector")
    person.settle()
    problem, board = person.panel.view.problem, person.board
    for name, inputs in (("fc1", 256), ("fc3", 80)):
        board.choose_layer("")
        board.edits.set_parameters(name, {"inputs": inputs})
        person.settle()
        layer = board.box_of(name)
        assert layer is not None
        seen = board.mapFromScene(QRectF(layer.x, layer.y, layer.width, layer.height)).boundingRect()
        assert problem.is_folded
        assert problem.height() < 2.5 * problem.line.fontMetrics().height()
        assert problem.line.text()[:12] == problem.sentence.text()[:12]
        assert not problem.geometry().intersects(seen)
        line = problem.geometry()
        QTest.mouseClick(problem.line, Qt.MouseButton.LeftButton)
        assert not problem.is_folded
        assert problem.sentence.isVisible()
        assert problem.geometry().contains(line)  # the pointer stays upon it
        assert not problem.geometry().intersects(seen)
        QApplication.sendEvent(problem, QEvent(QEvent.Type.Leave))
        assert problem.geometry() == line
        problem.more_button.setFocus()
        QTest.keyClick(problem.more_button, Qt.Key.Key_Space)
        assert problem.buttons[0].hasFocus()
        QTest.keyClick(problem.buttons[0], Qt.Key.Key_Escape)
        assert problem.geometry() == line
        QTest.keyClick(problem.more_button, Qt.Key.Key_Space)  # Esc has left the keys on what opens it
        assert not problem.is_folded
        board.setFocus()
        assert problem.geometry() == line
        assert str(inputs) in problem.sentence.text()
        QTest.mouseClick(problem.quick, Qt.MouseButton.LeftButton)
        person.settle()
        assert not document.is_faulty
