"""MaxoutToolbar: one input or two, snapping, home, and saving; a thin line above the plots. Computes nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from app.panels.activation.icon_button import ExportButton, IconButton
from app.panels.activation.maxout.state import MaxoutState
from app.widgets.theme import Theme

_HINTS = {
    1: "Drag a line to move it, its side to turn it · double-click adds one · wheel zooms",
    2: "Drag a dot to move its plane, an arrow's tip to tilt it · drag the solid to turn it",
}
EXPORTS: dict[str, str] = {"png": "Picture (PNG) …", "svg": "Drawing (SVG) …", "csv": "Values (CSV) …"}


class MaxoutToolbar(QWidget):
    """inputs_wanted: 1 or 2. snapping_wanted; home_asked; export_asked ("png", "svg" or "csv")."""

    inputs_wanted = Signal(int)
    snapping_wanted = Signal(bool)
    home_asked = Signal()
    export_asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._layout = QHBoxLayout(self)
        self._group = QButtonGroup(self)
        self.inputs: dict[int, QToolButton] = {}
        for number, text in ((1, "One input"), (2, "Two inputs")):
            button = QToolButton(self)
            button.setText(text)
            button.setCheckable(True)
            button.setToolTip(f"{text}: {'lines' if number == 1 else 'planes'} ({number})")
            button.setAccessibleName(text)
            button.setShortcut(str(number))
            self._group.addButton(button, number)
            self.inputs[number] = button
            self._layout.addWidget(button)
        self.snapping = QToolButton(self)
        self.snapping.setText("Snap")
        self.snapping.setCheckable(True)
        self.snapping.setToolTip("Slopes and heights of note catch a line that is dragged (S); Alt held lets it pass")
        self.snapping.setAccessibleName("Snap to slopes and heights of note")
        self.snapping.setShortcut("S")
        self._layout.addWidget(self.snapping)
        self.hint = QLabel(self)
        self.hint.setObjectName("caption")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._layout.addWidget(self.hint, 1)
        self.home_button = IconButton(theme, "fit", "Back to the whole view (0)", self, key="0")
        self.export_button = ExportButton(
            theme, "Save the plots as a picture or a drawing, or their numbers", EXPORTS, self
        )
        self._layout.addWidget(self.home_button)
        self._layout.addWidget(self.export_button)
        self.export_button.chosen.connect(self.export_asked)
        self._group.idClicked.connect(self.inputs_wanted)
        self.snapping.clicked.connect(self.snapping_wanted)
        self.home_button.clicked.connect(self.home_asked)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_state(self, state: MaxoutState) -> None:
        """Press the buttons that `state` has pressed; tells nobody."""
        self.inputs[state.inputs].setChecked(True)
        self.snapping.setChecked(state.is_snapping)
        self.snapping.setVisible(state.inputs == 1)
        self.hint.setText(_HINTS[state.inputs] if self._theme.scale < 1.4 else "")

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self._layout.setContentsMargins(theme.gap(8), theme.gap(4), theme.gap(8), 0)
        self._layout.setSpacing(theme.gap(6))
        self.hint.setText("" if theme.scale >= 1.4 else self.hint.text())
