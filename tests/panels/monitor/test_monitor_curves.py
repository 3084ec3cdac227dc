"""The curves: what a person sees of a run, and what the tools do to it."""

from __future__ import annotations

import csv
import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QWidget

from app.panels.monitor.curve_scale import calm_range, figure, round_up, ticks
from app.panels.monitor.curve_tools import CurveTools
from trainers.events import CheckpointSaved, EpochReport, StepReport, ValueSet


@pytest.fixture
def curves(panel: Any) -> Any:
    return panel.curves


def run_of(training: Any, steps: int) -> None:
    training.start_run()
    training.play_steps(1, steps)
    training.play(EpochReport(1, 0.4, 0.8, 0.5, 0.75, steps))


def drawn(curves: Any, name: str) -> tuple[Any, Any]:
    """x and y of a curve in the row of the loss, as they are on show."""
    return curves.rows["loss"].curve_data()[name]


def test_before_a_run_it_says_what_to_do(curves: Any) -> None:
    assert curves.empty.isVisible()
    assert "Press Space" in curves.empty.text()
    assert not curves.sheet.isVisible()


def test_a_run_draws_rows_with_their_values(curves: Any, training: Any, qtbot: Any) -> None:
    run_of(training, 200)
    qtbot.waitUntil(curves.sheet.isVisible)
    qtbot.waitUntil(lambda: "test 0.5" in curves.rows["loss"].reading.text())
    qtbot.waitUntil(lambda: "5,000 1/s" in curves.rows["speed"].reading.text())  # one row a frame, from the top
    assert "test 75 %" in curves.rows["accuracy"].reading.text()
    assert "0.001" in curves.rows["learning_rate"].reading.text()
    x, y = drawn(curves, "loss, every step")
    assert len(x) == 200
    assert y[0] == 2.0


def test_the_axis_title_stands_at_the_foot_of_the_curves_in_every_run(curves: Any, training: Any, qtbot: Any) -> None:
    def gap() -> int:
        return curves.sheet.height() - curves.sheet.x_title.geometry().bottom()

    run_of(training, 200)
    qtbot.waitUntil(lambda: curves.sheet.isVisible() and "75 %" in curves.rows["accuracy"].reading.text())
    at_first = gap()
    assert 0 < at_first < 6
    training.history.clear()  # start again, with the sheet put away, then train
    training.go_to("starting")
    curves.redraw()
    assert not curves.sheet.isVisible()
    run_of(training, 100)
    qtbot.waitUntil(lambda: curves.sheet.isVisible() and "75 %" in curves.rows["accuracy"].reading.text())
    qtbot.waitUntil(lambda: gap() == at_first)
    curves.window().resize(1280, 560)
    qtbot.waitUntil(lambda: gap() == at_first)


def test_a_run_is_drawn_though_every_row_had_data_at_its_first_frame(curves: Any, training: Any, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: set(curves.tools.rows()) <= set(curves.rows))  # built in idle moments, and hidden
    run_of(training, 200)
    training.history.append_hardware({"cpu_utilisation": 50.0}, step=200)
    qtbot.waitUntil(lambda: all(curves.rows[key].isVisible() for key in ("loss", "accuracy", "learning_rate")))


def test_while_the_first_step_is_prepared_nobody_is_told_to_press_space(curves: Any, training: Any) -> None:
    training.go_to("starting")
    assert "Space" not in curves.empty.text()
    training.go_to("running")
    assert "Space" not in curves.empty.text()
    training.go_to("paused")
    assert "Press Space" in curves.empty.text()


def test_one_crosshair_goes_through_all_rows(curves: Any, training: Any, qtbot: Any) -> None:
    run_of(training, 200)
    curves.redraw()
    curves.tools.slider.setValue(0)
    row = curves.rows["accuracy"]
    at = row.place_of(100.0, 50.0).toPoint()

    QTest.mouseMove(row.viewport(), at + QPoint(1, 0))
    QTest.mouseMove(row.viewport(), at)

    step = curves.crosshair_step
    assert abs(step - 100) <= 1
    for key in ("loss", "accuracy", "learning_rate"):
        assert curves.rows[key].crosshair.isVisible()
        assert curves.rows[key].crosshair.value() == step
    assert f"step {step:.0f}" in curves.rows["loss"].reading.text()
    assert curves.rows["loss"].values["loss"] == pytest.approx(2.0 / step)


def test_arrow_keys_move_the_crosshair_and_escape_takes_it_away(curves: Any, training: Any) -> None:
    run_of(training, 200)
    curves.redraw()
    curves.setFocus()
    QTest.keyClick(curves, Qt.Key.Key_Left)
    first = curves.crosshair_step
    QTest.keyClick(curves, Qt.Key.Key_Left)
    assert curves.crosshair_step < first < 200
    assert "Step" in curves.accessibleDescription()
    QTest.keyClick(curves, Qt.Key.Key_Escape)
    assert curves.crosshair_step is None
    assert not curves.rows["loss"].crosshair.isVisible()


def test_it_follows_until_a_person_pans_and_again_when_asked(curves: Any, training: Any) -> None:
    run_of(training, 200)
    curves.redraw()
    box = curves.rows["loss"].plotItem.getViewBox()
    assert box.viewRange()[0][1] >= 200

    box.setXRange(50.0, 60.0, padding=0.0)
    box.sigRangeChangedManually.emit([True, False])
    training.play_steps(201, 400)
    curves.redraw()
    assert box.viewRange()[0] == pytest.approx([50.0, 60.0])
    assert not curves.tools.follow_button.isChecked()

    curves.tools.follow_button.click()
    curves.redraw()
    assert box.viewRange()[0][1] >= 400
    assert curves.tools.follow_button.isChecked()


def test_a_state_brings_its_range_before_there_is_a_run(panel: Any, curves: Any, training: Any) -> None:
    state = panel.state()
    state["curves"].update(follow=False, x_range=[20.0, 30.0], crosshair=25.0)
    panel.apply(state)
    run_of(training, 200)
    curves.redraw()
    assert curves.rows["loss"].plotItem.getViewBox().viewRange()[0] == pytest.approx([20.0, 30.0])
    assert "step 25" in curves.rows["loss"].reading.text()
    panel.reset()
    curves.redraw()
    assert curves.rows["loss"].plotItem.getViewBox().viewRange()[0][1] >= 200
    assert not curves.rows["loss"].crosshair.isVisible()


def test_a_log_scale_has_no_place_for_zero(curves: Any, training: Any) -> None:
    run_of(training, 50)
    training.play_steps(51, 60)
    training.play(EpochReport(2, 0.0, 1.0, 0.0, 1.0, 60))
    curves.tools.log_button.click()
    curves.redraw()
    _, y = drawn(curves, "test_loss")
    assert np.isnan(y[-1])
    low, high = curves.rows["loss"].plotItem.getViewBox().viewRange()[1]
    assert -3 < low < high < 2


@pytest.mark.parametrize(("kind", "last"), [("steps", 200.0), ("epochs", 1.0), ("seconds", 2.0)])
def test_the_time_axis_counts_what_is_chosen(curves: Any, training: Any, kind: str, last: float) -> None:
    training.start_run()
    for end in range(10, 201, 10):
        training.play_steps(end - 9, end)
    training.play(EpochReport(1, 0.4, 0.8, 0.5, 0.75, 200))
    curves.tools.x_switch.button(kind).click()
    curves.redraw()
    x, _ = drawn(curves, "test_loss")
    assert x[-1] == pytest.approx(last, rel=0.06)
    assert curves.sheet.x_title.text() == {"steps": "step", "epochs": "epoch", "seconds": "seconds"}[kind]


def test_smoothing_averages_the_last_steps(curves: Any, training: Any) -> None:
    run_of(training, 200)
    curves.tools.slider.setValue(0)
    curves.redraw()
    _, plain = drawn(curves, "loss")
    assert plain[99] == pytest.approx(2.0 / 100)
    curves.tools.slider.setValue(33)
    curves.redraw()
    _, smooth = drawn(curves, "loss")
    assert smooth[99] == pytest.approx(np.mean([2.0 / step for step in range(91, 101)]))
    assert curves.tools.smoothing_label.text() == "Smooth: 10"


def test_another_theme_of_the_same_size_leaves_the_rows_as_they_stand(curves: Any, training: Any, theme: Any) -> None:
    def axes() -> list[float]:
        return [row.plotItem.getAxis("bottom").maximumHeight() for row in curves.rows.values() if row.isVisible()]

    run_of(training, 20)
    curves.redraw()
    before = axes()
    assert before[0] < before[-1], "the lowest row alone writes its axis"
    try:
        theme.set_name("night")
        assert axes() == before
    finally:
        theme.set_name("paper")


@pytest.mark.parametrize("theme_name", ["paper", "projector"])
def test_what_has_no_room_above_the_curves_goes_and_nothing_that_stays_is_cut(theme_name: str, theme, qtbot) -> None:
    theme.set_name(theme_name)
    room = QWidget()  # which gives it what it likes, as a splitter does
    qtbot.addWidget(room)
    tools = CurveTools(theme)
    tools.setParent(room)
    room.show()
    counts = []
    for width in (900, 560, 420, 300):
        tools.resize(width, 48)
        QTest.qWait(0)
        seen = [button for button in tools.findChildren(QToolButton) if button.isVisible()]
        assert all(button.width() >= button.sizeHint().width() for button in seen)
        counts.append(len(seen))
    assert counts[0] == 8
    assert counts[-1] == 5, "the time axis is the last to go"
    theme.set_name("paper")


def test_rows_are_chosen_in_a_menu_and_one_always_stays(curves: Any, training: Any) -> None:
    run_of(training, 20)
    curves.redraw()
    for key in ("accuracy", "learning_rate", "speed"):
        curves.tools.row_actions[key].trigger()
    assert [key for key, row in curves.rows.items() if row.isVisible()] == ["loss"]
    curves.tools.row_actions["loss"].trigger()
    assert curves.rows["loss"].isVisible()


def test_what_happened_is_marked(curves: Any, training: Any) -> None:
    run_of(training, 100)
    training.play(ValueSet(40, "learning_rate", 0.5), CheckpointSaved(100, "somewhere"))
    curves.redraw()
    assert 40.0 in curves.rows["loss"]._marks.xData
    assert 100.0 in curves.rows["loss"]._saved.xData
    curves.place_crosshair(40.0)
    assert "learning rate = 0.5" in curves.rows["loss"].reading.text()


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_curves_are_saved(curves: Any, training: Any, tmp_path: Path, kind: str, monkeypatch: Any) -> None:
    run_of(training, 30)
    curves.redraw()
    file = tmp_path / f"curves.{kind}"
    monkeypatch.setattr(
        "app.panels.monitor.curve_sheet.QFileDialog.getSaveFileName", lambda *_arguments: (str(file), "")
    )
    menu = curves.tools.export_button.menu()
    next(action for action in menu.actions() if action.data() == kind).trigger()
    content = file.read_bytes()
    assert content.startswith({"png": b"\x89PNG", "svg": b"<?xml", "csv": b"curve"}[kind])
    if kind == "svg":  # a marker is a picture, an axis is not
        assert set(re.findall(rb"<text[^>]*>(10|20|30)<", content)) == {b"10", b"20", b"30"}, "ticks of the time axis"
    if kind == "csv":
        rows = list(csv.reader(content.decode().splitlines()))
        assert [row for row in rows if row[0] == "loss"][9][1:] == ["10.0", "0.2"]


def test_a_hidden_view_draws_nothing_and_shown_again_what_it_missed(panel: Any, training: Any, qtbot: Any) -> None:
    run_of(training, 50)
    qtbot.waitUntil(panel.curves.sheet.isVisible)
    panel.hide()
    training.play_steps(51, 90)
    assert not panel.curves.rounds.is_waiting
    x, _ = drawn(panel.curves, "loss, every step")
    assert x[-1] == 50
    panel.show()

    def caught_up() -> bool:
        return bool(drawn(panel.curves, "loss, every step")[0][-1] == 90)

    qtbot.waitUntil(caught_up)


def test_a_long_curve_that_moves_by_less_than_a_pixel_is_drawn_once_all_is_calm(
    curves: Any, training: Any, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_of(training, 20_000)
    qtbot.waitUntil(lambda: curves.sheet.isVisible() and not curves.rounds.is_waiting)
    row, drawn_to = curves.rows["loss"], []
    before = row.values["loss"]
    draw = row.draw
    monkeypatch.setattr(row, "draw", lambda history, *rest: (drawn_to.append(history.last_step), draw(history, *rest)))
    training.play_steps(20_001, 20_001)
    assert curves.rounds.is_waiting
    curves.rounds.frame_came.emit()  # waited for, the moment of calm may have come as well
    assert row.values["loss"] != before  # its words follow at once
    assert drawn_to == []
    qtbot.waitUntil(lambda: not curves.rounds.is_waiting)
    assert drawn_to == [20_001]


def test_a_regression_has_no_row_of_accuracy(curves: Any, training: Any) -> None:
    training.start_run()
    training.history.clear()
    from trainers.events import StepReport

    training.play(StepReport(9, 0, tuple((s, 1.0 / s) for s in range(1, 10)), 0.001, None, 900.0, {}))
    curves.redraw()
    assert curves.rows["loss"].isVisible()
    assert "accuracy" not in curves.rows or not curves.rows["accuracy"].isVisible()


def test_a_long_run_is_drawn_from_few_points(curves: Any, training: Any) -> None:
    training.start_run()
    training.play_steps(1, 100_000)
    curves.redraw()
    started = time.thread_time()
    curves.redraw()
    assert time.thread_time() - started < 1.0  # no clock decides here: the budget is 4 ms, see the benchmark
    x, _ = drawn(curves, "loss, every step")
    assert 100 < len(x) < 5000


@given(st.floats(1e-6, 1e9))
def test_round_up_is_near_and_above(value: float) -> None:
    assert value * (1 - 1e-9) <= round_up(value) <= value * 1.35


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(1, 8))
def test_ticks_lie_inside_and_are_few(low: float, span: float, most: int) -> None:
    found = ticks(low, low + span, most, False)
    assert len(found) <= most + 1
    assert all(low - 1e-3 * span <= at <= low + span * 1.001 for at, _ in found)


def test_numbers_at_the_axes_are_short() -> None:
    texts = [figure(v) for v in (0.0, 0.0005, 0.25, 120.0, 12_000.0, 1.5e6, 2.5e20)]
    assert texts == ["0", "0.0005", "0.25", "120", "12k", "1.5M", "2.5·10²⁰"]


def test_a_calm_range_stays_while_the_data_lie_inside() -> None:
    before = calm_range(0.1, 2.3, True, None)
    assert calm_range(0.1, 2.2, True, before) == before
    assert calm_range(0.1, 5.0, True, before) != before


def test_a_log_scale_leaves_the_time_axis_where_it_is(curves: Any, training: Any) -> None:
    run_of(training, 200)
    curves.redraw()
    curves.tools.log_button.click()
    curves.redraw()
    ranges = {tuple(row.plotItem.getViewBox().viewRange()[0]) for row in curves.rows.values() if row.isVisible()}
    assert len(ranges) == 1
    assert ranges.pop() == (0.0, curves.range.bounds[1])


def test_the_words_in_the_corner_give_way_to_the_newest_end_of_a_curve(curves: Any, training: Any) -> None:
    training.start_run()
    losses = tuple(
        (step, 0.1 if step < 700 else 3.0) for step in range(1, 1001)
    )  # at its highest where the words stand
    training.play(StepReport(1000, 0, losses, 0.001, 1.0, 5000.0, {}, tuple(0.5 for _ in losses)))
    curves.redraw()
    curves.redraw()  # the corner is chosen by the words that stand there
    row = curves.rows["loss"]
    curve = row.place_of(1000.0, 3.0)
    assert curve.y() < row.height() / 2 < row.reading.y(), "the words lie on the newest losses"
