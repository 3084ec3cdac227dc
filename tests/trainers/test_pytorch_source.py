"""The exported source: what it looks like, that it runs alone, and that it answers as the built network does."""

import ast
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from torch import nn

from trainers.layer_catalog import analyse
from trainers.network_files import load_preset, preset_names
from trainers.network_graph import Layer, Link, NetworkError, NetworkGraph
from trainers.pytorch_source import to_source
from trainers.torch_network import build


def exported(graph: NetworkGraph) -> nn.Module:
    """The class of the source, run in a fresh namespace."""
    source = to_source(graph)
    namespace: dict[str, Any] = {"__name__": "exported"}
    exec(compile(source, "exported.py", "exec"), namespace)
    name = next(node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    module = namespace[name]()
    assert isinstance(module, nn.Module)
    return module


def chain(shape: tuple[int, ...], *layers: Layer, title: str = "Test", comment: str = "") -> NetworkGraph:
    everything = (Layer("start", "input", {"shape": shape}), *layers)
    links = tuple(Link(one.name, two.name) for one, two in pairwise(everything))
    return NetworkGraph("test", everything, links, title, comment)


def test_lenet_reads_as_a_lecturer_writes_it() -> None:
    code = to_source(load_preset("lenet5"))
    assert (
        code[code.index("class ") : code.index("if __name__")].rstrip()
        == '''
class LeNet5(nn.Module):
    """1×28×28 numbers in, 10 numbers out; 61,706 parameters, 833,040 FLOPs a sample."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)  # 6×14×14
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)  # 16×5×5
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)
'''.strip()
    )


def test_a_residual_block_names_what_it_needs_again() -> None:
    code = to_source(load_preset("resnet18-cifar"))
    assert "        x = self.block1_1_bn2(self.block1_1_conv2(x))\n" in code
    assert "        block1_1_relu2 = F.relu(x + relu1)\n" in code


@pytest.mark.parametrize("name", preset_names())
def test_presets_answer_as_the_built_network_does(name: str) -> None:
    graph = load_preset(name)
    analysis = analyse(graph)
    built = build(graph).eval()
    module = exported(graph).eval()
    module.load_state_dict(built.state_dict())
    with torch.no_grad():
        inputs = torch.randn(2, *analysis.input_shape)
        torch.testing.assert_close(module(inputs), built(inputs), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", [name for name in preset_names() if name != "alexnet"])
def test_one_seed_starts_both_alike(name: str) -> None:
    torch.manual_seed(4)
    built = build(load_preset(name)).state_dict()
    torch.manual_seed(4)
    written = exported(load_preset(name)).state_dict()
    assert list(written) == list(built)
    assert all(torch.equal(written[key], built[key]) for key in built)


def test_it_runs_alone(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(to_source(load_preset("mlp-mnist")), encoding="utf-8")
    command = [sys.executable, "-I", "-W", "error", "net.py"]  # -I: nothing of ours can be imported
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    assert "torch.Size([1, 10])" in done.stdout


@pytest.mark.parametrize(
    "text",
    ['"""\nimport os\nos.abort()\n"""', "a\nraise SystemExit", "a\rraise SystemExit", "a\x0craise", "\\", "{x}", "\u2028x = 1", "\x00"],
)  # fmt: skip
def test_no_title_or_comment_becomes_code(text: str) -> None:
    harmless = ast.dump(ast.parse(to_source(chain((2,), Layer("a", "relu"), title="", comment=""))))
    graph = chain((2,), Layer("a", "relu"), title="", comment=text)
    assert ast.dump(ast.parse(to_source(graph))) == harmless
    exported(msgspec.structs.replace(graph, title=text, name=text))


@pytest.mark.parametrize("title", ["F", "nn", "torch", "class", "5 layers", "日本", "", "None", "a" * 300])
def test_the_class_has_a_name_that_hides_nothing(title: str) -> None:
    graph = chain((2,), Layer("a", "softplus"), Layer("b", "dense", {"units": 1}), title=title)
    exported(graph)(torch.zeros(1, 2))
    exported(msgspec.structs.replace(graph, title="", name=title))(torch.zeros(1, 2))


@pytest.mark.parametrize(
    "names", [("x", "F", "nn"), ("torch", "x_", "x"), ("mask", "super", "print"), ("F_", "F", "größe")]
)
def test_layers_may_be_called_as_the_sources_own_variables(names: tuple[str, str, str]) -> None:
    one, two, three = names
    layers = (
        Layer("start", "input", {"shape": (3, 4)}),
        Layer(one, "dense", {"units": 4}),
        Layer(two, "self_attention", {"heads": 2, "causal": True}),
        Layer(three, "gelu"),
        Layer("sum", "add"),
        Layer("wide", "concatenate", {"axis": 1}),
    )
    pairs = ((one, two), (two, three), (three, "sum"), (one, "sum"), (two, "sum"), ("sum", "wide"), (one, "wide"))
    graph = NetworkGraph("t", layers, (Link("start", one), *(Link(*pair) for pair in pairs)))
    built = build(graph).eval()
    module = exported(graph).eval()
    module.load_state_dict(built.state_dict())
    inputs = torch.randn(2, 3, 4)
    torch.testing.assert_close(module(inputs), built(inputs), rtol=1e-6, atol=1e-6)


def test_a_causal_network_works_without_gradients_and_in_training_alike() -> None:
    graph = chain((5, 4), Layer("look", "self_attention", {"heads": 2, "causal": True}))
    built, module = build(graph), exported(graph)
    module.load_state_dict(built.state_dict())
    inputs = torch.randn(2, 5, 4)
    torch.testing.assert_close(module.train()(inputs), built.train()(inputs), rtol=1e-6, atol=1e-6)
    with torch.no_grad():
        torch.testing.assert_close(module.eval()(inputs), built.eval()(inputs), rtol=1e-6, atol=1e-6)


def test_an_input_alone_is_a_network_too() -> None:
    inputs = torch.randn(2, 3)
    graph = chain((3,))
    assert torch.equal(exported(graph)(inputs), inputs)
    assert torch.equal(build(graph)(inputs), inputs)


def test_lines_stay_readable() -> None:
    for name in preset_names():
        body = to_source(load_preset(name))
        assert max(len(line) for line in body.splitlines()) <= 110, name


@pytest.mark.parametrize("kind", ["concatenate", "add"])
def test_many_branches_are_joined_on_several_lines(kind: str) -> None:
    names = [f"branch{number}" for number in range(30)]
    dense = [Layer(name, "dense", {"units": 2}) for name in names]
    layers = (Layer("start", "input", {"shape": (3,)}), *dense, Layer("join", kind), Layer("bend", "relu"))
    links = [Link("start", name) for name in names] + [Link(name, "join") for name in names] + [Link("join", "bend")]
    for last in (1, len(layers)):  # the joining layer is the output, or it is not
        graph = NetworkGraph(
            "wide", layers[: len(layers) - last % len(layers)], tuple(links[: len(links) - last % len(layers)])
        )
        built, module = build(graph), exported(graph)
        module.load_state_dict(built.state_dict())
        inputs = torch.randn(2, 3)
        torch.testing.assert_close(module(inputs), built(inputs), rtol=1e-6, atol=1e-6)
        assert max(len(line) for line in to_source(graph).splitlines()) <= 88


def test_a_network_that_cannot_be_is_not_written() -> None:
    with pytest.raises(NetworkError):
        to_source(chain((2,), Layer("a", "dense", {"units": 0})))
