"""Typed formulas and drawn curves as ONNX nodes. Imports onnx (through onnx_writing), never torch."""

from __future__ import annotations

import numpy as np

from trainers.formula_tree import Name, Node, Number, Operation, depends_on_x
from trainers.layer_catalog import LayerFacts
from trainers.layer_kinds_formula import drawn_of, formula_of
from trainers.onnx_activations import Write
from trainers.onnx_writing import OnnxGraph

_ALIKE = {
    "exp": "Exp",
    "log": "Log",
    "sqrt": "Sqrt",
    "abs": "Abs",
    "sin": "Sin",
    "cos": "Cos",
    "tan": "Tan",
    "atan": "Atan",
    "sinh": "Sinh",
    "cosh": "Cosh",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "relu": "Relu",
    "softplus": "Softplus",
    "erf": "Erf",
    "gelu": "Gelu",
    "mish": "Mish",
    "sign": "Sign",
    "negate": "Neg",
    "add": "Add",
    "subtract": "Sub",
    "multiply": "Mul",
    "divide": "Div",
    "power": "Pow",
    "max": "Max",
    "min": "Min",
    "less": "Less",
    "less_equal": "LessOrEqual",
    "greater": "Greater",
    "greater_equal": "GreaterOrEqual",
    "equal": "Equal",
    "and": "And",
    "or": "Or",
    "not": "Not",
    "where": "Where",
}
_ON_FLOAT = 1  # ONNX's number for single precision


class _Formula:
    """Writes a formula's tree for one layer, from its leaves up."""

    def __init__(self, graph: OnnxGraph, facts: LayerFacts, x: str) -> None:
        self._graph, self._facts, self._x = graph, facts, x

    def value(self, node: Node) -> str:
        """The name of what the node gives."""
        if isinstance(node, Number):
            return self._number(node.value)
        if isinstance(node, Name):
            return self._x
        given = [self.value(argument) for argument in node.arguments]
        return self._composed(node, given) or self.part(_ALIKE[node.name], *given)

    def part(self, operation: str, *given: str, **attributes: int) -> str:
        return self._graph.part(self._facts.name, operation, *given, **attributes)

    def _number(self, value: float) -> str:
        return self._graph.number(self._facts, f"{value!r}", value)

    def _composed(self, node: Operation, given: list[str]) -> str | None:
        """What ONNX has no one operation for."""
        one = self._number(1.0)
        if node.name == "expm1":
            return self.part("Sub", self.part("Exp", *given), one)
        if node.name == "log1p":
            return self.part("Log", self.part("Add", *given, one))
        if node.name == "silu":
            return self.part("Mul", given[0], self.part("Sigmoid", given[0]))
        if node.name == "step":
            return self.part("Cast", self.part("GreaterOrEqual", given[0], self._number(0.0)), to=_ON_FLOAT)
        if node.name == "indicator":
            return self.part("Cast", *given, to=_ON_FLOAT)
        if node.name == "not_equal":
            return self.part("Not", self.part("Equal", *given))
        if node.name == "clip":
            return self.part("Min", self.part("Max", given[0], given[1]), given[2])
        return None


def _formula(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    formula, numbers = formula_of(facts.values)
    written = _Formula(graph, facts, inputs[0])
    tree = formula.bound(**numbers)
    value = written.value(tree)
    if depends_on_x(tree):
        return graph.add("Identity", [value], facts.name)
    shape = written.part("Shape", inputs[0])  # a constant, laid out in the shape of what comes in
    return graph.add("Expand", [value, shape], facts.name)


def _drawn(graph: OnnxGraph, facts: LayerFacts, inputs: list[str]) -> str:
    """The piece that x lies in is the number of knots that it has passed; then a cubic by Horner's rule."""
    function, name = drawn_of(facts.values), facts.name
    edges = graph.tensor(f"{name}/edges", np.array([x for x, _ in function.knots], np.float32))
    beside = graph.part(name, "Unsqueeze", inputs[0], graph.whole_numbers(facts, "last", [-1]))
    passed = graph.part(name, "Cast", graph.part(name, "GreaterOrEqual", beside, edges), to=7)
    piece = graph.part(name, "ReduceSum", passed, graph.whole_numbers(facts, "last", [-1]), keepdims=0)
    start, *coefficients = (
        graph.part(name, "Gather", graph.tensor(f"{name}/piece{place}", np.array(column, np.float32)), piece)
        for place, column in enumerate(zip(*function.pieces, strict=True))
    )
    t = graph.part(name, "Sub", inputs[0], start)
    value = coefficients[3]
    for number, coefficient in enumerate(reversed(coefficients[:3])):
        product = graph.part(name, "Mul", value, t)
        value = graph.add("Add", [product, coefficient], name if number == 2 else f"{name}/sum{number}")
    return value


FORMULA_WRITERS: dict[str, Write] = {"formula": _formula, "drawn": _drawn}
