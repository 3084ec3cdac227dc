"""The networks that come with Hillock: counts known from elsewhere, the lecture's class, torchvision's AlexNet."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trainers.layer_catalog import analyse
from trainers.network_files import load_preset, preset_names, to_json
from trainers.torch_network import ChainNetwork, build

SMALL = [name for name in preset_names() if name != "alexnet"]


class LectureLeNet(nn.Module):
    """The network of the lecture, layer for layer, written again."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, pictures: Tensor) -> Tensor:
        first = F.max_pool2d(F.relu(self.conv1(pictures)), (2, 2))
        second = F.max_pool2d(F.relu(self.conv2(first)), (2, 2))
        hidden = F.relu(self.fc2(F.relu(self.fc1(second.flatten(1)))))
        out: Tensor = self.fc3(hidden)
        return out


@pytest.mark.parametrize(
    ("name", "parameters", "input_shape", "output_shape"),
    [
        ("perceptron", 3, (2,), (1,)),
        ("xor-mlp", 17, (2,), (1,)),
        ("playground", 25, (2,), (1,)),
        ("mlp-mnist", 13_002, (1, 28, 28), (10,)),
        ("lenet5", 61_706, (1, 28, 28), (10,)),
        ("plain-20", 42_666, (1, 28, 28), (10,)),
        ("residual-20", 42_666, (1, 28, 28), (10,)),
        ("transformer-small", 10_698, (1, 28, 28), (10,)),
        ("vgg-small", 814_570, (3, 32, 32), (10,)),
        ("resnet18-cifar", 11_173_962, (3, 32, 32), (10,)),
        ("alexnet", 61_100_840, (3, 224, 224), (1000,)),
    ],
)
def test_parameters_and_shapes(
    name: str, parameters: int, input_shape: tuple[int, ...], output_shape: tuple[int, ...]
) -> None:
    analysis = analyse(load_preset(name))
    assert (analysis.parameters, analysis.input_shape, analysis.output_shape) == (parameters, input_shape, output_shape)


def test_every_preset_is_listed_once_and_says_what_it_is() -> None:
    assert len(set(preset_names())) == len(preset_names()) == 11
    for name in preset_names():
        graph = load_preset(name)
        assert graph.name == name
        assert graph.title
        assert len(graph.comment) > 80


def test_comments_say_how_the_network_differs_from_its_paper() -> None:
    assert "two towers" in load_preset("alexnet").comment
    assert all(word in load_preset("lenet5").comment for word in ("ReLU", "max pooling", "padding"))
    assert "7×7" in load_preset("resnet18-cifar").comment


@pytest.mark.parametrize("name", SMALL)
def test_a_preset_answers_and_learns(name: str) -> None:
    module = build(load_preset(name))
    analysis = analyse(load_preset(name))
    output = module(torch.randn(2, *analysis.input_shape))
    assert tuple(output.shape) == (2, *analysis.output_shape)
    output.square().sum().backward()
    assert all(weight.grad is not None for weight in module.parameters())


def test_lenet_is_the_lectures() -> None:
    torch.manual_seed(3)
    ours = build(load_preset("lenet5"))
    torch.manual_seed(3)
    lecture = LectureLeNet()
    assert [name for name, _ in lecture.named_parameters()] == [name for name, _ in ours.named_parameters()]
    pictures = torch.randn(5, 1, 28, 28)
    torch.testing.assert_close(ours(pictures), lecture(pictures), rtol=0, atol=0)
    assert isinstance(ours, ChainNetwork)


def test_the_transformers_block_is_torchs_encoder_layer() -> None:
    torch.manual_seed(4)
    ours = build(load_preset("transformer-small")).eval()
    theirs = nn.TransformerEncoderLayer(32, 4, 64, dropout=0.1, batch_first=True).eval()
    renamed = {"self_attn": "attention", "linear1": "widen", "linear2": "narrow"}
    weights = dict(ours.named_parameters())
    with torch.no_grad():
        for name, weight in theirs.named_parameters():
            part, _, rest = name.partition(".")
            weight.copy_(weights.pop(f"{renamed.get(part, part)}.{rest}"))
    assert {name.split(".")[0] for name in weights} == {"embed", "positions", "classes"}
    digits = torch.randn(3, 1, 28, 28)
    steps = F.linear(digits[:, 0], weights["embed.weight"], weights["embed.bias"])
    (places,) = (weight for name, weight in weights.items() if name.startswith("positions"))
    wanted = F.linear(theirs(steps + places).mean(1), weights["classes.weight"], weights["classes.bias"])
    torch.testing.assert_close(ours(digits), wanted, rtol=1e-5, atol=1e-5)


def test_plain_and_residual_differ_in_their_sums_alone() -> None:
    plain, residual = load_preset("plain-20"), load_preset("residual-20")
    assert plain.layers == tuple(layer for layer in residual.layers if layer.kind != "add")
    assert sum(layer.kind in ("conv2d", "dense") for layer in plain.layers) == 20
    sums = [layer.name for layer in residual.layers if layer.kind == "add"]
    sources = [[link.source for link in residual.links if link.target == name] for name in sums]
    firsts = {link.target: link.source for link in residual.links if link.target.endswith("a")}
    assert [past for _, past in sources] == [firsts[f"conv{block}a"] for block in range(1, 10)]


def test_alexnet_is_torchvisions_one_tower() -> None:
    from torchvision.models import alexnet

    with torch.device("meta"):
        theirs, ours = alexnet(), build(load_preset("alexnet"))
    shapes = [tuple(weight.shape) for weight in theirs.parameters()]
    assert [tuple(weight.shape) for weight in ours.parameters()] == shapes
    kinds = [type(layer) for layer in theirs.modules() if not list(layer.children())]
    flat = kinds.index(nn.AdaptiveAvgPool2d) + 1
    assert [type(layer) for layer in ours.children()] == [*kinds[:flat], nn.Flatten, *kinds[flat:]]


@pytest.mark.parametrize("name", preset_names())
def test_files_are_as_they_would_be_saved(name: str) -> None:
    from importlib import resources

    assert (resources.files("resources") / "networks" / f"{name}.json").read_bytes() == to_json(load_preset(name))
