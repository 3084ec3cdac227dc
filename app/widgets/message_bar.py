"""Message bar: one sentence at a time, with at most one thing to do about it. Imports neither workspace nor panels."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from app.widgets.icons import icon
from app.widgets.theme import Theme

Kind = Literal["info", "warning", "error"]
_ICON = {"info": ("about", "accent"), "warning": ("warning", "warning"), "error": ("error", "bad")}
LEAST_WIDTH = 420  # px of the design: room for half a sentence a line


def reading_ms(text: str) -> int:
    """Time enough to notice a sentence and read it aloud, in ms: 3 s, and 15 letters a second."""
    return 3000 + len(text) * 1000 // 15


@dataclass(frozen=True)
class Message:
    """One sentence for the person. `action` is a bound method that the button `action_text` calls; both or neither."""

    text: str
    kind: Kind = "info"
    action_text: str | None = None
    action: Callable[[], object] | None = None


class MessageBar(QFrame):
    """Shows messages in their order, one at a time; the same sentence twice in a row is one message. Esc dismisses it.

    A notice that asks for nothing goes by itself, once there was time to read it; a warning or an error stays.
    """

    shown = Signal(str)
    dismissed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message_bar")
        self._theme = theme
        self._queue: deque[Message] = deque()
        self._current: Message | None = None
        self._reading = QTimer(self)
        self._reading.setSingleShot(True)
        self._reading.timeout.connect(self.dismiss)
        self._symbol = QLabel(self)
        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._count = QLabel(self)
        self._count.setObjectName("muted")
        self._button = QPushButton(self)
        self._button.clicked.connect(self._on_action_clicked)
        self._close = QToolButton(self)
        self._close.setIcon(icon(theme, "close"))
        self._close.setToolTip("Dismiss this message (Esc)")
        self._close.setAccessibleName("Dismiss message")
        self._close.clicked.connect(self.dismiss)
        self._layout = QHBoxLayout(self)
        for widget in (self._symbol, self._text, self._count, self._button, self._close):
            self._layout.addWidget(widget)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.hide()

    @property
    def current(self) -> Message | None:
        """The message on show, if any."""
        return self._current

    @property
    def waiting(self) -> int:
        """How many wait behind it."""
        return len(self._queue)

    @Slot(object)
    def post(self, message: Message) -> None:
        """Show `message` once those before it are dismissed; an error goes to the front of those that wait."""
        last = self._queue[-1] if self._queue else self._current
        if last is not None and last.text == message.text and last.kind == message.kind:
            return
        if message.kind == "error":
            self._queue.appendleft(message)
            if self._current is not None and self._current.kind != "error":
                self._current = None  # a mere notice gives way to it
        else:
            self._queue.append(message)
        if self._current is None:
            self._show_next()
        else:
            self._show_count()

    @Slot()
    def dismiss(self) -> None:
        """Put the message away and show the next one."""
        self._reading.stop()
        if self._current is not None:
            text, self._current = self._current.text, None
            self.dismissed.emit(text)
        self._show_next()

    @Slot(object)
    def withdraw(self, message: Message) -> None:
        """Put `message` away, on show or waiting: what it says is over."""
        if message in self._queue:
            self._queue.remove(message)
            self._show_count()
        elif message == self._current:
            self.dismiss()

    @Slot()
    def clear(self) -> None:
        """Put away all messages."""
        self._queue.clear()
        self.dismiss()

    def place(self, window: QRect, free: QRect) -> None:
        """Float in `free`, beside the menus, where nothing is to be read; where that is too narrow, over the status bar.

        A bar that pushed the panels aside would lay out every plot anew.
        """
        gap = self._theme.gap
        is_beside = free.width() >= self._theme.px(LEAST_WIDTH) + gap(16)
        self._layout.setContentsMargins(gap(12), gap(1 if is_beside else 6), gap(8), gap(1 if is_beside else 6))
        room = (free if is_beside else window).width() - gap(16)
        self._text.setFont(self._theme.font("body"))
        if is_beside and self._width_of_a_line() > room:
            self._text.setFont(self._theme.font("small"))  # two lines of body type would reach into the tools below
        width = min(room, max(self._width_of_a_line(), self._theme.px(LEAST_WIDTH)))
        height = max(self.heightForWidth(width), self._layout.minimumSize().height())
        if is_beside:
            self.setGeometry(free.right() - gap(8) - width, free.top() + gap(1), width, height)
        else:
            self.setGeometry((window.width() - width) // 2, window.bottom() - gap(4) - height, width, height)

    def _width_of_a_line(self) -> int:
        """px at which the whole text stands in one line."""
        others = self._layout.sizeHint().width() - self._text.sizeHint().width()
        return others + self._text.fontMetrics().horizontalAdvance(self._text.text()) + self._theme.gap(8)

    def _show_next(self) -> None:
        if not self._queue:
            self.hide()
            return
        message = self._current = self._queue.popleft()
        self._reading.stop()
        if message.kind == "info" and message.action is None:
            self._reading.start(reading_ms(message.text))
        self._text.setText(message.text)
        self._button.setVisible(message.action is not None)
        self._button.setText(message.action_text or "")
        self._button.setToolTip(f"{message.action_text}, as this message proposes")
        self.setProperty("kind", message.kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self._show_symbol()
        self._show_count()
        self.setAccessibleName(message.text)
        self.show()
        announcement = QAccessibleAnnouncementEvent(self, message.text)
        if message.kind == "error":
            announcement.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(announcement)
        self.shown.emit(message.text)

    def _show_count(self) -> None:
        self._count.setVisible(bool(self._queue))
        self._count.setText(f"{len(self._queue)} more")

    def _show_symbol(self) -> None:
        name, token = _ICON[self._current.kind if self._current else "info"]
        size = self._theme.px(20)
        self._symbol.setPixmap(icon(self._theme, name, token).pixmap(QSize(size, size), self.devicePixelRatioF()))

    @Slot()
    def _on_action_clicked(self) -> None:
        action = self._current.action if self._current else None
        self.dismiss()
        if action is not None:
            action()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._layout.setSpacing(self._theme.gap(8))
        self._close.setIconSize(QSize(self._theme.px(16), self._theme.px(16)))
        self._show_symbol()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)
