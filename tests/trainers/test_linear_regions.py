"""Linear regions: counts that mathematics knows, degenerate lines, and every region met by sampling the plane."""

import math

import numpy as np
import pytest
import torch

from trainers.layer_catalog import analyse
from trainers.linear_regions import DenseLayer, Regions, linear_regions, regions_at_least, regions_at_most
from trainers.network_edits import add_layer, change_kind, set_parameters
from trainers.network_files import load_preset
from trainers.network_graph import NetworkGraph, NetworkInputError
from trainers.region_network import dense_layers, hidden_widths
from trainers.torch_network import build

SQUARE = (-6.0, 6.0, -6.0, 6.0)
PLANE = (-1e6, 1e6, -1e6, 1e6)  # lines of ordinary weights have all met in it


def layers_of(widths: tuple[int, ...], seed: int, *, bias: bool = True, slope: float = 0.0) -> list[DenseLayer]:
    draw = np.random.default_rng(seed)
    layers, inputs = [], 2
    for width in widths:
        offsets = draw.normal(size=width) if bias else np.zeros(width)
        layers.append(DenseLayer(draw.normal(size=(width, inputs)) / math.sqrt(inputs), offsets, slope))
        inputs = width
    layers.append(DenseLayer(draw.normal(size=(1, inputs)), draw.normal(size=1), None))
    return layers


def through(layers: list[DenseLayer], points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Output (n, outputs) of the network and its pattern (n, units) of who is on."""
    patterns, values = [], points
    for layer in layers:
        values = values @ layer.weights.T + layer.bias
        if layer.slope is not None:
            patterns.append(values > 0)
            values = np.where(values > 0, values, layer.slope * values)
    return values, np.concatenate(patterns, axis=1)


def areas(regions: Regions) -> np.ndarray:
    return np.array(
        [0.5 * np.sum(c[:, 0] * np.roll(c[:, 1], -1) - np.roll(c[:, 0], -1) * c[:, 1]) for c in regions.cells]
    )


def relu(weights: list[list[float]], bias: list[float]) -> DenseLayer:
    return DenseLayer(np.array(weights, dtype=float), np.array(bias, dtype=float))


def output(*weights: float) -> DenseLayer:
    return DenseLayer(np.array([weights]), np.zeros(1), None)


def test_lines_in_general_position() -> None:
    for units in (1, 2, 3, 8, 16):
        regions = linear_regions(layers_of((units,), units), PLANE)
        expected = 1 + units + math.comb(units, 2)
        assert (len(regions.cells), regions.count) == (expected, expected), units
        assert regions_at_least(2, (max(units, 2),)) == 1 + max(units, 2) + math.comb(max(units, 2), 2)


def test_lines_that_are_not_in_general_position() -> None:
    star = linear_regions(layers_of((7,), 1, bias=False), SQUARE)  # all through 0
    assert len(star.cells) == 14
    turned = [[math.cos(angle), math.sin(angle)] for angle in (0.1, 1.0, 2.0)]
    shifted = [-(0.7 * x + 0.3 * y) for x, y in turned]  # through (0.7, 0.3), but for rounding
    assert len(linear_regions([relu(turned, shifted), output(1, 1, 1)], SQUARE).cells) in (6, 7)
    thirds = [[1, 0], [0, 1], [1, 1]]  # exactly through (1, 2)
    assert len(linear_regions([relu(thirds, [-1, -2, -3]), output(1, 1, 1)], SQUARE).cells) == 6
    parallel = relu([[1, 1]] * 4, [0, 1, 2, 3])
    assert linear_regions([parallel, output(1, 1, 1, 1)], SQUARE).count == 5
    same = relu(
        [[1, 2], [1, 2], [-2, -4], [0, 0], [0, 0]], [1, 1, -2, 5, 0]
    )  # one line three times, two units without any
    assert linear_regions([same, output(1, 1, 1, 1, 1)], SQUARE).count == 2
    on_the_rim = relu([[1, 0], [0, 1], [1, 1]], [6, -6, 12])  # along two sides and through a corner
    assert linear_regions([on_the_rim, output(1, 1, 1)], SQUARE).count == 1
    outside = relu([[1, 0]], [-7])
    assert linear_regions([outside, output(1)], SQUARE).count == 1


def test_neighbours_with_the_same_function_are_one_region() -> None:
    pair = [[1, 0], [-1, 0]]
    assert linear_regions([relu(pair, [0, 0]), output(1, -1)], SQUARE).count == 1  # relu(x) - relu(-x) = x
    assert linear_regions([relu(pair, [0, 0]), output(1, 1)], SQUARE).count == 2
    unheard = linear_regions([relu([[1, 0], [0, 1]], [0, 0]), output(1, 0)], SQUARE)
    assert (len(unheard.cells), unheard.count) == (4, 2)
    hat = relu([[1, 0]] * 3, [0, -1, -2])
    far_sides = linear_regions([hat, output(1, -2, 1)], SQUARE)  # 0 on either side of a hat: two regions all the same
    assert far_sides.count == 4
    dead = [relu([[1, 0], [0, 1]], [0, 0]), relu([[-1, -1]], [-1]), output(1)]
    assert (len(linear_regions(dead, SQUARE).cells), linear_regions(dead, SQUARE).count) == (4, 1)


def test_folding_reaches_the_bound() -> None:
    """Montúfar's construction: two units a side fold each axis of the unit square twice onto itself, then lines cut it."""
    fold = relu([[2, 0], [4, 0], [0, 2], [0, 4]], [0, -2, 0, -2])  # |fold|: 2x - 4 relu(x - 1/2), on either axis
    again = DenseLayer(np.array([[2, -2, 0, 0], [4, -4, 0, 0], [0, 0, 2, -2], [0, 0, 4, -4]], float), fold.bias)
    square = (0.0, 1.0, 0.0, 1.0)
    cuts = np.array([[1, 0.3], [-0.4, 1], [-1, -1.1], [1, -0.9]])  # nowhere are all off beside a fold: 0 on both sides
    mixed = cuts @ np.array([[1, -1, 0, 0], [0, 0, 1, -1]], float)
    last = DenseLayer(mixed, -cuts @ [0.5, 0.5] + [0.05, 0.02, 0.03, 0.01])
    for depth in (1, 2, 3):
        regions = linear_regions([fold, *[again] * (depth - 1), last, output(1, 2, 3, 5)], square)
        assert regions.count == regions_at_least(2, (4,) * (depth + 1)) == 4**depth * 11, depth


def test_bounds_as_published() -> None:
    assert regions_at_least(2, (8, 8)) == 592
    assert regions_at_least(2, (8, 8, 8)) == 9_472
    assert regions_at_least(2, (8, 8, 8, 8)) == 151_552
    assert regions_at_most(2, (16,)) == 137
    assert regions_at_most(2, (1, 5)) == 2 * 6
    with pytest.raises(NetworkInputError, match="at least 2 units"):
        regions_at_least(2, (8, 1))


def test_random_networks_against_sampling() -> None:
    draw = np.random.default_rng(5)
    points = draw.uniform(-6, 6, size=(40_000, 2))
    for widths, slope, bias in (
        ((8, 8), 0.0, True),
        ((5, 5, 5), 0.0, False),
        ((6, 4, 3), 0.1, True),
        ((3, 9), -0.5, True),
    ):
        layers = layers_of(widths, sum(widths), bias=bias, slope=slope)
        regions = linear_regions(layers, SQUARE)
        assert areas(regions).min() > 0
        assert areas(regions).sum() == pytest.approx(144, rel=1e-12)
        assert regions.count <= len(regions.cells) <= regions_at_most(2, widths)
        centres = np.array([cell.mean(axis=0) for cell in regions.cells])
        values, patterns = through(layers, centres)
        known = {pattern.tobytes(): index for index, pattern in enumerate(patterns)}
        assert len(known) == len(regions.cells), "each cell has a pattern of its own"
        linear = (regions.gradients @ centres[:, :, None])[:, :, 0] + regions.offsets
        np.testing.assert_allclose(linear, values, rtol=1e-9, atol=1e-9)
        sampled, found = through(layers, points)
        where = [known.get(pattern.tobytes()) for pattern in found]
        assert None not in where, "sampling meets no cell that was not found"
        there = (regions.gradients[where] @ points[:, :, None])[:, :, 0] + regions.offsets[where]
        np.testing.assert_allclose(there, sampled, rtol=1e-9, atol=1e-9)
        large = areas(regions) > 0.02  # 5.6 points on average
        assert set(np.flatnonzero(large)) - set(where) == set() or large.sum() > 200


def test_a_drawn_network_is_counted_with_its_weights() -> None:
    graph = load_preset("playground")
    for layer in graph.layers:
        if layer.kind == "tanh":
            graph = change_kind(graph, layer.name, "relu")
    analysis = analyse(graph)
    torch.manual_seed(3)
    module = build(graph)
    weights = {name: value.numpy() for name, value in module.state_dict().items()}
    layers = dense_layers(analysis, weights)
    assert hidden_widths(analysis) == tuple(len(layer.bias) for layer in layers[:-1])
    straight = change_kind(graph, next(layer.name for layer in graph.layers if layer.kind == "relu"), "identity")
    with pytest.raises(NetworkInputError, match="no ReLU between"):  # Montúfar's bound would not hold
        hidden_widths(analyse(straight))
    regions = linear_regions(layers, SQUARE)
    centres = np.array([cell.mean(axis=0) for cell in regions.cells])
    with torch.no_grad():
        answered = module(torch.from_numpy(centres).float()).numpy()
    told = (regions.gradients @ centres[:, :, None])[:, :, 0] + regions.offsets
    np.testing.assert_allclose(told, answered, rtol=1e-4, atol=1e-4)


def test_a_bend_behind_a_bend_is_one() -> None:
    graph, last = add_layer(NetworkGraph("twice", (), ()), "input", parameters={"shape": (2,)})
    for name, kind in (("fc", "dense"), ("first", "relu"), ("second", "relu"), ("out", "dense")):
        graph, last = add_layer(graph, kind, name=name, after=last, parameters={"units": 3} if kind == "dense" else {})
    for slopes in ((None, None), (None, 0.1), (0.1, None), (0.3, 0.2), (-0.5, 0.2), (-0.5, None)):
        twice = graph
        for name, slope in zip(("first", "second"), slopes, strict=True):
            if slope is not None:
                twice = change_kind(twice, name, "leaky_relu")
                twice = set_parameters(twice, name, {"negative_slope": slope})
        analysis = analyse(twice)
        assert hidden_widths(analysis) == (3,), slopes
        torch.manual_seed(3)
        module = build(twice)
        layers = dense_layers(analysis, {name: value.numpy() for name, value in module.state_dict().items()})
        points = np.random.default_rng(4).uniform(-3, 3, size=(50, 2))
        with torch.no_grad():
            answered = module(torch.from_numpy(points).float()).numpy()
        np.testing.assert_allclose(
            through(list(layers), points)[0], answered, rtol=1e-4, atol=1e-4, err_msg=str(slopes)
        )
        assert linear_regions(layers, PLANE).count == 7, slopes  # of three lines in general position


def test_what_has_no_regions_to_count_is_refused() -> None:
    graph: NetworkGraph = load_preset("playground")
    kinds = {layer.kind: layer.name for layer in graph.layers}
    smooth = change_kind(graph, kinds.get("relu") or kinds["tanh"], "gelu")
    wide = set_parameters(graph, graph.layers[0].name, {"shape": (3,)})
    for refused, said in ((smooth, "flat pieces"), (wide, "takes \\(3,\\)"), (load_preset("lenet5"), "in a plane")):
        with pytest.raises(NetworkInputError, match=said):
            dense_layers(analyse(refused), None)
    bare, _ = add_layer(NetworkGraph("bare", (), ()), "input", parameters={"shape": (2,)})
    with pytest.raises(NetworkInputError, match="no dense layer"):
        dense_layers(analyse(bare), None)
    with pytest.raises(NetworkInputError, match=r"should be \(\d+, 2\), but are none"):
        dense_layers(analyse(graph), {})
    for layers, rectangle, said in (
        ([], SQUARE, "no layer"),
        ([output(1, 2, 3)], SQUARE, "takes 2 numbers"),
        ([output(1, math.nan)], SQUARE, "not finite"),
        ([output(1, 2)], (1.0, 1.0, 0.0, 1.0), "has no inside"),
    ):
        with pytest.raises(NetworkInputError, match=said):
            linear_regions(layers, rectangle)
