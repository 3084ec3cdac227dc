"""Whatever a person presses, in whatever order: the session's word, the worker's word and the curves agree, and all of it ends."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from pytestqt.qtbot import QtBot

from app.network_document import NetworkDocument
from app.training_session import TrainingSession
from trainers.network_graph import NetworkGraph
from trainers.training_plan import DataChoice

SEQUENCES_NUMPY = 1_000
SEQUENCES_TORCH = 20
PRESSES = st.sampled_from(
    [
        "start",
        "pause",
        "resume",
        "toggle",
        "step_batch",
        "step_epoch",
        "stop",
        "reset",
        "resume_failed",
        "start",
        "toggle",
    ]
)


class Hands(RuleBasedStateMachine):
    """Presses, changes and waits, on one warm session that all sequences share."""

    session: TrainingSession

    @rule(name=PRESSES)
    def press(self, name: str) -> None:
        before = self.session.state
        getattr(self.session, name)()
        assert self.session.state in ALLOWED[name].get(before, {before}), (name, before, self.session.state)

    @rule(count=st.integers(2, 5))
    def step(self, count: int) -> None:
        self.session.step_batch(count)

    @rule(rate=st.sampled_from([0.001, 0.01, 0.1]), epochs=st.integers(1, 4))
    def set(self, rate: float, epochs: int) -> None:
        self.session.set_setting("learning_rate", rate)
        self.session.set_setting("epochs", epochs)

    @rule()
    def undo(self) -> None:
        self.session._document.undo_stack.undo()

    @rule(speed=st.sampled_from([0.0, 500.0]))
    def limit(self, speed: float) -> None:
        self.session.speed = speed

    @rule(seed=st.integers(0, 3))
    def choose_data(self, seed: int) -> None:
        self.session.set_data(DataChoice("moons", seed=seed))

    @rule()
    def ask(self) -> None:
        self.session.look(("surface",))

    @rule(milliseconds=st.sampled_from([0, 0, 1, 5]))
    def wait(self, milliseconds: int) -> None:
        turn(milliseconds / 1000)

    @rule()
    def settle(self) -> None:
        wait_for(lambda: self.session.state not in ("running", "starting") or self.session.speed > 0)

    @rule()
    def run_to_its_end(self) -> None:
        self.session.speed = 0.0
        self.session.start()
        wait_for(lambda: self.session.state not in ("running", "starting"))

    @invariant()
    def curves_agree_with_what_was_told(self) -> None:
        steps = self.session.history.series("loss")[0]
        assert list(steps) == list(range(1, len(steps) + 1)), "no step is missing, none stands twice"
        if self.session.state == "idle":
            assert self.session.run is None

    def teardown(self) -> None:
        """The session always comes to rest: held, ended or abandoned, and then nothing arrives any more."""
        self.session.speed = 0.0
        self.session.pause()
        wait_for(lambda: self.session.is_sleeping)
        assert self.session.state in ("idle", "paused", "finished"), self.session.state
        self.session.set_data(DataChoice("moons", seed=99))
        self.session.set_data(DataChoice("moons", seed=98))
        assert self.session.state == "idle"


RUN_BEGINS = {"idle": {"starting"}, "finished": {"starting"}, "failed": {"starting"}}
ALLOWED: dict[str, dict[str, set[str]]] = {
    "start": {**RUN_BEGINS, "paused": {"running", "paused"}, "starting": {"starting", "running"}},
    "toggle": {**RUN_BEGINS, "paused": {"running", "paused"}, "running": {"paused", "running"}},
    "resume": {"paused": {"running", "paused"}, "starting": {"starting", "running"}},
    "pause": {"running": {"paused", "running"}},
    "step_batch": {**RUN_BEGINS, "running": {"paused", "running"}},
    "step_epoch": {**RUN_BEGINS, "paused": {"running", "paused"}},
    "stop": {},
    "reset": {
        "idle": {"idle"},
        **{state: {"starting"} for state in ("starting", "running", "paused", "finished", "failed")},
    },
    "resume_failed": {},
}


def turn(seconds: float) -> None:
    QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, max(1, int(seconds * 1000)))


def wait_for(is_done: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    knocking = (
        QTimer()
    )  # given a time, processEvents waits for nothing: it would turn in circles and keep the worker from its work
    knocking.start(20)
    try:
        while not is_done():
            assert time.monotonic() < end, "it never came to rest"
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    finally:
        knocking.stop()


def play(session: TrainingSession, sequences: int, steps: int) -> Counter[str]:
    """Run the machine on `session`; how often it came into each state."""
    states: list[str] = []
    session.state_changed.connect(states.append)
    machine = type("HandsOnSession", (Hands,), {"session": session})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=True,
        ),
    )
    return Counter(states)


@pytest.mark.timeout(400)
def test_a_thousand_random_sequences_on_one_warm_worker(
    qtbot: QtBot, make_session: Callable[..., TrainingSession]
) -> None:
    session = make_session(steps_per_epoch=8)
    session.warm_up()
    session.step_batch()
    qtbot.waitUntil(lambda: session.state == "paused" and session.is_sleeping)
    pid = session.worker_pid
    visits = play(session, SEQUENCES_NUMPY, 10)
    assert session.worker_pid == pid, "it was one and the same worker"
    for state in ("idle", "starting", "running", "paused", "finished"):
        assert visits[state] >= SEQUENCES_NUMPY / 25, f"the sequences hardly ever came to {state}: {visits}"


@pytest.fixture
def torch_sessions(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[], TrainingSession]]:
    from trainers.network_files import load_preset

    made: list[TrainingSession] = []

    def make() -> TrainingSession:
        document = NetworkDocument(load_preset("playground"))
        session = TrainingSession(document, tmp_path / "runs", document)
        session.set_data(DataChoice("circle", samples=100))
        session.set_setting("threads", 1)
        made.append(session)
        return session

    yield make
    for session in made:
        session.shutdown()


class HandsOnTorch(RuleBasedStateMachine):
    """Presses on a session with a fresh worker each, closed while that still warms up, in a run, or after it."""

    make_session: Callable[[], TrainingSession]
    runs_folder: Path
    closed: list[str]  # the state that each session was closed in

    @initialize()
    def open(self) -> None:
        self.session = type(self).make_session()
        self.session.warm_up()

    @rule(name=st.sampled_from(["start", "pause", "step_batch", "step_epoch", "stop", "reset", "toggle"]))
    def press(self, name: str) -> None:
        before = self.session.state
        getattr(self.session, name)()
        assert self.session.state in ALLOWED[name].get(before, {before}), (name, before, self.session.state)

    @rule(rate=st.sampled_from([0.01, 0.02]))
    def set(self, rate: float) -> None:
        self.session.set_setting("learning_rate", rate)

    @rule()
    def wait(self) -> None:
        wait_for(lambda: self.session.state != "starting", 60)

    @invariant()
    def no_step_is_missing(self) -> None:
        steps = self.session.history.series("loss")[0]
        assert list(steps) == list(range(1, len(steps) + 1))

    def teardown(self) -> None:
        self.closed.append(self.session.state)
        pid = self.session.worker_pid
        self.session.shutdown()
        assert pid is None or not psutil.pid_exists(pid)
        left = [path for path in self.runs_folder.rglob(".*") if path.suffix in (".unfinished", ".part")]
        assert not left


@pytest.mark.timeout(600)
def test_twenty_random_sequences_with_torch_and_a_fresh_worker_each(
    qtbot: QtBot, torch_sessions: Callable[[], TrainingSession], tmp_path: Path
) -> None:
    closed: list[str] = []
    fields = {"make_session": staticmethod(torch_sessions), "runs_folder": tmp_path / "runs", "closed": closed}
    run_state_machine_as_test(
        type("HandsOnTorchSessions", (HandsOnTorch,), fields),
        settings=settings(
            max_examples=SEQUENCES_TORCH,
            stateful_step_count=6,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=True,
            phases=(Phase.generate,),  # to make a failure smaller would take minutes: each try begins a process
        ),
    )
    assert len(closed) >= SEQUENCES_TORCH
    assert len(set(closed)) >= 3, f"all were closed in the same states: {Counter(closed)}"


def test_networks_of_the_session_are_those_of_the_document(
    qtbot: QtBot, make_session: Callable[..., TrainingSession], make_network: Callable[..., NetworkGraph]
) -> None:
    session = make_session()
    heard: list[Any] = []
    session.choice_changed.connect(lambda: heard.append(session.state))
    session._document.set_graph(make_network("other", steps_per_epoch=3))
    assert heard == ["idle"]
    session.step_batch()
    qtbot.waitUntil(lambda: session.state == "paused" and session.is_sleeping)
    assert session._record.plan is not None
    assert session._record.plan.network.name == "other"
