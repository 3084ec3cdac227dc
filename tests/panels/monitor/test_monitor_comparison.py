"""Runs that ended lie behind the present one: chosen from a list, named in a legend, read by the crosshair, kept in the state."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from app.kept_run import KeptRun, KeptRunLine
from app.kept_run_reading import list_runs, read_run
from app.panels.monitor.curve_scale import RunningMean
from app.panels.monitor.run_list import ALL_TAKEN, NONE_FITS, NONE_YET, RunList
from app.panels.monitor.run_words import legend_entries, when
from app.run_history import RunHistory
from trainers.errors import BadInput
from trainers.events import EpochReport, RunStarted, StepReport
from trainers.network_files import load_preset
from trainers.run_store import DATABASE, RunStore
from trainers.training_plan import ClassifierSettings, DataChoice, TrainingPlan


def keep_run(folder: Path, network: str, steps: int = 40, scale: float = 1.0, **chosen: Any) -> str:
    """A run as a session leaves it: the loss is scale / step, right is a quarter of each batch, two epochs of equal length."""
    plan = TrainingPlan(load_preset(network), DataChoice("digits"), ClassifierSettings(**chosen), str(folder))
    store = RunStore.create(plan)
    store.record(RunStarted(store.run, network, "digits", {}, "cpu", 1, 4), plan)
    store.record(EpochReport(0, 2.3, 0.1, 2.3, 0.1, 0), plan)
    losses = tuple((step, scale / step) for step in range(1, steps + 1))
    store.record(StepReport(steps, 0, losses, 0.01, 0.5, 100.0, {}, (0.25,) * steps), plan)
    for epoch in (1, 2):
        store.record(EpochReport(epoch, 0.5, 0.5, 0.7, 0.6, epoch * steps // 2), plan)
    store.close()
    return store.run


def click_row(listing: RunList, row: int) -> None:
    """As a person does, on the words of the row."""
    item = listing.list.topLevelItem(row)
    assert item is not None
    QTest.mouseClick(listing.list.viewport(), Qt.MouseButton.LeftButton, pos=listing.list.visualItemRect(item).center())


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)  # what it says of the list that drops down
def test_a_lecturer_lays_one_run_behind_another(
    panel: Any, training: Any, workspace: Any, qtbot: Any, tmp_path: Path
) -> None:
    training.runs_folder = str(tmp_path)
    curves, undo_stack = panel.curves, workspace.document.undo_stack
    curves.tools.compare_button.click()
    qtbot.waitUntil(lambda: panel.runs.list.hint.text() == NONE_YET)
    panel.runs.list.close()
    keep_run(tmp_path, "plain-20", learning_rate=0.1)
    training.start_run()
    training.play_steps(1, 20)
    training.play(EpochReport(1, 0.4, 0.8, 0.5, 0.75, 20))

    curves.tools.compare_button.click()
    listing = panel.runs.list
    qtbot.waitUntil(lambda: listing.titles() == ["Plain net, 20 layers"])
    assert listing.list.topLevelItem(0).text(2) == "60.0 %"
    click_row(listing, 0)
    assert listing.list.topLevelItem(0).checkState(0) == Qt.CheckState.Checked
    listing.close()
    legend = curves.sheet.legend
    qtbot.waitUntil(legend.isVisible)
    assert legend.texts() == [
        "LeNet-5 · Handwritten digits · learning rate 0.001",
        "A Plain net, 20 layers · learning rate 0.1",
    ]
    curves.redraw()
    assert curves.rows["loss"].plotItem.getViewBox().viewRange()[0][1] >= 40, "it goes on beyond the run that stands"

    curves.tools.slider.setValue(0)
    curves.place_crosshair(10.0)
    assert f"A {1 / 10:g} / 2.3" in curves.rows["loss"].reading.text()
    assert "A 25 / 10" in curves.rows["accuracy"].reading.text()
    curves.place_crosshair(30.0)  # where only the kept one has come to
    assert "train" not in curves.rows["loss"].reading.text()
    assert "/ 0.7" in curves.rows["loss"].reading.text()
    curves.tools.x_switch.button("epochs").click()
    curves.redraw()
    curves.place_crosshair(20.0)  # the first epoch's end: of the kept run at step 20, too
    assert "epoch 1.00" in curves.rows["loss"].reading.text()
    assert curves.rows["loss"].values["A test_loss"] == pytest.approx(0.7)
    curves.save(tmp_path / "curves.csv")
    rows = list(csv.reader((tmp_path / "curves.csv").read_text().splitlines()))
    kept = [row[1:] for row in rows if row[0] == f"{legend.texts()[1]}: loss"]
    assert kept[4] == ["5.0", "0.2"]
    curves.save(tmp_path / "curves.svg")
    assert b">Plain net, 20 layers" in (tmp_path / "curves.svg").read_bytes()

    cross = next(button for button in legend.findChildren(QToolButton) if button.isVisible())
    QTest.mouseClick(cross, Qt.MouseButton.LeftButton)
    assert not legend.isVisible()
    assert panel.state()["curves"]["compared"] == {}
    undo_stack.undo()
    qtbot.waitUntil(legend.isVisible)
    assert undo_stack.undoText() == "Compare with Plain net, 20 layers"


def test_a_run_that_is_ticked_stays_when_the_next_begins_and_a_state_brings_it_back(
    panel: Any, training: Any, qtbot: Any, tmp_path: Path, workspace: Any
) -> None:
    training.runs_folder = str(tmp_path)
    run = keep_run(tmp_path, "plain-20")
    legend, said = panel.curves.sheet.legend, []
    workspace.message_posted.connect(lambda message: said.append(message.text))
    training.go_to("running")
    training.play(RunStarted(run, "plain-20", "digits", {}, "cpu", 1, 4))
    training.play_steps(1, 40)
    panel.runs.comparison.toggle(run, "Plain net, 20 layers")
    assert not legend.isVisible(), "it lies behind nothing: it stands"
    training.play(RunStarted("another", "lenet5", "digits", {"learning_rate": 0.5}, "cpu", 1, 4))
    training.play_steps(1, 5)
    qtbot.waitUntil(legend.isVisible)
    assert [text[:20] for text in legend.texts()][1] == "A Plain net, 20 laye"
    assert "learning rate 0.5" in legend.texts()[0], "as it was trained, not as the next one would be"
    state = panel.state()
    assert state["curves"]["compared"] == {"A": run}

    panel.reset()
    assert not legend.isVisible()
    state["curves"]["compared"] = {"A": "one-that-was-deleted", "C": run}
    panel.apply(state)
    qtbot.waitUntil(lambda: legend.isVisible() and bool(said))
    assert said == [f"A run that was laid beside the curves is no longer among those in {tmp_path}."]
    assert panel.state()["curves"]["compared"] == {"C": run}
    assert panel.curves.rows["loss"].isVisible()
    other, undo_stack = keep_run(tmp_path, "lenet5"), workspace.document.undo_stack
    panel.runs.comparison.toggle(other, "LeNet-5")
    assert panel.state()["curves"]["compared"] == {"A": other, "C": run}, "the letter of the one that is gone is free"
    undo_stack.undo()
    undo_stack.redo()
    assert panel.state()["curves"]["compared"] == {"A": other, "C": run}
    panel.close_panel()
    training.play(RunStarted("a third", "lenet5", "digits", {}, "cpu", 1, 4))
    assert panel.runs.comparison.present_run == "another", "a panel that is closed reads no more"


def test_a_run_stays_chosen_while_another_program_holds_the_database_and_a_hidden_panel_asks_for_none(
    panel: Any, training: Any, qtbot: Any, tmp_path: Path, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    training.runs_folder = str(tmp_path)
    run, said = keep_run(tmp_path, "plain-20"), []
    workspace.message_posted.connect(lambda message: said.append(message.text))
    monkeypatch.setattr("app.run_database._PATIENCE_S", 0.01)
    monkeypatch.setattr("app.panels.monitor.run_comparison.AGAIN_MS", 30)
    comparison, legend = panel.runs.comparison, panel.curves.sheet.legend
    with closing(sqlite3.connect(tmp_path / DATABASE, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=DELETE")
        other.execute("BEGIN EXCLUSIVE")
        comparison.toggle(run, "Plain net, 20 layers")
        qtbot.waitUntil(lambda: len(said) == 1)
        assert "in use by another program" in said[0]
        assert panel.state()["curves"]["compared"] == {"A": run}
        panel.hide()
        qtbot.waitUntil(lambda: not panel.is_awake and not comparison.is_asking)
    panel.show()
    qtbot.waitUntil(legend.isVisible)
    assert len(said) == 1, "told once"


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_the_list_is_searched_and_takes_four(theme: Any, qtbot: Any) -> None:
    names = [
        "Plain net",
        "Residual net",
        "Small VGG",
        "AlexNet",
        "LeNet-5",
        "Perceptron",
        "ResNet-18",
        "XOR net",
        "Wide net",
    ]
    lines = tuple(
        KeptRunLine(f"r{n}", name, {"name": "digits"}, {}, "2026-11-26T10:00:00+00:00", 9)
        for n, name in enumerate(names)
    )
    listing = RunList(theme, None)  # type: ignore[arg-type]
    qtbot.addWidget(listing)
    toggled: list[str] = []
    listing.toggled.connect(lambda run, _title: toggled.append(run))
    listing.show()
    listing.show_runs(lines, {}, "r0")
    first = listing.list.topLevelItem(0)
    assert first is not None
    assert first.text(3) == "present run"
    listing.list.setFocus()
    QTest.keyClicks(listing.list, "res")
    assert listing.titles() == ["Residual net", "ResNet-18"]
    QTest.keyClick(listing.line, Qt.Key.Key_Down)
    QTest.keyClick(listing.list, Qt.Key.Key_Space)
    assert toggled == ["r1"]
    listing.line.setText("nothing of the kind")
    assert listing.hint.text() == NONE_FITS
    listing.line.clear()
    listing.show_runs(lines, {"r0": "A", "r1": "B", "r2": "C", "r3": "D"}, "r0")
    assert listing.hint.text() == ALL_TAKEN
    click_row(listing, 5)
    assert toggled == ["r1"], "no fifth one"
    click_row(listing, 2)
    assert toggled == ["r1", "r2"]


@settings(deadline=None, max_examples=20)
@given(st.lists(st.floats(0.0, 9.0) | st.none(), min_size=1, max_size=60), st.integers(1, 70), st.integers(1, 9))
def test_the_means_of_a_kept_run_are_those_of_a_live_one(losses: list[float | None], width: int, pages: int) -> None:
    rows = np.array([(step, loss, None) for step, loss in enumerate(losses, 1)], np.float64)
    kept = KeptRun(KeptRunLine("run", "net", {}, {}, "", len(losses)))
    for part in np.array_split(rows, pages):
        if len(part):
            kept.take_steps(part)
    history, mean = RunHistory(), RunningMean()
    points = tuple((int(step), float(loss)) for step, loss, _ in rows)
    history.append(StepReport(len(rows), 0, points, 0.1, None, 1.0, {}))
    mean.take(history, "loss")
    places = np.arange(len(rows))
    assert kept.means("loss", places, width) == pytest.approx(mean.at(places, width), abs=1e-9)


def test_a_run_is_read_as_it_was_kept_and_a_torn_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    def always() -> bool:
        return True

    assert list_runs(tmp_path, always) == ()
    run = keep_run(tmp_path, "plain-20", steps=5000, scale=3.0)
    (line,) = list_runs(tmp_path, always)
    assert (line.network, line.last_step, line.test_accuracy) == ("Plain net, 20 layers", 5000, 0.6)
    kept = read_run(tmp_path, run, always)
    assert kept is not None
    steps, losses = kept.rows("loss")
    assert steps.tolist() == list(range(1, 5001))
    assert losses == pytest.approx(3.0 / steps, rel=1e-12)
    assert kept.rows("test_loss")[0].tolist() == [0, 2500, 5000]
    assert not kept.is_under_way
    kept.close()
    assert read_run(tmp_path, run, lambda: False) is None
    shutil.rmtree(tmp_path / run)  # its checkpoints were deleted: its curves stand in the database
    assert list_runs(tmp_path, always) == (line,)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        connection.execute("UPDATE steps SET loss = 'torn' WHERE step = 7")
    for name in (run, "no-such"):
        with pytest.raises(BadInput, match=str(tmp_path)):
            read_run(tmp_path, name, always)
    (tmp_path / DATABASE).write_bytes(b"no database at all, but long enough to be looked at" * 20)
    with pytest.raises(BadInput, match="cannot be read"):
        list_runs(tmp_path, always)


def test_the_legend_tells_what_differs() -> None:
    def line(network: str, started: str = "2026-11-26T10:00:00+00:00", **chosen: Any) -> KeptRunLine:
        plan = {name: getattr(ClassifierSettings(**chosen), name) for name in ClassifierSettings.__struct_fields__}
        return KeptRunLine(network, network, {"name": "digits"}, plan, started, 9)

    alike = legend_entries(line("Plain"), [("A", line("Residual"))])
    assert [entry.texts[0] for entry in alike] == ["Plain · Handwritten digits", "Residual"]
    other = legend_entries(line("Plain"), [("A", line("Plain", optimizer="sgd", seed=3, clip_norm=1.0, epochs=3))])
    assert other[1].texts == (
        "Plain · optimiser SGD · gradient clipping 1 · seed 3 · 1 more",
        "Plain · optimiser SGD · gradient clipping 1 · 2 more",
        "Plain · optimiser SGD · 3 more",
    )
    assert "Epochs 3" in other[1].tooltip
    twice = legend_entries(line("Plain"), [("A", line("Plain"))])
    assert twice[1].texts[0] == f"Plain · {when('2026-11-26T10:00:00+00:00')}"
    assert when("2026-11-26T10:00:00", datetime(2026, 11, 26, 23)).endswith("10:00")


def test_where_no_corner_is_free_the_words_lie_on_a_kept_run(
    panel: Any, training: Any, qtbot: Any, tmp_path: Path
) -> None:
    training.runs_folder = str(tmp_path)
    run = keep_run(tmp_path, "plain-20", steps=1000)  # it ends at the bottom, where the words shall go
    training.start_run()
    losses = tuple((step, 3.0) for step in range(1, 1001))  # at the top, where they stand
    training.play(StepReport(1000, 0, losses, 0.001, 1.0, 5000.0, {}, tuple(0.5 for _ in losses)))
    panel.runs.comparison.toggle(run, "Plain net, 20 layers")
    qtbot.waitUntil(panel.curves.sheet.legend.isVisible)
    panel.curves.redraw()
    panel.curves.redraw()  # the corner is chosen by the words that stand there
    row = panel.curves.rows["loss"]
    assert row.place_of(1000.0, 3.0).y() < row.height() / 2 < row.reading.y()


def test_a_database_that_another_program_holds_is_no_torn_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_run(tmp_path, "plain-20")
    monkeypatch.setattr("app.run_database._PATIENCE_S", 0.01)
    with closing(sqlite3.connect(tmp_path / DATABASE, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=DELETE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BadInput, match="in use by another program: try again later"):
            list_runs(tmp_path, lambda: True)
    assert len(list_runs(tmp_path, lambda: True)) == 1
