"""JobDriver without a process: which steps a job takes for which requests, and what is said about its end."""

import sys
import threading
from collections.abc import Generator
from types import ModuleType
from typing import Any

import msgspec
import pytest
from heard_line import HeardLine

from trainers.commands import AnyCommand, Report, Stop
from trainers.errors import BROKEN, PROCESS_SPENT, RunStopped
from trainers.events import (
    AnyEvent,
    CheckpointSaved,
    EpochReport,
    RunFailed,
    RunFinished,
    RunStarted,
    Snapshot,
    StepReport,
)
from trainers.failure_sentences import sentence_of_error, sentence_of_exit
from trainers.job_driver import JobDriver
from trainers.worker import Inbox
from trainers.worker_protocol import (
    Cancel,
    Close,
    JobEnded,
    Pause,
    Request,
    Resume,
    SendCommand,
    Standing,
    StartJob,
    StepBy,
    StepEpoch,
    Warmed,
    WarmUp,
    encode,
)

Job = Generator[AnyEvent | None, AnyCommand | None, None]


class Order(msgspec.Struct):
    """The argument of the job below."""

    steps: int = 12
    starts_at: int = 0


def count(order: Order) -> Job:
    """A job of numbered steps: a report at every third, an epoch of four, and what a command gets."""
    step, kept, is_stopping = order.starts_at, [], False

    def tell(event: AnyEvent | None) -> Job:
        nonlocal is_stopping, kept
        command = yield event
        while command is not None:
            answer: AnyEvent | None = None
            if isinstance(command, Report) and kept:
                answer, kept = report(step, kept), []
            if isinstance(command, Stop):
                is_stopping = True
            command = yield answer

    yield from tell(RunStarted("r", "n", "d", {}, "cpu", 1, 1, step))
    if step == 0:
        yield from tell(EpochReport(0, 1.0, None, 1.0, None, 0))
    yield from tell(Snapshot(step))
    while step < order.steps and not is_stopping:
        step += 1
        kept.append((step, float(step)))
        event = None
        if step % 3 == 0:
            event, kept = report(step, kept), []
        yield from tell(event)
        if step % 4 == 0:
            yield from tell(EpochReport(step // 4, 1.0, None, 1.0, None, step))
            yield from tell(CheckpointSaved(step, "p"))
    yield from tell(Snapshot(step))
    yield RunFinished(step, 1.0, None, 1.0, 1.0)


def report(step: int, kept: list[tuple[int, float]]) -> StepReport:
    return StepReport(step, 0, tuple(kept), 0.1, None, 1.0, {})


def broken(order: Order) -> Generator[Any, Any, str | None]:
    yield RunStarted("r", "n", "d", {}, "cpu", 1, 1)
    yield CheckpointSaved(0, "p")
    if order.steps == 3:
        yield RunFailed(0, "The device failed.", can_resume=True)
        return PROCESS_SPENT
    raise {0: RunStopped("The disk is full."), 1: KeyError("x"), 2: MemoryError()}[order.steps]


@pytest.fixture(autouse=True)
def jobs_module(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("driver_jobs")
    module.count, module.broken = count, broken  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "driver_jobs", module)


class Hand:
    """Sends requests to a driver in another thread and reads what it says."""

    def __init__(self) -> None:
        self.inbox, self.outbox = Inbox(), HeardLine()
        self.items: list[Any] = []
        self.status: list[int] = []
        self._number = 0
        self._thread = threading.Thread(target=self._serve, name="driver")
        self._thread.start()
        assert kinds([item for _, item in self.outbox.hear(10)]) == ["Standing"], "it is ready"

    def _serve(self) -> None:
        self.status.append(JobDriver(self.inbox, self.outbox).serve())
        self.outbox.close()

    def ask(self, kind: type[Request], *values: Any) -> None:
        self._number += 1
        self.inbox.put(kind(self._number, *values))  # type: ignore[arg-type]

    def start(self, function: str = "driver_jobs:count", paused: bool = True, **order: int) -> None:
        self.ask(StartJob, 1, function, msgspec.Raw(encode(Order(**order))), paused)

    def settle(self) -> list[Any]:
        """All that it says until it waits, having dealt with the last request, or is gone."""
        while True:
            taken = self.outbox.hear(10)
            self.items += [item for _, item in taken]
            if not taken or (isinstance(self.items[-1], Standing) and self.items[-1].number == self._number):
                return self.items

    def close(self) -> None:
        self.ask(Close)
        self._thread.join(10)
        assert not self._thread.is_alive()


@pytest.fixture
def hand() -> Generator[Hand, None, None]:
    made = Hand()
    yield made
    made.close()


def steps(items: list[Any]) -> list[int]:
    return [step for item in items if isinstance(item, StepReport) for step, _ in item.losses]


def kinds(items: list[Any]) -> list[str]:
    return [type(item).__name__ for item in items]


def test_a_paused_start_takes_no_step(hand: Hand) -> None:
    hand.start()
    assert kinds(hand.settle()) == ["RunStarted", "EpochReport", "Standing"]


@pytest.mark.parametrize("many", [1, 2, 3, 4, 5, 9, 12])
def test_step_by_takes_exactly_so_many_and_tells_all_of_them(hand: Hand, many: int) -> None:
    hand.start()
    hand.ask(StepBy, many)
    items = hand.settle()
    assert steps(items) == list(range(1, many + 1))
    assert items[-1].step == many


def test_step_by_goes_on_from_where_a_resumed_run_stands(hand: Hand) -> None:
    hand.start(starts_at=5)
    hand.ask(StepBy, 2)
    assert steps(hand.settle()) == [6, 7]


def test_step_epoch_stops_at_the_next_report_and_not_at_that_of_the_untrained(hand: Hand) -> None:
    hand.start()
    for epoch in (1, 2, 3):
        hand.ask(StepEpoch)
        assert steps(hand.settle()) == list(range(1, 4 * epoch + 1))


def test_every_loss_before_a_checkpoint_is_told_before_it(hand: Hand) -> None:
    hand.start(paused=False)
    items = hand.settle()
    for index, item in enumerate(items):
        if isinstance(item, CheckpointSaved):
            assert steps(items[:index]) == list(range(1, item.step + 1))
    assert kinds(items)[-3:] == ["RunFinished", "JobEnded", "Standing"]
    assert hand.outbox.waited_after == [item for item in hand.items if isinstance(item, CheckpointSaved)], (
        "should the next step crash the process, the window must know where to go on from"
    )


def test_standing_tells_what_was_kept_back_and_going_on_tells_the_rest(hand: Hand) -> None:
    hand.start()
    hand.ask(StepBy, 2)
    assert steps(hand.settle()) == [1, 2], "the job itself would have reported at 3"
    hand.ask(Pause)
    hand.ask(Resume)
    assert steps(hand.settle()) == list(range(1, 13))


def test_stop_runs_the_job_to_its_end_and_later_requests_wait(hand: Hand) -> None:
    hand.start()
    hand.ask(StepBy, 5)
    hand.settle()
    hand.ask(SendCommand, msgspec.Raw(encode(Stop())))
    hand.start(steps=2)
    items = hand.settle()
    assert kinds(items).count("RunFinished") == 1
    assert kinds(items)[-4:] == ["JobEnded", "RunStarted", "EpochReport", "Standing"]


def test_cancel_abandons(hand: Hand) -> None:
    hand.start()
    hand.ask(Cancel)
    items = hand.settle()
    assert "RunFinished" not in kinds(items)
    assert isinstance(items[-2], JobEnded)


@pytest.mark.parametrize(
    ("kind", "says", "status"),
    [
        (0, "The disk is full.", None),
        (1, "nobody foresaw: KeyError", BROKEN),
        (2, "memory ran out", BROKEN),
        (3, "The device failed.", BROKEN),
    ],
)
def test_an_error_becomes_a_sentence_and_an_unforeseen_one_ends_the_process(
    kind: int, says: str, status: int | None
) -> None:
    hand = Hand()
    hand.start("driver_jobs:broken", paused=False, steps=kind)
    (failure,) = [item for item in hand.settle() if isinstance(item, RunFailed)]
    assert says in failure.reason
    assert failure.can_resume
    hand.close()
    assert hand.status == [status or 0]


def test_a_job_that_is_not_there_is_told() -> None:
    hand = Hand()
    hand.start("driver_jobs:nothing", paused=False)
    (failure,) = [item for item in hand.settle() if isinstance(item, RunFailed)]
    assert failure.reason.endswith(".")
    hand.close()


def test_a_start_waits_for_the_imports_it_needs_and_for_no_others(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    may_import, may_end = threading.Event(), threading.Event()
    done: list[str] = []
    module = ModuleType("slow_stages")
    module.stages = lambda: [  # type: ignore[attr-defined]
        ("before", lambda: (may_import.wait(10), done.append("before"))),
        ("step", lambda: done.append("step")),
        ("beside", lambda: (may_end.wait(10), done.append("beside"))),
    ]
    monkeypatch.setitem(sys.modules, "slow_stages", module)
    hand.ask(WarmUp, "slow_stages:stages")
    hand.start()
    assert not hand.outbox.hear(0.2), "it waits"
    may_import.set()
    assert kinds(hand.settle()) == ["RunStarted", "EpochReport", "Standing"]
    assert done == ["before"], "the throw-away step is left out: a job is there, and its random numbers are its own"
    may_end.set()
    (warmed,) = [item for _, item in hand.outbox.hear(10)]
    assert isinstance(warmed, Warmed)
    assert not warmed.problem
    assert done == ["before", "beside"]


def test_a_stage_that_fails_is_told_and_the_worker_goes_on(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ImportError("libcuda.so is not there")

    module = ModuleType("bad_stages")
    module.stages = lambda: [("before", fail)]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "bad_stages", module)
    hand.ask(WarmUp, "bad_stages:stages")
    while not any(isinstance(item, Warmed) for item in hand.items):
        hand.items += [item for _, item in hand.outbox.hear(10)]
    (warmed,) = [item for item in hand.items if isinstance(item, Warmed)]
    assert "libcuda.so is not there" in warmed.problem
    hand.start()
    assert "RunStarted" in kinds(hand.settle())


@pytest.mark.parametrize("status", [None, 0, 1, 70, -6, -9, -11, -15, -64, 3221225477])
def test_each_way_to_end_has_its_sentence(status: int | None) -> None:
    sentence = sentence_of_exit(status)
    assert sentence.startswith("The training process ")
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (RuntimeError("CUDA error: device-side assert triggered\nmore"), "graphics card reported a fault"),
        (RuntimeError("CUDA out of memory. Tried to allocate"), "memory ran out"),
        (OSError(28, "No space left on device"), "disk is full"),
        (ImportError("no module"), "cannot be loaded"),
        (ValueError(""), "nobody foresaw: ValueError."),
    ],
)
def test_each_error_has_its_sentence(error: Exception, says: str) -> None:
    assert says in sentence_of_error(error)
    assert sentence_of_error(error).endswith(".")
