"""A network is built on the canvas as a person builds it: by mouse, by keyboard, wrongly, and mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from builder_person import Control, Person, kinds, links
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from app.network_document import NetworkDocument
from app.panels.builder.gestures import KeyWireGesture
from trainers.network_files import load_preset, to_json
from trainers.network_graph import Link

LENET_KINDS = [layer.kind for layer in load_preset("lenet5").layers]
LENET_BY_MOUSE = (
    ("input", {}), ("conv2d", {"channels": "6", "kernel": "5", "padding": "2"}), ("relu", {}), ("max_pool", {}),
    ("conv2d", {"channels": "16", "kernel": "5"}), ("relu", {}), ("max_pool", {}), ("flatten", {}),
    ("dense", {"units": "120"}), ("relu", {}), ("dense", {"units": "84"}), ("relu", {}), ("dense", {"units": "10"}),
)  # fmt: skip
LENET_BY_KEYS = (
    "input 1 28 28", "conv 6 5 padding=2", "relu", "max", "conv 16 5", "relu", "max", "flatten", "dense 120", "relu",
    "dense 84", "relu", "dense 10",
)  # fmt: skip


# --- LeNet-5 from an empty canvas ---------------------------------------------------------------------------------------


def test_lenet_is_built_with_the_mouse_alone_within_a_minute(person: Person, document: NetworkDocument) -> None:
    person.panel.toolbar.new_button.click()
    person.seconds = 1.3
    assert person.panel.view.empty.isVisible()
    assert document.is_faulty
    assert document.graph == load_preset("lenet5")  # which still trains
    for kind, values in LENET_BY_MOUSE:
        person.think()
        person.press_kind(kind)
        for parameter, value in values.items():
            person.choose_known(parameter, value)
    assert kinds(document.graph) == LENET_KINDS
    assert document.analysis.parameters == 61_706
    assert not person.panel.view.problem.isVisible()
    assert not person.panel.view.empty.isVisible()
    assert person.seconds < 60


def test_lenet_is_built_with_the_keyboard_alone_within_a_minute(person: Person, document: NetworkDocument) -> None:
    person.board.setFocus()
    person.key(Qt.Key.Key_A, Control)
    person.key(Qt.Key.Key_Delete)
    assert document.drawing.layers == ()
    person.key(Qt.Key.Key_A)
    assert person.panel.palette_pane.search.hasFocus()
    for line in LENET_BY_KEYS:
        person.think()
        person.type_layer(line)
    assert kinds(document.graph) == LENET_KINDS
    assert document.analysis.parameters == 61_706
    assert person.seconds < 60
    QTest.keyClick(person.panel.palette_pane.search, Qt.Key.Key_Escape)
    assert person.board.hasFocus()
    for _ in range(len(LENET_BY_KEYS) + 1):
        document.undo_stack.undo()
    assert document.drawing == load_preset("lenet5")


# --- wires --------------------------------------------------------------------------------------------------------------


def test_a_layer_dropped_on_a_wire_goes_into_it(person: Person, document: NetworkDocument) -> None:
    person.drop_kind("batch_norm", person.middle_of_wire("conv1", "relu1"))
    assert {("conv1", "norm1"), ("norm1", "relu1")} <= links(document.graph)
    assert ("conv1", "relu1") not in links(document.graph)
    assert person.board.chosen == {"norm1"}
    assert person.panel.form.layer is not None
    assert person.panel.form.layer.name == "norm1"


def test_a_layer_dropped_beside_stands_where_it_was_dropped_and_says_what_it_needs(
    person: Person, document: NetworkDocument
) -> None:
    below = max(box.y + box.height for box in person.board.placement.boxes.values())
    at = person.board.mapFromScene(QPointF(person.board.placement.boxes["image"].center_x, below + 100))
    person.drop_kind("dropout", at)
    box = person.board.box_of("dropout")
    assert box is not None
    assert person.board.mapFromScene(QPointF(box.center_x, box.center_y)).x() == pytest.approx(at.x(), abs=3)
    assert document.is_faulty
    problem = person.panel.view.problem
    assert problem.isVisible()
    assert "dropout" in problem.sentence.text()
    assert problem.buttons
    problem.buttons[0].click()
    assert not document.is_faulty
    assert not problem.isVisible()


def test_a_wire_is_drawn_from_port_to_port_and_only_where_it_fits_do_ports_light_up(
    person: Person, document: NetworkDocument
) -> None:
    board = person.board
    person.drag(person.port("pool1", is_output=True), person.at("pool2"), is_released=False)
    offers = {name: board.layer_item(name).offer for name in ("pool2", "conv1", "fc1", "image")}
    assert offers == {"pool2": "taken", "conv1": "refused", "fc1": "refused", "image": "refused"}
    QTest.mouseRelease(board.viewport(), Qt.MouseButton.LeftButton, pos=person.at("pool2"))
    assert ("pool1", "pool2") in links(document.drawing)
    assert ("relu2", "pool2") not in links(document.drawing)  # it takes one input
    assert all(board.layer_item(layer.name).offer == "" for layer in document.drawing.layers)
    document.undo_stack.undo()
    assert document.drawing == load_preset("lenet5")


def test_escape_leaves_a_gesture_and_nothing_has_happened(person: Person, document: NetworkDocument) -> None:
    before, places = document.drawing, dict(person.board.placement.boxes)
    for start in (person.port("relu3", is_output=True), person.at("conv2"), QPoint(3, 3)):
        person.drag(start, start + QPoint(90, 60), is_released=False)
        assert person.board.gesture is not None
        QTest.keyClick(person.board, Qt.Key.Key_Escape)
        assert person.board.gesture is None
        QTest.mouseRelease(person.board.viewport(), Qt.MouseButton.LeftButton, pos=start)
    assert document.drawing is before
    assert {name: (box.x, box.y) for name, box in places.items()} == {
        name: (person.board.layer_item(name).x(), person.board.layer_item(name).y()) for name in places
    }


def test_the_end_of_a_wire_is_taken_away_and_dropped_on_nothing(person: Person, document: NetworkDocument) -> None:
    person.drag(person.port("fc2", is_output=False), QPoint(5, 5))
    assert ("relu3", "fc2") not in links(document.drawing)
    assert document.is_faulty
    assert "fc2" in person.panel.view.problem.sentence.text()
    assert not document.may_train()


def test_a_wire_drawn_into_the_open_asks_for_the_layer_there(person: Person, document: NetworkDocument) -> None:
    person.drag(person.port("fc3", is_output=True), person.port("fc3", is_output=True) + QPoint(120, 40))
    search = person.panel.palette_pane.search
    assert search.hasFocus()
    assert "fc3" in person.panel.palette_pane.hint.text()
    person.type_layer("softmax")
    assert ("fc3", "softmax") in links(document.graph)


def test_a_wire_is_drawn_by_keyboard(person: Person, document: NetworkDocument) -> None:
    board = person.board
    board.choose_layer("pool1")
    person.key(Qt.Key.Key_W)
    gesture, seen = board.gesture, set()
    assert isinstance(gesture, KeyWireGesture)
    while gesture.target != "pool2":
        assert gesture.target not in seen
        seen.add(gesture.target)
        person.key(Qt.Key.Key_Right)
    assert not seen & {"conv1", "image", "fc1"}
    person.key(Qt.Key.Key_Return)
    assert ("pool1", "pool2") in links(document.drawing)
    assert board.gesture is None


def test_a_residual_block_is_drawn(person: Person, document: NetworkDocument) -> None:
    person.board.choose({"relu3", "fc2"}, "fc2")
    person.board.edits.set_parameters("fc2", {"units": 120})
    person.panel.palette_pane.begin_search()
    person.type_layer("add")
    assert {("relu3", "add1"), ("fc2", "add1")} <= links(document.drawing)


# --- the rest -----------------------------------------------------------------------------------------------------------


def test_a_file_dropped_on_the_canvas_is_opened(person: Person, document: NetworkDocument, tmp_path: Path) -> None:
    (tmp_path / "net.json").write_bytes(to_json(load_preset("playground")))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "net.json"))])
    view = person.board.viewport()
    action, button, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enters = QDragEnterEvent(QPoint(50, 50), action, data, button, none)
    QApplication.sendEvent(view, enters)
    assert enters.isAccepted()
    QApplication.sendEvent(
        view,
        QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier),
    )  # fmt: skip
    assert document.graph == load_preset("playground")


def test_the_map_appears_with_what_is_out_of_sight_and_leads_there(person: Person) -> None:
    small = person.panel.view.map
    assert small.isHidden()
    person.board.choose_layer("image")
    person.key(Qt.Key.Key_Z)
    assert small.isVisible()
    before = person.at("image")
    QTest.mouseClick(small, Qt.MouseButton.LeftButton, pos=QPoint(small.width() // 2, small.height() - 20))
    assert (person.at("image") - before).manhattanLength() > 100
    person.key(Qt.Key.Key_M)
    assert small.isHidden()
    person.key(Qt.Key.Key_F)


def test_an_unfinished_drawing_and_all_that_is_chosen_come_back_from_a_state(
    person: Person, document: NetworkDocument
) -> None:
    person.board.edits.unlink(Link("relu3", "fc2"))
    person.board.choose({"fc1", "fc2"}, "fc2")
    person.panel.palette_wish = False
    person.panel.show_palette()
    state = person.panel.state()
    drawing = document.drawing
    person.panel.reset()
    assert document.drawing == load_preset("lenet5")
    assert person.panel.palette_pane.isVisible()
    person.panel.apply(state)
    assert document.drawing == drawing
    assert document.graph == load_preset("lenet5")
    assert person.board.chosen == {"fc1", "fc2"}
    assert not person.panel.palette_pane.isVisible()
    assert person.panel.state() == state


def test_the_context_menu_offers_what_can_be_done_with_what_is_chosen(person: Person) -> None:
    person.board.choose({"conv1"})
    menu = person.panel.view.commands.menu()
    rows = len([action for action in menu.actions() if action.text()])
    assert rows <= 20, "in the projector's type these fill 766 of 800 px; more would stand in two columns"
    leaves = [leaf for action in menu.actions() for leaf in (action.menu().actions() if action.menu() else [action])]
    texts = {leaf.text().split("\t")[0]: leaf.isEnabled() for leaf in leaves if leaf.text()}
    assert texts["Delete"]
    assert texts["Rename"]
    assert not texts["Align in a row"]
    assert not texts["Take the first fix"]  # nothing is wrong
    duplicate = next(action for action in menu.actions() if action.text().startswith("Duplicate"))
    duplicate.trigger()
    assert len(person.board.drawing.layers) == 14
    menu.deleteLater()


def test_an_unfinished_drawing_is_saved_and_comes_back_with_its_faults(
    person: Person, document: NetworkDocument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "half.json"), ""))
    person.board.edits.unlink(Link("relu3", "fc2"))
    person.panel.toolbar.save_button.click()
    half = document.drawing
    assert not document.is_modified
    document.undo_stack.undo()
    assert document.is_modified
    person.panel.files.open_path(str(tmp_path / "half.json"))
    assert document.drawing == half
    assert document.graph == load_preset("lenet5")
    assert "fc2" in person.panel.view.problem.sentence.text()


def test_room_that_changes_lays_the_cards_out_at_once(person: Person) -> None:
    """Wires, zoom and cards must be of one layout at every moment: nothing glides, for nobody has edited anything."""
    board = person.board
    before = board.placement.rows
    person.panel.resize(1900, 700)
    assert board.placement.rows != before
    for name, box in board.placement.boxes.items():
        assert (board.layer_item(name).x(), board.layer_item(name).y()) == (box.x, box.y), name
    assert all(board.wire_item(key).points == points for key, points in board.placement.wires.items())
