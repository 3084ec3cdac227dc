"""RaceRecord: what a race has brought so far, as arrays, and what happened to it on the way. Imports no Qt and no torch."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import msgspec
import numpy as np
import numpy.typing as npt

from trainers.activation_lab import (
    ActivationChoice,
    AnyRaceEvent,
    LearningRateSet,
    RaceFrame,
    RacePlan,
    RacerChanged,
    RaceStarted,
)

Floats = npt.NDArray[np.float64]

MOST_STRETCHES = 2048  # of a curve that is drawn: as many as a wide screen has columns
SMOOTHED = 20  # steps: of a batch each, so that one hard batch is no peak


@dataclass(frozen=True)
class RateChange:
    """The learning rate changed after step `done`, until `until` where it was dragged; dead: units of each racer, dead before.

    low, high: between which rates steps were taken until then. gesture: of the hand, 0 for one of its own.
    """

    done: int
    before: float
    after: float
    dead: tuple[int, ...]
    until: int
    low: float
    high: float
    gesture: int = 0

    def then(self, done: int, after: float, gesture: int) -> RateChange:
        """The same change, gone on with to `after` after step `done`."""
        low, high = self.low, self.high
        if done > self.until:  # steps were taken at the rate that it had
            low, high = min(low, self.after), max(high, self.after)
        return RateChange(self.done, self.before, after, self.dead, done, low, high, gesture)


@dataclass(frozen=True)
class RacerChange:
    """Racer `index` got another activation after step `done`; loss: its training loss then."""

    done: int
    index: int
    before: ActivationChoice
    after: ActivationChoice
    dead_before: int
    dead_after: int
    loss: float


class Rows:
    """Rows of `width` numbers, float32, that grow at the end."""

    def __init__(self, width: int) -> None:
        self._data = np.empty((1024, width), np.float32)
        self._count = 0

    def append(self, rows: npt.NDArray[np.floating]) -> None:
        """rows: (n, width)."""
        needed = self._count + len(rows)
        if needed > len(self._data):
            grown = np.empty((max(2 * len(self._data), needed), self._data.shape[1]), np.float32)
            grown[: self._count] = self._data[: self._count]
            self._data = grown
        self._data[self._count : needed] = rows
        self._count = needed

    @property
    def rows(self) -> npt.NDArray[np.float32]:
        """All of them, (n, width); a view."""
        return self._data[: self._count]


class Means:
    """What is drawn of rows of `width` numbers: means of stretches of equally many rows, however many rows have come.

    Twice as long stretches where there would be more than MOST_STRETCHES. A stretch with a NaN has none: gaps stay.
    """

    def __init__(self, width: int) -> None:
        self._means = np.empty((MOST_STRETCHES, width))
        self._full = 0  # stretches
        self._size = 1  # rows in each
        self._rest = np.empty((0, width))  # rows of the stretch that is not full yet

    def append(self, rows: npt.NDArray[np.floating]) -> None:
        """rows: (n, width)."""
        new = np.concatenate([self._rest, rows.astype(np.float64)])
        while True:
            stretches = min(len(new) // self._size, MOST_STRETCHES - self._full)
            whole, new = new[: stretches * self._size], new[stretches * self._size :]
            parts = whole.reshape(stretches, self._size, new.shape[1])
            self._means[self._full : self._full + stretches] = parts.mean(axis=1)
            self._full += stretches
            if len(new) < self._size:
                break
            half = self._full // 2
            self._means[:half] = (self._means[0::2] + self._means[1::2]) / 2
            self._full, self._size = half, 2 * self._size
        self._rest = new

    @property
    def rows(self) -> tuple[Floats, Floats]:
        """Middle of each stretch, counted from 1 on, (m,), and its means, (m, width); the last is that of the rows still alone."""
        middles: Floats = (np.arange(self._full, dtype=np.float64) + 0.5) * self._size + 0.5
        means = self._means[: self._full]
        if len(self._rest):
            middles = np.append(middles, self._full * self._size + (len(self._rest) + 1) / 2)
            means = np.concatenate([means, self._rest.mean(axis=0)[None]])
        return middles, means


@dataclass(frozen=True)
class Series:
    """Numbers of every racer over the steps, for whoever reads or copies them; made anew for each picture, copied only when asked.

    names: of the columns. rows: (n, racers). steps: (n,), rising; None: 1 to n.
    """

    names: tuple[str, ...] = ()
    rows: npt.NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0), np.float32))
    steps: npt.NDArray[np.float32] | None = None

    def at(self, step: float) -> dict[str, float]:
        """Each racer's number at `step`, or at the next after it; nothing before the first and after the last."""
        count = len(self.rows)
        if not count or not (self.steps[0] if self.steps is not None else 1) <= step <= self._last:
            return {}
        place = math.ceil(step) - 1 if self.steps is None else int(np.searchsorted(self.steps, step))
        return dict(zip(self.names, self.rows[place].tolist(), strict=True))

    @property
    def _last(self) -> float:
        return float(self.steps[-1]) if self.steps is not None else len(self.rows)

    def all(self) -> dict[str, tuple[Floats, Floats]]:
        """All steps and numbers of each racer, copied."""
        steps = np.arange(1, len(self.rows) + 1, dtype=np.float64) if self.steps is None else self.steps
        return {
            name: (steps.astype(np.float64), self.rows[:, racer].astype(np.float64))
            for racer, name in enumerate(self.names)
        }


@dataclass
class RaceRecord:
    """Begun by its RaceStarted; `take` adds what follows.

    losses: of every step, row s - 1 that of step s, NaN from where a racer diverged. means: the same, each the mean of the last
    SMOOTHED steps; curve: what is drawn of them. dead: of each kept frame, all hidden layers together; dead_steps: at which steps.
    """

    started: RaceStarted
    frame: RaceFrame = field(init=False)
    plan: RacePlan = field(init=False)
    changes: list[RateChange | RacerChange] = field(init=False, default_factory=list)
    losses: Rows = field(init=False)
    means: Rows = field(init=False)
    curve: Means = field(init=False)
    dead: Rows = field(init=False)
    dead_steps: Rows = field(init=False)

    def __post_init__(self) -> None:
        self.frame, self.plan = self.started.first, self.started.plan
        racers = len(self.plan.racers)
        self.losses, self.means, self.dead, self.dead_steps = Rows(racers), Rows(racers), Rows(racers), Rows(1)
        self.curve = Means(racers)
        self._keep_dead(self.frame)

    @property
    def done(self) -> int:
        """Steps taken."""
        return self.frame.done

    @property
    def units(self) -> int:
        """Hidden units of each racer."""
        return sum(self.plan.hidden)

    @property
    def dead_now(self) -> tuple[int, ...]:
        """Dead units of each racer."""
        return tuple(int(count) for count in self.frame.dead.sum(axis=1))

    @property
    def ranking(self) -> list[int]:
        """Racers by training loss, the least first; those that diverged last, the one that held out longest first."""
        last = [step or 0 for step in self.frame.diverged]

        def place(racer: int) -> tuple[bool, float, int]:
            loss = float(self.frame.train_loss[racer])
            is_out = self.frame.diverged[racer] is not None or math.isnan(loss)
            return is_out, -last[racer] if is_out else loss, racer

        return sorted(range(len(self.plan.racers)), key=place)

    def take(self, event: AnyRaceEvent, *, is_kept: bool = True, gesture: int = 0) -> None:
        """Add an event of this race. is_kept: False leaves a frame's count of dead units out of the curve over time.

        gesture: of the hand that changed the learning rate; changes of one gesture are one, 0 is no other's.
        """
        match event:
            case RaceFrame():
                self._take_frame(event, is_kept)
            case LearningRateSet(done=done, learning_rate=after):
                self._note_rate(done, after, gesture)
            case RacerChanged():
                self._note_racer(event)

    def _take_frame(self, frame: RaceFrame, is_kept: bool) -> None:
        self.frame = frame
        if len(frame.losses):
            tail = self.losses.rows[-(SMOOTHED - 1) :]
            self.losses.append(frame.losses)
            means = _trailing_means(tail, frame.losses)
            self.means.append(means)
            self.curve.append(means)
        if is_kept:
            self._keep_dead(frame)

    def _keep_dead(self, frame: RaceFrame) -> None:
        out = np.array([step is not None for step in frame.diverged])
        self.dead.append(np.where(out, np.nan, frame.dead.sum(axis=1))[None, :])
        self.dead_steps.append(np.array([[frame.done]], np.float32))

    def _note_rate(self, done: int, after: float, gesture: int) -> None:
        before, self.plan = self.plan.learning_rate, msgspec.structs.replace(self.plan, learning_rate=after)
        last = self.changes[-1] if self.changes else None
        if isinstance(last, RateChange) and (done == last.done or 0 < gesture == last.gesture):
            self.changes[-1] = last.then(done, after, gesture)
            if done == last.done and after == last.before:  # no step knows of it
                self.changes.pop()
        elif before != after:
            self.changes.append(RateChange(done, before, after, self.dead_now, done, before, before, gesture))

    def _note_racer(self, event: RacerChanged) -> None:
        racers = list(self.plan.racers)
        before, racers[event.index] = racers[event.index], event.activation
        self.plan = msgspec.structs.replace(self.plan, racers=tuple(racers))
        loss = float(self.frame.train_loss[event.index])
        dead = sum(event.dead_before), sum(event.dead_after)
        self.changes.append(RacerChange(event.done, event.index, before, event.activation, *dead, loss))


def _trailing_means(tail: npt.NDArray[np.float32], new: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Mean of the last SMOOTHED values up to each row of `new`, of fewer where there are fewer; NaN from the first NaN on.

    Not by running sums: a loss of 1e29 would take all digits of those that follow it.
    """
    both = np.concatenate([tail, new]).astype(np.float64)
    missing = SMOOTHED - 1 - len(tail)
    padded = np.concatenate([np.zeros((missing, both.shape[1])), both])
    sums = np.lib.stride_tricks.sliding_window_view(padded, SMOOTHED, axis=0).sum(axis=-1)
    counts = np.minimum(np.arange(len(tail) + 1, len(both) + 1), SMOOTHED)
    means: npt.NDArray[np.float64] = sums / counts[:, None]
    return means


def thinned(x: Floats, y: Floats, most: int) -> tuple[Floats, Floats]:
    """At most `most` points for the same line: means of as many stretches, the last point as it is. x rises; x, y: (n,).

    A stretch with a hole has no mean: gaps stay. For curves that are means already: a dashed line of 1,000 points takes Qt 3 ms.
    """
    count = len(x)
    if count <= most:
        return x, y
    starts = np.linspace(0, count, most - 1, endpoint=False).astype(np.intp)
    sizes = np.diff(starts, append=count)
    middles, means = np.add.reduceat(x, starts) / sizes, np.add.reduceat(y, starts) / sizes
    return np.append(middles, x[-1]), np.append(means, y[-1])


def stepped(x: npt.NDArray[np.floating], rows: npt.NDArray[np.floating], most: int) -> tuple[Floats, Floats]:
    """At most `most` of the points, evenly spread, the last one among them: for counts, which have no mean. x: (n,); rows: (n, k)."""
    kept = np.linspace(0, len(x) - 1, most).astype(np.intp) if len(x) > most else slice(None)
    return x[kept].astype(np.float64), rows[kept].astype(np.float64)
