"""What a drawn network is made of, second part: a wire for each link. Qt only; knows no panel and edits nothing."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from app.widgets.network_far import FarWires
from app.widgets.network_ink import FAR, NEAR, TINY, Ink, fitted_font
from app.widgets.network_layout import Point

_SHORTEST, _LONG = 36.0, 110.0  # of a wire's level stretch: from here on its shape stands above it, in it
_BESIDE_RING = 4.0  # left at both ends of a short wire: the ring of a chosen card takes so much
_CENTRED = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip)  # put together at each wire, it took 5 µs
_SMOOTH = QPainter.RenderHint.Antialiasing


class _Label(NamedTuple):
    """A shape beside or in a wire: its type, where it stands, and whether the line is broken for it."""

    font: QFont
    area: QRectF
    is_in_line: bool


class WireItem(QGraphicsRectItem):
    """One link: an orthogonal line with round corners and an arrow; long ones say which shape flows on them.

    A rectangle for Qt, which then need not ask Python for its bounds several times a paint; it draws itself all the same.
    """

    def __init__(self, ink: Ink, source: str, target: str, far: FarWires) -> None:
        """far: what draws it when it is one of many and far away."""
        super().__init__()
        self.setPen(Qt.PenStyle.NoPen)
        self.source, self.target = source, target
        self._ink = ink
        self._far = far
        # made when it is painted: most wires of a large network never come into sight
        self._path: QPainterPath | None = None
        self._line: QPolygonF | None = None
        self._arrow = QPolygonF()
        self._labels: dict[bool, _Label | None] = {}  # by whether the wire is near
        self._points: tuple[Point, ...] = ()
        self._text = ""
        self.is_highlighted = self.is_faulty = self._is_below = False
        self._has_room = True  # Qt knows what it takes
        self._is_aside = False  # drawn by what draws all of them

    def show_wire(self, points: tuple[Point, ...], text: str, is_below: bool | None = None) -> None:
        """Run along `points` and say `text` (the shape that flows here); it is painted anew if anything is new. is_below: whether
        a short wire says it below, for a branch rises through where it would stand above; None: as before."""
        if is_below is None:
            is_below = self._is_below
        if points == self._points:
            if text == self._text and is_below == self._is_below:
                return
        else:
            if self._is_aside:
                self._far.draw_again(self)
            self._points, self._path, self._line = points, None, None
            self._has_room = False
            if self._is_aside:
                self._far.draw_again(self)
            else:
                self.stand_aside()
        self._text, self._is_below = text, is_below
        self._labels = {}
        if not self._is_aside:
            self.update()

    @property
    def points(self) -> tuple[Point, ...]:
        """The corners that the wire runs along, in scene units."""
        return self._points

    def stand_aside(self) -> None:
        """From afar, leave the painting to what draws all wires at once: but a wire that is marked stands out."""
        is_aside = self._far.is_far and not self.is_highlighted and not self.is_faulty
        if is_aside != self._is_aside:
            self._is_aside = is_aside
            self.setFlag(self.GraphicsItemFlag.ItemHasNoContents, is_aside)
        if is_aside:
            self._far.take(self)
        else:
            self._far.leave(self)
            self.take_room()
            self.update()

    def take_room(self) -> None:
        """Reach as far as it runs: left aside while another draws it, for hundreds that move at once take a millisecond."""
        if not self._has_room and self._points:
            self._has_room = True
            self.setRect(self.area())

    def area(self) -> QRectF:
        """What it takes in the scene, with its shape and its arrow."""
        across, down = [x for x, _ in self._points], [y for _, y in self._points]
        left, top = min(across), min(down)
        return QRectF(left - 6, top - 20, max(across) - left + 12, max(down) - top + 40)

    def line(self) -> QPolygonF:
        """Its corners."""
        if self._line is None:
            self._line = QPolygonF([QPointF(*point) for point in self._points])
        return self._line

    def mark_fault(self, is_faulty: bool) -> None:
        """Show that what flows here does not fit what it flows into."""
        if is_faulty != self.is_faulty:
            self.is_faulty = is_faulty
            self.stand_aside()

    def set_ink(self, ink: Ink) -> None:
        """Draw with another theme's colours from now on."""
        self._ink = ink
        self._labels = {}
        self.update()

    def highlight(self, is_highlighted: bool) -> None:
        """Show that the wire belongs to the chosen layer."""
        if is_highlighted != self.is_highlighted:
            self.is_highlighted = is_highlighted
            self.setZValue(0.5 if is_highlighted else 0)
            self.stand_aside()

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
        seen = ink.seen_at(zoom)
        pen = ink.wire_pen(zoom, is_lit=self.is_highlighted, is_bad=self.is_faulty)
        painter.setPen(pen)
        if seen < TINY:
            painter.setRenderHint(_SMOOTH, False)
            painter.drawPolyline(self.line())
            return
        path = self._path if self._path is not None else self._shaped()
        painter.setRenderHint(_SMOOTH, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen.brush())
        painter.drawPolygon(self._arrow)
        if self._text and seen >= FAR:
            self._paint_label(painter, seen >= NEAR)

    def _shaped(self) -> QPainterPath:
        corners = [QPointF(*point) for point in self._points]
        self._arrow = _arrow(corners[-2], corners[-1])
        self._path = _rounded(corners)
        return self._path

    def _paint_label(self, painter: QPainter, is_near: bool) -> None:
        """The shape: in the line where that is long, above it where it is short."""
        label, ink = self._kept_label(is_near), self._ink
        if label is None:
            return
        if label.is_in_line:
            painter.setBrush(ink.panel)
            painter.drawRect(label.area)
        painter.setFont(label.font)
        painter.setPen(ink.bad if self.is_faulty else ink.text)
        painter.drawText(label.area, _CENTRED, self._text)

    def _kept_label(self, is_near: bool) -> _Label | None:
        if is_near not in self._labels:
            self._labels[is_near] = self._label(is_near)
        return self._labels[is_near]

    def _label(self, is_near: bool) -> _Label | None:
        at, room = _label_place([QPointF(*point) for point in self._points])
        if at is None:
            return None
        is_long = room > _LONG
        pixels = 12.0 if is_near else 16.0 if is_long else 13.0
        font = fitted_font(self._ink.family[0], self._text, pixels, 400.0 if is_long else room - 2 * _BESIDE_RING, 400)
        if not is_long and font.pixelSize() < 8:
            return None
        metrics = QFontMetricsF(font)
        area = QRectF(0, 0, metrics.horizontalAdvance(self._text) + (8 if is_long else 0), metrics.height())
        area.moveCenter(at)
        if not is_long and self._is_below:
            area.moveTop(at.y() + 2)
        elif not is_long:
            area.moveBottom(at.y() - 2)
        return _Label(font, area, is_long)


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
