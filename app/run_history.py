"""RunHistory: the curves of one run, by name, and what happened when. numpy; imports neither Qt nor torch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
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
from trainers.metrics import EPOCH_METRICS, PHASES, REPORT_METRICS

_STEPS = ("loss", "batch_accuracy")
_GRADIENT = ("gradient_norm",)  # measured now and then: a track of its own
_REPORTS = (*(name for name in REPORT_METRICS if name not in _GRADIENT), "seconds")
_EPOCHS = (*EPOCH_METRICS, "epoch")
# percent of all cores; percent; bytes; percent of one core; degrees Celsius; watts; megahertz. The first GPU
HARDWARE = (
    "cpu_utilisation",
    "memory_used",
    "window_cpu",
    "window_memory",
    "worker_cpu",
    "worker_memory",
    "gpu_utilisation",
    "gpu_memory",
    "gpu_temperature",
    "gpu_power",
    "gpu_clock",
)


class Mark(msgspec.Struct, frozen=True):
    """Something to mark on the time axis. kind: "value", "checkpoint", "resumed", "pause", "finished", "failed"."""

    step: int
    kind: str
    text: str


class RunHistory:
    """Grows by `append`. x of every series is the step; `times` tells after how many seconds of training it was done.

    x is stored once for all series that come together; what is old lies in a temporary file without a name, see CurveTrack.
    """

    def __init__(self, folder: Path | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._stopped_at: float | None = None
        kinds = (_STEPS, _REPORTS, _GRADIENT, _EPOCHS, PHASES, HARDWARE)
        self._tracks = tuple(CurveTrack(names, folder) for names in kinds)
        self._steps, self._reports, self._gradient, self._epochs, self._phases, self._hardware = self._tracks
        self._track_of = {name: track for track in self._tracks for name in track.columns}
        self._marks: list[Mark] = []
        self._generation = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The series that there are, empty ones too."""
        return tuple(name for track in self._tracks for name in track.columns)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What happened, in order."""
        return tuple(self._marks)

    @property
    def generation(self) -> int:
        """Rises whenever points are taken back: what was computed from them is then to be computed anew."""
        return self._generation

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
                scores = (_or_nan(getattr(event, name)) for name in EPOCH_METRICS)
                self._epochs.append(event.step, *scores, event.epoch)
            case RunStarted():
                self._begin(event)
            case ValueSet():
                self.mark(event.step, "value", f"{event.name.replace('_', ' ')} = {event.value}")
            case CheckpointSaved():
                self.mark(event.step, "checkpoint", "Checkpoint")
            case RunFinished():
                self.stop_clock()
                self.mark(event.step, "finished", "Finished")
            case RunFailed():
                self.stop_clock()
                self.mark(event.step, "failed", event.reason)

    def extend(self, events: Iterable[AnyEvent]) -> None:
        """Take in events in their order."""
        for event in events:
            self.append(event)

    def take_up(self, events: Iterable[AnyEvent], last_step: int, seconds: float) -> None:
        """The curves of an earlier session in place of what there is; `last_step` was reached after `seconds`, evenly."""
        self.clear()
        reports: list[StepReport] = []
        for event in events:
            if isinstance(event, StepReport):
                reports.append(event)
            else:
                self.append(event)
        self._take_in_steps(reports)
        steps = np.array([report.step for report in reports])
        columns = [[_or_nan(getattr(report, name)) for report in reports] for name in _REPORTS[:-1]]
        self._reports.extend(steps, *columns, seconds * steps / max(1, last_step))
        for report in reports:
            self._append_now_and_then(report)
        self._set_clock(seconds)
        self.stop_clock()

    def append_hardware(self, values: dict[str, float], step: int | None = None) -> None:
        """Take in one sample of the machine, by the names of HARDWARE; what is missing becomes NaN. step: the last one if None."""
        columns = [values.get(name, np.nan) for name in HARDWARE]
        self._hardware.append(self.last_step if step is None else step, *columns)

    def mark(self, step: int, kind: str, text: str) -> None:
        """Mark a step."""
        self._marks.append(Mark(step, kind, text))

    def series(self, name: str) -> tuple[Floats, Floats]:
        """(x, y) of all points, copied. Raises KeyError for a name that there is not."""
        return self._track_of[name].rows(name)

    def count(self, name: str) -> int:
        """How many points a series has."""
        return len(self._track_of[name])

    def rows(self, name: str, start: int = 0, end: int | None = None) -> tuple[Floats, Floats]:
        """(x, y) of the points from number `start` up to `end`, copied."""
        return self._track_of[name].rows(name, start, end)

    def index_of(self, name: str, x: float) -> int:
        """Number of the first point at `x` or beyond."""
        return self._track_of[name].index_of(x, "left")

    def window(self, name: str, x0: float, x1: float, pixels: int) -> tuple[Floats, Floats, Floats]:
        """(x, y_min, y_max) of the points with x0 <= x <= x1, in at most `pixels` buckets; see CurveTrack.window."""
        return self._track_of[name].window(name, x0, x1, pixels)

    def last(self, name: str) -> float | None:
        """The newest value of a series; None where there is none."""
        count = self.count(name)
        return float(self.rows(name, count - 1)[1][0]) if count else None

    def times(self, most: int) -> tuple[Floats, Floats]:
        """(steps, seconds of training, pauses left out) of at most `most` reports, evenly taken: as reports come so many a second,
        evenly over the time too."""
        numbers = np.unique(
            np.linspace(0, max(0, len(self._reports) - 1), min(most, len(self._reports))).astype(np.int64)
        )
        return self._reports.picked_x(numbers), self._reports.picked("seconds", numbers)

    def stop_clock(self) -> None:
        """No step is taken from now on: the time until `run_clock` is none of training."""
        if self._stopped_at is None:
            self._stopped_at = self._clock()

    def run_clock(self) -> None:
        """Steps are taken again."""
        if self._stopped_at is not None:
            self._began += self._clock() - self._stopped_at
            self._stopped_at = None

    def clear(self) -> None:
        """Forget everything."""
        self._generation += 1
        for track in self._tracks:
            track.clear()
        self._marks.clear()
        self._set_clock(0.0)

    def close(self) -> None:
        """Let go of the temporary files."""
        self.clear()

    def _begin(self, event: RunStarted) -> None:
        if event.step == 0:
            self.clear()
            return
        self._generation += 1
        for track in self._tracks:  # resumed: what lies beyond the checkpoint is done again
            track.drop_after(event.step)
        self._marks = [mark for mark in self._marks if mark.step <= event.step]
        self._set_clock(self.last("seconds") or 0.0)
        self.mark(event.step, "resumed", "Resumed")

    def _set_clock(self, seconds: float) -> None:
        """The run has been trained for `seconds`, and goes on."""
        self._began, self._stopped_at = self._clock() - seconds, None

    def _take_in_steps(self, reports: Sequence[StepReport]) -> None:
        """The losses of reports, all at once: one after another they took ten times as long."""
        points = np.array([point for report in reports for point in report.losses]).reshape(-1, 2)
        known = [report.accuracies if len(report.accuracies) == len(report.losses) else None for report in reports]
        right = [
            value
            for report, accuracies in zip(reports, known, strict=True)
            for value in (accuracies if accuracies is not None else (np.nan,) * len(report.losses))
        ]
        if len(points):
            self._steps.extend(points[:, 0], points[:, 1], right)

    def _append_steps(self, event: StepReport) -> None:
        self._take_in_steps((event,))
        seconds = (self._clock() if self._stopped_at is None else self._stopped_at) - self._began
        self._reports.append(event.step, *(_or_nan(getattr(event, name)) for name in _REPORTS[:-1]), seconds)
        self._append_now_and_then(event)

    def _append_now_and_then(self, event: StepReport) -> None:
        """What only some reports bring."""
        if event.gradient_norm is not None:
            self._gradient.append(event.step, event.gradient_norm)
        if event.phases:
            self._phases.append(event.step, *(event.phases.get(name, np.nan) for name in PHASES))


def _or_nan(value: Any) -> float:
    return float("nan") if value is None else float(value)
