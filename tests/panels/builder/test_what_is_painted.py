"""How much of the canvas is painted anew: a step of a pan paints what came into sight, not what is there already."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import cast

from builder_person import Person
from PySide6.QtCore import QEvent, QObject, QPoint, QRect
from PySide6.QtGui import QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QWidget

from app.workspace import Workspace
from trainers.network_graph import Link


class Painted(QObject):
    """Remembers which parts of a widget are painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.widget = widget
        self.region = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, _widget: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region |= event.region()
        return False

    def share(self) -> float:
        """Of the widget's area, since the last question."""
        QApplication.processEvents()
        area = sum(rect.width() * rect.height() for rect in cast(Iterable[QRect], self.region))
        self.region = QRegion()
        return area / (self.widget.width() * self.widget.height())


def test_panning_paints_what_comes_into_sight(person: Person) -> None:
    board, view = person.board, person.panel.view
    board.look_at(1.5, 500.0, 60.0)
    assert view.map.isVisible()
    painted = Painted(board.viewport())
    painted.share()
    for by in (QPoint(9, 6), QPoint(-9, 6), QPoint(0, -12)):
        place = view.map.geometry()
        board.pan(by)
        assert painted.share() < 0.12
        assert view.map.geometry() == place


def test_a_state_that_is_put_back_again_and_again_does_not_creep(person: Person) -> None:
    panel, board = person.panel, person.board
    for zoom in (0.7792, 1.0, 1.31):
        board.look_at(zoom, 417.08, 431.2)
        state, seen = panel.state(), board.mapToScene(QPoint(0, 0))
        for _ in range(3):
            panel.apply(panel.state())
        assert panel.state() == state
        assert board.mapToScene(QPoint(0, 0)) == seen


def test_from_afar_a_wire_is_seen_where_it_runs_and_no_longer_where_it_ran(
    person: Person, workspace: Workspace
) -> None:
    board = person.board
    layer, behind = "relu4", "fc3"
    board.choose_layer("")
    board.look_at(0.22, 300.0, 300.0)
    ground = workspace.theme.color("panel").rgb()

    def is_seen(at: QPoint) -> bool:
        picture = board.viewport().grab().toImage()
        return any(picture.pixel(at.x(), at.y() + near) != ground for near in (-1, 0, 1))

    before = person.middle_of_wire(layer, behind)
    assert is_seen(before)
    board.edits.move({behind: (-600.0, 900.0)})
    person.settle()
    after = person.middle_of_wire(layer, behind)
    assert is_seen(after)
    assert not is_seen(before)
    workspace.document.undo_stack.undo()
    board.choose_layer(layer)  # its wires stand out
    assert is_seen(person.middle_of_wire(layer, behind))
    board.choose_layer("")
    board.edits.unlink(Link(layer, behind))
    person.settle()
    assert not is_seen(before)


def test_an_export_from_afar_says_as_much_as_one_from_near(person: Person, tmp_path: Path) -> None:
    said = []
    for zoom in (1.0, 0.2):
        person.board.look_at(zoom, 300.0, 60.0)
        person.panel.view.save_picture(tmp_path / "drawing.svg")
        text = (tmp_path / "drawing.svg").read_text()
        said.append((text.count("<text"), text.count("<path"), text.count("<polyline")))
    assert said[0] == said[1]
    assert said[0][0] > 20
