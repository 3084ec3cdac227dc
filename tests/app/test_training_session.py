"""A person starts, holds, steps, changes and ends runs; the worker's job is the numpy one."""

import os
import signal
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.training_session import TrainingSession
from trainers.errors import BadInput
from trainers.events import (
    AnyEvent,
    EpochReport,
    Prediction,
    RunFailed,
    RunFinished,
    RunStarted,
    Snapshot,
    StepReport,
)
from trainers.network_graph import NetworkGraph
from trainers.training_plan import DataChoice

MakeSession = Callable[..., TrainingSession]


class Watcher:
    """Everything that a panel hears."""

    def __init__(self, session: TrainingSession) -> None:
        self.events: list[AnyEvent] = []
        self.states: list[str] = []
        self.refusals: list[tuple[str, str]] = []
        self.session = session
        session.events_arrived.connect(self.events.extend)
        session.state_changed.connect(self.states.append)
        session.value_refused.connect(self._on_value_refused)

    def _on_value_refused(self, name: str, reason: str) -> None:
        self.refusals.append((name, reason))

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def losses(self) -> list[tuple[int, float]]:
        return [point for report in self.of(StepReport) for point in report.losses]


def settle(qtbot: QtBot, session: TrainingSession, state: str, seconds: float = 20) -> None:
    """Wait for a state in which nothing more arrives by itself."""
    qtbot.waitUntil(lambda: session.state == state and session.is_sleeping, timeout=int(seconds * 1000))


def undisturbed(qtbot: QtBot, make_session: MakeSession, epochs: int, **tricks: Any) -> list[tuple[int, float]]:
    session = make_session(**tricks)
    watcher = Watcher(session)
    session.set_setting("epochs", epochs)
    session.start()
    settle(qtbot, session, "finished")
    return watcher.losses()


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
    assert stood_at == watcher.of(Snapshot)[-1].step, "the pictures are those of the step that one sees"
    session.toggle()
    assert session.state == "running"
    settle(qtbot, session, "finished")
    assert [step for step, _ in watcher.losses()] == list(range(1, 101))


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


def test_speed_limits_the_steps_and_can_be_lifted(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session(report_seconds=0.0)
    watcher = Watcher(session)
    session.speed = 20.0
    session.start()
    with qtbot.waitSignal(session.events_arrived, timeout=10_000, check_params_cb=lambda es: any(isinstance(e, StepReport) for e in es)):  # fmt: skip
        pass
    before = len(watcher.losses())
    qtbot.wait(500)
    assert 5 <= len(watcher.losses()) - before <= 15
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


def test_a_setting_reaches_the_run_and_can_be_undone(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session()
    session.step_batch(2)
    settle(qtbot, session, "paused")
    with qtbot.waitSignal(session.value_set) as heard:
        session.set_setting("learning_rate", 0.5)
    assert heard.args == ["learning_rate", 0.5]
    session.set_setting("learning_rate", 0.25)
    stack = session._document.undo_stack
    assert stack.count() == 1, "changes of one setting that follow one another are one"
    assert stack.undoText() == "Change learning rate"
    with qtbot.waitSignal(session.value_set, check_params_cb=lambda name, value: value == 0.001):
        stack.undo()
    assert session.settings.learning_rate == 0.001
    with qtbot.waitSignal(session.value_set, check_params_cb=lambda name, value: value == 0.25):
        stack.redo()
    assert session.settings.learning_rate == 0.25


def test_changes_of_two_settings_are_undone_one_by_one(make_session: MakeSession) -> None:
    session = make_session()
    session.set_setting("learning_rate", 0.5)
    session.set_setting("batch_size", 16)
    session.set_setting("learning_rate", 0.1)
    stack = session._document.undo_stack
    seen = [(session.settings.learning_rate, session.settings.batch_size)]
    while stack.canUndo():
        stack.undo()
        seen.append((session.settings.learning_rate, session.settings.batch_size))
    assert seen == [(0.1, 16), (0.5, 16), (0.5, 64), (0.001, 64)]


@pytest.mark.parametrize(
    ("name", "value"), [("learning_rate", -1.0), ("epochs", 0), ("optimizer", "magic"), ("hue", 1)]
)
def test_a_value_that_cannot_be_is_refused_in_a_sentence(make_session: MakeSession, name: str, value: Any) -> None:
    session = make_session()
    before = session.settings
    with pytest.raises(BadInput, match=r".+\."):
        session.set_setting(name, value)
    assert session.settings == before
    assert session._document.undo_stack.count() == 0


def test_a_value_that_the_job_refuses_is_put_back_with_its_reason(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session(refuses="momentum")
    watcher = Watcher(session)
    session.step_batch()
    settle(qtbot, session, "paused")
    session.set_setting("learning_rate", 0.5)
    session.set_setting("momentum", 0.1)
    assert session.settings.momentum == 0.1
    qtbot.waitUntil(lambda: bool(watcher.refusals))
    assert watcher.refusals == [("momentum", "momentum cannot be changed here.")]
    assert session.settings.momentum == 0.9
    assert session._document.undo_stack.undoText() == "Change learning rate", "there is nothing to undo about it"


def test_seed_and_threads_wait_for_the_next_run(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session()
    watcher = Watcher(session)
    session.step_batch()
    settle(qtbot, session, "paused")
    session.set_setting("seed", 5)
    session.set_setting("threads", 1)
    settle(qtbot, session, "paused")
    assert session.state == "paused"
    session.reset()
    settle(qtbot, session, "paused")
    assert [(run.settings["seed"], run.threads) for run in watcher.of(RunStarted)][-1] == (5, 1)


@pytest.mark.parametrize("what", ["data", "network"])
def test_another_network_or_data_end_the_run_cleanly(
    qtbot: QtBot, make_session: MakeSession, make_network: Callable[..., NetworkGraph], what: str
) -> None:
    session = make_session(step_seconds=0.002)
    watcher = Watcher(session)
    session.set_setting("epochs", 1000)
    session.start()
    qtbot.waitUntil(lambda: len(watcher.losses()) > 15)
    if what == "data":
        session.set_data(DataChoice("moons"))
    else:
        other = make_network()
        layers = (other.layers[0], type(other.layers[1])("line", "dense", {"units": 2}))
        session._document.set_graph(type(other)("wider", layers, other.links, comment=other.comment))
    assert session.state == "idle"
    assert session.history.count("loss") == 0
    settle(qtbot, session, "idle")
    saved = sorted(int(path.name.partition("-")[2]) for path in _runs(session).glob("run-0/*"))
    assert saved[-1] % 10 or saved[-1] > 10, f"its end was saved: {saved}"
    events = len(watcher.events)
    session._document.undo_stack.undo()
    assert session.state == "idle"
    assert len(watcher.events) == events, "nothing of the old run is heard any more"
    session.set_setting("epochs", 1)
    session.start()
    settle(qtbot, session, "finished")


def _runs(session: TrainingSession) -> Any:
    from pathlib import Path

    return Path(session._runs_folder)


def test_moving_a_layer_in_the_drawing_does_not_end_the_run(
    qtbot: QtBot, make_session: MakeSession, make_network: Callable[..., NetworkGraph]
) -> None:
    session = make_session()
    session.step_batch()
    settle(qtbot, session, "paused")
    graph = make_network()
    moved = tuple(type(layer)(layer.name, layer.kind, layer.parameters, (9.0, 9.0)) for layer in graph.layers)
    session._document.set_graph(type(graph)(graph.name, moved, graph.links, comment=graph.comment))
    assert session.state == "paused"


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
    ],
)
def test_a_job_that_breaks_is_told_in_a_sentence_and_can_be_resumed(
    qtbot: QtBot, make_session: MakeSession, tricks: dict[str, Any], says: str
) -> None:
    session = make_session(**tricks)
    with qtbot.waitSignal(session.failed, timeout=20_000) as heard:
        session.start()
    (failure,) = heard.args
    assert says in failure.reason
    assert failure.reason.count(".") <= 2, "one sentence"
    assert failure.can_resume
    assert session.state == "failed"
    qtbot.waitUntil(lambda: session.worker_pid is not None)


def test_a_killed_worker_is_told_within_a_second_and_resumes_to_the_same_numbers(
    qtbot: QtBot, make_session: MakeSession
) -> None:
    expected = undisturbed(qtbot, make_session, epochs=20, step_seconds=0.003)
    session = make_session(step_seconds=0.003)
    watcher = Watcher(session)
    session.set_setting("epochs", 20)
    session.start()
    qtbot.waitUntil(lambda: session.history.last_step > 57)
    assert session.worker_pid is not None
    with qtbot.waitSignal(session.failed, timeout=1000) as heard:
        os.kill(session.worker_pid, signal.SIGKILL)
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
    with qtbot.waitSignal(session.failed, timeout=1000):
        os.kill(session.worker_pid, signal.SIGKILL)
    with qtbot.waitSignal(session.value_set, timeout=20_000) as heard:
        session.resume_failed()
    assert heard.args == ["learning_rate", 0.125]
    settle(qtbot, session, "finished")


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
def test_shutdown_takes_less_than_a_second_even_in_a_step(qtbot: QtBot, make_session: MakeSession, when: str) -> None:
    session = make_session(step_seconds=0.01, hold_lock_at=5 if when == "holding the lock" else -1)
    session.start()
    if when != "at once":
        qtbot.waitUntil(lambda: session.history.last_step >= 3)
    if when == "holding the lock":
        qtbot.wait(150)
    import time

    began = time.monotonic()
    session.shutdown()
    assert time.monotonic() - began < 1.0
    assert session.worker_pid is None
