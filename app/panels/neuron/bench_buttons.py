"""What several benches' cards share: buttons, one or several in a line, and the line that says what goes on. Knows no bench."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

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


class Hint(QLabel):
    """One sentence under a card: what to do next, that something is being computed, or why it cannot be. Hidden where it is empty."""

    BUSY = "Computing …"

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("muted")
        self.setWordWrap(True)
        self._calm = ""

    def say(self, sentence: str, role: str = "muted") -> None:
        """Show `sentence`; role: "muted", or "refusal" for why something cannot be."""
        if self.objectName() != role:
            self.setObjectName(role)
            self.style().unpolish(self)
            self.style().polish(self)
        if sentence != self.BUSY:
            self._calm = sentence
        self.setText(sentence)
        self.setVisible(bool(sentence))

    @Slot(bool)
    def show_waiting(self, is_long: bool) -> None:
        """Something takes long, or has come: then what was said before stands again."""
        if is_long:
            self.say(self.BUSY)
        elif self.text() == self.BUSY:
            self.say(self._calm)
