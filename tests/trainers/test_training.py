"""What a run says and does: its events, hyperparameters changed while it runs, faults."""

import errno
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from training_tools import begun, chain, drive, losses_of, of_kind, plan_for

from trainers import training_run
from trainers.classifier import answer, train
from trainers.commands import Look, Predict, Report, Save, SetValue, Stop
from trainers.datasets import load
from trainers.errors import BadInput, MissingData
from trainers.events import (
    CheckpointSaved,
    EpochReport,
    RunFailed,
    RunFinished,
    RunStarted,
    Snapshot,
    StepReport,
    ValueRefused,
    ValueSet,
)
from trainers.network_files import load_network
from trainers.network_graph import Layer
from trainers.training_plan import AnswerPlan, ClassifierSettings, DataChoice


def regression(outputs: int = 1) -> Any:
    return chain(
        "curve",
        Layer("input", "input", {"shape": (2,)}),
        Layer("fc1", "dense", {"units": 8}),
        Layer("act1", "tanh"),
        Layer("fc2", "dense", {"units": outputs}),
    )


def test_a_run_tells_its_story_in_order(tmp_path: Path) -> None:
    events = drive(plan_for(epochs=2, runs=tmp_path))
    started, first, saved = events[:3]
    assert isinstance(started, RunStarted)
    assert (started.network, started.data, started.device, started.threads) == ("playground", "circle", "cpu", 1)
    assert (started.parameters, started.train_samples, started.test_samples) == (25, 160, 40)
    assert started.classes == ("blue", "orange")
    assert isinstance(first, EpochReport)
    assert first.epoch == 0
    assert isinstance(saved, CheckpointSaved)
    assert isinstance(events[-1], RunFinished)
    assert [report.epoch for report in of_kind(events, EpochReport)] == [0, 1, 2]
    assert [saved.step for saved in of_kind(events, CheckpointSaved)] == [0, 10, 20]
    assert events[-1].step == 20
    assert events[-1].seconds > 0
    assert events[-1].steps_per_second == pytest.approx(20 / events[-1].seconds)


def test_every_step_is_told_once_with_its_accuracy() -> None:
    events = drive(plan_for(epochs=2))
    assert [step for step, _ in losses_of(events)] == list(range(1, 21))
    for report in of_kind(events, StepReport):
        assert len(report.accuracies) == len(report.losses)
        assert report.samples_per_second > 0
        assert report.gradient_norm is not None
        assert report.gradient_norm > 0
        assert set(report.phases) == {"data", "forward", "backward", "optimizer"}
    shares = [share for report in of_kind(events, StepReport) for share in report.accuracies]
    first = of_kind(events, EpochReport)[1]
    assert first.train_accuracy == pytest.approx(sum(shares[:10]) / 10)
    assert first.train_loss == pytest.approx(sum(loss for _, loss in losses_of(events)[:10]) / 10)


def test_it_learns() -> None:
    end = drive(plan_for("playground", "gauss", epochs=20, learning_rate=0.05))[-1]
    assert isinstance(end, RunFinished)
    assert end.test_accuracy is not None
    assert end.test_accuracy >= 0.95


def test_steps_and_none_are_the_same_thing() -> None:
    """A driver counts steps by None and by the step that each event bears: what it counts is what was done."""
    job, counted = train(plan_for(epochs=2, pictures=True)), 0
    for event in job:
        counted = counted + 1 if event is None else max(counted, getattr(event, "step", counted))
        if isinstance(event, StepReport):
            assert counted == event.step
    assert counted == 20


@pytest.mark.parametrize(("loss", "function"), [("mse", "mse_loss"), ("l1", "l1_loss"), ("huber", "huber_loss")])
def test_regressions_report_the_loss_asked_for(loss: str, function: str) -> None:
    plan = plan_for(regression(), "plane", epochs=1, loss=loss)
    first = of_kind(drive(plan), EpochReport)[0]
    assert (first.test_accuracy, first.train_accuracy) == (None, None)
    torch.manual_seed(0)
    model = training_run.build(plan.network)
    split = load(plan.data)
    with torch.no_grad():
        outputs = model(torch.from_numpy(split.test_inputs))
    goals = torch.from_numpy(split.test_targets).reshape(-1, 1)
    assert first.test_loss == pytest.approx(float(getattr(torch.nn.functional, function)(outputs, goals)), rel=1e-5)


def test_one_output_for_two_classes_is_a_probability() -> None:
    plan = plan_for(epochs=1)
    first = of_kind(drive(plan), EpochReport)[0]
    torch.manual_seed(0)
    model = training_run.build(plan.network)
    split = load(plan.data)
    with torch.no_grad():
        positive = torch.sigmoid(model(torch.from_numpy(split.test_inputs)).reshape(-1)).numpy()
    goals = split.test_targets
    expected = -np.mean(np.log(np.where(goals == 1, positive, 1 - positive)))
    assert first.test_loss == pytest.approx(expected, rel=1e-5)
    assert first.test_accuracy == pytest.approx(np.mean((positive > 0.5) == goals))


# -- changes while it runs ------------------------------------------------------------------------------------------------


def test_a_learning_rate_is_in_effect_from_the_next_step_on() -> None:
    job = begun(plan_for(schedule="constant"), 3)
    assert job.send(SetValue("learning_rate", 0.5)) == ValueSet(3, "learning_rate", 0.5)
    next(job)
    report = job.send(Report())
    assert report is None or report.learning_rate == 0.5
    job.close()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("learning_rate", -1.0, "Learning rate must be above 0 and at most 100, not -1"),
        ("learning_rate", float("nan"), "Learning rate must be above 0 and at most 100, not nan"),
        ("batch_size", 0, "Batch size must be a whole number, at least 1 and at most 65,536, not 0"),
        ("optimizer", "lion", "Optimiser must be sgd, adam, adamw or rmsprop, not lion"),
        ("momentum", 1.0, "Momentum must be at least 0 and below 1, not 1"),
        ("epochs", 1, "at least 2"),
        ("loss", "mse", "have classes"),
        ("seed", 3, "whole run"),
        ("threads", 2, "whole run"),
        ("speed", 3, "no setting speed"),
        ("amp", "maybe", "Mixed precision must be true or false, not maybe"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_changes_nothing(name: str, value: Any, words: str) -> None:
    job = begun(plan_for(epochs=3), 13)
    refused = job.send(SetValue(name, value))
    assert isinstance(refused, ValueRefused)
    assert (refused.step, refused.name) == (13, name)
    assert words in refused.reason
    assert refused.reason.count(". ") == 0
    rest = list(job)
    assert isinstance(rest[-1], RunFinished)
    assert rest[-1].step == 30


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "rmsprop"])
@pytest.mark.parametrize("start", ["sgd", "rmsprop"])
def test_the_optimiser_changes_in_mid_run(start: str, optimizer: str) -> None:
    """Also with momentum that begins at 0: RMSprop makes its buffer at the first step only."""
    job = begun(plan_for(optimizer=start, momentum=0.0), 3)
    for change in (SetValue("momentum", 0.9), SetValue("weight_decay", 0.1), SetValue("optimizer", optimizer)):
        assert isinstance(job.send(change), ValueSet)
    rest = [event for event in job if event is not None]
    assert isinstance(rest[-1], RunFinished)
    assert rest[-1].step == 30


def test_rmsprop_takes_momentum_up_while_it_runs() -> None:
    job = begun(plan_for(optimizer="rmsprop", momentum=0.0, schedule="constant"), 3)
    assert isinstance(job.send(SetValue("momentum", 0.9)), ValueSet)
    assert isinstance([event for event in job if event][-1], RunFinished)


def test_batch_size_and_epochs_change_what_is_left() -> None:
    job = begun(plan_for(epochs=3, batch_size=16), 10)  # one epoch of ten steps
    job.send(SetValue("batch_size", 40))
    assert isinstance(job.send(SetValue("epochs", 2)), ValueSet)
    assert [event for event in job if event][-1].step == 10 + 4


def test_stop_saves_and_finishes(tmp_path: Path) -> None:
    job = begun(plan_for(runs=tmp_path), 4)
    rest = [event for event in [job.send(Stop()), *job] if event is not None]
    assert [type(event) for event in rest[-2:]] == [CheckpointSaved, RunFinished]
    assert rest[-1].step == rest[-2].step == 4
    assert (Path(rest[-2].path) / "model.safetensors").is_file()


# -- what cannot be -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("network", "data", "settings", "error", "words"),
    [
        ("lenet5", "circle", {}, BadInput, "28"),
        ("lenet5", "mnist", {}, MissingData, "digits"),
        ("playground", "circle", {"device": "mps"}, BadInput, "The device mps is not there"),
        ("playground", "circle", {"loss": "mse"}, BadInput, "have classes"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_writes_nothing(
    tmp_path: Path, network: str, data: str, settings: dict[str, Any], error: type[Exception], words: str
) -> None:
    choice = {"directory": str(tmp_path / "nothing")}
    with pytest.raises(error, match=words):
        next(train(plan_for(network, data, tmp_path / "runs", choice=choice, **settings)))
    assert list(tmp_path.iterdir()) == []


def test_numbers_that_run_away_end_the_run_with_the_layer_named(tmp_path: Path) -> None:
    events = drive(plan_for("lenet5", "digits", tmp_path, optimizer="sgd", learning_rate=50.0, batch_size=32))
    failed = events[-1]
    assert isinstance(failed, RunFailed)
    assert failed.can_resume
    layers = [layer.name for layer in load_network("lenet5").layers]
    assert any(f"layer {name}:" in failed.reason for name in layers)
    assert "learning rate of 50 is too high, so try 5" in failed.reason
    told = losses_of(events)
    assert [step for step, _ in told] == list(range(1, failed.step))
    assert all(np.isfinite(loss) for _, loss in told)


def test_where_losses_are_read_late_the_first_bad_step_is_still_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a GPU, where no loss is looked at before the report."""
    begin = training_run.TrainingRun.begin_step

    def unseen(run: training_run.TrainingRun) -> Any:
        run.checks_every_step = False
        return begin(run)

    monkeypatch.setattr(training_run.TrainingRun, "begin_step", unseen)
    events = drive(plan_for("lenet5", "digits", optimizer="sgd", learning_rate=50.0, batch_size=32))
    assert isinstance(events[-1], RunFailed)
    told = losses_of(events)
    assert [step for step, _ in told] == list(range(1, events[-1].step))
    assert all(np.isfinite(loss) for _, loss in told)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried ..."), "ran out of memory"),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB"), "smaller batch size"),
        (MemoryError(), "ran out of memory"),
        (RuntimeError("CUDA error: an illegal memory access was encountered\nmore"), "illegal memory access"),
    ],
)
def test_memory_and_device_faults_end_the_run_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception, words: str
) -> None:
    def fail(_run: Any, _inputs: Any) -> Any:
        raise error

    monkeypatch.setattr(training_run.TrainingRun, "forward", fail)
    failed = drive(plan_for(runs=tmp_path))[-1]
    assert isinstance(failed, RunFailed)
    assert words in failed.reason
    assert failed.can_resume
    assert "\n" not in failed.reason


def test_a_full_disk_does_not_end_the_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    save = training_run.save_checkpoint

    def full(folder: Path, checkpoint: Any) -> None:
        if checkpoint.state.step:
            raise OSError(errno.ENOSPC, "No space left on device")
        save(folder, checkpoint)

    monkeypatch.setattr(training_run, "save_checkpoint", full)
    events = drive(plan_for(runs=tmp_path))
    assert isinstance(events[-1], RunFinished)
    refused = of_kind(events, ValueRefused)
    assert "disk is full" in refused[0].reason
    assert [saved.step for saved in of_kind(events, CheckpointSaved)] == [0]


# -- pictures and answers -------------------------------------------------------------------------------------------------


def test_a_finished_run_answers_as_it_did_while_it_ran(tmp_path: Path) -> None:
    plan = plan_for("lenet5", "digits", tmp_path, epochs=1, batch_size=64, learning_rate=1e-3)
    job = begun(plan, 5)
    saved = job.send(Save())
    assert isinstance(saved, CheckpointSaved)
    drawing = load(plan.data).test_inputs[3].astype(np.float32) / 255
    living = job.send(Predict(1, drawing))
    job.close()
    reader = answer(AnswerPlan(saved.path, plan.data, plan.network))
    first = next(reader)
    assert isinstance(first, Snapshot)
    assert first.images is not None
    assert next(reader) is None
    stored = reader.send(Predict(2, drawing))
    np.testing.assert_allclose(stored.outputs, living.outputs, atol=1e-6)
    assert stored.step == 5
    assert int(stored.outputs.argmax()) == int(first.predicted[3]) if first.sample_index[3] == 3 else True
    shot = reader.send(Look(("confusion",)))
    assert shot.confusion.sum() == 359
    refused = reader.send(Predict(3, np.zeros((28, 28), np.float32)))
    assert isinstance(refused, ValueRefused)
    assert "(1, 28, 28)" in refused.reason
    reader.close()


def test_another_network_cannot_take_a_checkpoint(tmp_path: Path) -> None:
    saved = of_kind(drive(plan_for(epochs=1, runs=tmp_path)), CheckpointSaved)[-1]
    with pytest.raises(BadInput, match="belongs to the network playground"):
        next(answer(AnswerPlan(saved.path, DataChoice("circle", samples=200), load_network("xor-mlp"))))
    with pytest.raises(BadInput, match="belongs to the network playground"):
        next(train(plan_for("xor-mlp", runs=tmp_path, resume=saved.path)))
    with pytest.raises(BadInput, match="have changed"):
        next(train(plan_for("playground", "spiral", tmp_path, resume=_with_samples(saved.path))))


def _with_samples(folder: str) -> str:
    """The checkpoint as if its data had been larger then."""
    state = Path(folder) / "state.json"
    state.write_text(state.read_text().replace('"train_samples": 160', '"train_samples": 161'))
    return folder


def test_settings_stand_in_the_plan_as_they_ran() -> None:
    started = drive(plan_for(epochs=1))[0]
    assert isinstance(started, RunStarted)
    assert set(started.settings) == set(ClassifierSettings.__struct_fields__)
