"""Where compiled kernels are kept: in the platform's cache folder, apart for each version of the kernels. Imports no numba.

Every `*_kernel` module calls `place_numba_cache` after its imports and before its first compiled function.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from app.resource_paths import cache_folder

_VARIABLE = "NUMBA_CACHE_DIR"


def kernel_cache_folder() -> Path:
    """A folder named after the kernels' sources.

    numba looks only at the file of the function that it compiles, not at those of the functions and constants built into it.
    """
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for source in sorted([*here.glob("*_kernel.py"), here / "membrane.py"]):
        if source.is_file():  # a packaged program may have none
            digest.update(source.read_bytes())
    return _parent() / digest.hexdigest()[:16]


def _parent() -> Path:
    chosen = os.environ.get("HILLOCK_CACHE_DIR")
    return (Path(chosen) if chosen else cache_folder()) / "kernels"


def place_numba_cache() -> None:
    """Let numba, imported or not yet, keep what it compiles in `kernel_cache_folder`, unless NUMBA_CACHE_DIR says otherwise."""
    folder = os.environ.setdefault(_VARIABLE, str(kernel_cache_folder()))
    numba = sys.modules.get("numba")
    if numba is not None:  # it has read its environment already
        numba.config.CACHE_DIR = folder
