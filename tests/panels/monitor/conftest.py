"""What the monitor's tests share: a workspace whose training is played by the test, event by event, with no process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Signal
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.panels.monitor.panel import MonitorPanel
from app.run_history import RunHistory
from app.training_choices import TrainingChoices
from app.workspace import Workspace
from trainers.event_queue import merge_snapshots
from trainers.events import AnyEvent, EpochReport, RunStarted, Snapshot, StepReport


class PlayedTraining(TrainingChoices):
    """A training session in which nothing happens but what the test plays; what panels ask of it is written down."""

    state_changed = Signal(str)
    events_arrived = Signal(list)
    failed = Signal(object)
    value_set = Signal(str, object)

    def __init__(self, document: Any) -> None:
        super().__init__(document)
        self.seconds = 0.0
        self.history = RunHistory(clock=lambda: self.seconds)
        self.runs_folder = ""  # none are kept, unless a test says where
        self.last_saved = None
        self.state = "idle"
        self.run: RunStarted | None = None
        self.in_effect: dict[str, Any] = {}
        self.failure = None
        self.last_snapshot: Snapshot | None = None
        self.asked: list[np.ndarray] = []
        self.calls: list[str] = []
        document.graph_changed.connect(self.choice_changed)

    def play(self, *events: AnyEvent) -> None:
        for event in events:
            self.history.append(event)
            if isinstance(event, RunStarted):
                self.run = event
                self.in_effect = dict(event.settings)
                self.last_snapshot = None
            if isinstance(event, Snapshot):
                self.last_snapshot = merge_snapshots(self.last_snapshot, event)
        self.events_arrived.emit(list(events))

    def play_steps(self, first: int, last: int, epoch: int = 0) -> None:
        """Steps first..last: the loss falls as 2 / step, the accuracy is 0.5."""
        losses = tuple((step, 2.0 / step) for step in range(first, last + 1))
        self.seconds = last / 100.0
        self.play(StepReport(last, epoch, losses, 0.001, 1.0, 5000.0, {}, tuple(0.5 for _ in losses)))

    def start_run(self, data: str = "digits", classes: tuple[str, ...] = tuple("0123456789")) -> None:
        self.go_to("running")
        self.play(
            RunStarted("run", "lenet5", data, {}, "cpu", 1, 61706, classes=classes),
            EpochReport(0, 2.3, 0.1, 2.3, 0.1, 0),
        )

    def go_to(self, state: str) -> None:
        self.state = state
        self.state_changed.emit(state)

    def toggle(self) -> None:
        self.calls.append("toggle")

    def start(self) -> None:
        self.calls.append("start")

    def stop(self) -> None:
        self.calls.append("stop")

    def predict(self, inputs: np.ndarray) -> int:
        self.asked.append(inputs)
        return len(self.asked)


@pytest.fixture
def panel_name() -> str:
    return "monitor"


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace], qtbot: QtBot) -> Iterator[Workspace]:
    workspace = make_workspace(PlayedTraining)
    yield workspace
    workspace.training.history.close()


@pytest.fixture
def panel(show: Callable[..., MonitorPanel]) -> MonitorPanel:
    return show(1280, 690)


@pytest.fixture
def training(workspace: Workspace) -> PlayedTraining:
    return workspace.training  # type: ignore[return-value]


@pytest.fixture
def enter(qtbot: QtBot) -> Callable[[Any, str], None]:
    """enter(field, text): a person replaces a field's text and presses Enter."""

    def act(field: Any, text: str) -> None:
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, "\r")

    return act


def digits_snapshot(step: int = 5, wrong: tuple[int, ...] = (3, 7), count: int = 20, images: bool = True) -> Snapshot:
    """`count` samples, sample i of class i % 10, those in `wrong` taken for the next class."""
    wanted = np.arange(count, dtype=np.int32) % 10
    predicted = wanted.copy()
    for index in wrong:
        predicted[index] = (wanted[index] + 1) % 10
    pixels = np.zeros((count, 1, 28, 28), np.uint8)
    pixels[:, :, 6:22, 12:16] = 255
    confusion = np.diag(np.full(10, 30, np.int64))
    confusion[3, 8] = 4
    return Snapshot(
        step,
        sample_index=np.arange(count, dtype=np.int32),
        predicted=predicted,
        wanted=wanted,
        confidence=np.full(count, 0.75, np.float32),
        images=pixels if images else None,
        confusion=confusion,
        confusion_step=step,
    )


def surface_snapshot(step: int, value: float, points: bool = True) -> Snapshot:
    """A plane of one value under four points."""
    places = np.array([[-3.0, 0.0], [3.0, 0.0], [0.0, 3.0], [0.0, -3.0]], np.float32)
    return Snapshot(
        step,
        surface=np.full((60, 60), value, np.float32),
        surface_extent=(-6.0, 6.0, -6.0, 6.0),
        points=places if points else None,
        point_targets=np.array([0.0, 1.0, 0.0, 1.0], np.float32) if points else None,
        point_is_test=np.array([False, False, True, True]) if points else None,
    )


@pytest.fixture
def make_digits() -> Callable[..., Snapshot]:
    return digits_snapshot


@pytest.fixture
def make_surface() -> Callable[..., Snapshot]:
    return surface_snapshot
