"""The axon bench as a person uses it: play, scrub, take myelin away, predict first, undo. The model is played."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from played_axons import FAST, LATE_MS, SLOW, PlayedSession
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.panel import StateError
from app.panels.neuron.bench import BENCHES, BenchContext
from app.panels.neuron.benches.axon.bench import AxonBench
from app.panels.neuron.benches.axon.recording import ACTIVE_MV
from app.panels.neuron.voltage_colors import VoltageColors
from app.workspace import Workspace

FREE = {"prediction": {"first": False}}
FRAME = 1 / 60
PREDICTED_OTHERS = {"prediction": {"number": 3.0}, "predicted": {"diameter_um": 5.0}, "has_run": True}


class Changes:
    """The undo stack: keeps what was pushed."""

    def __init__(self) -> None:
        self.pushed: list[tuple[str, dict[str, Any], dict[str, Any]]] = []

    def push(self, text: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        self.pushed.append((text, before, after))


@pytest.fixture
def played(qapp: object) -> PlayedSession:
    return PlayedSession()


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
def bench(workspace: Workspace, played: PlayedSession, changes: Changes, qtbot: QtBot) -> Iterator[AxonBench]:
    context = BenchContext(workspace, played, None, None, changes.push)  # type: ignore[arg-type]
    bench = AxonBench(context)
    qtbot.addWidget(bench)
    bench.resize(1240, 600)
    bench.show()
    qtbot.waitExposed(bench)
    bench.set_shown(True)
    played.pay()
    yield bench
    bench.close_bench()


@pytest.fixture
def free(bench: AxonBench, played: PlayedSession) -> AxonBench:
    bench.apply(FREE)
    played.pay()
    return bench


def picture(bench: AxonBench) -> QImage:
    return bench.grab().toImage()


def click_internode(qtbot: QtBot, bench: AxonBench, number: int, last: int | None = None) -> None:
    strip = bench.rows["myelinated"].strip
    start = strip.geometry_now.internode_rect(number).center().toPoint()
    end = strip.geometry_now.internode_rect(number if last is None else last).center().toPoint()
    qtbot.mouseMove(strip, start)
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(strip, end)
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=end)


def play_until(bench: AxonBench, is_reached: Callable[[], bool]) -> None:
    assert bench.act()
    for _ in range(3_000):
        if is_reached():
            return
        bench.tick(FRAME)
    pytest.fail("the clock never came there")


# --- what is drawn is the recording -----------------------------------------------------------------------------------


@pytest.mark.parametrize("time_ms", [0.0, 0.51, 0.8, 1.37, 9.99])
def test_profile_and_front_are_the_recording_at_the_moment_shown(free: AxonBench, time_ms: float) -> None:
    free.playback.show_moment(time_ms)
    recording = free.playback.recording
    assert recording is not None
    row = time_ms / 0.02
    for name, whole in (("myelinated", recording.myelinated), ("bare", recording.bare)):
        low = int(np.floor(row + 1e-9))
        high = min(low + 1, len(recording.times_ms) - 1)
        expected = whole.voltage_mV[low] + (whole.voltage_mV[high] - whole.voltage_mV[low]) * (row - low)
        x, y = free.rows[name].profile.curve.getData()
        assert np.array_equal(x, whole.x_mm)
        assert np.allclose(y, expected, atol=1e-3)
        active = whole.active_columns(np.asarray(y))
        if len(active):
            assert free.rows[name].profile._front.value() == pytest.approx(whole.x_mm[active[-1]])
            assert np.asarray(y)[active].min() > ACTIVE_MV


def test_count_of_nodes_above_minus_40_is_that_of_the_recording(free: AxonBench) -> None:
    free.playback.show_moment(0.9)
    recording = free.playback.recording
    assert recording is not None
    nodes = recording.myelinated.voltage_mV[45][recording.myelinated.node_columns]
    front = int(np.flatnonzero(nodes > -40.0)[-1])
    text = free.rows["myelinated"].live.text()
    assert text == f"front at node {front} of 40; {int((nodes > -40.0).sum())} nodes above −40 mV now"


def test_strip_has_the_colour_of_the_voltage(free: AxonBench) -> None:
    free.playback.show_moment(1.0)
    row = free.rows["myelinated"]
    image = row.strip.grab().toImage()
    colors = VoltageColors(free.context.theme)
    recording = free.playback.recording
    assert recording is not None
    for place in (5.5, 17.5, 22.5, 35.5):  # within internodes, away from nodes
        v_mv = float(np.interp(place, recording.myelinated.x_mm, recording.myelinated.voltage_mV[50]))
        seen = image.pixelColor(round(row.strip.x_of(place)), round(row.strip.geometry_now.middle))
        wanted = colors.color(v_mv)
        distance = max(abs(a - b) for a, b in zip(seen.getRgb()[:3], wanted.getRgb()[:3], strict=True))
        assert distance <= 12, f"{place} mm: {seen.name()} is not {wanted.name()}"


def test_strip_stands_under_its_profile(free: AxonBench) -> None:
    for row in free.rows.values():
        for place in (0.0, 20.0, 40.0):
            assert row.strip.x_of(place) == pytest.approx(row.profile.place_of(place, 0.0).x(), abs=1.5)


def test_scrubbing_there_and_back_gives_the_same_picture(free: AxonBench) -> None:
    free.playback.show_moment(0.84)
    before = picture(free)
    free.playback.show_moment(7.3)
    assert picture(free) != before
    free.playback.show_moment(0.0)
    free.playback.show_moment(0.84)
    assert picture(free) == before


def test_played_frame_equals_the_scrubbed_one(free: AxonBench) -> None:
    play_until(free, lambda: free.playback.shown_ms > 0.7)
    free.act()
    live = picture(free)
    moment = free.playback.shown_ms
    free.playback.show_moment(3.0)
    free.playback.show_moment(moment)
    assert picture(free) == live


def test_nothing_moves_while_the_clock_stands(free: AxonBench) -> None:
    free.playback.show_moment(0.6)
    before = picture(free)
    for _ in range(20):
        free.tick(FRAME)
    assert picture(free) == before


def test_space_time_picture_builds_up_with_the_clock(free: AxonBench) -> None:
    plot = free.rows["bare"].picture
    shown = []
    for time_ms in (0.0, 2.0, 10.0, free.playback.last_ms):
        free.playback.show_moment(time_ms)
        shown.append(plot.revealed_columns)
    assert shown[0] == 0
    assert shown == sorted(set(shown))
    assert plot.read_out(15.0, 10.0)
    free.playback.show_moment(2.0)
    assert plot.read_out(15.0, 10.0) == ""  # not yet
    v_mv = float(plot.read_out(1.1, 2.0).split("V ")[1].removesuffix(" mV").replace("−", "-"))
    assert v_mv == pytest.approx(35.0, abs=3.0)  # the bump is at 2 mm after 1 ms


def test_pointer_over_the_strip_reads_place_and_voltage(free: AxonBench, qtbot: QtBot) -> None:
    free.playback.show_moment(0.9)
    row = free.rows["bare"]
    qtbot.mouseMove(row.strip, QPoint(round(row.strip.x_of(1.6)), 20))
    text = row.profile._read_out_label.text()
    assert text.startswith("1.6 mm   V ")
    v_mv = float(text.split("V ")[1].removesuffix(" mV").replace("−", "-"))
    recording = free.playback.recording
    assert recording is not None
    assert v_mv == pytest.approx(float(np.interp(1.6, recording.bare.x_mm, recording.bare.voltage_mV[45])), abs=4.0)


# --- what is measured -------------------------------------------------------------------------------------------------


def test_velocities_and_ratio_are_those_measured(free: AxonBench) -> None:
    assert free.rows["myelinated"].velocity.text() == f"{FAST:.1f} m/s"
    assert free.rows["bare"].velocity.text() == f"{SLOW:.2f} m/s"
    assert free.rows["myelinated"].verdict.text() == "12.5 × the bare axon"


def test_click_strips_an_internode_and_a_second_click_heals_it(
    free: AxonBench, played: PlayedSession, qtbot: QtBot
) -> None:
    click_internode(qtbot, free, 20)
    played.pay()
    assert played.asked[-1]["strips"] == [[20, 1, 2]]
    assert free.rows["myelinated"].verdict.text() == f"internode 20, 2 wraps: +{LATE_MS:.2f} ms"
    free.playback.show_moment(1.2)
    assert len(free.rows["myelinated"].profile.ghost.getData()[0])  # the intact axon beside it
    click_internode(qtbot, free, 20)
    played.pay()
    assert played.asked[-1]["strips"] == []
    assert "×" in free.rows["myelinated"].verdict.text()


def test_bare_internode_blocks_and_channels_rescue(free: AxonBench, played: PlayedSession, qtbot: QtBot) -> None:
    qtbot.mouseClick(free.controls.brush.button("bare"), Qt.MouseButton.LeftButton)
    click_internode(qtbot, free, 12)
    played.pay()
    assert played.asked[-1]["strips"] == [[12, 1, 0]]
    assert free.rows["myelinated"].verdict.text() == "internode 12, 0 wraps: blocked"
    assert free.rows["myelinated"].velocity.text() == "no conduction"
    qtbot.mouseClick(free.controls.brush.button("channels"), Qt.MouseButton.LeftButton)
    click_internode(qtbot, free, 12)
    played.pay()
    assert played.asked[-1]["strips"] == [[12, 1, 0, "channels"]]
    assert "new channels: +0.50 ms" in free.rows["myelinated"].verdict.text()
    qtbot.mouseClick(free.controls.heal, Qt.MouseButton.LeftButton)
    played.pay()
    assert free.state()["stripped"] == ()


def test_several_stretches_are_harmed_each_in_its_own_way(free: AxonBench, played: PlayedSession, qtbot: QtBot) -> None:
    click_internode(qtbot, free, 10)
    click_internode(qtbot, free, 30)
    played.pay()
    assert played.asked[-1]["strips"] == [[10, 1, 2], [30, 1, 2]]
    assert free.rows["myelinated"].verdict.text() == f"2 internodes in 2 places: +{2 * LATE_MS:.2f} ms"
    qtbot.mouseClick(free.controls.brush.button("channels"), Qt.MouseButton.LeftButton)
    click_internode(qtbot, free, 9, 10)
    played.pay()
    assert played.asked[-1]["strips"] == [[9, 2, 0, "channels"], [30, 1, 2]]
    click_internode(qtbot, free, 9)
    played.pay()
    assert played.asked[-1]["strips"] == [[10, 1, 0, "channels"], [30, 1, 2]]


def test_drag_strips_several_and_keys_do_as_well(free: AxonBench, played: PlayedSession, qtbot: QtBot) -> None:
    click_internode(qtbot, free, 15, 17)
    played.pay()
    assert played.asked[-1]["strips"] == [[15, 3, 2]]
    strip = free.rows["myelinated"].strip
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        qtbot.keyClick(strip, key)
    played.pay()
    assert played.asked[-1]["strips"] == [[15, 3, 2], [19, 1, 2]]


def test_second_stimulus_says_how_many_arrive(free: AxonBench, played: PlayedSession, qtbot: QtBot) -> None:
    switch = free.controls.second_switch
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton, pos=QPoint(8, switch.height() // 2))
    played.pay()
    assert played.asked[-1]["second_stimulus"] == 1.5
    assert free.rows["myelinated"].verdict.text() == "1 of 2 arrive"
    free.controls.second.field.setValue(1.75)
    played.pay()
    assert free.rows["myelinated"].verdict.text() == "2 of 2 arrive"


def test_runs_become_points_of_a_curve(bench: AxonBench, played: PlayedSession, qtbot: QtBot) -> None:
    free = bench
    qtbot.mouseClick(free.box.switch, Qt.MouseButton.LeftButton, pos=QPoint(8, free.box.switch.height() // 2))
    for diameter in (5.0, 20.0):
        free.controls.sliders["diameter_um"].field.setValue(diameter)
        played.pay()
    assert free.state()["swept"] == "diameter_um"
    x, y = free.rows["myelinated"].runs.curve.getData()
    assert list(x) == [5.0, 10.0, 20.0]
    assert list(y) == [FAST / 2, FAST, 2 * FAST]


def test_a_dragged_slider_asks_one_question_at_a_time(free: AxonBench, played: PlayedSession) -> None:
    before = len(played.asked)
    for notch in range(300, 700, 10):
        free.controls.sliders["wraps"].slider.setValue(notch)
    assert len(played.asked) == before + 1
    played.pay()
    assert len(played.asked) == before + 2
    assert played.asked[-1]["wraps"] == free.state()["wraps"]


# --- predict first ----------------------------------------------------------------------------------------------------


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


# --- state ------------------------------------------------------------------------------------------------------------


def test_state_goes_out_and_comes_back(free: AxonBench, played: PlayedSession) -> None:
    wanted = {
        **free.state(),
        "diameter_um": 12.0,
        "wraps": 60,
        "stripped": ({"first": 3, "count": 2, "damage": "channels"}, {"first": 20, "count": 1, "damage": "thin"}),
        "second_ms": 2.5,
        "brush": "bare",
        "view": "runs",
        "shown_ms": 1.26,
        "speed": 0.5,
    }
    free.apply(wanted)
    played.pay()
    assert free.state() == wanted
    assert free.playback.shown_ms == 1.26
    assert free.controls.sliders["diameter_um"].value() == 12.0
    before = picture(free)
    free.apply(FREE)
    played.pay()
    assert picture(free) != before
    free.apply(wanted)
    played.pay()
    assert picture(free) == before


@pytest.mark.parametrize(
    ("state", "key"),
    [
        ({"diameter_um": 0}, "diameter_um"),
        ({"wraps": 2.5}, "wraps"),
        ({"temperature_C": float("nan")}, "temperature_C"),
        ({"stripped": [{"first": 39, "count": 2}]}, "stripped[0].count"),
        ({"stripped": [{"first": 40}]}, "stripped[0].first"),
        ({"colour": "red"}, "colour"),
        ({"schema": 3}, "schema"),
        ({"prediction": {"number": "many"}}, "prediction.number"),
        ([], ""),
    ],
)
def test_nonsense_is_refused_with_the_key_named_and_nothing_changes(free: AxonBench, state: Any, key: str) -> None:
    before = free.state()
    with pytest.raises(StateError) as caught:
        free.apply(state)
    assert caught.value.key == key
    assert free.state() == before


def test_changes_can_be_undone(free: AxonBench, played: PlayedSession, changes: Changes, qtbot: QtBot) -> None:
    free.playback.show_moment(0.8)
    click_internode(qtbot, free, 20)
    played.pay()
    free.playback.show_moment(1.1)
    free.controls.sliders["wraps"].field.setValue(50)
    played.pay()
    assert [text for text, _, _ in changes.pushed] == ["Take myelin", "Wraps of myelin 50"]
    _, before, after = changes.pushed[-1]
    assert (before["wraps"], after["wraps"]) == (100, 50)
    assert before["shown_ms"] == after["shown_ms"] == 1.1  # undo changes the axon, not the moment
    free.apply(before)
    played.pay()
    assert free.state()["wraps"] == 100
    assert free.playback.shown_ms == 1.1
    free.apply(changes.pushed[0][1])
    played.pay()
    assert free.state()["stripped"] == ()


def test_refusal_is_shown_and_the_old_recording_stays(free: AxonBench, played: PlayedSession, qtbot: QtBot) -> None:
    recording = free.playback.recording
    free.controls.sliders["wraps"].field.setValue(7)
    played.refuse("The cell's process was ended.")
    qtbot.waitUntil(free.card.message.isVisible)
    assert free.card.message.text() == "The cell's process was ended."
    assert free.playback.recording is recording
    assert not free.is_busy
    free.controls.sliders["wraps"].field.setValue(8)
    played.pay()
    assert not free.card.message.isVisible()
    assert free.playback.recording is not recording


def test_a_question_lost_with_the_cell_is_asked_again(free: AxonBench, played: PlayedSession, qtbot: QtBot) -> None:
    free.controls.sliders["wraps"].field.setValue(7)
    before = len(played.asked)
    played.start_anew()
    qtbot.waitUntil(lambda: free.is_busy)
    assert not free.card.message.isVisible()
    played.become_ready()
    qtbot.waitUntil(lambda: len(played.asked) == before + 1)
    assert played.asked[-1]["wraps"] == 7
    played.pay()
    assert not free.is_busy


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


def test_the_panel_is_told_when_the_clock_begins_and_stops(free: AxonBench, qtbot: QtBot) -> None:
    with qtbot.waitSignal(free.state_changed):
        qtbot.mouseClick(free.clock_bar.play_button, Qt.MouseButton.LeftButton)
    assert free.is_moving
    with qtbot.waitSignal(free.state_changed):
        qtbot.mouseClick(free.clock_bar.play_button, Qt.MouseButton.LeftButton)
    assert not free.is_moving


def test_reset_is_calm_and_forgets_runs(free: AxonBench, played: PlayedSession, qtbot: QtBot) -> None:
    free.controls.sliders["wraps"].field.setValue(7)
    played.pay()
    free.playback.show_moment(2.0)
    qtbot.mouseClick(free.card.reset_button, Qt.MouseButton.LeftButton)
    played.pay()
    assert free.state()["wraps"] == 100
    assert len(free.state()["runs"]) <= 1
    assert free.playback.shown_ms == 0.0


def test_a_bench_that_is_not_shown_asks_nothing(workspace: Workspace, played: PlayedSession, qtbot: QtBot) -> None:
    bench = AxonBench(BenchContext(workspace, played, None, None, Changes().push))  # type: ignore[arg-type]
    qtbot.addWidget(bench)
    bench.apply({"wraps": 20})
    assert not played.asked
    bench.set_shown(True)
    assert played.asked[-1]["wraps"] == 20
    bench.close_bench()


@pytest.mark.parametrize("name", ["paper", "night", "projector"])
def test_changing_the_theme_redraws_all_in_its_colours(free: AxonBench, name: str) -> None:
    free.playback.show_moment(1.0)
    free.context.theme.set_name(name)
    colors = VoltageColors(free.context.theme)
    row = free.rows["bare"]
    seen = row.strip.grab().toImage().pixelColor(round(row.strip.x_of(30.0)), round(row.strip.geometry_now.middle))
    assert seen.name() == colors.color(-65.0).name()


def test_the_bench_is_declared() -> None:
    assert any(spec.name == "axon" and spec.bench_class.endswith("axon.bench:AxonBench") for spec in BENCHES)
