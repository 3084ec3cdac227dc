"""PulseTrain, one second of a stimulation, and LastingAxis, minutes to months on a logarithmic axis. Both only draw; know no bench."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.widgets.theme import Theme

_HOUR, _DAY = 60.0, 24 * 60.0  # minutes
_TICKS = (
    (1.0, "1 min"), (10.0, "10 min"), (_HOUR, "1 h"), (5 * _HOUR, "5 h"), (_DAY, "1 day"),
    (7 * _DAY, "1 week"), (30 * _DAY, "1 month"), (365 * _DAY, "1 year"),
)  # fmt: skip
# from, to (minutes), what it is called, why: Frey et al. 1988 (beyond 5 h only with new proteins), Abraham 2003 (weeks, months)
SPANS = (
    (1.0, 5 * _HOUR, "early: no new proteins"),
    (5 * _HOUR, 30 * _DAY, "late: needs new proteins"),
    (30 * _DAY, 365 * _DAY, "for months"),
)
LASTING_SOURCE = "Frey et al. 1988, Brain Res 452:57; dentate gyrus: Abraham 2003, Phil Trans R Soc B 358:735"
_WHY = (
    "Where no new proteins can be made it fades after about 5 h (Frey et al. 1988). In the dentate gyrus it lasts from hours to "
    "weeks, or, where it becomes stable, for months and longer (Abraham 2003)."
)


class PulseTrain(QWidget):
    """One second of the stimulation: a tick for each pulse."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._frequency, self._pulses, self._words = 1.0, 900, ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            "One second of the stimulation as it would reach the synapse; the whole of it is computed at once"
        )
        theme.changed.connect(self.updateGeometry)

    def show_train(self, frequency_Hz: float, pulses: int, words: str) -> None:
        """Pulses at `frequency_Hz`; `words` say how long all of them take."""
        self._frequency, self._pulses, self._words = frequency_Hz, pulses, words
        self.setAccessibleName(f"Stimulation at {frequency_Hz:g} Hz: {words}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(300), self._theme.px(40))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("value"))
        metrics = QFontMetricsF(theme.font("value"))
        first = f"{self._frequency:g} Hz, 1 s of it"
        left = metrics.horizontalAdvance("00.00 Hz, 1 s of it") + theme.gap(12)
        right = self.width() - metrics.horizontalAdvance("900 pulses take 1800 min") - theme.gap(12)
        painter.setPen(theme.color("text"))
        box = QRectF(0, 0, self.width(), self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, first)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._words)
        foot = self.height() - theme.gap(4)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(QPointF(left, foot), QPointF(right, foot))
        count = min(math.ceil(self._frequency), self._pulses)
        painter.setPen(QPen(theme.color("positive"), 2 if self._frequency > 40 else 3))
        for number in range(count):
            x = left + 2 + number / self._frequency * (right - left - 4)
            painter.drawLine(QPointF(x, foot), QPointF(x, theme.gap(4)))


class LastingAxis(QWidget):
    """How long a change of a synapse lasts: a scale with its phases, not a wait."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("How long it lasts: from minutes to months")
        self.setAccessibleDescription("; ".join(words for _, _, words in SPANS))
        self.setToolTip(_WHY)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(400), self._theme.px(58))

    def x_of(self, minutes: float) -> float:
        """The pixel of a time after the stimulation."""
        left, right = self._theme.px(22.0), self.width() - self._theme.px(30.0)
        return left + math.log(minutes) / math.log(_TICKS[-1][0]) * (right - left)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small = QFontMetricsF(theme.font("small"))
        axis = self.height() - small.height() - theme.gap(4)
        painter.setFont(theme.font("small"))
        for number, (begin, end, words) in enumerate(SPANS):
            area = QRectF(self.x_of(begin), 2, self.x_of(end) - self.x_of(begin), axis - theme.gap(4))
            self._paint_span(painter, area, words, number)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(QPointF(self.x_of(1.0), axis), QPointF(self.width(), axis))
        for minutes, text in _TICKS:
            x, width = self.x_of(minutes), small.horizontalAdvance(text)
            painter.setPen(QPen(theme.color("border"), 1))
            painter.drawLine(QPointF(x, axis), QPointF(x, axis - theme.gap(4)))
            painter.setPen(theme.color("muted"))
            place = min(max(x - width / 2, 0.0), self.width() - width)
            painter.drawText(QPointF(place, axis + small.ascent() + theme.gap(2)), text)

    def _paint_span(self, painter: QPainter, area: QRectF, words: str, number: int) -> None:
        """A bar; the last one is open to the right."""
        theme = self._theme
        color: QColor = theme.color("accent")
        color.setAlphaF((0.30, 0.20, 0.12)[number])
        painter.setPen(QPen(theme.color("accent"), 1))
        painter.setBrush(color)
        if number == len(SPANS) - 1:
            tip = area.right() + theme.px(22)
            painter.drawPolygon(
                QPolygonF(
                    [
                        area.topLeft(),
                        area.topRight(),
                        QPointF(tip, area.center().y()),
                        area.bottomRight(),
                        area.bottomLeft(),
                    ]
                )
            )
        else:
            painter.drawRect(area)
        painter.setPen(theme.color("text"))
        metrics = QFontMetricsF(painter.font())
        text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, area.width() - 8)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
