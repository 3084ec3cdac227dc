"""The square of inputs: where the unit says 1, the line that divides it, the corners that a gate wants. Asks no cell."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.panels.neuron.benches.unit.logic import TARGETS, UnitState, is_row_met
from app.panels.neuron.cell_painter import mixed
from app.widgets.theme import Theme

LOW, HIGH = -0.25, 1.25
_CELLS = 72
_STRENGTH = 0.42  # of the colour, where the output is 1


class InputSquare(QWidget):
    """Drag the diamond: `point_moved` brings x1 and x2 as they are dragged, `point_settled` the end."""

    point_moved = Signal(float, float)
    point_settled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._state = UnitState()
        self._shows_way_out = False
        self._is_dragging = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setToolTip("Drag the diamond to any inputs between 0 and 1; the line is where the sum meets the threshold")
        self.setAccessibleName("Square of the inputs x1 and x2")
        theme.changed.connect(self.update)

    def show_state(self, state: UnitState, shows_way_out: bool) -> None:
        """shows_way_out: the two lines that XOR would need."""
        self._state, self._shows_way_out = state, shows_way_out
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(250), self._theme.px(250))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(90), self._theme.px(64))

    # --- places -------------------------------------------------------------------------------------------------------

    def _box(self) -> QRectF:
        margin = QFontMetricsF(self._theme.font("value")).height() * 1.25
        side = max(min(self.width() - margin - 6, self.height() - margin - 6), 10.0)
        left = margin + (self.width() - margin - 6 - side) / 2
        return QRectF(left, 4 + (self.height() - margin - 6 - side) / 2, side, side)

    def place_of(self, x1: float, x2: float) -> QPointF:
        """Where the inputs (x1, x2) are drawn, px."""
        box = self._box()
        span = HIGH - LOW
        return QPointF(box.left() + box.width() * (x1 - LOW) / span, box.bottom() - box.height() * (x2 - LOW) / span)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._box().contains(event.position()):
            self._is_dragging = True
            self._move_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_dragging:
            self._move_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._is_dragging:
            self._is_dragging = False
            self.point_settled.emit()

    def _move_to(self, place: QPointF) -> None:
        box = self._box()
        span = HIGH - LOW
        x1 = LOW + span * (place.x() - box.left()) / box.width()
        x2 = LOW + span * (box.bottom() - place.y()) / box.height()
        self.point_moved.emit(round(min(max(x1, 0.0), 1.0), 2), round(min(max(x2, 0.0), 1.0), 2))

    # --- drawing ------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self._box()
        self._paint_shading(painter, box)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        painter.setPen(QPen(theme.color("hairline"), 1))
        painter.drawRect(QRectF(self.place_of(0, 1), self.place_of(1, 0)))
        self._paint_axes(painter, box)
        painter.save()
        painter.setClipRect(box)
        if self._shows_way_out:
            for threshold in (0.5, 1.5):
                painter.setPen(QPen(theme.color("series_3"), theme.line_width, Qt.PenStyle.DashLine))
                painter.drawLine(self.place_of(threshold + 1, -1), self.place_of(threshold - 2, 2))
        self._paint_line(painter)
        painter.restore()
        for row, wanted in TARGETS[self._state.goal].items():
            self._paint_corner(painter, row, wanted)
        self._paint_point(painter)

    def _paint_shading(self, painter: QPainter, box: QRectF) -> None:
        """The output over the square, more of the excitatory colour the larger it is, at most 1."""
        if self._state.activation == "step":  # its edge is the line itself: pixels would stand out beside it as teeth
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.tone(0.0))
            painter.drawRect(box)
            painter.setBrush(self.tone(1.0))
            painter.drawPolygon([self.place_of(*corner) for corner in self.ones()])
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(box, self._shading())

    def tone(self, output: float) -> QColor:
        """The colour of an output from 0 to 1."""
        return mixed(self._theme.color("panel"), self._theme.color("positive"), _STRENGTH * output)

    def ones(self) -> list[tuple[float, float]]:
        """Corners (x1, x2) of the part of the square in which a unit with a step says 1."""
        state = self._state
        corners = [(LOW, LOW), (HIGH, LOW), (HIGH, HIGH), (LOW, HIGH)]
        sums = [state.w1 * x1 + state.w2 * x2 + state.w3 * state.x3 + state.bias for x1, x2 in corners]
        kept: list[tuple[float, float]] = []
        for number, (here, z) in enumerate(zip(corners, sums, strict=True)):
            if z >= 0.0:
                kept.append(here)
            (x1, x2), other = corners[(number + 1) % 4], sums[(number + 1) % 4]
            if (z >= 0.0) != (other >= 0.0):
                share = z / (z - other)
                kept.append((here[0] + share * (x1 - here[0]), here[1] + share * (x2 - here[1])))
        return kept

    def _shading(self) -> QImage:
        state = self._state
        steps = LOW + (HIGH - LOW) * (np.arange(_CELLS) + 0.5) / _CELLS
        z = state.w1 * steps[None, :] + state.w2 * steps[::-1, None] + state.w3 * state.x3 + state.bias
        y = np.clip(z, 0.0, 1.0) if state.activation == "relu" else 1.0 / (1.0 + np.exp(-z))
        low, high = self._theme.color("panel"), self._theme.color("positive")
        share = (_STRENGTH * y)[..., None]
        ends = [np.array([color.red(), color.green(), color.blue()], float) for color in (low, high)]
        pixels = np.ascontiguousarray((ends[0] + share * (ends[1] - ends[0])).astype(np.uint8))
        return QImage(pixels.data, _CELLS, _CELLS, 3 * _CELLS, QImage.Format.Format_RGB888).copy()

    def _paint_line(self, painter: QPainter) -> None:
        """w1 x1 + w2 x2 + w3 x3 + b = 0."""
        state = self._state
        rest = state.w3 * state.x3 + state.bias
        painter.setPen(QPen(self._theme.color("text"), self._theme.line_width * 1.3))
        if abs(state.w2) >= abs(state.w1) and state.w2 != 0.0:
            ends = [(x, -(rest + state.w1 * x) / state.w2) for x in (LOW, HIGH)]
        elif state.w1 != 0.0:
            ends = [(-(rest + state.w2 * x) / state.w1, x) for x in (LOW, HIGH)]
        else:
            return
        painter.drawLine(self.place_of(*ends[0]), self.place_of(*ends[1]))

    def _paint_axes(self, painter: QPainter, box: QRectF) -> None:
        theme = self._theme
        font = theme.font("value")
        painter.setFont(font)
        painter.setPen(theme.color("muted"))
        height = QFontMetricsF(font).height()
        for value in (0.0, 1.0):
            x, y = self.place_of(value, 0).x(), self.place_of(0, value).y()
            painter.drawText(QRectF(x - 20, box.bottom() + 2, 40, height), Qt.AlignmentFlag.AlignCenter, f"{value:.0f}")
            painter.drawText(
                QRectF(box.left() - height * 1.2, y - height / 2, height, height),
                Qt.AlignmentFlag.AlignRight,
                f"{value:.0f}",
            )
        middle = self.place_of(0.5, 0.5)
        painter.setPen(theme.color("text"))
        painter.drawText(QRectF(middle.x() - 20, box.bottom() + 2, 40, height), Qt.AlignmentFlag.AlignCenter, "x₁")
        painter.drawText(
            QRectF(box.left() - height * 1.3, middle.y() - height / 2, height * 1.2, height),
            Qt.AlignmentFlag.AlignRight,
            "x₂",
        )

    def _paint_corner(self, painter: QPainter, row: tuple[int, int], wanted: int) -> None:
        """A filled disc where the gate wants 1, a ring where it wants 0, crossed out where the unit says something else."""
        theme = self._theme
        place = self.place_of(*row)
        radius = theme.px(8)
        painter.setPen(QPen(theme.color("text"), theme.line_width))
        painter.setBrush(theme.color("text") if wanted else theme.color("panel"))
        painter.drawEllipse(place, radius, radius)
        if not is_row_met(self._state, row):
            painter.setPen(QPen(theme.color("bad"), theme.line_width * 1.4))
            reach = radius * 1.5
            for sign in (1, -1):
                painter.drawLine(place - QPointF(reach, sign * reach), place + QPointF(reach, sign * reach))

    def _paint_point(self, painter: QPainter) -> None:
        theme = self._theme
        place, size = self.place_of(self._state.x1, self._state.x2), theme.px(7)
        painter.setPen(QPen(theme.color("panel"), 1.5))
        painter.setBrush(theme.color("accent"))
        painter.drawPolygon(
            [place + QPointF(*corner) for corner in ((0, -size * 1.5), (size, 0), (0, size * 1.5), (-size, 0))]
        )
