"""Whether a folder takes files, tried out: permissions alone do not tell of /proc, of a full disk, or to root of anything."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

_SOME = bytes(4096)  # a full disk still takes an empty file


def why_not_writable(folder: Path) -> str | None:
    """Why no file can be kept in `folder`, which may have to be made first; None where it can. Leaves nothing behind."""
    there = folder.absolute()
    while not os.path.lexists(there) and there != there.parent:
        there = there.parent
    if there.is_dir():
        return _refusal(there, folder)
    return f"{there} is a file" if there.exists() else f"{there} is a link that leads nowhere"


def _refusal(there: Path, wanted: Path) -> str | None:
    try:
        with contextlib.suppress(FileNotFoundError):
            os.lstat(wanted)  # a name may be too long
        with tempfile.TemporaryFile(dir=there, prefix=".hillock-") as file:
            file.write(_SOME)
            file.flush()
    except OSError as error:
        return error.strerror or str(error)
    return None
