"""Where things lie: what Hillock brings along, and the platform's folders for settings, caches and logs. Imports no Qt.

Runs and fetched data: `trainers.user_folders`, since headless runs keep them in the same place.
"""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

import platformdirs

APP_NAME = "hillock"


def resource_path(relative: str) -> Path:
    """The file `relative` of the folder `resources`, as a real path (the package is never zipped)."""
    return Path(str(resources.files("resources").joinpath(relative)))


def settings_folder() -> Path:
    """Where preferences and window geometry are kept."""
    return Path(platformdirs.user_config_dir(APP_NAME, appauthor=False))


def cache_folder() -> Path:
    """Where is kept what can be made again."""
    return Path(platformdirs.user_cache_dir(APP_NAME, appauthor=False))


def log_folder() -> Path:
    """Where crash reports are written."""
    return Path(platformdirs.user_log_dir(APP_NAME, appauthor=False))


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` so that `path` holds either what it held or all of it: temporary file, fsync, rename. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
