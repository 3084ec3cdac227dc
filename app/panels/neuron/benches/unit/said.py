"""SaidSpan: how many of the four gates a person has said one unit can be, drawn under the gates. Asks no cell."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.panels.neuron.prediction_sketch import YOUR_COLOR
from app.widgets.theme import Theme

GATES = 4


class SaidSpan(QWidget):
    """A dashed line, in the colour of every prediction, under as many gates as were said. It stays while they are ticked."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.number: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()
        theme.changed.connect(self.updateGeometry)

    @property
    def text(self) -> str:
        """What is to be read; "" where nothing was said."""
        return "" if self.number is None else f"you: {self.number} of {GATES}"

    def show_number(self, number: float | None) -> None:
        """What was said; None: nothing yet."""
        self.number = None if number is None else round(number)
        self.setAccessibleName(self.text)
        self.setVisible(self.number is not None)
        self.update()

    def share(self) -> float:
        """How much of the row of gates the line goes under, 0 to 1."""
        return (self.number or 0) / GATES

    def sizeHint(self) -> QSize:
        return QSize(10, math.ceil(QFontMetricsF(self._theme.font("small")).height()) + self._theme.gap(5))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        pen = QPen(theme.color(YOUR_COLOR), theme.line_width + 0.5, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        top, tick = theme.line_width, theme.gap(4)
        ends = (1.0, self.width() * self.share() - 1.0)
        if self.number:
            painter.drawLine(QPointF(ends[0], top), QPointF(ends[1], top))
            pen.setStyle(Qt.PenStyle.SolidLine)
            painter.setPen(pen)
            for x in ends:
                painter.drawLine(QPointF(x, 0.0), QPointF(x, tick))
        painter.setFont(theme.font("small"))
        room = self.rect().adjusted(theme.gap(4), tick, 0, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, self.text)
        painter.end()
