"""The room of words that change: nothing around it moves unless they take another height."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.panels.activation.depth.steady_label import SteadyLabel


class Listener(QObject):
    """Counts how often what it listens to is laid out anew."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return super().eventFilter(watched, event)


def test_other_words_of_the_same_height_lay_nothing_out_anew_and_longer_ones_get_their_room(qtbot: QtBot) -> None:
    window, label = QWidget(), QLabel("ten times as large")
    label.setWordWrap(True)
    room, below = SteadyLabel(label), QWidget()
    layout = QVBoxLayout(window)
    layout.addWidget(room)
    layout.addWidget(below, 1)
    qtbot.addWidget(window)
    window.resize(400, 300)
    window.show()
    qtbot.waitUntil(lambda: label.width() == room.width() and label.height() == room.height() > 0)
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    top, listener = below.y(), Listener()
    window.installEventFilter(listener)
    label.setText("two times as large")
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    assert listener.count == 0
    assert below.y() == top
    label.setText("a sentence that is longer than one line can hold, and longer than two of them can hold " * 3)
    qtbot.waitUntil(lambda: below.y() > top)
    assert label.height() == room.height() >= label.heightForWidth(room.width())
