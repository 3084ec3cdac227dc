"""What follows the news is drawn in turn: one or two a frame, each once, none for an owner that has gone. Frames come by hand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
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


class Clock(QElapsedTimer):
    """Stands where `now` says, in ms, from its last start on."""

    now = 0

    def __init__(self) -> None:
        super().__init__()
        self._began: int | None = None

    def start(self) -> None:
        self._began = Clock.now

    def isValid(self) -> bool:
        return self._began is not None

    def elapsed(self) -> int:
        assert self._began is not None
        return Clock.now - self._began


class Moving:
    """A window in which something is painted anew when `frame` says so; `turn_ms`: when the next turn is set for, None: not."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(frame_turns, "QElapsedTimer", Clock)
        Clock.now = 1_000
        self.turns, self.window, self.owner = FrameTurns(), QWidget(), QObject()
        self.turns.follow(self.window)
        self.drawn: list[str] = []

    def frame(self, at: int) -> None:
        """The window is painted, not for a turn."""
        Clock.now = at
        QApplication.sendEvent(self.window, QEvent(QEvent.Type.UpdateRequest))

    def ask(self, at: int, name: str) -> None:
        """News."""
        Clock.now = at
        self.turns.ask(self.owner, name, partial(self.drawn.append, name))

    def turn(self, at: int) -> None:
        """The next turn comes and is painted."""
        Clock.now = at
        frame(self.turns)
        QApplication.sendEvent(self.window, QEvent(QEvent.Type.UpdateRequest))
        self.turns._on_turn_painted()

    @property
    def turn_ms(self) -> int | None:
        return self.turns._timer.interval() if self.turns._timer.isActive() else None


@pytest.fixture
def moving(qapp: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Moving]:
    made = Moving(monkeypatch)
    yield made
    delete(made.turns)
    delete(made.window)


def test_where_something_moves_a_turn_comes_right_behind_its_frame_and_not_before_it(moving: Moving) -> None:
    for at in (2_000, 2_016, 2_032):
        moving.frame(at)
    moving.ask(2_045, "a")
    assert moving.drawn == []  # three milliseconds later the cell is drawn: it would have been late
    assert moving.turn_ms == frame_turns.LATE_MS - 13
    moving.frame(2_048)
    assert moving.turn_ms == 0
    moving.turn(2_049)
    assert moving.drawn == ["a"]
    assert moving.turn_ms is None


def test_each_frame_of_what_moves_takes_one_turn_with_it(moving: Moving) -> None:
    moving.frame(2_000)
    moving.frame(2_016)
    for name in "abc":
        moving.ask(2_020, name)
    for at in (2_032, 2_048, 2_064):
        moving.frame(at)
        moving.frame(at + 2)  # of another part of the window: no frame of its own
        assert moving.turn_ms == 0
        moving.turn(at + 3)
    assert moving.drawn == ["a", "b", "c"]


def test_what_no_longer_moves_is_not_waited_for(moving: Moving) -> None:
    moving.frame(2_000)
    moving.frame(2_016)
    moving.ask(2_030, "a")
    assert moving.turn_ms == frame_turns.LATE_MS - 14
    moving.turn(2_040)
    moving.ask(2_080, "b")
    assert moving.drawn == ["a", "b"]


def test_a_frame_that_came_late_leaves_no_turn_in_front_of_the_next(moving: Moving) -> None:
    moving.frame(2_000)
    moving.frame(2_016)
    for name in "abc":
        moving.ask(2_018, name)
    moving.turn(2_040)  # no frame had come, so it was not waited for any longer
    moving.frame(2_041)
    assert moving.turn_ms == frame_turns.LATE_MS  # behind the next one, due at 2,057: not at 2,056
    moving.frame(2_057)
    assert moving.turn_ms == 0


def test_it_sees_by_itself_when_a_turn_has_been_painted(moving: Moving) -> None:
    moving.ask(2_000, "a")
    moving.frame(2_001)  # what the turn has drawn
    QCoreApplication.processEvents()
    for at in (2_016, 2_032):
        moving.frame(at)
    moving.ask(2_033, "b")
    assert moving.drawn == ["a"]  # something moves: it waits for the next frame


def test_one_painting_alone_delays_nothing(moving: Moving) -> None:
    moving.frame(2_000)  # a button that lights up
    moving.ask(2_005, "a")
    assert moving.drawn == ["a"]


def test_what_a_turn_has_painted_is_not_taken_for_something_that_moves(moving: Moving) -> None:
    for at in (2_000, 2_020, 2_040):
        moving.ask(at, str(at))
        QApplication.sendEvent(moving.window, QEvent(QEvent.Type.UpdateRequest))
        moving.turns._on_turn_painted()
    assert moving.drawn == ["2000", "2020", "2040"]
