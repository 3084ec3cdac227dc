"""Where things lie: what Hillock brings along, and the platform's folders for settings, caches and logs. Imports no Qt.

Runs and fetched data: `trainers.user_folders`, since headless runs keep them in the same place.
"""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from typing import TypeVar

import msgspec
import platformdirs

APP_NAME = "hillock"
Kept = TypeVar("Kept")


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


def read_or_put_aside(path: Path, kind: type[Kept], what: str) -> tuple[Kept | None, str | None]:
    """What the JSON file at `path` holds, None where it holds nothing of that kind; and one sentence of trouble, or None.

    A file that is not there is no trouble. One that is torn is put aside under another name, never overwritten unread.
    what: how its content is called at the beginning of the sentence.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind), None
    except FileNotFoundError:
        return None, None
    except OSError as error:
        return None, f"{what} could not be read from {path}: {error.strerror}."
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        aside = path.with_suffix(".torn.json")
        try:
            path.replace(aside)
        except OSError:
            return None, f"{what} could not be understood, and the file cannot be put aside: {path}."
        return None, f"{what} could not be understood; the file was put aside as {aside}."
