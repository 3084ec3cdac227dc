"""The controls of the Hebb bench: what is looked at, how the cells fire, by which rule the drawn cells learn. Asks no model."""

from __future__ import annotations

from typing import get_args

import msgspec
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.panels.neuron.bench_controls import ChoiceRow
from app.panels.neuron.benches.hebb.state import RULES, HebbState, View
from app.panels.neuron.benches.hebb.words import TITLES
from app.simulation.biology.rate_rules import RateRule
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider

_PLACES = (
    ("Apart", -0.9, "One fires while the other is silent"),
    ("Uncoordinated", 0.0, "Each fires without regard to the other"),
    ("Together", 0.9, "Both fire at the same moments"),
)
_FIRST_RULE: dict[View, RateRule] = {"pair": "hebb", "inputs": "oja"}


class HebbControls(QWidget):
    """`changed` follows a person's every change, `settled` the end of a gesture, with its name for undo."""

    changed = Signal()
    settled = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.view = ChoiceRow(theme, "", (
            ("pair", "One synapse", "Cell A fires onto cell B, which has its own reasons to fire"),
            ("inputs", "Two inputs", "Cells A and B both fire onto cell C, which fires by their weighted sum"),
        ))  # fmt: skip
        self.correlation = ValueSlider(
            theme, "Correlation of A and B", -1.0, 1.0, 0.0, step=0.05,
            tooltip="+1: always together; 0: without regard to each other; \u22121: always apart",
        )  # fmt: skip
        self.places: list[QPushButton] = []
        quick = QHBoxLayout()
        quick.setSpacing(theme.gap(4))
        for text, value, tip in _PLACES:
            button = QPushButton(text)
            button.setAutoDefault(False)
            button.setToolTip(tip)
            button.setProperty("correlation", value)
            button.clicked.connect(self._on_place_clicked)
            self.places.append(button)
            quick.addWidget(button, len(text))
        self.rules: dict[View, ChoiceRow] = {
            view: ChoiceRow(
                theme,
                "Drawn cells learn by",
                [
                    (rule, TITLES[rule], f"The drawn cells have the weights of this rule: {TITLES[rule]}")
                    for rule in RULES[view]
                ],
                is_above=True,
            )
            for view in get_args(View)
        }
        self.way = ChoiceRow(theme, "Inputs are learned", (
            ("averaged", "on average", "The exact mean of what the rule does over all inputs"),
            ("sampled", "one by one", "The rule itself, one input after the other: these very moments"),
        ), is_above=True)  # fmt: skip
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(6))
        column.addWidget(self.correlation)
        column.addLayout(quick)
        for part in (*self.rules.values(), self.way):
            column.addWidget(part)
        self.view.chosen.connect(self._on_view_chosen)
        self.way.chosen.connect(self._on_choice_made)
        for row in self.rules.values():
            row.chosen.connect(self._on_rule_chosen)
        self.correlation.value_changed.connect(self.changed)
        self.correlation.value_settled.connect(self._on_slider_settled)

    def show_state(self, state: HebbState) -> None:
        """Put every control there; emits nothing."""
        self.view.set_choice(state.view)
        self.correlation.set_value(state.correlation)
        for view, row in self.rules.items():
            row.setVisible(view == state.view)
        self.rules[state.view].set_choice(state.rule)
        self.way.set_choice(state.way)
        self.way.setVisible(state.view == "inputs")

    def read(self, state: HebbState) -> HebbState:
        """`state` with what stands here."""
        view = msgspec.convert(self.view.choice, View)
        if view != state.view:
            return msgspec.structs.replace(state, view=view, rule=_FIRST_RULE[view], shown=0.0)
        key = "pair_correlation" if view == "pair" else "inputs_correlation"
        return msgspec.structs.replace(
            state,
            rule=msgspec.convert(self.rules[view].choice, RateRule),
            way=self.way.choice,
            **{key: round(self.correlation.value(), 3)},
        )

    @Slot()
    def _on_place_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            self.correlation.set_value(float(button.property("correlation")))
            self.changed.emit()
            self.settled.emit("Change the correlation")

    @Slot(str)
    def _on_view_chosen(self, _key: str) -> None:
        self.settled.emit("Change the view")

    @Slot(str)
    def _on_choice_made(self, _key: str) -> None:
        self.settled.emit("Change how inputs are learned")

    @Slot(str)
    def _on_rule_chosen(self, _key: str) -> None:
        self.settled.emit("Change the drawn rule")

    @Slot(float)
    def _on_slider_settled(self, _value: float) -> None:
        self.settled.emit("Change the correlation")
