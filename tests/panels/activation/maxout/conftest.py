"""The view of Maxout, in front of its panel."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.panels.activation.maxout.view import MaxoutView
from app.panels.activation.panel import ActivationPanel

sys.path.insert(0, str(Path(__file__).parent))

from maxout_hands import Show, settle


@pytest.fixture(autouse=True)
def maxout_in_front(monkeypatch: pytest.MonkeyPatch) -> None:
    """The panel opens with Maxout: to build the curves behind it took a quarter of the time before a test."""
    monkeypatch.setattr(ActivationPanel, "first_view", "maxout")


@pytest.fixture
def panel(show: Show, qtbot: QtBot) -> ActivationPanel:
    panel = show()
    qtbot.waitUntil(lambda: not panel.is_busy)
    return panel


@pytest.fixture
def view(panel: ActivationPanel) -> MaxoutView:
    view = panel.front
    assert isinstance(view, MaxoutView)
    return view


@pytest.fixture
def planes(view: MaxoutView, qtbot: QtBot) -> MaxoutView:
    qtbot.mouseClick(view.toolbar.inputs[2], Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    view.board.map.grab()
    return view
