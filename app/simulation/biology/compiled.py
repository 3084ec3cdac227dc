"""compiled: how every kernel is compiled, and kept between runs. Loads numba: for workers only.

Without fastmath and without threads of numba's own: the order of operations, and so every bit, is that of the source.
"""

from __future__ import annotations

import contextlib
import os
import pickle
from collections.abc import Callable
from typing import Any

import numba
from numba.core import config
from numba.core.caching import FunctionCache

from app.simulation.biology.numba_cache import prepared_cache_folder

# What reading a torn file raises: numba writes no checksum, and a machine that loses its power leaves empty files behind.
_TORN = (OSError, EOFError, pickle.UnpicklingError, ValueError, TypeError, LookupError, AttributeError, ImportError)
_FOLDER = prepared_cache_folder()
if _FOLDER is not None:  # numba has read its environment, and reads it again whenever it compiles
    os.environ["NUMBA_CACHE_DIR"] = config.CACHE_DIR = str(_FOLDER)  # type: ignore[attr-defined]


class _KernelCache(FunctionCache):
    """numba's cache of one function, in which what cannot be read or written is compiled anew."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except _TORN:
            with contextlib.suppress(OSError):
                self.flush()  # type: ignore[no-untyped-call]
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        with contextlib.suppress(*_TORN):  # a disk that has become full
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]


def compiled(kernel: Callable[..., Any]) -> Any:
    """`kernel`, compiled at its first call with each kind of arguments: without the interpreter's lock, x/0 infinite as in numpy."""
    dispatcher: Any = numba.njit(nogil=True, error_model="numpy")(kernel)
    if _FOLDER is not None:
        dispatcher._cache = _KernelCache(kernel)  # type: ignore[no-untyped-call]  # as njit's own `cache=True` does
    return dispatcher
