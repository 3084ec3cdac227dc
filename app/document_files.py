"""DocumentFiles: the network on the table out of files and into files, with the sentences that go with it. Imports no torch.

What may take long is done by a worker of its own: ONNX, weights, large networks. It is told when that lasts, and can be cancelled.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QFileDialog

from app.figure_job import WRITE_FIGURE
from app.file_work import FileWork
from app.picture_writer import PictureWriter
from app.training_choices import computes_the_same
from app.widgets.message_bar import Message
from trainers.datasets import describe, is_described, remember
from trainers.errors import BadInput, HillockError
from trainers.file_jobs import (
    COMPARE,
    DESCRIBE,
    OPEN,
    WRITE_ONNX,
    AnyFileEvent,
    FileWritten,
    NetworkOpened,
    OpenPlan,
    TableDescribed,
    TablePlan,
    WeightsCompared,
    WeightsPlan,
    WritePlan,
)
from trainers.network_files import part_of, save_network, write_bytes
from trainers.network_graph import NetworkGraph
from trainers.network_opening import is_onnx, is_source, open_network
from trainers.training_plan import DataChoice

if TYPE_CHECKING:
    from app.network_document import NetworkDocument
    from app.training_session import TrainingSession
    from app.user_settings import UserSettings
    from app.widgets.network_view import NetworkView

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
_WEIGHTS = (".safetensors", ".pt", ".pth")
_QUICK_BYTES = 300_000  # of a JSON file: read in 12 ms
_QUICK_LAYERS = 60  # a figure of so many is painted in 40 ms

_FOREIGN = (
    "is nothing that can be opened: a network is a .json, .py or .onnx, its weights a .safetensors or .pt, "
    "data a .csv or a folder with one folder of images for each class."
)


def is_nothing_of_ours(file: Path) -> bool:
    """Whether it is a picture, a text or the like: another ending than a network's, and no JSON object either."""
    if file.suffix.lower() == ".json":
        return False
    try:
        with file.open("rb") as opened:
            return not opened.read(64).lstrip().startswith(b"{")
    except OSError:
        return False  # told where it is opened


class DocumentFiles(QObject):
    """One file at a time. Every ending is said: what was done, or one sentence about what cannot be; nothing is changed then."""

    said = Signal(object)  # Message
    withdrawn = Signal(object)  # the same: what it says is over
    drawing_needed = Signal()  # the network panel has to stand where a person sees it
    table_known = Signal(object)  # DataChoice: `describe` answers at once
    source_opened = Signal(str)  # path of a Python file: its text stands beside the drawing, and is read there

    def __init__(
        self,
        document: NetworkDocument,
        training: TrainingSession,
        settings: UserSettings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._training = training
        self._settings = settings
        self._work = FileWork(self)
        self._work.answered.connect(self._on_answered)
        self._work.said.connect(self.said)
        self._work.withdrawn.connect(self.withdrawn)
        self._pictures = PictureWriter(self)
        self._pictures.written.connect(self._on_picture_written)
        self._pictures.refused.connect(self.complain)
        self._wanted: DataChoice | None = None  # a table that is chosen once it is known
        self._ending = ""  # of the sentence when a file is written

    @property
    def is_busy(self) -> bool:
        """Whether a worker, or a thread, is at a file."""
        return self._work.is_busy or self._pictures.is_busy

    @Slot()
    def cancel(self) -> None:
        """Give up what the worker is at."""
        self._work.cancel()

    def shutdown(self) -> None:
        """Give it up, and wait until nothing of it is left."""
        self._work.shutdown()
        self._pictures.wait()

    # --- opening ------------------------------------------------------------------------------------------------------

    @Slot()
    def ask_for_network(self) -> None:
        """Ask for a file and open it."""
        path, _ = QFileDialog.getOpenFileName(QApplication.activeWindow(), "Open network", self.folder(), _OPENED)
        if path:
            self.open_path(path)

    @Slot(str)
    def open_path(self, path: str) -> None:
        """Open a network (JSON, Python, ONNX), weights for the one on the table, or data (CSV, a folder)."""
        file = Path(path)
        if is_source(path):
            self.drawing_needed.emit()
            self.source_opened.emit(path)
            if os.path.isfile(file):
                self._settings.add_recent_file(str(file.absolute()))
        elif os.path.isdir(file) or file.suffix.lower() == ".csv":
            try:
                self.choose_data(path)
            except HillockError as error:
                self.complain(error.sentence)
        elif file.suffix.lower() in _WEIGHTS:
            self._work.start(COMPARE, WeightsPlan(str(file.absolute()), self._document.graph), f"Reading {file.name}")
        elif is_onnx(path) or (os.path.isfile(file) and file.stat().st_size > _QUICK_BYTES):
            self._work.start(OPEN, OpenPlan(path), f"Reading {file.name}")
        elif is_nothing_of_ours(file):
            self.complain(f"{file.name} {_FOREIGN}")
        else:
            try:
                network = open_network(path).graph
            except BadInput as error:
                self.complain(error.sentence)
            else:
                self._take(path, network)

    def choose_data(self, path: str) -> None:
        """Choose a table or a folder of images as data. Raises HillockError where it is seen at once that it is none."""
        choice = DataChoice(name=path)
        if is_described(choice):
            describe(choice)
            self._take_data(choice)
        else:
            self.look_into(choice)
            self._wanted = choice

    def look_into(self, choice: DataChoice) -> None:
        """Have a worker read a large table: `table_known` tells when it can be described at once."""
        self._wanted = None
        self._work.start(DESCRIBE, TablePlan(choice), f"Reading {Path(choice.name).name}")

    def _know(self, choice: DataChoice, read: TableDescribed) -> None:
        remember(read.stamp, read.spec)
        if choice == self._wanted:
            self._take_data(choice)
        self.table_known.emit(choice)

    def _take_data(self, choice: DataChoice) -> None:
        self._training.set_data(choice)
        self._settings.add_recent_file(str(Path(choice.name).absolute()))

    def _take(self, path: str, network: NetworkGraph) -> None:
        """Put it on the table; one that cannot be is drawn with its faults, and the other one trains."""
        document, file = self._document, Path(path)
        place = (
            str(file.absolute()) if file.suffix.lower() == ".json" else None
        )  # Save writes JSON, so else it asks where
        document.set_drawing(network, f"Open {file.name}", place)
        self._settings.add_recent_file(str(file.absolute()))
        if document.is_faulty:
            text = f"{file.name} is not a network that can be trained: {document.diagnosis.problems[0].sentence}"
            self.said.emit(Message(text, "error", "Back to the network before", document.undo_stack.undo))

    def _begin_with(self, plan: WeightsPlan, unmatched: tuple[str, ...]) -> None:
        name = Path(plan.path).name
        if not computes_the_same(plan.network, self._document.graph):
            self.complain(
                f"The network was changed while {name} was read, so its weights are not taken: open it again."
            )
            return
        self._training.begin_with(plan.path)
        self._settings.add_recent_file(plan.path)
        self.say(" ".join([f"The training begins with the weights of {name}.", *unmatched]))

    # --- saving -------------------------------------------------------------------------------------------------------

    @Slot()
    def save(self) -> None:
        """Write the drawing to the network's own file, or ask for one."""
        if self._document.path is None:
            self.save_as()
        else:
            self.save_to(self._document.path)

    @Slot()
    def save_as(self) -> None:
        """Ask for a place and write the drawing there."""
        path = self._asked_path("json", self._document.drawing.name)
        if path is not None:
            self.save_to(str(path))

    def save_to(self, path: str) -> bool:
        """Write the drawing to `path` as JSON; says whether that went well."""
        drawing = self._document.drawing
        try:
            save_network(drawing, path)
        except BadInput as error:
            self.complain(error.sentence)
            return False
        self._document.set_path(path)
        self._settings.add_recent_file(path)
        self.say(f"{drawing.title or drawing.name} is saved as {Path(path).name}.")
        return True

    def export(self, form: str, drawing: NetworkView) -> None:
        """Ask for a place and write there what `form` names, a key of toolbar.EXPORTS. drawing: where it is drawn."""
        network = self._document.graph
        path = self._asked_path(form, network.name.replace("-", "_") if form == "py" else network.name)
        if path is None:
            return
        is_long = form in ("figure-png", "figure-pdf", "figure-svg") and len(network.layers) > _QUICK_LAYERS
        if form == "onnx":
            self._export_onnx(network, path)
        elif is_long:
            self._write(WRITE_FIGURE, WritePlan(str(path), network, secrets.token_hex(4), form.removeprefix("figure-")))
        elif form == "png":
            if not self._pictures.begin(drawing.picture(), path):
                self.complain("Another picture is not written yet: wait a moment.")
        else:
            try:
                if form == "svg":
                    drawing.save_picture(path)
                else:
                    write_bytes(_written(network, form), path)
            except BadInput as error:
                self.complain(error.sentence)
            except OSError as error:
                self.complain(f"{path} cannot be written: {error.strerror or error}.")
            else:
                self._on_picture_written(str(path))

    def _export_onnx(self, network: NetworkGraph, path: Path) -> None:
        """With the weights of the last checkpoint, if this network is the one that was trained; says which they are."""
        last = self._training.last_saved
        if last is None or last[0] != network:
            weights, ending = None, ", with the weights of an untrained network"
        else:
            weights, ending = last[1].path, f", with the weights of step {last[1].step:,}"
        self._write(WRITE_ONNX, WritePlan(str(path), network, secrets.token_hex(4), weights=weights), ending)

    def _asked_path(self, form: str, name: str) -> Path | None:
        ending, words = _SAVED[form]
        start = str(Path(self.folder()) / f"{name}.{ending}")
        path, _ = QFileDialog.getSaveFileName(QApplication.activeWindow(), "Save", start, words)
        if not path:
            return None
        return Path(path) if Path(path).suffix.lower() == f".{ending}" else Path(f"{path}.{ending}")

    def folder(self) -> str:
        """Where a dialog begins: beside the file that was opened last."""
        recent = self._settings.values.recent_files
        return str(Path(recent[0]).parent) if recent else str(Path.home())

    def _write(self, job: str, plan: WritePlan, ending: str = "") -> None:
        part = part_of(Path(plan.path).resolve(), plan.token)
        if self._work.start(job, plan, f"Writing {Path(plan.path).name}", part):
            self._ending = ending

    # --- what came of it ----------------------------------------------------------------------------------------------

    @Slot(object, object)
    def _on_answered(self, plan: OpenPlan | WeightsPlan | TablePlan | WritePlan, event: AnyFileEvent) -> None:
        match plan, event:
            case OpenPlan(), NetworkOpened(network=network):
                self._take(plan.path, network)
            case WeightsPlan(), WeightsCompared(unmatched=unmatched):
                self._begin_with(plan, unmatched)
            case TablePlan(choice=choice), TableDescribed():
                self._know(choice, event)
            case WritePlan(network=network), FileWritten():
                self.say(f"{network.title or network.name} is saved as {Path(plan.path).name}{self._ending}.")

    @Slot(str)
    def _on_picture_written(self, path: str) -> None:
        network = self._document.graph
        self.say(f"{network.title or network.name} is saved as {Path(path).name}.")

    def say(self, text: str) -> None:
        """Post one sentence on the message bar."""
        self.said.emit(Message(text))

    @Slot(str)
    def complain(self, text: str) -> None:
        """Post what could not be done."""
        self.said.emit(Message(text, "error"))


def _written(network: NetworkGraph, form: str) -> bytes:
    """PyTorch source, or a figure."""
    if form == "py":
        from trainers.pytorch_source import to_source

        return to_source(network).encode()
    from app.widgets.figure_painter import figure_bytes
    from trainers.network_figure import network_figure, to_tikz

    figure = network_figure(network)
    return to_tikz(figure).encode() if form == "tikz" else figure_bytes(figure, form.removeprefix("figure-"))
