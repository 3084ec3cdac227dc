"""Paints the board of depth: histograms, spreads and silent units of one or two settings, station beside station. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from app.panels.activation.depth.end_words import End, write_ends
from app.panels.activation.depth.figures import end_of, spread
from app.panels.activation.depth.geometry import (
    ROWS,
    Axis,
    Frame,
    Row,
    RowName,
    common_range,
    decade_range,
    decade_ticks,
    linear_axis,
    outlines,
    own_reach,
    plan,
    powers,
)
from app.panels.activation.depth.slot_look import paint_curve, paint_dots, slot_color
from app.panels.activation.depth.state import Scale, Slot
from app.widgets.number_words import power, readable
from app.widgets.theme import Theme
from trainers.activation_lab import DepthAnswer, LayerFigures

Floats = npt.NDArray[np.float64]

_FILL = {"a": 150, "b": 70}  # opacity of a histogram: B has an outline instead
_WIDE = 24.0  # px of a station: from there on A's histograms have an outline too
_NARROWEST = 1.6  # px: a histogram that is lower than this is drawn as a line


@dataclass(frozen=True)
class Drawn:
    """One setting on show."""

    slot: Slot
    title: str
    answer: DepthAnswer


@dataclass(frozen=True)
class Drawing:
    """All that the board shows."""

    drawn: tuple[Drawn, ...] = ()
    scale: Scale = "shared"
    saturation: float = 0.01

    @property
    def layers(self) -> int:
        """Of the deepest on show."""
        return max((one.answer.question.layers for one in self.drawn), default=1)

    def shows_what(self, other: Drawing) -> bool:
        """Whether both show the very same answers in the same way."""
        return (
            self.scale == other.scale
            and self.saturation == other.saturation
            and len(self.drawn) == len(other.drawn)
            and all(
                new.answer is old.answer and new.slot == old.slot
                for new, old in zip(self.drawn, other.drawn, strict=True)
            )
        )


def frame_of(theme: Theme, size: tuple[float, float], layers: int) -> Frame:
    """Where everything lies on a board of `size` px."""
    small = QFontMetricsF(theme.font("small"))
    margins = (
        small.horizontalAdvance("10⁻³⁸") + theme.gap(14),
        float(theme.gap(12)),
        small.height() + theme.gap(10),
    )
    return plan(size, margins, small.height() + theme.gap(6), layers)


def headings(drawing: Drawing) -> dict[RowName, str]:
    """What stands above each row."""
    scale = "one scale" if drawing.scale == "shared" else "each layer on its own scale"
    crossed = {
        is_backward: "; crossed out: no number left" if _has_overflown(drawing, is_backward=is_backward) else ""
        for is_backward in (False, True)
    }
    return {
        "activations": f"Forward →  activations, {scale}{crossed[False]}",
        "spread": "Forward →  spread of all numbers; thin: what the signals differ by",
        "gradients": f"← Backward  gradients, {scale}{crossed[True]}",
        "gradient_spread": "← Backward  spread of the gradient",
        "silence": f"Dead units (solid) and saturated numbers (hatched, |f′| < {drawing.saturation:g})",
    }


def _has_overflown(drawing: Drawing, *, is_backward: bool) -> bool:
    """Whether some station has no finite number at all."""
    return any(
        not (one.answer.gradients if is_backward else one.answer.activations).counts.any(1).all()
        for one in drawing.drawn
    )


class BoardPainter:
    """One painting: `paint` draws everything into the board's rectangle."""

    def __init__(self, theme: Theme, painter: QPainter, frame: Frame, drawing: Drawing) -> None:
        self._theme = theme
        self._painter = painter
        self._frame = frame
        self._drawing = drawing
        self._font = theme.font("small")
        self._metrics = QFontMetricsF(self._font)

    def paint_ground(self) -> None:
        """What no answer changes: rows, headings, the numbers of the layers."""
        self._painter.setFont(self._font)
        self._painter.setPen(QPen(self._theme.color("hairline"), 1.0))
        for name in ROWS:
            self._painter.drawRect(self._rect(self._frame.row(name)))
        self._painter.setPen(self._theme.color("muted"))
        for name, words in headings(self._drawing).items():
            self._paint_heading(name, words)
        self._paint_stations()

    def paint(self) -> None:
        """All else, on a ground that is there already."""
        name: RowName
        self._painter.setFont(self._font)
        for name, is_backward in (("activations", False), ("gradients", True)):
            self._paint_histograms(self._frame.row(name), is_backward=is_backward)
        for name, is_backward in (("spread", False), ("gradient_spread", True)):
            self._paint_spreads(self._frame.row(name), is_backward=is_backward)
        self._paint_silence(self._frame.row("silence"))

    # --- ground and axes ----------------------------------------------------------------------------------------------

    def _rect(self, row: Row) -> QRectF:
        return QRectF(self._frame.left, row.top, self._frame.right - self._frame.left, row.bottom - row.top)

    def _paint_heading(self, name: RowName, words: str) -> None:
        row = self._frame.row(name)
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

    # --- histograms ---------------------------------------------------------------------------------------------------

    def _halves(self, slot: Slot) -> tuple[float, float]:
        """How far a histogram reaches to the left and right: alone to both sides, of two A to the left and B to the right."""
        half = 0.46 * self._frame.pitch
        if len(self._drawing.drawn) == 1:
            return half, half
        return (half, 0.0) if slot == "a" else (0.0, half)

    def _paint_histograms(self, row: Row, *, is_backward: bool) -> None:
        painter, frame = self._painter, self._frame
        all_figures = [one.answer.gradients if is_backward else one.answer.activations for one in self._drawing.drawn]
        is_own = self._drawing.scale == "own"
        low, high = (-1.05, 1.05) if is_own else common_range(all_figures, -1 if is_backward else 0)
        axis = linear_axis(row, low, high)
        self._paint_value_axis(row, axis, is_own=is_own)
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

    def _paint_value_axis(self, row: Row, axis: Axis, *, is_own: bool) -> None:
        if is_own:
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
        curves = [
            spread(one.answer.gradients if is_backward else one.answer.activations) for one in self._drawing.drawn
        ]
        between = [] if is_backward else [one.answer.between for one in self._drawing.drawn]
        low, high = decade_range([*curves, *between])
        axis = linear_axis(row, low - 0.15, high + 0.15)
        for exponent in decade_ticks(low, high, int((row.bottom - row.top) / (1.4 * self._metrics.height()))):
            y = float(axis.place(np.array(float(exponent))))
            self._paint_level(y, "border" if exponent == 0 else "grid")
            self._write_tick(row, y, power(exponent))
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
        axis = linear_axis(row, 0.0, 1.0)
        has_both = row.bottom - row.top >= 1.8 * self._metrics.height()
        for share, text in ((0.0, "0 %"), (1.0, "100 %")) if has_both else ((1.0, "100 %"),):
            self._write_tick(row, float(axis.place(np.array(share))), text)
        for one in self._drawing.drawn:
            self._paint_shares(one, row, axis)

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


def _round_step(span: float, room: float, least: float) -> float:
    """Distance of two ticks, 1, 2 or 5 times a power of ten, so that they lie at least `least` px apart."""
    raw = span * least / max(room, 1.0)
    size = 10.0 ** np.floor(np.log10(max(raw, 1e-300)))
    return float(next(factor * size for factor in (1, 2, 5, 10) if factor * size >= raw))
