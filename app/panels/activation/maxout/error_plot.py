"""ErrorPlot: how the least largest error falls with the number of lines, on logarithmic axes. Computes nothing."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.widgets.number_words import readable
from app.widgets.plot_style import StyledPlot, curve_pen
from app.widgets.theme import Theme


class ErrorPlot(StyledPlot):
    """Dots for 1, 2, ... lines, the one in use filled; a dashed line that falls as 1/k²; a dotted one below which none can come."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "lines k", "", "error", "", title="Least largest error", parent=parent)
        self.plotItem.setLogMode(True, True)
        self.plotItem.setMouseEnabled(False, False)
        self._law = self.add_curve("muted", name="as 1/k²", is_dashed=True, width=1.5)
        self._floor = self.add_curve("bad", name="half of the largest dent", is_dashed=True, width=1.5)
        self._dots = pg.PlotDataItem(name="best lines", symbol="o", pen=None)
        self.addItem(self._dots)
        self._now = pg.PlotDataItem(name="in use", symbol="o", pen=None)
        self.addItem(self._now)
        self._errors: tuple[float, ...] = ()
        self._given: object = None
        self._range = (0.0, 0.0)
        self.keep_axes()
        bottom = self.plotItem.getAxis("bottom")
        bottom.setTicks([[(math.log10(k), str(k)) for k in range(1, 9)]])
        self.read_out = self._read
        self.setToolTip(
            "The least largest error with 1 to 8 lines; the dashed line falls with the square of their number"
        )
        theme.changed.connect(self._on_dress_changed)
        self._on_dress_changed()

    def show_errors(self, errors: tuple[float, ...], floor: float, now: tuple[int, float] | None) -> None:
        """errors: with 1, 2, ... lines. floor: below which one unit cannot come, 0: none. now: lines in use, and their error."""
        if (errors, floor) != self._given:
            self._given, self._errors = (errors, floor), errors
            self._show_best(errors, floor)
            self._range = (0.0, 0.0)
        is_now = now is not None and now[0] > 0 and now[1] > 0
        x, y = ([min(now[0], 8)], [now[1]]) if now is not None and is_now else ([], [])
        self._now.setData(x, y)
        every = [*(error for error in errors if error > 0), *([floor] if floor > 0 else []), *y]
        if every:
            # a fifth of a power of ten at a time: axes that follow every movement are painted every time
            low, high = math.floor(5 * math.log10(min(every))) / 5, math.ceil(5 * math.log10(max(every))) / 5
            self._show_range(low - 0.1, high + 0.1)

    def _show_best(self, errors: tuple[float, ...], floor: float) -> None:
        shown = [(k, error) for k, error in enumerate(errors, 1) if error > 0]
        self._dots.setData(np.array([k for k, _ in shown], float), np.array([error for _, error in shown], float))
        ends = np.array([1.0, 8.0])
        start = next((error * k * k for k, error in shown if k > 1), shown[0][1] if shown else 1.0)
        self._law.setData(ends, start / ends**2)
        self._floor.setData(ends if floor > 0 else [], np.full(2, floor) if floor > 0 else [])

    def _show_range(self, low: float, high: float) -> None:
        if (low, high) != self._range:
            self._range = low, high
            self.plotItem.getAxis("left").setTicks([_ticks(low, high)])
            self.plotItem.vb.setRange(xRange=(-0.06, 0.96), yRange=(low, high), padding=0)

    def _read(self, x: float, _y: float) -> str:
        k = round(x)
        if not 1 <= k <= len(self._errors):
            return ""
        return f"{k} {'line' if k == 1 else 'lines'}: error {readable(self._errors[k - 1])}"

    @Slot()
    def _on_dress_changed(self) -> None:
        theme = self.theme
        self._dots.setSymbolSize(5 + 2 * theme.line_width)
        self._dots.setSymbolPen(curve_pen(theme, "accent", width=1.5))
        self._dots.setSymbolBrush(pg.mkBrush(theme.color("panel")))
        self._now.setSymbolSize(6 + 2.5 * theme.line_width)
        self._now.setSymbolPen(curve_pen(theme, "panel", width=1))
        self._now.setSymbolBrush(pg.mkBrush(theme.color("accent")))
        self.setFixedHeight(theme.px(140))


def _ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Tens between 10^low and 10^high, with twos and fives where there are few; pyqtgraph writes all nine over one another."""
    steps = (1, 2, 5) if high - low < 1.6 else (1,)
    powers = range(math.floor(low), math.ceil(high) + 1)
    values = [step * 10.0**power for power in powers for step in steps]
    return [(math.log10(value), f"{value:g}") for value in values if low <= math.log10(value) <= high]
