"""WayBack: the button on the picture that shows the whole cell again, there while one looks closer. Moves no camera itself."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QToolButton, QWidget

from app.widgets.icons import icon
from app.widgets.theme import Theme


class WayBack(QToolButton):
    """Stands in its parent's upper right corner."""

    moved = Signal(object)  # QRectF where it stands now, None where it is hidden

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._room = parent
        self.setText("Whole cell")
        self.setToolTip("Show the whole cell again (0)")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setObjectName("over")
        self.setAutoFillBackground(True)
        self.hide()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def offer(self, is_needed: bool) -> None:
        """Be there, or not."""
        if is_needed == self.isHidden():
            self.setVisible(is_needed)
            self.place()

    def place(self) -> None:
        """Stand where it belongs; its parent calls this when it has another size."""
        if self.isHidden():
            self.moved.emit(None)
            return
        size, margin = self.sizeHint(), self._theme.gap(8)
        self.setGeometry(self._room.width() - size.width() - margin, margin, size.width(), size.height())
        self.raise_()
        self.moved.emit(QRectF(self.geometry()))

    @Slot()
    def _on_theme_changed(self) -> None:
        side = self._theme.px(16)
        self.setIcon(icon(self._theme, "fit"))
        self.setIconSize(QSize(side, side))
        self.place()
