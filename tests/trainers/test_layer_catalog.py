"""What each layer kind takes and gives, its counts by hand, and how an error explains itself."""

import itertools
import math
from itertools import pairwise
from typing import Any

import msgspec
import pytest
import torch

from trainers.layer_catalog import LAYER_KINDS, MAX_PARAMETERS, analyse
from trainers.network_files import load_preset
from trainers.network_graph import Layer, Link, NetworkError, NetworkGraph, Parameter


def chain(shape: tuple[int, ...], *layers: Layer) -> NetworkGraph:
    everything = (Layer("start", "input", {"shape": shape}), *layers)
    links = tuple(Link(one.name, two.name) for one, two in pairwise(everything))
    return NetworkGraph("test", everything, links)


def changed(graph: NetworkGraph, name: str, **parameters: Parameter) -> NetworkGraph:
    """The graph with other parameters in one layer."""
    layers = []
    for layer in graph.layers:
        merged = {**layer.parameters, **parameters} if layer.name == name else layer.parameters
        layers.append(msgspec.structs.replace(layer, parameters=merged))
    return msgspec.structs.replace(graph, layers=tuple(layers))


def explained(graph: NetworkGraph, layer: str | None = None) -> str:
    with pytest.raises(NetworkError) as caught:
        analyse(graph)
    sentence = caught.value.sentence
    assert sentence[-1] in ".?"
    assert "\n" not in sentence
    assert len(sentence) < 500
    if layer is not None:
        assert caught.value.layer == layer
    return sentence


LENET = load_preset("lenet5")


def test_lenet_by_hand() -> None:
    analysis = analyse(LENET)
    facts = analysis.layers
    assert (facts["conv1"].parameters, facts["conv2"].parameters) == (6 * 25 + 6, 16 * 150 + 16)
    assert facts["conv1"].flops == 2 * 28 * 28 * 6 * 25
    assert facts["conv1"].elementwise_flops == 6 * 28 * 28  # one addition of the bias each
    assert facts["pool2"].output_shape == (16, 5, 5)
    assert (analysis.parameters, analysis.trainable, analysis.flops) == (61_706, 61_706, 833_040)
    assert analysis.elementwise_flops == sum(layer.elementwise_flops for layer in facts.values())
    assert analysis.order == tuple(layer.name for layer in LENET.layers)


def test_receptive_fields_of_lenet() -> None:
    fields = {name: facts.receptive_field for name, facts in analyse(LENET).layers.items()}
    assert [fields[name] for name in ("image", "conv1", "pool1", "conv2", "pool2")] == [(1, 1), (5, 5), (6, 6), (14, 14), (16, 16)]  # fmt: skip
    assert fields["fc1"] is None


def test_the_lectures_class_without_its_padding_is_explained() -> None:
    sentence = explained(changed(LENET, "conv1", padding=0), "fc1")
    assert "fc1 takes 400 inputs, but gets 256" in sentence
    assert "flatten gives 16·4·4 = 256, and the 4 comes from pool2, (8 − 2)/2 + 1 = 4" in sentence
    assert sentence.endswith("set fc1's inputs to 256, or conv1's padding to 2.")
    analyse(changed(changed(LENET, "conv1", padding=0), "conv1", padding=2))
    analyse(changed(changed(LENET, "conv1", padding=0), "fc1", inputs=256))


def test_a_stated_input_between_dense_layers_is_traced_to_the_units() -> None:
    sentence = explained(changed(LENET, "fc2", inputs=100), "fc2")
    assert sentence == "fc2 takes 100 inputs, but gets 120: fc1 gives 120 units; set fc2's inputs to 120."


def test_a_convolution_that_expects_other_channels() -> None:
    sentence = explained(changed(LENET, "conv2", inputs=3), "conv2")
    assert "takes 3 channels" in sentence
    assert "conv1 gives 6 channels" in sentence
    assert "set conv2's inputs to 6" in sentence


def test_a_window_larger_than_its_picture_tells_where_the_size_comes_from() -> None:
    graph = chain(
        (1, 8, 8),
        Layer("pool", "max_pool", {"kernel": 4}),
        Layer("conv", "conv2d", {"channels": 2, "kernel": 3}),
    )
    sentence = explained(graph, "conv")
    assert "conv slides a window of 3×3 over a picture that is only 2 high: pool gives (8 − 4)/4 + 1 = 2" in sentence
    assert "kernel at most 2" in sentence


def test_a_way_round_that_changed_its_shape() -> None:
    preset = load_preset("resnet18-cifar")
    sentence = explained(changed(preset, "block2_1_shortcut_conv", stride=1), "block2_1_add")
    assert "128×16×16 and 128×32×32" in sentence
    assert "block2_1_conv1 gives (32 + 2·1 − 3)/2, rounded down, + 1 = 16; image gives samples of 3×32×32" in sentence
    assert "1×1 convolution" in sentence


def test_concatenating_what_does_not_fit() -> None:
    layers = (
        Layer("start", "input", {"shape": (3, 8, 8)}),
        Layer("halved", "max_pool", {"kernel": 2}),
        Layer("both", "concatenate"),
    )
    links = (Link("start", "halved"), Link("start", "both"), Link("halved", "both"))
    sentence = explained(NetworkGraph("test", layers, links), "both")
    assert "3×8×8 and 3×4×4 along axis 0, but 8 and 4 differ" in sentence
    assert "halved gives (8 − 2)/2 + 1 = 4" in sentence


@pytest.mark.parametrize(
    ("graph", "said"),
    [
        (chain((1, 4, 4), Layer("d", "dense", {"units": 2})), "put a flatten layer in front (1·4·4 = 16)"),
        (chain((4,), Layer("c", "conv2d", {"channels": 2, "kernel": 1})), "takes pictures (channels×height×width), but gets vectors of 4 numbers"),
        (chain((1, 4, 4), Layer("l", "lstm", {"hidden": 2})), "reshape layer in front, for example 4×4"),
        (chain((5, 6), Layer("a", "self_attention", {"heads": 4})), "set heads to 2 or 3 or 6"),
        (chain((3,), Layer("g", "glu")), "gets 3, which is odd"),
        (chain((5, 6), Layer("b", "batch_norm")), "use layer_norm for sequences"),
        (chain((5, 6), Layer("r", "reshape", {"shape": (7, 4)})), "arranges 7·4 = 28 numbers, but gets 5·6 = 30"),
        (chain((5,), Layer("t", "transpose")), "gets vectors of 5 numbers"),
        (chain((1, 4, 4), Layer("p", "max_pool", {"kernel": 2, "padding": 2})), "padding to 1 or less"),
        (chain((1, 4, 4), Layer("p", "adaptive_average_pool", {"size": 5})), "set its size to 4 or less"),
        (chain((6, 4, 4), Layer("c", "conv2d", {"channels": 4, "kernel": 1, "groups": 4})), "set groups to 1 or 2"),
        (chain((6,), Layer("h", "hardtanh", {"min_val": 2.0})), "min_val 2 above max_val 1"),
        (chain((6,), Layer("r", "relu"), Layer("e", "embedding", {"vocabulary": 3, "features": 2})), "right behind the input"),
        (chain((6, 2), Layer("e", "embedding", {"vocabulary": 3, "features": 2})), "takes a row of whole numbers"),
        (chain((6,), Layer("s", "add")), "joins 2 or more layers, but only 1 leads into it"),
        (chain((6,), Layer("s", "Relu")), "unknown kind, 'Relu': did you mean relu or "),
        (chain((6,), Layer("s", "zzzzzz")), "such as dense, conv2d"),
        (chain((6,), Layer("s", "dense", {"unit": 3, "units": 3})), "no parameter 'unit': did you mean units?"),
        (chain((6,), Layer("s", "relu", {"slope": 3})), "it has none"),
        (chain((6,), Layer("s", "dense")), "does not say its units: set units, for example to 16"),
        (chain((6,), Layer("s", "gelu", {"approximate": "tahn"})), "none or tanh: did you mean tanh?"),
    ],
)  # fmt: skip
def test_misfits_say_what_to_do(graph: NetworkGraph, said: str) -> None:
    assert said in explained(graph)


def test_two_links_into_a_layer_that_takes_one() -> None:
    layers = (Layer("start", "input", {"shape": (2,)}), Layer("a", "relu"), Layer("b", "relu"))
    links = (Link("start", "a"), Link("a", "b"), Link("start", "b"))
    sentence = explained(NetworkGraph("test", layers, links), "b")
    assert "2 links lead into b (a, start), but ReLU takes 1: put an add or a concatenate layer in front" in sentence


@pytest.mark.parametrize(
    "value", [0, -1, 1_000_001, 10**400, 2.5, 3.0, float("nan"), float("inf"), True, None, "many", (3,), ()]
)
def test_units_must_be_a_whole_number_in_range(value: Any) -> None:
    assert "whole number from 1 to 1,000,000" in explained(changed(LENET, "fc1", units=value), "fc1")


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("-inf"), True, "half", (0.5,)])
def test_a_share_must_be_between_0_and_1(value: Any) -> None:
    graph = chain((4,), Layer("drop", "dropout", {"p": value}))
    assert "must be a number from 0 to 1" in explained(graph, "drop")


@pytest.mark.parametrize("value", [(), (1, 2, 3), (0, 1), (2.0, 2.0), "5x5", 0, True, (True, 1), None])
def test_a_pair_is_one_number_or_two(value: Any) -> None:
    assert "one whole number or two" in explained(changed(LENET, "conv1", kernel=value), "conv1")


@pytest.mark.parametrize("shape", [(), (0,), (-1, 3), (1, 2, 3, 4, 5), (2.0,), ("a",), (float("nan"),)])
def test_a_sample_has_one_to_four_sizes(shape: Any) -> None:
    assert "one to four whole numbers" in explained(chain(shape, Layer("r", "relu")), "start")


def test_absurd_sizes_are_refused_without_taking_memory() -> None:
    wide = chain((1_000_000,), Layer("d", "dense", {"units": 1_000_000}))
    assert f"more than the {MAX_PARAMETERS:,} that are allowed" in explained(wide, "d")
    deep = chain((64,), *(Layer(f"d{n}", "dense", {"units": 20_000}) for n in range(9)))
    assert "parameters, more than" in explained(deep)
    assert "numbers for one sample" in explained(chain((10_000, 10_000, 10_000), Layer("r", "relu")), "start")
    words = chain((10,), Layer("e", "embedding", {"vocabulary": 10_000_000, "features": 65_536}))
    assert "parameters, more than" in explained(words, "e")


@pytest.mark.parametrize("kind", LAYER_KINDS.values(), ids=lambda kind: kind.key)
def test_every_kind_says_what_a_form_shows(kind: Any) -> None:
    assert kind.title
    assert kind.tooltip.endswith((".", ")", "."))
    names = [spec.name for spec in kind.parameters]
    assert len(set(names)) == len(names)
    for spec in kind.parameters:
        assert spec.title
        assert spec.tooltip.endswith(".")
        if spec.type == "choice":
            assert spec.default in spec.choices
        elif spec.type in ("integer", "number", "pair") and spec.default is not None:
            assert spec.minimum <= spec.default <= spec.maximum
            assert math.isfinite(spec.minimum)
            assert math.isfinite(spec.maximum)
        assert spec.optional or spec.default is not None


def test_defaults_are_accepted_where_they_are_stated() -> None:
    for kind in LAYER_KINDS.values():
        if kind.inputs != (1, 1) or kind.key == "reshape":
            continue
        stated = {spec.name: spec.default for spec in kind.parameters}
        fitting = []
        for shape in ((8,), (8, 8), (8, 8, 8)):
            try:
                analyse(chain(shape, Layer("layer", kind.key, stated)))
            except NetworkError:
                continue
            fitting.append(shape)
        assert fitting, kind.key


def test_the_kinds_that_the_first_issue_asks_for_are_there() -> None:
    asked = "input dense conv2d max_pool average_pool adaptive_average_pool flatten dropout batch_norm layer_norm maxout add"
    asked += " concatenate recurrent lstm gru embedding self_attention relu softmax"
    assert set(asked.split()) <= set(LAYER_KINDS)


def test_max_pooling_that_rounds_up_gives_torchs_sizes() -> None:
    rounded = 0
    for size, kernel, stride, padding, dilation in itertools.product(
        range(3, 12), range(1, 5), range(1, 5), range(3), (1, 2)
    ):
        if 2 * padding > kernel or dilation * (kernel - 1) + 1 > size + 2 * padding:
            continue
        values = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
        graph = chain((1, size, size), Layer("p", "max_pool", {**values, "ceil": True}))
        pooled = torch.nn.functional.max_pool2d(
            torch.zeros(1, size, size), kernel, stride, padding, dilation, ceil_mode=True
        )
        assert analyse(graph).output_shape == tuple(pooled.shape), values
        rounded += analyse(chain((1, size, size), Layer("p", "max_pool", values))).output_shape != tuple(pooled.shape)
    assert rounded > 50


def test_a_size_that_was_rounded_up_is_explained() -> None:
    graph = chain(
        (1, 8, 8),
        Layer("p", "max_pool", {"kernel": 3, "stride": 2, "ceil": True}),
        Layer("f", "flatten"),
        Layer("d", "dense", {"units": 2, "inputs": 9}),
    )
    with pytest.raises(NetworkError, match=r"the 4 comes from p, \(8 − 3\)/2, rounded up, \+ 1 = 4"):
        analyse(graph)
