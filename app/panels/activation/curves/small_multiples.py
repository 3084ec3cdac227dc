"""SmallMultiples: one small plot for each function, value over derivative, where there are too many to lay over one another."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.panels.activation.curve_layer import curve_pen_of, draw_line
from app.panels.activation.curves.samples import Samples, rows_needed
from app.panels.activation.curves.state import CurvesState, Row
from app.panels.activation.functions import PlottedFunction
from app.widgets.number_words import readable
from app.widgets.theme import Theme

Floats = npt.NDArray[np.float64]

_PENS: dict[Row, int] = {
    "value": 0,
    "derivative": 1,
    "second_derivative": 2,
}  # in every cell the same: solid, dashed, dotted
_WORDS: dict[Row, str] = {"value": "f", "derivative": "f′", "second_derivative": "f″"}


class SmallMultiples(QWidget):
    """All cells have the same axes. A click chooses a function; only a cell whose function changed is painted anew."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = CurvesState()
        self._functions: tuple[PlottedFunction, ...] = ()
        self._lines: list[tuple[tuple[Row, Floats], ...]] = []
        self._x: Floats = np.empty(0)
        self.setAccessibleName("One small plot for each function")
        self.setToolTip("Click a plot, or press the arrow keys, to choose its function; all have the same axes")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)

    def show_functions(self, state: CurvesState, functions: tuple[PlottedFunction, ...], samples: Samples) -> None:
        """Show these; what has not changed is not painted again."""
        low, high = state.span("value")
        lines = [
            tuple((row, samples.line(function, row, high - low)) for row in rows_needed(state))
            for function in functions
        ]
        is_other = (
            len(functions) != len(self._functions)
            or _looks_other(self._state, state)
            or self._x is not samples.x
            or state.selected != self._state.selected
        )
        changed = [
            number
            for number, (old, new) in enumerate(zip(self._functions, functions, strict=False))
            if old.choice != new.choice
        ]
        self._state, self._functions, self._lines, self._x = state, functions, lines, samples.x
        if is_other:
            self.update()
        for number in changed:
            self.update(self.cell(number))

    # --- where --------------------------------------------------------------------------------------------------------

    def _columns(self) -> int:
        count = max(1, len(self._functions))
        shape = max(self.width(), 1) / max(self.height(), 1)
        return max(1, min(count, math.ceil(math.sqrt(count * shape / 1.35))))

    def cell(self, number: int) -> QRect:
        """The place of cell `number`, px."""
        columns = self._columns()
        rows = max(1, math.ceil(len(self._functions) / columns))
        column, row = number % columns, number // columns
        left, right = self.width() * column // columns, self.width() * (column + 1) // columns
        top, bottom = self.height() * row // rows, self.height() * (row + 1) // rows
        return QRect(left, top, right - left, bottom - top)

    def _cell_at(self, place: QPoint) -> int | None:
        return next((number for number in range(len(self._functions)) if self.cell(number).contains(place)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._cell_at(event.position().toPoint())
        if number is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns(),
            Qt.Key.Key_Down: self._columns(),
        }
        step = steps.get(Qt.Key(event.key()))
        number = self._state.selected + step if step is not None else -1
        if 0 <= number < len(self._functions):
            self.chosen.emit(number)
        elif step is None:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.update()

    # --- painting -----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number in range(len(self._functions)):
            cell = self.cell(number)
            if cell.intersects(event.rect()):
                self._paint_cell(painter, number, QRectF(cell).adjusted(4, 4, -4, -4))

    def _paint_cell(self, painter: QPainter, number: int, cell: QRectF) -> None:
        theme, state = self._theme, self._state
        painter.setPen(
            QPen(
                theme.color("accent" if number == state.selected else "hairline"), 2 if number == state.selected else 1
            )
        )
        painter.setBrush(theme.color("panel"))
        painter.drawRoundedRect(cell, 6, 6)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        font = theme.font("heading")
        height = QFontMetricsF(font).height()
        head = QRectF(cell.left() + 8, cell.top() + 4, cell.width() - 16, height)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        title = QFontMetricsF(font).elidedText(self._functions[number].title, Qt.TextElideMode.ElideRight, head.width())
        painter.drawText(head, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), title)
        self._paint_key(painter, head)
        field = QRectF(cell.left() + 6, head.bottom() + 4, cell.width() - 12, cell.bottom() - head.bottom() - 10)
        if field.height() < 12:
            return
        (x_low, x_high), (y_low, y_high) = state.x, state.span("value")
        x_scale, y_scale = field.width() / (x_high - x_low), field.height() / (y_high - y_low)
        painter.save()
        painter.setClipRect(field)
        painter.setPen(QPen(theme.color("border"), 1))
        zero_x, zero_y = field.left() - x_low * x_scale, field.bottom() + y_low * y_scale
        painter.drawLine(QPointF(zero_x, field.top()), QPointF(zero_x, field.bottom()))
        painter.drawLine(QPointF(field.left(), zero_y), QPointF(field.right(), zero_y))
        self._paint_numbers(painter, field, QPointF(zero_x, zero_y))
        for row, line in self._lines[number]:
            painter.setPen(curve_pen_of(theme, _PENS[row]))
            x = field.left() + (self._x - x_low) * x_scale
            with np.errstate(invalid="ignore"):
                y = np.clip(field.bottom() - (line - y_low) * y_scale, field.top() - 40, field.bottom() + 40)
            draw_line(painter, x, y)
        painter.restore()

    def _paint_numbers(self, painter: QPainter, field: QRectF, zero: QPointF) -> None:
        """The ends of both axes, as numbers: the same in every cell."""
        theme, state = self._theme, self._state
        font = theme.font("small")
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(theme.color("muted"))
        height = metrics.height()
        y = min(max(zero.y() + 1, field.top()), field.bottom() - height)
        x = min(max(zero.x() + 4, field.left()), field.right() - 40)
        left, right = (readable(end) for end in state.x)
        low, high = (readable(end) for end in state.span("value"))
        flags = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(field.left() + 1, y, 60, height), flags, left)
        width = metrics.horizontalAdvance(right)
        painter.drawText(QRectF(field.right() - width - 1, y, width + 1, height), flags, right)
        painter.drawText(QRectF(x, field.top(), 60, height), flags, high)
        painter.drawText(QRectF(x, field.bottom() - height, 60, height), flags, low)

    def _paint_key(self, painter: QPainter, head: QRectF) -> None:
        """Which line is which, at the right of the head; only where there is room for it."""
        theme = self._theme
        font = theme.font("small")
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        x = head.right()
        if head.width() < 190 * theme.scale:
            return
        for row, _ in reversed(self._lines[0]):
            width = metrics.horizontalAdvance(_WORDS[row])
            x -= width
            painter.setPen(theme.series(_PENS[row]))
            painter.drawText(
                QRectF(x, head.top(), width + 1, head.height()), int(Qt.AlignmentFlag.AlignVCenter), _WORDS[row]
            )
            x -= 22
            painter.setPen(curve_pen_of(theme, _PENS[row], 1.6))
            painter.drawLine(QPointF(x, head.center().y()), QPointF(x + 18, head.center().y()))
            x -= 8


def _looks_other(before: CurvesState, after: CurvesState) -> bool:
    """Whether every cell looks different."""
    return (before.rows, before.x, before.y) != (after.rows, after.x, after.y)
