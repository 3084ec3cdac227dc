"""UserSettings: what a person prefers, as one typed JSON file; the window's geometry in QSettings. Imports no panel."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from PySide6.QtCore import QObject, QSettings, Signal

from app.resource_paths import read_or_put_aside, settings_folder, write_atomically

RECENT_FILES = 8


class Preferences(msgspec.Struct, frozen=True):
    """All preferences with their defaults; fields that an older or newer file lacks or adds do no harm."""

    theme: str = "system"
    zoom: Annotated[float, Meta(ge=0.5, le=3.0)] = 1.0
    recent_files: tuple[str, ...] = ()
    data_directory: str | None = None  # where downloaded data lie; None: the platform's data folder
    network: str = "lenet5"  # what a new window opens
    data: str = "digits"
    device: str = "auto"
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    reduced_motion: bool = False  # cameras are there at once instead of travelling
    schema: int = 1


class UserSettings(QObject):
    """The preferences in force; every change is written at once. A file that is torn is put aside, never overwritten unread."""

    changed = Signal()

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder or settings_folder()
        self._file = self._folder / "preferences.json"
        # trouble: one sentence about a file that could not be read or written
        values, self.trouble = read_or_put_aside(self._file, Preferences, "What you prefer")
        self._values = values or Preferences()
        self._geometry: QSettings | None = None

    @property
    def values(self) -> Preferences:
        """The preferences as they stand."""
        return self._values

    @property
    def geometry(self) -> QSettings:
        """Where the window keeps the places of its docks; geometry only, since an INI file loses types."""
        if self._geometry is None:
            self._geometry = QSettings(str(self._folder / "window.ini"), QSettings.Format.IniFormat)
        return self._geometry

    @property
    def panel_states_file(self) -> Path:
        """Where is kept what the panels show while the window is closed, see app.panel_states."""
        return self._folder / "panels.json"

    def change(self, **fields: Any) -> None:
        """Change some preferences and write them. TypeError for an unknown one, msgspec.ValidationError for a wrong value."""
        raw = msgspec.to_builtins(msgspec.structs.replace(self._values, **fields))
        values = msgspec.convert(raw, Preferences)
        if values == self._values:
            return
        self._values = values
        try:
            write_atomically(self._file, msgspec.json.format(msgspec.json.encode(values)))
        except OSError as error:
            self.trouble = f"Your preferences could not be written to {self._file}: {error.strerror}."
        self.changed.emit()

    def add_recent_file(self, path: str) -> None:
        """Put `path` on top of the recently opened files."""
        others = [other for other in self._values.recent_files if other != path]
        self.change(recent_files=(path, *others[: RECENT_FILES - 1]))
