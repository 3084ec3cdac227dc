"""What an error or a dead process means, in one plain sentence. Imports neither torch nor Qt."""

from __future__ import annotations

import signal

from trainers.errors import HillockError


def sentence_of_error(error: BaseException) -> str:
    """One sentence for a person about an error that ended a job."""
    if isinstance(error, HillockError):
        return error.sentence
    text = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
    name = type(error).__name__
    if isinstance(error, MemoryError) or name == "OutOfMemoryError" or "out of memory" in text.lower():
        return "The run stopped because memory ran out: a smaller batch or a smaller network may fit."
    if isinstance(error, OSError) and error.errno == 28:
        return "The run stopped because the disk is full: make room and resume it."
    if name == "AcceleratorError" or "CUDA error" in text:
        return f"The run stopped because the graphics card reported a fault ({_short(text)})."
    if isinstance(error, ImportError):
        return f"The run could not begin because a part of the program cannot be loaded ({_short(text)})."
    return f"The run stopped because of an error that nobody foresaw: {name}{': ' if text else ''}{_short(text)}."


def sentence_of_exit(status: int | None, process: str = "The training process") -> str:
    """One sentence about a worker that ended by itself. status: as `Popen.returncode` gives it, None where unknown."""
    if status is None:
        return f"{process} could not be reached any more and was ended."
    if status == -signal.SIGTERM or (hasattr(signal, "SIGKILL") and status == -signal.SIGKILL):
        return f"{process} was killed: by somebody, or by the system because memory ran out."
    if status < 0:
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = f"signal {-status}"
        return f"{process} crashed ({name})."
    if status == 0:
        return f"{process} ended before it was done."
    return (
        f"{process} ended unexpectedly (exit status {status & 0xFFFFFFFF:#x})."
        if status > 255
        else f"{process} ended unexpectedly (exit status {status})."
    )


def _short(text: str) -> str:
    return text.rstrip(".") if len(text) <= 160 else text[:157] + "..."
