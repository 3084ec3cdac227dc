"""The gradient through depth is drawn below the canvas, of what trains and, dashed, of the network that trained before it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.network_document import NetworkDocument
from app.panels.builder.gradient_strip import WAIT
from app.panels.builder.panel import BuilderPanel
from app.training_session import TrainingSession
from app.workspace import Workspace
from trainers.commands import AnyCommand, WatchNetwork
from trainers.events import NetworkInside, RunStarted
from trainers.network_files import load_preset


class PlayedTraining(TrainingSession):
    """A session without a worker: it keeps what is asked of it, and tells what a test says."""

    def __init__(self, document: NetworkDocument) -> None:
        super().__init__(document, "nowhere", document, warm_up=None)
        self.sent: list[AnyCommand] = []

    def _send(self, command: AnyCommand) -> bool:
        self.sent.append(command)
        return True

    def begin(self, name: str) -> None:
        self._record.note(RunStarted("", name, "digits", {}, "cpu", 1, 1, classes=tuple("0123456789")))
        self._set_state("running")
        self.inside.ask()


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace]) -> Workspace:
    return make_workspace(PlayedTraining)


@pytest.fixture
def panel_name() -> str:
    return "builder"


def look(norms: dict[str, float]) -> NetworkInside:
    """What the job tells of these gradients."""
    return NetworkInside(
        step=3,
        sample=0,
        samples=359,
        inputs=np.zeros((1, 28, 28), np.float32),
        outputs=np.eye(10, dtype=np.float32)[7],
        wanted=7.0,
        weights={},
        gradients={},
        gradient_norms=norms,
        activations={},
        summaries={},
    )


def test_two_networks_are_held_against_each_other(
    show: Callable[..., BuilderPanel], workspace: Workspace, qtbot: QtBot
) -> None:
    panel, training = show(1280, 800), workspace.training
    assert isinstance(training, PlayedTraining)
    room, strip = panel.gradients, panel.gradients.strip
    assert not strip.isVisible()
    QTest.mouseClick(room.button, Qt.MouseButton.LeftButton)
    assert strip.isVisible()
    assert strip.words() == WAIT
    assert panel.state()["gradients"] is True
    training.begin("lenet5")
    training.inside.note(look({"fc3": 1.0, "conv1": 0.01}))
    qtbot.waitUntil(lambda: strip.words() == "Gradient through depth · LeNet-5")
    assert strip.text_at(0) == "LeNet-5, conv1: 0.01"
    assert strip.text_at(strip.width()) == "LeNet-5, fc3: 1"
    inks = colours(panel)
    workspace.document.set_graph(load_preset("plain-20"))
    training.begin("plain-20")
    training.inside.note(look({"conv0": 1e-4, "norm1a": 7.0, "classes": 1e-2}))
    both = "Gradient through depth · Plain net, 20 layers · dashed: LeNet-5"
    qtbot.waitUntil(lambda: strip.words() == both)
    assert strip.text_at(0) == "Plain net, 20 layers, conv0: 0.0001\nLeNet-5, conv1: 0.01"
    assert workspace.theme.hex("series_0") in colours(panel) - inks
    panel.reset()
    assert not strip.isVisible()
    assert "classes" in strip.accessibleDescription()


def test_a_network_is_held_against_itself_before_it_was_changed(
    show: Callable[..., BuilderPanel], workspace: Workspace, qtbot: QtBot
) -> None:
    panel, training = show(1280, 800), workspace.training
    assert isinstance(training, PlayedTraining)
    strip, edits = panel.gradients.strip, panel.board.edits

    def is_told(text: str) -> bool:
        return strip.text_at(0).startswith(text)

    panel.gradients.show_strip(True)
    training.begin("lenet5")
    training.inside.note(look({"conv1": 0.01, "fc3": 1.0}))
    qtbot.waitUntil(lambda: strip.words() == "Gradient through depth · LeNet-5")
    edits.set_parameters("conv1", {"bias": False})
    for norm in (0.5, 1.5):  # a later look of the same network takes the place of nothing
        training.begin("lenet5")
        training.inside.note(look({"conv1": norm, "fc3": 1.0}))
        qtbot.waitUntil(partial(is_told, f"LeNet-5, conv1: {norm:g}"))
    assert strip.words() == "Gradient through depth · LeNet-5 · dashed: LeNet-5 before its change"
    assert strip.text_at(0) == "LeNet-5, conv1: 1.5\nLeNet-5 before its change, conv1: 0.01"


def test_a_network_that_is_not_training_says_over_how_many_samples_its_gradient_is(
    show: Callable[..., BuilderPanel], workspace: Workspace, qtbot: QtBot
) -> None:
    panel, training = show(1280, 800), workspace.training
    assert isinstance(training, PlayedTraining)
    strip = panel.gradients.strip
    panel.gradients.show_strip(True)
    training.begin("lenet5")
    found = msgspec.structs.replace(look({"conv1": 0.5, "fc3": 1.0}), gradient_samples=64)
    training.inside.note(found)
    training.inside.note(found)  # again: it is not taken for the step's
    qtbot.waitUntil(lambda: strip.words() == "Gradient through depth · LeNet-5, over 64 training samples")
    assert strip.text_at(0) == "LeNet-5, over 64 training samples, conv1: 0.5"
    training.inside.note(look({"conv1": 0.01, "fc3": 1.0}))  # of the step: worth more than what is found of it later
    training.inside.note(found)
    qtbot.waitUntil(lambda: strip.words() == "Gradient through depth · LeNet-5")
    assert strip.text_at(0) == "LeNet-5, conv1: 0.01"
    training.inside.note(msgspec.structs.replace(found, step=4))
    qtbot.waitUntil(lambda: strip.text_at(0) == "LeNet-5, over 64 training samples, conv1: 0.5")


def test_its_key_shows_it_and_where_it_is_shown_its_button_stays(
    show: Callable[..., BuilderPanel], workspace: Workspace
) -> None:
    workspace.theme.set_name("projector")
    panel = show(800, 600)
    button, strip = panel.gradients.button, panel.gradients.strip
    assert not button.isVisible(), "there is no room for it"
    QTest.keyClick(panel.board, Qt.Key.Key_G)
    assert strip.isVisible()
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not strip.isVisible()
    assert not button.isVisible()


def colours(panel: BuilderPanel) -> set[str]:
    """Those of the strip."""
    image = panel.gradients.strip.grab().toImage()
    return {image.pixelColor(QPoint(x, y)).name() for x in range(image.width()) for y in range(image.height())}


def test_nothing_is_asked_for_while_it_is_put_away(show: Callable[..., BuilderPanel], workspace: Workspace) -> None:
    panel, training = show(900, 600), workspace.training
    assert isinstance(training, PlayedTraining)
    panel.inside.set_wanted(False)
    training.begin("lenet5")

    def wish() -> WatchNetwork:
        return next(one for one in reversed(training.sent) if isinstance(one, WatchNetwork))

    panel.gradients.show_strip(True)
    assert wish().strips == ("image",)
    panel.gradients.show_strip(False)
    assert wish().is_empty
