"""The ONNX model that is being written: nodes, weights and constants, with names that a person finds again. Imports onnx.

Values and nodes are called as the layers, weights as in the state dict (`conv1.weight`), so that viewers show familiar names.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from trainers.first_weights import Array, Weights
from trainers.layer_catalog import LayerFacts

OPSET = 20  # the first with Gelu; runtimes from 2023 on read it
FORMAT = 9  # what belongs to it


class OnnxGraph:
    """Collects nodes. weights: the network's state dict; each tensor enters the file when a node first asks for it."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._tensors: dict[str, onnx.TensorProto] = {}
        self._parts: dict[str, int] = {}

    def add(self, operation: str, inputs: list[str], name: str, **attributes: Any) -> str:
        """A node with one output, both called `name`; returns the name."""
        self._nodes.append(helper.make_node(operation, inputs, [name], name=name, **attributes))
        return name

    def add_split(self, name: str, value: str, count: int, axis: int) -> list[str]:
        """`value` in equal parts along `axis` of the batch."""
        outputs = [f"{name}/part{number}" for number in range(count)]
        self._nodes.append(
            helper.make_node("Split", [value], outputs, name=f"{name}/split", axis=axis, num_outputs=count)
        )
        return outputs

    def add_recurrent(self, operation: str, inputs: list[str], name: str, **attributes: Any) -> tuple[str, str]:
        """An RNN, LSTM or GRU: its states at all steps, and the last ones."""
        outputs = [f"{name}/states", f"{name}/last"]
        self._nodes.append(helper.make_node(operation, inputs, outputs, name=name, **attributes))
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
            self._tensors[name] = numpy_helper.from_array(np.array(value, order="C"), name)
        return name

    def number(self, facts: LayerFacts, name: str, value: float) -> str:
        """A single number in single precision."""
        return self.tensor(f"{facts.name}/{name}", np.array(value, np.float32))

    def whole_numbers(self, facts: LayerFacts, name: str, values: Any) -> str:
        """Axes, or a shape."""
        return self.tensor(f"{facts.name}/{name}", np.array(values, np.int64))

    def model(self, name: str, comment: str, source: LayerFacts, result: LayerFacts) -> onnx.ModelProto:
        """The whole model, batch size left open."""
        ends = [
            helper.make_tensor_value_info(facts.name, onnx.TensorProto.FLOAT, ["batch", *facts.output_shape])
            for facts in (source, result)
        ]
        graph = helper.make_graph(self._nodes, name, ends[:1], ends[1:], list(self._tensors.values()), comment)
        model: onnx.ModelProto = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="hillock", ir_version=FORMAT
        )
        return model
