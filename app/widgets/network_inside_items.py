"""InsideItem: what is within one layer, drawn on its card, the more of it the nearer one looks. Qt only; knows no panel, asks nobody."""

from __future__ import annotations

import math
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from app.widgets.layer_style import short_label
from app.widgets.network_ink import fitted_font
from app.widgets.network_inside import Picture
from app.widgets.network_inside_ink import InsideInk
from app.widgets.network_inside_painter import InsidePainter
from app.widgets.network_items import LayerItem

_STRIPS, _OUTPUTS, _KERNELS = 0.3, 0.62, 1.9  # zoom, for type of scale 1
STRIP_ROOM = 15.0  # scene units below a card
_BAR, _STEP = 3.0, 4.4  # a bar's height, and from one to the next
_LEFT, _RIGHT, _TOP = 7.0, 7.0, 3.0  # scene units of the card that stay as they are: its band, its ports, its frame
_TEXT_EDGE, _BELOW_PORT = 3.0, 62.0  # scene units: how near to its right edge the card writes, below which height
_WORDS_ROOM = 1.25 * (11.0 + 12.5)  # scene units of a layer's shape and name, far away


def level_at(zoom: float, scale: float) -> str:
    """What is drawn with type of that scale: "" nothing, "strips" the bars below a card, "outputs" these too, "layers" all there is.

    Pictures need less room than type: on a projector too the whole of LeNet-5 shows them.
    """
    if zoom < _STRIPS * scale:
        return ""
    if zoom < _OUTPUTS * math.sqrt(scale):
        return "strips"
    return "outputs" if zoom < _KERNELS * scale else "layers"


class Bar(NamedTuple):
    """One bar below a card: its share of the width, what it says, and the theme's colour."""

    share: float
    text: str
    token: str


class LayerInside:
    """What is known of one layer at one step. output, weights, gradient: None where not asked for or not there; image: an input's
    picture; labels: names of a vector's cells; words: below an input."""

    def __init__(
        self,
        output: Picture | None = None,
        weights: Picture | None = None,
        gradient: Picture | None = None,
        image: QImage | None = None,
        bars: tuple[Bar, ...] = (),
        labels: tuple[str, ...] = (),
        words: str = "",
    ) -> None:
        self.output = output
        self.weights = weights
        self.gradient = gradient
        self.image = image
        self.bars = bars
        self.labels = labels
        self.words = words


class InsideItem(QGraphicsRectItem):
    """Lies on a layer's card and paints over its inside; the card's frame, band and ports stay the card's own affair."""

    def __init__(self, card: LayerItem, ink: InsideInk) -> None:
        super().__init__(card)
        self.setPen(Qt.PenStyle.NoPen)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.card = card
        self._ink = ink
        self._inside = LayerInside()
        self._ground: tuple[object, QPixmap] | None = None  # what lies under the outputs, and for what it was painted
        self.fit_card()

    @property
    def inside(self) -> LayerInside:
        """What is shown."""
        return self._inside

    def leave_card(self) -> None:
        """Come off the card before either is let go of: a card that Qt lets go of takes what lies on it along."""
        self.setParentItem(None)  # type: ignore[arg-type]  # Qt's null pointer
        scene: QGraphicsScene | None = self.scene()
        if scene is not None:
            scene.removeItem(self)

    def fit_card(self) -> None:
        """Be as large as the card is by now."""
        area = self.card.card().adjusted(0, 0, 0, STRIP_ROOM)
        if area != self.rect():
            self.setRect(area)

    def show_inside(self, inside: LayerInside) -> None:
        """Show `inside` from the next paint on."""
        self._inside = inside
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        transform = painter.worldTransform()
        zoom = transform.m11()
        level = level_at(zoom, self._ink.scale)
        if widget is None or not level or self.card.is_faulty:  # an export shows the drawing alone
            return
        card = transform.mapRect(self.card.card())
        painter.setWorldMatrixEnabled(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        brush = InsidePainter(painter, self._ink, QRectF(widget.rect()), self._inside.labels)
        self._paint_bars(brush, card, zoom, has_words=level == "layers" and self._ink.line <= _STEP * zoom)
        if level in ("outputs", "layers") and (self._inside.output is not None or self._inside.image is not None):
            if level == "layers":
                self._paint_near(brush, self._cleared(painter, card, zoom))
            else:
                self._paint_overview(brush, card, zoom)
        painter.setWorldMatrixEnabled(True)

    # --- from far to near ---------------------------------------------------------------------------------------------

    def _paint_bars(self, brush: InsidePainter, card: QRectF, zoom: float, *, has_words: bool) -> None:
        ink = self._ink
        for number, bar in enumerate(self._inside.bars):
            top = card.bottom() + (3 + number * _STEP) * zoom
            room = QRectF(card.x() + 2 * zoom, top, card.width() - 4 * zoom, max(_BAR * zoom, 1.0))
            if has_words:
                left = room.right() - ink.shaped(bar.text).width - 2
                brush.write(bar.text, QPointF(left, room.y()), "muted", room.height())
                room.setRight(left - 4)
            brush.painter.fillRect(room, ink.colors["hairline"])
            room.setWidth(room.width() * min(max(bar.share, 0.0), 1.0))
            brush.painter.fillRect(room, ink.colors[bar.token])

    def _cleared(self, painter: QPainter, card: QRectF, zoom: float) -> QRectF:
        """The card's inside, emptied; its frame, band and ports stay."""
        ground = self._ink.colors["selection" if self.card.is_current else "raised"]
        room = card.adjusted(_LEFT * zoom, _TOP * zoom, -_RIGHT * zoom, -_TOP * zoom)
        painter.fillRect(room, ground)
        corner = QPointF(card.right() - _TEXT_EDGE * zoom, room.bottom())
        painter.fillRect(QRectF(QPointF(room.right(), card.top() + _BELOW_PORT * zoom), corner), ground)
        return room

    def _paint_overview(self, brush: InsidePainter, card: QRectF, zoom: float) -> None:
        """The outputs above the layer's name and shape."""
        inside = self._inside
        facts = self.card.facts
        words = inside.words or ("×".join(map(str, facts.output_shape)) if facts is not None else "")
        offset = QPointF(card.x() % 1.0, card.y() % 1.0)
        key = (zoom, self.card.is_current, words, self.card.layer.name, card.width(), offset.x(), offset.y())
        if self._ground is None or self._ground[0] != key:
            ratio = brush.painter.device().devicePixelRatio()
            self._ground = (key, self._painted_ground(QRectF(offset, card.size()), words, zoom, ratio))
        brush.painter.drawPixmap(QPointF(card.x() - offset.x(), card.y() - offset.y()), self._ground[1])
        below = (_TOP + _WORDS_ROOM * math.sqrt(self._ink.scale) + 1.5) * zoom
        area = card.adjusted(_LEFT * zoom, _TOP * zoom, -_RIGHT * zoom, -below)
        if inside.image is not None:
            brush.image(inside.image, area)
        elif inside.output is not None:
            brush.overview(inside.output, area)

    def _painted_ground(self, card: QRectF, words: str, zoom: float, ratio: float) -> QPixmap:
        """The emptied card with its words, painted once for each zoom: texts of any size take 45 microseconds each."""
        size = (math.ceil(card.right()) + 1, math.ceil(card.bottom()) + 1)
        pixmap = QPixmap(math.ceil(size[0] * ratio), math.ceil(size[1] * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        brush = QPainter(pixmap)
        room = self._cleared(brush, card, zoom)
        y = room.bottom()
        for text, units, token, weight in ((words, 11.0, "muted", 400), (self.card.layer.name, 12.5, "text", 600)):
            pixels = units * zoom * math.sqrt(self._ink.scale)
            height = 1.25 * pixels
            y -= height
            brush.setFont(fitted_font(self._ink.family, text, pixels, room.width(), weight))
            brush.setPen(self._ink.colors[token])
            brush.drawText(QRectF(room.x(), y, room.width(), height), Qt.AlignmentFlag.AlignCenter, text)
        brush.end()
        return pixmap

    def _paint_near(self, brush: InsidePainter, whole: QRectF) -> None:
        """Name and shape in a line, then all that is known: weights and gradient at the left, outputs at the right."""
        gap, line, inside = self._ink.gap, self._ink.line, self._inside
        room = whole.adjusted(gap, gap / 2, -gap, -gap / 2)
        layer, facts = self.card.layer, self.card.facts
        shape = "×".join(map(str, facts.output_shape)) if facts is not None else ""
        titles = [
            " · ".join(part for part in parts if part)
            for parts in ((layer.name, short_label(layer), shape, inside.words), (layer.name, shape), (layer.name,))
        ]
        area = room.adjusted(0, line + 3, 0, 0)
        if inside.image is not None:
            brush.image(inside.image, area)
        elif inside.output is not None:
            self._paint_parts(brush, area)
        brush.write_in_sight(titles, QRectF(room.topLeft(), QSizeF(room.width(), line)), room, "text")

    def _paint_parts(self, brush: InsidePainter, area: QRectF) -> None:
        inside, gap = self._inside, self._ink.gap
        behind = [one for one in (inside.weights, inside.gradient) if one is not None]
        if behind:
            column = QRectF(area.x(), area.y(), 0.48 * area.width() - gap / 2, area.height())
            height = (column.height() - gap * (len(behind) - 1)) / len(behind)
            for number, one in enumerate(behind):
                part = QRectF(column.x(), column.y() + number * (height + gap), column.width(), height)
                brush.part(one, part)
            area.setLeft(column.right() + gap)
        if inside.output is not None:
            brush.part(inside.output, area)
