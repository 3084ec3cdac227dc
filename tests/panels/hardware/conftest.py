"""The hardware panel on a played machine; lets the tests here import `played_machine`, which stands beside them."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.network_document import NetworkDocument
from app.panel_catalog import build_panel, find_panel
from app.panels.hardware.panel import HardwarePanel
from app.user_settings import UserSettings
from app.widgets.theme import Theme
from app.workspace import Workspace
from trainers.hardware import HardwareSample
from trainers.network_files import load_preset

sys.path.insert(0, str(Path(__file__).parent))

from played_machine import PlayedMonitor, PlayedTraining


@pytest.fixture
def workspace(qapp: QApplication, tmp_path: Path) -> Workspace:
    theme = Theme("paper")
    theme.install(qapp)
    document = NetworkDocument(load_preset("lenet5"))
    settings = UserSettings(tmp_path / "settings")
    return Workspace(document, PlayedTraining(), PlayedMonitor(), settings, theme)  # type: ignore[arg-type]


@pytest.fixture
def show(qtbot: QtBot, workspace: Workspace) -> Iterator[Callable[..., HardwarePanel]]:
    kept = []

    def build(width: int = 1280, height: int = 800) -> HardwarePanel:
        panel = build_panel(find_panel("hardware"), workspace)
        assert isinstance(panel, HardwarePanel)
        qtbot.addWidget(panel)
        kept.append(panel)
        panel.resize(width, height)
        panel.show()
        qtbot.waitExposed(panel)
        return panel

    yield build
    for panel in kept:
        panel.close_panel()


@pytest.fixture
def play(workspace: Workspace) -> Callable[..., None]:
    def send(*samples: HardwareSample) -> None:
        for one in samples:
            workspace.hardware.sampled.emit(one)

    return send
