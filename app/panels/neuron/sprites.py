"""Sprites: small pictures that are drawn once and stamped many times: a copy costs a tenth of drawing a shape.

And long lines, drawn in the ways that Qt draws fast. Knows no cell.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPixmap, QPolygonF, QTransform

MOST_PIXELS = 12_000_000  # 48 MB; all are forgotten when there are more


class Sprites:
    """Pictures by key, each drawn about its middle."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, QPixmap] = {}
        self._pixels = 0

    @property
    def pixels(self) -> int:
        """How many device pixels are kept."""
        return self._pixels

    def forget(self) -> None:
        """The theme has changed."""
        self._kept.clear()
        self._pixels = 0

    def get(
        self, key: Hashable, width: float, height: float, ratio: float, draw: Callable[[QPainter], None]
    ) -> QPixmap:
        """The picture of `key`, width x height px; `draw` paints it where it is not there yet, the origin in its middle."""
        full = (key, round(width, 2), round(height, 2), ratio)
        pixmap = self._kept.get(full)
        if pixmap is None:
            # an odd number of pixels has one in the middle
            size = [2 * math.ceil(side * ratio / 2) + 1 for side in (width, height)]
            pixmap = QPixmap(*size)
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(size[0] / ratio / 2, size[1] / ratio / 2)
            draw(painter)
            painter.end()
            self._pixels += size[0] * size[1]
            if self._pixels > MOST_PIXELS:
                self.forget()
            self._kept[full] = pixmap
        return pixmap


def stamp(painter: QPainter, sprite: QPixmap, x: float, y: float) -> None:
    """Copy a picture so that its middle is at (x, y)."""
    ratio = sprite.devicePixelRatio()
    painter.drawPixmap(QPointF(x - sprite.width() / ratio / 2, y - sprite.height() / ratio / 2), sprite)


class Stamps:
    """Copies many pictures, in a `with`. Where the painter only shifts, it is told whole pixels: a third of the time of `stamp`,
    and the same picture. Meanwhile nothing else may be drawn that is placed by the painter's transform.
    """

    def __init__(self, painter: QPainter, ratio: float) -> None:
        """ratio: device pixels a px."""
        self._painter = painter
        self._frame = painter.transform()
        self._is_plain = ratio == 1.0 and self._frame.type().value <= QTransform.TransformationType.TxTranslate.value
        self._dx, self._dy = self._frame.dx() + 0.5, self._frame.dy() + 0.5

    def __enter__(self) -> Stamps:
        if self._is_plain:
            self._painter.resetTransform()
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_plain:
            self._painter.setTransform(self._frame)

    def put(self, sprite: QPixmap, x: float, y: float) -> None:
        """As `stamp`."""
        if self._is_plain:
            left, top = x + self._dx - sprite.width() / 2, y + self._dy - sprite.height() / 2
            self._painter.drawPixmap(math.floor(left), math.floor(top), sprite)
        else:
            stamp(self._painter, sprite, x, y)


def filled_tiles(pixmap: QPixmap, size: int = 64) -> list[QRectF]:
    """The parts of a picture that are not empty, as bands of tiles of `size` device pixels: the rest need not be copied.

    In device pixels; a whole layer of 1920 x 1080 takes 1.3 ms, though four fifths of it are empty.
    """
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    width, height = image.width(), image.height()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(height, width)
    padded = np.zeros((-(-height // size) * size, -(-width // size) * size), bool)
    padded[:height, :width] = pixels != 0
    filled = padded.reshape(padded.shape[0] // size, size, padded.shape[1] // size, size).any(axis=(1, 3))
    bands = []
    for row, tiles in enumerate(np.asarray(filled)):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], tiles, [False]]).astype(np.int8))).reshape(-1, 2)
        for first, last in edges.tolist():
            bands.append(QRectF(first * size, row * size, (last - first) * size, size))
    return bands


def stroke(painter: QPainter, path: QPainterPath, color: QColor, width: float) -> None:
    """Stroke a long path in short pieces: as one it takes 8 ms at 1920 px."""
    painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    for outline in path.toSubpathPolygons(QTransform().scale(200.0, 200.0)):
        line = QTransform().scale(0.005, 0.005).map(outline)
        for start in range(0, line.size() - 1, 12):
            painter.drawPolyline(line.mid(start, 13))


def draw_thick(painter: QPainter, line: QPolygonF, color: QColor, width: float) -> None:
    """A smooth line of up to 3 px: stroked as one it costs up to 14 ms; one pixel thrice, a little apart, looks alike at 2.4."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 1.0))
    reach = (width - 1.0) * 0.55
    places = [(0.0, -reach), (0.87 * reach, 0.5 * reach), (-0.87 * reach, 0.5 * reach)]
    for dx, dy in [*places, (0.0, 0.0)] if width > 2.0 else places if width > 1.0 else [(0.0, 0.0)]:
        painter.translate(dx, dy)
        painter.drawPolyline(line)
        painter.translate(-dx, -dy)
