"""`hillock doctor`: is everything ready for class? Each finding says what is there, or what to do. Imports no torch."""

from __future__ import annotations

import gc
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from app import command_line
from app.job_thread import worker_environment
from app.resource_paths import log_folder, resource_path, settings_folder
from trainers.errors import HillockError, RunStopped
from trainers.user_folders import fetched_data_folder, user_data_folder

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.workspace import Workspace

Verdict = Literal["ok", "note", "fault"]
PATIENCE = 180.0  # s: a cold import of torch on a slow disk
EXHIBIT_STEPS = 5
EXHIBIT_MS = 20.0  # of the nerve cell's time: an impulse reaches its end within 4
RACE_STEPS = 20
LEAST_DISK = 1_000_000_000  # bytes: CIFAR-10 and a long evening of checkpoints


class Finding(msgspec.Struct, frozen=True):
    """One line of the doctor's table. `note` is worth knowing and no fault: class can begin."""

    name: str
    verdict: Verdict
    detail: str
    seconds: float = 0.0


def main(argv: Sequence[str]) -> int:
    """`hillock doctor`: prints the findings; 0 where class can begin, 1 otherwise."""
    options = command_line.doctor_parser().parse_args(argv)
    findings = []
    for finding in examine():
        findings.append(finding)
        if not options.json:
            print(_line(finding), flush=True)
    is_ready = all(finding.verdict != "fault" for finding in findings)
    if options.json:
        print(json.dumps({"ready": is_ready, "findings": msgspec.to_builtins(findings)}))
    else:
        faults = sum(finding.verdict == "fault" for finding in findings)
        print("Everything is ready for class." if is_ready else f"{faults} of {len(findings)} checks found a problem.")
    return 0 if is_ready else 1


def _line(finding: Finding) -> str:
    mark = {"ok": "ok  ", "note": "note", "fault": "FAULT"}[finding.verdict]
    return f"{mark:<6} {finding.name:<28} {finding.detail}"


def examine() -> Iterator[Finding]:
    """All findings, each as soon as it is made."""
    yield from _look("Settings folder", lambda: _folder(settings_folder()))
    yield from _look("Log folder", lambda: _folder(log_folder()))
    yield from _look("Disk", _disk)
    yield from _look("Typeface", _typeface)
    yield from _data()
    yield from _torch()
    yield from _qt_and_exhibits()


def _look(name: str, check: Callable[[], tuple[Verdict, str]]) -> Iterator[Finding]:
    """One check as a finding. Whatever it raises is a fault: the doctor goes on to the next."""
    begun = time.perf_counter()
    try:
        verdict, detail = check()
    except HillockError as error:
        verdict, detail = "fault", error.sentence
    except Exception as error:  # noqa: BLE001 - the edge of each exhibit: a broken one must not hide the others
        verdict, detail = "fault", f"{type(error).__name__}: {error}"
    yield Finding(name, verdict, " ".join(detail.split()), round(time.perf_counter() - begun, 3))


def _folder(folder: Path) -> tuple[Verdict, str]:
    existing = folder
    while not existing.exists():
        existing = existing.parent
    if not os.access(existing, os.W_OK):
        return "fault", f"{folder} cannot be written: give yourself the right to, or set XDG_CONFIG_HOME and its kin."
    return "ok", str(folder)


def _disk() -> tuple[Verdict, str]:
    folder = user_data_folder()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB free at {user_data_folder()}"
    if free < LEAST_DISK:
        return "fault", f"{text}: make room for at least {LEAST_DISK / 1e9:.0f} GB."
    return "ok", text


def _typeface() -> tuple[Verdict, str]:
    missing = [file for file in ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf") if not resource_path(f"fonts/{file}").exists()]  # fmt: skip
    if missing:
        return "fault", f"{', '.join(missing)} is missing: install Hillock again."
    return "ok", "Inter, bundled"


def _data() -> Iterator[Finding]:
    from trainers.datasets import DATASETS, is_present, load
    from trainers.training_plan import DataChoice

    def digits() -> tuple[Verdict, str]:
        split = load(DataChoice(name="digits"))
        return "ok", f"{len(split.train_inputs)} to train on, {len(split.test_inputs)} to test with, bundled"

    yield from _look("Data: digits", digits)
    directory = _preferred_folder()
    for name, spec in DATASETS.items():
        if spec.needs_download:
            here = is_present(DataChoice(name=name, directory=directory))
            place = directory or fetched_data_folder()
            text = f"in {place}" if here else f"not in {place}; {spec.megabytes:.0f} MB to fetch when you say yes"
            yield Finding(f"Data: {name}", "ok" if here else "note", text)


def _preferred_folder() -> str | None:
    """Where a person's preferences have the fetched data; read without Qt, which may be what is amiss."""
    try:
        preferences = json.loads((settings_folder() / "preferences.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    folder = preferences.get("data_directory") if isinstance(preferences, dict) else None
    return folder if isinstance(folder, str) and folder else None


def _torch() -> Iterator[Finding]:
    """torch is asked in a process of its own: never in this one."""
    begun = time.perf_counter()
    try:
        answer = subprocess.run(
            [sys.executable, "-P", "-m", "trainers.readiness"],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            env=worker_environment(),
        )
        found = json.loads(answer.stdout) if answer.returncode == 0 else None
        complaint = (answer.stderr.strip().splitlines() or [f"exit status {answer.returncode}"])[-1]
    except (OSError, subprocess.TimeoutExpired, json.JSONDecodeError) as error:
        found, complaint = None, str(error)
    seconds = round(time.perf_counter() - begun, 3)
    if found is None:
        yield Finding("PyTorch", "fault", f"PyTorch does not start: {complaint}", seconds)
        return
    yield Finding("PyTorch", "ok", f"torch {found['torch']}, torchvision {found['torchvision']}", seconds)
    for device, title in found["devices"].items():
        fault = found["faults"].get(device)
        yield Finding(f"Device: {device}", "fault" if fault else "ok", f"{title}: {fault}" if fault else title)
    if set(found["devices"]) == {"cpu"}:
        yield Finding("Device: GPU", "note", "none that PyTorch can use; everything runs on the CPU")


def _qt_and_exhibits() -> Iterator[Finding]:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

    def qt() -> tuple[Verdict, str]:
        from PySide6 import __version__
        from PySide6.QtCore import qVersion

        from app.screenshot import keep_quiet
        from app.window_session import build_application

        keep_quiet()
        build_application()
        return "ok", f"Qt {qVersion()}, PySide6 {__version__}"

    finding = next(_look("Qt", qt))
    yield finding
    if finding.verdict == "fault":
        return
    yield from _look("Display", _display)
    yield from _exhibits()


def _display() -> tuple[Verdict, str]:
    kept = os.environ.pop("QT_QPA_PLATFORM", None)
    try:
        command_line.check_display()
    except HillockError as error:
        return "note", error.sentence
    finally:
        if kept is not None:
            os.environ["QT_QPA_PLATFORM"] = kept
    return "ok", os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or "the platform's own"


def _exhibits() -> Iterator[Finding]:
    """Every panel drawn once, every kind of training taken a few steps, the nerve cell stimulated too little and enough, depth asked once, a race run."""
    from app.panel_catalog import PANELS
    from app.window_session import build_application

    gc.disable()  # as in app.screenshot: a panel collected in the thread of a worker's pipe took the process with it
    application = build_application()
    with tempfile.TemporaryDirectory(prefix="hillock-doctor-") as folder:
        for network, data in (("lenet5", "digits"), ("playground", "circle")):
            workspace = _workspace(Path(folder), network, data)
            yield from _look(f"Train {network} on {data}", lambda workspace=workspace: _train(application, workspace))  # type: ignore[misc]
            if network == "lenet5":
                workspace.activations.warm_up()  # its worker imports torch while the panels are drawn
                for spec in PANELS:
                    yield from _look(f"Panel: {spec.name}", lambda name=spec.name, place=workspace: _draw(name, place))  # type: ignore[misc]
                yield from _look("Neuron: 9 and 10 inputs", lambda place=workspace: _fire(application, place))  # type: ignore[misc]
                yield from _look("Activation: depth", lambda place=workspace: _ask_depth(application, place))  # type: ignore[misc]
                yield from _look("Activation: race", lambda place=workspace: _race(application, place))  # type: ignore[misc]
            workspace.shut_down_jobs()


def _workspace(folder: Path, network: str, data: str) -> Workspace:
    from app.user_settings import UserSettings
    from app.widgets.theme import Theme
    from app.workspace_building import build_workspace

    return build_workspace(
        UserSettings(folder / "settings"), Theme("paper"), network=network, data=data, runs_folder=folder / "runs"
    )


def _train(application: QApplication, workspace: Workspace) -> tuple[Verdict, str]:
    from app.screenshot import train_to

    train_to(application, workspace, EXHIBIT_STEPS, PATIENCE)
    _, losses = workspace.training.history.series("loss")
    run = workspace.training.run
    where = f" on {run.device}, {run.threads} threads" if run is not None else ""
    return "ok", f"{EXHIBIT_STEPS} steps{where}, loss {float(losses[0]):.3f} to {float(losses[-1]):.3f}"


def _fire(application: QApplication, workspace: Workspace) -> tuple[Verdict, str]:
    """What the lecture shows of the living cell, in a worker of its own: nine inputs together do not make it fire, ten do."""
    fires = {inputs: _has_fired(application, workspace, inputs) for inputs in (9, 10)}
    said = ", ".join(f"{inputs} inputs {'fire' if is_firing else 'do not fire'}" for inputs, is_firing in fires.items())
    if fires != {9: False, 10: True}:
        return "fault", f"{said}, where 9 should not and 10 should: install Hillock again."
    return "ok", f"{said}, in a worker of its own"


def _has_fired(application: QApplication, workspace: Workspace, inputs: int) -> bool:
    from app.screenshot import wait_until

    cell = workspace.neuron

    def come_to(is_there: Callable[[], bool]) -> None:
        wait_until(application, lambda: cell.state == "failed" or is_there(), PATIENCE, "The nerve cell did not answer")
        if cell.state == "failed":
            raise RunStopped(cell.reason)

    cell.restart()
    come_to(lambda: cell.state == "ready")
    cell.fire(tuple(range(inputs)))
    cell.show_moment(EXHIBIT_MS)
    come_to(lambda: cell.recording is not None and cell.recording.last_ms >= EXHIBIT_MS)
    return cell.recording is not None and any(spike.place == "bouton" for spike in cell.recording.spikes)


def _ask_depth(application: QApplication, workspace: Workspace) -> tuple[Verdict, str]:
    """What the lecture shows of depth: a signal that weights too small let vanish, and that Xavier's keep."""
    from trainers.activation_lab import DepthAnswer, DepthQuestion

    def remains(question: DepthQuestion) -> float:
        answers: list[DepthAnswer] = []
        lab = workspace.activations
        lab.depth_answered.connect(answers.append)
        _await_lab(application, workspace, lambda: lab.ask_depth(question), lambda: bool(answers))
        return float(answers[0].activations.variance[-1])

    small = DepthQuestion(initialisation="normal", deviation=0.01)
    lost, kept = remains(small), remains(DepthQuestion())
    said = f"after {small.layers} layers of tanh a variance of {lost:.1e} (weights of 0.01) or {kept:.3f} (Xavier)"
    if not lost < 1e-6 < 1e-2 < kept < 1.0:
        return "fault", f"{said}, where the first should have vanished and the other not: install Hillock again."
    return "ok", said


def _race(application: QApplication, workspace: Workspace) -> tuple[Verdict, str]:
    from trainers.activation_lab import ActivationChoice, AnyRaceEvent, RaceFrame, RacePlan

    lab = workspace.activations
    moves: list[AnyRaceEvent] = []
    lab.race_moved.connect(moves.extend)

    def begin() -> None:
        lab.start_race(RacePlan((ActivationChoice("relu"), ActivationChoice("tanh")), data="circle"))
        lab.step_race(RACE_STEPS)

    def frames() -> list[RaceFrame]:
        return [move for move in moves if isinstance(move, RaceFrame) and move.done >= RACE_STEPS]

    _await_lab(application, workspace, begin, lambda: bool(frames()))
    relu, tanh = frames()[-1].train_loss
    if not (math.isfinite(relu) and math.isfinite(tanh)):
        return "fault", f"after {RACE_STEPS} steps a loss is no number ({relu}, {tanh}): install Hillock again."
    return "ok", f"{RACE_STEPS} steps, loss {relu:.3f} with ReLU, {tanh:.3f} with tanh"


def _await_lab(
    application: QApplication, workspace: Workspace, ask: Callable[[], object], has_come: Callable[[], bool]
) -> None:
    """Ask the activation panel's worker for something, and wait until it has come; RunStopped with its refusal."""
    from app.screenshot import wait_until

    complaints: list[str] = []

    def note_failure(_token: int, reason: str) -> None:
        complaints.append(reason)

    workspace.activations.complained.connect(complaints.append)
    workspace.activations.race_lost.connect(complaints.append)
    workspace.activations.depth_failed.connect(note_failure)
    ask()
    wait_until(
        application, lambda: bool(complaints) or has_come(), PATIENCE, "The activation panel's worker did not answer"
    )
    if complaints:
        raise RunStopped(complaints[0])


def _draw(name: str, workspace: Workspace) -> tuple[Verdict, str]:
    from app.panel_catalog import build_panel, find_panel

    panel = build_panel(find_panel(name), workspace)
    try:
        panel.resize(1280, 800)
        panel.apply(panel.state())
        image = panel.grab().toImage()
        colours = {image.pixel(x, y) for x in range(0, 1280, 8) for y in range(0, 800, 8)}
        return ("ok", "drawn") if len(colours) > 4 else ("fault", "nothing was drawn")
    finally:
        panel.close_panel()
        panel.close()
