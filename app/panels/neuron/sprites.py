"""Sprites: small pictures that are drawn once and stamped many times: a copy costs a tenth of drawing a shape. Knows no cell."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPixmap

MOST_PIXELS = 12_000_000  # 48 MB; all are forgotten when there are more


class Sprites:
    """Pictures by key, each drawn about its middle."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, QPixmap] = {}
        self._pixels = 0

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
