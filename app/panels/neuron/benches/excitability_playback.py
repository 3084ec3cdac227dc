"""A run of a point cell on the bench's own clock: what a ClockBar drives. Draws nothing, computes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.cell_clock import CellClock

Array = np.ndarray
USUAL_SPEED = 10.0  # ms a second: a spike of 1 ms is seen to rise and fall
FLIGHT_MS = 2.0


class RunPlayback(QObject):
    """Plays the traces of one run and stands at its end; the next Play begins anew."""

    moment_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.clock = CellClock(USUAL_SPEED)
        self.clock.has_slow_motion = False
        self.traces: Mapping[str, Array] = {}
        self._spikes: tuple[float, ...] = ()
        self._shown = 0.0

    def set_run(self, traces: Mapping[str, Array], spikes_ms: Sequence[float]) -> None:
        """Another run, from its beginning; {} for none."""
        self.traces = traces
        self._spikes = tuple(spikes_ms)
        self._go_to(0.0)

    def value(self, name: str) -> float:
        """A trace at the moment shown; not a number where there is none."""
        if name not in self.traces:
            return float("nan")
        return float(np.interp(self._shown, self.traces["t_ms"], self.traces[name]))

    @property
    def shown_ms(self) -> float:
        return self._shown

    @property
    def first_ms(self) -> float:
        return 0.0

    @property
    def last_ms(self) -> float:
        return float(self.traces["t_ms"][-1]) if self.traces else 0.0

    @property
    def is_live(self) -> bool:
        return self._shown >= self.last_ms

    @property
    def spikes_ms(self) -> Sequence[float]:
        return self._spikes

    @property
    def branch_ms(self) -> float | None:
        return None

    def toggle(self) -> None:
        if self.clock.is_playing or not self.traces:
            self.clock.is_playing = False
        else:
            if self.is_live:
                self._go_to(0.0)
            self.clock.is_playing = True
        self.moment_changed.emit()

    def step(self, span_ms: float) -> None:
        self.clock.is_playing = False
        self._go_to(self._shown + span_ms)

    def show_moment(self, time_ms: float) -> None:
        self._go_to(time_ms)

    def go_live(self) -> None:
        self.clock.is_playing = False
        self._go_to(self.last_ms)

    def restart(self) -> None:
        self.clock.is_playing = False
        self._go_to(0.0)

    def tick(self, seconds: float) -> None:
        """Turn the clock on by `seconds`; it stops at the end of the run."""
        if not self.clock.is_playing or not self.traces:
            return
        is_in_flight = any(0.0 <= self._shown - spike < FLIGHT_MS for spike in self._spikes)
        moved = self._shown + self.clock.turn(seconds, is_in_flight)
        if moved >= self.last_ms:
            self.clock.is_playing = False
        self._go_to(moved)

    def _go_to(self, time_ms: float) -> None:
        self._shown = min(max(time_ms, 0.0), self.last_ms)
        self.moment_changed.emit()
