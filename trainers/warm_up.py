"""WarmUpThread: does a worker's slow imports at low priority before they are needed. Imports neither torch nor Qt itself.

The stages come from a function named "module:function" (for torch: trainers.torch_warm_up:stages) that returns a list of
(kind, callable). "before": a job that is started meanwhile waits for it (two threads that import the same tangle of modules
can catch each other half-way). "step": runs in the main thread, and only while no job is there. "beside": at any time.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Literal

from trainers.reply_line import Outbox
from trainers.worker_protocol import Warmed

Stage = tuple[Literal["before", "step", "beside"], Callable[[], object]]
_LOW = 10  # nice value: under load about a tenth of the time of a normal thread


class WarmUpThread:
    """Runs the stages, then sends `Warmed`. The main thread looks at `step_is_due` and calls `take_step`."""

    def __init__(self, function: str, outbox: Outbox) -> None:
        self._function = function
        self._outbox = outbox
        self._step: Callable[[], object] | None = None
        self._step_done = threading.Event()
        self._problem = ""
        self.is_in_the_way = True
        self.is_over = False
        threading.Thread(target=self._run, name="warm-up", daemon=True).start()

    @property
    def step_is_due(self) -> bool:
        """Whether the main thread should call `take_step` now."""
        return self._step is not None

    def take_step(self, may_step: bool) -> None:
        """Do the stage that belongs to the main thread, or pass over it because a job is there."""
        step, self._step = self._step, None
        if step is not None and may_step:
            self._do(step)
        self._step_done.set()

    def _run(self) -> None:
        began = time.monotonic()
        _lower_priority()
        try:
            for kind, stage in self._stages():
                if kind == "before":
                    self._do(stage)
                    continue
                self.is_in_the_way = False
                if kind == "step":
                    self._step_done.clear()
                    self._step = stage
                    self._step_done.wait()
                else:
                    self._do(stage)
        finally:
            self.is_in_the_way = False
            self.is_over = True
            _restore_priority()
            self._outbox.put(0, Warmed(time.monotonic() - began, self._problem))

    def _stages(self) -> list[Stage]:
        found: list[Stage] = []

        def find() -> None:
            module, _, name = self._function.partition(":")
            found.extend(getattr(importlib.import_module(module), name)())

        self._do(find)
        return found

    def _do(self, stage: Callable[[], object]) -> None:
        try:
            stage()
        except Exception as error:  # noqa: BLE001 - the edge of a thread: a failed warm-up must not end the worker
            traceback.print_exc()
            self._problem = (
                self._problem or f"A part of the program cannot be loaded ({type(error).__name__}: {error})."
            )


def _lower_priority() -> None:
    """On Linux a nice value belongs to a thread; on Windows the whole process is lowered; elsewhere it is left as it is."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOW)
    elif sys.platform == "win32":
        import psutil

        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)


def _restore_priority() -> None:
    if sys.platform == "win32":
        import psutil

        psutil.Process().nice(psutil.NORMAL_PRIORITY_CLASS)
