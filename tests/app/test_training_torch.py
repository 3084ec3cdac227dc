"""The session with the real trainer: what is loaded where, and that a killed run goes on to the same bits."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.network_document import NetworkDocument
from app.training_session import TrainingSession
from trainers.network_files import load_preset
from trainers.training_plan import DataChoice

Make = Callable[[], TrainingSession]
SECONDS = 90_000


@pytest.fixture
def make_torch_session(qtbot: QtBot, tmp_path: Path) -> Iterator[Make]:
    made: list[TrainingSession] = []

    def make() -> TrainingSession:
        document = NetworkDocument(load_preset("playground"))
        session = TrainingSession(document, tmp_path / f"runs{len(made)}", document, warm_up=None)
        session.set_data(DataChoice("circle", samples=200))
        session.set_setting("batch_size", 4)
        session.set_setting("epochs", 15)
        made.append(session)
        return session

    yield make
    for session in made:
        session.shutdown()


def losses(session: TrainingSession) -> list[tuple[float, float]]:
    steps, values = session.history.series("loss")
    return list(zip(steps.tolist(), values.tolist(), strict=True))


@pytest.mark.timeout(300)
def test_a_killed_run_goes_on_to_the_same_bits_and_its_worker_holds_no_qt(
    qtbot: QtBot, make_torch_session: Make
) -> None:
    session = make_torch_session()
    session.start()
    qtbot.waitUntil(lambda: session.history.last_step > 50, timeout=SECONDS)
    with qtbot.waitSignal(session.modules_listed, timeout=SECONDS) as heard:
        session.list_modules()
    in_worker = {name.partition(".")[0] for name in heard.args[0]}
    assert "torch" in in_worker
    assert not in_worker & {"PySide6", "shiboken6", "pyqtgraph", "app"}
    qtbot.waitUntil(lambda: session.state == "finished" and session.is_sleeping, timeout=SECONDS)
    expected = losses(session)
    assert [step for step, _ in expected] == list(range(1, len(expected) + 1))

    session.speed = 400.0  # so that there is a middle to kill it in
    session.reset()
    session.start()
    middle = len(expected) // 2
    qtbot.waitUntil(lambda: session.history.last_step > middle, timeout=SECONDS)
    assert session.worker_pid is not None
    with qtbot.waitSignal(session.failed, timeout=SECONDS) as heard:
        os.kill(session.worker_pid, signal.SIGKILL)
    assert heard.args[0].can_resume
    session.speed = 0.0
    session.resume_failed()
    qtbot.waitUntil(lambda: session.run is not None, timeout=SECONDS)
    assert session.run is not None
    assert session.run.step > 0
    qtbot.waitUntil(lambda: session.state == "finished" and session.is_sleeping, timeout=SECONDS)
    assert losses(session) == expected
