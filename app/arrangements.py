"""Named arrangements of the docks: how each begins, and how a person's own changes to it are kept. Knows panels by name."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
from PySide6.QtCore import QByteArray, QSettings, Qt

if TYPE_CHECKING:
    from app.main_window import MainWindow

# name -> the panels that are open, the one in front first; all in one place, as tabs
ARRANGEMENTS: dict[str, tuple[str, ...]] = {
    "lecture": ("monitor", "builder", "hardware", "neuron", "activation"),
    "build": ("builder", "monitor", "hardware"),
    "train": ("monitor", "builder", "hardware"),
}
FIRST = "lecture"  # a newcomer sees all that there is
_VERSION = 3  # of what saveState writes; another version is not restored


_OWN = "arrangements/own"


def _key(name: str, what: str) -> str:
    return f"arrangement_{quote(name, safe='')}/{what}"


def own_names(geometry: QSettings) -> tuple[str, ...]:
    """The arrangements that a person saved, in the order in which they were first saved."""
    try:
        return tuple(msgspec.json.decode(str(geometry.value(_OWN, "[]")), type=list[str]))
    except msgspec.DecodeError:
        return ()


def set_own_names(geometry: QSettings, names: tuple[str, ...]) -> None:
    """Keep which arrangements a person saved."""
    geometry.setValue(_OWN, msgspec.json.encode(names).decode())


def keep_design(window: MainWindow, name: str) -> None:
    """The docks as they are become what an arrangement of one's own is reset to."""
    remember_arrangement(window, name)
    window.workspace.settings.geometry.setValue(_key(name, "design"), window.saveState(_VERSION))


def forget_arrangement(geometry: QSettings, name: str) -> None:
    """Nothing of `name` is kept any longer."""
    geometry.remove(f"arrangement_{quote(name, safe='')}")


def apply_arrangement(window: MainWindow, name: str, *, is_fresh: bool = False) -> None:
    """Put the docks where arrangement `name` has them: as a person left it, or, `is_fresh`, as it was designed."""
    geometry = window.workspace.settings.geometry
    if is_fresh:
        geometry.remove(_key(name, "state"))
    stored = geometry.value(_key(name, "state")) or geometry.value(_key(name, "design"))
    # the front panel is built before the window is shown: built while it is shown, everything would be laid out twice
    if isinstance(stored, QByteArray) and window.restoreState(stored, _VERSION):
        in_front = geometry.value(_key(name, "front"))
        if in_front in window.docks and not window.docks[str(in_front)].isHidden():
            window.docks[str(in_front)].build()
        return
    front, *behind = (window.docks[panel] for panel in ARRANGEMENTS.get(name, ARRANGEMENTS[FIRST]))
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
    """Keep the docks' places under arrangement `name`, and, but for a presentation, the window's own place and which it was."""
    geometry = window.workspace.settings.geometry
    geometry.setValue(_key(name, "state"), window.saveState(_VERSION))
    front = window.front_dock()
    geometry.setValue(_key(name, "front"), front.spec.name if front is not None else "")
    if not window.is_presentation:
        geometry.setValue("window/geometry", window.saveGeometry())
        geometry.setValue("window/arrangement", name)


def remembered_arrangement(window: MainWindow) -> str:
    """The arrangement that was in force last, or the first one."""
    geometry = window.workspace.settings.geometry
    name = str(geometry.value("window/arrangement", FIRST))
    return name if name in ARRANGEMENTS or name in own_names(geometry) else FIRST
