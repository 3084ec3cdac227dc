"""Paints the board of depth: histograms, spreads and silent units of one or two settings, station beside station. Knows no widget."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from app.panels.activation.depth.drawing import Drawing, Drawn, figures_of
from app.panels.activation.depth.end_words import End, write_ends
from app.panels.activation.depth.figures import end_of, spread
from app.panels.activation.depth.geometry import Axis, Frame, Row, RowName, outlines, own_reach, powers
from app.panels.activation.depth.slot_look import paint_curve, paint_dots, slot_color
from app.panels.activation.depth.state import Slot
from app.widgets.theme import Theme
from trainers.activation_lab import LayerFigures

Floats = npt.NDArray[np.float64]

_FILL = {"a": 150, "b": 70}  # opacity of a histogram: B has an outline instead
_WIDE = 24.0  # px of a station: from there on A's histograms have an outline too
_NARROWEST = 1.6  # px: a histogram that is lower than this is drawn as a line


class BoardPainter:
    """One painting: `paint` draws what the answers say into the board's rectangle."""

    def __init__(
        self, theme: Theme, painter: QPainter, frame: Frame, drawing: Drawing, axes: dict[RowName, Axis]
    ) -> None:
        self._theme = theme
        self._painter = painter
        self._frame = frame
        self._drawing = drawing
        self._axes = axes

    def paint(self) -> None:
        """All of it, on a ground that is there already."""
        name: RowName
        self._painter.setFont(self._theme.font("small"))
        for name, is_backward in (("activations", False), ("gradients", True)):
            self._paint_histograms(self._frame.row(name), is_backward=is_backward)
        for name, is_backward in (("spread", False), ("gradient_spread", True)):
            self._paint_spreads(self._frame.row(name), is_backward=is_backward)
        self._paint_silence(self._frame.row("silence"))

    def _rect(self, row: Row) -> QRectF:
        return QRectF(self._frame.left, row.top, self._frame.right - self._frame.left, row.bottom - row.top)

    # --- histograms ---------------------------------------------------------------------------------------------------

    def _halves(self, slot: Slot) -> tuple[float, float]:
        """How far a histogram reaches to the left and right: alone to both sides, of two A to the left and B to the right."""
        half = 0.46 * self._frame.pitch
        if len(self._drawing.drawn) == 1:
            return half, half
        return (half, 0.0) if slot == "a" else (0.0, half)

    def _paint_histograms(self, row: Row, *, is_backward: bool) -> None:
        painter, frame = self._painter, self._frame
        all_figures = [figures_of(one, is_backward=is_backward) for one in self._drawing.drawn]
        is_own = self._drawing.scale == "own"
        axis = self._axes[row.name]
        painter.save()
        painter.setClipRect(self._rect(row))
        for one, figures in zip(self._drawing.drawn, all_figures, strict=True):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, one.slot == "a" or frame.pitch > _WIDE)
            self._paint_columns(one.slot, figures, row, axis, is_own=is_own)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for one, figures in zip(self._drawing.drawn, all_figures, strict=True):
            means = figures.mean / own_reach(figures) if is_own else figures.mean
            with np.errstate(invalid="ignore"):
                places = np.where((means >= axis.low) & (means <= axis.high), axis.place(means), np.nan)
            paint_curve(
                painter,
                self._theme,
                one.slot,
                frame.centers[: len(places)],
                places,
                max(1.2, 0.6 * self._theme.line_width),
            )
        painter.restore()

    def _paint_columns(self, slot: Slot, figures: LayerFigures, row: Row, axis: Axis, *, is_own: bool) -> None:
        painter, frame = self._painter, self._frame
        halves = self._halves(slot)
        shapes, bottoms, tops = outlines(figures, frame, axis, row, halves, is_own=is_own)
        color = slot_color(self._theme, slot)
        fill = QColor(color)
        fill.setAlpha(_FILL[slot])
        edge = QPen(color, 1.0) if slot == "b" or frame.pitch > _WIDE else QPen(Qt.PenStyle.NoPen)
        thin = QPen(color, 2.0)
        thin.setCapStyle(Qt.PenCapStyle.FlatCap)
        is_flat = np.abs(bottoms - tops) < _NARROWEST
        flat = []
        painter.setPen(edge)
        painter.setBrush(fill)
        # one polygon for all: to make another for each took as long as to paint it
        polygon: QPolygonF = pg.functions.create_qpolygonf(4 * figures.counts.shape[1] + 4)
        points = pg.functions.ndarray_from_qpolygonf(polygon)
        for station, shape in enumerate(shapes):
            middle = frame.center(station)
            if not len(shape):
                self._paint_overflow(middle, halves, row, color)
            elif is_flat[station]:
                y = float(0.5 * (bottoms[station] + tops[station]))
                flat.append(QLineF(middle - halves[0], y, middle + halves[1], y))
            else:
                points[:] = shape
                painter.drawPolygon(polygon)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(thin)
        painter.drawLines(flat)

    def _paint_overflow(self, middle: float, halves: tuple[float, float], row: Row, color: QColor) -> None:
        """No number of this station is finite: a hatched column over the whole height."""
        place = QRectF(middle - halves[0], row.top, halves[0] + halves[1], row.bottom - row.top)
        pale = QColor(color)
        pale.setAlpha(150)
        self._painter.fillRect(place, QBrush(pale, Qt.BrushStyle.DiagCrossPattern))

    # --- spreads ------------------------------------------------------------------------------------------------------

    def _paint_spreads(self, row: Row, *, is_backward: bool) -> None:
        painter = self._painter
        curves = [spread(figures_of(one, is_backward=is_backward)) for one in self._drawing.drawn]
        between = [] if is_backward else [one.answer.between for one in self._drawing.drawn]
        axis = self._axes[row.name]
        painter.save()
        painter.setClipRect(self._rect(row).adjusted(-3, -3, 3, 3))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ends: list[End] = []
        lines: list[tuple[Floats, Floats]] = []
        for number, (one, curve) in enumerate(zip(self._drawing.drawn, curves, strict=True)):
            with np.errstate(invalid="ignore"):
                places = np.clip(axis.place(powers(curve)), row.top, row.bottom)
            x = self._frame.centers[: len(places)]
            if between:
                with np.errstate(invalid="ignore"):
                    told = np.clip(axis.place(powers(between[number])), row.top, row.bottom)
                paint_curve(painter, self._theme, one.slot, x, told, 0.5 * self._theme.line_width)
                lines.append((x, told))
            paint_curve(painter, self._theme, one.slot, x, places, self._theme.line_width)
            paint_dots(painter, self._theme, one.slot, x, places, curve, self._frame.pitch)
            lines.append((x, places))
            station, words = end_of(one.answer, is_backward=is_backward)
            ending = told if between else places
            if words and np.isfinite(ending[station]):
                ends.append((one.slot, float(x[station]), float(ending[station]), f"{one.slot.upper()} {words}"))
        write_ends(painter, self._theme, row, ends, lines, is_backward=is_backward)
        painter.restore()

    # --- dead and saturated -------------------------------------------------------------------------------------------

    def _paint_silence(self, row: Row) -> None:
        for one in self._drawing.drawn:
            self._paint_shares(one, row, self._axes[row.name])

    def _paint_shares(self, one: Drawn, row: Row, axis: Axis) -> None:
        painter, frame = self._painter, self._frame
        color = slot_color(self._theme, one.slot)
        halves = self._halves(one.slot)
        pattern = Qt.BrushStyle.BDiagPattern if one.slot == "a" else Qt.BrushStyle.FDiagPattern
        is_number = one.answer.activations.non_finite[1:] == 0  # of what is no number nothing can be said
        lefts, width = frame.centers[1 : len(is_number) + 1] - halves[0], halves[0] + halves[1]
        for shares, brush in ((one.answer.saturated, QBrush(color, pattern)), (one.answer.dead, QBrush(color))):
            is_there = is_number & (shares > 0)
            tops = np.minimum(axis.place(shares[is_there]), row.bottom - 1)
            places = list(zip(lefts[is_there].tolist(), tops.tolist(), strict=True))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(brush)
            painter.drawRects([QRectF(left, top, width, row.bottom - top) for left, top in places])
            painter.setPen(QPen(color, 1.0))
            painter.drawLines([QLineF(left, top, left + width, top) for left, top in places])
        painter.setBrush(Qt.BrushStyle.NoBrush)
