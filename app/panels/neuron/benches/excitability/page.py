"""How the excitability bench is laid out: card, points, phase plane, trace and clock. Asks no cell and decides nothing."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.panels.neuron.bench_controls import CardArea, label
from app.panels.neuron.benches.excitability.controls import ExcitabilityControls
from app.panels.neuron.benches.excitability.phase import PhasePlot
from app.panels.neuron.benches.excitability.playback import RunPlayback
from app.panels.neuron.benches.excitability.plots import RunPlot, RunTracePlot
from app.panels.neuron.clock_bar import ClockBar
from app.panels.neuron.prediction import PredictionBox
from app.panels.neuron.prediction_means import ChoiceQuestion, Question, SketchQuestion
from app.panels.neuron.prediction_sketch import SketchLayer
from app.widgets.theme import Theme

WORDS = {
    "fi_hh": ("How does the rate grow with the current? Draw it.", "Type II: it fires fast at once, or not at all (Hodgkin 1948). Beyond, sodium channels stay inactivated: block."),
    "fi_lif": ("How does the rate grow with the current? Draw it.", "It begins at 1.5 nA from 0 Hz, and can never pass 500 Hz: 2 ms of rest after each spike."),
    "strength": ("A pulse of 1 ms needs 7 µA/cm². One of 0.5 ms: how strong must it be?", "Short pulses: what counts is the charge, strength times length (Lapicque 1907). Long ones: the rheobase."),
    "refractory": ("A second pulse 8 ms after the first: which makes a spike?", "Absolutely refractory below 6 ms at 6.3 °C; then a stronger pulse will do; at 20 ms even a weaker one."),
}  # fmt: skip
ANSWERS = {
    "strength": ChoiceQuestion(("just as strong", "half as strong again", "about twice as strong")),
    "refractory": ChoiceQuestion(("the same pulse", "only a stronger one", "none")),
}
SAID = {  # where an answer is drawn: the x that is asked about, a height for each answer
    "strength": (0.5, (7.0, 10.5, 14.0)),
    "refractory": (8.0, (30.0, 110.0, 195.0)),
}


class ExcitabilityPage(QWidget):
    """All that is seen of the bench; whoever owns it connects and fills it."""

    def __init__(self, theme: Theme, playback: RunPlayback, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._playback = playback
        rate = ("rate", "Hz", 0.0, 160.0)
        self.plots = {
            "fi_hh": RunPlot(theme, ("current", "µA/cm²", 0.0, 120.0), rate, "f-I curve, Hodgkin-Huxley"),
            "fi_lif": RunPlot(theme, ("current", "nA", 0.0, 20.0), ("rate", "Hz", 0.0, 520.0), "f-I curve, LIF"),
            "strength": RunPlot(theme, ("length of the pulse", "ms", 0.0, 20.0), ("strength", "µA/cm²", 0.0, 70.0), "Strength and duration"),
            "refractory": RunPlot(theme, ("second pulse after", "ms", 0.0, 31.0), ("strength", "µA/cm²", 0.0, 205.0), "Refractory period"),
        }  # fmt: skip
        self.questions: dict[str, Question] = {
            "fi_hh": SketchQuestion(SketchLayer(self.plots["fi_hh"], (0.0, 120.0), (0.0, 160.0))),
            "fi_lif": SketchQuestion(SketchLayer(self.plots["fi_lif"], (0.0, 20.0), (0.0, 520.0))),
            **ANSWERS,
        }
        self.box = PredictionBox(theme, WORDS["fi_hh"][0], self.questions["fi_hh"])
        self.controls = ExcitabilityControls(theme)
        self.run_button = QPushButton("Run")
        self.phase = PhasePlot(theme)
        self.trace = RunTracePlot(theme)
        self.clock_bar = ClockBar(theme, playback, end_word="End")
        self._build()
        theme.changed.connect(self._fit_card)

    def _build(self) -> None:
        gap = self._theme.gap
        self.run_button.setObjectName("primary")
        self.run_button.setShortcut(QKeySequence("Ctrl+Return"))
        self.run_button.setToolTip("Put a cell at rest under this current; its outcome becomes a point (Ctrl+Return)")
        self.reset_button = QPushButton("Reset")
        self.reset_button.setToolTip("Forget all runs and predictions; everything as at the beginning")
        self.hint = label("", "muted")
        self.fact = label("", "value")
        self.caption = label("", "caption")
        inner = QWidget()
        upper = QVBoxLayout(inner)
        upper.setContentsMargins(0, 0, gap(6), 0)
        upper.setSpacing(gap(10))
        for part in (self.controls.mode, self.box, self.controls):
            upper.addWidget(part)
        self.card = QWidget()
        buttons = QHBoxLayout()
        buttons.addWidget(self.run_button, 1)
        buttons.addWidget(self.reset_button)
        card = QVBoxLayout(self.card)
        card.setContentsMargins(0, 0, 0, 0)
        card.setSpacing(gap(8))
        card.addWidget(CardArea(inner), 100)
        card.addLayout(buttons)
        for text in (self.hint, self.fact, self.caption):
            card.addWidget(text)
        card.addStretch(1)
        self.stack = QStackedWidget()
        for plot in self.plots.values():
            self.stack.addWidget(plot)
        self._grid = QGridLayout()
        self._grid.setSpacing(gap(8))
        self._grid.addWidget(self.stack, 0, 0)
        self._grid.addWidget(self.phase, 0, 1)
        self._grid.addWidget(self.trace, 1, 0, 1, 2)
        self._grid.setRowStretch(0, 3)
        self._grid.setRowStretch(1, 2)
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(1, 2)
        row = QHBoxLayout()
        row.setSpacing(gap(16))
        row.addWidget(self.card)
        row.addLayout(self._grid, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(gap(12), gap(8), gap(12), 0)
        column.setSpacing(gap(2))
        column.addLayout(row, 1)
        column.addWidget(self.clock_bar)
        self._fit_card()

    @Slot()
    def _fit_card(self) -> None:
        theme = self._theme
        self.card.setFixedWidth(theme.px(190) + theme.gap(110))

    def ask(self, key: str, *, is_new: bool) -> None:
        """Show what belongs to the question `key`; is_new: another one was asked before."""
        question, caption = WORDS[key]
        if is_new:
            self.box.set_question(question, self.questions[key])
        self.caption.setText(caption)
        self.stack.setCurrentWidget(self.plots[key])

    def show_said(self, key: str) -> None:
        """An answer that was chosen, where the runs will be: about a pulse of 0.5 ms, or 8 ms after the first."""
        choice, kind = self.box.prediction.choice, self.questions[key]
        if not isinstance(kind, ChoiceQuestion) or key not in SAID:
            return
        x, heights = SAID[key]
        reach = 0.04 * self.plots[key].plotItem.vb.viewRect().width()
        points = () if choice is None else ((max(x - reach, 0.0), heights[choice]), (x + reach, heights[choice]))
        self.plots[key].said.show(points, "" if choice is None else kind.answers[choice])

    def show_traces(self, sodium: float, *, has_plane: bool) -> None:
        """Another run is played; has_plane: it has more than one variable."""
        self.trace.show_run(self._playback)
        self.phase.show_run(self._playback, sodium)
        self.phase.setVisible(has_plane)
        self._grid.setColumnStretch(1, 2 if has_plane else 0)
        self.clock_bar.set_usable(bool(self._playback.traces))
        self.clock_bar.refresh()

    def show_moment(self) -> None:
        """The moment that is played."""
        self.trace.show_moment(self._playback)
        self.phase.show_moment(self._playback)
        self.clock_bar.refresh()

    def show_caption(self, is_shown: bool) -> None:
        """What is known of it: the answer, so not while a prediction is owed."""
        self.caption.setVisible(is_shown)

    def say(self, sentence: str) -> None:
        """A hint under Run; "" for none."""
        self.hint.setText(sentence)
        self.hint.setVisible(bool(sentence))

    def tell(self, fact: str) -> None:
        """What the run shown came to; "" for nothing."""
        self.fact.setText(fact)
        self.fact.setVisible(bool(fact))
