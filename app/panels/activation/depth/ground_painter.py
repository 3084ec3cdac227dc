"""Paints what lies under the answers on the board of depth: rows, headings, axes, the numbers of the layers. Knows no widget."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from app.panels.activation.depth.drawing import Drawing, headings
from app.panels.activation.depth.geometry import Axis, Frame, Row, RowName, decade_ticks
from app.widgets.number_words import power, readable
from app.widgets.theme import Theme


class GroundPainter:
    """One painting, into the board's rectangle."""

    def __init__(self, theme: Theme, painter: QPainter, frame: Frame, drawing: Drawing) -> None:
        self._theme = theme
        self._painter = painter
        self._frame = frame
        self._drawing = drawing
        self._metrics = QFontMetricsF(theme.font("small"))

    def paint(self) -> None:
        """What no answer changes."""
        self._painter.setFont(self._theme.font("small"))
        self._painter.setPen(QPen(self._theme.color("hairline"), 1.0))
        for row in self._frame.rows:
            self._painter.drawRect(
                QRectF(self._frame.left, row.top, self._frame.right - self._frame.left, row.bottom - row.top)
            )
        self._painter.setPen(self._theme.color("muted"))
        for name, words in headings(self._drawing).items():
            self._paint_heading(name, words)
        self._paint_stations()

    def paint_axes(self, axes: dict[RowName, Axis]) -> None:
        """What most answers change: what lies where along the rows' height."""
        self._painter.setFont(self._theme.font("small"))
        for row in self._frame.rows:
            self._paint_axis(row, axes[row.name])

    def _paint_axis(self, row: Row, axis: Axis) -> None:
        if row.name in ("activations", "gradients"):
            self._paint_numbers(row, axis)
        elif row.name == "silence":
            has_both = row.bottom - row.top >= 1.8 * self._metrics.height()
            for share, text in ((0.0, "0 %"), (1.0, "100 %")) if has_both else ((1.0, "100 %"),):
                self._write_tick(row, float(axis.place(np.array(share))), text)
        else:
            self._paint_powers(row, axis)

    def _paint_numbers(self, row: Row, axis: Axis) -> None:
        if self._drawing.scale == "own":
            ticks = [(-1.0, "−max"), (0.0, "0"), (1.0, "max")]
        else:
            step = _round_step(axis.high - axis.low, row.bottom - row.top, 2.2 * self._metrics.height())
            first = int(np.ceil(axis.low / step))
            ticks = [(number * step, readable(number * step, 4, least=0.0))
                     for number in range(first, int(axis.high / step) + 1)]  # fmt: skip
        for value, text in ticks:
            y = float(axis.place(np.array(value)))
            self._paint_level(y, "border" if value == 0 else "grid")
            self._write_tick(row, y, text)

    def _paint_powers(self, row: Row, axis: Axis) -> None:
        most = int((row.bottom - row.top) / (1.4 * self._metrics.height()))
        for exponent in decade_ticks(math.ceil(axis.low), math.floor(axis.high), most):
            y = float(axis.place(np.array(float(exponent))))
            self._paint_level(y, "border" if exponent == 0 else "grid")
            self._write_tick(row, y, power(exponent))

    def _paint_heading(self, name: RowName, words: str) -> None:
        row = self._frame.row(name)
        if self._metrics.horizontalAdvance(words) > self._frame.right - self._frame.left:
            words = words.partition(";")[0]  # the card of a layer leaves it little room
        box = QRectF(self._frame.left, row.top - self._metrics.height() - 2, self._frame.right, self._metrics.height())
        self._painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft), words)

    def _write_tick(self, row: Row, y: float, text: str) -> None:
        height = self._metrics.height()
        top = min(max(y - height / 2, row.top - 4), row.bottom - height + 4)
        box = QRectF(0.0, top, self._frame.left - self._theme.gap(6), height)
        self._painter.setPen(self._theme.color("muted"))
        self._painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_level(self, y: float, token: str = "grid") -> None:
        self._painter.setPen(QPen(self._theme.color(token), 1.0))
        self._painter.drawLine(QPointF(self._frame.left, y), QPointF(self._frame.right, y))

    def _paint_stations(self) -> None:
        """The numbers of the layers along the bottom, as many as have room."""
        frame = self._frame
        room = self._metrics.horizontalAdvance("50") + self._theme.gap(10)
        step = next((step for step in (1, 2, 5, 10) if step * frame.pitch >= room), 25)
        bottom = frame.rows[-1].bottom
        height = self._metrics.height()
        for station in range(frame.layers + 1):
            is_first = station == 1 and frame.pitch >= 0.6 * room
            if station and not is_first and station % step and station != frame.layers:
                continue
            if station != frame.layers and 0 < frame.layers - station < room / frame.pitch and station % step == 0:
                continue  # the last one is always written
            text = "in" if station == 0 else str(station)
            box = QRectF(frame.center(station) - 40, bottom + 3, 80, height)
            self._painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), text)
        box = QRectF(0.0, bottom + 3, frame.left - self._theme.gap(6), height)
        self._painter.drawText(box, int(Qt.AlignmentFlag.AlignRight), "layer")


def _round_step(span: float, room: float, least: float) -> float:
    """Distance of two ticks, 1, 2 or 5 times a power of ten, so that they lie at least `least` px apart."""
    raw = span * least / max(room, 1.0)
    size = 10.0 ** np.floor(np.log10(max(raw, 1e-300)))
    return float(next(factor * size for factor in (1, 2, 5, 10) if factor * size >= raw))
