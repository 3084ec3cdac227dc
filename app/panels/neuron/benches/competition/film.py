"""Film: the slices of one competition run as they come, to be shown at any second. Same seed, same bits: a run that was cut short goes on."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from app.neuron_session import NeuronSession
from app.simulation.biology.stage import Refused, Slice
from app.stage_link import STARTED_ANEW

Array = np.ndarray
MODEL = "competition"
BINS = 20


class Moment:
    """What one slice shows. seconds; weights float32 (n,) 0 to 1; histogram int64 (20,); mean, sd; rate_Hz of the output."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.seconds = float(values["seconds"])
        self.weights = np.asarray(values["weights"], np.float32)
        self.histogram = np.asarray(values["histogram"], np.int64)
        self.mean, self.sd = float(values["mean"]), float(values["sd"])
        self.rate_Hz = float(values["rate_Hz"])
        self.weak, self.strong = float(values["weak"]), float(values["strong"])


class Film(QObject):
    """Asks the session for the run and keeps its slices. `grew` after each; `ended`: the last one is there.

    computed_s: seconds of the wall's clock that the worker took for what is there (as far as the window can see it).
    """

    grew = Signal()
    ended = Signal()
    refused = Signal(str)

    def __init__(self, session: NeuronSession, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.options: dict[str, Any] = {}
        self.moments: list[Moment] = []
        self._token = 0
        self._again = 0  # slices of a run begun again that are there already
        self._began = 0.0
        self.computed_s = 0.0
        session.sliced.connect(self._on_sliced)
        session.answered.connect(self._on_answered)

    @property
    def is_running(self) -> bool:
        """Whether slices are owed."""
        return self._token != 0

    @property
    def total_s(self) -> float:
        """Biology that the whole run has."""
        return float(self.options.get("seconds", 0.0))

    @property
    def last_s(self) -> float:
        """Biology that is there."""
        return self.moments[-1].seconds if self.moments else 0.0

    @property
    def is_whole(self) -> bool:
        """Whether the run is there to its end."""
        return bool(self.moments) and self.last_s >= self.total_s - 1e-6

    def begin(self, options: dict[str, Any]) -> None:
        """Run with `options`; what is there of the same run is kept, and the run is only followed beyond it."""
        if options != self.options:
            self.forget()
            self.options = dict(options)
        if self.is_whole or self.is_running:
            return
        self._again = len(self.moments)
        self._began = time.monotonic()
        self._token = self._session.start_training(MODEL, self.options)

    def stop(self) -> None:
        """Compute no more; what is there stays."""
        if self._token:
            self._token = 0
            self._session.stop_training()

    def forget(self) -> None:
        """No run."""
        self.stop()
        self.options, self.moments, self.computed_s = {}, [], 0.0

    def at(self, seconds: float) -> Moment | None:
        """The last slice that is not after `seconds`; the first where all are; None before there is one."""
        if not self.moments:
            return None
        step = self.total_s / max(round(self.total_s / self.moments[0].seconds), 1)
        number = math.floor(seconds / step + 1e-6) - 1
        return self.moments[min(max(number, 0), len(self.moments) - 1)]

    def history(self, seconds: float) -> dict[str, Array]:
        """seconds, mean, sd, rate_Hz of the slices up to `seconds`, each float64 (k,)."""
        seen = [moment for moment in self.moments if moment.seconds <= seconds + 1e-6]
        keys = ("seconds", "mean", "sd", "rate_Hz")
        return {key: np.array([getattr(moment, key) for moment in seen], float) for key in keys}

    @Slot(int, object)
    def _on_sliced(self, token: int, item: object) -> None:
        if token != self._token or not isinstance(item, Slice):
            return
        if self._again > 0:
            self._again -= 1
        elif item.values:
            self.moments.append(Moment(item.values))
            self.computed_s = time.monotonic() - self._began
            self.grew.emit()
        if item.is_last:
            self._token = 0
            self.ended.emit()

    @Slot(int, object)
    def _on_answered(self, token: int, item: object) -> None:
        if token == self._token and token and isinstance(item, Refused):
            self._token = 0
            if item.reason == STARTED_ANEW:
                self.begin(self.options)
            else:
                self.refused.emit(item.reason)
