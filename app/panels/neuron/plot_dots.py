"""PlotDots: a few points, or a thousand, on a plot, drawn by one call a pen. Knows no bench."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

Group = tuple[QPen, QPolygonF]


def dot_pen(color: QColor, size_px: float, *, is_round: bool = True) -> QPen:
    """A pen whose points are dots of this size, however the plot is scaled. A thousand square ones take 0.3 ms, round ones 1.4."""
    pen: QPen = pg.mkPen(color, width=size_px)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap if is_round else Qt.PenCapStyle.SquareCap)
    return pen


class PlotDots(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """A scatter item took 30 ms for a thousand points, and 0.7 ms to move three."""

    def __init__(self, bounds: QRectF, *, is_smooth: bool = False) -> None:
        """bounds: what the points may lie in, in data coordinates. is_smooth: antialiased, for a few large ones."""
        super().__init__()
        self._groups: Sequence[Group] = ()
        self._bounds = bounds
        self._is_smooth = is_smooth

    def show_groups(self, groups: Sequence[Group]) -> None:
        """Pens as of `dot_pen`, and places in data coordinates; what comes later lies above."""
        self._groups = groups
        self.update()

    def set_bounds(self, bounds: QRectF) -> None:
        """The plot shows another range."""
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, *_: object) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._is_smooth)
        for pen, places in self._groups:
            painter.setPen(pen)
            painter.drawPoints(places)
