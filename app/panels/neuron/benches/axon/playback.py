"""The axon bench's clock over a recording of both axons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from app.panels.neuron.benches.axon.recording import PairRecording
from app.panels.neuron.benches.axon.state import USUAL_SPEED
from app.panels.neuron.recorded_playback import RecordedPlayback


class AxonPlayback(RecordedPlayback):
    """Plays a PairRecording from its first row to its last; the stimulus stands at the beginning."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(USUAL_SPEED, parent)
        self.recording: PairRecording | None = None

    def set_recording(self, recording: PairRecording | None) -> None:
        """Play another one from now on; the moment shown stays where it can."""
        self.recording = recording
        self.jump(self._shown)

    @property
    def last_ms(self) -> float:
        return self.recording.last_ms if self.recording is not None else 0.0

    @property
    def spikes_ms(self) -> Sequence[float]:
        """When an impulse comes to the end of either axon; while a prediction is owed that would tell the answer."""
        if self.recording is None or not self.may_play:
            return ()
        ends = (self.recording.myelinated.arrivals_ms[-1], self.recording.bare.arrivals_ms[-1])
        return tuple(sorted(time for time in ends if time is not None))

    @property
    def is_in_flight(self) -> bool:
        return self.recording is not None and self._shown < self.recording.flight_end_ms
