"""Same seed, settings and thread count: the same losses to the last bit, however the run is driven, stopped and resumed."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from training_tools import drive, dropout_network, losses_of, of_kind, plan_for

from trainers.classifier import train
from trainers.commands import AnyCommand, Look, Predict, Report, Save, SetValue, Stop
from trainers.events import AnyEvent, CheckpointSaved, EpochReport, RunFinished, RunStarted, StepReport
from trainers.training_plan import TrainingPlan

OPTIMIZERS = ["sgd", "adam", "adamw", "rmsprop"]


def stop_at(step: int, first: Iterable[tuple[int, AnyCommand]] = ()) -> Any:
    """A driver's commands: Stop after `step` optimiser steps, and others before."""
    waiting = list(first)
    taken = [0]

    def between(_job: Any, event: AnyEvent | None) -> list[AnyCommand]:
        taken[0] += event is None or isinstance(event, StepReport)
        commands = [command for at, command in waiting if at == taken[0]]
        waiting[:] = [pair for pair in waiting if pair[0] != taken[0]]
        if taken[0] == step:
            taken[0] += 10_000
            commands.append(Stop())
        return commands

    return between


def plain(events: list[AnyEvent]) -> list[tuple[Any, ...]]:
    """What must be the same in two runs: losses, epochs, and the last score."""
    epochs = [
        (e.epoch, e.step, e.train_loss, e.train_accuracy, e.test_loss, e.test_accuracy)
        for e in of_kind(events, EpochReport)
    ]
    (end,) = of_kind(events, RunFinished)
    return [*losses_of(events), *epochs, (end.step, end.test_loss, end.test_accuracy)]


def test_a_seed_repeats_and_another_does_not() -> None:
    first = drive(plan_for(dropout_network(), seed=3))
    assert plain(first) == plain(drive(plan_for(dropout_network(), seed=3)))
    assert plain(first) != plain(drive(plan_for(dropout_network(), seed=4)))
    assert [step for step, _ in losses_of(first)] == list(range(1, 31))


def test_pictures_and_questions_leave_the_losses_alone(tmp_path: Path) -> None:
    """Snapshots, Predict, Look, Report, Save, and whatever else the process draws from PyTorch's generator."""

    def disturb(_job: Any, _event: AnyEvent | None) -> list[AnyCommand]:
        torch.rand(5)
        return [Predict(1, np.zeros(2, np.float32)), Look(("surface", "confusion")), Report(), Save()]

    quiet = drive(plan_for(dropout_network()))
    busy = drive(plan_for(dropout_network(), runs=tmp_path, pictures=True), disturb)
    assert len(of_kind(busy, CheckpointSaved)) > 30
    assert plain(busy) == plain(quiet)


def test_two_jobs_side_by_side_do_not_touch_one_another() -> None:
    alone = losses_of(drive(plan_for(dropout_network(), epochs=2)))
    left, right = train(plan_for(dropout_network(), epochs=2)), train(plan_for(dropout_network(), epochs=2, seed=9))
    events: list[AnyEvent] = []
    for event in left:
        next(right, None)
        if event is not None:
            events.append(event)
    right.close()
    assert losses_of(events) == alone


def test_lenet_on_digits_repeats_with_two_threads() -> None:
    def some(plan: TrainingPlan) -> list[tuple[int, float]]:
        events = drive(plan, stop_at(6))
        torch.set_num_threads(1)
        return losses_of(events)

    plan = plan_for("lenet5", "digits", batch_size=32, threads=2, choice={"augment": True})
    first = some(plan)
    assert len(first) == 6
    assert first == some(plan)
    assert first != some(plan_for("lenet5", "digits", batch_size=32, threads=2))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("stop", [4, 10, 17])
def test_a_resumed_run_goes_on_bit_for_bit(tmp_path: Path, optimizer: str, stop: int) -> None:
    """Stopped within an epoch and at its end (10 steps); also with what was changed before."""
    settings = {"optimizer": optimizer, "schedule": "one_cycle", "clip_norm": 0.5, "l1": 1e-4, "weight_decay": 1e-3}
    changes = [(2, SetValue("learning_rate", 0.02)), (3, SetValue("batch_size", 17)), (3, SetValue("momentum", 0.5))]
    whole = drive(plan_for(dropout_network(), **settings), stop_at(-1, changes))
    begun = drive(plan_for(dropout_network(), runs=tmp_path, **settings), stop_at(stop, changes))
    last = of_kind(begun, CheckpointSaved)[-1]
    assert last.step == stop
    rest = drive(plan_for(dropout_network(), runs=tmp_path, resume=last.path, **settings))
    assert losses_of(begun) + losses_of(rest) == losses_of(whole)
    assert plain(rest)[-3:] == plain(whole)[-3:]
    started = of_kind(rest, RunStarted)[0]
    assert (started.step, started.settings["learning_rate"]) == (stop, 0.02)
    assert started.run == of_kind(begun, RunStarted)[0].run


def test_lenet_resumes_bit_for_bit_from_any_checkpoint(tmp_path: Path) -> None:
    """Also convolutions, whose weights lie channels last while the file has them channels first; also from step 0."""
    plan = {"optimizer": "adam", "batch_size": 300, "epochs": 2, "choice": {"augment": True}}
    whole = drive(plan_for("lenet5", "digits", runs=tmp_path, **plan))
    for saved in of_kind(whole, CheckpointSaved):
        rest = drive(plan_for("lenet5", "digits", runs=tmp_path / "copy", resume=saved.path, **plan))
        assert losses_of(rest) == losses_of(whole)[saved.step :]


def test_an_abandoned_run_is_resumed_from_its_last_checkpoint(tmp_path: Path) -> None:
    whole = drive(plan_for(epochs=3))
    job = train(plan_for(epochs=3, runs=tmp_path))
    saved = ""
    for event in job:
        if isinstance(event, CheckpointSaved):
            saved = event.path
        if isinstance(event, StepReport) and event.epoch == 2:
            break
    job.close()
    rest = drive(plan_for(epochs=3, runs=tmp_path, resume=saved))
    assert losses_of(rest) == losses_of(whole)[20:]
    assert plain(rest)[-2:] == plain(whole)[-2:]


def test_more_epochs_can_be_added_to_a_finished_run(tmp_path: Path) -> None:
    begun = drive(plan_for(epochs=2, runs=tmp_path, schedule="constant"))
    job = train(plan_for(epochs=2, runs=tmp_path, resume=of_kind(begun, CheckpointSaved)[-1].path))
    events = [next(job), job.send(SetValue("epochs", 3)), *job]
    rest = [event for event in events if event is not None]
    whole = drive(plan_for(epochs=3, schedule="constant"))
    assert losses_of(begun) + losses_of(rest) == losses_of(whole)


def test_a_resumed_run_keeps_its_data(tmp_path: Path) -> None:
    """Whatever is chosen in the meantime: the points are those on which the run began."""
    begun = drive(plan_for(runs=tmp_path, choice={"noise": 0.2}), stop_at(13))
    resume = of_kind(begun, CheckpointSaved)[-1].path
    rest = drive(plan_for(runs=tmp_path, resume=resume, data="spiral", learning_rate=0.5))
    assert losses_of(begun) + losses_of(rest) == losses_of(drive(plan_for(choice={"noise": 0.2})))
