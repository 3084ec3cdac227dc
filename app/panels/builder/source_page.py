"""SourcePage: a text of Python source with numbers, lines that are lit, and sentences beside lines. Knows no network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRect, Qt, Signal, Slot
from PySide6.QtGui import (
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip, QWidget

from app.panels.builder.source_colors import SourceColors
from app.panels.builder.source_gutter import SourceGutter
from app.widgets.theme import Theme
from trainers.source_merging import letter_edits

INDENT = 4
_ROWS = 5  # that a sentence takes beside lines
_NARROWEST = 130  # px of a sentence that is wrapped beside lines


class Remark(NamedTuple):
    """One sentence about a line (from 1). tone: "bad" where it is wrong, "warning" where a person should know."""

    line: int
    sentence: str
    tone: str = "warning"


class SourcePage(QPlainTextEdit):
    """Text that can be written anew around a caret; what is typed is told once it has happened."""

    typed = Signal()  # a person changed the text
    caret_moved = Signal(int, int)  # a person went to this line (from 1) and column (from 0)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._remarks: dict[int, Remark] = {}
        self._is_writing = False
        self._known = ""
        self.lit_lines: frozenset[int] = frozenset()
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setAccessibleName("PyTorch source of the network")
        self.setToolTip(
            "The network as a PyTorch module. What you type here becomes the drawing as soon as it is understood;"
            " Esc leaves the editor."
        )
        self.gutter = SourceGutter(theme, self)
        self._colors = SourceColors(theme, self.document())
        self.blockCountChanged.connect(self._on_block_count_changed)
        self.updateRequest.connect(self._on_update_requested)
        self.textChanged.connect(self._on_text_changed)
        self.cursorPositionChanged.connect(self._on_caret_moved)
        self.take_theme()

    # --- text ---------------------------------------------------------------------------------------------------------

    def show_text(self, text: str) -> None:
        """Let `text` stand there: only lines that differ are written, so that caret and place stay; nothing of it is undone."""
        before, top = self.toPlainText(), QTextCursor(self.firstVisibleBlock())
        if text != before:
            self._is_writing = True
            self._write(before, text)
            if self.verticalScrollBar().value():
                self.verticalScrollBar().setValue(top.block().blockNumber())
            self._is_writing = False
        self._known = text
        self.forget_typing()

    def _write(self, before: str, text: str) -> None:
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for begin, end, wanted in letter_edits(before, text):
            cursor.setPosition(_units(before, begin))
            cursor.setPosition(_units(before, end), QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(wanted)
        cursor.endEditBlock()

    def forget_typing(self) -> None:
        """What was typed has become an edit of the drawing, which has its own undo."""
        self.document().clearUndoRedoStacks()

    @Slot()
    def _on_text_changed(self) -> None:
        if not self._is_writing and (text := self.toPlainText()) != self._known:  # colours count as changes too
            self._known = text
            self.typed.emit()

    @Slot()
    def _on_caret_moved(self) -> None:
        if not self._is_writing:
            cursor = self.textCursor()
            self.caret_moved.emit(cursor.blockNumber() + 1, cursor.positionInBlock())

    # --- what is said and lit -----------------------------------------------------------------------------------------

    def show_remarks(self, remarks: Sequence[Remark]) -> None:
        """Say these sentences beside their lines; what is wrong goes before what is to be known."""
        self._remarks = {}
        for remark in sorted(remarks, key=lambda one: one.tone == "bad"):
            before = self._remarks.get(remark.line)
            more = f"{before.sentence} " if before is not None and before.tone == remark.tone else ""
            self._remarks[remark.line] = remark._replace(sentence=f"{more}{remark.sentence}")
        self._select()

    def remark_at(self, line: int) -> Remark | None:
        """What is said about a line."""
        return self._remarks.get(line)

    def light(self, lines: frozenset[int], *, goes_there: bool) -> None:
        """Let these lines stand out; goes_there: bring the first into sight if none of them is. The caret stays."""
        self.lit_lines = lines
        self._select()
        if goes_there and lines and not lines & {number for number, _ in self.lines_in_sight()}:
            self.verticalScrollBar().setValue(max(0, min(lines) - 4))

    def go_to(self, line: int) -> None:
        """Put the caret into a line."""
        self.setTextCursor(QTextCursor(self.document().findBlockByNumber(line - 1)))
        self.centerCursor()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _select(self) -> None:
        """Grounds of lines: lit, or wrong."""
        selections = []
        for line, token in [*((line, "selection") for line in self.lit_lines), *((one, "") for one in self._remarks)]:
            block = self.document().findBlockByNumber(line - 1)
            if not block.isValid() or (not token and self._remarks[line].tone != "bad"):
                continue
            selection = QTextEdit.ExtraSelection()
            selection.cursor = QTextCursor(block)
            if token:
                selection.format.setBackground(self._theme.color(token))
                selection.format.setProperty(QTextCharFormat.Property.FullWidthSelection, True)
            else:
                indent = len(block.text()) - len(block.text().lstrip())
                selection.cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.MoveAnchor, indent)
                selection.cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
                selection.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
                selection.format.setUnderlineColor(self._theme.color("bad"))
            selections.append(selection)
        self.setExtraSelections(selections)
        self.gutter.update()
        self.viewport().update()

    def lines_in_sight(self) -> Iterator[tuple[int, int]]:
        """Numbers (from 1) of the lines in sight, and where each begins, px from the top."""
        for block, top in self._blocks_in_sight():
            yield block.blockNumber() + 1, top

    def _blocks_in_sight(self) -> Iterator[tuple[QTextBlock, int]]:
        block, bottom = self.firstVisibleBlock(), self.viewport().height()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= bottom:
            yield block, round(top)
            top += self.blockBoundingRect(block).height()
            block = block.next()

    # --- painting -----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._remarks:
            return
        painter = QPainter(self.viewport())
        painter.setFont(self._theme.font("small"))
        metrics = painter.fontMetrics()
        for block, top in self._blocks_in_sight():
            remark = self._remarks.get(block.blockNumber() + 1)
            if remark is None:
                continue
            place = self._room_beside(block, top, metrics, remark.sentence)
            if place is not None:  # else it stands below alone
                painter.setPen(self._theme.color(remark.tone))
                painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap), remark.sentence)

    def _room_beside(self, block: QTextBlock, top: int, metrics: QFontMetrics, sentence: str) -> QRect | None:
        """Where a sentence stands beside its line, and beside those below where it takes several rows; None without room."""
        left, height, rows = 0, round(self.blockBoundingRect(block).height()), int(Qt.TextFlag.TextWordWrap)
        for count in range(1, _ROWS + 1):
            left = max(left, self._text_end(block) + self._theme.gap(16))
            room = QRect(left, top, self.viewport().width() - left - self._theme.gap(4), count * height)
            if room.width() >= self._theme.px(_NARROWEST):
                wanted = metrics.boundingRect(room, rows, sentence)
                if wanted.height() <= room.height() and wanted.width() <= room.width():
                    return room
            block = block.next()
            if block.isValid() and block.blockNumber() + 1 in self._remarks:
                return None
        return None

    def _text_end(self, block: QTextBlock) -> int:
        return round(self.contentOffset().x() + self.fontMetrics().horizontalAdvance(block.text()))

    def take_theme(self) -> None:
        """Use the theme's type and colours from now on."""
        self.setFont(self._theme.font("code"))
        self.setTabStopDistance(INDENT * self.fontMetrics().horizontalAdvance(" "))
        self._is_writing = True
        self._colors.take_theme()
        self._is_writing = False
        self._select()
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        width = self.gutter.wanted_width()
        self.setViewportMargins(width, 0, 0, 0)
        inner = self.contentsRect()
        self.gutter.setGeometry(inner.left(), inner.top(), width, inner.height())

    @Slot(int)
    def _on_block_count_changed(self, _count: int) -> None:
        self._make_room()

    @Slot(QRect, int)
    def _on_update_requested(self, _rect: QRect, _down: int) -> None:
        self.gutter.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.viewport().mapFrom(self, event.pos())
            remark = self._remarks.get(self.cursorForPosition(place).blockNumber() + 1)
            if remark is not None:
                QToolTip.showText(event.globalPos(), remark.sentence, self)
                return True
        return super().event(event)


def _units(text: str, place: int) -> int:
    """A place in `text` as Qt counts: in units of UTF-16, of which some letters take two."""
    return place + sum(letter > "\uffff" for letter in text[:place]) if not text.isascii() else place
