"""Small pictures on the cards of a drawn network: volumes for shapes, curves for activations, marks for the rest. QPainter only."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from trainers.network_graph import Shape

_CURVES: dict[str, Callable[[float], float]] = {
    "relu": lambda x: max(0.0, x),
    "relu6": lambda x: min(max(0.0, x), 1.2),
    "leaky_relu": lambda x: x if x > 0 else 0.15 * x,
    "prelu": lambda x: x if x > 0 else 0.25 * x,
    "elu": lambda x: x if x > 0 else math.exp(x) - 1,
    "selu": lambda x: 1.05 * x if x > 0 else 1.76 * (math.exp(x) - 1),
    "gelu": lambda x: x / (1 + math.exp(-1.702 * x)),
    "silu": lambda x: x / (1 + math.exp(-x)),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "sigmoid": lambda x: 2 / (1 + math.exp(-2 * x)) - 0.4,
    "hardsigmoid": lambda x: min(max(x / 3 + 0.5, 0.0), 1.0) * 2 - 0.4,
    "tanh": lambda x: math.tanh(1.5 * x),
    "hardtanh": lambda x: min(max(x, -1.0), 1.0),
    "softsign": lambda x: 1.5 * x / (1 + abs(x)),
    "softmax": lambda x: math.exp(x) / 4,
    "identity": lambda x: x,
}


def draw_volume(painter: QPainter, area: QRectF, shape: Shape | None, color: QColor, edge: QColor) -> None:
    """A block whose size follows the logarithm of the shape: (channels, height, width), (steps, features) or (features,).

    Height and width set the front face, channels the depth; a vector is a column with a mark for every doubling.
    """
    painter.setPen(QPen(edge, 1.0))
    if not shape:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(8, 8, -8, -8))
        return
    if len(shape) >= 3:
        _draw_box(painter, area, shape[-3], shape[-2], shape[-1], color)
    elif len(shape) == 2:
        _draw_sheet(painter, area, shape[0], shape[1], color)
    else:
        _draw_column(painter, area, shape[0], color)


def _side(size: int, most: float, full: float = 8.0) -> float:
    """Length for `size`, logarithmic: 2**full and above fills `most` (px)."""
    return most * (0.16 + 0.84 * min(math.log2(max(size, 1)) / full, 1.0))


def _draw_box(painter: QPainter, area: QRectF, channels: int, rows: int, columns: int, color: QColor) -> None:
    room = area.height()
    depth = _side(channels, room * 0.5, 10.0)
    height, width = _side(rows, room * 0.82), _side(columns, room * 0.82)
    shrink = min(1.0, room / (height + depth), area.width() / (width + depth))
    depth, height, width = depth * shrink, height * shrink, width * shrink
    left = area.center().x() - (width + depth) / 2
    bottom = area.center().y() + (height + depth) / 2
    front = QRectF(left, bottom - height, width, height)
    shift = QPointF(depth, -depth)
    painter.setBrush(QBrush(color.lighter(118)))
    painter.drawPolygon(
        QPolygonF([front.topLeft(), front.topRight(), front.topRight() + shift, front.topLeft() + shift])
    )
    painter.setBrush(QBrush(color.darker(125)))
    painter.drawPolygon(
        QPolygonF([front.topRight(), front.bottomRight(), front.bottomRight() + shift, front.topRight() + shift])
    )
    painter.setBrush(QBrush(color))
    painter.drawRect(front)


def _draw_sheet(painter: QPainter, area: QRectF, steps: int, features: int, color: QColor) -> None:
    width, height = _side(steps, area.height() * 1.1), _side(features, area.height() * 0.9, 10.0)
    sheet = QRectF(area.center().x() - width / 2, area.center().y() - height / 2, width, height)
    painter.setBrush(QBrush(color))
    painter.drawRect(sheet)
    parts = min(steps, 6)
    for number in range(1, parts):
        x = sheet.left() + sheet.width() * number / parts
        painter.drawLine(QPointF(x, sheet.top()), QPointF(x, sheet.bottom()))


def _draw_column(painter: QPainter, area: QRectF, features: int, color: QColor) -> None:
    height = _side(features, area.height() * 0.98, 12.0)
    width = min(0.24 * area.height(), area.width())
    column = QRectF(area.center().x() - width / 2, area.center().y() - height / 2, width, height)
    painter.setBrush(QBrush(color))
    painter.drawRect(column)
    parts = min(features, 1 + int(math.log2(max(features, 1))))
    for number in range(1, parts):
        y = column.top() + column.height() * number / parts
        painter.drawLine(QPointF(column.left(), y), QPointF(column.right(), y))


def draw_mark(painter: QPainter, area: QRectF, kind: str, family: str, color: QColor) -> None:
    """The mark of a layer whose shape is not its point: an activation's curve, pooling's cells, dropout's gaps, a sum."""
    pen = QPen(color, 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    side = min(area.width(), area.height())
    square = QRectF(area.center().x() - side / 2, area.center().y() - side / 2, side, side)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    drawing = _MARKS.get(family)
    if drawing is not None:
        drawing(painter, square, kind, color)
    else:
        _draw_curve(painter, square, kind, color)


@lru_cache(maxsize=256)
def _curve(kind: str, side: float) -> QPolygonF:
    """An activation's curve in a square of `side`, its top left corner at 0; kept, since networks repeat their activations."""
    curve = _CURVES.get(kind) or next((f for name, f in _CURVES.items() if name in kind), _CURVES["tanh"])
    points = []
    for step in range(25):
        x = -2.0 + step / 6
        y = min(max(curve(x), -1.6), 2.0)
        points.append(QPointF((x + 2) / 4 * side, side - (y + 1.6) / 3.6 * side))
    return QPolygonF(points)


@lru_cache(maxsize=16)
def _bell(side: float) -> QPolygonF:
    places = [-2.4 + step * 0.2 for step in range(25)]
    return QPolygonF([QPointF((x + 2.4) / 4.8 * side, side - math.exp(-x * x) * side * 0.9) for x in places])


def _draw_curve(painter: QPainter, square: QRectF, kind: str, color: QColor) -> None:
    faint = QColor(color)
    faint.setAlphaF(0.45)
    pen = painter.pen()
    painter.setPen(QPen(faint, 1.0))
    zero = square.bottom() - 1.6 / 3.6 * square.height()
    painter.drawLine(QPointF(square.left(), zero), QPointF(square.right(), zero))
    painter.drawLine(QPointF(square.center().x(), square.top()), QPointF(square.center().x(), square.bottom()))
    painter.setPen(pen)
    painter.drawPolyline(_curve(kind, square.width()).translated(square.topLeft()))


def _draw_cells(painter: QPainter, square: QRectF, kind: str, color: QColor) -> None:
    cell = square.width() / 2
    painter.setPen(QPen(color, 1.4))
    for row in range(2):
        for column in range(2):
            is_kept = (row, column) == (0, 1) or "avg" in kind or "average" in kind
            painter.setBrush(QBrush(color) if is_kept else QBrush(Qt.BrushStyle.NoBrush))
            painter.setOpacity(0.55 if is_kept and (row, column) != (0, 1) else 1.0)
            painter.drawRect(QRectF(square.left() + column * cell, square.top() + row * cell, cell, cell))
    painter.setOpacity(1.0)


def _draw_bell(painter: QPainter, square: QRectF, _kind: str, color: QColor) -> None:
    painter.drawPolyline(_bell(square.width()).translated(square.topLeft()))
    painter.setPen(QPen(color, 1.2))
    painter.drawLine(square.bottomLeft(), square.bottomRight())


def _draw_gaps(painter: QPainter, square: QRectF, _kind: str, color: QColor) -> None:
    painter.setPen(QPen(color, 1.4))
    radius = square.width() / 8
    for row in range(3):
        for column in range(3):
            is_dropped = (row, column) in ((0, 1), (1, 2), (2, 0), (1, 0))
            painter.setBrush(QBrush(Qt.BrushStyle.NoBrush) if is_dropped else QBrush(color))
            center = QPointF(
                square.left() + (column + 0.5) * square.width() / 3, square.top() + (row + 0.5) * square.height() / 3
            )
            painter.drawEllipse(center, radius, radius)


def _draw_flatten(painter: QPainter, square: QRectF, _kind: str, color: QColor) -> None:
    side = square.width() * 0.42
    painter.setPen(QPen(color, 1.6))
    middle = square.center().y()
    painter.drawRect(QRectF(square.left(), middle - side / 2, side, side))
    arrow = square.left() + side + 3
    painter.drawLine(QPointF(arrow, middle), QPointF(arrow + square.width() * 0.2, middle))
    painter.setBrush(QBrush(color))
    painter.drawRect(QRectF(square.right() - square.width() * 0.2, square.top(), square.width() * 0.2, square.height()))


def _draw_merge(painter: QPainter, square: QRectF, kind: str, color: QColor) -> None:
    if "concat" in kind:
        painter.setBrush(QBrush(color))
        for number in range(3):
            height = square.height() / 3 - 3
            painter.drawRect(
                QRectF(square.left() + 4, square.top() + number * (height + 3), square.width() - 8, height)
            )
        return
    painter.drawEllipse(square.adjusted(2, 2, -2, -2))
    arm, center = square.width() * 0.24, square.center()
    painter.drawLine(center - QPointF(arm, 0), center + QPointF(arm, 0))
    painter.drawLine(center - QPointF(0, arm), center + QPointF(0, arm))


_MARKS: dict[str, Callable[[QPainter, QRectF, str, QColor], None]] = {
    "Pooling": _draw_cells,
    "Normalisation": _draw_bell,
    "Regularisation": _draw_gaps,
    "Shape": _draw_flatten,
    "Merge": _draw_merge,
}
