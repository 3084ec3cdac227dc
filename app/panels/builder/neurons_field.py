"""NumberEntry: a small field at a line or a bias, in which its number is typed: Enter sets it, Escape leaves it as it is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.panels.builder.neurons_number import NumberPlace
from app.widgets.neuron_net_layout import Spot, Wire
from app.widgets.number_field import NumberField
from app.widgets.small_controls import ThemedLabel
from app.widgets.theme import Theme

LARGEST = 1e6


class _Field(NumberField):
    """Says when it is left."""

    left = Signal()
    taken = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.interpretText()
            self.taken.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()


class NumberEntry(QFrame):
    """Hidden until it is asked for a number."""

    entered = Signal(object, float)  # Spot or Wire, the number

    def __init__(self, theme: Theme, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._theme = theme
        self._canvas = canvas
        self._what: Spot | Wire | None = None
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.words = ThemedLabel(theme, "", "small", "muted")
        self.field = _Field(-LARGEST, LARGEST, 0.0, step=0.1, parent=self)
        self.field.setToolTip("Enter sets the number, Escape leaves it as it is")
        self.field.left.connect(self.leave)
        self.field.taken.connect(self._on_field_taken)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.words)
        self._row.addWidget(self.field)
        self.hide()

    def ask(self, what: Spot | Wire, place: NumberPlace, value: float, at: QPointF) -> None:
        """Ask for another number beside `at`, px of the canvas."""
        theme = self._theme
        self._what = what
        self._row.setContentsMargins(theme.gap(6), theme.gap(4), theme.gap(6), theme.gap(4))
        self.words.setText(place.title)
        self.words.setToolTip(place.words)
        self.field.setFont(theme.font("value"))
        self.field.setAccessibleName(f"{place.title}, {place.words}")
        self.field.setValue(value)
        self.field.setMinimumWidth(theme.px(96))
        self.adjustSize()
        room = self._canvas.rect().adjusted(2, 2, -2, -2)
        x = min(max(round(at.x()) - self.width() // 2, room.left()), max(room.right() - self.width(), room.left()))
        y = min(max(round(at.y()) + theme.px(8), room.top()), max(room.bottom() - self.height(), room.top()))
        self.move(x, y)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        self.field.selectAll()

    def leave(self) -> None:
        """Close, and set nothing."""
        if self.isHidden():
            return
        self._what = None
        had_focus = self.field.hasFocus()
        self.hide()
        if had_focus:
            self._canvas.setFocus()

    def _on_field_taken(self) -> None:
        what = self._what
        self.leave()
        if what is not None:
            self.entered.emit(what, self.field.value())
