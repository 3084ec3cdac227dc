"""Whose turn it is to be drawn: all rows when asked for, small ones seldom while a run brings news, and none of them late."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.panels.monitor.drawing_rounds import DrawingRounds
from app.widgets.frame_turns import FrameTurns

ROWS = ["loss", "accuracy", "speed", "hardware"]


class Board(QObject):
    """Draws nothing, and writes down what it would have drawn; each of its first `news` rows brings news."""

    def __init__(self, news: int) -> None:
        super().__init__()
        self.rounds = DrawingRounds(lambda row: row in ("speed", "hardware"), FrameTurns(self), self)
        self.rounds.frame_came.connect(self.draw)
        self.news = news
        self.drawn: list[str] = []
        self.looks = 0

    def draw(self) -> None:
        self.looks += self.rounds.begin(ROWS)
        row = self.rounds.next_row(ROWS, False)
        assert row is not None
        self.drawn.append(row)
        if len(self.drawn) <= self.news:
            self.rounds.tell()
        self.rounds.go_on()


@pytest.fixture
def make_board(qapp: object) -> Iterator[Callable[[int], Board]]:
    boards: list[Board] = []

    def make(news: int) -> Board:
        boards.append(Board(news))
        boards[-1].rounds.set_awake(True, [])
        return boards[-1]

    yield make
    for board in boards:
        board.rounds.set_awake(False, [])


def test_what_is_asked_for_is_drawn_row_by_row_and_then_all_is_still(
    qtbot: QtBot, make_board: Callable[[int], Board]
) -> None:
    board = make_board(0)
    board.rounds.ask(ROWS)
    qtbot.waitUntil(lambda: not board.rounds.is_waiting)
    assert board.drawn == ROWS
    assert board.looks == 1


def test_small_rows_come_every_third_round_of_news_and_once_more_when_no_more_come(
    qtbot: QtBot, make_board: Callable[[int], Board]
) -> None:
    board = make_board(7)
    board.rounds.tell()
    qtbot.waitUntil(lambda: not board.rounds.is_waiting)
    large, small = ["loss", "accuracy"], ["speed", "hardware"]
    assert board.drawn == [*large, *large, *large, *small, *large, *small]


def test_one_step_is_seen_in_every_row(qtbot: QtBot, make_board: Callable[[int], Board]) -> None:
    board = make_board(0)
    board.rounds.tell()
    qtbot.waitUntil(lambda: not board.rounds.is_waiting)
    assert board.drawn == ROWS


def test_what_comes_while_nobody_looks_is_drawn_when_somebody_does(
    qtbot: QtBot, make_board: Callable[[int], Board]
) -> None:
    board = make_board(0)
    board.rounds.set_awake(False, ROWS)
    board.rounds.tell()
    assert not board.rounds.is_waiting
    board.rounds.set_awake(True, ROWS)
    qtbot.waitUntil(lambda: not board.rounds.is_waiting)
    assert board.drawn[:4] == ROWS


def test_what_was_to_come_in_a_moment_is_not_lost_when_the_view_is_hidden_meanwhile(
    qtbot: QtBot, make_board: Callable[[int], Board]
) -> None:
    board = make_board(1)
    board.rounds.tell()
    for _ in range(2):  # frames, as the clock brings them: waited for, the next round may have come as well
        board.rounds.frame_came.emit()
    assert board.drawn == ["loss", "accuracy"]
    assert board.rounds.is_waiting
    board.rounds.set_awake(False, ROWS)
    board.rounds.set_awake(True, ROWS)
    qtbot.waitUntil(lambda: not board.rounds.is_waiting)
    assert set(board.drawn[2:]) == set(ROWS)
