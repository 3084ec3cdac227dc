"""The truth table that lights up: what the unit says in each row, what the gate wants, what the living cell does. Asks no cell."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.panels.neuron.benches.unit.logic import (
    TARGETS,
    UnitState,
    demand,
    is_row_met,
    output,
    row_x,
    rows,
    weighted_sum,
)
from app.widgets.theme import Theme

_SHARES = (0.08, 0.08, 0.38, 0.12, 0.15, 0.19)


class TruthTable(QWidget):
    """x1, x2, what the row asks of the weights, y, what is wanted, and whether the living cell fires."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._state = UnitState()
        self._cell: Mapping[tuple[int, int], bool] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("A row is lit and ticked where the unit says what the gate wants")
        theme.changed.connect(self._on_theme_changed)

    def show_state(self, state: UnitState, cell: Mapping[tuple[int, int], bool]) -> None:
        """cell: whether the living cell fired, for the rows that it was asked for."""
        self._state, self._cell = state, dict(cell)
        met = [f"{x1} {x2}: {'met' if is_row_met(state, (x1, x2)) else 'not met'}" for x1, x2 in rows(state)]
        self.setAccessibleName(f"Truth table of {state.goal.upper()}; {', '.join(met)}")
        self.update()

    @property
    def _line(self) -> float:
        return QFontMetricsF(self._theme.font("value")).height() * 1.2

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(300), round(self._line * 5 + 2))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(220), round(self._line * 5 + 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, state, line = self._theme, self._state, self._line
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_row(painter, 0.0, ("x₁", "x₂", "asks for", "y", "want", "cell"), "muted")
        painter.setPen(QPen(theme.color("hairline"), 1))
        painter.drawLine(0, round(line), self.width(), round(line))
        for number, row in enumerate(rows(state)):
            top = line * (number + 1)
            is_lit = is_row_met(state, row)
            if is_lit:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("selection"))
                painter.drawRoundedRect(QRectF(0, top + 2, self.width(), line - 3), 5, 5)
            y = output(state.activation, weighted_sum(state, row_x(state, row)))
            cell = {None: "?", True: "fires", False: "silent"}[self._cell.get(row)]
            mark = "✓" if is_lit else "✗"
            texts = (
                str(row[0]),
                str(row[1]),
                demand(state, row),
                f"{y:.2g}",
                f"{TARGETS[state.goal][row]} {mark}",
                cell,
            )
            self._paint_row(painter, top, texts, "selection_text" if is_lit else "text")

    def _paint_row(self, painter: QPainter, top: float, texts: tuple[str, ...], token: str) -> None:
        theme = self._theme
        painter.setFont(theme.font("value" if token != "muted" else "small"))
        painter.setPen(theme.color(token))
        left = 0.0
        for text, share in zip(texts, _SHARES, strict=True):
            width = self.width() * share
            painter.drawText(QRectF(left, top, width, self._line), Qt.AlignmentFlag.AlignCenter, text)
            left += width

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
