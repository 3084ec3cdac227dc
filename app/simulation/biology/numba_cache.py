"""Where the compiled kernels of the biology are kept, see trainers.kernel_cache. Imports no numba."""

from __future__ import annotations

from pathlib import Path

from trainers.kernel_cache import cache_folder_of, prepared

_CONSTANTS = ("compiled.py", "membrane.py", "synapse.py")  # what kernels import besides one another


def kernel_cache_folder() -> Path:
    """A folder named after the kernels' sources."""
    here = Path(__file__).parent
    return cache_folder_of([*here.glob("*_kernel.py"), *(here / name for name in _CONSTANTS)])


def prepared_cache_folder() -> Path | None:
    """`kernel_cache_folder`, made and marked as used; None where nothing can be kept."""
    return prepared(kernel_cache_folder())
