"""The order of a network's layers, and what is refused before any shape is asked for."""

import msgspec
import pytest
from torch import nn

from trainers.errors import BadInput
from trainers.network_graph import (
    MAX_LAYERS,
    RESERVED_NAMES,
    CycleError,
    Layer,
    Link,
    NetworkError,
    NetworkGraph,
    arrange,
    suggested_name,
)


def network(*layers: str | tuple[str, str], links: str) -> NetworkGraph:
    """network("start:input", "a:dense", links="start>a"): kinds default to relu."""
    made = []
    for layer in layers:
        name, _, kind = str(layer).partition(":")
        made.append(Layer(name, kind or "relu"))
    pairs = [pair.split(">") for pair in links.split()]
    return NetworkGraph("test", tuple(made), tuple(Link(source, target) for source, target in pairs))


def refused(graph: NetworkGraph) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        arrange(graph)
    sentence = caught.value.sentence
    assert isinstance(caught.value, BadInput)
    assert sentence[-1] in ".?"
    assert "\n" not in sentence
    assert ". " not in sentence.replace("…. ", ""), "one sentence"
    return caught.value


def test_layers_run_after_their_sources_and_otherwise_as_in_the_file() -> None:
    graph = network("end:add", "b", "a", "start:input", links="start>b start>a b>end a>end")
    arranged = arrange(graph)
    assert arranged.order == ("start", "b", "a", "end")
    assert arranged.sources["end"] == ("b", "a")
    assert (arranged.input_name, arranged.output_name) == ("start", "end")


def test_a_cycle_is_shown_in_the_direction_of_its_links() -> None:
    with pytest.raises(CycleError) as caught:
        arrange(network("start:input", "a:add", "b", "c", "out", links="start>a a>b b>c c>a c>out"))
    assert "a → b → c → a goes round in a circle" in caught.value.sentence


def test_a_layer_that_feeds_itself_is_a_cycle() -> None:
    assert "a → a goes round" in refused(network("start:input", "a:add", links="start>a a>a")).sentence


@pytest.mark.parametrize(
    ("graph", "layer", "said"),
    [
        (network(links=""), None, "The network has no layers: begin with an input layer."),
        (network("a", links=""), None, "The network has no input layer"),
        (network("i:input", "j:input", "s:add", links="i>s j>s"), "j", "2 input layers (i, j)"),
        (network("i:input", "a", "a", links="i>a"), "a", "Two layers are called a: call one of them a_2."),
        (network("i:input", "a", "b", links="i>a i>b"), "b", "2 outputs (a, b)"),
        (network("i:input", "a", "b", "s:add", links="i>a b>s a>s"), "b", "Nothing leads into b"),
        (network("i:input", "relu1", links="i>relu2"), "relu2", "did you mean relu1?"),
        (network("i:input", "a", links="i>a a>i"), "i", "i is the input, yet a leads into it"),
        (network("i:input", "2nd", links="i>2nd"), "2nd", "'2nd' is not a Python name"),
        (network("i:input", "my layer", links=""), "my layer", "call it my_layer."),
        (network("i:input", "class", links="i>class"), "class", "call it layer_class."),
        (network("i:input", "forward", links="i>forward"), "forward", "every PyTorch module already has"),
        (network("i:input", "_a", links="i>_a"), "_a", "begins with an underscore"),
        (network("i:input", "a" * 65, links=""), "a" * 65, "has 65 letters"),
        (network("i:input", "ﬁt", links=""), "ﬁt", "not a Python name"),  # a ligature: Python reads it as fit
        (network("i:input", "", links=""), "", "call it layer."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_with_a_way_out(graph: NetworkGraph, layer: str | None, said: str) -> None:
    error = refused(graph)
    assert said in error.sentence
    assert error.layer == layer


def test_too_many_layers_or_links_are_refused() -> None:
    many = NetworkGraph("many", tuple(Layer(f"a{number}", "relu") for number in range(MAX_LAYERS + 1)), ())
    assert f"{MAX_LAYERS + 1:,} layers" in refused(many).sentence
    wide = network("i:input", "s:add", links=" ".join(["i>s"] * 65))
    assert "65 links lead into s" in refused(wide).sentence


def test_an_umlaut_is_a_letter() -> None:
    assert arrange(network("eingabe:input", "größe", links="eingabe>größe")).output_name == "größe"


def test_reserved_names_cover_the_installed_module_class() -> None:
    public = {name for name in (*dir(nn.Module), *dir(nn.Sequential), *vars(nn.Module())) if not name.startswith("_")}
    assert not public - RESERVED_NAMES


@pytest.mark.parametrize("name", ["", "1", "a b", "import", "train", "__", "é" * 100, "a\nb", "ﬁ"])
def test_a_suggested_name_is_always_allowed(name: str) -> None:
    suggested = suggested_name(name, taken=("layer", "a_b"))
    arrange(NetworkGraph("test", (Layer(suggested, "input"),), ()))
    assert suggested not in ("layer", "a_b")


def test_parameters_keep_whole_numbers_whole_in_json() -> None:
    layer = Layer("a", "conv2d", {"kernel": (3, 5), "p": 0.5, "bias": True, "stride": None, "mode": "x"})
    assert msgspec.json.decode(msgspec.json.encode(layer), type=Layer) == layer
    assert [
        type(size) for size in msgspec.json.decode(msgspec.json.encode(layer), type=Layer).parameters["kernel"]
    ] == [int, int]  # type: ignore[union-attr]
