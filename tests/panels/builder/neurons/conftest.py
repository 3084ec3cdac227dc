"""A network whose neurons are open, over a training that is played and a count of regions in this process."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from neurons_person import CountedAtOnce, Person, PlayedTraining

from app.panels.builder.panel import BuilderPanel
from app.workspace import Workspace
from trainers.training_plan import DataChoice


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace]) -> Workspace:
    workspace = make_workspace(PlayedTraining)
    workspace._regions = CountedAtOnce(workspace)  # type: ignore[assignment]
    workspace.training.set_data(DataChoice("xor"))
    return workspace


@pytest.fixture
def training(workspace: Workspace) -> PlayedTraining:
    assert isinstance(workspace.training, PlayedTraining)
    return workspace.training


@pytest.fixture
def regions(workspace: Workspace) -> CountedAtOnce:
    assert isinstance(workspace.regions, CountedAtOnce)
    return workspace.regions


@pytest.fixture
def person(show: Callable[..., BuilderPanel]) -> Person:
    return Person(show(1280, 800))
