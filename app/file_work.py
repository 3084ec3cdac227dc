"""FileWork: what a worker does with one file at a time; told when it lasts, and cancelled by killing the worker. Imports no torch."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.one_job import OneJob
from app.widgets.message_bar import Message
from trainers.file_jobs import AnyFileEvent

_PATIENCE_MS = 300  # a file that takes no longer needs no line to itself


class FileWork(QObject):
    """`answered` brings the plan and what came of it; what cannot be done is said in a sentence."""

    answered = Signal(object, object)  # the plan as it was started, AnyFileEvent
    said = Signal(object)  # Message
    withdrawn = Signal(object)  # the same: what it says is over

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job = OneJob(self, name="files", events=AnyFileEvent)
        self._job.answered.connect(self._on_answered)
        self._job.failed.connect(self._on_failed)
        self._job.gone.connect(self._on_worker_gone)
        self._plan: msgspec.Struct | None = None
        self._doing = ""  # in words
        self._parts: list[Path] = []  # files that may be left half written where a worker is killed
        self._told: Message | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._on_patience_ended)

    @property
    def is_busy(self) -> bool:
        """Whether a worker is at a file."""
        return self._job.is_busy

    def start(self, job: str, plan: msgspec.Struct, doing: str, part: Path | None = None) -> bool:
        """Begin; False where another file is not done yet. doing: in words; part: what is left where the worker is killed."""
        if self._job.is_busy:
            self.said.emit(Message(f"{self._doing} is not done yet: wait for it, or cancel it.", "error"))
            return False
        self._plan, self._doing = plan, doing
        if part is not None:
            self._parts.append(part)
        self._job.start(job, plan)
        self._patience.start()
        return True

    @Slot()
    def cancel(self) -> None:
        """Give up what the worker is at."""
        if self._job.is_busy:
            self._job.stop()
            self._end()
            self.said.emit(Message(f"{self._doing} was cancelled; nothing is changed."))

    def shutdown(self) -> None:
        """Give it up, and wait until nothing of it is left."""
        self._job.shutdown()
        self._end()
        self._on_worker_gone()

    def _end(self) -> None:
        self._patience.stop()
        told, self._told = self._told, None
        if told is not None:
            self.withdrawn.emit(told)

    @Slot()
    def _on_patience_ended(self) -> None:
        self._told = Message(f"{self._doing}…", "info", "Cancel", self.cancel)
        self.said.emit(self._told)

    @Slot(object)
    def _on_answered(self, event: AnyFileEvent) -> None:
        self._end()
        self.answered.emit(self._plan, event)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._end()
        self.said.emit(Message(sentence, "error"))

    @Slot()
    def _on_worker_gone(self) -> None:
        """Remove what a killed worker has left half written."""
        if not self._job.is_busy:
            for part in self._parts:
                part.unlink(missing_ok=True)
            self._parts.clear()
