"""A torn file of one's own functions: told of once, with a button that sets it aside, and then functions are kept again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.panels.activation.curves.view import CurvesView
from app.panels.activation.panel import ActivationPanel
from app.widgets.message_bar import MessageBar
from app.workspace import Workspace
from trainers.own_functions import OwnFunctions

TORN = b'{"schema": 1, "functions": [{"name": "Bump", "kind": "form'


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HILLOCK_DATA_DIR", str(tmp_path / "data"))
    path = OwnFunctions().path
    path.parent.mkdir()
    path.write_bytes(TORN)
    return path


@pytest.fixture
def bar(workspace: Workspace, qtbot: QtBot) -> MessageBar:
    bar = MessageBar(workspace.theme)
    qtbot.addWidget(bar)
    workspace.message_posted.connect(bar.post)
    return bar


def aside_button(bar: MessageBar) -> QPushButton:
    (button,) = [button for button in bar.findChildren(QPushButton) if button.text() == "Set it aside"]
    return button


def keep(view: CurvesView, qtbot: QtBot, formula: str, name: str) -> None:
    qtbot.keyClicks(view.side.entry.line, formula)
    qtbot.keyClick(view.side.entry.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not view.is_busy)
    qtbot.keyClicks(view.side.own.line, name)
    view.side.own.button.click()
    qtbot.waitUntil(lambda: not view.is_busy)


def front(panel: ActivationPanel, qtbot: QtBot) -> CurvesView:
    view = panel.front
    assert isinstance(view, CurvesView)
    qtbot.waitUntil(lambda: not view.is_busy)
    return view


def test_a_torn_file_is_told_of_once_and_set_aside_by_a_button(
    file: Path, bar: MessageBar, show: Callable[..., ActivationPanel], qtbot: QtBot
) -> None:
    panel = show()
    view = front(panel, qtbot)
    assert bar.current is not None
    assert bar.current.text.startswith(f"{file} holds no functions that can be read")
    assert not view.side.entry.note.isVisible()
    bar.dismiss()
    for name in ("maxout", "curves", "maxout", "curves"):
        panel.show_view(name)
    assert bar.current is None, "once is enough"
    keep(view, qtbot, "x*exp(-x^2)", "Bump")
    assert file.read_bytes() == TORN
    aside_button(bar).click()
    assert file.with_name("own-functions.unread-1.json").read_bytes() == TORN
    assert not file.exists()
    assert bar.current is not None
    assert "own-functions.unread-1.json" in bar.current.text
    view.side.own.button.click()
    assert [function.name for function in OwnFunctions().all()] == ["Bump"]
    qtbot.waitUntil(lambda: not view.is_busy)
    assert view.side.own.button.text() == "Forget"


def test_a_file_that_was_mended_meanwhile_is_left_alone(
    file: Path, bar: MessageBar, show: Callable[..., ActivationPanel], qtbot: QtBot
) -> None:
    view = front(show(), qtbot)
    button = aside_button(bar)
    file.write_text(
        '{"schema": 1, "functions": [{"name": "Bump", "kind": "formula", "parameters": {"text": "x*exp(-x^2)"}}]}'
    )
    button.click()
    qtbot.waitUntil(lambda: not view.is_busy)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert view.side.picker.itemText(0) == "Bump"


def test_a_file_of_a_newer_version_is_said_beneath_the_line_and_has_no_button(
    file: Path, bar: MessageBar, show: Callable[..., ActivationPanel], qtbot: QtBot
) -> None:
    file.write_text('{"schema": 2, "functions": []}')
    view = front(show(), qtbot)
    assert bar.current is None
    assert view.side.entry.note.text().endswith("was saved by a newer Hillock (schema 2): update this one.")
