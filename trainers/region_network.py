"""A drawn network as the dense layers whose linear regions can be counted, or why it has none. Imports neither torch nor the window."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from trainers.layer_catalog import LAYER_KINDS, LayerFacts, NetworkAnalysis
from trainers.linear_regions import DenseLayer
from trainers.network_graph import NetworkInputError

_PASSES = ("input", "identity", "dropout", "flatten")  # what leaves a vector as it is, once training is over
_SMOOTH_ENDS = (
    "sigmoid",
    "tanh",
    "softmax",
    "log_softmax",
)  # squash the output: its regions are those of what they squash


def hidden_widths(analysis: NetworkAnalysis) -> tuple[int, ...]:
    """Units of each dense layer with a ReLU behind it, for the bounds; raises NetworkInputError as `dense_layers` does.

    Nor are there bounds where nothing bends what a layer gives to the next: it may be a bottleneck of one number.
    """
    layers = dense_layers(analysis, None)
    if any(layer.slope is None for layer in layers[:-1]):
        raise NetworkInputError("Two dense layers follow one another with no ReLU between.", "Put one between them.")
    return tuple(len(layer.bias) for layer in layers if layer.slope is not None)


def dense_layers(analysis: NetworkAnalysis, weights: Mapping[str, np.ndarray] | None) -> tuple[DenseLayer, ...]:
    """The network's dense layers, each with the slope that its activation has below 0.

    weights: by PyTorch's names ("fc1.weight", "fc1.bias"), as a checkpoint has them; None takes zeros. Raises NetworkInputError,
    naming the layer, where the network has not two inputs, branches, or bends anything else than ReLU and Leaky ReLU do.
    """
    if analysis.input_shape != (2,):
        raise NetworkInputError(
            f"Regions are counted in a plane, but {analysis.input_name} takes {analysis.input_shape}.",
            "Take a network of two inputs, such as playground.",
        )
    layers: list[DenseLayer] = []
    before = analysis.input_name
    for name, facts in analysis.layers.items():
        if facts.sources and facts.sources != (before,):
            raise NetworkInputError(f"{name} does not follow {before} alone.", "Take a network without branches.")
        before = name
        if facts.kind == "dense":
            layers.append(_dense(facts, weights))
        elif facts.kind in ("relu", "leaky_relu", "prelu"):
            _bend(layers, facts, weights)
        elif facts.kind not in _PASSES and not (facts.kind in _SMOOTH_ENDS and name == analysis.output_name):
            title = LAYER_KINDS[facts.kind].title if facts.kind in LAYER_KINDS else facts.kind
            raise NetworkInputError(
                f"{name} ({title}) does not leave the plane in flat pieces.", "Take ReLU or Leaky ReLU for it."
            )
    if not layers:
        raise NetworkInputError("The network has no dense layer, so it bends nowhere.", "Add one.")
    return tuple(layers)


def _dense(facts: LayerFacts, weights: Mapping[str, np.ndarray] | None) -> DenseLayer:
    units, inputs = facts.output_shape[0], facts.input_shapes[0][0]
    matrix, bias = np.zeros((units, inputs)), np.zeros(units)
    if weights is not None:
        matrix = _found(weights, f"{facts.name}.weight", (units, inputs))
        if facts.values["bias"]:
            bias = _found(weights, f"{facts.name}.bias", (units,))
    return DenseLayer(matrix, bias, None)


def _bend(layers: list[DenseLayer], facts: LayerFacts, weights: Mapping[str, np.ndarray] | None) -> None:
    slope = 0.0
    if facts.kind == "leaky_relu":
        slope = float(facts.values["negative_slope"])
    elif facts.kind == "prelu":
        slope = float(_found(weights, f"{facts.name}.weight", (1,))[0]) if weights is not None else 0.25
    if not layers:  # right behind the input
        size = facts.output_shape[0]
        layers.append(DenseLayer(np.eye(size), np.zeros(size), slope))
        return
    before = layers[-1].slope
    if (
        before is not None
    ):  # behind another bend: what was negative comes to it as it was bent, positive where that was steep upwards
        slope = before * slope if before > 0 else before
    layers[-1] = layers[-1]._replace(slope=slope)


def _found(weights: Mapping[str, np.ndarray], name: str, shape: tuple[int, ...]) -> np.ndarray:
    array = weights.get(name)
    if array is None or array.shape != shape:
        has = "none" if array is None else f"{array.shape}"
        raise NetworkInputError(f"The weights {name} should be {shape}, but are {has}.", "Start the training again.")
    return np.asarray(array, dtype=np.float64)
