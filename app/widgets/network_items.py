"""What a drawn network is made of: a card for each layer. Qt only; knows no panel and edits nothing."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsSceneHoverEvent, QStyleOptionGraphicsItem, QWidget

from app.widgets.layer_style import FAMILIES, Family, family_of
from app.widgets.network_card_text import Line, far_line, middle_lines, near_lines
from app.widgets.network_far import FarCards
from app.widgets.network_glyphs import draw_mark, draw_volume
from app.widgets.network_ink import FAR, MERE, MIDDLE, NEAR, TINY, Ink, fitted_font
from app.widgets.network_layout import Box
from app.widgets.network_ports import PORT_RADIUS, draw_ports
from trainers.network_graph import Layer

if TYPE_CHECKING:
    from trainers.layer_catalog import LayerFacts

CARD = (116.0, 108.0)
SLIM_CARD = (70.0, 108.0)
POOL_CARD = (92.0, 108.0)  # slim, but its output shape is news
_MARGIN = 5.0  # room for the focus ring
_PORT_MARGIN = PORT_RADIUS + 3.0
_BAND = 5.0
_MOST_PICTURES = 600  # of far cards, a kilobyte or two each


def card_size(layer: Layer) -> tuple[float, float]:
    """(width, height) of a layer's card in scene units."""
    return _size_of(layer.kind)


@lru_cache(maxsize=256)
def _size_of(kind: str) -> tuple[float, float]:
    family = family_of(kind)
    return CARD if not family.is_slim else POOL_CARD if family is FAMILIES["pooling"] else SLIM_CARD


def _seen_of(facts: LayerFacts | None) -> tuple[object, ...] | None:
    """What a card shows of its facts."""
    return None if facts is None else (facts.output_shape, facts.parameters, facts.output_shape in facts.input_shapes)


class LayerItem(QGraphicsRectItem):
    """One layer's card. Far away: a block with its mark; nearer: its name and shape; near: kind and parameter count as well.

    A rectangle for Qt, which then need not ask Python for its bounds several times a paint; it draws itself all the same.
    """

    def __init__(self, ink: Ink, far: FarCards) -> None:
        """far: what draws it when it is one of many and far away."""
        super().__init__()
        self.setPen(Qt.PenStyle.NoPen)
        self.setAcceptHoverEvents(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setZValue(1)
        self._ink = ink
        self._size = CARD
        self._far = far
        # zoom and device pixel ratio at which it looks like this
        self._look: tuple[float, float, QPixmap] | None = None
        self.layer = Layer("", "")
        self.facts: LayerFacts | None = None
        self.is_current = self.has_focus_ring = self.is_faulty = self.is_hovered = False
        self._at = (0.0, 0.0)  # its top left corner in the scene
        self._is_aside = False  # painted by what draws all of them
        self.has_place = False  # it has been put somewhere
        self.has_ports = False  # where wires can be drawn from and to; set before it is shown
        self.offer = ""  # while a wire is drawn: "taken" where it would fit, "refused" where not

    def show_layer(self, layer: Layer, facts: LayerFacts | None) -> None:
        """Show `layer`; it is painted anew if anything about it is new."""
        is_new = layer != self.layer or _seen_of(facts) != _seen_of(self.facts)
        if not is_new:
            self.layer, self.facts = layer, facts
            return
        size = card_size(layer)
        if size != self._size or self.rect().isNull():
            self._far.leave(self)
            self._size = size
            side = _PORT_MARGIN if self.has_ports else _MARGIN
            self.setRect(self.card().adjusted(-side, -_MARGIN, side, _MARGIN))
        self.layer, self.facts = layer, facts
        self.look_again()

    def look_again(self) -> None:
        """Paint it anew: something that is seen of it has changed."""
        self._look = None
        self.stand_aside()

    def stand_aside(self) -> None:
        """From afar, leave the painting to what draws all cards at once: but a card that is marked stands out."""
        is_marked = self.is_current or self.has_focus_ring or self.is_faulty or self.is_hovered or self.offer != ""
        is_aside = self._far.is_far and not is_marked
        if is_aside != self._is_aside:
            self._is_aside = is_aside
            self.setFlag(self.GraphicsItemFlag.ItemHasNoContents, is_aside)
        if is_aside:
            self._far.take(self)
        else:
            self._far.leave(self)
            self.update()

    def move_to(self, box: Box) -> None:
        """Put the card's top left corner where the layout says."""
        self.has_place = True
        x, y, _, _ = box
        if self._at != (x, y):
            self.put(x, y)

    def put(self, x: float, y: float) -> None:
        """Put its top left corner there, perhaps on its way."""
        if self._at != (x, y):
            self._at = (x, y)
            if self._is_aside:
                self._far.draw_again(self)
                self.setPos(x, y)
                self._far.draw_again(self)
            else:
                self.setPos(x, y)

    def mark(self, *, is_current: bool, has_focus_ring: bool, is_faulty: bool) -> None:
        """Show that the layer is the chosen one, holds the keyboard, or is where the network is wrong."""
        marks = (is_current, has_focus_ring, is_faulty)
        if marks != (self.is_current, self.has_focus_ring, self.is_faulty):
            self.is_current, self.has_focus_ring, self.is_faulty = marks
            self.look_again()

    def show_offer(self, offer: str) -> None:
        """While a wire is drawn: "taken" where it would fit, "refused" where not, "" when it is over."""
        if offer != self.offer:
            self.offer = offer
            self.setOpacity(0.4 if offer == "refused" else 1.0)
            self.look_again()

    def set_ink(self, ink: Ink) -> None:
        """Draw with another theme's colours from now on."""
        self._ink = ink
        self.look_again()

    def card(self) -> QRectF:
        """The card without its ring, in the item's coordinates."""
        return QRectF(0, 0, *self._size)

    def hoverEnterEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self.is_hovered = True
        self.look_again()
        super().hoverEnterEvent(event)

    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self.is_hovered = False
        self.look_again()
        super().hoverLeaveEvent(event)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        transform = painter.worldTransform()
        zoom = self._ink.seen_at(option.levelOfDetailFromTransform(transform))
        if zoom < MERE:
            self._paint_block(painter, self._ink.of(family_of(self.layer.kind)))
        elif zoom < TINY and self._ink.least_zoom == 0.0:
            picture = self.far_piece(transform.m11(), painter.device().devicePixelRatio())[2]
            corner = transform.map(self.rect().topLeft()).toPoint()
            painter.setWorldMatrixEnabled(False)
            painter.drawPixmap(corner, picture)
            painter.setWorldMatrixEnabled(True)
        else:
            self._paint_all(painter, family_of(self.layer.kind), zoom)

    def far_piece(self, scale: float, ratio: float) -> tuple[float, float, QPixmap]:
        """(x, y) of its picture's corner in the scene, and the picture at this zoom and device pixel ratio."""
        side = _PORT_MARGIN if self.has_ports else _MARGIN
        look = self._look
        if look is None or look[0] != scale or look[1] != ratio:
            look = self._look = (scale, ratio, self._shared_picture(scale, ratio))
        x, y = self._at
        return x - side, y - _MARGIN, look[2]

    def _shared_picture(self, scale: float, ratio: float) -> QPixmap:
        """The picture that all cards have that look alike from afar: painted once for each zoom."""
        family = family_of(self.layer.kind)
        shape = None if family.is_slim or self.facts is None else self.facts.output_shape
        marks = (self.is_current, self.has_focus_ring, self.is_faulty, self.is_hovered, self.offer, self.facts is None)
        key = (self.layer.kind, shape, self._size, marks, scale, ratio)
        pictures = self._ink.pictures
        picture = pictures.get(key)
        if picture is None:
            if len(pictures) >= _MOST_PICTURES:
                pictures.clear()
            area = self.boundingRect()
            picture = QPixmap(math.ceil(area.width() * scale * ratio) + 1, math.ceil(area.height() * scale * ratio) + 1)
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            brush = QPainter(picture)
            brush.scale(scale, scale)
            brush.translate(-area.topLeft())
            zoom = self._ink.seen_at(scale)
            if zoom < MERE:
                self._paint_block(brush, self._ink.of(family))
            else:
                self._paint_all(brush, family, zoom)
            brush.end()
            pictures[key] = picture
        return picture

    def _paint_all(self, painter: QPainter, family: Family, zoom: float) -> None:
        self._paint_card(painter, self._ink.of(family))
        if zoom >= NEAR:
            self._paint_picture(painter, family, QRectF(_BAND + 2, 4, self._size[0] - _BAND - 4, 42))
            self._paint_lines(painter, near_lines(self.layer, self.facts, self._ink, self._text_room))
        elif zoom >= FAR:
            room = 42 if zoom >= MIDDLE else 48
            self._paint_picture(painter, family, QRectF(_BAND + 2, 6, self._size[0] - _BAND - 4, room))
            lines = middle_lines(self.layer, self.facts, self._ink, self._text_room, may_count=zoom >= MIDDLE)
            self._paint_lines(painter, lines)
        elif zoom >= TINY:
            self._paint_picture(painter, family, QRectF(_BAND + 4, 8, self._size[0] - _BAND - 8, 58))
            self._paint_lines(painter, [far_line(self.layer, self._ink, self._text_room)])
        else:
            self._paint_picture(painter, family, self.card().adjusted(10, 14, -8, -14))
        if self.has_ports and (zoom >= TINY or self.offer == "taken"):
            draw_ports(
                painter, self.card(), self._ink, has_input=self.layer.kind != "input", is_offered=self.offer == "taken"
            )

    def _paint_block(self, painter: QPainter, color: QColor) -> None:
        """So far away that nothing else could be seen: hundreds of them are painted within a frame."""
        ink, card = self._ink, self.card()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        is_marked = self.is_faulty or self.is_current or self.offer == "taken"
        painter.fillRect(
            card.adjusted(-8, -8, 8, 8) if is_marked else card,
            ink.bad if self.is_faulty else ink.accent if is_marked else ink.border,
        )
        painter.fillRect(card.adjusted(5, 5, -5, -5), ink.card)
        painter.fillRect(card.adjusted(14, 14, -14, -14), color)

    def _paint_card(self, painter: QPainter, color: QColor) -> None:
        ink, card = self._ink, self.card()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.has_focus_ring:
            painter.setPen(QPen(ink.accent, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(card.adjusted(-3, -3, 3, 3), 8, 8)
        edge = ink.bad if self.is_faulty else ink.accent if self.is_current or self.is_hovered else ink.border
        width = 2.5 if self.is_faulty or self.is_current else 1.0
        painter.setPen(QPen(edge, width, Qt.PenStyle.DashLine if self.is_faulty else Qt.PenStyle.SolidLine))
        painter.setBrush(QBrush(ink.selection if self.is_current else ink.card))
        painter.drawRoundedRect(card, 6, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(color))
        painter.drawRoundedRect(QRectF(2, 6, _BAND - 2, card.height() - 12), 1.5, 1.5)
        if self.is_faulty:
            painter.setBrush(QBrush(ink.bad))
            corner = card.topRight() + QPointF(-20, 5)
            painter.drawPolygon(QPolygonF([corner + QPointF(8, 0), corner + QPointF(16, 15), corner + QPointF(0, 15)]))

    def _paint_picture(self, painter: QPainter, family: Family, area: QRectF) -> None:
        color = self._ink.of(family)
        if family.is_slim:
            inset = max(0.0, area.height() * 0.1)
            draw_mark(painter, area.adjusted(4, inset, -4, -inset), self.layer.kind, family.title, color)
        else:
            shape = self.facts.output_shape if self.facts else None
            draw_volume(painter, area, shape, color, self._ink.card if shape else self._ink.muted)

    @property
    def _text_room(self) -> float:
        return self._size[0] - _BAND - 6

    def _paint_lines(self, painter: QPainter, lines: list[Line]) -> None:
        left, width = _BAND + 2, self._text_room
        y = self._size[1] - 4 - sum(height for _, _, height, _, _ in lines)
        for text, pixels, height, weight, color in lines:
            painter.setFont(fitted_font(self._ink.family[0], text, pixels, width, weight.value))
            painter.setPen(color)
            painter.drawText(QRectF(left, y, width, height), Qt.AlignmentFlag.AlignCenter, text)
            y += height
