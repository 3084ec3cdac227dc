"""Runs that go wrong: bad data, a job that breaks, a killed worker; what the person is told, and going on."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from session_tools import MakeSession, Watcher, settle, undisturbed

from trainers.events import RunFailed, RunStarted
from trainers.network_graph import NetworkGraph


def test_bad_data_fail_in_one_sentence_and_the_worker_goes_on(
    qtbot: QtBot, make_session: MakeSession, make_network: Callable[..., NetworkGraph]
) -> None:
    session = make_session(bad_data=True)
    with qtbot.waitSignal(session.failed) as heard:
        session.start()
    assert heard.args == [RunFailed(0, "There is no data set moonlight: take moons.", False)]
    pid = session.worker_pid
    session._document.set_graph(make_network(steps_per_epoch=5))
    session.reset()
    assert session.state in ("starting", "failed", "idle")
    settle(qtbot, session, session.state if session.state != "starting" else "paused")
    assert session.worker_pid == pid


@pytest.mark.parametrize(
    ("tricks", "says"),
    [
        ({"raise_at": 15}, "nobody foresaw: ValueError: on purpose"),
        ({"raise_at": 15, "error": "MemoryError"}, "memory ran out"),
        ({"crash_at": 15}, "SIGSEGV"),
        ({"crash_at": 0}, "SIGSEGV"),  # in the step that follows the first checkpoint
    ],
)
def test_a_job_that_breaks_is_told_in_a_sentence_and_can_be_resumed(
    qtbot: QtBot, make_session: MakeSession, tricks: dict[str, Any], says: str
) -> None:
    session = make_session(**tricks)
    with qtbot.waitSignal(session.failed) as heard:
        session.start()
    (failure,) = heard.args
    assert says in failure.reason
    assert failure.reason.count(".") <= 2, "one sentence"
    assert failure.can_resume
    assert session.state == "failed"
    qtbot.waitUntil(lambda: session.worker_pid is not None)


def test_a_killed_worker_is_told_within_a_second_and_resumes_to_the_same_numbers(
    qtbot: QtBot, count_turns: Callable[[], Any], make_session: MakeSession
) -> None:
    expected = undisturbed(qtbot, make_session, epochs=20, step_seconds=0.003)
    session = make_session(step_seconds=0.003)
    watcher = Watcher(session)
    session.set_setting("epochs", 20)
    session.start()
    qtbot.waitUntil(lambda: session.history.last_step > 57)
    assert session.worker_pid is not None
    with count_turns() as turns, qtbot.waitSignal(session.failed) as heard:
        os.kill(session.worker_pid, signal.SIGKILL)
    assert turns.seconds < 1
    (failure,) = heard.args
    assert failure.reason == "The training process was killed: by somebody, or by the system because memory ran out."
    assert failure.can_resume
    assert session.state == "failed"
    assert session.failure == failure
    died_at = session.history.last_step
    session.resume_failed()
    qtbot.waitUntil(lambda: session.state == "running")
    resumed = watcher.of(RunStarted)[-1]
    assert 0 < resumed.step <= died_at
    assert resumed.step % 10 == 0
    settle(qtbot, session, "finished")
    steps, losses = session.history.series("loss")
    assert list(zip(steps.astype(int).tolist(), losses.tolist(), strict=True)) == expected
    assert resumed.threads == watcher.of(RunStarted)[0].threads


def test_a_change_after_the_last_checkpoint_holds_again_when_resumed(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session(step_seconds=0.005)
    session.step_batch(12)
    settle(qtbot, session, "paused")
    session.set_setting("learning_rate", 0.125)
    settle(qtbot, session, "paused")
    assert session.worker_pid is not None
    with qtbot.waitSignal(session.failed):
        os.kill(session.worker_pid, signal.SIGKILL)
    with qtbot.waitSignal(session.value_set) as heard:
        session.resume_failed()
    assert heard.args == ["learning_rate", 0.125]
    settle(qtbot, session, "finished")
