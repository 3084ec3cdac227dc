"""RuleColumn: one learning rule: its name and formula, its weights over time up to the moment shown, what became of them."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QFontMetricsF, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.panels.neuron.bench_controls import LARGE_TYPE, label
from app.panels.neuron.benches.hebb.cloud import RULE_TOKENS
from app.panels.neuron.benches.hebb.fitted_line import FittedLine, Part
from app.panels.neuron.benches.hebb.path import WeightPath
from app.panels.neuron.benches.hebb.state import DURATION
from app.panels.neuron.benches.hebb.words import FORMULAS, LATEX, TIPS, TITLES, size_text, verdict
from app.panels.neuron.plot_dots import PlotDots, dot_pen
from app.panels.neuron.prediction_mark import PredictionMark
from app.simulation.biology.rate_rules import RateRule
from app.widgets.formula_view import FormulaSetter, FormulaView
from app.widgets.plot_style import StyledPlot, curve_pen
from app.widgets.theme import Theme

Array = np.ndarray
_TOKENS = {"w": "", "|w|": "", "w₁": "series_1", "w₂": "series_0", "y₁": "series_1", "y₂": "series_0", "θ": "text"}
_LEAST = {"w": (0.0, 1.5), "|w|": (0.0, 1.25), "w₁": (-0.1, 1.1), "y₁": (-0.25, 2.25)}  # what the axis spans at least

_ROOM = 0.05  # of the axis on both sides: a dot at the end is whole, on the projector too
_STEP = 0.25  # of what it spans at least, by which the axis grows
_LOW_PX = 95  # of the design, height of a plot
_EVERY = 2  # rows of the answer make a point of the curve: so many lie on one pixel


class RulePlot(StyledPlot):
    """x: time; y: the weights, or (BCM) the responses to two patterns and the threshold. A run that runs away has a log axis."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "time", "1/η", "w", "", title="Weights over time")
        self._lines: dict[str, pg.PlotDataItem] = {name: self.add_curve("text", name=name) for name in _TOKENS}
        self._target = pg.InfiniteLine(1.0, angle=0)
        self._dots = PlotDots(QRectF(), is_smooth=True)  # one on each curve, at the moment shown
        for item in (self._target, self._dots):
            self.addItem(item, ignoreBounds=True)
        self.leave_room()
        self.said = PredictionMark(self)
        self._rule: RateRule = "hebb"
        self._range = (0.0, 0.0)
        self.path: WeightPath | None = None
        self.plotItem.vb.setMouseEnabled(x=False, y=False)
        self.keep_axes()
        self.setXRange(0, DURATION, padding=_ROOM)
        self.setMinimumHeight(theme.px(56))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.read_out = self.reading
        theme.changed.connect(self._on_look_changed)
        self._on_look_changed()

    @property
    def is_log(self) -> bool:
        """Whether the axis is logarithmic: a vector under Hebb's rule has no other that holds it."""
        return self._rule == "hebb" and self.path is not None and self.path.view == "inputs"

    def set_rule(self, rule: RateRule, title: str) -> None:
        """Show another rule; its path comes later."""
        self._rule, self.title = rule, title
        self.path = None
        for line in self._lines.values():
            line.setData([], [])
        self._dots.show_groups(())
        self.setAccessibleName(f"Plot of {title}")
        self._on_look_changed()

    def set_path(self, path: WeightPath) -> None:
        """The rule's answer; nothing of it is drawn before `show_moment`."""
        self.path = path
        for line in self._lines.values():
            line.setData([], [])
        self.plotItem.setLogMode(y=self.is_log)
        self._range = (0.0, 0.0)  # a change of mode has let it go
        self.setXRange(0, DURATION, padding=_ROOM)
        if path.view == "pair":
            self._labels = {"bottom": ("time", "s"), "left": ("w", "nS")}
        else:
            name = "|w|" if self.is_log else "response" if path.rule == "bcm" else "w"
            self._labels = {"bottom": ("time", "1/η"), "left": (name, "log" if self.is_log else "")}
        self._name_axis()
        self._target.setVisible(path.view == "inputs" and path.rule == "oja")

    def _name_axis(self) -> None:
        """The name of the left axis, shorter where the axis is."""
        whole = self._labels["left"]
        name, unit = whole
        metrics = QFontMetricsF(self.theme.font("small"))
        for short in ((name, unit), (name, ""), ("y" if name == "response" else name, "")):
            self._labels["left"] = short
            text = f"{short[0]} ({short[1]})" if short[1] else short[0]
            if metrics.horizontalAdvance(text) <= self.plotItem.vb.height():
                break
        self._write_labels()
        self._labels["left"] = whole  # the read-out and what is exported have it whole
        self._fit_time_axis()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "path"):
            self._name_axis()
            self._fit_time_axis()

    def _fit_time_axis(self) -> None:
        """In a low plot the curves have the room of the axis' name: the clock below says what is counted."""
        has_name = self.height() >= self.theme.px(_LOW_PX)
        axis = self.plotItem.getAxis("bottom")
        axis.showLabel(has_name)
        axis.setHeight(self.theme.px(42 if has_name else 22))

    def show_moment(self, time: float, *, is_whole_seen: bool) -> None:
        """Draw up to `time`. is_whole_seen: the axis may be that of the whole run (before, it would give the end away)."""
        path = self.path
        if path is None:
            return
        k = path.index(time)
        series = path.series()
        rows = np.unique(np.append(np.arange(0, k + 1, _EVERY), k))
        for name, values in series.items():
            self._lines[name].setData(path.times[rows], values[rows])
        self._show_dots(float(path.times[k]), {name: float(values[k]) for name, values in series.items()})
        self._fit(series, len(path.times) if is_whole_seen else k + 1)

    def _show_dots(self, time: float, ends: dict[str, float]) -> None:
        """A dot at the end of each curve, rimmed in the panel's colour."""
        groups = []
        for name, end in ends.items():
            height = (math.log10(end) if end > 0 else -math.inf) if self.is_log else end
            if math.isfinite(height):
                place = QPolygonF([QPointF(time, height)])
                groups += [(self._rim, place), (self._dot_pens[name], place)]
        self._dots.show_groups(groups)

    def reading(self, x: float, _y: float) -> str:
        """The values at the time under the pointer, as far as they have been seen."""
        line = next((line for line in self._lines.values() if line.xData is not None and len(line.xData)), None)
        if self.path is None or line is None or not 0 <= x <= float(line.xData[-1]) + 1e-9:
            return ""
        k = self.path.index(x)
        parts = [f"{name} {size_text(float(values[k]))}" for name, values in self.path.series().items()]
        return "   ".join([f"{self.path.times[k]:.2f}", *parts])

    def legend(self, time: float) -> list[Part]:
        """The values then, each in its curve's colour."""
        if self.path is None:
            return []
        k = self.path.index(time)
        unit = " nS" if self.path.view == "pair" else ""
        series = self.path.series()
        return [(f"{name} {size_text(float(values[k]))}{unit}", self._token(name)) for name, values in series.items()]

    def _token(self, name: str) -> str:
        return _TOKENS[name] or RULE_TOKENS[self._rule]

    def _fit(self, series: dict[str, Array], rows: int) -> None:
        """The range of the rows that count, widened by whole steps: each change paints axis and grid anew."""
        values = np.concatenate([column[:rows] for column in series.values()])
        values = values[np.isfinite(values)]
        if self.is_log:
            positive = np.maximum(values, 1e-12)
            low, high = np.log10(positive.min()), np.log10(positive.max())
            wanted = (min(float(np.floor(low)), -1.0) - 0.2, max(float(np.ceil(high)), 1.0) + 0.4)
        else:
            least = next((span for name, span in _LEAST.items() if name in series), (0.0, 1.0))
            step = _STEP * (least[1] - least[0])
            low = least[0] - step * math.ceil(max(least[0] - float(values.min()), 0.0) / step)
            high = least[1] + step * math.ceil(max(float(values.max()) - least[1], 0.0) / step)
            margin = 0.06 * (high - low)
            wanted = (low - margin, high + margin)
        if wanted != self._range:
            self._range = wanted
            self.setYRange(*wanted, padding=0)
            self._dots.set_bounds(
                QRectF(-_ROOM * DURATION, wanted[0], (1 + 2 * _ROOM) * DURATION, wanted[1] - wanted[0])
            )

    @Slot()
    def _on_look_changed(self) -> None:
        theme = self.theme
        for name, line in self._lines.items():
            is_dashed = name == "θ" or (name == "|w|" and self._rule != "hebb")
            line.setPen(curve_pen(theme, self._token(name), is_dashed=is_dashed, width=theme.line_width + 0.5))
        self._target.setPen(pg.mkPen(theme.color("muted"), width=1, style=Qt.PenStyle.DotLine))
        self._rim = dot_pen(theme.color("panel"), theme.px(10) + 1)
        self._dot_pens = {name: dot_pen(theme.color(self._token(name)), theme.px(9)) for name in _TOKENS}


class RuleColumn(QWidget):
    """Name, formula, live values, plot and verdict of one rule."""

    def __init__(self, theme: Theme, setter: FormulaSetter) -> None:
        super().__init__()
        self._theme = theme
        self._shown = (0.0, False)
        self.name = label("", "heading")
        self.formula = FormulaView(theme, setter, scale=1.0)
        self.formula.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # columns stay of one width
        self.name.setWordWrap(False)
        self.values = FittedLine(theme, "body")
        self.plot = RulePlot(theme)
        self.verdict = label("", "value")
        self._head = QHBoxLayout()
        self._head.addWidget(self.name)
        self._head.addWidget(self.formula, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(2))
        column.addLayout(self._head)
        column.addWidget(self.values)
        column.addWidget(self.plot, 1)
        column.addWidget(self.verdict)
        theme.changed.connect(self._on_theme_changed)
        self._stack_head()

    def _stack_head(self) -> None:
        """In large type the formula stands below the name: beside it, a long one was too small to be read."""
        is_large = self._theme.scale > LARGE_TYPE
        self._head.setDirection(QBoxLayout.Direction.TopToBottom if is_large else QBoxLayout.Direction.LeftToRight)
        self._head.setSpacing(self._theme.gap(1 if is_large else 8))

    def set_rule(self, rule: RateRule) -> None:
        """Show this rule."""
        self.name.setText(TITLES[rule])
        self.formula.show_formula(LATEX[rule], FORMULAS[rule])
        for part in (self.name, self.formula):
            part.setToolTip(TIPS[rule])
        self.plot.setToolTip(TIPS[rule])
        self.plot.set_rule(rule, f"{TITLES[rule]}: weights over time")
        self.setAccessibleName(f"{TITLES[rule]} rule")
        self.values.show_parts([])
        self.verdict.setText("")

    def set_path(self, path: WeightPath) -> None:
        """The rule's answer."""
        self.plot.set_path(path)

    def show_moment(self, time: float, *, is_whole_seen: bool) -> None:
        """Everything as it stands then."""
        self._shown = (time, is_whole_seen)
        self.plot.show_moment(time, is_whole_seen=is_whole_seen)
        self.values.show_parts(self.plot.legend(time))
        path = self.plot.path
        self.verdict.setText("" if path is None else verdict(path, time))

    @Slot()
    def _on_theme_changed(self) -> None:
        self._stack_head()
        self.show_moment(self._shown[0], is_whole_seen=self._shown[1])
