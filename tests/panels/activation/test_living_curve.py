"""The living cell's curve over the functions: from the simulation itself, in a real worker (L17)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.panels.activation.curves.living_curve import CURRENT_PER_X, RATE_PER_Y
from app.panels.activation.curves.view import CurvesView
from app.panels.activation.panel import ActivationPanel

pytestmark = [pytest.mark.xdist_group("biology"), pytest.mark.timeout(300)]
COLD = 180_000  # ms: kernels are compiled once for the suite


def curve(view: CurvesView) -> tuple[np.ndarray, np.ndarray]:
    return view.board.plots["value"].curve_data()["living cell"]


def test_the_curve_is_simulated_and_changes_with_the_sodium_conductance(
    show: Callable[..., ActivationPanel], qtbot: QtBot
) -> None:
    view = show().front
    assert isinstance(view, CurvesView)
    view.side.living_box.click()
    qtbot.waitUntil(lambda: view.living.curve is not None and not view.is_busy, timeout=COLD)
    x, y = curve(view)
    currents, rates = x * CURRENT_PER_X, y * RATE_PER_Y
    assert rates[currents <= 5.0].max() == 0.0, "below rheobase the cell is silent"
    jump = rates[rates > 0][0]
    assert 45.0 < jump < 65.0, "it begins with a jump, as the squid axon does (about 50 Hz at 6.3 °C)"
    assert view.board.plots["value"].layer.drawing.curves[-1].label == "living cell"
    before = y.copy()

    view.side.sodium.field.setValue(0.0)
    qtbot.waitUntil(lambda: not view.is_busy, timeout=COLD)
    assert np.all(curve(view)[1] == 0.0), "without sodium channels there is no spike"

    view.side.sodium.field.setValue(1.4)
    qtbot.waitUntil(lambda: not view.is_busy, timeout=COLD)
    more = curve(view)[1]
    assert not np.array_equal(more, before)
    assert (more > 0).sum() > (before > 0).sum(), "more sodium: it fires over a wider range of currents"
    view.context.workspace.document.undo_stack.undo()
    view.context.workspace.document.undo_stack.undo()
    qtbot.waitUntil(lambda: not view.is_busy, timeout=COLD)
    assert np.array_equal(curve(view)[1], before), "the same cell gives the same curve"
