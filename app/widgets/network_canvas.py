"""NetworkCanvas: a drawn network in which one goes from layer to layer, by pointer and by keys. Never edits it; knows no panel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip, QWidget

from app.widgets.layer_facts_text import layer_html, wire_sentence
from app.widgets.network_drawing import NetworkDrawing
from app.widgets.network_items import LayerItem
from app.widgets.network_layout import Point, neighbour
from app.widgets.network_wires import WireItem
from app.widgets.theme import Theme

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class NetworkCanvas(NetworkDrawing):
    """Arrow keys walk, a press chooses, Return opens, Esc lets go; what lies under the pointer tells all about itself."""

    layer_activated = Signal(str)  # a double click or Return on a layer

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setAccessibleName("Drawing of the network")
        self.pressed_at.connect(self._on_canvas_pressed)

    # --- the chosen layer ---------------------------------------------------------------------------------------------

    def choose_layer(self, name: str) -> None:
        """Choose a layer ("" or an unknown name for none), bring it into sight and say so."""
        name = name if name in self._layers else ""
        if name == self._current:
            return
        self._current = name
        self._chosen = {name} if name else set()
        self._mark()
        if name:
            item = self._layers[name]
            self.ensureVisible(item.mapRectToScene(item.card()), 12, 12)
        self._describe()
        self.layer_chosen.emit(name)

    # --- what a person does -------------------------------------------------------------------------------------------

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        item = self._layer_at(event.position().toPoint())
        if item is not None:
            self.layer_activated.emit(item.layer.name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        elif key in _ARROWS:
            self.choose_layer(neighbour(self._placement, self._current, *_ARROWS[key]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current:
            self.layer_activated.emit(self._current)
        elif key == Qt.Key.Key_Escape and self._current:
            self.choose_layer("")
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._mark()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tool_tip_at(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def tool_tip_at(self, at: QPoint) -> str:
        """All that is known of what is drawn at `at` (viewport pixels): rich text for a layer, a sentence for a wire."""
        item = self._layer_at(at)
        if item is not None:
            return layer_html(item.layer, item.facts)
        for drawn in self._wires.values():
            drawn.take_room()
        wire = next((found for found in self.items(at) if isinstance(found, WireItem)), None)
        return wire_sentence(wire.source, wire.target, self._layers[wire.source].facts) if wire is not None else ""

    def _layer_at(self, at: QPoint) -> LayerItem | None:
        return next((item for item in self.items(at) if isinstance(item, LayerItem)), None)

    def scene_point(self, at: QPoint) -> Point:
        """The scene's point under `at` (viewport pixels)."""
        point = self.viewportTransform().inverted()[0].map(QPointF(at))
        return point.x(), point.y()

    @Slot(QPoint)
    def _on_canvas_pressed(self, at: QPoint) -> None:
        item = self._layer_at(at)
        self.choose_layer(item.layer.name if item is not None else "")
