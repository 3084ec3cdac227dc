"""The hardware panel's figures, of machines with and without graphics cards, in every theme and size."""

import math
from collections.abc import Callable

import pytest
from played_machine import gpu, report, sample, started, strip_of, texts
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.panels.hardware.panel import HardwarePanel
from app.panels.hardware.readings import LastMinute, axis_top, reading, values_of
from app.widgets.theme import THEME_NAMES
from app.workspace import Workspace
from trainers.hardware import HardwareSample, ProcessSample


def test_without_a_gpu_it_says_so_in_one_line_and_shows_the_rest(
    show: Callable[..., HardwarePanel], play: Callable[..., None]
) -> None:
    panel = show()
    play(sample())
    assert panel.headline.text() == "No GPU (no NVIDIA driver on this machine): the 4 cores do all the work."
    assert [strip.spec.name for strip in panel.strips] == ["cpu", "memory", "processes"]
    assert texts(panel, "cpu") == "45 % ━ machine\n━ training 30 %\n╌ window 5 %"
    assert texts(panel, "memory") == "8.1 GB of 25.3 GB"
    assert texts(panel, "processes") == "1,043 MB ━ together\n━ training 812 MB\n╌ window 231 MB"
    assert not panel.gpu_choice.isVisible()


def test_with_a_gpu_all_its_figures_are_large(show: Callable[..., HardwarePanel], play: Callable[..., None]) -> None:
    panel = show()
    play(sample(gpus=(gpu(),)))
    assert panel.headline.text() == "NVIDIA Test 0 · 4 cores"
    read = {strip.spec.name: strip.value.text() for strip in panel.strips}
    assert read["gpu_load"] == "83 %"
    assert read["gpu_memory"] == "14.2 GB"
    assert read["gpu_temperature"] == "61 °C"
    assert read["gpu_power"] == "412 W"
    assert read["gpu_clock"] == "1,980 MHz"
    assert all(strip.value.font().pixelSize() >= 24 for strip in panel.strips)
    assert not panel.gpu_choice.isVisible()


@pytest.mark.parametrize(
    ("missing", "strip"),
    [
        ("utilisation", "gpu_load"),
        ("memory_used", "gpu_memory"),
        ("temperature", "gpu_temperature"),
        ("power", "gpu_power"),
        ("clock", "gpu_clock"),
    ],
)
def test_a_missing_metric_says_so_and_the_others_stand(
    show: Callable[..., HardwarePanel], play: Callable[..., None], missing: str, strip: str
) -> None:
    panel = show()
    play(*(sample(number / 10, gpus=(gpu(**{missing: None}),)) for number in range(9)))
    read = {one.spec.name: one.value.text() for one in panel.strips}
    assert read[strip] == "n/a"
    assert sum(text == "n/a" for text in read.values()) == 1


def test_nothing_at_all_is_still_a_panel(show: Callable[..., HardwarePanel], play: Callable[..., None]) -> None:
    panel = show()
    nothing = HardwareSample(time=1.0, cpu=None, cores=None, memory_used=None, memory_total=None)
    play(nothing, nothing)
    assert {strip.value.text() for strip in panel.strips} == {"n/a"}
    assert panel.headline.text() == "No GPU (none was found): the cores do all the work."


def test_several_gpus_are_chosen_from_a_list(show: Callable[..., HardwarePanel], play: Callable[..., None]) -> None:
    panel = show()
    cards = (gpu(0), gpu(1, utilisation=7.0, power=None))
    play(*(sample(number / 10, gpus=cards) for number in range(30)))
    assert panel.gpu_choice.isVisible()
    assert [panel.gpu_choice.itemText(number) for number in range(2)] == ["GPU 0", "GPU 1"]
    panel.gpu_choice.setFocus()
    QTest.keyClick(panel.gpu_choice, Qt.Key.Key_Down)
    assert panel.headline.text().startswith("NVIDIA Test 1")
    assert strip_of(panel, "gpu_load").value.text() == "7 %"
    assert strip_of(panel, "gpu_power").value.text() == "n/a"
    _, y = strip_of(panel, "gpu_load").plot.curve_data()["GPU"]
    assert set(y) == {7.0}  # also its past


def test_what_pytorch_holds_on_the_card_stands_beside_what_is_taken(
    show: Callable[..., HardwarePanel], play: Callable[..., None], workspace: Workspace
) -> None:
    panel = show()
    workspace.training.events_arrived.emit([started("cuda"), report({}, device_memory=9_230_000_000)])
    play(sample(gpus=(gpu(),)))
    assert texts(panel, "gpu_memory") == "14.2 GB of 143.8 GB\n━ PyTorch 9.2 GB"


def test_a_mac_is_not_told_that_it_has_no_gpu(
    show: Callable[..., HardwarePanel], play: Callable[..., None], workspace: Workspace
) -> None:
    panel = show()
    workspace.training.run = started("mps")  # type: ignore[misc]
    play(sample())
    assert "No GPU" not in panel.headline.text()
    assert "MPS" in panel.headline.text()


@pytest.mark.parametrize("cards", [0, 1])
@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (427, 760), (1280, 300)])
@pytest.mark.parametrize("name", THEME_NAMES)
def test_nothing_is_cut_in_any_theme_and_size(
    show: Callable[..., HardwarePanel], play: Callable[..., None], workspace: Workspace, qtbot: QtBot,
    name: str, size: tuple[int, int], cards: int,
) -> None:  # fmt: skip
    workspace.theme.set_name(name)
    panel = show(*size)
    phases = {"data": 0.001, "forward": 0.002, "backward": 0.006, "optimizer": 0.001}
    workspace.training.events_arrived.emit([started(), report(phases, 9_000_000_000)])
    play(*(sample(number / 10, gpus=tuple(gpu(n) for n in range(cards))) for number in range(40)))

    def is_whole(label: QLabel) -> bool:
        wanted = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
        is_wide_enough = label.wordWrap() or label.width() >= label.sizeHint().width()
        return is_wide_enough and label.height() >= wanted

    labels = [label for label in panel.findChildren(QLabel) if label.isVisible() and label.text()]
    assert len(labels) > 8
    for label in labels:
        qtbot.waitUntil(lambda label=label: is_whole(label))
    assert (panel.width(), panel.height()) == size
    for strip in panel.strips:
        assert strip.plot.height() >= 30
        assert strip.plot.width() >= 100


@pytest.mark.parametrize(
    ("value", "top"), [(0.0, 1.0), (math.nan, 1.0), (83.0, 100.0), (95.0, 200.0), (412.0, 500.0), (1980.0, 5000.0)]
)
def test_an_axis_ends_at_a_round_number_above_its_curve(value: float, top: float) -> None:
    assert axis_top(value) == top


def test_figures_are_written_with_their_unit() -> None:
    assert reading(1979.6, "MHz", 0) == "1,980 MHz"
    assert reading(None, "W", 0) == "n/a"


def test_a_worker_that_has_ended_leaves_no_figure() -> None:
    values = values_of(sample(workers=(ProcessSample(7, None, None),)), 0, None)
    assert "worker_cpu" not in values
    assert "worker_memory" not in values


def test_an_empty_minute_has_empty_curves() -> None:
    x, curves = LastMinute().curves(("cpu",))
    assert len(x) == 0
    assert len(curves["cpu"]) == 0


def test_an_odd_number_of_strips_leaves_no_corner_empty(
    show: Callable[..., HardwarePanel], play: Callable[..., None]
) -> None:
    panel = show(1280, 400)  # too low for one column
    play(sample())
    first, second, third = (strip.geometry() for strip in panel.strips)
    assert second.top() == third.top() > first.bottom()
    assert first.width() >= second.width() + third.width()
