"""PixelLayer: a layer over a plot's view box that is painted in the box's pixels. Knows neither lines nor planes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.widgets.plot_style import StyledPlot
from app.widgets.theme import Theme

Floats = npt.NDArray[np.float64]
_BEYOND = 16.0  # px beyond the box that a line is drawn: its end shall not be seen
_MARGIN = 2000.0  # px beyond the box that a line may run to


class Frame(NamedTuple):
    """A plot's pixels: rect is the view box; x in px = x0 + xs x, y in px = y0 + ys y."""

    rect: QRectF
    x0: float
    xs: float
    y0: float
    ys: float

    def point(self, x: float, y: float) -> QPointF:
        """Where (x, y) is painted, kept near the box."""
        rect = self.rect
        return QPointF(
            min(max(self.x0 + self.xs * x, rect.left() - _MARGIN), rect.right() + _MARGIN),
            min(max(self.y0 + self.ys * y, rect.top() - _MARGIN), rect.bottom() + _MARGIN),
        )

    def piece(self, w: float, b: float, start: float, end: float) -> tuple[QPointF, QPointF] | None:
        """The part of y = w x + b from start to end that can be seen, with a little beyond; None where none can.

        Long lines are cut here: Qt strokes what is clipped away as well, 1.5 ms for one with dashes.
        """
        x_low, x_high, y_low, y_high = self.view()
        wide, high = _BEYOND / self.xs, -_BEYOND / self.ys
        low, top = max(start, x_low - wide), min(end, x_high + wide)
        if w:
            ends = sorted(((y_low - high - b) / w, (y_high + high - b) / w))
            low, top = max(low, ends[0]), min(top, ends[1])
        elif not y_low - high <= b <= y_high + high:
            return None
        return (self.point(low, w * low + b), self.point(top, w * top + b)) if top > low else None

    def column(self, x: float) -> float:
        """Where x is painted, no farther than the box's sides."""
        return min(max(self.x0 + self.xs * x, self.rect.left()), self.rect.right())

    def view(self) -> tuple[float, float, float, float]:
        """What is on show: x from, to, y from, to."""
        rect = self.rect
        return (
            (rect.left() - self.x0) / self.xs,
            (rect.right() - self.x0) / self.xs,
            (rect.bottom() - self.y0) / self.ys,
            (rect.top() - self.y0) / self.ys,
        )


class PixelLayer(QGraphicsItem):
    """Subclasses paint in `paint_frame`."""

    def __init__(self, theme: Theme, box: pg.ViewBox) -> None:
        super().__init__(box)
        self.theme = theme
        self._box = box
        self.setZValue(50)

    def boundingRect(self) -> QRectF:
        return QRectF(self._box.rect())

    def frame(self) -> Frame:
        """The pixels as they are now."""
        rect, view = QRectF(self._box.rect()), self._box.viewRect()
        xs = rect.width() / max(view.width(), 1e-300)
        ys = rect.height() / max(view.height(), 1e-300)
        return Frame(rect, rect.left() - view.left() * xs, xs, rect.bottom() + view.top() * ys, -ys)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        frame = self.frame()
        if frame.rect.width() < 8 or frame.rect.height() < 8:
            return
        painter.save()
        painter.setClipRect(frame.rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_frame(painter, frame)
        painter.restore()

    def paint_frame(self, painter: QPainter, frame: Frame) -> None:
        """Paint, clipped to the frame's rect."""
        raise NotImplementedError


class RangedPlot(StyledPlot):
    """A plot whose ranges are its owner's: `range_moved` tells when a person has moved or zoomed them."""

    range_moved = Signal()

    def __init__(
        self, theme: Theme, x_label: str, y_label: str, title: str, parent: QWidget | None = None, widest: float = 1e3
    ) -> None:
        super().__init__(theme, x_label, "", y_label, "", title=title, parent=parent)
        box = self.plotItem.vb
        box.setLimits(xMin=-widest, xMax=widest, yMin=-widest, yMax=widest, minXRange=1e-3, minYRange=1e-3)
        box.sigResized.connect(self._on_box_changed)
        box.sigRangeChanged.connect(self._on_box_changed)
        box.sigRangeChangedManually.connect(self._on_range_moved)
        self.setMouseTracking(True)
        self.keep_axes()

    def set_ranges(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show exactly this part of the plane; nothing is painted anew where it is on show already."""
        if self.ranges() == (x, y):
            return
        self.plotItem.vb.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=True)

    def ranges(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The part of the plane on show: x, y."""
        (x_low, x_high), (y_low, y_high) = self.plotItem.vb.viewRange()
        return (float(x_low), float(x_high)), (float(y_low), float(y_high))

    def hide_x_axis(self) -> None:
        """The plot beneath has the numbers of the axis they share."""
        axis = self.plotItem.getAxis("bottom")
        axis.setStyle(showValues=False)
        axis.showLabel(False)
        axis.setHeight(self.theme.gap(6))

    def data_at(self, place: QPointF) -> tuple[float, float]:
        """The data coordinates of a place in the widget's pixels."""
        point = self.plotItem.vb.mapSceneToView(self.mapToScene(place.toPoint()))
        return float(point.x()), float(point.y())

    def is_inside(self, place: QPointF) -> bool:
        """Whether a place in the widget's pixels lies in the field of the plot."""
        return bool(self.plotItem.vb.sceneBoundingRect().contains(self.mapToScene(place.toPoint())))

    def layers(self) -> list[PixelLayer]:
        """What is painted over the plot."""
        return [item for item in self.plotItem.vb.childItems() if isinstance(item, PixelLayer)]

    @Slot()
    def _on_box_changed(self) -> None:
        for layer in self.layers():
            layer.prepareGeometryChange()
            layer.update()

    @Slot()
    def _on_range_moved(self) -> None:
        self.range_moved.emit()


def paint_edges(painter: QPainter, polygon: QPolygonF) -> None:
    """The outline of `polygon`, edge by edge: stroked as one, joints and all, it takes six times as long (3.5 ms at 700 px)."""
    points = polygon.toList()
    painter.drawLines([QLineF(one, two) for one, two in zip(points, points[1:] + points[:1], strict=True)])


def paint_tag(
    painter: QPainter, theme: Theme, text: str, box: QRectF, color: QColor, font: QFont | None = None, alpha: int = 220
) -> None:
    """`text` in the middle of `box`, on the plot's ground."""
    ground = theme.color("panel")
    ground.setAlpha(alpha)
    painter.fillRect(box, ground)
    if font is not None:
        painter.setFont(font)
    painter.setPen(color)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


def tag_size(text: str, font: QFont) -> tuple[float, float]:
    """Width and height of a tag."""
    metrics = QFontMetricsF(font)
    return metrics.horizontalAdvance(text) + 8, metrics.height() + 1
