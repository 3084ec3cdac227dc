"""A job in a worker of its own: answered, refused, stopped, limited, killed; nothing of it is waited for but at the end."""

import threading
from collections.abc import Iterator

import psutil
import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from app.one_job import OneJob
from trainers.machine_speed import MeasurePlan, SpeedMeasured

PATIENCE_MS = 60_000


@pytest.fixture
def job(qtbot: QtBot) -> Iterator[OneJob]:
    job = OneJob(name="waiting", events=SpeedMeasured)
    yield job
    job.shutdown()


def test_an_answer_comes_in_the_windows_thread_and_the_worker_goes(qtbot: QtBot, job: OneJob) -> None:
    heard = []
    job.answered.connect(lambda event: heard.append((event, threading.current_thread(), QThread.currentThread())))
    job.start("measuring_jobs:measure", MeasurePlan(threads=3))
    assert job.is_busy
    qtbot.waitUntil(lambda: bool(heard), timeout=PATIENCE_MS)
    event, thread, qthread = heard[0]
    assert event.speed.threads == 3
    assert (thread, qthread) == (threading.main_thread(), job.thread())
    assert not job.is_busy
    qtbot.waitUntil(lambda: not job._ending, timeout=PATIENCE_MS)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("measuring_jobs:refuse", "The device auto is not there."),
        (
            "waiting_jobs:die",
            "The process for waiting was killed: by somebody, or by the system because memory ran out.",
        ),
        ("waiting_jobs:nothing", "The process for waiting ended without an answer."),
        ("waiting_jobs:never", "It took too long."),
    ],
)
def test_what_comes_to_nothing_is_said_once(qtbot: QtBot, job: OneJob, name: str, said: str) -> None:
    sentences: list[str] = []
    job.failed.connect(sentences.append)
    job.answered.connect(lambda _: pytest.fail("an answer"))
    job.start(name, MeasurePlan(), limit_s=0.3 if name.endswith("never") else None, late="It took too long.")
    qtbot.waitUntil(lambda: bool(sentences), timeout=PATIENCE_MS)
    assert not job.is_busy
    job.shutdown()
    assert sentences == [said]


def test_a_job_that_is_stopped_says_nothing_and_its_process_is_gone(qtbot: QtBot, job: OneJob) -> None:
    said: list[object] = []
    job.failed.connect(said.append)
    job.answered.connect(said.append)
    job.start("waiting_jobs:never", MeasurePlan())
    qtbot.waitUntil(lambda: job.worker_pid is not None, timeout=PATIENCE_MS)
    pid = job.worker_pid
    job.start("waiting_jobs:never", MeasurePlan(), limit_s=PATIENCE_MS)  # takes the place of the first
    job.stop()
    assert not job._limit.isActive()
    job.shutdown()
    assert pid is not None
    assert not psutil.pid_exists(pid)
    assert said == []
