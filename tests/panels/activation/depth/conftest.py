"""The view of depth over a lab that is played, in front of its panel."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from played_depth import PlayedLab
from pytestqt.qtbot import QtBot

from app.panels.activation.depth.view import DepthView
from app.workspace import Workspace

sys.path.insert(0, str(Path(__file__).parent))

from depth_hands import Show, answered


@pytest.fixture
def lab(workspace: Workspace) -> PlayedLab:
    lab = PlayedLab()
    workspace._activations = lab  # type: ignore[assignment]
    return lab


@pytest.fixture
def view(show: Show, lab: PlayedLab, qtbot: QtBot) -> DepthView:
    """The view in front with its first answers; narrow layers, so that they come at once."""
    panel = show()
    panel.apply({"schema": 1, "view": "depth", "views": {"depth": {"width": 32, "signals": 32}}})
    view = panel.front
    assert isinstance(view, DepthView)
    answered(qtbot, view, lab)
    return view
