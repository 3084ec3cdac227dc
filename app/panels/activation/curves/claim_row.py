"""ClaimRow: one claim of a function's page, and the button that shows it. Knows no view."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from app.simulation.activation_page import Claim
from app.widgets.icons import icon
from app.widgets.theme import Theme


class ClaimRow(QWidget):
    """`asked`: the demonstration of the claim, as a table."""

    asked = Signal(object)

    def __init__(self, theme: Theme, claim: Claim, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.claim = claim
        self.label = QLabel(claim.text, self)
        self.label.setWordWrap(True)
        self.button = QToolButton(self)
        self.button.setIcon(icon(theme, "play"))
        self.button.setIconSize(QSize(theme.px(16), theme.px(16)))
        self.button.setToolTip("Show it (can be undone)")
        self.button.setAccessibleName(f"Show it: {claim.text}")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self._on_clicked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.gap(6))
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.label, 1)

    @Slot()
    def _on_clicked(self) -> None:
        self.asked.emit(dict(self.claim.demonstration))
