"""Asks where source is to be saved, and saves it. Knows no network."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from trainers.errors import BadInput
from trainers.network_files import write_bytes

SOURCE_FILES = "Python source (*.py)"


def saved(text: str, name: str, parent: QWidget) -> tuple[str, str]:
    """Save `text` where the person says, at first as `name`.py; what came of it, "info" or "error"; "" where it was not asked."""
    path, _ = QFileDialog.getSaveFileName(parent, "Save source", f"{name}.py", SOURCE_FILES)
    if not path:
        return "", ""
    place = Path(path) if path.lower().endswith(".py") else Path(f"{path}.py")
    try:
        write_bytes(text.encode(), place)
    except BadInput as error:
        return error.sentence, "error"
    except OSError as error:
        return f"{place} cannot be written: {error.strerror or error}.", "error"
    return f"The source is saved as {place.name}.", "info"
