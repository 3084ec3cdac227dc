"""A cell's own f-I curve with ReLU and sigmoid laid over it, and the places where they differ named. Asks no cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent

from app.panels.neuron.benches.excitability.plots import broken
from app.panels.neuron.unit_axis import UnitAxis
from app.simulation.biology.integrate_and_fire import REFRACTORY_MS
from app.widgets.plot_style import StyledPlot
from app.widgets.theme import Theme

Array = np.ndarray
_LOW_PX = 120  # of the design: a lower plot needs the room of its axis' name for the curves


def fitted_relu(current: Array, rate: Array) -> tuple[float, float]:
    """Slope and start of a ReLU that starts where the cell does, its slope by least squares over the part that fires."""
    fires = rate > 0.0
    start = float(current[max(int(np.flatnonzero(fires)[0]) - 1, 0)])
    above = current[fires] - start
    return float(np.dot(above, rate[fires]) / np.dot(above, above)), start


def fitted_sigmoid(current: Array, rate: Array) -> tuple[float, float, float]:
    """Height, middle and width of the sigmoid that is nearest, by least squares, to the curve up to its block."""
    last = int(np.flatnonzero(rate > 0.0)[-1]) + 1
    x, y = current[:last], rate[:last]
    best = (np.inf, 0.0, 0.0, 1.0)
    for middle in np.linspace(0.0, x[-1] * 0.6, 49):
        for width in np.geomspace(0.01, 0.5, 30) * x[-1]:
            shape = 1.0 / (1.0 + np.exp(-(x - middle) / width))
            height = float(np.dot(shape, y) / np.dot(shape, shape))
            error = float(np.sum((height * shape - y) ** 2))
            if error < best[0]:
                best = (error, height, float(middle), float(width))
    return best[1:]


class BridgeCurve(StyledPlot):
    """x: current; y: rate. Solid the cell; dashed ReLU, dotted sigmoid."""

    def __init__(self, theme: Theme, cell: str) -> None:
        """cell: "hh" or "lif"."""
        is_hh = cell == "hh"
        unit = "µA/cm²" if is_hh else "nA"
        axes = {"left": UnitAxis("left", "Hz"), "bottom": UnitAxis("bottom", unit)}
        super().__init__(theme, "current", unit, "rate", "Hz", title="f-I curve beside ReLU", axes=axes)
        self.cell = cell
        self._relu = self.add_curve("series_3", name="ReLU", is_dashed=True)
        self._sigmoid = self.add_curve("series_2", name="sigmoid", is_dashed=True, width=1.2)
        self._ceiling = self.add_curve("muted", name="ceiling", is_dashed=True, width=1.0)
        self._jump = self.add_curve("text", name="jump", is_dashed=True, width=1.0)
        self._cell_curve = self.add_curve("series_0", name="the cell")
        self._marks = pg.PlotDataItem(pen=None, symbol="o", name="where they differ")
        self.addItem(self._marks)
        self._texts: list[tuple[pg.TextItem, str]] = []
        self._words: list[tuple[str, ...]] = []  # of each text, whole and ever shorter
        self._homes: list[tuple[float, float]] = []  # where each stands while there is room
        self.plotItem.vb.setMouseEnabled(x=False, y=False)
        self.leave_room()
        self.setXRange(0.0, 120.0 if is_hh else 20.0, padding=0)
        self.setYRange(0.0, 185.0 if is_hh else 540.0, padding=0.02)
        theme.changed.connect(self._on_look_changed)
        self._on_look_changed()

    def show_curve(self, currents: Sequence[float], rates: Sequence[float]) -> None:
        """The cell's curve; what differs from it is found in it, not known beforehand."""
        x, y = np.asarray(currents, float), np.asarray(rates, float)
        for item, _ in self._texts:
            self.removeItem(item)
        self._texts.clear()
        self._words.clear()
        self._homes.clear()
        self._marks.setData([], [])
        if not np.any(y > 0.0):
            for curve in (self._relu, self._sigmoid, self._ceiling, self._cell_curve):
                curve.setData([], [])
            return
        self._cell_curve.setData(*broken(x, y), connect="finite")
        slope, start = fitted_relu(x, y)
        self._relu.setData(x, slope * np.maximum(x - start, 0.0))
        height, middle, width = fitted_sigmoid(x, y)
        self._sigmoid.setData(x, height / (1.0 + np.exp(-(x - middle) / width)))
        right = float(x[-1])
        at = min(0.72 * right, start + 0.8 * self._top() / slope)
        self._name(at, slope * (at - start), ("ReLU ",), "series_3", (1, 1))
        self._name(right * 0.99, height, ("sigmoid",), "series_2", (1, 0))
        self._mark_differences(x, y)
        self._on_look_changed()

    def _top(self) -> float:
        return float(self.plotItem.vb.viewRange()[1][1])

    def _mark_differences(self, x: Array, y: Array) -> None:
        firing = np.flatnonzero(y > 0.0)
        first, last = int(firing[0]), int(firing[-1])
        marks = [(float(x[first]), float(y[first]))]
        if y[first] > 20.0:
            rise = f"0 to {y[first]:.0f} Hz"
            jump = (f"jump at the rheobase: {rise} (type II)", f"jump at the rheobase: {rise}", f"jump: {rise}")
            self._name(float(x[first]) + 0.17 * float(x[-1]), float(y[first]) * 0.7, jump, "text", (0, 0))
            self._jump.setData([x[first], x[first]], [0.0, y[first]])
        else:
            text = f"no jump at {x[max(first - 1, 0)]:.3g}"
            self._name(
                float(x[first]) + 0.04 * float(x[-1]), float(y[first]) + 0.01 * self._top(), (text,), "text", (0, 1)
            )
        if last < len(x) - 1:
            marks.append((float(x[last]), float(y[last])))
            above = f"block above {(x[last] + x[last + 1]) / 2:.0f}"  # between the last that fires and the next
            block = (f"depolarisation {above}", above)
            self._name(float(x[-1]) * 0.99, float(y[last]) * 0.62, block, "text", (1, 0))
        if self.cell == "lif":
            ceiling = 1_000.0 / REFRACTORY_MS
            self._ceiling.setData([0.0, float(x[-1])], [ceiling, ceiling])
            self._name(0.02 * float(x[-1]), ceiling, (f"ceiling 1/t_ref = {ceiling:.0f} Hz",), "text", (0, 0))
        self._marks.setData([mark[0] for mark in marks], [mark[1] for mark in marks])

    def _name(self, x: float, y: float, words: tuple[str, ...], token: str, anchor: tuple[float, float]) -> None:
        item = pg.TextItem(words[0], anchor=anchor)
        item.setPos(x, y)
        self.addItem(item, ignoreBounds=True)
        self._texts.append((item, token))
        self._words.append(words)
        self._homes.append((x, y))

    def _keep_inside(self) -> None:
        """Words that would run over an edge make way for shorter ones; over the right one they move to the left."""
        right = float(self.plotItem.vb.viewRange()[0][1])
        for (item, _), words, home in zip(self._texts, self._words, self._homes, strict=True):
            item.setPos(*home)
            item.setText(words[0])
            if float(item.anchor.x()) != 0.0:
                self._shorten(item, words, home[0])
            elif self._end(item) > right:
                self._shorten(item, words[1:], right)
                over = self._end(item) - right
                if over > 0.0:
                    item.setPos(max(item.pos().x() - over, 0.0), item.pos().y())

    def _shorten(self, item: pg.TextItem, words: Sequence[str], room: float) -> None:
        """Of ever shorter words the first that take no more than `room`, in the units of the axis, or the last."""
        for text in words:
            item.setText(text)
            left, _, right, _ = self._box(item)
            if right - left <= room:
                return

    def _keep_apart(self) -> None:
        """Words that would lie on one another, or on the axis, move up, the lowest first."""
        low, high = self.plotItem.vb.viewRange()[1]
        taken: list[tuple[float, float, float, float]] = []
        for item in sorted((item for item, _ in self._texts), key=lambda item: self._box(item)[1]):
            left, bottom, right, top = self._box(item)
            tall = top - bottom
            bottom = max(min(bottom, high - tall), low)
            for other in sorted(taken, key=lambda box: box[1]):
                if left < other[2] and right > other[0] and bottom < other[3] and bottom + tall > other[1]:
                    bottom = other[3]
            has_room = bottom + tall <= high + 0.1 * tall
            item.setVisible(has_room)  # in a low plot the marks say it
            if has_room:
                item.setPos(item.pos().x(), bottom + tall * (1.0 - float(item.anchor.y())))
                taken.append(self._box(item))

    def _box(self, item: pg.TextItem) -> tuple[float, float, float, float]:
        """Left, lower, right and upper end of the words of `item`, in the units of the axes."""
        view = self.plotItem.vb
        (x0, x1), (y0, y1) = view.viewRange()
        wide = item.boundingRect().width() / max(view.width(), 1.0) * (x1 - x0)
        tall = item.boundingRect().height() / max(view.height(), 1.0) * (y1 - y0)
        left = item.pos().x() - float(item.anchor.x()) * wide
        top = item.pos().y() + float(item.anchor.y()) * tall
        return left, top - tall, left + wide, top

    def _end(self, item: pg.TextItem) -> float:
        """Where the words of `item` end, in the units of the axis."""
        low, high = self.plotItem.vb.viewRange()[0]
        wide = item.boundingRect().width() / max(self.plotItem.vb.width(), 1.0) * (high - low)
        return float(item.pos().x() + wide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_texts"):
            has_name = self.height() >= self.theme.px(_LOW_PX)
            axis = self.plotItem.getAxis("bottom")
            axis.showLabel(has_name)
            axis.show_unit(not has_name)
            axis.setHeight(self.theme.px(42 if has_name else 22))
            self._keep_inside()
            self._keep_apart()

    @Slot()
    def _on_look_changed(self) -> None:
        theme = self.theme
        self._marks.setSymbolPen(pg.mkPen(theme.color("text"), width=theme.line_width))
        self._marks.setSymbolBrush(pg.mkBrush(theme.color("panel")))
        self._marks.setSymbolSize(9 + theme.line_width)
        for item, token in self._texts:
            item.setColor(theme.color(token))
            item.setFont(theme.font("small"))
        self._keep_inside()
        self._keep_apart()
