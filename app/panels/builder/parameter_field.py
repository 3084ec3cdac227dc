"""ParameterField: one parameter of a layer, to be typed, stepped or chosen from what known networks use. Knows no network."""

from __future__ import annotations

import math
import re
from functools import partial
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QMenu, QToolButton, QWidget

from app.panels.builder.known_values import known_values
from app.widgets.icons import icon
from app.widgets.number_field import NumberField
from app.widgets.small_controls import open_menu_by
from app.widgets.theme import Theme
from trainers.layer_kind import ParameterSpec
from trainers.network_graph import Parameter

_LARGEST = 2_000_000_000.0


class ParameterField(QWidget):
    """Says `changed` with a new value; whether that may be, and what comes of it, is decided elsewhere and shown by `show_value`."""

    changed = Signal(str, object)  # the parameter's name, its new value

    def __init__(self, theme: Theme, kind: str, spec: ParameterSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._kind = kind
        self.spec = spec
        self._value: Any = None
        self.is_usual = spec.required or bool(known_values(kind, spec.name))
        self.parts: list[QWidget] = []
        self._times = QLabel("×", self)
        self.optional = QCheckBox("auto", self)
        self.optional.setVisible(spec.optional)
        self.optional.toggled.connect(self._on_optional_toggled)
        self._build()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.gap(4))
        self._times.setVisible(len(self.parts) == 2)
        for number, part in enumerate(self.parts):
            if number:
                layout.addWidget(self._times)
            layout.addWidget(part, 1)
        layout.addWidget(self.optional)
        self.known_button: QToolButton | None = None
        if known_values(kind, spec.name):
            self.known_button = self._known_button()
            layout.addWidget(self.known_button)
        name = f"{spec.title} ({spec.unit})" if spec.unit else spec.title
        self.tip = f"{spec.tooltip} {_range(spec)}"
        for part in (*self.parts, self.optional):
            part.setToolTip(self.tip)
            part.setAccessibleName(name)
        if len(self.parts) == 2:
            for part, side in zip(self.parts, ("height", "width"), strict=True):
                part.setAccessibleName(f"{name}, {side}")
        self.optional.setAccessibleName(f"{name}: auto")
        self.setFocusProxy(self.parts[0])

    @property
    def stops(self) -> list[QWidget]:
        """Where Tab halts within the field, from left to right."""
        known = [self.known_button] if self.known_button is not None else []
        return [*self.parts, self.optional, *known]

    def _build(self) -> None:
        spec = self.spec
        if spec.type in ("integer", "number", "pair"):
            for _ in range(2 if spec.type == "pair" else 1):
                self.parts.append(self._number())
        elif spec.type == "switch":
            box = QCheckBox(self)
            box.clicked.connect(self._on_edited)
            self.parts.append(box)
        elif spec.type == "choice":
            choice = QComboBox(self)
            choice.addItems(spec.choices)
            choice.activated.connect(self._on_edited)
            self.parts.append(choice)
        else:
            line = QLineEdit(self)
            line.setReadOnly(spec.type == "numbers")
            line.editingFinished.connect(self._on_edited)
            self.parts.append(line)

    def _number(self) -> NumberField:
        spec = self.spec
        low, high = max(spec.minimum, -_LARGEST), min(spec.maximum, _LARGEST)
        is_whole = spec.type != "number"
        step = 1.0 if is_whole else 0.05 if high <= 1.0 else 0.1
        field = NumberField(
            low, high, low, unit="px" if spec.unit == "pixels" else "", is_whole=is_whole, step=step, parent=self
        )
        field.setMinimumWidth(self._theme.px(52))
        field.valueChanged.connect(self._on_edited)
        return field

    def _known_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(self._theme, "more"))
        button.setToolTip(f"{self.spec.title} of networks that are well known")
        button.setAccessibleName(f"Known values for {self.spec.title.lower()}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(button)
        for value, where in known_values(self._kind, self.spec.name):
            text = _text(value)
            action = QAction(f"{text}   {where}" if where else text, menu)
            action.triggered.connect(partial(self._choose, value))
            menu.addAction(action)
        open_menu_by(button, menu)
        return button

    # --- what it shows ------------------------------------------------------------------------------------------------

    def show_value(self, value: Any, automatic: Any = None) -> None:
        """Show a value; `automatic` is what None comes to."""
        self._value = value
        with QSignalBlocker(self.optional):
            self.optional.setChecked(value is None)
        shown = automatic if value is None else value
        sizes = tuple(shown) if isinstance(shown, list | tuple) else (shown, shown)
        for number, part in enumerate(self.parts):
            part.setEnabled(value is not None or not self.spec.optional)
            with QSignalBlocker(part):
                if isinstance(part, NumberField):
                    part.show_one(float(sizes[number]) if sizes[number] is not None else part.minimum())
                elif isinstance(part, QCheckBox):
                    part.setChecked(bool(value))
                elif isinstance(part, QComboBox):
                    part.setCurrentText(str(value))
                elif isinstance(part, QLineEdit):
                    part.setText(f"{len(value)} numbers" if self.spec.type == "numbers" else _text(value))

    def read(self) -> Parameter:
        """What stands in the field."""
        first = self.parts[0]
        if isinstance(first, NumberField):
            numbers = [part.value() for part in self.parts if isinstance(part, NumberField)]
            if self.spec.type == "number":
                return numbers[0]
            sizes = [round(number) for number in numbers]
            return sizes[0] if len(set(sizes)) == 1 else tuple(sizes)
        if isinstance(first, QCheckBox):
            return first.isChecked()
        if isinstance(first, QComboBox):
            return first.currentText()
        text = first.text() if isinstance(first, QLineEdit) else ""
        if self.spec.type == "shape":
            return tuple(int(size) for size in re.findall(r"\d+", text)[:9]) or text
        return text

    def _choose(self, value: Parameter, _checked: bool = False) -> None:
        self.changed.emit(self.spec.name, value)

    @Slot()
    def _on_edited(self) -> None:
        if self.spec.type == "numbers":
            return
        if self.spec.type == "pair" and self.sender() is self.parts[0]:
            before = self._value
            is_square = not isinstance(before, tuple | list) or before[0] == before[1]
            second = self.parts[1]
            if is_square and isinstance(second, NumberField):
                with QSignalBlocker(second):
                    second.setValue(self.parts[0].value())  # type: ignore[attr-defined]
        value = self.read()
        if value != _plain(self._value):
            self.changed.emit(self.spec.name, value)

    @Slot(bool)
    def _on_optional_toggled(self, is_automatic: bool) -> None:
        self.changed.emit(self.spec.name, None if is_automatic else self.read())


def _plain(value: Any) -> Any:
    """A pair of two equal sizes as one."""
    if isinstance(value, list | tuple):
        return value[0] if len(value) == 2 and value[0] == value[1] else tuple(value)
    return value


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "×".join(str(size) for size in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _range(spec: ParameterSpec) -> str:
    words = spec.range_text
    unit = f" {spec.unit}" if spec.unit and not math.isinf(spec.maximum) else ""
    return f"{words[0].upper()}{words[1:]}{unit}."
