"""What a hand does with the source beside the drawing: selects, types over, pastes. Not collected by pytest."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QTest

from app.panels.builder.panel import BuilderPanel
from app.workspace import Workspace

Settle = Callable[[BuilderPanel], None]
LECTURE = (Path(__file__).parents[2] / "lecture_lenet.txt").read_text(encoding="utf-8")  # as on the slide


def with_source_in_front(panel: BuilderPanel, settle: Settle) -> BuilderPanel:
    """What is typed is followed at once."""
    panel.tabs.setCurrentIndex(1)
    panel.source.rest.setInterval(0)
    panel.source.edit.setFocus()
    settle(panel)
    return panel


def select(panel: BuilderPanel, text: str) -> None:
    """Select the first place of `text`, as with the mouse."""
    place = panel.source.text.index(text)
    cursor = panel.source.edit.textCursor()
    cursor.setPosition(place)
    cursor.setPosition(place + len(text), QTextCursor.MoveMode.KeepAnchor)
    panel.source.edit.setTextCursor(cursor)


def type_over(panel: BuilderPanel, text: str, typed: str) -> None:
    select(panel, text)
    QTest.keyClicks(panel.source.edit, typed)


def paste(panel: BuilderPanel, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(panel.source.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def units(workspace: Workspace, name: str) -> object:
    return next(layer for layer in workspace.document.graph.layers if layer.name == name).parameters.get("units")
