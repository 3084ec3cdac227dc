"""The rows of a kept sweep: as many as its curve needs, never a line that was not so, and quick enough for a frame."""

from __future__ import annotations

import numpy as np

from app.cell_recording import CellRecording
from app.cell_script import CellScript
from app.panels.neuron.trace_sweeps import MOST_POINTS, Sweep, take_sweep
from app.simulation.biology.stage import INPUTS, Inject, Recording, StagePlan

STEPS = np.arange(1, 6_001)  # 60 ms
PLACES = (0, 1, 2, 3)


def recorded(voltage: np.ndarray) -> tuple[CellRecording, CellScript]:
    """A cell under a current from 0 to 60 ms. voltage: (6000, places), mV, at every step."""
    rows, places = voltage.shape
    recording = CellRecording(0.01, np.full(places, -65.0, np.float32), np.zeros((1, 3), np.float32), INPUTS)
    gates, conductance = np.zeros((rows, 1, 3), np.float32), np.zeros((rows, INPUTS), np.float32)
    zeros = np.zeros(rows, np.float32)
    recording.append(
        Recording(rows, 1, STEPS, voltage.astype(np.float32), gates, conductance, zeros, zeros + 1.0, (), (), zeros)
    )
    script = CellScript(StagePlan())
    script.note(0, Inject(1, 0, 1.0, 60.0))
    return recording, script


def firing() -> tuple[CellRecording, CellScript]:
    """A spike every 3 ms with its undershoot, which comes later from place to place."""
    phase = (STEPS[:, None] * 0.01 - 0.25 * np.array(PLACES)) % 3.0 - 1.2
    return recorded(-65.0 + 95.0 * np.exp(-((phase / 0.25) ** 2)) - 12.0 * np.exp(-(((phase - 0.9) / 0.5) ** 2)))


def swept(recording: CellRecording, script: CellScript, probes: tuple[int, ...] = PLACES) -> Sweep:
    sweep = take_sweep(recording, script, 60.0, probes)
    assert sweep is not None
    return sweep


def test_of_a_cell_that_fires_all_the_time_no_line_is_drawn_that_was_not_so() -> None:
    recording, script = firing()
    sweep = swept(recording, script)
    assert len(sweep.times_ms) <= MOST_POINTS
    assert sweep.times_ms[-1] == 60.0
    for place, row in enumerate(sweep.voltage_mV):
        times, values = recording.series("voltage_mV", place, 0.0, 60.0)
        gap = np.abs(np.interp(times, sweep.times_ms, row) - values)
        assert (gap < 0.31 + 0.02 * np.abs(values + 65.0)).all()  # rounding takes 0.01


def test_where_too_many_rows_would_be_needed_those_that_are_kept_go_to_the_end() -> None:
    sweep = swept(*recorded(-25.0 + 20.0 * (-1.0) ** STEPS[:, None]), (0,))
    assert len(sweep.times_ms) <= MOST_POINTS
    assert sweep.times_ms[-1] == 60.0
    assert np.diff(sweep.times_ms).max() < 5.0
