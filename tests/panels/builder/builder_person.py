"""What a person does on the network panel's canvas, by mouse and by keyboard."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QListWidget, QListWidgetItem

from app.panels.builder.panel import BuilderPanel
from app.widgets.network_canvas import NetworkCanvas
from trainers.network_graph import NetworkGraph

Shift, Control, Alt = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


def entry_of(kinds: QListWidget, kind: str) -> QListWidgetItem:
    """The first entry of a layer kind in the palette's list as it stands."""
    items = [kinds.item(row) for row in range(kinds.count())]
    return next(item for item in items if item.data(Qt.ItemDataRole.UserRole) == kind)


def center_of(canvas: NetworkCanvas, name: str) -> QPoint:
    """Where a layer is on screen, in the viewport's pixels."""
    item = canvas.layer_item(name)
    return canvas.mapFromScene(item.mapToScene(item.card().center()))


def choose(box: QComboBox, title: str) -> None:
    """As a person does: open the list, go to the entry, Return."""
    index = box.findText(title)
    assert index >= 0, title
    box.setFocus()
    box.setCurrentIndex(index)
    box.activated.emit(index)


def kinds(graph: NetworkGraph) -> list[str]:
    return [layer.kind for layer in graph.layers]


def links(graph: NetworkGraph) -> set[tuple[str, str]]:
    return {(link.source, link.target) for link in graph.links}


def parameters(graph: NetworkGraph, name: str) -> dict[str, object]:
    return dict(next(layer for layer in graph.layers if layer.name == name).parameters)


class Person:
    """Uses the panel with a mouse or a keyboard, and looks once everything stands still. `seconds`: what that would take a
    practised person, by the keystroke-level model (Card, Moran and Newell 1980, CACM 23(7)): 1.1 s to point, 0.1 s to press or
    release a button, 0.28 s a key, 0.4 s from one device to the other, 1.35 s to think before each unit of work."""

    def __init__(self, panel: BuilderPanel) -> None:
        self.panel, self.board = panel, panel.board
        self.seconds = 0.0
        panel.advance(0.0)  # its clock is turned by hand

    def settle(self) -> None:
        """Let what glides arrive."""
        self.panel.advance(1.0)

    def think(self) -> None:
        self.seconds += 1.35

    # --- mouse --------------------------------------------------------------------------------------------------------

    def press_kind(self, kind: str) -> None:
        """Press a kind in the palette."""
        kinds = self.panel.palette_pane.kinds
        place = kinds.visualItemRect(entry_of(kinds, kind)).center()
        assert kinds.viewport().rect().contains(place), f"{kind} is out of sight"
        QTest.mouseClick(kinds.viewport(), Qt.MouseButton.LeftButton, pos=place)
        self.seconds += 1.1 + 0.2
        self.settle()

    def choose_known(self, parameter: str, value: str) -> None:
        """Choose a value from the menu beside a field."""
        button = self.panel.form.fields[parameter].known_button
        assert button is not None
        assert button.isVisible()
        action = next(action for action in button.menu().actions() if action.text().split()[0] == value)
        action.trigger()
        self.seconds += 2 * (1.1 + 0.2)
        self.settle()

    def at(self, name: str) -> QPoint:
        return center_of(self.board, name)

    def port(self, name: str, *, is_output: bool) -> QPoint:
        return self.board.mapFromScene(self.board.port_of(name, is_output=is_output))

    def middle_of_wire(self, source: str, target: str) -> QPoint:
        points = self.board.placement.wires[source, target, 0]
        (x0, y0), (x1, y1) = max(pairwise(points), key=lambda pair: abs(pair[1][0] - pair[0][0]))
        return self.board.mapFromScene(QPointF((x0 + x1) / 2, (y0 + y1) / 2))

    def click(self, at: QPoint, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.mouseClick(self.board.viewport(), Qt.MouseButton.LeftButton, modifier, at)
        self.settle()

    def drag(
        self, start: QPoint, end: QPoint, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton, *, is_released: bool = True,
    ) -> None:  # fmt: skip
        view = self.board.viewport()
        QTest.mousePress(view, button, modifier, start)
        for step in range(1, 5):
            QTest.mouseMove(view, start + (end - start) * step / 4)
        if is_released:
            QTest.mouseRelease(view, button, modifier, end)
            self.settle()

    def drop_kind(self, kind: str, at: QPoint) -> None:
        """Drag a kind out of the palette and drop it."""
        kinds = self.panel.palette_pane.kinds
        data = kinds.mimeData([entry_of(kinds, kind)])
        view, action, button = self.board.viewport(), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        none = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(view, QDragEnterEvent(at, action, data, button, none))
        QApplication.sendEvent(view, QDragMoveEvent(at, action, data, button, none))
        QApplication.sendEvent(view, QDropEvent(QPointF(at), action, data, button, none))
        self.settle()

    # --- keyboard -----------------------------------------------------------------------------------------------------

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.board, key, modifier)
        self.seconds += 0.28
        self.settle()

    def type_layer(self, text: str) -> None:
        """Type into the palette's line, and Return."""
        search = self.panel.palette_pane.search
        QTest.keyClicks(search, text)
        QTest.keyClick(search, Qt.Key.Key_Return)
        self.seconds += 0.28 * (len(text) + 1)
        self.settle()
