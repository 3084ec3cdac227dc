"""RunRecord: what stands of a run when it begins, goes on from a checkpoint, or is followed by another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from app.run_history import RunHistory
from app.run_record import RunRecord
from trainers.events import CheckpointSaved, RunFailed, RunFinished, RunStarted, Snapshot, StepReport, ValueSet
from trainers.network_graph import NetworkGraph
from trainers.training_plan import ClassifierSettings, DataChoice, TrainingPlan

Plan = Callable[..., TrainingPlan]


@pytest.fixture
def record() -> Iterator[RunRecord]:
    record = RunRecord(RunHistory())
    yield record
    record.history.close()


@pytest.fixture
def plan(make_network: Callable[..., NetworkGraph], tmp_path: Path) -> Plan:
    """plan(resume=None): of a run of the smallest network."""

    def make(resume: str | None = None) -> TrainingPlan:
        return TrainingPlan(make_network(), DataChoice("moons"), ClassifierSettings(), str(tmp_path), resume)

    return make


def started(step: int = 0) -> RunStarted:
    return RunStarted("r", "line", "moons", {"learning_rate": 0.1}, "cpu", 1, 4, step)


def report(step: int) -> StepReport:
    return StepReport(step, 0, ((step, 1.0 / step),), 0.1, None, 1.0, {})


def ended(record: RunRecord, plan: TrainingPlan) -> None:
    """A run of 30 steps with a checkpoint at 20, that failed."""
    record.begin(plan)
    for event in (
        started(),
        report(10),
        CheckpointSaved(20, "at20"),
        ValueSet(20, "learning_rate", 0.5),
        Snapshot(25, confusion_step=25),
        report(30),
        RunFailed(30, "It was killed.", True),
        RunFinished(30, 1.0, None, 1.0, 1.0),
    ):
        record.note(event)


def test_what_is_told_of_a_run_stands_until_the_next_begins(record: RunRecord, plan: Plan) -> None:
    ended(record, plan())
    assert record.in_effect == {"learning_rate": 0.5}
    assert record.step == 30
    record.begin(plan())
    assert (record.run, record.failure, record.finished, record.checkpoint, record.snapshot) == (None,) * 5
    assert (record.in_effect, record.step, record.history.count("loss")) == ({}, 0, 0)


def test_a_run_that_goes_on_keeps_what_is_drawn_and_stands_at_its_checkpoint(record: RunRecord, plan: Plan) -> None:
    ended(record, plan())
    record.begin(plan(resume="at20"))
    assert (record.run, record.failure, record.finished, record.in_effect) == (None, None, None, {})
    assert record.checkpoint == CheckpointSaved(20, "at20")
    assert record.snapshot is not None
    assert record.history.count("loss") == 2
    record.note(started(20))
    assert record.step == 20, "not where the one before had come to"
    record.note(report(25))
    record.note(ValueSet(22, "learning_rate", 0.2))
    assert record.step == 25, "a value that is told late takes nothing back"
    assert record.in_effect == {"learning_rate": 0.2}
    assert record.failure_of_worker("It was killed.") == RunFailed(25, "It was killed.", True)


def test_a_picture_keeps_what_the_newer_one_does_not_bring(record: RunRecord, plan: Plan) -> None:
    record.begin(plan())
    record.note(Snapshot(1, confusion_step=1))
    record.note(Snapshot(2, surface_extent=(0.0, 1.0, 0.0, 1.0)))
    assert record.snapshot is not None
    assert (record.snapshot.step, record.snapshot.confusion_step) == (2, 1)
    assert record.snapshot.surface_extent == (0.0, 1.0, 0.0, 1.0)


def test_curves_of_an_earlier_session_take_the_place_of_what_there_is() -> None:
    """Its seconds lie evenly over its steps; those of the present session follow them."""
    now = [1000.0]
    history = RunHistory(clock=lambda: now[0])
    history.extend([started(), report(7)])
    generation = history.generation
    earlier = [
        StepReport(50, 0, ((25, 4.0), (50, 3.0)), 0.1, 2.0, 10.0, {"data": 0.25}),
        ValueSet(50, "learning_rate", 0.5),
        StepReport(100, 1, ((75, 2.0), (100, 1.0)), 0.5, 1.0, 20.0, {}),
    ]
    history.take_up(earlier, 100, 40.0)
    assert history.generation > generation
    np.testing.assert_array_equal(history.series("loss"), [[25, 50, 75, 100], [4, 3, 2, 1]])
    np.testing.assert_array_equal(history.series("learning_rate"), [[50, 100], [0.1, 0.5]])
    np.testing.assert_array_equal(history.series("gradient_norm"), [[50, 100], [2, 1]])
    np.testing.assert_array_equal(history.series("data"), [[50], [0.25]])
    assert [(mark.step, mark.kind) for mark in history.marks] == [(50, "value")]
    assert np.interp(75, *history.times(10_000)) == 30.0
    now[0] += 1000  # it stands
    history.run_clock()
    now[0] += 10
    history.append(report(110))
    assert np.interp(110, *history.times(10_000)) == 50.0
    history.close()
