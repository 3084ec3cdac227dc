"""`hillock inspect` and `hillock export` as a person calls them: what is printed, written and refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.numpy import save_file

from trainers.first_weights import first_weights
from trainers.layer_catalog import analyse
from trainers.network_commands import export, inspect
from trainers.network_files import from_json, load_preset, save_network
from trainers.pytorch_source import to_source
from trainers.state_dicts import read_state_dict

Capture = pytest.CaptureFixture[str]


def test_lenet_has_61706_parameters(capsys: Capture) -> None:
    assert inspect(["lenet5", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["parameters"], said["flops"]) == (61_706, 833_040)
    conv1 = said["layers"][1]
    assert (conv1["name"], conv1["output_shape"], conv1["parameters"]) == ("conv1", [6, 28, 28], 156)
    assert sum(layer["flops"] for layer in said["layers"]) == said["flops"]


def test_alexnet_has_61100840_parameters(capsys: Capture) -> None:
    assert inspect(["alexnet", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parameters"] == 61_100_840


def test_a_model_of_torchvision_is_inspected(capsys: Capture) -> None:
    assert inspect(["torchvision:resnet50", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["parameters"], said["input_shape"], said["output_shape"]) == (25_557_032, [3, 224, 224], [1000])
    assert inspect(["torchvision:resnet50", "--json", "--input", "1x64x64"]) == 2
    assert "conv1 takes 3 channels, but gets pictures of 1×64×64" in capsys.readouterr().err


def test_the_table_shows_every_layer_and_the_totals(capsys: Capture) -> None:
    assert inspect(["lenet5"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "LeNet-5"
    assert [line.split()[0] for line in lines if line.startswith(("conv", "fc", "pool"))] == [
        "conv1", "pool1", "conv2", "pool2", "fc1", "fc2", "fc3"
    ]  # fmt: skip
    assert lines[-1].split() == ["Total", "61,706", "833,040", "19,330"]


def test_a_saved_network_is_inspected(tmp_path: Path, capsys: Capture) -> None:
    save_network(load_preset("xor-mlp"), tmp_path / "mine.json")
    assert inspect([str(tmp_path / "mine.json"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parameters"] == 17


def test_export_to_stdout_and_to_a_file(tmp_path: Path, capsys: Capture) -> None:
    assert export(["lenet5", "--format", "pytorch"]) == 0
    assert capsys.readouterr().out == to_source(load_preset("lenet5"))
    assert export(["lenet5", "--format", "json", "-o", "-"]) == 0
    assert from_json(capsys.readouterr().out.encode()) == load_preset("lenet5")
    path = tmp_path / "net.py"
    assert export(["lenet5", "--format", "pytorch", "-o", str(path)]) == 0
    assert path.read_text(encoding="utf-8") == to_source(load_preset("lenet5"))
    assert capsys.readouterr().out == ""
    assert os.listdir(tmp_path) == ["net.py"]


BROKEN = '{"schema": 1, "name": "b", "layers": [{"name": "i", "kind": "input", "parameters": {"shape": [1, 8, 8]}},'
BROKEN += '{"name": "d", "kind": "dense", "parameters": {"units": 3}}], "links": [{"source": "i", "target": "d"}]}'


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "NETWORK"),
        (["lenet"], "did you mean lenet5"),
        (["lenet5", "extra"], "knows no 'extra'"),
        (["lenet5", "--jsn"], "knows no '--jsn'"),
        (["torn.json"], "torn.json is not complete JSON"),
        (["broken.json"], "put a flatten layer in front (1·8·8 = 64)"),
        (["net.py"], "net.py: the source has no class made from nn.Module"),
        (["net.py:Other"], "net.py: the file defines no Other; it defines Net."),
        (["link.py"], "link.py is a symbolic link: give the file that it leads to."),
        (["/dev/null.py"], "There is no file /dev/null.py"),
        (["folder.py"], "is a folder"),
        (["latin.py"], "latin.py, line 2: here stand bytes that are no UTF-8 text"),
        (["lenet5", "--input", "1x28x28"], "lenet5 states its own input: leave --input out."),
        (["net.py", "--input", "1x28x"], "--input cannot be '1x28x': write one to four whole numbers"),
        (["net.py", "--input", "0x28"], "--input cannot be '0x28'"),
        (["torchvision:alexnt"], "did you mean alexnet"),
        (["torchvision:alexnet", "--input", "3x20x20"], "slides a window of 3×3 over a picture that is only"),
        (["nowhere.json"], "There is no file nowhere.json"),
        (["."], "is a folder"),
    ],
)
def test_bad_input_is_one_sentence(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "torn.json").write_text('{"name": "to')
    (tmp_path / "broken.json").write_text(BROKEN)
    (tmp_path / "net.py").write_text("class Net: pass")
    (tmp_path / "link.py").symlink_to(tmp_path / "net.py")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "latin.py").write_bytes(b"x = 1\n# caf\xe9\n")
    before = sorted(os.listdir(tmp_path))
    for command, more in ((inspect, []), (export, ["--format", "json", "-o", "out"])):
        assert command([*arguments, *more]) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert said in printed.err
        assert len(printed.err.splitlines()) == 1
        assert "Traceback" not in printed.err
    assert sorted(os.listdir(tmp_path)) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lenet5"], "--format"),
        (
            ["lenet5", "--format", "docx"],
            "--format cannot be 'docx': choose pytorch or onnx or json or svg or png or pdf or tikz.",
        ),
        (["lenet5", "--format", "onnx"], "onnx is no text: name a file with -o FILE."),
        (["lenet5", "--format", "json", "--style", "blocks"], "json is no figure: leave --style out."),
        (["lenet5", "--format", "svg", "--style", "cubes"], "--style cannot be 'cubes': choose volumes or blocks."),
        (["lenet5", "--format", "png", "-o", "net.png"], "painted by the window's part of Hillock"),
        (["lenet5", "--format", "json", "--weights", "w.pt"], "json holds no weights: leave --weights out."),
        (["lenet5", "--format", "onnx", "-o", "n.onnx", "--weights", "w.pt"], "There is no file w.pt"),
        (["lenet5", "--format", "json", "-o", "missing/net.json"], "missing/net.json cannot be written"),
        (["lenet5", "--format", "json", "-o", "/dev/null/net.json"], "cannot be written: Not a directory"),
        (["lenet5", "--format", "json", "-o", "."], "cannot be written: Is a directory"),
        (["lenet5", "--format", "json", "-o"], "expected one argument"),
        (["lenet5", "--format", "json", "-o", "a\x00b"], "cannot be written"),
        (["lenet5", "--format", "json", "-o", "n" * 300], "cannot be written: File name too long"),
    ],
)
def test_bad_export_is_one_sentence(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert export(arguments) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert len(printed.err.splitlines()) == 1
    assert printed.out == ""
    assert os.listdir(tmp_path) == []


def test_onnx_takes_the_weights_of_a_file_and_is_read_again(tmp_path: Path, capsys: Capture) -> None:
    weights = first_weights(analyse(load_preset("xor-mlp")), seed=7)
    last = list(weights)[-1]
    save_file({name: value for name, value in weights.items() if name != last}, tmp_path / "w.safetensors")
    path = str(tmp_path / "xor.onnx")
    assert export(["xor-mlp", "--format", "onnx", "-o", path, "--weights", str(tmp_path / "w.safetensors")]) == 0
    assert capsys.readouterr().err == f"Not in the file, so as at first: {last}.\n"
    read = read_state_dict(path)
    assert all((read[name] == value).all() == (name != last) for name, value in weights.items())
    assert inspect([path, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parameters"] == 17


def test_a_mistyped_option_is_corrected(capsys: Capture) -> None:
    assert inspect(["lenet5", "--jsn"]) == 2
    assert "did you mean --json?" in capsys.readouterr().err


def test_help_names_networks_flops_and_exit_status(capsys: Capture) -> None:
    for command in (inspect, export):
        assert command(["--help"]) == 0
        text = " ".join(capsys.readouterr().out.split())
        assert all(
            word in text
            for word in (
                "lenet5",
                ".json",
                "torchvision:resnet50",
                "Python file",
                "never run",
                "--input CxHxW",
                "Exit status",
            )
        )
        assert ("2 for each multiply-add" in text) == ("--json" in text) == (command is inspect)


LENET = """
class LeNet(nn.Module):
    def __init__(self):
        super(LeNet, self).__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16*5*5, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), (2, 2))
        x = F.max_pool2d(F.relu(self.conv2(x)), (2, 2))
        return self.fc1(flatten(x))
"""


def test_a_python_file_is_inspected_and_exported(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "net.py"
    path.write_text(LENET)
    assert inspect([str(path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["name"], said["input_shape"], said["parameters"]) == ("LeNet", [1, 28, 28], 156 + 2416 + 4010)
    assert [note["line"] for note in said["notes"]] == [9, 12]
    assert inspect([str(path), "--input", "1x29x29"]) == 0
    printed = capsys.readouterr().out
    assert "1×29×29" in printed
    assert "Line 12: As PyTorch's flatten(x) this would merge the batch too" in printed
    assert export([f"{path}:LeNet", "--format", "json"]) == 0
    printed = capsys.readouterr()
    assert from_json(printed.out.encode()).layers[1].name == "conv1"
    assert "Line 12: " in printed.err


def test_a_size_that_does_not_fit_is_said_at_its_line(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "net.py"
    path.write_text(LENET)
    assert inspect([str(path), "--input", "1x32x32"]) == 2
    assert capsys.readouterr().err == (
        "net.py, line 12: fc1 takes 400 inputs, but gets 576: flatten gives 16·6·6 = 576, and the 6 comes from pool2,"
        " (12 − 2)/2 + 1 = 6; set fc1's inputs to 576, or conv1's padding to 0.\n"
    )


def test_the_commands_load_neither_torch_nor_qt() -> None:
    code = (
        "import os, sys; from trainers.network_commands import export, inspect; inspect(['torchvision:resnet18']);"
        " export(['lenet5', '--format', 'onnx', '-o', os.devnull]); export(['lenet5', '--format', 'tikz']);"
        " export(['lenet5', '--format', 'pytorch']);"
        " print([name for name in ('torch', 'PySide6', 'app') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=280, check=True)
    assert done.stderr.strip() == "[]"


def test_a_terminal_without_special_letters_gets_question_marks(tmp_path: Path) -> None:
    code = "from trainers.network_commands import inspect; raise SystemExit(inspect(['lenet5']))"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=280, env=environment, check=False)
    assert done.returncode == 0
    assert b"6?28?28" in done.stdout


def test_a_reader_that_has_read_enough_is_no_fault() -> None:
    code = (
        "from trainers.network_commands import export; raise SystemExit(export(['resnet18-cifar', '--format', 'json']))"
    )
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, timeout=280, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
