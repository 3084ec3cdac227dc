"""What follows the news is drawn in turn: one or two a frame, each once, none for an owner that has gone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.widgets import frame_turns
from app.widgets.frame_turns import FrameTurns


@pytest.fixture
def turns(qapp: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[FrameTurns]:
    """With the gap that the window has, which the tests of panels go without."""
    monkeypatch.setattr(frame_turns, "GAP_MS", 16)
    made = FrameTurns()
    yield made
    made.deleteLater()


def test_the_first_is_drawn_at_once_and_the_others_one_after_the_other(
    qtbot: QtBot, turns: FrameTurns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_turns, "SPARE_MS", -1.0)  # no frame has room for two
    drawn: list[str] = []
    begun: list[int] = []
    turns._timer.timeout.connect(lambda: begun.append(len(drawn)))
    owner = QObject()
    for name in ("a", "b", "c", "d"):
        turns.ask(owner, name, partial(drawn.append, name))
    assert drawn == ["a"]
    assert turns.is_waited_by(owner)
    qtbot.waitUntil(lambda: not turns.is_waited_by(owner))
    assert drawn == ["a", "b", "c", "d"]
    assert begun == [2, 3, 4]


def test_two_are_drawn_in_a_frame_that_has_room(qtbot: QtBot, turns: FrameTurns) -> None:
    drawn: list[int] = []
    frames: list[int] = []
    turns._timer.timeout.connect(lambda: frames.append(len(drawn)))
    owner = QObject()
    for number in range(7):
        turns.ask(owner, number, partial(drawn.append, number))
    qtbot.waitUntil(lambda: not turns.is_waited_by(owner))
    assert drawn == list(range(7))
    assert len(frames) < 6


def test_a_newer_wish_replaces_the_one_that_waits_and_keeps_its_place(qtbot: QtBot, turns: FrameTurns) -> None:
    drawn: list[str] = []
    owner, other = QObject(), QObject()
    turns.ask(owner, "now", partial(drawn.append, "now"))
    turns.ask(owner, "curve", partial(drawn.append, "old"))
    turns.ask(other, "curve", partial(drawn.append, "of another"))
    turns.ask(owner, "curve", partial(drawn.append, "new"))
    qtbot.waitUntil(lambda: not turns.is_waited_by(other))
    assert drawn == ["now", "new", "of another"]


def test_nothing_is_drawn_for_an_owner_that_has_gone(qtbot: QtBot, turns: FrameTurns) -> None:
    drawn: list[str] = []
    gone, other = QObject(), QObject()
    turns.ask(other, "now", partial(drawn.append, "now"))
    turns.ask(gone, "curve", partial(drawn.append, "gone"))
    turns.ask(other, "curve", partial(drawn.append, "there"))
    turns.forget(gone)
    qtbot.waitUntil(lambda: not turns.is_waited_by(other))
    assert drawn == ["now", "there"]
    turns.ask(other, "x", partial(drawn.append, "x"))
    turns.ask(gone, "y", partial(drawn.append, "y"))
    delete(gone)
    qtbot.waitUntil(lambda: not turns._timer.isActive())
    assert "y" not in drawn
