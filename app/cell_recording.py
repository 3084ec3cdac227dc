"""CellRecording: what the living cell has done lately, row by row, and the state at any moment of it. Imports neither Qt nor numba."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.simulation.biology.stage import Arrival, Recording, Spike

MOST_ROWS = 24_000  # 43 MB; half a second of a cell that fires all the time has about 7,000
GHOSTS = 3  # runs that are kept, greyed, after a branch


@dataclass(frozen=True)
class CellFrame:
    """The cell at one moment: all that may be drawn.

    time_ms; voltage_mV: float32 (compartments,); gates: float32 (active, 3), m h n; conductance_nS: float32 (inputs,);
    next_cell_mV; current_nA: of all electrodes together; next_cell_nS: open conductance of the bouton's own synapse.
    """

    time_ms: float
    voltage_mV: np.ndarray
    gates: np.ndarray
    conductance_nS: np.ndarray
    next_cell_mV: float
    current_nA: float
    next_cell_nS: float


@dataclass(frozen=True)
class Ghost:
    """A run that was left by going back and doing something else. times_ms: float64 (n,); voltage_mV: float32 (n, compartments)."""

    times_ms: np.ndarray
    voltage_mV: np.ndarray


class CellRecording:
    """Rows in the order of time; the oldest go when there are too many. The state between two rows lies on a straight line.

    dt_ms: of the job; a row's time is its step times dt.
    """

    def __init__(
        self, dt_ms: float, voltage_mV: np.ndarray, gates: np.ndarray, inputs: int, most_rows: int = MOST_ROWS
    ) -> None:
        self.dt_ms = dt_ms
        self._most = most_rows
        self._count = 1
        self._steps = np.zeros(most_rows, np.int64)
        self._voltage = np.empty((most_rows, voltage_mV.size), np.float32)  # pages are taken when they are written to
        self._gates = np.empty((most_rows, *gates.shape), np.float32)
        self._conductance = np.empty((most_rows, inputs), np.float32)
        self._next_cell = np.empty(most_rows, np.float32)
        self._current = np.empty(most_rows, np.float32)
        self._handed = np.empty(most_rows, np.float32)  # nS
        self._voltage[0], self._gates[0], self._conductance[0] = voltage_mV, gates, 0.0
        self._next_cell[0], self._current[0], self._handed[0] = -65.0, 0.0, 0.0
        self.arrivals: list[Arrival] = []
        self.handed_on: list[Arrival] = []
        self.spikes: list[Spike] = []
        self.ghosts: list[Ghost] = []

    # --- where it begins and ends -----------------------------------------------------------------------------------

    @property
    def first_step(self) -> int:
        """The oldest step that can be shown."""
        return int(self._steps[0])

    @property
    def last_step(self) -> int:
        """The newest step."""
        return int(self._steps[self._count - 1])

    @property
    def first_ms(self) -> float:
        """The oldest moment, ms."""
        return self.first_step * self.dt_ms

    @property
    def last_ms(self) -> float:
        """The newest moment, ms."""
        return self.last_step * self.dt_ms

    def __len__(self) -> int:
        return self._count

    # --- growing ----------------------------------------------------------------------------------------------------

    def append(self, new: Recording) -> None:
        """Add the rows of `new`, which follow the last row."""
        count = len(new.steps)
        if self._count + count > self._most:
            self._drop_oldest(max(self._most // 4, self._count + count - self._most))
        rows = slice(self._count, self._count + count)
        self._steps[rows] = new.steps
        self._voltage[rows] = new.voltage_mV
        self._gates[rows] = new.gates
        self._conductance[rows] = new.conductance_nS
        self._next_cell[rows] = new.next_cell_mV
        self._current[rows] = new.current_nA
        self._handed[rows] = new.next_cell_nS
        self._count += count
        self.arrivals.extend(new.arrivals)
        self.handed_on.extend(new.handed_on)
        self.spikes.extend(new.spikes)

    def branch(self, step: int) -> None:
        """Forget what came after `step`, but for a ghost of its voltages."""
        here = self.frame(step * self.dt_ms)
        keep = max(int(np.searchsorted(self._steps[: self._count], step, "right")), 1)
        if keep < self._count:
            times = self._steps[keep - 1 : self._count] * self.dt_ms
            self.ghosts.append(Ghost(times, self._voltage[keep - 1 : self._count].copy()))
            del self.ghosts[:-GHOSTS]
        self._count = keep
        if self.last_step < step and keep < self._most:  # the new run leaves the straight line between two rows here
            self._steps[keep] = step
            self._voltage[keep], self._gates[keep], self._conductance[keep] = (
                here.voltage_mV,
                here.gates,
                here.conductance_nS,
            )
            self._next_cell[keep], self._current[keep] = here.next_cell_mV, here.current_nA
            self._handed[keep] = here.next_cell_nS
            self._count += 1
        end = step * self.dt_ms + 1e-9
        self.arrivals = [arrival for arrival in self.arrivals if arrival.spike_ms <= end]
        self.handed_on = [arrival for arrival in self.handed_on if arrival.spike_ms <= end]
        self.spikes = [spike for spike in self.spikes if spike.time_ms <= end]

    def _drop_oldest(self, count: int) -> None:
        kept = slice(count, self._count)
        single = (self._steps, self._next_cell, self._current, self._handed)
        for rows in (*single, self._voltage, self._gates, self._conductance):
            rows[: self._count - count] = rows[kept].copy()
        self._count -= count
        start = self.first_ms
        self.arrivals = [arrival for arrival in self.arrivals if arrival.onset_ms >= start - 300.0]
        self.handed_on = [arrival for arrival in self.handed_on if arrival.onset_ms >= start - 300.0]
        self.spikes = [spike for spike in self.spikes if spike.time_ms >= start]

    # --- reading ----------------------------------------------------------------------------------------------------

    def frame(self, time_ms: float) -> CellFrame:
        """The cell at `time_ms`, kept within what is recorded."""
        time_ms = min(max(time_ms, self.first_ms), self.last_ms)
        at = time_ms / self.dt_ms
        after = int(np.searchsorted(self._steps[: self._count], at, "left"))
        after = min(after, self._count - 1)
        before = max(after - 1, 0)
        span = float(self._steps[after] - self._steps[before])
        share = np.float32((at - self._steps[before]) / span if span > 0 else 1.0)

        def between(rows: np.ndarray) -> np.ndarray:
            low, high = rows[before], rows[after]
            mixed: np.ndarray = high.copy() if share == 1.0 else low + (high - low) * share
            return mixed

        return CellFrame(
            time_ms,
            between(self._voltage),
            between(self._gates),
            between(self._conductance),
            float(between(self._next_cell)),
            float(between(self._current)),
            float(between(self._handed)),
        )

    def series(self, name: str, index: int, start_ms: float, end_ms: float) -> tuple[np.ndarray, np.ndarray]:
        """One column over a stretch of time: (times_ms float64 (n,), values float32 (n,)), a row beyond either end included.

        name: "voltage_mV" (index: compartment), "m", "h", "n" (index: active compartment), "conductance_nS" (index: input),
        "next_cell_mV", "current_nA" (index ignored). KeyError for another name.
        """
        steps = self._steps[: self._count]
        low = max(int(np.searchsorted(steps, start_ms / self.dt_ms, "right")) - 1, 0)
        high = min(int(np.searchsorted(steps, end_ms / self.dt_ms, "left")) + 1, self._count)
        columns = {
            "voltage_mV": (self._voltage, index),
            "m": (self._gates, (index, 0)),
            "h": (self._gates, (index, 1)),
            "n": (self._gates, (index, 2)),
            "conductance_nS": (self._conductance, index),
            "next_cell_mV": (self._next_cell, ()),
            "current_nA": (self._current, ()),
        }
        rows, column = columns[name]
        key = (slice(low, high), *column) if isinstance(column, tuple) else (slice(low, high), column)
        return steps[low:high] * self.dt_ms, rows[key]

    def inputs_over(self, start_ms: float, end_ms: float) -> tuple[np.ndarray, np.ndarray]:
        """All inputs' open conductances over a stretch of time, as `series`: (times_ms (n,), nS float32 (n, inputs))."""
        times, _ = self.series("conductance_nS", 0, start_ms, end_ms)
        low = int(np.searchsorted(self._steps[: self._count], round(times[0] / self.dt_ms), "left"))
        return times, self._conductance[low : low + len(times)]
