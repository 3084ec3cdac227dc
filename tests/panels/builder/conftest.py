"""The network panel over a training that never runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from app.network_document import NetworkDocument
from app.panels.builder.panel import BuilderPanel
from app.widgets.message_bar import Message
from app.workspace import Workspace
from trainers.training_plan import ClassifierSettings, DataChoice

sys.path.insert(0, str(Path(__file__).parent))  # for builder_person: importlib mode adds no folder to the path

from builder_person import Person


class StillTraining(QObject):
    """A training that never runs."""

    events_arrived = Signal(list)
    state_changed = Signal(str)
    choice_changed = Signal()
    state = "idle"
    run = None
    data = DataChoice("digits")
    settings = ClassifierSettings()

    def set_data(self, data: DataChoice) -> None:
        """Another choice of data."""
        self.data = data

    def set_setting(self, name: str, value: object) -> None:
        """Another value of a setting."""
        self.settings = msgspec.structs.replace(self.settings, **{name: value})


@pytest.fixture
def panel_name() -> str:
    return "builder"


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace]) -> Workspace:
    return make_workspace(lambda _: StillTraining())


@pytest.fixture
def document(workspace: Workspace) -> NetworkDocument:
    return workspace.document


@pytest.fixture
def messages(workspace: Workspace) -> list[Message]:
    """What the message bar was given, in order."""
    heard: list[Message] = []
    workspace.message_posted.connect(heard.append)
    return heard


@pytest.fixture
def person(show: Callable[..., BuilderPanel]) -> Person:
    """A person in front of LeNet-5."""
    return Person(show(1280, 800))


@pytest.fixture
def settle(qtbot: QtBot) -> Callable[[BuilderPanel], None]:
    """Wait until all that was typed into the source and drawn has been followed."""

    def until_still(panel: BuilderPanel) -> None:
        qtbot.waitUntil(lambda: not panel.source.is_busy)

    return until_still
