"""What of opening and saving is the network panel's own: its drawing as a picture, and Python files beside the drawing."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.widgets.message_bar import Message
from app.widgets.network_view import NetworkView
from app.workspace import Workspace


class NetworkFiles(QObject):
    """Hands what the panel is asked for to the window's files."""

    source_opened = Signal(str)  # path of a Python file: its text stands beside the drawing, and is read there

    def __init__(self, workspace: Workspace, view: NetworkView, panel: QWidget) -> None:
        super().__init__(panel)
        self._workspace = workspace
        self._view = view
        workspace.files.source_opened.connect(self.source_opened)

    @Slot()
    def open_file(self) -> None:
        """Ask for a file and put its network on the table."""
        self._workspace.files.ask_for_network()

    @Slot(str)
    def open_path(self, path: str) -> None:
        """Put the network of the file on the table."""
        self._workspace.files.open_path(path)

    @Slot()
    def save_file(self) -> None:
        """Write what is drawn as JSON, to its own file or where a person wants it."""
        self._workspace.files.save()

    @Slot(str)
    def export(self, form: str) -> None:
        """Ask for a place and write there what `form` names: a key of toolbar.EXPORTS."""
        self._workspace.files.export(form, self._view)

    @Slot(str, str)
    def say(self, text: str, kind: str = "info") -> None:
        """Post one sentence on the message bar."""
        self._workspace.message_posted.emit(Message(text, "error" if kind == "error" else "info"))
