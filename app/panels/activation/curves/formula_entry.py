"""FormulaEntry: a line in which one types a function; what is wrong with it stands beneath. Knows no plot."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.panels.activation.functions import formula_choice
from app.panels.activation.icon_button import IconButton
from app.widgets.theme import Theme
from trainers.formula import BadFormula

_EXAMPLE = "x*sigmoid(a*x)"


class FormulaEntry(QWidget):
    """`entered`: an ActivationChoice, when Enter is pressed on a formula; `draw_asked`: the pen was pressed or let go."""

    entered = Signal(object)
    draw_asked = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(f"Type one: {_EXAMPLE}")
        self.line.setAccessibleName("Type a function of x")
        self.line.setToolTip(
            "A function of x, such as x*sigmoid(a*x), max(0, x) or x if x > 0 else a*(exp(x) - 1); letters become"
            " parameters to drag. Enter adds it."
        )
        self.line.setClearButtonEnabled(True)
        self.add_button = IconButton(theme, "plus", "Add the typed function (Enter)", self)
        self.draw_button = IconButton(
            theme, "pen", "Draw a function by hand in the upper plot, from left to right (Esc stops)", self
        )
        self.draw_button.setCheckable(True)
        self.note = QLabel(self)
        self.note.setObjectName("refusal")
        self.note.setWordWrap(True)
        self.note.hide()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self.add_button)
        row.addWidget(self.draw_button)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addLayout(row)
        self._layout.addWidget(self.note)
        self.line.returnPressed.connect(self._on_entered)
        self.line.textEdited.connect(self._on_edited)
        self.add_button.clicked.connect(self._on_entered)
        self.draw_button.toggled.connect(self.draw_asked)

    def say(self, sentence: str) -> None:
        """Say `sentence` beneath the line; "" says nothing."""
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))

    @Slot(bool)
    def show_pen(self, is_taken: bool) -> None:
        """Press the pen's button or let it go; tells nobody."""
        self.draw_button.blockSignals(True)
        self.draw_button.setChecked(is_taken)
        self.draw_button.blockSignals(False)

    @Slot()
    def _on_entered(self) -> None:
        text = self.line.text().strip()
        if not text:
            self.say(f"Type a function of x first, such as {_EXAMPLE}.")
            return
        try:
            choice = formula_choice(text)
        except BadFormula as error:
            self.say(error.sentence)
            self.line.setFocus()
            self.line.setCursorPosition(min(error.position, len(text)))
            return
        self.say("")
        self.line.clear()
        self.entered.emit(choice)

    @Slot(str)
    def _on_edited(self, _text: str) -> None:
        self.say("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.line.text():
            self.line.clear()
            self.say("")
        else:
            super().keyPressEvent(event)
