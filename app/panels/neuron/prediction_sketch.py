"""SketchLayer: a curve that a person draws with the mouse over a plot, as data and on screen. Knows no bench."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent

from app.widgets.plot_style import StyledPlot

COLUMNS = 64
ENOUGH = 0.5  # of the columns: less is not yet a curve
YOUR_COLOR = "series_3"

Points = tuple[tuple[float, float], ...]


class SketchLayer(QObject):
    """Takes the mouse of `plot` while it is armed. One value a column: drawing over a part changes that part.

    x_range: what the sketch spans, in the units of the axis; y_range: values are kept in it. is_log_x: the plot's axis is
    logarithmic, and columns are spaced so.
    """

    drawn = Signal()  # a stroke has ended

    def __init__(
        self, plot: StyledPlot, x_range: tuple[float, float], y_range: tuple[float, float], *, is_log_x: bool = False
    ) -> None:
        super().__init__(plot)
        if not (x_range[0] < x_range[1] and y_range[0] < y_range[1]) or (is_log_x and x_range[0] <= 0):
            raise ValueError(f"A sketch needs a range, not {x_range} by {y_range}.")
        self.plot = plot
        self._is_log = is_log_x
        self._x_range = (self._along(x_range[0]), self._along(x_range[1]))  # as the plot places them
        self._y_range = y_range
        self._x = np.geomspace(*x_range, COLUMNS) if is_log_x else np.linspace(*x_range, COLUMNS)
        self._y = np.full(COLUMNS, np.nan)
        self._last: tuple[int, float] | None = None  # where the stroke was
        self.is_armed = False
        self._curve: pg.PlotDataItem = plot.add_curve(YOUR_COLOR, name="your sketch", is_dashed=True)
        plot.viewport().installEventFilter(self)

    @property
    def points(self) -> Points:
        """What has been drawn, from left to right."""
        drawn = np.isfinite(self._y)
        return tuple(zip(self._x[drawn].tolist(), self._y[drawn].tolist(), strict=True))

    @property
    def is_enough(self) -> bool:
        """Whether the curve spans so much of the axis that it can be compared."""
        return bool(np.mean(np.isfinite(self._y)) >= ENOUGH)

    def set_points(self, points: Points) -> None:
        """Show `points`, each in the column nearest to it; emits nothing."""
        self._y[:] = np.nan
        for x, y in points:
            self._y[self._column(self._along(x))] = self._kept(y)
        self._draw()

    def set_armed(self, is_armed: bool) -> None:
        """Take the mouse, or leave it to the plot."""
        self.is_armed = is_armed
        self._last = None
        self.plot.viewport().setCursor(Qt.CursorShape.CrossCursor if is_armed else Qt.CursorShape.ArrowCursor)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self.is_armed or not isinstance(event, QMouseEvent):
            return False
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._last = None
            self._draw_to(event.position())
            return True
        if kind == QEvent.Type.MouseMove and event.buttons() & Qt.MouseButton.LeftButton:
            self._draw_to(event.position())
            return True
        if kind == QEvent.Type.MouseButtonRelease and event.button() == Qt.MouseButton.LeftButton:
            self._last = None
            self.drawn.emit()
            return True
        return False

    def _draw_to(self, place: QPointF) -> None:
        """The stroke goes on to `place` (pixels of the viewport); what it passed over is filled in between."""
        point = self.plot.plotItem.vb.mapSceneToView(self.plot.mapToScene(place.toPoint()))
        column, value = self._column(point.x()), self._kept(point.y())
        first, start = self._last if self._last is not None else (column, value)
        low, high = sorted((first, column))
        share = np.linspace(0.0, 1.0, high - low + 1)
        left, right = (start, value) if first <= column else (value, start)
        self._y[low : high + 1] = left + share * (right - left)
        self._y[column] = value
        self._last = (column, value)
        self._draw()

    def _along(self, x: float) -> float:
        """Where the plot places `x` along its axis."""
        if not self._is_log:
            return x
        return math.log10(x) if x > 0 else -math.inf

    def _column(self, x: float) -> int:
        """The column at a place along the axis."""
        low, high = self._x_range
        share = (min(max(x, low), high) - low) / (high - low)
        return round(share * (COLUMNS - 1))

    def _kept(self, y: float) -> float:
        return min(max(y, self._y_range[0]), self._y_range[1])

    def _draw(self) -> None:
        self._curve.setData(self._x, self._y, connect="finite")
