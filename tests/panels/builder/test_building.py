"""A network is built on the canvas as a person builds it: by mouse, by keyboard, wrongly, and mended."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import pytest
from builder_person import Person
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from app.network_document import NetworkDocument
from app.panels.builder.gestures import KeyWireGesture
from app.widgets.message_bar import Message
from app.widgets.network_wires import WireItem
from app.widgets.theme import Theme
from app.workspace import Workspace
from trainers.network_files import load_preset, to_json
from trainers.network_graph import Link, NetworkGraph

Shift, Control, Alt = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
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


@pytest.fixture
def document(workspace: Workspace) -> NetworkDocument:
    return workspace.document


@pytest.fixture
def messages(workspace: Workspace) -> list[Message]:
    heard: list[Message] = []
    workspace.message_posted.connect(heard.append)
    return heard


def kinds(graph: NetworkGraph) -> list[str]:
    return [layer.kind for layer in graph.layers]


def links(graph: NetworkGraph) -> set[tuple[str, str]]:
    return {(link.source, link.target) for link in graph.links}


def parameters(graph: NetworkGraph, name: str) -> dict[str, object]:
    return dict(next(layer for layer in graph.layers if layer.name == name).parameters)


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


# --- choosing and moving ------------------------------------------------------------------------------------------------


def test_shift_and_a_band_choose_several_and_delete_bridges_them(person: Person, document: NetworkDocument) -> None:
    board = person.board
    person.click(person.at("relu1"))
    person.click(person.at("pool1"), Shift)
    assert board.chosen == {"relu1", "pool1"}
    person.click(person.at("relu1"), Shift)
    assert board.chosen == {"pool1"}
    boxes = [board.box_of(name) for name in ("conv1", "relu1")]
    corner = board.mapFromScene(QPointF(boxes[0].x - 8, boxes[0].y - 8))  # type: ignore[union-attr]
    other = board.mapFromScene(QPointF(boxes[1].right + 8, boxes[1].y + 60))  # type: ignore[union-attr]
    person.drag(corner, other)
    assert board.chosen == {"conv1", "relu1"}
    person.key(Qt.Key.Key_Delete)
    assert ("image", "pool1") in links(document.drawing)
    document.undo_stack.undo()
    assert document.drawing == load_preset("lenet5")


def test_a_card_that_is_dragged_stays_there_and_one_step_undoes_it(person: Person, document: NetworkDocument) -> None:
    board = person.board
    before = board.box_of("relu4")
    assert before is not None
    person.drag(person.at("relu4"), person.at("relu4") + QPoint(80, -40), Alt)  # Alt: into no line
    moved = board.box_of("relu4")
    assert moved is not None
    assert moved.x == pytest.approx(before.x + 80 / board.zoom, abs=2)
    assert moved.y == pytest.approx(before.y - 40 / board.zoom, abs=2)
    assert document.undo_stack.undoText() == "Move relu4"
    assert document.analysis.parameters == 61_706
    document.undo_stack.undo()
    person.settle()
    assert board.box_of("relu4") == before


def test_arrow_keys_walk_alt_moves_and_l_lays_out_again(person: Person, document: NetworkDocument) -> None:
    board = person.board
    person.key(Qt.Key.Key_Right)
    person.key(Qt.Key.Key_Right)
    assert board.current_layer == "conv1"
    person.key(Qt.Key.Key_Right, Shift)
    assert board.chosen == {"conv1", "relu1"}
    before = board.box_of("conv1")
    count = document.undo_stack.count()
    for _ in range(3):
        person.key(Qt.Key.Key_Down, Alt)
    after = board.box_of("conv1")
    assert before is not None
    assert after is not None
    assert after.y == pytest.approx(before.y + 24, abs=0.2)
    assert document.undo_stack.count() == count + 1  # one gesture
    person.key(Qt.Key.Key_L)
    assert all(layer.position is None for layer in document.drawing.layers)


def test_cards_are_lined_up_and_spread(person: Person, document: NetworkDocument) -> None:
    board = person.board
    chosen = {"image", "conv2", "fc2"}
    board.choose(chosen)
    person.key(Qt.Key.Key_R)
    assert len({round(board.placement.boxes[name].center_y) for name in chosen}) == 1
    person.key(Qt.Key.Key_R, Shift)
    boxes = sorted(board.placement.boxes[name] for name in chosen)
    assert boxes[1].x - boxes[0].right == pytest.approx(boxes[2].x - boxes[1].right, abs=0.5)


# --- copies and groups --------------------------------------------------------------------------------------------------


def test_layers_are_copied_cut_pasted_and_duplicated(person: Person, document: NetworkDocument) -> None:
    person.board.choose({"conv1", "relu1"})
    person.key(Qt.Key.Key_C, Control)
    person.key(Qt.Key.Key_V, Control)
    added = person.board.chosen
    assert len(added) == 2
    assert not added & {"conv1", "relu1"}
    assert any({link.source, link.target} == added for link in document.drawing.links)
    person.key(Qt.Key.Key_D, Control)
    assert len(document.drawing.layers) == 17
    person.key(Qt.Key.Key_X, Control)
    assert len(document.drawing.layers) == 15
    QGuiApplication.clipboard().setText("what somebody wrote")
    before = document.drawing
    person.key(Qt.Key.Key_V, Control)
    assert document.drawing is before


@pytest.mark.parametrize("name", ["transformer-small", "residual-20"])
def test_no_branch_runs_through_the_shape_on_a_short_wire(person: Person, document: NetworkDocument, name: str) -> None:
    document.set_graph(load_preset(name), "Open")
    person.settle()
    wires = [item for item in person.board.scene().items() if isinstance(item, WireItem)]
    labels = [(wire, label) for wire in wires if (label := wire._kept_label(True)) is not None]
    assert [label for _, label in labels if not label.is_in_line]
    for wire, (_, area, is_in_line) in labels:
        for other in wires:
            for (x0, y0), (x1, y1) in pairwise(other.points):
                if other is not wire and not is_in_line and x0 == x1 and area.left() < x0 < area.right():
                    assert max(y0, y1) <= area.top() + 2 or min(y0, y1) >= area.bottom() - 2, (
                        wire.source,
                        other.target,
                    )


def test_a_shape_beside_a_chosen_card_is_not_under_its_ring(person: Person) -> None:
    board = person.board
    wires = [item for item in board.scene().items() if isinstance(item, WireItem) and len(item.points) == 2]
    labels = [(wire, label) for wire in wires if (label := wire._kept_label(False)) is not None]
    assert labels
    for wire, label in labels:
        for name in (wire.source, wire.target):
            card = board.layer_item(name)
            ring = card.mapRectToScene(card.card()).adjusted(-3.75, -3.75, 3.75, 3.75)
            assert not label.area.intersects(ring), (name, label.area, ring)


def test_where_there_is_nothing_to_fold_that_is_said(
    person: Person, document: NetworkDocument, messages: list[Message]
) -> None:
    person.board.choose_layer("conv1")
    person.key(Qt.Key.Key_E)
    assert messages[-1].text.startswith("No group is chosen")
    person.key(Qt.Key.Key_E, Shift)
    assert messages[-1].text.startswith("There are no groups")
    document.set_graph(load_preset("resnet18-cifar"), "Open")
    person.settle()
    person.key(Qt.Key.Key_E, Shift)
    assert len(messages) == 2
    assert len(person.board.placement.boxes) == 15  # eight blocks are one card each
    assert document.analysis.parameters == 11_173_962


def test_no_card_falls_upon_another(person: Person, document: NetworkDocument) -> None:
    def overlaps() -> list[tuple[str, str]]:
        boxes = {name: QRectF(*box) for name, box in person.board.placement.boxes.items()}
        return [(one, other) for one, other in combinations(boxes, 2) if boxes[one].intersects(boxes[other])]

    person.drag(person.at("relu4"), person.at("fc3") + QPoint(6, -9))
    assert not overlaps()
    person.board.choose({"conv1", "relu1"})
    person.drag(person.at("conv1"), person.at("pool2"))
    assert not overlaps()
    assert (
        person.board.placement.boxes["relu1"].x > person.board.placement.boxes["conv1"].x,
        len(kinds(document.drawing)),
    ) == (True, 13)
    person.key(Qt.Key.Key_C, Control)
    for _ in range(4):
        person.key(Qt.Key.Key_V, Control)
    person.key(Qt.Key.Key_D, Control)
    assert len(document.drawing.layers) == 23
    assert not overlaps()
    person.board.edits.add_at(
        "relu", None, (person.board.placement.boxes["fc1"].center_x, person.board.placement.boxes["fc1"].y)
    )
    person.settle()
    assert not overlaps()


def test_a_group_folds_into_one_card_and_opens_again(person: Person, document: NetworkDocument) -> None:
    board = person.board
    board.choose({"conv2", "relu2", "pool2"})
    person.key(Qt.Key.Key_G, Control)
    (name,) = board.chosen
    assert len(board.placement.boxes) == 11
    assert set(board.placement.wires) >= {("pool1", name, 0), (name, "flatten", 0)}
    assert document.analysis.parameters == 61_706
    facts = board.facts[name]
    assert (facts.parameters, facts.output_shape) == (2_416, (16, 5, 5))
    person.key(Qt.Key.Key_E)
    assert len(board.placement.boxes) == 13
    assert board.chosen == {"conv2", "relu2", "pool2"}
    person.key(Qt.Key.Key_E)
    assert len(board.placement.boxes) == 11
    person.drag(person.at(name), person.at(name) + QPoint(0, 90), Alt)
    places = {layer.name: layer.position for layer in document.drawing.layers}
    assert places["conv2"] is not None
    assert places["pool2"] is not None
    assert places["pool2"][0] > places["conv2"][0]
    person.key(Qt.Key.Key_G, Control | Shift)
    assert document.drawing.groups == ()
    assert_apart(person)


def test_every_group_folds_and_opens_at_one_key(person: Person, document: NetworkDocument) -> None:
    board = person.board
    person.key(Qt.Key.Key_E, Shift)
    assert not document.undo_stack.canUndo(), "there is no group yet"
    for names in ({"conv2", "relu2"}, {"conv2", "relu2", "pool2"}, {"fc1", "relu3"}):
        board.choose(names)
        person.panel.view.commands.run("group")
        person.key(Qt.Key.Key_E)
    board.choose({"relu2", "relu3", "conv1"})
    person.key(Qt.Key.Key_E, Shift)
    assert all(group.is_folded for group in document.drawing.groups)
    assert len(board.placement.boxes) == 13 - 2 - 1
    cards = {group.name for group in document.drawing.groups[1:]}
    assert board.chosen == {*cards, "conv1"}
    person.drag(person.at("conv1"), person.at("conv1") + QPoint(0, 90), Alt)
    person.key(Qt.Key.Key_E, Shift)
    assert not any(group.is_folded for group in document.drawing.groups)
    assert len(board.placement.boxes) == 13
    assert_apart(person)
    document.undo_stack.undo()
    assert all(group.is_folded for group in document.drawing.groups)


def assert_apart(person: Person) -> None:
    boxes = list(person.board.placement.boxes.items())
    for number, (name, a) in enumerate(boxes):
        for other, b in boxes[number + 1 :]:
            is_apart = a.right <= b.x or b.right <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
            assert is_apart, (name, other)


# --- one layer ----------------------------------------------------------------------------------------------------------


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
        assert str(inputs) in problem.sentence.text()
        QTest.mouseClick(problem.quick, Qt.MouseButton.LeftButton)
        person.settle()
        assert not document.is_faulty


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
    texts = {action.text().split("\t")[0]: action.isEnabled() for action in menu.actions() if action.text()}
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
