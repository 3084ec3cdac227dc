import errno
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from app import __main__ as hillock
from app import command_line
from app.panel_catalog import PANELS
from app.widgets.theme import THEME_NAMES
from trainers.errors import BadInput

REFUSED = [
    (["nonsense"], "nonsense"),
    (["trian"], "train"),  # a near match is proposed
    (["lenet6"], "lenet5"),
    (["no/such/file.json"], "no/such/file.json"),
    (["--panel", "moniter"], "monitor"),
    (["--theme", "nigth"], "night"),
    (["--cue", "intro"], "intro"),
    (["--pannel", "monitor"], "--panel"),
    (["lenet5", "alexnet"], "alexnet"),
    (["shot"], "PANEL"),
    (["shot", "window"], "--output"),
    (["shot", "wimdow", "-o", "{tmp}/x.png"], "window"),
    (["shot", "window", "-o", "{tmp}/x.jpg"], "x.jpg"),
    (["shot", "window", "-o", "{tmp}/nowhere/x.png"], "nowhere"),
    (["shot", "window", "-o", "{tmp}"], "png"),
    (["shot", "window", "--size", "12x9", "-o", "{tmp}/x.png"], "12x9"),
    (["shot", "window", "--size", "wide", "-o", "{tmp}/x.png"], "wide"),
    (["shot", "window", "--size", "99999x99999", "-o", "{tmp}/x.png"], "99999"),
    (["shot", "window", "--theme", "pink", "-o", "{tmp}/x.png"], "pink"),
    (["shot", "window", "--seconds", "-1", "-o", "{tmp}/x.png"], "-1"),
    (["shot", "window", "--seconds", "nan", "-o", "{tmp}/x.png"], "nan"),
    (["shot", "window", "--cue", "intro", "-o", "{tmp}/x.png"], "intro"),
    (["shot", "window", "--state", "{tmp}/torn.json", "-o", "{tmp}/x.png"], "panel"),
    (["shot", "monitor", "--state", "{tmp}/none.json", "-o", "{tmp}/x.png"], "none.json"),
    (["shot", "monitor", "--state", "{tmp}/torn.json", "-o", "{tmp}/x.png"], "torn.json"),
    (["shot", "monitor", "--state", "/dev/zero", "-o", "{tmp}/x.png"], "no plain file"),
    (["shot", "window", "-o", "{tmp}/" + "x" * 300 + ".png"], "too long"),
    (["shot", "window", "-o", "/proc/x.png"], "cannot be written"),
    (["doctor", "--jsn"], "--json"),
    (["doctor", "please"], "please"),
]


@pytest.mark.parametrize(("arguments", "named"), REFUSED, ids=[" ".join(arguments) for arguments, _ in REFUSED])
def test_bad_input_is_one_sentence_status_2_and_nothing_written(
    arguments: list[str], named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "torn.json").write_text('{"schema": 1, ')
    status = hillock.main([argument.replace("{tmp}", str(tmp_path)) for argument in arguments])
    said = capsys.readouterr()
    assert status == 2
    assert named in said.err
    assert len(said.err.strip().splitlines()) <= 4
    assert said.out == ""
    assert "Traceback" not in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["torn.json"]


@pytest.mark.parametrize("content", ['{"a":' * 100_000, '{"a": "' + "a" * (5 << 20) + '"}'], ids=["deep", "large"])
def test_a_state_that_is_too_deep_or_too_large_is_refused(content: str, tmp_path: Path, capsys) -> None:
    (tmp_path / "state.json").write_text(content)
    arguments = ["shot", "monitor", "--state", str(tmp_path / "state.json"), "-o", str(tmp_path / "x.png")]
    assert hillock.main(arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays are named in the environment on Linux alone")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISPLAY", "foo"),
        ("WAYLAND_DISPLAY", "wayland-4711"),
        ("QT_QPA_PLATFORM", "nope"),
        ("QT_QPA_PLATFORM", "wayland"),
    ],
)
def test_a_display_that_cannot_be_is_refused_before_qt_aborts(name: str, value: str, monkeypatch, capsys) -> None:
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv(name, value)
    assert hillock.main([]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch, capsys) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert hillock.main(["shot", "builder", "-o", str(tmp_path / "x.png")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_no_display_is_said_in_a_sentence(monkeypatch, capsys) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("displays are named in the environment on Linux alone")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert hillock.main([]) == 2
    said = capsys.readouterr().err
    assert "display" in said
    assert len(said.strip().splitlines()) == 1
    monkeypatch.setenv("DISPLAY", ":4711")
    assert hillock.main([]) == 2
    assert ":4711" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["", *command_line.COMMANDS])
def test_every_command_explains_itself(command: str, capsys) -> None:
    try:
        status = hillock.main([*([command] if command else []), "--help"])
    except SystemExit as ending:  # argparse's own way out
        status = ending.code
    assert status == 0
    said = capsys.readouterr().out
    assert f"hillock {command}".strip() in said
    if not command:
        assert all(name in said for name in command_line.COMMANDS)


def test_version_is_printed(capsys) -> None:
    assert hillock.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("hillock ")


def test_the_command_line_knows_the_panels_and_themes_that_there_are() -> None:
    assert tuple(spec.name for spec in PANELS) == command_line.PANEL_NAMES
    assert command_line.THEME_NAMES == THEME_NAMES


def test_the_headless_commands_import_neither_qt_nor_the_window() -> None:
    code = (
        "import sys; from app.__main__ import main; status = main(['inspect', 'lenet5', '--json']); "
        "bad = [name for name in sys.modules if name.split('.')[0] in ('PySide6', 'pyqtgraph', 'torch', 'numba')]; "
        "sys.exit(status or (3 if bad else 0))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["parameters"] == 61_706


def test_options_that_hold_are_understood() -> None:
    options = command_line.window_parser().parse_args(["--panel", "builder", "--present", "lenet5"])
    assert (options.panel, options.present, options.file) == ("builder", True, "lenet5")
    assert command_line.check_size("1920x1080") == (1920, 1080)
    assert command_line.check_file("lenet5") == "lenet5"
    with pytest.raises(BadInput, match="There is no file"):
        command_line.check_file("x" * 300 + ".json")  # longer than any file's name


@pytest.mark.parametrize("content", ["a,b\n1,2\n3,4,5\n", "", "name,kind\nAda,x\nBob,y\n"])
def test_data_that_cannot_be_are_refused_before_the_window_is_shown(content: str, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text(content)
    done = subprocess.run(
        [sys.executable, "-m", "app", str(table)], capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 2
    assert 1 <= len(done.stderr.strip().splitlines()) <= 4
    assert "Traceback" not in done.stderr


def test_a_torn_network_is_refused_before_the_window_is_shown(tmp_path: Path) -> None:
    torn = tmp_path / "torn.json"
    torn.write_text('{"name": ')
    done = subprocess.run(
        [sys.executable, "-m", "app", str(torn)], capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 2
    assert "torn.json" in done.stderr
    assert 1 <= len(done.stderr.strip().splitlines()) <= 4
