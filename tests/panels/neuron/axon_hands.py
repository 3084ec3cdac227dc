"""What a person does at the axon bench, and how it is put on screen. Not collected by pytest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.panels.neuron.benches.axon.bench import AxonBench

FREE: dict[str, Any] = {"prediction": {"first": False}}  # a state in which nothing waits for a prediction
FRAME = 1 / 60  # s


def picture(bench: AxonBench) -> QImage:
    """The bench as it is seen."""
    return bench.grab().toImage()


def click_internode(qtbot: QtBot, bench: AxonBench, number: int, last: int | None = None) -> None:
    """Click an internode, or drag from it to the last."""
    strip = bench.rows["myelinated"].strip
    start = strip.geometry_now.internode_rect(number).center().toPoint()
    end = strip.geometry_now.internode_rect(number if last is None else last).center().toPoint()
    qtbot.mouseMove(strip, start)
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(strip, end)
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=end)


def play_until(bench: AxonBench, is_reached: Callable[[], bool]) -> None:
    """Press Play, and let the clock run until then."""
    assert bench.act()
    for _ in range(3_000):
        if is_reached():
            return
        bench.tick(FRAME)
    pytest.fail("the clock never came there")
