"""What is said among the neurons: names, and the numbers of what is pointed at. Knows a layout and numbers, no network and no run."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.widgets.neuron_net_layout import NeuronLayout, Spot, Wire
from app.widgets.neuron_net_painting import NetValues, bias_radius, number_text, wire_path
from app.widgets.theme import Theme


def mark_wire(painter: QPainter, theme: Theme, layout: NeuronLayout, wire: Wire) -> None:
    """A pale band along the line that is pointed at."""
    painter.setPen(QPen(theme.color("accent"), 4 * theme.scale))
    painter.setOpacity(0.45)
    painter.drawPath(wire_path(layout, wire))
    painter.setOpacity(1.0)


def name_ends(
    painter: QPainter, theme: Theme, layout: NeuronLayout, inputs: Sequence[str], outputs: Sequence[str]
) -> None:
    """Names of the inputs left of them, of the outputs right of them."""
    painter.setFont(theme.font("body"))
    painter.setPen(theme.color("text"))
    metrics = painter.fontMetrics()
    gap = theme.gap(6 if layout.column_pitch - layout.side > theme.px(60) else 1)
    for column, names in ((0, inputs), (len(layout.counts) - 1, outputs)):
        for unit, name in enumerate(names[: layout.counts[column]]):
            x, y = layout.center(Spot(column, unit))
            room = QRectF(0, y - layout.pitch / 2, (layout.column_pitch - layout.side) / 2 - gap, layout.pitch)
            if column == 0:
                room.moveRight(x - layout.side / 2 - gap)
                side = Qt.AlignmentFlag.AlignRight
            else:
                room.moveLeft(x + layout.side / 2 + gap)
                side = Qt.AlignmentFlag.AlignLeft
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, round(room.width()))
            painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)


def tell_wire(
    painter: QPainter, theme: Theme, layout: NeuronLayout, values: NetValues, wire: Wire, room: QRectF
) -> None:
    """The number of a line."""
    value = values.weight(wire)
    if value is not None:
        x, y = layout.wire_point(wire, 0.5)
        ink = "positive" if value > 0 else "negative"
        _chip(painter, theme, x, y - theme.px(14), number_text(value), room, ink)


def tell_neuron(
    painter: QPainter, theme: Theme, layout: NeuronLayout, values: NetValues, spot: Spot, room: QRectF
) -> list[QRectF]:
    """The weights into a neuron, where they do not cover each other, and its bias; where they stand, px."""
    chips: list[QRectF] = []
    if not spot.column:
        return chips
    has_lines = values.weights[spot.column] is not None and not (layout.is_bundled and spot.column == 1)
    if has_lines and layout.pitch >= 1.2 * theme.font("small").pixelSize():
        for source in range(layout.counts[spot.column - 1]):
            wire = Wire(spot.column, spot.unit, source)
            value = values.weight(wire) or 0.0
            x, y = layout.wire_point(wire, 0.25)
            ink = "positive" if value > 0 else "negative"
            chips.append(_chip(painter, theme, x, y, number_text(value), room, ink))
    bias = values.bias(spot)
    if bias is not None:
        x, y = layout.bias_place(spot)
        below = y + bias_radius(theme, layout) + theme.px(10)
        text = f"bias {number_text(bias)}"  # begins at its mark: about it, it would cover the weights
        chips.append(_chip(painter, theme, x + _chip_width(painter, theme, text) / 2, below, text, room, "text"))
    return chips


def _chip_width(painter: QPainter, theme: Theme, text: str) -> float:
    painter.setFont(theme.font("small"))
    return float(painter.fontMetrics().horizontalAdvance(text) + 2 * theme.gap(4))


def _chip(painter: QPainter, theme: Theme, x: float, y: float, text: str, room: QRectF, ink: str) -> QRectF:
    """A few words on a ground of their own, about (x, y), inside `room`; the ground."""
    chip = QRectF(0, 0, _chip_width(painter, theme, text), painter.fontMetrics().height() + 2)
    chip.moveCenter(QPointF(x, y))
    chip.moveLeft(min(max(chip.left(), room.left() + 1), max(room.right() - chip.width() - 1, room.left())))
    chip.moveTop(min(max(chip.top(), room.top() + 1), max(room.bottom() - chip.height() - 1, room.top())))
    painter.setPen(QPen(theme.color("hairline"), 1))
    painter.setBrush(theme.color("raised"))
    painter.drawRoundedRect(chip, 3, 3)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(theme.color(ink))
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)
    return chip
