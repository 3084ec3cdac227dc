"""The ports of a card, where wires begin and end: their place and how they are drawn. QPainter only; knows no gesture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QPainter, QPen

if TYPE_CHECKING:
    from app.widgets.network_ink import Ink

PORT_RADIUS = 4.5  # scene units


def input_port(card: QRectF) -> QPointF:
    """Where wires lead into a card."""
    return QPointF(card.left(), card.center().y())


def output_port(card: QRectF) -> QPointF:
    """Where wires leave a card."""
    return QPointF(card.right(), card.center().y())


def draw_ports(painter: QPainter, card: QRectF, ink: Ink, *, has_input: bool, is_offered: bool) -> None:
    """A small ring on either side; the left one filled and larger where a wire that is being drawn would fit."""
    painter.setPen(QPen(ink.muted, 1.4))
    painter.setBrush(QBrush(ink.card))
    painter.drawEllipse(output_port(card), PORT_RADIUS, PORT_RADIUS)
    if not has_input:
        return
    if is_offered:
        painter.setPen(QPen(ink.accent, 1.6))
        painter.setBrush(QBrush(ink.accent))
    radius = PORT_RADIUS + (2.0 if is_offered else 0.0)
    painter.drawEllipse(input_port(card), radius, radius)
