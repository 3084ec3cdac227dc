"""A person starts, holds, steps and ends runs, and draws on the pad; the worker's job is the numpy one."""

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from session_tools import MakeSession, Watcher, settle

from trainers.events import EpochReport, Prediction, RunFinished, Snapshot


def test_a_run_goes_from_idle_to_finished_and_every_loss_arrives(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session()
    watcher = Watcher(session)
    assert session.state == "idle"
    assert session.worker_pid is None
    session.set_setting("epochs", 3)
    session.start()
    settle(qtbot, session, "finished")
    assert watcher.states == ["starting", "running", "finished"]
    assert [step for step, _ in watcher.losses()] == list(range(1, 31))
    assert [report.epoch for report in watcher.of(EpochReport)] == [0, 1, 2, 3]
    steps, losses = session.history.series("loss")
    assert list(zip(steps.astype(int).tolist(), losses.tolist(), strict=True)) == watcher.losses()
    assert session.run is not None
    assert session.run.threads == max(1, len(os.sched_getaffinity(0)) - 1), "one core is the window's"


def test_pause_holds_between_two_steps_and_go_on_loses_nothing(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session(step_seconds=0.002)
    watcher = Watcher(session)
    session.set_setting("epochs", 10)
    session.start()
    qtbot.waitUntil(lambda: len(watcher.losses()) > 5)
    session.pause()
    assert session.state == "paused", "acknowledged at once"
    settle(qtbot, session, "paused")
    stood_at = watcher.losses()[-1][0]
    assert session.history.last_step == stood_at
    trained_for = np.interp(stood_at, *session.history.times(10_000))
    qtbot.wait(400)
    assert stood_at == watcher.of(Snapshot)[-1].step, "the pictures are those of the step that one sees"
    session.toggle()
    assert session.state == "running"
    settle(qtbot, session, "finished")
    assert [step for step, _ in watcher.losses()] == list(range(1, 101))
    resumed_at = session.history.times(1_000)[0].searchsorted(stood_at, "right")
    assert session.history.times(1_000)[1][resumed_at] - trained_for < 0.3, "the pause is no time of training"


@pytest.mark.parametrize("count", [1, 7])
def test_one_batch_takes_exactly_so_many_steps(qtbot: QtBot, make_session: MakeSession, count: int) -> None:
    session = make_session()
    watcher = Watcher(session)
    session.step_batch(count)  # from idle: a run is begun for it
    settle(qtbot, session, "paused")
    assert [step for step, _ in watcher.losses()] == list(range(1, count + 1))
    session.step_batch(count)
    settle(qtbot, session, "paused")
    assert [step for step, _ in watcher.losses()] == list(range(1, 2 * count + 1))
    assert watcher.of(Snapshot)[-1].step == 2 * count


def test_one_epoch_ends_with_its_report(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session()
    watcher = Watcher(session)
    session.step_batch(3)
    settle(qtbot, session, "paused")
    for epoch in (1, 2):
        session.step_epoch()
        settle(qtbot, session, "paused")
        assert watcher.of(EpochReport)[-1].epoch == epoch
        assert session.history.last_step == 10 * epoch
    assert "running" in watcher.states, "an epoch may be long: it can be held"


def test_speed_limits_the_steps_and_can_be_lifted(
    qtbot: QtBot, count_turns: Callable[[], Any], make_session: MakeSession
) -> None:
    session = make_session(report_seconds=0.0)
    watcher = Watcher(session)
    session.step_batch(3)
    settle(qtbot, session, "paused")
    session.speed = 20.0
    began = time.monotonic()
    with count_turns() as turns:
        session.start()
        qtbot.waitUntil(lambda: len(watcher.losses()) >= 3 + 12)
    assert time.monotonic() - began >= 10 / 20  # the first is due at once, and one that came late is caught up with
    assert turns.seconds < 1
    assert session.state == "running"
    session.speed = 0.0
    settle(qtbot, session, "finished")
    assert len(watcher.losses()) == 100


def test_stop_saves_and_finishes(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session(step_seconds=0.002)
    watcher = Watcher(session)
    session.set_setting("epochs", 1000)
    session.start()
    qtbot.waitUntil(lambda: len(watcher.losses()) > 5)
    session.stop()
    settle(qtbot, session, "finished")
    assert session.was_stopped, "the status bar does not say of it that it finished"
    finished = watcher.of(RunFinished)
    assert [event.step for event in finished] == [watcher.losses()[-1][0]]
    assert session.history.marks[-1].kind == "finished"


def test_stop_before_the_first_step_abandons(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session()
    session.start()
    session.stop()
    settle(qtbot, session, "idle")
    session.start()
    settle(qtbot, session, "finished")
    assert not session.was_stopped


def test_reset_stands_at_step_zero_with_the_same_numbers_to_come(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session()
    watcher = Watcher(session)
    session.reset()
    assert session.state == "idle", "nothing had run"
    session.start()
    settle(qtbot, session, "finished")
    first = watcher.losses()
    session.reset()
    settle(qtbot, session, "paused")
    assert session.history.count("loss") == 0
    assert session.history.count("test_loss") == 1, "the untrained network's point is there"
    watcher.events.clear()
    session.start()
    settle(qtbot, session, "finished")
    assert watcher.losses() == first


def test_the_pad_is_answered_before_during_and_after_a_run(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session(answer="numpy_jobs:answer")
    watcher = Watcher(session)
    ink = np.ones((4,), np.float32)

    def ask() -> Prediction:
        token = session.predict(ink)
        qtbot.waitUntil(lambda: any(answer.token == token for answer in watcher.of(Prediction)))
        return next(answer for answer in watcher.of(Prediction) if answer.token == token)

    untrained = ask()
    assert session.state in ("starting", "paused")
    assert untrained.step == 0
    settle(qtbot, session, "paused")
    session.start()
    settle(qtbot, session, "finished")
    trained = ask()
    assert trained.step == 100
    assert np.any(trained.outputs != untrained.outputs)
    assert session.state == "finished"


def test_a_hand_that_draws_fast_is_answered_about_its_last_stroke(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session(step_seconds=0.05)
    watcher = Watcher(session)
    session.start()
    qtbot.waitUntil(lambda: session.state == "running")
    tokens = [session.predict(np.zeros(4, np.float32)) for _ in range(200)]
    qtbot.waitUntil(lambda: any(answer.token == tokens[-1] for answer in watcher.of(Prediction)))
    assert len(watcher.of(Prediction)) < 10


def test_an_idle_session_turns_no_timer(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session()
    assert session.is_sleeping
    session.warm_up()
    settle(qtbot, session, "idle")
    session.step_batch()
    assert not session.is_sleeping
    settle(qtbot, session, "paused")
    session.set_setting("learning_rate", 0.5)
    assert not session.is_sleeping
    settle(qtbot, session, "paused")


@pytest.mark.parametrize("when", ["at once", "running", "holding the lock"])
def test_shutdown_takes_less_than_a_second_even_in_a_step(
    qtbot: QtBot, count_turns: Callable[[], Any], make_session: MakeSession, when: str
) -> None:
    session = make_session(step_seconds=0.01, hold_lock_at=5 if when == "holding the lock" else -1)
    session.start()
    if when != "at once":
        qtbot.waitUntil(lambda: session.history.last_step >= 3)
    if when == "holding the lock":
        qtbot.wait(150)
    with count_turns() as turns:
        session.shutdown()
    assert turns.seconds < 1
    assert session.worker_pid is None
