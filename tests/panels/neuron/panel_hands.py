"""The neuron panel's picture, and when it is whole. Not collected by pytest."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from app.panels.neuron.panel import NeuronPanel

ShowPanel = Callable[..., NeuronPanel]  # the fixtures show_panel and play
Play = Callable[[NeuronPanel, float], None]


def image(panel: NeuronPanel) -> bytes:
    """What the cell's view shows."""
    picture = panel.view.grab().toImage()  # its bits go with it
    return bytes(picture.constBits())


def drawn(qtbot: QtBot, panel: NeuronPanel) -> None:
    """Until all that was asked for is there and on screen."""
    qtbot.waitUntil(lambda: not panel.is_busy and not panel.is_waiting_to_draw)
