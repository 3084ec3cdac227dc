"""The timing bench's state: it goes out and comes back, each change is undone, and what the model refuses or loses is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from bench_hands import press, switch_to_free_play, wait
from learning_answers import Model, refuse_model
from pytestqt.qtbot import QtBot
from timing_hands import move, run

from app.panel import StateError
from app.panels.neuron.benches.timing.bench import TimingBench
from app.panels.neuron.benches.timing.state import TimingState, to_json


@pytest.fixture
def bench(learning_bench: Callable[..., TimingBench]) -> TimingBench:
    return learning_bench(TimingBench)


def test_the_state_brings_everything_back(bench: TimingBench, qtbot: QtBot, context: Any) -> None:
    press(bench.box, "stronger")
    run(bench, qtbot)
    press(bench, "Run the neuron")
    wait(bench, qtbot)
    state = msgspec.json.decode(msgspec.json.encode(bench.state()))
    other = TimingBench(context)
    qtbot.addWidget(other)
    other.apply(state)
    other.set_shown(True)
    wait(other, qtbot)
    assert other.state() == state
    assert other.box.verdict.text() == bench.box.verdict.text()
    for name in ("pulse", "neuron"):
        assert other.figures.heads[name].text() == bench.figures.heads[name].text()
    assert np.array_equal(other.figures.weight.curve_data()["w"], bench.figures.weight.curve_data()["w"])
    other.close_bench()


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"pre_ms": -60.0, "post_ms": 60.0}, "post_ms"),
    ({"pairs": 7}, "pairs"),
    ({"post_ms": float("nan")}, "post_ms"),
    ({"rule": "magic"}, "rule"),
    ({"inputs": 31}, "inputs"),
    ({"colour": 1}, "colour"),
]


def test_a_bad_state_is_refused_whole(bench: TimingBench) -> None:
    before = bench.state()
    for change, key in REFUSED:
        with pytest.raises(StateError) as refusal:
            bench.apply({**before, "is_fit_shown": True, **change})
        assert key in (refusal.value.key or refusal.value.sentence)
        assert bench.state() == before, change


def test_each_change_can_be_undone(bench: TimingBench, qtbot: QtBot, context: Any) -> None:
    press(bench.box, "stronger")
    run(bench, qtbot)
    press(bench.card, "20 ms")
    names = [text for text, _, _ in context.changes]
    assert names == ["Predict", "Run the pairs at +10 ms", "Choose the rule"]
    for text, before, after in reversed(context.changes):
        assert bench.state() == after, text
        bench.apply(before)
        wait(bench, qtbot)
    assert bench.state() == to_json(TimingState())
    assert bench.figures.window_plot.points == []
    assert "w" not in bench.figures.weight.curve_data()


def test_reset_forgets_the_runs_and_keeps_the_switch(bench: TimingBench, qtbot: QtBot) -> None:
    switch_to_free_play(bench.box)
    run(bench, qtbot)
    press(bench, "Reset")
    assert bench.state()["runs"] == []
    assert bench.state()["prediction"]["first"] is False
    assert bench.figures.heads["pulse"].text() == "A test pulse on one synapse"


def test_a_refusal_stands_in_the_card(bench: TimingBench, qtbot: QtBot, models: Callable[[Model], None]) -> None:
    switch_to_free_play(bench.box)
    models(refuse_model)
    run(bench, qtbot)
    assert bench.hint.text() == "The model stdp cannot run now."
    assert bench.hint.isVisible()
    assert bench.state()["runs"] == []


def test_what_was_lost_with_the_cell_is_asked_again(bench: TimingBench, qtbot: QtBot, context: Any, line: Any) -> None:
    press(bench.box, "stronger")
    run(bench, qtbot)
    state = bench.state()
    press(bench, "Reset")
    line.is_held = True
    bench.apply(state)
    assert bench.is_busy
    context.session.restart()  # as the panel does where it takes a state
    line.release()
    qtbot.waitUntil(lambda: context.session.state == "ready" and not bench.is_busy)
    assert not bench.hint.isVisible()
    assert {"before", "after"} <= set(bench.figures.pulse.curve_data())
    assert "w" in bench.figures.weight.curve_data()


def test_a_run_is_of_the_settings_that_it_was_asked_with(bench: TimingBench, qtbot: QtBot, line: Any) -> None:
    switch_to_free_play(bench.box)
    line.is_held = True
    bench.act()
    move(bench, "post", 5)
    line.release()
    wait(bench, qtbot)
    assert bench.state()["runs"][-1]["interval_ms"] == 10.0
    assert bench.state()["runs"][-1]["dw"] == pytest.approx(0.363918, abs=1e-6)
    assert bench.state()["post_ms"] == 15.0


def test_a_bench_that_is_left_wants_no_answers(bench: TimingBench, qtbot: QtBot, line: Any) -> None:
    switch_to_free_play(bench.box)
    line.is_held = True
    bench.act()
    assert bench.is_busy
    bench.set_shown(False)
    assert not bench.is_busy
    line.release()
    assert bench.state()["runs"] == []
    bench.set_shown(True)
    wait(bench, qtbot)
    run(bench, qtbot)
    bench.set_shown(False)
    bench.set_shown(True)
    wait(bench, qtbot)
    assert len(bench.state()["runs"]) == 1  # what is asked again for the picture is no run of a person's own
