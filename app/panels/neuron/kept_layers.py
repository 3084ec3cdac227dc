"""KeptLayers: pictures of what stands still, drawn anew only where their key has changed, copied only where they are filled."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPixmap

from app.panels.neuron.sprites import filled_tiles


@dataclass
class _Layer:
    key: Hashable
    pixmap: QPixmap
    tiles: list[QRectF] = field(default_factory=list)


class KeptLayers:
    """Layers by name. ratio: device pixels a px."""

    def __init__(self) -> None:
        self._kept: dict[str, _Layer] = {}

    def forget(self) -> None:
        """The theme has changed."""
        self._kept.clear()

    def pixmap(
        self,
        name: str,
        key: Hashable,
        size: QSizeF,
        ratio: float,
        draw: Callable[[QPainter], None],
        *,
        is_ground: bool = False,
    ) -> QPixmap:
        """The layer `name`, of `size` px; `draw` paints it where it is not kept for `key`. is_ground: it fills all of it, and is
        copied without being mixed with what lies below, in a third of the time."""
        return self._layer(name, key, size, ratio, draw, is_ground=is_ground).pixmap

    def stamp(
        self,
        painter: QPainter,
        name: str,
        key: Hashable,
        size: QSizeF,
        ratio: float,
        draw: Callable[[QPainter], None],
    ) -> None:
        """Copy the layer `name` into the room, its empty parts left out."""
        layer = self._layer(name, key, size, ratio, draw)
        if not layer.tiles:
            layer.tiles = filled_tiles(layer.pixmap)
        for tile in layer.tiles:
            painter.drawPixmap(QRectF(tile.topLeft() / ratio, tile.size() / ratio), layer.pixmap, tile)

    def _layer(
        self,
        name: str,
        key: Hashable,
        size: QSizeF,
        ratio: float,
        draw: Callable[[QPainter], None],
        *,
        is_ground: bool = False,
    ) -> _Layer:
        full = (key, size.width(), size.height(), ratio)
        kept = self._kept.get(name)
        if kept is None or kept.key != full:
            pixmap = blank(size, ratio, Qt.GlobalColor.black if is_ground else Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            draw(painter)
            painter.end()
            kept = self._kept[name] = _Layer(full, pixmap)
        return kept


def blank(size: QSizeF, ratio: float, color: Qt.GlobalColor = Qt.GlobalColor.transparent) -> QPixmap:
    """An empty picture of `size` px."""
    pixmap = QPixmap(max(1, math.ceil(size.width() * ratio)), max(1, math.ceil(size.height() * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(color)
    return pixmap
