"""What stands in the place of the curves before a run: the axes that will be there, and what to do. Costs no plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.panels.monitor.row_specs import ROWS

if TYPE_CHECKING:
    from app.widgets.theme import Theme

HINT = "Press Space to train: the curves grow here."
WAIT = "The first steps are on their way."


class EmptyCurves(QWidget):
    """Empty axes for the rows chosen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: list[str] = ["loss", "accuracy"]
        self._text = HINT
        self.setAccessibleName(HINT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def text(self) -> str:
        """What it says."""
        return self._text

    def set_under_way(self, is_under_way: bool) -> None:
        """Whether a run has been started whose first point is yet to come."""
        self._text = WAIT if is_under_way else HINT
        self.setAccessibleName(self._text)
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(120), self._theme.px(60))

    def set_rows(self, rows: list[str]) -> None:
        """The rows that will be drawn."""
        self._rows = rows
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        small = theme.font("small")
        line = QFontMetricsF(small).height()
        left, bottom = float(theme.px(46)), self.height() - float(theme.px(20))
        total = sum(ROWS[key].height for key in self._rows)
        top = 0.0
        for key in self._rows:
            height = bottom * ROWS[key].height / total - theme.gap(4)
            painter.setPen(QPen(theme.color("grid"), 1))
            for share in (0.25, 0.5, 0.75, 1.0):
                at = left + share * (self.width() - left - 1)
                painter.drawLine(QLineF(at, top, at, top + height))
            if ROWS[key].is_large:
                painter.drawLine(QLineF(left, top + height / 2, self.width(), top + height / 2))
            painter.setPen(QPen(theme.color("border"), 1))
            painter.drawLine(QLineF(left, top, left, top + height))
            painter.drawLine(QLineF(left, top + height, self.width(), top + height))
            painter.setPen(theme.color("muted"))
            painter.setFont(small)
            corner = QRectF(left, top, self.width() - left - 4, line)
            if ROWS[key].reads_below:
                corner.moveTop(top + height - line)
            painter.drawText(corner, Qt.AlignmentFlag.AlignRight, ROWS[key].label)
            top += height + theme.gap(4)
        painter.setFont(theme.font("body"))
        words = QFontMetricsF(theme.font("body")).boundingRect(self._text).adjusted(-12, -6, 12, 6)
        words.moveCenter(QRectF(left, 0, self.width() - left, bottom).center())
        painter.fillRect(words, theme.color("panel"))
        painter.setPen(theme.color("text"))
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self._text)
