"""The ONNX model that is being written: nodes, weights and constants, with names that a person finds again. Imports onnx.

Values and nodes are called as the layers, weights as in the state dict (`conv1.weight`), so that viewers show familiar names.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import helper

from trainers.first_weights import Array, Weights
from trainers.layer_catalog import LayerFacts

OPSET = 20  # the first with Gelu; runtimes from 2023 on read it
FORMAT = 9  # what belongs to it


class OnnxGraph:
    """Collects nodes. weights: the network's state dict; each tensor enters the file when a node first asks for it."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._model = onnx.ModelProto()  # filled in place: helper.make_model copies all weights three times
        self._graph = self._model.graph
        self._tensors: set[str] = set()
        self._parts: dict[str, int] = {}

    def add(self, operation: str, inputs: list[str], name: str, **attributes: Any) -> str:
        """A node with one output, both called `name`; returns the name."""
        self._graph.node.append(helper.make_node(operation, inputs, [name], name=name, **attributes))
        return name

    def add_split(self, name: str, value: str, count: int, axis: int) -> list[str]:
        """`value` in equal parts along `axis` of the batch."""
        outputs = [f"{name}/part{number}" for number in range(count)]
        self._graph.node.append(
            helper.make_node("Split", [value], outputs, name=f"{name}/split", axis=axis, num_outputs=count)
        )
        return outputs

    def add_recurrent(self, operation: str, inputs: list[str], name: str, **attributes: Any) -> tuple[str, str]:
        """An RNN, LSTM or GRU: its states at all steps, and the last ones."""
        outputs = [f"{name}/states", f"{name}/last"]
        self._graph.node.append(helper.make_node(operation, inputs, outputs, name=name, **attributes))
        return outputs[0], outputs[1]

    def part(self, name: str, operation: str, *inputs: str, **attributes: Any) -> str:
        """A node on the way to layer `name`: name/operation, numbered where there are several."""
        base = f"{name}/{operation.lower()}"
        number = self._parts[base] = self._parts.get(base, 0) + 1
        return self.add(operation, list(inputs), base if number == 1 else f"{base}{number}", **attributes)

    def weight(self, facts: LayerFacts, name: str) -> str:
        """The layer's own tensor `name`."""
        full = f"{facts.name}.{name}"
        return self.tensor(full, self._weights[full])

    def array(self, facts: LayerFacts, name: str) -> Array:
        """The same as numbers, for what ONNX orders otherwise."""
        return self._weights[f"{facts.name}.{name}"]

    def tensor(self, name: str, value: Any) -> str:
        """Numbers that stand in the file under `name`."""
        if name not in self._tensors:
            self._tensors.add(name)
            numbers = np.asarray(value, order="C")
            tensor = self._graph.initializer.add()
            tensor.name = name
            tensor.data_type = helper.np_dtype_to_tensor_dtype(numbers.dtype)
            tensor.dims.extend(numbers.shape)
            tensor.raw_data = numbers.astype(numbers.dtype.newbyteorder("<"), copy=False).tobytes()
        return name

    def number(self, facts: LayerFacts, name: str, value: float) -> str:
        """A single number in single precision."""
        return self.tensor(f"{facts.name}/{name}", np.array(value, np.float32))

    def whole_numbers(self, facts: LayerFacts, name: str, values: Any) -> str:
        """Axes, or a shape."""
        return self.tensor(f"{facts.name}/{name}", np.array(values, np.int64))

    def model(self, name: str, comment: str, source: LayerFacts, result: LayerFacts) -> onnx.ModelProto:
        """The whole model, batch size left open."""
        for listed, facts in ((self._graph.input, source), (self._graph.output, result)):
            shape = ["batch", *facts.output_shape]
            listed.append(helper.make_tensor_value_info(facts.name, onnx.TensorProto.FLOAT, shape))
        self._graph.name, self._graph.doc_string = name, comment
        self._model.ir_version, self._model.producer_name = FORMAT, "hillock"
        self._model.opset_import.append(helper.make_opsetid("", OPSET))
        return self._model
