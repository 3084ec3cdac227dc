"""Commands whose output takes no more, and what can be refused before torch is imported."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import __main__ as hillock
from trainers.devices import refuse_missing_device
from trainers.errors import BadInput

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize(
    "command",
    [
        ["inspect", "lenet5"],
        ["inspect", "lenet5", "--json"],
        ["export", "lenet5", "--format", "json"],
        ["inspect", "--help"],
    ],
    ids=" ".join,
)
def test_a_full_output_is_one_sentence(command: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "trainers", *command],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=ROOT, timeout=280, env={**os.environ, "PYTHONUNBUFFERED": ""},
        )  # fmt: skip
    assert done.stderr.splitlines() == ["The output cannot be written (No space left on device)."]
    assert done.returncode == 1


@pytest.mark.parametrize(
    "arguments", [["inspect", "perceptron"], ["simulate", "short-term"], ["--version"]], ids=" ".join
)
def test_a_closed_output_is_none(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)  # as Python has it after `>&-`
    assert hillock.main(arguments) == 0
    sys.stdout.close()


class Full(io.StringIO):
    """A file on a disk that is full."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_the_version_on_a_full_output_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(sys, "stdout", Full())
    assert hillock.main(["--version"]) == 1
    sys.stdout.close()
    assert capsys.readouterr().err == "The output cannot be written (No space left on device).\n"


@pytest.mark.parametrize(
    ("name", "platform", "marks"),
    [("mps", "linux", ()), ("mps", "win32", ()), ("cuda", "darwin", ()), ("cuda", "linux", ())],
)
def test_a_device_that_cannot_be_is_refused(name: str, platform: str, marks: tuple[str, ...]) -> None:
    with pytest.raises(BadInput, match=f"The device {name} is not there: .*; take auto or cpu"):
        refuse_missing_device(name, platform, marks.__contains__)


@pytest.mark.parametrize(
    ("name", "platform", "marks"),
    [("mps", "darwin", ()), ("cuda", "linux", ("nvidia0",)), ("cuda", "linux", ("kfd",)), ("cuda", "win32", ()), ("auto", "linux", ()), ("cpu", "darwin", ())],
)  # fmt: skip
def test_one_that_may_be_is_left_to_torch(name: str, platform: str, marks: tuple[str, ...]) -> None:
    refuse_missing_device(name, platform, marks.__contains__)


def test_torn_data_and_a_missing_device_are_refused_without_torch(tmp_path: Path) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        (raw / f"{name}-ubyte").write_bytes(b"\0\0\x08")
    asked = {
        "torn": ["lenet5", "--data", "mnist", "--data-dir", str(tmp_path)],
        "not there": ["lenet5", "--data", "digits", "--device", "mps" if sys.platform != "darwin" else "cuda"],
    }
    code = (
        "import sys; from trainers.train_command import main; status = main(sys.argv[1:]);"
        "assert 'torch' not in sys.modules; sys.exit(status)"
    )
    for word, arguments in asked.items():
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            capture_output=True, text=True, check=False, cwd=ROOT, timeout=280, env={**os.environ, "HILLOCK_DATA_DIR": str(tmp_path / "home")},
        )  # fmt: skip
        assert (done.returncode, word in done.stderr) == (2, True), done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "home").exists()
