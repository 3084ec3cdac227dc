"""What is said of a layer: its arithmetic must come out at the numbers that the catalogue counts."""

import itertools
import re
from math import prod

import pytest

from app.widgets.layer_facts_text import (
    flop_arithmetic,
    layer_facts,
    layer_html,
    layer_sentence,
    parameter_arithmetic,
    shape_reasons,
)
from app.widgets.layer_style import FAMILIES, family_of, short_count, short_label
from trainers.activation_catalog import ACTIVATIONS
from trainers.layer_catalog import LAYER_KINDS, analyse
from trainers.network_files import load_preset, preset_names
from trainers.network_graph import Layer, Link, NetworkGraph


def small(*layers: Layer) -> NetworkGraph:
    return NetworkGraph("small", layers, tuple(Link(a.name, b.name) for a, b in itertools.pairwise(layers)))


SEQUENCES = [
    Layer("lstm", "lstm", {"hidden": 7}),
    Layer("gru", "gru", {"hidden": 5, "layers": 2, "bidirectional": True}),
    Layer("rnn", "recurrent", {"hidden": 3, "bias": False}),
    Layer("look", "self_attention", {"heads": 2}),
    Layer("norm", "layer_norm"),
    Layer("where", "positions"),
    Layer("max", "maxout", {"units": 6, "pieces": 3}),
    Layer("fc", "dense", {"units": 4, "bias": False}),
]


def all_layers() -> list[tuple[NetworkGraph, Layer]]:
    graphs = [load_preset(name) for name in preset_names()]
    graphs += [small(Layer("x", "input", {"shape": (9, 8)}), layer) for layer in SEQUENCES]
    graphs += [
        small(
            Layer("x", "input", {"shape": (6, 9, 9)}),
            Layer("conv", "conv2d", {"channels": 4, "kernel": (3, 2), "groups": 2}),
        ),
        small(Layer("x", "input", {"shape": (9,)}), Layer("words", "embedding", {"vocabulary": 50, "features": 3})),
    ]
    return [(graph, layer) for graph in graphs for layer in graph.layers]


def worked_out(text: str) -> int:
    """The value of "2·6·5·5·16·10·10" or "4·7·(8 + 7 + 2)"."""
    assert re.fullmatch(r"[\d·+() ]+", text), text
    return int(eval(text.replace("·", "*")))


def test_arithmetic_comes_out_at_what_is_counted() -> None:
    explained = 0
    for graph, layer in all_layers():
        facts = analyse(graph).layers[layer.name]
        for text, count in (
            (parameter_arithmetic(layer, facts), facts.parameters),
            (flop_arithmetic(layer, facts), facts.flops),
        ):
            if count and " = " in text:
                left, right = text.split(" = ", 1)
                assert worked_out(left) == count
                assert right.startswith(f"{count:,}")
                explained += 1
    assert explained > 80


@pytest.mark.parametrize(
    "kind", ["conv2d", "dense", "maxout", "lstm", "gru", "recurrent", "self_attention", "embedding"]
)
def test_layers_that_learn_say_how_their_parameters_come_about(kind: str) -> None:
    texts = [
        parameter_arithmetic(layer, analyse(graph).layers[layer.name])
        for graph, layer in all_layers()
        if layer.kind == kind
    ]
    assert texts
    assert all(" = " in text for text in texts)


def test_lenets_second_convolution_explains_itself() -> None:
    graph = load_preset("lenet5")
    layer = next(layer for layer in graph.layers if layer.name == "conv2")
    facts = analyse(graph).layers["conv2"]
    rows = dict(layer_facts(layer, facts))
    assert rows["Input"] == "6×14×14 from pool1"
    assert rows["Output"] == "16×10×10, 1,600 numbers"
    assert "14 − 5 + 1 = 10" in rows["Why"]
    assert rows["Parameters"] == "16·6·5·5 + 16 = 2,416"
    assert rows["Receptive field"] == "14×14 pixels of the input"
    assert layer_sentence(layer, facts) == "conv2, Convolution, gives 16×10×10, 2,416 parameters."


def test_every_layer_of_every_preset_has_facts_and_reasons() -> None:
    for graph, layer in all_layers():
        facts = analyse(graph).layers[layer.name]
        html = layer_html(layer, facts)
        assert layer.name in html
        assert LAYER_KINDS[layer.kind].title in html
        if facts.input_shapes and prod(facts.input_shapes[0]) != prod(facts.output_shape):
            assert shape_reasons(layer, facts), layer


def test_every_kind_has_a_family_of_its_own() -> None:
    for kind in LAYER_KINDS:
        is_activation = family_of(kind) is FAMILIES["activation"]
        assert is_activation == (kind in ACTIVATIONS or kind in ("identity", "glu", "formula", "drawn")), kind


@pytest.mark.parametrize(
    ("layer", "label"),
    [
        (Layer("a", "conv2d", {"channels": 6, "kernel": 5}), "conv 5×5"),
        (Layer("a", "conv2d", {"channels": 6, "kernel": (3, 3), "stride": 2}), "conv 3×3 /2"),
        (Layer("a", "max_pool", {"kernel": 2}), "max 2×2"),
        (Layer("a", "dropout", {"p": 0.25}), "dropout 0.25"),
        (Layer("a", "leaky_relu"), "leaky ReLU"),
        (Layer("a", "dense", {"units": 10}), "dense"),
    ],
)
def test_a_layer_is_called_what_it_does(layer: Layer, label: str) -> None:
    assert short_label(layer) == label


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (61_706, "61,706"),
        (2_416, "2,416"),
        (37_752_832, "37.8 M"),
        (4_097_000, "4.1 M"),
        (999_000, "999,000"),
        (0, "0"),
    ],
)
def test_counts_on_cards_are_short(count: int, text: str) -> None:
    assert short_count(count) == text
