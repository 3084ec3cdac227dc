"""ValueSlider: a titled number with a slider and a field, linear or logarithmic. Imports neither workspace nor panels."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QSlider, QWidget

from app.widgets.number_field import NumberField
from app.widgets.theme import Theme

_NOTCHES = 1000


class ValueSlider(QWidget):
    """Title, field with unit, slider. `value_changed` follows every change, `value_settled` the end of a person's gesture.

    Setting the value by `set_value` emits nothing: only a person's change is news. A wheel turns it only where it has the
    focus, so that scrolling a form changes nothing by accident.
    """

    value_changed = Signal(float)
    value_settled = Signal(float)

    def __init__(
        self,
        theme: Theme,
        title: str,
        minimum: float,
        maximum: float,
        value: float,
        *,
        unit: str = "",
        is_whole: bool = False,
        is_log: bool = False,
        step: float | None = None,
        typed: tuple[float, float] | None = None,
        tooltip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """typed: what the field takes, where that is more than the slider spans."""
        super().__init__(parent)
        if not minimum < maximum or (is_log and minimum <= 0):
            raise ValueError(f"The range of {title}, {minimum} to {maximum}, is none.")
        self._theme = theme
        self._is_log = is_log
        self._is_whole = is_whole
        self._minimum = minimum
        self._maximum = maximum
        self._label = QLabel(title, self)
        low, high = typed or (minimum, maximum)
        self.field = NumberField(low, high, value, unit=unit, is_whole=is_whole, is_log=is_log, step=step, parent=self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, _NOTCHES)
        self.slider.setPageStep(_NOTCHES // 10)
        self.slider.setSingleStep(max(1, round(_NOTCHES / (maximum - minimum))) if is_whole and not is_log else 10)
        self._label.setBuddy(self.field)
        self.field.setAccessibleName(title)
        self.slider.setAccessibleName(f"{title}, slider")
        limits = f"{self.field.textFromValue(low)} to {self.field.textFromValue(high)}{self.field.suffix()}"
        self.setToolTip(
            f"{tooltip}\n{limits}" if tooltip else limits
        )  # a number beyond them becomes the nearest within
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._label, 0, 0)
        self._layout.addWidget(self.field, 0, 1)
        self._layout.addWidget(self.slider, 1, 0, 1, 2)
        self._layout.setColumnStretch(0, 1)
        self.field.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._is_following = False
        self._place_handle(value)
        self.slider.valueChanged.connect(self._on_slider_moved)
        self.slider.sliderReleased.connect(self._on_gesture_ended)
        self.field.valueChanged.connect(self._on_field_changed)
        self.field.editingFinished.connect(self._on_gesture_ended)
        for part in (self.slider, self.field):
            part.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            part.installEventFilter(self)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._settled = self.value()

    def value(self) -> float:
        """The value, whole where it must be."""
        return self.field.value()

    def set_value(self, value: float) -> None:
        """Show `value` (the nearest that the range has); emits nothing."""
        self._is_following = True
        self.field.show_one(value)
        self._place_handle(self.field.value())
        self._is_following = False
        self._settled = self.field.value()

    def show_mixed(self, mean: float) -> None:
        """Show that what it sets has several values: "mixed", the handle at their mean; emits nothing."""
        self._is_following = True
        self.field.show_mixed(mean)
        self._place_handle(mean)
        self._is_following = False
        self._settled = self.field.value()

    def title(self) -> str:
        """What it is called on screen."""
        return self._label.text()

    def _place_handle(self, value: float) -> None:
        low, high = self._minimum, self._maximum
        share = (value - low) / (high - low)
        if self._is_log:
            share = math.log(max(value, low) / low) / math.log(high / low)
        self.slider.blockSignals(True)
        self.slider.setValue(round(share * _NOTCHES))
        self.slider.blockSignals(False)

    @Slot(int)
    def _on_slider_moved(self, notch: int) -> None:
        low, high = self._minimum, self._maximum
        share = notch / _NOTCHES
        value = low * (high / low) ** share if self._is_log else low + share * (high - low)
        value = round(value) if self._is_whole else float(f"{value:.2g}" if self._is_log else f"{value:.3g}")
        self._is_following = True
        self.field.setValue(min(max(value, low), high))
        self._is_following = False
        self.value_changed.emit(self.value())
        if not self.slider.isSliderDown():
            self._on_gesture_ended()

    @Slot(float)
    def _on_field_changed(self, value: float) -> None:
        if self._is_following:
            return
        self._place_handle(value)
        self.value_changed.emit(self.value())
        if not self.field.hasFocus():
            self._on_gesture_ended()

    @Slot()
    def _on_gesture_ended(self) -> None:
        if self.value() != self._settled:
            self._settled = self.value()
            self.value_settled.emit(self._settled)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._layout.setHorizontalSpacing(self._theme.gap(8))
        self._layout.setVerticalSpacing(self._theme.gap(2))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.slider and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Home:
            event.ignore()  # Home puts the panel back, as everywhere: a slider that was clicked must not jump to its least value
            return True
        if isinstance(event, QWheelEvent) and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)
