"""BoardCommands: runs what stands in the command table, by key, from the context menu or from the command palette."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu

from app.panels.builder.board import DrawingBoard
from app.panels.builder.command_table import COMMANDS, NEEDS, BoardCommand

_CLASS = re.compile(r"^[ \t]*class[ \t]+\w+", re.MULTILINE)


class BoardCommands(QObject):
    """Runs commands by name. What belongs to the panel (the palette, the fields, the map) is asked for by signals."""

    add_asked = Signal()
    edit_asked = Signal()
    rename_asked = Signal()
    mend_asked = Signal()
    map_asked = Signal()
    source_pasted = Signal()  # a class lies on the clipboard, not layers
    inside_asked = Signal()
    gradients_asked = Signal()
    sample_asked = Signal(int)  # so many samples on
    neurons_asked = Signal()
    at_work_asked = Signal()

    def __init__(self, board: DrawingBoard) -> None:
        super().__init__(board)
        self._board = board
        self.has_fault = False  # one is told beside its layer, with what mends it
        edits, places = board.edits, board.places
        self._doings: dict[str, Callable[[], object]] = {
            "add": self.add_asked.emit,
            "edit": self.edit_asked.emit,
            "rename": self.rename_asked.emit,
            "mend": self.mend_asked.emit,
            "wire": board.draw_wire_by_keys,
            "remove": edits.remove,
            "cut": places.cut,
            "copy": places.copy,
            "paste": self._paste,
            "duplicate": places.duplicate,
            "choose_all": board.choose_all,
            "group": places.group,
            "ungroup": places.ungroup,
            "fold": places.toggle_fold,
            "fold_all": places.toggle_fold_all,
            "align_rows": partial(places.align, "middle"),
            "align_columns": partial(places.align, "center"),
            "distribute_across": partial(places.distribute, "across"),
            "distribute_down": partial(places.distribute, "down"),
            "lay_out": edits.lay_out,
            "look_at": board.look_at_layer,
            "fit": board.fit,
            "map": self.map_asked.emit,
            "inside": self.inside_asked.emit,
            "gradients": self.gradients_asked.emit,
            "sample_on": partial(self.sample_asked.emit, 1),
            "sample_back": partial(self.sample_asked.emit, -1),
            "neurons": self.neurons_asked.emit,
            "at_work": self.at_work_asked.emit,
        }
        self._names = {QKeySequence(key).toString(): command.name for command in COMMANDS for key in command.keys}
        board.takes_key = self.is_key
        board.key_commanded.connect(self._on_key_commanded)
        board.menu_asked.connect(self._on_menu_asked)

    def run(self, name: str, *, says_why_not: bool = False) -> None:
        """Do it, where what it needs is chosen; else nothing, or the reason is said."""
        command = next(command for command in COMMANDS if command.name == name)
        if self._may(command):
            self._doings[name]()
        elif says_why_not:
            self._board.edits.refused.emit(f"{command.text.rstrip('…')}: {NEEDS[command.needs]}")

    def is_key(self, event: QKeyEvent) -> bool:
        """Whether a key is one of the canvas's, which the window's shortcuts must leave to it."""
        return QKeySequence(event.keyCombination()).toString() in self._names

    def menu(self) -> QMenu:
        """The context menu, as it fits what is chosen now."""
        menu = QMenu(self._board)
        menu.setToolTipsVisible(True)
        inner: dict[str, QMenu] = {}
        for command in COMMANDS:
            if command.has_rule_before:
                menu.addSeparator()
            title = command.submenu
            if title and title not in inner:
                inner[title] = menu.addMenu(title)
                inner[title].setToolTipsVisible(True)
            action = QAction(f"{command.text}\t{QKeySequence(command.keys[0]).toString()}", menu)
            action.setToolTip(command.tip)
            action.setStatusTip(command.tip)
            action.setData(command.name)
            action.setEnabled(self._may(command))
            action.triggered.connect(self._on_menu_chosen)
            (inner[title] if title else menu).addAction(action)
        return menu

    def _paste(self) -> None:
        """Layers go onto the canvas; a class, such as one copied from a slide, belongs beside it."""
        if _CLASS.search(QGuiApplication.clipboard().text()):
            self.source_pasted.emit()
        else:
            self._board.places.paste()

    def _may(self, command: BoardCommand) -> bool:
        if command.needs == "fault":
            return self.has_fault
        count = len(self._board.chosen)
        least = {"": 0, "layer": 1, "layers": 2, "any": 1}[command.needs]
        return count >= least or (command.needs == "any" and self._board.chosen_link is not None)

    @Slot(object)
    def _on_key_commanded(self, event: QKeyEvent) -> None:
        name = self._names.get(QKeySequence(event.keyCombination()).toString(), "")
        event.setAccepted(bool(name))
        if name:
            self.run(name)

    @Slot(QPoint)
    def _on_menu_asked(self, at: QPoint) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._board.viewport().mapToGlobal(at))

    @Slot()
    def _on_menu_chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.run(action.data())
