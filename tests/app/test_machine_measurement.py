"""The machine is measured when it is asked for, by a worker that goes again; what was measured is kept."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.machine_measurement import MachineMeasurement
from trainers.machine_speed import speed_file

PATIENCE_MS = 60_000


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HILLOCK_CACHE_DIR", str(tmp_path))


def test_a_measurement_is_made_once_and_kept(qtbot: QtBot) -> None:
    machine = MachineMeasurement(job="measuring_jobs:measure")
    assert machine.speed("auto", 2) is None
    with qtbot.waitSignal(machine.changed):
        machine.measure("auto", 2)
    assert machine.is_measuring
    machine.measure("auto", 2)  # pressed again: one is enough
    with qtbot.waitSignal(machine.changed, timeout=PATIENCE_MS):
        pass
    assert not machine.is_measuring
    speed = machine.speed("auto", 2)
    assert speed is not None
    assert (speed.threads, speed.product) == (2, 1e9)
    assert speed_file("auto", 2).exists()
    assert MachineMeasurement().speed("auto", 2) == speed
    assert machine.speed("cuda", 2) is None
    machine.shutdown()


def test_what_cannot_be_measured_is_said(qtbot: QtBot) -> None:
    machine = MachineMeasurement(job="measuring_jobs:refuse")
    with qtbot.waitSignal(machine.complained, timeout=PATIENCE_MS) as said:
        machine.measure("mps", 1)
    assert said.args == ["This machine could not be measured: The device mps is not there."]
    assert not machine.is_measuring
    machine.measure("mps", 1)
    machine.shutdown()  # the window closes meanwhile
    assert not machine.is_measuring
