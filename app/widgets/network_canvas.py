"""NetworkCanvas: the scene in which a network is drawn; wheel, drag and keys move through it. Follows the graph, never edits it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QFrame, QGraphicsScene, QGraphicsView, QToolTip, QWidget

from app.widgets.layer_facts_text import layer_html, layer_sentence, wire_sentence
from app.widgets.layer_style import shape_text
from app.widgets.network_items import Ink, LayerItem, WireItem, card_size
from app.widgets.network_layout import Placement, place
from app.widgets.theme import Theme
from trainers.network_graph import NetworkGraph

if TYPE_CHECKING:
    from trainers.layer_catalog import NetworkAnalysis

_MARGIN = 14.0
_ZOOM_RANGE = (0.02, 6.0)
_LARGEST_FIT = 1.6  # a perceptron is not blown up to fill a wall
_EMPTY = Placement({}, {}, (), 0.0, 0.0)
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class NetworkCanvas(QGraphicsView):
    """Draws one network. `items_drawn` counts what was made or changed since the start, so that a test can see the difference."""

    layer_chosen = Signal(str)  # the layer's name, or "" when none is chosen any more
    layer_activated = Signal(str)  # a double click or Return on a layer
    zoomed = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ink = Ink(theme)
        self._graph: NetworkGraph | None = None
        self._analysis: NetworkAnalysis | None = None
        self._placement = _EMPTY
        self._layers: dict[str, LayerItem] = {}
        self._wires: dict[tuple[str, str, int], WireItem] = {}
        self._current = ""
        self._faulty = ""
        self._pressed_at: QPoint | None = None
        self.is_fitted = True
        self.items_drawn = 0
        self._scene = QGraphicsScene(self)
        self._scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.BspTreeIndex)
        self.setScene(self._scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 96)
        self.setAccessibleName("Drawing of the network")
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    # --- what is shown ------------------------------------------------------------------------------------------------

    @property
    def current_layer(self) -> str:
        """The chosen layer's name, "" where none is."""
        return self._current

    @property
    def placement(self) -> Placement:
        """Where everything is drawn, in scene units."""
        return self._placement

    @property
    def zoom(self) -> float:
        """Screen pixels per scene unit."""
        return self.transform().m11()

    def layer_item(self, name: str) -> LayerItem:
        """The card of a layer (KeyError for a layer that is not drawn)."""
        return self._layers[name]

    def layer_center(self, name: str) -> QPoint:
        """Where a layer is on screen, in the viewport's pixels."""
        item = self._layers[name]
        return self.mapFromScene(item.mapToScene(item.card().center()))

    def show_graph(self, graph: NetworkGraph, analysis: NetworkAnalysis | None) -> None:
        """Draw `graph`, changing only what differs from what is drawn; `analysis` None: without shapes and counts."""
        is_other = self._graph is None or self._graph.name != graph.name
        self._graph, self._analysis = graph, analysis
        facts = analysis.layers if analysis is not None else {}
        layers = {layer.name: layer for layer in graph.layers}
        for name in [name for name in self._layers if name not in layers]:
            self._scene.removeItem(self._layers.pop(name))
        for name, layer in layers.items():
            item = self._layers.get(name)
            if item is None:
                item = self._layers[name] = LayerItem(self._ink)
                self._scene.addItem(item)
            self.items_drawn += item.show_layer(layer, facts.get(name))
        if self._current not in layers:
            self.choose_layer("")
        self._faulty = self._faulty if self._faulty in layers else ""
        if is_other:
            self.is_fitted = True
        self._arrange()
        self._mark()

    def mark_fault(self, layer: str) -> None:
        """Mark the layer at which the network is wrong; "" for none."""
        self._faulty = layer
        self._mark()

    def choose_layer(self, name: str) -> None:
        """Choose a layer ("" for none), bring it into sight and say so."""
        if name and name not in self._layers:
            name = ""
        if name == self._current:
            return
        self._current = name
        self._mark()
        if name:
            item = self._layers[name]
            self.ensureVisible(item.mapRectToScene(item.card()), 12, 12)
        self._describe()
        self.layer_chosen.emit(name)

    def _arrange(self) -> None:
        """Lay out for the room there is, and move what has moved."""
        if self._graph is None:
            return
        sizes = {layer.name: card_size(layer) for layer in self._graph.layers}
        aspect = max(self.viewport().width() - 2 * _MARGIN, 60) / max(self.viewport().height() - 2 * _MARGIN, 40)
        links = [(link.source, link.target) for link in self._graph.links]
        self._placement = place(list(sizes), links, sizes, aspect)
        for name, box in self._placement.boxes.items():
            self._layers[name].move_to(box)
        wires = self._placement.wires
        for key in [key for key in self._wires if key not in wires]:
            self._scene.removeItem(self._wires.pop(key))
        facts = self._analysis.layers if self._analysis is not None else {}
        for key, points in wires.items():
            wire = self._wires.get(key)
            if wire is None:
                wire = self._wires[key] = WireItem(self._ink)
                self._scene.addItem(wire)
            source = facts.get(key[0])
            self.items_drawn += wire.show_wire(points, shape_text(source.output_shape) if source else "")
        area = QRectF(0, 0, self._placement.width, self._placement.height)
        self._scene.setSceneRect(area.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN))
        if self.is_fitted:
            self._fit_now()

    def _mark(self) -> None:
        for name, item in self._layers.items():
            is_current = name == self._current
            item.mark(
                is_current=is_current, has_focus_ring=is_current and self.hasFocus(), is_faulty=name == self._faulty
            )
        for (source, target, _), wire in self._wires.items():
            wire.highlight(bool(self._current) and self._current in (source, target))

    def _describe(self) -> None:
        text = "No layer is chosen; the arrow keys go through them."
        if self._current and self._graph is not None:
            number = list(self._layers).index(self._current) + 1
            item = self._layers[self._current]
            text = f"Layer {number} of {len(self._layers)}: {layer_sentence(item.layer, item.facts)}"
        self.setAccessibleDescription(text)

    # --- zoom and place -----------------------------------------------------------------------------------------------

    @Slot()
    def fit(self) -> None:
        """Show the whole network, folded for the room there is."""
        self.is_fitted = True
        self._arrange()

    @Slot()
    def zoom_in(self) -> None:
        """A step nearer, about the middle."""
        self.zoom_about(1.25, QPointF(self.viewport().rect().center()))

    @Slot()
    def zoom_out(self) -> None:
        """A step farther, about the middle."""
        self.zoom_about(0.8, QPointF(self.viewport().rect().center()))

    def zoom_about(self, factor: float, at: QPointF) -> None:
        """Zoom by `factor` so that what is drawn at `at` (viewport pixels) stays there."""
        factor = min(max(self.zoom * factor, _ZOOM_RANGE[0]), _ZOOM_RANGE[1]) / self.zoom
        if factor == 1.0:
            return
        self.is_fitted = False
        before = self.viewportTransform().inverted()[0].map(at)
        self.scale(factor, factor)
        after = self.viewportTransform().map(before)
        self._scroll_by(round(after.x() - at.x()), round(after.y() - at.y()))
        self.zoomed.emit(self.zoom)

    def _fit_now(self) -> None:
        area = self._scene.sceneRect()
        room = self.viewport().rect()
        if area.isEmpty() or room.isEmpty():
            return
        scale = min((room.width() - 2) / area.width(), (room.height() - 2) / area.height())
        scale = min(scale, _LARGEST_FIT * self._theme.scale)
        self.resetTransform()
        self.scale(scale, scale)
        self.centerOn(area.center())
        self.zoomed.emit(scale)

    def _scroll_by(self, x: int, y: int) -> None:
        for bar, distance in ((self.horizontalScrollBar(), x), (self.verticalScrollBar(), y)):
            bar.setValue(bar.value() + distance)

    # --- what a person does -------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_fitted:
            self._arrange()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if turned:
            self.zoom_about(1.0015**turned, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        at = event.position().toPoint()
        if self._pressed_at is None:
            return
        moved = (at - self._pressed_at).manhattanLength()
        self._pressed_at = None
        if event.button() == Qt.MouseButton.LeftButton and moved < QApplication.startDragDistance():
            item = self._layer_at(at)
            self.choose_layer(item.layer.name if item else "")

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        item = self._layer_at(event.position().toPoint())
        if item is not None:
            self.layer_activated.emit(item.layer.name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        elif key in _ARROWS:
            self._step(*_ARROWS[Qt.Key(key)])
        elif key in (Qt.Key.Key_F, Qt.Key.Key_0):
            self.fit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key == Qt.Key.Key_Minus:
            self.zoom_out()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current:
            self.layer_activated.emit(self._current)
        elif key == Qt.Key.Key_Escape and self._current:
            self.choose_layer("")
        else:
            event.ignore()

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
        for found in self.items(at):
            if isinstance(found, WireItem):
                source, target, _ = next(key for key, wire in self._wires.items() if wire is found)
                return wire_sentence(source, target, self._layers[source].facts)
        return ""

    def _layer_at(self, at: QPoint) -> LayerItem | None:
        return next((item for item in self.items(at) if isinstance(item, LayerItem)), None)

    def _step(self, across: int, down: int) -> None:
        """Go to a neighbour: left and right as the data flow, up and down to what is drawn there."""
        order = [name for row in self._placement.rows for name in row]
        if not order:
            return
        if not self._current:
            self.choose_layer(order[0])
        elif across:
            index = order.index(self._current) + across
            self.choose_layer(order[min(max(index, 0), len(order) - 1)])
        else:
            self._step_down(down)

    def _step_down(self, down: int) -> None:
        boxes = self._placement.boxes
        here = boxes[self._current]
        best, best_distance = self._current, math.inf
        for name, box in boxes.items():
            rise = (box.center_y - here.center_y) * down
            if rise < 8:
                continue
            distance = rise + 2 * abs(box.center_x - here.center_x)
            if distance < best_distance:
                best, best_distance = name, distance
        self.choose_layer(best)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._ink = Ink(self._theme)
        self.setBackgroundBrush(self._theme.color("panel"))
        for item in (*self._layers.values(), *self._wires.values()):
            item.set_ink(self._ink)
        if self.is_fitted:
            self._arrange()

    def paint_whole(self, painter: QPainter, target: QRectF) -> None:
        """Paint the whole drawing into `target` with every line of every card, for an export."""
        self._ink.least_zoom = 1.0
        try:
            self._scene.render(painter, target, self._scene.sceneRect())
        finally:
            self._ink.least_zoom = 0.0
