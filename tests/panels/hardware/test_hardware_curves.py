"""The last minute of the hardware panel: one time axis, gaps, the pointer, holding still."""

from collections.abc import Callable

import numpy as np
import pytest
from played_machine import gpu, sample, strip_of
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.panels.hardware.panel import HardwarePanel


def test_curves_hold_the_last_minute_on_one_time_axis(
    show: Callable[..., HardwarePanel], play: Callable[..., None]
) -> None:
    panel = show()
    play(*(sample(number / 10, cpu=float(number % 100)) for number in range(900)))
    for strip in panel.strips:
        assert strip.plot.plotItem.vb.viewRange()[0] == [-60.0, 0.0]
        for x, _ in strip.plot.curve_data().values():
            assert x[-1] == 0.0
            assert -60.05 <= x[0] <= -59.0
    x, y = strip_of(panel, "cpu").plot.curve_data()["machine"]
    assert len(x) == pytest.approx(600, abs=4)
    assert y[-1] in (97.0, 98.0, 99.0)  # a curve is redrawn with every third sample
    shown = [strip.plot.plotItem.getAxis("bottom").style["showValues"] for strip in panel.strips]
    assert shown == [False, False, True]


def test_the_axis_goes_back_as_far_as_something_is_known(
    show: Callable[..., HardwarePanel], play: Callable[..., None]
) -> None:
    panel = show()
    ends = []
    for begins, ends_at in ((0, 80), (80, 170), (170, 290), (290, 320)):
        play(*(sample(number / 10) for number in range(begins, ends_at)))
        ends.append({strip.plot.plotItem.vb.viewRange()[0][0] for strip in panel.strips})
    assert ends == [{-10.0}, {-20.0}, {-30.0}, {-60.0}]


def test_a_sample_of_long_ago_that_draws_no_line_widens_no_axis(
    show: Callable[..., HardwarePanel], play: Callable[..., None]
) -> None:
    panel = show()
    play(sample(0.0), *(sample(25 + number / 10) for number in range(30)))
    assert {strip.plot.plotItem.vb.viewRange()[0][0] for strip in panel.strips} == {-10.0}


def test_every_axis_has_its_unit(show: Callable[..., HardwarePanel], play: Callable[..., None]) -> None:
    panel = show()
    play(sample(gpus=(gpu(),)))
    units = [strip.plot.plotItem.getAxis("left").labelText for strip in panel.strips]
    assert units == ["%", "GB", "°C", "W", "MHz", "%", "GB", "MB"]
    assert panel.strips[-1].plot.plotItem.getAxis("bottom").labelText == "time (s)"


def test_a_pause_in_sampling_breaks_the_curve(show: Callable[..., HardwarePanel], play: Callable[..., None]) -> None:
    panel = show()
    play(*(sample(number / 10) for number in range(30)), *(sample(20 + number / 10) for number in range(30)))
    _, y = strip_of(panel, "cpu").plot.curve_data()["machine"]
    assert np.isnan(y).sum() == 1


def test_the_pointer_reads_the_curve(
    show: Callable[..., HardwarePanel], play: Callable[..., None], qtbot: QtBot
) -> None:
    panel = show()
    play(*(sample(number / 10, cpu=min(100.0, number / 5)) for number in range(300)))
    strip = strip_of(panel, "cpu")
    text = strip.plot.read_out(-10.0, 50.0)
    assert text.startswith("10.0 s ago")
    assert "machine 40 %" in text
    assert "training 30 %" in text
    assert strip.plot.read_out(-55.0, 0.0) == ""
    at = strip.plot.place_of(-10.0, 50.0)
    QTest.mouseMove(strip.plot.viewport(), at.toPoint())
    label = strip.plot.findChild(QLabel, "read_out")
    assert label is not None
    strip.plot.scene().sigMouseMoved.emit(strip.plot.mapToScene(at.toPoint()))
    assert "s ago" in label.text()


def test_power_and_memory_of_processes_find_their_own_axis(
    show: Callable[..., HardwarePanel], play: Callable[..., None]
) -> None:
    panel = show()
    play(*(sample(number / 10, gpus=(gpu(power=90.0 + number),)) for number in range(60)))
    low, high = strip_of(panel, "gpu_power").plot.plotItem.vb.viewRange()[1]
    assert low <= 0.0
    assert 150.0 < high < 250.0


def test_held_curves_stand_still_and_catch_up(show: Callable[..., HardwarePanel], play: Callable[..., None]) -> None:
    panel = show()
    play(*(sample(number / 10) for number in range(30)))
    QTest.mouseClick(panel.hold_button, Qt.MouseButton.LeftButton)
    play(*(sample(3 + number / 10, cpu=99.0) for number in range(30)))
    assert strip_of(panel, "cpu").value.text() == "45 %"
    QTest.mouseClick(panel.hold_button, Qt.MouseButton.LeftButton)
    assert strip_of(panel, "cpu").value.text() == "99 %"
    assert len(strip_of(panel, "cpu").plot.curve_data()["machine"][0]) == 60


def test_the_axis_of_a_share_reaches_100_before_anything_was_sampled(show: Callable[..., HardwarePanel]) -> None:
    low, high = strip_of(show(), "cpu").plot.plotItem.vb.viewRange()[1]
    assert low <= 0.0
    assert 100.0 <= high <= 110.0
