"""A Python file on disk as a network. Imports neither torch nor the window."""

from __future__ import annotations

import os
import re
from pathlib import Path

from trainers.network_files import file_bytes, shortened
from trainers.network_graph import NetworkInputError, Shape
from trainers.source_network import SourceNetwork, read_source
from trainers.source_text import SourceError, decoded

_SOURCE = re.compile(r"(?P<path>.+\.py)(?::(?P<name>\w+))?", re.IGNORECASE | re.DOTALL)


def load_source(reference: str, input_shape: Shape | None = None) -> SourceNetwork:
    """The network of the class in a Python file (FILE.py, or FILE.py:NAME for one class of several), parsed and never run.

    input_shape: of one sample, where the file does not say it. Raises BadInput (SourceError with its line).
    """
    found = _SOURCE.fullmatch(reference)
    if found is None:
        raise NetworkInputError(f"{shortened(reference)} is no Python file.", "Give the path of a .py file.")
    where = shortened(Path(found["path"]).name)
    try:
        return read_source(python_text(found["path"]), input_shape, found["name"])
    except SourceError as error:
        raise error.within(where) from error


def python_text(place: str) -> str:
    """What a Python file holds, as text; raises BadInput for links, for what is no plain file, too large or no UTF-8."""
    shown = shortened(place)
    try:
        path = Path(place)
        is_there, is_link = os.path.lexists(path), path.is_symlink()
    except (OSError, ValueError):
        is_there = is_link = False
    if not is_there:
        raise NetworkInputError(f"There is no file {shown}.", "Give the path of a .py file.")
    if is_link:
        raise NetworkInputError(f"{shown} is a symbolic link.", "Give the file that it leads to.")
    return decoded(file_bytes(path, shown, "Give the path of a .py file."))
