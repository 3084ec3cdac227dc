"""The weights that a network begins with, and their names and shapes, as torch.nn would have them. numpy; imports no torch.

Drawn from the same distributions as torch.nn's, not the same numbers: dense and convolution layers uniform within 1/√(inputs
of a unit), attention after Glorot and Bengio (2010), embeddings normal.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from trainers.layer_catalog import LayerFacts, NetworkAnalysis
from trainers.network_graph import Shape

Array = NDArray[np.generic]
Weights = dict[str, Array]
_GATES = {"recurrent": 1, "lstm": 4, "gru": 3}
_POSITION_SPREAD = 0.02  # as torch_network.Positions


def weight_shapes(analysis: NetworkAnalysis) -> dict[str, Shape]:
    """ "conv1.weight" -> (6, 1, 5, 5), for all that the network's state dict holds; () for a counter."""
    return {
        f"{facts.name}.{name}": shape
        for facts in analysis.layers.values()
        for name, shape, _ in _tensors(facts)
    }  # fmt: skip


def first_weights(analysis: NetworkAnalysis, seed: int = 0) -> Weights:
    """Single precision, drawn anew for each seed; counters are whole numbers."""
    generator = np.random.default_rng(seed)
    return {
        f"{facts.name}.{name}": draw(generator, shape)
        for facts in analysis.layers.values()
        for name, shape, draw in _tensors(facts)
    }


Draw = Callable[[np.random.Generator, Shape], Array]


def _uniform(bound: float) -> Draw:
    def draw(generator: np.random.Generator, shape: Shape) -> Array:
        return (generator.random(shape, np.float32) * 2 - 1) * np.float32(bound)

    return draw


def _normal(spread: float) -> Draw:
    def draw(generator: np.random.Generator, shape: Shape) -> Array:
        return generator.standard_normal(shape, np.float32) * np.float32(spread)

    return draw


def _filled(value: float) -> Draw:
    def draw(generator: np.random.Generator, shape: Shape) -> Array:
        return np.full(shape, value, np.float32)

    return draw


def _counter(generator: np.random.Generator, shape: Shape) -> Array:
    return np.zeros(shape, np.int64)


def _tensors(facts: LayerFacts) -> Iterator[tuple[str, Shape, Draw]]:
    """Name, shape and first numbers of each tensor of one layer, in the order of its state dict."""
    values = facts.values
    if facts.kind in ("dense", "maxout", "conv2d"):
        yield from _weighted_sum(facts)
    elif facts.kind in ("batch_norm", "layer_norm"):
        yield from _norm(facts)
    elif facts.kind == "prelu":
        yield "weight", (1,), _filled(values["init"])
    elif facts.kind == "embedding":
        yield "weight", (values["vocabulary"], values["features"]), _normal(1.0)
    elif facts.kind == "positions":
        yield "weight", facts.output_shape, _normal(_POSITION_SPREAD)
    elif facts.kind in _GATES:
        yield from _recurrent(facts)
    elif facts.kind == "self_attention":
        features = facts.output_shape[1]
        yield "in_proj_weight", (3 * features, features), _uniform(math.sqrt(6 / (4 * features)))
        if values["bias"]:
            yield "in_proj_bias", (3 * features,), _filled(0)
        yield "out_proj.weight", (features, features), _uniform(1 / math.sqrt(features))
        if values["bias"]:
            yield "out_proj.bias", (features,), _filled(0)


def _weighted_sum(facts: LayerFacts) -> Iterator[tuple[str, Shape, Draw]]:
    values, incoming = facts.values, facts.input_shapes[0]
    if facts.kind == "conv2d":
        shape: Shape = (values["channels"], incoming[0] // values["groups"], *values["kernel"])
    else:
        shape = (values["units"] * values.get("pieces", 1), incoming[-1])
    draw = _uniform(1 / math.sqrt(math.prod(shape[1:])))
    yield "weight", shape, draw
    if values["bias"]:
        yield "bias", shape[:1], draw


def _norm(facts: LayerFacts) -> Iterator[tuple[str, Shape, Draw]]:
    shape = facts.output_shape
    is_batch = facts.kind == "batch_norm"
    features = shape[:1] if is_batch else shape[-1:] if len(shape) <= 2 else shape
    if facts.values["affine"]:
        yield "weight", features, _filled(1)
        yield "bias", features, _filled(0)
    if is_batch:
        yield "running_mean", features, _filled(0)
        yield "running_var", features, _filled(1)
        yield "num_batches_tracked", (), _counter


def _recurrent(facts: LayerFacts) -> Iterator[tuple[str, Shape, Draw]]:
    values = facts.values
    hidden, ways = values["hidden"], ("", "_reverse") if values["bidirectional"] else ("",)
    rows, draw = _GATES[facts.kind] * hidden, _uniform(1 / math.sqrt(hidden))
    for layer in range(values["layers"]):
        incoming = facts.input_shapes[0][1] if layer == 0 else hidden * len(ways)
        for way in ways:
            yield f"weight_ih_l{layer}{way}", (rows, incoming), draw
            yield f"weight_hh_l{layer}{way}", (rows, hidden), draw
            if values["bias"]:
                yield f"bias_ih_l{layer}{way}", (rows,), draw
                yield f"bias_hh_l{layer}{way}", (rows,), draw
