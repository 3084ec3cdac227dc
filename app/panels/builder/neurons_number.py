"""Where a weight or a bias stands in the state dict, and how it is named to a person. Plain data; imports no Qt."""

from __future__ import annotations

import msgspec

from app.panels.builder.neurons_chain import NeuronNet
from app.widgets.neuron_net_layout import Spot, Wire


class NumberPlace(msgspec.Struct, frozen=True):
    """parameter: by its name in the state dict; index: in it; title: "hidden1.weight[0, 1]"; words: what it connects."""

    parameter: str
    index: tuple[int, ...]
    title: str
    words: str


def input_names(net: NeuronNet) -> tuple[str, ...]:
    """x₁, x₂, ..."""
    small = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
    return tuple(f"x{str(number + 1).translate(small)}" for number in range(net.inputs))


def place_of(net: NeuronNet, what: Spot | Wire) -> NumberPlace:
    """The weight of a line, or the bias of a neuron."""
    column = net.columns[what.column - 1]
    if isinstance(what, Spot):
        return NumberPlace(
            f"{column.dense}.bias",
            (what.unit,),
            f"{column.dense}.bias[{what.unit}]",
            f"bias of {column.dense}'s neuron {what.unit + 1}",
        )
    name, index = f"{column.dense}.weight", (what.unit, what.source)
    source = (
        input_names(net)[what.source]
        if what.column == 1
        else f"{net.columns[what.column - 2].dense}'s neuron {what.source + 1}"
    )
    return NumberPlace(
        name, index, f"{name}[{what.unit}, {what.source}]", f"from {source} to {column.dense}'s neuron {what.unit + 1}"
    )


def spot_words(net: NeuronNet, spot: Spot) -> str:
    """What a neuron's picture shows."""
    if spot.column == 0:
        return f"Input {input_names(net)[spot.unit]}" if spot.unit < net.inputs else "Inputs"
    column = net.columns[spot.column - 1]
    behind = f", behind {column.kind}" if column.kind else ""
    which = f"neuron {spot.unit + 1} of {column.dense}"
    return f"{'Output' if column is net.output else 'Hidden'}: {which}{behind}"
