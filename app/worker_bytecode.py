"""Where a worker keeps the compiled form of the libraries' sources when Python keeps none itself. Imports neither Qt nor a library.

Without one (PYTHONDONTWRITEBYTECODE, a folder of libraries that nobody may write to) each worker compiles numba's 400 source
files again: 1.9 s of a core of the 3 s that a cell may take to move for the first time.
"""

from __future__ import annotations

import importlib.util
import os
import sys

from app.resource_paths import cache_folder
from trainers.writable import why_not_writable

_HEAVIEST = "numba"


def bytecode_variables() -> dict[str, str]:
    """For a worker's environment: nothing where Python keeps bytecode beside the sources, or a person says where else."""
    if getattr(sys, "frozen", False) or sys.pycache_prefix is not None or _is_kept_beside_the_sources():
        return {}
    folder = cache_folder() / "bytecode"
    if why_not_writable(folder) is not None:
        return {}
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder)}


def _is_kept_beside_the_sources() -> bool:
    """Whether the next worker finds what this one compiles, or it is there already."""
    found = importlib.util.find_spec(_HEAVIEST)  # loads nothing
    if found is None or found.origin is None:
        return True
    if os.path.exists(importlib.util.cache_from_source(found.origin)):
        return True
    return not sys.dont_write_bytecode and os.access(os.path.dirname(found.origin), os.W_OK)
