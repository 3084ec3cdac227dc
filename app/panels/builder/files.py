"""Opening, saving and exporting of the network on the table, with the sentences that go with it. Draws nothing."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.widgets.message_bar import Message
from app.widgets.network_view import NetworkView
from app.workspace import Workspace
from trainers.errors import BadInput
from trainers.network_files import load_network, save_network, write_bytes
from trainers.pytorch_source import to_source

_FILTERS = {
    "png": "Picture (*.png)",
    "svg": "Drawing (*.svg)",
    "py": "Python source (*.py)",
    "json": "Network (*.json)",
}


class NetworkFiles(QObject):
    """Asks for a place over `panel` and reads or writes there."""

    back_asked = Signal()

    def __init__(self, workspace: Workspace, view: NetworkView, panel: QWidget) -> None:
        super().__init__(panel)
        self._workspace = workspace
        self._view = view
        self._panel = panel

    @Slot()
    def open_file(self) -> None:
        """Ask for a JSON file and put its network on the table."""
        path, _ = QFileDialog.getOpenFileName(self._panel, "Open network", "", _FILTERS["json"])
        if path:
            self.open_path(path)

    def open_path(self, path: str) -> None:
        """Put the network of the file on the table; one that cannot be is drawn with its faults, and the other one trains."""
        try:
            graph = load_network(path)
        except BadInput as error:
            self.say(error.sentence, "error")
            return
        document = self._workspace.document
        document.set_drawing(graph, f"Open {Path(path).name}", path)
        self._workspace.settings.add_recent_file(path)
        if document.is_faulty:
            reason = document.diagnosis.problems[0].sentence
            text = f"{Path(path).name} is not a network that can be trained: {reason}"
            message = Message(text, "error", "Back to the network before", self.back_asked.emit)
            self._workspace.message_posted.emit(message)

    @Slot()
    def save_file(self) -> None:
        """Ask for a place and write what is drawn there as JSON."""
        graph = self._workspace.document.drawing
        path = self._asked_path("json", graph.name)
        if path is None:
            return
        try:
            save_network(graph, path)
        except BadInput as error:
            self.say(error.sentence, "error")
            return
        self._workspace.document.set_path(str(path))
        self._workspace.settings.add_recent_file(str(path))
        self.say(f"{graph.title or graph.name} is saved as {path.name}.")

    @Slot(str)
    def export(self, form: str) -> None:
        """Ask for a place and write the drawing ("png", "svg") or the PyTorch source ("py") there."""
        graph = self._workspace.document.graph
        path = self._asked_path(form, graph.name.replace("-", "_") if form == "py" else graph.name)
        if path is None:
            return
        try:
            if form == "py":
                write_bytes(to_source(graph).encode(), path)
            else:
                self._view.save_picture(path)
        except (BadInput, OSError) as error:
            text = (
                error.sentence
                if isinstance(error, BadInput)
                else f"{path} cannot be written: {error.strerror or error}."
            )
            self.say(text, "error")
            return
        self.say(f"{graph.title or graph.name} is saved as {path.name}.")

    def _asked_path(self, form: str, name: str) -> Path | None:
        path, _ = QFileDialog.getSaveFileName(self._panel, "Save", f"{name}.{form}", _FILTERS[form])
        if not path:
            return None
        return Path(path) if Path(path).suffix.lower() == f".{form}" else Path(f"{path}.{form}")

    def say(self, text: str, kind: str = "info") -> None:
        """Post one sentence on the message bar."""
        self._workspace.message_posted.emit(Message(text, "error" if kind == "error" else "info"))
