"""Predict first at the axon bench: what is hidden until then, and what a prediction is compared with. The model is played."""

from __future__ import annotations

import pytest
from axon_hands import FRAME, FREE, play_until
from played_axons import FAST, SLOW, PlayedSession
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.panels.neuron.benches.axon.bench import AxonBench

PREDICTED_OTHERS = {"prediction": {"number": 3.0}, "predicted": {"diameter_um": 5.0}, "has_run": True}


@pytest.fixture
def bench(axon_bench: AxonBench) -> AxonBench:
    return axon_bench


def test_play_waits_for_a_prediction_and_both_stay_visible(
    bench: AxonBench, played: PlayedSession, qtbot: QtBot
) -> None:
    assert not bench.clock_bar.play_button.isEnabled()
    bench.act()
    assert not bench.playback.clock.is_playing
    assert "Say first" in bench.card.message.text()
    assert bench.rows["myelinated"].velocity.text() == "? m/s"
    assert not bench.playback.spikes_ms  # nor do the bar's ticks tell
    assert not bench.clock_bar.live_button.isEnabled()
    assert bench.box.field is not None
    bench.box.field.setFocus()
    bench.box.field.lineEdit().selectAll()
    qtbot.keyClicks(bench.box.field, "5")
    qtbot.keyClick(bench.box.field, Qt.Key.Key_Return)
    assert bench.clock_bar.play_button.isEnabled()
    assert len(bench.playback.spikes_ms) == 2
    play_until(bench, lambda: bench.playback.shown_ms > 0.5)
    assert bench.rows["myelinated"].velocity.text() == "measuring …"
    recording = bench.playback.recording
    assert recording is not None
    while bench.playback.clock.is_playing:
        bench.tick(FRAME)
    assert bench.rows["myelinated"].velocity.text() == "25.0 m/s"
    assert "You said: 5 ×" in bench.box.verdict.text()
    assert "12.5 × as fast" in bench.box.verdict.text()
    assert bench.state()["has_run"] is True


def test_a_prediction_is_compared_with_the_axons_that_it_was_made_for(
    bench: AxonBench, played: PlayedSession, qtbot: QtBot
) -> None:
    bench.apply({"prediction": {"first": True, "number": 3.0}, "predicted": {}, "has_run": True})
    played.pay()
    assert bench.box.verdict_text == f"You said: 3 ×. The axons: {FAST / SLOW:.1f} × as fast, {FAST:.1f} m/s."
    bench.controls.sliders["diameter_um"].field.setValue(20)
    played.pay()
    assert bench.rows["myelinated"].velocity.text() == f"{2 * FAST:.1f} m/s"
    assert f"{FAST / SLOW:.1f} × as fast, {FAST:.1f} m/s (as they were set then)." in bench.box.verdict_text
    kept = bench.state()
    bench.apply({**FREE})
    played.pay()
    bench.apply(kept)  # the recording is of other axons: the model is asked for those of the prediction
    played.pay()
    assert f"{FAST / SLOW:.1f} × as fast, {FAST:.1f} m/s (as they were set then)." in bench.box.verdict_text


def test_a_prediction_remembers_the_axons_on_show(bench: AxonBench, played: PlayedSession, qtbot: QtBot) -> None:
    bench.apply({"diameter_um": 5.0, "prediction": {"first": True}})
    played.pay()
    assert bench.box.field is not None
    bench.box.field.setFocus()
    bench.box.field.lineEdit().selectAll()
    qtbot.keyClicks(bench.box.field, "4")
    qtbot.keyClick(bench.box.field, Qt.Key.Key_Return)
    assert bench.state()["predicted"]["diameter_um"] == 5.0


def test_predict_again_hides_the_result_and_goes_back(bench: AxonBench, played: PlayedSession, qtbot: QtBot) -> None:
    bench.apply({"prediction": {"first": True, "number": 3.0}, "has_run": True, "shown_ms": 5.0})
    played.pay()
    assert bench.rows["bare"].velocity.text() == "2.00 m/s"
    qtbot.mouseClick(bench.box.again, Qt.MouseButton.LeftButton)
    assert bench.playback.shown_ms == 0.0
    assert bench.rows["bare"].velocity.text() == "? m/s"
    assert not bench.clock_bar.play_button.isEnabled()


def test_a_prediction_whose_result_was_lost_with_the_cell_gets_it_from_the_next(
    bench: AxonBench, played: PlayedSession, qtbot: QtBot
) -> None:
    bench.apply(PREDICTED_OTHERS)
    assert "m/s" not in bench.box.verdict_text
    played.start_anew()
    played.become_ready()
    played.pay()
    assert f"{FAST / 2:.1f} m/s (as they were set then)." in bench.box.verdict_text
    assert not bench.is_busy


def test_a_model_that_refuses_a_prediction_s_axons_is_heard_and_asked_no_more(
    bench: AxonBench, played: PlayedSession, qtbot: QtBot
) -> None:
    bench.apply(PREDICTED_OTHERS)
    played.refuse("No such axon.")
    qtbot.waitUntil(bench.card.message.isVisible)
    assert bench.card.message.text() == "No such axon."
    before = len(played.asked)
    bench.playback.show_moment(2.0)
    assert len(played.asked) == before
