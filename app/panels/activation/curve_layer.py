"""CurveLayer: the curves of one plot with their zones, tangent, probe dots and direct labels, painted in pixels. Knows no function."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.panels.activation.label_places import Place, carried, place_labels
from app.panels.activation.polyline import essential_points
from app.panels.activation.zone_painter import Zone, ZonePainter
from app.widgets.plot_export import is_drawing
from app.widgets.theme import Theme

Floats = npt.NDArray[np.float64]

# in units of the pen's width; which is which can be told without colour, from the back row
DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (5, 2.5),
    (1, 1.8),
    (7, 2, 1, 2),
    (2.5, 1.5),
    (10, 3),
    (7, 2, 1, 2, 1, 2),
    (3, 1.5, 3, 5),
)


LIVING = -1  # the number of the living cell's curve: measured points, in the colour of text


def curve_color(theme: Theme, index: int) -> QColor:
    """The colour of curve number `index`."""
    return theme.color("text") if index == LIVING else theme.series(index)


def curve_pen_of(theme: Theme, index: int, width: float | None = None) -> QPen:
    """The pen of curve number `index`: a colour and a pattern of its own, eight of each."""
    pen = QPen(curve_color(theme, index), width if width is not None else theme.line_width)
    dashes = DASHES[2] if index == LIVING else DASHES[index % len(DASHES)]
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    if dashes:
        pen.setDashPattern(list(dashes))
    return pen


def draw_line(painter: QPainter, x: Floats, y: Floats) -> None:
    """The line through (x, y), px, with the painter's pen; a NaN breaks it."""
    kept = essential_points(x, y)
    x, y = x[kept], y[kept]
    is_there = np.isfinite(y) & np.isfinite(x)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], is_there, [False])).astype(np.int8)))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start > 1:
            painter.drawPolyline(pg.functions.arrayToQPolygonF(x[start:end], y[start:end]))


@dataclass(frozen=True)
class Curve:
    """One curve, ready to be drawn: its samples (float64, n each; NaN breaks the line), number for colour and pattern, and label."""

    x: Floats
    y: Floats
    index: int
    label: str
    is_selected: bool = False


@dataclass(frozen=True)
class Drawing:
    """All that a layer draws. tangent: x, y, slope. probe: x, and y on each curve (NaN: none)."""

    curves: tuple[Curve, ...] = ()
    zones: tuple[Zone, ...] = ()
    tangent: tuple[float, float, float] | None = None
    probe: tuple[float, tuple[float, ...]] | None = None
    has_labels: bool = True
    zone_words: tuple[str, str] = field(default=("", ""))  # for the wide ones: saturated, dead


Line = tuple[Curve, Floats, Floats]  # and its x and y in px
_CARRIED = 4  # frames of a drag in which a name follows its line, and looks for no better place: 1 ms each
_BEYOND = 40.0  # px: a line that leaves the view must not be bent back within it


class CurveLayer(QGraphicsItem):
    """Lies over the whole view box of a plot, in the box's pixels."""

    def __init__(self, theme: Theme, box: pg.ViewBox) -> None:
        super().__init__(box)
        self._theme = theme
        self._box = box
        self.drawing = Drawing()
        self._zones = ZonePainter(theme)
        self.keeps_names = False
        self._still: QPixmap | None = None
        self._still_arrays: list[Floats] = []
        self._still_look: tuple[object, ...] = ()
        self._kept_pixels: list[Line] = []
        self._kept_view: tuple[float, ...] = ()
        self.label_rects: list[tuple[str, QRectF]] = []  # where the labels were painted last
        self._stroke: Floats | None = None
        self._kept_places: dict[int, Place] = {}
        self._sized: tuple[object, ...] = ()
        self._sizes: list[tuple[float, float]] = []
        self._placed: list[str] = []  # the names, as they were placed last
        self._frames_since_placed = 0
        self.setZValue(50)

    def show_drawing(self, drawing: Drawing) -> None:
        """Draw this from now on."""
        self.drawing = drawing
        self.update()

    def show_stroke(self, points: Floats | None) -> None:
        """The line that a hand is drawing, (n, 2) in data coordinates; None: none."""
        self._stroke = points
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(self._box.rect())

    # --- from data to pixels ------------------------------------------------------------------------------------------

    def _scales(self) -> tuple[float, float, float, float]:
        """x in px = first + second * x; y in px = third + fourth * y."""
        rect, view = self._box.rect(), self._box.viewRect()
        x_scale = rect.width() / max(view.width(), 1e-300)
        y_scale = rect.height() / max(view.height(), 1e-300)
        return rect.left() - view.left() * x_scale, x_scale, rect.bottom() + view.top() * y_scale, -y_scale

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        rect = QRectF(self._box.rect())
        if rect.width() < 8 or rect.height() < 8:
            return
        x0, xs, y0, ys = self._scales()
        painter.save()
        painter.setClipRect(rect)
        self._zones.paint(painter, rect, self.drawing.zones, self.drawing.zone_words, (x0, xs))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lines = self._lines(rect, (x0, xs, y0, ys))
        self._paint_still(painter, rect, [line for line in lines if not line[0].is_selected], (x0, xs, y0, ys))
        for line in lines:
            if line[0].is_selected:
                self._paint_curve(painter, *line)
        self._paint_tangent(painter, rect, x0, xs, y0, ys)
        self._paint_probe(painter, rect, x0, xs, y0, ys)
        if self._stroke is not None and len(self._stroke) > 1:
            painter.setPen(QPen(self._theme.color("text"), 1.5 * self._theme.line_width))
            painter.drawPolyline(
                pg.functions.arrayToQPolygonF(x0 + xs * self._stroke[:, 0], y0 + ys * self._stroke[:, 1])
            )
        if self.drawing.has_labels:
            self._paint_labels(painter, rect, lines)
        painter.restore()

    def _lines(self, rect: QRectF, scales: tuple[float, float, float, float]) -> list[Line]:
        """All curves in px; of one that has not moved, and neither has the view, the same arrays as before."""
        view = (*scales, rect.top(), rect.bottom())
        before = self._kept_pixels if self._kept_view == view else []
        kept = {(id(curve.x), id(curve.y)): (curve, x, y) for curve, x, y in before}
        lines: list[Line] = []
        for curve in self.drawing.curves:
            same = kept.get((id(curve.x), id(curve.y)))  # the arrays live as long as they are kept here
            lines.append((curve, *(same[1:] if same is not None else self._pixels(curve, rect, scales))))
        self._kept_view, self._kept_pixels = view, lines
        return lines

    def _pixels(self, curve: Curve, rect: QRectF, scales: tuple[float, float, float, float]) -> tuple[Floats, Floats]:
        x0, xs, y0, ys = scales
        with np.errstate(invalid="ignore"):  # beyond the view, but not so far that a number is too large for Qt
            y = np.clip(y0 + ys * curve.y, rect.top() - _BEYOND, rect.bottom() + _BEYOND)
        return x0 + xs * curve.x, y

    def _paint_still(self, painter: QPainter, rect: QRectF, lines: list[Line], scales: tuple[float, ...]) -> None:
        """All curves but the chosen one, from a picture that is made anew when one of them, the view or the theme has changed.

        A curve takes 1 ms, a dotted one 2.5: sixteen of them would be the whole frame of a parameter that is dragged.
        """
        if is_drawing(painter):
            for line in lines:
                self._paint_curve(painter, *line)
            return
        ratio = painter.device().devicePixelRatioF()
        arrays = [curve.y for curve, _, _ in lines]
        look = (
            scales,
            ratio,
            rect.width(),
            rect.height(),
            self._theme.name,
            self._theme.scale,
            [c.index for c, _, _ in lines],
        )
        is_same = len(arrays) == len(self._still_arrays) and all(map(operator.is_, arrays, self._still_arrays))
        if self._still is None or not is_same or look != self._still_look:
            self._still_arrays, self._still_look = arrays, look
            self._still = QPixmap(math.ceil(rect.width() * ratio), math.ceil(rect.height() * ratio))
            self._still.setDevicePixelRatio(ratio)
            self._still.fill(Qt.GlobalColor.transparent)
            inner = QPainter(self._still)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            inner.translate(-rect.topLeft())
            for line in lines:
                self._paint_curve(inner, *line)
            inner.end()
        painter.drawPixmap(rect.topLeft(), self._still)

    # --- parts --------------------------------------------------------------------------------------------------------

    def _paint_curve(self, painter: QPainter, curve: Curve, x: Floats, y: Floats) -> None:
        width = self._theme.line_width * (1.5 if curve.is_selected else 1.0)
        painter.setPen(curve_pen_of(self._theme, curve.index, width))
        if curve.index == LIVING:
            self._paint_dots(painter, x, y)
        draw_line(painter, x, y)

    def _paint_dots(self, painter: QPainter, x: Floats, y: Floats) -> None:
        """The runs of which a measured curve is made."""
        pen = painter.pen()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("text"))
        radius = 1.2 + 0.6 * self._theme.line_width
        for place in zip(x.tolist(), y.tolist(), strict=True):
            painter.drawEllipse(QPointF(*place), radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)

    def _paint_tangent(self, painter: QPainter, rect: QRectF, x0: float, xs: float, y0: float, ys: float) -> None:
        if self.drawing.tangent is None or not np.all(np.isfinite(self.drawing.tangent)):
            return
        x, y, slope = self.drawing.tangent
        across, down = xs, ys * slope  # the direction, in px for one unit of x
        reach = 0.16 * rect.width() / max(np.hypot(across, down), 1e-9)
        center = QPointF(x0 + xs * x, y0 + ys * y)
        step = QPointF(across * reach, down * reach)
        painter.setPen(QPen(self._theme.color("text"), max(1.5, 0.75 * self._theme.line_width)))
        painter.drawLine(center - step, center + step)

    def _paint_probe(self, painter: QPainter, rect: QRectF, x0: float, xs: float, y0: float, ys: float) -> None:
        if self.drawing.probe is None:
            return
        x, values = self.drawing.probe
        place = x0 + xs * x
        painter.setPen(QPen(self._theme.color("muted"), 1.0))
        painter.drawLine(QPointF(place, rect.top()), QPointF(place, rect.bottom()))
        radius = 2.0 + self._theme.line_width
        painter.setPen(QPen(self._theme.color("panel"), 1.5))
        for curve, value in zip(self.drawing.curves, values, strict=True):
            if math.isfinite(value):
                painter.setBrush(curve_color(self._theme, curve.index))
                painter.drawEllipse(QPointF(place, y0 + ys * value), radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_labels(self, painter: QPainter, rect: QRectF, lines: list[tuple[Curve, Floats, Floats]]) -> None:
        theme = self._theme
        font = theme.font("heading" if len(lines) <= 4 else "small")
        font.setWeight(theme.font("heading").weight())
        sizes = self._name_sizes(font, [curve.label for curve, _, _ in lines])
        places = self._places(lines, sizes, (rect.left(), rect.top(), rect.right(), rect.bottom()))
        self.label_rects = []
        painter.setFont(font)
        ground = theme.color("panel")
        ground.setAlpha(215)
        for (curve, _, _), (width, height), place in zip(lines, sizes, places, strict=True):
            if place is None:
                continue
            self._kept_places[curve.index] = place
            box = QRectF(place.left, place.top, width, height)
            painter.fillRect(box, ground)
            painter.setPen(curve_color(theme, curve.index))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), curve.label)
            self.label_rects.append((curve.label, box))

    def _name_sizes(self, font: QFont, names: list[str]) -> list[tuple[float, float]]:
        """Of each name's box, px; measured once."""
        key = font.pixelSize(), *names
        if self._sized != key:
            metrics = QFontMetricsF(font)
            self._sized = key
            self._sizes = [(metrics.horizontalAdvance(name) + 8, metrics.height()) for name in names]
        return self._sizes

    def _places(
        self, lines: list[Line], sizes: list[tuple[float, float]], view: tuple[float, float, float, float]
    ) -> list[Place | None]:
        """Where the names hang; in most frames of a drag each where it hung along its line."""
        names = [curve.label for curve, _, _ in lines]
        kept = [self._kept_places.get(curve.index) if self.keeps_names else None for curve, _, _ in lines]
        if self._placed == names and None not in kept and self._frames_since_placed < _CARRIED:
            self._frames_since_placed += 1
            return [
                carried(place, (x, y), size, view) if curve.is_selected and place is not None else place
                for place, (curve, x, y), size in zip(kept, lines, sizes, strict=True)
            ]
        self._placed, self._frames_since_placed = names, 0
        is_fixed = [not curve.is_selected for curve, _, _ in lines]
        return place_labels([(x, y) for _, x, y in lines], sizes, view, kept, is_fixed)
