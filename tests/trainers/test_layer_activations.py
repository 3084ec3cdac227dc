"""Every element-wise activation of torch.nn is in the catalogue, under torch's name, with torch's defaults."""

import inspect
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.modules import activation as torch_activations

from trainers.activation_catalog import ACTIVATIONS, TorchActivation
from trainers.layer_catalog import LAYER_KINDS, analyse
from trainers.network_graph import Layer, Link, NetworkGraph
from trainers.pytorch_source import to_source
from trainers.torch_network import build

NOT_ONE_NUMBER_TO_ONE = {
    "MultiheadAttention",
    "GLU",
    "Softmax2d",
}  # the first two are layer kinds, the third is softmax


def test_none_of_torchs_activations_is_missing() -> None:
    known = {activation.torch_class for activation in ACTIVATIONS.values()}
    assert known == set(torch_activations.__all__) - NOT_ONE_NUMBER_TO_ONE
    assert {"glu", "self_attention", "identity"} <= set(LAYER_KINDS)


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=lambda activation: activation.key)
def test_defaults_are_torchs_own(activation: TorchActivation) -> None:
    signature = inspect.signature(getattr(nn, activation.torch_class).__init__).parameters
    for spec in activation.parameters:
        default = signature[spec.name].default
        if activation.states_all:
            assert default is inspect.Parameter.empty
        else:
            assert default == spec.default
    assert hasattr(F, activation.key), "keys are the names in torch.nn.functional"


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=lambda activation: activation.key)
def test_the_layer_is_torchs_function_number_by_number(activation: TorchActivation) -> None:
    layers = (Layer("start", "input", {"shape": (41,)}), Layer("bend", activation.key))
    graph = NetworkGraph("bend", layers, (Link("start", "bend"),))
    values = torch.linspace(-8, 8, 41).repeat(2, 1)
    module = build(graph).eval()
    wanted: Any = {"prelu": torch.tensor([0.25])}.get(activation.key)
    function = getattr(F, activation.key)
    if activation.key == "threshold":
        expected = function(values, 0.0, 0.0)
    elif not activation.is_elementwise:
        expected = function(values, dim=-1)
    else:
        expected = function(values) if wanted is None else function(values, wanted)
    torch.testing.assert_close(module(values), expected, rtol=0, atol=0)
    if activation.is_elementwise:
        alone = torch.cat([module(one[None].repeat(41)[None])[:, :1] for one in values[0]], dim=1)
        torch.testing.assert_close(alone[0], expected[0], rtol=1e-6, atol=1e-6)
    assert analyse(graph).parameters == activation.weights
    assert ("F." in to_source(graph)) == activation.function.startswith("F.")
