"""FileCommands: opening and saving of networks and data from the window's File menu, and what is asked before it closes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.widgets.message_bar import Message
from trainers.errors import HillockError

if TYPE_CHECKING:
    from app.earlier_run import EarlierRun
    from app.earlier_run_search import EarlierRunSearch
    from app.main_window import MainWindow
    from app.workspace import Workspace

_DATA_FILES = "Tables (*.csv)"


class FileCommands(QObject):
    """The slots behind the File menu. A HillockError becomes a message; nothing is changed then."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._search: EarlierRunSearch | None = None
        window.workspace.files.drawing_needed.connect(self._on_drawing_needed)

    @Slot()
    def ask_for_network(self) -> None:
        """File, open network."""
        self._window.workspace.files.ask_for_network()

    @Slot()
    def ask_for_data(self) -> None:
        """File, open data."""
        folder = self._window.workspace.files.folder()
        path, _ = QFileDialog.getOpenFileName(self._window, "Open data", folder, _DATA_FILES)
        if path:
            self.open_path(path)

    @Slot()
    def ask_for_folder(self) -> None:
        """File, open folder of images."""
        folder = self._window.workspace.files.folder()
        path = QFileDialog.getExistingDirectory(self._window, "Open folder of images by class", folder)
        if path:
            self.open_path(path)

    def open_path(self, path: str) -> None:
        """Open a network, weights or data."""
        self._window.workspace.files.open_path(path)

    @Slot()
    def _on_drawing_needed(self) -> None:
        """Python source is read beside the drawing that it becomes."""
        self._window.show_panel("builder")

    @Slot()
    def save_network(self) -> None:
        """File, save: to the network's own file, or ask for one."""
        self._window.workspace.files.save()

    @Slot()
    def save_network_as(self) -> None:
        """File, save as."""
        self._window.workspace.files.save_as()

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
        return answer == button.Discard or (
            answer == button.Save and self._window.workspace.files.save_to(document.path)
        )

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
