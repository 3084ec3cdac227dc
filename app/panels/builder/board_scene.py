"""BoardScene: the canvas that can be edited, as far as it is seen: ports, what lies where, what a gesture shows. Edits nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsRectItem, QWidget

from app.panels.builder.folding import entrance, exit_of, folded
from app.panels.builder.gestures import GRASP
from app.widgets.gliding_canvas import GlidingCanvas
from app.widgets.network_ink import TINY
from app.widgets.network_items import LayerItem
from app.widgets.network_layout import Box, Placement
from app.widgets.network_ports import input_port, output_port
from app.widgets.network_positions import place_roomily, route
from app.widgets.theme import Theme
from trainers.layer_catalog import LayerFacts
from trainers.network_graph import NetworkGraph

_AROUND = 4000.0  # scene units around the drawing: were all of it in sight, Qt would centre it anew after each edit
Key = tuple[str, str, int]


class BoardScene(GlidingCanvas):
    """Knows the drawing as it is shown (folded groups are one card) and where each part of it lies, scene units."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._whole = NetworkGraph("", (), ())
        self._guides: list[QLineF] = []
        self._has_faulty_wires = False
        self._rubber = QGraphicsPathItem()
        self._band = QGraphicsRectItem()
        self._cache_mode = LayerItem.CacheMode.DeviceCoordinateCache
        for item in (self._rubber, self._band):
            item.setZValue(4)
            item.hide()
            self.scene().addItem(item)
        self.setDragMode(self.DragMode.NoDrag)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAcceptDrops(True)
        self.zoomed.connect(self._on_zoomed)
        self.setViewportUpdateMode(self.ViewportUpdateMode.SmartViewportUpdate)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(
            Qt.WidgetAttribute.WA_OpaquePaintEvent
        )  # or Qt paints all anew at each step of a pan

    # --- what is shown ------------------------------------------------------------------------------------------------

    @property
    def drawing(self) -> NetworkGraph:
        """The whole graph, folded groups open."""
        return self._whole

    @property
    def cards(self) -> NetworkGraph:
        """What is drawn: a folded group is one layer of kind `group`."""
        return self._graph if self._graph is not None else self._whole

    @property
    def facts(self) -> Mapping[str, LayerFacts]:
        """What is known of each card."""
        return self._facts

    def show_drawing(self, graph: NetworkGraph, facts: Mapping[str, LayerFacts]) -> None:
        """Draw `graph`, its folded groups as one card each."""
        self._whole = graph
        self.show_graph(*folded(graph, facts))

    def new_layer_item(self, name: str) -> LayerItem:
        item = super().new_layer_item(name)
        item.has_ports = True
        item.setCacheMode(self._cache_mode)
        item.unsetCursor()  # what the pointer would do is the board's affair
        return item

    @Slot()
    def _on_zoomed(self) -> None:
        """Near cards are kept as pictures, each its own; from afar many look alike and share one."""
        is_far = self._ink.seen_at(self.zoom) < TINY
        mode = LayerItem.CacheMode.NoCache if is_far else LayerItem.CacheMode.DeviceCoordinateCache
        if mode != self._cache_mode:
            self._cache_mode = mode
            for item in self._layers.values():
                item.setCacheMode(mode)

    def placed(
        self, names: list[str], links: list[tuple[str, str]], sizes: dict[str, tuple[float, float]], aspect: float
    ) -> Placement:
        return place_roomily(names, links, sizes, aspect)

    def reach(self) -> QRectF:
        return self.area().adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND)

    def paint_whole(self, painter: QPainter, target: QRectF) -> None:
        for item in self._layers.values():
            item.setCacheMode(LayerItem.CacheMode.NoCache)  # or an SVG would hold pictures of cards
        try:
            super().paint_whole(painter, target)
        finally:
            for item in self._layers.values():
                item.setCacheMode(self._cache_mode)

    def hold_still(self) -> None:
        """Leave the drawing where it is on screen, whatever comes to it."""
        self._leave_fit()

    def reading_order(self) -> list[str]:
        """The cards as one reads them: row by row, from left to right."""
        return [name for row in self._placement.rows for name in row]

    def exit_of(self, name: str) -> str:
        """The layer behind a card from which its wire comes."""
        return exit_of(self._whole, name)

    def entrance_of(self, name: str) -> str:
        """The layer behind a card into which a wire leads."""
        return entrance(self._whole, name)

    # --- what lies where ----------------------------------------------------------------------------------------------

    def layer_at(self, at: QPointF) -> str:
        """The card at a point, "" where there is none."""
        x, y = at.x(), at.y()
        for name, box in self._placement.boxes.items():
            if box.x <= x <= box.right and box.y <= y <= box.y + box.height:
                return name
        return ""

    def layers_in(self, area: QRectF) -> list[str]:
        """The cards that an area touches, as one reads them."""
        boxes = self._placement.boxes
        return [name for name in self.reading_order() if area.intersects(QRectF(*boxes[name]))]

    def port_at(self, at: QPointF) -> tuple[str, bool] | None:
        """The port that is meant at a point: the card, and whether it is its output; None away from all."""
        reach = GRASP / max(self.zoom, 0.35)
        best: tuple[float, str, bool] | None = None
        for name, box in self._placement.boxes.items():
            if abs(at.y() - box.center_y) > reach or not box.x - reach <= at.x() <= box.right + reach:
                continue
            for x, is_output in ((box.right, True), (box.x, False)):
                inside = (box.right - at.x()) if is_output else (at.x() - box.x)
                distance = abs(at.x() - x)
                if distance <= (reach if inside < 0 else min(reach, box.width / 5)):
                    best = min(best or (reach + 1, "", True), (distance, name, is_output))
        if best is None or (not best[2] and self._layers[best[1]].layer.kind == "input"):
            return None
        return best[1], best[2]

    def port_of(self, name: str, *, is_output: bool) -> QPointF:
        """Where a card's port is."""
        card = QRectF(*self._placement.boxes[name])
        return output_port(card) if is_output else input_port(card)

    def wire_key_at(self, at: QPointF) -> Key | None:
        """The wire at a point, within a few pixels."""
        reach = 7.0 / max(self.zoom, 0.2)
        x, y = at.x(), at.y()
        best: tuple[float, Key] | None = None
        for key, wire in self._wires.items():
            points = wire.points
            for (x0, y0), (x1, y1) in pairwise(points):
                across = max(min(x0, x1) - x, 0.0, x - max(x0, x1))
                down = max(min(y0, y1) - y, 0.0, y - max(y0, y1))
                if across + down <= reach and (best is None or across + down < best[0]):
                    best = (across + down, key)
        return best[1] if best is not None else None

    # --- what a gesture shows -----------------------------------------------------------------------------------------

    def show_offers(self, fitting: Collection[str] | None, source: str) -> None:
        """Let the ports light up that a wire from `source` fits, and the other cards fade; None: it is over."""
        for name, item in self._layers.items():
            is_aside = fitting is None or name == source
            item.show_offer("" if is_aside else "taken" if fitting and name in fitting else "refused")

    def show_rubber_wire(self, begin: QPointF, end: QPointF, *, is_fitting: bool, is_forward: bool = True) -> None:
        """A wire on its way, solid where it would fit; not forward: it is drawn from a layer's input."""
        reach = QPointF(max(30.0, abs(end.x() - begin.x()) / 2) * (1 if is_forward else -1), 0)
        path = QPainterPath(begin)
        path.cubicTo(begin + reach, end - reach, end)
        style = Qt.PenStyle.SolidLine if is_fitting else Qt.PenStyle.DashLine
        self._rubber.setPen(QPen(self._theme.color("accent"), 2.5, style))
        self._rubber.setPath(path)
        self._rubber.show()

    def mark_faulty_wires(self, ends: Collection[tuple[str, str]]) -> None:
        """Mark the wires, by their two cards, on which something flows that does not fit."""
        if ends or self._has_faulty_wires:
            self._has_faulty_wires = bool(ends)
            for key, wire in self._wires.items():
                wire.mark_fault(key[:2] in ends)

    def show_band(self, band: QRectF) -> None:
        """The band that chooses."""
        fill = QColor(self._theme.color("accent"))
        fill.setAlphaF(0.12)
        self._band.setBrush(fill)
        self._band.setPen(QPen(self._theme.color("accent"), 1.5 / max(self.zoom, 0.1)))
        self._band.setRect(band)
        self._band.show()

    def show_ghost(self, size: tuple[float, float], at: QPointF) -> None:
        """Where a layer would come to stand."""
        self.show_band(QRectF(at.x() - size[0] / 2, at.y() - size[1] / 2, *size))

    def hide_rubber(self) -> None:
        """Take wire, band and guides away again."""
        self._rubber.hide()
        self._band.hide()
        self._show_guides([])

    def show_moved(self, names: Collection[str], offset: QPointF, guides: list[tuple[str, float]]) -> None:
        """The cards moved by `offset` for now, their wires with them; guides: the lines that they have fallen into."""
        boxes = dict(self._placement.boxes)
        for name in names:
            boxes[name] = boxes[name]._replace(x=boxes[name].x + offset.x(), y=boxes[name].y + offset.y())
            self._layers[name].move_to(boxes[name])
        links = [key[:2] for key in self._wires if key[0] in names or key[1] in names]
        for key, points in route(boxes, links).items():
            self.wire_item(key).show_wire(points, self._shape_from(key[0]))
        area = self.reach()
        self._show_guides(
            [
                QLineF(area.left(), at, area.right(), at)
                if axis == "across"
                else QLineF(at, area.top(), at, area.bottom())
                for axis, at in guides
            ]
        )

    def _show_guides(self, guides: list[QLineF]) -> None:
        """Paint only where one comes or goes: a card that is moved asks at every step."""
        if guides != self._guides:
            for line in (*self._guides, *guides):
                begin, end = self.mapFromScene(line.p1()), self.mapFromScene(line.p2())
                self.viewport().update(QRect(begin, end).adjusted(-2, -2, 2, 2))
            self._guides = guides

    def put_back(self) -> None:
        """Everything where the placement has it."""
        self.settle()

    def highlight_wire(self, link: object) -> None:
        """Let one wire stand out into which a layer would go; None for none. link: has source and target."""
        for wire in self._wires.values():
            is_meant = link is not None and (wire.source, wire.target) == (
                getattr(link, "source", ""),
                getattr(link, "target", ""),
            )
            wire.highlight(is_meant or (bool(self._current) and self._current in (wire.source, wire.target)))

    def drawForeground(self, painter: QPainter, _rect: QRectF | QRect) -> None:
        if self._guides:
            painter.setPen(QPen(self._theme.color("accent"), 0, Qt.PenStyle.DashLine))
            seen = self.mapToScene(self.viewport().rect()).boundingRect()
            painter.drawLines(
                [
                    QLineF(max(line.x1(), seen.left()), line.y1(), min(line.x2(), seen.right()), line.y2())
                    if line.y1() == line.y2()
                    else QLineF(line.x1(), max(line.y1(), seen.top()), line.x2(), min(line.y2(), seen.bottom()))
                    for line in self._guides
                ]
            )

    def box_of(self, name: str) -> Box | None:
        """Where a card stands."""
        return self._placement.boxes.get(name)
