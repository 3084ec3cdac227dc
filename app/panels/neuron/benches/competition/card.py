"""CompetitionCard: what stands beside the competition bench's stage: prediction, what is run, start and cancel. Asks no model."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.panels.neuron.bench_controls import CardArea, ChoiceRow, label, retitle
from app.panels.neuron.benches.competition.film import Film
from app.panels.neuron.benches.competition.state import CompetitionState, Pace
from app.panels.neuron.benches.competition.words import QUESTION, caption, progress_text
from app.panels.neuron.prediction import PredictionBox
from app.panels.neuron.prediction_means import SketchQuestion
from app.panels.neuron.prediction_sketch import SketchLayer
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider

_WIDTH = 330  # px of the design
_GROWTH = 0.2  # of what the type grows by


class CompetitionCard(QWidget):
    """`settled` follows the end of a person's gesture, with its name for undo; `show_state` emits nothing."""

    settled = Signal(str)

    def __init__(self, theme: Theme, layer: SketchLayer) -> None:
        super().__init__()
        self._theme = theme
        self.box = PredictionBox(theme, QUESTION, SketchQuestion(layer), subject="The cell")
        self.rate = ValueSlider(
            theme, "Each input fires at", 1.0, 60.0, 15.0, unit="Hz", step=1.0,
            tooltip="How often each of the 1,000 inputs fires, at random; another rate is another run",
        )  # fmt: skip
        self.ratio = ValueSlider(
            theme, "A\u2212/A+", 0.8, 1.5, 1.05, step=0.01,
            tooltip="How much larger the loss of a pair is than its gain; below 1 everything grows",
        )  # fmt: skip
        self.seed = ValueSlider(
            theme, "Seed", 0, 9999, 0, is_whole=True,
            tooltip="Another seed: other chance. The same seed gives the same run, to the last bit",
        )  # fmt: skip
        self.seconds = ChoiceRow(theme, "Run for", (
            ("200", "200 s", "200 seconds of biology"),
            ("1000", "1,000 s", "1,000 seconds of biology: the two heaps stand further apart"),
        ))  # fmt: skip
        self.pace = ChoiceRow(theme, "Show", (
            ("slow", "10 ×", "Ten seconds of biology a second"),
            ("fast", "20 ×", "Twenty seconds of biology a second"),
            ("full", "at once", "As fast as it is computed"),
        ))  # fmt: skip
        self.start_button = QPushButton("Start")
        self.start_button.setObjectName("primary")
        self.start_button.setShortcut(QKeySequence("Ctrl+Return"))
        self.start_button.setToolTip("Start, pause or go on (Ctrl+Return, Space)")
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setToolTip("Give the run up, and forget it")
        self.reset_button = QPushButton("Reset")
        self.reset_button.setShortcut(QKeySequence("Ctrl+Backspace"))
        self.reset_button.setToolTip("All as at the beginning; your runs are forgotten (Ctrl+Backspace)")
        self.caption = label("", "caption")
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("How far the run is")
        self.progress = label("", "value")
        self.message = label("", "refusal")
        self._build()
        self._on_theme_changed()

    def _build(self) -> None:
        gap = self._theme.gap
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(0, 0, gap(6), 0)
        inside.setSpacing(gap(6))
        rule = QFrame()
        rule.setObjectName("rule")
        width = max(self.seconds.title.sizeHint().width(), self.pace.title.sizeHint().width())
        for row in (self.seconds, self.pace):
            row.title.setMinimumWidth(width)
        for part in (
            self.box,
            rule,
            self.rate,
            self.ratio,
            self.seed,
            self.seconds,
            self.pace,
            self.caption,
        ):
            inside.addWidget(part)
        inside.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(gap(8))
        buttons.addWidget(self.start_button, 1)
        for button in (self.start_button, self.cancel_button, self.reset_button):
            button.setAutoDefault(False)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.reset_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap(6))
        column.addWidget(CardArea(inner), 1)
        column.addStretch(0)
        for below in (self.message, self.progress, self.bar):
            column.addWidget(below)
        column.addLayout(buttons)
        self.rate.value_settled.connect(self._on_rate_settled)
        self.ratio.value_settled.connect(self._on_ratio_settled)
        self.seed.value_settled.connect(self._on_seed_settled)
        self.seconds.chosen.connect(self._on_seconds_chosen)
        self.pace.chosen.connect(self._on_pace_chosen)
        self._theme.changed.connect(self._on_theme_changed)

    def show_state(self, state: CompetitionState, result: str) -> None:
        """Every control; result: what the run said to the prediction ("": nothing yet)."""
        self.rate.set_value(state.rate_Hz)
        self.ratio.set_value(state.ratio)
        self.seed.set_value(state.seed)
        self.seconds.set_choice(str(state.seconds))
        self.pace.set_choice(state.pace)
        self.box.set_prediction(state.prediction)
        if result:
            self.box.show_result(result)
        self.caption.setText(caption(is_revealed=bool(result) or not state.prediction.first))

    def show_progress(self, state: CompetitionState, film: Film, *, is_playing: bool) -> None:
        """Start, pause or go on; how far it is."""
        text = progress_text(film, state, is_playing=is_playing)
        if text != self.progress.text():
            self.progress.setText(text)
        self.progress.setVisible(bool(text))
        self.bar.setValue(round(1000 * state.reached_s / state.seconds))
        is_begun = state.reached_s > 0 or is_playing
        self.bar.setVisible(is_begun and not state.is_over)
        name = "Start"
        if is_playing:
            name = "Pause"
        elif state.is_over:
            name = "Watch again"
        elif is_begun:
            name = "Continue"
        retitle(self.start_button, name)
        self.start_button.setEnabled(self.box.is_ready)
        self.cancel_button.setEnabled(is_begun and not state.is_over)

    def read(self, state: CompetitionState) -> CompetitionState:
        """`state` with what stands here; a run of other settings has not begun."""
        read = msgspec.structs.replace(
            state,
            rate_Hz=self.rate.value(),
            ratio=round(self.ratio.value(), 4),
            seed=round(self.seed.value()),
            seconds=int(self.seconds.choice),
            pace=msgspec.convert(self.pace.choice, Pace),
            prediction=self.box.prediction,
        )
        return read if read.options() == state.options() else msgspec.structs.replace(read, shown_s=0.0, reached_s=0.0)

    @Slot(float)
    def _on_rate_settled(self, _value: float) -> None:
        self.settled.emit("Change the input rate")

    @Slot(float)
    def _on_ratio_settled(self, _value: float) -> None:
        self.settled.emit("Change A\u2212/A+")

    @Slot(float)
    def _on_seed_settled(self, _value: float) -> None:
        self.settled.emit("Change the seed")

    @Slot(str)
    def _on_seconds_chosen(self, _key: str) -> None:
        self.settled.emit("Change the length of the run")

    @Slot(str)
    def _on_pace_chosen(self, _key: str) -> None:
        self.settled.emit("Change how fast the run is shown")

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self.setFixedWidth(theme.gap(_WIDTH) + round((theme.px(_WIDTH) - theme.gap(_WIDTH)) * _GROWTH))
        self.bar.setFixedHeight(theme.px(6))
