"""CompetitionStage: the plots of the competition bench, its figures and its clock's row, at one moment of a film. Asks no model."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from app.panels.neuron.benches.competition.film import Film, Moment
from app.panels.neuron.benches.competition.plots import HistogramPlot, MeanPlot, RatePlot, RunsPlot, WeightsPlot
from app.panels.neuron.benches.competition.state import CompetitionState
from app.panels.neuron.benches.competition.words import speed_text
from app.panels.neuron.play_row import PlayRow
from app.panels.neuron.yielding_row import YieldingRow
from app.widgets.read_out import ReadOut
from app.widgets.theme import Theme

_MOVING = ("histogram", "weights", "means", "rates")


class CompetitionStage(QWidget):
    """`show_moment` draws everything from the state and the film. sorted_asked: the weights shall stand sorted, or not."""

    sorted_asked = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._drawn: dict[str, tuple[object, ...]] = {}  # what each plot shows
        self._turn = 0
        self._runs_of: tuple[object, ...] = ()
        self.histogram = HistogramPlot(theme)
        self.weights = WeightsPlot(theme)
        self.means = MeanPlot(theme)
        self.rates = RatePlot(theme)
        self.runs = RunsPlot(theme)
        self.figures = {
            "mean": ReadOut(theme, "Mean weight", "0.000", "Of all synapses, as a part of the largest weight"),
            "sd": ReadOut(theme, "Spread (sd)", "0.000", "How far the weights lie apart: 0.289 where evenly spread"),
            "rate": ReadOut(theme, "Output rate", "1,000 Hz", "How often the cell fires, over the last slice"),
            "ends": ReadOut(
                theme,
                "Weak | strong",
                "100 % | 100 %",
                "Synapses below 0.1, which have lost, and above 0.9, which have won",
            ),
            "speed": ReadOut(theme, "Computed", "1000 s in 100.0 s", "How long the computation took"),
        }
        self.sort_button = QPushButton()
        self.sort_button.setAutoDefault(False)
        self.sort_button.setText("Sorted")
        self.sort_button.setCheckable(True)
        self.sort_button.setToolTip("Sort the synapses by their weight, or leave each at its number")
        self.sort_button.setAccessibleName("Sort the synapses by weight")
        self.play_row = PlayRow(theme, "the run", "1000 of 1000 s")
        self.play_row.add_tool(self.sort_button, "")
        head = YieldingRow(theme.gap(16))
        for name, figure in self.figures.items():
            head.add(figure, yields=name == "speed")
        head.add_stretch()
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.gap(16))
        grid.setVerticalSpacing(theme.gap(8))
        grid.addWidget(self.histogram, 0, 0, 1, 3)
        grid.addWidget(self.weights, 0, 3, 1, 3)
        for number, plot in enumerate((self.means, self.rates, self.runs)):
            grid.addWidget(plot, 1, 2 * number, 1, 2)
        for column in range(6):
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(0, 58)
        grid.setRowStretch(1, 42)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(theme.gap(8))
        whole.addWidget(head)
        whole.addLayout(grid, 1)
        whole.addWidget(self.play_row)
        self.sort_button.clicked.connect(self._on_sort_clicked)

    def show_moment(self, state: CompetitionState, film: Film, *, is_playing: bool, may_play: bool) -> None:
        """Everything as the film has it at `state.shown_s`; while it plays, one of the plots in turn: all of them took 50 ms."""
        moment = film.at(state.shown_s) if state.shown_s > 0 else None
        for name in self._turns(is_all=not is_playing):
            self._draw(name, moment, state, film)
        if self._runs_of != state.runs_key:
            self._runs_of = state.runs_key
            self.runs.show_runs(state)
        figures = dict.fromkeys(self.figures, "–")
        if moment is not None:
            figures["mean"], figures["sd"] = f"{moment.mean:.3f}", f"{moment.sd:.3f}"
            figures["rate"] = f"{moment.rate_Hz:.0f} Hz"
            figures["ends"] = f"{100 * moment.weak:.0f} % | {100 * moment.strong:.0f} %"
            figures["speed"] = speed_text(film)
        for name, figure in self.figures.items():
            figure.show_text(figures[name])
        self.sort_button.setChecked(state.is_sorted)
        self.play_row.show_moment(
            state.shown_s / state.seconds, f"{state.shown_s:.0f} of {state.seconds} s", is_playing=is_playing
        )
        self.play_row.set_free(may_play)

    def _turns(self, *, is_all: bool) -> tuple[str, ...]:
        """Which plots are to be drawn now."""
        if is_all:
            return _MOVING
        self._turn = (self._turn + 1) % len(_MOVING)
        return (_MOVING[self._turn],)

    def _draw(self, name: str, moment: Moment | None, state: CompetitionState, film: Film) -> None:
        """One plot, where it does not show this already."""
        key = (moment, state.is_sorted, state.seconds)
        if self._drawn.get(name) == key:
            return
        self._drawn[name] = key
        match name:
            case "histogram":
                self.histogram.show_counts(None if moment is None else moment.histogram)
            case "weights":
                self.weights.show_weights(None if moment is None else moment.weights, is_sorted=state.is_sorted)
            case "means":
                self.means.show_history(film.history(state.shown_s), state.seconds)
            case "rates":
                self.rates.show_history(film.history(state.shown_s), state.seconds)

    @Slot(bool)
    def _on_sort_clicked(self, is_on: bool) -> None:
        self.sorted_asked.emit(is_on)
