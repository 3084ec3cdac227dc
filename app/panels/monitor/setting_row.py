"""One setting of the form: title, editor, refusal, and the PyTorch line that it becomes. Decides nothing about values."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QSizePolicy, QSlider, QToolButton, QWidget

from app.widgets.icons import icon
from app.widgets.small_controls import ThemedLabel, text_button
from trainers.commands import Scalar
from trainers.setting_limits import FIXED, SettingLimits

if TYPE_CHECKING:
    from app.widgets.theme import Theme

LOG_SLIDERS = {"learning_rate": (1e-6, 10.0)}  # what a slider covers; the field takes the whole range
_NOTCHES = 700  # a hundred to a decade
CHOICE_TEXTS = {
    "sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "constant": "Constant", "step": "Steps",
    "cosine": "Cosine", "one_cycle": "One cycle", "exponential": "Exponential", "auto": "Automatic",
    "cross_entropy": "Cross-entropy", "mse": "Squared error", "l1": "Absolute error", "huber": "Huber", "cpu": "CPU",
    "cuda": "NVIDIA GPU", "mps": "Apple GPU",
}  # fmt: skip


class SettingRow(QWidget):
    """`entered` tells the setting's name and what a person entered, checked by nobody yet; text where it is no number."""

    entered = Signal(str, object)

    def __init__(self, theme: Theme, limits: SettingLimits) -> None:
        super().__init__()
        self._theme = theme
        self.limits = limits
        self._line = ""
        self._since: int | None = None
        self._value: Scalar = limits.default
        title = f"{limits.title} ({limits.unit})" if limits.unit else limits.title
        self.title = ThemedLabel(theme, title, "body", wraps=True)
        self.editor = self._make_editor()
        self.slider = self._make_slider()
        self.refusal = ThemedLabel(theme, "", "small", "bad", wraps=True)
        self.refusal.setAccessibleName(f"Why {limits.title} was refused")
        self.refusal.hide()
        self.code = ThemedLabel(theme, "", "code", "muted", wraps=True)
        self.code.setAccessibleName(f"{limits.title} in PyTorch")
        self.code.setToolTip("The line of a PyTorch program that this setting becomes")
        self.copy_button = _copy_button(theme, f"Copies the PyTorch line of {limits.title}")
        self.copy_button.clicked.connect(self._on_copy_clicked)
        self._build()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _build(self) -> None:
        limits = self.limits
        tooltip = f"{limits.tooltip}\nIt must be {limits.range_text}."
        if limits.name in FIXED:
            tooltip += "\nA change holds from the next run on."
        for widget in (self.title, self.editor, self.slider):
            if widget is not None:
                widget.setToolTip(tooltip)
        self.editor.setAccessibleName(limits.title)
        self.editor.setAccessibleDescription(f"{limits.tooltip} It must be {limits.range_text}.")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.addWidget(self.title, 0, 0)
        if self.slider is not None:
            self._grid.addWidget(self.slider, 0, 1)
        self._grid.addWidget(self.editor, 0, 2, 1, 2)
        self._grid.addWidget(self.refusal, 2, 0, 1, 4)
        self._grid.addWidget(self.code, 3, 0, 1, 3)
        self._grid.addWidget(self.copy_button, 3, 3, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        self._grid.setColumnStretch(1, 1)

    def _make_editor(self) -> QWidget:
        if self.limits.kind == "choice":
            box = QComboBox()
            for choice in self.limits.choices:
                box.addItem(CHOICE_TEXTS.get(choice, choice), choice)
            box.activated.connect(self._on_choice_activated)
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # Space belongs to the panel
            box.installEventFilter(self)
            return box
        if self.limits.kind == "bool":
            check = QCheckBox()
            check.clicked.connect(self._on_check_clicked)
            check.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            return check
        field = QLineEdit()
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.editingFinished.connect(self._on_editing_finished)
        field.returnPressed.connect(field.clearFocus)
        field.installEventFilter(self)
        field.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        return field

    def _make_slider(self) -> QSlider | None:
        if self.limits.name not in LOG_SLIDERS:
            return None
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, _NOTCHES)
        slider.setPageStep(100)
        slider.setSingleStep(10)
        slider.setAccessibleName(f"{self.limits.title}, logarithmic slider")
        slider.valueChanged.connect(self._on_slider_moved)
        slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        slider.installEventFilter(self)
        return slider

    # --- showing ------------------------------------------------------------------------------------------------------

    def show_value(self, value: Scalar, line: str) -> None:
        """Show what was chosen, and the PyTorch line that it becomes."""
        if value != self._value:
            self._since = None  # until the run has answered
        self._value = value
        self._line = line
        self._write_code()
        if isinstance(self.editor, QComboBox):
            self.editor.setCurrentIndex(self.editor.findData(value))
        elif isinstance(self.editor, QCheckBox):
            self.editor.setChecked(bool(value))
        elif isinstance(self.editor, QLineEdit) and not (self.editor.hasFocus() and self.editor.isModified()):
            self.editor.setText(_text(value))
        self._place_handle()
        self.refuse("")

    def show_effect(self, value: Scalar, step: int) -> None:
        """The run has taken `value` over at `step`: said behind the line, if it is still what is shown."""
        if value == self._value:
            self._since = step
            self._write_code()

    def forget_effect(self) -> None:
        """Another run begins, with what is shown from its first step on."""
        self._since = None
        self._write_code()

    def _write_code(self) -> None:
        comment = "" if self._since is None else f"\u2002# since\u00a0step\u00a0{self._since:,}"
        text = _breakable(self._line) + comment
        if text != self.code.text():
            self.code.setText(text)
            self._fit_code()

    def refuse(self, sentence: str) -> None:
        """Say in one sentence why what was entered cannot be; "" takes it back."""
        if sentence != self.refusal.text():
            self.refusal.setText(sentence)
            self.refusal.setVisible(bool(sentence))
            self.editor.setProperty("refused", "true" if sentence else "false")
            self.editor.style().unpolish(self.editor)
            self.editor.style().polish(self.editor)

    @property
    def line(self) -> str:
        """The PyTorch line shown."""
        return self._line

    def _place_handle(self) -> None:
        if self.slider is not None and isinstance(self._value, float) and not self.slider.isSliderDown():
            low, high = LOG_SLIDERS[self.limits.name]
            share = math.log(min(high, max(low, self._value)) / low) / math.log(high / low)
            self.slider.blockSignals(True)
            self.slider.setValue(round(share * _NOTCHES))
            self.slider.blockSignals(False)

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot()
    def _on_editing_finished(self) -> None:
        field = self.editor
        assert isinstance(field, QLineEdit)
        if not field.isModified():
            return
        field.setModified(False)
        self.entered.emit(self.limits.name, _parsed(field.text(), self.limits.kind))

    @Slot(int)
    def _on_choice_activated(self, index: int) -> None:
        assert isinstance(self.editor, QComboBox)
        self.entered.emit(self.limits.name, self.editor.itemData(index))

    @Slot(bool)
    def _on_check_clicked(self, is_checked: bool) -> None:
        self.entered.emit(self.limits.name, is_checked)

    @Slot(int)
    def _on_slider_moved(self, notch: int) -> None:
        low, high = LOG_SLIDERS[self.limits.name]
        self.entered.emit(self.limits.name, float(f"{low * (high / low) ** (notch / _NOTCHES):.2g}"))

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._line)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()  # scrolling the form must change nothing
            return True
        if watched is self.editor and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            direction = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
            if direction and isinstance(self.editor, QLineEdit):
                self.entered.emit(self.limits.name, stepped(self._value, direction, self.limits))
                return True
            if event.key() == Qt.Key.Key_Escape and isinstance(self.editor, QLineEdit) and self._take_back():
                return True
        return super().eventFilter(watched, event)

    def _take_back(self) -> bool:
        """What is in force again, in the place of what was typed; False where that stands there."""
        assert isinstance(self.editor, QLineEdit)
        if self.editor.text() == _text(self._value):
            return False
        self.editor.setText(_text(self._value))
        self.editor.setModified(False)
        self.refuse("")
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_slider()
        self._fit_code()

    def _fit_slider(self) -> None:
        """Between title and field where it has room, else on a line of its own below them."""
        if self.slider is None:
            return
        parts = self.title.sizeHint().width() + self.slider.minimumWidth() + self.editor.width()
        is_wide = self.width() >= parts + 2 * self._grid.horizontalSpacing()
        row = self._grid.getItemPosition(self._grid.indexOf(self.slider))[0]  # type: ignore[index]  # its stub says object
        if (row == 0) != is_wide:
            self._grid.removeWidget(self.slider)
            place = (0, 1, 1, 1) if is_wide else (1, 0, 1, 4)
            self._grid.addWidget(self.slider, *place)

    def _fit_code(self) -> None:
        """A wrapped label asks for its height by its width; the grid learns it here."""
        width = self.code.width()
        if width > 0:
            self.code.setMinimumHeight(0)  # it never asks for less than that
            self.code.setMinimumHeight(self.code.heightForWidth(width))

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self._grid.setHorizontalSpacing(theme.gap(8))
        self._grid.setVerticalSpacing(theme.gap(2))
        if isinstance(self.editor, QLineEdit):
            self.editor.setFont(theme.font("value"))
            self.editor.setFixedWidth(theme.px(80))
        if self.slider is not None:
            self.slider.setMinimumWidth(theme.px(56))


def stepped(value: Scalar, direction: int, limits: SettingLimits) -> Scalar:
    """The next value up or down: by one for whole numbers, along 1, 2, 5, 10 for others; kept where it would leave the range."""
    if limits.kind == "int":
        assert isinstance(value, int)
        to: int | float = value + direction
    else:
        assert isinstance(value, float)
        if value <= 0.0:
            return 1e-4 if direction > 0 and limits.name != "momentum" else 0.1 if direction > 0 else value
        exponent = math.floor(math.log10(value) + 1e-9)
        rungs = [rung * 10.0**power for power in (exponent - 1, exponent, exponent + 1) for rung in (1.0, 2.0, 5.0)]
        above = [rung for rung in rungs if rung > value * (1 + 1e-9)]
        below = [rung for rung in rungs if rung < value * (1 - 1e-9)]
        to = float(f"{min(above) if direction > 0 else max(below):.6g}")
    low, high = limits.minimum, limits.maximum
    is_out = (low is not None and (to < low or (limits.is_open and to == low))) or (
        high is not None and (to > high or (limits.is_open_above and to == high))
    )
    return value if is_out else to


def _copy_button(theme: Theme, tooltip: str) -> QToolButton:
    button = text_button("", tooltip, tooltip)
    button.setIcon(icon(theme, "copy", "muted"))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    return button


def _parsed(text: str, kind: str) -> Scalar:
    """What was typed as a number, else as it was typed: it will be refused by its own words."""
    plain = text.strip().replace(",", ".") if kind == "float" else text.strip().replace(",", "").replace(" ", "")
    try:
        number = float(plain)
    except ValueError:
        return text.strip() or "nothing"
    if kind == "int" and math.isfinite(number) and number == int(number):
        return int(number)
    return number


def _text(value: Scalar) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _breakable(line: str) -> str:
    """Zero-width spaces where a long line of code may be broken on screen: not within a number."""
    return re.sub(r"(,|=|\.(?=[A-Za-z_]))", "\\1\u200b", line)
