"""The race with its real worker: what a person sees of a learning rate that kills, and of the same seed twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.panels.activation.panel import ActivationPanel
from app.panels.activation.race.view import RaceView
from trainers.activation_lab import RaceFrame

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("activation_worker")]
COLD = 120_000  # ms: torch may have to be read from a cold disk


@pytest.fixture
def view(show: Callable[..., ActivationPanel], qtbot: QtBot) -> RaceView:
    panel = show()
    panel.show_view("race")
    view = panel.front
    assert isinstance(view, RaceView)
    qtbot.waitUntil(lambda: not view.is_busy, timeout=COLD)
    return view


class Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return super().eventFilter(watched, event)


def go(qtbot: QtBot, view: RaceView, seconds: float) -> None:
    view.advance(seconds)
    qtbot.waitUntil(lambda: not view.is_busy, timeout=COLD)


def dead_of(view: RaceView, racer: int) -> int:
    return int(view.board.grid.cards[racer].text.lines[1].partition(" of ")[0])


def right_of(view: RaceView, racer: int) -> int:
    return int(view.board.grid.cards[racer].text.lines[0].rpartition("test ")[2].removesuffix(" %"))


@pytest.mark.usefixtures("lasting_worker")
def test_four_clicks_kill_the_relus_and_revive_them(view: RaceView, qtbot: QtBot) -> None:
    button = view.side.guide.button
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    go(qtbot, view, 1.7)
    assert right_of(view, 0) >= 95
    assert dead_of(view, 0) <= 3
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    go(qtbot, view, 1.5)
    killed = dead_of(view, 0)
    assert killed >= 14
    assert right_of(view, 0) <= 60
    assert dead_of(view, 1) == 0
    assert right_of(view, 1) >= 90
    assert f"ReLU {killed - 1} of 32 units" in view.board.news.text()
    qtbot.mouseClick(
        button, Qt.MouseButton.LeftButton
    )  # the rate is low again: that alone revives none of the first layer
    go(qtbot, view, 3.0)
    still = dead_of(view, 0)
    assert still >= 14
    assert right_of(view, 0) <= 60
    assert f"{killed} dead then, {still} now" in view.side.guide.text.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    go(qtbot, view, 3.0)
    assert dead_of(view, 0) == 0
    assert right_of(view, 0) >= 90
    assert f"dead {still} before, 0 after: {still} revived" in view.board.news.text()


@pytest.mark.usefixtures("lasting_worker")
def test_the_same_seed_gives_the_same_picture(view: RaceView, qtbot: QtBot) -> None:
    go(qtbot, view, 0.5)
    first = view.board.grab().toImage()
    qtbot.mouseClick(view.toolbar.reset_button, Qt.MouseButton.LeftButton)
    view.advance(0.0)
    go(qtbot, view, 0.5)
    assert view.toolbar.steps.text() == "120"
    assert view.board.grab().toImage() == first


def test_it_runs_in_real_time_and_survives_its_worker(view: RaceView, qtbot: QtBot) -> None:
    view.act()
    card = view.board.grid.cards[0]
    paints = Paints(card)
    qtbot.waitUntil(lambda: paints.count > 10, timeout=COLD)
    assert view.link.is_running
    pid = view.context.workspace.activations.worker_pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: "Space begins the race anew." in view.board.news.text(), timeout=COLD)
    told: list[RaceFrame] = []
    view.context.workspace.activations.race_moved.connect(
        lambda events: told.extend(event for event in events if isinstance(event, RaceFrame))
    )
    view.act()
    qtbot.waitUntil(lambda: any(frame.done > 0 for frame in told), timeout=COLD)
    assert next(frame.done for frame in told if frame.done > 0) < 40
    qtbot.waitUntil(lambda: "Space begins" not in view.board.news.text(), timeout=COLD)
