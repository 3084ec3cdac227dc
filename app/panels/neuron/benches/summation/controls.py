"""The sliders and choices of the summation bench: what fires, when, where, how strongly. Asks no cell."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.panels.neuron.bench_controls import ChoiceRow
from app.panels.neuron.benches.summation.plan import MOST_INPUTS, SummationState
from app.panels.neuron.prediction_means import Prediction
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider


class SummationControls(QWidget):
    """`changed` follows a person's every change, `settled` the end of a gesture, with its name for undo.

    inputs: the slider that the card puts above Run, where it is always in sight.
    """

    changed = Signal()
    settled = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.inputs = ValueSlider(
            theme, "Inputs that fire", 1, MOST_INPUTS, 8, is_whole=True, tooltip="How many synapses get a spike"
        )
        self.spread = ValueSlider(
            theme, "Spread over", 0.0, 20.0, 0.0, unit="ms", step=1.0, tooltip="From the first input to the last"
        )
        self.place = ChoiceRow(theme, "Where", (
            ("near", "Near soma", "On the part of the dendrites that is nearest to the soma"),
            ("far", "Far out", "From the far end of the dendrites inwards"),
        ))  # fmt: skip
        self.dendrites = ChoiceRow(theme, "On", (
            ("five", "Five dendrites", "In turn on each of the five dendrites"),
            ("one", "One", "All on the same dendrite"),
        ))  # fmt: skip
        self.weight = ChoiceRow(theme, "Each", (
            ("1", "1 nS", "The usual peak conductance of a synapse"),
            ("2", "2 nS, after LTP", "Twice as strong, as after long-term potentiation"),
        ))  # fmt: skip
        self.inhibition = ChoiceRow(theme, "Inhibition", (
            ("none", "None", "No inhibitory input"),
            ("near", "Near", "Five inhibitory synapses between the inputs and the soma, 2 ms before them"),
            ("far", "Far", "The same five at the far ends of the dendrites"),
        ))  # fmt: skip
        rows = (self.place, self.dendrites, self.weight, self.inhibition)
        width = max(row.title.sizeHint().width() for row in rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(6))
        column.addWidget(self.spread)
        for row in rows:
            row.title.setMinimumWidth(width)
            row.chosen.connect(self._on_choice_made)
            column.addWidget(row)
        for slider in (self.inputs, self.spread):
            slider.value_changed.connect(self.changed)
            slider.value_settled.connect(self._on_slider_settled)

    def show_state(self, state: SummationState) -> None:
        """Put every control there; emits nothing."""
        self.inputs.set_value(state.inputs)
        self.spread.set_value(state.spread_ms)
        self.place.set_choice(state.place)
        self.dendrites.set_choice(state.dendrites)
        self.weight.set_choice("2" if state.weight_nS > 1.5 else "1")
        self.inhibition.set_choice(state.inhibition)

    def state(self, prediction: Prediction) -> SummationState:
        """What stands here, with `prediction`."""
        raw = {
            "inputs": round(self.inputs.value()),
            "spread_ms": self.spread.value(),
            "place": self.place.choice,
            "dendrites": self.dendrites.choice,
            "weight_nS": int(self.weight.choice),
            "inhibition": self.inhibition.choice,
        }
        return msgspec.structs.replace(msgspec.convert(raw, SummationState), prediction=prediction)

    @Slot(float)
    def _on_slider_settled(self, _value: float) -> None:
        self.settled.emit("Change the inputs")

    @Slot(str)
    def _on_choice_made(self, _key: str) -> None:
        self.settled.emit("Change where and how strongly inputs act")
