"""What follows the news is drawn in turn: one or two a frame, each once, none for an owner that has gone. Frames come by hand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QObject
from shiboken6 import delete

from app.widgets import frame_turns
from app.widgets.frame_turns import FrameTurns


@pytest.fixture
def turns(qapp: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[FrameTurns]:
    """With a gap that no test outlasts: a frame comes only where one is made."""
    monkeypatch.setattr(frame_turns, "GAP_MS", 60_000)
    monkeypatch.setattr(frame_turns, "SPARE_MS", -1.0)  # no frame has room for two
    made = FrameTurns()
    yield made
    delete(made)


def frame(turns: FrameTurns) -> None:
    """The next frame."""
    assert turns._timer.isActive()
    turns._timer.stop()
    turns._on_frame_came()


def test_the_first_is_drawn_at_once_and_the_others_one_after_the_other(turns: FrameTurns) -> None:
    drawn: list[str] = []
    owner = QObject()
    for name in ("a", "b", "c"):
        turns.ask(owner, name, partial(drawn.append, name))
    assert drawn == ["a"]
    assert turns.is_waited_by(owner)
    frame(turns)
    assert drawn == ["a", "b"]
    frame(turns)
    assert drawn == ["a", "b", "c"]
    assert not turns.is_waited_by(owner)
    assert not turns._timer.isActive()


def test_two_are_drawn_in_a_frame_that_has_room(turns: FrameTurns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_turns, "SPARE_MS", 1e9)
    drawn: list[int] = []
    owner = QObject()
    for number in range(6):
        turns.ask(owner, number, partial(drawn.append, number))
    counts = []
    while turns.is_waited_by(owner):
        frame(turns)
        counts.append(len(drawn))
    assert counts == [3, 5, 6]
    assert drawn == list(range(6))


def test_a_newer_wish_replaces_the_one_that_waits_and_keeps_its_place(turns: FrameTurns) -> None:
    drawn: list[str] = []
    owner, other = QObject(), QObject()
    turns.ask(owner, "now", partial(drawn.append, "now"))
    turns.ask(owner, "curve", partial(drawn.append, "old"))
    turns.ask(other, "curve", partial(drawn.append, "of another"))
    turns.ask(owner, "curve", partial(drawn.append, "new"))
    frame(turns)
    frame(turns)
    assert drawn == ["now", "new", "of another"]


def test_nothing_is_drawn_for_an_owner_that_has_gone(turns: FrameTurns) -> None:
    drawn: list[str] = []
    forgotten, deleted, other = QObject(), QObject(), QObject()
    turns.ask(other, "now", partial(drawn.append, "now"))
    turns.ask(forgotten, "curve", partial(drawn.append, "forgotten"))
    turns.ask(deleted, "curve", partial(drawn.append, "deleted"))
    turns.ask(other, "curve", partial(drawn.append, "there"))
    turns.forget(forgotten)
    delete(deleted)
    while turns._timer.isActive():
        frame(turns)
    assert drawn == ["now", "there"]
    turns.ask(forgotten, "curve", partial(drawn.append, "forgotten"))
    turns.forget(forgotten)
    assert not turns._timer.isActive()
