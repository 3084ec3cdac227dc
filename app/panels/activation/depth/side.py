"""DepthSide: the left column of the view of depth: which settings are on show, the one that is edited, and what both share."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRandomGenerator, QSize, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from app.panels.activation.depth.setting_box import SettingBox
from app.panels.activation.depth.state import LEAST_WIDTH, MOST_SEED, SLOTS, DepthState
from app.panels.activation.depth.state import Slot as Place
from app.panels.activation.depth.toolbar import swatch
from app.panels.activation.icon_button import IconButton
from app.panels.activation.side_column import SideColumn
from app.widgets.number_field import NumberField
from app.widgets.tab_order import tab_in_order
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider
from trainers.activation_lab import MOST_LAYERS, MOST_SIGNALS, MOST_WIDTH

_DICE_SEEDS = 10_000  # a seed that one can say aloud
_SOURCES = {
    "signal": ("Noise N(0, 1)", "Numbers of mean 0 and variance 1 go in, as many as a layer is wide"),
    "digits": ("Digits", "Bundled handwritten digits go in, standardised: 784 pixels each"),
}


class DepthSide(SideColumn):
    """Tells what a person does; `show_state` puts everything where a state has it and tells nobody.

    fields_changed: fields of the state and their values, at every movement; settled: what was done, at the end of a gesture.
    """

    fields_changed = Signal(dict)
    settled = Signal(str)
    shown_asked = Signal(str, bool)
    edited_asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, (288, 250), parent)
        self.boxes = {slot: self._box(slot) for slot in SLOTS}
        self.names = {slot: self._name(slot) for slot in SLOTS}
        self.setting = SettingBox(theme, self)
        self.layers = self._slider(
            "layers", "Layers", 1, MOST_LAYERS, 20, "How many dense layers the signal goes through"
        )
        self.width_slider = self._slider("width", "Width", LEAST_WIDTH, MOST_WIDTH, 256, "Units in each layer")
        self.signals = self._slider(
            "signals", "Signals", 1, MOST_SIGNALS, 256, "How many go through at once; figures are taken over all"
        )
        self.sources = {key: self._source(key) for key in _SOURCES}
        self.seed = NumberField(0, MOST_SEED, 0, is_whole=True, parent=self)
        self.seed.setAccessibleName("Seed")
        self.seed.setToolTip("Of the weights, the signal and the gradient: the same seed draws the same numbers")
        self.dice = IconButton(
            theme,
            "dice",
            "Draw other weights and another signal: is it chance, or always so? (R)",
            self,
            key="R",
            title="Draw other weights and another signal",
        )
        self.refusals = {field: _refusal(self) for field in ("layers", "width", "signals")}
        self._kept: dict[str, int] = {}  # of a slider whose newest value was refused: the value that stands
        self.saturation = NumberField(0.0, 100.0, 0.01, is_log=True, parent=self)
        self.saturation.setAccessibleName("Threshold of saturation")
        self.saturation.setToolTip("A number counts as saturated where the activation's slope |f′| is below this")
        self.own_box = QCheckBox("Each layer on its own scale", self)
        self.own_box.setShortcut("Y")
        self.own_box.setToolTip(
            "Draw each layer's histograms on a scale of their own, to see their shape; otherwise all have one, to see them"
            " shrink or grow (Y)"
        )
        self.own_box.toggled.connect(self._on_scale_toggled)
        self._lay_out()
        self.setting.settled.connect(self.settled)
        self.seed.valueChanged.connect(self._on_seed_changed)
        self.saturation.valueChanged.connect(self._on_saturation_changed)
        self.dice.clicked.connect(self._on_dice_thrown)

    def _box(self, slot: Place) -> QCheckBox:
        box = QCheckBox(self)
        key = f"Shift+{slot.upper()}"
        box.setToolTip(f"Draw {slot.upper()} ({key})")
        box.setAccessibleName(f"Draw {slot.upper()}")
        box.setShortcut(QKeySequence(key))
        box.setProperty("slot", slot)
        box.toggled.connect(self._on_box_toggled)
        return box

    def _name(self, slot: Place) -> QPushButton:
        button = QPushButton(self)
        button.setCheckable(True)
        button.setAutoExclusive(False)
        button.setAutoDefault(False)
        button.setToolTip(
            f"Let the controls below, and the buttons above the board, set {slot.upper()} ({slot.upper()})"
        )
        button.setShortcut(slot.upper())
        button.setProperty("slot", slot)
        button.setMinimumWidth(1)
        button.setStyleSheet("text-align: left")
        button.clicked.connect(self._on_name_clicked)
        return button

    def _slider(self, field: str, title: str, low: int, high: int, value: int, tooltip: str) -> ValueSlider:
        slider = ValueSlider(
            self._theme, title, low, high, value, is_whole=True, is_log=field != "layers", tooltip=tooltip, parent=self
        )
        slider.setProperty("field", field)
        slider.value_changed.connect(self._on_slider_moved)
        slider.value_settled.connect(self._on_slider_settled)
        return slider

    def _source(self, key: str) -> QPushButton:
        text, tooltip = _SOURCES[key]
        button = QPushButton(text, self)
        button.setCheckable(True)
        button.setAutoDefault(False)
        button.setToolTip(tooltip)
        button.setProperty("source", key)
        button.clicked.connect(self._on_source_clicked)
        return button

    def _lay_out(self) -> None:
        for slot in SLOTS:
            row = QHBoxLayout()
            row.addWidget(self.boxes[slot])
            row.addWidget(self.names[slot], 1)
            self._column.addLayout(row)
        tab_in_order(*(control for slot in SLOTS for control in (self.boxes[slot], self.names[slot])))
        self._column.addWidget(self.setting)
        self._column.addWidget(_rule(self._content))
        for slider in (self.layers, self.width_slider, self.signals):
            self._column.addWidget(slider)
            self._column.addWidget(self.refusals[slider.property("field")])
        sources = QHBoxLayout()
        for button in self.sources.values():
            sources.addWidget(button, 1)
        self._column.addLayout(sources)
        self._column.addLayout(_captioned(self, "Seed", self.seed, self.dice))
        self._column.addLayout(_captioned(self, "Saturated: |f′| below", self.saturation))
        self._column.addWidget(self.own_box)
        self._column.addStretch(1)
        self._begin()

    # --- what is shown ------------------------------------------------------------------------------------------------

    def show_state(self, state: DepthState) -> None:
        """Put everything where `state` has it."""
        for slot in SLOTS:
            box, name = self.boxes[slot], self.names[slot]
            box.blockSignals(True)
            box.setChecked(slot in state.shown)
            box.setEnabled(state.shown != (slot,))
            box.blockSignals(False)
            name.setChecked(slot == state.edited)
            text = f"{slot.upper()}  {state.setting(slot).title}"
            if text != name.text():
                held = name.shortcut()  # the panel may have taken it by now; Qt takes it away with the old text
                name.setText(text)
                name.setShortcut(held)
                name.setAccessibleName(f"Set {text}")
        self.setting.show_state(state)
        for slider, value in (
            (self.layers, state.layers),
            (self.width_slider, state.width),
            (self.signals, state.signals),
        ):
            if not slider.slider.isSliderDown() and slider.value() != value:
                slider.set_value(float(value))
        self.own_box.blockSignals(True)
        self.own_box.setChecked(state.scale == "own")
        self.own_box.blockSignals(False)
        for key, button in self.sources.items():
            button.setChecked(key == state.source)
        for field, number in ((self.seed, float(state.seed)), (self.saturation, state.saturation)):
            if field.value() != number:
                field.blockSignals(True)
                field.setValue(number)
                field.blockSignals(False)

    def refuse(self, place: str, sentence: str, state: DepthState) -> None:
        """Say why the newest value of `place` cannot be: a field of the state, or "setting"; `state` stands."""
        if place in self.refusals:
            self._kept[place] = getattr(state, place)
            self.refusals[place].setText(sentence)
            self.refusals[place].show()
        else:
            self.setting.refuse(sentence, state)

    def accept(self) -> None:
        """Whatever was refused, something else stands by now."""
        self._kept.clear()
        for label in self.refusals.values():
            label.hide()
        self.setting.accept()

    # --- what happens -------------------------------------------------------------------------------------------------

    def _sent(self, name: str) -> str:
        sender = self.sender()
        return str(sender.property(name)) if sender is not None else ""

    def _set(self, text: str, **fields: Any) -> None:
        self.fields_changed.emit(fields)
        self.settled.emit(text)

    @Slot(bool)
    def _on_box_toggled(self, is_on: bool) -> None:
        self.shown_asked.emit(self._sent("slot"), is_on)

    @Slot()
    def _on_name_clicked(self) -> None:
        self.edited_asked.emit(self._sent("slot"))

    @Slot(float)
    def _on_slider_moved(self, value: float) -> None:
        self.fields_changed.emit({self._sent("field"): round(value)})

    @Slot(float)
    def _on_slider_settled(self, value: float) -> None:
        field = self._sent("field")
        self.settled.emit(f"Set {field} to {self._kept.get(field, value):g}")

    @Slot()
    def _on_source_clicked(self) -> None:
        source = self._sent("source")
        self._set(f"Send in {_SOURCES[source][0]}", source=source)

    @Slot()
    def _on_seed_changed(self) -> None:
        seed = round(self.seed.value())
        self._set(f"Draw by seed {seed}", seed=seed)

    @Slot()
    def _on_dice_thrown(self) -> None:
        seed = QRandomGenerator.global_().bounded(_DICE_SEEDS)
        self._set(f"Draw by seed {seed}", seed=seed)

    @Slot()
    def _on_saturation_changed(self) -> None:
        value = self.saturation.value()
        self._set(f"Saturated below {value:g}", saturation=value)

    @Slot(bool)
    def _on_scale_toggled(self, is_own: bool) -> None:
        self._set(
            "Give each layer its own scale" if is_own else "Give all layers one scale",
            scale="own" if is_own else "shared",
        )

    @Slot()
    def _on_theme_changed(self) -> None:
        super()._on_theme_changed()
        theme = self._theme
        self._column.setSpacing(theme.gap(7))
        for slot in SLOTS:
            self.names[slot].setIcon(swatch(theme, slot))
            self.names[slot].setIconSize(QSize(theme.px(26), theme.px(14)))
        self.seed.setFixedWidth(theme.px(92))
        self.saturation.setFixedWidth(theme.px(92))


def _captioned(parent: QWidget, caption: str, *widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    label = QLabel(caption, parent)
    label.setBuddy(widgets[0])
    row.addWidget(label, 1)
    for widget in widgets:
        row.addWidget(widget)
    return row


def _refusal(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setObjectName("refusal")
    label.setWordWrap(True)
    label.hide()
    return label


def _rule(parent: QWidget) -> QFrame:
    rule = QFrame(parent)
    rule.setObjectName("rule")
    rule.setFixedHeight(1)
    return rule
