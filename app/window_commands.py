"""WindowCommands: what the window's menus do: theme and zoom, arrangements, dialogs; files are FileCommands'. Imports dialogs late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QInputDialog

from app.file_commands import FileCommands
from app.panel_commands import PanelCommands
from app.panel_keys import rows_of
from app.widgets.message_bar import Message
from trainers.errors import BadInput

if TYPE_CHECKING:
    from app.main_window import MainWindow

_ZOOM_STEP = 0.1


class WindowCommands(FileCommands):
    """The slots behind the actions."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._dialogs: dict[str, QDialog] = {}
        self._of_panels = PanelCommands(window)

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
        """The window alone on the screen, and back: also to the whole of the desktop, where it had that."""
        window = self._window
        window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)
        window.actions_by_name["full_screen"].setChecked(window.isFullScreen())

    @Slot(QAction)
    def arrange(self, action: QAction) -> None:
        """Put the docks where the arrangement that `action` names has them."""
        self._window.arrange(str(action.data()))

    @Slot()
    def save_arrangement(self) -> None:
        """Ask for a name, and keep the docks under it."""
        own = self._window.own_arrangements
        now = self._window.arrangement if self._window.arrangement in own.names() else ""
        name, is_wanted = QInputDialog.getText(self._window, "Save arrangement", "Name of the arrangement:", text=now)
        if is_wanted:
            try:
                own.save(name)
            except BadInput as error:
                self._window.workspace.warn(error.sentence)

    @Slot()
    def remove_arrangement(self) -> None:
        """Forget the arrangement in force, where it is one of a person's own."""
        name = self._window.arrangement
        if name in self._window.own_arrangements.names():
            self._window.own_arrangements.remove(name)
            self._window.workspace.message_posted.emit(Message(f"The arrangement {name} is removed."))
        else:
            self._window.workspace.warn("Only an arrangement of your own can be removed: put it in force first.")

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
            dock.float_or_lie()

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
                Message("There is no crash report: nothing has gone wrong so far.")
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
        """Everything that the palette offers: the window's actions, what panels declare, and actions of those that are built."""
        actions = [action for name, action in self._window.actions_by_name.items() if name != "command_palette"]
        for dock in self._window.docks.values():
            if dock.panel is not None:
                actions += [action for action in dock.panel.actions() if action.text()]
        return actions + self._of_panels.actions()

    def key_groups(self) -> dict[str, list[tuple[str, str]]]:
        """What the key sheet shows: by group, (keys, what they do); first those of the panel that has the keys now."""
        groups: dict[str, list[tuple[str, str]]] = {
            "Anywhere": [
                ("Space", "Train, pause, go on; in a panel with a clock of its own: play, pause"),
                ("Home", "Put the focused panel back to how it was opened"),
                ("Esc", "Put the message away"),
                ("Tab", "Go to the next control"),
            ]
        }
        titles = {title: title.replace("&", "") for title in self._window.menus}
        for title, menu in self._window.menus.items():
            rows = []
            for action in _leaves(menu.actions()):
                keys = "  or  ".join(key.toString() for key in action.shortcuts())
                if keys:
                    rows.append((keys, _what_it_does(action)))
            if rows:
                groups[titles[title]] = rows
        for dock in self._window.docks.values():
            rows = rows_of(dock.spec, dock.panel)
            if rows:
                groups[dock.spec.title] = rows
        front = self._window.front_dock()
        first = front.spec.title if front is not None else ""
        return {first: groups.pop(first), **groups} if first in groups else groups


def _what_it_does(action: QAction) -> str:
    """In a few words: of a panel and an arrangement the name says more than their sentence."""
    text = action.text().replace("&", "")
    kind = action.objectName().partition("_")[0]
    return f"{text} in front" if kind == "panel" else text if kind == "arrange" else action.statusTip() or text


def _leaves(actions: list[QAction]) -> list[QAction]:
    leaves: list[QAction] = []
    for action in actions:
        menu = action.menu()
        leaves += _leaves(menu.actions()) if menu is not None else [action]  # type: ignore[attr-defined]
    return leaves
