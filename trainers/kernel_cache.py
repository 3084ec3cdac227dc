"""Where compiled kernels are kept: in a folder of the cache, apart for each version of their sources. Imports no numba."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from trainers.user_folders import user_cache_folder
from trainers.writable import why_not_writable

_ROOM = 16 << 20  # bytes: all kernels together take 1 MB
_UNUSED_DAYS = 14


def cache_folder_of(sources: Iterable[Path]) -> Path:
    """A folder named after what stands in `sources`, and after how kernels are compiled.

    numba looks only at the file of the function that it compiles, not at those of the functions and constants built into it, nor
    at the options: kernels compiled with others would be fetched.
    """
    digest = hashlib.sha256()
    for source in sorted([*sources, Path(__file__).with_name("kernel_compiling.py")]):
        if source.is_file():  # a packaged program may have none
            digest.update(source.read_bytes())
    return user_cache_folder() / "kernels" / digest.hexdigest()[:16]


def prepared(folder: Path) -> Path | None:
    """`folder`, made and marked as used; None where nothing can be kept. Those of former versions are removed."""
    if why_not_writable(folder) is not None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        if shutil.disk_usage(folder).free < _ROOM:
            return None
    except OSError:
        return None
    _remove_unused(folder)
    return folder


def _remove_unused(kept: Path) -> None:
    """Remove what no process has asked for in two weeks: another copy of Hillock may still want its own."""
    oldest = time.time() - _UNUSED_DAYS * 86_400
    for other in kept.parent.iterdir():
        try:
            is_old = other != kept and other.stat().st_mtime < oldest
        except OSError:  # another process was faster
            continue
        if is_old and len(other.name) == len(kept.name):
            shutil.rmtree(other, ignore_errors=True)
