"""A few pictures of a data set with their class names, as many as fit. Knows no data set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:
    from app.widgets.theme import Theme

ENOUGH = 20  # pictures: as many are shown before they grow


class Thumbnails(QWidget):
    """Pictures side by side with the class below each."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._images: list[QImage] = []
        self._names: list[str] = []
        self._side = 32
        self.setAccessibleName("Pictures of the data")
        self.setToolTip("Some of the training pictures, with the class that each belongs to")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    @property
    def count(self) -> int:
        """Pictures there are (not all of them may fit)."""
        return len(self._images)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(80), self._theme.px(56))

    def set_pictures(self, pixels: np.ndarray, names: list[str]) -> None:
        """pixels: uint8 (n, channels, height, width); names: the class of each."""
        self._images = [image_of(picture) for picture in pixels]
        self._names = names
        self.update()

    def cells(self) -> list[QRect]:
        """The place of each picture that fits, with its name below."""
        if not self._images:
            return []
        for side in (64, 56, 48, 40, 32):
            cells = self._cells(self._theme.px(side))
            if len(cells) >= ENOUGH:
                break
        return cells

    def _cells(self, side: int) -> list[QRect]:
        self._side = side
        metrics = QFontMetricsF(self._theme.font("small"))
        widest = max(metrics.horizontalAdvance(name) for name in self._names)
        width = max(float(side), widest) + self._theme.gap(8)
        height = side + metrics.height() + self._theme.gap(4)
        columns = max(1, int(self.width() // width))
        rows = max(1, int(self.height() // height))
        width = self.width() / columns
        count = min(len(self._images), rows * columns)
        return [
            QRect(round(i % columns * width), round(i // columns * height), round(width), round(height))
            for i in range(count)
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(self._theme.font("small"))
        painter.setPen(self._theme.color("text"))
        cells = self.cells()
        side = self._side
        for cell, image, name in zip(cells, self._images, self._names, strict=False):
            left = cell.x() + (cell.width() - side) / 2.0
            painter.drawImage(QRectF(left, cell.y(), side, side), image)
            below = QRectF(cell.x(), cell.y() + side, cell.width(), cell.height() - side)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, name)


def image_of(pixels: np.ndarray) -> QImage:
    """uint8 (1 or 3, height, width) as an image of its own memory."""
    channels, height, width = pixels.shape
    if channels == 1:
        data = np.ascontiguousarray(pixels[0]).tobytes()
        return QImage(data, width, height, width, QImage.Format.Format_Grayscale8).copy()
    data = np.ascontiguousarray(pixels[:3].transpose(1, 2, 0)).tobytes()
    return QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
