"""Where the window stands: as it was left, or, the first time, whole on its screen with its frame. Knows no panel."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QPoint, QSettings, QSize
from PySide6.QtWidgets import QMainWindow, QStyle

FIRST_SIZE = QSize(1280, 800)


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
    """Once the window has its frame, which nobody knows before: nothing of it lies beyond the screen's edges."""
    if window.isMaximized() or window.isFullScreen():
        return
    room, frame = window.screen().availableGeometry(), window.frameGeometry()
    beyond = QSize(max(0, frame.width() - room.width()), max(0, frame.height() - room.height()))
    if not beyond.isNull():
        window.resize(window.size() - beyond)
    size = frame.size() - beyond
    place = QPoint(
        max(room.left(), min(frame.left(), room.left() + room.width() - size.width())),
        max(room.top(), min(frame.top(), room.top() + room.height() - size.height())),
    )
    if place != frame.topLeft():
        window.move(place)
