"""What the tests of the view of depth share: what a hand does to it and reads of it. Not collected by pytest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from played_depth import PlayedLab
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QComboBox,
)
from pytestqt.qtbot import QtBot

from app.panels.activation.depth.view import DepthView
from app.panels.activation.panel import ActivationPanel

Show = Callable[..., ActivationPanel]


def answered(qtbot: QtBot, view: DepthView, lab: PlayedLab) -> None:
    """All that was asked is answered and drawn."""
    lab.answer()
    qtbot.waitUntil(lambda: not view.is_busy)


def undo(view: DepthView) -> Any:
    return view.context.workspace.document.undo_stack


def picture(view: DepthView) -> QImage:
    return view.board.grab().toImage()


def has_color(image: QImage, color: QColor) -> bool:
    return any(
        image.pixelColor(x, y).rgb() == color.rgb()
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    )


def point_of(view: DepthView, station: int, row: str = "spread") -> QPoint:
    frame = view.board.frame()
    place = frame.row(row)  # type: ignore[arg-type]
    return QPoint(round(frame.center(station)), round((place.top + place.bottom) / 2))


def choose(box: QComboBox, text: str) -> None:
    index = box.findText(text)
    assert index >= 0
    box.setCurrentIndex(index)
    box.activated.emit(index)


LARGEST = {
    "a": {"activation": {"kind": "maxout", "parameters": {"pieces": 2}}}, "layers": 50, "width": 512, "signals": 1024, "shown": ["a"],
}  # fmt: skip
