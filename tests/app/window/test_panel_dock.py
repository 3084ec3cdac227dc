"""A panel's dock: its title, and what a window that opens does with a panel that floats."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from app.crash_report import CrashReporter
from app.panel_catalog import find_panel
from app.panel_dock import PanelDock
from app.widgets.theme import Theme
from app.window_session import WindowSession


@pytest.fixture
def theme(qapp):
    theme = Theme("projector")
    theme.install(qapp)
    yield theme
    qapp.setStyleSheet("")


def title_of(dock: PanelDock) -> QImage:
    dock.setFixedSize(400, 200)
    return dock.grab(QRect(0, 0, 300, 20)).toImage()


def test_a_title_follows_the_type_of_the_theme(theme, qtbot) -> None:
    room = QWidget()
    qtbot.addWidget(room)
    workspace = SimpleNamespace(theme=theme)
    made_before = PanelDock(find_panel("hardware"), workspace, room)
    large = title_of(made_before)
    theme.set_name("paper")
    made_after = PanelDock(find_panel("hardware"), workspace, room)
    assert title_of(made_before) == title_of(made_after)
    assert title_of(made_before) != large


def test_a_floating_panel_comes_to_the_screen_after_the_window_that_opens(build_window, qtbot, monkeypatch) -> None:
    window = build_window(show=False)
    monkeypatch.setattr(window.workspace.training, "warm_up", lambda: None)
    monkeypatch.setattr(window.workspace.hardware, "start", lambda: None)
    window.arrange("train")
    dock = window.docks["hardware"]
    dock.setFloating(True)
    session = WindowSession(window, CrashReporter())
    session.hold_floating_back()
    assert not dock.isVisible()
    window.show()
    qtbot.waitUntil(dock.isVisible)
    assert dock.isFloating()
