"""KernelEditor: the field that opens over one number of the kernel. Knows its cell, no kernel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.panels.builder.convolution_numbers import read_number


class KernelEditor(QLineEdit):
    """Return takes the number, Tab goes on to the next, up and down change it by one, Escape leaves it as it was.

    What is no number stays, marked, until it is one. given: (row, column, value); left: the field is closed; moved: to the
    neighbour that many cells on.
    """

    given = Signal(int, int, float)
    moved = Signal(int)
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.cell = (0, 0)
        self._before = ""
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setToolTip("A number such as −1, 0.5 or 1/9. Return takes it, Tab goes on, Escape leaves it as it was.")
        self.hide()

    def open_at(self, cell: tuple[int, int], text: str) -> None:
        """Let the number `text` of `cell` be edited."""
        self.cell = cell
        self._before = text
        self.setText(text)
        self._mark(False)
        self.setAccessibleName(f"Kernel, row {cell[0] + 1}, column {cell[1] + 1}")
        self.show()
        self.setFocus()
        self.selectAll()

    def _mark(self, is_refused: bool) -> None:
        if bool(self.property("refused")) != is_refused:
            self.setProperty("refused", is_refused)
            self.style().unpolish(self)
            self.style().polish(self)

    def _take(self) -> bool:
        """Give what stands there away; False where it is no number."""
        if self.text() == self._before:
            return True
        value = read_number(self.text())
        self._mark(value is None)
        if value is None:
            return False
        self._before = self.text()
        self.given.emit(*self.cell, value)
        return True

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}.get(Qt.Key(event.key()), 0)
            if step:  # before Qt takes it for the next widget
                if self._take():
                    self.moved.emit(step)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        value = read_number(self.text())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._take():
                self.left.emit()
        elif key == Qt.Key.Key_Escape:
            self.setText(self._before)
            self.left.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and value is not None:
            self.setText(f"{value + (1 if key == Qt.Key.Key_Up else -1):g}")
            self._take()
            self.selectAll()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.isVisible():
            self._take()
            self.left.emit()
