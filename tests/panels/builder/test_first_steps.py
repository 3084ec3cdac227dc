"""What somebody meets who sits in front of the network panel for the first time."""

from __future__ import annotations

import pytest
from builder_person import Person
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.network_document import NetworkDocument
from app.workspace import Workspace


@pytest.fixture
def document(workspace: Workspace) -> NetworkDocument:
    return workspace.document


def kinds(document: NetworkDocument) -> list[str]:
    return [layer.kind for layer in document.drawing.layers]


def test_the_list_of_kinds_is_used_by_keyboard_says_all_that_was_typed_and_takes_a_double_click_for_one(
    person: Person, document: NetworkDocument
) -> None:
    palette = person.panel.palette_pane
    person.panel.new_network()
    QTest.keyClicks(palette.search, "conv 6 5 padding=2 stride=1")
    entry = palette.kinds.item(0)
    assert entry.text() == "Convolution\nchannels 6, kernel 5, padding 2, stride 1"
    room = palette.kinds.visualItemRect(entry)
    assert room.height() >= 3 * palette.kinds.fontMetrics().height(), "the numbers are cut"
    palette.search.clear()
    palette.kinds.setFocus()
    palette.kinds.setCurrentItem(palette.item_of("input"))
    QTest.keyClick(palette.kinds, Qt.Key.Key_Return)
    QTest.keyClick(palette.kinds, Qt.Key.Key_Down)
    QTest.keyClick(palette.kinds, Qt.Key.Key_Return)
    assert kinds(document) == ["input", "conv2d"]
    place = palette.kinds.visualItemRect(palette.item_of("relu")).center()
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
