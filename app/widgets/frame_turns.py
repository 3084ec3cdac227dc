"""FrameTurns: lets what follows the news draw one after the other, a frame each, so that no frame has to draw all of it.

News of a run, of the machine and of what is within the network come on clocks of their own. Drawn as they came, curves, figures,
test samples and pictures met in one frame in a hundred, which then took 25 to 40 ms of the window's thread in place of 7.

Where something else moves in the window (a cell that fires), turns begin right behind its frames, where there is most time before
the next: drawn a little before one, they made it late by as long as they took.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import NamedTuple

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.widgets.after_painting import AfterPainting

GAP_MS = 16
SAME_MS = 14  # paintings of the window less than this apart belong to one frame
EARLY_MS = 12  # since the last turn: a frame that comes a little early takes the next one with it
LATE_MS = 24  # since the last frame of what moves: no other is to be waited for
STEADY_MS = 40  # between two frames: something moves, even where a turn has hidden one of its frames
SPARE_MS = 6.0  # of the thread's own time since the last turn: below it a frame has room for two
MANY = 6  # that wait: two large ones a frame, or the last would come a tenth of a second late


class _Wish(NamedTuple):
    draw: Callable[[], None]
    is_light: bool


class FrameTurns(QObject):
    """`ask` draws at once where nobody has drawn for a frame and nothing moves, else in turn; an owner's wish replaces its last one
    of that name. `follow` tells it of the window whose frames it is to keep clear of."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[tuple[QObject, Hashable], _Wish] = {}
        self._since = QElapsedTimer()  # the last turn began
        self._spent_at = 0.0  # s of the thread's time then
        self._frame = QElapsedTimer()  # the window was last painted for something else than a turn
        self._is_steady = False  # that frame came soon after the one before
        self._is_own = False  # what is painted now is what the last turn drew
        self._painted = AfterPainting(self)
        self._painted.came.connect(self._on_turn_painted)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_frame_came)

    def ask(self, owner: QObject, name: Hashable, draw: Callable[[], None], *, is_light: bool = False) -> None:
        """Have `draw` called, now or within a few frames, as long as its owner is there. is_light: drawn and painted within a
        millisecond, so that it may share a frame with another."""
        wait_ms = self._wait_ms()
        if not self._waiting and wait_ms == 0:
            self._begin_turn()
            draw()
            return
        self._waiting[owner, name] = _Wish(draw, is_light)
        if not self._timer.isActive():
            self._timer.start(wait_ms)

    def follow(self, window: QWidget) -> None:
        """Keep clear of the frames of `window`."""
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.UpdateRequest and not self._is_own:
            self._on_window_moved()
        return False

    def _on_window_moved(self) -> None:
        """A frame is about to be painted that no turn has asked for: the next turn comes right behind it."""
        past = _past_ms(self._frame)
        if past < SAME_MS:
            return
        self._is_steady = past < STEADY_MS
        self._frame.start()
        if self._waiting:  # a turn that is not due yet is led behind the next frame, also where this one came late
            self._timer.start(0 if _past_ms(self._since) >= EARLY_MS else self._wait_ms())

    def _wait_ms(self) -> int:
        """Until the next turn may begin, ms; where something moves, until its next frame must have come."""
        moves = LATE_MS - _past_ms(self._frame) if self._is_steady else 0
        return max(0, GAP_MS - _past_ms(self._since), moves)

    def is_waited_by(self, owner: QObject) -> bool:
        """Whether a wish of `owner` waits for its turn."""
        return any(who is owner for who, _ in self._waiting)

    def forget(self, owner: QObject) -> None:
        """No wish of `owner` holds any longer."""
        self._waiting = {key: wish for key, wish in self._waiting.items() if key[0] is not owner}
        if not self._waiting:
            self._timer.stop()

    @Slot()
    def _on_frame_came(self) -> None:
        has_room = 1e3 * (time.thread_time() - self._spent_at) < SPARE_MS
        self._begin_turn()
        for key in self._next(has_room):
            wish = self._waiting.pop(key, None)
            if wish is not None and isValid(key[0]):
                wish.draw()
        if self._waiting:
            self._timer.start(self._wait_ms())

    @Slot()
    def _on_turn_painted(self) -> None:
        self._is_own = False

    def _next(self, has_room: bool) -> list[tuple[QObject, Hashable]]:
        """Whose turn it is: the first, and with it, where there is room, the next that is light beside a large one."""
        keys = list(self._waiting)
        if not keys or not has_room:
            return keys[:1]
        may_be_any = self._waiting[keys[0]].is_light or len(keys) > MANY
        return keys[:1] + [key for key in keys[1:] if may_be_any or self._waiting[key].is_light][:1]

    def _begin_turn(self) -> None:
        self._since.start()
        self._spent_at = time.thread_time()
        self._is_own = True
        self._painted.ask()


def _past_ms(timer: QElapsedTimer) -> int:
    """ms since `timer` was started last; where it never was, more than anything waits for."""
    return timer.elapsed() if timer.isValid() else 1 << 30
