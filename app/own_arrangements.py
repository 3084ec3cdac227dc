"""Arrangements of the docks that a person saved under names of their own: their actions, saving and removing. Knows no panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup

from app.arrangements import ARRANGEMENTS, FIRST, forget_arrangement, keep_design, own_names, set_own_names
from app.widgets.icons import icon
from trainers.errors import BadInput

if TYPE_CHECKING:
    from app.main_window import MainWindow

LONGEST_NAME = 40  # letters: it stands in a menu
MOST = 12


class OwnArrangements(QObject):
    """Stand in the View menu below the designed ones, and in the palette."""

    def __init__(self, window: MainWindow, group: QActionGroup) -> None:
        super().__init__(window)
        self._window = window
        self._group = group
        for name in self.names():
            self._add_action(name)

    def names(self) -> tuple[str, ...]:
        """In the order in which they were first saved."""
        return own_names(self._window.workspace.settings.geometry)

    def save(self, name: str) -> None:
        """Keep the docks as they are under `name`, and go on in it. Raises BadInput for a name that cannot be."""
        name = " ".join(name.split())
        names = self.names()
        if not name or len(name) > LONGEST_NAME:
            raise BadInput(f"An arrangement's name has 1 to {LONGEST_NAME} letters, not {len(name)}.")
        if name.lower() in ARRANGEMENTS:
            raise BadInput(f"{name} is the name of an arrangement that comes with Hillock: choose another.")
        if name not in names:
            if len(names) >= MOST:
                raise BadInput(f"There are {MOST} arrangements of your own already: remove one first.")
            set_own_names(self._window.workspace.settings.geometry, (*names, name))
            self._add_action(name)
        keep_design(self._window, name)
        self._window.arrange(name)

    def remove(self, name: str) -> None:
        """Forget `name`; where it is in force, the first of the designed ones takes its place."""
        geometry = self._window.workspace.settings.geometry
        set_own_names(geometry, tuple(other for other in self.names() if other != name))
        action = self._window.actions_by_name.pop(f"arrange_{name}")
        self._group.removeAction(action)
        self._window.removeAction(action)
        if self._window.arrangement == name:
            self._window.arrange(FIRST)
        forget_arrangement(geometry, name)
        action.deleteLater()

    def _add_action(self, name: str) -> None:
        window = self._window
        action = QAction(icon(window.workspace.theme, "arrangement"), name.replace("&", "&&"), self)
        action.setObjectName(f"arrange_{name}")
        action.setData(name)
        action.setCheckable(True)
        action.setIconVisibleInMenu(False)  # its place is the check's
        action.setStatusTip("An arrangement of your own")
        action.setToolTip(f"The panels as you saved them under {name}")
        self._group.addAction(action)
        window.menus["&View"].insertAction(window.actions_by_name["save_arrangement"], action)
        window.addAction(action)
        window.actions_by_name[action.objectName()] = action
