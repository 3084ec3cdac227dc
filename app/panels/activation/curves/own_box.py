"""OwnBox: the name under which a typed or drawn function is kept, for other days and for networks. Keeps nothing itself."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from app.panels.activation.functions import PlottedFunction
from app.widgets.theme import Theme


class OwnBox(QWidget):
    """Shown for a function of one's own. `keep_asked`, `forget_asked`: a name."""

    keep_asked = Signal(str)
    forget_asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._names: frozenset[str] = frozenset()
        self._shown: object = None
        self.line = QLineEdit(self)
        self.line.setPlaceholderText("Name it, to keep it")
        self.line.setAccessibleName("Name of your function")
        self.line.setToolTip(
            "Under this name the function is kept on this machine, and found in the list above on other days"
        )
        self.button = QPushButton("Keep", self)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self.line, 1)
        self._layout.addWidget(self.button)
        self.line.returnPressed.connect(self._on_pressed)
        self.line.textChanged.connect(self._on_text_changed)
        self.button.clicked.connect(self._on_pressed)

    def show_function(self, function: PlottedFunction | None, names: frozenset[str]) -> None:
        """Stand for `function`, if it is one's own. names: of those that are kept, in small letters."""
        is_own = function is not None and function.activation is None
        self.setVisible(is_own)
        self._names = names
        if is_own and function is not None and function.choice != self._shown:
            self._shown = function.choice
            self.line.setText(str(function.choice.parameters.get("title", "")))
        self._on_text_changed()

    @property
    def _is_kept(self) -> bool:
        return self.line.text().strip().casefold() in self._names

    @Slot()
    def _on_text_changed(self) -> None:
        words = (
            ("Forget", "Take the name out of the list; what uses the function keeps it")
            if self._is_kept
            else ("Keep", "Keep the function under this name")
        )
        self.button.setText(words[0])
        self.button.setToolTip(words[1])
        self.button.setEnabled(bool(self.line.text().strip()))

    @Slot()
    def _on_pressed(self) -> None:
        name = self.line.text().strip()
        if name:
            (self.forget_asked if self._is_kept else self.keep_asked).emit(name)
