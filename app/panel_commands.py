"""PanelCommands: what the panels declare for the palette before they are built, as actions."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from app.panel import PanelCommand, PanelSpec
from app.panel_catalog import PANELS
from app.widgets.command_palette import KEYWORDS
from app.widgets.icons import icon

if TYPE_CHECKING:
    from app.main_window import MainWindow


def declared_by(spec: PanelSpec) -> tuple[PanelCommand, ...]:
    """What the panel of `spec` declares; none where it names no function for it."""
    if not spec.commands:
        return ()
    module, _, name = spec.commands.partition(":")
    commands: tuple[PanelCommand, ...] = getattr(import_module(module), name)()
    return commands


class PanelCommands(QObject):
    """Actions that bring a panel to the front and do something there; made when first asked for, so that a start pays nothing."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._actions: list[QAction] | None = None

    def actions(self) -> list[QAction]:
        """One for each command of every panel, in their order."""
        if self._actions is None:
            theme = self._window.workspace.theme
            self._actions = []
            for spec in PANELS:
                for command in declared_by(spec):
                    action = QAction(icon(theme, spec.icon), command.title, self)
                    action.setStatusTip(command.description)
                    action.setProperty(KEYWORDS, command.keywords)
                    action.setData((spec.name, command))
                    action.triggered.connect(self._on_triggered)
                    self._actions.append(action)
        return self._actions

    @Slot()
    def _on_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            name, command = action.data()
            command.run(self._window.show_panel(name))
