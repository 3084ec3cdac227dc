"""compiled: how every kernel of the biology is compiled, and kept between runs. Loads numba: for workers only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.simulation.biology.numba_cache import prepared_cache_folder
from trainers.kernel_compiling import compile_kernel

_FOLDER = prepared_cache_folder()


def compiled(kernel: Callable[..., Any]) -> Any:
    """`kernel`, compiled at its first call with each kind of arguments, see compile_kernel."""
    return compile_kernel(kernel, _FOLDER)
