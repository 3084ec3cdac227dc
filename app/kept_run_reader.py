"""Reads kept runs beside the window, one question after another: a long run has a million rows. Its thread touches no widget."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.kept_run_reading import list_runs, read_run
from trainers.errors import HillockError


class KeptRunReader(QThread):
    """`listed` brings KeptRunLines, `run_read` the run's name and a KeptRun; either the HillockError that says why not."""

    listed = Signal(object)
    run_read = Signal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._questions: deque[tuple[Path, str]] = deque()  # folder and run; no run: the list
        self.finished.connect(self._on_finished)

    def ask_list(self, runs_folder: Path) -> None:
        """Which runs there are."""
        self._ask((runs_folder, ""))

    def ask_run(self, runs_folder: Path, run: str) -> None:
        """The curves of one of them."""
        self._ask((runs_folder, run))

    def _ask(self, question: tuple[Path, str]) -> None:
        if question not in self._questions:
            self._questions.append(question)
        if not self.isRunning():
            self.start()

    @Slot()
    def _on_finished(self) -> None:
        if self._questions and not self.isRunning():  # asked in the moment in which the thread ended
            self.start()

    def run(self) -> None:
        while self._questions and self._is_wanted():
            folder, run = self._questions.popleft()
            try:
                answer: object = read_run(folder, run, self._is_wanted) if run else list_runs(folder, self._is_wanted)
            except HillockError as error:
                answer = error
            if not self._is_wanted():
                return
            if run:
                self.run_read.emit(run, answer)
            else:
                self.listed.emit(answer)

    def close(self) -> None:
        """Give up what is being read, and wait until it is."""
        self._questions.clear()
        self.requestInterruption()
        self.wait()

    def _is_wanted(self) -> bool:
        return not self.isInterruptionRequested()
