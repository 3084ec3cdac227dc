"""The pictures that a run sends: the decision surface and its points, digits with their answers, confusion matrices."""

from pathlib import Path

import numpy as np
import pytest
from training_tools import begun, chain, drive, of_kind, plan_for

from trainers.commands import Look, Predict
from trainers.datasets import load
from trainers.events import Prediction, RunFinished, Snapshot
from trainers.network_graph import Layer
from trainers.training_plan import DataChoice


def test_the_surface_lies_as_the_points_do() -> None:
    """Row 0 at y_min, column 0 at x_min: what the surface says is what Predict says there."""
    job = begun(plan_for(learning_rate=0.05, pictures=True), 20)
    shot = job.send(Look(("surface",)))
    assert isinstance(shot, Snapshot)
    assert shot.surface is not None
    assert shot.surface_extent == (-6.0, 6.0, -6.0, 6.0)
    rows, columns = shot.surface.shape
    for row, column in ((0, 0), (0, columns - 1), (rows - 1, 0), (rows // 3, columns // 4)):
        place = np.array([-6 + 12 * column / (columns - 1), -6 + 12 * row / (rows - 1)], np.float32)
        told = job.send(Predict(7, place))
        assert isinstance(told, Prediction)
        assert told.token == 7
        assert told.outputs.sum() == pytest.approx(1)
        assert shot.surface[row, column] == pytest.approx(told.outputs[1], abs=1e-5)
    job.close()


def test_points_are_sent_once_and_are_the_data() -> None:
    plan = plan_for(pictures=True, epochs=2)
    shots = of_kind(drive(plan), Snapshot)
    split = load(plan.data)
    assert shots[0].step == 0
    assert shots[0].points is not None
    assert shots[0].point_is_test is not None
    assert shots[0].point_targets is not None
    np.testing.assert_array_equal(shots[0].points[~shots[0].point_is_test], split.train_inputs)
    np.testing.assert_array_equal(shots[0].point_targets[shots[0].point_is_test], split.test_targets)
    assert all(shot.points is None for shot in shots[1:])
    assert shots[-1].step == 20


def test_digits_show_predictions_and_a_confusion_matrix() -> None:
    events = drive(plan_for("lenet5", "digits", pictures=True, epochs=1, batch_size=64, learning_rate=1e-3))
    shots = of_kind(events, Snapshot)
    assert shots[0].images is not None
    assert shots[0].images.dtype == np.uint8
    assert shots[0].images.shape[1:] == (1, 28, 28)
    last = shots[-1]
    end = events[-1]
    assert isinstance(end, RunFinished)
    assert last.confusion is not None
    assert last.confusion_step == end.step
    assert last.confusion.sum() == 359
    assert last.confusion.trace() / 359 == pytest.approx(end.test_accuracy)
    split = load(DataChoice("digits"))
    assert last.confusion.sum(axis=1).tolist() == np.bincount(split.test_targets).tolist()
    assert last.sample_index is not None
    assert last.wanted is not None
    assert last.confidence is not None
    assert ((last.confidence > 0.1) & (last.confidence <= 1)).all()
    np.testing.assert_array_equal(split.test_targets[last.sample_index], last.wanted)
    np.testing.assert_array_equal(split.test_inputs[last.sample_index], shots[0].images)


def test_a_table_has_a_confusion_matrix_at_every_epoch(tmp_path: Path) -> None:
    """Four columns give neither surface nor images, but classes to mix up."""
    file = tmp_path / "table.csv"
    file.write_text("a,b,c,d,kind\n" + "".join(f"{i % 2},{i % 3},{i % 5},{i},{'xy'[i % 2]}\n" for i in range(100)))
    layers = (Layer("input", "input", {"shape": (4,)}), Layer("out", "dense", {"units": 2}))
    shots = of_kind(drive(plan_for(chain("table", *layers), str(file), pictures=True, epochs=3)), Snapshot)
    matrices = [shot.confusion for shot in shots if shot.confusion is not None]
    assert len(matrices) >= 3
    assert all(matrix.sum() == 20 for matrix in matrices)
    assert all(shot.surface is None for shot in shots)
