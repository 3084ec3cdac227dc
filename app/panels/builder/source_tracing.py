"""SourceTracer: has a trusted file run and traced by torch.fx, in a worker of its own that ends with it. Imports no torch."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QMessageBox, QWidget

from app.one_job import OneJob
from trainers.tracing import TRACE_JOB, SourceTraced, TracePlan

LIMIT_S = (
    60.0  # importing torch takes 2 to 8 s of it; a file that asks, waits or never ends would hold a process for ever
)


class SourceTracer(OneJob):
    """Asks first. `answered` brings SourceTraced; `failed` a sentence, also where it took too long. job, limit_s: for tests."""

    def __init__(self, parent: QWidget, *, job: str = TRACE_JOB, limit_s: float = LIMIT_S) -> None:
        super().__init__(parent, name="tracing", events=SourceTraced)
        self._panel = parent
        self._job = job
        self._limit_s = limit_s

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
        self.trace(path, name)
        return True

    def trace(self, path: str, name: str) -> None:
        """Run the file in a fresh worker and trace the class."""
        late = (
            f"Tracing {Path(path).name} took longer than {self._limit_s:g} s, so it was ended. Let nothing in the file wait,"
            " ask or train when it is imported."
        )
        self.start(self._job, TracePlan(path, name), limit_s=self._limit_s, late=late)
