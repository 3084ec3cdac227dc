"""Opening, saving and exporting of the network on the table, with the sentences that go with it. Draws nothing."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.weights_opening import begin_with_weights, is_weights
from app.widgets.message_bar import Message
from app.widgets.network_view import NetworkView
from app.workspace import Workspace
from trainers.errors import BadInput
from trainers.network_files import save_network, write_bytes
from trainers.network_graph import NetworkGraph
from trainers.network_opening import is_source, open_network
from trainers.pytorch_source import to_source

_OPENED = "Networks (*.json *.py *.onnx);;Weights for this network (*.safetensors *.pt *.pth)"
_SAVED = {
    "png": ("png", "Picture (*.png)"),
    "svg": ("svg", "Drawing (*.svg)"),
    "py": ("py", "Python source (*.py)"),
    "json": ("json", "Network (*.json)"),
    "onnx": ("onnx", "ONNX (*.onnx)"),
    "figure-pdf": ("pdf", "Figure (*.pdf)"),
    "figure-svg": ("svg", "Figure (*.svg)"),
    "figure-png": ("png", "Figure (*.png)"),
    "tikz": ("tex", "TikZ (*.tex)"),
}  # what is asked for -> the file's ending, and what a dialog calls it


class NetworkFiles(QObject):
    """Asks for a place over `panel` and reads or writes there."""

    back_asked = Signal()
    source_opened = Signal(str)  # path of a Python file: its text stands beside the drawing, and is read there

    def __init__(self, workspace: Workspace, view: NetworkView, panel: QWidget) -> None:
        super().__init__(panel)
        self._workspace = workspace
        self._view = view
        self._panel = panel

    @Slot()
    def open_file(self) -> None:
        """Ask for a file and put its network on the table."""
        path, _ = QFileDialog.getOpenFileName(self._panel, "Open network", "", _OPENED)
        if path:
            self.open_path(path)

    def open_path(self, path: str) -> None:
        """Put the network of the file on the table; one that cannot be is drawn with its faults, and the other one trains."""
        if is_source(path):
            self.source_opened.emit(path)
            return
        try:
            if is_weights(path):
                begin_with_weights(self._workspace, path)
                return
            graph = open_network(path).graph
        except BadInput as error:
            self.say(error.sentence, "error")
            return
        document = self._workspace.document
        place = path if path.lower().endswith(".json") else None  # Save writes JSON, so for other files it asks where
        document.set_drawing(graph, f"Open {Path(path).name}", place)
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
        """Ask for a place and write there what `form` names: a key of toolbar.EXPORTS."""
        graph = self._workspace.document.graph
        path = self._asked_path(form, graph.name.replace("-", "_") if form == "py" else graph.name)
        if path is None:
            return
        told = ""
        try:
            if form in ("png", "svg"):
                self._view.save_picture(path)
            elif form == "onnx":
                told = self._write_onnx(graph, path)
            else:
                write_bytes(_written(graph, form), path)
        except (BadInput, OSError) as error:
            text = (
                error.sentence
                if isinstance(error, BadInput)
                else f"{path} cannot be written: {error.strerror or error}."
            )
            self.say(text, "error")
            return
        self.say(f"{graph.title or graph.name} is saved as {path.name}{told}.")

    def _write_onnx(self, graph: NetworkGraph, path: Path) -> str:
        """With the weights of the last checkpoint, if this network is the one that was trained; says which they are."""
        from trainers.onnx_export import to_onnx, to_onnx_with

        last = self._workspace.training.last_saved
        if last is None or last[0] != graph:
            write_bytes(to_onnx(graph), path)
            return ", with the weights of an untrained network"
        written, _ = to_onnx_with(graph, last[1].path)
        write_bytes(written, path)
        return f", with the weights of step {last[1].step:,}"

    def _asked_path(self, form: str, name: str) -> Path | None:
        ending, words = _SAVED[form]
        path, _ = QFileDialog.getSaveFileName(self._panel, "Save", f"{name}.{ending}", words)
        if not path:
            return None
        return Path(path) if Path(path).suffix.lower() == f".{ending}" else Path(f"{path}.{ending}")

    def say(self, text: str, kind: str = "info") -> None:
        """Post one sentence on the message bar."""
        self._workspace.message_posted.emit(Message(text, "error" if kind == "error" else "info"))


def _written(graph: NetworkGraph, form: str) -> bytes:
    """PyTorch source, or a figure."""
    if form == "py":
        return to_source(graph).encode()
    from app.widgets.figure_painter import figure_bytes
    from trainers.network_figure import network_figure, to_tikz

    figure = network_figure(graph)
    return to_tikz(figure).encode() if form == "tikz" else figure_bytes(figure, form.removeprefix("figure-"))
