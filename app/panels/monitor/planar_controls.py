"""How two-dimensional data are made: number of points, noise, test share, seed. Changes nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.widgets.small_controls import text_button
from app.widgets.value_slider import ValueSlider
from trainers.training_plan import DataChoice

if TYPE_CHECKING:
    from app.widgets.theme import Theme

MOST_SEED = 2**31 - 1


class PlanarControls(QWidget):
    """Sliders; `changed` brings the DataChoice that a person made."""

    changed = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._choice = DataChoice("circle")
        self.samples = ValueSlider(
            theme,
            "Points",
            20,
            100_000,
            500,
            is_whole=True,
            is_log=True,
            tooltip="How many points there are in all, for training and testing",
        )
        self.noise = ValueSlider(
            theme,
            "Noise",
            0.0,
            1.0,
            0.1,
            step=0.05,
            tooltip="How far the points stray: 0 leaves the shape clean, at 1 it is all but lost",
        )
        self.share = ValueSlider(
            theme,
            "Test share",
            0.05,
            0.95,
            0.2,
            step=0.05,
            tooltip="The share of the points that the network never trains on; they are drawn as outlines",
        )
        self.seed = ValueSlider(
            theme, "Seed", 0, 999, 0, is_whole=True, tooltip="Another number makes other points of the same shape"
        )
        self.another = text_button("Other points", "Takes the next seed: other points of the same shape")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(4)
        for slider in (self.samples, self.noise, self.share, self.seed):
            column.addWidget(slider)
            slider.value_changed.connect(self._on_value_changed)
        column.addWidget(self.another)
        column.addStretch(1)
        self.another.clicked.connect(self._on_another_clicked)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_choice(self, choice: DataChoice) -> None:
        """Show how `choice` is made."""
        self._choice = choice
        self.samples.set_value(choice.samples)
        self.noise.set_value(choice.noise)
        self.share.set_value(choice.test_share)
        self.seed.set_value(choice.seed)

    @Slot(float)
    def _on_value_changed(self, _value: float) -> None:
        fields = {
            "samples": (self.samples, round(self.samples.value())),
            "noise": (self.noise, self.noise.value()),
            "test_share": (self.share, self.share.value()),
            "seed": (self.seed, round(self.seed.value())),
        }
        source = self.sender()
        changes = {name: value for name, (slider, value) in fields.items() if slider is source}
        self._choose(msgspec.structs.replace(self._choice, **changes))

    @Slot()
    def _on_another_clicked(self) -> None:
        self._choose(msgspec.structs.replace(self._choice, seed=(self._choice.seed + 1) % MOST_SEED))

    def _choose(self, choice: DataChoice) -> None:
        if choice != self._choice:
            self._choice = choice
            self.changed.emit(choice)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.another.setFont(self._theme.font("small"))
