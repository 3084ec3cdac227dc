"""The window's menus, filled from what the window's actions, its undo stack, the panels and the run declare. Knows no panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from app.panel_catalog import PANELS
from app.widgets.icons import icon
from app.window_actions import ACTIONS, MENUS

if TYPE_CHECKING:
    from app.main_window import MainWindow


def build_menus(window: MainWindow) -> tuple[dict[str, QMenu], QMenu]:
    """All menus by title, and the one of recently opened files; undo, panels and the run join `window.actions_by_name`."""
    menus: dict[str, QMenu] = {title: window.menuBar().addMenu(title) for title in MENUS}
    recent_menu = QMenu("Open &recent", window)
    for spec in ACTIONS:
        menu = menus[spec.menu]
        if spec.has_rule_before:
            menu.addSeparator()
        menu.addAction(window.actions_by_name[spec.name])
        window.addAction(window.actions_by_name[spec.name])
        if spec.name == "open_folder":
            menu.addMenu(recent_menu)
    recent_menu.aboutToShow.connect(window.commands.list_recent_files)
    stack = window.workspace.document.undo_stack
    undo, redo = stack.createUndoAction(window, "&Undo"), stack.createRedoAction(window, "&Redo")
    for action, name, key, tip in (
        (undo, "undo", QKeySequence.StandardKey.Undo, "Take the last change back"),
        (redo, "redo", QKeySequence.StandardKey.Redo, "Make the change again that was taken back"),
    ):
        action.setStatusTip(tip)
        action.setObjectName(name)
        action.setShortcut(QKeySequence(key))
        action.setIcon(icon(window.workspace.theme, name))
        menus["&Edit"].addAction(action)
        window.actions_by_name[name] = action
    panels = menus["&View"].addMenu("&Panels")
    for panel in PANELS:
        action = QAction(icon(window.workspace.theme, panel.icon), panel.title, window)
        action.setObjectName(f"panel_{panel.name}")
        action.setData(panel.name)
        action.setShortcut(panel.key)
        action.setToolTip(f"{panel.description} ({panel.key})")
        action.setStatusTip(panel.description)
        action.triggered.connect(window.commands.show_panel_of_sender)
        panels.addAction(action)
        window.addAction(action)
        window.actions_by_name[action.objectName()] = action
    for name, action in window.run_actions.actions.items():
        menus["&Run"].addAction(action)
        window.actions_by_name[f"run_{name}"] = action
    return menus, recent_menu
