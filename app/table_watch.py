"""TableWatch: has a worker read a large table in force that the window does not know, or no longer. Imports no panel, no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from trainers.datasets import TableStamp, is_described, table_stamp
from trainers.errors import BadInput

if TYPE_CHECKING:
    from app.workspace import Workspace
    from trainers.training_plan import DataChoice

AGAIN_MS = 500  # until it is asked again, where another file was being read


class TableWatch(QObject):
    """A table of 10 MB takes 2.7 s to read: one that was written to while it was in force held the window for that long."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._asked: TableStamp | None = None  # each state of a file is read once: it may be one that cannot be read
        self._waiting: DataChoice | None = None
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self._on_choice_changed)
        workspace.training.choice_changed.connect(self._on_choice_changed)

    @Slot()
    def _on_choice_changed(self) -> None:
        data = self._workspace.training.data
        try:
            stamp = None if is_described(data) else table_stamp(data)
        except BadInput:
            return  # those who show the data say so
        if stamp is None or stamp == self._asked:
            return
        files = self._workspace.files
        if files.is_busy:
            self._again.start()
            return
        if self._asked is None:
            files.table_known.connect(self._on_table_known)
        self._asked, self._waiting = stamp, data
        files.look_into(data)

    @Slot(object)
    def _on_table_known(self, data: DataChoice) -> None:
        is_awaited, self._waiting = data == self._waiting, None
        if is_awaited and data == self._workspace.training.data:
            self._workspace.training.choice_changed.emit()
