"""EmptyWindow: what the window says where no panel lies in it, and the way back. Knows no panel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from app.widgets.theme import Theme


class EmptyWindow(QWidget):
    """A sentence and a button in the middle of the room that the panels left; `reset` brings them back."""

    def __init__(self, theme: Theme, reset: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._around = parent
        text = QLabel("No panel lies in this window: Ctrl+1 to Ctrl+5 show them.", self)
        text.setObjectName("muted")
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text.setWordWrap(True)
        button = QPushButton("Bring all panels back", self)
        button.setToolTip(reset.statusTip())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # Space still trains
        button.clicked.connect(reset.trigger)
        self._layout = QVBoxLayout(self)
        self._layout.addWidget(text)
        self._layout.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        self.hide()
        parent.installEventFilter(self)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_while(self, *, is_empty: bool) -> None:
        """Stand in the middle of the window, where nothing else does."""
        self.setVisible(is_empty)
        self._place()

    def _place(self) -> None:
        room = self._around.rect()
        size = self.sizeHint().expandedTo(self.minimumSize()).boundedTo(room.size())
        self.setGeometry(QRect(room.center() - QPoint(size.width() // 2, size.height() // 2), size))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._layout.setSpacing(self._theme.gap(16))
        self.setMinimumWidth(self._theme.px(440))
