"""JobThread against a real worker: stray prints, torn frames, floods, a stuck window, orphans, leftovers."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot

import app.job_thread
from app.job_line import JobLine
from app.job_thread import JobThread, WorkerEnd
from trainers.events import RunFinished, Snapshot, StepReport
from trainers.network_graph import NetworkGraph
from trainers.training_plan import ClassifierSettings, DataChoice, TrainingPlan
from trainers.worker_protocol import JobEnded, Standing

MakeNetwork = Callable[..., NetworkGraph]


@pytest.fixture
def thread(qapp: Any) -> Iterator[JobThread]:
    made = JobThread()
    made.start()
    yield made
    made.close_worker()


def plan(network: NetworkGraph, epochs: int = 10, **settings: Any) -> TrainingPlan:
    return TrainingPlan(network, DataChoice("numbers"), ClassifierSettings(epochs=epochs, **settings))


def take_until(qtbot: QtBot, thread: JobThread, kind: type[Any]) -> list[Any]:
    """Everything up to the first item of `kind`."""
    items: list[Any] = []

    def has_come() -> bool:
        items.extend(item for _, item in thread.take())
        return any(isinstance(item, kind) for item in items)

    qtbot.waitUntil(has_come)
    return items


def steps_of(items: list[Any]) -> list[int]:
    return [step for item in items if isinstance(item, StepReport) for step, _ in item.losses]


def test_stray_prints_of_a_job_and_of_c_code_break_nothing(
    qtbot: QtBot, thread: JobThread, make_network: MakeNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)  # prints reach the window at once without it, too
    thread.start_job("numpy_jobs:train", plan(make_network(prints=True)))
    items = take_until(qtbot, thread, JobEnded)
    assert steps_of(items) == list(range(1, 101))
    qtbot.waitUntil(lambda: "a stray print at step 99" in thread.last_words)
    assert "garbage from C code" in thread.last_words


def test_a_worker_has_the_variables_it_is_given_unless_the_window_has_its_own(
    qtbot: QtBot, make_network: MakeNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HILLOCK_TEST_OWN", "window")
    thread = JobThread(variables={"HILLOCK_TEST_OWN": "given", "HILLOCK_TEST_OTHER": "given"})
    thread.start()
    thread.start_job("numpy_jobs:train", plan(make_network(), epochs=1))
    take_until(qtbot, thread, JobEnded)
    found = psutil.Process(thread.worker_pid).environ()
    thread.close_worker()
    assert (found["HILLOCK_TEST_OWN"], found["HILLOCK_TEST_OTHER"]) == ("window", "given")


def test_one_worker_serves_one_job_after_another(qtbot: QtBot, thread: JobThread, make_network: MakeNetwork) -> None:
    pids = set()
    for job in (1, 2, 3):
        assert thread.start_job("numpy_jobs:train", plan(make_network(), epochs=1)) == job
        items = take_until(qtbot, thread, JobEnded)
        assert steps_of(items) == list(range(1, 11))
        pids.add(thread.worker_pid)
    assert len(pids) == 1


def test_a_new_job_ends_the_one_that_runs(qtbot: QtBot, thread: JobThread, make_network: MakeNetwork) -> None:
    first = thread.start_job("numpy_jobs:train", plan(make_network(step_seconds=0.01), epochs=1000))
    take_until(qtbot, thread, StepReport)
    second = thread.start_job("numpy_jobs:train", plan(make_network(), epochs=1))
    ended = []

    def have_both_ended() -> bool:
        ended.extend(job for job, item in thread.take() if isinstance(item, JobEnded))
        return ended == [first, second]

    qtbot.waitUntil(have_both_ended)


def test_a_stuck_window_holds_no_step_up_before_the_line_is_full_and_loses_no_metric(
    qtbot: QtBot, thread: JobThread, make_network: MakeNetwork
) -> None:
    """20,000 reports and pictures of 40 kB each, 800 MB in all, and nobody looks until the run has ended."""
    thread.start_job("numpy_jobs:train", plan(make_network(flood=True), epochs=2_000))
    pid = _wait_for_pid(qtbot, thread)
    qtbot.waitUntil(lambda: psutil.Process(pid).cpu_times().user > 0.2 and _is_idle(pid), timeout=90_000)
    assert psutil.Process(pid).memory_info().rss < 400e6
    items = take_until(qtbot, thread, JobEnded)
    assert steps_of(items) == list(range(1, 20_001))
    pictures = [item for item in items if isinstance(item, Snapshot)]
    assert len(pictures) < 20_000 / 4, "pictures that nobody saw are merged"
    assert pictures[-1].step == 20_000, "the newest is there"


def _wait_for_pid(qtbot: QtBot, thread: JobThread) -> int:
    qtbot.waitUntil(lambda: thread.worker_pid is not None)
    assert thread.worker_pid is not None
    return thread.worker_pid


def _is_idle(pid: int) -> bool:
    """Whether the worker waits: it has ended its job, or the line is full."""
    process = psutil.Process(pid)
    before = process.cpu_times().user
    threading.Event().wait(0.3)
    return process.cpu_times().user - before < 0.02


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os, time; os.write(1, b'\\xff\\xff\\xff\\xff' * 100); time.sleep(60)", "the stream is torn"),
        ("import os; os.write(1, b'\\x10\\x00\\x00\\x00abc')", "in the middle of a message"),
    ],
    ids=["torn stream", "half a message at the end"],
)
def test_what_is_no_message_ends_the_worker_with_a_sentence(
    qtbot: QtBot, qapp: Any, monkeypatch: pytest.MonkeyPatch, code: str, words: str
) -> None:
    monkeypatch.setattr(app.job_thread, "worker_command", lambda: [sys.executable, "-c", code])
    thread = JobThread()
    with qtbot.waitSignal(thread.worker_ended) as heard:
        thread.start()
    (end,) = heard.args
    assert words in end.sentence
    thread.close_worker()


def test_a_worker_that_cannot_be_started_is_told_in_a_sentence(
    qtbot: QtBot, qapp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.job_thread, "worker_command", lambda: ["/nowhere/python"])
    thread = JobThread()
    with qtbot.waitSignal(thread.worker_ended) as heard:
        thread.start()
    assert heard.args == [WorkerEnd(None, "The training process cannot be started (No such file or directory).", "")]
    thread.close_worker()


@pytest.mark.parametrize(("number", "says"), [(signal.SIGKILL, "was killed"), (signal.SIGSEGV, "crashed (SIGSEGV)")])
def test_a_dead_worker_is_noticed_at_once(
    qtbot: QtBot, count_turns: Callable[[], Any], thread: JobThread, number: int, says: str
) -> None:
    pid = _wait_for_pid(qtbot, thread)
    thread.list_modules()
    with qtbot.waitSignal(thread.modules_listed):
        pass
    with count_turns() as turns, qtbot.waitSignal(thread.worker_ended) as heard:
        os.kill(pid, number)
    assert turns.seconds < 1
    assert says in heard.args[0].sentence
    with count_turns() as turns:
        assert thread.wait(60_000)
    assert turns.seconds < 1
    assert not psutil.pid_exists(pid)


def test_what_a_job_started_ends_with_it(qtbot: QtBot, thread: JobThread, make_network: MakeNetwork) -> None:
    thread.start_job("numpy_jobs:start_a_child", plan(make_network()))
    pid = _wait_for_pid(qtbot, thread)
    qtbot.waitUntil(lambda: bool(psutil.Process(pid).children()))
    (child,) = psutil.Process(pid).children()
    thread.close_worker()
    qtbot.waitUntil(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


@pytest.mark.parametrize("trick", [{}, {"hold_lock_at": 2}], ids=["in a step", "in C code that keeps the lock"])
def test_a_worker_dies_with_its_window(trick: dict[str, int], tmp_path: Path, make_network: MakeNetwork) -> None:
    """The window's process is killed with SIGKILL: no chance to say anything."""
    window = subprocess.Popen(
        [sys.executable, "-c", WINDOW, make_network(step_seconds=0.01, **trick).comment],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert window.stdout is not None
    worker = psutil.Process(int(window.stdout.readline()))
    assert worker.is_running()
    window.kill()
    window.wait()
    window.stdout.close()
    worker.wait(timeout=60)


WINDOW = """
import sys, time
from PySide6.QtCore import QCoreApplication
from app.job_thread import JobThread
from trainers.network_graph import NetworkGraph
from trainers.training_plan import *
from trainers.events import EpochReport
application = QCoreApplication([])
thread = JobThread()
thread.start()
graph = NetworkGraph("line", (), (), comment=sys.argv[1])
thread.start_job("numpy_jobs:train", TrainingPlan(graph, DataChoice("numbers"), ClassifierSettings(epochs=1000)))
while not any(isinstance(item, EpochReport) for _, item in thread.take()):
    time.sleep(0.01)
time.sleep(0.2)
print(thread.worker_pid, flush=True)
time.sleep(60)
"""


class Frames(QObject):
    """Counts the lists that come, one a frame at most, and what a timer of the window gets to do meanwhile."""

    def __init__(self, line: JobLine) -> None:
        super().__init__()
        self.steps: list[int] = []
        self.frames = 0
        self.has_ended = False
        line.arrived.connect(self._on_items_arrived)

    @Slot(list)
    def _on_items_arrived(self, items: list[tuple[int, Any]]) -> None:
        self.frames += 1
        for _, item in items:
            if isinstance(item, StepReport):
                self.steps.append(item.step)
            elif isinstance(item, JobEnded):
                self.has_ended = True


def test_a_flood_of_events_starves_nobody(qtbot: QtBot, qapp: Any, make_network: MakeNetwork) -> None:
    """200,000 reports as fast as a loop can make them: each arrives once, in order, and the window draws in between."""
    line = JobLine()
    frames = Frames(line)
    line.worker.start_job("numpy_jobs:flood", plan(make_network(), epochs=100_000))
    qtbot.waitUntil(lambda: frames.has_ended, timeout=60_000)
    line.close()
    assert frames.steps == list(range(200_000))
    assert frames.frames > 20


def test_a_worker_that_dies_of_its_warm_up_is_not_started_over_and_over(qtbot: QtBot, qapp: Any) -> None:
    line = JobLine(warm_up="numpy_jobs:deadly_stages")
    with qtbot.waitSignal(line.worker_lost) as heard:
        _ = line.worker
    assert "SIGSEGV" in heard.args[0].sentence
    assert not line.has_worker
    assert not line.is_awake
    line.close()


def test_close_before_the_process_is_there_starts_none(qapp: Any) -> None:
    thread = JobThread()
    thread.start()
    thread.close_worker()
    assert thread.isFinished()
    assert thread.worker_pid is None


def test_a_paused_worker_uses_no_cpu(qtbot: QtBot, thread: JobThread, make_network: MakeNetwork) -> None:
    thread.start_job("numpy_jobs:train", plan(make_network()), paused=True)
    items = take_until(qtbot, thread, Standing)
    assert not steps_of(items)
    assert not any(isinstance(item, RunFinished) for item in items)
    process = psutil.Process(_wait_for_pid(qtbot, thread))

    def spent_in_half_a_second() -> float:
        before = sum(process.cpu_times()[:2])
        qtbot.wait(500)
        return sum(process.cpu_times()[:2]) - before

    spent = [spent_in_half_a_second()]  # a worker that has just begun may still load what it needs
    while spent[-1] >= 0.05 and len(spent) < 20:
        spent.append(spent_in_half_a_second())
    assert spent[-1] < 0.05, spent


def test_the_worker_holds_no_qt_and_no_torch_of_its_own(qtbot: QtBot, thread: JobThread) -> None:
    with qtbot.waitSignal(thread.modules_listed) as heard:
        thread.list_modules()
    (names,) = heard.args
    tops = {name.partition(".")[0] for name in names}
    assert "trainers" in tops
    assert not tops & {"PySide6", "shiboken6", "pyqtgraph", "app", "torch", "torchvision", "numba"}
