"""AxonControls: sliders, the brush that takes myelin away, the second stimulus. Emits what a person did; asks no model."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QPushButton, QVBoxLayout, QWidget

from app.panels.neuron.bench_controls import ChoiceRow, label
from app.panels.neuron.benches.axon.state import SECOND_MS, AxonState, Swept
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider

_FIELDS: tuple[Swept, ...] = ("diameter_um", "internode_um", "wraps", "temperature_C")


class AxonControls(QWidget):
    """changed: something moves; read it by `read`. settled: the gesture is over, with a text for undo. heal_asked: all myelin back."""

    changed = Signal()
    settled = Signal(str)
    heal_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._swept: Swept = "internode_um"
        self.sliders: dict[str, ValueSlider] = {
            "diameter_um": ValueSlider(
                theme, "Diameter", 1, 20, 10, unit="µm", tooltip="How thick both axons are: thicker ones conduct faster"
            ),
            "internode_um": ValueSlider(
                theme,
                "Internode",
                200,
                3000,
                1000,
                unit="µm",
                is_log=True,
                tooltip="From node to node; both axons grow or shrink with it",
            ),
            "wraps": ValueSlider(
                theme, "Wraps of myelin", 0, 200, 100, is_whole=True, tooltip="How often the sheath is wound around"
            ),
            "temperature_C": ValueSlider(
                theme, "Temperature", 5, 37, 18.5, unit="°C", tooltip="In the warmth the channels open and close faster"
            ),
        }
        self.hint = label("", "muted")
        self.brush = ChoiceRow(
            theme,
            "A click on an internode leaves",
            [
                ("thin", "2 wraps", "A click leaves 2 wraps: the impulse is late"),
                ("bare", "0 wraps", "A click takes all myelin: the impulse is lost there"),
                (
                    "channels",
                    "0 + channels",
                    "A click takes all myelin and puts ion channels there, as after a long loss",
                ),
            ],
            is_above=True,
        )
        self.heal = QPushButton("Heal")
        self.heal.setToolTip("Give all internodes their myelin back")
        self.heal.setAutoDefault(False)
        self.second_switch = QCheckBox("Second stimulus after")
        self.second_switch.setToolTip("The same current again: too early, and the membrane is still refractory")
        self.second = ValueSlider(
            theme,
            "Interval",
            0.3,
            20.0,
            SECOND_MS,
            unit="ms",
            is_log=True,
            tooltip="From the first stimulus to the second",
        )
        self.side = ChoiceRow(
            theme,
            "Beside each axon",
            [
                ("picture", "Space–time", "V at each place and time, as far as the clock has come"),
                ("runs", "My runs", "The velocities that you have measured, over what you varied"),
            ],
            is_above=True,
        )
        self._build(theme)
        self._connect()

    def _build(self, theme: Theme) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(4))
        for name in _FIELDS:
            column.addWidget(self.sliders[name])
            if name == "internode_um":
                column.addWidget(self.hint)
        for part in (self.brush, self.heal, self.second_switch, self.second, self.side):
            column.addWidget(part)

    def _connect(self) -> None:
        for name, slider in self.sliders.items():
            slider.setProperty("field", name)
            slider.value_changed.connect(self._on_slider_changed)
            slider.value_settled.connect(self._on_slider_settled)
        self.second.value_changed.connect(self._on_changed)
        self.second.value_settled.connect(self._on_second_settled)
        self.second_switch.clicked.connect(self._on_second_switched)
        self.brush.chosen.connect(self._on_brush_chosen)
        self.side.chosen.connect(self._on_side_chosen)
        self.heal.clicked.connect(self.heal_asked)

    # --- reading and showing ------------------------------------------------------------------------------------------

    def read(self, state: AxonState) -> AxonState:
        """`state` with what stands here."""
        sliders = self.sliders
        brush, view = self.brush.choice, self.side.choice
        return msgspec.structs.replace(
            state,
            diameter_um=sliders["diameter_um"].value(),
            internode_um=sliders["internode_um"].value(),
            wraps=round(sliders["wraps"].value()),
            temperature_C=sliders["temperature_C"].value(),
            second_ms=self.second.value() if self.second_switch.isChecked() else None,
            brush=brush,
            view=view,
            swept=self._swept,
        )

    def show_state(self, state: AxonState) -> None:
        """Show `state`; emits nothing."""
        for name, slider in self.sliders.items():
            if slider.value() != getattr(state, name):
                slider.set_value(getattr(state, name))
        self.second_switch.setChecked(state.second_ms is not None)
        if state.second_ms is not None and self.second.value() != state.second_ms:
            self.second.set_value(state.second_ms)
        self._swept = state.swept
        self.brush.set_choice(state.brush)
        self.side.set_choice(state.view)
        self.show_hints(state)

    def show_hints(self, state: AxonState) -> None:
        """What follows from `state`: the best internode, and which controls make sense."""
        self.hint.setText(f"Fastest near 100 × the diameter: {100 * state.diameter_um:.0f} µm")
        self.second.setVisible(state.second_ms is not None)
        self.heal.setEnabled(bool(state.stripped))

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot(float)
    def _on_slider_changed(self, _value: float) -> None:
        slider = self.sender()
        for name in _FIELDS:
            if slider is self.sliders[name]:
                self._swept = name
        self.changed.emit()

    @Slot(float)
    def _on_slider_settled(self, value: float) -> None:
        slider = self.sender()
        if isinstance(slider, ValueSlider):
            self.settled.emit(f"{slider.title()} {value:g}")

    @Slot(float)
    def _on_changed(self, _value: float) -> None:
        self.changed.emit()

    @Slot(float)
    def _on_second_settled(self, value: float) -> None:
        self.settled.emit(f"Second stimulus after {value:g} ms")

    @Slot(bool)
    def _on_second_switched(self, is_on: bool) -> None:
        self.changed.emit()
        self.settled.emit("Second stimulus" if is_on else "No second stimulus")

    @Slot(str)
    def _on_brush_chosen(self, _key: str) -> None:
        self.changed.emit()
        self.settled.emit("Choose what a click leaves")

    @Slot(str)
    def _on_side_chosen(self, _key: str) -> None:
        self.changed.emit()
        self.settled.emit("Choose what stands beside")
