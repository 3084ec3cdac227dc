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


def frames_of(turns: FrameTurns, drawn: list[str]) -> list[str]:
    """What each frame draws until nobody waits."""
    told = []
    while turns._timer.isActive():
        before = len(drawn)
        frame(turns)
        told.append("".join(drawn[before:]))
    return told


@pytest.mark.parametrize(
    ("asked", "frames"),
    [
        ("ABC", ["B", "C"]),  # two large ones never meet
        ("AbCd", ["bC", "d"]),
        ("ABCde", ["Bd", "Ce"]),
        ("ABCDEFGHIJ", ["BC", "DE", "F", "G", "H", "I", "J"]),  # where many wait they do
    ],
)
def test_a_light_one_shares_a_frame_that_has_room(
    turns: FrameTurns, monkeypatch: pytest.MonkeyPatch, asked: str, frames: list[str]
) -> None:
    monkeypatch.setattr(frame_turns, "SPARE_MS", 1e9)
    drawn: list[str] = []
    owner = QObject()
    for name in asked:  # small letters are light
        turns.ask(owner, name, partial(drawn.append, name), is_light=name.islower())
    assert drawn == [asked[0]]
    assert frames_of(turns, drawn) == frames


def test_without_room_each_has_a_frame_of_its_own(turns: FrameTurns) -> None:
    drawn: list[str] = []
    owner = QObject()
    for name in "AbCd":
        turns.ask(owner, name, partial(drawn.append, name), is_light=name.islower())
    assert frames_of(turns, drawn) == ["b", "C", "d"]


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
