"""TickAxis: an axis whose ticks are given, drawn as pyqtgraph draws one, in a fifth of the time. Knows no panel."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

Ticks = list[tuple[float, str]]


class TickAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """The left or the lower axis of a plot, with its grid. What it draws follows `show_ticks`, not pyqtgraph's own choice.

    pyqtgraph measures all texts with layouts and numpy, and plays a recorded picture: 2.5 ms an axis whenever a range moves.
    """

    def __init__(self, orientation: str, **options: Any) -> None:
        """orientation: "left" or "bottom"."""
        self._ticks: Ticks = []
        super().__init__(orientation, **options)

    def show_ticks(self, ticks: Ticks) -> None:
        """ticks: (place, text), in the units of the view (exponents on a log scale)."""
        self._ticks = [(place, text.replace("-", "−")) for place, text in ticks]
        self.setTicks([ticks])

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        view, bounds = self.linkedView(), self.mapRectFromParent(self.geometry())
        low, high = self.range
        if view is None or high == low or bounds.isEmpty():
            return
        grid = QRectF(view.mapRectToItem(self, view.boundingRect()))
        font = self.style["tickFont"]
        metrics = QFontMetricsF(font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing, True)
        painter.setFont(font)
        painter.setPen(self.pen())
        is_left = self.orientation == "left"
        if is_left:
            painter.drawLine(
                QPointF(bounds.right() - 1, bounds.top() - 1), QPointF(bounds.right() - 1, bounds.bottom() + 1)
            )
        else:
            painter.drawLine(
                QPointF(bounds.left() - 1, bounds.top() + 1), QPointF(bounds.right() + 1, bounds.top() + 1)
            )
        length = bounds.height() if is_left else bounds.width()
        places = [(length * (place - low) / (high - low), text) for place, text in self._ticks]
        seen = [(at, text) for at, text in places if -1e-6 <= at <= length + 1e-6]
        self._draw_lines(painter, [at for at, _ in seen], bounds, grid, length)
        if self.style["showValues"]:
            painter.setPen(self.textPen())
            self._write(painter, seen, bounds, self.boundingRect(), metrics)

    def _draw_lines(self, painter: QPainter, places: list[float], bounds: QRectF, grid: QRectF, length: float) -> None:
        """A line through the plot for each tick, fainter where they are many."""
        share = min(1.0, max(0.0, 0.05 * length / (len(self._ticks) + 1)))
        pen = QPen(self.tickPen())
        color = pen.color()
        color.setAlpha(int((self.grid or 0) * share))
        pen.setColor(color)
        painter.setPen(pen)
        for at in places:
            if self.orientation == "left":
                y = bounds.bottom() - at
                painter.drawLine(QPointF(grid.right(), y), QPointF(bounds.right(), y))
            else:
                x = bounds.left() + at
                painter.drawLine(QPointF(x, grid.top()), QPointF(x, bounds.top()))

    def _write(self, painter: QPainter, seen: Ticks, bounds: QRectF, room: QRectF, metrics: QFontMetricsF) -> None:
        """The texts; none where it would be cut at an end."""
        height, rise = 0.8 * metrics.height(), (metrics.ascent() - metrics.descent()) / 2.0
        for at, text in seen:
            width = metrics.horizontalAdvance(text)
            if self.orientation == "left":
                middle = bounds.bottom() - at
                left = bounds.right() - self.style["tickTextOffset"][0] - width
                if room.top() <= middle - height / 2.0 and middle + height / 2.0 <= room.bottom():
                    painter.drawText(QPointF(left, middle + rise), text)
            else:
                left = bounds.left() + at - width / 2.0
                if room.left() <= left and left + width <= room.right():
                    middle = bounds.top() + self.style["tickTextOffset"][1] + height / 2.0
                    painter.drawText(QPointF(left, middle + rise), text)
