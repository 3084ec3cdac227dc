"""The controls of the plasticity bench: rule, frequency, pulses, history. Asks no model."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.panels.neuron.bench_buttons import plain_button, side_by_side, thin_rule
from app.panels.neuron.bench_controls import ChoiceRow, label
from app.panels.neuron.benches.plasticity.state import (
    BUSIEST_HZ,
    HIGHEST_HZ,
    LOWEST_HZ,
    MOST_PULSES,
    NATURAL_HZ,
    PlasticityState,
)
from app.panels.neuron.benches.plasticity.words import LONGEST_VERDICTS, RULE_SOURCES, question_text, sketch_text
from app.panels.neuron.prediction import PredictionBox
from app.panels.neuron.prediction_means import SketchQuestion
from app.panels.neuron.prediction_sketch import SketchLayer
from app.panels.neuron.steady_room import SteadyRoom
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider

PRESETS_HZ = (1.0, 10.0, 100.0)


class PlasticityCard(QWidget):
    """`settled` follows a person's change, with its name for undo; `changed` every movement of a slider."""

    changed = Signal()
    settled = Signal(str)

    def __init__(self, theme: Theme, layer: SketchLayer) -> None:
        super().__init__()
        asked = SketchQuestion(layer, sketch_text)
        self.box = PredictionBox(theme, question_text(MOST_PULSES), asked, subject="The synapse")
        self.rule = ChoiceRow(theme, "", (
            ("triplet_visual", "Triplets", "Neighbouring spikes of both cells: the change depends on how often they come"),
            ("bcm", "BCM", "A rule for rates whose threshold slides with the history of the cell"),
            ("hippocampal_slices", "Calcium", "Calcium above one threshold weakens, above a second one strengthens"),
        ))  # fmt: skip
        self.rule.setAccessibleName("Rule")
        self.source = label("", "caption")
        self.frequency = ValueSlider(
            theme, "Stimulate at", LOWEST_HZ, HIGHEST_HZ, 1.0, unit="Hz", is_log=True,
            tooltip="How many pulses a second reach the synapse",
        )  # fmt: skip
        self.presets: dict[float, QPushButton] = {
            f: plain_button(f"{f:g} Hz", f"Stimulate at {f:g} Hz, as in the lecture") for f in PRESETS_HZ
        }
        self.pulses = ValueSlider(
            theme, "Pulses", 1, MOST_PULSES, MOST_PULSES, is_whole=True, is_log=True,
            tooltip="How many pulses in all; 900 is what the classical experiments took",
        )  # fmt: skip
        self.history = ValueSlider(
            theme, "The cell's last hour", 0.0, BUSIEST_HZ, NATURAL_HZ, unit="Hz", step=1.0,
            tooltip="How fast the cell has fired for an hour: a busy past raises the threshold, a quiet one lowers it",
        )  # fmt: skip
        self._build(theme)
        self._connect()

    def _build(self, theme: Theme) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, theme.gap(4), 0)
        column.setSpacing(theme.gap(4))
        for part in (SteadyRoom(self.box, LONGEST_VERDICTS), thin_rule(), self.rule, self.frequency):
            column.addWidget(part)
        column.addLayout(side_by_side(theme, *self.presets.values()))
        for part in (self.pulses, self.history, self.source):  # what the rule changes stands below what is pressed
            column.addWidget(part)

    def _connect(self) -> None:
        self.rule.chosen.connect(self._on_rule_chosen)
        for slider in (self.frequency, self.pulses, self.history):
            slider.value_changed.connect(self._on_slider_moved)
            slider.value_settled.connect(self._on_slider_settled)
        for button in self.presets.values():
            button.clicked.connect(self._on_preset_clicked)

    def show_state(self, state: PlasticityState) -> None:
        """Put every control there; emits nothing."""
        self.rule.set_choice(state.rule)
        self.source.setText(RULE_SOURCES[state.rule])
        self.frequency.set_value(state.frequency_Hz)
        self.pulses.set_value(state.pulses)
        self.history.set_value(state.history_Hz)
        self.history.setVisible(state.rule == "bcm")

    def read_into(self, state: PlasticityState) -> PlasticityState:
        """`state` with what stands here."""
        raw = {
            "rule": self.rule.choice,
            "frequency_Hz": self.frequency.value(),
            "pulses": round(self.pulses.value()),
            "history_Hz": self.history.value(),
        }
        read = msgspec.convert(raw, PlasticityState)
        return msgspec.structs.replace(state, **{name: getattr(read, name) for name in raw})

    @Slot(str)
    def _on_rule_chosen(self, _rule: str) -> None:
        self.settled.emit("Choose the rule")

    @Slot(float)
    def _on_slider_moved(self, _value: float) -> None:
        self.changed.emit()

    @Slot(float)
    def _on_slider_settled(self, _value: float) -> None:
        slider = self.sender()
        name = slider.title() if isinstance(slider, ValueSlider) else "stimulation"
        self.settled.emit(f"Change: {name[0].lower()}{name[1:]}")

    @Slot()
    def _on_preset_clicked(self) -> None:
        for frequency, button in self.presets.items():
            if button is self.sender():
                self.frequency.set_value(frequency)
                self.settled.emit(f"Stimulate at {frequency:g} Hz")
