"""The phase plane of the Hodgkin-Huxley point cell: V against n, both nullclines, and the dot that the run moves (V22). Asks no cell."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Slot

from app.panels.neuron.benches.excitability.playback import RunPlayback
from app.simulation.biology.membrane import (
    LEAK_MS_PER_CM2,
    LEAK_MV,
    POTASSIUM_MS_PER_CM2,
    POTASSIUM_MV,
    SODIUM_MS_PER_CM2,
    SODIUM_MV,
    steady_gates,
)
from app.widgets.plot_style import StyledPlot
from app.widgets.theme import Theme

Array = np.ndarray
V_MV = np.linspace(-76.5, 49.5, 253)
_M, _, _N = steady_gates(V_MV)


def v_nullcline(h: float, current: float, sodium: float = 1.0) -> Array:
    """n at which dV/dt is 0 for each of V_MV, not a number where none is: m follows V at once, h as it stands.

    gK n^4 (V - EK) = I - gNa m^3 h (V - ENa) - gL (V - EL), in uA/cm2.
    """
    rest = current - sodium * SODIUM_MS_PER_CM2 * _M**3 * h * (V_MV - SODIUM_MV) - LEAK_MS_PER_CM2 * (V_MV - LEAK_MV)
    fourth = rest / (POTASSIUM_MS_PER_CM2 * (V_MV - POTASSIUM_MV))
    n: Array = np.full_like(V_MV, np.nan)
    is_there = (fourth >= 0.0) & (fourth <= 1.0)
    n[is_there] = fourth[is_there] ** 0.25
    return n


class PhasePlot(StyledPlot):
    """The path of the run in the plane of V and n. Where the nullclines cross nothing moves; h shifts one of them all the time."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "V", "mV", "n, potassium gate", "", title="Phase plane")
        self._path = self.add_curve("disabled", width=1.0)
        self._past = self.add_curve("series_0", name="path")
        self._n_line = self.add_curve("series_2", name="dn/dt = 0", is_dashed=True)
        self._v_line = self.add_curve("series_3", name="dV/dt = 0", is_dashed=True)
        self._dot = pg.PlotDataItem(pen=None, symbol="o", name="now")
        self.addItem(self._dot)
        self._names = {"n_line": pg.TextItem("– –  dn/dt = 0"), "v_line": pg.TextItem("– –  dV/dt = 0")}
        self._names["v_line"].setPos(-30.0, 0.34)
        self._names["n_line"].setPos(-30.0, 0.275)
        for item in self._names.values():
            self.addItem(item, ignoreBounds=True)
        self.plotItem.vb.setMouseEnabled(x=False, y=False)
        self.leave_room()
        self.setXRange(-82.0, 50.0, padding=0)
        self.setYRange(0.18, 0.85, padding=0)
        self.setToolTip(
            "The dashed lines are where n, or V, stands still; the V line is drawn for h as it is at this moment"
        )
        self._sodium = 1.0
        theme.changed.connect(self._on_look_changed)
        self._on_look_changed()

    def show_run(self, playback: RunPlayback, sodium: float) -> None:
        """Another run."""
        self._sodium = sodium
        traces = playback.traces
        self._path.setData(traces.get("V_mV", np.zeros(0)), traces.get("n", np.zeros(0)))
        self._n_line.setData(V_MV, _N)
        self.show_moment(playback)

    def show_moment(self, playback: RunPlayback) -> None:
        """The dot, the path behind it, and the V nullcline for h and the current of this moment."""
        traces = playback.traces
        has_run = "n" in traces
        self._names["v_line"].setVisible(has_run)
        self._names["n_line"].setVisible(has_run)
        if not has_run:
            for item in (self._past, self._v_line, self._n_line, self._path):
                item.setData([], [])
            self._dot.setData([], [])
            return
        count = int(np.searchsorted(traces["t_ms"], playback.shown_ms, "right"))
        self._past.setData(traces["V_mV"][:count], traces["n"][:count])
        self._dot.setData([playback.value("V_mV")], [playback.value("n")])
        line = v_nullcline(playback.value("h"), playback.value("I_uA_per_cm2"), self._sodium)
        self._v_line.setData(V_MV, line, connect="finite")

    @Slot()
    def _on_look_changed(self) -> None:
        theme = self.theme
        self._dot.setSymbolPen(pg.mkPen(theme.color("panel"), width=1.5))
        self._dot.setSymbolBrush(pg.mkBrush(theme.color("positive")))
        self._dot.setSymbolSize(12 + theme.line_width * 1.5)
        for name, token in (("n_line", "series_2"), ("v_line", "series_3")):
            self._names[name].setColor(theme.color(token))
            self._names[name].setFont(theme.font("small"))
