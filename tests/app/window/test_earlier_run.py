"""A run of an earlier session is gone on with from the File menu: its network, its data, its curves; or it is said that there is none."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.earlier_run import newest_earlier_run
from app.earlier_run_search import EarlierRunSearch
from app.main_window import MainWindow
from app.training_session import TrainingSession
from trainers.errors import BadInput
from trainers.events import CheckpointSaved, EpochReport, RunStarted, StepReport
from trainers.network_graph import NetworkGraph
from trainers.run_holder import HOLDER_FILE
from trainers.run_holder import other_trainer as other_trainer_of
from trainers.run_store import RunStore, checkpoint_name
from trainers.training_plan import ClassifierSettings, DataChoice, TrainingPlan

LONG = 60_000  # ms: a worker may take a while to start on a busy machine


def keep_run(folder: Path, network: NetworkGraph, epoch: int, step: int = 20) -> str:
    """A run of 3 epochs as an earlier session left it: reports to step 30, a checkpoint at `step` in `epoch`."""
    plan = TrainingPlan(network, DataChoice("moons"), ClassifierSettings(epochs=3, seed=5), str(folder))
    store = RunStore.create(plan)
    store.record(RunStarted(store.run, network.name, "moons", {}, "cpu", 1, 4), plan)
    store.record(EpochReport(0, 2.0, None, 2.0, None, 0), plan)
    for last in (10, 20, 30):
        losses = tuple((number, 1.0 / number) for number in range(last - 9, last + 1))
        store.record(StepReport(last, last // 10 - 1, losses, 0.01, 0.5, 100.0, {"data": 0.001}), plan)
        store.record(EpochReport(last // 10, 1.0 / last, None, 1.5 / last, None, last), plan)
    store.close()
    checkpoint = store.checkpoints / checkpoint_name(step)
    checkpoint.mkdir()
    state = {
        "network": network,
        "data": plan.data,
        "settings": plan.settings,
        "step": step,
        "epoch": epoch,
        "seconds": 8.0,
        "weights": [0.1, 0.2, 0.3, 0.4],
        "learning_rate": 0.01,
    }
    (checkpoint / "state.json").write_bytes(msgspec.json.encode(state))
    return store.run


@pytest.fixture
def window(build_window: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    session = partial(TrainingSession, train="numpy_jobs:train", answer=None, warm_up=None)
    monkeypatch.setattr("app.workspace_building.TrainingSession", session)
    return build_window()


@pytest.fixture
def other_trainer(tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """other_trainer(run): another process that trains the run from now on."""
    started: list[subprocess.Popen[str]] = []

    def start(run: str) -> subprocess.Popen[str]:
        code = "import sys; from pathlib import Path; from trainers.run_holder import hold\nhold(Path(sys.argv[1])); print(1, flush=True); input()"
        command = [sys.executable, "-c", code, str(tmp_path / "runs" / run)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "1\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def ask(window: MainWindow) -> None:
    """Choose it in the menu, and wait until what it looks for is found."""
    (action,) = [action for action in window.commands.all_actions() if action.text() == "&Go on with the last run"]
    assert action in window.menus["&File"].actions()
    action.trigger()
    search = window.commands.findChild(EarlierRunSearch)
    assert search is not None
    loop = QEventLoop()
    search.finished.connect(loop.quit)
    if search.isRunning():
        loop.exec()
    QApplication.sendPostedEvents(window.commands)


def test_the_newest_run_with_epochs_left_goes_on_with_its_choices_and_curves(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, make_network: Callable[..., NetworkGraph]
) -> None:
    runs = tmp_path / "runs"
    keep_run(runs, make_network("wanted"), epoch=2)
    keep_run(runs, make_network("at_its_end"), epoch=3)
    training, before = window.workspace.training, window.workspace.document.graph
    ask(window)
    assert window.workspace.document.graph.name == "wanted"
    assert training.data.name == "moons"
    assert (training.settings.epochs, training.settings.seed) == (3, 5)
    steps, losses = training.history.series("loss")
    assert steps.tolist() == list(range(1, 21)), "what lies beyond the checkpoint is trained again"
    assert losses[9] == 0.1
    assert training.history.series("test_loss")[0].tolist() == [0, 10, 20]
    assert np.interp(10, *training.history.times(10_000)) == pytest.approx(4.0, abs=0.5)
    qtbot.waitUntil(lambda: training.run is not None, timeout=LONG)
    assert training.run is not None
    assert training.run.step == 20
    qtbot.waitUntil(lambda: training.state == "finished" and training.history.last_step > 20, timeout=LONG)
    assert training.history.series("loss")[0][0] == 1
    window.workspace.document.undo_stack.undo()
    assert window.workspace.document.graph == before


def test_where_there_is_none_it_is_said_in_a_sentence(
    window: MainWindow, tmp_path: Path, make_network: Callable[..., NetworkGraph]
) -> None:
    for _ in range(2):  # no database, then one that holds a run that came to its end
        ask(window)
        assert window.message_bar.current is not None
        assert window.message_bar.current.text.startswith("There is no run to go on with: none in ")
        assert window.workspace.training.state == "idle"
        window.message_bar.dismiss()
        keep_run(tmp_path / "runs", make_network("at_its_end"), epoch=3)


def test_a_database_that_is_none_is_refused(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir(exist_ok=True)
    (tmp_path / "runs" / "runs.sqlite").write_bytes(b"no database at all, but long enough to be looked at" * 20)
    ask(window)
    assert window.message_bar.current is not None
    assert "cannot be read" in window.message_bar.current.text


def test_a_run_that_another_hillock_still_trains_is_left_to_it(
    window: MainWindow,
    tmp_path: Path,
    make_network: Callable[..., NetworkGraph],
    other_trainer: Callable[[str], subprocess.Popen[str]],
) -> None:
    run = keep_run(tmp_path / "runs", make_network("wanted"), epoch=2)
    process = other_trainer(run)
    ask(window)
    assert window.message_bar.current is not None
    sentence = f"The run {run} is still being trained by another Hillock (process {process.pid}): stop it there, or wait for its end."
    assert window.message_bar.current.text == sentence
    training = window.workspace.training
    assert training.state == "idle"
    assert window.workspace.document.graph.name != "wanted"
    checkpoint = tmp_path / "runs" / run / "checkpoints" / checkpoint_name(20)
    with pytest.raises(BadInput, match="still being trained"):
        RunStore.reopen(checkpoint, 20)
    process.kill()  # its mark stays behind and counts no longer
    process.wait()
    assert (tmp_path / "runs" / run / HOLDER_FILE).exists()
    window.message_bar.dismiss()
    ask(window)
    assert training.state != "idle"
    assert window.workspace.document.graph.name == "wanted"


def test_a_run_is_marked_as_trained_for_as_long_as_it_is(
    tmp_path: Path, make_network: Callable[..., NetworkGraph]
) -> None:
    plan = TrainingPlan(make_network("line"), DataChoice("moons"), runs_folder=str(tmp_path))
    store = RunStore.create(plan)
    assert (store.folder / HOLDER_FILE).exists()
    assert other_trainer_of(store.folder) is None  # it is this process itself
    store.close()
    assert not (store.folder / HOLDER_FILE).exists()


def test_a_long_run_is_looked_for_beside_the_window(
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_network: Callable[..., NetworkGraph],
) -> None:
    keep_run(tmp_path / "runs", make_network("wanted"), epoch=2)
    threads: list[bool] = []
    may_go_on = threading.Event()

    def read(folder: Path, is_wanted: Callable[[], bool]) -> object:
        threads.append(threading.current_thread() is threading.main_thread())
        assert may_go_on.wait(20.0)
        return newest_earlier_run(folder, is_wanted)

    monkeypatch.setattr("app.earlier_run_search.newest_earlier_run", read)
    window.commands.go_on_with_last_run()
    window.commands.go_on_with_last_run()  # once more while it is looked for: one search
    assert window.workspace.training.state == "idle"
    may_go_on.set()
    qtbot.waitUntil(lambda: window.workspace.training.run is not None, timeout=LONG)
    assert threads == [False]
    qtbot.waitUntil(lambda: window.workspace.training.state == "finished", timeout=LONG)


def test_a_window_that_closes_waits_for_no_long_run(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_network: Callable[..., NetworkGraph]
) -> None:
    keep_run(tmp_path / "runs", make_network("wanted"), epoch=2)
    looked, outcomes = threading.Event(), []

    def read(folder: Path, is_wanted: Callable[[], bool]) -> object:
        looked.set()
        while is_wanted():
            threading.Event().wait(0.005)  # a run without end
        outcomes.append(newest_earlier_run(folder, is_wanted))
        return outcomes[-1]

    monkeypatch.setattr("app.earlier_run_search.newest_earlier_run", read)
    window.commands.go_on_with_last_run()
    assert looked.wait(10.0)
    window.close()
    assert outcomes == [None]
    assert window.workspace.training.state == "idle"


def test_what_was_measured_up_to_a_checkpoint_is_on_disk_with_it(
    tmp_path: Path, make_network: Callable[..., NetworkGraph]
) -> None:
    plan = TrainingPlan(make_network("line"), DataChoice("moons"), runs_folder=str(tmp_path))
    store = RunStore.create(plan)
    store.record(RunStarted(store.run, "line", "moons", {}, "cpu", 1, 4), plan)
    store.record(StepReport(2, 0, ((1, 0.5), (2, 0.25)), 0.01, None, 100.0, {}), plan)
    store.record(CheckpointSaved(2, str(store.checkpoints)), plan)
    with closing(sqlite3.connect(tmp_path / "runs.sqlite")) as other:  # the process may be killed now
        assert other.execute("SELECT step, loss FROM steps ORDER BY step").fetchall() == [(1, 0.5), (2, 0.25)]
    store.close()
