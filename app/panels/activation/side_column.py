"""SideColumn: the left column of a view: as wide as its theme asks for, and it scrolls where it is too long. Knows no view."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.widgets.theme import Theme

LARGE = 1.4  # scale of a theme from which on its type is that of a hall


class SideColumn(QFrame):
    """`_column` lays out what stands in it. widths: px of the design, in a room and in a hall, where type is larger."""

    def __init__(self, theme: Theme, widths: tuple[float, float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._widths = widths
        self._content = QWidget(self)
        self._column = QVBoxLayout(self._content)

    def _begin(self) -> None:
        """All that stands in the column is there: put it into its scroll area, in the theme's dress."""
        scroll = QScrollArea(self)
        scroll.setAccessibleName("Controls")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self._theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @Slot()
    def _on_theme_changed(self) -> None:
        theme, gap = self._theme, self._theme.gap(8)
        self.setFixedWidth(theme.px(self._widths[theme.scale >= LARGE]))
        self._column.setContentsMargins(gap, gap, gap, gap)
        self._column.setSpacing(gap)
