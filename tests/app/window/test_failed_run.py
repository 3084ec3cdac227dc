"""A run whose process was killed, as a person sees it in the window: it is said, it goes on, and nothing of it is lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.training_session import TrainingSession
from app.widgets.theme import THEME_NAMES
from trainers.events import RunFailed
from trainers.network_files import save_network
from trainers.network_graph import NetworkGraph
from trainers.training_plan import DataChoice

LONG = 60_000  # ms: a worker may take a while to start on a busy machine


@pytest.fixture
def numpy_window(
    build_window: Callable[..., MainWindow],
    make_network: Callable[..., NetworkGraph],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> MainWindow:
    """A window whose training is the numpy job, slow enough to be killed in the middle."""
    session = partial(TrainingSession, train="numpy_jobs:train", answer=None, warm_up=None)
    monkeypatch.setattr("app.workspace_building.TrainingSession", session)
    file = tmp_path / "line.json"
    save_network(make_network(step_seconds=0.003), file)
    window = build_window(network=str(file))
    window.workspace.training.set_setting("epochs", 1000)
    return window


@pytest.fixture
def killed(numpy_window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The same, trained past step 57 and its worker killed."""
    training = numpy_window.workspace.training
    green(numpy_window).click()
    qtbot.waitUntil(lambda: training.history.last_step > 57, timeout=LONG)
    assert training.worker_pid is not None
    with qtbot.waitSignal(training.failed, timeout=LONG):
        os.kill(training.worker_pid, signal.SIGKILL)
    return numpy_window


def green(window: MainWindow) -> QToolButton:
    button = window.toolbar.widgetForAction(window.run_actions.actions["train"])
    assert isinstance(button, QToolButton)
    return button


def offered(window: MainWindow) -> list[str]:
    bar = window.message_bar
    return [button.text() for button in bar.findChildren(QPushButton) if bar.isVisible() and button.isVisible()]


def by_button(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(green(window), Qt.MouseButton.LeftButton)


def by_space(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window.show_panel("monitor"), Qt.Key.Key_Space)


def by_message(window: MainWindow, qtbot: QtBot) -> None:
    (button,) = [button for button in window.message_bar.findChildren(QPushButton) if button.text() == "Resume"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("resume", [by_button, by_space, by_message])
def test_a_killed_run_is_resumed_by_the_green_button_space_and_the_message(
    killed: MainWindow, qtbot: QtBot, resume: Callable[[MainWindow, QtBot], None]
) -> None:
    training = killed.workspace.training
    reached = training.history.last_step
    assert green(killed).text() == "Resume"
    assert offered(killed) == ["Resume"]
    resume(killed, qtbot)
    assert offered(killed) == [], "the message is over once the run goes on"
    qtbot.waitUntil(lambda: training.state == "running", timeout=LONG)
    assert training.run is not None
    assert 0 < training.run.step <= reached
    assert training.history.series("loss")[0][0] == 1, "the curves from before are still there"
    assert green(killed).text() == "Pause"
    qtbot.waitUntil(lambda: training.history.last_step > reached, timeout=LONG)


def test_one_batch_goes_on_with_the_killed_run_too(killed: MainWindow, qtbot: QtBot) -> None:
    training = killed.workspace.training
    killed.run_actions.actions["one_batch"].trigger()
    qtbot.waitUntil(lambda: training.state == "paused" and training.is_sleeping, timeout=LONG)
    assert training.run is not None
    assert training.run.step > 0
    assert training.history.last_step == training.run.step + 1


def test_starting_again_is_the_reset_button_and_puts_the_message_away(killed: MainWindow, qtbot: QtBot) -> None:
    training = killed.workspace.training
    killed.run_actions.actions["reset"].trigger()
    assert offered(killed) == []
    qtbot.waitUntil(lambda: training.state == "paused" and training.is_sleeping, timeout=LONG)
    assert training.history.last_step == 0
    assert green(killed).text() == "Go on"


def test_other_data_take_the_offer_back(killed: MainWindow) -> None:
    killed.workspace.training.set_data(DataChoice("moons"))
    assert offered(killed) == []
    assert green(killed).text() == "Train"


def test_a_run_that_cannot_go_on_is_begun_anew(build_window: Callable[..., MainWindow]) -> None:
    window = build_window()
    training = window.workspace.training
    failure = RunFailed(0, "There is no data set moonlight: take moons.", False)
    training._take_in(failure)
    assert green(window).text() == "Train"
    assert offered(window) == ["Start again"]


@pytest.mark.parametrize("theme", THEME_NAMES)
def test_the_green_button_keeps_its_width_and_leaves_room_for_all_others(
    build_window: Callable[..., MainWindow], theme: str
) -> None:
    window = build_window(theme)
    button, width = green(window), green(window).width()
    for text in ("Train", "Pause", "Go on", "Resume"):
        window.run_actions.actions["train"].setText(text)
        assert button.sizeHint().width() <= width, text
    assert window.toolbar.sizeHint().width() <= window.width()
