"""YieldingRow: widgets beside one another, of which some give way where there is no room for all. Knows no bench."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget


class YieldingRow(QWidget):
    """A row that can be as narrow as what must stay; what yields is there as soon as all of it fits."""

    def __init__(self, spacing: int) -> None:
        super().__init__()
        self._yielding: list[QWidget] = []
        self._has_all = True
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(spacing)

    def add(self, widget: QWidget, stretch: int = 0, *, yields: bool = False) -> None:
        """Put another widget at the end."""
        self._row.addWidget(widget, stretch)
        if yields:
            self._yielding.append(widget)

    def add_stretch(self) -> None:
        """Free room from here on."""
        self._row.addStretch(1)

    def _width_of_yielding(self) -> int:
        return sum(max(widget.sizeHint().width(), 0) + self._row.spacing() for widget in self._yielding)

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(hint.width() - self._width_of_yielding(), hint.height()) if self._has_all else hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        has_all = self.width() >= self.minimumSizeHint().width() + self._width_of_yielding()
        if has_all != self._has_all:
            self._has_all = has_all
            for widget in self._yielding:
                widget.setVisible(has_all)
            self._row.invalidate()  # or the hint counts them until the next turn of the event loop
