"""What the panels' tests share: the paper theme, a workspace of what a test plays, and a panel shown and closed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.network_document import NetworkDocument
from app.panel_catalog import build_panel, find_panel
from app.user_settings import UserSettings
from app.widgets.theme import Theme
from app.workspace import Workspace
from trainers.network_files import load_preset


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The paper theme; its stylesheet is put on when a panel is shown, in the order in which the real window is opened."""
    theme = Theme("paper")
    theme.install(qapp, may_wait=True)
    yield theme
    # what is closed is not to be polished once more
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.setStyleSheet("")


@pytest.fixture
def make_workspace(theme: Theme, tmp_path: Path) -> Callable[..., Workspace]:
    """make_workspace(Training, Monitor): LeNet-5 on the table, a training made of it, and a monitor."""

    def make(training: Callable[[NetworkDocument], Any], monitor: Callable[[], Any] = QObject) -> Workspace:
        document = NetworkDocument(load_preset("lenet5"))
        return Workspace(document, training(document), monitor(), UserSettings(tmp_path / "settings"), theme)

    return make


@pytest.fixture
def show(qtbot: QtBot, workspace: Workspace, panel_name: str) -> Iterator[Callable[..., Any]]:
    """show(width, height): the panel of the module's `panel_name` over its `workspace`, closed after the test."""
    kept = []  # a panel that only a caught error's frame still knew would be collected in the middle of its painting

    def build(width: int = 1280, height: int = 800) -> Any:
        panel = build_panel(find_panel(panel_name), workspace)
        qtbot.addWidget(panel)
        kept.append(panel)
        panel.resize(width, height)
        workspace.theme.put_on_stylesheet()
        panel.show()
        qtbot.waitExposed(panel)
        return panel

    yield build
    for panel in kept:
        panel.close_panel()
