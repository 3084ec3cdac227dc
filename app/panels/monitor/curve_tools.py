"""The tools above the curves: time axis, rows, log scale, smoothing, follow, export. Knows no data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QSlider, QToolButton, QWidget

from app.panels.monitor.curve_scale import smoothing_width
from app.panels.monitor.row_specs import ROWS
from app.widgets.icons import icon
from app.widgets.small_controls import Switch, ThemedLabel, text_button

if TYPE_CHECKING:
    from app.widgets.theme import Theme

_SPACING = 4  # px
_WORDS = Qt.ToolButtonStyle.ToolButtonTextOnly
_ICON = Qt.ToolButtonStyle.ToolButtonIconOnly


class CurveTools(QWidget):
    """One line of tools; each tells what a person chose."""

    x_chosen = Signal(str)
    rows_chosen = Signal(list)
    log_toggled = Signal(bool)
    smoothing_changed = Signal(int)
    compare_pressed = Signal()
    follow_pressed = Signal()
    export_asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.x_switch = Switch(
            theme,
            (
                ("steps", "Steps", "Counts optimiser steps along the axis"),
                ("epochs", "Epochs", "Counts passes through the training data along the axis"),
                ("seconds", "Seconds", "Counts the time spent training along the axis, pauses left out"),
            ),
            "Time axis",
        )
        self.rows_button = text_button("Rows", "Chooses which curves are drawn")
        self.rows_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.rows_button)
        self.row_actions: dict[str, QAction] = {}
        for key, spec in ROWS.items():
            action = menu.addAction(spec.title)
            action.setCheckable(True)
            action.setToolTip(spec.tooltip)
            action.triggered.connect(self._on_row_triggered)
            self.row_actions[key] = action
        menu.setToolTipsVisible(True)
        self.rows_button.setMenu(menu)
        self.log_button = text_button(
            "Log", "Draws the loss on a logarithmic scale", "Logarithmic loss", is_checkable=True
        )
        self.smoothing_label = ThemedLabel(theme, "", "small", "muted")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setAccessibleName("Smoothing")
        self.slider.setToolTip("Averages the loss and the accuracy of the batches over more or fewer steps")
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.compare_button = text_button(
            "Compare", "Lays the curves of other runs behind those of this one (C)", "Compare with other runs"
        )
        self.follow_button = text_button(
            "Follow",
            "Follows the end of the run again and fits every row, after you panned or zoomed",
            is_checkable=True,
        )
        self.export_button = text_button(
            "Save", "Saves the curves as a picture, a drawing or a table", "Save the curves"
        )
        self.export_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.compare_button.setIcon(icon(theme, "history"))
        self.export_button.setIcon(icon(theme, "save"))
        self._build()

    def _build(self) -> None:
        menu = QMenu(self.export_button)
        for kind, text in (("png", "Picture (PNG)…"), ("svg", "Drawing (SVG)…"), ("csv", "Numbers (CSV)…")):
            action = menu.addAction(text)
            action.setData(kind)
            action.triggered.connect(self._on_export_triggered)
        self.export_button.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_SPACING)
        for widget in (self.x_switch, self.rows_button, self.log_button):
            row.addWidget(widget)
        row.addWidget(self.smoothing_label)
        row.addWidget(self.slider, 1)
        row.addStretch(0)
        row.addWidget(self.compare_button)
        row.addWidget(self.follow_button)
        row.addWidget(self.export_button)
        self.slider.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.x_switch.chosen.connect(self.x_chosen)
        self.log_button.toggled.connect(self._on_log_toggled)
        self.slider.valueChanged.connect(self._on_slider_moved)
        self.compare_button.clicked.connect(self.compare_pressed)
        self.follow_button.clicked.connect(self.follow_pressed)
        self._theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._tell_smoothing()

    @property
    def _buttons(self) -> tuple[QToolButton, ...]:
        return (self.rows_button, self.log_button, self.compare_button, self.follow_button, self.export_button)

    @property
    def is_log(self) -> bool:
        """Whether the loss is on a log scale."""
        return self.log_button.isChecked()

    @property
    def smoothing(self) -> int:
        """Place of the slider, 0 to 100."""
        return self.slider.value()

    def rows(self) -> list[str]:
        """Keys of the rows chosen, in their order."""
        return [key for key, action in self.row_actions.items() if action.isChecked()]

    def show_choices(self, x_axis: str, rows: list[str], is_log: bool, smoothing: int) -> None:
        """Put every tool in its place, without a signal."""
        for widget in (self.log_button, self.slider):
            widget.blockSignals(True)
        self.x_switch.set_choice(x_axis)
        for key, action in self.row_actions.items():
            action.setChecked(key in rows)
        self.log_button.setChecked(is_log)
        self.slider.setValue(smoothing)
        for widget in (self.log_button, self.slider):
            widget.blockSignals(False)
        self._tell_smoothing()

    def show_following(self, is_following: bool) -> None:
        """Whether the curves follow the end of the run."""
        self.follow_button.setChecked(is_following)

    def show_room(self, missing: int) -> None:
        """How many of the chosen rows found no room."""
        self.rows_button.setText(f"Rows (+{missing})" if missing else "Rows")
        hint = f"; {missing} more would need a taller or less enlarged view" if missing else ""
        self.rows_button.setToolTip(f"Chooses which curves are drawn{hint}")

    def _tell_smoothing(self) -> None:
        width = smoothing_width(self.slider.value())
        self.smoothing_label.setText("Smooth: off" if width == 1 else f"Smooth: {width}")
        self.slider.setAccessibleDescription(f"mean of {width} steps")

    @Slot()
    def _on_row_triggered(self) -> None:
        if not self.rows():
            self.row_actions["loss"].setChecked(True)  # at least one, or there would be nothing to see
        self.rows_chosen.emit(self.rows())

    @Slot(bool)
    def _on_log_toggled(self, is_log: bool) -> None:
        self.log_toggled.emit(is_log)

    @Slot(int)
    def _on_slider_moved(self, notch: int) -> None:
        self._tell_smoothing()
        self.smoothing_changed.emit(notch)

    @Slot()
    def _on_export_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.export_asked.emit(str(action.data()))

    @Slot()
    def _on_theme_changed(self) -> None:
        font = self._theme.font("small")
        for button in self._buttons:
            button.setFont(font)
        widest = self.smoothing_label.fontMetrics().horizontalAdvance("Smooth: 1000")
        self.smoothing_label.setMinimumWidth(widest)
        self.slider.setMinimumWidth(self._theme.px(40))
        self.slider.setMaximumWidth(self._theme.px(160))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where not all has room the least needed goes, one after the other: the names of the buttons would be cut."""
        words, icons = self._measure(_WORDS), self._measure(_ICON)
        switch, slider = self.x_switch.sizeHint().width(), self.slider.minimumWidth()
        others = sum(button.sizeHint().width() for button in (self.rows_button, self.log_button, self.follow_button))
        room = self.width() - 8 * _SPACING - others - words - switch - slider
        has_label = room >= self.smoothing_label.minimumWidth()
        has_words = room >= 0
        room += 0 if has_words else words - icons
        has_slider = room >= 0
        room += 0 if has_slider else slider
        for button in (self.compare_button, self.export_button):
            button.setToolButtonStyle(_WORDS if has_words else _ICON)
        self.smoothing_label.setVisible(has_label)
        self.slider.setVisible(has_slider)
        self.x_switch.setVisible(room >= 0)

    def _measure(self, style: Qt.ToolButtonStyle) -> int:
        """Pixels of the two buttons that are known by their icons as well, written in `style`."""
        width = 0
        for button in (self.compare_button, self.export_button):
            button.setToolButtonStyle(style)
            width += button.sizeHint().width()
        return width
