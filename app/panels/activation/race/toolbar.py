"""RaceToolbar: play, step, reset, another seed, speed, saving; the learning rate across the whole width below. Computes nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.panels.activation.icon_button import ExportButton, IconButton
from app.panels.activation.race.record import RaceRecord
from app.panels.activation.race.state import LEARNING_RATES, RaceState
from app.widgets.icons import icon
from app.widgets.read_out import ReadOut
from app.widgets.steady_box import SteadyBox
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider

SPEEDS: tuple[tuple[float, str], ...] = (
    (15.0, "15 steps/s"),
    (60.0, "60 steps/s"),
    (240.0, "240 steps/s"),
    (0.0, "As fast as it goes"),
)
EXPORTS: dict[str, str] = {"png": "Picture (PNG) …", "svg": "Drawing (SVG) …", "csv": "Losses of every step (CSV) …"}

_ICON = 20.0  # px of the design


class RaceToolbar(QWidget):
    """play_asked: run or stand. rate_changed: while the slider moves; rate_held: a hand has taken it, or let
    it go; rate_settled: at the end of it. export_asked: png, svg, csv."""

    play_asked = Signal()
    step_asked = Signal()
    reset_asked = Signal()
    seed_asked = Signal()
    speed_changed = Signal(float)
    rate_changed = Signal(float)
    rate_held = Signal(bool)
    rate_settled = Signal()
    export_asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.play_button = self._button("play", "Run or hold the race (Space)", self.play_asked)
        self.play_button.setObjectName("primary")
        self.step_button = self._button("batch", "One step of all (S)", self.step_asked, "S")
        self.reset_button = self._button(
            "reset", "Back to the start: the same first weights and batches (R)", self.reset_asked, "R"
        )
        self.dice_button = self._button(
            "dice", "Another seed: other first weights and batches (D)", self.seed_asked, "D"
        )
        self.speed = SteadyBox(self)
        for value, words in SPEEDS:
            self.speed.addItem(words, value)
        self.speed.setAccessibleName("Speed")
        self.speed.setToolTip("How many steps a second the race takes at most")
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # the next Space is the race's
        self.speed.activated.connect(self._on_speed_chosen)
        self.steps = ReadOut(theme, "Step", "00,000", "Optimiser steps taken so far", self)
        self.pace = ReadOut(theme, "Steps/s", "0,000", "Steps that all racers take in a second", self)
        self.pace.setProperty("is_timing", True)
        self.hint = QLabel("", self)
        self.hint.setObjectName("caption")
        self.hint.setToolTip("While a training runs the race leaves it the machine: few steps, two pictures a second")
        self.hint.setWordWrap(True)
        self.hint.setSizePolicy(
            QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
        )  # the figures' room comes first
        self.export_button = ExportButton(
            theme, "Save the board as a picture or a drawing, or the losses of every step", EXPORTS, self, side=_ICON
        )
        self.export_button.chosen.connect(self.export_asked)
        self.rate = ValueSlider(
            theme,
            "Learning rate",
            *LEARNING_RATES,
            0.02,
            is_log=True,
            typed=(1e-8, 1000.0),
            tooltip="Acts at once, also while the race runs: far to the right it kills ReLUs",
            parent=self,
        )
        self.rate.value_changed.connect(self.rate_changed)
        self.rate.value_settled.connect(self.rate_settled)
        self.rate.slider.sliderPressed.connect(self._on_rate_taken)
        self.rate.slider.sliderReleased.connect(self._on_rate_let_go)
        self._row = QHBoxLayout()
        for button in (self.play_button, self.step_button, self.reset_button, self.dice_button):
            self._row.addWidget(button)
        self._row.addWidget(self.speed)
        self._row.addWidget(self.steps)
        self._row.addWidget(self.pace)
        self._row.addWidget(self.hint, 1)
        self._row.addWidget(self.export_button)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._row)
        self._column.addWidget(self.rate)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.show_running(is_running=False)

    def _button(self, name: str, tooltip: str, signal: object, key: str = "") -> IconButton:
        button = IconButton(self._theme, name, tooltip, self, key=key, side=_ICON)
        button.clicked.connect(signal)
        return button

    def show_state(self, state: RaceState) -> None:
        """Put everything where `state` has it; tells nobody."""
        if not self.rate.slider.isSliderDown() and self.rate.value() != state.learning_rate:
            self.rate.set_value(state.learning_rate)
        place = self.speed.findData(state.speed)
        if place < 0:
            self.speed.addItem(f"{state.speed:g} steps/s", state.speed)
            place = self.speed.count() - 1
        self.speed.setCurrentIndex(place)

    def show_running(self, *, is_running: bool, is_held_back: bool = False) -> None:
        """Whether the first button holds the race or lets it run, and whether a training has the machine."""
        self.hint.setText("Slow beside the training" if is_running and is_held_back else "")
        self.play_button.setIcon(icon(self._theme, "pause" if is_running else "play", "accent_text"))
        self.play_button.setToolTip("Hold the race (Space)" if is_running else "Run the race (Space)")
        self.play_button.setAccessibleName("Hold the race" if is_running else "Run the race")
        if not is_running:
            self.pace.show_text("–")

    def show_record(self, record: RaceRecord | None, *, is_running: bool, is_slow: bool) -> None:
        """The figures. is_slow: the pace too, which need not change thirty times a second."""
        self.steps.show_text(f"{record.done:,}" if record is not None else "–")
        if record is not None and is_running and is_slow and record.frame.steps_per_second:
            self.pace.show_text(f"{record.frame.steps_per_second:,.0f}")

    @Slot()
    def _on_rate_taken(self) -> None:
        self.rate_held.emit(True)

    @Slot()
    def _on_rate_let_go(self) -> None:
        self.rate_held.emit(False)

    @Slot(int)
    def _on_speed_chosen(self, index: int) -> None:
        self.speed_changed.emit(float(self.speed.itemData(index)))

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        gap = theme.gap
        self._column.setContentsMargins(gap(8), gap(4), gap(8), 0)
        self._column.setSpacing(gap(2))
        self._row.setSpacing(gap(6))
        self.rate.field.setFixedWidth(theme.px(110))
