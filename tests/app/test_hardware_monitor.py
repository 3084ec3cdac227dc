"""The machine is sampled while somebody looks or a run is on, and at no other time."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.hardware_monitor import HardwareMonitor, values_of
from app.run_history import HARDWARE
from app.training_session import TrainingSession
from trainers.hardware import GpuSample, HardwareSample, ProcessSample

MakeSession = Callable[..., TrainingSession]


@pytest.fixture
def session(make_session: MakeSession) -> TrainingSession:
    return make_session(step_seconds=0.01)


@pytest.fixture
def monitor(session: TrainingSession) -> Iterator[HardwareMonitor]:
    made = HardwareMonitor(session)
    yield made
    made.shutdown()


def test_nothing_is_sampled_before_somebody_looks(qtbot: QtBot, monitor: HardwareMonitor) -> None:
    monitor.start()
    with qtbot.assertNotEmitted(monitor.sampled, wait=400):
        assert not monitor.is_sampling
    watcher = QObject()
    monitor.watch(watcher)
    with qtbot.waitSignal(monitor.sampled) as heard:
        pass
    (sample,) = heard.args
    assert isinstance(sample, HardwareSample)
    assert monitor.latest == sample
    assert sample.window is not None
    assert sample.window.memory
    monitor.unwatch(watcher)
    assert not monitor.is_sampling
    qtbot.wait(250)  # what was on its way
    with qtbot.assertNotEmitted(monitor.sampled, wait=400):
        pass


def test_ten_samples_make_a_second_of_history(
    qtbot: QtBot, count_turns: Callable[[], Any], monitor: HardwareMonitor
) -> None:
    watcher = QObject()
    monitor.start()
    monitor.watch(watcher)
    with count_turns() as turns:
        qtbot.waitUntil(lambda: len(monitor.history) >= 10)
    seconds, memory = monitor.history.rows("memory_used")
    assert turns.seconds < 5
    assert seconds[9] > 0.75  # nine waits of 0.1 s, to 5 %; the first is shorter where the first sample came late
    assert np.all(memory > 1e8)


def test_a_run_is_sampled_with_its_worker_into_its_own_curves(
    qtbot: QtBot, session: TrainingSession, monitor: HardwareMonitor
) -> None:
    monitor.start()
    session.start()
    qtbot.waitUntil(lambda: monitor.latest is not None and any(worker.memory for worker in monitor.latest.workers))
    assert monitor.latest is not None
    assert monitor.latest.workers[0].pid == session.worker_pid
    qtbot.waitUntil(lambda: session.history.last_step > 0 and session.history.count("cpu_utilisation") > 3)
    steps, _ = session.history.series("cpu_utilisation")
    assert np.all(np.diff(steps) >= 0)
    session.pause()
    assert not monitor.is_sampling


def test_shutdown_before_start_and_twice_is_harmless(monitor: HardwareMonitor) -> None:
    monitor.shutdown()
    monitor.start()
    monitor.shutdown()
    monitor.shutdown()


def test_each_metric_has_its_curve_and_missing_ones_have_none() -> None:
    gpu = GpuSample(0, "card", 80.0, 10, 20, 60.0, None, 1500.0)
    sample = HardwareSample(
        0.0, 50.0, None, 5, 9, (gpu,), None, ProcessSample(1, 7.0, 8), (ProcessSample(2, 99.0, None),)
    )
    values = values_of(sample)
    assert values == {
        "cpu_utilisation": 50.0,
        "memory_used": 5.0,
        "window_cpu": 7.0,
        "window_memory": 8.0,
        "worker_cpu": 99.0,
        "gpu_utilisation": 80.0,
        "gpu_memory": 10.0,
        "gpu_temperature": 60.0,
        "gpu_clock": 1500.0,
    }
    assert set(values) <= set(HARDWARE)
