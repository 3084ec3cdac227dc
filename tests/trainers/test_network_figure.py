"""Figures for papers: what is drawn, that it lies on the page and apart, and that TeX would set it."""

import re

import pytest

from trainers.figure_blocks import trunk_of
from trainers.figure_shapes import Circle, Figure, Line, Polygon, Text, text_width
from trainers.figure_stages import stages_of
from trainers.layer_catalog import LAYER_KINDS, analyse
from trainers.network_figure import network_figure, tex_text, to_tikz
from trainers.network_files import load_preset, preset_names
from trainers.network_graph import BadInput, Layer, Link, NetworkGraph
from trainers.torchvision_networks import torchvision_names, torchvision_network

NETWORKS = [*(load_preset(name) for name in preset_names()), *(torchvision_network(name) for name in torchvision_names())]  # fmt: skip


def texts(figure: Figure) -> list[str]:
    return [shape.text for shape in figure.shapes if isinstance(shape, Text)]


def test_lenet_is_drawn_as_its_paper_draws_it() -> None:
    figure = network_figure(load_preset("lenet5"))
    said = texts(figure)
    for words in ("1@28×28", "6@28×28", "6@14×14", "16@10×10", "16@5×5", "120", "84", "10", "conv 5×5, 6", "ReLU"):
        assert words in said
    planes = [shape for shape in figure.shapes if isinstance(shape, Polygon) and shape.fill == "#bfe3dc"]
    assert len(planes) == 4 + 6  # stacked maps of conv1 and conv2, fewer drawn than there are
    assert texts(network_figure(load_preset("lenet5"), "blocks"))[0] == "input 1@28×28"


def test_a_small_net_is_drawn_in_neurons() -> None:
    figure = network_figure(load_preset("playground"))
    assert sum(isinstance(shape, Circle) for shape in figure.shapes) == 2 + 4 + 2 + 1
    assert sum(isinstance(shape, Line) for shape in figure.shapes) == 2 * 4 + 4 * 2 + 2 * 1


def test_a_residual_network_tells_each_block_once_and_how_often() -> None:
    figure = network_figure(torchvision_network("resnet50"))
    said = texts(figure)
    assert [words for words in said if words.startswith("×")] == ["×2", "×3", "×5", "×2"]
    assert said.count("conv 3×3, 256 · BN · ReLU") == 1
    assert [words for words in said if "@7×7" in words] == ["2048@7×7"]
    dense = texts(network_figure(torchvision_network("densenet121")))
    assert "24 × (conv 1×1, 128 – conv 3×3, 32), each joined to all before it" in dense


def test_what_forks_is_found_between_what_all_passes() -> None:
    items = trunk_of(stages_of(analyse(torchvision_network("squeezenet1_1"))))
    forked = [item for item in items if item.is_forked]
    assert len(forked) == 8
    assert all(len(item.ways) == 2 and not item.whole for item in forked)


def test_everything_lies_on_the_page_and_no_box_on_another() -> None:
    for graph in NETWORKS:
        for style in ("volumes", "blocks"):
            figure = network_figure(graph, style)
            boxes = []
            for shape in figure.shapes:
                if isinstance(shape, Text):
                    half = text_width(shape.text, shape.size) / 2
                    middle = shape.position[0] + (0 if shape.is_centered else half)
                    points = [(middle - half, shape.position[1] - 3), (middle + half, shape.position[1] + 3)]
                    boxes.append(("text", *points[0], *points[1]))
                elif isinstance(shape, Circle):
                    points = [shape.center]
                else:
                    points = list(shape.points)
                assert all(0 <= x <= figure.width and 0 <= y <= figure.height for x, y in points), graph.name
            assert not overlapping(boxes), (graph.name, style)
            assert 40 < figure.height < 760, (graph.name, style)


def overlapping(boxes: list[tuple[str, float, float, float, float]]) -> list[tuple[int, int]]:
    """Texts that lie on one another."""
    return [
        (i, j)
        for i, (_, left, top, right, bottom) in enumerate(boxes)
        for j, (_, left2, top2, right2, bottom2) in enumerate(boxes[:i])
        if left < right2 and left2 < right and top < bottom2 and top2 < bottom
    ]


def test_any_network_that_can_be_has_a_figure() -> None:
    """A cross of links that is no chain of forks, and a kind of each family."""
    names = ["start", "a", "b", "c", "d", "sum"]
    kinds = ["input", "dense", "dense", "add", "add", "add"]
    parameters = [{"shape": (4,)}, {"units": 4}, {"units": 4}, {}, {}, {}]
    layers = tuple(Layer(name, kind, given) for name, kind, given in zip(names, kinds, parameters, strict=True))
    pairs = "start-a start-b a-c b-c a-d b-d c-sum d-sum"
    graph = NetworkGraph("cross", layers, tuple(Link(*pair.split("-")) for pair in pairs.split()))
    assert "2 × (dense 4)" in texts(network_figure(graph))
    words = NetworkGraph(
        "words",
        (
            Layer("start", "input", {"shape": (5,)}),
            Layer("embedding", "embedding", {"vocabulary": 7, "features": 4}),
            Layer("attention", "self_attention", {"heads": 2}),
            Layer("lstm", "lstm", {"hidden": 3}),
        ),
        (Link("start", "embedding"), Link("embedding", "attention"), Link("attention", "lstm")),
    )
    assert {"embedding 4", "2-head attention", "LSTM 3"} <= set(texts(network_figure(words)))
    with pytest.raises(BadInput):
        network_figure(NetworkGraph("empty", (), ()))


def test_tikz_is_balanced_plain_and_complete() -> None:
    for graph in NETWORKS[:9] + NETWORKS[-2:]:
        figure = network_figure(graph)
        source = to_tikz(figure)
        assert source.isascii(), graph.name
        unescaped = re.sub(r"\\[\\{}$]", "", source)
        assert unescaped.count("{") == unescaped.count("}"), graph.name
        assert unescaped.count("$") % 2 == 0
        assert source.count(r"\begin{") == source.count(r"\end{") == 2
        body = source.split(r"\begin{tikzpicture}")[1].splitlines()[1:-2]
        assert len(body) == len(figure.shapes)
        for line in body:
            assert re.fullmatch(r"\\(draw|node)\[[^\]]*\] .*;", line), line
            for color in re.findall(r"(?:draw|fill|text)=(\w+)", line):
                assert f"\\definecolor{{{color}}}{{HTML}}" in source
    assert tex_text(r"50% of a_b {x} ^~\ $5 & #1 ×") == (
        r"50\% of a\_b \{x\} \textasciicircum{}\textasciitilde{}\textbackslash{} \$5 \& \#1 $\times$"
    )


def test_every_kind_has_words_that_tex_knows() -> None:
    for kind in LAYER_KINDS.values():
        assert "?" not in tex_text(kind.title), kind.title
