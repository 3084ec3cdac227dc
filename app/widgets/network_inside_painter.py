"""InsidePainter: pictures, their numbers and small type on a layer's card, as far as they are in sight. Knows no item and no panel."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter

from app.widgets.network_inside import NUMBER_ROOM, Arrangement, Picture, arrange
from app.widgets.network_inside_ink import InsideInk
from app.widgets.number_words import power

_LEAST_PART = 26.0  # px at scale 1: a part without as much room is left out
_MOST_NUMBERS = 450  # written at a time: 3 ms


class InsidePainter:
    """For one paint. painter: in pixels of the viewport; seen: those in sight; labels: names of a vector's cells."""

    def __init__(self, painter: QPainter, ink: InsideInk, seen: QRectF, labels: tuple[str, ...]) -> None:
        self.painter = painter
        self._ink = ink
        self._seen = seen
        self._labels = labels

    def part(self, picture: Picture, area: QRectF) -> None:
        """A picture below its caption, which states its scale; numbers are written where their cells have room."""
        line = self._ink.line
        if area.height() < line + _LEAST_PART * self._ink.scale or not area.intersects(self._seen):
            return
        inner = area.adjusted(0, line + 2, 0, 0)
        arranged = self._arranged(picture, inner, self._ink.scale)
        is_written = self._tiles(picture, inner, arranged)
        captions = picture.captions(arranged.groups)
        if is_written and picture.exponent:
            captions = (f"{captions[0]} · numbers ×{power(picture.exponent)}", *captions)
        self.write_in_sight(captions, QRectF(area.topLeft(), QSizeF(area.width(), line)), area, "muted")

    def overview(self, picture: Picture, area: QRectF) -> None:
        """A picture alone, without a caption: what numbers have room are written whole."""
        self._tiles(picture, area, self._arranged(picture, area, math.inf), is_alone=True)

    def image(self, image: QImage, area: QRectF) -> None:
        """An image as large as it can be, in the middle."""
        side = min(area.width() / image.width(), area.height() / image.height())
        size = (side * image.width(), side * image.height())
        place = QRectF(area.center().x() - size[0] / 2, area.center().y() - size[1] / 2, *size)
        self.painter.drawImage(place, image, QRectF(image.rect()))

    def write_in_sight(self, texts: Sequence[str], line: QRectF, area: QRectF, token: str) -> None:
        """The longest of `texts` that fits, which stays in sight while a part of its `area` is: what one looks at has its name."""
        seen, gap, shaped = self._seen, self._ink.gap / 2, self._ink.shaped
        text = next((text for text in texts if shaped(text).width <= line.width()), texts[-1])
        width = shaped(text).width
        down = line.height() + gap if token == "muted" else 0.0  # below the title, where that stays in sight too
        x = min(max(line.x(), seen.x() + gap), max(area.right() - width, line.x()))
        y = min(max(line.y(), seen.y() + gap + down), max(area.bottom() - line.height(), line.y()))
        if (x, y) != (line.x(), line.y()):
            ground = QRectF(x - gap, y - gap / 2, min(width, line.width()) + 2 * gap, line.height() + gap)
            self.painter.fillRect(ground, self._ink.colors["panel"])
        self.write(text, QPointF(x, y), token, line.height(), line.width())

    def write(self, text: str, at: QPointF, token: str, height: float, width: float = math.inf) -> None:
        """A line of small type, cut at its end where it has no room."""
        if self._ink.shaped(text).width > width:
            text = self._ink.metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        self.painter.setFont(self._ink.font)
        self.painter.setPen(self._ink.colors[token])
        shaped = self._ink.shaped(text)
        self.painter.drawStaticText(QPointF(at.x(), at.y() + (height - shaped.height) / 2), shaped.text)

    # --- tiles and cells ----------------------------------------------------------------------------------------------

    def _arranged(self, picture: Picture, area: QRectF, scale: float) -> Arrangement:
        """scale: of the type that numbers are written in, infinite where none are."""
        groups, inner, rows, columns = picture.tiles.shape
        room = (NUMBER_ROOM[0] * scale, NUMBER_ROOM[1] * scale)
        shape = (groups, inner, rows, columns)
        return arrange(shape, picture.is_vector, round(area.width()), round(area.height()), room)

    def _tiles(self, picture: Picture, area: QRectF, arranged: Arrangement, *, is_alone: bool = False) -> bool:
        """The tiles that are in sight; True where the numbers are written into their cells."""
        rows, columns = (arranged.rows, arranged.columns) if arranged.rows else picture.tiles.shape[2:]
        image = picture.image(self._ink.shades, arranged.rows, arranged.columns)
        rects = enumerate(arranged.rects(area))
        in_sight = list(rects) if self._seen.contains(area) else [one for one in rects if one[1].intersects(self._seen)]
        draw = self.painter.drawImage
        for index, rect in in_sight:
            draw(rect, image, QRectF(0, 0 if arranged.rows else index * rows, columns, rows))
        if arranged.columns == 1 and in_sight:
            self._rule_column(arranged, area)
        room = (NUMBER_ROOM[0] * self._ink.scale, NUMBER_ROOM[1] * self._ink.scale)
        if arranged.cell[0] < room[0] or arranged.cell[1] < room[1]:
            return False
        return self._write_numbers(picture, in_sight, arranged, picture.whole_text if is_alone else picture.number_text)

    def _rule_column(self, arranged: Arrangement, area: QRectF) -> None:
        """Lines between the cells of a single column, and their names at its side, where there is room."""
        ink, rect = self._ink, arranged.rects(area)[0]
        if arranged.cell[1] >= 4:
            for row in range(1, arranged.rows):
                y = round(rect.y() + row * arranged.cell[1])
                self.painter.fillRect(QRectF(rect.x(), y, rect.width(), 1), ink.colors["raised"])
        if len(self._labels) != arranged.rows or arranged.cell[1] < ink.line:
            return
        for row, label in enumerate(self._labels):
            width = ink.shaped(label).width
            if width + 6 <= rect.left() - area.left():
                at = QPointF(rect.left() - width - 5, rect.top() + row * arranged.cell[1])
                self.write(label, at, "text", arranged.cell[1])

    def _write_numbers(
        self,
        picture: Picture,
        in_sight: list[tuple[int, QRectF]],
        arranged: Arrangement,
        text_of: Callable[[float], str],
    ) -> bool:
        """The numbers of the cells in sight, if they are not too many to be written within a frame."""
        ink, seen, (wide, high) = self._ink, self._seen, arranged.cell
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
                    written[is_dark[row][column]].append((x, y, text_of(value)))
        self.painter.setFont(ink.font)
        for color, texts in zip((ink.light, ink.dark), written, strict=True):
            self.painter.setPen(color)
            for x, y, text in texts:
                shaped = ink.shaped(text)
                if shaped.width > wide:
                    continue  # with a power of ten it may be
                self.painter.drawStaticText(QPointF(x - shaped.width / 2, y - shaped.height / 2), shaped.text)
        return True
