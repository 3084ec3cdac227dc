"""The plots of the competition bench: histogram, all weights, mean and rate over time, one's own runs. Ask no model."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainterPath, QPen, QResizeEvent, QTextOption
from PySide6.QtWidgets import QSizePolicy

from app.panels.neuron.benches.competition.film import BINS
from app.panels.neuron.benches.competition.state import SYNAPSES, CompetitionRun, CompetitionState
from app.panels.neuron.plot_dots import PlotDots, dot_pen
from app.widgets.plot_style import StyledPlot
from app.widgets.theme import Theme

Array = np.ndarray
HIGHEST = 400  # synapses in one bin that the histogram has room for
_SHADES = 11  # of the scatter
_NARROW = 80  # px of a plot by the theme's scale, below which the figures of its axis would run into one another


class _Plot(StyledPlot):
    """A plot of this bench: it takes the room it gets, and is not zoomed by accident."""

    def __init__(self, theme: Theme, x: str, x_unit: str, y: str, y_unit: str, title: str) -> None:
        super().__init__(theme, x, x_unit, y, y_unit, title=title)
        self.plotItem.vb.setMouseEnabled(x=False, y=False)
        self.leave_room()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumHeight(theme.px(80))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.keep_axes()
        self._empty = pg.TextItem("", anchor=(0.5, 0.5))
        self.addItem(self._empty, ignoreBounds=True)
        self._words = [self._empty]  # that are written into the plot
        self.plotItem.vb.sigXRangeChanged.connect(self._wrap)
        theme.changed.connect(self._wrap)  # figures in another type

    def say(self, sentence: str) -> None:
        """In the middle, while there is nothing; "": nothing."""
        if sentence != self._empty.toPlainText():
            self._empty.setText(sentence)
            self._wrap()
        self._empty.setVisible(bool(sentence))

    @Slot()
    def _wrap(self) -> None:
        """What stands there takes as many lines as the plot's width asks for; a narrow axis has fewer figures."""
        width = self.plotItem.vb.width()
        for word in self._words:
            item = word.textItem
            item.setTextWidth(-1)
            item.setTextWidth(min(item.boundingRect().width(), max(width - 12, 40.0)))
            word.updateTextPos()
        self._thin_out(width)

    def _thin_out(self, width: float) -> None:
        """Where the axis is narrow, so few figures that they do not run into one another."""
        axis = self.plotItem.getAxis("bottom")
        if width >= _NARROW * self.theme.scale:
            axis.setTickSpacing()
            axis.setStyle(maxTextLevel=2)
            return
        low, high = self.plotItem.vb.viewRange()[0]
        wide = max(
            QFontMetricsF(axis.style["tickFont"] or self.font()).horizontalAdvance(text)
            for text in ("0.0", f"{0.75 * high:.0f}")
        )
        least = (high - low) / max(width / (wide + 2.0), 1.0)
        power = 10.0 ** math.floor(math.log10(least))
        major = next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= 0.999 * least)
        axis.setTickSpacing(major, major / 2)
        axis.setStyle(maxTextLevel=0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_empty"):
            self._wrap()


def weight_color(theme: Theme, weight: float) -> QColor:
    """Blue at 0, grey between, orange at 1: each far enough from the panel to be seen as a dot."""
    ends = theme.color("negative"), theme.color("border"), theme.color("positive")
    low, high = (ends[0], ends[1]) if weight < 0.5 else (ends[1], ends[2])
    share = 2 * weight if weight < 0.5 else 2 * weight - 1
    mixed = [round((1 - share) * a + share * b) for a, b in zip(_rgb(low), _rgb(high), strict=True)]
    return QColor(*mixed)


def _rgb(color: object) -> tuple[int, int, int]:
    made = pg.mkColor(color)
    return made.red(), made.green(), made.blue()


class HistogramPlot(_Plot):
    """How many synapses have which weight. The sketch of a prediction lies over it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "weight", "of the largest", "synapses", "", "Weights of all synapses")
        self._edges = np.linspace(0.0, 1.0, BINS + 1)
        self._middles = (self._edges[:-1] + self._edges[1:]) / 2
        self._bars = pg.BarGraphItem(x=self._middles, height=np.zeros(BINS), width=0.045)
        self.addItem(self._bars)
        self._outline = self.add_curve("text", name="synapses in each twentieth", width=1)
        self._empty.setPos(0.5, 0.62 * HIGHEST)
        self._even = pg.InfiniteLine(SYNAPSES / BINS, angle=0)
        self._even_word = pg.TextItem("at the start: 50 in each bin", anchor=(0.5, 1.0))
        self._even_word.setPos(0.5, SYNAPSES / BINS)
        self._words.append(self._even_word)
        for item in (self._even, self._even_word):
            self.addItem(item, ignoreBounds=True)
        self.setXRange(0.0, 1.0, padding=0.01)
        self.setYRange(0, HIGHEST, padding=0)
        self.setToolTip("How many of the 1,000 synapses lie in each twentieth of 0 to the largest weight")
        self._even_word.textItem.document().setDefaultTextOption(QTextOption(Qt.AlignmentFlag.AlignHCenter))
        self.counts = np.zeros(BINS, np.int64)
        self.read_out = self.reading
        theme.changed.connect(self._on_look_changed)
        self._on_look_changed()

    def show_counts(self, counts: Array | None) -> None:
        """The counts (20,); None: no run."""
        self.counts = np.zeros(BINS, np.int64) if counts is None else counts
        self._bars.setOpts(height=self.counts)
        self._even_word.setVisible(counts is None)
        x = np.repeat(self._edges, 2)
        y = np.concatenate([[0], np.repeat(self.counts, 2), [0]])
        self._outline.setData(*(([], []) if counts is None else (x, y)))
        highest = float(self.counts.max())
        self.setYRange(0, HIGHEST if highest <= HIGHEST else 1.1 * highest, padding=0)

    def curve_data(self) -> dict[str, tuple[Array, Array]]:
        """The counts at the middles of their bins, and a sketch, for export."""
        series = {name: data for name, data in super().curve_data().items() if name == "your sketch"}
        return {"synapses in each twentieth": (self._middles, self.counts.astype(float)), **series}

    def reading(self, x: float, _y: float) -> str:
        """The bin under the pointer."""
        if not 0.0 <= x < 1.0:
            return ""
        number = int(x * BINS)
        return f"{self._edges[number]:.2f} to {self._edges[number + 1]:.2f}: {self.counts[number]} synapses"

    @Slot()
    def _on_look_changed(self) -> None:
        theme = self.theme
        brushes = [pg.mkBrush(weight_color(theme, float(middle))) for middle in self._middles]
        self._bars.setOpts(brushes=brushes, pen=None)
        self._even.setPen(pg.mkPen(theme.color("muted"), width=1, style=Qt.PenStyle.DotLine))
        self._even_word.setFont(theme.font("small"))
        self._even_word.setColor(theme.color("muted"))
        self._empty.setFont(theme.font("body"))
        self._empty.setColor(theme.color("text"))
        self._wrap()


class WeightsPlot(_Plot):
    """Every synapse as a dot: by its number, or sorted by its weight."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "synapse", "", "weight", "", "Weight of each synapse")
        self._dots = PlotDots(QRectF(0.0, 0.0, SYNAPSES, 1.0))
        self._pens: list[QPen] = []
        self.addItem(self._dots, ignoreBounds=True)
        self.setXRange(0, SYNAPSES, padding=0.01)
        self.setYRange(0.0, 1.0, padding=0.04)
        self.setToolTip("Each dot is one synapse; blue: weak, orange: strong")
        self.weights = np.empty(0, np.float32)
        self.read_out = self.reading
        theme.changed.connect(self._on_look_changed)
        self._on_look_changed()

    def show_weights(self, weights: Array | None, *, is_sorted: bool) -> None:
        """The weights (n,); None: no run."""
        self.weights = np.empty(0, np.float32) if weights is None else np.sort(weights) if is_sorted else weights
        self._draw()

    def _draw(self) -> None:
        shade = np.clip((self.weights * _SHADES).astype(int), 0, _SHADES - 1)
        groups = []
        for number, pen in enumerate(self._pens):
            mine = np.flatnonzero(shade == number)
            if mine.size:  # an empty polygon cannot be written into
                groups.append((pen, arrayToQPolygonF(mine.astype(float), self.weights[mine].astype(float))))
        self._dots.show_groups(groups)

    def reading(self, x: float, _y: float) -> str:
        """The synapse under the pointer."""
        number = round(x)
        return f"synapse {number + 1}: {self.weights[number]:.3f}" if 0 <= number < self.weights.size else ""

    def curve_data(self) -> dict[str, tuple[Array, Array]]:
        """As one series, for export."""
        numbers = np.arange(1.0, self.weights.size + 1)
        return {"weight": (numbers, self.weights.astype(float))} if self.weights.size else {}

    @Slot()
    def _on_look_changed(self) -> None:
        theme = self.theme
        self._pens = []
        for number in range(_SHADES):
            color = weight_color(theme, (number + 0.5) / _SHADES)
            self._pens.append(dot_pen(color, theme.px(4), is_round=False))
        self._draw()


class MeanPlot(_Plot):
    """Mean and spread of the weights over the seconds."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "time", "s", "mean ± sd", "", "Mean and spread of the weights")
        self._low = self.add_curve("accent", name="mean − sd", width=1)
        self._high = self.add_curve("accent", name="mean + sd", width=1)
        self._band = pg.FillBetweenItem(self._low, self._high)
        self.addItem(self._band)
        self._mean = self.add_curve("accent", name="mean", width=theme.line_width + 1)
        self.setYRange(0.0, 1.0, padding=0.02)
        self.setToolTip("Line: the mean of all weights; band: one standard deviation up and down")
        theme.changed.connect(self._on_look_changed)
        self._on_look_changed()

    def show_history(self, history: dict[str, Array], seconds: float) -> None:
        """The slices so far; the axis is of the whole run."""
        t, mean, sd = history["seconds"], history["mean"], history["sd"]
        self._low.blockSignals(True)  # or the band is made twice
        self._low.setData(t, mean - sd)
        self._low.blockSignals(False)
        self._high.setData(t, mean + sd)
        if t.size < 2:
            self._band.setPath(QPainterPath())  # between no curves it would keep the area of the last ones
        self._mean.setData(t, mean)
        self.setXRange(0, seconds, padding=0.01)

    @Slot()
    def _on_look_changed(self) -> None:
        color = self.theme.color("accent")
        color.setAlphaF(0.2)
        self._band.setBrush(pg.mkBrush(color))


class RatePlot(_Plot):
    """How often the cell fires, over the seconds."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "time", "s", "output", "Hz", "Firing of the cell")
        self._curve = self.add_curve("series_3", name="output rate", width=theme.line_width)
        self._highest = 0.0
        self.setToolTip("How often the cell fires, counted over each slice of the run")

    def show_history(self, history: dict[str, Array], seconds: float) -> None:
        """The slices so far; the axis is of the whole run."""
        self._curve.setData(history["seconds"], history["rate_Hz"])
        highest = float(history["rate_Hz"].max()) if history["rate_Hz"].size else 0.0
        self.setXRange(0, seconds, padding=0.01)
        self.setYRange(0, max(1.15 * highest, 40.0), padding=0)


class RunsPlot(_Plot):
    """Output against input rate of one's own runs: full where A-/A+ is what is set, hollow where it was another."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "input", "Hz", "output", "Hz", "Your runs")
        self._mine = pg.ScatterPlotItem(pxMode=True)
        self._others = pg.ScatterPlotItem(pxMode=True)
        self._here = pg.InfiniteLine(15.0, angle=90)
        self._same = self.add_curve("muted", name="output = input", is_dashed=True, width=1)
        for item in (self._here, self._others, self._mine):
            self.addItem(item, ignoreBounds=True)
        self._runs: Sequence[CompetitionRun] = ()
        self._empty.setZValue(10)  # on the lines, which it interrupts
        self.setXRange(0, 60, padding=0.01)
        self.setToolTip(
            "Each point is a run of yours at its end; hollow: of another A\u2212/A+. Dashed: as often as an input"
        )
        theme.changed.connect(self._on_look_changed)
        self._on_look_changed()

    def show_runs(self, state: CompetitionState) -> None:
        """The runs that `state` holds."""
        self._runs = state.runs
        mine = [run for run in state.runs if run.ratio == state.ratio]
        others = [run for run in state.runs if run.ratio != state.ratio]
        for item, runs in ((self._mine, mine), (self._others, others)):
            item.setData([run.rate_Hz for run in runs], [run.output_Hz for run in runs])
        self._here.setValue(state.rate_Hz)
        highest = max([60.0, *(1.15 * run.output_Hz for run in state.runs)])
        self.setYRange(0, highest, padding=0.01)
        self._same.setData([0.0, 60.0], [0.0, 60.0])
        self.say("" if state.runs else "each whole run is a point here")
        self._empty.setPos(30, 0.5 * highest)

    def curve_data(self) -> dict[str, tuple[Array, Array]]:
        """The runs, for export."""
        if not self._runs:
            return {}
        rates = np.array([run.rate_Hz for run in self._runs])
        return {"output Hz": (rates, np.array([run.output_Hz for run in self._runs]))}

    @Slot()
    def _on_look_changed(self) -> None:
        theme = self.theme
        self._mine.setBrush(theme.color("series_3"))
        self._mine.setPen(pg.mkPen(theme.color("panel"), width=1))
        self._others.setBrush(None)
        self._others.setPen(pg.mkPen(theme.color("series_3"), width=2))
        for item in (self._mine, self._others):
            item.setSize(theme.px(10))
        self._here.setPen(pg.mkPen(theme.color("border"), width=1, style=Qt.PenStyle.DashLine))
        self._empty.setFont(theme.font("small"))
        self._empty.setColor(theme.color("muted"))
        self._empty.fill = pg.mkBrush(theme.color("panel"))
        self._wrap()
