"""Formulas and drawn curves as layers: counted, saved, built, exported, trained, resumed and inspected as any other layer."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from training_tools import chain, drive, losses_of, of_kind, plan_for

from trainers.checkpoints import load_checkpoint, restore_model
from trainers.drawn_function import drawn_function, knots_of_numbers
from trainers.events import CheckpointSaved
from trainers.formula import read_formula
from trainers.layer_catalog import LAYER_KINDS, analyse
from trainers.network_commands import export, inspect
from trainers.network_files import from_json, load_network, save_network, to_json
from trainers.network_graph import Layer, NetworkError, NetworkGraph, Parameter
from trainers.pytorch_source import to_source
from trainers.torch_network import build
from trainers.train_command import main

KNOTS = (-2.0, -0.2, 0.0, 0.0, 1.0, 1.0, 2.0, 1.5)


def network(name: str = "own") -> NetworkGraph:
    """2-8-8-1 with a formula and a drawn curve."""
    return chain(
        name,
        Layer("input", "input", {"shape": (2,)}),
        Layer("fc1", "dense", {"units": 8}),
        Layer(
            "bend", "formula", {"text": "x if x > 0 else a*(exp(x) - 1)", "constants": "a = 0.5", "title": "Half ELU"}
        ),
        Layer("fc2", "dense", {"units": 8}),
        Layer("curve", "drawn", {"knots": KNOTS, "title": "From the board"}),
        Layer("fc3", "dense", {"units": 1}),
    )


def alone(kind: str, **parameters: Parameter) -> NetworkGraph:
    return chain("one", Layer("input", "input", {"shape": (3, 5)}), Layer("act", kind, parameters))


def test_it_is_the_function_number_by_number() -> None:
    x = torch.linspace(-3, 3, 30, dtype=torch.float64).reshape(2, 3, 5)
    done = build(alone("formula", text="a*x*sigmoid(b*x)", constants="b=1.5"))(x)
    np.testing.assert_allclose(done, read_formula("a*x*sigmoid(b*x)").value(x.numpy(), b=1.5), rtol=1e-13)
    done = build(alone("drawn", knots=KNOTS))(x)
    np.testing.assert_allclose(done, drawn_function(knots_of_numbers(KNOTS)).value(x.numpy()), rtol=1e-13)


def test_operations_are_counted_for_each_number() -> None:
    facts = analyse(alone("formula", text="x*sigmoid(x)")).layers["act"]
    assert facts.output_shape == (3, 5)
    assert (facts.parameters, facts.flops, facts.elementwise_flops) == (0, 0, 5 * 15)
    assert analyse(alone("formula", text="x*(a + 1)^2")).elementwise_flops == 15
    assert analyse(alone("drawn", knots=KNOTS)).elementwise_flops == (3 + 7) * 15
    assert all(LAYER_KINDS[kind].is_elementwise for kind in ("formula", "drawn"))


@pytest.mark.parametrize(
    ("kind", "parameters", "said"),
    [
        ("formula", {}, "does not say its text"),
        ("formula", {"text": "sgmoid(x)"}, "act cannot use its formula: sgmoid at letter 1 is not a name that formulas know; did you mean sigmoid?"),
        ("formula", {"text": 3}, "act's text is 3, but it must be a text of at most 200 letters"),
        ("formula", {"text": "x" * 201}, "at most 200 letters"),
        ("formula", {"text": ""}, "The formula is empty"),
        ("formula", {"text": "a*x", "constants": "b = 1"}, "has no parameter 'b'; it has a."),
        ("formula", {"text": "a*x", "constants": "a"}, "act cannot use its constants: 'a' sets no parameter"),
        ("formula", {"text": "a*x", "constants": "a = 1e99"}, "a cannot be 1e+99; give a number from"),
        ("formula", {"text": "x*log(a)", "constants": "a = -1"}, "log(a) has no finite value with a = -1"),
        ("formula", {"text": "x", "colour": "red"}, "has no parameter 'colour'"),
        ("formula", {"text": "x", "title": "a" * 41}, "at most 40 letters"),
        ("drawn", {}, "does not say its knots"),
        ("drawn", {"knots": (0.0, 0.0)}, "act cannot use its curve: The function has 1 knot; give from 2 to 64"),
        ("drawn", {"knots": (0.0, 0.0, 1.0)}, "3 numbers, which is odd"),
        ("drawn", {"knots": (0.0, 0.0, 0.0, 1.0)}, "lies at knot 1"),
        ("drawn", {"knots": (0.0, 0.0, 1.0, 1e9)}, "act's knots is 1000000000.0, but it must be a list of numbers, each from"),
        ("drawn", {"knots": (0.0, 0.0, 1.0, float("nan"))}, "act's knots is nan"),
        ("drawn", {"knots": "0 0 1 1"}, "must be a list of numbers"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_sentence(kind: str, parameters: dict[str, Any], said: str) -> None:
    with pytest.raises(NetworkError) as caught:
        analyse(alone(kind, **parameters))
    assert said in caught.value.sentence
    assert caught.value.layer == "act"
    assert caught.value.sentence[-1] in ".?"
    assert "\n" not in caught.value.sentence


def test_files_hold_the_whole_definition(tmp_path: Path) -> None:
    graph = network()
    save_network(graph, tmp_path / "own.json")
    read = load_network(str(tmp_path / "own.json"))
    assert to_json(read) == to_json(graph)
    assert analyse(read) == analyse(graph)
    plain = json.loads((tmp_path / "own.json").read_text())
    kept = {layer["name"]: layer.get("parameters") for layer in plain["layers"]}
    assert kept["bend"] == {"text": "x if x > 0 else a*(exp(x) - 1)", "constants": "a = 0.5", "title": "Half ELU"}
    assert kept["curve"]["knots"] == list(KNOTS)


def test_the_exported_source_runs_alone_and_answers_alike(tmp_path: Path) -> None:
    torch.manual_seed(3)
    built = build(network()).eval()
    source = to_source(network())
    assert "# Half ELU: x if x > 0 else a*(exp(x) - 1) with a = 0.5" in source
    assert "# From the board: drawn by hand, a smooth curve through 4 knots." in source
    assert max(map(len, source.splitlines())) <= 110
    torch.save(built.state_dict(), tmp_path / "weights.pt")
    (tmp_path / "net.py").write_text(source, encoding="utf-8")
    (tmp_path / "ask.py").write_text(
        "import sys; sys.path.insert(0, '.')\nimport torch, net\n"
        "model = net.Own(); model.load_state_dict(torch.load('weights.pt', weights_only=True)); model.eval()\n"
        "print(model(torch.linspace(-3, 3, 8).reshape(4, 2)).flatten().tolist())\n"
        "assert not any(name.startswith('trainers') for name in sys.modules)\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-I", "-W", "error", "ask.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    with torch.no_grad():
        expected = built(torch.linspace(-3, 3, 8).reshape(4, 2)).flatten().tolist()
    assert json.loads(done.stdout) == pytest.approx(expected, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize(
    "title", ['"""; import os', "x\nraise SystemExit", "\\", "{x}", "# x", "\u2028y = 1", "\x00", "'''"]
)
def test_no_title_becomes_code(title: str) -> None:
    def source_with(words: str) -> str:
        return to_source(
            chain(
                "one",
                Layer("input", "input", {"shape": (2,)}),
                Layer("one", "formula", {"text": "x^2", "title": words}),
                Layer("two", "drawn", {"knots": KNOTS, "title": words}),
            )
        )

    assert ast.dump(ast.parse(source_with(title))) == ast.dump(ast.parse(source_with("")))


def test_layers_that_do_the_same_share_a_function_and_no_name_is_hidden() -> None:
    names = ("x", "F", "torch", "x_curve", "one_curve", "one", "model")
    graph = chain(
        "names",
        Layer("input", "input", {"shape": (2,)}),
        *(Layer(name, "formula", {"text": "x*a" if number % 2 else "sin(x)"}) for number, name in enumerate(names)),
        Layer("draw", "drawn", {"knots": KNOTS}),
    )
    source = to_source(graph)
    assert source.count("def ") == 2 + 3
    namespace: dict[str, Any] = {"__name__": "exported"}
    exec(compile(source, "exported.py", "exec"), namespace)
    inputs = torch.linspace(-2, 2, 8).reshape(4, 2)
    torch.testing.assert_close(namespace["Names"]()(inputs), build(graph)(inputs))


def test_hillock_inspects_and_exports_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "own.json")
    save_network(network(), path)
    assert inspect([path]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["bend", "Formula", "8", "40"] in lines
    assert inspect([path, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {layer["kind"] for layer in said["layers"]} == {"input", "dense", "formula", "drawn"}
    assert export([path, "--format", "pytorch"]) == 0
    assert capsys.readouterr().out == to_source(network())
    assert export([path, "--format", "json"]) == 0
    assert from_json(capsys.readouterr().out.encode()) == from_json(to_json(network()))
    broken = (tmp_path / "own.json").read_text().replace("exp(x)", "__import__('os')")
    (tmp_path / "broken.json").write_text(broken)
    for command in ([str(tmp_path / "broken.json"), "--json"],):
        assert inspect(command) == 2
        err = capsys.readouterr().err
        assert err.count("\n") == 1
        assert "bend cannot use its formula" in err


def test_it_trains_resumes_and_checkpoints(tmp_path: Path) -> None:
    graph = network()
    events = drive(plan_for(graph, data="circle", runs=tmp_path, epochs=30, learning_rate=0.02, seed=1))
    losses = [loss for _, loss in losses_of(events)]
    assert np.isfinite(losses).all()
    assert np.mean(losses[-20:]) < 0.35 * np.mean(losses[:20])
    folder = Path(of_kind(events, CheckpointSaved)[-1].path)
    model = build(graph)
    restore_model(model, load_checkpoint(folder), folder)
    names = {key.split(".")[0] for key in load_checkpoint(folder).model}
    assert names == {"fc1", "fc2", "fc3"}


def test_hillock_trains_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HILLOCK_DATA_DIR", str(tmp_path / "data"))
    path = str(tmp_path / "own.json")
    save_network(network(), path)
    options = ["--epochs", "2", "--samples", "200", "--batch-size", "16", "--threads", "1", "--json"]
    assert main([path, "--data", "circle", *options]) == 0
    last = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert last["type"] == "RunFinished"


@pytest.mark.parametrize("text", ["step(x)", "x > 0", "sign(x)", "1 if x > 0 else 0"])
def test_a_flat_function_as_the_last_layer_does_not_stop_a_run(text: str) -> None:
    graph = chain(
        "flat",
        Layer("input", "input", {"shape": (2,)}),
        Layer("fc", "dense", {"units": 1}),
        Layer("act", "formula", {"text": text}),
    )
    losses = [loss for _, loss in losses_of(drive(plan_for(graph, data="gauss", epochs=1)))]
    assert np.isfinite(losses).all()
