"""The axon bench as a person uses it: play, scrub, read, take myelin away, measure. The model is played."""

from __future__ import annotations

import numpy as np
import pytest
from axon_hands import FRAME, FREE, click_internode, picture, play_until
from played_axons import FAST, LATE_MS, SLOW, PlayedSession
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.panels.neuron.bench import BENCHES
from app.panels.neuron.benches.axon.bench import AxonBench
from app.panels.neuron.benches.axon.recording import ACTIVE_MV
from app.panels.neuron.voltage_colors import VoltageColors


@pytest.fixture
def bench(axon_bench: AxonBench) -> AxonBench:
    return axon_bench


@pytest.fixture
def free(axon_bench: AxonBench, played: PlayedSession) -> AxonBench:
    axon_bench.apply(FREE)
    played.pay()
    return axon_bench


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


def test_the_panel_is_told_when_the_clock_begins_and_stops(free: AxonBench, qtbot: QtBot) -> None:
    with qtbot.waitSignal(free.state_changed):
        qtbot.mouseClick(free.clock_bar.play_button, Qt.MouseButton.LeftButton)
    assert free.is_moving
    with qtbot.waitSignal(free.state_changed):
        qtbot.mouseClick(free.clock_bar.play_button, Qt.MouseButton.LeftButton)
    assert not free.is_moving


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
