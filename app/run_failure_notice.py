"""RunFailureNotice: tells why a run failed and what to do about it, for as long as it can be done. Knows no panel, no window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.widgets.message_bar import Message
from app.workspace import Workspace
from trainers.events import RunFailed


class RunFailureNotice(QObject):
    """Posts a message with "Resume" or "Start again", and withdraws it once the run goes on or another takes its place."""

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._message: Message | None = None
        workspace.training.failed.connect(self._on_run_failed)
        workspace.training.state_changed.connect(self._on_state_changed)

    @Slot(object)
    def _on_run_failed(self, failure: RunFailed) -> None:
        training = self._workspace.training
        text, slot = ("Resume", training.resume_failed) if failure.can_resume else ("Start again", training.reset)
        self._message = Message(failure.reason, "error", text, slot)
        self._workspace.message_posted.emit(self._message)

    @Slot(str)
    def _on_state_changed(self, state: str) -> None:
        if state != "failed" and self._message is not None:
            message, self._message = self._message, None
            self._workspace.message_withdrawn.emit(message)
