"""SteadyBox: a combo box that a wheel scrolls past. Imports neither workspace nor panels."""

from __future__ import annotations

from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox


class SteadyBox(QComboBox):
    """Scrolling past it chooses nothing: the column it stands in scrolls."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
