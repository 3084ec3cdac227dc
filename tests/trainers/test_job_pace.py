"""How often a job's steps may be taken: at most so many a second, or a share of the time. The clock is played."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Sequence
from types import ModuleType
from typing import Any

import msgspec
import pytest
from heard_line import HeardLine

from trainers.events import RunFinished, RunStarted
from trainers.job_driver import JobDriver
from trainers.worker_protocol import Close, LimitSpeed, Request, StartJob, StepBy, encode

Requests = Sequence[tuple[float, Request]]
Drive = Callable[..., "PlayedTime"]


class PlayedTime:
    """Stands in for the module `time` and for the inbox: 2 ms of the processor a step, and a wait takes what it was asked for.

    requests: each comes at its time (s). waits: how long was waited for the next step; stepped: when each step was done.
    """

    def __init__(self, requests: Requests) -> None:
        self._requests = list(requests)
        self._spent = 0.0
        self.now = 0.0
        self.waits: list[float] = []
        self.stepped: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def thread_time(self) -> float:
        self._spent += 0.002
        return self._spent

    def __bool__(self) -> bool:
        return bool(self._requests) and self._requests[0][0] <= self.now

    def take(self) -> Request:
        return self._requests.pop(0)[1]

    def peek(self) -> Request:
        return self._requests[0][1]

    def wait(self, timeout: float | None = None) -> bool:
        if timeout is None:
            self._requests.append((self.now, Close(99)))
            return True
        until = min([self.now + timeout, *(time for time, _ in self._requests)])
        self.waits.append(until - self.now)
        self.now = until
        return bool(self)


@pytest.fixture
def drive(monkeypatch: pytest.MonkeyPatch) -> Drive:
    """drive(seconds, *requests): a job of a step for each of `seconds`, which it takes on the clock; the requests at their times."""

    def run(seconds: Sequence[float], *requests: tuple[float, Request]) -> PlayedTime:
        start = StartJob(1, 1, "paced_jobs:steps", msgspec.Raw(encode({})), False)
        time = PlayedTime([(0.0, start), *requests])

        def steps(_argument: Any) -> Generator[Any, Any, None]:
            yield RunStarted("r", "n", "d", {}, "cpu", 1, 1)
            for taken in seconds:
                time.now += taken
                time.stepped.append(time.now)
                yield None
            yield RunFinished(len(seconds), 1.0, None, 1.0, 1.0)

        module = ModuleType("paced_jobs")
        module.steps = steps  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "paced_jobs", module)
        monkeypatch.setattr("trainers.job_driver.time", time)
        assert JobDriver(time, HeardLine()).serve() == 0  # type: ignore[arg-type]
        assert len(time.stepped) == len(seconds)
        return time

    return run


@pytest.mark.parametrize(
    ("limit", "share", "waited"),
    [(0.0, 0.1, 0.018), (100.0, 0.1, 0.018), (20.0, 0.1, 0.05), (0.0, 1.0, None), (0.0, 0.0, None)],
)
def test_a_job_takes_its_share_of_the_time(drive: Drive, limit: float, share: float, waited: float | None) -> None:
    time = drive([0.0] * 8, (0.0, LimitSpeed(2, limit, share)))
    assert time.waits == pytest.approx([waited] * 8 if waited else [])


def test_what_a_step_takes_belongs_to_its_turn_and_a_late_one_is_not_caught_up(drive: Drive) -> None:
    """20 a second: a step of 30 ms leaves 20 to wait, and after one of half a second the others keep their distance."""
    time = drive([0.03, 0.03, 0.5, 0.03, 0.03, 0.03], (0.0, LimitSpeed(2, 20.0, 1.0)))
    assert time.waits == pytest.approx([0.02] * 5)
    assert time.stepped == pytest.approx([0.03, 0.08, 0.6, 0.63, 0.68, 0.73])


@pytest.mark.parametrize("request_made", [LimitSpeed(3, 1000.0, 1.0), StepBy(3, 1)])
def test_who_asks_for_more_does_not_wait_for_the_turn_of_before(drive: Drive, request_made: Request) -> None:
    time = drive([0.0, 0.0], (0.0, LimitSpeed(2, 0.1, 1.0)), (3.0, request_made))
    assert time.stepped == [0.0, 3.0]
