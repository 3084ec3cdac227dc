"""The hardware panel: figures and curves of machines with and without graphics cards, step phases, sleep; real psutil too."""

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.hardware_monitor import HardwareMonitor
from app.network_document import NetworkDocument
from app.panel import StateError
from app.panel_catalog import build_panel, find_panel
from app.panels.hardware.panel import HardwarePanel
from app.panels.hardware.readings import LastMinute, axis_top, reading, values_of
from app.panels.hardware.step_phases import duration_text, meaning_of
from app.panels.hardware.strip import Strip
from app.user_settings import UserSettings
from app.widgets.theme import THEME_NAMES, Theme
from app.workspace import Workspace
from trainers.events import RunStarted, StepReport
from trainers.hardware import GpuSample, HardwareSample, ProcessSample
from trainers.network_files import load_preset


class PlayedTraining(QObject):
    """A training whose events the test sends."""

    events_arrived = Signal(list)
    state_changed = Signal(str)
    state = "idle"
    run: RunStarted | None = None
    worker_pid: int | None = None


class PlayedMonitor(QObject):
    """A monitor whose samples the test sends."""

    sampled = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.latest: HardwareSample | None = None
        self.watchers: list[QObject] = []

    def start(self) -> None:
        """The thread is the real monitor's."""

    def watch(self, watcher: QObject) -> None:
        self.watchers.append(watcher)

    def unwatch(self, watcher: QObject) -> None:
        if watcher in self.watchers:
            self.watchers.remove(watcher)


def gpu(index: int = 0, **changes: Any) -> GpuSample:
    figures: dict[str, Any] = {
        "utilisation": 83.0,
        "memory_used": 14_200_000_000,
        "memory_total": 143_800_000_000,
        "temperature": 61.0,
        "power": 412.4,
        "clock": 1980.0,
    }
    return GpuSample(index, f"NVIDIA Test {index}", **{**figures, **changes})


def sample(seconds: float = 0.0, gpus: tuple[GpuSample, ...] = (), **changes: Any) -> HardwareSample:
    figures: dict[str, Any] = {
        "cpu": 45.4,
        "cores": (40.0, 50.8, 40.0, 50.8),
        "memory_used": 8_120_000_000,
        "memory_total": 25_300_000_000,
        "window": ProcessSample(1, 20.0, 231_000_000),
        "workers": (ProcessSample(2, 120.0, 812_000_000),),
    }
    reason = None if gpus else "no NVIDIA driver on this machine"
    return HardwareSample(time=500.0 + seconds, gpus=gpus, gpu_reason=reason, **{**figures, **changes})


def report(phases: dict[str, float], device_memory: int | None = None) -> StepReport:
    return StepReport(1, 0, ((1, 2.0),), 0.1, None, 100.0, phases, (), device_memory)


def started(device: str = "cpu") -> RunStarted:
    return RunStarted("r", "lenet5", "digits", {}, device, 1, 61_706)


@pytest.fixture
def workspace(qapp: QApplication, tmp_path: Path) -> Workspace:
    theme = Theme("paper")
    theme.install(qapp)
    document = NetworkDocument(load_preset("lenet5"))
    settings = UserSettings(tmp_path / "settings")
    return Workspace(document, PlayedTraining(), PlayedMonitor(), settings, theme)  # type: ignore[arg-type]


@pytest.fixture
def show(qtbot: QtBot, workspace: Workspace) -> Iterator[Callable[..., HardwarePanel]]:
    kept = []

    def build(width: int = 1280, height: int = 800) -> HardwarePanel:
        panel = build_panel(find_panel("hardware"), workspace)
        assert isinstance(panel, HardwarePanel)
        qtbot.addWidget(panel)
        kept.append(panel)
        panel.resize(width, height)
        panel.show()
        qtbot.waitExposed(panel)
        return panel

    yield build
    for panel in kept:
        panel.close_panel()


@pytest.fixture
def play(workspace: Workspace) -> Callable[..., None]:
    def send(*samples: HardwareSample) -> None:
        for one in samples:
            workspace.hardware.sampled.emit(one)

    return send


def strip_of(panel: HardwarePanel, name: str) -> Strip:
    return next(strip for strip in panel.strips if strip.spec.name == name)


def texts(panel: HardwarePanel, name: str) -> str:
    """What a person reads on a strip, without its colours."""
    strip = strip_of(panel, name)
    return f"{strip.value.text()} {QTextDocumentFragment.fromHtml(strip.details.text()).toPlainText()}"


# --- figures ------------------------------------------------------------------------------------------------------------


def test_without_a_gpu_it_says_so_in_one_line_and_shows_the_rest(
    show: Callable[..., HardwarePanel], play: Callable[..., None]
) -> None:
    panel = show()
    play(sample())
    assert panel.headline.text() == "No GPU (no NVIDIA driver on this machine): the 4 cores do all the work."
    assert [strip.spec.name for strip in panel.strips] == ["cpu", "memory", "processes"]
    assert texts(panel, "cpu") == "45 % ━ machine\n━ training 30 %\n╌ window 5 %"
    assert texts(panel, "memory") == "8.1 GB of 25.3 GB"
    assert texts(panel, "processes") == "231 MB ╌ window\n━ training 812 MB"
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


# --- curves -------------------------------------------------------------------------------------------------------------


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


# --- step phases --------------------------------------------------------------------------------------------------------


def test_before_a_run_the_bar_says_what_it_will_show(show: Callable[..., HardwarePanel]) -> None:
    panel = show()
    assert panel.phases.sentence.text().startswith("Train, and this bar")


@pytest.mark.parametrize(
    ("phases", "said"),
    [
        ({"data": 0.006, "forward": 0.001, "backward": 0.002, "optimizer": 0.001}, "waits for the data"),
        ({"data": 0.001, "forward": 0.003, "backward": 0.005, "optimizer": 0.001}, "as it should"),
        ({"data": 0.001, "forward": 0.006, "backward": 0.002, "optimizer": 0.001}, "way forward"),
        ({"data": 0.001, "forward": 0.002, "backward": 0.002, "optimizer": 0.005}, "larger batch"),
    ],
)
def test_a_step_is_shared_out_and_explained(
    show: Callable[..., HardwarePanel], workspace: Workspace, phases: dict[str, float], said: str
) -> None:
    panel = show()
    workspace.training.events_arrived.emit([started(), report(phases), report({})])
    assert panel.phases.title.text() == "One training step: 10.00 ms"
    assert said in panel.phases.sentence.text()
    for name, key in (("data", "data"), ("forward", "forward"), ("backward", "backward"), ("optimiser", "optimizer")):
        assert f"{name}&nbsp;{phases[key] / 0.01:.0%}" in panel.phases.legend.text()
    workspace.training.events_arrived.emit([started()])
    assert panel.phases.sentence.text().startswith("Train, and this bar")


def test_the_bar_is_drawn_in_proportion(show: Callable[..., HardwarePanel], workspace: Workspace) -> None:
    panel = show()
    phases = {"data": 0.001, "forward": 0.002, "backward": 0.006, "optimizer": 0.001}
    workspace.training.events_arrived.emit([started(), report(phases)])
    bar = panel.phases.bar
    picture = bar.grab().toImage()
    backward = workspace.theme.hex("series_3")
    line = [picture.pixelColor(x, 3).name() for x in range(picture.width())]
    assert line.count(backward) / len(line) == pytest.approx(0.6, abs=0.02)


@pytest.mark.parametrize(("seconds", "text"), [(0.0032, "3.20 ms"), (0.00085, "850 µs"), (1.234, "1.23 s")])
def test_times_are_written_in_their_unit(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_nothing_measured_means_nothing() -> None:
    assert meaning_of({}) == meaning_of({"data": 0.0})


# --- sleep and state ----------------------------------------------------------------------------------------------------


def test_a_hidden_panel_asks_for_no_samples_and_draws_none(
    show: Callable[..., HardwarePanel], play: Callable[..., None], workspace: Workspace
) -> None:
    monitor: Any = workspace.hardware
    panel = show()
    assert monitor.watchers == [panel]
    play(*(sample(number / 10) for number in range(10)))
    panel.hide()
    assert monitor.watchers == []
    play(*(sample(1 + number / 10, cpu=99.0) for number in range(10)))  # a run goes on, others look
    assert strip_of(panel, "cpu").value.text() == "45 %"
    panel.show()
    assert monitor.watchers == [panel]
    assert strip_of(panel, "cpu").value.text() == "99 %"
    assert len(strip_of(panel, "cpu").plot.curve_data()["machine"][0]) == 20
    panel.close_panel()
    assert monitor.watchers == []


def test_a_state_comes_back(show: Callable[..., HardwarePanel], play: Callable[..., None]) -> None:
    panel = show()
    play(sample(gpus=(gpu(0), gpu(1, utilisation=7.0))))
    panel.apply({"gpu": 1, "is_held": True, "schema": 1})
    assert json.loads(json.dumps(panel.state())) == {"gpu": 1, "is_held": True, "schema": 1}
    assert panel.gpu_choice.currentIndex() == 1
    assert panel.hold_button.isChecked()
    assert strip_of(panel, "gpu_load").value.text() == "7 %"
    panel.reset()
    assert panel.state() == {"gpu": 0, "is_held": False, "schema": 1}


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"fans": 1}, "fans"),
        ({"gpu": -1}, "gpu"),
        ({"gpu": "0"}, "gpu"),
        ({"is_held": 1}, "is_held"),
        ({"schema": 2}, "schema"),
    ],
)
def test_a_state_that_cannot_be_is_refused_by_its_key(
    show: Callable[..., HardwarePanel], change: dict[str, Any], key: str
) -> None:
    panel = show()
    before = panel.state()
    with pytest.raises(StateError) as caught:
        panel.apply({**before, "is_held": True, **change})
    assert caught.value.key == key
    assert panel.state() == before


# --- the real machine ---------------------------------------------------------------------------------------------------


def test_the_real_machine_is_sampled_ten_times_a_second_while_the_panel_is_shown(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    theme = Theme("paper")
    training = PlayedTraining()
    monitor = HardwareMonitor(training)  # type: ignore[arg-type]
    document = NetworkDocument(load_preset("lenet5"))
    workspace = Workspace(document, training, monitor, UserSettings(tmp_path / "settings"), theme)  # type: ignore[arg-type]
    panel = build_panel(find_panel("hardware"), workspace)
    assert isinstance(panel, HardwarePanel)
    qtbot.addWidget(panel)
    times: list[float] = []

    def note(taken: HardwareSample) -> None:
        times.append(taken.time)

    monitor.sampled.connect(note)
    panel.show()
    qtbot.waitUntil(lambda: len(times) >= 12, timeout=15_000)
    assert monitor.is_sampling
    assert np.median(np.diff(times)) == pytest.approx(0.1, abs=0.06)
    window = values_of(monitor.latest, 0, None)["window_memory"]  # type: ignore[arg-type]
    assert strip_of(panel, "processes").value.text() == f"{window:,.0f} MB"
    assert 20 < window < 2_000
    assert strip_of(panel, "memory").value.text() != "n/a"
    panel.hide()
    qtbot.waitUntil(lambda: not monitor.is_sampling)
    monitor.shutdown()


# --- looks --------------------------------------------------------------------------------------------------------------


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
        qtbot.waitUntil(lambda label=label: is_whole(label), timeout=2_000)
    assert (panel.width(), panel.height()) == size
    for strip in panel.strips:
        assert strip.plot.height() >= 30
        assert strip.plot.width() >= 100


# --- plain functions ----------------------------------------------------------------------------------------------------


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
