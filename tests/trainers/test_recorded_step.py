"""A step that is recorded and replayed, as on a GPU, and what a fault of a device leaves behind. The record here is a plain call."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
import torch
from training_tools import drive, dropout_network, losses_of, of_kind, plan_for

from trainers import classifier, training_step
from trainers.commands import AnyCommand, SetValue, SetWeight, WatchNetwork
from trainers.datasets import load
from trainers.errors import PROCESS_SPENT
from trainers.events import AnyEvent, NetworkInside, RunFailed, RunFinished, StepReport, ValueSet
from trainers.training_run import TrainingRun
from trainers.training_step import RecordedStep, StepResult

Step = Callable[[], StepResult]


class Recorder:
    """Stands for the GPU: a record keeps the tensors of its first replay, and each later one writes into them. A replay reads
    the parameters where they stood when it was recorded, and the optimiser's state as well."""

    def __init__(self) -> None:
        self.recorded = self.replayed = 0
        self.runs: list[TrainingRun] = []

    def places(self) -> list[int]:
        """Where in memory the newest run's parameters and its optimiser's state stand."""
        run = self.runs[-1]
        states = [value for state in run.optimizer.state.values() for value in state.values()]
        return [one.data_ptr() for one in (*run.parameters, *states) if isinstance(one, torch.Tensor)]

    def __call__(self, step: Step) -> Step:
        self.recorded += 1
        kept: list[StepResult] = []
        places = self.places()

        def replay() -> StepResult:
            self.replayed += 1
            assert self.places() == places, "a record does not follow a tensor that was put elsewhere"
            result = step()
            if not kept:
                kept.append(result)
            for old, new in zip(kept[0], result, strict=True):
                if old is not None and new is not None:
                    old.copy_(new)
            return kept[0]

        return replay


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Every run records its step; few steps before, and no waiting."""
    made = Recorder()

    def new_record(run: TrainingRun) -> RecordedStep:
        made.runs.append(run)
        return RecordedStep(made, run.parameters)

    monkeypatch.setattr(TrainingRun, "_new_record", new_record)
    monkeypatch.setattr(training_step, "_STEPS_BEFORE", 3)
    monkeypatch.setattr(training_step, "_PAUSE_S", 0.0)
    monkeypatch.setattr(training_step, "LONG_STEP_S", 1e9)
    return made


def at_yields(commands: dict[int, AnyCommand]) -> Callable[[Any, AnyEvent | None], list[AnyCommand]]:
    """A driver's commands, by the number of the yield that they follow."""
    count = [0]

    def between(_job: Any, _event: AnyEvent | None) -> list[AnyCommand]:
        count[0] += 1
        return [commands[count[0]]] if count[0] in commands else []

    return between


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_replayed_run_has_the_losses_of_a_plain_one(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch, optimizer: str
) -> None:
    """Dropout, batch normalisation, clipping, a last batch that is smaller, a cosine, and a setting that is changed."""
    plan = plan_for(dropout_network(), epochs=6, batch_size=17, clip_norm=0.5, optimizer=optimizer)
    changed: dict[int, AnyCommand] = {23: SetValue("weight_decay", 0.1)}
    replayed = drive(plan, at_yields(changed))
    assert recorder.recorded >= 2, "the changed setting was not recorded anew"
    assert recorder.replayed > 15
    monkeypatch.undo()
    assert losses_of(replayed) == losses_of(drive(plan, at_yields(changed)))
    assert all(report.gradient_norm is not None for report in of_kind(replayed, StepReport))


def test_a_weight_set_by_hand_reaches_the_record(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is written where the record reads it: nothing is recorded anew, and the losses are those of a plain run."""
    plan = plan_for(runs=tmp_path, epochs=3, optimizer="adam")
    by_hand: dict[int, AnyCommand] = {20: SetWeight("hidden1.weight", (0, 0), 3.0)}
    replayed = drive(plan, at_yields(by_hand))
    assert [event.value for event in of_kind(replayed, ValueSet)] == [3.0]
    assert recorder.recorded == 1
    untouched = drive(plan_for(runs=tmp_path, epochs=3, optimizer="adam"))
    monkeypatch.undo()
    assert losses_of(replayed) == losses_of(drive(plan, at_yields(by_hand)))
    assert losses_of(replayed) != losses_of(untouched)


def test_who_is_watched_while_steps_are_replayed_learns_the_same(recorder: Recorder) -> None:
    """A look changes nothing, and tells the gradients of the step that was replayed last."""
    plan = plan_for(dropout_network(), epochs=6, batch_size=17)
    names = tuple(layer.name for layer in plan.network.layers[1:])
    alone = drive(plan)
    watched = drive(plan, at_yields({2: WatchNetwork(names, per_second=60.0)}))
    assert losses_of(watched) == losses_of(alone)
    assert recorder.recorded == 2
    last = of_kind(watched, NetworkInside)[-1]
    for parameter, (name, told) in zip(recorder.runs[-1].parameters, last.gradients.items(), strict=True):
        assert parameter.grad is not None
        assert torch.equal(torch.from_numpy(told), parameter.grad), name


def test_who_looks_at_gradients_finds_those_of_the_replay(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record writes into gradients of its own; a step that is taken in between puts others in their place."""
    monkeypatch.setattr(training_step, "_STEPS_BEFORE", 1)
    parameter, of_record = torch.nn.Parameter(torch.zeros(1)), torch.zeros(1)
    result = StepResult(torch.zeros(()), torch.zeros(1, 1), torch.zeros(1), None)

    def record(_step: Step) -> Step:
        parameter.grad = of_record
        return lambda: result

    record_of_step = RecordedStep(record, [parameter])
    for _ in range(2):
        parameter.grad = torch.ones(1)
        record_of_step.note_taken(None)
        assert record_of_step.take(torch.arange(4), True, lambda _rows: result) is not None
        assert parameter.grad is of_record
    assert record_of_step.take(torch.arange(3), False, lambda _rows: result) is None


def whole_step(record: RecordedStep) -> StepResult | None:
    return record.take(torch.arange(4), True, lambda _rows: pytest.fail("it is the record that is played"))


def test_a_record_waits_until_settings_stand_still_and_steps_were_taken_since(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(training_step, "perf_counter", lambda: now[0])
    monkeypatch.setattr(training_step, "_STEPS_BEFORE", 2)
    result = StepResult(torch.zeros(()), torch.zeros(1, 1), torch.zeros(1), None)
    record = RecordedStep(lambda _step: lambda: result, [])
    for _ in range(2):
        assert whole_step(record) is None
        record.note_taken(None)
    assert whole_step(record) is not None
    record.forget()  # a slider is dragged
    now[0] += training_step._PAUSE_S + 0.01
    assert whole_step(record) is None, "no step was taken since"
    for _ in range(2):
        record.note_taken(None)
    assert whole_step(record) is not None
    record.forget()
    for _ in range(2):
        record.note_taken(None)
    assert whole_step(record) is None, "it may still be dragged"
    now[0] += training_step._PAUSE_S
    assert whole_step(record) is not None


def test_only_a_step_after_the_first_says_that_steps_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one loads libraries."""
    monkeypatch.setattr(training_step, "_STEPS_BEFORE", 1)
    result = StepResult(torch.zeros(()), torch.zeros(1, 1), torch.zeros(1), None)
    long = training_step.StepTimer(torch.device("cpu"))
    long.seconds = {"forward": training_step.LONG_STEP_S, "backward": training_step.LONG_STEP_S}
    record = RecordedStep(lambda _step: lambda: result, [])
    record.note_taken(long)
    assert whole_step(record) is not None
    record.note_taken(long)
    assert whole_step(record) is None


def test_what_a_replay_gave_is_not_written_over_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_step, "_STEPS_BEFORE", 0)
    of_record = StepResult(torch.zeros(()), torch.zeros(2, 1), torch.zeros(2), torch.zeros(()))

    def replay() -> StepResult:
        for tensor in of_record:
            assert tensor is not None
            tensor.add_(1)
        return of_record

    record = RecordedStep(lambda _step: replay, [])
    first, second = whole_step(record), whole_step(record)
    assert first is not None
    assert second is not None
    for one, other in zip(first, second, strict=True):
        assert one is not None
        assert other is not None
        assert (one == 1).all()
        assert (other == 2).all()


def test_what_cannot_be_recorded_is_trained_without(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def refuse(_step: Step) -> Step:
        tried.append(1)
        raise RuntimeError("operation not permitted when stream is capturing")

    monkeypatch.setattr(TrainingRun, "_new_record", lambda run: RecordedStep(refuse, run.parameters))
    assert isinstance(drive(plan_for(epochs=4))[-1], RunFinished)
    assert tried == [1]
    tried.clear()
    changed: dict[int, AnyCommand] = {20: SetValue("batch_size", 8)}  # a smaller batch may fit into memory
    assert isinstance(drive(plan_for(epochs=4), at_yields(changed))[-1], RunFinished)
    assert tried == [1, 1]


def test_a_long_step_and_one_on_a_cpu_are_not_recorded(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_step, "LONG_STEP_S", 0.0)
    drive(plan_for(epochs=3))
    assert recorder.recorded == 0
    monkeypatch.undo()
    run = TrainingRun(plan_for(), load(plan_for().data))
    for _ in range(20):
        run.step_record.note_taken(None)
    assert run.step_record.take(torch.arange(16), True, lambda rows: pytest.fail("recorded")) is None


@pytest.mark.parametrize(
    ("error", "says", "value"),
    [
        ("CUDA error: device-side assert triggered", "The device cpu failed", PROCESS_SPENT),
        ("CUDA out of memory. Tried to allocate 2 GiB", "ran out of memory", None),
    ],
)
def test_a_fault_of_the_device_spends_the_process(
    monkeypatch: pytest.MonkeyPatch, error: str, says: str, value: str | None
) -> None:
    def fail(_run: TrainingRun, _inputs: torch.Tensor) -> torch.Tensor:
        raise RuntimeError(error)

    job = classifier.train(plan_for())
    monkeypatch.setattr(TrainingRun, "forward", fail)
    events: list[AnyEvent] = []

    def whole() -> Generator[Any, Any, None]:
        returned.append((yield from job))

    returned: list[str | None] = []
    events.extend(event for event in whole() if event is not None)
    assert returned == [value]
    assert isinstance(events[-1], RunFailed)
    assert says in events[-1].reason
