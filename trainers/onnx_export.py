"""NetworkGraph with weights -> an ONNX file's bytes. Imports onnx when it writes, never torch."""

from __future__ import annotations

from importlib.util import find_spec

from trainers.first_weights import Weights, first_weights, weight_shapes
from trainers.layer_catalog import analyse
from trainers.network_graph import NetworkGraph, NetworkInputError

MAX_BYTES = 2**31 - 1  # what the format's one message may hold


def refuse_without_onnx() -> None:
    """Raise BadInput, with how to install it, where the onnx package is not there."""
    if find_spec("onnx") is None:
        raise NetworkInputError("ONNX needs the package onnx, which is not installed.", "Install it with pip install 'hillock[onnx]'.")  # fmt: skip


def to_onnx_with(graph: NetworkGraph, path: str) -> tuple[bytes, tuple[str, ...]]:
    """`to_onnx` with the weights of a state dict's file or a checkpoint's folder; and what of them did not match, in sentences."""
    from trainers.state_dicts import match_weights, read_state_dict

    refuse_without_onnx()
    analysis = analyse(graph)
    matched = match_weights(weight_shapes(analysis), read_state_dict(path), path)
    return to_onnx(graph, {**first_weights(analysis), **matched.weights}), matched.sentences()


def to_onnx(graph: NetworkGraph, weights: Weights | None = None) -> bytes:
    """The network as it answers once training is over (dropout passes all on, batch norm uses its running statistics).

    Input and output are called as the graph's first and last layer, (batch, ...) in single precision. weights: a state dict's
    tensors, first ones where None. Raises BadInput: the network cannot be, a kind has no counterpart, onnx is not installed.
    """
    refuse_without_onnx()
    from trainers.onnx_activations import ACTIVATION_WRITERS
    from trainers.onnx_formulas import FORMULA_WRITERS
    from trainers.onnx_layers import LAYER_WRITERS
    from trainers.onnx_writing import OnnxGraph

    analysis = analyse(graph)
    writers = {**ACTIVATION_WRITERS, **LAYER_WRITERS, **FORMULA_WRITERS}
    written = OnnxGraph(first_weights(analysis) if weights is None else weights)
    source, *others = analysis.layers.values()
    for facts in others:
        writers[facts.kind](written, facts, list(facts.sources))
    if 4 * analysis.parameters > MAX_BYTES:
        raise NetworkInputError(f"{graph.title or graph.name} has {analysis.parameters:,} parameters, more than one ONNX file holds.", "Make it smaller.")  # fmt: skip
    comment = " ".join(part for part in (graph.title, graph.comment) if part)
    model = written.model(graph.name, comment, source, analysis.layers[analysis.output_name])
    data: bytes = model.SerializeToString()
    return data
