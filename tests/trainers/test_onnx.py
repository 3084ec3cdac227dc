"""ONNX files: onnx's own checker takes them, onnxruntime gives what torch gives, and they are read back."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from trainers.activation_catalog import ACTIVATIONS
from trainers.first_weights import first_weights
from trainers.layer_catalog import LAYER_KINDS, analyse
from trainers.network_files import load_preset, preset_names
from trainers.network_graph import BadInput, Layer, Link, NetworkGraph, Parameter, Shape
from trainers.onnx_export import to_onnx
from trainers.onnx_import import read_onnx
from trainers.torch_network import build
from trainers.torchvision_networks import torchvision_network

FORMULAS = (
    "x*sigmoid(a*x) + silu(x) - gelu(x)*mish(x)",
    "max(0, x, a) + min(1, x) + clip(x, -a, a)",
    "(x if x > 0 else a*(exp(x) - 1)) + step(x) + sign(x) + abs(x)",
    "expm1(x) + log1p(x**2) + log(1 + exp(x)) + sqrt(x**2 + 1)",
    "sin(x)*cos(x) + tan(x/4) + atan(x) + sinh(x) - cosh(x) + tanh(x) + erf(x)",
    "where(x >= 0 and x < 1, relu(x), softplus(-x)) + (x <= a)*(x != 0)",
    "x if not (x == 0 or x > 1) else 2",
    "3 + 0*x",
)


def one(kind: str, shape: Shape, /, **parameters: Parameter) -> NetworkGraph:
    layers = (Layer("start", "input", {"shape": shape}), Layer("layer", kind, parameters))
    return NetworkGraph(f"only-{kind.replace('_', '-')}", layers, (Link("start", "layer"),))


def joined(kind: str, shape: Shape, **parameters: Parameter) -> NetworkGraph:
    """start, its ReLU and its tanh, put together."""
    names = ("start", "relu", "tanh", "layer")
    layers = (Layer("start", "input", {"shape": shape}), Layer("relu", "relu"), Layer("tanh", "tanh"), Layer("layer", kind, parameters))  # fmt: skip
    links = [Link("start", name) for name in names[1:3]] + [Link(name, "layer") for name in ("tanh", "start", "relu")]
    return NetworkGraph(f"joined-{kind}", layers, tuple(links))


def small_networks() -> Iterator[NetworkGraph]:
    """Each kind, with its parameters away from their defaults."""
    odd: dict[str, dict[str, Parameter]] = {
        "leaky_relu": {"negative_slope": 0.3},
        "prelu": {"init": 0.4},
        "rrelu": {"lower": 0.1, "upper": 0.4},
        "elu": {"alpha": 0.7},
        "celu": {"alpha": 0.6},
        "softplus": {"beta": 2.0, "threshold": 1.0},
        "hardtanh": {"min_val": -0.2, "max_val": 0.4},
        "hardshrink": {"lambd": 0.3},
        "softshrink": {"lambd": 0.3},
        "threshold": {"threshold": 0.2, "value": -3.0},
        "gelu": {"approximate": "tanh"},
    }
    for kind in ACTIVATIONS:
        yield one(kind, (5,), **odd.get(kind, {}))
    for kind in ("gelu", "softplus", "softmax", "softmin", "log_softmax", "identity"):
        yield one(kind, (4, 3, 3))
    yield from (one("glu", (6,)), one("glu", (4, 3, 3)), one("glu", (3, 4)))
    yield from (
        one("dense", (5,), units=3),
        one("dense", (4, 5), units=3),
        one("dense", (4, 5), units=2, bias=False),
    )
    yield from (one("maxout", (5,), units=3, pieces=4), one("maxout", (4, 5), units=2, bias=False))
    yield one("conv2d", (4, 9, 8), channels=6, kernel=(3, 2), stride=(2, 1), padding=(1, 2), dilation=(2, 1), groups=2)
    yield one("conv2d", (4, 5, 5), channels=3, kernel=1, bias=False)
    for size in (8, 9, 10):
        yield one("max_pool", (2, size, size), kernel=3, stride=(2, 3), padding=1, ceil=True)
    yield one("max_pool", (2, 9, 9), kernel=2, dilation=2)
    yield one("average_pool", (2, 9, 8), kernel=(3, 2), stride=2, padding=1)
    for kind in ("adaptive_average_pool", "adaptive_max_pool"):
        yield from (one(kind, (2, 8, 6), size=(4, 3)), one(kind, (2, 7, 5), size=(3, 4)), one(kind, (2, 7, 5), size=1))
    yield from (one("batch_norm", (5,), eps=0.01), one("batch_norm", (3, 4, 4)), one("batch_norm", (3,), affine=False))
    yield from (one("layer_norm", (5,)), one("layer_norm", (4, 5), affine=False), one("layer_norm", (2, 3, 3), eps=0.1))
    yield from (one("dropout", (5,), p=0.3), one("flatten", (2, 3, 4)), one("reshape", (12,), shape=(3, 4)))
    yield from (one("transpose", (3, 4)), one("mean_over_steps", (3, 4)), one("positions", (3, 4)))
    yield from (joined("add", (4,)), joined("concatenate", (2, 3, 3), axis=1), joined("concatenate", (4,)))
    yield one("embedding", (5,), vocabulary=7, features=3)
    for kind in ("recurrent", "lstm", "gru"):
        yield one(kind, (4, 3), hidden=5, layers=2, bidirectional=True, output="sequence")
        yield one(kind, (4, 3), hidden=5, bidirectional=True)
        yield one(kind, (4, 3), hidden=5, bias=False)
    yield one("recurrent", (4, 3), hidden=2, nonlinearity="relu")
    for text in FORMULAS:
        yield one("formula", (4, 3), text=text, constants="a = 0.5" if re.search(r"\ba\b", text) else "")
    yield one("drawn", (4, 3), knots=(-1.0, 0.3, -0.2, -0.5, 0.4, 0.6, 1.0, 0.2))
    yield from (one("self_attention", (4, 6), heads=2), one("self_attention", (4, 6), heads=3, causal=True, bias=False))


@pytest.fixture(autouse=True)
def nothing_is_drawn_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("kaiming_uniform_", "uniform_"):
        monkeypatch.setattr(nn.init, name, lambda tensor, *_, **__: tensor)


def check(graph: NetworkGraph) -> None:
    torch.manual_seed(1)
    module = build(graph)
    for name, value in module.state_dict().items():
        if value.ndim > 1:
            value.uniform_(-1, 1).mul_(value[0].numel() ** -0.5)
        elif value.ndim == 1:
            value.uniform_(-0.5, 0.5).add_(1 if name.endswith("running_var") else 0)
    data = to_onnx(graph, {name: value.numpy() for name, value in module.state_dict().items()})
    onnx.checker.check_model(data, full_check=True)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    analysis = analyse(graph)
    is_words = any(layer.kind == "embedding" for layer in graph.layers)
    inputs = torch.randint(0, 7, (3, *analysis.input_shape)).float() if is_words else torch.randn(3, *analysis.input_shape)  # fmt: skip
    given = session.run([analysis.output_name], {analysis.input_name: inputs.numpy()})[0]
    with torch.inference_mode():
        wanted = module.eval()(inputs).numpy()
    assert given.shape == (3, *analysis.output_shape), graph.name
    np.testing.assert_allclose(given, wanted, rtol=1e-5, atol=1e-5 * max(1, abs(wanted).max()), err_msg=graph.name)


def test_every_preset_is_checked_and_gives_what_torch_gives() -> None:
    for name in preset_names():
        check(load_preset(name))


def test_every_kind_gives_what_torch_gives() -> None:
    tried = set()
    for graph in small_networks():
        check(graph)
        tried |= {layer.kind for layer in graph.layers}
    assert tried == set(LAYER_KINDS)


def test_a_model_with_rounding_up_and_branches() -> None:
    check(torchvision_network("squeezenet1_1", (3, 54, 54)))


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    unread = {"maxout", "recurrent", "lstm", "gru", "self_attention", "glu", "threshold", "logsigmoid", "tanhshrink"}
    unread |= {"softmin", "formula", "drawn"}  # written as several nodes
    read = set()
    graphs = [load_preset(name) for name in preset_names() if name != "alexnet"]
    for graph in [*graphs, torchvision_network("squeezenet1_0", (3, 54, 54)), *small_networks()]:
        kinds = {layer.kind for layer in graph.layers}
        is_uneven = any(layer.parameters.get("size") in ((3, 4),) for layer in graph.layers)
        changes = kinds & {"rrelu"} or graph.layers[-1].parameters.get("beta") or is_uneven or kinds & unread
        if changes or graph.layers[-1].parameters.get("affine") is False:
            continue
        before = analyse(graph)
        weights = first_weights(before, seed=4)
        path = tmp_path / "network.onnx"
        path.write_bytes(to_onnx(graph, weights))
        again = read_onnx(str(path))
        after = analyse(again.graph)
        assert again.graph.name == graph.name
        assert list(after.layers) == list(before.layers)
        for name, facts in before.layers.items():
            other = after.layers[name]
            was, now = ({key: value for key, value in one.values.items() if key not in ("inputs", "stride", "init")} for one in (facts, other))  # fmt: skip
            if facts.kind.startswith("adaptive"):  # even windows are an ordinary pooling layer
                assert (other.output_shape, other.sources) == (facts.output_shape, facts.sources), graph.name
            else:
                assert (other.kind, now, other.sources) == (facts.kind, was, facts.sources), graph.name
        kept = {name: value for name, value in weights.items() if not name.endswith("num_batches_tracked")}
        assert again.weights.keys() == kept.keys(), graph.name
        assert all(np.array_equal(again.weights[name], value) for name, value in kept.items()), graph.name
        read |= kinds
    assert len(read) > 35, sorted(set(LAYER_KINDS) - read)


def test_a_file_that_torch_wrote_in_another_way_is_read(tmp_path: Path) -> None:
    """MatMul and Add for a dense layer, x·sigmoid(x), Clip to 6, Reshape for flatten, names with slashes and dots."""
    draw = np.random.default_rng(0)
    weight, bias = draw.normal(size=(18, 4)).astype(np.float32), draw.normal(size=4).astype(np.float32)
    make = onnx.helper.make_node
    nodes = [
        make("Sigmoid", ["image"], ["s"], name="/act/Sigmoid"),
        make("Mul", ["image", "s"], ["m"], name="/act/Mul"),
        make("Clip", ["m", "low", "high"], ["c"], name="/body/body.1/Clip"),
        make("Constant", [], ["sizes"], value=onnx.numpy_helper.from_array(np.array([0, -1]))),
        make("Reshape", ["c", "sizes"], ["r"], name="/Reshape"),
        make("MatMul", ["r", "w"], ["p"], name="/head/fc/MatMul"),
        make("Add", ["b", "p"], ["scores"], name="/head/fc/Add"),
    ]
    tensors = {"low": np.float32(0), "high": np.float32(6), "w": weight, "b": bias}
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        nodes,
        "main",
        [value("image", 1, ["N", 2, 3, 3])],
        [value("scores", 1, ["N", 4])],
        [onnx.numpy_helper.from_array(np.array(one), name) for name, one in tensors.items()],
    )
    path = tmp_path / "other.onnx"
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    read = read_onnx(str(path))
    assert [(layer.name, layer.kind) for layer in read.graph.layers] == [
        ("image", "input"), ("act", "silu"), ("body_1", "relu6"), ("flatten", "flatten"), ("fc", "dense")
    ]  # fmt: skip
    module = build(read.graph).eval()
    module.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in read.weights.items()})
    inputs = draw.normal(size=(3, 2, 3, 3)).astype(np.float32) * 3
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    with torch.inference_mode():
        given = module(torch.from_numpy(inputs)).numpy()
    np.testing.assert_allclose(given, session.run(None, {"image": inputs})[0], rtol=1e-5, atol=1e-5)


def test_files_that_are_no_network_are_refused_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = to_onnx(load_preset("xor-mlp"))
    broken = onnx.load_from_string(whole)
    broken.graph.initializer[0].dims[0] = 7
    unknown = onnx.load_from_string(whole)
    unknown.graph.node[0].op_type = "Einsum"
    outside = onnx.load_from_string(whole)
    outside.graph.initializer[0].data_location = onnx.TensorProto.EXTERNAL
    (tmp_path / "secret").write_bytes(bytes(64))
    pointing, hollow = (onnx.load_from_string(whole) for _ in range(2))
    still = onnx.load_from_string(to_onnx(load_preset("lenet5")))
    hidden = onnx.TensorProto(dims=[16], data_type=onnx.TensorProto.FLOAT, data_location=onnx.TensorProto.EXTERNAL)
    hidden.external_data.add(key="location", value="secret")
    pointing.graph.node.insert(0, onnx.helper.make_node("Constant", [], ["c"], value=hidden))
    sizes = {"kernel_shape": [2, 2], "strides": [0, 0], "pads": [0, 0, 1, 1]}
    pool = onnx.helper.make_node("MaxPool", [still.graph.input[0].name], ["pooled"], "pool", **sizes)
    still.graph.node.insert(0, pool)
    hollow.graph.node.insert(0, onnx.helper.make_node("Constant", [], ["c"], "nothing"))
    packed, listing = (onnx.load_from_string(whole) for _ in range(2))
    packed.graph.initializer[0].CopyFrom(
        onnx.TensorProto(name="w", data_type=onnx.TensorProto.INT4, dims=[2**15, 2**15], raw_data=bytes(8))
    )
    many = onnx.helper.make_node("Constant", [], ["c"], "many", value_floats=[0.5] * 9)
    listing.graph.node.insert(0, many)
    monkeypatch.setattr("trainers.onnx_reading.MAX_ENTRIES", 8)
    crowd = bytes([7 << 3 | 2, 0xC0, 0xCF, 0x24]) + bytes([1 << 3 | 2, 0]) * 300_000  # a graph of 300,000 empty nodes
    monkeypatch.chdir(tmp_path)  # where onnx would look for it
    files = {
        "torn.onnx": (whole[:200], "is no whole ONNX file"),
        "json.onnx": (b'{"name": "x"}', "torn|no whole|inputs and"),
        "empty.onnx": (b"", "0 inputs and 0 outputs"),
        "broken.onnx": (broken.SerializeToString(), "does not hold together|not a model that holds together"),
        "unknown.onnx": (unknown.SerializeToString(), r"unknown.onnx cannot be read: the node hidden \(Einsum\) is no layer kind"),
        "outside.onnx": (outside.SerializeToString(), "its weights lie in another file; save it as one file"),
        "pointing.onnx": (pointing.SerializeToString(), "its weights lie in another file; save it as one file"),
        "still.onnx": (still.SerializeToString(), "not a model that holds together"),
        "hollow.onnx": (hollow.SerializeToString(), r"the node nothing \(Constant\) holds no constant"),
        "packed.onnx": (packed.SerializeToString(), "its tensors declare more than 536,870,912 numbers; give a smaller"),
        "listing.onnx": (listing.SerializeToString(), r"the node many \(Constant\) has a longer list as attribute"),
        "crowd.onnx": (crowd, "cannot be read: it has more parts than a drawing could have; export a smaller model"),
    }  # fmt: skip
    for name, (data, said) in files.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(BadInput) as caught:
            read_onnx(str(tmp_path / name))
        assert re.search(said, caught.value.sentence), caught.value.sentence
        assert len(caught.value.sentence.splitlines()) == 1
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path / "folder")
    with pytest.raises(BadInput, match=r"^\.\./json\.onnx"):
        read_onnx("../json.onnx")
    with pytest.raises(BadInput, match=r"There is no file nowhere\.onnx"):
        read_onnx("nowhere.onnx")


def test_names_are_those_of_layers_and_state_dict() -> None:
    model = onnx.load_from_string(to_onnx(load_preset("lenet5")))
    assert [node.name for node in model.graph.node] == [layer.name for layer in load_preset("lenet5").layers[1:]]
    assert [tensor.name for tensor in model.graph.initializer] == list(build(load_preset("lenet5")).state_dict())
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"


def test_without_the_package_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.onnx_export.find_spec", lambda name: None)
    with pytest.raises(BadInput) as caught:
        to_onnx(load_preset("lenet5"))
    assert caught.value.sentence == "ONNX needs the package onnx, which is not installed: install it with pip install 'hillock[onnx]'."  # fmt: skip
