"""RunFailureNotice: tells why a run failed and what to do about it, for as long as it can be done. Knows no panel, no window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.data_fitting import known_spec, why_not
from app.widgets.message_bar import Message
from app.workspace import Workspace
from trainers.events import RunFailed


class RunFailureNotice(QObject):
    """Posts a message with "Resume" or "Start again" where either helps, and withdraws it once the run goes on or another takes its place."""

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._message: Message | None = None
        workspace.training.failed.connect(self._on_run_failed)
        workspace.training.state_changed.connect(self._on_state_changed)

    @Slot(object)
    def _on_run_failed(self, failure: RunFailed) -> None:
        training, misfit = self._workspace.training, self._misfit(failure)
        if misfit:  # nothing to start again with
            self._message = Message(misfit, "error")
        else:
            text, slot = ("Resume", training.resume_failed) if failure.can_resume else ("Start again", training.reset)
            self._message = Message(failure.reason, "error", text, slot)
        self._workspace.message_posted.emit(self._message)

    def _misfit(self, failure: RunFailed) -> str:
        """Where data and network do not go together, that is said by the titles on show: the worker knows their names alone."""
        data, document = self._workspace.training.data, self._workspace.document
        spec = known_spec(data) if failure.step == 0 and not document.is_faulty else None
        return why_not(spec, document.analysis) if spec is not None else ""

    @Slot(str)
    def _on_state_changed(self, state: str) -> None:
        if state != "failed" and self._message is not None:
            message, self._message = self._message, None
            self._workspace.message_withdrawn.emit(message)
