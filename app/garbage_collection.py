"""Garbage collection on the window's thread alone, when it is least seen. Imports Qt's core and nothing of ours.

Python collects in whichever thread happens to allocate. A cast-off cycle that holds Qt objects, collected in the thread that
reads a worker's pipe, is destroyed under the window's hands, and the process crashes (seen with gdb). So the automatic
collection is off while a window is open, and a timer of the window's thread does it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

INTERVAL_MS = 500
FULL_EVERY = 60  # ticks: half a minute between two full collections, and only while nothing moves
THAW_EVERY = 20  # full collections: every ten calm minutes, what was frozen is looked at again (50 ms)


class WindowCollector(QObject):
    """Collects young objects twice a second (about 1 ms), and older ones only while `is_calm()`.

    What survives a full collection is frozen, so that the next one looks only at what has come since (a few ms, not 50).
    """

    def __init__(self, is_calm: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_calm = is_calm
        self._ticks = self._fulls = 0
        self._was_enabled = gc.isenabled()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._on_interval_passed)

    def start(self) -> None:
        """Take over from Python's own collection."""
        self._was_enabled = gc.isenabled()
        gc.disable()
        gc.freeze()  # what the window was built of stays: nobody need look through it twice a second
        self._timer.start()

    def stop(self) -> None:
        """Hand back."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()

    @Slot()
    def _on_interval_passed(self) -> None:
        self._ticks += 1
        if self._ticks >= FULL_EVERY and self._is_calm():
            self._ticks = 0
            self._fulls += 1
            if self._fulls % THAW_EVERY == 0:
                gc.unfreeze()
            gc.collect()
            gc.freeze()
        elif self._ticks % 10 == 0:
            gc.collect(1)
        else:
            gc.collect(0)
