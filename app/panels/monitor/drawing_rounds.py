"""When the rows of the curves are drawn: one a frame, so that none is late, and news of a run ten times a second. Knows no row."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, Slot

from app.widgets.frame_turns import FrameTurns

FRAME_MS = 16
ROUND_MS = 100  # at every report the rows took a quarter of a core beside the training
SELDOM = 3  # rounds: a small row moves by little more than a pixel in a tenth of a second


class DrawingRounds(QObject):
    """`frame_came` tells that the row is to be drawn that `next_row` names. Nothing comes while nobody looks.

    `ask` wants rows drawn anew whatever happens; `tell` says that the run has brought something: then small rows come every
    third round, and once more when no more news comes, so that all of them show where the run stands.
    """

    frame_came = Signal()

    def __init__(self, is_small: Callable[[str], bool], turns: FrameTurns, parent: QObject) -> None:
        super().__init__(parent)
        self._is_small = is_small
        self._turns = turns
        self._is_awake = False
        self._is_owed = True  # something is to be drawn once somebody looks
        self._is_fresh = False  # what all rows share is to be looked at before the next one is drawn
        self._has_news = False
        self.is_for_news = False  # the round under way draws what came, and not what was asked for
        self._due: list[str] = []
        self._passed_over: dict[str, int] = {}  # rows not drawn lately, by the rounds of news that left them out
        self._since = QElapsedTimer()  # the last round of news began
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_time_passed)

    @property
    def is_waiting(self) -> bool:
        """Whether a frame is to come."""
        return self._timer.isActive() or self._turns.is_waited_by(self)

    def set_awake(self, is_awake: bool, rows: list[str]) -> None:
        """Whether somebody looks; what was missed comes for all `rows`."""
        self._is_awake = is_awake
        if not is_awake:
            self._timer.stop()
            self._turns.forget(self)
        elif self._is_owed:
            self.ask(rows)

    def ask(self, rows: list[str]) -> None:
        """Draw `rows` anew, from the next frame on."""
        self._is_owed = self._is_fresh = True
        self.is_for_news = False
        self._due += [row for row in rows if row not in self._due]
        if self._is_awake and not 0 <= self._timer.remainingTime() <= FRAME_MS:
            self._timer.start(FRAME_MS)

    def tell(self) -> None:
        """The run has brought something: a round at the next frame, if the last one is a while ago."""
        self._is_owed = self._has_news = True
        if self._is_awake and not self._due and not self.is_waiting:
            self._start_later()

    def begin(self, rows: list[str]) -> bool:
        """Called first in a frame, with the rows on show: whether what they share is to be looked at anew."""
        if not self._due:
            self._since.start()
            self._due = self._round(rows)
            self._is_fresh = True
        is_fresh, self._is_fresh = self._is_fresh, False
        return is_fresh

    def _round(self, rows: list[str]) -> list[str]:
        self.is_for_news, self._has_news = self._has_news, False
        passed = self._passed_over
        if not self.is_for_news:
            self._passed_over = {}
            return [row for row in rows if row in passed] or list(rows)
        later = [row for row in rows if self._is_small(row) and passed.get(row, 0) < SELDOM - 1]
        self._passed_over = {row: passed.get(row, 0) + 1 for row in later}
        return [row for row in rows if row not in later]

    def widen(self, rows: list[str]) -> None:
        """What all rows share has changed: the round under way is of all `rows`."""
        self._due, self._passed_over = list(rows), {}

    def next_row(self, rows: list[str], are_others: bool) -> str | None:
        """The row whose turn it is, of those on show; are_others: they are no longer the ones that the round began with."""
        self._due = list(rows) if are_others else [row for row in self._due if row in rows]
        return self._due.pop(0) if self._due else None

    def leave_out(self, row: str) -> None:
        """`row` looks as it should for now: it is drawn once no more news come."""
        self._passed_over.setdefault(row, 0)

    def drop(self) -> None:
        """There is nothing to draw, or it has been drawn."""
        self._due, self._passed_over = [], {}
        self._is_owed = self._is_fresh = False

    def go_on(self) -> None:
        """Called last in a frame: the next one comes where rows are due, or news."""
        self._is_owed = bool(self._due or self._has_news or self._passed_over)
        if not self._is_awake:
            return
        if self._due:
            self._timer.start(0)  # once this one is painted it asks for the next turn, which comes a frame later
        elif self._has_news or self._passed_over:
            self._start_later()

    def _start_later(self) -> None:
        past = self._since.elapsed() if self._since.isValid() else ROUND_MS
        self._timer.start(max(FRAME_MS, ROUND_MS - past))

    @Slot()
    def _on_time_passed(self) -> None:
        self._turns.ask(self, "row", self._take_turn)

    def _take_turn(self) -> None:
        if self._is_awake:
            self.frame_came.emit()
