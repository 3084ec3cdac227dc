import json
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from app import __main__ as hillock
from app import doctor
from app.doctor import Finding
from trainers.activation_lab import DepthQuestion, LayerFigures

# the cell's kernels are compiled by one process of the suite, not by two at once
pytestmark = pytest.mark.xdist_group("biology")


def test_a_ready_machine_gets_status_0_and_a_table(monkeypatch, capsys) -> None:
    findings = [Finding("Qt", "ok", "Qt 6"), Finding("Device: GPU", "note", "none")]
    monkeypatch.setattr(doctor, "examine", lambda: iter(findings))
    assert hillock.main(["doctor"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].split() == ["ok", "Qt", "Qt", "6"]
    assert said[-1] == "Everything is ready for class."


def test_a_fault_gets_status_1_and_is_named(monkeypatch, capsys) -> None:
    monkeypatch.setattr(doctor, "examine", lambda: iter([Finding("PyTorch", "fault", "PyTorch does not start: x")]))
    assert hillock.main(["doctor", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["ready"] is False
    assert said["findings"][0]["name"] == "PyTorch"


def test_a_check_that_breaks_is_a_fault_and_hides_no_other() -> None:
    def broken() -> tuple[doctor.Verdict, str]:
        raise ZeroDivisionError("by nothing")

    finding = next(doctor._look("Broken", broken))
    assert (finding.verdict, finding.detail) == ("fault", "ZeroDivisionError: by nothing")


def test_a_full_disk_and_a_torch_that_does_not_start_are_faults(monkeypatch) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    assert doctor._disk()[0] == "fault"
    monkeypatch.setattr(doctor.sys, "executable", "/nowhere/python")
    finding = next(doctor._torch())
    assert finding.verdict == "fault"
    assert "does not start" in finding.detail


def test_it_looks_where_a_person_keeps_the_data(monkeypatch, tmp_path) -> None:
    settings, data = tmp_path / "settings", tmp_path / "sets"
    settings.mkdir()
    monkeypatch.setattr(doctor, "settings_folder", lambda: settings)
    (settings / "preferences.json").write_text(json.dumps({"data_directory": str(data)}))
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        file = data / "MNIST" / "raw" / f"{name}-ubyte"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
    found = {finding.name: finding for finding in doctor._data()}
    assert (found["Data: mnist"].verdict, found["Data: mnist"].detail) == ("ok", f"in {data}")
    assert str(data) in found["Data: cifar10"].detail
    (settings / "preferences.json").write_text("{")
    assert doctor._preferred_folder() is None


@pytest.mark.timeout(300)
def test_the_doctor_runs_every_exhibit_and_finds_this_machine_ready() -> None:
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "app", "doctor", "--json"], capture_output=True, text=True, check=False, timeout=280
    )
    said = json.loads(done.stdout)
    faults = [finding for finding in said["findings"] if finding["verdict"] == "fault"]
    assert not faults
    assert done.returncode == 0
    names = {finding["name"] for finding in said["findings"]}
    assert {"Train lenet5 on digits", "Train playground on circle", "Panel: monitor", "Panel: hardware"} <= names
    cell = next(finding for finding in said["findings"] if finding["name"].startswith("Neuron"))
    depth, race = (
        next(one for one in said["findings"] if one["name"] == f"Activation: {what}") for what in ("depth", "race")
    )
    assert depth["detail"].startswith("after 20 layers of tanh a variance of ")
    assert race["detail"].startswith("20 steps, loss 0.")
    assert cell["detail"] == "9 inputs do not fire, 10 inputs fire, in a worker of its own"
    assert {"PyTorch", "Device: cpu", "Data: digits", "Data: mnist", "Disk", "Qt"} <= names


class Lab(QObject):
    """Stands in for the activation panel's session, with a worker that is out of order."""

    depth_answered = Signal(object)
    depth_failed = Signal(int, str)
    race_moved = Signal(list)
    race_lost = Signal(str)
    complained = Signal(str)

    def ask_depth(self, _question: DepthQuestion) -> None:
        """Every answer is that of a signal that has kept all of its variance."""
        figures = LayerFigures(np.zeros((1, 1)), np.zeros((1, 2)), np.zeros(1), np.ones(1), np.zeros(1))
        self.depth_answered.emit(SimpleNamespace(activations=figures))

    def start_race(self, _plan: object) -> None:
        self.race_lost.emit("The process of the activation panel has died.")

    def step_race(self, _count: int) -> None:
        """Nobody is there to take one."""


class LostLab(Lab):
    """Its worker is lost before it answers."""

    def ask_depth(self, _question: DepthQuestion) -> None:
        self.depth_failed.emit(1, "The process of the activation panel was ended.")


def test_depth_that_comes_to_other_figures_and_a_race_that_breaks_are_faults(qapp) -> None:
    place = type("Place", (), {"activations": Lab()})()
    (depth,) = doctor._look("Activation: depth", lambda: doctor._ask_depth(qapp, place))
    assert depth.verdict == "fault"
    assert "should have vanished" in depth.detail
    (race,) = doctor._look("Activation: race", lambda: doctor._race(qapp, place))
    place = type("Place", (), {"activations": LostLab()})()
    (lost,) = doctor._look("Activation: depth", lambda: doctor._ask_depth(qapp, place))
    assert (lost.verdict, lost.detail) == ("fault", "The process of the activation panel was ended.")
    assert (race.verdict, race.detail) == ("fault", "The process of the activation panel has died.")
