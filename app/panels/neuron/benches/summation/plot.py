"""The soma's potential while inputs add up: the real sum against the dashed sum of each alone. Asks no cell."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QPen, QWheelEvent

from app.simulation.biology.membrane import REST_MV
from app.widgets.plot_style import StyledPlot, curve_pen
from app.widgets.theme import Theme

Array = np.ndarray
GHOSTS = 4
_LEAST_MV, _MOST_MV = 10.0, 26.0  # a spike would press everything else flat: it leaves the plot at its top
_WHOLE_MV = 105.0  # but in a sweep: that all spikes are alike is what it shows


class SummationPlot(StyledPlot):
    """x: ms of the cell's clock; y: mV above rest at the soma. Earlier runs stay as thin curves, a sweep as a family of them.

    The dotted curve is the point of no return: stood the whole cell that high at that moment, it would fire by itself.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "time", "ms", "sum", "mV", title="Sum at the soma")
        self._ghosts = [
            self.add_curve("disabled", name=f"earlier run {number + 1}", width=1.0) for number in range(GHOSTS)
        ]
        self._family: list[tuple[pg.PlotDataItem, bool]] = []
        self._linear = self.add_curve("muted", name="sum of each alone", is_dashed=True)
        self._no_return = self.add_curve("test", name="point of no return")
        self._no_return.opts["connect"] = "finite"
        self._real = self.add_curve("series_1", name="real sum")
        self._passed = pg.ScatterPlotItem(size=11, pxMode=True)
        self.addItem(self._passed, ignoreBounds=True)
        self._sign = pg.TextItem("point of no return", anchor=(1, 1))
        self.addItem(self._sign, ignoreBounds=True)
        self._sign.hide()
        self._kept: list[tuple[Array, Array]] = []
        self._now: tuple[Array, Array] = (np.zeros(0), np.zeros(0))
        self._note = pg.TextItem(anchor=(0.5, 0))
        self.addItem(self._note, ignoreBounds=True)
        self._note.hide()
        self._top, self._start, self._end = _LEAST_MV, 0.0, 40.0
        view = self.plotItem.vb
        view.setMouseEnabled(x=False, y=False)
        self.read_out = self.reading
        self.setToolTip(
            "Solid: what the soma of this cell does. Dashed: the responses to each input alone, added up. "
            "Dotted: the point of no return, from which the cell would fire by itself"
        )
        theme.changed.connect(self._on_look_changed)
        self._on_look_changed()
        self._fit()

    def begin(self, end_ms: float) -> None:
        """A new run: the curve of the one before stays as a ghost."""
        if len(self._now[0]):
            self._kept = [self._now, *self._kept][:GHOSTS]
        self._top, self._start, self._end = _LEAST_MV, 0.0, end_ms
        self.set_real(np.zeros(0), np.zeros(0))
        self._drop_family()
        self._drop_no_return()
        for curve, (times, values) in zip(self._ghosts, self._kept, strict=False):
            curve.setData(times, values)
        self._fit()

    def forget(self) -> None:
        """No curve at all."""
        self._kept.clear()
        self._drop_family()
        self._drop_no_return()
        for curve in (*self._ghosts, self._linear):
            curve.setData([], [])
        self.set_real(np.zeros(0), np.zeros(0))

    def set_linear(self, times_ms: Array, above_mv: Array) -> None:
        """The sum of the responses to each input alone."""
        self._linear.setData(times_ms, above_mv)
        self._top = min(max(_LEAST_MV, 1.3 * float(np.max(above_mv, initial=0.0))), _MOST_MV)
        self._fit()

    def set_real(self, times_ms: Array, voltage_mv: Array) -> None:
        """What the soma has done so far."""
        above = np.asarray(voltage_mv, float) - REST_MV
        self._now = (np.asarray(times_ms, float), above)
        self._real.setData(*self._now)
        highest = float(np.max(above, initial=0.0))
        is_spike = highest > 40.0
        self._note.setVisible(is_spike)
        if is_spike:
            at = float(self._now[0][int(np.argmax(above))])
            self._note.setText(f"spike: +{highest:.0f} mV")
            self._note.setAnchor((0.0 if at < self._end * 0.5 else 1.0, 0))
            self._note.setPos(at + self._end * (0.02 if at < self._end * 0.5 else -0.02), self._top)
        elif highest > self._top:
            self._top = min(1.2 * highest, _MOST_MV)
            self._fit()

    def set_no_return(self, times_ms: Array, above_mv: Array, rise_mv: Array) -> None:
        """How much higher the cell would have to stand at each moment; 0: it is past the point, nan: nothing makes it fire."""
        past = np.flatnonzero(rise_mv == 0.0)
        level = np.where(rise_mv > 0.0, above_mv + rise_mv, np.nan)
        self._no_return.setData(times_ms, level)
        self._passed.setData(times_ms[past[:1]], above_mv[past[:1]])
        highest = float(np.nanmax(level[times_ms <= times_ms[1] + 1e-9], initial=0.0))
        if highest > 0.9 * self._top:
            self._top = min(highest / 0.8, _MOST_MV)
            self._fit()
        at = float(level[-1]) if np.isfinite(level[-1]) else self._top
        is_high = at > 0.7 * self._top  # up there it says how high a spike is
        self._sign.setAnchor((1, 0 if is_high else 1))
        self._sign.setPos(self._end, min(at, 0.86 * self._top))
        self._sign.show()

    @property
    def passed_ms(self) -> float | None:
        """When the run on show passed the point of no return, ms; None where it did not."""
        times, _ = self._passed.getData()
        return float(times[0]) if len(times) else None

    def begin_family(self, start_ms: float, end_ms: float) -> None:
        """A sweep begins: its curves come one by one, over an empty plot of that stretch of time."""
        self.forget()
        self._start, self._end, self._top = start_ms, end_ms, _WHOLE_MV
        self._fit()

    def add_member(self, times_ms: Array, above_mv: Array, fires: bool) -> None:
        """One curve of a sweep."""
        curve = pg.PlotDataItem(times_ms, above_mv, pen=self._family_pen(fires))
        self.addItem(curve)
        self._family.append((curve, fires))

    @property
    def family_size(self) -> int:
        """How many curves of a sweep are drawn."""
        return len(self._family)

    def _family_pen(self, fires: bool) -> QPen:
        return curve_pen(self.theme, "series_1" if fires else "series_7", width=1.0)

    def _drop_family(self) -> None:
        for curve, _ in self._family:
            self.removeItem(curve)
        self._family.clear()

    def _drop_no_return(self) -> None:
        self._no_return.setData([], [])
        self._passed.setData([], [])
        self._sign.hide()

    @property
    def peak_mv(self) -> float:
        """The highest point so far, mV above rest."""
        return float(np.max(self._now[1], initial=0.0))

    def reading(self, x: float, _y: float) -> str:
        """Both sums at the time under the pointer."""
        parts = [f"{x:.1f} ms"]
        curves = (("real", self._now), ("linear", self._linear.getData()), ("no return", self._no_return.getData()))
        for name, (times, values) in curves:
            if times is not None and len(times) and times[0] <= x <= times[-1]:
                value = float(np.interp(x, times, values))
                if np.isfinite(value):
                    parts.append(f"{name} {value:.2f} mV")
        return "   ".join(parts)

    def _fit(self) -> None:
        self.setXRange(self._start, self._end, padding=0)
        self.setYRange(-0.12 * self._top, self._top, padding=0)

    def sizeHint(self) -> QSize:
        """Low: where a card has no more room, its sliders are to stay in reach."""
        return QSize(self.theme.px(280), self.theme.px(90) + self.theme.gap(90))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls the card that the plot stands in: the plot has no use for it."""
        event.ignore()

    @Slot()
    def _on_look_changed(self) -> None:
        self._note.setColor(self.theme.color("series_1"))
        self._note.setFont(self.theme.font("small"))
        self.setMinimumHeight(self.theme.px(64) + self.theme.gap(70))
        for curve in self._ghosts:
            curve.setPen(curve_pen(self.theme, "disabled", width=1.0))
        for curve, fires in self._family:
            curve.setPen(self._family_pen(fires))
        pen = curve_pen(self.theme, "test")
        pen.setStyle(Qt.PenStyle.DotLine)
        self._no_return.setPen(pen)
        self._passed.setPen(curve_pen(self.theme, "test"))
        self._passed.setBrush(self.theme.color("panel"))
        self._sign.setColor(self.theme.color("test"))
        self._sign.setFont(self.theme.font("small"))
