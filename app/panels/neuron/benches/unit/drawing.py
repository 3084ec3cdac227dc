"""The drawing that turns a living cell into a unit: dendrites become arrows with weights, the soma a sum, the hillock a threshold.

Everything is a function of the state and of `morph` (0 cell, 1 unit). Asks no cell; moves only when it is told to.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.panels.neuron.benches.unit.logic import UnitState, output, says_one, weighted_sum
from app.widgets.theme import Theme

_NAMES = ("x₁", "x₂", "x₃")
# side branches, where the words leave room: (how far along the dendrite, angle to its left)
_TWIGS: tuple[tuple[tuple[float, float], ...], ...] = (((0.5, -0.9), (0.82, 0.9)), (), ((0.42, -0.9), (0.6, -0.9)))
_LABEL_AT = (0.6, 0.42, 0.6)  # of the way to the soma
_LABEL_SHIFT = (0.6, 0.0, 0.15)  # of the radius to the right: off the branch, and off the disc of the branch above
_WEIGHTS = ("w₁", "w₂", "w₃")


class UnitDrawing(QWidget):
    """Click an input to switch it between 0 and 1 (`input_clicked`)."""

    input_clicked = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._state = UnitState()
        self.morph = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setToolTip("Click an input to switch it between 0 and 1")
        theme.changed.connect(self._on_theme_changed)

    def show_state(self, state: UnitState, morph: float) -> None:
        """Draw `state`, so far on the way from the cell to the unit."""
        self._state, self.morph = state, morph
        z = weighted_sum(state, state.x)
        y = output(state.activation, z)
        self.setAccessibleName(f"Unit: sum {z:g}, output {y:.2g}" if morph > 0.5 else f"Cell: sum {z:g}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(460), self._theme.px(260))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(240), self._theme.px(150))

    # --- places -------------------------------------------------------------------------------------------------------

    def input_place(self, number: int) -> QPointF:
        """Centre of input `number` (0 to 2), px."""
        return QPointF(self.width() * 0.09, self.height() * (0.2 + 0.3 * number))

    @property
    def _soma(self) -> QPointF:
        return QPointF(self.width() * 0.46, self.height() * 0.5)

    @property
    def _hillock(self) -> QPointF:
        return QPointF(self.width() * 0.66, self.height() * 0.5)

    @property
    def _end(self) -> QPointF:
        return QPointF(self.width() * 0.92, self.height() * 0.5)

    @property
    def _radius(self) -> float:
        return min(self.height() * 0.14, self.width() * 0.09)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for number in range(3):
            away = event.position() - self.input_place(number)
            if math.hypot(away.x(), away.y()) < self._radius:
                self.input_clicked.emit(number)
                return
        super().mousePressEvent(event)

    # --- drawing ------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        z = weighted_sum(self._state, self._state.x)
        is_one = says_one(self._state.activation, z)
        for number in range(3):
            self._paint_branch(painter, number)
        self._paint_axon(painter, is_one)
        self._paint_soma(painter, z)
        self._paint_hillock(painter, is_one)
        for number in range(3):
            self._paint_input(painter, number)
        self._paint_output(painter, output(self._state.activation, z), is_one)
        self._paint_words(painter)

    def _line(self, strength: float) -> float:
        """From the thickness of a branch of the cell to that of an arrow."""
        cell, arrow = self._radius * 0.22 * strength, self._theme.line_width * (0.8 + 0.6 * strength)
        return cell + (arrow - cell) * self.morph

    def _paint_branch(self, painter: QPainter, number: int) -> None:
        theme, morph = self._theme, self.morph
        start, soma = self.input_place(number), self._soma
        angle = math.atan2(start.y() - soma.y(), start.x() - soma.x())
        end = soma + QPointF(math.cos(angle), math.sin(angle)) * self._radius * (0.9 + 0.15 * morph)
        bend = (1.0 - morph) * self.height() * (-0.10 if number == 0 else 0.10)
        path = QPainterPath(start)
        third = (end - start) * (1.0 / 3.0)
        path.cubicTo(start + third + QPointF(0, bend), start + third * 2.0 - QPointF(0, bend * 0.8), end)
        weight, x = self._state.weights[number], self._state.x[number]
        is_active = x > 0.0 and weight != 0.0
        color = theme.color(("positive" if weight > 0 else "negative") if is_active else "border")
        pen = QPen(color, max(1.2, self._line(1.0 if is_active else 0.7)))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        if morph < 0.95:
            _paint_twigs(painter, path, pen, _TWIGS[number], self._radius * 0.7 * (1.0 - morph))
        if morph > 0.3:
            _paint_head(painter, path, color, self._radius * 0.3 * (morph - 0.3) / 0.7)
        self._paint_synapse(painter, path, weight)
        text = f"{_WEIGHTS[number]} = {weight:.2g}"
        at = path.pointAtPercent(_LABEL_AT[number])
        at += QPointF(_LABEL_SHIFT[number], -0.7) * self._radius
        self._write(painter, at, text, "value", theme.color("text"))

    def _paint_synapse(self, painter: QPainter, path: QPainterPath, weight: float) -> None:
        """A disc whose area is the weight; inhibition is a ring with a bar: colour never alone."""
        theme = self._theme
        radius = self._radius * 0.42 * math.sqrt(abs(weight) / 2.0)
        at = path.pointAtPercent(0.27)
        if radius < 0.5:
            return
        color = theme.color("positive" if weight > 0 else "negative")
        painter.setPen(QPen(color, theme.line_width))
        painter.setBrush(color if weight > 0 else theme.color("panel"))
        painter.drawEllipse(at, radius, radius)
        if weight < 0:
            painter.drawLine(at - QPointF(radius * 0.5, 0), at + QPointF(radius * 0.5, 0))

    def _paint_soma(self, painter: QPainter, z: float) -> None:
        theme, radius = self._theme, self._radius
        outline = QPainterPath()
        for step in range(73):
            angle = math.radians(step * 5)
            bump = 1.0 + (1.0 - self.morph) * (0.10 * math.cos(3 * angle + 0.6) + 0.06 * math.cos(5 * angle))
            point = self._soma + QPointF(math.cos(angle), math.sin(angle)) * radius * bump
            if step:
                outline.lineTo(point)
            else:
                outline.moveTo(point)
        painter.setPen(QPen(theme.color("text"), theme.line_width))
        painter.setBrush(theme.color("raised"))
        painter.drawPath(outline)
        self._write(painter, self._soma - QPointF(0, radius * 0.32), "Σ", "title", theme.color("text"))
        self._write(painter, self._soma + QPointF(0, radius * 0.38), f"{z:.3g}", "value", theme.color("text"))

    def _paint_hillock(self, painter: QPainter, is_one: bool) -> None:
        """A cone that becomes a box with the activation's curve in it."""
        theme, morph, radius = self._theme, self.morph, self._radius
        left = self._soma + QPointF(radius * 0.93, 0)
        centre = self._hillock
        half = radius * 0.62
        box = QRectF(centre.x() - half, centre.y() - half, 2 * half, 2 * half)
        near, far = radius * 0.55, radius * 0.16
        shape = [
            _between(QPointF(left.x(), left.y() - near), box.topLeft(), morph),
            _between(QPointF(centre.x() + half, centre.y() - far), box.topRight(), morph),
            _between(QPointF(centre.x() + half, centre.y() + far), box.bottomRight(), morph),
            _between(QPointF(left.x(), left.y() + near), box.bottomLeft(), morph),
        ]
        painter.setPen(QPen(theme.color("text"), theme.line_width * (0.6 + 0.4 * morph)))
        painter.drawLine(left, QPointF(shape[0].x(), left.y()))
        painter.setBrush(theme.color("selection" if is_one else "raised"))
        painter.drawPolygon(shape)
        if morph > 0.5:
            painter.setOpacity((morph - 0.5) * 2)
            pen = QPen(theme.color("accent"), theme.line_width * 1.3)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(_activation_path(self._state.activation, box.adjusted(6, 6, -6, -6)))
            painter.setOpacity(1.0)

    def _paint_axon(self, painter: QPainter, is_one: bool) -> None:
        theme, morph, radius = self._theme, self.morph, self._radius
        start = self._hillock + QPointF(radius * 0.62, 0)
        end = self._end - QPointF(radius * (0.2 + 0.5 * morph), 0)
        color = theme.color("positive" if is_one else "border")
        painter.setPen(QPen(color, self._line(1.0)))
        painter.drawLine(start, end)
        length = end.x() - start.x()
        painter.setPen(QPen(theme.color("border"), 1.2))
        painter.setBrush(theme.color("neutral"))
        painter.setOpacity(1.0 - morph)
        for number in range(3):  # myelin with nodes of Ranvier between
            left = start.x() + length * (0.06 + 0.31 * number)
            rect = QRectF(left, start.y() - radius * 0.2, length * 0.25, radius * 0.4)
            painter.drawRoundedRect(rect, radius * 0.15, radius * 0.15)
        painter.setOpacity(1.0)
        if morph > 0.3:
            path = QPainterPath(start)
            path.lineTo(end)
            _paint_head(painter, path, color, self._radius * 0.3 * (morph - 0.3) / 0.7)

    def _paint_input(self, painter: QPainter, number: int) -> None:
        theme = self._theme
        x = self._state.x[number]
        radius = self._radius * 0.55
        place = self.input_place(number)
        fill = theme.color("positive")
        fill.setAlphaF(0.12 + 0.5 * x if x > 0 else 0.0)
        painter.setPen(QPen(theme.color("positive" if x > 0 else "border"), theme.line_width))
        painter.setBrush(theme.color("panel"))
        painter.drawEllipse(place, radius, radius)
        painter.setBrush(fill)
        painter.drawEllipse(place, radius, radius)
        self._write(painter, place, f"{x:.2g}", "value", theme.color("text"))
        self._write(
            painter,
            place - QPointF(0, radius + QFontMetricsF(theme.font("value")).height() * 0.6),
            _NAMES[number],
            "value",
            theme.color("muted"),
        )

    def _paint_output(self, painter: QPainter, y: float, is_one: bool) -> None:
        theme = self._theme
        radius = self._radius * (0.42 + 0.2 * self.morph)
        painter.setPen(QPen(theme.color("positive" if is_one else "border"), theme.line_width))
        painter.setBrush(theme.color("panel"))
        painter.drawEllipse(self._end, radius, radius)
        fill = theme.color("positive")
        fill.setAlphaF(0.55 * min(y, 1.0))
        painter.setBrush(fill)
        painter.drawEllipse(self._end, radius, radius)
        self._write(painter, self._end, f"{y:.2g}", "value", theme.color("text"))

    def _paint_words(self, painter: QPainter) -> None:
        """The lecture's words beside the parts, the unit's in their place as it comes about."""
        theta = f"threshold −b = {-self._state.bias:.2g}"
        low, gap = self.height() * 0.5, self._radius
        needed = QFontMetricsF(self._theme.font("body")).horizontalAdvance("axon terminal") * 1.2
        below = 1.15 if self._end.x() - self._hillock.x() > needed else 1.75  # beside its neighbour, or lower
        pairs = (
            (QPointF(self.width() * 0.27, self.height() * 0.91), "dendrites, synapses", "inputs × weights"),
            (QPointF(self._soma.x(), low - gap * 1.45), "soma", "sum"),
            (QPointF(self._hillock.x(), low + gap * below), "axon hillock", theta),
            (QPointF((self._hillock.x() + self._end.x()) / 2 + gap * 0.2, low - gap * 0.75), "axon", ""),
            (QPointF(self._end.x(), low + gap * 1.05), "axon terminal", "output y"),
        )
        for place, cell_word, unit_word in pairs:
            for word, share in ((cell_word, 1.0 - 2 * self.morph), (unit_word, 2 * self.morph - 1.0)):
                if word and share > 0.0:
                    painter.setOpacity(share)
                    self._write(painter, place, word, "body", self._theme.color("muted"))
        painter.setOpacity(1.0)

    def _write(self, painter: QPainter, centre: QPointF, text: str, role: str, color: QColor) -> None:
        painter.setFont(self._theme.font(role))
        painter.setPen(color)
        _write_at(painter, centre, text, QRectF(self.rect()))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()


def _between(start: QPointF, end: QPointF, share: float) -> QPointF:
    return start + (end - start) * share


def _activation_path(activation: str, box: QRectF) -> QPainterPath:
    """The curve of the activation from -2.5 to 2.5 in `box`."""
    path = QPainterPath()
    top = 2.5 if activation == "relu" else 1.0
    for step in range(51):
        z = -2.5 + 0.1 * step
        y = output(activation, round(z, 6)) / top  # type: ignore[arg-type]
        point = QPointF(box.left() + box.width() * step / 50, box.bottom() - box.height() * y)
        if step:
            path.lineTo(point)
        else:
            path.moveTo(point)
    return path


def _paint_twigs(
    painter: QPainter, path: QPainterPath, pen: QPen, twigs: tuple[tuple[float, float], ...], length: float
) -> None:
    """Side branches of a dendrite; they draw in as the cell becomes a unit."""
    thin = QPen(pen)
    thin.setWidthF(max(1.0, pen.widthF() * 0.55))
    painter.setPen(thin)
    for at, turn in twigs:
        root = path.pointAtPercent(at)
        angle = math.radians(-path.angleAtPercent(at)) + math.pi + turn
        painter.drawLine(root, root + QPointF(math.cos(angle), math.sin(angle)) * length)


def _paint_head(painter: QPainter, path: QPainterPath, color: QColor, size: float) -> None:
    """The head of an arrow at the end of `path`."""
    tip = path.pointAtPercent(1.0)
    angle = math.radians(-path.angleAtPercent(0.98))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    back = tip - QPointF(math.cos(angle), math.sin(angle)) * size
    side = QPointF(-math.sin(angle), math.cos(angle)) * size * 0.55
    painter.drawPolygon([tip, back + side, back - side])


def _write_at(painter: QPainter, centre: QPointF, text: str, bounds: QRectF) -> None:
    """`text` centred on `centre`, kept inside `bounds`."""
    metrics = QFontMetricsF(painter.font())
    width, height = metrics.horizontalAdvance(text) + 2, metrics.height()
    left = min(max(centre.x() - width / 2, 1.0), bounds.width() - width - 1.0)
    top = min(max(centre.y() - height / 2, 0.0), bounds.height() - height)
    painter.drawText(QRectF(left, top, width, height), Qt.AlignmentFlag.AlignCenter, text)
