"""What the tests of the view of Maxout share: what a hand does to it and reads of it. Not collected by pytest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from app.panels.activation.maxout.lines import Line
from app.panels.activation.maxout.planes import Plane
from app.panels.activation.maxout.view import MaxoutView
from app.panels.activation.panel import ActivationPanel

Show = Callable[..., ActivationPanel]


def settle(qtbot: QtBot, view: MaxoutView) -> None:
    qtbot.waitUntil(lambda: not view.is_busy)


def with_state(qtbot: QtBot, view: MaxoutView, **fields: Any) -> None:
    view.apply({**view.state(), **fields})
    settle(qtbot, view)
    view.board.lines.grab()  # paints what is asked about


def lines_of(view: MaxoutView) -> tuple[Line, ...]:
    return view.model.state.lines


def planes_of(view: MaxoutView) -> tuple[Plane, ...]:
    return view.model.state.planes


def drag(qtbot: QtBot, plot: Any, start: QPointF, end: QPointF, **how: Any) -> None:
    spots = [start + (end - start) * share for share in (0.0, 0.3, 0.7, 1.0)]
    area = plot.viewport() if hasattr(plot, "viewport") else plot
    qtbot.mousePress(area, Qt.MouseButton.LeftButton, pos=spots[0].toPoint(), **how)
    for spot in spots[1:]:
        qtbot.mouseMove(area, spot.toPoint())
    qtbot.mouseRelease(area, Qt.MouseButton.LeftButton, pos=spots[-1].toPoint(), **how)


def undo(panel: ActivationPanel, qtbot: QtBot, view: MaxoutView) -> str:
    stack = panel.workspace.document.undo_stack
    text: str = stack.undoText()
    stack.undo()
    settle(qtbot, view)
    return text


def tags(view: MaxoutView) -> list[str]:
    view.board.lines.grab()
    return view.board.lines.layer.tags
