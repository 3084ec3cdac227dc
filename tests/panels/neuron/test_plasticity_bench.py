from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from bench_hands import draw_over, press, pressed_at, switch_to_free_play, wait
from learning_answers import PEAK_MV_PER_NS, Model, refuse_model
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.panel import StateError
from app.panels.neuron.benches.plasticity.bench import PlasticityBench
from app.panels.neuron.benches.plasticity.lasting import SPANS, LastingAxis
from app.panels.neuron.benches.plasticity.state import (
    PlasticityRun,
    PlasticityState,
    curve_frequencies,
    to_json,
)
from app.panels.neuron.benches.plasticity.words import answer_text, duration_text, percent, response_text, sketch_text
from app.simulation.biology.frequency_curve import change_at
from app.simulation.biology.rate_rules import sliding_threshold
from app.simulation.biology.requests_plasticity import FrequencyCurveRequest
from app.widgets.theme import Theme


@pytest.fixture
def bench(learning_bench: Callable[..., PlasticityBench]) -> PlasticityBench:
    return learning_bench(PlasticityBench)


def sketch(bench: PlasticityBench) -> None:
    """Draw over the plot, whose axis is logarithmic: a fifth less up to 1 Hz, then up to half as much again at 100 Hz."""
    draw_over(bench.figures.curve, (math.log10(0.5), -0.2), (math.log10(1.1), -0.2), (math.log10(100.0), 0.5))


def stimulate(bench: PlasticityBench, qtbot: QtBot, preset: str) -> None:
    press(bench.card, preset)
    wait(bench, qtbot)
    press(bench, f"Stimulate at {preset}")
    wait(bench, qtbot)


def play_freely(bench: PlasticityBench, qtbot: QtBot) -> None:
    switch_to_free_play(bench.box)
    wait(bench, qtbot)


# --- predicting -------------------------------------------------------------------------------------------------------


def test_the_curve_comes_when_both_stimulations_have_been_made(bench: PlasticityBench, qtbot: QtBot) -> None:
    assert not bench.run_button.isEnabled()
    sketch(bench)
    stimulate(bench, qtbot, "1 Hz")
    assert "rule" not in bench.figures.curve.curve_data()
    assert bench.hint.text() == "Now run 100 Hz as well: then the whole curve appears."
    stimulate(bench, qtbot, "100 Hz")
    assert "rule" in bench.figures.curve.curve_data()
    assert bench.box.verdict.text() == (
        f"You said: {bench.box.said_text}. The synapse: weaker at 1 Hz (−18 %), stronger at 100 Hz (+61 %)."
    )
    said = re.fullmatch(r"−(\d+) % at 1 Hz, \+(\d+) % at 100 Hz", bench.box.said_text)
    assert said is not None
    assert [int(figure) for figure in said.groups()] == pytest.approx([20, 50], abs=1)


def test_the_sketch_stands_in_the_plot_before_the_run_and_beside_its_curve(
    bench: PlasticityBench, qtbot: QtBot
) -> None:
    sketch(bench)
    drawn = bench.figures.curve.curve_data()["your sketch"]
    assert drawn[0][0] == pytest.approx(0.5)
    assert drawn[0][-1] == pytest.approx(100.0)
    assert np.interp(1.0, *drawn) == pytest.approx(-0.2, abs=0.01)
    assert "your runs" not in bench.figures.curve.curve_data()
    for preset in ("1 Hz", "100 Hz"):
        stimulate(bench, qtbot, preset)
    data = bench.figures.curve.curve_data()
    assert np.array_equal(data["your sketch"], drawn)
    assert len(data["rule"][0]) > 30
    low, high = bench.figures.curve.plotItem.vb.viewRange()[1]
    for _, dw in data.values():
        assert low < dw.min() < dw.max() < high


def test_half_an_answer_of_one_rule_and_half_of_another_is_none(bench: PlasticityBench, qtbot: QtBot) -> None:
    sketch(bench)
    stimulate(bench, qtbot, "1 Hz")
    press(bench.card, "BCM")
    wait(bench, qtbot)
    stimulate(bench, qtbot, "100 Hz")
    assert bench.hint.text() == "Now run 1 Hz as well: then the whole curve appears."
    stimulate(bench, qtbot, "1 Hz")
    assert bench.box.verdict.text().endswith("weaker at 1 Hz (−10 %), stronger at 100 Hz (+100 %).")


def test_ten_hertz_alone_answers_nothing(bench: PlasticityBench, qtbot: QtBot) -> None:
    sketch(bench)
    stimulate(bench, qtbot, "10 Hz")
    assert bench.hint.text() == "Now run 1 Hz and 100 Hz: then the whole curve appears."
    assert bench.box.verdict.text() == f"You said: {bench.box.said_text}."  # the hint says what is left to be run


@pytest.mark.parametrize("name", ["paper", "projector"])
def test_no_button_moves_under_the_pointer(bench: PlasticityBench, qtbot: QtBot, name: str) -> None:
    bench.context.theme.set_name(name)
    side = bench.run_button.parentWidget()
    before = pressed_at(bench, side)
    assert len(before) >= 8
    sketch(bench)
    assert pressed_at(bench, side) == before
    for preset in ("1 Hz", "100 Hz"):
        stimulate(bench, qtbot, preset)
        assert pressed_at(bench, side) == before, preset
    for rule in ("BCM", "Calcium", "Triplets"):
        press(bench.card, rule)
        wait(bench, qtbot)
        assert pressed_at(bench, side) == before, rule


# --- what a run shows -------------------------------------------------------------------------------------------------


def test_a_run_lies_on_the_curve_and_the_response_follows_it(bench: PlasticityBench, qtbot: QtBot) -> None:
    play_freely(bench, qtbot)
    stimulate(bench, qtbot, "1 Hz")
    request = FrequencyCurveRequest(rule="triplet_visual", pulses=900)
    f, dw = bench.figures.curve.curve_data()["your runs"]
    assert (f.tolist(), dw.tolist()) == ([1.0], [change_at(request, 1.0)])
    curve_f, curve_dw = bench.figures.curve.curve_data()["rule"]
    assert curve_dw[curve_f.tolist().index(1.0)] == dw[0]
    assert bench.figures.result.text() == "900 pulses at 1 Hz: −18 % (LTD), w 1 → 0.820 nS"
    assert bench.figures.pulse_head.text() == "The same input, a smaller response"
    pulse = bench.figures.pulse
    assert pulse.peak_mv("before") == pytest.approx(PEAK_MV_PER_NS, abs=1e-3)
    assert pulse.peak_mv("after") == pytest.approx(PEAK_MV_PER_NS * (1 + dw[0]), abs=1e-3)
    stimulate(bench, qtbot, "100 Hz")
    assert bench.figures.pulse_head.text() == "The same input, a larger response"


def test_each_rule_has_its_own_threshold_and_source(bench: PlasticityBench, qtbot: QtBot) -> None:
    play_freely(bench, qtbot)
    assert bench.figures.curve.threshold_Hz == pytest.approx(19.277, abs=1e-3)
    assert "Pfister & Gerstner 2006" in bench.card.source.text()
    press(bench.card, "BCM")
    wait(bench, qtbot)
    assert bench.figures.curve.threshold_Hz == 10.0
    assert "Bienenstock" in bench.card.source.text()
    assert "not a fit" in bench.card.source.text()
    press(bench.card, "Calcium")
    wait(bench, qtbot)
    assert bench.figures.curve.threshold_Hz == pytest.approx(15.95, abs=0.05)
    assert "Graupner & Brunel 2012" in bench.card.source.text()


def test_runs_of_other_rules_stay_as_hollow_points(bench: PlasticityBench, qtbot: QtBot) -> None:
    play_freely(bench, qtbot)
    stimulate(bench, qtbot, "10 Hz")
    press(bench.card, "BCM")
    wait(bench, qtbot)
    data = bench.figures.curve.curve_data()
    assert data["other runs"][0].tolist() == [10.0]
    assert "your runs" not in data


def test_the_result_on_show_is_of_the_rule_on_show(bench: PlasticityBench, qtbot: QtBot) -> None:
    play_freely(bench, qtbot)
    stimulate(bench, qtbot, "100 Hz")
    after_triplets = bench.figures.pulse.peak_mv("after")
    press(bench.card, "BCM")
    wait(bench, qtbot)
    assert bench.figures.result.text() == (
        "No run under the BCM rule yet.   θ = 10.0 Hz: the cell has fired at 10 Hz as ever."
    )
    assert bench.figures.pulse_head.text() == "A test pulse on a synapse of 1 nS"
    assert np.isnan(bench.figures.pulse.peak_mv("after"))
    press(bench, "Stimulate at 100 Hz")
    wait(bench, qtbot)
    assert bench.figures.result.text().startswith("900 pulses at 100 Hz: +100 % (LTP), w 1 → 2.000 nS.")
    after_bcm = bench.figures.pulse.peak_mv("after")
    press(bench.card, "Calcium")
    wait(bench, qtbot)
    assert bench.figures.result.text() == "No run under the calcium rule yet"
    press(bench.card, "Triplets")
    wait(bench, qtbot)
    assert bench.figures.result.text().startswith("900 pulses at 100 Hz: +61 % (LTP)")
    assert bench.figures.pulse_head.text() == "The same input, a larger response"
    assert bench.figures.pulse.peak_mv("after") == after_triplets < after_bcm


def test_the_history_moves_the_threshold_and_the_old_curve_stays(bench: PlasticityBench, qtbot: QtBot) -> None:
    play_freely(bench, qtbot)
    assert not bench.card.history.isVisible()
    press(bench.card, "BCM")
    wait(bench, qtbot)
    before = bench.figures.curve.curve_data()["rule"][1]
    assert "threshold at 10 Hz" not in bench.figures.curve.curve_data()
    bench.card.history.field.setValue(18.0)
    wait(bench, qtbot)
    theta = sliding_threshold(10.0, 18.0, 3600.0, 3600.0, 10.0)
    assert bench.figures.curve.threshold_Hz == theta
    data = bench.figures.curve.curve_data()
    assert np.array_equal(data["threshold at 10 Hz"][1], before)
    assert not np.array_equal(data["rule"][1], before)
    assert bench.figures.result.text() == (
        "Metaplasticity: an hour at 18 Hz moved θ from 10 to 24.2 Hz, up: strengthening has become harder."
    )


def test_the_curve_follows_the_history_while_it_is_dragged(bench: PlasticityBench, qtbot: QtBot, context: Any) -> None:
    play_freely(bench, qtbot)
    press(bench.card, "BCM")
    wait(bench, qtbot)
    changes = len(context.changes)
    slider = bench.card.history.slider
    slider.setSliderDown(True)
    slider.setValue(900)
    wait(bench, qtbot)
    assert bench.figures.curve.threshold_Hz == pytest.approx(sliding_threshold(10.0, 27.0, 3600, 3600, 10.0))
    assert len(context.changes) == changes
    slider.setSliderDown(False)
    slider.sliderReleased.emit()
    assert context.changes[-1][0] == "Change: the cell's last hour"
    assert bench.state()["history_Hz"] == 27.0


def test_a_curve_is_computed_once(bench: PlasticityBench, qtbot: QtBot, line: Any) -> None:
    play_freely(bench, qtbot)
    press(bench.card, "Calcium")
    wait(bench, qtbot)
    press(bench.card, "Triplets")
    asked = len(line.sent)
    press(bench.card, "Calcium")
    assert not bench.is_busy
    assert len(line.sent) == asked


# --- state, undo, refusals --------------------------------------------------------------------------------------------


def test_the_state_brings_everything_back(bench: PlasticityBench, qtbot: QtBot, context: Any) -> None:
    sketch(bench)
    for preset in ("1 Hz", "100 Hz"):
        stimulate(bench, qtbot, preset)
    state = msgspec.json.decode(msgspec.json.encode(bench.state()))
    other = PlasticityBench(context)
    qtbot.addWidget(other)
    other.apply(state)
    other.set_shown(True)
    wait(other, qtbot)
    assert other.state() == state
    assert other.box.verdict.text() == bench.box.verdict.text()
    assert other.figures.result.text() == bench.figures.result.text()
    for name, (f, dw) in bench.figures.curve.curve_data().items():
        assert np.array_equal(other.figures.curve.curve_data()[name], (f, dw))
    assert other.figures.pulse.peak_mv("after") == bench.figures.pulse.peak_mv("after")
    other.close_bench()


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"frequency_Hz": 0.1}, "frequency_Hz"),
    ({"pulses": 0}, "pulses"),
    ({"history_Hz": float("nan")}, "history_Hz"),
    ({"rule": "pair"}, "rule"),
    ({"runs": [{"rule": "bcm"}]}, "runs"),
    ({"taste": 1}, "taste"),
]


def test_a_bad_state_is_refused_whole(bench: PlasticityBench) -> None:
    before = bench.state()
    for change, key in REFUSED:
        with pytest.raises(StateError) as refusal:
            bench.apply({**before, "pulses": 5, **change})
        assert key in (refusal.value.key or refusal.value.sentence)
        assert bench.state() == before, change


def test_each_change_can_be_undone(bench: PlasticityBench, qtbot: QtBot, context: Any) -> None:
    sketch(bench)
    stimulate(bench, qtbot, "10 Hz")
    press(bench.card, "BCM")
    wait(bench, qtbot)
    names = [text for text, _, _ in context.changes]
    assert names == ["Predict", "Stimulate at 10 Hz", "Run at 10 Hz", "Choose the rule"]
    for text, before, after in reversed(context.changes):
        assert bench.state() == after, text
        bench.apply(before)
        wait(bench, qtbot)
    assert bench.state() == to_json(PlasticityState())
    assert np.isnan(bench.figures.pulse.peak_mv("after"))


def test_reset_forgets_the_runs_and_keeps_the_switch(bench: PlasticityBench, qtbot: QtBot) -> None:
    play_freely(bench, qtbot)
    stimulate(bench, qtbot, "10 Hz")
    press(bench, "Reset")
    wait(bench, qtbot)
    assert bench.state()["runs"] == []
    assert bench.state()["prediction"]["first"] is False
    assert bench.run_button.isEnabled()


def test_a_refusal_stands_in_the_card(bench: PlasticityBench, qtbot: QtBot, models: Callable[[Model], None]) -> None:
    play_freely(bench, qtbot)
    models(refuse_model)
    assert bench.act()
    wait(bench, qtbot)
    assert bench.hint.text() == "The model frequency-curve cannot run now."
    assert bench.hint.isVisible()
    assert bench.state()["runs"] == []


def test_what_takes_long_says_so(bench: PlasticityBench, qtbot: QtBot, line: Any) -> None:
    play_freely(bench, qtbot)
    line.is_held = True
    bench.act()
    qtbot.waitUntil(lambda: bench.hint.text() == "Computing …")
    line.release()
    wait(bench, qtbot)
    qtbot.waitUntil(lambda: bench.hint.text() != "Computing …")
    assert len(bench.state()["runs"]) == 1


def test_every_control_says_what_it_does(bench: PlasticityBench) -> None:
    for button in bench.findChildren(QPushButton):
        assert button.toolTip()
    for slider in (bench.card.frequency, bench.card.pulses, bench.card.history):
        assert slider.toolTip()
        assert slider.field.accessibleName() == slider.title()


# --- words and the scale of time --------------------------------------------------------------------------------------


def test_what_no_one_would_see_is_no_change() -> None:
    assert percent(-2e-8) == "0 %"
    assert percent(0.0123) == "+1.2 %"
    assert percent(-0.45) == "−45 %"
    state = PlasticityState(answer_low=-2e-8, answer_high=0.457)
    assert answer_text(state) == "no change at 1 Hz (0 %), stronger at 100 Hz (+46 %)"
    assert answer_text(PlasticityState(answer_low=-0.5)) == ""
    assert sketch_text(((1.5, 0.1), (100.0, -0.3))) == "−30 % at 100 Hz"
    assert sketch_text(((2.0, 0.1), (50.0, -0.3))) == "the dashed curve"
    assert response_text(PlasticityRun("bcm", 10.0, 900, 10.0, 0.0)) == "The same input, the same response"
    assert duration_text(900, 1.0) == "900 pulses take 15 min"
    assert duration_text(1, 10.0) == "1 pulse takes 0.1 s"


@pytest.mark.parametrize("rule", ["triplet_visual", "bcm", "hippocampal_slices"])
def test_a_curve_holds_the_lectures_frequencies(rule: Any) -> None:
    frequencies = curve_frequencies(rule)
    assert {0.5, 1.0, 10.0, 100.0} <= set(frequencies)
    assert list(frequencies) == sorted(set(frequencies))


def test_minutes_to_months_stand_on_a_logarithmic_scale(qtbot: QtBot, theme: Theme) -> None:
    axis = LastingAxis(theme)
    qtbot.addWidget(axis)
    axis.resize(800, 60)
    decades = np.diff([axis.x_of(10.0**power) for power in range(6)])
    assert np.allclose(decades, decades[0])
    assert (SPANS[0][0], SPANS[-1][1]) == (1.0, 365 * 24 * 60)
    assert [begin for begin, _, _ in SPANS[1:]] == [end for _, end, _ in SPANS[:-1]]
    assert "new proteins" in axis.accessibleDescription()
    assert not axis.grab().isNull()
