"""Looks for the newest run of an earlier session beside the window: a long run has a million rows. Its thread touches no widget."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from app.earlier_run import newest_earlier_run
from trainers.errors import HillockError


class EarlierRunSearch(QThread):
    """One search at a time. `ended` brings an EarlierRun, None where there is none, or the HillockError that says why not."""

    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = Path()

    def ask(self, runs_folder: Path) -> bool:
        """Look through `runs_folder`; False while another search is under way."""
        if self.isRunning():
            return False
        self.folder = runs_folder
        self.start()
        return True

    def run(self) -> None:
        try:
            outcome: object = newest_earlier_run(self.folder, self._is_wanted)
        except HillockError as error:
            outcome = error
        self.ended.emit(outcome)

    def close(self) -> None:
        """Give up what is looked for, and wait until it is."""
        self.requestInterruption()
        self.wait()

    def _is_wanted(self) -> bool:
        return not self.isInterruptionRequested()
