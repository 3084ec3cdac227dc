"""Kept sweeps: what earlier stimuli did at the probes, laid over the traces from the first stimulus on. Plain data; imports no widget."""

from __future__ import annotations

import math
from collections import Counter
from typing import Annotated, NamedTuple

import msgspec
import numpy as np
from msgspec import Meta

from app.cell_recording import CellRecording, Ghost
from app.cell_script import CellScript
from app.panels.neuron.probes import MOST_PROBES
from app.panels.neuron.trace_data import Curve
from app.simulation.biology.membrane import REST_MV
from app.simulation.biology.stage import Fire, Inject

MOST_SWEEPS = 8
MOST_POINTS = 2_000
LONGEST_MS = 60.0
_BEFORE_MS = 1.0  # so much of the calm before it is kept
_LEAST_MS = 1.0  # a sweep that is shorter shows nothing
_QUIET_MS = 30.0  # a stimulus that comes so long after the one before begins a sweep of its own
_EXACT_MV, _EXACT_SHARE = (
    0.3,
    0.02,
)  # a kept curve leaves the recorded one by no more than this, and this share of its height
_PEAK_MV = 5.0  # a peak that is so high is kept as it is
_LONGEST_GAP_MS = 1.0
_COARSE = (
    3.0  # of what is allowed: so far apart are the first rows tried, for a slope that is nearly straight needs few
)
_MOST_ROUNDS = 12  # 5 are enough for a cell that fires at 270 Hz

_MOST_NAMED = 2  # unlike currents
_LONGEST_NAME = 80

_Moment = tuple[float, tuple[int, ...], float]  # ms, inputs that fire, nA
Number = Annotated[float, Meta(ge=-1e6, le=1e6)]


class Sweep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """name: what the stimulus was; probes: compartments; times_ms: from its first stimulus on, rising; voltage_mV: of each probe."""

    name: Annotated[str, Meta(max_length=_LONGEST_NAME)]
    probes: Annotated[tuple[Annotated[int, Meta(ge=0)], ...], Meta(min_length=1, max_length=MOST_PROBES)]
    times_ms: Annotated[tuple[Number, ...], Meta(min_length=2, max_length=MOST_POINTS)]
    voltage_mV: tuple[tuple[Number, ...], ...]


def flaw(sweep: Sweep, compartments: int) -> str:
    """What cannot be in a sweep that was read from a file, as the end of a sentence; "" where all is well."""
    if any(place >= compartments for place in sweep.probes):
        return f"stands on a compartment beyond {compartments - 1}"
    if len(sweep.voltage_mV) != len(sweep.probes) or {len(row) for row in sweep.voltage_mV} != {len(sweep.times_ms)}:
        return "needs one potential for each probe at each time"
    numbers = np.array([sweep.times_ms, *sweep.voltage_mV])
    if not np.isfinite(numbers).all() or (np.diff(numbers[0]) <= 0).any():
        return "needs rising times, and numbers"
    return ""


class Stimulus(NamedTuple):
    """A stimulus, or several that came soon after one another: when it began, what it was, when the next begins, ms."""

    start_ms: float
    name: str
    next_ms: float


class StimulusFinder:
    """Finds the stimulus that a moment follows; a script of thousands of lines is sorted anew only where it has changed."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._moments: list[_Moment] = []
        self._times = np.zeros(0)
        self._starts = np.zeros(0, np.int64)

    def find(self, script: CellScript, shown_ms: float) -> Stimulus | None:
        """The last stimulus that had begun at `shown_ms`; None: none yet."""
        self._read(script)
        number = int(np.searchsorted(self._times[self._starts], shown_ms + 1e-6, "right")) - 1
        if number < 0:
            return None
        begin = int(self._starts[number])
        end = int(self._starts[number + 1]) if number + 1 < len(self._starts) else len(self._moments)
        following = float(self._times[end]) if end < len(self._moments) else math.inf
        seen = [moment for moment in self._moments[begin:end] if moment[0] <= shown_ms + 1e-6]
        return Stimulus(float(self._times[begin]), _name(seen), following)

    def _read(self, script: CellScript) -> None:
        entries = script.entries
        key = (id(script), len(entries), entries[-1].command.token if entries else 0)
        if key != self._key:
            self._key, self._moments = key, sorted(_stimuli(script))
            self._times = np.array([moment for moment, _, _ in self._moments])
            self._starts = np.flatnonzero(np.diff(self._times, prepend=-math.inf) > _QUIET_MS)


def _stimuli(script: CellScript) -> list[_Moment]:
    dt = script.plan.dt_ms
    found: list[_Moment] = []
    for entry in script.entries:
        match entry.command:
            case Fire(inputs=inputs, times_ms=None):
                found.append((entry.step * dt, inputs, 0.0))
            case Fire(inputs=inputs, times_ms=times) if times is not None:
                found += [(time, (number,), 0.0) for number, time in zip(inputs, times, strict=True)]
            case Inject(amplitude_nA=amplitude):
                found.append((entry.step * dt, (), amplitude))
    return found


def _name(moments: list[_Moment]) -> str:
    fired = [moment for moment, inputs, _ in moments if inputs]
    parts = [_spikes_name([number for _, inputs, _ in moments for number in inputs])] if fired else []
    if fired and fired[-1] - fired[0] > 0.05:
        parts[0] += f" in {fired[-1] - fired[0]:.3g} ms"
    currents = Counter(f"{amplitude:.4g} nA" for _, _, amplitude in moments if amplitude)
    if len(currents) > _MOST_NAMED:
        amplitudes = [amplitude for _, _, amplitude in moments if amplitude]
        parts.append(f"{len(amplitudes)} currents of {min(amplitudes):.4g} to {max(amplitudes):.4g} nA")
    else:
        parts += [text + (f" × {times}" if times > 1 else "") for text, times in currents.items()]
    return ", ".join(parts)[:_LONGEST_NAME]


def _spikes_name(spikes: list[int]) -> str:
    """spikes: the input of each."""
    inputs = len(set(spikes))
    named = f"{inputs} input{'s' if inputs > 1 else ''}"
    return named if inputs == len(spikes) else f"{len(spikes)} spikes at {named}"


def take_sweep(
    recording: CellRecording,
    script: CellScript,
    shown_ms: float,
    probes: tuple[int, ...],
    *,
    length_ms: float = LONGEST_MS,
    ghost: Ghost | None = None,
) -> Sweep | None:
    """What the stimulus before `shown_ms` did at the probes, up to the next one, or for length_ms; None where there is none.

    ghost: the end of that run, where the cell has been put back meanwhile.
    """
    stimulus = StimulusFinder().find(script, shown_ms)
    if stimulus is None or not probes:
        return None
    start, name, following = stimulus
    end = min(following, start + min(length_ms, LONGEST_MS))
    series = [_series(recording, ghost, place, (start - _BEFORE_MS, end)) for place in probes]
    if len(series[0][0]) < 2 or series[0][0][-1] < start + _LEAST_MS:
        return None
    voltage = np.stack([values for _, values in series])
    kept = _needed(series[0][0], voltage)
    times = np.round(series[0][0][kept] - start, 3)
    rows = tuple(tuple(np.round(row, 2).tolist()) for row in voltage[:, kept].astype(float))
    return Sweep(name, probes, tuple(times.tolist()), rows)


def _needed(times: np.ndarray, voltage: np.ndarray) -> np.ndarray:
    """The rows that a line through them needs, so that it looks the same: many in a spike, few in what is slow.

    First some, then wherever the line is off by too much the row where it is so most, until there is none: no row is walked
    by itself, for 60 ms of a cell that fires all the time took 22 ms of a frame so.
    """
    potentials = voltage.astype(float)
    height = np.abs(potentials - REST_MV)
    allowed = _EXACT_MV + _EXACT_SHARE * height
    coarse = _COARSE
    while len(kept := _rows_along(times, potentials, height, coarse)) > MOST_POINTS // 2:
        coarse *= 2.0
    for _ in range(_MOST_ROUNDS):
        lines = np.stack([np.interp(times, times[kept], row[kept]) for row in potentials])
        off = (np.abs(lines - potentials) / allowed).max(axis=0)
        worst = np.maximum.reduceat(off, kept)  # from each kept row up to the next
        owner = np.repeat(np.arange(len(kept)), np.diff(kept, append=len(times)))
        missing = np.flatnonzero((off == worst[owner]) & (off > 1.0))
        room = MOST_POINTS - len(kept)
        if not len(missing) or not room:
            break
        kept = np.union1d(kept, missing[np.argsort(-off[missing])[:room]])
    return kept


def _rows_along(times: np.ndarray, potentials: np.ndarray, height: np.ndarray, coarse: float) -> np.ndarray:
    """Peaks, and a row for every `coarse` times what a potential may be off, there and back, or _LONGEST_GAP_MS."""
    steps = np.diff(potentials, axis=1)
    share = np.abs(steps) / (_EXACT_MV + _EXACT_SHARE * np.minimum(height[:, :-1], height[:, 1:]))
    way = np.cumsum(np.maximum(share.max(axis=0) / coarse, np.diff(times) / _LONGEST_GAP_MS))
    keeps = np.ones(len(times), bool)
    turns = (steps[:, :-1] * steps[:, 1:] < 0.0) & (height[:, 1:-1] > _PEAK_MV * coarse / _COARSE)
    keeps[1:-1] = (np.diff(np.floor(way)) > 0.0) | turns.any(axis=0)
    return np.flatnonzero(keeps)


def _series(
    recording: CellRecording, ghost: Ghost | None, place: int, window: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    times, values = recording.series("voltage_mV", place, *window)
    if ghost is not None:
        before = times < ghost.times_ms[0]
        times = np.concatenate([times[before], ghost.times_ms])
        values = np.concatenate([values[before], ghost.voltage_mV[:, place]])
    inside = (times >= window[0]) & (times <= window[1])
    return times[inside], values[inside]


def sweep_curves(sweeps: tuple[Sweep, ...], start_ms: float, probes: tuple[tuple[int, int], ...]) -> list[Curve]:
    """The kept sweeps as thin curves in the colours of the probes that still stand where they stood then."""
    colors = dict(probes)
    return [
        Curve(
            sweep.name, f"series_{colors[place] % 8}", np.array(sweep.times_ms) + start_ms, np.array(row), is_ghost=True
        )
        for sweep in sweeps
        for place, row in zip(sweep.probes, sweep.voltage_mV, strict=True)
        if place in colors
    ]


def sweep_signs(sweeps: tuple[Sweep, ...], start_ms: float, place: int | None) -> list[tuple[float, float, str]]:
    """(ms, mV, name) of each sweep, where it is highest at the probe on `place`; of those that had one there."""
    signs = []
    for sweep in sweeps:
        if place in sweep.probes:
            row = sweep.voltage_mV[sweep.probes.index(place)]
            top = int(np.argmax(row))
            signs.append((sweep.times_ms[top] + start_ms, row[top], sweep.name))
    return signs


def sweep_columns(sweeps: tuple[Sweep, ...], names: tuple[str, ...]) -> list[tuple[str, tuple[float, ...]]]:
    """Each sweep as columns with headings: time after its first stimulus, then each probe. names: of all compartments."""
    columns = []
    for number, sweep in enumerate(sweeps, 1):
        title = f"sweep {number}, {sweep.name}"
        columns.append((f"{title}: time after the first stimulus (ms)", sweep.times_ms))
        columns += [
            (f"{title}: V {names[place]} (mV)", row) for place, row in zip(sweep.probes, sweep.voltage_mV, strict=True)
        ]
    return columns
