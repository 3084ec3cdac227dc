"""Curves against brute force: windows, resumed runs, what lies on disk."""

import contextlib
import sys
import tempfile
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from app.curve_track import CurveTrack
from app.run_history import HARDWARE, RunHistory
from trainers.events import CheckpointSaved, EpochReport, RunFailed, RunFinished, RunStarted, StepReport, ValueSet

VALUES = st.floats(-1e6, 1e6, width=32) | st.sampled_from([float("nan"), float("inf"), -0.0, 1e-300])


def portion(size: int) -> st.SearchStrategy[tuple[np.ndarray, np.ndarray, bool, float | None]]:
    """Gaps in x, values, whether they come row by row, and where the track is cut afterwards, as a share of its range."""
    gaps = hnp.arrays(np.float64, size, elements=st.sampled_from([0.0, 1.0, 1.0, 2.5]), fill=st.just(1.0))
    values = hnp.arrays(np.float64, size, elements=VALUES, fill=st.floats(-10, 10))
    return st.tuples(gaps, values, st.booleans(), st.none() | st.floats(0, 1))


def seconds_at(history: RunHistory, step: int) -> float:
    return float(np.interp(step, *history.times(10_000)))


Portions = list[tuple[np.ndarray, np.ndarray, bool, float | None]]
PORTIONS = st.lists(st.integers(0, 1200).flatmap(portion), max_size=4)


def grow(track: CurveTrack, portions: Portions) -> tuple[np.ndarray, np.ndarray]:
    """The track, grown in portions and cut in between, and the rows that it should hold."""
    x, y = np.empty(0), np.empty(0)
    for gaps, more_y, is_row_by_row, cut in portions:
        more_x = (x[-1] if len(x) else 0.0) + np.cumsum(gaps)
        if is_row_by_row:
            for row in zip(more_x, more_y, -more_y, strict=True):
                track.append(*row)
        else:
            track.extend(more_x, more_y, -more_y)
        x, y = np.concatenate([x, more_x]), np.concatenate([y, more_y])
        if len(x) and cut is not None:
            at = cut * float(x[-1])
            track.drop_after(at)
            x, y = x[x <= at], y[x <= at]
    return x, y


@given(PORTIONS, st.floats(-10, 5000), st.floats(-10, 5000), st.integers(1, 300))
def test_a_window_is_what_brute_force_finds(portions: Portions, one: float, other: float, pixels: int) -> None:
    with contextlib.closing(CurveTrack(("y", "z"), chunk=64)) as track:
        x, y = grow(track, portions)
        compare_window(track, x, y, min(one, other), max(one, other), pixels)


def compare_window(track: CurveTrack, x: np.ndarray, y: np.ndarray, x0: float, x1: float, pixels: int) -> None:
    is_in = (x >= x0) & (x <= x1)
    shown, y_inside, x_inside = int(is_in.sum()), y[is_in], x[is_in]
    at, low, high = track.window("y", x0, x1, pixels)
    assert len(at) == len(low) == len(high) <= max(pixels, 1)
    assert (len(at) == 0) == (shown == 0)
    if not shown:
        return
    assert np.all(np.diff(at) >= 0)
    assert x_inside[0] <= at[0]
    assert at[-1] <= x_inside[-1]
    if shown <= pixels and len(at) == shown:
        np.testing.assert_array_equal(low, y_inside)
    first = int(np.argmax(is_in))
    size = next(2**k for k in range(40) if (first + shown - 1) // 2**k - first // 2**k + 1 <= max(1, pixels))
    bucket = np.arange(first, first + shown) // size - first // size
    for number in range(len(at)):
        inside = y_inside[bucket == number]
        np.testing.assert_array_equal(low[number], np.fmin.reduce(inside))
        np.testing.assert_array_equal(high[number], np.fmax.reduce(inside))
        assert x_inside[bucket == number][0] <= at[number] <= x_inside[bucket == number][-1]


@given(PORTIONS, st.floats(-10, 5000))
def test_rows_and_positions_are_what_was_put_in(portions: Portions, at: float) -> None:
    with contextlib.closing(CurveTrack(("y", "z"), chunk=64)) as track:
        x, y = grow(track, portions)
        compare_rows(track, x, y, at)


def compare_rows(track: CurveTrack, x: np.ndarray, y: np.ndarray, at: float) -> None:
    assert len(track) == len(x)
    got_x, got_y = track.rows("y")
    np.testing.assert_array_equal(got_x, x)
    np.testing.assert_array_equal(got_y, y)
    np.testing.assert_array_equal(track.rows("z", 10, 100)[1], -y[10:100])
    assert track.index_of(at, "left") == np.searchsorted(x, at, "left")
    assert track.index_of(at, "right") == np.searchsorted(x, at, "right")


def reports(start: int, end: int, size: int = 50) -> list[StepReport]:
    return [
        StepReport(
            min(first + size, end),
            0,
            tuple((step, 1.0 / step) for step in range(first + 1, min(first + size, end) + 1)),
            0.01,
            2.0,
            1000.0,
            {"data": 0.001, "forward": 0.002},
            accuracies=tuple(0.5 for _ in range(first, min(first + size, end))),
        )
        for first in range(start, end, size)
    ]


def started(step: int = 0) -> RunStarted:
    return RunStarted("r", "line", "numbers", {}, "cpu", 1, 4, step)


def test_every_series_comes_from_its_event() -> None:
    clock = iter(np.arange(0.0, 1e4))
    history = RunHistory(clock=lambda: float(next(clock)))
    history.extend([started(), EpochReport(0, 2.0, 0.1, 2.5, 0.2, 0), *reports(0, 100)])
    history.extend(
        [EpochReport(1, 1.0, 0.6, 1.5, None, 100), ValueSet(100, "learning_rate", 0.5), CheckpointSaved(100, "p")]
    )
    history.append(RunFinished(100, 1.5, None, 10.0, 10.0))
    for name, steps, values in [
        ("loss", np.arange(1, 101), 1.0 / np.arange(1, 101)),
        ("batch_accuracy", np.arange(1, 101), np.full(100, 0.5)),
        ("learning_rate", [50, 100], [0.01, 0.01]),
        ("samples_per_second", [50, 100], [1000, 1000]),
        ("gradient_norm", [50, 100], [2.0, 2.0]),
        ("forward", [50, 100], [0.002, 0.002]),
        ("optimizer", [50, 100], [np.nan, np.nan]),
        ("train_loss", [0, 100], [2.0, 1.0]),
        ("test_loss", [0, 100], [2.5, 1.5]),
        ("train_accuracy", [0, 100], [0.1, 0.6]),
        ("test_accuracy", [0, 100], [0.2, np.nan]),
    ]:
        x, y = history.series(name)
        np.testing.assert_array_equal(x, steps, err_msg=name)
        np.testing.assert_array_equal(y, values, err_msg=name)
    assert [(mark.step, mark.kind) for mark in history.marks] == [
        (100, "value"),
        (100, "checkpoint"),
        (100, "finished"),
    ]
    assert history.marks[0].text == "learning rate = 0.5"
    assert seconds_at(history, 75) == (seconds_at(history, 50) + seconds_at(history, 100)) / 2
    assert history.last("learning_rate") == 0.01
    assert history.last("cpu_utilisation") is None
    with pytest.raises(KeyError):
        history.series("nonsense")
    history.close()


def test_a_resumed_run_takes_the_place_of_what_lay_beyond_its_checkpoint() -> None:
    history = RunHistory()
    history.extend([started(), *reports(0, 250), RunFailed(250, "It was killed.", True), started(200)])
    assert history.last_step == 200
    assert history.series("loss")[0][-1] == 200
    assert [mark.kind for mark in history.marks] == ["resumed"]
    history.extend(reports(200, 300))
    np.testing.assert_array_equal(history.series("loss")[0], np.arange(1, 301))
    history.extend([started()])
    assert history.last_step == 0
    assert all(history.count(name) == 0 for name in history.names)
    history.close()


def test_samples_of_the_machine_stand_at_the_step_of_the_moment() -> None:
    history = RunHistory()
    history.extend([started(), *reports(0, 50)])
    history.append_hardware({"cpu_utilisation": 40.0})
    history.extend(reports(50, 100))
    history.append_hardware({"cpu_utilisation": 60.0, "gpu_utilisation": 90.0})
    np.testing.assert_array_equal(history.series("cpu_utilisation"), [[50, 100], [40, 60]])
    np.testing.assert_array_equal(history.series("gpu_utilisation")[1], [np.nan, 90])
    assert set(HARDWARE) <= set(history.names)
    history.close()


def test_a_long_run_holds_little_memory_and_leaves_no_file(tmp_path: Path) -> None:
    """600,000 steps, five minutes at 2,000 a second: the budget for the window's growth is 5 MB."""
    told = []  # made before memory is counted: that is slow, and it is not the history's
    for first in range(0, 600_000, 5_000):
        steps = np.arange(first + 1, first + 5_001)
        losses = tuple(zip(steps.tolist(), (1 / steps).tolist(), strict=True))
        told.append(StepReport(first + 5_000, 0, losses, 0.1, 1.0, 1.0, {}))
    of_reports = (told[7], told[7].losses, told[7].losses[7], told[7].losses[7][1])
    held = [sys.getrefcount(part) for part in of_reports]
    tracemalloc.start()
    history = RunHistory(tmp_path)
    history.append(started())
    before = tracemalloc.get_traced_memory()[0]
    history.extend(told)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 5e6
    assert [sys.getrefcount(part) for part in of_reports] == held, "it keeps no report, nor a part of one"
    assert history.count("loss") == 600_000
    x, low, high = history.window("loss", 1, 600_000, 1500)
    assert 750 <= len(x) <= 1500
    assert (low[0], high[0]) == (1 / 512 if len(x) == 1172 else low[0], 1.0)
    np.testing.assert_allclose(history.rows("loss", 70_000, 70_010)[1], 1 / np.arange(70_001, 70_011))
    history.close()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_keeps_the_rows_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    track = CurveTrack(("y",), chunk=64)
    track.extend(np.arange(1000.0), np.arange(1000.0) ** 2)
    np.testing.assert_array_equal(track.rows("y")[1], np.arange(1000.0) ** 2)
    np.testing.assert_array_equal(track.window("y", 0, 999, 10)[2][-1], 999.0**2)
    track.close()


def test_seconds_are_those_of_training_and_go_back_with_a_resumed_run() -> None:
    now = [100.0]
    history = RunHistory(clock=lambda: now[0])

    def train(steps: int, seconds: float) -> None:
        first = history.last_step
        for step in range(1, steps + 1):
            now[0] += seconds / steps
            at = first + step
            history.append(StepReport(at, 0, ((at, 1.0),), 0.1, None, 10.0, {}))

    history.append(RunStarted("r", "n", "d", {}, "cpu", 1, 1))
    train(10, 5.0)
    history.stop_clock()
    now[0] += 60.0
    history.stop_clock()
    history.run_clock()
    train(10, 5.0)
    assert seconds_at(history, 10) == pytest.approx(5.0)
    assert seconds_at(history, 20) == pytest.approx(10.0), "a pause is no training"
    history.append(RunFailed(20, "It was killed.", can_resume=True))
    now[0] += 60.0
    history.append(RunStarted("r", "n", "d", {}, "cpu", 1, 1, step=15))
    train(10, 5.0)
    assert seconds_at(history, 15) == pytest.approx(7.5)
    assert seconds_at(history, 25) == pytest.approx(12.5), "what was lost is no training either"
    steps, seconds = history.times(8)
    assert len(steps) == 8
    assert (steps[0], steps[-1]) == (1, 25)
    assert seconds == pytest.approx(0.5 * steps)
    assert [len(part) for part in RunHistory().times(8)] == [0, 0]
    history.close()
