"""ScrubBar: what is recorded as a strip of time, with a tick for each spike, the branch, and a handle to drag. Knows no cell."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.widgets.theme import Theme

SHORTEST_MS = 20.0  # the strip shows at least so much, so that the handle does not jump while the first moments come
WINDOW_MS = 600.0  # and at most so much: a pixel is then half a millisecond


class ScrubBar(QWidget):
    """Emits `moved` with the moment that a person drags to, in ms. Left and right step by 0.1 ms, Home and End go to the ends."""

    moved = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._first = self._last = self._shown = 0.0
        self._spikes: tuple[float, ...] = ()
        self._branch: float | None = None
        self._drawn: tuple[object, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else all behind it is painted in each frame, too
        self.setAccessibleName("Time shown, slider")
        self.setToolTip("Drag to any recorded moment; each tick is a spike of the soma")
        theme.changed.connect(self._on_theme_changed)

    def show_times(
        self, first: float, last: float, shown: float, spikes: Sequence[float], branch: float | None
    ) -> None:
        """What is recorded (first to last, ms), the moment shown, the ticks, where the run branched off."""
        self._first, self._last, self._shown, self._branch = first, last, shown, branch
        low = self.low
        self._spikes = tuple(spike for spike in spikes if spike >= low)
        drawn = (round(self._x(shown)), round(self._x(last)), low, len(self._spikes), branch, self.size())
        if drawn != self._drawn:  # half the frames move nothing by a pixel
            self._drawn = drawn
            self.update()

    @property
    def low(self) -> float:
        """The moment at the left end, ms: the window follows the moment shown where not all fits."""
        if self.high_bound - self._first <= WINDOW_MS:
            return self._first
        latest = self.high_bound - WINDOW_MS
        return max(self._first, min(latest, self._shown - WINDOW_MS / 6))

    @property
    def high_bound(self) -> float:
        """The newest moment, or a little later while little is recorded."""
        return max(self._last, self._first + SHORTEST_MS)

    @property
    def high(self) -> float:
        """The moment at the right end, ms."""
        return min(self.high_bound, self.low + WINDOW_MS)

    def time_at(self, x: float) -> float:
        """The moment at pixel x, kept within what is recorded."""
        left, width = self._groove()
        share = min(max((x - left) / max(width, 1.0), 0.0), 1.0)
        return min(max(self.low + share * (self.high - self.low), self._first), self._last)

    def _groove(self) -> tuple[float, float]:
        margin = self._theme.px(8)
        return float(margin), float(self.width() - 2 * margin)

    def _x(self, time: float) -> float:
        left, width = self._groove()
        return left + width * (time - self.low) / (self.high - self.low)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, width = self._groove()
        middle = self.height() / 2.0
        thick = theme.px(6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("pressed"))
        painter.drawRoundedRect(QRectF(left, middle - thick / 2, width, thick), thick / 2, thick / 2)
        end = self._x(min(self._last, self.high))
        painter.setBrush(theme.color("accent"))
        painter.drawRoundedRect(QRectF(left, middle - thick / 2, max(end - left, 0.0), thick), thick / 2, thick / 2)
        self._draw_ticks(painter, middle)
        radius = theme.px(7)
        painter.setPen(QPen(theme.color("text"), theme.px(2)))
        painter.setBrush(theme.color("panel"))
        painter.drawEllipse(QPointF(self._x(self._shown), middle), radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _draw_ticks(self, painter: QPainter, middle: float) -> None:
        theme = self._theme
        reach = theme.px(9)
        painter.setPen(QPen(QColor(theme.color("text")), theme.px(2)))
        drawn = -math.inf
        for spike in self._spikes:
            x = self._x(spike)
            if x - drawn >= 2.0 and spike <= self.high:
                painter.drawLine(QPointF(x, middle - reach), QPointF(x, middle + reach))
                drawn = x
        if self._branch is not None and self.low <= self._branch <= self.high:
            x, side = self._x(self._branch), theme.px(5)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("test"))
            painter.drawPolygon([QPointF(x - side, 1.0), QPointF(x + side, 1.0), QPointF(x, 1.0 + 1.6 * side)])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.moved.emit(self.time_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.moved.emit(self.time_at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        wanted = {
            Qt.Key.Key_Left: self._shown - 0.1,
            Qt.Key.Key_Right: self._shown + 0.1,
            Qt.Key.Key_PageUp: self._shown - 10.0,
            Qt.Key.Key_PageDown: self._shown + 10.0,
            Qt.Key.Key_End: self._last,
        }.get(Qt.Key(event.key()))
        if wanted is None:
            super().keyPressEvent(event)
        else:
            self.moved.emit(min(max(wanted, self._first), self._last))

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(240), self._theme.px(26))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(80), self._theme.px(26))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
