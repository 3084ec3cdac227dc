"""SpikeLine: two spikes on a time line that are taken by the mouse or moved by keys, and the interval between them. Knows no bench."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.panels.neuron.benches.timing.state import REACH_MS
from app.panels.neuron.benches.timing.words import interval_text, order_text
from app.simulation.biology.spike_timing import PAIR_HARD
from app.widgets.theme import Theme

_STEPS_MS = {Qt.Key.Key_Left: -1.0, Qt.Key.Key_Right: 1.0}
_NAMES = {"pre": "pre: the input fires", "post": "post: the cell fires"}
_COLORS = {"pre": "positive", "post": "text"}
_TICK_MS, _WIDE_TICK_MS = 20, 50  # the latter where figures would run into one another
BAND_ALPHA = 0.13  # of the colour of the 20 ms on each side


class SpikeHandle(QWidget):
    """One spike: a bar with a grip. Arrow keys move it by 1 ms, with Shift by 0.1 ms; the mouse drags it."""

    wished = Signal(float)  # ms, where a person wants it
    let_go = Signal()  # the gesture has ended

    def __init__(self, line: SpikeLine, name: str) -> None:
        super().__init__(line)
        self._line = line
        self.name = name
        self._grip = 0.0  # px from the bar to where the mouse took hold
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setToolTip(f"Drag the {name} spike along the time line (← → by 1 ms, with Shift by 0.1 ms)")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grip = event.position().x() - self.width() / 2
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            x = self.mapTo(self._line, event.position()).x() - self._grip
            self.wished.emit(round(self._line.time_at(x), 1))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.let_go.emit()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS_MS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            step /= 10.0
        self.wished.emit(round(self._line.place(self.name) + step, 1))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) in _STEPS_MS and not event.isAutoRepeat():
            self.let_go.emit()
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.let_go.emit()  # a key that was held down is let go elsewhere

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._line.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = theme.color(_COLORS[self.name])
        middle, height, half = self.width() / 2, float(self.height()), theme.px(7.0)
        painter.setPen(QPen(color, theme.px(3)))
        is_up = self.name == "pre"
        foot, head = (height, half * 1.6) if is_up else (0.0, height - half * 1.6)
        painter.drawLine(QPointF(middle, foot), QPointF(middle, head))
        tip = 1.0 if is_up else height - 1.0
        shape = QPolygonF(
            [QPointF(middle - half, tip), QPointF(middle + half, tip), QPointF(middle + half, head),
             QPointF(middle, head + (half if is_up else -half)), QPointF(middle - half, head)]
        )  # fmt: skip
        painter.setPen(QPen(theme.color("panel"), 1))
        painter.setBrush(color)
        painter.drawPolygon(shape)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)


class SpikeLine(QWidget):
    """Both spikes between -100 and 100 ms; their interval is kept within 100 ms. `moved` follows a drag, `settled` ends it."""

    moved = Signal()
    settled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._places = {"pre": 0.0, "post": 10.0}
        self._settled = dict(self._places)
        self._is_revealed = False
        self._has_words = True
        self.setAccessibleName("Time line of both spikes")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.handles = {name: SpikeHandle(self, name) for name in ("pre", "post")}
        for handle in self.handles.values():
            handle.wished.connect(self._on_place_wished)
            handle.let_go.connect(self._on_handle_let_go)
        theme.changed.connect(self._on_theme_changed)
        self._name_handles()

    # --- what a bench reads and sets ----------------------------------------------------------------------------------

    def place(self, name: str) -> float:
        """When the spike `name` ("pre" or "post") comes, ms."""
        return self._places[name]

    @property
    def interval_ms(self) -> float:
        """Post minus pre."""
        return round(self._places["post"] - self._places["pre"], 6)

    def set_places(self, pre_ms: float, post_ms: float) -> None:
        """Put both spikes there; emits nothing."""
        self._places = {"pre": pre_ms, "post": post_ms}
        self._settled = dict(self._places)
        self._name_handles()
        self._lay_out()

    def set_revealed(self, is_revealed: bool, *, has_words: bool = True) -> None:
        """Whether the 20 ms around the pre spike are drawn: they answer the bench's question. has_words: with what they mean."""
        self._is_revealed = is_revealed
        self._has_words = has_words
        self.update()

    def time_at(self, x: float) -> float:
        """The time in ms at pixel x."""
        left, right = self._span()
        return (x - left) / (right - left) * 2 * REACH_MS - REACH_MS

    def x_of(self, time_ms: float) -> float:
        """The pixel of a time in ms."""
        left, right = self._span()
        return left + (time_ms + REACH_MS) / (2 * REACH_MS) * (right - left)

    # --- layout -------------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(self.theme.px(480), self.theme.px(92))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.theme.px(300), self.theme.px(92))

    def _span(self) -> tuple[float, float]:
        words = QFontMetricsF(self.theme.font("value")).horizontalAdvance(_NAMES["post"])
        return words + self.theme.gap(24), float(self.width() - self.theme.px(24))

    def _rows(self) -> tuple[float, float]:
        """Top of the axis' line and height of a lane."""
        text = QFontMetricsF(self.theme.font("small")).height()
        axis = self.height() - text - self.theme.gap(4)
        return axis, axis / 2

    def _lay_out(self) -> None:
        axis, _ = self._rows()
        width, height = self.theme.px(26), round(axis * 0.44)
        for name, handle in self.handles.items():
            x = round(self.x_of(self._places[name]) - width / 2)
            y = 0 if name == "pre" else round(axis - height)
            handle.setGeometry(x, y, width, height)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _name_handles(self) -> None:
        for name, handle in self.handles.items():
            handle.setAccessibleName(f"{name.capitalize()} spike at {self._places[name]:g} ms")
            handle.setAccessibleDescription(
                f"Interval {interval_text(self.interval_ms)}: {order_text(self.interval_ms)}"
            )

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot(float)
    def _on_place_wished(self, time_ms: float) -> None:
        handle = self.sender()
        if not isinstance(handle, SpikeHandle):
            return
        other = self._places["post" if handle.name == "pre" else "pre"]
        low, high = max(-REACH_MS, other - REACH_MS), min(REACH_MS, other + REACH_MS)
        kept = min(max(time_ms, low), high) + 0.0  # no -0
        if kept != self._places[handle.name]:
            self._places[handle.name] = kept
            self._name_handles()
            self._lay_out()
            self.moved.emit()

    @Slot()
    def _on_handle_let_go(self) -> None:
        if self._places != self._settled:
            self._settled = dict(self._places)
            self.settled.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self._lay_out()

    # --- painting -----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        axis, lane = self._rows()
        if self._is_revealed:
            self._paint_window(painter, axis, lane)
        self._paint_axis(painter, axis)
        self._paint_lanes(painter, axis, lane)
        self._paint_interval(painter, lane)

    def _paint_window(self, painter: QPainter, axis: float, lane: float) -> None:
        """The 20 ms on both sides of the pre spike, in the lane of the post spike."""
        theme = self.theme
        pre = self._places["pre"]
        painter.setFont(theme.font("small"))
        for sign, words in ((-1, "weaker"), (1, "stronger")):
            ends = sorted((pre, min(max(pre + sign * PAIR_HARD.window_ms, -REACH_MS), REACH_MS)))
            area = QRectF(self.x_of(ends[0]), lane, self.x_of(ends[1]) - self.x_of(ends[0]), axis - lane)
            color = theme.color("positive" if sign > 0 else "negative")
            painter.setPen(color)
            color.setAlphaF(BAND_ALPHA)
            painter.fillRect(area, color)
            has_room = area.width() > QFontMetricsF(theme.font("small")).horizontalAdvance(words)
            if self._has_words and has_room and not ends[0] <= self._places["post"] <= ends[1]:
                painter.drawText(area, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, words)

    def _paint_axis(self, painter: QPainter, axis: float) -> None:
        theme = self.theme
        painter.setFont(theme.font("small"))
        small = QFontMetricsF(theme.font("small"))
        left, right = self._span()
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(QPointF(left, axis), QPointF(right, axis))
        is_narrow = self.x_of(_TICK_MS) - self.x_of(0) < small.horizontalAdvance(f"{REACH_MS:.0f} ms")
        for time in range(-round(REACH_MS), round(REACH_MS) + 1, _WIDE_TICK_MS if is_narrow else _TICK_MS):
            x = self.x_of(time)
            painter.setPen(QPen(theme.color("border"), 1))
            painter.drawLine(QPointF(x, axis), QPointF(x, axis - theme.gap(4)))
            text = f"{time:d}".replace("-", "−") + (" ms" if time == REACH_MS else "")
            width = small.horizontalAdvance(text)
            painter.setPen(theme.color("muted"))
            place = min(x - width / 2, self.width() - width)
            painter.drawText(QPointF(place, axis + small.ascent() + theme.gap(3)), text)

    def _paint_lanes(self, painter: QPainter, axis: float, lane: float) -> None:
        theme = self.theme
        painter.setFont(theme.font("value"))
        for name, top in (("pre", 0.0), ("post", axis - lane * 0.88)):
            painter.setPen(theme.color(_COLORS[name]))
            area = QRectF(0.0, top, self._span()[0], lane * 0.88)
            painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, _NAMES[name])

    def _paint_interval(self, painter: QPainter, lane: float) -> None:
        """An arrow from the pre to the post spike, and its length beside it."""
        theme = self.theme
        start, end = self.x_of(self._places["pre"]), self.x_of(self._places["post"])
        pen = QPen(theme.color("accent"), theme.line_width)
        painter.setPen(pen)
        if start != end:
            painter.drawLine(QPointF(start, lane), QPointF(end, lane))
            barb = min(theme.px(5.0), abs(end - start) * 0.6) * (1 if end > start else -1)
            painter.drawLine(QPointF(end, lane), QPointF(end - barb, lane - abs(barb) * 0.7))
            painter.drawLine(QPointF(end, lane), QPointF(end - barb, lane + abs(barb) * 0.7))
        font = theme.font("heading")
        metrics = QFontMetricsF(font)
        text = f"s = {interval_text(self.interval_ms)}"
        words = f"{text}   {order_text(self.interval_ms)}"
        room = self.width() - max(start, end) - theme.px(16)
        text = words if metrics.horizontalAdvance(words) < max(room, min(start, end) - self._span()[0]) else text
        width = metrics.horizontalAdvance(text)
        x = max(start, end) + theme.px(16)
        if x + width > self.width():
            x = min(start, end) - theme.px(16) - width
        box = QRectF(x - 4, lane - metrics.height() / 2, width + 8, metrics.height())
        painter.fillRect(box, theme.color("panel"))
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
