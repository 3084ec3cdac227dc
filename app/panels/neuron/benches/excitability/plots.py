"""The plots of the excitability bench: one's own runs as points, and the trace of the run that is shown. Asks no cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent

from app.panels.neuron.benches.excitability.playback import RunPlayback
from app.panels.neuron.prediction_mark import PredictionMark
from app.widgets.plot_style import StyledPlot
from app.widgets.theme import Theme

Array = np.ndarray
Point = tuple[float, float, bool, bool]  # x, y, fired, under the settings that stand


class RunPlot(StyledPlot):
    """Runs as points (filled: fired; ring: did not), a whole curve where it is asked for, and the one before it, dashed."""

    def __init__(
        self,
        theme: Theme,
        x: tuple[str, str, float, float],
        y: tuple[str, str, float, float],
        title: str,
    ) -> None:
        """x, y: label, unit, lowest and highest value shown."""
        super().__init__(theme, x[0], x[1], y[0], y[1], title=title)
        self._points: list[Point] = []
        self._before = self.add_curve("muted", name="with the sodium before", is_dashed=True, width=1.0)
        self._curve = self.add_curve("series_0", name="the whole curve")
        self._others, self._missed, self._fired = (
            pg.PlotDataItem(pen=None, symbol="o", name=f"your runs: {what}")
            for what in ("with other channels", "no firing", "firing")
        )
        self._aim = pg.InfiniteLine(angle=90, movable=False)
        for item in (self._aim, self._others, self._missed, self._fired):
            self.addItem(item)
        self._empty = pg.TextItem("", anchor=(0.5, 0.5))
        self._empty.setPos((x[2] + x[3]) / 2, y[2] + 0.62 * (y[3] - y[2]))
        self._empty.setZValue(10)  # on the line of the current, which it interrupts
        self.addItem(self._empty, ignoreBounds=True)
        self.said = PredictionMark(self)
        self.plotItem.vb.setMouseEnabled(x=False, y=False)
        self.leave_room()
        self.setXRange(x[2], x[3], padding=0.01)
        self.setYRange(y[2], y[3], padding=0.03)
        theme.changed.connect(self._on_look_changed)
        self._on_look_changed()

    def show_points(self, points: Sequence[Point]) -> None:
        """One's own runs."""
        self._points = list(points)
        for item, wanted in (
            (self._others, [point for point in points if not point[3]]),
            (self._missed, [point for point in points if point[3] and not point[2]]),
            (self._fired, [point for point in points if point[3] and point[2]]),
        ):
            item.setData([point[0] for point in wanted], [point[1] for point in wanted])

    def set_empty(self, sentence: str) -> None:
        """What is said on the plot while there is nothing to see; "" for none."""
        self._empty.setText(sentence)
        self._empty.setVisible(bool(sentence))
        self._wrap()

    def _wrap(self) -> None:
        """The sentence takes as many lines as the plot's width asks for."""
        item = self._empty.textItem
        item.setTextWidth(-1)
        item.setTextWidth(min(item.boundingRect().width(), max(self.plotItem.vb.width() - 12.0, 40.0)))
        self._empty.updateTextPos()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_empty"):
            self._wrap()

    def show_aim(self, x: float) -> None:
        """Where the next run will be."""
        self._aim.setPos(x)

    def show_curve(self, x: Sequence[float], y: Sequence[float]) -> None:
        """The whole curve, broken where it jumps; the one that stood there becomes the dashed one."""
        self._curve.setData(*broken(np.asarray(x, float), np.asarray(y, float)), connect="finite")

    def show_curve_before(self, x: Sequence[float], y: Sequence[float]) -> None:
        """The curve to compare with."""
        self._before.setData(*broken(np.asarray(x, float), np.asarray(y, float)), connect="finite")

    @Slot()
    def _on_look_changed(self) -> None:
        theme = self.theme
        size = 9 + theme.line_width * 1.5
        for item, edge, width, fill in (
            (self._fired, "panel", 1.0, "positive"),
            (self._missed, "text", theme.line_width * 0.8, "panel"),
            (self._others, "disabled", 1.2, "panel"),
        ):
            item.setSymbolPen(pg.mkPen(theme.color(edge), width=width))
            item.setSymbolBrush(pg.mkBrush(theme.color(fill)))
            item.setSymbolSize(size)
        self._aim.setPen(pg.mkPen(theme.color("accent"), width=1.2))
        self._empty.setColor(theme.color("text"))
        self._empty.setFont(theme.font("body"))
        self._empty.fill = pg.mkBrush(theme.color("panel"))
        self._wrap()


def broken(x: Array, y: Array) -> tuple[Array, Array]:
    """The curve without the line that would join 0 Hz to the jump: a type II cell has no rates in between."""
    if len(x) < 2:
        return x, y
    jumps = np.flatnonzero((np.minimum(y[:-1], y[1:]) == 0.0) & (np.abs(np.diff(y)) > 20.0)) + 1
    return np.insert(x, jumps, np.nan), np.insert(y, jumps, np.nan)


class RunTracePlot(StyledPlot):
    """V over the time of one run: all of it faint, what has been played strong, a line at the moment shown."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "time", "ms", "V", "mV", title="Trace of the run")
        self._all = self.add_curve("disabled", width=1.0)
        self._stimulus = self.add_curve("series_2", name="current (in its own scale)", width=1.0)
        self._past = self.add_curve("series_0", name="V")
        self._now = pg.InfiniteLine(angle=90, movable=False)
        self.addItem(self._now)
        view = self.plotItem.vb
        view.setMouseEnabled(x=False, y=False)
        self.leave_room()
        self.setYRange(-98.0, 52.0, padding=0)
        self.setXRange(0.0, 120.0, padding=0)
        theme.changed.connect(self._on_look_changed)
        self._on_look_changed()

    def show_run(self, playback: RunPlayback) -> None:
        """Another run. Its current is drawn in the strip below -82 mV."""
        traces = playback.traces
        time = traces.get("t_ms", np.zeros(0))
        v = traces.get("V_mV", np.zeros(0))
        self._all.setData(time, v)
        current = traces.get("I_uA_per_cm2", np.zeros(0))
        if len(current):
            self._stimulus.setData(time, -97.0 + 14.0 * current / max(float(np.max(np.abs(current))), 1e-9))
        else:
            self._stimulus.setData([], [])
        if len(time):
            self.setXRange(0.0, float(time[-1]), padding=0)
        self.show_moment(playback)

    def show_moment(self, playback: RunPlayback) -> None:
        """What has been played up to the moment shown."""
        traces = playback.traces
        self._now.setPos(playback.shown_ms)
        if not traces:
            self._past.setData([], [])
            return
        count = int(np.searchsorted(traces["t_ms"], playback.shown_ms, "right"))
        self._past.setData(traces["t_ms"][:count], traces["V_mV"][:count])

    @Slot()
    def _on_look_changed(self) -> None:
        self._now.setPen(pg.mkPen(self.theme.color("text"), width=1))
