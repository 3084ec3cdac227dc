"""RunHistory: the curves of one run, by name, and what happened when. numpy; imports neither Qt nor torch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from app.curve_track import CurveTrack
from app.min_max_pyramid import Floats
from trainers.events import (
    AnyEvent,
    CheckpointSaved,
    EpochReport,
    RunFailed,
    RunFinished,
    RunStarted,
    StepReport,
    ValueSet,
)

_STEPS = ("loss", "batch_accuracy")
_REPORTS = ("learning_rate", "samples_per_second", "device_memory", "seconds")
_GRADIENT = ("gradient_norm",)
_EPOCHS = ("train_loss", "train_accuracy", "test_loss", "test_accuracy", "epoch")
_PHASES = ("data", "forward", "backward", "optimizer")


class Mark(msgspec.Struct, frozen=True):
    """Something to mark on the time axis. kind: "value", "checkpoint", "resumed", "pause", "finished", "failed"."""

    step: int
    kind: str
    text: str


class RunHistory:
    """Grows by `append`. x of every series is the step; `seconds_at` turns a step into time since the run began.

    x is stored once for all series that come together; what is old lies in a temporary file without a name, see CurveTrack.
    """

    def __init__(self, folder: Path | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._folder = folder
        self._tracks = [CurveTrack(names, folder) for names in (_STEPS, _REPORTS, _GRADIENT, _EPOCHS, _PHASES)]
        self._steps, self._reports, self._gradient, self._epochs, self._phases = self._tracks
        self._hardware: CurveTrack | None = None
        self._marks: list[Mark] = []

    @property
    def names(self) -> tuple[str, ...]:
        """The series that there are, empty ones too."""
        return tuple(name for track in self._all_tracks() for name in track.columns)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What happened, in order."""
        return tuple(self._marks)

    @property
    def last_step(self) -> int:
        """The newest step that a curve has a point at."""
        return int(max(0.0, self._steps.last_x, self._epochs.last_x))

    def append(self, event: AnyEvent) -> None:
        """Take in one event; those that are no part of a curve are passed over."""
        match event:
            case StepReport():
                self._append_steps(event)
            case EpochReport():
                accuracies = (_or_nan(event.train_accuracy), _or_nan(event.test_accuracy))
                self._epochs.extend(
                    event.step, event.train_loss, accuracies[0], event.test_loss, accuracies[1], event.epoch
                )
            case RunStarted():
                self._begin(event)
            case ValueSet():
                self.mark(event.step, "value", f"{event.name} = {event.value}")
            case CheckpointSaved():
                self.mark(event.step, "checkpoint", "Checkpoint")
            case RunFinished():
                self.mark(event.step, "finished", "Finished")
            case RunFailed():
                self.mark(event.step, "failed", event.reason)

    def extend(self, events: Iterable[AnyEvent]) -> None:
        """Take in events in their order."""
        for event in events:
            self.append(event)

    def append_hardware(self, values: dict[str, float], step: int | None = None) -> None:
        """Take in one sample of the machine; the names of the first one are the series. Missing values become NaN."""
        if self._hardware is None:
            self._hardware = CurveTrack(tuple(name for name in values if name not in self.names), self._folder)
        columns = [values.get(name, np.nan) for name in self._hardware.columns]
        if columns:
            self._hardware.extend(self.last_step if step is None else step, *columns)

    def mark(self, step: int, kind: str, text: str) -> None:
        """Mark a step."""
        self._marks.append(Mark(step, kind, text))

    def series(self, name: str) -> tuple[Floats, Floats]:
        """(x, y) of all points, copied; empty where nothing has come yet. Raises KeyError for a name that there is not."""
        track = self._track_of(name)
        return track.rows(name) if track is not None else (np.empty(0), np.empty(0))

    def count(self, name: str) -> int:
        """How many points a series has."""
        track = self._track_of(name)
        return 0 if track is None else len(track)

    def rows(self, name: str, start: int = 0, end: int | None = None) -> tuple[Floats, Floats]:
        """(x, y) of the points from number `start` up to `end`, copied: what a drawer wants of a long series is its newest part."""
        track = self._track_of(name)
        return track.rows(name, start, end) if track is not None else (np.empty(0), np.empty(0))

    def index_of(self, name: str, x: float) -> int:
        """The number of the first point above `x`: the one before it is the newest at `x`."""
        track = self._track_of(name)
        return 0 if track is None else track.index_of(x, "right")

    def window(self, name: str, x0: float, x1: float, pixels: int) -> tuple[Floats, Floats, Floats]:
        """(x, y_min, y_max) of the points with x0 <= x <= x1, in at most `pixels` buckets; see CurveTrack.window."""
        track = self._track_of(name)
        if track is None:
            return np.empty(0), np.empty(0), np.empty(0)
        return track.window(name, x0, x1, pixels)

    def last(self, name: str) -> float | None:
        """The newest value of a series; None where there is none."""
        track = self._track_of(name)
        if track is None or not len(track):
            return None
        return float(track.rows(name, len(track) - 1)[1][0])

    def seconds_at(self, step: float) -> float:
        """Seconds since the run began, pauses included, at which `step` was reported; between two reports, in proportion."""
        steps, seconds = self._reports, self._reports.columns.index("seconds")
        index = steps.index_of(step, "left")
        x, y = steps.rows(steps.columns[seconds], max(0, index - 1), index + 1)
        return float(np.interp(step, x, y)) if len(x) else 0.0

    def clear(self) -> None:
        """Forget everything."""
        for track in self._all_tracks():
            track.clear()
        self._hardware = None
        self._marks.clear()
        self._began = self._clock()

    def close(self) -> None:
        """Let go of the temporary files."""
        self.clear()

    def _begin(self, event: RunStarted) -> None:
        if event.step == 0:
            self.clear()
            return
        for track in self._all_tracks():  # resumed: what lies beyond the checkpoint is done again
            track.drop_after(event.step)
        self._marks = [mark for mark in self._marks if mark.step <= event.step]
        self.mark(event.step, "resumed", "Resumed")

    def _append_steps(self, event: StepReport) -> None:
        if event.losses:
            points = np.array(event.losses)
            right = event.accuracies if len(event.accuracies) == len(points) else np.nan
            self._steps.extend(points[:, 0], points[:, 1], right)
        seconds = self._clock() - self._began
        memory = _or_nan(event.device_memory)
        self._reports.extend(event.step, event.learning_rate, event.samples_per_second, memory, seconds)
        if event.gradient_norm is not None:
            self._gradient.extend(event.step, event.gradient_norm)
        if event.phases:
            self._phases.extend(event.step, *(event.phases.get(name, np.nan) for name in _PHASES))

    def _all_tracks(self) -> list[CurveTrack]:
        return self._tracks if self._hardware is None else [*self._tracks, self._hardware]

    def _track_of(self, name: str) -> CurveTrack | None:
        for track in self._all_tracks():
            if name in track.columns:
                return track
        if self._hardware is None:
            return None  # a series of the machine, of which nothing has come yet
        raise KeyError(name)


def _or_nan(value: Any) -> float:
    return float("nan") if value is None else float(value)
