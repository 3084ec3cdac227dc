"""compile_kernel: how every kernel is compiled, and kept between runs. Loads numba: for workers only.

Without fastmath and without threads of numba's own: the order of operations, and so every bit, is that of the source.
"""

from __future__ import annotations

import contextlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core import config
from numba.core.caching import FunctionCache

# What reading a torn file raises: numba writes no checksum, and a machine that loses its power leaves empty files behind.
_TORN = (OSError, EOFError, pickle.UnpicklingError, ValueError, TypeError, LookupError, AttributeError, ImportError)


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


def compile_kernel(kernel: Callable[..., Any], folder: Path | None) -> Any:
    """`kernel`, compiled at its first call with each kind of arguments: without the interpreter's lock, x/0 infinite as in numpy.

    folder: where it is kept, see trainers.kernel_cache; None: it is not.
    """
    dispatcher: Any = numba.njit(nogil=True, error_model="numpy")(kernel)
    if folder is not None:
        # numba has read its environment, and reads it again whenever it compiles
        os.environ["NUMBA_CACHE_DIR"] = config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
        dispatcher._cache = _KernelCache(kernel)  # type: ignore[no-untyped-call]  # as njit's own `cache=True` does
    return dispatcher
