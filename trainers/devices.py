"""Devices that are surely not there, found out without torch, whose import takes seconds. Imports neither torch nor Qt."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from trainers.errors import BadInput

# what a driver of a device that torch calls cuda leaves in /dev: NVIDIA's, its small boards', that of WSL, AMD's
_MARKS = ("nvidia0", "nvidiactl", "nvhost-gpu", "nvgpu", "nvmap", "dxg", "kfd")


def refuse_missing_device(
    name: str, platform: str = sys.platform, has_mark: Callable[[str], bool] = lambda mark: Path("/dev", mark).exists()
) -> None:
    """Raise BadInput where the device `name` cannot be here. One that may be is left to torch to find."""
    if name == "mps" and platform != "darwin":
        raise missing_device(name, "it is the GPU of a Mac")
    if name == "cuda" and platform == "darwin":
        raise missing_device(name, "a Mac has none")
    if name == "cuda" and platform == "linux" and not any(has_mark(mark) for mark in _MARKS):
        raise missing_device(name, "no driver of a graphics card is loaded on this machine")


def missing_device(name: str, why: str) -> BadInput:
    """The one sentence for a device that is not there."""
    return BadInput(f"The device {name} is not there: {why}; take auto or cpu.")
