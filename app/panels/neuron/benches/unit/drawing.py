"""The drawing that turns the cell on stage into a unit: synapses become arrows with weights, the soma a sum, the hillock a threshold.

Everything is a function of the state, of `morph` (0 cell, 1 unit) and of the cell at the moment shown. Asks no cell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.cell_recording import CellFrame
from app.panels.neuron.benches.unit.logic import (
    BACKGROUND,
    UnitState,
    drives,
    output,
    says_one,
    sites,
    stage_plan,
    weighted_sum,
)
from app.panels.neuron.benches.unit.stage_scene import StageScene
from app.simulation.biology.stage import Arrival, StagePlan
from app.widgets.theme import Theme

_NAMES = ("x₁", "x₂", "x₃")
_ROWS = ((0.15, 0.2), (0.38, 0.5), (0.61, 0.8), (0.78, 0.97))  # of the height, each input: in the cell, in the unit
_WEIGHTS = ("w₁", "w₂", "w₃")
_LABEL_AT = (
    (0.5, 0.5, -0.45),
    (0.42, 0.0, -0.4),
    (0.5, 0.6, 0.5),
)  # of an arrow's way to the sum; radii right and down


class UnitDrawing(QWidget):
    """Click an input to switch it between 0 and 1 (`input_clicked`)."""

    input_clicked = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._state = UnitState()
        self._plan = StagePlan()
        self.morph = 0.0
        self.scene = StageScene(theme)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setToolTip("Click an input to switch it between 0 and 1")
        theme.changed.connect(self._on_theme_changed)

    def show_state(self, state: UnitState, morph: float) -> None:
        """Draw `state`, so far on the way from the cell to the unit."""
        self._state, self.morph = state, morph
        z = weighted_sum(state, state.x)
        y = output(state.activation, z)
        self.setAccessibleName(f"Unit: sum {z:g}, output {y:.2g}" if morph > 0.5 else f"Cell: sum {z:g}")
        picture = self.scene.picture
        self.scene.show_frame(picture.frame, picture.arrivals, stage_plan(state, state.x, self._plan))
        self.update()

    def show_frame(self, frame: CellFrame | None, arrivals: Sequence[Arrival], plan: StagePlan) -> None:
        """The cell on stage at the moment shown; plan: its own, whose body is drawn with the unit's synapses."""
        self._plan = plan
        if self.scene.show_frame(frame, arrivals, stage_plan(self._state, self._state.x, plan)) and self.morph < 1.0:
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(460), self._theme.px(260))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(200), self._theme.px(140))

    # --- places -------------------------------------------------------------------------------------------------------

    def input_place(self, number: int) -> QPointF:
        """Centre of input `number` (0 to 2), or of the background, px."""
        radius, line = self._input_radius, QFontMetricsF(self._theme.font("value")).height()
        y = _input_rows(self.height(), radius, line, self.morph)[number]
        return QPointF(radius + self.width() * (0.02 + 0.05 * self.morph), y)

    def _place(self, cell: QPointF, x: float) -> QPointF:
        """Of a part that is at `cell` in the cell, and at `x` of the width, half way down, in the unit."""
        return _between(cell, QPointF(self.width() * x, self.height() * 0.5), self.morph)

    @property
    def _soma(self) -> QPointF:
        return self._place(self.scene.soma, 0.49)

    @property
    def _hillock(self) -> QPointF:
        return self._place(self.scene.hillock, 0.69)

    @property
    def _end(self) -> QPointF:
        return self._place(self.scene.bouton, 0.92)

    @property
    def _radius(self) -> float:
        return min(self.height() * 0.14, self.width() * 0.09)

    @property
    def _input_radius(self) -> float:
        """Of an input: its name stands between it and the one above."""
        line = QFontMetricsF(self._theme.font("value")).height()
        return max(min(self._radius * 0.55, 0.115 * self.height() - 0.65 * line), line * 0.52)

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
        cell = max(1.0 - 1.6 * self.morph, 0.0)  # how much there is of the cell, and then of the unit
        unit = max(1.6 * self.morph - 0.6, 0.0)
        self.scene.fit(QSizeF(self.size()), tuple(self._input_box(number) for number in range(4)))
        if cell > 0.0:
            self.scene.paint(painter, self.devicePixelRatioF(), cell)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        z = weighted_sum(self._state, self._state.x)
        is_one = says_one(self._state.activation, z)
        for number in range(3):
            self._paint_branches(painter, number)
        if cell > 0.0:
            painter.setOpacity(cell)
            self._paint_branches(painter, BACKGROUND)
            self._paint_background(painter)
        if unit > 0.0:
            painter.setOpacity(unit)
            self._paint_axon(painter, is_one)
            self._paint_soma(painter, z - self._state.bias)  # the bias is the threshold, which stands beside it
            self._paint_hillock(painter, is_one)
            self._paint_output(painter, output(self._state.activation, z), is_one)
            self._paint_words(painter)
        painter.setOpacity(1.0)
        for number in range(3):
            self._paint_input(painter, number)

    def _input_box(self, number: int) -> QRectF:
        """An input, its name and its weight."""
        place, radius = self.input_place(number), self._input_radius
        metrics = QFontMetricsF(self._theme.font("value"))
        wide = metrics.horizontalAdvance("x₁  w₁=−0.5" if number < 3 else "background: b = −1.5")
        box = QRectF(
            place.x() - radius, place.y() - radius - metrics.height(), radius + wide, 2 * radius + metrics.height()
        )
        return box.intersected(QRectF(self.rect()))

    def _paint_branches(self, painter: QPainter, number: int) -> None:
        """From an input to each of its four synapses; the four become one arrow to the sum."""
        theme, morph = self._theme, self.morph
        start, soma = self.input_place(number), self._soma
        angle = math.atan2(start.y() - soma.y(), start.x() - soma.x())
        tip = soma + QPointF(math.cos(angle), math.sin(angle)) * self._radius * 1.05
        drive = drives(self._state, self._state.x)[number]
        weight = self._state.weights[number] if number < 3 else drive
        pen = _branch_pen(theme, weight, is_active=drive != 0.0, morph=morph)
        color = pen.color()
        for site in sites(number) if weight or morph > 0.0 else ():
            end = _between(self.scene.site(site), tip, morph)
            path = QPainterPath(start)
            third = QPointF((end.x() - start.x()) / 3.0 * (1.0 - morph), 0.0)
            straight = (end - start) * (morph / 3.0)
            path.cubicTo(start + third + straight, end - third - straight, end)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(path)
            if morph >= 1.0:
                break
        if morph > 0.8 and number < 3:
            arrow = QPainterPath(start)
            arrow.lineTo(tip)
            color.setAlphaF(1.0)
            _paint_head(painter, arrow, color, self._radius * 0.3 * (morph - 0.8) / 0.2)
            size = self._radius * 0.42 * math.sqrt(abs(weight) / 2.0) * (morph - 0.8) / 0.2
            _paint_synapse(painter, theme, arrow.pointAtPercent(0.27), size, weight)

    def _paint_background(self, painter: QPainter) -> None:
        """What stands for the bias: it fires each time, whatever the inputs are."""
        place, theme = self.input_place(BACKGROUND), self._theme
        text = f"background: b = {self._state.bias:.2g}".replace("-", "−")
        painter.setPen(QPen(theme.color("border"), theme.line_width))
        painter.setBrush(theme.color("panel"))
        painter.drawEllipse(place, theme.px(6), theme.px(6))
        wide = QFontMetricsF(theme.font("body")).horizontalAdvance(text)
        place += QPointF(theme.px(14) + wide / 2, theme.px(12))  # its branches go up from it
        self._write(painter, place, text, "body", theme.color("muted"), "panel")

    def _paint_soma(self, painter: QPainter, total: float) -> None:
        theme, radius = self._theme, self._radius
        painter.setPen(QPen(theme.color("text"), theme.line_width))
        painter.setBrush(theme.color("raised"))
        painter.drawEllipse(self._soma, radius, radius)
        self._write(painter, self._soma - QPointF(0, radius * 0.32), "Σ", "title", theme.color("text"))
        said = f"{total + 0.0:.3g}".replace("-", "−")
        self._write(painter, self._soma + QPointF(0, radius * 0.38), said, "value", theme.color("text"))

    def _paint_hillock(self, painter: QPainter, is_one: bool) -> None:
        """A box with the activation's curve in it."""
        theme, radius, centre = self._theme, self._radius, self._hillock
        half = radius * 0.62
        box = QRectF(centre.x() - half, centre.y() - half, 2 * half, 2 * half)
        painter.setPen(QPen(theme.color("text"), theme.line_width))
        painter.drawLine(self._soma + QPointF(radius, 0), QPointF(box.left(), centre.y()))
        painter.setBrush(theme.color("selection" if is_one else "raised"))
        painter.drawRect(box)
        painter.setPen(QPen(theme.color("accent"), theme.line_width * 1.3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(_activation_path(self._state.activation, box.adjusted(6, 6, -6, -6)))

    def _paint_axon(self, painter: QPainter, is_one: bool) -> None:
        theme, radius = self._theme, self._radius
        path = QPainterPath(self._hillock + QPointF(radius * 0.62, 0))
        path.lineTo(self._end - QPointF(radius * 0.7, 0))
        color = theme.color("positive" if is_one else "border")
        painter.setPen(QPen(color, theme.line_width * 1.4))
        painter.drawPath(path)
        _paint_head(painter, path, color, radius * 0.3)

    def _paint_input(self, painter: QPainter, number: int) -> None:
        theme, morph = self._theme, self.morph
        x, weight = self._state.x[number], self._state.weights[number]
        radius, line = self._input_radius, QFontMetricsF(theme.font("value")).height()
        place = self.input_place(number)
        fill = QColor(theme.color("positive"))
        fill.setAlphaF(0.12 + 0.5 * x if x > 0 else 0.0)
        painter.setPen(QPen(theme.color("positive" if x > 0 else "border"), theme.line_width))
        painter.setBrush(theme.color("panel"))
        painter.drawEllipse(place, radius, radius)
        painter.setBrush(fill)
        painter.drawEllipse(place, radius, radius)
        self._write(painter, place, f"{x:.2g}", "value", theme.color("text"))
        self._write(painter, place - QPointF(0, radius + line * 0.66), _NAMES[number], "value", theme.color("muted"))
        way, right, down = _LABEL_AT[number]
        at = place + (self._soma - place) * way + QPointF(right, down) * self._radius
        text = f"{_WEIGHTS[number]}{' = ' if morph > 0.5 else '='}{weight:.2g}".replace("-", "−")
        wide = QFontMetricsF(theme.font("value")).horizontalAdvance(text)
        at = _between(place + QPointF(wide / 2 + theme.px(14), -radius - line * 0.66), at, morph)
        self._write(painter, at, text, "value", theme.color("text"), "panel" if morph < 1.0 else "")

    def _paint_output(self, painter: QPainter, y: float, is_one: bool) -> None:
        theme = self._theme
        radius = self._radius * 0.62
        painter.setPen(QPen(theme.color("positive" if is_one else "border"), theme.line_width))
        painter.setBrush(theme.color("panel"))
        painter.drawEllipse(self._end, radius, radius)
        fill = QColor(theme.color("positive"))
        fill.setAlphaF(0.55 * min(y, 1.0))
        painter.setBrush(fill)
        painter.drawEllipse(self._end, radius, radius)
        self._write(painter, self._end, f"{y:.2g}", "value", theme.color("text"))

    def _paint_words(self, painter: QPainter) -> None:
        """The unit's words, where the lecture's stood in the cell."""
        gap, theta = self._radius, f"threshold −b = {-self._state.bias:.2g}".replace("= -", "= −")
        needed = QFontMetricsF(self._theme.font("body")).horizontalAdvance(theta)
        below = 1.15 if self._end.x() - self._hillock.x() > needed else 1.75  # beside its neighbour, or lower
        words = (
            (QPointF(self.width() * 0.27, self.height() * 0.93), "inputs × weights"),
            (self._soma - QPointF(0, gap * 1.35), "sum"),
            (self._hillock + QPointF(0, gap * below), theta),
            (self._end + QPointF(0, gap * 1.05), "output y"),
        )
        for place, word in words:
            self._write(painter, place, word, "body", self._theme.color("muted"))

    def _write(self, painter: QPainter, centre: QPointF, text: str, role: str, color: QColor, ground: str = "") -> None:
        painter.setFont(self._theme.font(role))
        painter.setPen(color)
        _write_at(painter, centre, text, QRectF(self.rect()), self._theme.color(ground) if ground else None)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.scene.forget()
        self.updateGeometry()
        self.update()


def _input_rows(height: float, radius: float, line: float, morph: float) -> list[float]:
    """Middles of the inputs and of the background, px: where they should be, or so far down that no name lies on a circle."""
    middles: list[float] = []
    for number, (cell, unit) in enumerate(_ROWS):
        least = (middles[-1] + radius if middles else 0.0) + (
            1.15 * line + radius if number < BACKGROUND else 0.45 * line
        )
        middles.append(max(height * (cell + (unit - cell) * morph), least))
    return middles


def _between(start: QPointF, end: QPointF, share: float) -> QPointF:
    return start + (end - start) * share


def _branch_pen(theme: Theme, weight: float, *, is_active: bool, morph: float) -> QPen:
    """Of an input's branches: in the colour of its weight's sign while it is active."""
    color = QColor(theme.color(("positive" if weight > 0 else "negative") if is_active else "border"))
    color.setAlphaF(0.75 + 0.25 * morph if is_active else 0.55 + 0.45 * morph)
    pen = QPen(color, theme.line_width * (0.7 + (0.7 if is_active else 0.5) * morph))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


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


def _paint_head(painter: QPainter, path: QPainterPath, color: QColor, size: float) -> None:
    """The head of an arrow at the end of `path`."""
    tip = path.pointAtPercent(1.0)
    angle = math.radians(-path.angleAtPercent(0.98))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    back = tip - QPointF(math.cos(angle), math.sin(angle)) * size
    side = QPointF(-math.sin(angle), math.cos(angle)) * size * 0.55
    painter.drawPolygon([tip, back + side, back - side])


def _write_at(painter: QPainter, centre: QPointF, text: str, bounds: QRectF, ground: QColor | None) -> None:
    """`text` centred on `centre`, kept inside `bounds`; on a `ground` where dendrites and branches may run behind it."""
    metrics = QFontMetricsF(painter.font())
    width, height = metrics.horizontalAdvance(text) + 2, metrics.height()
    left = min(max(centre.x() - width / 2, 1.0), bounds.width() - width - 1.0)
    top = min(max(centre.y() - height / 2, 0.0), bounds.height() - height)
    box = QRectF(left, top, width, height)
    if ground is not None:
        painter.fillRect(box, ground)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _paint_synapse(painter: QPainter, theme: Theme, at: QPointF, radius: float, weight: float) -> None:
    """A disc whose area is the weight; inhibition is a ring with a bar: colour never alone."""
    if radius < 0.5:
        return
    color = theme.color("positive" if weight > 0 else "negative")
    painter.setPen(QPen(color, theme.line_width))
    painter.setBrush(color if weight > 0 else theme.color("panel"))
    painter.drawEllipse(at, radius, radius)
    if weight < 0:
        painter.drawLine(at - QPointF(radius * 0.5, 0), at + QPointF(radius * 0.5, 0))
