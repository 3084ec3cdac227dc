"""The smoothed curve: means of the last values, of this run alone, exact whatever came before."""

import numpy as np
import pytest

from app.panels.monitor.curve_scale import RunningMean
from app.run_history import RunHistory
from trainers.events import StepReport


def test_the_running_mean_of_a_new_run_knows_nothing_of_the_one_before() -> None:
    history, mean = RunHistory(), RunningMean()
    for loss, steps in ((2.0, 230), (0.5, 40)):  # the second is first looked at when it has come to step 40
        history.clear()
        history.append(StepReport(steps, 0, tuple((step, loss) for step in range(1, steps + 1)), 0.1, None, 1.0, {}))
        mean.take(history, "loss")
        assert mean.count == steps
        assert mean.at(np.array([0, steps // 2, steps - 1]), 10).tolist() == [loss] * 3


def test_one_enormous_loss_spoils_no_mean_behind_it() -> None:
    """Found at a learning rate of 100: the smoothed curve ended at 0 while the loss stood at 2.3."""
    history, mean = RunHistory(), RunningMean()
    losses = (2.5, 1e20, -3.7e22, 8e5, *(2.3 + 0.001 * number for number in range(200)))
    for begin in range(0, len(losses), 3):
        points = tuple((begin + at + 1, loss) for at, loss in enumerate(losses[begin : begin + 3]))
        history.append(StepReport(points[-1][0], 0, points, 0.1, None, 1.0, {}))
        mean.take(history, "loss")
    places = np.arange(20, len(losses))
    kept = np.asarray(history.rows("loss")[1], float)
    expected = [float(np.mean(kept[place - 9 : place + 1])) for place in places]
    assert mean.at(places, 10) == pytest.approx(expected, rel=1e-6)
