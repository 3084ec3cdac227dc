"""The axon bench's clock over a recording: what a ClockBar drives. Draws nothing, computes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.cell_clock import CellClock
from app.panels.neuron.benches.axon_recording import PairRecording
from app.panels.neuron.benches.axon_state import USUAL_SPEED


class AxonPlayback(QObject):
    """Plays a PairRecording from its first row to its last, and stands there; the next Play begins at the stimulus again.

    may_play: False while a prediction is owed; Play then only emits `refused`.
    """

    moment_changed = Signal()
    refused = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.clock = CellClock(USUAL_SPEED)
        self.recording: PairRecording | None = None
        self.may_play = True
        self._shown = 0.0

    def set_recording(self, recording: PairRecording | None) -> None:
        """Play another one from now on; the moment shown stays where it can."""
        self.recording = recording
        self._go_to(self._shown)

    @property
    def shown_ms(self) -> float:
        return self._shown

    @property
    def first_ms(self) -> float:
        return 0.0

    @property
    def last_ms(self) -> float:
        return self.recording.last_ms if self.recording is not None else 0.0

    @property
    def is_live(self) -> bool:
        """At the last moment; while a prediction is owed there is no later one to go to."""
        return not self.may_play or self._shown >= self.last_ms

    @property
    def spikes_ms(self) -> Sequence[float]:
        """When an impulse comes to the end of either axon; while a prediction is owed that would tell the answer."""
        if self.recording is None or not self.may_play:
            return ()
        ends = (self.recording.myelinated.arrivals_ms[-1], self.recording.bare.arrivals_ms[-1])
        return tuple(sorted(time for time in ends if time is not None))

    @property
    def branch_ms(self) -> float | None:
        return None

    def toggle(self) -> None:
        if self.clock.is_playing:
            self.clock.is_playing = False
        elif not self.may_play or self.recording is None:
            self.refused.emit()
        else:
            if self.is_live:
                self._go_to(0.0)
            self.clock.is_playing = True
        self.moment_changed.emit()

    def step(self, span_ms: float) -> None:
        self.clock.is_playing = False
        self.show_moment(self._shown + span_ms)

    def show_moment(self, time_ms: float) -> None:
        if not self.may_play and time_ms > 0.0:
            self.refused.emit()
            return
        self._go_to(time_ms)

    def go_live(self) -> None:
        self.clock.is_playing = False
        self.show_moment(self.last_ms)

    def restart(self) -> None:
        self.clock.is_playing = False
        self._go_to(0.0)

    def jump(self, time_ms: float) -> None:
        """Show this moment whether or not a prediction is owed: a state says so."""
        self._go_to(time_ms)

    def tick(self, seconds: float) -> None:
        """Turn the clock on by `seconds`; it stops at the end of the recording."""
        if self.recording is None or not self.clock.is_playing:
            return
        is_in_flight = self._shown < self.recording.flight_end_ms
        self._go_to(self._shown + self.clock.turn(seconds, is_in_flight))
        if self.is_live:
            self.clock.is_playing = False
            self.moment_changed.emit()

    def _go_to(self, time_ms: float) -> None:
        self._shown = min(max(time_ms, 0.0), self.last_ms)
        self.moment_changed.emit()
