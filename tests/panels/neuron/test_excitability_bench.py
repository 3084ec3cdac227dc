from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np
import pytest
from bench_hands import draw_over, open_bench, type_in
from modelled_cell import bring_models
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.neuron_session import NeuronSession
from app.panel import StateError
from app.panels.neuron.benches.excitability.bench import ExcitabilityBench
from app.panels.neuron.benches.excitability.phase import V_MV, v_nullcline
from app.panels.neuron.benches.excitability.plots import broken
from app.panels.neuron.benches.excitability.state import Run, fires
from app.simulation.biology.membrane import steady_gates

pytestmark = pytest.mark.xdist_group("biology")


@pytest.fixture
def bench(context: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[ExcitabilityBench]:
    bring_models(monkeypatch)
    bench = open_bench(ExcitabilityBench, context, qtbot)
    yield bench
    bench.close_bench()


@pytest.fixture
def run(
    bench: ExcitabilityBench, qtbot: QtBot, session: NeuronSession, settle: Callable[[NeuronSession], None]
) -> Callable[..., None]:
    """run(current_hh=10): type numbers into the named fields as a person does, and press Run."""

    def act(**numbers: float) -> None:
        for name, number in numbers.items():
            type_in(getattr(bench.page.controls, name).field, number)
        QTest.mouseClick(bench.page.run_button, Qt.MouseButton.LeftButton)
        settle(session)
        qtbot.waitUntil(lambda: not bench.is_busy)

    return act


def points(bench: ExcitabilityBench, key: str) -> list[tuple[float, float, bool, bool]]:
    return bench.page.plots[key]._points


def choose(row: Any, key: str) -> None:
    QTest.mouseClick(row.button(key), Qt.MouseButton.LeftButton)


def sketch(bench: ExcitabilityBench) -> None:
    draw_over(bench.page.plots["fi_hh"], (2, 2), (110, 140))


def test_runs_fill_the_curve_after_a_sketch(bench: ExcitabilityBench, run: Callable[..., None]) -> None:
    assert not bench.page.run_button.isEnabled()
    sketch(bench)
    assert bench.page.run_button.isEnabled()
    run(current_hh=2)
    run(current_hh=10)
    found = points(bench, "fi_hh")
    assert [point[0] for point in found] == [2.0, 10.0]
    assert found[0][1:3] == (0.0, False)
    assert found[1][1] == pytest.approx(68.33, abs=0.05)
    assert bench.page.fact.text() == "10 µA/cm²: 68.3 Hz"
    assert bench.page.box.verdict.text() == "You said: the dashed curve. Now run it."
    run(current_hh=5)
    run(current_hh=80)
    assert points(bench, "fi_hh")[3][1] == 0.0
    verdict = bench.page.box.verdict.text()
    assert verdict.startswith("You said: the dashed curve. The cell: nothing up to 6.25 µA/cm², then 55 Hz at once")
    assert "blocked from" in verdict
    assert bench.page.plots["fi_hh"].curve_data()["your sketch"][0].size > 0


def test_the_run_plays_on_its_own_clock(bench: ExcitabilityBench, run: Callable[..., None]) -> None:
    bench.page.box.switch.click()
    run(current_hh=10)
    assert bench.is_moving
    plane = bench.page.phase
    dot = plane._dot.getData()
    for _ in range(60):
        bench.tick(1 / 60)
    assert bench.playback.shown_ms == pytest.approx(10.0, rel=0.01)
    moved = plane._dot.getData()
    assert moved[0][0] == pytest.approx(bench.playback.value("V_mV"))
    assert moved[1][0] == pytest.approx(bench.playback.value("n"))
    assert moved != dot
    assert bench.act()
    assert not bench.is_moving
    bench.tick(1.0)
    assert bench.playback.shown_ms == pytest.approx(10.0, rel=0.01)
    bench.act()
    bench.tick(20.0)
    assert bench.playback.is_live
    assert not bench.is_moving


def test_space_runs_where_nothing_is_recorded_yet(
    bench: ExcitabilityBench, qtbot: QtBot, session: NeuronSession, settle: Callable[..., None]
) -> None:
    bench.act()
    assert points(bench, "fi_hh") == [], "first a prediction"
    bench.page.box.switch.click()
    bench.act()
    settle(session)
    qtbot.waitUntil(lambda: not bench.is_busy)
    assert [point[0] for point in points(bench, "fi_hh")] == [10.0]


def test_sodium_changes_the_curve(
    bench: ExcitabilityBench, run: Callable[..., None], qtbot: QtBot, settle: Callable[..., None]
) -> None:
    bench.page.box.switch.click()
    run(current_hh=8)
    bench.page.controls.has_curve.click()
    qtbot.waitUntil(lambda: not bench.is_busy)
    usual = bench.page.plots["fi_hh"].curve_data()["the whole curve"]
    run(sodium=0.8)
    found = points(bench, "fi_hh")
    assert [(point[1] > 0, point[3]) for point in found] == [(True, False), (False, True)]
    curves = bench.page.plots["fi_hh"].curve_data()
    assert np.nanmax(curves["the whole curve"][1]) < np.nanmax(usual[1])
    assert np.array_equal(curves["with the sodium before"][1], usual[1], equal_nan=True)


def test_the_refractory_period_answers_the_question(bench: ExcitabilityBench, run: Callable[..., None]) -> None:
    choose(bench.page.controls.mode, "refractory")
    answer = next(button for button in bench.findChildren(QPushButton) if button.text() == "the same pulse")
    QTest.mouseClick(answer, Qt.MouseButton.LeftButton)
    plot = bench.page.plots["refractory"]
    x, y = plot.curve_data()["your prediction"]
    assert (float(x.mean()), y.tolist()) == (pytest.approx(8.0), [30.0, 30.0])
    assert plot.said.text == "you: the same pulse"
    run(gap_ms=8, amplitude=30)
    assert bench.page.fact.text() == "8 ms, 30 µA/cm²: no spike"
    run(gap_ms=8, amplitude=100)
    run(gap_ms=20, amplitude=12)
    assert [point[2] for point in points(bench, "refractory")] == [False, True, True]
    assert bench.page.box.verdict.text() == "You said: the same pulse. The cell: only a stronger one."
    assert plot.said.text == "you: the same pulse"
    bench.page.reset_button.click()
    choose(bench.page.controls.mode, "refractory")
    assert plot.said.text == ""


def test_a_pulse_half_as_long_must_be_twice_as_strong(bench: ExcitabilityBench, run: Callable[..., None]) -> None:
    choose(bench.page.controls.mode, "strength")
    bench.page.box.switch.click()
    run(duration_ms=1, amplitude=7)
    run(duration_ms=0.5, amplitude=10)
    run(duration_ms=0.5, amplitude=14)
    assert [point[2] for point in points(bench, "strength")] == [True, False, True]
    assert bench.book.right_answer("strength") == 2


def test_the_other_cell_starts_without_a_jump(bench: ExcitabilityBench, run: Callable[..., None]) -> None:
    choose(bench.page.controls.cell, "lif")
    assert not bench.page.controls.sodium.isVisible()
    bench.page.box.switch.click()
    run(current_lif=1.5)
    run(current_lif=2)
    assert not bench.page.phase.isVisible()
    assert [round(point[1], 3) for point in points(bench, "fi_lif")] == [0.0, 33.641]


def test_the_curve_of_a_cell_waits_for_its_own_question(
    bench: ExcitabilityBench, qtbot: QtBot, session: NeuronSession, settle: Callable[[NeuronSession], None]
) -> None:
    sketch(bench)
    bench.page.controls.has_curve.click()
    qtbot.waitUntil(lambda: "the whole curve" in bench.page.plots["fi_hh"].curve_data())
    choose(bench.page.controls.cell, "lif")
    settle(session)
    qtbot.waitUntil(lambda: not bench.is_busy)
    plot = bench.page.plots["fi_lif"]
    assert "the whole curve" not in plot.curve_data()
    assert bench.page.box.verdict.text() == ""
    assert not bench.page.run_button.isEnabled()
    draw_over(plot, (1, 10), (18, 400))
    assert bench.page.run_button.isEnabled()
    qtbot.waitUntil(lambda: "the whole curve" in plot.curve_data())
    assert bench.page.box.verdict.text().startswith("You said: the dashed curve. The cell: nothing up to 1.5 nA")
    choose(bench.page.controls.cell, "hh")
    assert "the whole curve" in bench.page.plots["fi_hh"].curve_data()


def test_predicting_again_takes_the_answer_away(bench: ExcitabilityBench, run: Callable[..., None]) -> None:
    choose(bench.page.controls.mode, "strength")
    answer = next(button for button in bench.findChildren(QPushButton) if button.text() == "just as strong")
    QTest.mouseClick(answer, Qt.MouseButton.LeftButton)
    run(duration_ms=1, amplitude=7)
    assert bench.page.box.verdict.text() == "You said: just as strong. The cell: about twice as strong."
    QTest.mouseClick(bench.page.box.again, Qt.MouseButton.LeftButton)
    assert bench.page.box.verdict.text() == ""


def test_undo_takes_a_run_back_and_states_bring_it_again(
    bench: ExcitabilityBench, run: Callable[..., None], context: Any, qtbot: QtBot
) -> None:
    bench.page.box.switch.click()
    run(current_hh=10)
    assert [text for text, _, _ in context.changes] == ["Predict", "Run"]
    after = bench.state()
    bench.apply(context.changes[-1][1])
    assert points(bench, "fi_hh") == []
    assert bench.playback.last_ms == 0.0
    bench.book.rates.clear()
    bench.apply(msgspec.json.decode(msgspec.json.encode(after)))
    qtbot.waitUntil(lambda: not bench.is_busy)
    assert [point[0] for point in points(bench, "fi_hh")] == [10.0]
    assert bench.playback.last_ms == pytest.approx(120.0)
    assert bench.state() == after


@pytest.mark.parametrize(
    ("change", "key"), [({"current_hh": 1e9}, "current_hh"), ({"mode": "sing"}, "mode"), ({"mood": 1}, "mood")]
)
def test_a_wrong_state_is_refused_whole(bench: ExcitabilityBench, change: dict[str, Any], key: str) -> None:
    before = bench.state()
    with pytest.raises(StateError) as refusal:
        bench.apply({**before, "sodium": 0.5, **change})
    assert refusal.value.key == key
    assert bench.state() == before


def test_reset_forgets_runs(bench: ExcitabilityBench, run: Callable[..., None]) -> None:
    bench.page.box.switch.click()
    run(current_hh=10)
    QTest.mouseClick(bench.page.reset_button, Qt.MouseButton.LeftButton)
    assert points(bench, "fi_hh") == []
    assert bench.page.hint.text() == "No run yet: choose a current, then Run."


def test_hidden_it_asks_for_nothing(context: Any, line: Any, qtbot: QtBot) -> None:
    bench = ExcitabilityBench(context)
    qtbot.addWidget(bench)
    bench.apply({"runs": [{"mode": "fi", "cell": "hh", "x": 10.0}], "has_curve": True})
    assert not line.sent
    assert not bench.is_busy
    bench.close_bench()


def test_on_the_nullcline_v_stands_still() -> None:
    h, current, sodium = 0.4, 12.0, 0.9
    n = v_nullcline(h, current, sodium)
    m, _, _ = steady_gates(V_MV)
    slope = current - sodium * 120.0 * m**3 * h * (V_MV - 50.0) - 36.0 * n**4 * (V_MV + 77.0) - 0.3 * (V_MV + 54.387)
    there = np.isfinite(n)
    assert there.sum() > 50
    assert np.max(np.abs(slope[there])) < 1e-9


def test_a_jump_is_not_joined() -> None:
    x, _ = broken(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 0.0, 55.0, 0.0]))
    assert np.isnan(x).sum() == 2
    assert broken(np.array([1.0, 2.0]), np.array([0.0, 5.0]))[0].size == 2


def test_the_second_spike_counts_not_the_first() -> None:
    run = Run("refractory", "hh", 8.0, 30.0)
    assert not fires(run, [6.0])
    assert fires(run, [6.0, 14.5])
    assert not fires(run, [])


def test_what_is_known_is_not_said_while_a_prediction_is_owed(bench: ExcitabilityBench) -> None:
    assert not bench.page.caption.isVisible()
    assert not bench.page.clock_bar.play_button.isEnabled()  # nothing has run
    bench.page.box.switch.click()
    assert bench.page.caption.isVisible()
    assert "Type II" in bench.page.caption.text()


def test_the_panel_is_told_whenever_the_clock_begins(
    bench: ExcitabilityBench, run: Callable[..., None], qtbot: QtBot
) -> None:
    bench.page.box.switch.click()
    run(current_hh=10)
    assert bench.is_moving
    while bench.is_moving:
        bench.tick(0.1)
    with qtbot.waitSignal(bench.state_changed):
        QTest.mouseClick(bench.page.clock_bar.play_button, Qt.MouseButton.LeftButton)
    assert bench.is_moving
    QTest.mouseClick(bench.page.clock_bar.play_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(bench.state_changed):  # the same run again is no change of state
        QTest.mouseClick(bench.page.run_button, Qt.MouseButton.LeftButton)
    assert bench.is_moving
