"""Named arrangements of the docks: how each begins, and how a person's own changes to it are kept. Knows panels by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt

if TYPE_CHECKING:
    from app.main_window import MainWindow

# name -> the panels that are open, the one in front first; all in one place, as tabs
ARRANGEMENTS: dict[str, tuple[str, ...]] = {
    "lecture": ("monitor", "neuron"),
    "build": ("builder", "monitor", "hardware"),
    "train": ("monitor", "builder", "hardware"),
}
FIRST = "train"
_VERSION = 3  # of what saveState writes; another version is not restored


def apply_arrangement(window: MainWindow, name: str, *, is_fresh: bool = False) -> None:
    """Put the docks where arrangement `name` has them: as a person left it, or, `is_fresh`, as it was designed."""
    key = f"arrangement_{name}/state"
    geometry = window.workspace.settings.geometry
    if is_fresh:
        geometry.remove(key)
    stored = geometry.value(key)
    # the front panel is built before the window is shown: built while it is shown, everything would be laid out twice
    if isinstance(stored, QByteArray) and window.restoreState(stored, _VERSION):
        in_front = geometry.value(f"arrangement_{name}/front")
        if in_front in window.docks and not window.docks[str(in_front)].isHidden():
            window.docks[str(in_front)].build()
        return
    front, *behind = (window.docks[panel] for panel in ARRANGEMENTS[name])
    for dock in window.docks.values():
        dock.setFloating(False)
        dock.hide()
    front.build()
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, front)
    front.show()
    for dock in behind:
        window.tabifyDockWidget(front, dock)
        dock.show()
    for dock in window.docks.values():
        if dock.spec.name not in ARRANGEMENTS[name]:  # shown one day, it comes as one more tab, not above all others
            window.tabifyDockWidget(front, dock)
            dock.hide()
    front.raise_()


def remember_arrangement(window: MainWindow, name: str) -> None:
    """Keep the docks' places under arrangement `name`, and the window's own place."""
    geometry = window.workspace.settings.geometry
    geometry.setValue(f"arrangement_{name}/state", window.saveState(_VERSION))
    front = window.front_dock()
    geometry.setValue(f"arrangement_{name}/front", front.spec.name if front is not None else "")
    geometry.setValue("window/geometry", window.saveGeometry())
    geometry.setValue("window/arrangement", name)


def remembered_arrangement(window: MainWindow) -> str:
    """The arrangement that was in force last, or the first one."""
    name = str(window.workspace.settings.geometry.value("window/arrangement", FIRST))
    return name if name in ARRANGEMENTS else FIRST
