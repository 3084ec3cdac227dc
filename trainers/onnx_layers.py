"""Layers with weights, of pictures and of shapes as ONNX nodes. Imports onnx (through onnx_writing), never torch."""

from __future__ import annotations

import math

import numpy as np

from trainers.layer_catalog import LayerFacts
from trainers.onnx_activations import Write
from trainers.onnx_writing import OnnxGraph


def _dense(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    return weighted_sum(graph, facts, inputs[0], facts.name)


def weighted_sum(graph: OnnxGraph, facts: LayerFacts, value: str, name: str) -> str:
    """x·Wᵀ + b along the last axis, as node `name`: Gemm for vectors, MatMul where there are steps or rows as well."""
    weight, bias = graph.weight(facts, "weight"), facts.values["bias"]
    if len(facts.input_shapes[0]) == 1:
        more = [graph.weight(facts, "bias")] if bias else []
        return graph.add("Gemm", [value, weight, *more], name, transB=1)
    turned = graph.part(facts.name, "Transpose", weight, perm=[1, 0])
    if not bias:
        return graph.add("MatMul", [value, turned], name)
    product = graph.part(facts.name, "MatMul", value, turned)
    return graph.add("Add", [product, graph.weight(facts, "bias")], name)


def _maxout(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    lines = weighted_sum(graph, facts, inputs[0], f"{facts.name}/lines")
    sizes = graph.whole_numbers(facts, "shape", [-1, *facts.output_shape, facts.values["pieces"]])
    pieces = graph.part(facts.name, "Reshape", lines, sizes)
    return graph.add("ReduceMax", [pieces, graph.whole_numbers(facts, "axes", [-1])], facts.name, keepdims=0)


def _conv2d(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    values = facts.values
    tensors = [graph.weight(facts, name) for name in (("weight", "bias") if values["bias"] else ("weight",))]
    return graph.add(
        "Conv",
        [*inputs, *tensors],
        facts.name,
        kernel_shape=values["kernel"],
        strides=values["stride"],
        pads=[*values["padding"], *values["padding"]],
        dilations=values["dilation"],
        group=values["groups"],
    )


def _max_pool(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    """Rounding up is written as padding behind the picture: runtimes do not agree on what ceil_mode leaves out."""
    values = facts.values
    stride, behind = values["stride"] or values["kernel"], []
    for axis in (0, 1):
        reach = values["dilation"][axis] * (values["kernel"][axis] - 1) + 1
        last = (facts.output_shape[axis + 1] - 1) * stride[axis] + reach
        room = facts.input_shapes[0][axis + 1] + values["padding"][axis]
        behind.append(max(values["padding"][axis], last - room))
    return graph.add(
        "MaxPool",
        inputs,
        facts.name,
        kernel_shape=values["kernel"],
        strides=stride,
        pads=[*values["padding"], *behind],
        dilations=values["dilation"],
    )


def _average_pool(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    values = facts.values
    return graph.add(
        "AveragePool",
        inputs,
        facts.name,
        kernel_shape=values["kernel"],
        strides=values["stride"] or values["kernel"],
        pads=[*values["padding"], *values["padding"]],
        count_include_pad=1,
    )


def _adaptive_average_pool(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    before, after = facts.input_shapes[0][1:], facts.output_shape[1:]
    even = _evenly(graph, facts, inputs, "Average")
    if even:
        return even
    shares = []  # a product from the left averages rows, one from the right columns
    for size, wanted in zip(before, after, strict=True):
        share = np.zeros((wanted, size), np.float32)
        for place, (start, end) in enumerate(_windows(size, wanted)):
            share[place, start:end] = 1 / (end - start)
        shares.append(share)
    rows = graph.part(facts.name, "MatMul", graph.tensor(f"{facts.name}/rows", shares[0]), inputs[0])
    return graph.add("MatMul", [rows, graph.tensor(f"{facts.name}/columns", shares[1].T)], facts.name)


def _adaptive_max_pool(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    even = _evenly(graph, facts, inputs, "Max")
    if even:
        return even
    value = inputs[0]
    for axis in (2, 3):  # windows laid out beside one another, the last number repeated to make them alike
        size, wanted = facts.input_shapes[0][axis - 1], facts.output_shape[axis - 1]
        windows = _windows(size, wanted)
        longest = max(end - start for start, end in windows)
        places = [[min(start + step, end - 1) for step in range(longest)] for start, end in windows]
        laid_out = graph.part(
            facts.name, "Gather", value, graph.whole_numbers(facts, f"places{axis}", places), axis=axis
        )
        axes = graph.whole_numbers(facts, f"axes{axis}", [axis + 1])
        name = facts.name if axis == 3 else f"{facts.name}/rows"
        value = graph.add("ReduceMax", [laid_out, axes], name, keepdims=0)
    return value


def _evenly(graph: OnnxGraph, facts: LayerFacts, inputs: list[str], what: str) -> str | None:
    """Adaptive pooling whose windows are all alike is an ordinary one, or a global one."""
    before, after = facts.input_shapes[0][1:], facts.output_shape[1:]
    if after == (1, 1):
        return graph.add(f"Global{what}Pool", inputs, facts.name)
    if before[0] % after[0] or before[1] % after[1]:
        return None
    kernel = [before[0] // after[0], before[1] // after[1]]
    return graph.add(f"{what}Pool", inputs, facts.name, kernel_shape=kernel, strides=kernel)


def _windows(size: int, wanted: int) -> list[tuple[int, int]]:
    """First and past-the-last place of each window, as torch's adaptive pooling has them."""
    return [(place * size // wanted, -(-(place + 1) * size // wanted)) for place in range(wanted)]


def _batch_norm(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    features = facts.output_shape[0]
    if facts.values["affine"]:
        scale, shift = graph.weight(facts, "weight"), graph.weight(facts, "bias")
    else:
        scale = graph.tensor(f"{facts.name}/ones", np.ones(features, np.float32))
        shift = graph.tensor(f"{facts.name}/zeros", np.zeros(features, np.float32))
    statistics = [graph.weight(facts, "running_mean"), graph.weight(facts, "running_var")]
    momentum = 1 - facts.values["momentum"]  # of the old mean, where torch's is of the new one
    given = [*inputs, scale, shift, *statistics]
    return graph.add("BatchNormalization", given, facts.name, epsilon=facts.values["eps"], momentum=momentum)


def _layer_norm(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    shape = facts.output_shape[-1:] if len(facts.output_shape) <= 2 else facts.output_shape
    if facts.values["affine"]:
        tensors = [graph.weight(facts, "weight"), graph.weight(facts, "bias")]
    else:
        tensors = [graph.tensor(f"{facts.name}/ones", np.ones(shape, np.float32))]
    given = [*inputs, *tensors]
    return graph.add("LayerNormalization", given, facts.name, axis=-len(shape), epsilon=facts.values["eps"])


def _dropout(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    return graph.add("Dropout", [*inputs, graph.number(facts, "ratio", facts.values["p"])], facts.name)


def _flatten(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    return graph.add("Flatten", inputs, facts.name, axis=1)


def _reshape(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    sizes = graph.whole_numbers(facts, "shape", [-1, *facts.output_shape])
    return graph.add("Reshape", [*inputs, sizes], facts.name)


def _transpose(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    return graph.add("Transpose", inputs, facts.name, perm=[0, 2, 1])


def _mean_over_steps(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    return graph.add("ReduceMean", [*inputs, graph.whole_numbers(facts, "axes", [1])], facts.name, keepdims=0)


def _add(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    return graph.add("Add" if len(inputs) == 2 else "Sum", inputs, facts.name)


def _concatenate(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    return graph.add("Concat", inputs, facts.name, axis=facts.values["axis"] + 1)


def _embedding(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    words = graph.part(facts.name, "Cast", inputs[0], to=7)  # 64-bit whole numbers
    return graph.add("Gather", [graph.weight(facts, "weight"), words], facts.name, axis=0)


def _positions(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    return graph.add("Add", [*inputs, graph.weight(facts, "weight")], facts.name)


# torch's gates in ONNX's order: LSTM input, output, forget, cell; GRU update, reset, new
_RECURRENT = {"recurrent": ("RNN", (0,)), "lstm": ("LSTM", (0, 3, 1, 2)), "gru": ("GRU", (1, 0, 2))}


def _recurrent(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    values, (steps, _) = facts.values, facts.input_shapes[0]
    operation, gates = _RECURRENT[facts.kind]
    hidden, ways = values["hidden"], ("", "_reverse") if values["bidirectional"] else ("",)
    attributes = {"hidden_size": hidden, "direction": "bidirectional" if len(ways) == 2 else "forward"}
    if facts.kind == "gru":
        attributes["linear_before_reset"] = 1
    elif facts.kind == "recurrent":
        attributes["activations"] = [values["nonlinearity"].capitalize()] * len(ways)

    def ordered(name: str) -> np.ndarray:
        blocks = np.split(np.asarray(graph.array(facts, name)), len(gates))
        return np.concatenate([blocks[gate] for gate in gates])

    value = graph.part(facts.name, "Transpose", inputs[0], perm=[1, 0, 2])  # runtimes want the steps first
    last = ""
    for layer in range(values["layers"]):
        place = f"{facts.name}/layer{layer}"
        tensors = [np.stack([ordered(f"{what}_l{layer}{way}") for way in ways]) for what in ("weight_ih", "weight_hh")]
        if values["bias"]:
            both = [[ordered(f"{what}_l{layer}{way}") for what in ("bias_ih", "bias_hh")] for way in ways]
            tensors.append(np.stack([np.concatenate(one) for one in both]))
        names = [graph.tensor(f"{place}.{name}", tensor) for name, tensor in zip("WRB", tensors, strict=False)]
        states, last = graph.add_recurrent(operation, [value, *names], place, **attributes)
        joined = graph.part(facts.name, "Transpose", states, perm=[0, 2, 1, 3])
        sizes = graph.whole_numbers(facts, "joined", [steps, -1, len(ways) * hidden])
        value = graph.part(facts.name, "Reshape", joined, sizes)
    if values["output"] == "sequence":
        return graph.add("Transpose", [value], facts.name, perm=[1, 0, 2])
    turned = graph.part(facts.name, "Transpose", last, perm=[1, 0, 2])
    return graph.add("Reshape", [turned, graph.whole_numbers(facts, "last", [-1, len(ways) * hidden])], facts.name)


def _self_attention(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    (steps, features), values, name = facts.output_shape, facts.values, facts.name
    heads = values["heads"]

    def projected(value: str, which: str, end: str) -> str:
        weight = graph.weight(facts, f"{which}weight")
        product = graph.part(name, "MatMul", value, graph.part(name, "Transpose", weight, perm=[1, 0]))
        return graph.add("Add", [product, graph.weight(facts, f"{which}bias")], end) if values["bias"] else product

    parts = graph.add_split(name, projected(inputs[0], "in_proj_", f"{name}/projected"), 3, 2)
    shape = graph.whole_numbers(facts, "heads", [-1, steps, heads, features // heads])
    queries, keys, given = (
        graph.part(name, "Transpose", graph.part(name, "Reshape", part, shape), perm=perm)
        for part, perm in zip(parts, ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]), strict=True)
    )
    scale = graph.number(facts, "scale", 1 / math.sqrt(features // heads))
    scores = graph.part(name, "Mul", graph.part(name, "MatMul", queries, keys), scale)
    if values["causal"]:
        mask = np.triu(np.full((steps, steps), -np.inf, np.float32), 1)
        scores = graph.part(name, "Add", scores, graph.tensor(f"{name}/mask", mask))
    seen = graph.part(name, "MatMul", graph.part(name, "Softmax", scores, axis=-1), given)
    rows = graph.part(name, "Transpose", seen, perm=[0, 2, 1, 3])
    joined = graph.part(name, "Reshape", rows, graph.whole_numbers(facts, "features", [-1, steps, features]))
    return graph.add("Identity", [projected(joined, "out_proj.", f"{name}/out")], name)


LAYER_WRITERS: dict[str, Write] = {
    "dense": _dense,
    "maxout": _maxout,
    "conv2d": _conv2d,
    "max_pool": _max_pool,
    "average_pool": _average_pool,
    "adaptive_average_pool": _adaptive_average_pool,
    "adaptive_max_pool": _adaptive_max_pool,
    "batch_norm": _batch_norm,
    "layer_norm": _layer_norm,
    "dropout": _dropout,
    "flatten": _flatten,
    "reshape": _reshape,
    "transpose": _transpose,
    "mean_over_steps": _mean_over_steps,
    "add": _add,
    "concatenate": _concatenate,
    "embedding": _embedding,
    "positions": _positions,
    "recurrent": _recurrent,
    "lstm": _recurrent,
    "gru": _recurrent,
    "self_attention": _self_attention,
}
