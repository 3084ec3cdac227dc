"""KeptRun: the curves of a run on disk, to be laid beside those of another; KeptRunLine: such a run in a line. No Qt, no torch."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from app.curve_track import CurveTrack
from app.min_max_pyramid import Floats
from app.running_sums import running_sums
from trainers.metrics import EPOCH_METRICS

STEPS = ("loss", "batch_accuracy")
REPORTS = ("learning_rate", "samples_per_second")


def _sums_of(name: str) -> tuple[str, str]:
    """The columns of a series' sums, see running_sums."""
    return f"sum of {name}", f"what rounding took from the sum of {name}"


_SUMS = tuple(column for name in STEPS for column in _sums_of(name))


class KeptRunLine(msgspec.Struct, frozen=True):
    """What a list says of a run. run: its name in the database; network: a title; data, settings: as its plan names them.

    started: as ISO 8601 with the time zone. test_loss, test_accuracy: at the end of its newest epoch.
    """

    run: str
    network: str
    data: dict[str, Any]
    settings: dict[str, Any]
    started: str
    last_step: int
    test_loss: float | None = None
    test_accuracy: float | None = None


class KeptRun:
    """Curves that grow no more. x of every series is the step, stored once; what is old lies on disk, see CurveTrack.

    The sums behind the running means are columns like any other: 1,000,000 steps would keep 32 MB of them in memory.
    """

    generation = 0  # no point is ever taken back

    def __init__(self, line: KeptRunLine, seconds: float | None = None, seconds_step: int = 0) -> None:
        """seconds: of training until step `seconds_step`; None where that is not known."""
        self.line = line
        self.is_under_way = False  # some process still trains it: what there is of it is not all
        self._seconds, self._seconds_step = seconds, seconds_step
        self._steps = CurveTrack((*STEPS, *_SUMS))
        self._tracks = (self._steps, CurveTrack(REPORTS), CurveTrack(EPOCH_METRICS))
        self._track_of = {name: track for track in self._tracks for name in track.columns}
        self._totals = [(0.0, 0.0)] * len(STEPS)

    # --- growing, while it is read ------------------------------------------------------------------------------------

    def take_steps(self, rows: Floats) -> None:
        """Rows of (step, *STEPS), (n, 3), NaN for what is not known."""
        if not len(rows):
            return
        x, *values = rows.T
        sums = [running_sums(series, total) for series, total in zip(values, self._totals, strict=True)]
        self._totals = [(float(rounded[-1]), float(lost[-1])) for rounded, lost in sums]
        self._steps.extend(x, *values, *(column for pair in sums for column in pair))

    def take_reports(self, rows: Floats) -> None:
        """Rows of (step, *REPORTS), (n, 3): the learning rate, samples per second; NaN for what is not known."""
        self._tracks[1].extend(*rows.T)

    def take_epochs(self, rows: Floats) -> None:
        """Rows of (step, *EPOCH_METRICS), (n, 1 + len(EPOCH_METRICS)), NaN for what is not known."""
        self._tracks[2].extend(*rows.T)

    # --- what the curves read -----------------------------------------------------------------------------------------

    @property
    def last_step(self) -> int:
        """The newest step that a curve has a point at."""
        return int(max(0.0, *(track.last_x for track in self._tracks)))

    @property
    def has_seconds(self) -> bool:
        """Whether it is known how long it took."""
        return self._seconds is not None and self._seconds_step > 0

    def count(self, name: str) -> int:
        """How many points a series has; none where it was not kept."""
        track = self._track_of.get(name)
        return 0 if track is None else len(track)

    def rows(self, name: str, start: int = 0, end: int | None = None) -> tuple[Floats, Floats]:
        """(x, y) of the points from number `start` up to `end`, copied."""
        track = self._track_of.get(name)
        return (np.empty(0), np.empty(0)) if track is None else track.rows(name, start, end)

    def index_of(self, name: str, x: float) -> int:
        """Number of the first point at `x` or beyond."""
        track = self._track_of.get(name)
        return 0 if track is None else track.index_of(x, "left")

    def window(self, name: str, x0: float, x1: float, pixels: int) -> tuple[Floats, Floats, Floats]:
        """(x, y_min, y_max) of the points with x0 <= x <= x1, in at most `pixels` buckets; see CurveTrack.window."""
        track = self._track_of.get(name)
        return (np.empty(0), np.empty(0), np.empty(0)) if track is None else track.window(name, x0, x1, pixels)

    def times(self, most: int) -> tuple[Floats, Floats]:
        """(steps, seconds of training): two points, as if all steps had taken equally long, since when each came is not kept; none
        where no time is known."""
        if self._seconds is None or self._seconds_step <= 0:
            return np.empty(0), np.empty(0)
        steps = np.array([0.0, float(self.last_step)])[:most]
        return steps, steps * self._seconds / self._seconds_step

    def means(self, name: str, places: npt.NDArray[np.int64], width: int) -> Floats:
        """Means of the `width` values of a series of STEPS up to each of the points number `places`."""
        ends = np.clip(places, 0, self.count(name) - 1)
        starts = np.maximum(-1, ends - max(1, width))
        places = np.concatenate([ends, np.maximum(starts, 0)])
        means: Floats = np.zeros(len(ends))
        for column in _sums_of(name):
            sums = self._steps.picked(column, places)
            means += sums[: len(ends)] - np.where(starts < 0, 0.0, sums[len(ends) :])
        return means / (ends - starts)

    def close(self) -> None:
        """Let go of the temporary files."""
        for track in self._tracks:
            track.close()
