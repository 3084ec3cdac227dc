"""How A and B are told apart, in colour and in grey: A solid, B dashed. Knows no answer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.panels.activation.depth.geometry import dashes, strokes
from app.panels.activation.depth.state import Slot
from app.widgets.theme import Theme

Floats = npt.NDArray[np.float64]

DASHES = (5.0, 2.5)  # of B, in units of the pen's width
STRONG = "font-weight: 600"  # the typeface has no bolder cut: <b> asks for 700, which Qt fakes by smearing


def slot_color(theme: Theme, slot: Slot) -> QColor:
    """The colour of A or B."""
    return theme.series(0 if slot == "a" else 1)


def slot_pen(theme: Theme, slot: Slot, width: float | None = None) -> QPen:
    """A's line is solid, B's dashed."""
    pen = QPen(slot_color(theme, slot), width if width is not None else theme.line_width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    if slot == "b":
        pen.setDashPattern(list(DASHES))
    return pen


def paint_curve(painter: QPainter, theme: Theme, slot: Slot, x: Floats, y: Floats, width: float) -> None:
    """Through all that is finite (px), as lines of their own: one polyline takes five times as long."""
    pen = QPen(slot_color(theme, slot), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    pieces = dashes(x, y, [width * part for part in DASHES]) if slot == "b" else strokes(x, y)
    painter.drawLines([QLineF(*piece) for piece in pieces.tolist()])


def paint_dots(painter: QPainter, theme: Theme, slot: Slot, x: Floats, y: Floats, values: Floats, pitch: float) -> None:
    """One a layer, `pitch` px apart: round for A, square and hollow for B; a triangle at the bottom where it is exactly 0."""
    color = slot_color(theme, slot)
    radius = min(1.0 + theme.line_width, 0.3 * pitch)
    is_dot = np.isfinite(values) & (values != 0)
    dots = list(zip(x[is_dot].tolist(), y[is_dot].tolist(), strict=True))
    if slot == "a":
        painter.setPen(QPen(color, 2 * radius, c=Qt.PenCapStyle.RoundCap))
        painter.drawPoints([QPointF(*dot) for dot in dots])  # a third of the time that ellipses take
    painter.setPen(QPen(color, 0.6 * theme.line_width))
    painter.setBrush(color if slot == "a" else theme.color("panel"))
    if slot == "b":
        side = 2 * radius
        painter.drawRects([QRectF(across - radius, down - radius, side, side) for across, down in dots])
    side = 1.4 * radius
    for across, down in zip(x[values == 0].tolist(), y[values == 0].tolist(), strict=True):
        top = down - 1.6 * side
        painter.drawPolygon([QPointF(across - side, top), QPointF(across + side, top), QPointF(across, down)])
    painter.setBrush(Qt.BrushStyle.NoBrush)
