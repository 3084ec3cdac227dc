"""SourceEdit: what a person's hands do to source: typing, indenting, undoing, pasting, dropping a file. Knows no network."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeyEvent, QKeySequence, QMouseEvent, QTextCursor

from app.panels.builder.source_page import INDENT, SourcePage

_WORD = re.compile(r"\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\w+")


class SourceEdit(SourcePage):
    """Undoes its own typing while there is any; else asks for the undo of the drawing.

    is_replaced_by_paste: what stands there is nobody's work, so that a pasted class takes its place.
    """

    undo_asked = Signal()
    redo_asked = Signal()
    file_dropped = Signal(str)
    class_pasted = Signal(str)

    is_replaced_by_paste = True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo) and not self.document().isUndoAvailable():
            self.undo_asked.emit()
        elif event.matches(QKeySequence.StandardKey.Redo) and not self.document().isRedoAvailable():
            self.redo_asked.emit()
        elif event.key() == Qt.Key.Key_Escape and (parent := self.parentWidget()) is not None:
            parent.focusNextChild()  # an editor keeps Tab, and with it the way on
        elif event.key() == Qt.Key.Key_Tab and not event.modifiers():
            self.insertPlainText(" " * (INDENT - self.textCursor().positionInBlock() % INDENT))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._begin_line()
        elif event.key() == Qt.Key.Key_Backspace and self._is_in_indent():
            self._unindent()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The word or number under the pointer; Qt takes what follows where the pointer is in a letter's right half."""
        super().mouseDoubleClickEvent(event)
        place = event.position().toPoint()
        cursor = self.cursorForPosition(place)
        if self.cursorRect(cursor).left() > place.x():
            cursor.movePosition(QTextCursor.MoveOperation.Left)
        text, at = cursor.block().text(), cursor.positionInBlock()
        found = next((word for word in _WORD.finditer(text) if word.start() <= at < word.end()), None)
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            cursor.setPosition(cursor.block().position() + found.start())
            cursor.setPosition(cursor.block().position() + found.end(), QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(cursor)

    def _begin_line(self) -> None:
        """A new line, indented as the one before, and deeper behind a colon."""
        before = self.textCursor().block().text()[: self.textCursor().positionInBlock()]
        indent = len(before) - len(before.lstrip(" "))
        deeper = INDENT if before.split("#")[0].rstrip().endswith(":") else 0
        self.insertPlainText("\n" + " " * (indent + deeper))
        self.ensureCursorVisible()

    def _is_in_indent(self) -> bool:
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        return not cursor.hasSelection() and len(before) > 1 and not before.strip(" ")

    def _unindent(self) -> None:
        cursor = self.textCursor()
        back = cursor.positionInBlock() % INDENT or INDENT
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, back)
        cursor.removeSelectedText()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return bool(_python_file(source)) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        file = _python_file(source)
        text = source.text().replace("\r\n", "\n").replace("\r", "\n")
        if file:
            self.file_dropped.emit(file)
        elif self.is_replaced_by_paste and any(line.lstrip().startswith("class ") for line in text.split("\n")):
            self.class_pasted.emit(text)
        else:
            self.insertPlainText(text)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        _take_files(event, super().dragEnterEvent)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        _take_files(event, super().dragMoveEvent)

    def dropEvent(self, event: QDropEvent) -> None:
        file = _python_file(event.mimeData())
        if file:
            event.acceptProposedAction()
            self.file_dropped.emit(file)
        else:
            super().dropEvent(event)


def _take_files(event: QDragMoveEvent, otherwise: Callable[..., None]) -> None:
    if _python_file(event.mimeData()):
        event.acceptProposedAction()
    else:
        otherwise(event)


def _python_file(data: QMimeData) -> str:
    """The path of the one Python file that is held, or ""."""
    urls = data.urls()
    path = urls[0].toLocalFile() if len(urls) == 1 else ""
    return path if path.lower().endswith(".py") else ""
