"""torchvision's models by name: the same layers, shapes, parameters and outputs as torchvision's own, which is the judge."""

import os
from collections import Counter
from typing import Any

import pytest
import torch
from torch import fx, nn

from trainers.layer_catalog import analyse
from trainers.network_files import from_json, to_json
from trainers.network_graph import BadInput, Shape
from trainers.torch_network import build
from trainers.torchvision_networks import torchvision_names, torchvision_network

# HILLOCK_ALL_TORCHVISION=1 compares the outputs of all 18 at 3x224x224: two minutes and 3 GB
FAST = {"squeezenet1_0": 54, "mobilenet_v2": 33, "densenet121": 33}
COMPARED = dict.fromkeys(torchvision_names(), 224) if os.environ.get("HILLOCK_ALL_TORCHVISION") else FAST

# What torchvision's modules and functions are called in the catalogue.
KINDS = {
    "Conv2d": "conv2d",
    "BatchNorm2d": "batch_norm",
    "ReLU": "relu",
    "relu": "relu",
    "ReLU6": "relu6",
    "MaxPool2d": "max_pool",
    "AvgPool2d": "average_pool",
    "AdaptiveAvgPool2d": "adaptive_average_pool",
    "adaptive_avg_pool2d": "adaptive_average_pool",
    "Linear": "dense",
    "Dropout": "dropout",
    "add": "add",
    "iadd": "add",
    "cat": "concatenate",
    "flatten": "flatten",
}


@pytest.fixture(autouse=True)
def nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """First weights are not drawn: of 18 models that takes minutes, on the meta device too."""
    for name in ("kaiming_normal_", "kaiming_uniform_", "normal_", "uniform_", "constant_", "ones_", "zeros_", "trunc_normal_"):  # fmt: skip
        monkeypatch.setattr(nn.init, name, lambda tensor, *_, **__: tensor)


def theirs(name: str) -> nn.Module:
    import torchvision  # 4.5 s

    model: nn.Module = getattr(torchvision.models, name)(weights=None)
    return model


def traced(model: nn.Module, shape: Shape) -> Counter[tuple[str, Shape]]:
    """Each thing that the model does to a sample: its kind and the shape that comes out."""
    found: Counter[tuple[str, Shape]] = Counter()

    class Shapes(fx.Interpreter):
        def run_node(self, n: fx.Node) -> Any:
            result = super().run_node(n)
            if n.op in ("call_module", "call_function"):
                what = type(self.fetch_attr(str(n.target))).__name__ if n.op == "call_module" else n.target.__name__
                joins_one = what == "cat" and len(n.args[0]) == 1  # densenet's first layers
                if not joins_one:
                    found[KINDS[what.strip("_")], tuple(result.shape[1:])] += 1
            return result

    Shapes(fx.symbolic_trace(model)).run(torch.empty(2, *shape))
    return found


def drawn(model: nn.Module) -> dict[str, torch.Tensor]:
    """Random weights under which a signal neither dies nor bursts."""
    torch.manual_seed(0)
    drawn: dict[str, torch.Tensor] = {}
    for name, value in model.state_dict().items():
        if value.ndim > 1:
            drawn[name] = torch.empty(value.shape).normal_(0, (2 / value[0].numel()) ** 0.5)
        elif value.ndim == 1:
            drawn[name] = torch.rand(value.shape) * 0.2 + (0.9 if name.endswith(("weight", "var")) else -0.1)
        else:
            drawn[name] = torch.tensor(1)
    return drawn


def weights_of(model: nn.Module) -> dict[str, torch.Tensor]:
    """Under the names of our layers: a dot in a module's name is an underscore."""
    return {
        f"{module.replace('.', '_')}.{own}": value
        for name, value in model.state_dict().items()
        for module, _, own in [name.rpartition(".")]
    }


def test_every_model_has_torchvisions_layers_shapes_and_parameters() -> None:
    assert len(torchvision_names()) == 18
    with torch.device("meta"):
        for name in torchvision_names():
            graph = torchvision_network(name)
            analysis, model = analyse(graph), theirs(name)
            assert analysis.parameters == sum(p.numel() for p in model.parameters()), name
            ours = Counter((facts.kind, facts.output_shape) for facts in analysis.layers.values())
            del ours["input", (3, 224, 224)]
            assert ours == traced(model, (3, 224, 224)), name
            shapes = {key: value.shape for key, value in weights_of(model).items()}
            assert {key: value.shape for key, value in build(graph).state_dict().items()} == shapes, name


@pytest.mark.parametrize("name", COMPARED)
def test_the_same_output_with_torchvisions_weights_also_through_json(name: str) -> None:
    side = COMPARED[name]
    graph = torchvision_network(name, (3, side, side))
    again = from_json(to_json(graph))
    assert again == graph
    model, ours = theirs(name), build(again)
    model.load_state_dict(drawn(model), assign=True)
    ours.load_state_dict(weights_of(model), assign=True)
    inputs = torch.randn(1, 3, side, side)
    with torch.inference_mode():
        wanted, given = model.eval()(inputs), ours.eval()(inputs)
    assert torch.allclose(given, wanted, rtol=1e-5, atol=1e-5 * float(wanted.abs().max()))


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(BadInput) as caught:
        torchvision_network("resnet19")
    assert caught.value.sentence == "There is no torchvision model 'resnet19' here: did you mean resnet18 or resnet152 or resnet101?"  # fmt: skip
