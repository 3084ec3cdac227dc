"""A line to the activation panel's worker that outlives the sessions over it: torch takes seconds to load. Not collected by pytest."""

from __future__ import annotations

from PySide6.QtCore import QEventLoop, QTimer

from app.activation_session import WARM_UP
from app.job_line import JobLine
from trainers.activation_lab import AnyLabEvent
from trainers.events import RunFailed

COLD = 120_000  # ms: torch may have to be read from a cold disk


class LastingLine(JobLine):
    """What a session closes is its job; the process goes on."""

    def __init__(self) -> None:
        super().__init__(name="activations", events=AnyLabEvent | RunFailed, warm_up=WARM_UP)
        loop = QEventLoop()
        self.warmed.connect(loop.quit)
        QTimer.singleShot(COLD, loop, loop.quit)
        _ = self.worker
        loop.exec()
        self._timer.stop()

    def close(self) -> None:
        if self.has_worker:
            self.worker.cancel()
        self._timer.stop()

    def end(self) -> None:
        super().close()
