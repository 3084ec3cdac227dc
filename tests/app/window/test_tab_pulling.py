"""A panel is pulled out of its row of tabs with the mouse."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QTabBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
PRESS, MOVE, RELEASE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease


def row_of(window: MainWindow) -> QTabBar:
    """The row of the panels' tabs."""
    return next(bar for bar in window.findChildren(QTabBar) if bar.parentWidget() is window and bar.count() > 1)


def send(bar: QTabBar, kind: QEvent.Type, place: QPoint) -> None:
    """What the mouse does goes to whoever holds it, as the desktop has it."""
    holder = QWidget.mouseGrabber() or bar
    at = QPointF(bar.mapToGlobal(place))
    button, buttons = (NONE, LEFT) if kind == MOVE else (LEFT, LEFT if kind == PRESS else NONE)
    event = QMouseEvent(kind, QPointF(holder.mapFromGlobal(at)), at, button, buttons, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(holder, event)


def test_a_tab_moved_along_its_row_stays_and_one_pulled_out_floats_under_the_pointer(
    build_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = build_window()
    qtbot.waitUntil(lambda: row_of(window).accessibleName() == "Panels")
    bar, dock = row_of(window), window.docks["builder"]
    place = bar.tabRect(next(i for i in range(bar.count()) if bar.tabText(i) == dock.windowTitle())).center()
    send(bar, PRESS, place)
    send(bar, MOVE, place + QPoint(60, 4))
    assert not dock.isFloating()
    for far in (80, 120, 200):
        send(bar, MOVE, place + QPoint(60, far))
    assert dock.isFloating()
    assert dock.frameGeometry().contains(bar.mapToGlobal(place + QPoint(60, 200)))
    send(bar, RELEASE, place + QPoint(60, 200))
    assert QWidget.mouseGrabber() is None
    assert dock.isFloating()
    assert dock.panel is not None
    assert dock.panel.is_awake
    assert not isinstance(window.focusWidget(), QToolButton), "no button of the toolbar has taken Space"
