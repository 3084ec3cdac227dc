"""What each ONNX operation is as a layer. Imports onnx (through onnx_reading), never torch."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import onnx

from trainers.layer_kinds_activation import softmax_axis
from trainers.network_graph import NetworkGraph, NetworkInputError, Parameter, Shape
from trainers.onnx_import import OnnxNetwork
from trainers.onnx_reading import MAX_NODES, OnnxNode, OnnxReader, numbers_of, plain_number

Read = Callable[[OnnxReader, OnnxNode], object]


def network_of(model: onnx.ModelProto, input_shape: Shape | None, name: str) -> OnnxNetwork:
    """The network; raises BadInput without the file's name."""
    graph = model.graph
    if len(graph.node) > MAX_NODES:
        raise NetworkInputError(f"it has {len(graph.node):,} nodes, more than {MAX_NODES:,}.")
    reader = OnnxReader(graph)
    inputs = [value for value in graph.input if value.name not in reader.constants]
    if len(inputs) != 1 or len(graph.output) != 1:
        raise NetworkInputError(f"it has {len(inputs)} inputs and {len(graph.output)} outputs, but a drawing has one of each.")  # fmt: skip
    reader.begin(inputs[0].name, input_shape or _shape_of(inputs[0]))
    for node in map(OnnxNode, graph.node):
        if node.outputs and _is_constant(reader, node):
            reader.constants[node.outputs[0]] = _folded(reader, node)
        elif node.operation in _READERS:
            _READERS[node.operation](reader, node)
        else:
            raise node.refused("is no layer kind")
    if graph.output[0].name not in reader.sources:
        raise NetworkInputError("nothing gives its output.")
    title = graph.name if graph.name and len(graph.name) <= 60 else name
    found = NetworkGraph(title, tuple(reader.layers.values()), tuple(reader.links), "", graph.doc_string[:2000])
    return OnnxNetwork(found, reader.weights)


def _shape_of(value: onnx.ValueInfoProto) -> Shape:
    sizes = [dimension.dim_value for dimension in value.type.tensor_type.shape.dim][1:]
    if not sizes or not all(size > 0 for size in sizes):
        raise NetworkInputError("it leaves the size of its input open.", "Add --input CxHxW, for example --input 3x224x224.")  # fmt: skip
    return tuple(sizes)


def _is_constant(reader: OnnxReader, node: OnnxNode) -> bool:
    folds = node.operation in ("Constant", "Transpose", "Identity")
    return folds and all(name in reader.constants for name in node.inputs)


def _folded(reader: OnnxReader, node: OnnxNode) -> np.ndarray:
    """What a node makes of constants alone."""
    if node.operation == "Constant":
        if "value" in node.attributes:
            return numbers_of(node.attributes["value"])
        if len(node.attributes) != 1:
            raise node.refused("holds no constant")
        return np.asarray(next(iter(node.attributes.values())))
    value = reader.needed(node, 0)
    return value.transpose(node.attribute("perm", None)) if node.operation == "Transpose" else value


def _alike(kind: str, **attributes: tuple[str, float | str]) -> Read:
    """A layer kind with the same meaning. attributes: our parameter -> (ONNX's attribute, its default)."""

    def read(reader: OnnxReader, node: OnnxNode) -> None:
        reader.put(node, kind, **{ours: node.attribute(*theirs) for ours, theirs in attributes.items()})

    return read


def _fixed(kind: str, **attributes: float) -> Read:
    """The same, where the kind has these attributes' values and no others."""

    def read(reader: OnnxReader, node: OnnxNode) -> None:
        for name, wanted in attributes.items():
            if not math.isclose(node.attribute(name, wanted), wanted, rel_tol=1e-5):
                raise node.refused(f"has {name} {node.attribute(name, wanted):g}, where {kind} has {wanted:g}")
        reader.put(node, kind)

    return read


def _conv(reader: OnnxReader, node: OnnxNode) -> None:
    weight = reader.needed(node, 1)
    if weight.ndim != 4:
        raise node.refused(f"slides over {weight.ndim - 2} axes, but pictures have two")
    groups, bias = node.attribute("group", 1), reader.constant(node, 2)
    layer = reader.put(
        node,
        "conv2d",
        channels=weight.shape[0],
        kernel=weight.shape[2:],
        stride=_pair(node, "strides"),
        padding=_padding(node),
        dilation=_pair(node, "dilations"),
        groups=groups,
        bias=bias is not None,
        inputs=weight.shape[1] * groups,
    )
    reader.keep(layer, weight=weight, bias=bias)


def _pair(node: OnnxNode, name: str) -> tuple[int, int]:
    sizes = node.attribute(name, [1, 1])
    if len(sizes) != 2:
        raise node.refused(f"has {len(sizes)} {name}, but pictures have two axes")
    return int(sizes[0]), int(sizes[1])


def _pads(node: OnnxNode) -> tuple[int, ...]:
    if node.attribute("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        raise node.refused("pads by a rule (auto_pad) that no layer kind has")
    pads = node.attribute("pads", [0, 0, 0, 0])
    if len(pads) != 4:
        raise node.refused(f"has {len(pads)} pads, but pictures have four sides")
    return tuple(pads)


def _padding(node: OnnxNode) -> tuple[int, int]:
    top, left, bottom, right = _pads(node)
    if (top, left) != (bottom, right):
        raise node.refused("pads one side more than the other, which no layer kind does")
    return top, left


def _gemm(reader: OnnxReader, node: OnnxNode) -> None:
    if node.attribute("alpha", 1.0) != 1 or node.attribute("beta", 1.0) != 1 or node.attribute("transA", 0):
        raise node.refused("scales or turns what it multiplies, which a dense layer does not")
    weight = reader.needed(node, 1)
    _dense(reader, node, weight if node.attribute("transB", 0) else weight.T, reader.constant(node, 2))


def _matmul(reader: OnnxReader, node: OnnxNode) -> None:
    _dense(reader, node, reader.needed(node, 1).T, None)


def _dense(reader: OnnxReader, node: OnnxNode, weight: np.ndarray, bias: np.ndarray | None) -> None:
    if weight.ndim != 2 or (bias is not None and bias.size != weight.shape[0]):
        raise node.refused("does not multiply by one matrix")
    layer = reader.put(node, "dense", units=weight.shape[0], bias=bias is not None, inputs=weight.shape[1])
    reader.keep(layer, weight=weight, bias=None if bias is None else bias.reshape(-1))


def _add(reader: OnnxReader, node: OnnxNode) -> None:
    constants = [index for index, name in enumerate(node.inputs) if name in reader.constants]
    if not constants:
        reader.put(node, "add", *(reader.source(node, index) for index in range(len(node.inputs))))
        return
    given = node.inputs[1 - constants[0]] if len(node.inputs) == 2 else ""
    if given not in reader.sources:
        raise node.refused("adds constants in a way that is not understood")
    name, value = reader.sources[given], reader.constants[node.inputs[constants[0]]]
    layer = reader.layers[name]
    is_bias = (
        layer.kind == "dense" and layer.parameters["bias"] is False and value.shape == (layer.parameters["units"],)
    )
    if is_bias and reader.uses[given] == 1:
        reader.layers[name] = type(layer)(name, "dense", {**layer.parameters, "bias": True})
        reader.keep(name, bias=value)
        reader.sources[node.outputs[0]] = name
    elif value.shape == reader.shapes[name] and len(value.shape) == 2:
        reader.keep(reader.put(node, "positions", name), weight=value)
    else:
        raise node.refused("adds constants, which no layer kind does here")


def _multiply(reader: OnnxReader, node: OnnxNode) -> None:
    """x · sigmoid(x) is SiLU; no other product is a layer."""
    for gate, value in ((1, 0), (0, 1)):
        name = reader.sources.get(node.inputs[gate], "")
        fed_by = [link.source for link in reader.links if link.target == name]
        is_gate = (
            name in reader.layers and reader.layers[name].kind == "sigmoid" and reader.uses[node.inputs[gate]] == 1
        )
        if is_gate and fed_by == [reader.sources.get(node.inputs[value])]:
            reader.replace(name, "silu", node)
            return
    raise node.refused("is no layer kind")


def _batch_norm(reader: OnnxReader, node: OnnxNode) -> None:
    scale, shift, mean, variance = (reader.needed(node, index) for index in range(1, 5))
    eps, momentum = node.attribute("epsilon", 1e-5), node.attribute("momentum", 0.9)
    layer = reader.put(node, "batch_norm", eps=eps, momentum=plain_number(1 - momentum))
    reader.keep(layer, weight=scale, bias=shift, running_mean=mean, running_var=variance)


def _layer_norm(reader: OnnxReader, node: OnnxNode) -> None:
    shape = reader.shape(node)
    axes = node.attribute("axis", -1)
    wanted = -1 if len(shape) <= 2 else -len(shape)
    if axes not in (wanted, wanted + len(shape) + 1):
        raise node.refused("normalises other axes than a layer norm does")
    scale, shift = reader.needed(node, 1), reader.constant(node, 2)
    layer = reader.put(node, "layer_norm", eps=node.attribute("epsilon", 1e-5))
    reader.keep(layer, weight=scale, bias=np.zeros_like(scale) if shift is None else shift)


def _max_pool(reader: OnnxReader, node: OnnxNode) -> None:
    """Padding behind the picture alone is how rounding up is written."""
    kernel, stride, dilation = node.attribute("kernel_shape", []), _pair(node, "strides"), _pair(node, "dilations")
    pads, rounds_up = _pads(node), bool(node.attribute("ceil_mode", 0))
    values: dict[str, Parameter] = {
        "kernel": tuple(kernel),
        "stride": stride,
        "padding": pads[:2],
        "dilation": dilation,
    }
    if pads[:2] != pads[2:]:
        rounds_up = True
        sizes = reader.shape(node)[1:]
        for axis, size in enumerate(sizes):
            room = size + pads[axis] - dilation[axis] * (kernel[axis] - 1) - 1
            rounded = -(-(room + pads[axis]) // stride[axis])
            rounded -= rounded * stride[axis] >= size + pads[axis]  # a window in the padding alone is left out
            if (room + pads[axis + 2]) // stride[axis] != rounded:
                raise node.refused("pads one side more than the other, which no layer kind does")
    reader.put(node, "max_pool", **values, **({"ceil": True} if rounds_up else {}))


def _average_pool(reader: OnnxReader, node: OnnxNode) -> None:
    padding = _padding(node)
    if node.attribute("ceil_mode", 0) or (any(padding) and not node.attribute("count_include_pad", 0)):
        raise node.refused("averages over its padding otherwise than the layer kind does")
    kernel = tuple(node.attribute("kernel_shape", []))
    reader.put(node, "average_pool", kernel=kernel, stride=_pair(node, "strides"), padding=padding)


def _global(kind: str) -> Read:
    def read(reader: OnnxReader, node: OnnxNode) -> None:
        reader.put(node, kind, size=1)

    return read


def _reduced_mean(reader: OnnxReader, node: OnnxNode) -> None:
    given = reader.constant(node, 1)
    rank = len(reader.shape(node)) + 1
    axes = sorted(int(axis) % rank for axis in (node.attribute("axes", []) if given is None else given.tolist()))
    keeps = node.attribute("keepdims", 1)
    if rank == 3 and axes == [1] and not keeps:
        reader.put(node, "mean_over_steps")
    elif rank == 4 and axes == [2, 3]:
        pooled = reader.put(node, "adaptive_average_pool", size=1)
        if not keeps:
            reader.put(node, "flatten", pooled)
    else:
        raise node.refused("averages over axes that no layer kind does")


def _flatten(reader: OnnxReader, node: OnnxNode) -> None:
    if node.attribute("axis", 1) not in (1, -len(reader.shape(node))):
        raise node.refused("does not keep the samples of a batch apart")
    reader.put(node, "flatten")


def _reshape(reader: OnnxReader, node: OnnxNode) -> None:
    before = reader.shape(node)
    batch, *sizes = (int(size) for size in reader.needed(node, 1).reshape(-1).tolist())
    sizes = [before[place] if size == 0 and place < len(before) else size for place, size in enumerate(sizes)]
    if sizes.count(-1) == 1 and batch != -1:
        known = -math.prod(sizes)
        sizes = [math.prod(before) // max(1, known) if size == -1 else size for size in sizes]
    if batch not in (-1, 0, 1) or math.prod(sizes) != math.prod(before) or not sizes:
        raise node.refused("does not keep the samples of a batch apart")
    if len(sizes) == 1:
        reader.put(node, "flatten")
    else:
        reader.put(node, "reshape", shape=tuple(sizes))


def _transpose(reader: OnnxReader, node: OnnxNode) -> None:
    if list(node.attribute("perm", [])) != [0, 2, 1]:
        raise node.refused("turns axes as no layer kind does")
    reader.put(node, "transpose")


def _concatenate(reader: OnnxReader, node: OnnxNode) -> None:
    rank = len(reader.shape(node)) + 1
    axis = node.attribute("axis", 1) % rank
    if axis == 0:
        raise node.refused("joins samples of the batch")
    given = (reader.source(node, index) for index in range(len(node.inputs)))
    reader.put(node, "concatenate", *given, **({"axis": axis - 1} if axis > 1 else {}))


def _dropout(reader: OnnxReader, node: OnnxNode) -> None:
    ratio, training = reader.constant(node, 1), reader.constant(node, 2)
    if training is not None and training.any():
        raise node.refused("drops numbers while it answers as well")
    share = node.attribute("ratio", 0.5) if ratio is None else plain_number(float(ratio.reshape(-1)[0]))
    reader.put(node, "dropout", p=share)


def _clip(reader: OnnxReader, node: OnnxNode) -> None:
    bounds = []
    for index, name in ((1, "min"), (2, "max")):
        value = reader.constant(node, index)
        bounds.append(node.attribute(name, None) if value is None else plain_number(float(value.reshape(-1)[0])))
    low, high = bounds
    if (low, high) == (0, 6):
        reader.put(node, "relu6")
    elif low == 0 and (high is None or high > 1e30):
        reader.put(node, "relu")
    elif low is not None and high is not None:
        reader.put(node, "hardtanh", min_val=low, max_val=high)
    else:
        raise node.refused("bounds one side alone, which no layer kind does")


def _prelu(reader: OnnxReader, node: OnnxNode) -> None:
    slope = reader.needed(node, 1)
    if slope.size != 1:
        raise node.refused(f"learns {slope.size} slopes, but the layer kind has one")
    reader.keep(reader.put(node, "prelu"), weight=slope.reshape(1))


def _shrink(reader: OnnxReader, node: OnnxNode) -> None:
    lambd, bias = node.attribute("lambd", 0.5), node.attribute("bias", 0.0)
    if bias not in (0, lambd):
        raise node.refused("shrinks by another amount than its threshold")
    reader.put(node, "softshrink" if bias else "hardshrink", lambd=lambd)


def _softmax(kind: str) -> Read:
    def read(reader: OnnxReader, node: OnnxNode) -> None:
        rank = len(reader.shape(node)) + 1
        if node.attribute("axis", -1) % rank != softmax_axis(reader.shape(node)) % rank:
            raise node.refused("works along another axis than the features")
        reader.put(node, kind)

    return read


def _cast(reader: OnnxReader, node: OnnxNode) -> None:
    """Words come as whole numbers; what is cast goes on as it is."""
    reader.sources[node.outputs[0]] = reader.source(node)


def _gather(reader: OnnxReader, node: OnnxNode) -> None:
    table = reader.needed(node, 0)
    if table.ndim != 2 or node.attribute("axis", 0) != 0:
        raise node.refused("picks numbers as no layer kind does")
    given = reader.source(node, 1)
    layer = reader.put(node, "embedding", given, vocabulary=table.shape[0], features=table.shape[1])
    reader.keep(layer, weight=table)


_READERS: dict[str, Read] = {
    "Conv": _conv,
    "Gemm": _gemm,
    "MatMul": _matmul,
    "Add": _add,
    "Sum": _add,
    "Mul": _multiply,
    "BatchNormalization": _batch_norm,
    "LayerNormalization": _layer_norm,
    "MaxPool": _max_pool,
    "AveragePool": _average_pool,
    "GlobalAveragePool": _global("adaptive_average_pool"),
    "GlobalMaxPool": _global("adaptive_max_pool"),
    "ReduceMean": _reduced_mean,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Transpose": _transpose,
    "Concat": _concatenate,
    "Dropout": _dropout,
    "Cast": _cast,
    "Gather": _gather,
    "Clip": _clip,
    "PRelu": _prelu,
    "Shrink": _shrink,
    "Identity": _alike("identity"),
    "Relu": _alike("relu"),
    "LeakyRelu": _alike("leaky_relu", negative_slope=("alpha", 0.01)),
    "Elu": _alike("elu", alpha=("alpha", 1.0)),
    "Celu": _alike("celu", alpha=("alpha", 1.0)),
    "Selu": _fixed("selu", alpha=1.6732632, gamma=1.050701),
    "Gelu": _alike("gelu", approximate=("approximate", "none")),
    "HardSigmoid": _fixed("hardsigmoid", alpha=1 / 6, beta=0.5),
    "HardSwish": _alike("hardswish"),
    "Mish": _alike("mish"),
    "Sigmoid": _alike("sigmoid"),
    "Tanh": _alike("tanh"),
    "Softplus": _alike("softplus"),
    "Softsign": _alike("softsign"),
    "Softmax": _softmax("softmax"),
    "LogSoftmax": _softmax("log_softmax"),
}
