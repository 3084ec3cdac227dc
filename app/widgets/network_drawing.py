"""NetworkDrawing: the scene in which a network is drawn. Follows the graph and never edits it; takes no keys, knows no panel."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsScene, QWidget

from app.widgets.layer_facts_text import layer_sentence
from app.widgets.layer_style import shape_text
from app.widgets.network_far import FarCards, FarWires
from app.widgets.network_ink import Ink
from app.widgets.network_items import LayerItem, card_size
from app.widgets.network_layout import Placement, place
from app.widgets.network_positions import place_by_hand
from app.widgets.network_wires import WireItem
from app.widgets.theme import Theme
from app.widgets.zoom_view import ZoomView
from trainers.network_graph import Layer, NetworkGraph

if TYPE_CHECKING:
    from trainers.layer_catalog import LayerFacts

_MARGIN = 14.0
_LARGEST_FIT = 1.6
MOST_ONE_BY_ONE = 60  # items that are painted anew each by itself
_EMPTY = Placement({}, {}, (), 0.0, 0.0)


class NetworkDrawing(ZoomView):
    """Draws one network."""

    layer_chosen = Signal(str)  # the layer's name, or "" when none is chosen any more

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ink = Ink(theme)
        self._graph: NetworkGraph | None = None
        self._facts: Mapping[str, LayerFacts] = {}
        self._placement = _EMPTY
        self._by_hand: Placement | None = None  # the placement, where cards have places of their own
        self._layers: dict[str, LayerItem] = {}
        self._wires: dict[tuple[str, str, int], WireItem] = {}
        self._plan: object = None  # what the placement was worked out for
        self._marked: set[str] = set()
        self._chosen: set[str] = set()
        self._faulty: set[str] = set()
        self._current = self._lit = ""  # _lit: the layer whose wires stand out
        self._area = QRectF()
        self._far_wires = FarWires(self._ink)
        self._far_cards = FarCards(self._ink)
        self.scene().addItem(self._far_wires)
        self.scene().addItem(self._far_cards)
        self.zoomed.connect(self._on_zoom_changed)
        self.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)  # all is in sight; an index costs more
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

    def layer_item(self, name: str) -> LayerItem:
        """The card of a layer (KeyError for a layer that is not drawn)."""
        return self._layers[name]

    def show_graph(self, graph: NetworkGraph, facts: Mapping[str, LayerFacts]) -> None:
        """Draw `graph`, changing only what differs from what is drawn; layers without facts have neither shape nor counts."""
        before = self._graph
        is_other = before is None or before.name != graph.name
        is_placed = not is_other and before is not None and before.links is graph.links
        is_placed = is_placed and before is not None and len(before.layers) == len(graph.layers)
        self._graph, self._facts = graph, facts
        layers = {layer.name: layer for layer in graph.layers}
        was_chosen = self._current
        if is_other or self._current not in layers:
            self._current = ""
        self._chosen &= layers.keys() if self._current else set()
        for name in [name for name in self._layers if name not in layers]:
            item = self._layers.pop(name)
            self._far_cards.leave(item)
            self.scene().removeItem(item)
        changed = self._changed(layers)
        self._may_paint_all(len(changed))
        for name, layer in changed.items():
            known = self._layers.get(name)
            if known is None:
                known = self._layers[name] = self.new_layer_item(name)
                self.scene().addItem(known)
                self._plan, is_placed = None, False
            elif known.layer.position != layer.position or card_size(known.layer) != card_size(layer):
                is_placed = False
            known.show_layer(layer, facts.get(name))
        self.is_fitted = self.is_fitted or is_other
        if is_placed:
            self._say_shapes(changed.keys())
        else:
            self.arrange()
        self.mark_faults(self._faulty & layers.keys())
        self._describe()
        if self._current != was_chosen:
            self.layer_chosen.emit(self._current)

    def _changed(self, layers: Mapping[str, Layer]) -> dict[str, Layer]:
        """Those of `layers` of which something else is drawn, or nothing."""
        items, facts, changed = self._layers, self._facts, {}
        for name, layer in layers.items():
            item = items.get(name)
            if item is None or item.layer is not layer or item.facts is not facts.get(name):
                changed[name] = layer
        return changed

    def _may_paint_all(self, count: int) -> None:
        """Where so many items change, paint all that is in sight, rather than let Qt find out where each of them was and is."""
        if count > MOST_ONE_BY_ONE:
            self.scene().update()

    def new_layer_item(self, _name: str) -> LayerItem:
        """The card of a layer that is not drawn yet."""
        return LayerItem(self._ink, self._far_cards)

    def arrange(self) -> None:
        """Lay out for the room there is, and move what has moved."""
        if self._graph is None:
            return
        sizes = {layer.name: card_size(layer) for layer in self._graph.layers}
        positions = {layer.name: layer.position for layer in self._graph.layers if layer.position is not None}
        links = [(link.source, link.target) for link in self._graph.links]
        plan = (links, sizes, positions or self.aspect())
        if plan != self._plan:
            self._plan = plan
            names = list(sizes)
            before = self._placement.boxes
            self._by_hand = place_by_hand(names, links, sizes, positions, self._by_hand) if positions else None
            self._placement = self._by_hand or self.placed(names, links, sizes, self.aspect())
            boxes = self._placement.boxes
            self._may_paint_all(sum(before.get(name) != box for name, box in boxes.items()))
            self._area = self._measured()
            self.move_items()
            self.setSceneRect(self.reach())
        self._lay_wires()
        super().arrange()

    def aspect(self) -> float:
        """Width of the room for the drawing by its height."""
        room = self.viewport()
        return max(room.width() - 2 * _MARGIN, 60) / max(room.height() - 2 * _MARGIN, 40)

    def placed(
        self, names: list[str], links: list[tuple[str, str]], sizes: dict[str, tuple[float, float]], aspect: float
    ) -> Placement:
        """Where everything goes by itself."""
        return place(names, links, sizes, aspect)

    def move_items(self) -> None:
        """Put the cards where the placement has them."""
        for name, box in self._placement.boxes.items():
            self._layers[name].move_to(box)

    def reach(self) -> QRectF:
        """How far one can look."""
        return self.area()

    def area(self) -> QRectF:
        """All that the drawing takes, with its margin, scene units."""
        return self._area

    def _measured(self) -> QRectF:
        boxes, wires = self._placement.boxes.values(), self._placement.wires.values()
        left = min([0.0, *(box.x for box in boxes)])
        bent = [points for points in wires if len(points) > 2]  # a straight one runs from card to card
        top = min([0.0, *(box.y for box in boxes), *(y for points in bent for _, y in points)])
        whole = QRectF(left, top, self._placement.width - left, self._placement.height - top)
        return whole.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)

    def _lay_wires(self) -> None:
        wires, facts = self._placement.wires, self._facts
        for key in [key for key in self._wires if key not in wires]:
            wire = self._wires.pop(key)
            self._far_wires.leave(wire)
            self.scene().removeItem(wire)
        rising = {
            key[0] for key, points in wires.items() if len(points) > 2 and points[2][1] < points[1][1] == points[0][1]
        }
        for key, points in wires.items():
            wire = self._wires.get(key) or self.wire_item(key)
            known = facts.get(key[0])
            text = shape_text(known.output_shape) if known is not None else ""
            wire.show_wire(points, text, len(points) == 2 and key[0] in rising)

    def _say_shapes(self, sources: Collection[str]) -> None:
        """Write anew what flows on the wires from these layers."""
        for key, wire in self._wires.items():
            if key[0] in sources:
                wire.show_wire(wire.points, self._shape_from(key[0]))

    def wire_item(self, key: tuple[str, str, int]) -> WireItem:
        """The wire of a link, made where there is none yet."""
        wire = self._wires.get(key)
        if wire is None:
            wire = self._wires[key] = WireItem(self._ink, key[0], key[1], self._far_wires)
            wire.highlight(bool(self._current) and self._current in key[:2])
            self.scene().addItem(wire)
        return wire

    def _shape_from(self, source: str) -> str:
        facts = self._facts.get(source)
        return shape_text(facts.output_shape) if facts is not None else ""

    def paint_whole(self, painter: QPainter, target: QRectF) -> None:
        """Paint the whole drawing into `target` with every line of every card, for an export."""
        self._ink.least_zoom = 1.0
        self._on_zoom_changed()
        try:
            self.scene().render(painter, target, self.area())
        finally:
            self._ink.least_zoom = 0.0
            self._on_zoom_changed()

    @Slot()
    def _on_zoom_changed(self) -> None:
        self._far_wires.look(self.zoom, self._wires.values())
        self._far_cards.look(self.zoom, self._layers.values())

    # --- marks --------------------------------------------------------------------------------------------------------

    def mark_faults(self, layers: set[str]) -> None:
        """Mark the layers at which the network is wrong."""
        self._faulty = layers
        self._mark()

    def _mark(self) -> None:
        """Give the chosen and the faulty layers their marks, and take those that are neither any more theirs."""
        touched = self._chosen | self._faulty
        for name in touched | self._marked:
            if name in self._layers:
                has_ring = name == self._current and self.hasFocus()
                is_chosen, is_faulty = name in self._chosen, name in self._faulty
                self._layers[name].mark(is_current=is_chosen, has_focus_ring=has_ring, is_faulty=is_faulty)
        self._marked = touched
        if self._lit != self._current:
            self._lit = lit = self._current
            for (source, target, _), wire in self._wires.items():
                is_lit = bool(lit) and (source == lit or target == lit)
                if is_lit != wire.is_highlighted:
                    wire.highlight(is_lit)

    def _describe(self) -> None:
        text = "No layer is chosen; the arrow keys go through them."
        if self._current:
            order = [name for row in self._placement.rows for name in row]
            item = self._layers[self._current]
            number = order.index(self._current) + 1
            text = f"Layer {number} of {len(order)}: {layer_sentence(item.layer, item.facts)}"
        self.setAccessibleDescription(text)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._ink = Ink(self._theme)
        self.largest_fit = _LARGEST_FIT * self._theme.scale
        self.setBackgroundBrush(self._theme.color("panel"))
        for layer in self._layers.values():
            layer.set_ink(self._ink)
        for wire in self._wires.values():
            wire.set_ink(self._ink)
        self._far_wires.set_ink(self._ink)
        self._far_cards.set_ink(self._ink)
        self._on_zoom_changed()
        if self.is_fitted:
            self.arrange()
