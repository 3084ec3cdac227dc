"""InsideItem: what is within one layer, drawn on its card, the more of it the nearer one looks. Qt only; knows no panel, asks nobody."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from app.widgets.layer_style import short_label
from app.widgets.network_ink import fitted_font
from app.widgets.network_inside import NUMBER_ROOM, Arrangement, Picture, arrange, power_text
from app.widgets.network_inside_ink import InsideInk
from app.widgets.network_items import LayerItem

# How near one must be, as app.widgets.network_ink counts, for the bars below a card, its outputs, and what is behind them.
STRIPS, OUTPUTS, KERNELS = 0.3, 0.62, 1.9
STRIP_ROOM = 15.0  # scene units below a card
_BAR, _STEP = 3.0, 4.4  # a bar's height, and from one to the next
_LEFT, _RIGHT, _TOP = 7.0, 7.0, 3.0  # scene units of the card that stay as they are: its band, its ports, its frame
_TEXT_EDGE, _BELOW_PORT = 3.0, 62.0  # scene units: how near to its right edge the card writes, below which height
_WORDS_ROOM = 1.25 * (11.0 + 12.5)  # scene units of a layer's shape and name, far away
_LEAST_PART = 26.0  # px at scale 1: a part without as much room is left out
_MOST_NUMBERS = 450  # written at a time: 3 ms


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
        near = zoom / self._ink.scale
        if widget is None or near < STRIPS or self.card.is_faulty:  # an export shows the drawing alone
            return
        card, seen = transform.mapRect(self.card.card()), QRectF(widget.rect())
        painter.setWorldMatrixEnabled(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_bars(painter, card, zoom, near)
        if near >= OUTPUTS and (self._inside.output is not None or self._inside.image is not None):
            if near >= KERNELS:
                self._paint_near(painter, self._cleared(painter, card, zoom), seen)
            else:
                self._paint_overview(painter, card, zoom, seen)
        painter.setWorldMatrixEnabled(True)

    # --- from far to near ---------------------------------------------------------------------------------------------

    def _paint_bars(self, painter: QPainter, card: QRectF, zoom: float, near: float) -> None:
        ink = self._ink
        has_words = near >= KERNELS and ink.line <= _STEP * zoom
        for number, bar in enumerate(self._inside.bars):
            top = card.bottom() + (3 + number * _STEP) * zoom
            room = QRectF(card.x() + 2 * zoom, top, card.width() - 4 * zoom, max(_BAR * zoom, 1.0))
            if has_words:
                left = room.right() - ink.shaped(bar.text).width - 2
                self._write(painter, bar.text, QPointF(left, room.y()), "muted", room.height())
                room.setRight(left - 4)
            painter.fillRect(room, ink.colors["hairline"])
            room.setWidth(room.width() * min(max(bar.share, 0.0), 1.0))
            painter.fillRect(room, ink.colors[bar.token])

    def _cleared(self, painter: QPainter, card: QRectF, zoom: float) -> QRectF:
        """The card's inside, emptied; its frame, band and ports stay."""
        ground = self._ink.colors["selection" if self.card.is_current else "raised"]
        room = card.adjusted(_LEFT * zoom, _TOP * zoom, -_RIGHT * zoom, -_TOP * zoom)
        painter.fillRect(room, ground)
        corner = QPointF(card.right() - _TEXT_EDGE * zoom, room.bottom())
        painter.fillRect(QRectF(QPointF(room.right(), card.top() + _BELOW_PORT * zoom), corner), ground)
        return room

    def _paint_overview(self, painter: QPainter, card: QRectF, zoom: float, seen: QRectF) -> None:
        """The outputs above the layer's name and shape."""
        inside = self._inside
        facts = self.card.facts
        words = inside.words or ("×".join(map(str, facts.output_shape)) if facts is not None else "")
        offset = QPointF(card.x() % 1.0, card.y() % 1.0)
        key = (zoom, self.card.is_current, words, self.card.layer.name, card.width(), offset.x(), offset.y())
        if self._ground is None or self._ground[0] != key:
            ratio = painter.device().devicePixelRatio()
            self._ground = (key, self._painted_ground(QRectF(offset, card.size()), words, zoom, ratio))
        painter.drawPixmap(QPointF(card.x() - offset.x(), card.y() - offset.y()), self._ground[1])
        below = (_TOP + _WORDS_ROOM + 1.5) * zoom
        area = card.adjusted(_LEFT * zoom, _TOP * zoom, -_RIGHT * zoom, -below)
        if inside.image is not None:
            self._paint_image(painter, inside.image, area)
        elif inside.output is not None:
            arranged = self._arranged(inside.output, area, may_write=False)
            self._paint_picture(painter, inside.output, area, seen, arranged)

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
            height = 1.25 * units * zoom
            y -= height
            brush.setFont(fitted_font(self._ink.family, text, units * zoom, room.width(), weight))
            brush.setPen(self._ink.colors[token])
            brush.drawText(QRectF(room.x(), y, room.width(), height), Qt.AlignmentFlag.AlignCenter, text)
        brush.end()
        return pixmap

    def _paint_near(self, painter: QPainter, whole: QRectF, seen: QRectF) -> None:
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
            self._paint_image(painter, inside.image, area)
        elif inside.output is not None:
            self._paint_parts(painter, area, seen)
        self._write_in_sight(painter, titles, QRectF(room.topLeft(), QSizeF(room.width(), line)), room, seen, "text")

    def _paint_parts(self, painter: QPainter, area: QRectF, seen: QRectF) -> None:
        inside, gap = self._inside, self._ink.gap
        behind = [one for one in (inside.weights, inside.gradient) if one is not None]
        if behind:
            column = QRectF(area.x(), area.y(), 0.48 * area.width() - gap / 2, area.height())
            height = (column.height() - gap * (len(behind) - 1)) / len(behind)
            for number, one in enumerate(behind):
                part = QRectF(column.x(), column.y() + number * (height + gap), column.width(), height)
                self._paint_part(painter, one, part, seen)
            area.setLeft(column.right() + gap)
        if inside.output is not None:
            self._paint_part(painter, inside.output, area, seen)

    # --- pieces -------------------------------------------------------------------------------------------------------

    def _arranged(self, picture: Picture, area: QRectF, *, may_write: bool) -> Arrangement:
        scale = self._ink.scale if may_write else math.inf
        room = (NUMBER_ROOM[0] * scale, NUMBER_ROOM[1] * scale)
        shape = picture.tiles.shape
        return arrange(
            (shape[0], shape[1], shape[2], shape[3]), picture.is_vector, round(area.width()), round(area.height()), room
        )

    def _paint_part(self, painter: QPainter, picture: Picture, area: QRectF, seen: QRectF) -> None:
        """A picture below its caption, which states its scale."""
        line = self._ink.line
        if area.height() < line + _LEAST_PART * self._ink.scale or not area.intersects(seen):
            return
        inner = area.adjusted(0, line + 2, 0, 0)
        arranged = self._arranged(picture, inner, may_write=True)
        is_written = self._paint_picture(painter, picture, inner, seen, arranged)
        captions = picture.captions(arranged.groups)
        if is_written and picture.exponent:
            captions = (f"{captions[0]} · numbers ×{power_text(picture.exponent)}", *captions)
        self._write_in_sight(painter, captions, QRectF(area.topLeft(), QSizeF(area.width(), line)), area, seen, "muted")

    def _paint_image(self, painter: QPainter, image: QImage, area: QRectF) -> None:
        side = min(area.width() / image.width(), area.height() / image.height())
        size = (side * image.width(), side * image.height())
        place = QRectF(area.center().x() - size[0] / 2, area.center().y() - size[1] / 2, *size)
        painter.drawImage(place, image, QRectF(image.rect()))

    def _paint_picture(
        self, painter: QPainter, picture: Picture, area: QRectF, seen: QRectF, arranged: Arrangement
    ) -> bool:
        """The tiles that are in sight; True where the numbers are written into their cells."""
        rows, columns = (arranged.rows, arranged.columns) if arranged.rows else picture.tiles.shape[2:]
        image = picture.image(self._ink.shades, arranged.rows, arranged.columns)
        in_sight = [
            (index, rect)
            for index in range(len(arranged.places))
            if (rect := arranged.rect(index, area)).intersects(seen)
        ]
        for index, rect in in_sight:
            source = QRectF(0, 0 if arranged.rows else index * rows, columns, rows)
            painter.drawImage(rect, image, source)
        if arranged.columns == 1 and in_sight:
            self._rule_column(painter, arranged, area)
        room = (NUMBER_ROOM[0] * self._ink.scale, NUMBER_ROOM[1] * self._ink.scale)
        if arranged.cell[0] < room[0] or arranged.cell[1] < room[1]:
            return False
        return self._write_numbers(painter, picture, in_sight, seen, arranged)

    def _rule_column(self, painter: QPainter, arranged: Arrangement, area: QRectF) -> None:
        """Lines between the cells of a single column, and their names at its side, where there is room."""
        ink, labels, rect = self._ink, self._inside.labels, arranged.rect(0, area)
        if arranged.cell[1] >= 4:
            for row in range(1, arranged.rows):
                y = round(rect.y() + row * arranged.cell[1])
                painter.fillRect(QRectF(rect.x(), y, rect.width(), 1), ink.colors["raised"])
        if len(labels) != arranged.rows or arranged.cell[1] < ink.line:
            return
        for row, label in enumerate(labels):
            width = ink.shaped(label).width
            if width + 6 <= rect.left() - area.left():
                at = QPointF(rect.left() - width - 5, rect.top() + row * arranged.cell[1])
                self._write(painter, label, at, "text", arranged.cell[1])

    def _write_numbers(
        self,
        painter: QPainter,
        picture: Picture,
        in_sight: list[tuple[int, QRectF]],
        seen: QRectF,
        arranged: Arrangement,
    ) -> bool:
        """The numbers of the cells in sight, if they are not too many to be written within a frame."""
        ink, (wide, high) = self._ink, arranged.cell
        written: tuple[list[tuple[float, float, str]], ...] = ([], [])  # in light type, in dark
        count = 0
        for index, rect in in_sight:
            both = rect.intersected(seen)
            top, left = int((both.y() - rect.y()) / high), int((both.x() - rect.x()) / wide)
            bottom, right = math.ceil((both.bottom() - rect.y()) / high), math.ceil((both.right() - rect.x()) / wide)
            numbers = picture.cells(index, arranged.rows, arranged.columns)[top:bottom, left:right]
            count += numbers.size
            if count > _MOST_NUMBERS:
                return False
            is_dark = ink.shades.is_bright[ink.shades.places(numbers, picture.scale)].tolist()
            for row, values in enumerate(numbers.tolist()):
                y = rect.y() + (top + row + 0.5) * high
                for column, value in enumerate(values):
                    if arranged.rows and (left + column) * arranged.rows + top + row >= picture.tiles.size:
                        continue  # the last column is not full
                    x = rect.x() + (left + column + 0.5) * wide
                    written[is_dark[row][column]].append((x, y, picture.number_text(value)))
        painter.setFont(ink.font)
        for color, texts in zip((ink.light, ink.dark), written, strict=True):
            painter.setPen(color)
            for x, y, text in texts:
                shaped = ink.shaped(text)
                painter.drawStaticText(QPointF(x - shaped.width / 2, y - shaped.height / 2), shaped.text)
        return True

    def _write_in_sight(
        self, painter: QPainter, texts: Sequence[str], line: QRectF, area: QRectF, seen: QRectF, token: str
    ) -> None:
        """The longest of `texts` that fits, which stays in sight while a part of its `area` is: what one looks at has its name."""
        gap, shaped = self._ink.gap / 2, self._ink.shaped
        text = next((text for text in texts if shaped(text).width <= line.width()), texts[-1])
        width = shaped(text).width
        down = line.height() + gap if token == "muted" else 0.0  # below the title, where that stays in sight too
        x = min(max(line.x(), seen.x() + gap), max(area.right() - width, line.x()))
        y = min(max(line.y(), seen.y() + gap + down), max(area.bottom() - line.height(), line.y()))
        if (x, y) != (line.x(), line.y()):
            ground = QRectF(x - gap, y - gap / 2, min(width, line.width()) + 2 * gap, line.height() + gap)
            painter.fillRect(ground, self._ink.colors["panel"])
        self._write(painter, text, QPointF(x, y), token, line.height(), line.width())

    def _write(
        self, painter: QPainter, text: str, at: QPointF, token: str, height: float, width: float = math.inf
    ) -> None:
        """A line of small type, cut at its end where it has no room."""
        if self._ink.shaped(text).width > width:
            text = self._ink.metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        painter.setFont(self._ink.font)
        painter.setPen(self._ink.colors[token])
        shaped = self._ink.shaped(text)
        painter.drawStaticText(QPointF(at.x(), at.y() + (height - shaped.height) / 2), shaped.text)
