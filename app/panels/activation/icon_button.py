"""IconButton, ExportButton: what the panel's buttons with an icon have in common; their icons grow with the theme. Know no view."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.widgets.icons import icon
from app.widgets.theme import Theme

_SIDE = 18.0  # px of the design


class IconButton(QToolButton):
    """name: of the icon. key: its shortcut. title: for a screen reader; left out, the tooltip up to what stands in brackets."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        tooltip: str,
        parent: QWidget | None = None,
        *,
        key: str = "",
        title: str = "",
        side: float = _SIDE,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._side = side
        self.setIcon(icon(theme, name))
        self.setToolTip(tooltip)
        self.setAccessibleName(title or tooltip.partition(" (")[0])
        if key:
            self.setShortcut(key)
        theme.changed.connect(self._fit_icon)
        self._fit_icon()

    @Slot()
    def _fit_icon(self) -> None:
        side = self._theme.px(self._side)
        self.setIconSize(QSize(side, side))


class ExportButton(IconButton):
    """A click shows what can be saved; `chosen`: the kind that was ("png", ...). kinds: of each, the words of its entry."""

    chosen = Signal(str)

    def __init__(
        self,
        theme: Theme,
        tooltip: str,
        kinds: Mapping[str, str],
        parent: QWidget | None = None,
        *,
        side: float = _SIDE,
    ) -> None:
        super().__init__(theme, "export", tooltip, parent, title="Save", side=side)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        for kind, words in kinds.items():
            menu.addAction(words).setData(kind)
        menu.triggered.connect(self._on_entry_chosen)
        self.setMenu(menu)

    @Slot(object)
    def _on_entry_chosen(self, entry: object) -> None:
        self.chosen.emit(entry.data())  # type: ignore[attr-defined]
