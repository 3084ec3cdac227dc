"""How much of the canvas is painted anew: a step of a pan paints what came into sight, not what is there already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from builder_person import Person
from PySide6.QtCore import QEvent, QObject, QPoint, QRect
from PySide6.QtGui import QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QWidget


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
