"""The hardware panel on a played machine; lets the tests here import `played_machine`, which stands beside them."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.workspace import Workspace
from trainers.hardware import HardwareSample

sys.path.insert(0, str(Path(__file__).parent))

from played_machine import PlayedMonitor, PlayedTraining


@pytest.fixture
def panel_name() -> str:
    return "hardware"


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace]) -> Workspace:
    return make_workspace(lambda _: PlayedTraining(), PlayedMonitor)


@pytest.fixture
def play(workspace: Workspace) -> Callable[..., None]:
    def send(*samples: HardwareSample) -> None:
        for one in samples:
            workspace.hardware.sampled.emit(one)

    return send
