"""The view of curves, in front of its panel."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.panels.activation.curves.view import CurvesView
from app.panels.activation.panel import ActivationPanel

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def panel(show: Callable[..., ActivationPanel], qtbot: QtBot) -> ActivationPanel:
    panel = show()
    qtbot.waitUntil(lambda: not panel.is_busy)
    return panel


@pytest.fixture
def view(panel: ActivationPanel) -> CurvesView:
    view = panel.front
    assert isinstance(view, CurvesView)
    return view
