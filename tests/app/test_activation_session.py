"""The activation panel's session: questions, a race, refusals, and a worker that dies."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from app.activation_session import ActivationSession
from app.job_thread import WorkerEnd
from app.network_document import NetworkDocument
from app.widgets.message_bar import Message
from app.workspace import Workspace
from trainers.activation_lab import (
    ActivationChoice,
    AnyRaceEvent,
    AskDepth,
    DepthAnswer,
    DepthQuestion,
    LabRefused,
    LabStarted,
    LayerFigures,
    LearningRateSet,
    RaceFrame,
    RacePlan,
    RacerChanged,
    RaceStarted,
    SetFrames,
    StartRace,
)
from trainers.network_files import load_network

QUESTION = DepthQuestion(layers=3, width=16, signals=16)
PLAN = RacePlan((ActivationChoice("relu"), ActivationChoice("tanh")), samples=100, hidden=(8,))
PATIENCE_MS = 60_000


class HeldLine(QObject):
    """Stands in for a JobLine and its JobThread: keeps what it is asked for, and says what the test lets it say."""

    arrived = Signal(list)
    worker_lost = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, Any]] = []
        self.jobs = 0

    @property
    def worker(self) -> HeldLine:
        return self

    def start_job(self, _function: str, _plan: Any, *, paused: bool = False) -> int:
        assert paused
        self.jobs += 1
        return self.jobs

    def send_command(self, command: Any) -> None:
        self.calls.append(("command", command))

    def pause(self) -> None:
        self.calls.append(("pause", None))

    def resume(self) -> None:
        self.calls.append(("resume", None))

    def step_by(self, count: int) -> None:
        self.calls.append(("step_by", count))

    def limit_speed(self, speed: float, share: float) -> None:
        self.calls.append(("limit_speed", (speed, share)))

    def close(self) -> None:
        pass

    def say(self, *events: Any) -> None:
        self.arrived.emit([(self.jobs, event) for event in events])

    def asked(self) -> list[DepthQuestion]:
        return [command.question for _, command in self.calls if isinstance(command, AskDepth)]


@pytest.fixture
def line(qapp: object) -> HeldLine:
    return HeldLine()


@pytest.fixture
def held(line: HeldLine) -> ActivationSession:
    return ActivationSession(line=line)  # type: ignore[arg-type]


class Listener:
    """Everything that a panel hears."""

    def __init__(self, session: ActivationSession) -> None:
        self.answers: dict[int, DepthAnswer] = {}
        self.failures: list[tuple[int, str]] = []
        self.moves: list[AnyRaceEvent] = []
        self.states: list[str] = []
        self.complaints: list[str] = []
        self.losses: list[str] = []
        session.depth_answered.connect(self._on_depth_answered)
        session.depth_failed.connect(self._on_depth_failed)
        session.race_moved.connect(self.moves.extend)
        session.race_state_changed.connect(self.states.append)
        session.complained.connect(self.complaints.append)
        session.race_lost.connect(self.losses.append)

    def _on_depth_answered(self, answer: DepthAnswer) -> None:
        self.answers[answer.token] = answer

    def _on_depth_failed(self, token: int, reason: str) -> None:
        self.failures.append((token, reason))

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.moves if isinstance(event, kind)]


def an_answer(token: int) -> DepthAnswer:
    nothing = np.zeros(0)
    figures = LayerFigures(nothing, nothing, nothing, nothing, nothing)
    return DepthAnswer(token, QUESTION, figures, figures, nothing, nothing, nothing, None, 0.0)


def test_nothing_is_sent_before_the_job_stands(held: ActivationSession, line: HeldLine) -> None:
    held.start_race(PLAN)
    held.set_running(True)
    assert line.calls == []
    line.say(LabStarted(1))
    assert [name for name, _ in line.calls] == ["limit_speed", "pause", "command", "resume"]
    assert isinstance(line.calls[2][1], StartRace)


def test_a_race_beside_a_training_that_runs_leaves_it_the_machine(held: ActivationSession, line: HeldLine) -> None:
    said: list[bool] = []
    held.held_back_changed.connect(said.append)
    held.note_training("running")
    assert line.calls == []  # no worker is started for that
    held.start_race(PLAN)
    line.say(LabStarted(1))
    assert line.calls[0] == ("limit_speed", (240.0, 0.06))
    assert frames(line) == [2.0]
    held.note_training("paused")
    assert [call for call in line.calls if call[0] == "limit_speed"][1:] == [("limit_speed", (240.0, 1.0))]
    held.note_training("finished")
    held.set_speed(15.0)
    held.note_training("starting")
    held.note_training("running")
    assert [call[1] for call in line.calls if call[0] == "limit_speed"][2:] == [(15.0, 1.0), (15.0, 0.06)]
    assert frames(line) == [2.0, 30.0, 2.0]
    assert said == [True, False, True]


def frames(line: HeldLine) -> list[float]:
    return [command.frames_per_second for _, command in line.calls if isinstance(command, SetFrames)]


def test_of_several_questions_the_newest_is_asked_next(held: ActivationSession, line: HeldLine) -> None:
    listener = Listener(held)
    tokens = [held.ask_depth(msgspec.structs.replace(QUESTION, layers=layers)) for layers in (1, 2, 3, 4)]
    other = held.ask_depth(QUESTION, "b")
    line.say(LabStarted(1))
    assert [question.layers for question in line.asked()] == [1, 3]  # one of each slot is on its way
    line.say(an_answer(tokens[0]))
    assert [question.layers for question in line.asked()] == [1, 3, 4]
    line.say(an_answer(other), an_answer(tokens[3]))
    assert list(listener.answers) == [tokens[0], other, tokens[3]]
    assert len(line.asked()) == 3, "nothing is left to ask"


def test_a_refused_question_gives_way_to_the_next(held: ActivationSession, line: HeldLine) -> None:
    listener = Listener(held)
    first, second = held.ask_depth(QUESTION), held.ask_depth(msgspec.structs.replace(QUESTION, seed=1))
    line.say(LabStarted(1), LabRefused(first, "It cannot be."))
    assert listener.failures == [(first, "It cannot be.")]
    assert listener.complaints == [], "who asked says it: twice would be once too often"
    assert [question.seed for question in line.asked()] == [0, 1]
    line.say(an_answer(second))
    assert list(listener.answers) == [second]


def test_what_cannot_be_is_refused_without_a_worker(held: ActivationSession, line: HeldLine) -> None:
    listener = Listener(held)
    assert held.ask_depth(msgspec.structs.replace(QUESTION, layers=51)) == 0
    held.start_race(msgspec.structs.replace(PLAN, racers=()))
    held.set_running(True)
    held.step_race()
    held.set_learning_rate(0.1)
    assert listener.complaints == [
        "The number of layers must be from 1 to 50, not 51.",
        "A race has 1 to 6 racers, not 0.",
    ]
    assert (line.jobs, line.calls, held.race_state) == (0, [], "none")


def test_a_death_fails_what_was_asked_and_the_next_question_starts_anew(
    held: ActivationSession, line: HeldLine
) -> None:
    listener = Listener(held)
    held.start_race(PLAN)
    held.set_running(True)
    asked = [
        held.ask_depth(QUESTION),
        held.ask_depth(msgspec.structs.replace(QUESTION, seed=1)),
        held.ask_depth(QUESTION, "b"),
    ]
    line.say(LabStarted(1))
    line.worker_lost.emit(WorkerEnd(-9, "The training process was killed.", ""))
    assert listener.losses == ["The process of the activation panel was killed."]
    assert listener.complaints == [], "who shows the race says it: twice would be once too often"
    assert sorted(token for token, _ in listener.failures) == sorted(asked)
    assert listener.states == ["standing", "running", "standing"]
    line.calls.clear()
    held.set_running(True)  # the race begins anew
    line.say(LabStarted(1))
    assert [name for name, _ in line.calls] == ["limit_speed", "pause", "command", "resume"]
    assert line.jobs == 2


def test_a_death_that_only_questions_feel_is_told_to_those_who_asked(held: ActivationSession, line: HeldLine) -> None:
    listener = Listener(held)
    token = held.ask_depth(QUESTION)
    line.say(LabStarted(1))
    line.worker_lost.emit(WorkerEnd(-9, "The training process was killed.", ""))
    assert listener.failures == [(token, "The process of the activation panel was killed.")]
    assert listener.complaints == []
    token = held.ask_depth(QUESTION)
    line.say(LabStarted(1), an_answer(token))
    line.worker_lost.emit(WorkerEnd(-9, "The training process was killed.", ""))  # nobody waits: still to be told
    assert listener.complaints == ["The process of the activation panel was killed."]


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[ActivationSession]:
    session = ActivationSession()
    yield session
    session.shutdown()


def test_a_worker_answers_about_depth_and_drives_a_race(qtbot: QtBot, session: ActivationSession) -> None:
    """One worker for all: starting it takes seconds, of which each test would pay its own."""
    listener = Listener(session)
    assert session.worker_pid is None  # a session alone costs nothing
    token = session.ask_depth(QUESTION)
    qtbot.waitUntil(lambda: token in listener.answers, timeout=PATIENCE_MS)
    assert listener.answers[token].activations.counts.sum(1).tolist() == [256] * 4

    session.start_race(PLAN)
    qtbot.waitUntil(lambda: bool(listener.of(RaceStarted)), timeout=PATIENCE_MS)
    session.step_race()
    qtbot.waitUntil(lambda: [frame.done for frame in listener.of(RaceFrame)] == [1], timeout=PATIENCE_MS)
    session.step_race(5)
    qtbot.waitUntil(lambda: listener.of(RaceFrame)[-1].done == 6, timeout=PATIENCE_MS)
    assert session.race_state == "standing"
    session.set_speed(0.0)
    session.set_running(True)
    qtbot.waitUntil(lambda: listener.of(RaceFrame)[-1].done > 100, timeout=PATIENCE_MS)
    session.set_learning_rate(0.01)
    session.change_racer(0, ActivationChoice("leaky_relu"))
    beside = session.ask_depth(QUESTION, "b")
    qtbot.waitUntil(lambda: bool(listener.of(RacerChanged)) and beside in listener.answers, timeout=PATIENCE_MS)
    assert [event.learning_rate for event in listener.of(LearningRateSet)] == [0.01]
    session.set_running(False)
    qtbot.waitUntil(lambda: not session._line.is_awake, timeout=PATIENCE_MS)
    last = listener.of(RaceFrame)[-1].done
    losses = np.concatenate([frame.losses for frame in listener.of(RaceFrame)])
    assert losses.shape == (last, 2)  # not one was lost

    assert session.race_plan is not None
    session.start_race(session.race_plan)
    qtbot.waitUntil(lambda: len(listener.of(RaceStarted)) == 2, timeout=PATIENCE_MS)
    again = listener.of(RaceStarted)[1]
    assert again.plan.learning_rate == 0.01
    assert again.plan.racers[0] == ActivationChoice("leaky_relu", {"negative_slope": 0.1})
    assert again.done == 0
    listener.moves.clear()
    session.step_race()
    qtbot.waitUntil(lambda: [frame.done for frame in listener.of(RaceFrame)] == [1], timeout=PATIENCE_MS)
    assert listener.of(RaceFrame)[0].losses[0, 1] == losses[0, 1]  # the same weights and the same batch

    if sys.platform != "win32":
        assert session.worker_pid is not None
        os.kill(session.worker_pid, signal.SIGKILL)
        qtbot.waitUntil(lambda: bool(listener.losses), timeout=PATIENCE_MS)
        assert listener.losses == [
            "The process of the activation panel was killed: by somebody, or by the system because memory ran out."
        ]
        token = session.ask_depth(QUESTION)
        qtbot.waitUntil(lambda: token in listener.answers, timeout=PATIENCE_MS)


def test_a_race_without_survivors_stands(held: ActivationSession, line: HeldLine) -> None:
    held.start_race(PLAN)
    held.set_running(True)
    line.say(LabStarted(1))
    race = next(command.token for _, command in line.calls if isinstance(command, StartRace))
    nothing = np.zeros((0, 2), np.float32)
    frame = RaceFrame(race, 9, 0.1, nothing, nothing, nothing, nothing, nothing, nothing, nothing, (3, None), 0.0)
    line.say(frame)
    assert held.race_state == "running"
    line.say(msgspec.structs.replace(frame, diverged=(3, 8)))
    assert held.race_state == "standing"
    assert line.calls[-1] == ("pause", None)


class Ended(QObject):
    """What a workspace shuts down beside."""

    state_changed = Signal(str)
    choice_changed = Signal()
    state = "running"

    def shutdown(self) -> None:
        pass


def test_the_workspace_makes_one_session_says_its_complaints_and_ends_it(qtbot: QtBot) -> None:
    workspace = Workspace(NetworkDocument(load_network("lenet5")), Ended(), Ended(), None, None)  # type: ignore[arg-type]
    workspace.shut_down_jobs()  # nobody has asked for the session yet
    posted: list[Message] = []
    workspace.message_posted.connect(posted.append)
    session = workspace.activations
    assert workspace.activations is session
    assert session.is_held_back
    workspace.training.state_changed.emit("paused")
    assert not session.is_held_back
    session.ask_depth(msgspec.structs.replace(QUESTION, width=4))
    assert [message.text for message in posted] == ["The width must be from 8 to 512, not 4."]
    token = session.ask_depth(QUESTION)
    with qtbot.waitSignal(session.depth_answered, timeout=PATIENCE_MS) as answered:
        pass
    assert answered.args[0].token == token
    workspace.shut_down_jobs()
    assert session.worker_pid is None
