"""The strip beside the source: line numbers, and dots at lines about which something is said. Knows no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QTextCursor
from PySide6.QtWidgets import QWidget

from app.widgets.theme import Theme

if TYPE_CHECKING:
    from app.panels.builder.source_page import SourcePage


class SourceGutter(QWidget):
    """Stands in the left margin of its editor; a press on a number chooses the line."""

    def __init__(self, theme: Theme, edit: SourcePage) -> None:
        super().__init__(edit)
        self._theme = theme
        self._edit = edit
        self.setToolTip("Line numbers; a dot marks a line about which something is said below.")

    def wanted_width(self) -> int:
        """Room for the largest number and a dot."""
        digits = max(2, len(str(self._edit.blockCount())))
        return self._theme.gap(20) + digits * self._edit.fontMetrics().horizontalAdvance("0")

    def sizeHint(self) -> QSize:
        return QSize(self.wanted_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.color("raised"))
        painter.setFont(self._edit.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        right = self.width() - self._theme.gap(6)
        height = self._edit.fontMetrics().height()
        radius = max(3.0, height / 5)
        for number, top in self._edit.lines_in_sight():
            remark = self._edit.remark_at(number)
            painter.setPen(self._theme.color("text" if number in self._edit.lit_lines else "muted"))
            painter.drawText(QRect(0, top, right, height), int(Qt.AlignmentFlag.AlignRight), str(number))
            if remark is not None:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._theme.color(remark.tone))
                middle = top + height / 2
                painter.drawEllipse(QRect(round(self._theme.gap(2)), round(middle - radius), *2 * (round(2 * radius),)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        place.setX(1)
        cursor = self._edit.cursorForPosition(place)
        cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock)
        self._edit.setTextCursor(cursor)
        self._edit.setFocus(Qt.FocusReason.MouseFocusReason)
