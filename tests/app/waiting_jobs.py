"""Jobs that never answer, or end their process. Loaded in a worker by name; not collected by pytest."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trainers.file_jobs import WritePlan
from trainers.network_files import part_of


def never(plan: Any) -> Iterator[None]:
    """Waits for what does not come, within one step."""
    yield None
    threading.Event().wait()


def die(plan: Any) -> Iterator[None]:
    """As where the system takes the memory back."""
    yield None
    os.kill(os.getpid(), signal.SIGKILL)


def nothing(plan: Any) -> Iterator[None]:
    """Ends without a word."""
    yield None


def half(plan: WritePlan) -> Iterator[None]:
    """Is still writing when it is ended."""
    yield None
    part_of(Path(plan.path), plan.token).write_bytes(b"half")
    threading.Event().wait()
