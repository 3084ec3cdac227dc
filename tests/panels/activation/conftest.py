"""The activation panel over a workspace without a training."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from app.activation_session import ActivationSession
from app.panels.activation.panel import ActivationPanel
from app.workspace import Workspace

sys.path.insert(0, str(Path(__file__).parent))

from lasting_line import LastingLine
from played_race import PlayedRaces
from race_hands import play_races


class NoTraining(QObject):
    """A workspace has a training and a monitor; the activation panel asks nothing of them."""

    state_changed = Signal(str)
    choice_changed = Signal()
    state = "idle"

    def shutdown(self) -> None:
        """There is nothing to end."""


@pytest.fixture
def panel_name() -> str:
    return "activation"


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace]) -> Iterator[Workspace]:
    workspace = make_workspace(lambda _: NoTraining(), NoTraining)
    yield workspace
    workspace.shut_down_jobs()
    workspace.document.close()


@pytest.fixture
def races(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> PlayedRaces:
    """A played session in the place of the workspace's own, and a panel that opens with the race.

    To build the curves behind it took a third of the time before a test.
    """
    monkeypatch.setattr(ActivationPanel, "first_view", "race")
    return play_races(workspace)


@pytest.fixture
def messages(workspace: Workspace) -> list[str]:
    """What the workspace says to the person, as it is said."""
    said: list[str] = []
    workspace.message_posted.connect(lambda message: said.append(message.text))
    return said


@pytest.fixture(scope="session")
def lasting_line(qapp: QApplication) -> Iterator[LastingLine]:
    line = LastingLine()
    yield line
    line.end()


@pytest.fixture
def lasting_worker(lasting_line: LastingLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session is over the one worker of all tests that leave it alive (their xdist_group is "activation_worker")."""
    monkeypatch.setattr("app.activation_session.ActivationSession", partial(ActivationSession, line=lasting_line))
