"""Where the window stands: as it was left, or, the first time, whole on its screen with its frame. Knows no panel."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QObject, QPoint, QRect, QSettings, QSize, QTimer, Slot
from PySide6.QtWidgets import QMainWindow, QStyle

FIRST_SIZE = QSize(1280, 800)
SETTLING_MS = 3000  # a desktop that has just been started frames its windows late


def restore_place(window: QMainWindow, geometry: QSettings) -> bool:
    """Size and place as they were kept in `geometry`; False where there is nothing kept, or nothing that can be used."""
    stored = geometry.value("window/geometry")
    return isinstance(stored, QByteArray) and window.restoreGeometry(stored)


def take_first_size(window: QMainWindow) -> None:
    """The size of the design, or what the screen has left of it above which a title bar finds room."""
    title = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight, None, window)
    room = window.screen().availableGeometry().size() - QSize(0, title)
    window.resize(FIRST_SIZE.boundedTo(room))


def keep_on_screen(window: QMainWindow) -> None:
    """Nothing of the window, with the frame that it has now, lies beyond the screen's edges."""
    if window.windowHandle() is None or window.isMaximized() or window.isFullScreen():
        return
    # the handle, not the widget, which keeps for long what it read before the window manager had given it a frame
    margins, room = window.windowHandle().frameMargins(), window.screen().availableGeometry()
    frame = window.geometry().marginsAdded(margins)
    size = frame.size().boundedTo(room.size())
    place = QPoint(
        max(room.left(), min(frame.left(), room.left() + room.width() - size.width())),
        max(room.top(), min(frame.top(), room.top() + room.height() - size.height())),
    )
    inside = QRect(place, size).marginsRemoved(margins)
    if inside != window.geometry():
        window.setGeometry(inside)


class FirstPlacing(QObject):
    """Keeps a window on its screen while it gets its frame: on X11 that may come any time after the first paint.

    It looks at the first paint, after each move and change of size in the SETTLING_MS that follow, and once more at their end.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.setInterval(0)  # not in the middle of the event that is looked at
        self._look.timeout.connect(self._on_look_due)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLING_MS)
        self._settling.timeout.connect(self._on_settled)

    @Slot()
    def begin(self) -> None:
        """The window has been painted."""
        self._window.installEventFilter(self)
        self._settling.start()
        self._look.start()

    @Slot()
    def _on_look_due(self) -> None:
        keep_on_screen(self._window)

    @Slot()
    def _on_settled(self) -> None:
        self._window.removeEventFilter(self)
        keep_on_screen(self._window)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize):
            self._look.start()
        elif event.type() == QEvent.Type.Close:
            self._look.stop()
            self._settling.stop()
        return super().eventFilter(watched, event)
