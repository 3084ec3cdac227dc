"""JobLine: keeps one worker at hand and fetches what it sends, once a frame or when it answers. Imports no torch.

The timer runs only while something can arrive: an idle or paused worker costs the window nothing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.job_thread import JobThread, WorkerEnd
from trainers.events import AnyEvent
from trainers.worker_protocol import Standing

FRAME_MS = 16
_MOST_BYTES = 1 << 20
_LEAST_BYTES = 1 << 16


class JobLine(QObject):
    """The worker's side of a session: `worker` is a JobThread that lives, and is replaced when its process dies.

    warm_up: stages as trainers.warm_up takes them, done by every fresh worker; None: none. variables: see JobThread.
    """

    arrived = Signal(list)  # list[tuple[int, event or reply]], once a frame, and when a request has been answered
    worker_lost = Signal(object)  # WorkerEnd: it ended without being asked
    warmed = Signal(object)  # worker_protocol.Warmed
    modules_listed = Signal(object)  # tuple[str, ...]

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        name: str = "worker",
        events: Any = AnyEvent,
        warm_up: str | None = None,
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._events = events
        self._warm_up = warm_up
        self._variables = variables
        self._thread: JobThread | None = None
        self._was_of_use = False
        self._is_closed = False
        self._bytes_a_frame = _MOST_BYTES
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._on_frame_came)

    @property
    def worker(self) -> JobThread:
        """The worker, started where there is none; asking for it means that an answer may come."""
        if self._thread is None:
            thread = JobThread(self, events=self._events, name=self._name, variables=self._variables)
            thread.worker_ended.connect(self._on_worker_ended)
            thread.warmed.connect(self._on_worker_warmed)
            thread.modules_listed.connect(self.modules_listed)
            thread.answered.connect(self._on_answered)
            self._thread = thread
            self._was_of_use = False
            thread.start()
            if self._warm_up is not None:
                thread.warm_up(self._warm_up)
        if not self._timer.isActive() and not self._is_closed:
            self._timer.start()
        return self._thread

    @property
    def is_awake(self) -> bool:
        """Whether the timer runs, because something can arrive."""
        return self._timer.isActive()

    @property
    def has_worker(self) -> bool:
        """Whether there is one, or one is being started."""
        return self._thread is not None

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker while it lives."""
        return self._thread.worker_pid if self._thread is not None else None

    def close(self) -> None:
        """End the worker, at the latest after half a second, and wait until nothing of it is left."""
        self._is_closed = True
        self._timer.stop()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.worker_ended.disconnect(self._on_worker_ended)
            thread.close_worker()
            thread.deleteLater()

    def release(self) -> JobThread | None:
        """Have no more to do with the worker, which goes on: its thread, if there is one, is the caller's to end."""
        self._is_closed = True
        self._timer.stop()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.disconnect(self)
            thread.setParent(None)
        return thread

    @Slot()
    def _on_frame_came(self) -> None:
        thread = self._thread
        if thread is None:
            self._timer.stop()
            return
        items = thread.take(self._bytes_a_frame)
        if items:
            self._note_use(items)
            began = time.thread_time()  # of this thread alone: waiting for a processor is no work
            self.arrived.emit(items)
            self._adapt(time.thread_time() - began)
        last = items[-1][1] if items else None
        if isinstance(last, Standing) and last.number == thread.last_number and self._thread is thread:
            self._timer.stop()

    @Slot()
    def _on_answered(self) -> None:
        """What a person asked for is there: shown at once, not at the next tick (10 ms later in the mean, 19 at worst)."""
        if self._timer.isActive() and self.sender() is self._thread:
            self._timer.start()  # a frame from now on
            self._on_frame_came()

    def _note_use(self, items: list[tuple[int, Any]]) -> None:
        """A worker that only ever said that it stands has done nothing yet: dead, it would only die again."""
        self._was_of_use = self._was_of_use or any(not isinstance(item, Standing) for _, item in items)

    def _adapt(self, seconds: float) -> None:
        """A flood of events must not hold the window's thread: what one frame takes is cut when dealing with it took long."""
        if seconds > 0.006:
            self._bytes_a_frame = max(_LEAST_BYTES, self._bytes_a_frame // 2)
        elif seconds < 0.002:
            self._bytes_a_frame = min(_MOST_BYTES, self._bytes_a_frame * 2)

    @Slot(object)
    def _on_worker_ended(self, end: WorkerEnd) -> None:
        thread = self._thread
        if thread is None or self.sender() is not thread:
            return
        self._thread = None
        self._timer.stop()
        thread.wait()
        while items := thread.take():
            self._note_use(items)
            self.arrived.emit(items)
        thread.deleteLater()
        was_of_use = self._was_of_use
        self.worker_lost.emit(end)
        if was_of_use and self._thread is None and not self._is_closed:
            _ = self.worker  # a fresh one, warm for what comes next

    @Slot(object)
    def _on_worker_warmed(self, warmed: object) -> None:
        self._was_of_use = True
        self.warmed.emit(warmed)
