"""What build() gives: names, gradients, speed's structure; finding the layer that first gave NaN."""

import msgspec
import pytest
import torch
from torch import nn

from trainers.errors import BadInput
from trainers.network_files import load_preset
from trainers.network_graph import Layer, Link, NetworkGraph
from trainers.torch_network import ChainNetwork, build, first_non_finite_layer


def test_a_chain_runs_as_sequential_does() -> None:
    module = build(load_preset("lenet5"))
    assert isinstance(module, ChainNetwork)
    assert type(module).forward is nn.Sequential.forward
    assert [name for name, _ in module.named_children()][:3] == ["conv1", "relu1", "pool1"]


def test_no_layer_works_in_place() -> None:
    for name in ("lenet5", "resnet18-cifar", "vgg-small"):
        assert not any(getattr(layer, "inplace", False) for layer in build(load_preset(name)).modules())


def test_one_seed_gives_the_same_start() -> None:
    torch.manual_seed(5)
    first = build(load_preset("lenet5")).state_dict()
    torch.manual_seed(5)
    second = build(load_preset("lenet5")).state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)


def branched() -> NetworkGraph:
    layers = (
        Layer("start", "input", {"shape": (4,)}),
        Layer("a", "dense", {"units": 4}),
        Layer("b", "tanh"),
        Layer("sum", "add"),
        Layer("end", "dense", {"units": 2}),
    )
    pairs = (("start", "a"), ("a", "b"), ("b", "sum"), ("start", "sum"), ("a", "sum"), ("sum", "end"))
    return NetworkGraph("branched", layers, tuple(Link(*pair) for pair in pairs))


def test_gradients_through_branches_are_right() -> None:
    module = build(branched()).double()
    inputs = torch.randn(3, 4, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(module, (inputs,))
    expected = module.get_submodule("end")(
        torch.tanh(module.get_submodule("a")(inputs)) + inputs + module.get_submodule("a")(inputs)
    )
    torch.testing.assert_close(module(inputs), expected)


def test_the_order_of_links_is_the_order_of_inputs() -> None:
    layers = (Layer("start", "input", {"shape": (1,)}), Layer("minus", "softplus"), Layer("both", "concatenate"))
    links = [Link("start", "minus"), Link("minus", "both"), Link("start", "both")]
    inputs = torch.tensor([[-9.0]])
    one = build(NetworkGraph("one", layers, tuple(links)))(inputs)
    other = build(NetworkGraph("other", layers, (links[0], links[2], links[1])))(inputs)
    assert one[0, 1] == -9.0 == other[0, 0]


def test_a_network_that_cannot_be_is_refused() -> None:
    with pytest.raises(BadInput):
        build(msgspec.structs.replace(branched(), links=branched().links[1:]))


@pytest.mark.parametrize("name", ["conv1", "conv2", "fc1", "fc3"])
def test_the_layer_that_first_gives_nan_is_named(name: str) -> None:
    module = build(load_preset("lenet5"))
    inputs = torch.randn(2, 1, 28, 28)
    assert first_non_finite_layer(module, inputs) is None
    with torch.no_grad():
        module.get_submodule(name).weight.view(-1)[0] = float("nan")
    assert first_non_finite_layer(module, inputs) == name


def test_infinity_in_a_branch_is_found_and_hooks_are_gone() -> None:
    module = build(branched())
    with torch.no_grad():
        module.get_submodule("end").bias.fill_(float("inf"))
    assert first_non_finite_layer(module, torch.ones(2, 4)) == "end"
    assert not any(layer._forward_hooks for layer in module.modules())
    assert first_non_finite_layer(module, torch.full((2, 4), float("nan"))) == "start"


def test_looking_for_nan_leaves_running_statistics_alone() -> None:
    module = build(load_preset("vgg-small")).train()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    first_non_finite_layer(module, torch.randn(2, 3, 32, 32))
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())


def test_words_may_come_as_floats() -> None:
    layers = (Layer("words", "input", {"shape": (3,)}), Layer("look", "embedding", {"vocabulary": 5, "features": 2}))
    module = build(NetworkGraph("words", layers, (Link("words", "look"),)))
    whole = torch.tensor([[0, 4, 2]])
    assert torch.equal(module(whole), module(whole.float()))


def test_a_causal_step_does_not_see_what_follows() -> None:
    def network(causal: bool) -> nn.Module:
        layers = (
            Layer("steps", "input", {"shape": (5, 4)}),
            Layer("look", "self_attention", {"heads": 2, "causal": causal}),
        )
        torch.manual_seed(0)
        return build(NetworkGraph("look", layers, (Link("steps", "look"),))).eval()

    inputs = torch.randn(1, 5, 4)
    later = inputs.clone()
    later[:, 3:] += 1.0
    for causal in (True, False):
        module = network(causal)
        unmoved = torch.allclose(module(inputs)[:, :3], module(later)[:, :3], atol=1e-6)
        assert unmoved is causal


@pytest.mark.parametrize("kind", ["recurrent", "lstm", "gru"])
def test_last_is_where_each_way_ends(kind: str) -> None:
    def network(output: str) -> nn.Module:
        layers = (
            Layer("steps", "input", {"shape": (5, 4)}),
            Layer("read", kind, {"hidden": 3, "layers": 2, "bidirectional": True, "output": output}),
        )
        torch.manual_seed(0)
        return build(NetworkGraph("read", layers, (Link("steps", "read"),)))

    inputs = torch.randn(2, 5, 4)
    sequence, last = network("sequence")(inputs), network("last")(inputs)
    torch.testing.assert_close(last, torch.cat((sequence[:, -1, :3], sequence[:, 0, 3:]), dim=1))
