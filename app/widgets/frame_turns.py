"""FrameTurns: lets what follows the news draw one after the other, a frame each, so that no frame has to draw all of it.

News of a run, of the machine and of what is within the network come on clocks of their own. Drawn as they came, curves, figures,
test samples and pictures met in one frame in a hundred, which then took 25 to 40 ms of the window's thread in place of 7.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Slot
from shiboken6 import isValid

GAP_MS = 16
SPARE_MS = 6.0  # of the thread's own time since the last turn: below it a frame has room for two


class FrameTurns(QObject):
    """`ask` draws at once where nobody has drawn for a frame, else in turn; an owner's wish replaces its last one of that name."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[tuple[QObject, Hashable], Callable[[], None]] = {}
        self._since = QElapsedTimer()  # the last turn began
        self._spent_at = 0.0  # s of the thread's time then
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_frame_came)

    def ask(self, owner: QObject, name: Hashable, draw: Callable[[], None]) -> None:
        """Have `draw` called, now or within a few frames, as long as its owner is there."""
        if not self._waiting and (not self._since.isValid() or self._since.elapsed() >= GAP_MS):
            self._begin_turn()
            draw()
            return
        self._waiting[owner, name] = draw
        if not self._timer.isActive():
            self._timer.start(max(0, GAP_MS - self._since.elapsed()))

    def is_waited_by(self, owner: QObject) -> bool:
        """Whether a wish of `owner` waits for its turn."""
        return any(who is owner for who, _ in self._waiting)

    def forget(self, owner: QObject) -> None:
        """No wish of `owner` holds any longer."""
        self._waiting = {key: draw for key, draw in self._waiting.items() if key[0] is not owner}
        if not self._waiting:
            self._timer.stop()

    @Slot()
    def _on_frame_came(self) -> None:
        count = 2 if 1e3 * (time.thread_time() - self._spent_at) < SPARE_MS else 1
        self._begin_turn()
        for key in list(self._waiting)[:count]:
            draw = self._waiting.pop(key, None)
            if draw is not None and isValid(key[0]):
                draw()
        if self._waiting:
            self._timer.start(GAP_MS)

    def _begin_turn(self) -> None:
        self._since.start()
        self._spent_at = time.thread_time()
