"""The settings as a form, made from ClassifierSettings: basic ones on top, the others folded away. Changes nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.panels.monitor.setting_row import SettingRow
from app.widgets.small_controls import ThemedLabel, text_button
from trainers.events import ValueSet
from trainers.setting_limits import pytorch_line, setting_limits
from trainers.training_plan import ClassifierSettings

if TYPE_CHECKING:
    from app.widgets.theme import Theme

BASIC = ("learning_rate", "optimizer", "batch_size", "epochs", "schedule", "weight_decay")


class SettingsForm(QWidget):
    """`entered` tells a setting's name and what a person entered; `show_settings` and `refuse` answer it."""

    entered = Signal(str, object)
    copy_all_asked = Signal()
    folded = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.rows: dict[str, SettingRow] = {}
        self._shown: tuple[ClassifierSettings, str] | None = None
        self.heading = ThemedLabel(theme, "Settings", "heading")
        self.copy_all_button = text_button(
            "Copy as PyTorch", "Copies a whole PyTorch program with this network and these settings"
        )
        self.fold_button = text_button(
            "", "Shows or hides the settings that are seldom changed", "More settings", is_checkable=True
        )
        self.advanced = QWidget()
        self._build()
        self.set_advanced(False)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _build(self) -> None:
        self.setAccessibleName("Settings")
        body = QWidget()
        self._body = QVBoxLayout(body)
        self._folded = QVBoxLayout(self.advanced)
        self._folded.setContentsMargins(0, 0, 0, 0)
        for name in BASIC:
            self._add_row(name, self._body)
        self._body.addWidget(self.fold_button)
        self._body.addWidget(self.advanced)
        self._body.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName("Settings of the run")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body.setMinimumWidth(1)  # as narrow as the form: what is wider would be cut, for it does not scroll sideways
        self._scroll.setWidget(body)
        top = QHBoxLayout()
        top.addWidget(self.heading)
        top.addStretch(1)
        top.addWidget(self.copy_all_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self._scroll, 1)
        self.fold_button.toggled.connect(self._on_fold_toggled)
        self.copy_all_button.clicked.connect(self.copy_all_asked)

    def _add_row(self, name: str, column: QVBoxLayout) -> None:
        row = SettingRow(self._theme, setting_limits()[name])
        row.entered.connect(self.entered)
        column.addWidget(row)
        self.rows[name] = row

    def show_settings(self, settings: ClassifierSettings, task: str) -> None:
        """Show the settings in force; task: "classification" or "regression", for the loss's line."""
        self._shown = settings, task
        for name, row in self.rows.items():
            row.show_value(getattr(settings, name), pytorch_line(settings, name, task))

    def show_effect(self, event: ValueSet) -> None:
        """The run has taken a value over: its row says since when."""
        if event.name in self.rows:
            self.rows[event.name].show_effect(event.value, event.step)

    def forget_effects(self) -> None:
        """Another run begins."""
        for row in self.rows.values():
            row.forget_effect()

    def refuse(self, name: str, sentence: str) -> None:
        """Say at its field why a value cannot be."""
        if name not in BASIC and not self.is_advanced:
            self.set_advanced(True)
        row = self.rows[name]
        row.refuse(sentence)
        self._scroll.ensureWidgetVisible(row)

    @property
    def is_advanced(self) -> bool:
        """Whether the seldom changed settings are shown."""
        return self.fold_button.isChecked()

    def set_advanced(self, is_shown: bool) -> None:
        """Show or hide them."""
        self.fold_button.setChecked(is_shown)
        self._show_fold(is_shown)

    def _show_fold(self, is_shown: bool) -> None:
        if is_shown and len(self.rows) == len(BASIC):  # built when first asked for: they cost a third of the panel
            for name in setting_limits():
                if name not in BASIC:
                    self._add_row(name, self._folded)
            if self._shown is not None:
                self.show_settings(*self._shown)
        self.advanced.setVisible(is_shown)
        self.fold_button.setText("Fewer settings" if is_shown else "More settings")
        self.fold_button.setArrowType(Qt.ArrowType.DownArrow if is_shown else Qt.ArrowType.RightArrow)
        self.fold_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    @Slot(bool)
    def _on_fold_toggled(self, is_shown: bool) -> None:
        self._show_fold(is_shown)
        self.folded.emit(is_shown)

    @Slot()
    def _on_theme_changed(self) -> None:
        gap = self._theme.gap(8)
        self._body.setContentsMargins(0, 0, gap, 0)
        self._body.setSpacing(gap)
        self._folded.setSpacing(gap)
        self.copy_all_button.setFont(self._theme.font("small"))
        self.fold_button.setFont(self._theme.font("body"))
