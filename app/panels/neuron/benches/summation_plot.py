"""The soma's potential while inputs add up: the real sum against the dashed sum of each alone. Asks no cell."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QWheelEvent

from app.simulation.biology.membrane import REST_MV
from app.widgets.plot_style import StyledPlot, curve_pen
from app.widgets.theme import Theme

Array = np.ndarray
GHOSTS = 4
_LEAST_MV, _MOST_MV = 10.0, 26.0  # a spike would press everything else flat: it leaves the plot at its top


class SummationPlot(StyledPlot):
    """x: ms of the cell's clock; y: mV above rest at the soma. Earlier runs stay as thin curves."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "time", "ms", "sum", "mV", title="Sum at the soma")
        self._ghosts = [
            self.add_curve("disabled", name=f"earlier run {number + 1}", width=1.0) for number in range(GHOSTS)
        ]
        self._linear = self.add_curve("muted", name="sum of each alone", is_dashed=True)
        self._real = self.add_curve("series_1", name="real sum")
        self._kept: list[tuple[Array, Array]] = []
        self._now: tuple[Array, Array] = (np.zeros(0), np.zeros(0))
        self._note = pg.TextItem(anchor=(0.5, 0))
        self.addItem(self._note, ignoreBounds=True)
        self._note.hide()
        self._top, self._end = _LEAST_MV, 40.0
        view = self.plotItem.vb
        view.setMouseEnabled(x=False, y=False)
        self.read_out = self.reading
        self.setToolTip("Solid: what the soma of this cell does. Dashed: the responses to each input alone, added up.")
        theme.changed.connect(self._on_look_changed)
        self._on_look_changed()
        self._fit()

    def begin(self, end_ms: float) -> None:
        """A new run: the curve of the one before stays as a ghost."""
        if len(self._now[0]):
            self._kept = [self._now, *self._kept][:GHOSTS]
        self._end = end_ms
        self.set_real(np.zeros(0), np.zeros(0))
        for curve, (times, values) in zip(self._ghosts, self._kept, strict=False):
            curve.setData(times, values)
        self._fit()

    def forget(self) -> None:
        """No curve at all."""
        self._kept.clear()
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

    @property
    def peak_mv(self) -> float:
        """The highest point so far, mV above rest."""
        return float(np.max(self._now[1], initial=0.0))

    def reading(self, x: float, _y: float) -> str:
        """Both sums at the time under the pointer."""
        parts = [f"{x:.1f} ms"]
        for name, (times, values) in (("real", self._now), ("linear", self._linear.getData())):
            if times is not None and len(times) and times[0] <= x <= times[-1]:
                parts.append(f"{name} {float(np.interp(x, times, values)):.2f} mV")
        return "   ".join(parts)

    def _fit(self) -> None:
        self.setXRange(0.0, self._end, padding=0)
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
