"""Draws the rows of the traces: axes, curves, names, the moment shown. Takes a painter, so that screen, PNG and SVG agree.

A plot of the usual kind took 16 ms a frame with four curves of 2,400 points; this takes 2 to 3 (paper theme, 1,240 x 200).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shiboken6
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF

from app.panels.neuron.sprites import draw_thick
from app.panels.neuron.trace_data import ROWS, Curve
from app.panels.neuron.trace_legend import Legend, draw_legend
from app.widgets.theme import Theme

_MINUS = "\N{MINUS SIGN}"


@dataclass
class RowPicture:
    """One row as it is to be drawn. low, high: its range."""

    key: str
    low: float
    high: float
    curves: list[Curve] = field(default_factory=list)
    rect: QRectF = field(default_factory=QRectF)  # of its curves, set by `lay_out`
    mark: tuple[float, float, float] | None = None  # at a moment (ms): from where to where something would have to go
    notes: list[tuple[str, bool]] = field(
        default_factory=list
    )  # in the upper right corner; True: beside a piece of dotted line
    signs: list[tuple[float, float, str]] = field(
        default_factory=list
    )  # (ms, value, name of the curve that is highest there)

    def y(self, value: float) -> float:
        """Pixel of a value."""
        return self.rect.bottom() - (value - self.low) / (self.high - self.low) * self.rect.height()


def number_text(value: float, digits: int = 1) -> str:
    """A number with a true minus sign."""
    text = f"{value:.{digits}f}"
    if text.strip("-0.") == "":
        text = text.lstrip("-")
    return text.replace("-", _MINUS)


def nice_steps(low: float, high: float, most: int) -> list[float]:
    """Round places between low and high, at most `most` of them."""
    span = high - low
    if span <= 0 or most < 1:
        return []
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [step * number for number in range(first, math.floor(high / step + 1e-9) + 1)]


class TracePainter:
    """Lays out and draws. `window`: the time shown, ms; `shown_ms`: the moment of the cell view; `pointer_x`: the mouse."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.rows: list[RowPicture] = []
        self.window = (0.0, 60.0)
        self.shown_ms = 0.0
        self.pointer_x: float | None = None  # px: the moment under it changes while the window scrolls
        self.legend: list[Legend] = []
        self.is_vector = False
        self._ground_key: tuple[object, ...] = ()
        self._ground: QPixmap | None = None

    @property
    def left(self) -> float:
        """Width of the axis at the left."""
        return float(self.theme.px(72))

    def lay_out(self, width: float, height: float) -> None:
        """Give every row its place."""
        theme = self.theme
        top, bottom = theme.px(20), theme.px(22)
        gap = theme.gap(6)
        weights = [ROWS[row.key].weight for row in self.rows]
        room = height - top - bottom - gap * max(len(weights) - 1, 0)
        y = float(top)
        for row, weight in zip(self.rows, weights, strict=True):
            tall = room * weight / sum(weights)
            row.rect = QRectF(self.left, y, max(width - self.left - theme.px(12), 1.0), max(tall, 1.0))
            y += tall + gap

    def x(self, time: float) -> float:
        """Pixel of a moment."""
        rect = self.rows[0].rect
        low, high = self.window
        return rect.left() + (time - low) / (high - low) * rect.width()

    def time_at(self, x: float) -> float:
        """Moment at a pixel, ms."""
        rect = self.rows[0].rect
        low, high = self.window
        return low + (x - rect.left()) / rect.width() * (high - low)

    @property
    def pointer_ms(self) -> float | None:
        """The moment under the mouse."""
        if self.pointer_x is None or not self.rows or self.pointer_x < self.left:
            return None
        return self.time_at(self.pointer_x)

    def draw(self, painter: QPainter, width: float, height: float) -> None:
        """Everything, on a ground of the theme's panel."""
        self.lay_out(width, height)
        places = self._time_places()
        if self.is_vector:
            self._draw_ground(painter, width, height, places)
        else:
            self._copy_ground(painter, width, height, places)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.setFont(self.theme.font("small"))
        for row in self.rows:
            self._draw_row(painter, row)
        self._draw_moments(painter)
        draw_legend(painter, self.theme, self.legend, self.left, width)

    def _copy_ground(self, painter: QPainter, width: float, height: float, places: list[float]) -> None:
        """Axes, grid and titles are kept as a picture from the second time on that they stand alike: they cost half of the rest."""
        theme, ratio = self.theme, painter.device().devicePixelRatioF()
        rows = [(row.key, row.low, row.high, row.rect.getRect()) for row in self.rows]
        ticks = [(place, round(self.x(place))) for place in places]
        key = (width, height, ratio, theme.name, theme.scale, *rows, *ticks)
        if key != self._ground_key:
            self._ground_key, self._ground = key, None
            self._draw_ground(painter, width, height, places)
            return
        if self._ground is None:
            self._ground = QPixmap(math.ceil(width * ratio), math.ceil(height * ratio))
            self._ground.setDevicePixelRatio(ratio)
            on_ground = QPainter(self._ground)
            self._draw_ground(on_ground, width, height, places)
            on_ground.end()
        painter.drawPixmap(0, 0, self._ground)

    def _draw_ground(self, painter: QPainter, width: float, height: float, places: list[float]) -> None:
        painter.fillRect(QRectF(0, 0, width, height), self.theme.color("panel"))
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.setFont(self.theme.font("small"))
        self._draw_time_axis(painter, height, places)
        for row in self.rows:
            self._draw_axis(painter, row)

    def _time_places(self) -> list[float]:
        """Where the axis of time has its figures, ms."""
        widest = QFontMetricsF(self.theme.font("small")).horizontalAdvance("00000.00") * 1.6
        return nice_steps(*self.window, max(int(self.rows[0].rect.width() / widest), 1))

    def _draw_time_axis(self, painter: QPainter, height: float, places: list[float]) -> None:
        theme = self.theme
        metrics = QFontMetricsF(theme.font("small"))
        digits = max(0, -math.floor(math.log10(places[1] - places[0]) + 1e-9)) if len(places) > 1 else 1
        top, bottom = self.rows[0].rect.top(), self.rows[-1].rect.bottom()
        grid, muted = QPen(theme.color("grid")), QPen(theme.color("muted"))
        for place in places:
            x = round(self.x(place)) + 0.5
            painter.setPen(grid)
            painter.drawLine(QPointF(x, top), QPointF(x, bottom))
            painter.setPen(muted)
            text = number_text(place, digits)
            wide = metrics.horizontalAdvance(text)
            right = self.rows[0].rect.right()
            left = min(max(x - wide / 2, self.left), right - wide)
            if x - wide / 2 > self.left + metrics.horizontalAdvance("ms") / 2 or place == places[0]:
                painter.drawText(QPointF(left, bottom + metrics.ascent() + theme.gap(3)), text)
        painter.setPen(muted)
        name = "time (ms)"
        painter.drawText(QPointF(theme.gap(4), height - metrics.descent() - theme.gap(2)), name)

    def _draw_axis(self, painter: QPainter, row: RowPicture) -> None:
        """Grid, figures and title of a row."""
        theme = self.theme
        spec, rect = ROWS[row.key], row.rect
        metrics = QFontMetricsF(theme.font("small"))
        places = nice_steps(row.low, row.high, max(int(rect.height() / (metrics.height() * 1.25)), 1))
        digits = max(0, -math.floor(math.log10(places[1] - places[0]) + 1e-9)) if len(places) > 1 else 0
        title = "V" if row.key == "voltage" else spec.title
        unit = f"({spec.unit})" if spec.unit and rect.height() > metrics.height() * 2.2 else ""
        lines = [title, unit] if unit else [title]
        titled = rect.top() - theme.gap(2) + len(lines) * metrics.height()  # the title reaches down to here
        wide = theme.gap(4) + max(metrics.horizontalAdvance(line) for line in lines)
        for place in places:
            y = round(row.y(place)) + 0.5
            painter.setPen(QPen(theme.color("grid")))
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
            text = number_text(place, digits)
            x = rect.left() - metrics.horizontalAdvance(text) - theme.gap(4)
            is_hidden = y - metrics.height() / 2 < titled and x < wide + theme.gap(2)
            if not is_hidden and y > rect.top() + metrics.height() * 0.4 and y < rect.bottom() - metrics.height() * 0.1:
                painter.setPen(QPen(theme.color("muted")))
                painter.drawText(QPointF(x, y + metrics.ascent() / 2 - 1), text)
        painter.setPen(QPen(theme.color("text")))
        for number, line in enumerate(lines):
            y = rect.top() + metrics.ascent() - theme.gap(2) + number * metrics.height() * 0.95
            painter.drawText(QPointF(theme.gap(4), y), line)

    def _draw_row(self, painter: QPainter, row: RowPicture) -> None:
        """What moves in a row."""
        metrics = QFontMetricsF(self.theme.font("small"))
        painter.save()
        painter.setClipRect(row.rect.adjusted(0, -2, 1, 2))
        for curve in row.curves:
            self._draw_curve(painter, row, curve)
        painter.restore()
        if row.key != "voltage":
            self._name_curves(painter, row, metrics)
        self._draw_mark(painter, row)
        self._draw_signs(painter, row, metrics)
        for number, (note, is_dotted) in enumerate(row.notes):
            self._draw_note(painter, self._note_box(row, number, metrics), note, is_dotted)

    def _draw_curve(self, painter: QPainter, row: RowPicture, curve: Curve) -> None:
        if len(curve.times_ms) < 2:
            return
        rect, (low, high) = row.rect, self.window
        points = np.empty((len(curve.times_ms), 2))
        points[:, 0] = rect.left() + (curve.times_ms - low) * (rect.width() / (high - low))
        points[:, 1] = rect.bottom() - (curve.values - row.low) * (rect.height() / (row.high - row.low))
        if self.is_vector:  # a drawing that is written to a file knows no clipping
            for piece in pieces_within(points, rect):
                self._draw_polygon(painter, _polygon(piece), curve)
        else:
            np.clip(points[:, 1], rect.top() - 50.0, rect.bottom() + 50.0, out=points[:, 1])
            self._draw_polygon(painter, _polygon(points), curve)

    def _draw_polygon(self, painter: QPainter, polygon: QPolygonF, curve: Curve) -> None:
        color = QColor(self.theme.color(curve.token))
        width = self.theme.line_width
        if curve.is_ghost:
            color.setAlphaF(0.45)
            width = 1.0
        style = Qt.PenStyle.DashLine if curve.is_dashed else Qt.PenStyle.SolidLine
        style = Qt.PenStyle.DotLine if curve.is_dotted else style
        if self.is_vector or style != Qt.PenStyle.SolidLine:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.is_vector or curve.is_dotted)
            painter.setPen(QPen(color, width, style))
            painter.drawPolyline(polygon)
            return
        draw_thick(painter, polygon, color, width)

    def _draw_mark(self, painter: QPainter, row: RowPicture) -> None:
        """A ring where something would have to be, on a dotted line from where it is; full where it is there already."""
        if row.mark is None or not self.window[0] <= row.mark[0] <= self.window[1]:
            return
        theme, (moment, stands, goal) = self.theme, row.mark
        at, start = QPointF(self.x(moment), row.y(goal)), QPointF(self.x(moment), row.y(stands))
        if not row.rect.top() <= at.y() <= row.rect.bottom():
            return
        color, radius = theme.color("text"), 2.2 * theme.line_width
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, theme.line_width, Qt.PenStyle.DotLine))
        painter.drawLine(start, at)
        painter.setPen(QPen(color, theme.line_width))
        painter.setBrush(color if goal <= stands else theme.color("panel"))
        painter.drawEllipse(at, radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_signs(self, painter: QPainter, row: RowPicture, metrics: QFontMetricsF) -> None:
        """Above the highest point of each curve its name; one that would cover another goes below it."""
        theme, taken = self.theme, [self._note_box(row, number, metrics) for number in range(len(row.notes))]
        for moment, value, name in row.signs:
            if not name or not self.window[0] <= moment <= self.window[1]:
                continue
            box = QRectF(self.x(moment) + theme.gap(2), 0.0, metrics.horizontalAdvance(name), metrics.height())
            box.moveRight(min(box.right(), row.rect.right()))
            above = row.y(value) - box.height() - theme.gap(4)
            box.moveTop(min(max(above, row.rect.top()), row.rect.bottom() - box.height()))
            while any(box.adjusted(-theme.gap(6), 0, theme.gap(6), 0).intersects(other) for other in taken):
                box.translate(0.0, metrics.height() * 0.9)
            if box.bottom() <= row.rect.bottom() + 1.0:
                taken.append(box)
                painter.setPen(QPen(theme.color("muted")))
                painter.drawText(QPointF(box.left(), box.top() + metrics.ascent()), name)

    def _note_box(self, row: RowPicture, number: int, metrics: QFontMetricsF) -> QRectF:
        """Where note `number` of the row stands: at its upper right, below those before it."""
        note, is_dotted = row.notes[number]
        gap = self.theme.gap(4)
        mark = 3.0 * self.theme.gap(8) if is_dotted else 0.0
        width = metrics.horizontalAdvance(note) + mark + 3 * gap
        return QRectF(row.rect.right() - width, row.rect.top() + number * metrics.height(), width, metrics.height())

    def _draw_note(self, painter: QPainter, box: QRectF, note: str, is_dotted: bool) -> None:
        """On a ground of its own: a curve may run below it."""
        theme, gap = self.theme, self.theme.gap(4)
        metrics = QFontMetricsF(theme.font("small"))
        left, y = box.right() - metrics.horizontalAdvance(note) - gap, box.center().y()
        ground = QColor(theme.color("panel"))
        ground.setAlphaF(0.6)
        painter.fillRect(box, ground)
        painter.setPen(QPen(theme.color("text"), theme.line_width, Qt.PenStyle.DotLine))
        if is_dotted:
            painter.drawLine(QPointF(box.left() + gap, y), QPointF(left - gap, y))
        painter.drawText(QPointF(left, box.top() + metrics.ascent()), note)

    def _name_curves(self, painter: QPainter, row: RowPicture, metrics: QFontMetricsF) -> None:
        x = row.rect.right() - self.theme.gap(4)  # where nothing has happened yet
        for curve in reversed(row.curves):
            x -= metrics.horizontalAdvance(curve.name)
            painter.setPen(QPen(self.theme.color(curve.token)))
            painter.drawText(QPointF(x, row.rect.top() + metrics.ascent()), curve.name)
            x -= self.theme.gap(12)

    def _draw_moments(self, painter: QPainter) -> None:
        theme = self.theme
        low, high = self.window
        if low <= self.shown_ms <= high:
            x = round(self.x(self.shown_ms)) + 0.5
            painter.setPen(QPen(theme.color("text"), 1.0 if theme.line_width < 3 else 2.0))
            self._draw_upright(painter, x)
        pointer = self.pointer_ms
        if pointer is not None and low <= pointer <= high:
            x = round(self.x(pointer)) + 0.5
            painter.setPen(QPen(theme.color("accent"), 1.0, Qt.PenStyle.DashLine))
            self._draw_upright(painter, x)

    def upright(self, x: float) -> list[tuple[float, float]]:
        """From where to where (px) the vertical line at `x` is drawn: it leaves out the notes, which could not be read."""
        metrics = QFontMetricsF(self.theme.font("small"))
        boxes = [self._note_box(row, number, metrics) for row in self.rows for number in range(len(row.notes))]
        pieces, top = [], self.rows[0].rect.top()
        for box in boxes:  # from the top downwards
            if box.left() <= x <= box.right():
                pieces.append((top, box.top()))
                top = box.bottom()
        pieces.append((top, self.rows[-1].rect.bottom()))
        return [piece for piece in pieces if piece[0] < piece[1]]

    def _draw_upright(self, painter: QPainter, x: float) -> None:
        for top, bottom in self.upright(x):
            painter.drawLine(QPointF(x, top), QPointF(x, bottom))


def pieces_within(points: np.ndarray, rect: QRectF) -> list[np.ndarray]:
    """What of a line through `points`, float64 (n, 2), lies in `rect`: its pieces, cut where they leave it."""
    for axis, edges in ((0, (rect.left(), rect.right())), (1, (rect.top(), rect.bottom()))):
        for edge in edges:
            side = points[:, axis] - edge
            cut = np.flatnonzero(side[:-1] * side[1:] < 0.0)
            share = (side[cut] / (side[cut] - side[cut + 1]))[:, None]
            points = np.insert(points, cut + 1, points[cut] + share * (points[cut + 1] - points[cut]), axis=0)
    middle = (points[:-1] + points[1:]) / 2
    inside = (middle >= (rect.left(), rect.top())).all(axis=1) & (middle <= (rect.right(), rect.bottom())).all(axis=1)
    edges_at = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8))).reshape(-1, 2)
    return [points[first : last + 1] for first, last in edges_at.tolist()]


def _polygon(points: np.ndarray) -> QPolygonF:
    """A polygon of float64 (n, 2), copied as one block."""
    polygon = QPolygonF()
    polygon.resize(len(points))
    block: Any = shiboken6.VoidPtr(polygon.data(), points.size * 8, True)  # type: ignore[call-arg, arg-type]  # its stub knows one form
    np.frombuffer(block, np.float64)[:] = points.ravel()
    return polygon
