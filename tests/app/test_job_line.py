"""JobLine over a played worker: which one that dies is followed by another, and how much comes a frame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal

from app.job_line import JobLine
from app.job_thread import WorkerEnd
from trainers.events import StepReport
from trainers.worker_protocol import JobEnded, Standing, Warmed


class PlayedThread(QObject):
    """Stands in for a JobThread: `say` what the worker sends, `die` when it is to end. unread: what it sent before that."""

    worker_ended = Signal(object)
    warmed = Signal(object)
    modules_listed = Signal(object)
    answered = Signal()
    last_number = 0
    worker_pid = 1

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.unread: list[tuple[int, Any]] = []
        self.stages: list[str] = []

    def start(self) -> None:
        """It runs from the beginning."""

    def warm_up(self, stages: str) -> None:
        self.stages.append(stages)

    def take(self, _most_bytes: int = 1 << 20) -> list[tuple[int, Any]]:
        taken, self.unread = self.unread, []
        return taken

    def wait(self) -> None:
        """It has ended."""

    def close_worker(self) -> None:
        """It ends at once."""

    def say(self, *items: Any) -> None:
        self.unread.extend((1, item) for item in items)
        self.answered.emit()

    def die(self) -> None:
        self.worker_ended.emit(WorkerEnd(-9, "It was killed.", ""))


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[PlayedThread]:
    """Every worker that was started, in order."""
    made: list[PlayedThread] = []

    def make(parent: QObject, **_options: Any) -> PlayedThread:
        made.append(PlayedThread(parent))
        return made[-1]

    monkeypatch.setattr("app.job_line.JobThread", make)
    return made


@pytest.fixture
def line(qapp: Any, threads: list[PlayedThread]) -> Iterator[JobLine]:
    line = JobLine(warm_up="stages")
    _ = line.worker
    yield line
    line.close()


def standing(number: int = 0) -> Standing:
    return Standing(number, 0, 0)


def test_one_that_only_ever_stood_is_not_followed_by_another(line: JobLine, threads: list[PlayedThread]) -> None:
    threads[0].say(standing())
    assert not line.is_awake, "nothing can arrive"
    threads[0].die()
    assert not line.has_worker
    assert len(threads) == 1


def test_one_that_was_of_use_is_followed_by_another_once(line: JobLine, threads: list[PlayedThread]) -> None:
    threads[0].say(standing(1), JobEnded(1))
    threads[0].say(standing())
    threads[0].die()
    assert line.has_worker
    assert threads[1].stages == ["stages"]
    threads[1].say(standing())
    threads[1].die()
    assert not line.has_worker, "the second one had done nothing yet"
    assert len(threads) == 2


def test_what_it_sent_before_it_died_counts_and_arrives(line: JobLine, threads: list[PlayedThread]) -> None:
    heard: list[Any] = []
    line.arrived.connect(heard.extend)
    report = StepReport(1, 0, ((1, 0.5),), 0.1, None, 1.0, {})
    threads[0].unread.append((1, report))
    threads[0].die()
    assert heard == [(1, report)]
    assert len(threads) == 2


def test_one_that_is_warm_was_of_use(line: JobLine, threads: list[PlayedThread]) -> None:
    threads[0].warmed.emit(Warmed(1.0, ""))
    threads[0].die()
    assert len(threads) == 2


def test_a_closed_line_starts_no_other(line: JobLine, threads: list[PlayedThread]) -> None:
    threads[0].say(JobEnded(1))
    line.close()
    threads[0].die()
    assert not line.has_worker
    assert len(threads) == 1
