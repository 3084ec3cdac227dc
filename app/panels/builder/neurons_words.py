"""What is said about a network opened into neurons. Plain words; imports no widget."""

from __future__ import annotations

from app.panels.builder.neurons_chain import NeuronNet
from app.widgets.neuron_net_painting import NetValues
from app.widgets.theme import Theme


def legend(theme: Theme, values: NetValues, *, has_pictures: bool, sample: int | None = None) -> str:
    """How lines and pictures are to be read, as rich text. sample: the one whose values the neurons have, where they have no pictures."""
    marks = [f'<span style="color:{theme.hex(token)}">━</span> {word}' for token, word in _SIGNS]
    thickest = f"the thickest line is a weight of {values.thickest:g}"
    parts = ["&nbsp; ".join(marks), thickest, "● bias", "click one to set it"]
    if has_pictures:
        parts.append("a picture is the neuron’s value over the plane of x₁ and x₂")
    elif sample is not None:
        parts.append(f"a neuron’s colour is its value for test sample {sample:,}")
    return " · ".join(parts)


_SIGNS = (("positive", "positive"), ("negative", "negative"))


def no_pictures(net: NeuronNet) -> str:
    """Why the neurons have none, "" where they have."""
    if net.is_planar:
        return ""
    return (
        f"This network has {net.inputs:,} input{'s'[: net.inputs != 1]}: a neuron's value can be drawn as a picture only over a"
        " plane of two."
    )


def no_values(misfit: str, state: str) -> str:
    """Why the lines have no numbers."""
    if misfit:
        return misfit
    if state == "failed":
        return "The run has failed, and its weights are not there: start again."
    return "The weights with which a training would begin are being drawn …"
