"""TraceRows: each row of the traces as it is to be drawn: its curves, its range, what is known beside them. Imports no widget."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.cell_recording import CellRecording
from app.cell_script import CellScript
from app.panels.neuron.cell_reading import CellGuide
from app.panels.neuron.state import TraceState
from app.panels.neuron.trace_data import ROWS, Curve, TraceData
from app.panels.neuron.trace_no_return import Rises, hangs_on
from app.panels.neuron.trace_painter import RowPicture
from app.panels.neuron.trace_sweeps import Stimulus, StimulusFinder, Sweep, sweep_curves, sweep_signs

_EASE = 0.15  # of the way to a new range in one frame: axes that jump are hard to read
Places = tuple[tuple[int, int], ...]  # of each probe its compartment, and the number of its colour


@dataclass(frozen=True)
class Cell:
    """What is recorded, what was done to it, and the moment shown (ms)."""

    recording: CellRecording | None
    script: CellScript
    shown_ms: float


class TraceRows:
    """Remembers each row's range, so that it glides. `rises`: of the point of no return; whoever finds it out puts it here."""

    def __init__(self, guide: CellGuide) -> None:
        self._guide = guide
        self._data = TraceData(guide)
        self._finder = StimulusFinder()
        self._ranges: dict[str, tuple[float, float]] = {}
        self.rises = Rises()

    def forget_ranges(self) -> None:
        """Other rows are shown: each begins at its own range."""
        self._ranges.clear()

    def rows(
        self,
        cell: Cell | None,
        state: TraceState,
        probes: Places,
        window: tuple[float, float],
        columns: int,
        *,
        is_file: bool,
    ) -> list[RowPicture]:
        """The rows that `state` chooses over `window` (ms), thinned to `columns`; is_file: nobody can pause what is drawn."""
        rows = []
        for key in state.rows:
            curves = []
            if cell is not None and cell.recording is not None:
                curves = self._data.curves(key, cell.recording, cell.script, probes, window, columns)
            row = RowPicture(key, 0.0, 1.0, curves)
            if key == "voltage" and cell is not None:
                self._add_what_is_known(row, cell, state, probes, window, is_file=is_file)
            row.low, row.high = self._range(key, state, [_seen(curve, window) for curve in row.curves])
            rows.append(row)
        return rows

    def _add_what_is_known(
        self,
        row: RowPicture,
        cell: Cell,
        state: TraceState,
        probes: Places,
        window: tuple[float, float],
        *,
        is_file: bool,
    ) -> None:
        """The point of no return, and kept sweeps."""
        place = hangs_on(self._guide.morphology, tuple(compartment for compartment, _ in probes))
        if cell.recording is None or place is None:
            return
        if state.has_no_return:
            row.curves += self.rises.curves(cell.recording, place, window)
            row.mark = self.rises.mark(cell.recording, place)
            is_said = self.rises.status and (self.rises.shown_step >= 0 or not is_file)
            row.notes += [(self.rises.status, True)] if is_said else []
        if state.sweeps:
            _lay_over(row, state.sweeps, self._finder.find(cell.script, cell.shown_ms), probes, place)

    def _range(self, key: str, state: TraceState, values: list[np.ndarray]) -> tuple[float, float]:
        """The row's range: as designed, or fitted to what is on show, gliding there."""
        spec = ROWS[key]
        is_fitted = spec.is_fitted or (key == "voltage" and state.is_close)
        filled = [array for array in values if len(array)]
        if not is_fitted or not filled:
            self._ranges.pop(key, None)
            return (spec.low, spec.high) if not is_fitted else (spec.low, max(spec.high, spec.low + spec.least))
        low, high = min(float(a.min()) for a in filled), max(float(a.max()) for a in filled)
        missing = max(spec.least - (high - low), 0.0) / 2
        margin = 0.06 * (high - low) + 0.02 * spec.least
        goal = (low - missing - margin, high + missing + margin)
        before = self._ranges.get(key)
        if before is not None:
            # what is on show never leaves the row: it widens at once and narrows slowly
            goal = (
                min(goal[0], before[0] + _EASE * (goal[0] - before[0])),
                max(goal[1], before[1] + _EASE * (goal[1] - before[1])),
            )
        self._ranges[key] = goal
        return goal


def _seen(curve: Curve, window: tuple[float, float]) -> np.ndarray:
    """What of a curve can be seen, a point beyond either end included: a kept sweep is longer than the window."""
    times = curve.times_ms
    if not len(times) or times[-1] < window[0] or times[0] > window[1]:
        return curve.values[:0]
    first = max(int(np.searchsorted(times, window[0], "right")) - 1, 0)
    return curve.values[first : int(np.searchsorted(times, window[1], "left")) + 1]


def _lay_over(
    row: RowPicture,
    sweeps: tuple[Sweep, ...],
    stimulus: Stimulus | None,
    probes: Places,
    place: int,
) -> None:
    """Kept sweeps below all else, from the stimulus on, each with its name where it is highest at `place`."""
    if stimulus is None:
        row.notes.append(
            (f"{len(sweeps)} sweep{'s' if len(sweeps) > 1 else ''} kept: drawn from the next stimulus on", False)
        )
    else:
        row.curves = [*sweep_curves(sweeps, stimulus.start_ms, probes), *row.curves]
        row.signs = sweep_signs(sweeps, stimulus.start_ms, place)
