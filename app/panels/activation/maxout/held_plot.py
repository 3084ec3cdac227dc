"""HeldPlot: a plot whose lines or planes a hand takes hold of; what LinePlot and MapPlot have in common. Changes nothing itself."""

from __future__ import annotations

from typing import Protocol, TypeVar

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from app.panels.activation.maxout.pixel_layer import RangedPlot
from app.widgets.theme import Theme

STEP = 0.05  # of a press on an arrow key, ten times that with Shift


class Gesture(Protocol):
    """What a hand does to the piece that it holds. words: what was done, for the step."""

    words: str


Held = TypeVar("Held", bound=Gesture)


class HeldPlot(RangedPlot):
    """dropped: what was done, at the end of a drag. chosen: number. added: x, y of a double click; add_asked: anywhere.

    remove_asked: the chosen one; stepped: number to the next. Beside these each plot has its own `dragged` and `nudged`.
    """

    dropped = Signal(str)
    chosen = Signal(int)
    added = Signal(float, float)
    add_asked = Signal()
    remove_asked = Signal()
    stepped = Signal(int)

    def __init__(self, theme: Theme, x_label: str, y_label: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, x_label, y_label, title, parent)
        self._held_words: str | None = None  # of the gesture under way
        self._has_moved = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def is_held(self) -> bool:
        """Whether a hand holds something."""
        return self._held_words is not None

    def _is_over_piece(self, place: QPointF) -> bool:
        """Whether a press at a place in the widget's pixels takes hold of something."""
        raise NotImplementedError

    def _let_go(self) -> None:
        """The hand has let go of what it held."""

    def _nudge(self, key: Qt.Key, step: float, *, is_control: bool) -> bool:
        """Tell of an arrow key's press; False for another key."""
        raise NotImplementedError

    def _take_hold(self, gesture: Held) -> Held:
        self._held_words = gesture.words
        self._has_moved = False
        return gesture

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        words, self._held_words = self._held_words, None
        self._let_go()
        if words is None:
            super().mouseReleaseEvent(event)
            return
        if self._has_moved:
            self.dropped.emit(words)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.is_inside(event.position()):
            if self._is_over_piece(event.position()):
                self.mousePressEvent(event)  # the second press of a hand in a hurry
            else:
                self.added.emit(*self.data_at(event.position()))
            event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        modifiers = event.modifiers()
        step = STEP * (10 if modifiers & Qt.KeyboardModifier.ShiftModifier else 1)
        key = Qt.Key(event.key())
        if self._nudge(key, step, is_control=bool(modifiers & Qt.KeyboardModifier.ControlModifier)):
            return
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_asked.emit()
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.stepped.emit(1 if key == Qt.Key.Key_PageDown else -1)
        elif key == Qt.Key.Key_Insert:
            self.add_asked.emit()
        else:
            event.ignore()  # not the view's: arrows would scroll it
