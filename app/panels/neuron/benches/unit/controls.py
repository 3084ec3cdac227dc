"""The card of the unit bench: weights, bias, activation, the gate to be set by hand, the way from cell to unit. Asks no cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.panels.neuron.bench_controls import ChoiceRow
from app.panels.neuron.benches.unit.logic import UnitState
from app.panels.neuron.benches.unit.said import SaidSpan
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider

_SLIDERS = ("w1", "w2", "w3", "bias")


class UnitControls(QWidget):
    """`changed` follows a person's every change, `settled` the end of a gesture, with its name for undo."""

    changed = Signal()
    settled = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.goal = ChoiceRow(theme, "Make it a gate", (
            ("and", "AND", "1 where both inputs are 1"),
            ("or", "OR", "1 where at least one input is 1"),
            ("not", "NOT", "1 where x₁ is 0"),
            ("xor", "XOR", "1 where exactly one input is 1"),
        ), is_above=True, folds=True)  # fmt: skip
        self.activation = ChoiceRow(theme, "f", (
            ("step", "step", "1 from the threshold on: McCulloch and Pitts 1943"),
            ("relu", "ReLU", "0 below the threshold, then as large as the sum"),
            ("sigmoid", "sigmoid", "Rises smoothly from 0 to 1 around the threshold"),
        ))  # fmt: skip
        self.w1, self.w2, self.w3 = (
            ValueSlider(theme, f"Weight {sign}", -2.0, 2.0, value, step=0.1, tooltip=f"How strongly {name} counts: above 0 it excites, below it inhibits")
            for sign, name, value in (("w₁", "x₁", 1.0), ("w₂", "x₂", 1.0), ("w₃", "x₃", 0.0))
        )  # fmt: skip
        self.bias = ValueSlider(
            theme, "Bias b", -3.0, 3.0, -1.0, step=0.1, tooltip="Minus the threshold: moves the line without turning it"
        )
        self.said = SaidSpan(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(4))
        for part in (self.goal, self.said, *(getattr(self, name) for name in _SLIDERS), self.activation):
            column.addWidget(part)
        for row in (self.goal, self.activation):
            row.chosen.connect(self._on_choice_made)
        for name in _SLIDERS:
            slider = getattr(self, name)
            slider.value_changed.connect(self.changed)
            slider.value_settled.connect(self._on_slider_settled)

    def show_state(self, state: UnitState) -> None:
        """Put every control there; emits nothing."""
        self.goal.set_choice(state.goal)
        self.said.show_number(state.prediction.number)
        self.activation.set_choice(state.activation)
        for name in _SLIDERS:
            getattr(self, name).set_value(getattr(state, name))

    def show_met(self, met: Sequence[str]) -> None:
        """Tick the gates that have been made by hand."""
        for key in ("and", "or", "not", "xor"):
            self.goal.button(key).setText(f"{key.upper()} ✓" if key in met else key.upper())

    def taken_into(self, state: UnitState) -> UnitState:
        """`state` with what stands here."""
        raw: dict[str, Any] = {name: getattr(self, name).value() for name in _SLIDERS}
        return msgspec.structs.replace(state, **raw, goal=self.goal.choice, activation=self.activation.choice)

    @Slot(float)
    def _on_slider_settled(self, _value: float) -> None:
        self.settled.emit("Change a weight")

    @Slot(str)
    def _on_choice_made(self, _key: str) -> None:
        self.settled.emit("Choose a gate or an activation")
