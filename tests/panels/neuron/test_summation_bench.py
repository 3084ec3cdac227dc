from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np
import pytest
from bench_hands import open_bench, type_in
from modelled_cell import bring_models
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.neuron_session import NeuronSession
from app.panel import StateError
from app.panels.neuron.benches.summation import plan as summation_plan
from app.panels.neuron.benches.summation.bench import SummationBench
from app.panels.neuron.benches.summation.plan import TRIALS, SummationState
from app.simulation.biology.stage import CallModel, Fire, StagePlan

pytestmark = pytest.mark.xdist_group("biology")


@pytest.fixture
def bench(context: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[SummationBench]:
    bring_models(monkeypatch)
    bench = open_bench(SummationBench, context, qtbot, width=345)
    yield bench
    bench.close_bench()


@pytest.fixture
def run(bench: SummationBench, session: NeuronSession, settle: Callable[[NeuronSession], None]) -> Callable[..., None]:
    """run(inputs, ms=60): set the slider as a person does, press Run, let so much biology pass."""

    def act(inputs: int, ms: float = 60.0) -> None:
        type_in(bench.controls.inputs.field, inputs)
        QTest.mouseClick(bench.run_button, Qt.MouseButton.LeftButton)
        settle(session)
        session.clock.has_slow_motion = False
        session.clock.set_speed(200.0)
        session.advance(ms / 200.0)
        settle(session)

    return act


def predict(bench: SummationBench, number: int) -> None:
    type_in(bench.box.field, number)


def test_run_waits_for_a_prediction(bench: SummationBench, line: Any) -> None:
    assert not bench.run_button.isEnabled()
    assert bench.hint.isVisible()
    assert bench.hint.text() == "Predict first: then Run."
    QTest.mouseClick(bench.run_button, Qt.MouseButton.LeftButton)
    assert not line.sent
    predict(bench, 8)
    assert bench.run_button.isEnabled()
    assert bench.run_button.text() == "Run: fire 8 inputs"


def test_nine_do_not_and_ten_do(bench: SummationBench, run: Callable[..., None]) -> None:
    predict(bench, 8)
    run(9)
    assert bench.counter.text() == "9 inputs: no. Try more."
    assert bench.hint.text().startswith("It does not fire")
    assert bench.box.verdict.text() == "You said: 8. Now run it."
    run(10)
    assert bench.counter.text() == "9 inputs: no, 10: fires."
    assert bench.hint.text().startswith("It fires")
    assert bench.box.verdict.text() == "You said: 8. The cell: 10."
    assert bench.line.accessibleName() == "Runs: 9 did not fire, 10 fired"


def test_twice_the_weight_needs_half_the_inputs(bench: SummationBench, run: Callable[..., None]) -> None:
    bench.box.switch.click()
    QTest.mouseClick(bench.controls.weight.button("2"), Qt.MouseButton.LeftButton)
    run(4)
    run(5)
    assert bench.counter.text() == "4 inputs: no, 5: fires."
    QTest.mouseClick(bench.controls.weight.button("1"), Qt.MouseButton.LeftButton)
    assert bench.counter.text() == "No outcome yet."


def test_spread_out_twenty_are_not_enough(bench: SummationBench, run: Callable[..., None]) -> None:
    bench.box.switch.click()
    bench.controls.spread.field.setValue(20.0)
    run(20, ms=80.0)
    assert bench.counter.text() == "20 inputs: no, not even so."


def test_both_sums_are_drawn(bench: SummationBench, run: Callable[..., None]) -> None:
    bench.box.switch.click()
    run(6)
    curves = bench.plot.curve_data()
    times, linear = curves["sum of each alone"]
    assert linear.max() == pytest.approx(6 * 0.66, abs=0.2)
    assert curves["real sum"][1].max() == pytest.approx(bench.plot.peak_mv)
    assert "linear" in bench.plot.reading(float(times[len(times) // 3]), 0.0)
    before = curves["real sum"]
    run(7)
    ghost = bench.plot.curve_data()["earlier run 1"]
    assert (ghost[1] == before[1]).all()


def test_what_else_acts_on_the_cell_spoils_the_run(
    bench: SummationBench, session: NeuronSession, settle: Callable[[NeuronSession], None]
) -> None:
    bench.box.switch.click()
    QTest.mouseClick(bench.run_button, Qt.MouseButton.LeftButton)
    settle(session)
    session.fire((29,))
    session.clock.has_slow_motion = False
    session.clock.set_speed(200.0)
    session.advance(0.4)
    settle(session)
    assert bench.counter.text() == "No outcome yet."
    assert bench.hint.text() == "Something else acted on the cell as well: this run does not count."


def test_a_run_in_whose_middle_the_cell_is_changed_does_not_count(
    bench: SummationBench, session: NeuronSession, settle: Callable[[NeuronSession], None]
) -> None:
    bench.box.switch.click()
    QTest.mouseClick(bench.run_button, Qt.MouseButton.LeftButton)
    settle(session)
    session.clock.has_slow_motion = False
    session.clock.set_speed(200.0)
    session.advance(0.05)
    settle(session)
    session.change(msgspec.structs.replace(session.plan, sodium=0.5))
    session.advance(0.3)
    settle(session)
    assert bench.state()["runs"] == ()
    assert bench.hint.text() == "Something else acted on the cell as well: this run does not count."


def test_a_sweep_is_kept_under_the_cell_that_it_was_asked_for(
    bench: SummationBench, session: NeuronSession, settle: Callable[[NeuronSession], None]
) -> None:
    bench.box.switch.click()
    QTest.mouseClick(bench.sweep_button, Qt.MouseButton.LeftButton)
    session.change(msgspec.structs.replace(session.plan, sodium=0.5))  # before one answer has come
    settle(session)
    runs = bench.state()["runs"]
    assert len(runs) == 20
    assert {run["condition"]["sodium"] for run in runs} == {1.0}
    assert bench.counter.text() == "No outcome yet."
    session.change(msgspec.structs.replace(session.plan, sodium=1.0))
    assert bench.counter.text() == "9 inputs: no, 10: fires."


def test_the_counter_is_that_of_the_cell_as_it_is_now(
    bench: SummationBench, session: NeuronSession, run: Callable[..., None]
) -> None:
    bench.box.switch.click()
    run(9)
    whole = session.plan
    session.change(msgspec.structs.replace(whole, sodium=0.5))
    assert bench.counter.text() == "No outcome yet."
    assert bench.line.accessibleName() == "Runs: none"
    session.change(whole)  # as undo does
    assert bench.counter.text() == "9 inputs: no. Try more."
    assert bench.line.accessibleName() == "Runs: 9 did not fire"


def test_going_back_in_mid_run_leaves_it(
    bench: SummationBench, session: NeuronSession, settle: Callable[[NeuronSession], None]
) -> None:
    bench.box.switch.click()
    QTest.mouseClick(bench.run_button, Qt.MouseButton.LeftButton)
    settle(session)
    session.clock.set_speed(200.0)
    session.advance(0.05)
    settle(session)
    session.step(-4.0)
    session.fire((3,))
    settle(session)
    assert bench.hint.text() == "The run was left for another: press Run for a whole one."


def test_inhibition_is_fired_first_and_leaves_with_the_bench(
    bench: SummationBench, run: Callable[..., None], line: Any, session: NeuronSession
) -> None:
    bench.box.switch.click()
    QTest.mouseClick(bench.controls.inhibition.button("near"), Qt.MouseButton.LeftButton)
    run(5)
    fired = [command for command in line.sent if isinstance(command, Fire)]
    assert [command.inputs for command in fired] == [(0, 1, 2, 3, 4), (5, 6, 7, 8, 9)]
    assert fired[0].times_ms == (3.0,) * 5
    assert session.plan.receptors[:6] == ("gaba_a",) * 5 + ("ampa",)
    bench.set_shown(False)
    assert session.plan == StagePlan()


def test_changes_can_be_undone_and_states_restored(bench: SummationBench, context: Any) -> None:
    predict(bench, 7)
    QTest.mouseClick(bench.controls.place.button("far"), Qt.MouseButton.LeftButton)
    bench.controls.spread.field.setFocus()
    bench.controls.spread.field.stepUp()
    QTest.keyClick(bench.controls.spread.field, Qt.Key.Key_Return)
    texts = [text for text, _, _ in context.changes]
    assert texts == ["Predict", "Change where and how strongly inputs act", "Change the inputs"]
    after = bench.state()
    bench.apply(context.changes[1][1])
    assert bench.controls.place.choice == "near"
    assert bench.controls.spread.value() == 0.0
    assert bench.box.prediction.number == 7.0
    bench.apply(msgspec.json.decode(msgspec.json.encode(after)))
    assert bench.state() == after
    assert len(context.changes) == 3


@pytest.mark.parametrize(
    ("change", "key"), [({"inputs": 21}, "inputs"), ({"spread_ms": float("nan")}, "spread_ms"), ({"mood": 1}, "mood")]
)
def test_a_wrong_state_is_refused_whole(bench: SummationBench, change: dict[str, Any], key: str) -> None:
    before = bench.state()
    with pytest.raises(StateError) as refusal:
        bench.apply({**before, "place": "far", **change})
    assert refusal.value.key == key
    assert bench.state() == before


def test_reset_is_calm(bench: SummationBench, run: Callable[..., None]) -> None:
    predict(bench, 8)
    run(9)
    QTest.mouseClick(bench.reset_button, Qt.MouseButton.LeftButton)
    assert bench.counter.text() == "No outcome yet."
    assert bench.state() == msgspec.to_builtins(SummationState())
    assert bench.plot.curve_data() == {}


def test_inputs_stand_as_in_the_lecture_neuron() -> None:
    assert summation_plan.places(SummationState(inputs=12)) == tuple(range(12))
    assert summation_plan.places(SummationState(inputs=6, place="far")) == (25, 26, 27, 28, 29, 20)
    assert summation_plan.places(SummationState(inputs=7, dendrites="one")) == (0, 5, 10, 15, 20, 25, 0)
    quiet = SummationState(inputs=20, inhibition="far")
    assert not set(summation_plan.places(quiet)) & set(summation_plan.inhibitory_places(quiet))


def test_inputs_are_spread_with_both_ends() -> None:
    assert summation_plan.spike_times_ms(SummationState(inputs=3, spread_ms=4.0)) == (5.0, 7.0, 9.0)
    assert summation_plan.spike_times_ms(SummationState(inputs=1, spread_ms=4.0)) == (5.0,)


def test_the_point_of_no_return_moves_and_the_run_that_fires_passes_it(
    bench: SummationBench, run: Callable[..., None], session: NeuronSession, settle: Callable[[NeuronSession], None]
) -> None:
    bench.box.switch.click()
    run(9)
    settle(session)
    times, level = bench.plot.curve_data()["point of no return"]
    assert level[0] == pytest.approx(6.5, abs=0.1)  # at rest
    assert np.nanmin(level) < 4.0  # while the inputs act
    assert np.nanmax(level) > 10.0  # once potassium channels have opened
    assert "no return" in bench.plot.reading(float(times[-2]), 0.0)
    passed: list[float | None] = [bench.plot.passed_ms]
    run(10)
    settle(session)
    passed.append(bench.plot.passed_ms)
    assert passed == [None, pytest.approx(5.75, abs=0.75)]


def test_a_sweep_is_a_family_of_curves_and_fills_the_number_line(
    bench: SummationBench, session: NeuronSession, settle: Callable[[NeuronSession], None]
) -> None:
    assert not bench.sweep_button.isEnabled()
    predict(bench, 8)
    QTest.mouseClick(bench.sweep_button, Qt.MouseButton.LeftButton)
    settle(session)
    assert bench.plot.family_size == 20
    assert bench.counter.text() == "9 inputs: no, 10: fires."
    assert bench.box.verdict.text() == "You said: 8. The cell: 10."
    QTest.mouseClick(bench.reset_button, Qt.MouseButton.LeftButton)
    assert bench.plot.family_size == 0


def test_a_state_without_runs_shows_no_curve_of_one(
    bench: SummationBench, session: NeuronSession, settle: Callable[[NeuronSession], None]
) -> None:
    calm = bench.state()
    predict(bench, 8)
    QTest.mouseClick(bench.sweep_button, Qt.MouseButton.LeftButton)
    settle(session)
    assert bench.plot.family_size == 20
    bench.apply(bench.state())
    assert bench.plot.family_size == 20
    bench.apply(calm)
    assert bench.plot.family_size == 0, "it would give the answer away"


def test_a_sweep_is_of_the_cell_as_it_is(
    bench: SummationBench, session: NeuronSession, settle: Callable[[NeuronSession], None]
) -> None:
    bench.box.switch.click()
    session.change(msgspec.structs.replace(session.plan, sodium=0.0))
    QTest.mouseClick(bench.sweep_button, Qt.MouseButton.LeftButton)
    settle(session)
    assert bench.plot.family_size == 20
    assert bench.counter.text() == "20 inputs: no, not even so."
    session.change(msgspec.structs.replace(session.plan, sodium=1.0))
    assert bench.counter.text() == "No outcome yet."


def test_a_sweep_by_chance_runs_each_number_several_times(
    bench: SummationBench, session: NeuronSession, settle: Callable[[NeuronSession], None]
) -> None:
    bench.box.switch.click()
    session.change(msgspec.structs.replace(session.plan, release="quantal"))
    QTest.mouseClick(bench.sweep_button, Qt.MouseButton.LeftButton)
    settle(session)
    assert bench.plot.family_size == 20 * TRIALS
    fired = [one.fired for one in bench.questions.tries]
    assert fired[:5] == [0] * 5
    assert fired[-1] == TRIALS
    assert any(0 < count < TRIALS for count in fired)  # the same number fires and fails
    first = next(number for number, count in enumerate(fired, 1) if count)
    said = bench.hint.text()
    assert said.startswith(f"By chance, 8 runs of each number: {first} inputs fired in {fired[first - 1]}, ")
    assert said.endswith("mV (mean ± SD).")
    faded = bench.questions.tries[first - 2].faded_mV
    assert f"{first - 1} inputs: {np.mean(faded):.1f} ± {np.std(faded, ddof=1):.1f} mV" in said
    assert bench.counter.text() == "No outcome yet."  # a number of inputs that fires by chance is none that it takes
    QTest.mouseClick(bench.sweep_button, Qt.MouseButton.LeftButton)
    settle(session)
    assert [one.fired for one in bench.questions.tries] == fired  # the same seed


def test_a_trial_releases_as_the_cell_does() -> None:
    plan = StagePlan(seed=3)
    state = SummationState(inputs=20)
    weights = [
        weight
        for trial in range(200)
        for _, _, weight in summation_plan.chance_options(state, plan, trial)["excitation"]
    ]
    kinds = {round(weight * 2) for weight in weights}
    assert kinds == {1, 2, 3, 4, 5}  # vesicles, each worth half the weight; with none there is no event
    assert sum(weights) / (200 * 20) == pytest.approx(1.0, abs=0.03)  # the mean is the weight
    assert 1.0 - len(weights) / (200 * 20) == pytest.approx(0.6**5, abs=0.015)


def test_the_linear_sum_is_that_of_the_cell_as_it_is(
    bench: SummationBench, session: NeuronSession, run: Callable[..., None], line: Any
) -> None:
    bench.box.switch.click()
    run(6)
    warm = bench.plot.curve_data()["sum of each alone"][1].max()
    session.change(msgspec.structs.replace(session.plan, sodium=0.0, temperature_C=6.3))
    run(6)
    cold = bench.plot.curve_data()["sum of each alone"][1].max()
    assert cold != pytest.approx(warm, abs=0.05)
    asked = [command.options for command in line.sent if isinstance(command, CallModel)]
    assert {options["temperature"] for options in asked} == {18.5, 6.3}
    assert {options["sodium"] for options in asked} == {1.0, 0.0}
    assert bench.counter.text() == "6 inputs: no. Try more."  # of this cell alone


def test_runs_are_in_the_state_and_undone_one_by_one(bench: SummationBench, run: Callable[..., None]) -> None:
    bench.box.switch.click()
    run(9)
    run(10)
    kept = bench.state()
    assert [(one["inputs"], one["fires"]) for one in kept["runs"]] == [(9, False), (10, True)]
    bench.begin_anew()
    bench.apply(SummationBench.state(bench) | {"runs": []})
    assert bench.counter.text() == "No outcome yet."
    bench.apply(msgspec.json.decode(msgspec.json.encode(kept)))
    assert bench.counter.text() == "9 inputs: no, 10: fires."
    assert bench.line.accessibleName() == "Runs: 9 did not fire, 10 fired"
    texts = [text for text, _, _ in bench.context.changes]  # type: ignore[attr-defined]
    assert texts[-1] == "Run 10 inputs"
    _, before, _ = bench.context.changes[-1]  # type: ignore[attr-defined]
    bench.apply(before)
    assert bench.counter.text() == "9 inputs: no. Try more."


def test_a_run_that_cannot_be_is_refused(bench: SummationBench) -> None:
    with pytest.raises(StateError) as told:
        bench.apply({"runs": [{"inputs": 0, "fires": True}]})
    assert "runs" in (told.value.key or "")


def test_run_keeps_its_key_whatever_it_is_called(bench: SummationBench, qtbot: QtBot) -> None:
    predict(bench, 8)
    bench.controls.inputs.field.setValue(12)
    bench.setFocus()
    bench.activateWindow()
    QTest.keyClick(bench, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert bench.run_button.text() == "Run: fire 12 inputs"
    sentence = "The inputs travel to the soma and add up …"
    qtbot.waitUntil(lambda: bench.hint.text() == sentence)  # a button that a key presses is drawn pressed first
