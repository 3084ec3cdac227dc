"""Plain buttons of the plasticity and spike-timing cards, one or several in a line. Knows no bench."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from app.widgets.theme import Theme


def plain_button(text: str, tip: str) -> QPushButton:
    """A button that Enter does not press from afar."""
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button


def side_by_side(theme: Theme, *buttons: QPushButton) -> QHBoxLayout:
    """Buttons in one line, equally wide."""
    line = QHBoxLayout()
    line.setSpacing(theme.gap(4))
    for button in buttons:
        line.addWidget(button, 1)
    return line


def thin_rule() -> QFrame:
    """A line between two parts of a card."""
    rule = QFrame()
    rule.setObjectName("rule")
    return rule
