"""TabStrip: the pages of a panel as tabs along its upper edge. Knows no panel."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QTabBar, QWidget

from app.widgets.theme import Theme


class TabStrip(QTabBar):
    """Emits `chosen` with a page's name when a person picks its tab.

    pages: name, title and one sentence of each; the first nine have the keys Alt+1 to Alt+9, which the panel takes.
    """

    chosen = Signal(str)

    def __init__(
        self, theme: Theme, name: str, pages: Sequence[tuple[str, str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_following = False
        self._names = tuple(page for page, _, _ in pages)
        self.setDocumentMode(True)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        for number, (_, title, description) in enumerate(pages):
            self.addTab(title)
            key = f" (Alt+{number + 1})" if number < 9 else ""
            self.setTabToolTip(number, description + key)
            self.setAccessibleTabName(number, title)
        self.currentChanged.connect(self._on_current_changed)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_page(self, name: str) -> None:
        """Mark the tab of page `name`; tells nobody."""
        self._is_following = True
        self.setCurrentIndex(self._names.index(name))
        self._is_following = False

    @Slot(int)
    def _on_current_changed(self, index: int) -> None:
        if not self._is_following and 0 <= index < len(self._names):
            self.chosen.emit(self._names[index])

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFont(self._theme.font("body"))
