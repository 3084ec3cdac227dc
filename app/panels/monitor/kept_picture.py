"""The picture of kept curves behind those of a run: painted once, and kept until another part of the axes is on show. Knows no run."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget


class KeptCurve(NamedTuple):
    """x, y: as the axes count, gaps where y is not finite; markers: whether each point has one."""

    x: np.ndarray
    y: np.ndarray
    pen: QPen
    markers: bool


class KeptPicture(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """Dashed lines cost 1 to 4 ms a painting, a picture of them 0.1."""

    def __init__(self, ground: QColor, marker_size: float) -> None:
        super().__init__()
        self._curves: list[tuple[QPainterPath, KeptCurve]] = []
        self._place: QRectF | None = None
        self._ground, self._marker_size = ground, marker_size
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def show_curves(self, curves: list[KeptCurve], ground: QColor, marker_size: float) -> None:
        """Draw these; ground: what fills the markers; marker_size: in px."""
        self._ground, self._marker_size = ground, marker_size
        paths = (pg.arrayToQPath(curve.x, curve.y, connect="finite") for curve in curves)
        self._curves = list(zip(paths, curves, strict=True))
        self.update()

    def boundingRect(self) -> QRectF:
        if self._place is None:
            view = self.getViewBox()
            self._place = QRectF() if view is None else QRectF(view.viewRect())
        return self._place

    def viewTransformChanged(self) -> None:
        """Called by pyqtgraph when another part of the axes is on show."""
        super().viewTransformChanged()
        self.prepareGeometryChange()
        self._place = None
        self.update()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        for path, curve in self._curves:
            painter.setPen(curve.pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(path)
        for _, curve in self._curves:
            if curve.markers:
                self._paint_markers(painter, curve)

    def _paint_markers(self, painter: QPainter, curve: KeptCurve) -> None:
        place = painter.transform()
        points = [
            place.map(QPointF(float(x), float(y))) for x, y in zip(curve.x, curve.y, strict=True) if np.isfinite(y)
        ]
        pen = QPen(curve.pen)
        pen.setStyle(Qt.PenStyle.SolidLine)
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.setBrush(QBrush(self._ground))
        for point in points:
            painter.drawEllipse(point, self._marker_size / 2.0, self._marker_size / 2.0)
        painter.restore()
