"""WindowCommands: what the window's menus do: files, theme and zoom, arrangements, dialogs. Imports dialogs when they are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox

from app.widgets.message_bar import Message
from trainers.errors import HillockError
from trainers.network_graph import NetworkGraph
from trainers.training_plan import DataChoice

if TYPE_CHECKING:
    from app.main_window import MainWindow

_NETWORK_FILES = "Networks (*.json)"
_DATA_FILES = "Tables (*.csv)"
_ZOOM_STEP = 0.1


class WindowCommands(QObject):
    """The slots behind the actions. A HillockError becomes a message; nothing is changed then."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._dialogs: dict[str, QDialog] = {}

    # --- files --------------------------------------------------------------------------------------------------------

    @Slot()
    def ask_for_network(self) -> None:
        """File, open network."""
        path, _ = QFileDialog.getOpenFileName(self._window, "Open network", self._folder(), _NETWORK_FILES)
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
        """Open a network (JSON) or data (CSV, or a folder of images by class); says whether that went well."""
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
        graph = self._window.workspace.document.graph
        start = str(Path(self._folder()) / f"{graph.name}.json")
        path, _ = QFileDialog.getSaveFileName(self._window, "Save network", start, _NETWORK_FILES)
        if path:
            self.save_to(path if Path(path).suffix else f"{path}.json")

    def save_to(self, path: str) -> bool:
        """Write the network to `path`; says whether that went well."""
        from trainers.network_files import save_network

        workspace = self._window.workspace
        try:
            save_network(workspace.document.graph, Path(path))
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
        if document.path is None or document.undo_stack.isClean():
            return True
        button = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window,
            "Save the network?",
            f"{Path(document.path).name} has changes that are not saved.",
            button.Save | button.Discard | button.Cancel,
        )
        return answer == button.Discard or (answer == button.Save and self.save_to(document.path))

    # --- view ---------------------------------------------------------------------------------------------------------

    @Slot(QAction)
    def choose_theme(self, action: QAction) -> None:
        """Put on the theme that `action` names, and prefer it from now on."""
        self._window.workspace.theme.set_name(str(action.data()))
        self._window.workspace.settings.change(theme=str(action.data()))

    @Slot()
    def zoom_in(self) -> None:
        """Everything a tenth larger."""
        self._zoom_to(self._window.workspace.theme.zoom + _ZOOM_STEP)

    @Slot()
    def zoom_out(self) -> None:
        """Everything a tenth smaller."""
        self._zoom_to(self._window.workspace.theme.zoom - _ZOOM_STEP)

    @Slot()
    def zoom_reset(self) -> None:
        """Everything in its designed size."""
        self._zoom_to(1.0)

    def _zoom_to(self, zoom: float) -> None:
        theme = self._window.workspace.theme
        theme.set_zoom(zoom)
        self._window.workspace.settings.change(zoom=theme.zoom)

    @Slot(bool)
    def toggle_full_screen(self, _is_checked: bool = False) -> None:
        """The window alone on the screen, and back."""
        window = self._window
        if window.isFullScreen():
            window.showNormal()
        else:
            window.showFullScreen()
        window.actions_by_name["full_screen"].setChecked(window.isFullScreen())

    @Slot(QAction)
    def arrange(self, action: QAction) -> None:
        """Put the docks where the arrangement that `action` names has them."""
        self._window.arrange(str(action.data()))

    @Slot()
    def reset_arrangement(self) -> None:
        """Every panel back to where the arrangement in force has it by design."""
        self._window.arrange(self._window.arrangement, is_fresh=True)

    @Slot()
    def reset_panel(self) -> None:
        """The Home key: the focused panel back to the state that it was opened in."""
        panel = self._window.front_panel()
        if panel is not None:
            panel.reset()

    @Slot()
    def float_panel(self) -> None:
        """The focused panel in a window of its own, or back in its place."""
        dock = self._window.front_dock()
        if dock is not None:
            dock.setFloating(not dock.isFloating())

    @Slot()
    def close_panel(self) -> None:
        """Put the focused panel away."""
        dock = self._window.front_dock()
        if dock is not None:
            dock.close()

    @Slot()
    def show_panel_of_sender(self) -> None:
        """Bring the panel to the front whose action was triggered."""
        action = self.sender()
        if isinstance(action, QAction):
            self._window.show_panel(str(action.data()))

    @Slot()
    def close_window(self) -> None:
        """File, quit."""
        self._window.close()

    # --- dialogs ------------------------------------------------------------------------------------------------------

    @Slot()
    def show_command_palette(self) -> None:
        """Ctrl+K."""
        from app.widgets.command_palette import CommandPalette

        palette = CommandPalette(self._window.workspace.theme, self.all_actions(), self._window)
        palette.open_over(self._window)

    @Slot()
    def show_key_sheet(self) -> None:
        """F1."""
        from app.widgets.key_sheet import KeySheet

        self._show_dialog("keys", KeySheet(self._window.workspace.theme, self.key_groups(), self._window))

    @Slot()
    def show_preferences(self) -> None:
        """File, preferences."""
        from app.preferences_dialog import PreferencesDialog

        workspace = self._window.workspace
        self._show_dialog("preferences", PreferencesDialog(workspace.theme, workspace.settings, self._window))

    @Slot()
    def show_about(self) -> None:
        """Help, about."""
        from app.about_dialog import AboutDialog

        self._show_dialog("about", AboutDialog(self._window.workspace.theme, self._window))

    @Slot()
    def show_last_report(self) -> None:
        """Help, last crash report."""
        from app.crash_report import ReportDialog, newest_report

        path = newest_report()
        if path is None:
            self._window.workspace.message_posted.emit(
                Message("Nothing has gone wrong so far: there is no crash report.")
            )
        else:
            self._show_dialog("report", ReportDialog(self._window.workspace.theme, path, self._window))

    def _show_dialog(self, name: str, dialog: QDialog) -> None:
        """One dialog of each kind at a time; the one before makes way."""
        before = self._dialogs.pop(name, None)
        if before is not None:
            before.close()
            before.deleteLater()
        self._dialogs[name] = dialog
        dialog.show()
        dialog.raise_()

    def all_actions(self) -> list[QAction]:
        """Everything that the palette offers: the window's actions, and those of the panels that are built."""
        actions = [action for name, action in self._window.actions_by_name.items() if name != "command_palette"]
        for dock in self._window.docks.values():
            if dock.panel is not None:
                actions += [action for action in dock.panel.actions() if action.text()]
        return actions

    def key_groups(self) -> dict[str, list[tuple[str, str]]]:
        """What the key sheet shows: by group, (keys, what they do)."""
        groups: dict[str, list[tuple[str, str]]] = {
            "Anywhere": [
                ("Space", "Act on the focused panel's clock: train, hold, go on"),
                ("Home", "The focused panel back to the state it was opened in"),
                ("Esc", "Dismiss the message on show"),
                ("Tab", "To the next control"),
            ]
        }
        titles = {title: title.replace("&", "") for title in self._window.menus}
        for title, menu in self._window.menus.items():
            rows = []
            for action in _leaves(menu.actions()):
                keys = "  or  ".join(key.toString() for key in action.shortcuts())
                if keys:
                    rows.append((keys, action.statusTip() or action.text().replace("&", "")))
            if rows:
                groups[titles[title]] = rows
        for dock in self._window.docks.values():
            panel = dock.panel
            shown = [(a.shortcut().toString(), a.text().replace("&", "")) for a in panel.actions()] if panel else []
            if any(key for key, _ in shown):
                groups[dock.spec.title] = [(key, text) for key, text in shown if key]
        return groups

    def say_error(self, sentence: str) -> None:
        """Tell the person what could not be done."""
        self._window.workspace.message_posted.emit(Message(sentence, "error"))


def _leaves(actions: list[QAction]) -> list[QAction]:
    leaves: list[QAction] = []
    for action in actions:
        menu = action.menu()
        leaves += _leaves(menu.actions()) if menu is not None else [action]  # type: ignore[attr-defined]
    return leaves


def open_file(window: MainWindow, path: str) -> None:
    """Open a network (JSON) or data (CSV or folder). HillockError where it is neither, and nothing is changed."""
    from trainers.network_files import load_network

    file = Path(path)
    if file.is_dir() or file.suffix.lower() == ".csv":
        from trainers.datasets import describe

        choice = DataChoice(name=str(file))
        describe(choice)  # refuses what is no data before the choice is made
        window.workspace.training.set_data(choice)
    else:
        graph: NetworkGraph = load_network(path)
        window.workspace.document.set_graph(graph, f"Open {file.name}")
        window.workspace.document.set_path(str(file))
    window.workspace.settings.add_recent_file(str(file.absolute()))
