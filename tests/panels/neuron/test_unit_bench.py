from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np
import pytest
from bench_hands import open_bench, type_in
from hypothesis import given
from hypothesis import strategies as st
from modelled_cell import bring_models
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.neuron_session import NeuronSession
from app.panel import StateError
from app.panels.neuron.benches.unit.bench import UnitBench
from app.panels.neuron.benches.unit.curve import fitted_relu, fitted_sigmoid
from app.panels.neuron.benches.unit.logic import (
    CELL_MS,
    UNIT_NS,
    UnitState,
    cell_options,
    demand,
    is_met,
    output,
    row_x,
    rows,
    sites,
    stage_plan,
    weighted_sum,
)
from app.panels.neuron.benches.unit.turning import MORPH_SECONDS
from app.panels.neuron.benches.unit.words import cell_text
from app.simulation.biology.stage import StagePlan

pytestmark = pytest.mark.xdist_group("biology")

GATES = {
    "and": {"w1": 1.0, "w2": 1.0, "bias": -1.5},
    "or": {"w1": 1.0, "w2": 1.0, "bias": -0.5},
    "not": {"w1": -1.0, "w2": 0.0, "bias": 0.5},
}


@pytest.fixture
def bench(
    context: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, session: NeuronSession, settle: Callable[..., None]
) -> Iterator[UnitBench]:
    bring_models(monkeypatch)
    bench = open_bench(UnitBench, context, qtbot)
    settle(session)
    yield bench
    bench.close_bench()


def turn(bench: UnitBench, goal: str, **numbers: float) -> None:
    QTest.mouseClick(bench.page.controls.goal.button(goal), Qt.MouseButton.LeftButton)
    for name, number in numbers.items():
        type_in(getattr(bench.page.controls, name).field, number)


def predict(bench: UnitBench, number: int) -> None:
    type_in(bench.page.box.field, number)


def texts(bench: UnitBench, cell: str) -> list[str]:
    return [item.toPlainText() for item, _ in bench.page.curves[cell]._texts]


@pytest.mark.parametrize("goal", list(GATES))
def test_a_gate_is_set_by_hand_and_the_cell_does_the_same(
    bench: UnitBench, goal: str, session: NeuronSession, settle: Callable[..., None]
) -> None:
    predict(bench, 3)
    turn(bench, goal, w1=0.0, w2=0.0, bias=-0.1)
    assert bench.page.message.text().startswith(f"Not yet {goal.upper()}")
    turn(bench, goal, **GATES[goal])
    assert bench.page.message.text() == f"It is {goal.upper()}."
    assert bench.page.controls.goal.button(goal).text() == f"{goal.upper()} ✓"
    assert "not met" not in bench.page.table.accessibleName()
    QTest.mouseClick(bench.page.run_button, Qt.MouseButton.LeftButton)
    settle(session)
    assert bench.page.cell_message.text() == "The living cell, with the same weights as synapses, does the same."


def test_the_cell_waits_for_a_prediction(bench: UnitBench) -> None:
    assert not bench.page.run_button.isEnabled()
    assert bench.page.cell_message.text() == "Predict first: then ask the living cell."
    turn(bench, "xor")
    assert bench.page.message.text() == "XOR: predict first, then see."


def test_xor_is_shown_to_be_impossible(bench: UnitBench) -> None:
    predict(bench, 4)
    turn(bench, "xor", w1=1.0, w2=1.0, bias=-0.5)
    assert bench.page.message.text().startswith("XOR: no single line")
    assert bench.page.box.verdict.text() == "You said: 4. One unit: 3, all but XOR."
    assert bench.page.table.accessibleName().count("not met") == 1


def test_other_weights_forget_what_the_cell_said(
    bench: UnitBench, session: NeuronSession, settle: Callable[..., None]
) -> None:
    bench.page.box.switch.click()
    turn(bench, "or", **GATES["or"])
    QTest.mouseClick(bench.page.run_button, Qt.MouseButton.LeftButton)
    settle(session)
    type_in(bench.page.controls.bias.field, -0.4)
    assert bench.page.cell_message.text() == "The living cell has not been asked with these weights."


def test_inputs_are_clicked_and_dragged(bench: UnitBench) -> None:
    drawing, square = bench.page.drawing, bench.page.square
    assert bench.state()["x1"] == 1.0
    QTest.mouseClick(drawing, Qt.MouseButton.LeftButton, pos=drawing.input_place(0).toPoint())
    QTest.mouseClick(drawing, Qt.MouseButton.LeftButton, pos=drawing.input_place(2).toPoint())
    assert (bench.state()["x1"], bench.state()["x3"]) == (0.0, 1.0)
    QTest.mousePress(square, Qt.MouseButton.LeftButton, pos=square.place_of(0.2, 0.2).toPoint())
    QTest.mouseMove(square, square.place_of(0.75, 0.5).toPoint())
    QTest.mouseRelease(square, Qt.MouseButton.LeftButton, pos=square.place_of(0.75, 0.5).toPoint())
    assert bench.state()["x1"] == pytest.approx(0.75, abs=0.01)
    assert bench.state()["x2"] == pytest.approx(0.5, abs=0.01)
    QTest.mousePress(square, Qt.MouseButton.LeftButton, pos=square.place_of(0.5, 0.5).toPoint())
    QTest.mouseMove(square, QPoint(square.width() + 200, -200))
    QTest.mouseRelease(square, Qt.MouseButton.LeftButton)
    assert (bench.state()["x1"], bench.state()["x2"]) == (1.0, 1.0)


def test_the_cell_turns_into_a_unit_by_the_clock(bench: UnitBench, context: Any) -> None:
    before = bench.page.drawing.grab().toImage()
    assert not bench.is_moving
    assert bench.act()
    bench.tick(MORPH_SECONDS / 2)
    assert bench.page.drawing.morph == pytest.approx(0.5)
    assert bench.page.morph_slider.value() == 50
    bench.tick(MORPH_SECONDS)
    assert bench.page.drawing.morph == 1.0
    assert not bench.is_moving
    assert bench.page.morph_button.text() == "Back to the cell"
    assert bench.page.drawing.grab().toImage() != before
    assert [text for text, _, _ in context.changes] == ["Turn the cell into a unit"]
    bench.apply(context.changes[0][1])
    assert bench.page.drawing.grab().toImage() == before


def test_with_reduced_motion_it_is_there_at_once(bench: UnitBench, context: Any) -> None:
    context.workspace.settings.change(reduced_motion=True)
    QTest.mouseClick(bench.page.morph_button, Qt.MouseButton.LeftButton)
    assert bench.page.drawing.morph == 1.0
    assert not bench.is_moving


def test_the_square_is_coloured_up_to_the_line_itself(bench: UnitBench) -> None:
    turn(bench, "and", **GATES["and"])
    square = bench.page.square
    assert np.array(sorted(square.ones())) == pytest.approx(np.array([(0.25, 1.25), (1.25, 0.25), (1.25, 1.25)]))
    picture = square.grab().toImage()
    inside, outside = (picture.pixelColor(square.place_of(x, x).toPoint()).rgb() for x in (0.85, 0.65))
    assert (inside, outside) == (square.tone(1.0).rgb(), square.tone(0.0).rgb())


def test_words_on_the_curve_do_not_lie_on_one_another(bench: UnitBench) -> None:
    plot = bench.page.curves["hh"]
    plot.resize(430, 190)
    boxes = [plot._box(item) for item, _ in plot._texts]
    assert len(boxes) == 4
    for number, (left, bottom, right, top) in enumerate(boxes):
        for other in boxes[number + 1 :]:
            assert right <= other[0] or other[2] <= left or top <= other[1] + 1e-6 or other[3] <= bottom + 1e-6


def test_where_the_cell_differs_from_relu_is_named(
    bench: UnitBench, session: NeuronSession, settle: Callable[..., None]
) -> None:
    marks = " | ".join(texts(bench, "hh"))
    assert "jump at the rheobase: 0 to 55 Hz (type II)" in marks
    assert "depolarisation block above 6" in marks
    QTest.mouseClick(bench.page.curve_choice.button("lif"), Qt.MouseButton.LeftButton)
    settle(session)
    marks = " | ".join(texts(bench, "lif"))
    assert "ceiling 1/t_ref = 500 Hz" in marks
    assert "no jump at 1.5" in marks
    assert "block" not in marks


def test_states_go_round_and_wrong_ones_are_refused(bench: UnitBench, context: Any) -> None:
    turn(bench, "not", **GATES["not"])
    after = bench.state()
    assert after["met"] == ("not",) or after["met"] == ["not"]
    bench.apply(context.changes[0][1])
    assert bench.page.controls.goal.choice == "and"
    bench.apply(msgspec.json.decode(msgspec.json.encode(after)))
    assert bench.state() == after
    with pytest.raises(StateError) as refusal:
        bench.apply({**after, "w1": 9.0, "goal": "or"})
    assert refusal.value.key == "w1"
    assert bench.state() == after


def test_what_a_fresh_worker_owes_is_asked_again(
    context: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, session: NeuronSession, settle: Callable[..., None]
) -> None:
    bring_models(monkeypatch)
    bench = UnitBench(context)
    qtbot.addWidget(bench)
    bench.set_shown(True)
    session.restart()
    settle(session)
    qtbot.waitUntil(lambda: not bench.is_busy)
    assert "ReLU" in " ".join(texts(bench, "hh"))
    bench.close_bench()


def test_reset(bench: UnitBench) -> None:
    turn(bench, "or", **GATES["or"])
    QTest.mouseClick(bench.page.reset_button, Qt.MouseButton.LeftButton)
    assert bench.state() == msgspec.to_builtins(UnitState())


tenths = st.integers(-20, 20).map(lambda value: value / 10)


@given(w1=tenths, w2=tenths, bias=st.integers(-30, 30).map(lambda value: value / 10), x3=st.sampled_from([0.0, 1.0]))
def test_no_weights_make_xor(w1: float, w2: float, bias: float, x3: float) -> None:
    for activation in ("step", "relu", "sigmoid"):
        assert not is_met(UnitState(w1=w1, w2=w2, w3=0.7, bias=bias, x3=x3, goal="xor", activation=activation))


def test_the_unit_computes() -> None:
    state = UnitState(w1=0.1, w2=0.2, bias=-0.3, x1=1.0, x2=1.0)
    assert weighted_sum(state, state.x) == 0.0
    assert output("step", 0.0) == 1.0
    assert output("relu", -1.0) == 0.0
    assert output("relu", 1.5) == 1.5
    assert output("sigmoid", 0.0) == 0.5
    assert [demand(UnitState(goal="xor"), row) for row in rows(UnitState(goal="xor"))] == [
        "b < 0",
        "w₂+b ≥ 0",
        "w₁+b ≥ 0",
        "w₁+w₂+b < 0",
    ]


def test_weights_become_synapses() -> None:
    options = cell_options(UnitState(w1=1.0, w2=-0.5, bias=-1.5), (1.0, 1.0, 1.0), StagePlan())
    assert sum(event[2] for event in options["excitation"]) == pytest.approx(UNIT_NS)
    assert len(options["inhibition"]) == 4
    assert all(inhibition[1] < 5.0 for inhibition in options["inhibition"])
    assert cell_options(UnitState(bias=-1.5), row_x(UnitState(), (0, 0)), StagePlan())["excitation"] == []


def test_what_is_laid_over_the_curve_is_fitted_to_it() -> None:
    current = np.linspace(0.0, 10.0, 101)
    slope, start = fitted_relu(current, 3.0 * np.maximum(current - 2.0, 0.0))
    assert (slope, start) == (pytest.approx(3.0), pytest.approx(2.0))
    height, middle, width = fitted_sigmoid(current, 100.0 / (1.0 + np.exp(-(current - 3.0) / 0.5)))
    assert (height, middle) == (pytest.approx(100.0, rel=0.02), pytest.approx(3.0, abs=0.2))
    assert width == pytest.approx(0.5, rel=0.2)


def test_how_many_gates_were_said_is_drawn_under_them_and_stays(bench: UnitBench) -> None:
    said = bench.page.controls.said
    assert not said.isVisible()
    predict(bench, 2)
    assert said.isVisible()
    assert (said.text, said.share()) == ("you: 2 of 4", 0.5)
    turn(bench, "and", **GATES["and"])
    turn(bench, "xor")
    assert bench.page.box.verdict.text() == "You said: 2. One unit: 3, all but XOR."
    assert said.text == "you: 2 of 4"
    bench.page.box.again.click()
    assert not said.isVisible()


def test_on_stage_silent_inputs_wait_with_their_weight() -> None:
    state, own = UnitState(w1=1.0, w2=-0.5, bias=-1.0), StagePlan(sodium=0.5, release="quantal")
    plan = stage_plan(state, (1.0, 0.0, 0.0), own)
    assert (plan.sodium, plan.release) == (0.5, "reliable")
    assert sum(plan.weights_nS[place] for place in sites(0)) == pytest.approx(UNIT_NS)
    assert {plan.receptors[place] for place in sites(1)} == {"gaba_a"}
    assert all(plan.weights_nS[place] > 0.0 for place in sites(1))
    assert len({place for group in range(4) for place in sites(group)}) == 16


def test_the_inputs_are_fired_in_the_cell_on_stage(
    bench: UnitBench, session: NeuronSession, settle: Callable[..., None]
) -> None:
    """Turn the clock until the cell has answered: what is drawn is that cell, and it has its synapses back afterwards."""
    own = session.plan
    still = bench.page.drawing.grab().toImage()
    bench.page.box.switch.click()
    turn(bench, "or", **GATES["or"])
    bench.page.fire_button.click()
    settle(session)
    assert session.plan == stage_plan(UnitState(**GATES["or"]), (1.0, 0.0, 0.0), own)
    while session.clock.is_playing:
        session.advance(0.5)
        settle(session)
        assert session.shown_ms < CELL_MS + 10.0
    assert session.recording is not None
    peak = next(spike.time_ms for spike in session.recording.spikes if spike.place == "soma") + 0.2
    session.show_moment(peak)
    assert bench.page.drawing.scene.soma_mv > 0.0
    assert bench.page.cell_message.text() == "x = (1, 0, 0): it fires."
    assert bench.page.drawing.grab().toImage() != still
    assert not bench.is_moving
    QTest.mouseClick(bench.page.run_button, Qt.MouseButton.LeftButton)
    bench.page.fire_button.click()
    settle(session)
    assert "does the same" in bench.page.cell_message.text()  # of all rows, though one is on its way again
    bench.set_shown(False)
    assert session.plan == own


def test_another_condition_of_the_cell_is_another_answer(
    bench: UnitBench, session: NeuronSession, settle: Callable[..., None]
) -> None:
    bench.page.box.switch.click()
    turn(bench, "or", **GATES["or"])
    QTest.mouseClick(bench.page.run_button, Qt.MouseButton.LeftButton)
    settle(session)
    assert "does the same" in bench.page.cell_message.text()
    numb = msgspec.structs.replace(session.plan, sodium=0.0)
    session.change(numb)
    assert "has not been asked" in bench.page.cell_message.text()
    state = UnitState(**GATES["or"], goal="or")
    assert cell_options(state, (1.0, 1.0, 0.0), numb)["sodium"] == 0.0
    silent = dict.fromkeys(rows(state), False)
    assert cell_text(state, silent, is_asked=False, is_ready=True, is_healthy=False) == (
        "The living cell differs at (0, 1), (1, 0), (1, 1): its condition was changed (Cell)."
    )
