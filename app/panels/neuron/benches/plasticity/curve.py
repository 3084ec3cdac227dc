"""FrequencyPlot: the change of a weight against the frequency of stimulation, with its threshold and one's own runs. Knows no bench."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent

from app.panels.neuron.benches.plasticity.state import HIGHEST_HZ, LOWEST_HZ, SKETCH_DW, PlasticityState
from app.panels.neuron.benches.plasticity.words import RULE_NAMES, percent
from app.panels.neuron.prediction_sketch import SketchLayer
from app.widgets.plot_style import StyledPlot, curve_pen
from app.widgets.theme import Theme

Array = np.ndarray
_TICKS_HZ = (0.5, 1, 2, 5, 10, 20, 50, 100)
_LEAST = 0.12  # of the axis on both sides of no change


class FrequencyPlot(StyledPlot):
    """x: Hz, logarithmic; y: change as a fraction of 1 nS. Below no change depression, above it potentiation."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "frequency", "Hz", "Δw", "of 1 nS", title="Change of the weight against the frequency")
        self.setLogMode(x=True, y=False)
        self.plotItem.getAxis("bottom").setTicks([[(math.log10(f), f"{f:g}") for f in _TICKS_HZ]])
        self._zero = pg.InfiniteLine(0.0, angle=0)
        self._theta = pg.InfiniteLine(1.0, angle=90)
        self._here = pg.InfiniteLine(0.0, angle=90)
        for line in (self._zero, self._theta, self._here):
            self.addItem(line, ignoreBounds=True)
        self._calm = self.add_curve("muted", name="threshold at 10 Hz", is_dashed=True)
        self._rule = self.add_curve("accent", name="rule", width=theme.line_width + 1)
        self.layer = SketchLayer(self, (LOWEST_HZ, HIGHEST_HZ), SKETCH_DW, is_log_x=True)
        self._points = {name: pg.PlotDataItem(name=name, pen=None, symbol="o") for name in ("other runs", "your runs")}
        for points in self._points.values():
            points.setZValue(10)
            self.addItem(points)
        self._words = {name: pg.TextItem() for name in ("ltp", "ltd", "theta", "empty")}
        for word in self._words.values():
            word.setZValue(-5)  # what they stand on may hide the grid, never a curve
            self.addItem(word, ignoreBounds=True)
        self._here.setZValue(-10)
        self._curve: tuple[Array, Array] = (np.zeros(0), np.zeros(0))
        self._state = PlasticityState()
        self.threshold_Hz: float | None = None
        self._top = 1.0
        self.plotItem.vb.setMouseEnabled(x=False, y=False)
        self.setMinimumHeight(theme.px(120))
        self.setXRange(math.log10(LOWEST_HZ), math.log10(HIGHEST_HZ), padding=0.05)
        self.read_out = self.reading
        self.leave_room()
        self.setToolTip(
            "Points: your own runs, full under the rule on show. θ: where weakening turns into strengthening"
        )
        theme.changed.connect(self._on_look_changed)
        self._on_look_changed()
        self.show_state(self._state)

    def show_state(self, state: PlasticityState) -> None:
        """The runs, and the frequency that is chosen; the curve where it may be seen."""
        self._state = state
        self._here.setValue(math.log10(state.frequency_Hz))
        mine = [run for run in state.runs if (run.rule, run.pulses, run.history_Hz) == self._settings()]
        others = [run for run in state.runs if run not in mine]
        for name, runs in (("your runs", mine), ("other runs", others)):
            self._points[name].setData([run.frequency_Hz for run in runs], [run.dw for run in runs])
        self._draw()

    def show_frequency(self, frequency_Hz: float) -> None:
        """While the frequency is being chosen."""
        self._here.setValue(math.log10(frequency_Hz))

    def show_curve(self, frequencies_Hz: Array, changes: Array, threshold_Hz: float | None) -> None:
        """The curve of the rule on show; threshold_Hz: where it turns, if it does."""
        self._curve = (np.asarray(frequencies_Hz, float), np.asarray(changes, float))
        self.threshold_Hz = threshold_Hz
        self._draw()

    def show_calm(self, frequencies_Hz: Array, changes: Array) -> None:
        """The curve of BCM before its threshold moved, dashed; empty: none."""
        self._calm.setData(frequencies_Hz, changes)

    def reading(self, x: float, _y: float) -> str:
        """The curve at the frequency under the pointer."""
        f, dw = self._curve
        if not self._state.is_revealed or not len(f) or not f[0] <= x <= f[-1]:
            return ""
        change = float(np.interp(math.log(x), np.log(f), dw))
        return f"{x:.3g} Hz   {RULE_NAMES[self._state.rule]} {percent(change)}"

    # --- drawing ------------------------------------------------------------------------------------------------------

    def _settings(self) -> tuple[str, int, float]:
        return (self._state.rule, self._state.pulses, self._state.history_Hz)

    def _draw(self) -> None:
        state = self._state
        is_shown = state.is_revealed and len(self._curve[0]) > 0
        f, dw = self._curve if is_shown else (np.zeros(0), np.zeros(0))
        self._rule.setData(f, dw)
        self._calm.setVisible(is_shown)
        changes = [*dw.tolist(), *(run.dw for run in state.runs)]
        is_sketched = state.prediction.first or state.prediction.curve is not None
        least = SKETCH_DW if is_sketched else (-_LEAST, _LEAST)
        lowest = min([least[0], *(1.25 * change for change in changes)])
        highest = max([least[1], *(1.25 * change for change in changes)])
        word = self._words["ltp"].boundingRect().height()
        room = max(0.06, min(word / max(self.plotItem.vb.height(), 1.0), 0.2))  # words stand above and below all
        self._top, bottom = highest + room * (highest - lowest), lowest - room * (highest - lowest)
        self.setYRange(bottom, self._top, padding=0)
        self._place_words(bottom, is_shown=is_shown)

    def _place_words(self, bottom: float, *, is_shown: bool) -> None:
        state, words = self._state, self._words
        words["ltp"].setPos(math.log10(HIGHEST_HZ), self._top)
        words["ltd"].setPos(math.log10(LOWEST_HZ), bottom)
        theta = self.threshold_Hz if is_shown else None
        is_inside = theta is not None and LOWEST_HZ <= theta <= HIGHEST_HZ
        self._theta.setVisible(is_inside)
        words["theta"].setVisible(is_inside)
        if theta is not None and is_inside:
            self._theta.setValue(math.log10(theta))
            words["theta"].setText(f"θ {theta:.3g} Hz")
            self._place_theta(theta, bottom)
        words["empty"].setVisible(not state.is_revealed and not state.runs and state.prediction.curve is None)
        words["empty"].setPos(0.5 * math.log10(LOWEST_HZ * HIGHEST_HZ), 0.5 * self._top)

    def _place_theta(self, theta_Hz: float, bottom: float) -> None:
        """The threshold's name right of its line; where there is no room left of it, with less beside it."""
        word, box = self._words["theta"], self.plotItem.vb
        low, high = box.viewRange()[0]
        room = (high - math.log10(theta_Hz)) / (high - low) * box.width()
        has_room = room > word.boundingRect().width()
        word.setAnchor((0.0 if has_room else 1.0, 1.0))
        word.setPos(math.log10(theta_Hz), bottom)
        self._words["ltp"].setText("LTP: stronger")
        is_narrow = self._words["ltp"].boundingRect().width() > room
        self._words["ltp"].setText("LTP" if is_narrow else "LTP: stronger")
        self._words["ltd"].setText("LTD: weaker" if has_room and not is_narrow else "LTD")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_words"):
            self._draw()

    @Slot()
    def _on_look_changed(self) -> None:
        theme = self.theme
        self._zero.setPen(pg.mkPen(theme.color("border"), width=1))
        self._here.setPen(pg.mkPen(theme.color("text"), width=1, style=Qt.PenStyle.DashLine))
        self._theta.setPen(curve_pen(theme, "series_4"))
        for name, points in self._points.items():
            points.setSymbolSize(theme.px(11))
            is_mine = name == "your runs"
            points.setSymbolBrush(theme.color("series_1") if is_mine else None)
            points.setSymbolPen(pg.mkPen(theme.color("panel" if is_mine else "series_1"), width=1 if is_mine else 2))
        said = {
            "ltp": ("LTP: stronger", (1.0, 0.0), "positive", "heading"),
            "ltd": ("LTD: weaker", (0.0, 1.0), "negative", "heading"),
            "theta": ("", (1.0, 0.0), "series_4", "heading"),
            "empty": ("Draw here what you expect.", (0.5, 0.5), "text", "body"),
        }
        for name, (text, anchor, token, role) in said.items():
            word = self._words[name]
            if text:
                word.setText(text)
                word.setAnchor(anchor)
            word.setFont(theme.font(role))
            word.setColor(theme.color(token))
            word.fill = pg.mkBrush(theme.color("panel"))
