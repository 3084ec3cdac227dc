"""What the reader of ONNX files keeps while it goes from node to node: constants, layers, shapes, weights. Imports onnx."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from trainers.first_weights import Weights
from trainers.layer_catalog import LAYER_KINDS, kind_of
from trainers.layer_kind import Misfit, Site, read_values
from trainers.network_files import shortened
from trainers.network_graph import MAX_LAYERS, Layer, Link, NetworkInputError, Parameter, Shape, suggested_name

MAX_NODES = 4 * MAX_LAYERS
MAX_ENTRIES = 1_000_000  # of one attribute: as Python's numbers they take eight times the room
_DEFAULT_NAMES = {"conv2d": "conv", "dense": "fc", "batch_norm": "bn", "max_pool": "pool", "average_pool": "pool"}


class OnnxNode:
    """One node: its operation, the names of its inputs and its attributes as plain Python."""

    def __init__(self, node: onnx.NodeProto) -> None:
        self.operation = node.op_type
        self.name = node.name
        self.inputs = tuple(node.input)
        self.outputs = tuple(node.output)
        if any(max(len(one.floats), len(one.ints), len(one.strings)) > MAX_ENTRIES for one in node.attribute):
            raise self.refused("has a longer list as attribute than any layer kind takes")
        self.attributes: dict[str, Any] = {one.name: helper.get_attribute_value(one) for one in node.attribute}

    def attribute(self, name: str, default: Any) -> Any:
        """A text comes as bytes, numbers in single precision: 0.1 is given as 0.1."""
        value = self.attributes.get(name, default)
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        return plain_number(value) if isinstance(value, float) else value

    def refused(self, problem: str) -> NetworkInputError:
        """A sentence that names the node; the file's name is put before it."""
        return NetworkInputError(f"the node {shortened(self.name or self.operation, 60)} ({self.operation[:40]}) {problem}.")  # fmt: skip


class OnnxReader:
    """Layers so far. sources: value of the file -> the layer that gives it; constants: value -> its numbers."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self.constants: dict[str, np.ndarray] = {}
        for tensor in graph.initializer:
            self.constants[tensor.name] = numbers_of(tensor)
        self.uses = Counter(name for node in graph.node for name in node.input)
        self.uses.update(value.name for value in graph.output)
        self.layers: dict[str, Layer] = {}
        self.links: list[Link] = []
        self.shapes: dict[str, Shape] = {}
        self.sources: dict[str, str] = {}
        self.weights: Weights = {}

    def begin(self, value: str, shape: Shape) -> None:
        """The network's input."""
        name = suggested_name(value)
        self.layers[name] = Layer(name, "input", {"shape": shape})
        self.shapes[name] = shape
        self.sources[value] = name

    def shape(self, node: OnnxNode) -> Shape:
        """Of one sample, of what comes into the node first."""
        return self.shapes[self.source(node)]

    def source(self, node: OnnxNode, index: int = 0) -> str:
        """The layer that feeds the node's input."""
        if index >= len(node.inputs) or node.inputs[index] not in self.sources:
            raise node.refused("works on constants in a way that is not understood")
        return self.sources[node.inputs[index]]

    def constant(self, node: OnnxNode, index: int) -> np.ndarray | None:
        """The numbers at an input; None where there is no such input. Refused where they are calculated."""
        if index >= len(node.inputs) or not node.inputs[index]:
            return None
        if node.inputs[index] not in self.constants:
            raise node.refused("takes as weights what another node calculates")
        return self.constants[node.inputs[index]]

    def needed(self, node: OnnxNode, index: int) -> np.ndarray:
        """The same, where there has to be one."""
        value = self.constant(node, index)
        if value is None:
            raise node.refused(f"lacks its input {index + 1}")
        return value

    def put(self, node: OnnxNode, kind: str, *given: str, **parameters: Parameter) -> str:
        """A layer for the node, fed by the layers `given` (else by its first input); returns its name."""
        name = suggested_name(self._name(node, kind), self.layers)
        layer = Layer(name, kind, parameters)
        feeding = given or (self.source(node),)
        try:
            site = Site(name, read_values(kind_of(layer), layer), tuple(self.shapes[one] for one in feeding))
            self.shapes[name] = LAYER_KINDS[kind].rule(site).shape
        except Misfit as misfit:
            raise node.refused(misfit.problem) from misfit
        self.layers[name] = layer
        self.links += [Link(one, name) for one in feeding]
        if node.outputs:
            self.sources[node.outputs[0]] = name
        return name

    def replace(self, name: str, kind: str, node: OnnxNode) -> None:
        """Make another kind of the layer `name`, which `node` only finishes, under the name of the node."""
        after = suggested_name(self._name(node, kind), (other for other in self.layers if other != name))
        self.layers = {(after if key == name else key): layer for key, layer in self.layers.items()}
        self.layers[after] = Layer(after, kind)
        self.links = [Link(after if one.source == name else one.source, after if one.target == name else one.target) for one in self.links]  # fmt: skip
        self.shapes[after] = self.shapes.pop(name)
        self.sources = {value: after if layer == name else layer for value, layer in self.sources.items()}
        self.sources[node.outputs[0]] = after

    def keep(self, layer: str, **tensors: np.ndarray | None) -> None:
        """Weights of a layer, in single precision."""
        for name, value in tensors.items():
            if value is not None:
                self.weights[f"{layer}.{name}"] = np.asarray(value, np.float32)

    def _name(self, node: OnnxNode, kind: str) -> str:
        """Of its weight (layer1.0.conv1.weight), else of the node (/features/relu/Relu), else of its kind."""
        weight = node.inputs[1] if len(node.inputs) > 1 else ""
        if weight in self.constants and weight.endswith(".weight"):
            return weight.removesuffix(".weight")
        parts = [part for part in node.name.split("/") if part]
        while parts and parts[-1].rstrip("_0123456789") in (node.operation, node.operation.lower() * (len(parts) > 1)):
            parts.pop()
        return parts[-1] if parts else _DEFAULT_NAMES.get(kind, kind)


def numbers_of(tensor: onnx.TensorProto) -> np.ndarray:
    """A tensor's numbers; refused where they lie in another file, which onnx would open wherever the tensor says it is."""
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        raise NetworkInputError("its weights lie in another file.", "Save it as one file.")
    array: np.ndarray = numpy_helper.to_array(tensor)
    return array


def plain_number(value: float) -> float:
    """A number in single precision as a person wrote it: 9.99999974e-06 is 1e-05."""
    return float(f"{value:.7g}")
