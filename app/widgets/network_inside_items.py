"""InsideItem: what is within one layer, drawn on its card, the more of it the nearer one looks. Qt only; knows no panel, asks nobody."""

from __future__ import annotations

import math
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from app.widgets.layer_style import short_label
from app.widgets.network_ink import fitted_font
from app.widgets.network_inside import NUMBER_ROOM, Arrangement, Picture, Shades, arrange, power_text
from app.widgets.network_items import LayerItem
from app.widgets.theme import Theme

# How near one must be, as app.widgets.network_ink counts, for the bars below a card, its outputs, and what is behind them.
STRIPS, OUTPUTS, KERNELS = 0.3, 0.62, 1.9
STRIP_ROOM = 15.0  # scene units below a card
_BAR, _STEP = 3.0, 4.4  # a bar's height, and from one to the next
_LEFT, _RIGHT, _TOP = 7.0, 7.0, 3.0  # scene units of the card that stay as they are: its band, its ports, its frame
_TEXT_EDGE, _BELOW_PORT = 3.0, 62.0  # scene units: how near to its right edge the card writes, below which height
_LEAST_PART = 26.0  # px at scale 1: a part without as much room is left out
_MOST_NUMBERS = 700  # written at a time: 3 ms


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

    def __init__(self, card: LayerItem, theme: Theme, shades: Shades) -> None:
        super().__init__(card)
        self.setPen(Qt.PenStyle.NoPen)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.card = card
        self._theme = theme
        self._shades = shades
        self._inside = LayerInside()
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

    def set_shades(self, shades: Shades) -> None:
        """Paint in another theme's colours."""
        self._shades = shades
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        transform = painter.worldTransform()
        zoom = transform.m11()
        near = zoom / self._theme.scale
        if widget is None or near < STRIPS or self.card.is_faulty:  # an export shows the drawing alone
            return
        card = transform.mapRect(self.card.card())
        painter.setWorldMatrixEnabled(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_bars(painter, transform.mapRect(self.rect()), card, zoom, near)
        if near >= OUTPUTS and (self._inside.output is not None or self._inside.image is not None):
            room = card.adjusted(_LEFT * zoom, _TOP * zoom, -_RIGHT * zoom, -_TOP * zoom)
            ground = self._theme.color("selection" if self.card.is_current else "raised")
            painter.fillRect(room, ground)
            beside = QRectF(room.right(), card.top() + _BELOW_PORT * zoom, (_RIGHT - _TEXT_EDGE) * zoom, room.height())
            painter.fillRect(QRectF(beside.topLeft(), QPointF(beside.right(), room.bottom())), ground)
            if near >= KERNELS:
                self._paint_near(painter, room, QRectF(widget.rect()))
            else:
                self._paint_overview(painter, room, zoom, QRectF(widget.rect()))
        painter.setWorldMatrixEnabled(True)

    # --- from far to near ---------------------------------------------------------------------------------------------

    def _paint_bars(self, painter: QPainter, whole: QRectF, card: QRectF, zoom: float, near: float) -> None:
        metrics = QFontMetricsF(self._theme.font("small"))
        has_words = near >= KERNELS and _BAR * zoom >= 3
        for number, bar in enumerate(self._inside.bars):
            top = card.bottom() + (3 + number * _STEP) * zoom
            room = QRectF(card.x() + 2 * zoom, top, card.width() - 4 * zoom, max(_BAR * zoom, 1.0))
            if has_words and metrics.height() <= _STEP * zoom:
                text = QRectF(room.right() - metrics.horizontalAdvance(bar.text) - 2, room.y(), 0, room.height())
                self._write(painter, bar.text, text.topLeft(), "muted", room.height())
                room.setRight(text.left() - 4)
            painter.fillRect(room, self._theme.color("hairline"))
            filled = QRectF(room.topLeft(), room.bottomRight())
            filled.setWidth(room.width() * min(max(bar.share, 0.0), 1.0))
            painter.fillRect(filled, self._theme.color(bar.token))

    def _paint_overview(self, painter: QPainter, room: QRectF, zoom: float, seen: QRectF) -> None:
        """The outputs above the layer's name and shape."""
        layer, facts = self.card.layer, self.card.facts
        words = self._inside.words or ("×".join(map(str, facts.output_shape)) if facts is not None else "")
        y = room.bottom()
        for text, units, token, weight in ((words, 11.0, "muted", 400), (layer.name, 12.5, "text", 600)):
            height = 1.25 * units * zoom
            y -= height
            painter.setFont(
                fitted_font(self._theme.font("body").families()[0], text, units * zoom, room.width(), weight)
            )
            painter.setPen(self._theme.color(token))
            painter.drawText(QRectF(room.x(), y, room.width(), height), Qt.AlignmentFlag.AlignCenter, text)
        area = QRectF(room.topLeft(), QPointF(room.right(), y - 1.5 * zoom))
        if self._inside.image is not None:
            self._paint_image(painter, self._inside.image, area)
        elif self._inside.output is not None:
            arranged = self._arranged(self._inside.output, area, may_write=False)
            self._paint_picture(painter, self._inside.output, area, seen, arranged)

    def _paint_near(self, painter: QPainter, whole: QRectF, seen: QRectF) -> None:
        """Name and shape in a line, then all that is known: weights and gradient at the left, outputs at the right."""
        gap = self._theme.gap(8)
        room = whole.adjusted(gap, gap / 2, -gap, -gap / 2)
        line, inside = QFontMetricsF(self._theme.font("small")).height(), self._inside
        layer, facts = self.card.layer, self.card.facts
        shape = "×".join(map(str, facts.output_shape)) if facts is not None else ""
        title = " · ".join(part for part in (layer.name, short_label(layer), shape, inside.words) if part)
        area = room.adjusted(0, line + 3, 0, 0)
        if inside.image is not None:
            self._paint_image(painter, inside.image, area)
        elif inside.output is not None:
            self._paint_parts(painter, area, seen)
        self._write_in_sight(painter, title, QRectF(room.topLeft(), QSizeF(room.width(), line)), room, seen, "text")

    def _paint_parts(self, painter: QPainter, area: QRectF, seen: QRectF) -> None:
        inside, gap = self._inside, self._theme.gap(8)
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
        scale = self._theme.scale if may_write else math.inf
        room = (NUMBER_ROOM[0] * scale, NUMBER_ROOM[1] * scale)
        shape = picture.tiles.shape
        return arrange(
            (shape[0], shape[1], shape[2], shape[3]), picture.is_vector, round(area.width()), round(area.height()), room
        )

    def _paint_part(self, painter: QPainter, picture: Picture, area: QRectF, seen: QRectF) -> None:
        """A picture below its caption, which states its scale."""
        line = QFontMetricsF(self._theme.font("small")).height()
        if area.height() < line + self._theme.px(_LEAST_PART) or not area.intersects(seen):
            return
        inner = area.adjusted(0, line + 2, 0, 0)
        arranged = self._arranged(picture, inner, may_write=True)
        is_written = self._paint_picture(painter, picture, inner, seen, arranged)
        caption = picture.caption(arranged.groups)
        if is_written and picture.exponent:
            caption += f" · numbers ×{power_text(picture.exponent)}"
        self._write_in_sight(painter, caption, QRectF(area.topLeft(), QSizeF(area.width(), line)), area, seen, "muted")

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
        image = picture.image(self._shades, arranged.rows, arranged.columns)
        in_sight = [
            (index, rect)
            for index in range(len(arranged.places))
            if (rect := arranged.rect(index, area)).intersects(seen)
        ]
        for index, rect in in_sight:
            source = QRectF(0, 0 if arranged.rows else index * rows, columns, rows)
            painter.drawImage(rect, image, source)
        if arranged.rows and min(arranged.cell) >= 5:
            self._rule_cells(painter, in_sight[0][1] if in_sight else QRectF(), rows, columns)
        self._paint_labels(painter, arranged, area)
        scale = self._theme.scale
        if arranged.cell[0] < NUMBER_ROOM[0] * scale or arranged.cell[1] < NUMBER_ROOM[1] * scale:
            return False
        return self._write_numbers(painter, picture, in_sight, seen, arranged)

    def _rule_cells(self, painter: QPainter, rect: QRectF, rows: int, columns: int) -> None:
        painter.setPen(QPen(self._theme.color("raised"), 1.0))
        for row in range(1, rows):
            y = round(rect.y() + row * rect.height() / rows)
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
        for column in range(1, columns):
            x = round(rect.x() + column * rect.width() / columns)
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))

    def _paint_labels(self, painter: QPainter, arranged: Arrangement, area: QRectF) -> None:
        """Names beside the cells of a single column, where they have room."""
        labels = self._inside.labels
        metrics = QFontMetricsF(self._theme.font("small"))
        if not labels or arranged.columns != 1 or len(labels) != arranged.rows or arranged.cell[1] < metrics.height():
            return
        rect = arranged.rect(0, area)
        for row, label in enumerate(labels):
            width = metrics.horizontalAdvance(label)
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
        flat = picture.tiles.reshape(-1, *picture.tiles.shape[2:])
        wide, high = arranged.cell
        cells: list[tuple[QRectF, float]] = []
        for index, rect in in_sight:
            both = rect.intersected(seen)
            first = (int((both.y() - rect.y()) / high), int((both.x() - rect.x()) / wide))
            last = (math.ceil((both.bottom() - rect.y()) / high), math.ceil((both.right() - rect.x()) / wide))
            if len(cells) + (last[0] - first[0]) * (last[1] - first[1]) > _MOST_NUMBERS:
                return False
            for row in range(first[0], last[0]):
                for column in range(first[1], last[1]):
                    place = column * arranged.rows + row if arranged.rows else -1
                    if place >= flat.size or (place < 0 and (row >= flat.shape[1] or column >= flat.shape[2])):
                        continue
                    value = flat.ravel()[place] if place >= 0 else flat[index, row, column]
                    cell = QRectF(rect.x() + column * wide, rect.y() + row * high, wide, high)
                    cells.append((cell, float(value)))
        painter.setFont(self._theme.font("small"))
        text, ground = self._theme.color("text"), self._theme.color("panel")
        light, dark = (ground, text) if text.lightness() < ground.lightness() else (text, ground)
        for cell, value in cells:
            place = int(min(max(value / picture.scale, -1.0), 1.0) * 127) + 127 if math.isfinite(value) else 127
            red, green, blue = (int(self._shades.table[place]) >> shift & 255 for shift in (16, 8, 0))
            painter.setPen(dark if 299 * red + 587 * green + 114 * blue > 128_000 else light)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, picture.number_text(value))
        return True

    def _write_in_sight(
        self, painter: QPainter, text: str, line: QRectF, area: QRectF, seen: QRectF, token: str
    ) -> None:
        """A line that stays in sight while a part of its `area` is: what one looks at so near has its name beside it."""
        gap, metrics = self._theme.gap(4), QFontMetricsF(self._theme.font("small"))
        down = line.height() + gap if token == "muted" else 0.0  # below the title, where that stays in sight too
        x = min(max(line.x(), seen.x() + gap), max(area.right() - metrics.horizontalAdvance(text), line.x()))
        y = min(max(line.y(), seen.y() + gap + down), max(area.bottom() - line.height(), line.y()))
        if (x, y) != (line.x(), line.y()):
            ground = QRectF(x - gap, y - gap / 2, metrics.horizontalAdvance(text) + 2 * gap, line.height() + gap)
            painter.fillRect(ground, self._theme.color("panel"))
        self._write(painter, text, QPointF(x, y), token, line.height(), line.width())

    def _write(
        self, painter: QPainter, text: str, at: QPointF, token: str, height: float, width: float = math.inf
    ) -> None:
        """A line of small type, cut at its end where it has no room."""
        font = self._theme.font("small")
        metrics = QFontMetricsF(font)
        if width < math.inf:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        painter.setFont(font)
        painter.setPen(self._theme.color(token))
        room = QRectF(at.x(), at.y(), metrics.horizontalAdvance(text) + 2, height)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
