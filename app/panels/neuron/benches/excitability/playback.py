"""The excitability bench's clock over the traces of one run of a point cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QObject

from app.panels.neuron.recorded_playback import RecordedPlayback

Array = np.ndarray
USUAL_SPEED = 10.0  # ms a second: a spike of 1 ms is seen to rise and fall
FLIGHT_MS = 2.0


class RunPlayback(RecordedPlayback):
    """Plays the traces of one run, (n,) each, by their names with units; "t_ms" is their time."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(USUAL_SPEED, parent)
        self.clock.has_slow_motion = False
        self.traces: Mapping[str, Array] = {}
        self._spikes: tuple[float, ...] = ()

    def set_run(self, traces: Mapping[str, Array], spikes_ms: Sequence[float]) -> None:
        """Another run, from its beginning; {} for none."""
        self.traces = traces
        self._spikes = tuple(spikes_ms)
        self.jump(0.0)

    def value(self, name: str) -> float:
        """A trace at the moment shown; not a number where there is none."""
        if name not in self.traces:
            return float("nan")
        return float(np.interp(self._shown, self.traces["t_ms"], self.traces[name]))

    @property
    def last_ms(self) -> float:
        return float(self.traces["t_ms"][-1]) if self.traces else 0.0

    @property
    def spikes_ms(self) -> Sequence[float]:
        return self._spikes

    @property
    def is_in_flight(self) -> bool:
        return any(0.0 <= self._shown - spike < FLIGHT_MS for spike in self._spikes)
