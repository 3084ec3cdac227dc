"""The parts of the Cell bench's card: firing, electrode, synapses, membrane, looking. Each changes the cell through the CellHand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.neuron_session import with_weight
from app.panels.neuron.bench import BenchContext
from app.panels.neuron.bench_controls import DropDown, label
from app.panels.neuron.benches.cell.presets import PRESETS, changed_by_hand, put
from app.panels.neuron.benches.cell.weights import WeightBars
from app.panels.neuron.cell_hand import AMPLITUDE_RANGE, DURATION_RANGE, SPREAD_RANGE, CellHand
from app.simulation.biology.stage import INPUTS
from app.widgets.value_slider import ValueSlider

if TYPE_CHECKING:
    from app.neuron_session import NeuronSession

RECEPTORS = (("ampa", "Excitatory (AMPA)"), ("nmda", "Excitatory, slow (NMDA)"), ("gaba_a", "Inhibitory (GABA-A)"))
JUMPS = (
    ("cell", "Whole cell"), ("dendrites", "Dendrites"), ("soma", "Soma"), ("hillock", "Hillock"), ("axon", "Axon"),
    ("node", "Node"), ("terminal", "Terminal"), ("membrane", "Membrane"), ("channel", "Channel"), ("synapse", "Synapse"),
)  # fmt: skip


class Section(QWidget):
    """A titled part of the card."""

    def __init__(self, context: BenchContext, title: str) -> None:
        super().__init__()
        assert context.hand is not None
        self.context = context
        self.hand: CellHand = context.hand
        self.session: NeuronSession = context.session
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(context.theme.gap(4))
        self.title = label(title, "heading")
        self.column.addWidget(self.title)

    def slider(
        self, title: str, bounds: tuple[float, float], value: float, unit: str, tip: str, *, is_log: bool = False
    ) -> ValueSlider:
        """A slider in this part."""
        made = ValueSlider(self.context.theme, title, *bounds, value, unit=unit, is_log=is_log, tooltip=tip)
        self.column.addWidget(made)
        return made

    def button(self, text: str, tip: str) -> QPushButton:
        """A button that leaves the keys to the panel."""
        made = QPushButton(text)
        made.setAutoDefault(False)
        made.setToolTip(tip)
        made.setAccessibleName(tip)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return made


class FireSection(Section):
    """So many inputs at once, the group, and in what time."""

    counted = Signal(int)  # a person chose another number for the large button

    def __init__(self, context: BenchContext) -> None:
        super().__init__(context, "Fire inputs")
        grid = QGridLayout()
        grid.setSpacing(context.theme.gap(2))
        for number in range(1, 10):
            button = QToolButton()
            button.setText(str(number))
            button.setToolTip(f"Inputs 1 to {number} fire ({number})" if number > 1 else "Input 1 fires (1)")
            button.setAccessibleName(f"Fire {number}")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setProperty("count", number)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.clicked.connect(self._on_count_clicked)
            grid.addWidget(button, 0, number - 1)
        self.column.addLayout(grid)
        self.count = ValueSlider(
            context.theme, "Number", 1, INPUTS, 10, is_whole=True, tooltip="How many inputs the button below fires"
        )
        self.column.addWidget(self.count)
        self.spread = self.slider("Spread over", SPREAD_RANGE, 0.0, "ms", "0: all at once; else one after another")
        row = QHBoxLayout()
        self.fire_button = self.button("Fire 10", "Fire so many inputs")
        self.group_button = self.button("Fire group", "Fire the selected inputs; drag a frame round synapses to select")
        row.addWidget(self.fire_button, 1)
        row.addWidget(self.group_button, 1)
        self.column.addLayout(row)
        self.count.value_changed.connect(self._on_count_changed)
        self.spread.value_changed.connect(self._on_spread_changed)
        self.fire_button.clicked.connect(self._on_fire_clicked)
        self.group_button.clicked.connect(self._on_group_clicked)

    def refresh(self) -> None:
        """Show the hand's state."""
        state = self.hand.state
        if self.spread.value() != state.spread_ms:
            self.spread.set_value(state.spread_ms)
        marked = len(state.marked)
        self.group_button.setEnabled(marked > 0)
        self.group_button.setText(f"Fire group ({marked})" if marked else "Fire group")

    def set_count(self, count: int) -> None:
        """The number of the large button."""
        self.count.set_value(count)
        self.fire_button.setText(f"Fire {count}")

    @Slot()
    def _on_count_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, QToolButton):
            self.hand.fire_count(int(button.property("count")))

    @Slot(float)
    def _on_count_changed(self, count: float) -> None:
        self.fire_button.setText(f"Fire {count:.0f}")
        self.counted.emit(round(count))

    @Slot(float)
    def _on_spread_changed(self, spread: float) -> None:
        self.hand.change("Spread the inputs", spread_ms=spread)

    @Slot()
    def _on_fire_clicked(self) -> None:
        self.hand.fire_count(round(self.count.value()))

    @Slot()
    def _on_group_clicked(self) -> None:
        self.hand.fire(self.hand.state.marked)


class ElectrodeSection(Section):
    """Current from the electrode."""

    def __init__(self, context: BenchContext) -> None:
        super().__init__(context, "Electrode")
        self.place = label("", "muted")
        self.column.addWidget(self.place)
        self.amplitude = self.slider(
            "Current", AMPLITUDE_RANGE, 0.5, "nA", "Positive current depolarises, negative hyperpolarises"
        )
        self.pulse = QCheckBox("Pulse of a set duration")
        self.pulse.setToolTip("On: each press is one pulse; off: the current flows while the electrode is held")
        self.column.addWidget(self.pulse)
        self.duration = self.slider("Duration", DURATION_RANGE, 1.0, "ms", "How long a pulse lasts", is_log=True)
        self.inject_button = self.button("Hold to inject", "Current flows while this is pressed")
        self.column.addWidget(self.inject_button)
        self.amplitude.value_changed.connect(self._on_amplitude_changed)
        self.duration.value_changed.connect(self._on_duration_changed)
        self.pulse.toggled.connect(self._on_pulse_toggled)
        self.inject_button.pressed.connect(self._on_pressed)
        self.inject_button.released.connect(self.hand.release)

    def refresh(self) -> None:
        """Show the hand's state."""
        state = self.hand.state
        for slider, value in ((self.amplitude, state.amplitude_nA), (self.duration, state.duration_ms)):
            if slider.value() != value:
                slider.set_value(value)
        self.pulse.blockSignals(True)
        self.pulse.setChecked(not state.is_held)
        self.pulse.blockSignals(False)
        self.duration.setVisible(not state.is_held)
        self.inject_button.setText("Hold to inject" if state.is_held else "Inject a pulse")
        names = self.context.cell_view.guide.names
        self.place.setText(f"At: {names[min(state.electrode, len(names) - 1)]}. Drag it anywhere on the cell.")

    @Slot(float)
    def _on_amplitude_changed(self, value: float) -> None:
        self.hand.change("Change the electrode's current", amplitude_nA=value)

    @Slot(float)
    def _on_duration_changed(self, value: float) -> None:
        self.hand.change("Change the pulse's duration", duration_ms=value)

    @Slot(bool)
    def _on_pulse_toggled(self, is_pulse: bool) -> None:
        self.hand.change("Pulse or hold", is_held=not is_pulse)
        self.refresh()

    @Slot()
    def _on_pressed(self) -> None:
        self.hand.press(self.hand.state.electrode)


class SynapseSection(Section):
    """Weights and receptors, of the selected inputs or of all."""

    def __init__(self, context: BenchContext) -> None:
        super().__init__(context, "Synapses")
        self.bars = WeightBars(context.theme)
        self.column.addWidget(self.bars)
        self.weight = self.slider("Weight of all", (0.0, 10.0), 1.0, "nS", "Conductance at the peak: the disc's area")
        self.receptor = DropDown()
        for key, text in RECEPTORS:
            self.receptor.addItem(text, key)
        self.receptor.setPlaceholderText("mixed")
        self.receptor.setAccessibleName("Receptors")
        self.receptor.setToolTip("What the selected inputs open: excitatory or inhibitory receptors")
        self.column.addWidget(self.receptor)
        self.quantal = QCheckBox("Release by chance (quantal)")
        self.quantal.setToolTip("On: each of 5 vesicles fuses with p = 0.4; off: all of them, always")
        self.column.addWidget(self.quantal)
        self.bars.selected.connect(self.hand.mark)
        self.weight.value_changed.connect(self._on_weight_changed)
        self.receptor.activated.connect(self._on_receptor_chosen)
        self.quantal.toggled.connect(self._on_quantal_toggled)

    def chosen(self) -> tuple[int, ...]:
        """The inputs that the controls here concern."""
        return self.hand.state.marked or tuple(range(INPUTS))

    def refresh(self) -> None:
        """Show plan and selection."""
        plan, marked, chosen = self.session.shown_plan, self.hand.state.marked, self.chosen()
        self.bars.show_plan(plan, marked)
        title = f"Weight of input {marked[0] + 1}" if len(marked) == 1 else f"Weight of {len(marked) or 'all'}"
        self.weight.findChildren(QLabel)[0].setText(title)
        weights = {plan.weights_nS[number] for number in chosen}
        if len(weights) > 1:
            self.weight.show_mixed(sum(plan.weights_nS[number] for number in chosen) / len(chosen))
        else:
            weight = float(f"{weights.pop():.3g}")  # a learned one has as many digits as a float
            if self.weight.field.is_mixed or self.weight.value() != weight:
                self.weight.set_value(weight)
        receptors = {plan.receptors[number] for number in chosen}
        self.receptor.setCurrentIndex(self.receptor.findData(receptors.pop()) if len(receptors) == 1 else -1)
        self.quantal.blockSignals(True)
        self.quantal.setChecked(plan.release == "quantal")
        self.quantal.blockSignals(False)

    @Slot(float)
    def _on_weight_changed(self, weight: float) -> None:
        self.hand.change_plan("weights", "Change weights", with_weight(self.session.shown_plan, self.chosen(), weight))

    @Slot(int)
    def _on_receptor_chosen(self, index: int) -> None:
        receptors = list(self.session.shown_plan.receptors)
        for number in self.chosen():
            receptors[number] = self.receptor.itemData(index)
        plan = msgspec.structs.replace(self.session.shown_plan, receptors=tuple(receptors))
        self.hand.change_plan("receptors", "Change receptors", plan)

    @Slot(bool)
    def _on_quantal_toggled(self, is_quantal: bool) -> None:
        plan = msgspec.structs.replace(self.session.shown_plan, release="quantal" if is_quantal else "reliable")
        self.hand.change_plan("release", "Change release", plan)


class MembraneSection(Section):
    """Conditions: presets, temperature, channels."""

    picked = Signal(str)  # name of a preset

    def __init__(self, context: BenchContext) -> None:
        super().__init__(context, "Conditions")
        self.preset = DropDown()
        for preset in PRESETS:
            self.preset.addItem(preset.title, preset.name)
            self.preset.setItemData(self.preset.count() - 1, preset.sentence, Qt.ItemDataRole.ToolTipRole)
        self.preset.setAccessibleName("Condition")
        self.preset.setToolTip("Put the cell under a condition; the line below says what changes")
        self.sentence = label("", "muted")
        self.column.addWidget(self.preset)
        self.column.addWidget(self.sentence)
        self.temperature = self.slider("Temperature", (0.0, 40.0), 18.5, "°C", "How fast the gates move")
        self.sodium = self.slider("Sodium channels", (0.0, 2.0), 1.0, "×", "Sodium conductance everywhere; 0 is TTX")
        self.potassium = self.slider("Potassium channels", (0.0, 2.0), 1.0, "×", "Potassium conductance; 0 is TEA")
        self.preset.activated.connect(self._on_preset_chosen)
        self.temperature.value_changed.connect(self._on_temperature_changed)
        self.sodium.value_changed.connect(self._on_sodium_changed)
        self.potassium.value_changed.connect(self._on_potassium_changed)

    def refresh(self, preset: str) -> None:
        """Show the plan, and the condition that was picked last."""
        plan = self.session.shown_plan
        for slider, value in (
            (self.temperature, plan.temperature_C),
            (self.sodium, plan.sodium),
            (self.potassium, plan.potassium),
        ):
            if slider.value() != value:
                slider.set_value(value)
        self.preset.setCurrentIndex(self.preset.findData(preset))
        changes = changed_by_hand(preset, plan)
        sentence = next(entry.sentence for entry in PRESETS if entry.name == preset)
        self.sentence.setText(f"Changed by hand: {', '.join(changes)}." if changes else sentence)

    @Slot(int)
    def _on_preset_chosen(self, index: int) -> None:
        name = str(self.preset.itemData(index))
        stack = self.context.workspace.document.undo_stack
        stack.beginMacro(self.preset.itemText(index))  # the name on show and the cell are undone as one
        self.picked.emit(name)
        self.hand.change_plan(f"preset.{name}", self.preset.itemText(index), put(name, self.session.shown_plan))
        stack.endMacro()

    @Slot(float)
    def _on_temperature_changed(self, value: float) -> None:
        self._change("temperature_C", "Change the temperature", value)

    @Slot(float)
    def _on_sodium_changed(self, value: float) -> None:
        self._change("sodium", "Change the sodium channels", value)

    @Slot(float)
    def _on_potassium_changed(self, value: float) -> None:
        self._change("potassium", "Change the potassium channels", value)

    def _change(self, field: str, text: str, value: float) -> None:
        self.hand.change_plan(field, text, msgspec.structs.replace(self.session.shown_plan, **{field: value}))


class LookSection(Section):
    """Where the camera stands, and what is written on the cell."""

    def __init__(self, context: BenchContext) -> None:
        super().__init__(context, "Look at")
        grid = QGridLayout()
        grid.setSpacing(context.theme.gap(4))
        for number, (place, text) in enumerate(JUMPS):
            button = self.button(text, f"Bring the camera to the {text.lower()}")
            button.setProperty("place", place)
            button.clicked.connect(self._on_jump_clicked)
            grid.addWidget(button, (number + 2) // 3, (number + 2) % 3 if number else 0, 1, 1 if number else 3)
        self.column.addLayout(grid)
        self.labels = self._switch("Labels", "The names of the parts beside them (L)")
        self.true_scale = self._switch("True scale", "The cell's true proportions: how thin and long it is")
        self.sound = self._switch("Click at each spike", "A click whenever the soma fires")
        self.labels.toggled.connect(self._on_labels_toggled)
        self.true_scale.toggled.connect(self._on_true_scale_toggled)
        self.sound.toggled.connect(self._on_sound_toggled)

    def _switch(self, text: str, tip: str) -> QCheckBox:
        box = QCheckBox(text)
        box.setToolTip(tip)
        self.column.addWidget(box)
        return box

    def refresh(self) -> None:
        """Show the hand's state."""
        state = self.hand.state
        for box, is_on in (
            (self.labels, state.has_labels),
            (self.true_scale, state.is_true_scale),
            (self.sound, state.has_sound),
        ):
            box.blockSignals(True)
            box.setChecked(is_on)
            box.blockSignals(False)

    @Slot(bool)
    def _on_labels_toggled(self, is_on: bool) -> None:
        self.hand.change("Labels", has_labels=is_on)

    @Slot(bool)
    def _on_true_scale_toggled(self, is_on: bool) -> None:
        self.hand.change("True scale", is_true_scale=is_on)

    @Slot(bool)
    def _on_sound_toggled(self, is_on: bool) -> None:
        self.hand.change("Sound", has_sound=is_on)

    @Slot()
    def _on_jump_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            self.context.cell_view.go_to(str(button.property("place")))
