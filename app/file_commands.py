"""FileCommands: opening and saving of networks and data from the window's File menu, and what is asked before it closes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.weights_opening import begin_with_weights, is_weights
from app.widgets.message_bar import Message
from trainers.errors import HillockError
from trainers.training_plan import DataChoice

if TYPE_CHECKING:
    from app.earlier_run import EarlierRun
    from app.earlier_run_search import EarlierRunSearch
    from app.main_window import MainWindow
    from app.workspace import Workspace

_NETWORK_FILES = "Networks (*.json)"
_OPENED_NETWORKS = "Networks (*.json *.py *.onnx);;Weights for this network (*.safetensors *.pt *.pth)"
_DATA_FILES = "Tables (*.csv)"


class FileCommands(QObject):
    """The slots behind the File menu. A HillockError becomes a message; nothing is changed then."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._search: EarlierRunSearch | None = None

    @Slot()
    def ask_for_network(self) -> None:
        """File, open network."""
        path, _ = QFileDialog.getOpenFileName(self._window, "Open network", self._folder(), _OPENED_NETWORKS)
        if path:
            self.open_path(path)

    @Slot()
    def ask_for_data(self) -> None:
        """File, open data."""
        path, _ = QFileDialog.getOpenFileName(self._window, "Open data", self._folder(), _DATA_FILES)
        if path:
            self.open_path(path)

    @Slot()
    def ask_for_folder(self) -> None:
        """File, open folder of images."""
        path = QFileDialog.getExistingDirectory(self._window, "Open folder of images by class", self._folder())
        if path:
            self.open_path(path)

    def open_path(self, path: str) -> bool:
        """Open what `open_file` takes; says whether that went well."""
        try:
            open_file(self._window, path)
        except HillockError as error:
            self.say_error(error.sentence)
            return False
        return True

    @Slot()
    def save_network(self) -> None:
        """File, save: to the network's own file, or ask for one."""
        path = self._window.workspace.document.path
        if path is None:
            self.save_network_as()
        else:
            self.save_to(path)

    @Slot()
    def save_network_as(self) -> None:
        """File, save as."""
        graph = self._window.workspace.document.drawing
        start = str(Path(self._folder()) / f"{graph.name}.json")
        path, _ = QFileDialog.getSaveFileName(self._window, "Save network", start, _NETWORK_FILES)
        if path:
            self.save_to(path if Path(path).suffix else f"{path}.json")

    def save_to(self, path: str) -> bool:
        """Write the network to `path`; says whether that went well."""
        from trainers.network_files import save_network

        workspace = self._window.workspace
        try:
            save_network(workspace.document.drawing, Path(path))
        except HillockError as error:
            self.say_error(error.sentence)
            return False
        except OSError as error:
            self.say_error(f"{path} cannot be written ({error.strerror}): choose another folder.")
            return False
        workspace.document.set_path(path)
        workspace.settings.add_recent_file(path)
        return True

    @Slot()
    def go_on_with_last_run(self) -> None:
        """File, go on with the last run: the newest on disk that has epochs left, with its choices and its curves."""
        if self._may_take_up():
            if self._search is None:
                from app.earlier_run_search import EarlierRunSearch

                self._search = EarlierRunSearch(self)
                self._search.ended.connect(self._on_search_ended)
            self._search.ask(Path(self._window.workspace.training.runs_folder))

    def _may_take_up(self) -> bool:
        workspace = self._window.workspace
        is_free = workspace.training.state not in ("starting", "running", "paused")
        if not is_free:
            workspace.warn("A run is under way: stop it before you go on with an earlier one.")
        return is_free

    @Slot(object)
    def _on_search_ended(self, outcome: object) -> None:
        workspace = self._window.workspace
        if isinstance(outcome, HillockError):
            self.say_error(outcome.sentence)
        elif outcome is None:
            folder = workspace.training.runs_folder
            text = f"There is no run to go on with: none in {folder} has a checkpoint and epochs left."
            workspace.message_posted.emit(Message(text))
        elif self._may_take_up():
            take_up(workspace, cast("EarlierRun", outcome))

    def close(self) -> None:
        """Give up what is being looked for; nothing comes of it any more."""
        if self._search is not None:
            self._search.ended.disconnect(self._on_search_ended)
            self._search.close()
            self._search = None

    @Slot()
    def list_recent_files(self) -> None:
        """Fill the menu of recently opened files as it opens."""
        menu = self._window.recent_menu
        menu.clear()
        for path in self._window.workspace.settings.values.recent_files:
            action = menu.addAction(Path(path).name)
            action.setToolTip(path)
            action.setData(path)
            action.triggered.connect(self._on_recent_chosen)
        if menu.isEmpty():
            menu.addAction("Nothing opened yet").setEnabled(False)

    @Slot()
    def _on_recent_chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.open_path(str(action.data()))

    def _folder(self) -> str:
        recent = self._window.workspace.settings.values.recent_files
        return str(Path(recent[0]).parent) if recent else str(Path.home())

    def may_close(self) -> bool:
        """Whether nothing would be lost, or the person agreed to lose it: the one place that asks in a dialog."""
        document = self._window.workspace.document
        if document.path is None or not document.is_modified:
            return True
        button = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window,
            "Save the network?",
            f"{Path(document.path).name} has changes that are not saved.",
            button.Save | button.Discard | button.Cancel,
        )
        return answer == button.Discard or (answer == button.Save and self.save_to(document.path))

    def say_error(self, sentence: str) -> None:
        """Tell the person what could not be done."""
        self._window.workspace.message_posted.emit(Message(sentence, "error"))


def take_up(workspace: Workspace, earlier: EarlierRun) -> None:
    """Choose what `earlier` was begun with, as one undoable change, and go on with it."""
    training, stack, state = workspace.training, workspace.document.undo_stack, earlier.state
    stack.beginMacro("Go on with the last run")
    try:
        workspace.document.set_graph(state.network, "Choose network")
        training.set_data(state.data)
        for name in type(state.settings).__struct_fields__:
            if name != "threads":  # as many as this session gives it
                training.set_setting(name, getattr(state.settings, name))
    finally:
        stack.endMacro()
    training.take_up(earlier)


def open_file(window: MainWindow, path: str) -> None:
    """Open a network (JSON, Python, ONNX), weights for it, or data (CSV, folder). HillockError where it is none; nothing changes."""
    from trainers.network_opening import open_network

    file = Path(path)
    if file.is_dir() or file.suffix.lower() == ".csv":
        from trainers.datasets import describe

        choice = DataChoice(name=str(file))
        describe(choice)  # refuses what is no data before the choice is made
        window.workspace.training.set_data(choice)
    elif is_weights(path):
        begin_with_weights(window.workspace, path)
        return
    else:
        opened = open_network(path)
        place = str(file.absolute()) if file.suffix.lower() == ".json" else None  # Save writes JSON, so it asks where
        window.workspace.document.set_graph(opened.graph, f"Open {file.name}", place)
        for note in opened.notes:
            window.workspace.message_posted.emit(Message(f"{file.name}, line {note.line}: {note.sentence}"))
    window.workspace.settings.add_recent_file(str(file.absolute()))
