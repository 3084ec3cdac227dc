"""`hillock train`: what it prints, what it refuses, how it is interrupted; without Qt and the window."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console
from training_tools import drive, losses_of, plan_for

from trainers import __main__ as command_line
from trainers import run_store
from trainers.commands import Stop
from trainers.data_split import LoadingCancelled
from trainers.events import Progress
from trainers.progress_view import ProgressView
from trainers.run_store import latest_checkpoint
from trainers.train_command import main
from trainers.train_options import parse

ROOT = Path(__file__).parents[2]
SHORT = ["--samples", "200", "--batch-size", "16", "--learning-rate", "0.01", "--threads", "1"]


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def losses_in(lines: list[dict[str, Any]]) -> list[tuple[int, float]]:
    return [(step, loss) for line in lines if line["type"] == "StepReport" for step, loss in line["losses"]]


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where runs go if nobody says otherwise."""
    monkeypatch.setenv("HILLOCK_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data" / "runs"


def test_json_lines_are_the_events_and_nothing_else(capfdbinary: pytest.CaptureFixture[bytes], runs: Path) -> None:
    status = main(["playground", "--data", "circle", "--epochs", "2", "--seed", "3", "--json", *SHORT])
    out, err = capfdbinary.readouterr()
    assert (status, err) == (0, b"")
    lines = lines_of(out.decode())
    assert [line["type"] for line in lines[:2]] == ["RunStarted", "EpochReport"]
    last = lines[-1]
    assert last["type"] == "RunFinished"
    assert {"test_accuracy", "steps_per_second", "seconds"} <= set(last)
    assert losses_in(lines) == losses_of(drive(plan_for(epochs=2, seed=3)))
    assert (runs / lines[0]["run"] / "plan.json").is_file()
    assert lines[0]["settings"]["seed"] == 3


def test_the_progress_bar_ends_with_the_score(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["playground", "--data", "gauss", "--epochs", "2", *SHORT]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "25 parameters, 160 training and 40 test samples, cpu, 1 thread." in out
    assert "Done after 20 steps" in out
    assert "% right" in out


def test_the_bar_shows_epoch_loss_and_speed() -> None:
    text = io.StringIO()
    with ProgressView(Console(file=text, force_terminal=True, width=200)) as view:
        for event in drive(plan_for(epochs=2)):
            view.show(event)
    assert "Epoch 2" in text.getvalue()
    assert "samples/s" in text.getvalue()


BAD: dict[str, tuple[list[str], str]] = {
    "network": (["lenet6", "--data", "digits"], "lenet5"),
    "data": (["lenet5", "--data", "digitz"], "digits"),
    "no data": (["lenet5"], "--data"),
    "nothing": ([], "NETWORK"),
    "option": (["lenet5", "--data", "digits", "--epoch", "3"], "--epochs"),
    "python file": (["net.py", "--data", "digits"], "net.py: the source has no class made from nn.Module"),
    "torn json": (["torn.json", "--data", "digits"], "torn.json"),
    "text column": (["playground", "--data", "text.csv"], "text.csv"),
    "no such csv": (["playground", "--data", "nothing.csv"], "nothing.csv"),
    "negative rate": (["lenet5", "--data", "digits", "--learning-rate", "-1"], "Learning rate must be above 0"),
    "tiny negative rate": (["lenet5", "--data", "digits", "--learning-rate", "-1e-3"], "not -0.001"),
    "nan rate": (["lenet5", "--data", "digits", "--learning-rate", "nan"], "not nan"),
    "infinite rate": (["lenet5", "--data", "digits", "--learning-rate", "inf"], "not inf"),
    "rate in words": (["lenet5", "--data", "digits", "--learning-rate", "fast"], "not fast"),
    "no epochs": (["lenet5", "--data", "digits", "--epochs", "0"], "Epochs must be a whole number, at least 1"),
    "half an epoch": (["lenet5", "--data", "digits", "--epochs", "1.5"], "whole number"),
    "huge batch": (["lenet5", "--data", "digits", "--batch-size", "1e9"], "at most 65,536"),
    "optimiser": (["lenet5", "--data", "digits", "--optimizer", "lion"], "sgd, adam, adamw or rmsprop"),
    "misfit": (["lenet5", "--data", "circle"], "28"),
    "device": (["playground", "--data", "circle", "--device", "mps"], "mps"),
    "device name": (["playground", "--data", "circle", "--device", "tpu"], "auto, cpu, cuda or mps"),
    "loss": (["playground", "--data", "circle", "--loss", "mse"], "classes"),
    "noise": (["playground", "--data", "circle", "--noise", "7"], "from 0 to 1"),
    "nan noise": (["playground", "--data", "circle", "--noise", "nan"], "from 0 to 1"),
    "missing data": (["lenet5", "--data", "mnist", "--data-dir", "nowhere"], "digits"),
    "runs in a file": (["playground", "--data", "circle", "--runs-dir", "torn.json/runs"], "torn.json"),
    "runs in proc": (["playground", "--data", "circle", "--runs-dir", "/proc/runs"], "/proc/runs"),
    "runs with a long name": (["playground", "--data", "circle", "--runs-dir", "x" * 300], "too long"),
    "resume nothing": (["--resume", "nothing"], "nothing"),
    "no such weights": (["lenet5", "--data", "digits", "--weights", "nothing.pt"], "There is no file nothing.pt"),
    "torn weights": (["lenet5", "--data", "digits", "--weights", "torn.json"], "no whole safetensors file"),
    "resume and weights": (["--resume", "nothing", "--weights", "torn.json"], "has its weights already"),
    "resume and data": (["playground", "--data", "circle", "--resume", "nothing"], "leave NETWORK and --data away"),
}


@pytest.mark.parametrize(("name", "is_bar"), [*((name, False) for name in BAD), ("device", True)])
def test_bad_input_is_one_sentence_and_writes_nothing(
    name: str, is_bar: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "torn.json").write_text('{"name": "torn", "layers": [')
    (tmp_path / "text.csv").write_text("a,b,label\n" + "".join(f"{i},word{i},{i % 2}\n" for i in range(60)))
    (tmp_path / "net.py").write_text("raise SystemExit('executed')\n")
    monkeypatch.chdir(tmp_path)
    arguments, words = BAD[name]
    before = sorted(tmp_path.rglob("*"))
    assert main(arguments if is_bar else [*arguments, "--json"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert words in err
    assert 1 <= len(err.splitlines()) <= 4
    assert "Traceback" not in err
    assert sorted(tmp_path.rglob("*")) == before


def test_numbers_that_run_away_fail_with_status_1(capfd: pytest.CaptureFixture[str]) -> None:
    status = main(
        ["lenet5", "--data", "digits", "--optimizer", "sgd", "--learning-rate", "50", "--threads", "1", "--json"]
    )
    out, err = capfd.readouterr()
    assert status == 1
    assert lines_of(out)[-1]["type"] == "RunFailed"
    assert err.strip() == lines_of(out)[-1]["reason"]


def test_a_run_goes_on_by_its_name_with_more_epochs(capfd: pytest.CaptureFixture[str], runs: Path) -> None:
    assert main(["playground", "--data", "circle", "--epochs", "2", "--schedule", "constant", "--json", *SHORT]) == 0
    first = lines_of(capfd.readouterr().out)
    assert main(["--resume", first[0]["run"], "--epochs", "3", "--json"]) == 0
    second = lines_of(capfd.readouterr().out)
    assert (second[0]["run"], second[0]["step"]) == (first[0]["run"], 20)
    whole = losses_of(drive(plan_for(epochs=3, schedule="constant")))
    assert losses_in(first) + losses_in(second) == whole
    assert main(["--resume", first[0]["run"], "--epochs", "1"]) == 2
    assert "too few" in capfd.readouterr().err
    assert main(["--resume", first[0]["run"], "--seed", "1"]) == 2
    assert main(["--resume", str(runs / first[0]["run"]), "--samples", "100"]) == 2
    capfd.readouterr()
    assert main(["--resume", first[0]["run"], "--data-seed", "1"]) == 2
    assert "--data-seed" in capfd.readouterr().err


def test_a_csv_and_its_label_column(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "points.csv"
    file.write_text("kind,x,y\n" + "".join(f"{'ab'[i % 2]},{i % 2 * 4 + i * 0.01},{i % 7}\n" for i in range(100)))
    assert (
        main(["playground", "--data", str(file), "--label", "kind", "--epochs", "2", "--json", "--threads", "1"]) == 0
    )
    assert lines_of(capfd.readouterr().out)[0]["classes"] == ["a", "b"]


@pytest.mark.parametrize("arguments", [["--resume"], ["lenet5", "--data", "mnist", "--data-dir"]], ids=" ".join)
def test_a_name_that_no_file_can_have_is_refused(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "x" * 300, "--runs-dir", str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_options_are_checked_before_torch_is_imported(tmp_path: Path) -> None:
    program = (
        "import sys; from trainers.__main__ import main; status = main(sys.argv[1:]);"
        " assert 'torch' not in sys.modules, 'torch was imported'; sys.exit(status)"
    )
    for arguments in (["lenet5", "--data", "circle"], ["lenet5", "--data", "digits", "--epochs", "0"], ["--help"]):
        done = _run(["-c", program, "train", *arguments], tmp_path)
        assert done.returncode == (0 if arguments == ["--help"] else 2), done.stderr
        assert "torch was imported" not in done.stderr


def test_help_names_every_option_and_the_exit_statuses(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    for option in ("--epochs", "--learning-rate", "--data-dir", "--resume", "--json", "--runs-dir", "--download"):
        assert option in text
    assert "130 interrupted" in " ".join(text.split())
    assert "1e-3" in text or "0.001" in text


def test_it_works_with_the_window_and_qt_uninstalled(tmp_path: Path) -> None:
    program = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("app", "PySide6", "shiboken6", "pyqtgraph", "qtawesome"):
            raise ModuleNotFoundError(f"blocked: {name}", name=name)
sys.meta_path.insert(0, Blocker())
import runpy
sys.argv[0] = "trainers"
runpy.run_module("trainers", run_name="__main__")
"""
    done = _run(["-c", program, "train", "playground", "--data", "circle", "--epochs", "1", "--json", *SHORT], tmp_path)
    assert done.returncode == 0, done.stderr
    assert lines_of(done.stdout)[-1]["type"] == "RunFinished"


def test_ctrl_c_while_data_are_fetched_ends_with_130(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fetching(_plan: object) -> Generator[Progress, object, None]:
        yield Progress("Fetching MNIST digits", 0.0, 11.6, "MB")
        signal.raise_signal(signal.SIGINT)
        command = yield Progress("Fetching MNIST digits", 1.0, 11.6, "MB")
        assert isinstance(command, Stop)
        raise LoadingCancelled("Fetching MNIST digits was cancelled: nothing was kept.")

    monkeypatch.setattr("trainers.classifier.train", fetching)
    assert main(["playground", "--data", "circle", "--runs-dir", str(tmp_path), "--json"]) == 130
    assert "nothing was kept" in capfd.readouterr().err


ENDLESS = ["playground", "--data", "circle", "--epochs", "100000", "--json", *SHORT, "--checkpoint-every", "0"]


@pytest.mark.skipif(os.name != "posix", reason="Ctrl+C is sent to a process by a signal")
def test_an_interrupted_run_saves_and_ends_with_130(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "trainers", "train", *ENDLESS, "--runs-dir", str(tmp_path / "runs")],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    lines: list[dict[str, Any]] = []
    has_pressed = False
    for text in process.stdout:  # to its end: communicate() would lose what this has read ahead
        lines.append(json.loads(text))
        if not has_pressed and is_in_second_epoch(lines):
            has_pressed = True
            process.send_signal(signal.SIGINT)
    errors = process.stderr.read()
    process.wait(timeout=280)
    process.stdout.close()
    process.stderr.close()
    assert process.returncode == 130, errors
    check_interrupted(lines, errors, tmp_path / "runs")


@pytest.mark.skipif(os.name != "posix", reason="Windows ends a process by no signal")
def test_a_run_that_the_system_ends_saves_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines: list[dict[str, Any]] = []

    class Screen(io.BytesIO):
        has_ended = False

        def write(self, line: Any) -> int:
            lines.append(json.loads(line))
            if not self.has_ended and is_in_second_epoch(lines):
                self.has_ended = True
                os.kill(os.getpid(), signal.SIGTERM)
            return len(line)

    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(Screen(), write_through=True))
    assert main([*ENDLESS, "--runs-dir", str(tmp_path / "runs")]) == 130
    check_interrupted(lines, capsys.readouterr().err, tmp_path / "runs")


def is_in_second_epoch(lines: list[dict[str, Any]]) -> bool:
    return lines[-1]["type"] == "StepReport" and lines[-1]["epoch"] >= 1


def check_interrupted(lines: list[dict[str, Any]], errors: str, runs: Path) -> None:
    """What was done is kept and told, and what it says is how one goes on."""
    assert [line["type"] for line in lines[-2:]] == ["CheckpointSaved", "RunFinished"]
    assert lines[-1]["step"] == lines[-2]["step"]
    assert str(latest_checkpoint(runs / lines[0]["run"])) == lines[-2]["path"]
    assert [step for step, _ in losses_in(lines)] == list(range(1, lines[-1]["step"] + 1))
    assert errors == f"Interrupted at step {lines[-1]['step']:,}, and saved: --resume {lines[-2]['path']} goes on.\n"


@pytest.mark.parametrize("name", ["checkpoint", "metrics"])
def test_a_run_that_could_not_be_kept_has_failed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    def lose(store: run_store.RunStore) -> None:
        store.trouble = "The metrics of this run cannot be written: the disk is full."

    if name == "checkpoint":
        monkeypatch.setattr("trainers.training_run.save_checkpoint", full)
    else:
        monkeypatch.setattr(run_store.RunStore, "flush", lose)
    assert main(["playground", "--data", "circle", "--epochs", "1", "--runs-dir", str(tmp_path), "--json"]) == 1
    errors = capsys.readouterr().err
    assert "full" in errors
    assert len(errors.splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_an_output_that_is_full_ends_in_one_sentence(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "trainers", "train", "playground", "--data", "circle", "--json", *SHORT],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=ROOT, env={**os.environ, "HILLOCK_DATA_DIR": str(tmp_path)},
        )  # fmt: skip
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_progress_bar_on_a_full_output_ends_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    with io.TextIOWrapper(io.FileIO(full, "w", closefd=False), write_through=True) as screen:
        monkeypatch.setattr(sys, "stdout", screen)
        assert main(["playground", "--data", "circle", *SHORT]) == 1
        sys.stdout.close()  # what it put in the place of the full one
    os.close(full)
    errors = capsys.readouterr().err
    assert "No space left" in errors
    assert len(errors.splitlines()) == 1


def test_python_m_trainers_names_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main([]) == 2
    assert "train, inspect, export" in capsys.readouterr().err
    assert command_line.main(["tran"]) == 2
    assert "tran" in capsys.readouterr().err
    assert command_line.main(["--help"]) == 0


def test_every_event_can_be_a_line() -> None:
    """No event of a run without pictures holds an array."""
    for event in drive(plan_for(epochs=1)):
        assert msgspec.json.decode(msgspec.json.encode(event))["type"] == type(event).__name__


def test_data_options_reach_the_plan() -> None:
    options = parse(["playground", "--data", "spiral", "--noise", "0.3", "--data-seed", "7", "--test-share", "0.5"])
    assert options.plan is not None
    choice = options.plan.data
    assert (choice.name, choice.noise, choice.seed, choice.test_share) == ("spiral", 0.3, 7, 0.5)


def _run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HILLOCK_DATA_DIR": str(folder / "data")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
