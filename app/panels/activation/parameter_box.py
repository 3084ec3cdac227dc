"""ParameterBox: the parameters of the chosen function, to drag or to type. Knows no plot."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.panels.activation.functions import PlottedFunction
from app.simulation.activation_parameters import ActivationParameter
from app.widgets.steady_box import SteadyBox
from app.widgets.theme import Theme
from app.widgets.value_slider import ValueSlider


class ParameterBox(QWidget):
    """`changed`: (name, value) at every movement; `settled`: at the end of a gesture."""

    changed = Signal(str, object)
    settled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._kind = ""
        self._shown: tuple[ActivationParameter, ...] | None = None
        self.sliders: dict[str, ValueSlider] = {}
        self.choices: dict[str, QComboBox] = {}
        self._title = QLabel(self)
        self._title.setObjectName("heading")
        self._title.setWordWrap(True)
        self._title.setTextFormat(Qt.TextFormat.PlainText)  # a person's own name may look like markup
        self._complaint = QLabel(self)
        self._complaint.setObjectName("refusal")
        self._complaint.setWordWrap(True)
        self._complaint.hide()
        self._rows = QVBoxLayout()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._title)
        self._layout.addLayout(self._rows)
        self._layout.addWidget(self._complaint)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_function(self, function: PlottedFunction | None) -> None:
        """The parameters of `function`, None: there is none; tells nobody."""
        kind = function.choice.kind if function is not None else ""
        parameters = function.parameters if function is not None else ()
        if (kind, parameters) != (self._kind, self._shown):
            self._kind, self._shown = kind, parameters
            self._build(parameters)
        if function is None:
            self._title.setText("")
            return
        self._title.setText(f"{function.title}: parameters" if parameters else f"{function.title} has no parameters.")
        for name, slider in self.sliders.items():
            if not slider.slider.isSliderDown() and slider.value() != function.numbers[name]:
                slider.set_value(float(function.numbers[name]))
        for name, box in self.choices.items():
            box.setCurrentText(str(function.numbers[name]))

    def complain(self, sentence: str) -> None:
        """Say beneath the parameters what does not fit; "" says nothing."""
        self._complaint.setText(sentence)
        self._complaint.setVisible(bool(sentence))

    def _build(self, parameters: tuple[ActivationParameter, ...]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            row = item.widget()
            if row is not None:
                row.hide()
                row.deleteLater()
        self.sliders, self.choices = {}, {}
        for parameter in parameters:
            row = self._choice_row(parameter) if parameter.choices else self._slider(parameter)
            self._rows.addWidget(row)

    def _slider(self, parameter: ActivationParameter) -> ValueSlider:
        slider = ValueSlider(
            self._theme,
            parameter.title,
            parameter.low,
            parameter.high,
            float(parameter.default),
            typed=(parameter.minimum, parameter.maximum),
            tooltip=f"{parameter.name}: drag, and the curve follows ({parameter.range_text})",
            parent=self,
        )
        slider.setProperty("parameter", parameter.name)
        slider.value_changed.connect(self._on_value_changed)
        slider.value_settled.connect(self._on_settled)
        self.sliders[parameter.name] = slider
        return slider

    def _choice_row(self, parameter: ActivationParameter) -> QWidget:
        row = QWidget(self)
        box = SteadyBox(row)
        box.addItems(parameter.choices)
        box.setAccessibleName(parameter.title)
        box.setToolTip(f"{parameter.name}: {parameter.range_text}")
        box.setProperty("parameter", parameter.name)
        box.activated.connect(self._on_choice_made)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(QLabel(parameter.title, row), 1)
        layout.addWidget(box)
        self.choices[parameter.name] = box
        return row

    def _tell(self, value: Any) -> None:
        sender = self.sender()
        if isinstance(sender, QWidget):
            self.changed.emit(str(sender.property("parameter")), value)

    @Slot(float)
    def _on_value_changed(self, value: float) -> None:
        self._tell(value)

    @Slot(float)
    def _on_settled(self, _value: float) -> None:
        self.settled.emit()

    @Slot(int)
    def _on_choice_made(self, _index: int) -> None:
        box = self.sender()
        if isinstance(box, QComboBox):
            self._tell(box.currentText())
            self.settled.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._layout.setSpacing(self._theme.gap(6))
        self._rows.setSpacing(self._theme.gap(6))
        self._title.setFont(self._theme.font("heading"))
