"""OneJob: one job in a worker process of its own, which ends with it; what may take long is cancelled or limited by killing that.

Imports no torch. Used where the warm worker must stay free, or where a job may hang, fill the memory or crash.
"""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, QThread, QTimer, Signal, Slot

from app.job_line import JobLine
from app.job_thread import WorkerEnd
from trainers.events import RunFailed
from trainers.failure_sentences import sentence_of_exit
from trainers.worker_protocol import JobEnded


class OneJob(QObject):
    """`answered` brings the first event of the job, `failed` one sentence: one of the two for each job that is not stopped.

    By then the worker is being killed, with all that the job may have started: nothing waits for it but `shutdown`.
    """

    answered = Signal(object)
    failed = Signal(str)
    gone = Signal()  # a worker that was killed is no more: nothing of it writes any longer

    def __init__(self, parent: QObject | None = None, *, name: str, events: Any) -> None:
        """name: of the thread and the process in sentences ("tracing"); events: the type of what the job yields."""
        super().__init__(parent)
        self._name = name
        self._events = events | RunFailed
        self._line: JobLine | None = None
        self._ending: list[QThread] = []
        self._late = ""
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(self._on_limit_passed)

    @property
    def is_busy(self) -> bool:
        """Whether a job is under way."""
        return self._line is not None

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker, while it lives."""
        return self._line.worker_pid if self._line is not None else None

    def start(self, job: str, argument: msgspec.Struct, *, limit_s: float | None = None, late: str = "") -> None:
        """Begin a job ("module:function") in a fresh worker; one that is under way is stopped.

        limit_s: after so many seconds it is stopped, and `failed` says `late`.
        """
        self.stop()
        self._line = JobLine(self, name=self._name, events=self._events)
        self._line.arrived.connect(self._on_arrived)
        self._line.worker_lost.connect(self._on_worker_lost)
        self._line.worker.start_job(job, argument)
        if limit_s is not None:
            self._late = late
            self._limit.start(round(limit_s * 1000))

    @Slot()
    def stop(self) -> None:
        """Kill the worker, if there is one, and return at once: nothing more comes of the job."""
        self._limit.stop()
        line, self._line = self._line, None
        if line is None:
            return
        thread = line.release()
        line.deleteLater()
        if thread is not None:
            self._ending.append(thread)
            thread.setParent(QCoreApplication.instance())  # it may outlive this object by a moment
            thread.finished.connect(self._on_thread_finished)
            thread.finished.connect(thread.deleteLater)
            thread.end_now()

    def shutdown(self) -> None:
        """Stop, and wait until nothing is left."""
        self.stop()
        for thread in self._ending:
            thread.wait()
        self._ending.clear()

    @Slot()
    def _on_thread_finished(self) -> None:
        thread = self.sender()
        self._ending = [other for other in self._ending if other is not thread]
        self.gone.emit()

    @Slot(list)
    def _on_arrived(self, items: list[tuple[int, object]]) -> None:
        for _, item in items:
            if self._line is None:
                return
            match item:
                case RunFailed(reason=reason):
                    self._fail(reason)
                case JobEnded():
                    self._fail(f"The process for {self._name} ended without an answer.")
                case msgspec.Struct() if isinstance(item, self._events):
                    self.stop()
                    self.answered.emit(item)
                case _:
                    pass

    @Slot(object)
    def _on_worker_lost(self, end: WorkerEnd) -> None:
        if self._line is not None:
            self._fail(sentence_of_exit(end.status, f"The process for {self._name}"))

    @Slot()
    def _on_limit_passed(self) -> None:
        if self._line is not None:
            self._fail(self._late)

    def _fail(self, sentence: str) -> None:
        self.stop()
        self.failed.emit(sentence)
