"""The shapes of a sodium channel, a potassium channel and the pump, in slots (the room of one channel), y inwards. Counts nothing."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPainterPath, QPen

from app.panels.neuron.cell_painter import faded, mixed
from app.widgets.theme import Theme

TOP, BOTTOM = 1.42, 1.42  # how far a channel reaches out of the middle of the membrane
WIDE = 0.34  # of one of its two halves
OPEN_GAP, SHUT_GAP = 0.26, 0.05
BALL = 0.15
BALL_AT = BOTTOM + 0.3  # about where a picture of the ball has its middle


def _half(side: float, gap: float) -> QPainterPath:
    """One half of a channel: a column with a waist, its mouth widening outwards."""
    path = QPainterPath()
    near, far = side * gap / 2, side * (gap / 2 + WIDE)
    mouth = side * 0.10
    path.moveTo(near + mouth, -TOP)
    path.cubicTo(near + mouth, -TOP * 0.7, near, -TOP * 0.62, near, -0.2)
    path.cubicTo(near, 0.5, near + mouth * 0.3, 0.9, near + mouth * 0.5, BOTTOM)
    path.cubicTo(near + mouth, BOTTOM + 0.14, far, BOTTOM + 0.1, far, BOTTOM - 0.25)
    path.cubicTo(far - side * 0.05, 0.4, far - side * 0.05, -0.4, far, -TOP + 0.3)
    path.cubicTo(far, -TOP - 0.08, near + mouth * 1.5, -TOP - 0.12, near + mouth, -TOP)
    path.closeSubpath()
    return path


def _draw_halves(painter: QPainter, theme: Theme, color: QColor, gap: float, is_lit: bool) -> None:
    shade = QLinearGradient(-0.5, 0, 0.5, 0)
    dim = mixed(color, theme.color("panel"), 0.18 if is_lit else 0.45)
    for at, share in ((0.0, 0.0), (0.3, 0.25), (0.5, 0.05), (0.7, 0.25), (1.0, 0.0)):
        shade.setColorAt(at, mixed(dim, QColor("white"), share))
    if is_lit:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(color, 0.30))
        painter.drawRoundedRect(QRectF(-gap / 2 - 0.02, -TOP * 1.02, gap + 0.04, TOP + BOTTOM), 0.1, 0.1)
    painter.setPen(QPen(mixed(color, theme.color("text"), 0.45), 0.045))
    painter.setBrush(QBrush(shade))
    for side in (-1.0, 1.0):
        painter.drawPath(_half(side, gap))


def _draw_block(painter: QPainter, theme: Theme) -> None:
    """What a poison puts into the mouth of the pore: a cross on a plug."""
    painter.setPen(QPen(theme.color("panel"), 0.05))
    painter.setBrush(theme.color("bad"))
    painter.drawEllipse(QPointF(0, -TOP - 0.05), 0.24, 0.24)
    painter.setPen(QPen(theme.color("panel"), 0.07))
    painter.drawLine(QPointF(-0.1, -TOP - 0.15), QPointF(0.1, -TOP + 0.05))
    painter.drawLine(QPointF(0.1, -TOP - 0.15), QPointF(-0.1, -TOP + 0.05))


def pore_gap(state: str, share: float) -> float:
    """Width of the pore: wide where the channel is open; the nearer its gates are to it, the less it is shut. In five steps."""
    return OPEN_GAP if state == "open" else SHUT_GAP + 0.025 * round(4.0 * share)


def draw_body(painter: QPainter, theme: Theme, color: QColor, state: str, gap: float) -> None:
    """The channel's two halves, and a plug where a poison blocks it."""
    _draw_halves(painter, theme, color, gap, state == "open")
    if state == "blocked":
        _draw_block(painter, theme)


def draw_bar(painter: QPainter, theme: Theme) -> None:
    """From afar: a bar across a pore that is shut."""
    painter.setPen(QPen(theme.color("text"), 0.09))
    painter.drawLine(QPointF(-0.2, 0.35), QPointF(0.2, 0.35))


def gate_places(count: int, state: str, share: float) -> list[tuple[float, float]]:
    """From near: m's three or n's four gates down the pore, each as far aside as its probability to be open."""
    aside = (1.0 if state == "open" else share * 0.6) * (pore_gap(state, share) / 2 + 0.13)
    return [((aside if number % 2 else -aside), -0.62 + number * 1.2 / (count - 1)) for number in range(count)]


def draw_gate(painter: QPainter, theme: Theme) -> None:
    """One gate."""
    painter.setPen(QPen(theme.color("text"), 0.035))
    painter.setBrush(theme.color("panel"))
    painter.drawRoundedRect(QRectF(-0.13, -0.055, 0.26, 0.11), 0.05, 0.05)


def ball_way(state: str, h: float) -> float:
    """How far sodium's inactivation ball is on its way into the pore: there in an inactivated channel, else the nearer the lower h."""
    return 1.0 if state == "inactivated" else min(1.0 - h, 0.7)


def draw_ball(painter: QPainter, theme: Theme, color: QColor, way: float) -> None:
    """The inactivation ball on its chain."""
    x, y = 0.44 * (1.0 - way), BOTTOM + 0.03 + 0.52 * (1.0 - way)
    tone = mixed(color, theme.color("text"), 0.55)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(tone, 0.05))
    chain = QPainterPath(QPointF(0.36, BOTTOM - 0.1))
    chain.cubicTo(QPointF(0.66, BOTTOM + 0.25), QPointF(x + 0.3, y + 0.3), QPointF(x, y))
    painter.drawPath(chain)
    painter.setPen(QPen(theme.color("panel"), 0.03))
    painter.setBrush(tone)
    painter.drawEllipse(QPointF(x, y), BALL * 1.3, BALL)


def draw_ion(painter: QPainter, theme: Theme, color: QColor, radius: float, *, is_round: bool) -> None:
    """An ion with one positive charge, its radius in px: round, or a diamond."""
    painter.setPen(QPen(theme.color("panel"), max(0.6, radius * 0.12)))
    painter.setBrush(color)
    if is_round:
        painter.drawEllipse(QPointF(0, 0), radius, radius)
    else:
        painter.rotate(45)
        painter.drawRect(QRectF(-radius * 0.78, -radius * 0.78, radius * 1.56, radius * 1.56))
        painter.rotate(-45)
    if radius > 4:
        painter.setPen(QPen(theme.color("panel"), radius * 0.22))
        painter.drawLine(QPointF(-radius * 0.42, 0), QPointF(radius * 0.42, 0))
        painter.drawLine(QPointF(0, -radius * 0.42), QPointF(0, radius * 0.42))


def draw_sign(painter: QPainter, theme: Theme, arm: float, *, is_plus: bool) -> None:
    """A plus or a minus, its arms in px."""
    painter.setPen(QPen(theme.color("text"), max(1.2, arm * 0.3), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(-arm, 0), QPointF(arm, 0))
    if is_plus:
        painter.drawLine(QPointF(0, -arm), QPointF(0, arm))


def draw_pump(painter: QPainter, theme: Theme, turn: float) -> None:
    """The pump: open to the inside in the first half of its turn, to the outside in the second."""
    color = mixed(theme.color("series_0"), theme.color("panel"), 0.4)
    painter.setPen(QPen(mixed(color, theme.color("text"), 0.5), 0.05))
    painter.setBrush(color)
    lean = 0.22 if turn < 0.5 else -0.22
    for side in (-1.0, 1.0):
        path = QPainterPath(QPointF(side * (0.16 - lean * 0.5), -1.35))
        path.lineTo(side * 0.72, -1.25)
        path.lineTo(side * 0.72, 1.25)
        path.lineTo(side * (0.16 + lean * 0.5), 1.35)
        path.closeSubpath()
        painter.drawPath(path)
