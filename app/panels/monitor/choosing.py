"""What a choice of network or data changes, as one step on the undo stack. Shows nothing but file dialogs; imports no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app import data_fitting as fitting
from app.panel import StateError
from app.panels.monitor import choices
from app.panels.monitor.state import MonitorState
from app.partner_choice import choose_preset, take_together
from app.widgets.message_bar import Message
from trainers import datasets, network_files
from trainers.errors import BadInput, HillockError
from trainers.layer_catalog import analyse
from trainers.network_graph import NetworkGraph
from trainers.training_plan import ClassifierSettings, DataChoice

if TYPE_CHECKING:
    from app.workspace import Workspace


class Chooser(QObject):
    """Changes network, data and the settings that go with them, together and undoably."""

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._window = parent
        self._waiting: DataChoice | None = None  # a large table that a worker reads first
        workspace.files.table_known.connect(self._on_table_known)

    def network_reference(self) -> str | NetworkGraph:
        """The name of the preset that is on the table, or the whole graph where it is none."""
        graph = self._workspace.document.graph
        for name in network_files.preset_names():
            if graph.name == name and network_files.load_preset(name) == graph:
                return name
        return graph

    @Slot(str)
    def choose_network(self, key: str) -> None:
        """Put a preset, or a file, on the table; data that do not fit it give way to some that do."""
        try:
            if key != choices.FILE:
                choose_preset(self._workspace, key)
                return
            self._workspace.files.ask_for_network()  # a long one is read by a worker
        except HillockError as error:
            self._say(error)

    @Slot(str)
    def choose_data(self, key: str) -> None:
        """Choose a set of the catalogue, a folder or a table; a network that does not fit it gives way to one that does."""
        name = self._ask_for_path(key)
        if not name:
            return
        data = msgspec.structs.replace(self._workspace.training.data, name=name, label=None, download=False)
        try:
            if datasets.is_described(data):
                self._take_data(data)
            else:
                self._workspace.files.look_into(data)
                self._waiting = data
        except HillockError as error:
            self._say(error)

    @Slot(object)
    def _on_table_known(self, data: DataChoice) -> None:
        if data == self._waiting:
            self._waiting = None
            self._take_data(data)

    def _take_data(self, data: DataChoice) -> None:
        document = self._workspace.document
        try:
            spec = datasets.describe(data, document.analysis.input_shape)
            graph = document.graph
            if fitting.why_not(spec, document.analysis):
                partner = fitting.preset_for_spec(spec)
                graph = network_files.load_preset(partner) if partner else graph
            take_together(self._workspace, spec.title, graph, data)
        except HillockError as error:
            self._say(error)

    @Slot()
    def make_network(self) -> None:
        """Put a network on the table that the data in force fit."""
        data = self._workspace.training.data
        spec = fitting.known_spec(data)
        graph = fitting.network_for(spec) if spec is not None else None
        if graph is not None:
            take_together(self._workspace, graph.title, graph, data)

    @Slot()
    def fetch_and_train(self) -> None:
        """Somebody agreed to fetch the data: the run fetches them before its first step."""
        training = self._workspace.training
        training.set_data(msgspec.structs.replace(training.data, download=True))
        training.start()

    def take_over(self, wanted: MonitorState) -> None:
        """Put network, data and settings of a state in place; StateError, and nothing changed, where one of them cannot be."""
        graph = wanted.network
        if isinstance(graph, str):
            try:
                graph = network_files.load_preset(graph)
            except BadInput as error:
                raise StateError(error.sentence, "network") from error
        else:
            try:
                analyse(network_files.from_json(network_files.to_json(graph)))
            except BadInput as error:
                raise StateError(error.sentence, "network") from error
        try:
            if datasets.is_described(wanted.data):  # else a worker reads the table, once it is in force
                datasets.describe(wanted.data)
        except BadInput as error:
            raise StateError(error.sentence, "data.name") from error
        document, training = self._workspace.document, self._workspace.training
        if (graph, wanted.data, wanted.settings) == (document.graph, training.data, training.settings):
            return
        stack = document.undo_stack
        stack.beginMacro("Go back to a state")
        try:
            document.set_graph(graph)
            training.set_data(wanted.data)
            for name in ClassifierSettings.__struct_fields__:
                training.set_setting(name, getattr(wanted.settings, name))
        finally:
            stack.endMacro()

    def _ask_for_path(self, key: str) -> str:
        if key == choices.FOLDER:
            return str(
                QFileDialog.getExistingDirectory(self._window, "Open a folder of images, one folder for each class")
            )
        if key == choices.TABLE:
            path, _ = QFileDialog.getOpenFileName(self._window, "Open a table", "", "Tables (*.csv)")
            return str(path)
        return key

    def _say(self, error: HillockError) -> None:
        self._workspace.message_posted.emit(Message(error.sentence, "error"))
