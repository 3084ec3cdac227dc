"""SettingBox: activation, its parameters and the initialisation of the setting that is edited. Knows no answer."""

from __future__ import annotations

import math
from typing import Any

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.panels.activation.depth.state import (
    INITIALISATION_TITLES,
    WITH_GAIN,
    DepthState,
    Setting,
    function_title,
    pieces_of,
)
from app.panels.activation.functions import resolve
from app.panels.activation.parameter_box import ParameterBox
from app.simulation.activation_functions import ACTIVATIONS
from app.widgets.steady_box import SteadyBox
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider
from trainers.activation_lab import INITIALISATIONS, ActivationChoice
from trainers.activation_lab_checks import LECTURE_DEFAULTS, MOST_PIECES, checked_choice, usable_kinds
from trainers.errors import BadInput
from trainers.own_functions import OwnFunction

_FIRST = ("sigmoid", "tanh", "relu", "leaky_relu", "maxout", "elu", "selu")
_DIGIT_INPUTS = 784


def weight_deviation(state: DepthState, setting: Setting) -> float:
    """Standard deviation of the weights of any layer but the first, as DepthQuestion says; NaN where they are orthogonal."""
    width = state.width
    outputs = width * pieces_of(setting.activation)
    return {
        "xavier": setting.gain * math.sqrt(2.0 / (width + outputs)),
        "he": math.sqrt(2.0 / width),
        "lecun": math.sqrt(1.0 / width),
        "normal": setting.deviation,
    }.get(setting.initialisation, math.nan)


class SettingBox(QWidget):
    """`changed`: the Setting, at every movement; `settled`: what was done, at the end of a gesture."""

    changed = Signal(object)
    settled = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._setting = Setting()
        self._own: dict[str, ActivationChoice] = {}  # by what its item holds
        self.picker = self._build_picker()
        self.parameters = ParameterBox(theme, self)
        self.pieces = ValueSlider(
            theme, "Pieces", 2, MOST_PIECES, 2, is_whole=True, tooltip="Linear pieces of which each Maxout unit takes the largest", parent=self
        )  # fmt: skip
        self.refusal = QLabel(self)
        self.refusal.setObjectName("refusal")
        self.refusal.setWordWrap(True)
        self.refusal.hide()
        self.initialisation = SteadyBox(self)
        for key in INITIALISATIONS:
            self.initialisation.addItem(INITIALISATION_TITLES[key], key)
        self.initialisation.setAccessibleName("Initialisation")
        self.initialisation.setToolTip(
            "How the weights are drawn: Xavier √(2/(n in + n out)), He √(2/n in), LeCun √(1/n in), orthogonal, or N(0, s)"
        )
        self.gain = ValueSlider(
            theme, "Gain", 0.1, 3.0, 1.0, typed=(0.0, 100.0), tooltip="All weights are multiplied by it", parent=self
        )
        self.deviation = ValueSlider(
            theme, "Spread s", 0.001, 2.0, 0.01, is_log=True, typed=(0.0, 100.0), tooltip="Weights are drawn from N(0, s): mean 0 and this standard deviation", parent=self
        )  # fmt: skip
        self.note = QLabel(self)
        self.note.setObjectName("caption")
        self.note.setWordWrap(True)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self.picker)
        self._layout.addWidget(self.parameters)
        self._layout.addWidget(self.pieces)
        self._layout.addWidget(self.refusal)
        row = QHBoxLayout()
        self._caption = QLabel("Initialisation", self)
        self._caption.setBuddy(self.initialisation)
        row.addWidget(self._caption)
        row.addWidget(self.initialisation, 1)
        self._layout.addLayout(row)
        for widget in (self.gain, self.deviation, self.note):
            self._layout.addWidget(widget)
        self.picker.activated.connect(self._on_picked)
        self.parameters.changed.connect(self._on_parameter_changed)
        self.parameters.settled.connect(self._on_parameter_settled)
        self.pieces.value_changed.connect(self._on_pieces_changed)
        self.initialisation.activated.connect(self._on_initialisation_picked)
        self.gain.value_changed.connect(self._on_gain_changed)
        self.deviation.value_changed.connect(self._on_deviation_changed)
        for slider in (self.pieces, self.gain, self.deviation):
            slider.value_settled.connect(self._on_slider_settled)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _build_picker(self) -> QComboBox:
        """All that a deep network can have, the best known first; typing finds one by any part of its name."""
        box = SteadyBox(self)
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        others = [kind for kind in usable_kinds() if kind in ACTIVATIONS and kind not in _FIRST]
        for kind in (*_FIRST, *sorted(others, key=lambda kind: ACTIVATIONS[kind].title.lower())):
            box.addItem(ACTIVATIONS[kind].title, kind)
        box.insertSeparator(len(_FIRST))
        self._known = box.count()
        completer = QCompleter(box.model(), box)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        box.setCompleter(completer)
        box.setAccessibleName("Activation function")
        box.setToolTip("The activation of every layer: choose one, or type a part of its name")
        box.setMaxVisibleItems(20)
        box.setMinimumContentsLength(8)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        line = box.lineEdit()
        assert line is not None
        line.editingFinished.connect(self._on_name_left)
        return box

    def show_own(self, functions: tuple[OwnFunction, ...]) -> None:
        """Offer a person's own functions below all others."""
        own = {f"own:{one.name}": ActivationChoice(one.kind, dict(one.layer_parameters)) for one in functions}
        if own != self._own:
            while self.picker.count() > self._known:
                self.picker.removeItem(self.picker.count() - 1)
            self._own = own
            if own:
                self.picker.insertSeparator(self._known)
            for key in own:
                self.picker.addItem(key.removeprefix("own:"), key)
            self._show_name()

    # --- what is shown ------------------------------------------------------------------------------------------------

    def show_state(self, state: DepthState) -> None:
        """Put everything where `state` has it; tells nobody."""
        setting = self._setting = state.setting(state.edited)
        self._show_name()
        choice = setting.activation
        is_maxout = choice.kind == "maxout"
        self.parameters.setVisible(not is_maxout and bool(resolve(_with_defaults(choice)).parameters))
        self.pieces.setVisible(is_maxout)
        if is_maxout:
            _show(self.pieces, float(pieces_of(choice)))
        else:
            self.parameters.show_function(resolve(_with_defaults(choice)))
        self.initialisation.setCurrentIndex(INITIALISATIONS.index(setting.initialisation))
        self.gain.setVisible(setting.initialisation in WITH_GAIN)
        self.deviation.setVisible(setting.initialisation == "normal")
        _show(self.gain, setting.gain)
        _show(self.deviation, setting.deviation)
        spread = weight_deviation(state, setting)
        words = (
            "Rows at right angles, each of length 1 × gain."
            if math.isnan(spread)
            else f"Weights of a layer: N(0, {spread:.3g})."
        )
        if state.source == "digits":
            words += f" The first layer has {_DIGIT_INPUTS} inputs."
        if words != self.note.text():
            self.note.setText(words)

    def refuse(self, sentence: str, state: DepthState) -> None:
        """Say why the newest change cannot be; `state` stands."""
        self._setting = state.setting(state.edited)
        self.refusal.setText(sentence)
        self.refusal.show()

    def accept(self) -> None:
        """Whatever was refused, something else stands by now."""
        self.refusal.hide()
        self.parameters.complain("")

    def _show_name(self) -> None:
        """In the picker; what is being typed there stays."""
        activation = self._setting.activation
        held = next((key for key, choice in self._own.items() if choice == activation), activation.kind)
        index = self.picker.findData(held)
        line = self.picker.lineEdit()
        if index == self.picker.currentIndex() and line is not None and line.hasFocus():
            return
        self.picker.setCurrentIndex(index)
        if index < 0:
            self.picker.setEditText(function_title(activation))

    # --- what happens -------------------------------------------------------------------------------------------------

    def _change(self, **fields: Any) -> None:
        self._setting = msgspec.structs.replace(self._setting, **fields)
        self.changed.emit(self._setting)

    @Slot(int)
    def _on_picked(self, index: int) -> None:
        kind = self.picker.itemData(index)
        choice = self._own.get(kind) or ActivationChoice(kind or "")
        if kind and (kind in self._own or kind != self._setting.activation.kind):
            self._change(activation=choice)
            self.settled.emit(f"Take {function_title(choice)}")

    @Slot()
    def _on_name_left(self) -> None:
        """What was typed and is no name is forgotten."""
        index = self.picker.currentIndex()
        self.picker.setEditText(self.picker.itemText(index) if index >= 0 else function_title(self._setting.activation))

    @Slot(str, object)
    def _on_parameter_changed(self, name: str, value: object) -> None:
        choice = resolve(_with_defaults(self._setting.activation)).with_number(name, value)
        try:
            checked_choice(choice)
            resolve(choice)
        except BadInput as error:
            self.parameters.complain(error.sentence)
            return
        self._change(activation=choice)

    @Slot()
    def _on_parameter_settled(self) -> None:
        self.settled.emit(f"Change {function_title(self._setting.activation)}")

    @Slot(float)
    def _on_pieces_changed(self, pieces: float) -> None:
        self._change(activation=ActivationChoice("maxout", {"pieces": round(pieces)}))

    @Slot(int)
    def _on_initialisation_picked(self, index: int) -> None:
        key = INITIALISATIONS[index]
        if key != self._setting.initialisation:
            self._change(initialisation=key)
            self.settled.emit(f"Draw weights by {INITIALISATION_TITLES[key]}")

    @Slot(float)
    def _on_gain_changed(self, gain: float) -> None:
        self._change(gain=gain)

    @Slot(float)
    def _on_deviation_changed(self, deviation: float) -> None:
        self._change(deviation=deviation)

    @Slot()
    def _on_slider_settled(self) -> None:
        slider, setting = self.sender(), self._setting
        for one, value in (
            (self.pieces, float(pieces_of(setting.activation))),
            (self.gain, setting.gain),
            (self.deviation, setting.deviation),
        ):
            if one is slider:
                self.settled.emit(f"Set {one.title().lower()} to {value:g}")

    @Slot()
    def _on_theme_changed(self) -> None:
        self._layout.setSpacing(self._theme.gap(6))


def _with_defaults(choice: ActivationChoice) -> ActivationChoice:
    """As the worker reads it: what the lecture sets and is not given."""
    return ActivationChoice(choice.kind, {**LECTURE_DEFAULTS.get(choice.kind, {}), **choice.parameters})


def _show(slider: ValueSlider, value: float) -> None:
    if not slider.slider.isSliderDown() and slider.value() != value:
        slider.set_value(value)
