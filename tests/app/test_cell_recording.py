"""The living cell's recording: rows, what lies between them, branches, and the oldest that go."""

from __future__ import annotations

import numpy as np
import pytest

from app.cell_recording import GHOSTS, CellRecording
from app.simulation.biology.stage import TERMINAL, Arrival, Recording, Spike

DT = 0.01


def rows(steps: list[int], level: float = 0.0, spikes: tuple[Spike, ...] = ()) -> Recording:
    at = np.array(steps)
    voltage = np.stack([at * 0.1 + level, -at * 0.1 + level], axis=1).astype(np.float32)
    gates = np.stack([np.full((1, 3), step / 1000, np.float32) for step in steps])
    return Recording(
        step=steps[-1],
        token=0,
        steps=at,
        voltage_mV=voltage,
        gates=gates,
        conductance_nS=np.stack([at, 2 * at, 3 * at], axis=1).astype(np.float32),
        next_cell_mV=np.full(len(at), -65.0, np.float32),
        current_nA=(at / 100).astype(np.float32),
        arrivals=tuple(Arrival(0, step * DT, step * DT + 0.5, 5, 1.0) for step in steps[:1]),
        spikes=spikes,
        next_cell_nS=(at / 1000).astype(np.float32),
        handed_on=tuple(Arrival(TERMINAL, spike.time_ms, spike.time_ms + 0.5, 5, 1.0) for spike in spikes),
    )


def recording(most: int = 1000) -> CellRecording:
    return CellRecording(DT, np.zeros(2, np.float32), np.zeros((1, 3), np.float32), 3, most)


def test_between_two_rows_lies_a_straight_line() -> None:
    record = recording()
    record.append(rows([10, 20, 40]))
    frame = record.frame(0.30)
    assert frame.voltage_mV.tolist() == pytest.approx([3.0, -3.0])
    assert frame.conductance_nS.tolist() == pytest.approx([30.0, 60.0, 90.0])
    assert frame.current_nA == pytest.approx(0.3)
    assert record.frame(0.40).voltage_mV.tolist() == pytest.approx([4.0, -4.0])


def test_moments_outside_are_kept_within() -> None:
    record = recording()
    record.append(rows([10, 20]))
    assert record.frame(-5.0).time_ms == 0.0
    assert record.frame(99.0).time_ms == pytest.approx(0.2)
    assert (record.first_ms, record.last_ms) == (0.0, pytest.approx(0.2))


def test_a_frame_is_no_view_of_the_recording() -> None:
    record = recording()
    record.append(rows([10]))
    record.frame(0.1).voltage_mV[:] = 99.0
    assert record.frame(0.1).voltage_mV.tolist() == pytest.approx([1.0, -1.0])


def test_a_series_reaches_one_row_beyond_either_end() -> None:
    record = recording()
    record.append(rows([10, 20, 30, 40]))
    times, values = record.series("voltage_mV", 1, 0.15, 0.25)
    assert times.tolist() == pytest.approx([0.1, 0.2, 0.3])
    assert values.tolist() == pytest.approx([-1.0, -2.0, -3.0])
    assert record.series("m", 0, 0.1, 0.1)[1].tolist() == pytest.approx([0.01])
    times, inputs = record.inputs_over(0.15, 0.25)
    assert times.tolist() == pytest.approx([0.1, 0.2, 0.3])
    assert inputs[:, 2].tolist() == pytest.approx([30.0, 60.0, 90.0])
    with pytest.raises(KeyError):
        record.series("mood", 0, 0.0, 1.0)


def test_a_branch_forgets_what_came_later_but_for_a_ghost() -> None:
    record = recording()
    record.append(rows([10, 20, 30], spikes=(Spike("soma", 0.12), Spike("soma", 0.28))))
    record.branch(25)
    assert record.last_step == 25
    assert record.frame(0.25).voltage_mV.tolist() == pytest.approx([2.5, -2.5])
    assert [spike.time_ms for spike in record.spikes] == [0.12]
    assert [arrival.spike_ms for arrival in record.handed_on] == [0.12]
    assert record.frame(0.25).next_cell_nS == pytest.approx(0.025)
    assert record.ghosts[0].times_ms.tolist() == pytest.approx([0.2, 0.3])
    record.append(rows([30, 40], level=5.0))
    assert record.frame(0.3).voltage_mV.tolist() == pytest.approx([8.0, 2.0])
    assert record.ghosts[0].voltage_mV[1].tolist() == pytest.approx([3.0, -3.0])
    for _ in range(GHOSTS + 2):
        record.branch(record.last_step - 1)
    assert len(record.ghosts) == GHOSTS


def test_the_oldest_rows_go_when_there_are_too_many() -> None:
    record = recording(most=40)
    for start in range(1, 200, 10):
        record.append(rows(list(range(start, start + 10))))
    assert len(record) <= 40
    assert record.last_step == 200
    assert record.first_step > 150
    assert record.frame(1.9).voltage_mV.tolist() == pytest.approx([19.0, -19.0])


def test_half_a_second_of_rows_at_every_step_of_the_spikes_fits() -> None:
    from app.cell_recording import MOST_ROWS

    # a spike of 3 ms at dt 0.01 ms is 300 rows; 60 Hz for half a second are 30 of them, 0.1 ms apart between
    assert MOST_ROWS > 30 * 300 + 5_000
