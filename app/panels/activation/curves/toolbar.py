"""CurvesToolbar: which rows are on show, home, and saving; a thin line above the plots. Computes nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from app.panels.activation.curves.state import MOST_OVERLAID, ROWS, CurvesState, Row
from app.panels.activation.icon_button import ExportButton, IconButton
from app.widgets.theme import Theme

_WORDS: dict[Row, tuple[str, str, str]] = {
    "value": ("f", "The function itself (1)", "1"),
    "derivative": ("f′", "Its derivative: what is left of a gradient on its way back (2)", "2"),
    "second_derivative": ("f″", "Its second derivative: how it bends (3)", "3"),
}
_HINT_OVERLAID = "Click or drag the line to probe · drag the plot to move · wheel to zoom"
_HINT_PEN = "Draw from left to right in the upper plot · Esc lets go of the pen"
_HINT_APART = f"More than {MOST_OVERLAID}: each in a plot of its own · click one to choose it"
EXPORTS: dict[str, str] = {
    "png": "Picture (PNG) …",
    "svg": "Drawing (SVG) …",
    "csv": "Values (CSV) …",
}


class CurvesToolbar(QWidget):
    """rows_changed: the rows that shall be on show, never none. home_asked, export_asked ("png", "svg" or "csv")."""

    rows_changed = Signal(object)
    home_asked = Signal()
    page_asked = Signal(bool)
    export_asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.buttons: dict[Row, QToolButton] = {}
        self._layout = QHBoxLayout(self)
        caption = QLabel("Show", self)
        caption.setObjectName("caption")
        self._layout.addWidget(caption)
        for row in ROWS:
            text, tooltip, key = _WORDS[row]
            button = QToolButton(self)
            button.setText(text)
            button.setCheckable(True)
            button.setToolTip(tooltip)
            button.setAccessibleName(tooltip.partition(" (")[0])
            button.setShortcut(key)
            button.toggled.connect(self._on_toggled)
            self.buttons[row] = button
            self._layout.addWidget(button)
        self._is_overlaid = True
        self._has_pen = False
        self.hint = QLabel(self)
        self.hint.setObjectName("caption")
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._layout.addWidget(self.hint, 1)
        self.home_button = IconButton(theme, "fit", "Back to the whole view of the axes (0)", self, key="0")
        self.home_button.clicked.connect(self.home_asked)
        self.page_button = IconButton(
            theme,
            "about",
            "About the chosen function: facts, PyTorch line, what it is for and where it fails (P)",
            self,
            key="P",
            title="About the chosen function",
        )
        self.page_button.setCheckable(True)
        self.page_button.toggled.connect(self.page_asked)
        self.export_button = ExportButton(
            theme, "Save the plots as a picture or a drawing, or the values of every curve", EXPORTS, self
        )
        self.export_button.chosen.connect(self.export_asked)
        for button in (self.home_button, self.export_button, self.page_button):
            self._layout.addWidget(button)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_state(self, state: CurvesState) -> None:
        """Press the buttons of the rows on show; tells nobody. The last one cannot be let go of."""
        for row, button in self.buttons.items():
            button.blockSignals(True)
            button.setChecked(row in state.rows)
            button.setEnabled(state.rows != (row,))
            button.blockSignals(False)
        self.page_button.blockSignals(True)
        self.page_button.setChecked(state.has_page)
        self.page_button.blockSignals(False)
        self._is_overlaid = state.is_overlaid
        self._fit_hint()

    @Slot(bool)
    def show_pen(self, is_taken: bool) -> None:
        """While one may draw, say how."""
        self._has_pen = is_taken
        self._fit_hint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_hint()

    def _fit_hint(self) -> None:
        """What can be done now; half a sentence helps nobody."""
        text = _HINT_PEN if self._has_pen else _HINT_OVERLAID if self._is_overlaid else _HINT_APART
        needed = self.hint.fontMetrics().horizontalAdvance(text) + 8
        self.hint.setText(text if self.hint.width() >= needed else "")

    @Slot(bool)
    def _on_toggled(self, _is_on: bool) -> None:
        rows = tuple(row for row in ROWS if self.buttons[row].isChecked())
        if rows:
            self.rows_changed.emit(rows)

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self._layout.setContentsMargins(theme.gap(8), theme.gap(4), theme.gap(8), 0)
        self._layout.setSpacing(theme.gap(6))
