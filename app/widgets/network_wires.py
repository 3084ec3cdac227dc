"""What a drawn network is made of, second part: a wire for each link. Qt only; knows no panel and edits nothing."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.widgets.network_ink import FAR, NEAR, TINY, Ink, fitted_font
from app.widgets.network_layout import Point

_SHORTEST, _LONG = 36.0, 110.0  # of a wire's level stretch: from here on its shape stands above it, in it


class WireItem(QGraphicsItem):
    """One link: an orthogonal line with round corners and an arrow; long ones say which shape flows on them."""

    def __init__(self, ink: Ink, source: str, target: str) -> None:
        super().__init__()
        self.source, self.target = source, target
        self._ink = ink
        self._path = QPainterPath()
        self._arrow, self._line = QPolygonF(), QPolygonF()
        self._label_at: QPointF | None = None
        self._label_room = 0.0
        self._bounds = QRectF()
        self._points: tuple[Point, ...] = ()
        self._text = ""
        self.is_highlighted = self.is_faulty = False

    def show_wire(self, points: tuple[Point, ...], text: str) -> bool:
        """Run along `points` and say `text` (the shape that flows here); True if anything is new."""
        if points == self._points and text == self._text:
            return False
        is_moved = points != self._points
        self._points, self._text = points, text
        self.update()
        if not is_moved:
            return True
        self.prepareGeometryChange()
        corners = [QPointF(*point) for point in points]
        self._path = _rounded(corners)
        self._line = QPolygonF(corners)
        self._arrow = _arrow(corners[-2], corners[-1])
        self._label_at, self._label_room = _label_place(corners)
        self._bounds = self._path.boundingRect().adjusted(-6, -20, 6, 20)
        return True

    @property
    def points(self) -> tuple[Point, ...]:
        """The corners that the wire runs along, in scene units."""
        return self._points

    def mark_fault(self, is_faulty: bool) -> None:
        """Show that what flows here does not fit what it flows into."""
        if is_faulty != self.is_faulty:
            self.is_faulty = is_faulty
            self.update()

    def set_ink(self, ink: Ink) -> None:
        """Draw with another theme's colours from now on."""
        self._ink = ink
        self.update()

    def highlight(self, is_highlighted: bool) -> None:
        """Show that the wire belongs to the chosen layer."""
        if is_highlighted != self.is_highlighted:
            self.is_highlighted = is_highlighted
            self.setZValue(0.5 if is_highlighted else 0)
            self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def shape(self) -> QPainterPath:
        box = QPainterPath()
        for (x0, y0), (x1, y1) in zip(self._points, self._points[1:], strict=False):
            box.addRect(
                QRectF(QPointF(min(x0, x1), min(y0, y1)), QPointF(max(x0, x1), max(y0, y1))).adjusted(-5, -5, 5, 5)
            )
        return box

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        ink = self._ink
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        color = ink.bad if self.is_faulty else ink.accent if self.is_highlighted else ink.muted
        width = max(1.3, (1.2 if zoom < FAR else 0.8) * ink.line_width / max(zoom, 0.4) ** 0.5)
        if ink.seen_at(zoom) < TINY:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(color, 0))
            painter.drawPolyline(self._line)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        style = Qt.PenStyle.DashLine if self.is_faulty else Qt.PenStyle.SolidLine
        painter.setPen(QPen(color, width * (1.4 if self.is_highlighted else 1.0), style))
        painter.drawPath(self._path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(color))
        painter.drawPolygon(self._arrow)
        if self._label_at is not None and self._text and ink.seen_at(zoom) >= FAR:
            self._paint_label(painter, self._label_at, ink.seen_at(zoom) >= NEAR)

    def _paint_label(self, painter: QPainter, at: QPointF, is_near: bool) -> None:
        """The shape: in the line where that is long, above it where it is short."""
        ink = self._ink
        is_long = self._label_room > _LONG
        pixels = 12.0 if is_near else 16.0 if is_long else 13.0
        font = fitted_font(ink.family[0], self._text, pixels, 400.0 if is_long else self._label_room - 4.0, 400)
        if not is_long and font.pixelSize() < 8:
            return
        metrics = QFontMetricsF(font)
        area = QRectF(0, 0, metrics.horizontalAdvance(self._text) + (8 if is_long else 0), metrics.height())
        area.moveCenter(at)
        if is_long:
            painter.setBrush(QBrush(ink.panel))
            painter.drawRect(area)
        else:
            area.moveBottom(at.y() - 2)
        painter.setFont(font)
        painter.setPen(ink.bad if self.is_faulty else ink.text)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, self._text)


def _rounded(corners: list[QPointF], radius: float = 9.0) -> QPainterPath:
    path = QPainterPath(corners[0])
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        into, out = corner - before, after - corner
        length_in, length_out = abs(into.x()) + abs(into.y()), abs(out.x()) + abs(out.y())
        bend = min(radius, length_in / 2, length_out / 2)
        if bend <= 0:
            continue
        path.lineTo(corner - into * (bend / length_in))
        path.quadTo(corner, corner + out * (bend / length_out))
    path.lineTo(corners[-1])
    return path


def _arrow(before: QPointF, tip: QPointF) -> QPolygonF:
    along = tip - before
    length = abs(along.x()) + abs(along.y()) or 1.0
    along = along / length
    across = QPointF(-along.y(), along.x())
    return QPolygonF([tip, tip - along * 8 + across * 4, tip - along * 8 - across * 4])


def _label_place(corners: list[QPointF]) -> tuple[QPointF | None, float]:
    """The middle of the longest level stretch and its length, where it is long enough for a shape."""
    longest, place = _SHORTEST, None
    for start, end in pairwise(corners):
        if start.y() == end.y() and abs(end.x() - start.x()) > longest:
            longest, place = abs(end.x() - start.x()), (start + end) / 2
    return place, longest
