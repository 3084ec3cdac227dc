"""ResponsePlot: the same stimulus before and after learning, as a ghost and a new trace with their peaks. Knows no bench."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent

from app.widgets.plot_style import StyledPlot
from app.widgets.theme import Theme

Array = np.ndarray
PULSE_MS = 5.0  # when the test pulse comes
MOST_POINTS = 1_600  # of a trace, about three for each pixel that it has


def pulse_options(weight_nS: float) -> dict[str, Any]:
    """One event of this weight on one synapse of the lecture neuron, as `hillock simulate summation` takes it."""
    return {"excitation": [[0, PULSE_MS, weight_nS]], "duration": 40.0}


class ResponsePlot(StyledPlot):
    """x: ms; y: mV, from `base_mv` (rest where the response is small). Before: dashed and muted; after: solid.

    least_mv: what the axis spans at least, from floor_mv.
    """

    def __init__(
        self,
        theme: Theme,
        title: str,
        y_label: str,
        *,
        base_mv: float,
        end_ms: float,
        least_mv: float,
        floor_mv: float = 0.0,
    ) -> None:
        super().__init__(theme, "time", "ms", y_label, "mV", title=title)
        self._base, self._end, self._least, self._floor = base_mv, end_ms, least_mv, floor_mv
        self._before = self.add_curve("muted", name="before", is_dashed=True)
        self._after = self.add_curve("series_1", name="after", width=theme.line_width + 1)
        self._tags = {"before": pg.TextItem(anchor=(0.0, 0.5)), "after": pg.TextItem(anchor=(0.0, 0.5))}
        for tag in self._tags.values():
            tag.hide()
            self.addItem(tag, ignoreBounds=True)
        self._empty = pg.TextItem("", anchor=(0.5, 0.5))
        self.addItem(self._empty, ignoreBounds=True)
        self._peaks: dict[str, tuple[float, float]] = {}
        self.plotItem.vb.setMouseEnabled(x=False, y=False)
        self.setMinimumHeight(theme.px(90))
        self.read_out = self.reading
        self.leave_room()
        theme.changed.connect(self._on_look_changed)
        self._on_look_changed()
        self._fit()

    def set_empty(self, sentence: str) -> None:
        """What stands there while there is no trace: what to do."""
        self._empty.setText(sentence)
        self._empty.setVisible(bool(sentence) and not self._peaks)

    def show_before(self, times_ms: Array, v_mv: Array, words: str) -> None:
        """The trace from before; `words` stand at its peak."""
        self._show("before", self._before, times_ms, v_mv, words)

    def show_after(self, times_ms: Array, v_mv: Array, words: str) -> None:
        """The trace from after."""
        self._show("after", self._after, times_ms, v_mv, words)

    def forget_after(self) -> None:
        """Before alone."""
        self._after.setData([], [])
        self._tags["after"].hide()
        self._peaks.pop("after", None)
        self._fit()

    def forget(self) -> None:
        """No trace at all."""
        self._before.setData([], [])
        self._tags["before"].hide()
        self._peaks.clear()
        self.forget_after()

    def peak_mv(self, which: str) -> float:
        """Of "before" or "after", from the base; NaN where there is none."""
        return self._peaks.get(which, (0.0, np.nan))[1]

    def reading(self, x: float, _y: float) -> str:
        """Both traces at the time under the pointer."""
        parts = [f"{x:.1f} ms"]
        for curve, name in ((self._before, "before"), (self._after, "after")):
            times, values = curve.getData()
            if times is not None and len(times) and times[0] <= x <= times[-1]:
                parts.append(f"{name} {float(np.interp(x, times, values)):.2f} mV")
        return "   ".join(parts)

    def _show(self, which: str, curve: pg.PlotDataItem, times_ms: Array, v_mv: Array, words: str) -> None:
        times, values = np.asarray(times_ms, float), np.asarray(v_mv, float) - self._base
        seen = times <= self._end
        times, values = times[seen], values[seen]
        at = int(np.argmax(values))
        self._peaks[which] = (float(times[at]), float(values[at]))
        every = max(1, len(times) // MOST_POINTS)
        kept = np.unique(np.append(np.arange(0, len(times), every), at))  # the peak stays what it is
        curve.setData(times[kept], values[kept])
        self._tags[which].setText(words)
        self._tags[which].show()
        self._empty.hide()
        self._fit()

    def _fit(self) -> None:
        top = max([self._least, *(peak for _, peak in self._peaks.values())]) * 1.16
        low = min([self._floor, *(float(np.min(c.getData()[1])) for c in (self._before, self._after) if self._has(c))])
        self.setXRange(0.0, self._end, padding=0)
        self.setYRange(low - 0.06 * (top - low), top, padding=0)
        self._empty.setPos(self._end / 2, (top + low) / 2)
        self._empty.setVisible(not self._peaks and bool(self._empty.toPlainText()))
        self._place_tags(low, top)

    @staticmethod
    def _has(curve: pg.PlotDataItem) -> bool:
        times = curve.getData()[0]
        return times is not None and len(times) > 0

    def _place_tags(self, low: float, top: float) -> None:
        """Each as high as its peak, but apart and above the foot of the plot; right of where both curves have fallen below it."""
        apart, below = (top - low) * 0.17, (top - low) * 0.1
        free = low + 0.2 * (top - low)
        order = sorted(self._peaks, key=lambda name: (self._peaks[name][1], name == "after"))
        for name in order:
            height = max(self._peaks[name][1], free)
            free = height + apart
            passed = max(time for time, _ in self._peaks.values())
            for times, values in (curve.getData() for curve in (self._before, self._after) if self._has(curve)):
                above = np.flatnonzero(values > height - below)
                passed = max(passed, float(times[above[-1]]) if above.size else 0.0)
            width = self._tags[name].boundingRect().width() / max(self.plotItem.vb.width(), 1.0) * self._end
            self._tags[name].setPos(max(min(passed + 0.03 * self._end, self._end - width), 0.0), height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_peaks"):
            self._fit()

    @Slot()
    def _on_look_changed(self) -> None:
        theme = self.theme
        for name, token in (("before", "muted"), ("after", "series_1")):
            self._tags[name].setFont(theme.font("value"))
            self._tags[name].setColor(theme.color(token))
        self._empty.setFont(theme.font("body"))
        self._empty.setColor(theme.color("text"))
