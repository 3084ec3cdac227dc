"""RecordedPlayback: a bench's own clock over what a model has answered: what a ClockBar drives. Draws nothing, computes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.cell_clock import CellClock


class RecordedPlayback(QObject):
    """Plays from 0 to `last_ms`, and stands there; the next Play begins anew. Times in ms.

    may_play: False while a prediction is owed; Play, or a later moment, then only emits `refused`.
    """

    moment_changed = Signal()
    refused = Signal()

    def __init__(self, speed: float, parent: QObject | None = None) -> None:
        """speed: ms of biology a second."""
        super().__init__(parent)
        self.clock = CellClock(speed)
        self.may_play = True
        self._shown = 0.0

    # --- what is played -----------------------------------------------------------------------------------------------

    @property
    def last_ms(self) -> float:
        """The end of what is recorded; 0 where nothing is."""
        raise NotImplementedError

    @property
    def spikes_ms(self) -> Sequence[float]:
        """Where the scrub bar has its ticks."""
        raise NotImplementedError

    @property
    def is_in_flight(self) -> bool:
        """Whether a spike is under way at the moment shown: slow motion."""
        raise NotImplementedError

    # --- the moment shown ---------------------------------------------------------------------------------------------

    @property
    def shown_ms(self) -> float:
        return self._shown

    @property
    def first_ms(self) -> float:
        return 0.0

    @property
    def is_live(self) -> bool:
        """At the last moment; while a prediction is owed there is no later one to go to."""
        return not self.may_play or self._shown >= self.last_ms

    @property
    def branch_ms(self) -> float | None:
        return None

    def toggle(self) -> None:
        if self.clock.is_playing:
            self.clock.is_playing = False
        elif not self.may_play or self.last_ms <= 0.0:
            self.refused.emit()
        else:
            if self.is_live:
                self.jump(0.0)
            self.clock.is_playing = True
        self.moment_changed.emit()

    def step(self, span_ms: float) -> None:
        self.clock.is_playing = False
        self.show_moment(self._shown + span_ms)

    def show_moment(self, time_ms: float) -> None:
        if not self.may_play and time_ms > 0.0:
            self.refused.emit()
            return
        self.jump(time_ms)

    def go_live(self) -> None:
        self.clock.is_playing = False
        self.show_moment(self.last_ms)

    def restart(self) -> None:
        self.clock.is_playing = False
        self.jump(0.0)

    def jump(self, time_ms: float) -> None:
        """Show this moment whether or not a prediction is owed: a state says so."""
        self._shown = min(max(time_ms, 0.0), self.last_ms)
        self.moment_changed.emit()

    def tick(self, seconds: float) -> None:
        """Turn the clock on by `seconds`; it stops at the end."""
        if not self.clock.is_playing or self.last_ms <= 0.0:
            return
        moved = self._shown + self.clock.turn(seconds, self.is_in_flight)
        if moved >= self.last_ms or not self.may_play:
            self.clock.is_playing = False
        self.jump(moved)
