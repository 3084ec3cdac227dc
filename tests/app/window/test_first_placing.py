"""FirstPlacing offscreen: what it does at the first paint, while a window settles, and after that. Frames: test_window_place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QSize
from PySide6.QtWidgets import QApplication, QMainWindow, QStyle
from pytestqt.qtbot import QtBot

from app import window_place
from app.window_place import FIRST_SIZE, FirstPlacing, restore_place, take_first_size

Place = Callable[[int], QMainWindow]


@pytest.fixture
def place(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Place:
    """place(settling_ms): a window on show, half beyond the screen's right edge, that has just been painted."""

    def make(settling_ms: int) -> QMainWindow:
        monkeypatch.setattr(window_place, "SETTLING_MS", settling_ms)
        window = QMainWindow()
        qtbot.addWidget(window)
        window.resize(300, 200)
        window.show()
        qtbot.waitExposed(window)
        placing = FirstPlacing(window)
        push_out(window)
        placing.begin()
        return window

    return make


def push_out(window: QMainWindow) -> None:
    room = window.screen().availableGeometry()
    window.move(room.right() - 100, room.top() + 20)


def is_inside(window: QMainWindow) -> bool:
    return window.screen().availableGeometry().contains(window.geometry())


def test_at_the_first_paint_and_while_it_settles_a_window_comes_back(qtbot: QtBot, place: Place) -> None:
    window = place(60_000)
    assert not is_inside(window), "not in the middle of the paint"
    qtbot.waitUntil(lambda: is_inside(window))
    push_out(window)
    qtbot.waitUntil(lambda: is_inside(window))
    window.resize(5_000, 200)
    qtbot.waitUntil(lambda: is_inside(window))


def test_a_window_that_has_settled_stays_where_a_person_puts_it(qtbot: QtBot, place: Place) -> None:
    window = place(0)
    settling = window.findChild(FirstPlacing)
    assert settling is not None
    qtbot.waitUntil(lambda: is_inside(window))
    qtbot.waitUntil(lambda: not any(timer.isActive() for timer in (settling._look, settling._settling)))
    push_out(window)
    QApplication.processEvents()
    assert not settling._look.isActive()
    assert not is_inside(window)


def test_it_looks_once_more_when_a_window_has_settled(
    qtbot: QtBot, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[QMainWindow] = []
    monkeypatch.setattr(window_place, "keep_on_screen", looked.append)  # it moves nothing, so that nothing asks again
    window = place(20)
    settling = window.findChild(FirstPlacing)
    assert settling is not None
    assert settling._settling.isActive()
    qtbot.waitUntil(lambda: not settling._settling.isActive())
    assert len(looked) >= 2


def test_a_window_that_is_closed_is_left_alone(qtbot: QtBot, place: Place) -> None:
    window = place(60_000)
    window.close()
    settling = window.findChild(FirstPlacing)
    assert settling is not None
    assert not settling._look.isActive()
    assert not settling._settling.isActive()


def test_the_first_size_leaves_room_for_a_title_and_what_is_kept_is_used_only_where_it_can_be(
    qtbot: QtBot, tmp_path: Path
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    take_first_size(window)
    title = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight, None, window)
    room = window.screen().availableGeometry().size() - QSize(0, title)
    assert window.size() == FIRST_SIZE.boundedTo(room)
    assert window.height() < window.screen().availableGeometry().height()
    kept = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    assert not restore_place(window, kept)
    kept.setValue("window/geometry", "what an editor left")
    assert not restore_place(window, kept)
    window.resize(320, 240)
    kept.setValue("window/geometry", window.saveGeometry())
    window.resize(400, 300)
    assert restore_place(window, kept)
    assert window.size() == QSize(320, 240)
