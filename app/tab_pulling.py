"""TabPulling: a panel is pulled out of its row of tabs with the mouse, and floats. Knows docks by their titles alone.

Qt does this only for docks that may float together, which the window does not allow.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QTabBar, QWidget

from app.panel_dock import PanelDock

_LEFT = Qt.MouseButton.LeftButton


class TabPulling(QObject):
    """Watches rows of tabs: along its row a tab is moved, as Qt has it; half a row's height beyond, its panel comes out."""

    def __init__(self, docks: Mapping[str, PanelDock], parent: QObject) -> None:
        super().__init__(parent)
        self._docks = docks
        self._held = ""  # title of the tab that is held
        self._pulled: PanelDock | None = None

    def watch(self, bar: QTabBar) -> None:
        """Let the tabs of `bar` be pulled out; one that is watched already stays so."""
        bar.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(watched, QTabBar) or not isinstance(event, QMouseEvent):
            return False
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == _LEFT:
            self._pulled = None
            index = watched.tabAt(event.position().toPoint())
            self._held = watched.tabText(index) if index >= 0 else ""
        elif event.type() == QEvent.Type.MouseMove and event.buttons() & _LEFT:
            return self._on_moved(watched, event)
        elif event.type() == QEvent.Type.MouseButtonRelease:
            pulled, self._pulled, self._held = self._pulled, None, ""
            if pulled is not None:
                _pass_on(pulled, event, event.type(), Qt.MouseButton.NoButton)
                return True
        return False

    def _on_moved(self, bar: QTabBar, event: QMouseEvent) -> bool:
        if self._pulled is not None:  # until it holds the mouse itself
            _pass_on(self._pulled, event, event.type(), _LEFT)
            return True
        reach = bar.height() // 2
        if not self._held or bar.rect().adjusted(0, -reach, 0, reach).contains(event.position().toPoint()):
            return False
        dock = next((dock for dock in self._docks.values() if dock.windowTitle() == self._held), None)
        self._held = ""
        if dock is None:
            return False
        _pass_on(bar, event, QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton)  # the row's own drag ends
        self._pulled = dock
        dock.show_title(True)
        dock.leave_keys()
        dock.setFloating(True)
        dock.move(event.globalPosition().toPoint() - QPoint(dock.width() // 4, bar.height() // 3))
        _pass_on(dock, event, QEvent.Type.MouseButtonPress, _LEFT)  # and the dock's begins
        return True


def _pass_on(widget: QWidget, event: QMouseEvent, kind: QEvent.Type, buttons: Qt.MouseButton) -> None:
    """The same place of the pointer, as an event of `widget`."""
    place = event.globalPosition()
    local = QPointF(widget.mapFromGlobal(place))
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else _LEFT
    QApplication.sendEvent(widget, QMouseEvent(kind, local, place, button, buttons, event.modifiers()))
