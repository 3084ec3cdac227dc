"""GroundedLabel: a label that changes often and paints its own ground. Knows no panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

if TYPE_CHECKING:
    from app.widgets.theme import Theme


class GroundedLabel(QLabel):
    """For figures that follow a run. A plain label is see-through: each new figure paints all that lies behind it anew.

    Give it a fixed size as well: another one asks for a new layout at every text.
    """

    def __init__(self, theme: Theme, ground: str, text: str = "", parent: QWidget | None = None) -> None:
        """ground: the token of the colour that it stands on."""
        super().__init__(text, parent)
        self._theme = theme
        self._ground = ground
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_text(self, text: str) -> None:
        """Show `text`; nothing is drawn where it is shown already."""
        if text != self.text():
            self.setText(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.color(self._ground))
        painter.end()
        super().paintEvent(event)
