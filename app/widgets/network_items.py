"""What a drawn network is made of: a card for each layer and a wire for each link. Qt only; knows no panel and edits nothing."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsSceneHoverEvent, QStyleOptionGraphicsItem, QWidget

from app.widgets.layer_style import FAMILIES, Family, family_of, shape_text, short_count, short_label
from app.widgets.network_glyphs import draw_mark, draw_volume
from app.widgets.network_layout import Box, Point
from app.widgets.network_ports import PORT_RADIUS, draw_ports
from app.widgets.theme import Theme
from trainers.network_graph import Layer

if TYPE_CHECKING:
    from trainers.layer_catalog import LayerFacts

CARD = (116.0, 108.0)
SLIM_CARD = (70.0, 108.0)
POOL_CARD = (92.0, 108.0)  # slim, but its output shape is news
_MARGIN = 5.0  # room for the focus ring
_PORT_MARGIN = PORT_RADIUS + 3.0
_BAND = 5.0
_SHORTEST, _LONG = 36.0, 110.0  # of a wire's level stretch: from here on its shape stands above it, in it
# Zoom from which a card shows all its lines; three larger ones; two; one word. Below: its mark alone.
NEAR, MIDDLE, FAR, TINY = 0.85, 0.68, 0.47, 0.3


class Ink:
    """The colours and the typeface that all items of one drawing share; made anew when the theme changes."""

    def __init__(self, theme: Theme) -> None:
        self.text, self.muted = theme.color("text"), theme.color("muted")
        self.card, self.panel = theme.color("raised"), theme.color("panel")
        self.border, self.accent, self.bad = theme.color("border"), theme.color("accent"), theme.color("bad")
        self.selection = theme.color("selection")
        self.family = theme.font("body").families()
        self.line_width = theme.line_width
        self.legible = theme.scale  # how much larger than designed type must be to count as legible
        self.least_zoom = 0.0  # an export shows all lines, however small it is drawn
        self._theme = theme

    def seen_at(self, zoom: float) -> float:
        """How near a card looks at `zoom`: larger type needs more room before there is a place for all lines."""
        return max(zoom / self.legible, self.least_zoom)

    def of(self, family: Family) -> QColor:
        """The colour of a family of layers."""
        return self._theme.color(family.color)


def card_size(layer: Layer) -> tuple[float, float]:
    """(width, height) of a layer's card in scene units."""
    family = family_of(layer.kind)
    return CARD if not family.is_slim else POOL_CARD if family is FAMILIES["pooling"] else SLIM_CARD


@lru_cache(maxsize=4096)
def _fitted_font(family: str, text: str, pixels: float, width: float, weight: int) -> QFont:
    """The font in which `text` is at most `width` wide and at most `pixels` high; names are never cut."""
    font = QFont()
    font.setFamily(family)
    font.setWeight(QFont.Weight(weight))
    font.setPixelSize(round(pixels))
    needed = QFontMetricsF(font).horizontalAdvance(text)
    if needed > width:
        font.setPixelSize(max(4, int(pixels * width / needed)))
    return font


def _width(family: str, text: str, pixels: float) -> float:
    font = QFont(family)
    font.setPixelSize(round(pixels))
    return QFontMetricsF(font).horizontalAdvance(text)


def _is_fitting(family: str, text: str, pixels: float, width: float) -> bool:
    """Whether `text` need not be made much smaller than `pixels` to fit."""
    return _fitted_font(family, text, pixels, width, QFont.Weight.DemiBold.value).pixelSize() >= 0.64 * pixels


class LayerItem(QGraphicsItem):
    """One layer's card. Far away: a block with its mark; nearer: its name and shape; near: kind and parameter count as well."""

    def __init__(self, ink: Ink) -> None:
        super().__init__()
        self.setAcceptHoverEvents(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setZValue(1)
        self._ink = ink
        self._size = CARD
        self.layer = Layer("", "")
        self.facts: LayerFacts | None = None
        self.is_current = self.has_focus_ring = self.is_faulty = self.is_hovered = False
        self.has_place = False  # it has been put somewhere
        self.has_ports = False  # where wires can be drawn from and to
        self.offer = ""  # while a wire is drawn: "taken" where it would fit, "refused" where not

    def show_layer(self, layer: Layer, facts: LayerFacts | None) -> bool:
        """Show `layer`; True if anything about it is new."""
        if layer == self.layer and facts == self.facts:
            return False
        size = card_size(layer)
        if size != self._size:
            self.prepareGeometryChange()
            self._size = size
        self.layer, self.facts = layer, facts
        self.update()
        return True

    def move_to(self, box: Box) -> None:
        """Put the card's top left corner where the layout says."""
        self.has_place = True
        if self.pos() != QPointF(box.x, box.y):
            self.setPos(box.x, box.y)

    def mark(self, *, is_current: bool, has_focus_ring: bool, is_faulty: bool) -> None:
        """Show that the layer is the chosen one, holds the keyboard, or is where the network is wrong."""
        marks = (is_current, has_focus_ring, is_faulty)
        if marks != (self.is_current, self.has_focus_ring, self.is_faulty):
            self.is_current, self.has_focus_ring, self.is_faulty = marks
            self.update()

    def show_offer(self, offer: str) -> None:
        """While a wire is drawn: "taken" where it would fit, "refused" where not, "" when it is over."""
        if offer != self.offer:
            self.offer = offer
            self.setOpacity(0.4 if offer == "refused" else 1.0)
            self.update()

    def set_ink(self, ink: Ink) -> None:
        """Draw with another theme's colours from now on."""
        self._ink = ink
        self.update()

    def card(self) -> QRectF:
        """The card without its ring, in the item's coordinates."""
        return QRectF(0, 0, *self._size)

    def boundingRect(self) -> QRectF:
        side = _PORT_MARGIN if self.has_ports else _MARGIN
        return self.card().adjusted(-side, -_MARGIN, side, _MARGIN)

    def hoverEnterEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self.is_hovered = True
        self.update()
        super().hoverEnterEvent(event)

    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self.is_hovered = False
        self.update()
        super().hoverLeaveEvent(event)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        zoom = self._ink.seen_at(option.levelOfDetailFromTransform(painter.worldTransform()))
        family = family_of(self.layer.kind)
        self._paint_card(painter, self._ink.of(family), zoom)
        if zoom >= NEAR:
            self._paint_picture(painter, family, QRectF(_BAND + 2, 4, self._size[0] - _BAND - 4, 42))
            self._paint_lines(painter, self._near_lines())
        elif zoom >= FAR:
            room = 42 if zoom >= MIDDLE else 48
            self._paint_picture(painter, family, QRectF(_BAND + 2, 6, self._size[0] - _BAND - 4, room))
            self._paint_lines(painter, self._middle_lines(may_count=zoom >= MIDDLE))
        elif zoom >= TINY:
            self._paint_picture(painter, family, QRectF(_BAND + 4, 8, self._size[0] - _BAND - 8, 58))
            self._paint_lines(painter, [(self._word(), 25.0, 30.0, QFont.Weight.DemiBold, self._ink.text)])
        else:
            self._paint_picture(painter, family, self.card().adjusted(10, 14, -8, -14))
        if self.has_ports and (zoom >= TINY or self.offer == "taken"):
            draw_ports(
                painter, self.card(), self._ink, has_input=self.layer.kind != "input", is_offered=self.offer == "taken"
            )

    def _paint_card(self, painter: QPainter, color: QColor, zoom: float) -> None:
        ink, card = self._ink, self.card()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.has_focus_ring:
            painter.setPen(QPen(ink.accent, 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(card.adjusted(-4, -4, 4, 4), 9, 9)
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

    def _paint_lines(self, painter: QPainter, lines: list[tuple[str, float, float, QFont.Weight, QColor]]) -> None:
        left, width = _BAND + 2, self._size[0] - _BAND - 6
        y = self._size[1] - 4 - sum(height for _, _, height, _, _ in lines)
        for text, pixels, height, weight, color in lines:
            painter.setFont(_fitted_font(self._ink.family[0], text, pixels, width, weight.value))
            painter.setPen(color)
            painter.drawText(QRectF(left, y, width, height), Qt.AlignmentFlag.AlignCenter, text)
            y += height

    def _near_lines(self) -> list[tuple[str, float, float, QFont.Weight, QColor]]:
        ink = self._ink
        name, word = self._title(12.5), short_label(self.layer)
        lines = [(name, 12.5, 15.0, QFont.Weight.DemiBold, ink.text)]
        if name == self.layer.name and word.lower().replace(" ", "_") != name.lower():
            lines.append((word, 11.5, 14.0, QFont.Weight.Normal, ink.muted))
        if self.facts is not None:
            lines.append((shape_text(self.facts.output_shape), 12.0, 15.0, QFont.Weight.Normal, ink.text))
            if self.facts.parameters:
                lines.append((self._count(11.5), 11.5, 14.0, QFont.Weight.Normal, ink.muted))
        return lines

    def _middle_lines(self, may_count: bool) -> list[tuple[str, float, float, QFont.Weight, QColor]]:
        lines = [(self._title(18.0), 18.0, 24.0, QFont.Weight.DemiBold, self._ink.text)]
        facts = self.facts
        if facts is not None and not (family_of(self.layer.kind).is_slim and facts.output_shape in facts.input_shapes):
            lines.append(
                (
                    shape_text(facts.output_shape),
                    17.0,
                    22.0 if not may_count else 19.0,
                    QFont.Weight.Normal,
                    self._ink.text,
                )
            )
        if may_count and facts is not None and facts.parameters and not family_of(self.layer.kind).is_slim:
            lines[0] = (lines[0][0], 17.0, 21.0, QFont.Weight.DemiBold, self._ink.text)
            lines.append((self._count(14.0), 14.0, 16.0, QFont.Weight.Normal, self._ink.muted))
        return lines

    def _count(self, pixels: float) -> str:
        """The parameters; the unit is left to the tooltip before the figure is made smaller."""
        count = short_count(self.facts.parameters if self.facts is not None else 0)
        with_unit = f"{count} params"
        is_fitting = _width(self._ink.family[0], with_unit, pixels) <= self._size[0] - _BAND - 6
        return with_unit if is_fitting and not family_of(self.layer.kind).is_slim else count

    def _word(self) -> str:
        return short_label(self.layer).split()[0] if family_of(self.layer.kind).is_slim else self._title(25.0)

    def _title(self, pixels: float) -> str:
        """The layer's name where it can be read at that size, else what it does; the tooltip has both."""
        is_fitting = _is_fitting(self._ink.family[0], self.layer.name, pixels, self._size[0] - _BAND - 6)
        return self.layer.name if is_fitting else short_label(self.layer)


class WireItem(QGraphicsItem):
    """One link: an orthogonal line with round corners and an arrow; long ones say which shape flows on them."""

    def __init__(self, ink: Ink, source: str, target: str) -> None:
        super().__init__()
        self.source, self.target = source, target
        self._ink = ink
        self._path = QPainterPath()
        self._arrow = QPolygonF()
        self._label_at: QPointF | None = None
        self._label_room = 0.0
        self._points: tuple[Point, ...] = ()
        self._text = ""
        self.is_highlighted = self.is_faulty = False

    def show_wire(self, points: tuple[Point, ...], text: str) -> bool:
        """Run along `points` and say `text` (the shape that flows here); True if anything is new."""
        if points == self._points and text == self._text:
            return False
        self.prepareGeometryChange()
        self._points, self._text = points, text
        corners = [QPointF(*point) for point in points]
        self._path = _rounded(corners)
        self._arrow = _arrow(corners[-2], corners[-1])
        self._label_at, self._label_room = _label_place(corners)
        self.update()
        return True

    @property
    def points(self) -> tuple[Point, ...]:
        """The corners that the wire runs along, in scene units."""
        return self._points

    def mark_fault(self, is_faulty: bool) -> None:
        """Show that what flows here does not fit what it flows into."""
        if is_faulty != self.is_faulty:
            self.is_faulty = is_faulty
            self.update()

    def set_ink(self, ink: Ink) -> None:
        """Draw with another theme's colours from now on."""
        self._ink = ink
        self.update()

    def highlight(self, is_highlighted: bool) -> None:
        """Show that the wire belongs to the chosen layer."""
        if is_highlighted != self.is_highlighted:
            self.is_highlighted = is_highlighted
            self.setZValue(0.5 if is_highlighted else 0)
            self.update()

    def boundingRect(self) -> QRectF:
        return self._path.boundingRect().adjusted(-6, -20, 6, 20)

    def shape(self) -> QPainterPath:
        box = QPainterPath()
        for (x0, y0), (x1, y1) in zip(self._points, self._points[1:], strict=False):
            box.addRect(
                QRectF(QPointF(min(x0, x1), min(y0, y1)), QPointF(max(x0, x1), max(y0, y1))).adjusted(-5, -5, 5, 5)
            )
        return box

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        ink = self._ink
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        color = ink.bad if self.is_faulty else ink.accent if self.is_highlighted else ink.muted
        width = max(1.3, (1.2 if zoom < FAR else 0.8) * ink.line_width / max(zoom, 0.4) ** 0.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        style = Qt.PenStyle.DashLine if self.is_faulty else Qt.PenStyle.SolidLine
        painter.setPen(QPen(color, width * (1.4 if self.is_highlighted else 1.0), style))
        painter.drawPath(self._path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(color))
        painter.drawPolygon(self._arrow)
        if self._label_at is not None and self._text and ink.seen_at(zoom) >= FAR:
            self._paint_label(painter, self._label_at, ink.seen_at(zoom) >= NEAR)

    def _paint_label(self, painter: QPainter, at: QPointF, is_near: bool) -> None:
        """The shape: in the line where that is long, above it where it is short."""
        ink = self._ink
        is_long = self._label_room > _LONG
        pixels = 12.0 if is_near else 16.0 if is_long else 13.0
        font = _fitted_font(ink.family[0], self._text, pixels, 400.0 if is_long else self._label_room - 4.0, 400)
        if not is_long and font.pixelSize() < 8:
            return
        metrics = QFontMetricsF(font)
        area = QRectF(0, 0, metrics.horizontalAdvance(self._text) + (8 if is_long else 0), metrics.height())
        area.moveCenter(at)
        if is_long:
            painter.setBrush(QBrush(ink.panel))
            painter.drawRect(area)
        else:
            area.moveBottom(at.y() - 2)
        painter.setFont(font)
        painter.setPen(ink.bad if self.is_faulty else ink.text)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, self._text)


def _rounded(corners: list[QPointF], radius: float = 9.0) -> QPainterPath:
    path = QPainterPath(corners[0])
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        into, out = corner - before, after - corner
        length_in, length_out = abs(into.x()) + abs(into.y()), abs(out.x()) + abs(out.y())
        bend = min(radius, length_in / 2, length_out / 2)
        if bend <= 0:
            continue
        path.lineTo(corner - into * (bend / length_in))
        path.quadTo(corner, corner + out * (bend / length_out))
    path.lineTo(corners[-1])
    return path


def _arrow(before: QPointF, tip: QPointF) -> QPolygonF:
    along = tip - before
    length = abs(along.x()) + abs(along.y()) or 1.0
    along = along / length
    across = QPointF(-along.y(), along.x())
    return QPolygonF([tip, tip - along * 8 + across * 4, tip - along * 8 - across * 4])


def _label_place(corners: list[QPointF]) -> tuple[QPointF | None, float]:
    """The middle of the longest level stretch and its length, where it is long enough for a shape."""
    longest, place = _SHORTEST, None
    for start, end in pairwise(corners):
        if start.y() == end.y() and abs(end.x() - start.x()) > longest:
            longest, place = abs(end.x() - start.x()), (start + end) / 2
    return place, longest
