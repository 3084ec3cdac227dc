"""Drawing, source, drawing: layers, links, names, parameters and places come back, for presets and random networks."""

import os
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_network_random import LAYERS, Grower

from trainers.layer_catalog import analyse
from trainers.network_files import load_preset, preset_names
from trainers.network_graph import Layer, Link, NetworkGraph
from trainers.pytorch_source import to_source
from trainers.source_matching import taken_over
from trainers.source_network import read_source
from trainers.source_text import SourceError

EXAMPLES = int(os.environ.get("HILLOCK_EXAMPLES", "200"))


def essence(graph: NetworkGraph) -> dict[str, Any]:
    """By layer name: kind, parameters with defaults filled in, and what feeds it, in order.

    Left out is what source cannot say otherwise than by being right: the inputs that a layer states (checked while reading).
    """
    plain: dict[str, Any] = {}
    for name, facts in analyse(graph).layers.items():
        values = {key: value for key, value in facts.values.items() if key != "inputs"}
        if "stride" in values and values["stride"] is None:
            values["stride"] = values["kernel"]
        plain[name] = (facts.kind, values, facts.sources, facts.parameters)
    return plain


def check_round_trip(graph: NetworkGraph, shape: tuple[int, ...] | None = None) -> None:
    source = to_source(graph)
    again = read_source(source, shape)
    assert essence(again.graph) == essence(graph), source
    places = [msgspec.structs.replace(one, position=(float(n), 8.0)) for n, one in enumerate(graph.layers)]
    placed = msgspec.structs.replace(graph, layers=tuple(places))
    assert taken_over(placed, again.graph) == placed, source
    text = source.split("\n")
    for name, lines in again.lines.items():
        if lines.made is not None:
            assert text[lines.made - 1].lstrip().startswith(f"self.{name} = "), name


@pytest.mark.parametrize("name", preset_names())
def test_presets_come_back(name: str) -> None:
    graph = load_preset(name)
    again = read_source(to_source(graph), analyse(graph).input_shape).graph
    told = {"name": graph.name, "title": graph.title, "comment": graph.comment}
    assert to_source(msgspec.structs.replace(again, **told)) == to_source(graph)
    check_round_trip(graph, analyse(graph).input_shape)
    check_round_trip(graph)  # the shape is that of the example at the end


@pytest.mark.timeout(300)
def test_random_networks_come_back() -> None:
    seen: set[str] = set()
    sizes: list[int] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize="HILLOCK_EXAMPLES" not in os.environ,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.integers(0, 2**32), size=st.integers(6, LAYERS))
    def holds(seed: int, size: int) -> None:
        graph = Grower(seed, size).graph()
        seen.update(layer.kind for layer in graph.layers)
        sizes.append(len(graph.layers))
        check_round_trip(graph)

    holds()
    assert len(seen) > 50
    assert sum(sizes) / len(sizes) > 12


def branched(*names: str) -> NetworkGraph:
    layers = (
        Layer(names[0], "input", {"shape": (3, 8, 8)}),
        Layer(names[1], "conv2d", {"channels": 3, "kernel": 3, "padding": 1}),
        Layer(names[2], "add"),
        Layer(names[3], "relu"),
        Layer(names[4], "add"),
        Layer(names[5], "concatenate"),
    )
    pairs = ((0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (2, 4), (4, 5), (0, 5))
    return NetworkGraph("b", layers, tuple(Link(names[one], names[two]) for one, two in pairs), "Branched")


@pytest.mark.parametrize(
    "names",
    [
        ("image", "conv1", "add1", "relu", "add2", "concat"),
        ("start", "a", "b", "c", "d", "e"),
        ("x", "F", "nn", "torch", "relu1", "relu2"),
        ("relu", "image", "conv", "block1_1_relu", "named", "größe"),
        ("a" * 64, "b" * 64, "c" * 64, "d" * 64, "e" * 64, "f" * 64),
    ],
)
def test_names_come_back_whatever_they_are(names: tuple[str, ...]) -> None:
    check_round_trip(branched(*names))


def test_a_sum_of_sums_stays_two_layers_and_a_sum_of_three_stays_one() -> None:
    dense = [Layer(name, "dense", {"units": 2}) for name in "abc"]
    ends = [Link("image", name) for name in "abc"]
    start = Layer("image", "input", {"shape": (2,)})
    one = NetworkGraph("s", (start, *dense, Layer("add", "add")), (*ends, *(Link(name, "add") for name in "abc")))
    check_round_trip(one)
    for order in ("ab", "ba"):
        links = (*ends, Link("b", "one"), Link("c", "one"))
        links += tuple(Link("a" if name == "a" else "one", "two") for name in order)
        check_round_trip(NetworkGraph("s", (start, *dense, Layer("one", "add"), Layer("two", "add")), links))


def test_a_typed_formula_comes_back_with_its_text_and_not_when_its_code_was_changed() -> None:
    parameters = {"text": "x  if x > 0 else a*(exp(x) - 1)", "constants": "a = 0.5", "title": "Half   ELU"}
    layers = (Layer("input", "input", {"shape": (2,)}), Layer("bend", "formula", parameters))
    graph = NetworkGraph("f", layers, (Link("input", "bend"),))
    check_round_trip(graph)
    source = to_source(graph)
    assert source.count("0.5 * (") == 1
    with pytest.raises(SourceError, match="depends on a layer's output"):
        read_source(source.replace("0.5 * (", "0.25 * ("))
