"""The Hebb bench: what three rules say of two cells, at the moment shown. The rules are the real ones, run in this process."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from bench_hands import refused_key
from bench_models import Changes, ModelSession
from hebb_hands import answer, opened, play, put, verdicts
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QPushButton
from pytestqt.qtbot import QtBot

from app.panels.neuron.bench import BenchContext
from app.panels.neuron.benches.hebb.bench import HebbBench
from app.panels.neuron.benches.hebb.state import DURATION, MOMENTS


@pytest.fixture
def bench(model_context: BenchContext, model_session: ModelSession, qtbot: QtBot) -> Iterator[HebbBench]:
    yield from opened(model_context, model_session, qtbot)


def test_hebb_strengthens_cells_that_fire_without_regard_to_each_other(bench: HebbBench) -> None:
    answer(bench, "unchanged")
    play(bench)
    assert bench.box.verdict_text == "You said: unchanged. The rule: stronger."
    assert verdicts(bench) == ["stronger, and no end to it", "unchanged", "weaker, and settles"]
    assert bench.stage.play_row.label.text() == "10.00 of 10 s"


@pytest.mark.parametrize(("place", "covariance", "weight"), [(2, "stronger", 1.675), (0, "weaker", 0.325)])
def test_the_covariance_rule_follows_how_they_fire(
    bench: HebbBench, model_session: ModelSession, place: int, covariance: str, weight: float
) -> None:
    bench.box.switch.click()
    bench.controls.places[place].click()
    model_session.answer()
    play(bench)
    assert verdicts(bench)[1] == covariance
    assert bench.stage.columns[1].plot.path is not None
    assert bench.stage.columns[1].plot.path.at(DURATION)[0] == pytest.approx(weight)  # 1 + eta c sd^2 t


def test_nothing_runs_before_a_prediction(bench: HebbBench) -> None:
    bench.act()
    bench.tick(1.0)
    assert bench.state()["shown"] == 0.0
    assert bench.message.text() == "Say first what you expect; then Play is free."
    assert not bench.stage.play_row.play_button.isEnabled()
    bench.box.switch.click()
    assert bench.stage.play_row.play_button.isEnabled()


def test_two_inputs_run_away_settle_on_the_axis_and_select(bench: HebbBench, model_session: ModelSession) -> None:
    bench.controls.view.button("inputs").click()
    model_session.answer()
    answer(bench, "they grow without end")
    play(bench)
    hebb, oja, bcm = verdicts(bench)
    assert hebb.startswith("runs away: × ")
    assert oja == "settled on the main axis"
    assert bcm == "prefers pattern 1"
    assert bench.stage.columns[0].plot.is_log
    assert bench.box.verdict_text == "You said: they grow without end. The rule: they settle on the long axis."
    path = bench.stage.paths["oja"]
    assert np.allclose(path.at(DURATION), np.array([1.0, 1.0]) / np.sqrt(2), atol=1e-4)


def test_curves_end_where_the_clock_stands(bench: HebbBench, model_session: ModelSession) -> None:
    put(bench, model_session, view="inputs", rule="oja", prediction={"first": False}, shown=4.0)
    plot = bench.stage.columns[1].plot
    times, weights = plot.curve_data()["w₁"]
    assert times[-1] == pytest.approx(4.0)
    assert weights[-1] == pytest.approx(bench.stage.paths["oja"].at(4.0)[0])
    assert plot.reading(6.0, 0.0) == ""
    assert plot.reading(2.0, 0.0).startswith("2.00   w₁ ")


def test_what_fires_is_what_the_sampled_rule_learns_from(bench: HebbBench, model_session: ModelSession) -> None:
    """The bars are the very inputs: Oja's rule put on them by hand gives the curve."""
    put(
        bench,
        model_session,
        view="inputs",
        rule="oja",
        way="sampled",
        seed=3,
        prediction={"first": False},
        shown=DURATION,
    )
    w, rate = np.array([0.35, 0.05]), DURATION / MOMENTS
    for x in bench.stage.firing.firing.bars:
        y = float(w @ x)
        w = w + rate * y * (x - y * w)
    assert np.allclose(bench.stage.paths["oja"].at(DURATION), w, atol=1e-12)
    assert bench.stage.firing.firing.weights == pytest.approx(tuple(w))


def test_the_start_is_dragged_in_the_cloud_and_undone(
    bench: HebbBench, model_session: ModelSession, changes: Changes
) -> None:
    put(
        bench,
        model_session,
        view="inputs",
        rule="oja",
        inputs_correlation=-0.9,
        prediction={"first": False},
        shown=DURATION,
    )
    before = bench.state()
    assert bench.stage.paths["oja"].at(DURATION)[0] > 0
    cloud = bench.stage.cloud
    press, target = cloud.place_of(0.35, 0.05).toPoint(), cloud.place_of(-0.8, 0.6).toPoint()
    QTest.mousePress(cloud.viewport(), Qt.MouseButton.LeftButton, pos=press)
    QTest.mouseMove(cloud.viewport(), QPoint((press + target) / 2))
    QTest.mouseMove(cloud.viewport(), target)
    QTest.mouseRelease(cloud.viewport(), Qt.MouseButton.LeftButton, pos=target)
    model_session.answer()
    state = bench.state()
    assert (state["start_1"], state["start_2"]) == (pytest.approx(-0.8, abs=0.03), pytest.approx(0.6, abs=0.03))
    assert bench.stage.paths["oja"].at(DURATION)[0] < 0, "the axis is the same, the way along it is not"
    text, undo, redo = changes[-1]
    assert text == "Move the weights at the start"
    assert undo == before
    assert redo == state


def test_arrow_keys_move_the_start(bench: HebbBench, model_session: ModelSession, changes: Changes) -> None:
    put(bench, model_session, view="inputs", rule="oja", prediction={"first": False})
    QTest.keyClick(bench.stage.cloud, Qt.Key.Key_Left)
    QTest.keyClick(bench.stage.cloud, Qt.Key.Key_Up)
    assert (bench.state()["start_1"], bench.state()["start_2"]) == (0.3, 0.1)
    assert len(changes) == 2


def test_a_change_of_the_question_takes_the_prediction_back(bench: HebbBench, model_session: ModelSession) -> None:
    answer(bench, "weaker")
    bench.controls.places[2].click()
    assert bench.box.question.text().startswith("Two cells fire together.")
    assert not bench.box.is_answered
    assert not bench.stage.play_row.play_button.isEnabled()


def test_undo_brings_the_prediction_and_its_answer_back(
    bench: HebbBench, model_session: ModelSession, changes: Changes
) -> None:
    answer(bench, "stronger")
    play(bench)
    bench.controls.places[0].click()
    model_session.answer()
    text, before, after = changes[-1]
    assert text == "Change the correlation"
    assert after["pair_correlation"] == -0.9
    assert bench.box.verdict_text == "You said: stronger. The rule: stronger."
    bench.apply(before)
    model_session.answer()
    assert bench.state() == before
    assert verdicts(bench)[1] == "unchanged"
    assert bench.box.verdict_text == "You said: stronger. The rule: stronger."


def test_only_the_newest_question_is_shown(bench: HebbBench, model_session: ModelSession) -> None:
    bench.box.switch.click()
    for value in (0.2, 0.5, 0.7):
        bench.controls.correlation.set_value(value)
        bench.controls.changed.emit()
    assert len(model_session.calls) == 3, "a dragged slider does not pile questions up"
    model_session.answer()
    path = bench.stage.columns[1].plot.path
    assert path is not None
    assert path.correlation == 0.7


def test_a_refusal_is_said_and_the_next_question_goes_through(bench: HebbBench, model_session: ModelSession) -> None:
    bench.controls.places[2].click()
    model_session.refuse("The cell's process was killed.")
    assert bench.message.text() == "The cell's process was killed."
    model_session.state_changed.emit("ready")
    assert len(model_session.calls) == 3, "a fresh worker is asked again by itself"
    bench.controls.places[0].click()
    model_session.answer()
    assert bench.message.text() == ""


def test_reduced_motion_is_at_the_end_at_once(bench: HebbBench) -> None:
    bench.context.workspace.settings.change(reduced_motion=True)
    answer(bench, "stronger")
    bench.act()
    assert bench.state()["shown"] == DURATION
    assert not bench.is_moving


def test_a_hidden_bench_stands_still(bench: HebbBench, model_session: ModelSession) -> None:
    bench.box.switch.click()
    bench.act()
    assert bench.is_moving
    bench.set_shown(False)
    assert not bench.is_moving
    bench.controls.places[0].click()
    assert not model_session.calls


NONSENSE: list[tuple[str, object]] = [
    ("pair_correlation", 1.5),
    ("start_1", float("nan")),
    ("rule", "bcm"),
    ("shown", -1.0),
    ("view", "three"),
    ("x", 1),
]


def test_nonsense_is_refused_whole(bench: HebbBench) -> None:
    for key, value in NONSENSE:
        assert refused_key(bench, seed=7, **{key: value}) == key


def test_reset_is_one_step_back_to_calm(bench: HebbBench, model_session: ModelSession, changes: Changes) -> None:
    answer(bench, "stronger")
    play(bench)
    bench.controls.places[0].click()
    before = bench.state()
    bench.card.reset_button.click()
    model_session.answer()
    assert bench.state()["pair_correlation"] == 0.0
    assert bench.state()["shown"] == 0.0
    assert bench.state()["answer"] is None
    assert changes[-1][0] == "Reset the Hebb bench"
    assert changes[-1][1] == {**before, "shown": 0.0}


def test_a_clicked_answer_leaves_space_to_the_clock(bench: HebbBench, qtbot: QtBot) -> None:
    with qtbot.waitActive(bench):
        bench.activateWindow()
    bench.setFocus()
    button = next(b for b in bench.box.findChildren(QPushButton) if b.accessibleName() == "Predict: weaker")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.hasFocus()
    assert all(
        not b.focusPolicy() & Qt.FocusPolicy.ClickFocus for b in bench.findChildren(QAbstractButton) if b.isVisible()
    )
