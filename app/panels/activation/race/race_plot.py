"""RacePlot: a quantity of every racer over the steps, with direct labels at the ends of the lines. Knows no session."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.panels.activation.curve_layer import curve_color, curve_pen_of, draw_line
from app.panels.activation.race.record import Series
from app.panels.activation.race.surface_picture import cross
from app.widgets.number_words import readable
from app.widgets.plot_style import StyledPlot
from app.widgets.theme import Theme

Floats = npt.NDArray[np.float64]

_NICE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_LEAST_STEPS = 50.0
_NAMED_PARTS = (2, 3, 5)  # of a decade
_ROOM_FOR_PARTS = 7.0  # lines of text that a decade must be high


@dataclass(frozen=True)
class RaceLine:
    """One racer's line: steps and values (as they are drawn: logarithms on a log axis), number for colour and pattern.

    label: "" for none. has_ended: a cross marks where it left the race.
    """

    x: Floats
    y: Floats
    index: int
    label: str
    has_ended: bool = False


@dataclass(frozen=True)
class RaceDrawing:
    """All that a plot draws. marks: (step, words) of what was changed on the way. note: words at the lower end of the lines."""

    lines: tuple[RaceLine, ...] = ()
    marks: tuple[tuple[float, str], ...] = ()
    note: str = ""
    series: Series = field(default_factory=Series)


class RaceLayer(QGraphicsItem):
    """Lies over the view box of a plot, in its pixels."""

    def __init__(self, theme: Theme, box: pg.ViewBox) -> None:
        super().__init__(box)
        self._theme = theme
        self._box = box
        self.drawing = RaceDrawing()
        self.setZValue(50)

    def show_drawing(self, drawing: RaceDrawing) -> None:
        """Draw this from now on."""
        self.drawing = drawing
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(self._box.rect())

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        rect, view = QRectF(self._box.rect()), self._box.viewRect()
        if rect.width() < 40 or rect.height() < 20:
            return
        x_scale = rect.width() / max(view.width(), 1e-300)
        y_scale = rect.height() / max(view.height(), 1e-300)
        painter.save()
        painter.setClipRect(rect)
        marks = [(rect.left() + (step - view.left()) * x_scale, words) for step, words in self.drawing.marks]
        painter.setPen(QPen(self._theme.color("muted"), 1.0, Qt.PenStyle.DotLine))
        for place, _ in marks:
            painter.drawLine(QPointF(place, rect.top()), QPointF(place, rect.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ends: list[tuple[RaceLine, QPointF]] = []
        for line in self.drawing.lines:
            x = rect.left() + (line.x - view.left()) * x_scale
            with np.errstate(invalid="ignore"):
                y = rect.bottom() - (line.y - view.top()) * y_scale
                y = np.clip(y, rect.top() - 9, rect.bottom() - 1)  # what leaves the axis leaves the picture
            painter.setPen(curve_pen_of(self._theme, line.index))
            draw_line(painter, x, y)
            finite = np.flatnonzero(np.isfinite(y))
            if len(finite):
                end = QPointF(float(x[finite[-1]]), max(float(y[finite[-1]]), rect.top() + 1))
                ends.append((line, end))
                if line.has_ended:
                    painter.setPen(QPen(curve_color(self._theme, line.index), max(2.0, self._theme.line_width)))
                    painter.drawLines(cross(end, 3.0 + self._theme.line_width))
        self._paint_marks(painter, rect, marks)
        self._paint_labels(painter, rect, ends)
        painter.restore()

    def _paint_marks(self, painter: QPainter, rect: QRectF, marks: list[tuple[float, str]]) -> None:
        """What was changed, beside its line at the upper edge; left out where the one before needs the room."""
        theme = self._theme
        font = theme.font("small")
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        free = rect.left()
        for place, words in marks:
            width = metrics.horizontalAdvance(words)
            if words and place + 3 >= free and place + 4 + width < rect.right():
                box = QRectF(place + 2, rect.top() + 1, width + 4, metrics.height())
                painter.fillRect(box, theme.color("panel"))
                painter.setPen(theme.color("muted"))
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
                free = place + width + 10

    def _paint_labels(self, painter: QPainter, rect: QRectF, ends: list[tuple[RaceLine, QPointF]]) -> None:
        theme = self._theme
        font = theme.font("small")
        font.setWeight(theme.font("heading").weight())
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        height = metrics.height()
        named = [(line.label, line.index, end) for line, end in ends if line.label]
        if self.drawing.note and ends:
            lowest = max(ends, key=lambda pair: pair[1].y())[1]
            named.append((self.drawing.note, -1, lowest))
        named.sort(key=lambda entry: entry[2].y())
        tops = spread([end.y() - height / 2 for _, _, end in named], height, rect.top(), rect.bottom())
        for (label, index, end), top in zip(named, tops, strict=True):
            width = metrics.horizontalAdvance(label)
            box = QRectF(min(end.x() + 8, rect.right() - width - 4), top, width, height)
            ground = theme.color("panel")
            ground.setAlpha(215)
            painter.fillRect(box.adjusted(-2, 0, 2, 0), ground)
            painter.setPen(theme.color("muted") if index < 0 else curve_color(theme, index))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), label)


def spread(tops: list[float], height: float, low: float, high: float) -> list[float]:
    """Tops of boxes of `height`, in rising order, moved so little that none lies over another and all stay in low..high."""
    placed: list[float] = []
    for top in tops:
        placed.append(max(top, placed[-1] + height if placed else low))
    limit = high - height
    for number in range(len(placed) - 1, -1, -1):
        placed[number] = min(placed[number], limit)
        limit = placed[number] - height
    return placed


def calm_end(steps: float) -> float:
    """The next calm number at or above `steps`: a range that ends there changes seldom."""
    steps = max(steps, _LEAST_STEPS)
    power = 10.0 ** math.floor(math.log10(steps))
    return next(power * nice for nice in _NICE if power * nice >= steps * (1 - 1e-9))


class RacePlot(StyledPlot):
    """The steps run along x; the range follows the race and leaves room for the labels."""

    def __init__(self, theme: Theme, title: str, *, is_log: bool, parent: QWidget | None = None) -> None:
        super().__init__(theme, "step", "", title, "", title=title, parent=parent)
        self.is_log = is_log
        self.plotItem.setLogMode(x=False, y=is_log)
        box = self.plotItem.vb
        box.setMouseEnabled(x=False, y=False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.layer = RaceLayer(theme, box)
        self.read_out = self._line_text
        self._range: tuple[float, float, float] | None = None
        self.keep_axes()
        box.sigResized.connect(self._on_box_changed)
        box.sigRangeChanged.connect(self._on_box_changed)
        self.leave_room()

    @property
    def columns(self) -> int:
        """Pixels along x: no line needs more points than twice as many."""
        return max(50, int(self.plotItem.vb.rect().width()))

    def show_race(self, drawing: RaceDrawing, done: int, low: float, high: float) -> None:
        """Draw this up to step `done`. low, high: of the y axis (logarithms on a log axis)."""
        font = self.theme.font("small")
        font.setWeight(self.theme.font("heading").weight())
        metrics = QFontMetricsF(font)
        labels = [*(line.label for line in drawing.lines), drawing.note]
        room = max(metrics.horizontalAdvance(label) for label in labels) + 14
        width = max(self.columns, 1)
        end = calm_end(done * min(width / max(width - room, 1.0), 2.0))
        if (end, low, high) != self._range:
            self._range = end, low, high
            self.plotItem.vb.setRange(xRange=(0.0, end), yRange=(low, high), padding=0, disableAutoRange=True)
            if self.is_log:
                self.plotItem.getAxis("left").setTicks(self._decades(low, high))
        self.layer.show_drawing(drawing)

    def _decades(self, low: float, high: float) -> list[list[tuple[float, str]]]:
        """Powers of ten with their names, as many as have room; what lies between has names where a decade is high."""
        room = self.plotItem.vb.rect().height() / QFontMetricsF(self.theme.font("small")).height() / 1.3
        stride = max(1, math.ceil((high - low) / max(room, 1.0)))
        has_parts = room / max(high - low, 1e-9) >= _ROOM_FOR_PARTS
        powers = range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)
        named = [(float(power), readable(10.0**power, 4, least=0.0)) for power in powers if power % stride == 0]
        between = [
            (
                power + math.log10(part),
                readable(part * 10.0**power, 4, least=0.0) if has_parts and part in _NAMED_PARTS else "",
            )
            for power in range(math.floor(low), powers.stop)
            for part in range(2, 10)
        ]
        return [named, [place for place in between if low < place[0] < high]]

    def curve_data(self) -> dict[str, tuple[Floats, Floats]]:
        return self.layer.drawing.series.all()

    def _line_text(self, x: float, _y: float) -> str:
        """The value of every line at the pointer's step."""
        found = self.layer.drawing.series.at(x)
        parts = [f"{name} {readable(value, least=0.0)}" for name, value in found.items() if math.isfinite(value)]
        return f"step {x:,.0f}:  " + "   ".join(parts) if parts else ""

    @Slot()
    def _on_box_changed(self) -> None:
        if self.is_log and self._range is not None:
            self.plotItem.getAxis("left").setTicks(self._decades(*self._range[1:]))
        self.layer.prepareGeometryChange()
        self.layer.update()

    @Slot()
    def _on_fit_asked(self) -> None:
        self._range = None
        self._on_box_changed()
