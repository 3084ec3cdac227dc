"""The controls of the spike-timing bench: rule, pairs, what is drawn, the neuron's inputs. Asks no model."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.panels.neuron.bench_buttons import plain_button, side_by_side, thin_rule
from app.panels.neuron.bench_controls import ChoiceRow, label
from app.panels.neuron.benches.timing.state import TimingState
from app.panels.neuron.benches.timing.words import LONGEST_VERDICTS, RULE_SOURCES
from app.panels.neuron.prediction import PredictionBox
from app.panels.neuron.prediction_means import ChoiceQuestion
from app.panels.neuron.steady_room import SteadyRoom
from app.simulation.biology.stage import INPUTS
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider

PART_MS = 40.0  # an interval at which the exponential rule and the 20 ms window part
HEBB_MS = -10.0  # one at which coincidence and order part


class TimingCard(QWidget):
    """`settled` follows a person's change, with its name for undo; `case_asked` an interval that shows a disagreement.

    The prediction box stands on top; its signals are its own. `neuron` and `give` are for the bench to lay below it.
    """

    settled = Signal(str)
    case_asked = Signal(float)
    neuron_asked = Signal()
    give_asked = Signal()

    def __init__(self, theme: Theme, question: str, answers: tuple[str, ...]) -> None:
        super().__init__()
        self.box = PredictionBox(theme, question, ChoiceQuestion(answers), subject="The synapse")
        self.rule = ChoiceRow(theme, "", (
            ("pair", "Exponential", "The closer in time, the larger the change; it fades over 20 ms"),
            ("pair_hard", "20 ms", "The lecture's window: the same change anywhere within 20 ms, none beyond"),
            ("triplet", "Triplets", "Neighbouring spikes count as well: how often pairs come matters"),
        ))  # fmt: skip
        self.cells = ChoiceRow(theme, "", (
            ("triplet_visual", "Visual cortex", "The triplet rule as fitted to cells of the visual cortex"),
            ("triplet_hippocampal", "Hippocampus", "The triplet rule as fitted to cultured cells of the hippocampus"),
        ))  # fmt: skip
        self.pairs = ChoiceRow(theme, "", (
            ("1", "1 pair", "A single pair of spikes"),
            ("60", "60 pairs", "Sixty pairs, as in the experiments, one after the other"),
        ))  # fmt: skip
        self.frequency = ValueSlider(
            theme, "Pairs a second", 0.1, 50.0, 1.0, unit="Hz", is_log=True,
            tooltip="How fast pair follows pair; close together, spikes of different pairs meet as well",
        )  # fmt: skip
        self.pairing = ChoiceRow(theme, "", (
            ("all", "All spikes", "Every pre spike makes a pair with every post spike"),
            ("nearest", "Nearest", "Only the last spike before counts"),
        ))  # fmt: skip
        self.fit = QCheckBox("Bi && Poo 1998, fit")
        self.fit.setToolTip("The exponentials fitted to what they measured in hippocampal cells after 60 pairs")
        self.hebb = QCheckBox("Coincidence alone (Hebb)")
        self.hebb.setToolTip("The lecture's first rule: firing together strengthens, whichever comes first")
        self.part = plain_button("Rules disagree", f"Put the post spike {PART_MS:g} ms after the pre spike")
        self.order = plain_button(
            "Hebb disagrees", f"Draw coincidence alone, and put the post spike {-HEBB_MS:g} ms before"
        )
        self.source = label("", "caption")
        self.inputs = ValueSlider(
            theme, "Inputs of the neuron", 1, INPUTS, 8, is_whole=True,
            tooltip="So many synapses fire together, at 1 nS each before, and with the learned weight after",
        )  # fmt: skip
        self.neuron = plain_button(
            "Run the neuron", "Fire these inputs at 1 nS, and with the learned weight (Ctrl+Shift+Return)"
        )
        self.neuron.setShortcut("Ctrl+Shift+Return")
        self.give = plain_button(
            "Give to the cell", "Give the learned weight to as many inputs of the living cell (can be undone)"
        )
        self._build(theme)
        self._connect()

    def _build(self, theme: Theme) -> None:
        for row, name in ((self.rule, "Rule"), (self.cells, "Cells"), (self.pairs, "Pairs"), (self.pairing, "Pairing")):
            row.setAccessibleName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, theme.gap(4), 0)
        column.setSpacing(theme.gap(4))
        column.addWidget(SteadyRoom(self.box, LONGEST_VERDICTS))
        column.addWidget(thin_rule())
        room = self.cells.sizePolicy()
        room.setRetainSizeWhenHidden(True)  # or all below would jump with the rule
        self.cells.setSizePolicy(room)
        for part in (self.rule, self.cells, self.pairs, self.frequency, self.pairing, self.fit, self.hebb):
            column.addWidget(part)
        column.addLayout(side_by_side(theme, self.part, self.order))
        column.addWidget(thin_rule())
        column.addWidget(self.inputs)
        column.addWidget(self.source)  # at the foot: how long it is moves nothing

    def _connect(self) -> None:
        for row, text in ((self.rule, "Choose the rule"), (self.cells, "Choose the rule"), (self.pairs, "Choose the pairs"), (self.pairing, "Choose the pairing")):  # fmt: skip
            row.setProperty("change", text)
            row.chosen.connect(self._on_choice_made)
        self.frequency.value_settled.connect(self._on_frequency_settled)
        self.inputs.value_settled.connect(self._on_inputs_settled)
        for check in (self.fit, self.hebb):
            check.clicked.connect(self._on_check_clicked)
        self.part.clicked.connect(self._on_part_clicked)
        self.order.clicked.connect(self._on_order_clicked)
        self.neuron.clicked.connect(self.neuron_asked)
        self.give.clicked.connect(self.give_asked)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.cells.setMinimumHeight(self.rule.sizeHint().height())  # hidden, it knows nothing of another theme's type

    # --- state --------------------------------------------------------------------------------------------------------

    def show_state(self, state: TimingState) -> None:
        """Put every control there; emits nothing."""
        is_triplet = state.rule.startswith("triplet")
        self.rule.set_choice("triplet" if is_triplet else state.rule)
        if is_triplet:
            self.cells.set_choice(state.rule)
        self.cells.setVisible(is_triplet)
        self.pairs.set_choice(str(state.pairs))
        self.frequency.set_value(state.frequency_Hz)
        self.frequency.setVisible(state.pairs > 1)
        self.pairing.set_choice(state.pairing)
        self.pairing.setVisible(state.pairs > 1)
        self.fit.setChecked(state.is_fit_shown)
        self.hebb.setChecked(state.is_hebb_shown)
        self.part.setEnabled(state.is_revealed)
        self.order.setEnabled(state.is_revealed)
        self.source.setText(RULE_SOURCES[state.rule])
        self.inputs.set_value(state.inputs)
        self.neuron.setEnabled(bool(state.runs))
        self.give.setEnabled(bool(state.runs))

    def read_into(self, state: TimingState) -> TimingState:
        """`state` with what stands here."""
        rule = self.cells.choice if self.rule.choice == "triplet" else self.rule.choice
        raw = {
            "rule": rule,
            "pairs": int(self.pairs.choice),
            "frequency_Hz": self.frequency.value(),
            "pairing": self.pairing.choice,
            "is_fit_shown": self.fit.isChecked(),
            "is_hebb_shown": self.hebb.isChecked(),
            "inputs": round(self.inputs.value()),
        }
        read = msgspec.convert(raw, TimingState)
        return msgspec.structs.replace(state, **{name: getattr(read, name) for name in raw})

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot(str)
    def _on_choice_made(self, _key: str) -> None:
        row = self.sender()
        self.settled.emit(str(row.property("change")) if row is not None else "Choose")

    @Slot(float)
    def _on_frequency_settled(self, _value: float) -> None:
        self.settled.emit("Change the frequency of the pairs")

    @Slot(float)
    def _on_inputs_settled(self, _value: float) -> None:
        self.settled.emit("Change the inputs")

    @Slot()
    def _on_check_clicked(self) -> None:
        self.settled.emit("Change what is drawn")

    @Slot()
    def _on_part_clicked(self) -> None:
        self.case_asked.emit(PART_MS)

    @Slot()
    def _on_order_clicked(self) -> None:
        self.hebb.setChecked(True)
        self.case_asked.emit(HEBB_MS)
