"""SourceTracer: has a trusted file run and traced by torch.fx, in a worker of its own that ends with it. Imports no torch."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from app.job_line import JobLine
from app.job_thread import WorkerEnd
from trainers.events import RunFailed
from trainers.tracing import TRACE_JOB, AnyTraceEvent, SourceTraced, TracePlan, TraceRefused


class SourceTracer(QObject):
    """Asks first. `traced` brings flat source; `refused` a sentence."""

    traced = Signal(str)
    refused = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._panel = parent
        self._line: JobLine | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a file is being run."""
        return self._line is not None

    def ask(self, path: str, name: str) -> bool:
        """Ask whether the file may run, and run it in a worker where the answer is yes."""
        file = Path(path).name
        question = QMessageBox(QMessageBox.Icon.Warning, f"Run {file}?", f"Run {file} to trace its class {name}?")
        question.setInformativeText(
            "Until now nothing of this file has run. Tracing runs all of it on this computer, with all that it does to files"
            " and over the network: only for a file that you trust."
        )
        run = question.addButton("Run and trace it", QMessageBox.ButtonRole.AcceptRole)
        question.setDefaultButton(question.addButton(QMessageBox.StandardButton.Cancel))
        question.exec()
        if question.clickedButton() is not run:
            return False
        self.start(path, name)
        return True

    def start(self, path: str, name: str) -> None:
        """Run the file in a fresh worker and trace the class."""
        self.close()
        self._line = JobLine(self, name="tracing", events=AnyTraceEvent | RunFailed)
        self._line.arrived.connect(self._on_arrived)
        self._line.worker_lost.connect(self._on_worker_lost)
        self._line.worker.start_job(TRACE_JOB, TracePlan(path, name))

    def close(self) -> None:
        """End the worker, with all that the file may have started."""
        line, self._line = self._line, None
        if line is not None:
            line.close()
            line.deleteLater()

    @Slot(list)
    def _on_arrived(self, items: list[tuple[int, object]]) -> None:
        for _, item in items:
            match item:
                case SourceTraced(text=text) if self._line is not None:
                    self.close()
                    self.traced.emit(text)
                case TraceRefused(sentence=sentence) | RunFailed(reason=sentence) if self._line is not None:
                    self.close()
                    self.refused.emit(sentence)
                case _:
                    pass

    @Slot(object)
    def _on_worker_lost(self, _end: WorkerEnd) -> None:
        if self._line is not None:
            self.close()
            self.refused.emit("The file ended the process that traced it.")
