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


def test_a_floating_panel_is_raised_above_the_window_that_opens(build_window, qtbot, monkeypatch) -> None:
    window = build_window()
    window.docks["hardware"].setFloating(True)
    raised: list[str] = []
    monkeypatch.setattr(PanelDock, "raise_", lambda dock: raised.append(dock.spec.name))
    for deed in ("training.warm_up", "hardware.start"):
        part, name = deed.split(".")
        monkeypatch.setattr(getattr(window.workspace, part), name, lambda: None)
    session = WindowSession(window, CrashReporter())
    raised.clear()
    session._on_window_painted()
    qtbot.waitUntil(lambda: raised == ["hardware"])
