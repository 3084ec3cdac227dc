"""A small network as columns of neurons, or why it is none: dense layers in a row with what bends them. Plain data; imports no Qt."""

from __future__ import annotations

import msgspec

from trainers.layer_catalog import LAYER_KINDS, LayerFacts, NetworkAnalysis
from trainers.network_graph import NetworkInputError

MOST_NEURONS = 16  # in a column
MOST_LAYERS = 8  # dense layers
MOST_INPUTS = 16  # drawn one by one; more are drawn as one bundle
_PASSES = ("flatten", "identity", "dropout")  # what leaves the numbers as they are, once training is over


class NeuronColumn(msgspec.Struct, frozen=True):
    """One dense layer and what bends its sums. activation: that layer's name, "" for none; kind: its kind, "" for none."""

    dense: str
    units: int
    has_bias: bool = True
    activation: str = ""
    kind: str = ""

    @property
    def told_by(self) -> str:
        """The layer whose numbers the neurons are said to have: behind the activation where there is one."""
        return self.activation or self.dense


class NeuronNet(msgspec.Struct, frozen=True):
    """inputs: numbers that come in; columns: from left to right, the last is the output."""

    input_name: str
    inputs: int
    columns: tuple[NeuronColumn, ...]

    @property
    def hidden(self) -> tuple[NeuronColumn, ...]:
        """All columns but the output."""
        return self.columns[:-1]

    @property
    def output(self) -> NeuronColumn:
        """The last column."""
        return self.columns[-1]

    @property
    def is_planar(self) -> bool:
        """Whether each neuron has a picture: its value over a plane of two inputs."""
        return self.inputs == 2

    @property
    def widths(self) -> tuple[int, ...]:
        """Inputs, then the neurons of each column."""
        return (self.inputs, *(column.units for column in self.columns))


def neuron_net(analysis: NetworkAnalysis) -> NeuronNet:
    """The network as columns; raises NetworkInputError, in a sentence that names the layer, where it is too large or no such row."""
    columns: list[NeuronColumn] = []
    before = analysis.input_name
    for name, facts in analysis.layers.items():
        if facts.kind == "input":
            continue
        if facts.sources != (before,):
            raise NetworkInputError(f"{name} does not follow {before} alone.", "Neurons are shown of layers in a row.")
        before = name
        if facts.kind == "dense":
            columns.append(_column(name, facts))
        elif facts.kind not in _PASSES:
            _bend(columns, name, facts)
    if not columns:
        raise NetworkInputError("The network has no dense layer, so it has no neurons to show.", "Add one.")
    if len(columns) > MOST_LAYERS:
        raise NetworkInputError(
            f"The network has {len(columns)} dense layers, and neurons are shown of {MOST_LAYERS} at most."
        )
    inputs = 1
    for size in analysis.input_shape:
        inputs *= size
    return NeuronNet(analysis.input_name, inputs, tuple(columns))


def _column(name: str, facts: LayerFacts) -> NeuronColumn:
    if len(facts.output_shape) != 1:
        raise NetworkInputError(
            f"{name} works on a sequence.", "Neurons are shown of layers that take a row of numbers."
        )
    units = facts.output_shape[0]
    if units > MOST_NEURONS:
        raise NetworkInputError(
            f"{name} has {units:,} neurons, and they are shown of layers of {MOST_NEURONS} at most."
        )
    return NeuronColumn(name, units, bool(facts.values["bias"]))


def _bend(columns: list[NeuronColumn], name: str, facts: LayerFacts) -> None:
    kind = LAYER_KINDS.get(facts.kind)
    if (
        kind is None
        or kind.group != "activation"
        or not (kind.is_elementwise or facts.kind in ("softmax", "log_softmax"))
    ):
        raise NetworkInputError(
            f"{name} ({kind.title if kind is not None else facts.kind}) is neither a dense layer nor an activation.",
            "Neurons are shown of these alone.",
        )
    if not columns or columns[-1].activation:
        raise NetworkInputError(f"{name} does not follow a dense layer.", "Neurons are shown of dense layers in a row.")
    columns[-1] = msgspec.structs.replace(columns[-1], activation=name, kind=facts.kind)
