"""The activation panel over a workspace without a training."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal

from app.workspace import Workspace

sys.path.insert(0, str(Path(__file__).parent))


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
