"""Loading what needs Qt, where it may be that a system library is missing. Imports no Qt itself."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from trainers.errors import BadInput


def function_named(name: str) -> Callable[..., object]:
    """The function of "module:function"."""
    module, _, function = name.partition(":")
    found: Callable[..., object] = getattr(import_module(module), function)
    return found


def with_qt(name: str) -> Callable[..., object]:
    """A function whose module imports Qt; BadInput where a system library that Qt needs is missing."""
    try:
        return function_named(name)
    except ImportError as error:
        if "cannot open shared object" not in str(error):
            raise
        library = str(error).partition(":")[0]
        raise BadInput(f"Qt needs the system library {library}: on Debian or Ubuntu, `sudo apt install libegl1 libgl1 libxkbcommon0 libfontconfig1 libdbus-1-3`.") from error  # fmt: skip
