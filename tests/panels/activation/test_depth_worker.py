"""The view of depth with its real worker: what a person sees of real numbers, and of a worker that is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.panels.activation.depth.figures import forward_ratio, spread
from app.panels.activation.depth.view import DepthView
from app.panels.activation.panel import ActivationPanel
from trainers.own_functions import OwnFunction, OwnFunctions

pytestmark = [pytest.mark.xdist_group("activation_worker"), pytest.mark.timeout(300)]
PATIENCE = 120_000  # ms: a cold worker on a busy machine

Show = Callable[..., ActivationPanel]


def opened(show: Show, qtbot: QtBot) -> DepthView:
    panel = show()
    panel.show_view("depth")
    view = panel.front
    assert isinstance(view, DepthView)
    assert view.is_busy
    qtbot.waitUntil(lambda: not view.is_busy, timeout=PATIENCE)
    return view


@pytest.mark.usefixtures("lasting_worker")
def test_what_dies_what_lives_and_what_keeps_itself(show: Show, qtbot: QtBot) -> None:
    view = opened(show, qtbot)
    dies, lives = view.answers.of("a"), view.answers.of("b")
    assert dies is not None
    assert lives is not None
    # each layer passes at most 1/4 of s times the root of the width: a straight line on the logarithmic axis
    steps = np.diff(np.log10(spread(dies.gradients)[1:]))
    assert np.allclose(steps, np.log10(1 / (0.25 * 0.01 * 16)), atol=0.05)
    assert 0.1 < forward_ratio(lives) < 2
    assert "Dies" in view.toolbar.verdicts["a"].text()
    assert "Lives" in view.toolbar.verdicts["b"].text()
    view.side.layers.field.setValue(50)
    qtbot.mouseClick(view.toolbar.presets[3], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not view.is_busy, timeout=PATIENCE)
    assert "A SELU, LeCun: Lives." in view.toolbar.verdicts["a"].text()
    kept = view.answers.of("a")
    assert kept is not None
    assert abs(spread(kept.activations)[50] - 1) < 0.1
    assert abs(kept.activations.mean[50]) < 0.1
    view.toolbar.presets[4].click()
    qtbot.waitUntil(lambda: not view.is_busy, timeout=PATIENCE)
    assert "Explodes" in view.toolbar.verdicts["a"].text()
    assert "too large for single precision" in view.toolbar.verdicts["a"].text()


@pytest.mark.usefixtures("lasting_worker")
def test_ones_own_function_goes_through_depth(show: Show, qtbot: QtBot) -> None:
    own = OwnFunctions()
    own.add(OwnFunction("Half", "formula", {"text": "max(0.5*x, 0)"}))
    try:
        view = opened(show, qtbot)
        picker = view.side.setting.picker
        index = picker.findText("Half")
        picker.setCurrentIndex(index)
        picker.activated.emit(index)
        qtbot.waitUntil(lambda: not view.is_busy, timeout=PATIENCE)
        assert "A Half, N(0, 0.01): Dies." in view.toolbar.verdicts["a"].text()
        assert picker.currentText() == "Half"
    finally:
        own.delete("Half")


def test_a_killed_worker_is_told_and_another_goes_on(show: Show, qtbot: QtBot) -> None:
    view = opened(show, qtbot)
    session = view.context.workspace.activations
    pid = session.worker_pid
    assert pid is not None
    view.side.layers.field.setValue(50)
    os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    qtbot.waitUntil(view.notice.button.isVisible, timeout=PATIENCE)
    assert "process of the activation panel" in view.notice.label.text()
    assert not view.is_busy
    qtbot.mouseClick(view.notice.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not view.is_busy, timeout=PATIENCE)
    assert not view.notice.isVisible()
    assert "After 50 layers" in view.toolbar.verdicts["a"].text()
    assert session.worker_pid != pid
