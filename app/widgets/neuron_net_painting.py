"""How neurons, their pictures and the lines between them are painted. Knows a layout and numbers, no network and no run."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPixmap

from app.widgets.color_mixing import mixed
from app.widgets.neuron_net_layout import NeuronLayout, Spot, Wire
from app.widgets.theme import Theme

Array = np.ndarray
_SHADES = 256
_THINNEST, _THICKEST, _THICKEST_OF_MANY = 0.6, 7.0, 2.4  # px at scale 1
_LEAST_LIMIT = 0.5  # the thickest line is this large at least: a network that has not begun is drawn thin


class NetValues(NamedTuple):
    """The numbers of a net, by column from the inputs on; None where they are not known.

    weights: (neurons, neurons of the column before), none into bundled inputs; biases: (neurons,); responses: (neurons, rows,
    columns), row 0 at the bottom; scales: what is drawn in full colour in a column's pictures; answer: what the one neuron of
    the last column says of the data, (rows, columns) from -1 to 1, drawn in place of its value.
    """

    weights: tuple[Array | None, ...]
    biases: tuple[Array | None, ...]
    responses: tuple[Array | None, ...]
    scales: tuple[float, ...]
    answer: Array | None = None

    @classmethod
    def unknown(cls, columns: int) -> NetValues:
        """Nothing is known."""
        nothing: tuple[None, ...] = (None,) * columns
        return cls(nothing, nothing, nothing, (1.0,) * columns)

    def weight(self, wire: Wire) -> float | None:
        """One weight."""
        table = self.weights[wire.column]
        return None if table is None else float(table[wire.unit, wire.source])

    def bias(self, spot: Spot) -> float | None:
        """One bias."""
        row = self.biases[spot.column]
        return None if row is None else float(row[spot.unit])

    @property
    def thickest(self) -> float:
        """The weight that is drawn thickest: 1, 2 or 5 times a power of ten, so that lines do not all change with the largest."""
        tables = [np.abs(table).max() for table in self.weights if table is not None and table.size]
        largest = max((float(value) for value in tables), default=0.0)
        largest = max(largest if math.isfinite(largest) else 0.0, _LEAST_LIMIT)
        power = 10.0 ** math.floor(math.log10(largest))
        return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= largest * (1 - 1e-9))


def number_text(value: float) -> str:
    """A weight as it is written beside its line: with its sign, which is not left to colour."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "?"
    size = abs(value)
    text = f"{size:.2f}" if size < 99.995 else f"{size:.4g}"
    return f"{'−' if value < 0 and float(text) else '+'}{text}"


def shade_table(theme: Theme) -> Array:
    """256 colours from negative over neutral to positive, uint32 as Qt's 32-bit pictures hold them."""
    red, green, blue = theme.diverging.getLookupTable(0.0, 1.0, _SHADES)[:, :3].astype(np.uint32).T
    table: Array = np.uint32(0xFF000000) | red << np.uint32(16) | green << np.uint32(8) | blue
    return table


def response_pictures(responses: Array, scale: float, shades: Array) -> list[QImage]:
    """One picture a neuron. responses: (neurons, rows, columns), row 0 at the bottom of the picture."""
    half = (_SHADES - 1) / 2
    levels = np.nan_to_num(responses[:, ::-1] / max(scale, 1e-12), nan=0.0, posinf=1.0, neginf=-1.0)
    pixels = np.ascontiguousarray(shades[np.clip(half + levels * half + 0.5, 0, _SHADES - 1).astype(np.uint8)])
    _, rows, columns = pixels.shape
    form = QImage.Format.Format_RGB32
    return [QImage(one.data, columns, rows, 4 * columns, form).copy() for one in pixels]


def line_width(theme: Theme, layout: NeuronLayout, value: float, thickest: float) -> float:
    """px of a line that stands for a weight; many lines are thin, or nothing were seen between them."""
    share = min(abs(value) / thickest, 1.0) if math.isfinite(value) else 1.0
    most = _THICKEST_OF_MANY if layout.is_straight else _THICKEST
    return (_THINNEST + (most - _THINNEST) * share) * theme.scale


def wire_path(layout: NeuronLayout, wire: Wire) -> QPainterPath:
    """The line of a weight."""
    x0, y0, x1, y1 = layout.ends(wire)
    path = QPainterPath(QPointF(x0, y0))
    if layout.is_straight:
        path.lineTo(x1, y1)
    else:
        middle = (x0 + x1) / 2
        path.cubicTo(middle, y0, middle, y1, x1, y1)
    return path


def paint_wires(
    theme: Theme, layout: NeuronLayout, values: NetValues, column: int, height: int
) -> tuple[float, QPixmap]:
    """All lines into one column, on nothing: where the picture's left edge belongs, and the picture. height: of the net, px."""
    left = math.floor(layout.column_x(column - 1))
    pixmap = QPixmap(max(1, math.ceil(layout.column_pitch) + 1), max(1, height))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.translate(-left, 0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    table, thickest = values.weights[column], values.thickest
    inks = {True: theme.color("positive"), False: theme.color("negative")}
    if layout.is_bundled and column == 1:
        _paint_bundle(painter, theme, layout)
    else:
        wires = [wire for wire in layout.wires if wire.column == column]
        if table is not None:
            wires.sort(key=lambda wire: abs(float(table[wire.unit, wire.source])))  # the strong over the weak
        for wire in wires:
            if table is None:
                painter.setPen(QPen(theme.color("hairline"), theme.scale))
            else:
                value = float(table[wire.unit, wire.source])
                painter.setPen(QPen(inks[value > 0], line_width(theme, layout, value, thickest)))
            painter.drawPath(wire_path(layout, wire))
    painter.end()
    return float(left), pixmap


def _paint_bundle(painter: QPainter, theme: Theme, layout: NeuronLayout) -> None:
    """From inputs that are too many to be told apart: one wide pale line to each neuron."""
    x0, y0 = layout.center(Spot(0, 0))
    painter.setPen(QPen(theme.color("hairline"), 2 * theme.scale))
    for unit in range(layout.counts[1]):
        x1, y1 = layout.center(Spot(1, unit))
        path = QPainterPath(QPointF(x0 + layout.side / 2, y0))
        middle = (x0 + x1) / 2
        path.cubicTo(middle, y0, middle, y1, x1 - layout.side / 2, y1)
        painter.drawPath(path)


def paint_neuron(
    painter: QPainter, theme: Theme, layout: NeuronLayout, spot: Spot, picture: QImage | None, *, is_chosen: bool
) -> None:
    """A neuron's square, with its picture or, where there is none, its number."""
    x, y = layout.center(spot)
    side = round(layout.side)
    box = QRectF(round(x - layout.side / 2), round(y - layout.side / 2), side, side)
    if picture is not None:
        painter.drawImage(box, picture)
    else:
        painter.fillRect(box, theme.color("raised"))
        if layout.side >= theme.px(16) and not (layout.is_bundled and spot.column == 0):
            painter.setPen(theme.color("muted"))
            painter.setFont(theme.font("small"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(spot.unit + 1))
    pen = QPen(theme.color("accent" if is_chosen else "border"), (3.0 if is_chosen else 1.0) * theme.scale)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box)


def paint_bias(painter: QPainter, theme: Theme, layout: NeuronLayout, spot: Spot, value: float | None) -> None:
    """The mark of a bias: the fuller its colour, the larger it is."""
    x, y = layout.bias_place(spot)
    radius = bias_radius(theme, layout)
    ground: QColor = theme.color("panel")
    if value is not None and math.isfinite(value):
        ink = theme.color("positive" if value > 0 else "negative")
        ground = mixed(theme.color("neutral"), ink, min(1.0, 0.15 + 0.85 * math.tanh(abs(value))))
    painter.setPen(QPen(theme.color("border"), theme.scale))
    painter.setBrush(ground)
    painter.drawEllipse(QPointF(x, y), radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def bias_radius(theme: Theme, layout: NeuronLayout) -> float:
    """px of the mark of a bias."""
    return min(5.0 * theme.scale, layout.side * 0.2)
