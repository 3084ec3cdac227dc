"""FiringPicture: the cells with their synapses, and their firing moment by moment beside them. Draws what it is given; asks nobody."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.panels.neuron.benches.hebb.words import signed
from app.widgets.theme import Theme

AHEAD = 0.75  # of the strip is behind the line of now, once it moves
_CLIP = 2.5  # standard deviations that a bar can be high
_FULL_WEIGHT = 3.0  # a disc of the largest size


@dataclass(frozen=True)
class Firing:
    """What is drawn. bars (n, 2): both cells' firing against the middle line, in standard deviations; now: moments passed.

    outputs (n,): the third cell's, as far as it has fired (NaN after); None where there are two cells. weights: on show.
    """

    bars: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))
    now: float = 0.0
    weights: tuple[float, ...] = ()
    outputs: np.ndarray | None = None
    is_shaded: bool = True
    title: str = ""
    note: str = ""


class FiringPicture(QWidget):
    """A row for each cell: its disc, and bars up (above the middle) or down. Left of the line of now: what has been."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.firing = Firing()
        self._rects = PrimitiveArray(QRectF, 4)  # written by numpy: a QRectF made for each bar took 2 ms a frame
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumHeight(theme.px(110))
        self.setAttribute(
            Qt.WidgetAttribute.WA_OpaquePaintEvent
        )  # or all that it stands on is painted with it, every frame
        self.setAccessibleName("Firing of the cells")
        self.setToolTip(
            "Bars up: the cell fires more than on average; down: less. Pale: moments that are still to come"
        )
        theme.changed.connect(self._on_theme_changed)

    def show_firing(self, firing: Firing) -> None:
        """Draw `firing`; between two moments only the strip runs on."""
        before, self.firing = self.firing, firing
        if before.bars is firing.bars and _stands_still(before) == _stands_still(firing):
            self.update(self.strip_rect())
            return
        names = ("A", "B", "C") if firing.outputs is not None else ("A", "B")
        held = ", ".join(f"{signed(w)}" for w in firing.weights)
        self.setAccessibleDescription(f"Cells {', '.join(names)}; weights {held}. {firing.note}")
        self.update()

    # --- geometry -----------------------------------------------------------------------------------------------------

    def _rows(self) -> int:
        return 3 if self.firing.outputs is not None else 2

    def _top(self) -> float:
        return self._theme.px(24)

    def _row_height(self) -> float:
        return (self.height() - self._top()) / self._rows()

    def _middle(self, row: int) -> float:
        return self._top() + (row + 0.5) * self._row_height()

    def _radius(self) -> float:
        return min(0.36 * self._row_height(), self._theme.px(24))

    def _strip(self) -> QRectF:
        left = self._theme.px(150)
        return QRectF(left, self._top(), max(self.width() - left, 1), self.height() - self._top())

    def strip_rect(self) -> QRect:
        """Where bars run on, px."""
        return self._strip().toAlignedRect()

    def _place(self, row: int) -> QPointF:
        """The middle of a cell: the receiving one stands to the right of those it hears."""
        is_last = row == self._rows() - 1
        return QPointF(self._theme.px(100 if is_last else 28), self._middle(row))

    def moments_shown(self) -> tuple[float, float, float]:
        """The first moment in the strip, how many there are, and a moment's width in px."""
        strip, total = self._strip(), len(self.firing.bars)
        width = float(self._theme.gap(9))
        count = min(strip.width() / width, float(max(total, 1)))
        first = min(max(0.0, self.firing.now - AHEAD * count), max(total - count, 0.0))
        return first, count, strip.width() / count

    # --- painting -----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        painter.fillRect(event.rect(), theme.color("panel"))
        is_whole = not self.strip_rect().contains(event.rect())
        if is_whole:
            self._paint_words(painter)
        if len(self.firing.bars):
            painter.save()
            painter.setClipRect(self._strip())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            self._paint_strip(painter)
            painter.restore()
        if is_whole:
            self._paint_cells(painter)
        painter.end()

    def _paint_words(self, painter: QPainter) -> None:
        theme = self._theme
        line = QRectF(0, 0, self.width(), theme.px(20))
        painter.setFont(theme.font("heading"))
        painter.setPen(theme.color("text"))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.firing.title)
        used = painter.fontMetrics().horizontalAdvance(self.firing.title) + theme.px(16)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        rest = line.adjusted(used, 0, 0, 0)
        note = painter.fontMetrics().elidedText(self.firing.note, Qt.TextElideMode.ElideRight, int(rest.width()))
        painter.drawText(rest, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, note)

    def _paint_strip(self, painter: QPainter) -> None:
        theme, firing, strip = self._theme, self.firing, self._strip()
        first, count, width = self.moments_shown()
        span = np.arange(int(first), min(int(first + count) + 2, len(firing.bars)))
        left = strip.left() + (span - first) * width
        painter.setPen(Qt.PenStyle.NoPen)
        if firing.is_shaded:
            both_up = (span + 1 <= firing.now) & (firing.bars[span] > 0).all(axis=1)
            x = left[both_up]
            y, height = np.full(x.size, self._top()), np.full(x.size, 2 * self._row_height())
            self._fill(painter, self._mixed("accent", 0.16), x, y, width, height)  # opaque: blending took 0.8 ms
        painter.setPen(QPen(theme.color("border"), 1))
        for row in range(self._rows()):
            painter.drawLine(QPointF(strip.left(), self._middle(row)), QPointF(strip.right(), self._middle(row)))
        painter.setPen(Qt.PenStyle.NoPen)
        self._paint_bars(painter, span, left, width)
        x_now = strip.left() + (firing.now - first) * width
        painter.setPen(QPen(theme.color("text"), max(2.0, theme.line_width)))
        painter.drawLine(QPointF(x_now, strip.top()), QPointF(x_now, strip.bottom()))

    def _paint_bars(self, painter: QPainter, span: np.ndarray, left: np.ndarray, width: float) -> None:
        """The bars of all rows, by one call a colour: a call for each took 3 ms."""
        rows = [self.firing.bars[span, 0], self.firing.bars[span, 1]]
        if self.firing.outputs is not None:
            rows.append(self.firing.outputs[span])
        values = np.concatenate(rows)
        middles = np.repeat([self._middle(row) for row in range(len(rows))], span.size)
        x, is_past = np.tile(left + 1, len(rows)), np.tile(span < math.floor(self.firing.now + 1e-9), len(rows))
        sizes = np.minimum(np.abs(values) / _CLIP, 1.0) * (0.46 * self._row_height())  # NaN stays, and is no bar
        tops = np.where(values > 0, middles - sizes, middles)
        for name, is_mine in (("positive", values > 0), ("negative", values <= 0)):
            for when, color in ((is_past, self._theme.color(name)), (~is_past, self._mixed(name, 0.28))):
                chosen = is_mine & when
                self._fill(painter, color, x[chosen], tops[chosen], max(width - 2, 1.0), sizes[chosen])

    def _fill(
        self, painter: QPainter, color: QColor, x: np.ndarray, y: np.ndarray, width: float, height: np.ndarray
    ) -> None:
        """Rectangles of one width in `color`."""
        self._rects.resize(x.size)
        places = self._rects.ndarray()
        places[:, 0], places[:, 1], places[:, 2], places[:, 3] = x, y, width, height
        painter.setBrush(color)
        painter.drawRects(*self._rects.drawargs())

    def _paint_cells(self, painter: QPainter) -> None:
        theme, rows, radius = self._theme, self._rows(), self._radius()
        target = self._place(rows - 1)
        wire = QPen(theme.color("muted"), theme.line_width)
        ends = []
        for row in range(rows - 1):
            start = self._place(row)
            # the upper cell's axon comes down on the far side
            shift = 0.0 if rows == 2 else (0.5 if row == 0 else -0.5) * 1.5 * radius
            end = QPointF(target.x() + shift, target.y() - math.sqrt(max(radius * radius - shift * shift, 0.0)))
            path = QPainterPath(start + QPointF(radius, 0))
            path.lineTo(end.x() - radius * 0.5, start.y())
            path.quadTo(QPointF(end.x(), start.y()), QPointF(end.x(), start.y() + radius * 0.5))
            path.lineTo(end)
            painter.setPen(wire)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(path)
            ends.append(end)
        for row in range(rows):
            self._paint_cell(painter, row)
        for number, end in enumerate(ends):
            if number < len(self.firing.weights):
                self._paint_synapse(painter, end, number, self.firing.weights[number])

    def _paint_cell(self, painter: QPainter, row: int) -> None:
        theme, place, radius = self._theme, self._place(row), self._radius()
        value = self._value_now(row)
        share = min(abs(value) / _CLIP, 1.0)
        painter.setBrush(self._mixed("positive" if value > 0 else "negative", 0.55 * share))
        painter.setPen(QPen(theme.color("text"), theme.line_width))
        painter.drawEllipse(place, radius, radius)
        painter.setFont(theme.font("heading"))
        painter.drawText(
            QRectF(place.x() - radius, place.y() - radius, 2 * radius, 2 * radius),
            Qt.AlignmentFlag.AlignCenter,
            "ABC"[row],
        )

    def _paint_synapse(self, painter: QPainter, end: QPointF, number: int, weight: float) -> None:
        """A disc whose area is the weight, orange or (negative) blue with a bar through it."""
        theme = self._theme
        largest = 0.62 * self._radius()
        radius = largest * math.sqrt(min(abs(weight) / _FULL_WEIGHT, 1.0)) if math.isfinite(weight) else largest
        painter.setPen(QPen(theme.color("panel"), 1))
        painter.setBrush(theme.color("positive" if weight >= 0 else "negative"))
        painter.drawEllipse(end, max(radius, 1.5), max(radius, 1.5))
        if weight < 0 and radius > 3:
            painter.setPen(QPen(theme.color("panel"), 2))
            painter.drawLine(end - QPointF(radius * 0.6, 0), end + QPointF(radius * 0.6, 0))
        if len(self.firing.weights) == 1 and math.isfinite(weight):
            painter.setFont(theme.font("value"))
            painter.setPen(theme.color("text"))
            text = QRectF(0, end.y() - theme.px(6), end.x() - largest - theme.px(4), theme.px(18))
            painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"w {signed(weight)}")

    def _value_now(self, row: int) -> float:
        """Of the moment that passed last, 0 before any."""
        last = math.floor(self.firing.now + 1e-9) - 1
        if not 0 <= last < len(self.firing.bars):
            return 0.0
        if row < 2:
            return float(self.firing.bars[last, row])
        value = float(self.firing.outputs[last]) if self.firing.outputs is not None else 0.0
        return value if math.isfinite(value) else 0.0

    def _mixed(self, token: str, share: float) -> QColor:
        """`token` thinned with the panel's colour."""
        ink, paper = self._theme.color(token), self._theme.color("panel")
        pairs = ((ink.red(), paper.red()), (ink.green(), paper.green()), (ink.blue(), paper.blue()))
        return QColor(*(round(share * a + (1 - share) * b) for a, b in pairs))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setMinimumHeight(self._theme.px(110))
        self.update()


def _stands_still(firing: Firing) -> tuple[object, ...]:
    """What words and cells hang on: they change with each moment that passes, not with each frame."""
    passed = math.floor(firing.now + 1e-9)
    return passed, firing.weights, firing.outputs is None, firing.is_shaded, firing.title, firing.note
