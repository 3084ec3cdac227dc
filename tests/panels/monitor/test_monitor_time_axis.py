"""Steps to epochs or seconds and back, and curves drawn over them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.panels.monitor.curve_scale import TimeAxis, window_on
from app.run_history import RunHistory
from trainers.events import RunStarted, StepReport


@given(st.lists(st.floats(0.1, 100.0), min_size=2, max_size=30), st.floats(0, 1000))
def test_a_time_axis_goes_there_and_back(gaps: list[float], at: float) -> None:
    steps = np.concatenate([[0.0], np.cumsum(gaps)])
    axis = TimeAxis(steps, np.arange(len(steps), dtype=float))
    assert float(axis.steps(axis.values(np.array([at])))[0]) == pytest.approx(at, abs=1e-6, rel=1e-6)


def test_seconds_are_right_where_a_run_was_slow_at_first() -> None:
    """Told at 96 places evenly in steps, all of a slow stretch fell between two of them, and moved as the run went on."""
    now = [0.0]
    history = RunHistory(clock=lambda: now[0])
    for fast in (3_000, 30_000):
        history.append(RunStarted("r", "n", "d", {}, "cpu", 1, 1))
        began = now[0]
        for number in range(900):  # 30 reports a second, one step each, then a hundred
            now[0] = began + (number + 1) / 30
            history.append(StepReport(number + 1, 0, ((number + 1, 1.0),), 0.1, None, 10.0, {}))
        for number in range(fast // 100):
            now[0] = began + 30 + (number + 1) / 30
            at = 1000 + 100 * number
            history.append(StepReport(at, 0, ((at, 1.0),), 0.1, None, 10.0, {}))
        axis = TimeAxis.of("seconds", history, history.last_step)
        assert axis.values(np.array([1.0, 301.0, 601.0, 900.0])) == pytest.approx([0.0, 10.0, 20.0, 29.97], abs=0.02)
        x, low, high = window_on(axis, history, "learning_rate", (0.0, float(history.last_step)), 160)
        assert len(x) <= 160 + 16
        assert sorted(set(x)) == list(x), "each step once"
        columns, _ = np.histogram(axis.values(x), np.linspace(0.0, float(axis.values(x)[-1]), 9))
        assert columns.min() >= 10, "no stretch of time has but a few wide columns"
        assert (low.min(), high.max()) == (0.1, 0.1)
    history.close()
