"""PreferencesDialog: theme, zoom, data folder, and what a new window opens; every change is in force at once."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.user_settings import UserSettings
from app.widgets.number_field import NumberField
from app.widgets.tab_order import tab_in_order
from app.widgets.theme import ZOOM_RANGE, Theme
from trainers.datasets import DATASETS
from trainers.network_files import load_preset, preset_names

_THEMES = (("System", "system"), ("Paper", "paper"), ("Night", "night"), ("Projector", "projector"))
_DEVICES = (("Fastest available", "auto"), ("CPU", "cpu"), ("NVIDIA GPU (cuda)", "cuda"), ("Apple GPU (mps)", "mps"))


class PreferencesDialog(QDialog):
    """A form over UserSettings. What concerns a run (network, data, device, seed) is taken by the next window."""

    def __init__(self, theme: Theme, settings: UserSettings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("preferences")
        self.setWindowTitle("Preferences")
        self._theme = theme
        self._settings = settings
        values = settings.values
        self.theme_box = self._box(_THEMES, theme.choice, "Theme", "Colours and type size of the whole window")
        self.theme_box.currentIndexChanged.connect(self._on_theme_chosen)
        self.zoom_field = NumberField(
            100 * ZOOM_RANGE[0], 100 * ZOOM_RANGE[1], 100 * theme.zoom, unit="%", is_whole=True, step=10
        )
        self.zoom_field.setToolTip("Size of the whole interface (Ctrl + and Ctrl -)")
        self.zoom_field.valueChanged.connect(self._on_zoom_changed)
        self.folder_line = QLineEdit(values.data_directory or "", self)
        self.folder_line.setPlaceholderText("Default folder")
        self.folder_line.setToolTip("Where downloaded data are kept")
        self.folder_line.editingFinished.connect(self._on_folder_edited)
        self.folder_button = QPushButton("Choose…", self)
        self.folder_button.setAutoDefault(False)
        self.folder_button.setToolTip("Choose the folder for downloaded data")
        self.folder_button.clicked.connect(self._on_folder_asked)
        self.motion_box = QCheckBox("Reduced motion", self)
        self.motion_box.setChecked(values.reduced_motion)
        self.motion_box.setToolTip("Views jump to where they are sent instead of travelling there")
        self.motion_box.toggled.connect(self._on_motion_toggled)
        networks = tuple((load_preset(name).title or name, name) for name in preset_names())
        self.network_box = self._box(networks, values.network, "Network", "The network that a new window opens")
        self.network_box.currentIndexChanged.connect(self._on_start_chosen)
        data = tuple((spec.title, name) for name, spec in DATASETS.items())
        self.data_box = self._box(data, values.data, "Data", "The data that a new window opens")
        self.data_box.currentIndexChanged.connect(self._on_start_chosen)
        self.device_box = self._box(_DEVICES, values.device, "Device", "The device that a new window trains on")
        self.device_box.currentIndexChanged.connect(self._on_start_chosen)
        self.seed_field = NumberField(0, 2**31 - 1, values.seed, is_whole=True)
        self.seed_field.setToolTip("The seed of a new window's first run")
        self.seed_field.valueChanged.connect(self._on_start_chosen)
        theme.changed.connect(self._on_theme_changed)
        self._lay_out()

    def _box(self, entries: tuple[tuple[str, str], ...], value: str, name: str, tip: str) -> QComboBox:
        box = QComboBox(self)
        for text, data in entries:
            box.addItem(text, data)
        box.setCurrentIndex(max(0, box.findData(value)))
        box.setAccessibleName(name)
        box.setToolTip(tip)
        return box

    def _lay_out(self) -> None:
        theme = self._theme
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.gap(16))
        grid.setVerticalSpacing(theme.gap(8))
        rows: list[tuple[str, QWidget | None]] = [
            ("Appearance", None),
            ("Theme", self.theme_box),
            ("Zoom", self.zoom_field),
            ("Motion", self.motion_box),
            ("Data", None),
            ("Data folder", self.folder_line),
            ("New windows", None),
            ("Network", self.network_box),
            ("Data", self.data_box),
            ("Device", self.device_box),
            ("Seed", self.seed_field),
        ]
        for row, (text, field) in enumerate(rows):
            label = QLabel(text, self)
            if field is None:
                label.setObjectName("heading")
                grid.addWidget(label, row, 0, 1, 3)
                continue
            label.setBuddy(field)
            field.setAccessibleName(text)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1, 1, 1 if field is self.folder_line else 2)
        grid.addWidget(self.folder_button, rows.index(("Data folder", self.folder_line)), 2)
        grid.setColumnStretch(1, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.gap(16),) * 4)
        layout.setSpacing(theme.gap(16))
        layout.addLayout(grid)
        layout.addStretch(1)
        layout.addWidget(buttons)
        fields = [field for _, field in rows if field is not None]
        fields.insert(fields.index(self.folder_line) + 1, self.folder_button)
        tab_in_order(*fields, buttons.button(QDialogButtonBox.StandardButton.Close))
        self.resize(max(self.sizeHint().width(), theme.px(440)), self.sizeHint().height())

    @Slot(int)
    def _on_theme_chosen(self, _index: int) -> None:
        name = str(self.theme_box.currentData())
        self._theme.set_name(name)
        self._settings.change(theme=name)

    @Slot()
    def _on_theme_changed(self) -> None:
        """Also where it was changed by a key or in a menu, while the dialog stood open."""
        self.theme_box.setCurrentIndex(self.theme_box.findData(self._theme.choice))
        self.zoom_field.setValue(100 * self._theme.zoom)

    @Slot(float)
    def _on_zoom_changed(self, percent: float) -> None:
        self._theme.set_zoom(percent / 100)
        self._settings.change(zoom=self._theme.zoom)

    @Slot(bool)
    def _on_motion_toggled(self, is_reduced: bool) -> None:
        self._settings.change(reduced_motion=is_reduced)

    @Slot()
    def _on_folder_edited(self) -> None:
        self._settings.change(data_directory=self.folder_line.text().strip() or None)

    @Slot()
    def _on_folder_asked(self) -> None:
        path = QFileDialog.getExistingDirectory(self, "Where downloaded data are kept", self.folder_line.text())
        if path:
            self.folder_line.setText(path)
            self._on_folder_edited()

    @Slot()
    def _on_start_chosen(self) -> None:
        self._settings.change(
            network=str(self.network_box.currentData()),
            data=str(self.data_box.currentData()),
            device=str(self.device_box.currentData()),
            seed=round(self.seed_field.value()),
        )
