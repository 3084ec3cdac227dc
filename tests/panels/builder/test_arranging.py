"""Layers on the canvas are chosen, moved, lined up, copied and grouped by mouse and keyboard, and none falls upon another."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from builder_person import Alt, Control, Person, Shift, kinds, links
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QGuiApplication

from app.network_document import NetworkDocument
from app.widgets.message_bar import Message
from app.widgets.network_wires import WireItem
from trainers.network_files import load_preset

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
