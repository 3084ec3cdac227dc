"""CurveBoard: value, derivative and second derivative of all functions in the list, under one x axis; or one small plot for each."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.panels.activation.curve_layer import LIVING, Curve, Drawing
from app.panels.activation.curves.curve_plot import CurvePlot
from app.panels.activation.curves.samples import Samples, rows_needed
from app.panels.activation.curves.small_multiples import SmallMultiples
from app.panels.activation.curves.state import ROWS, CurvesState, Row
from app.panels.activation.functions import PlottedFunction
from app.panels.activation.zone_painter import Zone
from app.widgets.number_words import readable
from app.widgets.theme import Theme

Floats = npt.NDArray[np.float64]

ROW_NAMES: dict[Row, tuple[str, str]] = {
    "value": ("f(x)", "Activation functions"),
    "derivative": ("f′(x)", "Derivatives"),
    "second_derivative": ("f″(x)", "Second derivatives"),
}
_SHARES: dict[Row, int] = {"value": 3, "derivative": 2, "second_derivative": 2}


class CurveBoard(QWidget):
    """Shows a CurvesState; tells what a hand does to it.

    ranges_moved: x, and y by row, while a hand drags or zooms. probe_moved, probe_settled: the probe's x. chosen: a function's number.
    """

    ranges_moved = Signal(object, object)
    probe_moved = Signal(float)
    probe_settled = Signal()
    chosen = Signal(int)
    stroke_drawn = Signal(object)  # points (n, 2) of a pen, in the units of the value plot
    pen_changed = Signal(bool)  # taken or let go

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_following = False
        self._has_pen = False
        self.samples = Samples()
        self.plots: dict[Row, CurvePlot] = {}
        self._splitter = QSplitter(Qt.Orientation.Vertical, self)
        self._splitter.setChildrenCollapsible(False)
        for row in ROWS:
            label, title = ROW_NAMES[row]
            plot = CurvePlot(theme, label, title, self._splitter)
            plot.probe_moved.connect(self.probe_moved)
            plot.probe_settled.connect(self.probe_settled)
            plot.range_moved.connect(self._on_range_moved)
            plot.read_out = _no_text
            plot.stroke_drawn.connect(self.stroke_drawn)
            plot.pen_changed.connect(self._on_pen_changed)
            self.plots[row] = plot
            self._splitter.addWidget(plot)
            self._splitter.setStretchFactor(self._splitter.count() - 1, _SHARES[row])
        self.multiples = SmallMultiples(theme, self)
        self.multiples.chosen.connect(self.chosen)
        self._empty = QLabel("Add a function at the left, and its curve appears here.", self)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self.pages = QStackedWidget(self)
        for page in (self._splitter, self.multiples, self._empty):
            self.pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pages)

    def show_state(
        self,
        state: CurvesState,
        functions: tuple[PlottedFunction, ...],
        living: tuple[Floats, Floats] | None = None,
        *,
        keeps_names: bool = False,
    ) -> None:
        """Draw `functions` as `state` says. living: x and y of the living cell's curve, in units of the value plot.

        keeps_names: the names of the curves stay where they hang as long as they can, while something is dragged.
        """
        self.samples.set_span(state.x)
        self.samples.keep_only(functions)
        if not functions and living is None and not self._has_pen:
            self.pages.setCurrentWidget(self._empty)
            return
        if not state.is_overlaid:
            self.pages.setCurrentWidget(self.multiples)
            self.multiples.show_functions(state, functions, self.samples)
            return
        self.pages.setCurrentWidget(self._splitter)
        rows = rows_needed(state)
        self._is_following = True
        for row, plot in self.plots.items():
            if plot.isHidden() == (row in rows):
                plot.setVisible(row in rows)
                self._share_room(rows)
            if row in rows:
                plot.show_x_axis(row == rows[-1])
                if plot.ranges() != (state.x, state.span(row)):
                    plot.set_ranges(state.x, state.span(row))
                plot.layer.keeps_names = keeps_names
                plot.show_drawing(self._drawing(state, functions, row, living if row == "value" else None, rows))
        self._is_following = False

    @Slot(bool)
    def set_pen(self, is_taken: bool) -> None:
        """While the pen is taken, a hand draws in the value plot instead of moving it."""
        self.plots["value"].set_pen(is_taken)

    @Slot(bool)
    def _on_pen_changed(self, is_taken: bool) -> None:
        self._has_pen = is_taken
        self.pen_changed.emit(is_taken)

    def _share_room(self, rows: tuple[Row, ...]) -> None:
        total = sum(_SHARES[row] for row in rows)
        height = max(self._splitter.height(), 100)
        self._splitter.setSizes([height * _SHARES[row] // total if row in rows else 0 for row in ROWS])

    def _drawing(
        self,
        state: CurvesState,
        functions: tuple[PlottedFunction, ...],
        row: Row,
        living: tuple[Floats, Floats] | None,
        rows: tuple[Row, ...],
    ) -> Drawing:
        low, high = state.span(row)
        labels = labels_of(functions)
        curves = [
            Curve(
                self.samples.x,
                self.samples.line(function, row, high - low),
                number,
                labels[number],
                number == state.selected,
            )
            for number, function in enumerate(functions)
        ]
        zones: tuple[Zone, ...] = ()
        tangent = None
        probe = None
        selected = functions[state.selected] if functions else None
        if selected is not None and state.has_zones:
            spans = self.samples.zones(selected, state.threshold)
            zones = tuple(Zone(span.start, span.end, span.is_dead) for span in spans)
        if state.probe is not None:
            values = [self.samples.at(function, state.probe) for function in functions]
            if selected is not None and row != "second_derivative":
                chosen = values[state.selected]
                slope = chosen["derivative" if row == "value" else "second_derivative"]
                tangent = (state.probe, chosen[row], slope) if row == "value" else None
            probe = (state.probe, tuple(value[row] for value in values))
        if living is not None:
            curves.append(Curve(living[0], living[1], LIVING, "living cell"))
            if probe is not None:
                probe = (probe[0], (*probe[1], float(np.interp(probe[0], *living, left=math.nan, right=math.nan))))
        words = (f"saturated: |f′| < {state.threshold:g}", "dead: f′ = 0") if row == rows[0] else ("", "")
        return Drawing(tuple(curves), zones, tangent, probe, row == rows[0], words)

    @Slot()
    def _on_range_moved(self) -> None:
        plot = self.sender()
        if self._is_following or not isinstance(plot, CurvePlot):
            return
        x, y = plot.ranges()
        row = next(row for row, other in self.plots.items() if other is plot)
        self.ranges_moved.emit(x, {row: y})


def labels_of(functions: tuple[PlottedFunction, ...]) -> list[str]:
    """What is written beside each curve: its title, with the parameter that tells it from another of the same title."""
    titles = [function.title for function in functions]
    labels = []
    for function in functions:
        label = function.title
        if titles.count(label) > 1 and function.numbers:
            label += " " + ", ".join(_short(value) for value in function.numbers.values())
        labels.append(label)
    return labels


def _short(value: object) -> str:
    return readable(value, least=0.0) if isinstance(value, float) else str(value)


def _no_text(_x: float, _y: float) -> str:
    return ""  # the table beside the board says it, exactly
