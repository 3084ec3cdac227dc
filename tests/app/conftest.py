"""What the window's tests share: a network on a table, and sessions whose jobs need no torch."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.network_document import NetworkDocument
from app.training_session import TrainingSession
from trainers.network_graph import Layer, Link, NetworkGraph

JOBS = Path(__file__).parent
sys.path.insert(0, str(JOBS))  # for session_tools: importlib mode adds no folder to the path

MakeSession = Callable[..., TrainingSession]


@pytest.fixture(autouse=True)
def jobs_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker finds the jobs of numpy_jobs.py by name."""
    monkeypatch.setenv("PYTHONPATH", str(JOBS))


@pytest.fixture
def make_session(qtbot: QtBot, tmp_path: Path) -> Generator[MakeSession, None, None]:
    """make_session(**tricks): a session on the numpy job, with the tricks of numpy_jobs.Tricks; ended after the test."""
    made: list[TrainingSession] = []

    def make(*, train: str = "numpy_jobs:train", answer: str | None = None, **tricks: Any) -> TrainingSession:
        document = NetworkDocument(line_network(**tricks))
        jobs = {"train": train, "answer": answer, "look_inside": "numpy_jobs:look_inside"}
        session = TrainingSession(document, tmp_path / "runs", document, **jobs, warm_up=None)
        made.append(session)
        return session

    yield make
    for session in made:
        session.shutdown()


def line_network(name: str = "line", **tricks: Any) -> NetworkGraph:
    """The smallest network, with a job's tricks in its comment."""
    layers = (Layer("input", "input", {"shape": (4,)}), Layer("line", "dense", {"units": 1}))
    return NetworkGraph(name, layers, (Link("input", "line"),), comment=json.dumps(tricks))


@pytest.fixture
def make_network() -> Callable[..., NetworkGraph]:
    """make_network(name, **tricks), as `line_network`."""
    return line_network
