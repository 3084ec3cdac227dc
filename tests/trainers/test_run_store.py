"""Runs on disk: the plan, the metrics in SQLite, going on after a stop, and a store that fails."""

import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import msgspec
import platformdirs
import pytest
from training_tools import drive, losses_of, of_kind, plan_for

from trainers import run_store
from trainers.classifier import train
from trainers.errors import BadInput
from trainers.events import CheckpointSaved, EpochReport, RunFinished, RunStarted, StepReport, ValueRefused
from trainers.run_holder import HOLDER_FILE, Holder, hold, let_go
from trainers.run_store import RunStore, checkpoint_name, latest_checkpoint, run_name
from trainers.training_plan import TrainingPlan
from trainers.user_folders import fetched_data_folder, runs_folder, user_data_folder


def rows(runs: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(runs / "runs.sqlite")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_everything_told_is_in_the_database(tmp_path: Path) -> None:
    plan = plan_for(epochs=2, runs=tmp_path)
    events = drive(plan)
    (started,) = of_kind(events, RunStarted)
    assert rows(tmp_path, "SELECT step, loss FROM steps ORDER BY step") == losses_of(events)
    stored = rows(tmp_path, "SELECT epoch, step, train_loss, test_accuracy FROM epochs ORDER BY epoch")
    assert stored == [(e.epoch, e.step, e.train_loss, e.test_accuracy) for e in of_kind(events, EpochReport)]
    assert rows(tmp_path, "SELECT run, network, data, parameters, state FROM runs") == [
        (started.run, "playground", "circle", 25, "finished")
    ]
    assert rows(tmp_path, "SELECT count(*) FROM marks WHERE kind = 'checkpoint'") == [(3,)]
    folder = tmp_path / started.run
    assert msgspec.json.decode((folder / "plan.json").read_bytes(), type=TrainingPlan) == plan
    assert latest_checkpoint(folder) == Path(of_kind(events, CheckpointSaved)[-1].path)
    assert rows(tmp_path, "PRAGMA journal_mode") == [("wal",)]


def test_a_resumed_run_has_each_step_once(tmp_path: Path) -> None:
    job = train(plan_for(epochs=3, runs=tmp_path))
    saved = [event for event in _until_epoch(job, 3) if isinstance(event, CheckpointSaved)]
    job.close()
    rest = drive(plan_for(epochs=3, runs=tmp_path, resume=saved[1].path))
    assert isinstance(rest[-1], RunFinished)
    stored = rows(tmp_path, "SELECT step, loss FROM steps ORDER BY step")
    assert stored == losses_of(drive(plan_for(epochs=3)))
    assert rows(tmp_path, "SELECT count(*), max(state) FROM runs") == [(1, "finished")]


def _until_epoch(job, epoch):
    for event in job:
        yield event
        if isinstance(event, StepReport) and event.epoch == epoch - 1:
            return


def test_two_runs_share_a_folder(tmp_path: Path) -> None:
    first, second = train(plan_for(epochs=1, runs=tmp_path)), train(plan_for(epochs=1, runs=tmp_path, seed=1))
    for _ in zip(first, second, strict=False):
        pass
    list(first)
    list(second)
    assert rows(tmp_path, "SELECT count(*) FROM runs WHERE state = 'finished'") == [(2,)]
    assert rows(tmp_path, "SELECT count(*) FROM steps") == [(20,)]


def test_a_folder_that_cannot_be_written_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(BadInput, match="cannot be kept"):
        next(train(plan_for(runs=tmp_path / "file" / "runs")))
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "runs.sqlite").mkdir()
    with pytest.raises(BadInput, match="cannot be kept"):
        next(train(plan_for(runs=tmp_path / "runs")))
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["runs.sqlite"]


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "runs.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(BadInput, match="newer Hillock"):
        RunStore.create(plan_for(runs=tmp_path))


def test_metrics_that_cannot_be_written_do_not_end_a_run(tmp_path: Path) -> None:
    store = RunStore.create(plan_for(runs=tmp_path))
    store._connection.close()
    report = StepReport(1, 0, ((1, 0.5),), 0.1, None, 100.0, {})
    store.record(report, plan_for())
    store.flush()
    assert store.trouble is not None
    assert "runs.sqlite" in store.trouble


def test_a_run_says_once_that_its_metrics_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(store: RunStore) -> None:
        store.trouble = "The metrics of this run cannot be written."

    monkeypatch.setattr(RunStore, "flush", fail)
    events = drive(plan_for(runs=tmp_path, epochs=3))
    complaints = [event.reason for event in of_kind(events, ValueRefused) if event.name == "metrics"]
    assert complaints == ["The metrics of this run cannot be written."]
    assert isinstance(events[-1], RunFinished)


def _reopens_in_another_process(checkpoint: Path) -> str:
    """What another process that goes on with the run comes to: "held", or its refusal."""
    code = """
import sys
from pathlib import Path
from trainers.errors import BadInput
from trainers.run_store import RunStore
try:
    RunStore.reopen(Path(sys.argv[1]), 0)
except BadInput as refusal:
    print(refusal.sentence)
else:
    print("held")
"""
    asked = [sys.executable, "-c", code, str(checkpoint)]
    return subprocess.run(asked, capture_output=True, text=True, check=True, timeout=280).stdout.strip()


def test_of_two_that_go_on_with_a_run_at_once_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = RunStore.create(plan_for(runs=tmp_path))
    checkpoint = store.checkpoints / checkpoint_name(0)
    store.close()
    others: list[str] = []

    def slowly(folder: Path) -> None:  # nobody was seen to train it; before that is noted, another process comes
        others.append(_reopens_in_another_process(checkpoint))
        hold(folder)

    monkeypatch.setattr(run_store, "hold", slowly)
    held = RunStore.reopen(checkpoint, 0)
    assert others[0].startswith(f"The run {store.folder} cannot be gone on with")
    assert "still being trained" in _reopens_in_another_process(checkpoint)
    held.close()
    assert _reopens_in_another_process(checkpoint) == "held"
    again = RunStore.reopen(checkpoint, 0)  # that process ended without letting go
    again.close()


def test_a_refused_store_keeps_nothing_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = RunStore.create(plan_for(runs=tmp_path))
    monkeypatch.setattr(run_store, "other_trainer", lambda _: 4711)
    with pytest.raises(BadInput, match="process 4711"):
        RunStore.reopen(store.checkpoints / checkpoint_name(0), 0)
    store.record(StepReport(1, 0, ((1, 0.5),), 0.1, None, 100.0, {}), plan_for())
    store.close()
    assert store.trouble is None, "the refused one has locked the database"


def test_half_a_note_of_who_trains_is_never_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(28, "No space left on device")

    hold(tmp_path)
    before = (tmp_path / HOLDER_FILE).read_bytes()
    monkeypatch.setattr(Path, "write_bytes", full)
    hold(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [HOLDER_FILE]
    assert (tmp_path / HOLDER_FILE).read_bytes() == before


def test_a_process_lets_go_of_what_it_holds_itself(tmp_path: Path) -> None:
    hold(tmp_path)
    mine = msgspec.json.decode((tmp_path / HOLDER_FILE).read_bytes(), type=Holder)
    assert mine.machine == socket.gethostname()
    elsewhere = msgspec.structs.replace(
        mine, machine=f"not-{mine.machine}"
    )  # a shared folder: by chance the same number
    (tmp_path / HOLDER_FILE).write_bytes(msgspec.json.encode(elsewhere))
    let_go(tmp_path)
    assert (tmp_path / HOLDER_FILE).exists()
    hold(tmp_path)
    let_go(tmp_path)
    assert not (tmp_path / HOLDER_FILE).exists()


def test_a_store_whose_last_write_breaks_lets_go_of_its_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: RunStore) -> None:
        raise MemoryError

    store = RunStore.create(plan_for(runs=tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(RunStore, "flush", broken)
        with pytest.raises(MemoryError):
            store.close()
    assert not (store.folder / HOLDER_FILE).exists()
    store._connection.close()


def test_names_say_what_a_run_is() -> None:
    name = run_name(plan_for("lenet5", "/some where/My Digits.csv"))
    assert "-lenet5-my-digits-" in name
    assert run_name(plan_for()) != run_name(plan_for())


def test_one_folder_holds_runs_and_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HILLOCK_DATA_DIR", str(tmp_path))
    assert (runs_folder(), fetched_data_folder()) == (tmp_path / "runs", tmp_path / "data")
    monkeypatch.delenv("HILLOCK_DATA_DIR")
    assert user_data_folder() == Path(platformdirs.user_data_dir("hillock", appauthor=False))
