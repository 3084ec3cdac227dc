"""One row of the curves: a plot with its lines, marks, direct labels and its values at the crosshair. Knows no session."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QGraphicsItem

from app.panels.monitor.curve_scale import History, TimeAxis, calm_range, ticks
from app.panels.monitor.row_kept import RowKept
from app.panels.monitor.row_lines import RowLine
from app.panels.monitor.row_reading import RowReading
from app.panels.monitor.row_specs import RowSpec, short_figure
from app.panels.monitor.row_words import RowWords
from app.widgets.plot_style import StyledPlot
from app.widgets.tick_axis import TickAxis

if TYPE_CHECKING:
    from app.widgets.theme import Theme


STANDS_FOR = 5  # rounds that curves may stand whose end moves by less than a pixel: what a peak may come late


class CurveRow(StyledPlot):
    """A row. `range_taken` tells that a person panned or zoomed: whether along x, and along y."""

    range_taken = Signal(bool, bool)

    def __init__(self, theme: Theme, spec: RowSpec) -> None:
        self.spec = spec
        self._x_axis, self._y_axis = TickAxis("bottom"), TickAxis("left")
        axes = {"bottom": self._x_axis, "left": self._y_axis}
        super().__init__(theme, "", "", "", "", title=spec.label, axes=axes)
        self.read_out = _silent  # one crosshair reads all rows: see CurvesView
        self.setToolTip(spec.tooltip)
        self.setAccessibleDescription(spec.tooltip)
        self.is_log = False
        self.is_y_followed = True
        self.values: dict[str, float] = {}
        self._range: tuple[float, float] | None = None
        self._drawn_to = (-math.inf, (0.0, 0.0))  # where the curves end, in which range along x
        self._stood = 0  # rounds since they were drawn
        self._lines = [RowLine(self, line, spec.factor) for line in spec.lines]
        self.kept = RowKept(self, spec)
        self._marks = pg.PlotCurveItem(connect="pairs")
        self._saved = pg.PlotCurveItem(connect="pairs")
        for item in (self._marks, self._saved):
            item.setZValue(-1)
            item.hide()
            self.addItem(item, ignoreBounds=True)
        self._marked: tuple[object, ...] = ()
        self.crosshair = pg.InfiniteLine(angle=90, movable=False)
        self.crosshair.setZValue(20)
        self.crosshair.hide()
        self.addItem(self.crosshair, ignoreBounds=True)
        self._words = RowWords(self, spec)
        for axis in axes.values():  # ticks and grid stand still between frames: half of each paint was theirs
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self._ticks_for: tuple[object, ...] = ()
        self._has_time_axis = False
        box = self.plotItem.getViewBox()
        box.disableAutoRange()
        box.sigRangeChangedManually.connect(self._on_range_changed_manually)
        self._restyle()
        theme.changed.connect(self._restyle)

    @property
    def reading(self) -> RowReading:
        """Its title and values."""
        return self._words.reading

    def minimumSizeHint(self) -> QSize:
        return QSize(self.theme.px(80), self.theme.px(24))

    def show_time_axis(self, is_shown: bool) -> None:
        """Whether the axis along x is written here: the lowest row has it for all."""
        self._has_time_axis = is_shown
        self._dress_axes()

    def _dress_axes(self) -> None:
        theme = self.theme
        bottom = theme.px(20) if self._has_time_axis else theme.gap(4)
        self.setMinimumHeight(theme.px(self.spec.least_height) + (bottom if self._has_time_axis else 0))
        self._x_axis.setStyle(showValues=self._has_time_axis)
        self._x_axis.setHeight(bottom)
        self._y_axis.setWidth(theme.px(46))

    # --- drawing ------------------------------------------------------------------------------------------------------

    def draw(
        self,
        history: History,
        axis: TimeAxis,
        x_range: tuple[float, float],
        width: int,
        marks: np.ndarray,
        saved: np.ndarray,
    ) -> None:
        """Draw what lies in `x_range` (in the axis' own unit); width: steps of the running mean.

        marks, saved: steps at which something happened, and at which a checkpoint was saved.
        """
        self._drawn_to, self._stood = (float(axis.values(np.array([history.last_step]))[0]), x_range), 0
        from_step, to_step = (float(step) for step in axis.steps(np.array(x_range)))
        # a column every other pixel: no peak is lost, the eye sees no difference, and painting takes half as long
        pixels = max(16, int(self.plotItem.getViewBox().width() or 400) // 2)
        drawn = {
            line.spec.series: found
            for line in self._lines
            if (found := line.draw(history, axis, (from_step, to_step), pixels, width, self.is_log)) is not None
        }
        own = list(drawn.values())
        lines = [*own, *self.kept.draw(x_range, pixels, width, self.is_log)]
        low = min((line.low for line in lines), default=math.inf)
        self._fit(low, max((line.high for line in lines), default=-math.inf))
        self._words.choose_corner(lines, own, self.is_log)
        self._draw_ticks(x_range)
        self._draw_marks(axis, marks, saved)
        ends = {series: line.end for series, line in drawn.items()}
        self._words.place_labels(ends, self.kept.ends(), self.is_log)
        self.scene().prepareForPaint()  # a new range that is taken over only in the midst of painting is painted twice

    def has_moved(self, end: float, x_range: tuple[float, float]) -> bool:
        """Whether curves that go on to `end` would look otherwise than they do; asked once a round of news.

        A run of 10,000 steps goes on by four pixels a second: drawing it ten times would show nothing else.
        """
        width = self.plotItem.getViewBox().width()
        self._stood += 1
        moved = abs(end - self._drawn_to[0]) * width / max(1e-12, x_range[1] - x_range[0])
        return moved >= 1.0 or x_range != self._drawn_to[1] or self._stood >= STANDS_FOR

    def _fit(self, low: float, high: float) -> None:
        if not self.is_y_followed or low > high:
            return
        if self.is_log:
            low, high = math.log10(low), math.log10(high)
        if not self.spec.is_large:  # room for the words in the corner
            share = min(0.6, (self.reading.height() + 2) / max(1.0, self.plotItem.getViewBox().height()))
            high += share / (1.0 - share) * max(high - (0.0 if self.spec.is_from_zero else low), 1e-9)
        bounds = calm_range(low, high, self.spec.is_from_zero and not self.is_log, self._range)
        if self.spec.top is not None and not self.is_log:
            bounds = (max(bounds[0], min(0.0, low)), min(bounds[1], self.spec.top * 1.09))
        if bounds != self._range:
            self._range = bounds
            self.plotItem.getViewBox().setYRange(*bounds, padding=0.0)

    def _draw_ticks(self, x_range: tuple[float, float]) -> None:
        """Few ticks, and a grid line for each: pyqtgraph's own minor grid costs 6 ms a frame in four rows."""
        box = self.plotItem.getViewBox()
        y_range = box.viewRange()[1]
        size = self.theme.font("small").pixelSize()
        most_y = max(2, int(box.height() / (1.5 * size)))
        most_x = max(2, int(box.width() / (7.0 * size)))
        wanted = (*x_range, *y_range, most_x, most_y, self.is_log)
        if wanted != self._ticks_for:
            self._ticks_for = wanted
            self._x_axis.show_ticks(ticks(*x_range, most_x, False))
            self._y_axis.show_ticks(ticks(y_range[0], y_range[1], most_y, self.is_log))

    def _draw_marks(self, axis: TimeAxis, marks: np.ndarray, saved: np.ndarray) -> None:
        """A dashed line where something happened, a short one from below where a checkpoint was saved."""
        bottom, top = self.plotItem.getViewBox().viewRange()[1]
        if len(saved) > 1 and self.plotItem.getViewBox().width() < 10.0 * len(saved):
            saved = saved[:0]  # a checkpoint every few pixels marks nothing
        wanted = (axis, bottom, top, *marks, None, *saved)
        if wanted == self._marked:
            return
        self._marked = wanted
        for item, steps, end in ((self._marks, marks, top), (self._saved, saved, bottom + 0.1 * (top - bottom))):
            item.setVisible(len(steps) > 0)
            if len(steps):
                item.setData(np.repeat(axis.values(steps), 2), np.tile([bottom, end], len(steps)))

    def set_log(self, is_log: bool) -> None:
        """A log scale, or a linear one."""
        if is_log != self.is_log:
            self.is_log = is_log
            self._range = None
            box = self.plotItem.getViewBox()
            low, high = box.viewRange()[0]
            self.plotItem.setLogMode(y=is_log)
            box.disableAutoRange()  # which pyqtgraph turns on with a new mode, and moves x away from the other rows'
            box.setXRange(low, high, padding=0.0)

    def follow(self) -> None:
        """Let the data decide the range along y again."""
        self.is_y_followed = True
        self._range = None

    # --- crosshair and values -----------------------------------------------------------------------------------------

    def show_values(self, at: float | None, step: float, history: History, x_text: str, width: int) -> None:
        """Write the row's values at `step` into its corner, x_text before them; `at`: where the crosshair stands, or None."""
        self.crosshair.setVisible(at is not None)
        if at is not None:
            self.crosshair.setPos(at)
        words = [(x_text, "text", False)] if x_text else []
        words.append((self.spec.title, "text", True))
        self.values = {}
        for line in self._lines:
            value, spec = line.value(step, history, width), line.spec
            if value is not None:
                self.values[spec.series] = value
                text = " ".join(part for part in (spec.label, short_figure(value), self.spec.unit) if part)
                words.append((text, spec.token, False))
        kept = self.kept.values(at, width) if at is not None else {}
        self.values |= {f"{letter} {series}": value for letter in kept for series, value in kept[letter].items()}
        self._words.show_words(words + self.kept.words(kept))

    @Slot(object)
    def _on_range_changed_manually(self, axes: list[bool]) -> None:
        if axes[1]:
            self.is_y_followed = False
        self.range_taken.emit(bool(axes[0]), bool(axes[1]))

    @Slot()
    def _restyle(self) -> None:
        theme = self.theme
        self.crosshair.setPen(pg.mkPen(theme.color("text"), width=1))
        self._marks.setPen(pg.mkPen(theme.color("muted"), width=1, style=Qt.PenStyle.DashLine))
        self._saved.setPen(pg.mkPen(theme.color("muted"), width=1))
        for line in self._lines:
            line.restyle(self)
        self.kept.restyle()
        self._words.restyle()
        self._dress_axes()  # after the plot, which has other sizes for them
        self._ticks_for = ()


def _silent(_x: float, _y: float) -> str:
    return ""
