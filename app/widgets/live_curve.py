"""LiveCurve: a curve that is given new data many times a second and seldom another range. Knows no panel."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from pyqtgraph.functions import arrayToQPath
from pyqtgraph.graphicsItems.PlotCurveItem import arrayToLineSegments
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

Floats = npt.NDArray[np.float64]


class LiveCurve(pg.PlotCurveItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Drawn as a pg.PlotDataItem is, which takes 0.9 ms for new data and 0.4 ms a painting to look at all of them again.

    It claims the whole view for itself instead of the data's own box, and is given data that are ready to be drawn: as many
    as there are pixels. Gaps stand where y is not finite. A curve that has grown is painted where it is another one than before,
    at its end: the whole of it took three times as long. The dashes of a dashed one are cut along x from `dash_origin` on, so
    that they go along with data that move; Qt's own, along the line, jump with each new point, and took 2 to 14 ms.
    """

    dash_origin = 0.0  # an x at which a dash begins
    _place: QRectF | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # so that `paint` is told what is to be painted
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._is_rising = False  # x never falls, so that a part of the curve can be found
        self._given: tuple[Floats, Floats] = (np.empty(0), np.empty(0))
        self._is_log = False

    def show_data(self, x: Floats, y: Floats) -> None:
        """Draw these, float64 (n,) each, in the units of the data also where the axis is logarithmic; nobody changes them later."""
        self._given = x, y
        if self._is_log:
            with np.errstate(divide="ignore", invalid="ignore"):
                y = np.where(y > 0.0, np.log10(y), np.nan)  # minus infinity would be a place that a dash leads to
        is_whole = bool(np.isfinite(y).all())
        self.opts["connect"] = "all" if is_whole else "finite"
        self.opts["skipFiniteCheck"] = is_whole
        was_rising, self._is_rising = self._is_rising, bool((x[1:] >= x[:-1]).all())
        stale = self._stale(x, y) if was_rising and self._is_rising else None
        self.xData, self.yData = x, y
        self.path = None
        self._lineSegmentsRendered = False
        self._boundsCache = [None, None]
        view = self.getViewBox()
        if view is not None and any(view.state["autoRange"]):  # "Fit to data" was asked for
            self.informViewBoundsChanged()
        if stale is None:
            self.update()
        else:
            self.update(stale)

    def _stale(self, x: Floats, y: Floats) -> QRectF | None:
        """What is to be painted anew for the curve through these; None: all of it.

        From the first point that is another one on to the end of the view: what stands at the curve's end and goes along with it
        would leave traces, since Qt takes a place for painted as soon as anything is painted after the move, elsewhere too.
        """
        if self._place is None or self.xData is None:  # cleared since
            return None
        before = self.xData, self.yData
        count = min(len(x), len(before[0]))
        is_other = (_bits(x)[:count] != _bits(before[0])[:count]) | (_bits(y)[:count] != _bits(before[1])[:count])
        first = int(is_other.argmax()) if is_other.any() else count
        if first < 2:
            return None
        stale = QRectF(self._place)
        stale.setLeft(float(x[first - 1]) - self._edge())
        return stale

    def _edge(self) -> float:
        """How far a line reaches beyond its points, along x, in the units of the data."""
        assert self._place is not None
        return float((self.opts["pen"].widthF() + 2.0) * self._place.width() / max(1.0, self.getViewBox().width()))

    def _part(self, option: QStyleOptionGraphicsItem) -> slice:
        """The points whose lines reach into what is to be painted, and some more."""
        room = option.exposedRect
        if not self._is_rising or self._place is None or room.isEmpty():
            return slice(None)
        edge = self._edge()
        first, last = np.searchsorted(self.xData, (room.left() - edge, room.right() + edge))
        return slice(max(0, int(first) - 2), int(last) + 2)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self.xData is None or not len(self.xData):
            return
        pen = self.opts["pen"]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, bool(self.opts["antialias"]))
        painter.setPen(pen)
        part = self._part(option)
        x, y = self.xData[part], self.yData[part]
        connect, is_checked = self.opts["connect"], not self.opts["skipFiniteCheck"]
        if pen.style() == Qt.PenStyle.DashLine and self._is_rising and self._place is not None:
            solid = QPen(pen)
            solid.setStyle(Qt.PenStyle.SolidLine)
            painter.setPen(solid)
            _draw_lines(painter, *self._dashes(x, y, self._place), False)
        elif self._shouldUseDrawLineSegments(pen):
            _draw_lines(painter, x, y, connect, is_checked)
        else:
            is_part = len(x) < len(self.xData)
            painter.drawPath(arrayToQPath(x, y, connect, finiteCheck=is_checked) if is_part else self.getPath())

    def _dashes(self, x: Floats, y: Floats, place: QRectF) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
        """Points x, y, float64 (n,), and whether a line leads to the next, bool (n,): it is as long, and the gap, as with Qt's
        dashes where the curve is level. What is steep is drawn in a gap, too: a peak is never lost."""
        view, width = self.getViewBox(), self.opts["pen"].widthF()
        dash, period = (count * width * place.width() / max(1.0, view.width()) for count in (4.0, 6.0))
        first, last = (math.floor((end - self.dash_origin) / period) for end in (x[0], x[-1]))
        begins = self.dash_origin + period * np.arange(first, last + 1)
        cuts = np.sort(np.concatenate([begins, begins + dash]))
        cuts = cuts[(cuts > x[0]) & (cuts < x[-1])]
        after = np.searchsorted(x, cuts)
        before = after - 1
        shares = (cuts - x[before]) / (x[after] - x[before])
        x, y = np.insert(x, after, cuts), np.insert(y, after, y[before] + shares * (y[after] - y[before]))
        rises = np.abs(np.diff(y)) * view.height() / place.height()  # px
        is_dash = ((x[1:] + x[:-1]) / 2.0 - self.dash_origin) % period < dash
        is_drawn = np.zeros(len(x), np.bool_)
        is_drawn[:-1] = np.isfinite(rises) & (is_dash | (rises > width))
        return x, y, is_drawn

    def getOriginalDataset(self) -> tuple[Floats, Floats]:
        """What was given."""
        return self._given

    def setLogMode(self, _x_mode: bool, y_mode: bool) -> None:
        """Called by the plot that it is in."""
        if y_mode != self._is_log:
            self._is_log = y_mode
            self.show_data(*self._given)

    def invalidateBounds(self) -> None:
        """Called by pyqtgraph when the view has changed."""
        super().invalidateBounds()
        self._place = None

    def boundingRect(self) -> QRectF:
        if self._place is None:
            view = self.getViewBox()
            if view is None:
                return QRectF()
            self._place = QRectF(view.viewRect())
        return self._place


def _draw_lines(
    painter: QPainter, x: Floats, y: Floats, connect: str | npt.NDArray[np.bool_], is_checked: bool
) -> None:
    """Lines through the points, placed in the view here: lines of 2 px that Qt places itself took it two to three times as long."""
    place = painter.worldTransform()
    if not place.isRotating():
        x, y = place.m11() * x + place.dx(), place.m22() * y + place.dy()
        painter.setWorldTransform(QTransform())
    lines = arrayToLineSegments(x, y, connect, is_checked)  # held: what is drawn lies in its memory
    painter.drawLines(*lines.drawargs())
    painter.setWorldTransform(place)


def _bits(values: Floats) -> npt.NDArray[np.int64]:
    """Numbers as they are stored: two that are no number are then alike."""
    return np.ascontiguousarray(values, np.float64).view(np.int64)
