"""The timing bench as a person uses it: move a spike, predict, run, look at where the rules part."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bench_hands import press, pressed_at, switch_to_free_play, wait
from learning_answers import PEAK_MV_PER_NS
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QPushButton
from pytestqt.qtbot import QtBot
from timing_hands import move, run

from app.panels.neuron.benches.timing.bench import SWEEP_S, TimingBench
from app.panels.neuron.benches.timing.curve import change_at, fit_curve
from app.panels.neuron.benches.timing.state import from_json
from app.panels.neuron.cell_hand import CellHand
from app.simulation.biology.spike_timing import BI_AND_POO, window
from app.widgets.plot_export import export


@pytest.fixture
def bench(learning_bench: Callable[..., TimingBench]) -> TimingBench:
    return learning_bench(TimingBench)


def figure_of(label: str) -> float:
    """The last number of a label, as a person reads it."""
    return float(re.findall(r"[+−]?\d+\.\d+", label)[-1].replace("−", "-"))


# --- the time line ----------------------------------------------------------------------------------------------------


def test_arrow_keys_move_a_spike_by_one_and_by_a_tenth(bench: TimingBench) -> None:
    switch_to_free_play(bench.box)
    move(bench, "post", 3)
    assert bench.state()["post_ms"] == 13.0
    move(bench, "post", -1, Qt.KeyboardModifier.ShiftModifier)
    assert bench.state()["post_ms"] == 12.9
    assert "12.9 ms" in bench.figures.line.handles["post"].accessibleName()
    assert "pre first" in bench.figures.line.handles["post"].accessibleDescription()


def test_a_spike_is_dragged_and_its_interval_stays_within_a_tenth_of_a_second(bench: TimingBench, context: Any) -> None:
    switch_to_free_play(bench.box)
    line = bench.figures.line
    handle = line.handles["post"]
    middle = QPoint(handle.width() // 2, handle.height() // 2)
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    target = handle.mapFrom(line, QPoint(round(line.x_of(-25.0)), 5))
    QTest.mouseMove(handle, QPoint(target.x(), middle.y()))
    target = handle.mapFrom(line, QPoint(round(line.x_of(-30.0)), 5))
    QTest.mouseMove(handle, QPoint(target.x(), middle.y()))
    assert bench.state()["post_ms"] == 10.0  # nothing is changed while the hand still holds it
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=middle)
    assert bench.state()["post_ms"] == pytest.approx(-30.0, abs=0.3)
    assert context.changes[-1][0] == "Move a spike"
    bench.apply({**bench.state(), "pre_ms": 60.0, "post_ms": -39.5})
    move(bench, "post", -3)
    assert bench.state()["post_ms"] == -40.0


# --- predicting -------------------------------------------------------------------------------------------------------


def test_nothing_that_answers_the_question_is_drawn_before_the_run(bench: TimingBench, qtbot: QtBot) -> None:
    plot = bench.figures.window_plot
    assert not bench.run_button.isEnabled()
    assert "rule" not in plot.curve_data()
    assert "Δw" not in bench.figures.formula.text()
    assert bench.act()  # Space does nothing either
    assert not bench.is_busy
    press(bench.box, "weaker")
    assert bench.run_button.isEnabled()
    assert "rule" not in plot.curve_data()
    run(bench, qtbot)
    assert "rule" in plot.curve_data()
    assert bench.box.verdict.text() == "You said: weaker. The synapse: stronger (Δw +0.364 nS)."


def test_moving_a_spike_before_the_run_asks_anew(bench: TimingBench, qtbot: QtBot) -> None:
    press(bench.box, "stronger")
    move(bench, "post", -20)
    assert bench.box.question.text() == "Post fires 10 ms before pre: will the synapse get stronger or weaker?"
    assert not bench.run_button.isEnabled()
    press(bench.box, "weaker")
    run(bench, qtbot)
    assert "The synapse: weaker" in bench.box.verdict.text()
    move(bench, "post", 5)  # what was said and what happened stay
    assert "before pre" in bench.box.question.text()
    assert "The synapse: weaker" in bench.box.verdict.text()
    assert bench.run_button.isEnabled()


def test_predicting_again_hides_the_curve_and_keeps_the_runs(bench: TimingBench, qtbot: QtBot) -> None:
    press(bench.box, "stronger")
    run(bench, qtbot)
    bench.box.again.click()
    assert not bench.run_button.isEnabled()
    assert "rule" not in bench.figures.window_plot.curve_data()
    assert len(bench.figures.window_plot.points) == 1


@pytest.mark.parametrize(("answer", "way"), [("stronger", 1.0), ("weaker", -1.0), ("no change", 0.0)])
def test_what_was_said_is_drawn_before_the_run_and_stays_beside_its_point(
    bench: TimingBench, qtbot: QtBot, answer: str, way: float
) -> None:
    plot = bench.figures.window_plot
    assert "your prediction" not in plot.curve_data()
    press(bench.box, answer)
    s, drawn = plot.curve_data()["your prediction"]
    assert float(np.mean(s)) == pytest.approx(bench.state()["asked_ms"])
    assert np.sign(drawn[-1]) == way
    assert plot.said.text == f"you: {answer}"
    run(bench, qtbot)
    assert np.sign(plot.curve_data()["your prediction"][1][-1]) == way
    assert plot.curve_data()["your runs"][0].tolist() == [bench.state()["asked_ms"]]
    bench.box.again.click()
    assert "your prediction" not in plot.curve_data()
    assert plot.said.text == ""


@pytest.mark.parametrize("name", ["paper", "projector"])
def test_no_button_moves_under_the_pointer(bench: TimingBench, qtbot: QtBot, name: str) -> None:
    bench.context.theme.set_name(name)
    side = bench.run_button.parentWidget()
    before = pressed_at(bench, side)
    press(bench.box, "no change")
    assert pressed_at(bench, side) == before
    run(bench, qtbot)
    assert pressed_at(bench, side) == before
    for rule in ("20 ms", "Triplets", "Exponential"):
        press(bench.card, rule)
        after = pressed_at(bench, side)
        assert {text: after[text] for text in before} == before, rule


# --- what a run shows -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("interval", [10.0, -10.0, 0.3, -77.7, 100.0])
def test_the_label_equals_the_formula(bench: TimingBench, interval: float) -> None:
    switch_to_free_play(bench.box)
    bench.apply({**bench.state(), "post_ms": interval, "pairs": 1})
    expected = 0.01 * math.exp(-interval / 20) if interval > 0 else -0.0105 * math.exp(interval / 20)
    said = bench.figures.formula.text()
    assert figure_of(said) == pytest.approx(expected, rel=5e-3)  # three digits
    assert len(re.findall(r"\d", said.rpartition("=")[2].replace(" nS", "").strip("+− ").lstrip("0."))) == 3


def test_a_run_of_one_pair_drops_its_point_on_the_curve(bench: TimingBench, qtbot: QtBot) -> None:
    switch_to_free_play(bench.box)
    press(bench.card, "1 pair")
    run(bench, qtbot)
    point = bench.figures.window_plot.points[0]
    assert point.interval_ms == 10.0
    assert point.dw == pytest.approx(0.01 * math.exp(-0.5), abs=1e-15)
    assert change_at(from_json(bench.state()), 10.0) == point.dw
    assert figure_of(bench.figures.heads["weight"].text()) == pytest.approx(point.dw, rel=5e-3)
    _, w = bench.figures.weight.curve_data()["w"]
    assert (w[0], w[-1]) == (1.0, pytest.approx(1.0 + point.dw))


def test_runs_of_one_and_of_sixty_pairs_do_not_share_an_axis(bench: TimingBench, qtbot: QtBot) -> None:
    switch_to_free_play(bench.box)
    run(bench, qtbot)
    press(bench.card, "1 pair")
    assert bench.figures.window_plot.points == []
    press(bench.card, "60 pairs")
    assert len(bench.figures.window_plot.points) == 1


def test_nearest_and_all_pairs_part_where_pairs_come_quickly(bench: TimingBench, qtbot: QtBot) -> None:
    switch_to_free_play(bench.box)
    bench.apply({**bench.state(), "frequency_Hz": 20.0})
    run(bench, qtbot)
    press(bench.card, "Nearest")
    run(bench, qtbot)
    every, nearest = (run.dw for run in bench.figures.window_plot.points)
    assert abs(every - nearest) > 0.01


def test_the_same_input_gives_a_larger_response_and_after_the_other_order_a_smaller_one(
    bench: TimingBench, qtbot: QtBot
) -> None:
    switch_to_free_play(bench.box)
    run(bench, qtbot)
    pulse = bench.figures.pulse
    assert bench.figures.heads["pulse"].text() == "The same input, a larger response"
    assert pulse.peak_mv("before") == pytest.approx(PEAK_MV_PER_NS, abs=1e-3)
    assert pulse.peak_mv("after") == pytest.approx(1.363918 * PEAK_MV_PER_NS, abs=1e-3)
    assert {"before", "after"} <= set(pulse.curve_data())
    move(bench, "post", -20)
    run(bench, qtbot)
    assert bench.figures.heads["pulse"].text() == "The same input, a smaller response"


def test_the_neuron_that_failed_fires_and_the_living_cell_gets_the_weights(
    bench: TimingBench, qtbot: QtBot, context: Any
) -> None:
    pushed: list[tuple[str, str, Any, Any]] = []
    hand = CellHand(context.session, lambda *change: pushed.append(change))
    object.__setattr__(context, "hand", hand)
    switch_to_free_play(bench.box)
    assert not bench.card.neuron.isEnabled()
    run(bench, qtbot)
    press(bench, "Run the neuron")
    wait(bench, qtbot)
    assert bench.figures.heads["neuron"].text() == "8 inputs: 1 nS fails, 1.36 nS fires"
    assert bench.figures.neuron.peak_mv("before") < -50 < 0 < bench.figures.neuron.peak_mv("after")
    before = context.session.plan
    press(bench, "Give to the cell")
    weights = context.session.plan.weights_nS
    assert weights[:8] == (bench.state()["runs"][-1]["weight_nS"],) * 8
    assert weights[8:] == before.weights_nS[8:]
    thing, _, was, now = pushed[-1]
    assert (thing, was, now) == ("plan.weights", before, context.session.plan)
    assert "8 inputs of the living cell have 1.36 nS" in bench.hint.text()


def test_the_neuron_follows_the_weight_and_its_inputs(bench: TimingBench, qtbot: QtBot) -> None:
    switch_to_free_play(bench.box)
    run(bench, qtbot)
    press(bench, "Run the neuron")
    wait(bench, qtbot)
    bench.card.inputs.field.setValue(5)
    wait(bench, qtbot)
    assert bench.figures.heads["neuron"].text() == "5 inputs: 1 nS fails, 1.36 nS fails"


def test_a_weight_stops_at_its_bound_and_says_so(bench: TimingBench, qtbot: QtBot) -> None:
    switch_to_free_play(bench.box)
    bench.apply({**bench.state(), "rule": "triplet_visual", "frequency_Hz": 50.0, "post_ms": 3.0})
    run(bench, qtbot)
    last = bench.state()["runs"][-1]
    assert last["dw"] > 1.0
    assert last["weight_nS"] == 2.0
    assert bench.figures.heads["weight"].text().endswith("held at 2 nS")


def test_a_line_passes_through_the_run_and_stands_still_with_reduced_motion(bench: TimingBench, qtbot: QtBot) -> None:
    switch_to_free_play(bench.box)
    run(bench, qtbot)
    assert bench.is_moving
    for _ in range(round(SWEEP_S * 60) + 1):
        bench.tick(1 / 60)
    assert not bench.is_moving
    bench.context.workspace.settings.change(reduced_motion=True)
    run(bench, qtbot)
    assert not bench.is_moving


# --- disagreements ----------------------------------------------------------------------------------------------------


def test_the_case_where_the_rules_part_is_one_press_away(bench: TimingBench) -> None:
    assert not bench.card.part.isEnabled()  # it would answer the question
    switch_to_free_play(bench.box)
    press(bench.card, "Rules disagree")
    assert bench.state()["post_ms"] - bench.state()["pre_ms"] == 40.0
    assert bench.figures.disagreement.text() == ("Beyond 20 ms the rules part: exponential +0.00135 a pair, window 0.")


def test_coincidence_says_stronger_where_order_says_weaker(bench: TimingBench) -> None:
    switch_to_free_play(bench.box)
    press(bench.card, "Hebb disagrees")
    assert bench.card.hebb.isChecked()
    assert "says stronger, order says weaker" in bench.figures.disagreement.text()
    curves = bench.figures.window_plot.curve_data()
    s, hebb = curves["hebb"]
    rule = curves["rule"][1]
    assert np.array_equal(hebb[s > 0], rule[s > 0])
    assert np.array_equal(hebb, hebb[::-1])
    assert (hebb[s < 0] > 0).all()
    assert (rule[s < 0] < 0).all()


def test_the_fit_of_the_experiment_is_drawn_when_it_is_wanted(bench: TimingBench) -> None:
    switch_to_free_play(bench.box)
    assert "fit" not in bench.figures.window_plot.curve_data()
    bench.card.fit.click()
    s, fit = bench.figures.window_plot.curve_data()["fit"]
    assert np.allclose(fit, window(BI_AND_POO, s))
    assert np.allclose(fit_curve(1)[1] * 60, fit_curve(60)[1])


def test_the_plot_is_saved_with_the_runs(bench: TimingBench, qtbot: QtBot, tmp_path: Path) -> None:
    switch_to_free_play(bench.box)
    run(bench, qtbot)
    for kind in ("png", "svg", "csv"):
        export(bench.figures.window_plot, tmp_path / f"window.{kind}")
    rows = (tmp_path / "window.csv").read_text().splitlines()
    assert rows[0] == "curve,s = post − pre (ms),value"
    assert any(row.startswith("your runs,10.0,0.3639183958") for row in rows)


@pytest.mark.parametrize("theme_name", ["paper", "projector"])
def test_where_the_panel_is_low_one_plot_at_a_time_stands_beside_the_window(
    bench: TimingBench, qtbot: QtBot, theme_name: str
) -> None:
    bench.context.theme.set_name(theme_name)
    bench.resize(1240, 601)
    qtbot.waitUntil(lambda: bench.figures.front.isVisible() == (theme_name == "projector"))
    shown = [name for name, cell in bench.figures._cells.items() if cell.isVisible()]
    if theme_name == "paper":
        assert shown == ["window", "weight", "pulse", "neuron"]
    else:
        assert shown == ["window", "weight"]
        press(bench.figures.front, "Neuron")
        assert [name for name, cell in bench.figures._cells.items() if cell.isVisible()] == ["window", "neuron"]


def test_every_control_says_what_it_does(bench: TimingBench) -> None:
    controls = [*bench.findChildren(QPushButton), *bench.figures.line.handles.values(), bench.card.fit, bench.card.hebb]
    for control in controls:
        assert control.toolTip(), control.accessibleName() or control
        assert control.accessibleName() or (isinstance(control, QAbstractButton) and control.text())
