"""One series in a row of curves: what of a run's history is drawn of it, and its value at a step. Knows no session, no row."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QPen

from app.panels.monitor.curve_scale import History, RunningMean, TimeAxis, window_on
from app.panels.monitor.row_specs import Line
from app.widgets.color_mixing import mixed
from app.widgets.live_curve import LiveCurve
from app.widgets.plot_style import StyledPlot

MOST_MARKERS = 60


class Drawn(NamedTuple):
    """What of a line is on show, in the row's unit: x, least and greatest y of each column; where it ends; its extremes."""

    x: np.ndarray
    y_min: np.ndarray
    y_max: np.ndarray
    end: tuple[float, float]
    low: float
    high: float

    @classmethod
    def of(cls, x: np.ndarray, y_min: np.ndarray, y_max: np.ndarray, is_log: bool) -> Drawn:
        """It ends at the last column's greatest value. What is not finite, and on a log scale not positive, is no extreme."""
        shown = np.concatenate([y_min, y_max])
        shown = shown[np.isfinite(shown) & ((shown > 0) | (not is_log))]
        low, high = (float(shown.min()), float(shown.max())) if len(shown) else (math.inf, -math.inf)
        return cls(x, y_min, y_max, (float(x[-1]), float(y_max[-1])), low, high)

    def zigzag(self) -> tuple[np.ndarray, np.ndarray]:
        """Least and greatest value of each column, one after the other: one line that loses no peak."""
        if np.array_equal(self.y_min, self.y_max):
            return self.x, self.y_min
        both = np.empty(2 * len(self.x), np.float64)
        both[0::2], both[1::2] = self.y_min, self.y_max
        return np.repeat(self.x, 2), both


class RowLine:
    """A series as it is drawn into `plot`: faint with its running mean on top, with markers, or plain."""

    def __init__(self, plot: StyledPlot, line: Line, factor: float) -> None:
        self.spec = line
        self._factor = factor
        self._mean = RunningMean()
        self._drawn: Drawn | None = None
        self._drawn_of: tuple[object, ...] = ()
        self._raw = None
        if line.kind == "raw":
            self._raw = plot.add_live_curve(line.token, name=f"{line.series}, every step", width=1.0)
            self._raw.setZValue(1)
        self._main = plot.add_live_curve(line.token, name=line.series)
        self._main.setZValue(4 if line.kind == "points" else 3)
        self._markers = None
        if line.kind == "points":
            self._markers = pg.ScatterPlotItem(pen=None)
            # and not the plot's own: it would be written to a file as another curve
            self._markers.setParentItem(self._main)

    def draw(
        self, history: History, axis: TimeAxis, steps: tuple[float, float], pixels: int, width: int, is_log: bool
    ) -> Drawn | None:
        """Draw what lies within `steps` in at most `pixels` columns, averaged over `width` steps; None where there is nothing.

        What is drawn already, and has not grown, is left as it is.
        """
        name = self.spec.series
        wanted = (history, history.generation, history.count(name), axis, steps, pixels, width, is_log)
        if wanted != self._drawn_of:
            self._drawn_of = wanted
            self._drawn = self._draw(history, axis, steps, pixels, width, is_log)
        return self._drawn

    def _draw(
        self, history: History, axis: TimeAxis, steps: tuple[float, float], pixels: int, width: int, is_log: bool
    ) -> Drawn | None:
        x, y_min, y_max = window_on(axis, history, self.spec.series, steps, pixels)
        if not len(x) or not np.isfinite(y_max).any():
            for curve in (self._main, self._raw):
                if curve is not None:
                    self._show(curve, np.empty(0), np.empty(0), is_log)
            self._mark_points()
            return None
        at = axis.values(x)
        drawn = Drawn.of(at, y_min * self._factor, y_max * self._factor, is_log)
        if self._raw is not None:
            mean = self._means_at(history, x, width) * self._factor
            self._show(self._raw, *drawn.zigzag(), is_log)
            self._show(self._main, at, mean, is_log)
            return drawn._replace(end=(float(at[-1]), float(mean[-1])))
        self._show(self._main, *drawn.zigzag(), is_log)
        self._mark_points()
        return drawn

    @staticmethod
    def _show(curve: LiveCurve, x: np.ndarray, y: np.ndarray, is_log: bool) -> None:
        if is_log:  # a log axis has no place for zero and below: gaps
            y = np.where(y > 0, y, np.nan)
        curve.show_data(x, y)

    def _mark_points(self) -> None:
        """Few points have a marker each; many would be a thick line, and cost 4 ms a frame."""
        if self._markers is None:
            return
        x, y = self._main.getData()
        has_markers = 0 < len(x) <= MOST_MARKERS
        if has_markers:
            self._markers.setData(x, y)
        self._markers.setVisible(has_markers)

    def _means_at(self, history: History, x: np.ndarray, width: int) -> np.ndarray:
        """The running mean at the steps `x`."""
        name, mean = self.spec.series, self._mean
        mean.take(history, name)
        first, last = (history.index_of(name, float(end) - 0.5) for end in (x[0], x[-1]))  # steps are whole numbers
        return mean.at(columns_of(x, first, last), width)

    def value(self, step: float, history: History, width: int) -> float | None:
        """The newest value at `step`, averaged as it is drawn, in the row's unit; None where there is none."""
        if step > history.last_step + 0.5:  # where only a kept run has come to
            return None
        name = self.spec.series
        index = history.index_of(name, step + 0.5) - 1  # steps are whole numbers
        if not 0 <= index < history.count(name):  # before its first point nothing is known
            return None
        value = float(history.rows(name, index, index + 1)[1][0])
        if not math.isfinite(value):
            return None
        if self._raw is not None:
            self._mean.take(history, name)
            value = float(self._mean.at(np.array([index]), width)[0])
        return value * self._factor

    def restyle(self, plot: StyledPlot) -> None:
        """Take over the theme's colours and sizes."""
        theme, color = plot.theme, plot.theme.color(self.spec.token)
        if self._markers is not None:
            self._markers.setSize(max(5.0, 5.0 * theme.scale))
            self._markers.setBrush(color)
        if self._raw is not None:
            faint: QPen = pg.mkPen(mixed(theme.color("panel"), color, 0.4), width=1)
            self._raw.setPen(faint)


def columns_of(x: np.ndarray, first: int, last: int) -> np.ndarray:
    """Numbers, int64, of the points at the steps `x`, of which the first and the last are known."""
    if last - first == len(x) - 1 or x[-1] == x[0]:
        return np.arange(first, first + len(x))
    places = first + (x - x[0]) * ((last - first) / (x[-1] - x[0]))  # one point a step: no need to look each one up
    numbers: np.ndarray = np.rint(places).astype(np.int64)
    return numbers
