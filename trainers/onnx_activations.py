"""Activation layers as ONNX nodes. Imports onnx (through onnx_writing), never torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trainers.layer_catalog import LayerFacts
from trainers.layer_kinds_activation import softmax_axis
from trainers.onnx_writing import OnnxGraph

Write = Callable[[OnnxGraph, LayerFacts, list[str]], str]


def _alike(operation: str, **attributes: Any) -> Write:
    """One node; attributes that are names of the layer's parameters take their values."""

    def write(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
        given = {
            name: facts.values[value] if isinstance(value, str) else value(facts) if callable(value) else value
            for name, value in attributes.items()
        }
        return graph.add(operation, inputs, facts.name, **given)

    return write


def _clip(low: str | float, high: str | float) -> Write:
    def write(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
        bounds = [facts.values[bound] if isinstance(bound, str) else bound for bound in (low, high)]
        numbers = [graph.number(facts, name, bound) for name, bound in zip(("low", "high"), bounds, strict=True)]
        return graph.add("Clip", [*inputs, *numbers], facts.name)

    return write


def _prelu(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    return graph.add("PRelu", [*inputs, graph.weight(facts, "weight")], facts.name)


def _silu(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    return graph.add("Mul", [inputs[0], graph.part(facts.name, "Sigmoid", inputs[0])], facts.name)


def _softplus(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    """softplus(βx)/β, and x itself where βx is above the threshold."""
    beta, threshold = facts.values["beta"], facts.values["threshold"]
    if beta == 1 and threshold == 20:  # beyond 20 the two are alike in single precision
        return graph.add("Softplus", inputs, facts.name)
    scaled = graph.part(facts.name, "Mul", inputs[0], graph.number(facts, "beta", beta))
    rounded = graph.part(
        facts.name, "Div", graph.part(facts.name, "Softplus", scaled), graph.number(facts, "beta", beta)
    )
    above = graph.part(facts.name, "Greater", scaled, graph.number(facts, "threshold", threshold))
    return graph.add("Where", [above, inputs[0], rounded], facts.name)


def _logsigmoid(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    name = facts.name
    return graph.add("Neg", [graph.part(name, "Softplus", graph.part(name, "Neg", inputs[0]))], name)


def _tanhshrink(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    return graph.add("Sub", [inputs[0], graph.part(facts.name, "Tanh", inputs[0])], facts.name)


def _threshold(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    edge, other = (graph.number(facts, name, facts.values[name]) for name in ("threshold", "value"))
    return graph.add("Where", [graph.part(facts.name, "Greater", inputs[0], edge), inputs[0], other], facts.name)


def _softmin(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    return graph.add("Softmax", [graph.part(facts.name, "Neg", inputs[0])], facts.name, axis=_axis(facts))


def _glu(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    value, gate = graph.add_split(facts.name, inputs[0], 2, _axis(facts))
    return graph.add("Mul", [value, graph.part(facts.name, "Sigmoid", gate)], facts.name)


def _axis(facts: LayerFacts) -> int:
    return softmax_axis(facts.output_shape)


def _mean_slope(facts: LayerFacts) -> float:
    """What rrelu does once training is over."""
    return float(facts.values["lower"] + facts.values["upper"]) / 2


ACTIVATION_WRITERS: dict[str, Write] = {
    "relu": _alike("Relu"),
    "leaky_relu": _alike("LeakyRelu", alpha="negative_slope"),
    "prelu": _prelu,
    "rrelu": _alike("LeakyRelu", alpha=_mean_slope),
    "relu6": _clip(0.0, 6.0),
    "elu": _alike("Elu", alpha="alpha"),
    "celu": _alike("Celu", alpha="alpha"),
    "selu": _alike("Selu"),
    "gelu": _alike("Gelu", approximate="approximate"),
    "silu": _silu,
    "mish": _alike("Mish"),
    "sigmoid": _alike("Sigmoid"),
    "tanh": _alike("Tanh"),
    "softplus": _softplus,
    "softsign": _alike("Softsign"),
    "logsigmoid": _logsigmoid,
    "tanhshrink": _tanhshrink,
    "hardtanh": _clip("min_val", "max_val"),
    "hardsigmoid": _alike("HardSigmoid", alpha=1 / 6, beta=0.5),
    "hardswish": _alike("HardSwish"),
    "hardshrink": _alike("Shrink", lambd="lambd", bias=0.0),
    "softshrink": _alike("Shrink", lambd="lambd", bias="lambd"),
    "threshold": _threshold,
    "softmax": _alike("Softmax", axis=_axis),
    "log_softmax": _alike("LogSoftmax", axis=_axis),
    "softmin": _softmin,
    "glu": _glu,
    "identity": _alike("Identity"),
}
