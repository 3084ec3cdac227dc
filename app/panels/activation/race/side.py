"""RaceSide: the left column of the race: the guided demonstration, racers, points, network, training. Computes nothing."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QWidget,
)

from app.panels.activation.icon_button import IconButton
from app.panels.activation.race.guide import GuideCard
from app.panels.activation.race.racer_menu import known_kinds
from app.panels.activation.race.state import (
    DATA,
    LECTURE,
    MOST_RACERS,
    MOST_SEED,
    RaceState,
)
from app.panels.activation.race.words import title_of
from app.panels.activation.side_column import SideColumn
from app.widgets.number_field import NumberField
from app.widgets.steady_box import SteadyBox
from app.widgets.tab_order import tab_in_order
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider
from trainers.activation_lab import ActivationChoice
from trainers.planar_data import PLANAR_DATA

_INITIALISATION_WORDS = {
    "xavier": "Xavier (Glorot 2010)",
    "he": "He (2015)",
    "lecun": "LeCun (1998)",
    "orthogonal": "Orthogonal",
    "normal": "Normal, deviation 0.5",
}
_OPTIMIZER_WORDS = {"sgd": "SGD with momentum", "adam": "Adam"}
_BATCHES = (1, 8, 16, 32, 64, 128, 0)


class RaceSide(SideColumn):
    """changed: (fields of a RaceState, text of the step) that a person set; moved: the same while a slider is dragged.

    added: a choice; refused: one sentence about what was typed.
    """

    changed = Signal(object, str)
    moved = Signal(object)
    added = Signal(object)
    data_seed_asked = Signal()
    refused = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, (288, 240), parent)
        self._hidden_shown: tuple[int, ...] = ()
        self.guide = GuideCard(theme, self)
        self.picker = self._build_picker()
        self.data = self._box(
            "Points", {name: PLANAR_DATA[name].title for name in DATA}, "Which points are to be told apart"
        )
        self.data_dice = IconButton(theme, "dice", "Other points of the same shape", self)
        self.noise = self._slider(
            "Noise", 0.0, 1.0, 0.1, "noise", "How far the points stray from their shape", step=0.05
        )
        self.samples = self._slider(
            "Number of points",
            20,
            5_000,
            500,
            "samples",
            "In all; a fifth is kept for the test",
            is_whole=True,
            is_log=True,
        )
        self.hidden = QLineEdit(self)
        self.hidden.setAccessibleName("Widths of the hidden layers")
        self.hidden.setToolTip("Units of each hidden layer, such as 16, 16 (1 to 8 layers of 1 to 128 units)")
        self.initialisation = self._box(
            "Initialisation", _INITIALISATION_WORDS, "How the first weights are drawn; the same for all racers"
        )
        self.optimizer = self._box("Optimiser", _OPTIMIZER_WORDS, "How weights follow their gradients")
        self.batch = self._box(
            "Batch",
            {size: f"{size}" if size else "all points" for size in _BATCHES},
            "Training points in each step",
        )
        self.seed = NumberField(0, MOST_SEED, 0, is_whole=True, parent=self)
        self.seed.setAccessibleName("Seed")
        self.seed.setToolTip("Of first weights and batches: the same seed, the same race")
        self._lay_out()
        for box in (self.picker, self.data, self.initialisation, self.optimizer, self.batch):
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # the next Space is the race's
        self.data_dice.clicked.connect(self.data_seed_asked)
        self.hidden.editingFinished.connect(self._on_hidden_edited)
        self.seed.valueChanged.connect(self._on_seed_changed)

    # --- parts --------------------------------------------------------------------------------------------------------

    def _build_picker(self) -> QComboBox:
        """All that can race by name, the lecture's first; see `show_kept`."""
        box = SteadyBox(self)
        first = [choice.kind for choice in LECTURE]
        for kind in (*first, *(kind for kind in known_kinds() if kind not in first)):
            box.addItem(title_of(ActivationChoice(kind)), ActivationChoice(kind))
        box.insertSeparator(len(first))
        self._known = box.count()
        box.setPlaceholderText("Add a racer …")
        box.setCurrentIndex(-1)
        box.setMaxVisibleItems(20)
        box.setMinimumContentsLength(8)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setAccessibleName("Add a racer")
        box.setToolTip(f"One more activation, up to {MOST_RACERS}; begins a new race")
        box.activated.connect(self._on_picked)
        return box

    def _box(self, name: str, entries: dict[Any, str], tooltip: str) -> QComboBox:
        box = SteadyBox(self)
        for key, words in entries.items():
            box.addItem(words, key)
        box.setAccessibleName(name)
        box.setToolTip(f"{tooltip} (begins a new race)")
        box.setMinimumContentsLength(6)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.activated.connect(self._on_box_chosen)
        return box

    def _slider(
        self, title: str, low: float, high: float, value: float, name: str, tooltip: str, **how: Any
    ) -> ValueSlider:
        slider = ValueSlider(
            self._theme, title, low, high, value, tooltip=f"{tooltip} (begins a new race)", parent=self, **how
        )
        slider.setProperty("field", name)
        slider.value_changed.connect(self._on_slider_moved)
        slider.value_settled.connect(self._on_slider_settled)
        return slider

    def _lay_out(self) -> None:
        self._column.addWidget(self.guide)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget, QWidget | None], ...] = (
            ("Racers", self.picker, None),
            ("Points", self.data, self.data_dice),
            ("Hidden", self.hidden, None),
            ("Weights", self.initialisation, None),
            ("Optimiser", self.optimizer, None),
            ("Batch", self.batch, None),
            ("Seed", self.seed, None),
        )
        for row, (words, widget, beside) in enumerate(rows):
            label = QLabel(words, self)
            label.setBuddy(widget)
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(widget, row, 1, 1, 1 if beside is not None else 2)
            if beside is not None:
                self._grid.addWidget(beside, row, 2)
        stops = [widget for _, *both in rows for widget in both if widget is not None]
        tab_in_order(*stops, self.noise, self.samples)
        self._column.addLayout(self._grid)
        self._column.addWidget(self.noise)
        self._column.addWidget(self.samples)
        self.legend = QLabel(self)
        self.legend.setWordWrap(True)
        self.legend.setObjectName("caption")
        self._column.addWidget(self.legend)
        self._column.addStretch(1)
        self._begin()

    def show_kept(self, kept: tuple[ActivationChoice, ...]) -> None:
        """Offer a person's own functions below all others."""
        while self.picker.count() > self._known:
            self.picker.removeItem(self.picker.count() - 1)
        if kept:
            self.picker.insertSeparator(self._known)
        for choice in kept:
            self.picker.addItem(title_of(choice), choice)
        self.picker.setCurrentIndex(-1)

    # --- what is shown ------------------------------------------------------------------------------------------------

    def show_state(self, state: RaceState) -> None:
        """Put everything where `state` has it; tells nobody."""
        self.picker.setEnabled(len(state.racers) < MOST_RACERS)
        for box, key in (
            (self.data, state.data),
            (self.initialisation, state.initialisation),
            (self.optimizer, state.optimizer),
            (self.batch, state.batch_size),
        ):
            place = box.findData(key)
            if place < 0:
                box.addItem(str(key), key)
                place = box.count() - 1
            box.setCurrentIndex(place)
        for slider, value in ((self.noise, state.noise), (self.samples, float(state.samples))):
            if not slider.slider.isSliderDown() and slider.value() != value:
                slider.set_value(value)
        if state.hidden != self._hidden_shown:
            self._hidden_shown = state.hidden
            self.hidden.setText(", ".join(str(width) for width in state.hidden))
        self.seed.blockSignals(True)
        self.seed.setValue(state.seed)
        self.seed.blockSignals(False)

    # --- what happens -------------------------------------------------------------------------------------------------

    @Slot(int)
    def _on_picked(self, index: int) -> None:
        choice = self.picker.itemData(index)
        self.picker.setCurrentIndex(-1)
        if choice is not None:
            self.added.emit(choice)

    @Slot(int)
    def _on_box_chosen(self, _index: int) -> None:
        for box, name in (
            (self.data, "data"),
            (self.initialisation, "initialisation"),
            (self.optimizer, "optimizer"),
            (self.batch, "batch_size"),
        ):
            if box is self.sender():
                self.changed.emit({name: box.currentData()}, f"Change {box.accessibleName().lower()} of the race")

    def _of_slider(self) -> dict[str, Any]:
        slider = self.sender()
        assert isinstance(slider, ValueSlider)
        name = str(slider.property("field"))
        return {name: round(slider.value()) if name == "samples" else slider.value()}

    @Slot(float)
    def _on_slider_moved(self, _value: float) -> None:
        self.moved.emit(self._of_slider())

    @Slot(float)
    def _on_slider_settled(self, _value: float) -> None:
        self.changed.emit(self._of_slider(), "Change the points of the race")

    @Slot(float)
    def _on_seed_changed(self, value: float) -> None:
        self.changed.emit({"seed": round(value)}, "Change the seed of the race")

    @Slot()
    def _on_hidden_edited(self) -> None:
        text = self.hidden.text()
        try:
            widths = tuple(int(part) for part in text.replace(",", " ").split())
        except ValueError:
            widths = ()
        if widths == self._hidden_shown:
            return
        if not 1 <= len(widths) <= 8 or not all(1 <= width <= 128 for width in widths):
            self.refused.emit(
                f"'{text[:40]}' names no hidden layers: give 1 to 8 widths from 1 to 128, such as 16, 16."
            )
            self.hidden.setText(", ".join(str(width) for width in self._hidden_shown))
            return
        self.changed.emit({"hidden": widths}, "Change the hidden layers of the race")

    @Slot()
    def _on_theme_changed(self) -> None:
        super()._on_theme_changed()
        theme = self._theme
        self._grid.setHorizontalSpacing(theme.gap(8))
        self._grid.setVerticalSpacing(theme.gap(6))
        blue, orange = theme.hex("negative"), theme.hex("positive")
        self.legend.setText(
            f'<span style="color: {blue}">■</span> blue &nbsp;<span style="color: {orange}">●</span> orange &nbsp;'
            "hollow: kept for the test<br>line: where a racer is undecided"
        )
