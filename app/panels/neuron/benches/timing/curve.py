"""WindowPlot: the change of a weight against the interval of two spikes: rules, the lecture's 20 ms, one's own runs. Knows no bench."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent

from app.panels.neuron.benches.timing.line import BAND_ALPHA
from app.panels.neuron.benches.timing.state import REACH_MS, TimingRun, TimingState
from app.panels.neuron.benches.timing.words import ANSWERS, RULE_NAMES, change_text, interval_text
from app.panels.neuron.prediction_mark import PredictionMark
from app.panels.neuron.prediction_sketch import Points
from app.simulation.biology.spike_timing import (
    BI_AND_POO,
    PAIR_HARD,
    TIMING_RULES,
    Pairing,
    TimingRule,
    window,
    window_of_pairs,
)
from app.widgets.plot_style import StyledPlot, curve_pen
from app.widgets.theme import Theme

Array = np.ndarray
_SAID = 0.42  # of the upper half: how long the arrow of a prediction is
_ROOM = 1.45  # of the axis over the highest curve: LTP and LTD stand there
FIT_PAIRS = 60  # after so many pairs Bi and Poo measured
_WORDS = {"ltp": "LTP: stronger", "ltd": "LTD: weaker"}
_EDGE_MS = 1e-3  # on both sides of a jump, so that it is drawn upright
_SIDE_MS = (0.5, 1, 2, 3, 5, 7.5, 10, 12.5, 15, 17.5, 20, 25, 30, 35, 40, 50, 60, 70, 80, 90, 100)
_CURVES = ("rule", "other", "fit", "hebb")
TOKENS = {"rule": "accent", "other": "series_4", "fit": "series_6", "hebb": "series_3"}
_DASHES = {"fit": Qt.PenStyle.DashLine, "hebb": Qt.PenStyle.DotLine}


def other_rule(rule: TimingRule) -> TimingRule:
    """The rule that is drawn thinly beside the chosen one, to be compared."""
    return "pair_hard" if rule == "pair" else "pair"


@lru_cache(maxsize=32)
def rule_curve(rule: TimingRule, pairs: int, frequency_Hz: float, pairing: Pairing) -> tuple[Array, Array]:
    """Intervals (n,) in ms, rising, and what so many pairs at each do, (n,). 20 to 80 ms of work the first time."""
    jumps = {0.0, PAIR_HARD.window_ms}
    if pairs > 1:
        period = 1000.0 / frequency_Hz
        jumps |= {k * period for k in range(1, int(REACH_MS / period) + 1)}
    edges = [jump + side * _EDGE_MS for jump in sorted(jumps) for side in (-1, 0, 1)]
    side = np.unique([s for s in (*_SIDE_MS, *edges) if 0 < s <= REACH_MS])
    intervals = np.concatenate([-side[::-1], [0.0], side])
    return intervals, window_of_pairs(TIMING_RULES[rule], intervals, pairs, frequency_Hz, pairing)


def change_at(state: TimingState, interval_ms: float) -> float:
    """What the run of `state` would do at an interval: the curve's height there."""
    rule = TIMING_RULES[state.rule]
    change = window_of_pairs(rule, np.array([interval_ms]), state.pairs, state.frequency_Hz, state.pairing)
    return float(change[0])


def fit_curve(pairs: int) -> tuple[Array, Array]:
    """The exponentials fitted to Bi & Poo's cells, which had 60 pairs at 1 Hz; for one pair, the 60th part of it."""
    side = np.unique([_EDGE_MS, *_SIDE_MS])
    intervals = np.concatenate([-side[::-1], [0.0], side])
    return intervals, window(BI_AND_POO, intervals) * (pairs / FIT_PAIRS)


class WindowPlot(StyledPlot):
    """x: post minus pre in ms; y: the change of a weight of 1 nS. What must not be seen yet is not drawn."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "s = post − pre", "ms", "Δw", "nS", title="Change of the weight against the interval")
        self._bands = [pg.LinearRegionItem(movable=False) for _ in range(2)]
        for sign, band in zip((-1, 1), self._bands, strict=True):
            band.setRegion(sorted((0.0, sign * PAIR_HARD.window_ms)))
            band.setZValue(-20)
            self.addItem(band, ignoreBounds=True)
        self._zero = pg.InfiniteLine(0.0, angle=0)
        self._here = pg.InfiniteLine(0.0, angle=90)
        for line in (self._zero, self._here):
            self.addItem(line, ignoreBounds=True)
        self.lines = {name: self.add_curve(TOKENS[name], name=name) for name in _CURVES}
        self._runs, self._older, self._ring = (
            pg.PlotDataItem(name=name, pen=None, symbol="o") for name in ("your runs", "other runs", "spikes now")
        )
        for item in (self._older, self._runs, self._ring):
            item.setZValue(10)
            self.addItem(item, ignoreBounds=True)
        self._words = {name: pg.TextItem() for name in ("ltp", "ltd", "band", "empty")}
        for word in self._words.values():
            word.setZValue(-5)  # what they stand on may hide the grid, never a curve
            self.addItem(word, ignoreBounds=True)
        self._words["empty"].setAnchor((0.5, 0.5))
        self._here.setZValue(-10)  # the words stand on it
        self.said = PredictionMark(self)
        self._state = TimingState()
        self.plotItem.vb.setMouseEnabled(x=False, y=False)
        self.setMinimumHeight(theme.px(120))
        self.setXRange(-REACH_MS, REACH_MS, padding=0)
        self.read_out = self.reading
        self.leave_room()
        self.setToolTip(
            "Right of 0 the input fires before the cell. Points: your own runs; shaded: the 20 ms of the lecture"
        )
        theme.changed.connect(self._on_look_changed)
        self._on_look_changed()

    def show_state(self, state: TimingState) -> None:
        """All that `state` shows here."""
        self._state = state
        self._draw_curves()
        self._draw_runs()
        self._draw_said()
        self.show_interval(state.interval_ms)
        self._place_words()

    def show_interval(self, interval_ms: float) -> None:
        """Where the spikes stand now: a line, and a ring on the curve."""
        self._here.setValue(interval_ms)
        if self._state.is_revealed:
            self._ring.setData([interval_ms], [change_at(self._state, interval_ms)])
        else:
            self._ring.setData([], [])

    def reading(self, x: float, _y: float) -> str:
        """The rule's change at the interval under the pointer."""
        if not self._state.is_revealed or abs(x) > REACH_MS:
            return ""
        s = round(x, 1) + 0.0
        return f"s {interval_text(s)}   {RULE_NAMES[self._state.rule]} Δw {change_text(change_at(self._state, s))} nS"

    @property
    def points(self) -> list[TimingRun]:
        """The runs that stand on the plot: those of as many pairs as are chosen (a single pair would lie on the axis)."""
        return [run for run in self._state.runs if run.pairs == self._state.pairs]

    # --- drawing ------------------------------------------------------------------------------------------------------

    def _draw_curves(self) -> None:
        state = self._state
        shown: dict[str, tuple[Array, Array]] = {}
        if state.is_revealed:
            how = (state.pairs, state.frequency_Hz, state.pairing)
            shown["rule"] = rule_curve(state.rule, *how)
            shown["other"] = rule_curve(other_rule(state.rule), *how)
            if state.is_fit_shown:
                shown["fit"] = fit_curve(state.pairs)
            if state.is_hebb_shown:
                intervals, changes = shown["rule"]
                shown["hebb"] = (intervals, np.where(intervals < 0, changes[::-1], changes))
        for name, line in self.lines.items():
            line.setData(*shown.get(name, ([], [])))
        highest = max([float(np.max(np.abs(changes))) for _, changes in shown.values()] or [0.0105 * state.pairs])
        highest = max([highest, *(abs(run.dw) for run in self.points)])
        self._top = _ROOM * highest
        self.setYRange(-self._top, self._top, padding=0)

    def _draw_runs(self) -> None:
        """Full where the run is of the settings on show, hollow where it was another."""
        state = self._state
        mine: list[tuple[float, float]] = []
        others: list[tuple[float, float]] = []
        for run in self.points:
            is_alike = (run.rule, run.frequency_Hz, run.pairing) == (state.rule, state.frequency_Hz, state.pairing)
            (mine if is_alike else others).append((run.interval_ms, run.dw))
        for item, points in ((self._runs, mine), (self._older, others)):
            item.setData([x for x, _ in points], [y for _, y in points])

    def _draw_said(self) -> None:
        """What was said of the interval that was asked about: an arrow up or down, or a bar at no change."""
        state = self._state
        if state.prediction.choice is None or state.asked_ms is None:
            self.said.show(())
            return
        s, way = state.asked_ms, (1, -1, 0)[state.prediction.choice]
        tip, head_ms, head = way * _SAID * self._top, 3.0, 0.07 * way * self._top
        points: Points = ((s, 0.0), (s, tip), (s - head_ms, tip - head), (s + head_ms, tip - head), (s, tip))
        reach = 1.5 * head_ms
        if way == 0:
            points = ((s - 2 * head_ms, 0.0), (s + 2 * head_ms, 0.0))
            reach = 0.0
        self.said.show(points, ANSWERS[state.prediction.choice], reach=reach)

    def _place_words(self) -> None:
        state, top = self._state, self._top
        for name in ("ltp", "ltd", "band"):
            self._words[name].setVisible(state.is_revealed)
        for band in self._bands:
            band.setVisible(state.is_revealed)
        beside = (0.98 * REACH_MS - PAIR_HARD.window_ms) / (2 * REACH_MS) * self.plotItem.vb.width()
        for name, sign in (("ltp", 1), ("ltd", -1)):
            self._words[name].setText(_WORDS[name])
            if self._words[name].boundingRect().width() > beside:  # or it would stand on the edge of the 20 ms
                self._words[name].setText(name.upper())
            self._words[name].setPos(sign * REACH_MS * 0.98, sign * top * 0.78)
        self._words["band"].setPos(0.0, -top)
        self._words["empty"].setPos(0.0, top * 0.5)
        self._words["empty"].setVisible(not state.is_revealed and state.prediction.choice is None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_top"):
            self._place_words()

    @Slot()
    def _on_look_changed(self) -> None:
        theme = self.theme
        for name, line in self.lines.items():
            pen = curve_pen(theme, TOKENS[name], width=theme.line_width + 1 if name == "rule" else theme.line_width)
            pen.setStyle(_DASHES.get(name, Qt.PenStyle.SolidLine))
            line.setPen(pen)
        for sign, band in zip((-1, 1), self._bands, strict=True):
            color = theme.color("positive" if sign > 0 else "negative")
            color.setAlphaF(BAND_ALPHA)
            band.setBrush(color)
            for edge in band.lines:
                edge.setPen(pg.mkPen(theme.color("border"), width=1, style=Qt.PenStyle.DotLine))
        self._zero.setPen(pg.mkPen(theme.color("border"), width=1))
        self._here.setPen(pg.mkPen(theme.color("text"), width=1, style=Qt.PenStyle.DashLine))
        size, edge = theme.px(10), pg.mkPen(theme.color("panel"), width=1)
        self._runs.setSymbolSize(size)
        self._runs.setSymbolBrush(theme.color("series_1"))
        self._runs.setSymbolPen(edge)
        self._older.setSymbolSize(size)
        self._older.setSymbolBrush(None)
        self._older.setSymbolPen(pg.mkPen(theme.color("series_1"), width=2))
        self._ring.setSymbolSize(theme.px(16))
        self._ring.setSymbolBrush(None)
        self._ring.setSymbolPen(pg.mkPen(theme.color("text"), width=2))
        self._dress_words()

    def _dress_words(self) -> None:
        theme = self.theme
        said = {
            "ltp": (_WORDS["ltp"], (1.0, 0.5), "positive", "heading"),
            "ltd": (_WORDS["ltd"], (0.0, 0.5), "negative", "heading"),
            "band": ("lecture: ±20 ms", (0.0, 1.0), "text", "small"),
            "empty": ("Predict, then run.", (0.5, 0.5), "text", "body"),
        }
        for name, (text, anchor, token, role) in said.items():
            word = self._words[name]
            word.setText(text)
            word.setAnchor(anchor)
            word.setFont(theme.font(role))
            word.setColor(theme.color(token))
        for name in ("band", "empty"):
            self._words[name].fill = pg.mkBrush(theme.color("panel"))
        if hasattr(self, "_top"):
            self._place_words()


class WeightPlot(StyledPlot):
    """The weight while the pairs come: x in ms for one pair, in s for many; y in nS."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "time", "s", "w", "nS", title="Weight during the pairs")
        self._path = self.add_curve("accent", name="w", width=theme.line_width + 1)
        self._start = pg.InfiniteLine(1.0, angle=0)
        self._now = pg.InfiniteLine(0.0, angle=90)
        self._word = pg.TextItem("", anchor=(1.0, 0.5))
        for item in (self._start, self._now, self._word):
            self.addItem(item, ignoreBounds=True)
        self._steps: tuple[Array, Array] = (np.zeros(0), np.ones(0))
        self._unit = 1.0
        self.plotItem.vb.setMouseEnabled(x=False, y=False)
        self.setMinimumHeight(theme.px(90))
        self.read_out = self.reading
        self.leave_room()
        self.setToolTip("How the weight moved while the pairs came; dotted: the 1 nS it began with")
        theme.changed.connect(self._on_look_changed)
        self._on_look_changed()
        self.forget()

    def show_path(self, times_ms: Array, weights_nS: Array, pairs: int) -> None:
        """The weight after each event of a run, from 1 nS."""
        self._unit = 1.0 if pairs == 1 else 1e-3
        self._labels["bottom"] = ("time", "ms" if pairs == 1 else "s")
        self._write_labels()
        times = np.asarray(times_ms, float)
        span = max(float(times[-1] - times[0]), 1.0)
        bounds = np.concatenate([[times[0] - 0.12 * span], times, [times[-1] + 0.2 * span]]) * self._unit
        levels = np.concatenate([[1.0], np.asarray(weights_nS, float)])
        self._steps = (bounds, levels)
        x = np.repeat(bounds, 2)[1:-1]
        self._path.setData(x, np.repeat(levels, 2))
        self._word.setText(f"{levels[-1]:.3f} nS")
        self._word.show()
        self._fit()

    def forget(self) -> None:
        """No run yet."""
        self._path.setData([], [])
        self._steps = (np.array([0.0, 60.0]), np.ones(1))
        self._word.hide()
        self._now.hide()
        self._fit()

    def show_share(self, share: float) -> None:
        """A line at `share` (0 to 1) of the run; 1: none."""
        bounds, levels = self._steps
        at = bounds[0] + share * (bounds[-1] - bounds[0])
        self._now.setVisible(share < 1.0)
        self._now.setValue(at)
        passed = int(np.searchsorted(bounds[1:-1], at, side="right"))
        self._word.setText(f"{levels[min(passed, len(levels) - 1)]:.3f} nS")

    def reading(self, x: float, _y: float) -> str:
        """The weight at the time under the pointer."""
        bounds, levels = self._steps
        passed = int(np.searchsorted(bounds[1:-1], x, side="right"))
        return f"{x:.3g} {self._labels['bottom'][1]}   w {levels[min(passed, len(levels) - 1)]:.6f} nS"

    def _fit(self) -> None:
        bounds, levels = self._steps
        low, high = float(np.min(levels)), float(np.max(levels))
        margin = 0.26 * (high - low) or 0.2
        self.setXRange(float(bounds[0]), float(bounds[-1]), padding=0)
        self.setYRange(low - margin, high + margin, padding=0)
        away = (high - low + 2 * margin) * (0.09 if levels[-1] >= 1.0 else -0.09)  # where the path has not been
        self._word.setPos(float(bounds[-1]), levels[-1] + away)

    @Slot()
    def _on_look_changed(self) -> None:
        theme = self.theme
        self._start.setPen(pg.mkPen(theme.color("muted"), width=1, style=Qt.PenStyle.DotLine))
        self._now.setPen(pg.mkPen(theme.color("text"), width=1))
        self._word.setFont(theme.font("value"))
        self._word.setColor(theme.color("accent"))
