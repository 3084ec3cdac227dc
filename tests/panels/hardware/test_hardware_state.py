"""The hardware panel asleep, its state, and a real machine behind it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from played_machine import PlayedTraining, gpu, sample, strip_of
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.hardware_monitor import HardwareMonitor
from app.network_document import NetworkDocument
from app.panel import StateError
from app.panel_catalog import build_panel, find_panel
from app.panels.hardware.panel import HardwarePanel
from app.panels.hardware.readings import values_of
from app.user_settings import UserSettings
from app.widgets.theme import Theme
from app.workspace import Workspace
from trainers.hardware import HardwareSample
from trainers.network_files import load_preset


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


def test_the_real_machine_is_sampled_ten_times_a_second_while_the_panel_is_shown(
    qtbot: QtBot, qapp: QApplication, count_turns: Callable[[], Any], tmp_path: Path
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
    in_turns: list[float] = []
    turns = count_turns()

    def note(taken: HardwareSample) -> None:
        times.append(taken.time)
        in_turns.append(turns.seconds)

    monitor.sampled.connect(note)
    panel.show()
    with turns:
        qtbot.waitUntil(lambda: len(times) >= 12)
    assert monitor.is_sampling
    assert np.median(np.diff(times)) > 0.04
    assert np.median(np.diff(in_turns)) < 0.16
    window = values_of(monitor.latest, 0, None)["window_memory"]  # type: ignore[arg-type]
    assert f"window {window:,.0f} MB" in strip_of(panel, "processes").details.text()
    own = (
        psutil.Process().memory_info().rss / 1e6
    )  # here the window's process is that of the tests, whatever it has loaded
    assert window == pytest.approx(own, rel=0.3)
    assert strip_of(panel, "memory").value.text() != "n/a"
    panel.hide()
    qtbot.waitUntil(lambda: not monitor.is_sampling)
    monitor.shutdown()
