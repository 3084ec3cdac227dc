"""The card of the excitability bench: which question, which cell, how strong a current. Asks no cell."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.panels.neuron.bench_controls import ChoiceRow
from app.panels.neuron.benches.excitability.state import ExcitabilityState
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider

_SLIDERS = ("current_hh", "current_lif", "duration_ms", "gap_ms", "amplitude", "sodium")


class ExcitabilityControls(QWidget):
    """`changed` follows a person's every change, `settled` the end of a gesture, with its name for undo.

    mode: the row of questions, which the page puts above its prediction.
    """

    changed = Signal()
    settled = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.mode = ChoiceRow(theme, "Ask", (
            ("fi", "How often?", "A steady current: how often does the cell fire?"),
            ("strength", "How long?", "One pulse: how strong must it be, the shorter it is?"),
            ("refractory", "Again?", "Two pulses: how soon does the cell fire again?"),
        ), is_above=True)  # fmt: skip
        self.cell = ChoiceRow(theme, "Cell", (
            ("hh", "Hodgkin–Huxley", "The squid axon's membrane, 1952: four variables"),
            ("lif", "LIF", "Leaky integrate-and-fire: one variable and a threshold"),
        ), is_above=True)  # fmt: skip
        self.current_hh = ValueSlider(
            theme, "Current", 0.0, 120.0, 10.0, unit="µA/cm²", step=0.5, tooltip="The steady current of the next run"
        )
        self.current_lif = ValueSlider(
            theme, "Current", 0.0, 20.0, 2.0, unit="nA", step=0.1, tooltip="The steady current of the next run"
        )
        self.duration_ms = ValueSlider(
            theme, "Length of the pulse", 0.1, 20.0, 1.0, unit="ms", is_log=True, tooltip="How long the pulse lasts"
        )
        self.gap_ms = ValueSlider(
            theme,
            "Second pulse after",
            2.0,
            30.0,
            8.0,
            unit="ms",
            step=1.0,
            tooltip="From the first pulse to the second",
        )
        self.amplitude = ValueSlider(
            theme, "Strength", 0.0, 200.0, 30.0, unit="µA/cm²", step=1.0, tooltip="How strong the pulse is"
        )
        self.sodium = ValueSlider(
            theme,
            "Sodium channels",
            0.0,
            2.0,
            1.0,
            unit="×",
            step=0.1,
            tooltip="Factor on the sodium conductance: 1 as measured, 0 as under tetrodotoxin",
        )
        self.has_curve = QCheckBox("Show the whole curve")
        self.has_curve.setToolTip("The f-I curve at a hundred currents, beside your own runs")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(8))
        for part in (self.cell, *(getattr(self, name) for name in _SLIDERS), self.has_curve):
            column.addWidget(part)
        for row in (self.mode, self.cell):
            row.chosen.connect(self._on_choice_made)
        for name in _SLIDERS:
            slider = getattr(self, name)
            slider.value_changed.connect(self.changed)
            slider.value_settled.connect(self._on_slider_settled)
        self.has_curve.clicked.connect(self._on_curve_switched)

    def show_state(self, state: ExcitabilityState) -> None:
        """Put every control there, and offer those that count; emits nothing."""
        self.mode.set_choice(state.mode)
        self.cell.set_choice(state.cell)
        for name in _SLIDERS:
            getattr(self, name).set_value(getattr(state, name))
        self.has_curve.setChecked(state.has_curve)
        is_rate = state.mode == "fi"
        is_membrane = not is_rate or state.cell == "hh"
        shown = {
            self.cell: is_rate,
            self.current_hh: is_rate and is_membrane,
            self.current_lif: is_rate and not is_membrane,
            self.duration_ms: state.mode == "strength",
            self.gap_ms: state.mode == "refractory",
            self.amplitude: not is_rate,
            self.sodium: is_membrane,
            self.has_curve: is_rate,
        }
        for part, is_shown in shown.items():
            part.setVisible(is_shown)

    def taken_into(self, state: ExcitabilityState) -> ExcitabilityState:
        """`state` with what stands here."""
        raw: dict[str, Any] = {name: getattr(self, name).value() for name in _SLIDERS}
        raw |= {"mode": self.mode.choice, "cell": self.cell.choice, "has_curve": self.has_curve.isChecked()}
        return msgspec.structs.replace(state, **raw)

    @Slot(float)
    def _on_slider_settled(self, _value: float) -> None:
        self.settled.emit("Change the current")

    @Slot(str)
    def _on_choice_made(self, _key: str) -> None:
        self.settled.emit("Ask something else")

    @Slot()
    def _on_curve_switched(self) -> None:
        self.settled.emit("Show the whole curve" if self.has_curve.isChecked() else "Hide the whole curve")
