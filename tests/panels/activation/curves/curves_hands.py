"""What the tests of the view of curves share: what a hand does to it and reads of it. Not collected by pytest."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.panels.activation.curves.view import CurvesView
from app.panels.activation.panel import ActivationPanel


def settle(qtbot: QtBot, view: CurvesView) -> None:
    qtbot.waitUntil(lambda: not view.is_busy)


def with_state(view: CurvesView, **fields: Any) -> None:
    view.apply({**view.state(), **fields})


def labels(view: CurvesView) -> list[str]:
    table = view.side.table
    return [item.text() for row in range(table.rowCount()) if (item := table.item(row, 0)) is not None]


def cell(view: CurvesView, row: int, column: int) -> str:
    item = view.side.table.item(row, column)
    assert item is not None
    return item.text()


def undo_stack(panel: ActivationPanel) -> Any:
    return panel.workspace.document.undo_stack


def grab(widget: Any) -> QImage:
    image: QImage = widget.grab().toImage()
    return image


def view_contents(view: CurvesView) -> Any:
    return view.functions, view.board
