"""A drawing of hundreds of layers: an edit is seen at once, what tells of it beside the canvas follows, and nothing is left behind."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from builder_person import Person
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.network_document import NetworkDocument
from app.panels.builder.beside import MOST_AT_ONCE
from app.widgets.network_items import LayerItem
from trainers.network_graph import Layer, Link, NetworkGraph

COUNT = MOST_AT_ONCE + 30
FROM_AFAR = (0.24, 700.0, 400.0)  # zoom and the scene's point in the middle


@pytest.fixture
def large(person: Person, document: NetworkDocument) -> Person:
    """A person in front of a long chain, seen from afar."""
    layers = [Layer("image", "input", {"shape": (1, 28, 28)})]
    layers += [Layer(f"relu{number}", "relu") for number in range(COUNT)]
    layers += [Layer("flatten", "flatten"), Layer("fc", "dense", {"units": 10})]
    links = tuple(Link(one.name, other.name) for one, other in pairwise(layers))
    document.set_graph(NetworkGraph("chain", tuple(layers), links, "Chain"))
    document.undo_stack.clear()
    person.board.look_at(*FROM_AFAR)
    person.settle()
    return person


def on_screen(person: Person) -> QImage:
    """The canvas as its window shows it: only what was painted since has changed."""
    QApplication.processEvents()
    panel, view = person.panel, person.board.viewport()
    corner = view.mapTo(panel, QPoint())
    area = (corner.x(), corner.y(), view.width(), view.height())
    return panel.screen().grabWindow(panel.winId(), *area).toImage().convertToFormat(QImage.Format.Format_RGB32)


def painted_anew(person: Person) -> QImage:
    board = person.board
    at = board.middle()
    board.look_at(1.0, at.x(), at.y())  # every card and wire paints itself there
    board.look_at(FROM_AFAR[0], at.x(), at.y())
    board.viewport().update()
    return on_screen(person)


def test_table_and_facts_follow_an_edit_of_a_large_drawing_by_themselves(large: Person, qtbot: QtBot) -> None:
    panel, board = large.panel, large.board
    board.choose_layer("fc")
    board.edits.set_parameters("fc", {"units": 11})
    assert board.facts["fc"].output_shape == (11,), "the canvas knows at once"
    name = board.edits.add("dropout")
    qtbot.waitUntil(lambda: panel.table.layers.rows[-1].name == name)
    assert panel.form.layer is not None
    assert panel.form.layer.name == name
    assert panel.table.layers.texts[-1][2] == "11"
    assert "11" in panel.facts.toPlainText()


def test_who_goes_to_the_fields_of_a_new_layer_at_once_finds_them(large: Person) -> None:
    panel, board = large.panel, large.board
    board.choose_layer("relu9")
    name = board.edits.add("dropout")
    panel.edit_layer()
    assert panel.form.layer is not None
    assert panel.form.layer.name == name
    assert panel.table.layers.rows[panel.table.currentIndex().row()].name == name


def test_a_group_stays_chosen_when_the_table_that_has_no_row_for_it_follows(large: Person) -> None:
    board = large.board
    board.choose_layer("relu5")
    large.settle()
    board.choose({"relu5", "relu6", "relu7"})
    large.panel.view.commands.run("group")
    (name,) = board.chosen
    large.settle()
    assert board.chosen == {name}
    assert board.current_layer == name
    assert large.panel.table.currentIndex().row() == -1


@pytest.mark.parametrize("act", [
    lambda person: person.board.edits.add("dropout"),
    lambda person: person.board.edits.remove(),
    lambda person: person.board.edits.set_parameters("image", {"shape": (3, 28, 28)}),
    lambda person: person.board.edits.move({"relu100": (-300.0, 500.0)}),
    lambda person: person.board.choose({"relu3", "relu50"}),
])  # fmt: skip
def test_after_an_edit_the_window_shows_what_it_would_if_all_were_painted_anew(
    large: Person, document: NetworkDocument, act: Callable[[Person], object]
) -> None:
    board = large.board
    board.choose_layer("relu100")
    large.settle()
    assert board.layer_item("relu5").flags() & LayerItem.GraphicsItemFlag.ItemHasNoContents, "near, another path"
    before = on_screen(large)
    act(large)
    large.settle()
    after = on_screen(large)
    assert after != before
    assert painted_anew(large) == after
    document.undo_stack.undo()
    board.choose_layer("")
    large.settle()
    after = on_screen(large)
    assert painted_anew(large) == after


def test_from_afar_a_card_under_the_pointer_stands_out_and_near_all_paint_themselves(large: Person) -> None:
    board, nothing = large.board, LayerItem.GraphicsItemFlag.ItemHasNoContents
    item = board.layer_item("relu30")
    item.is_hovered = True
    item.look_again()
    assert not item.flags() & nothing
    item.is_hovered = False
    item.look_again()
    assert item.flags() & nothing
    board.look_at(1.0, *board.box_of("relu30")[:2])  # type: ignore[index]
    assert not item.flags() & nothing
    board.look_at(*FROM_AFAR)
    assert item.flags() & nothing


def test_the_map_follows_by_itself_and_never_comes_back_with_another_network(
    large: Person, document: NetworkDocument, qtbot: QtBot
) -> None:
    board, map_ = large.board, large.panel.view.map

    def picture() -> QImage:
        QApplication.processEvents()
        return map_.grab().toImage()

    board.look_at(1.0, 700.0, 400.0)
    assert map_.isVisible()
    before = picture()
    board.edits.move({"relu100": (-2000.0, 900.0)})
    qtbot.waitUntil(lambda: picture() != before)
    board.fit()
    assert not map_.isVisible()
    chain = document.drawing
    document.set_graph(NetworkGraph("other", chain.layers[:3] + chain.layers[-2:], (
        *chain.links[:2], Link("relu1", "flatten"), chain.links[-1],
    )))  # fmt: skip
    document.set_graph(NetworkGraph("third", chain.layers[1::-1] + chain.layers[2:], chain.links))
    board.look_at(1.0, 700.0, 400.0)
    shown = picture()
    large.settle()
    assert picture() == shown
