"""What a look inside the network says of its neurons: weights, biases, pictures, by column. numpy; imports no Qt widget."""

from __future__ import annotations

import numpy as np

from app.panels.builder.neurons_chain import MOST_INPUTS, NeuronColumn, NeuronNet
from app.widgets.neuron_net_painting import NetValues
from trainers.events import NetworkInside

_UNIT_RANGE = (
    "tanh",
    "sigmoid",
    "softsign",
    "hardtanh",
    "hardsigmoid",
    "softmax",
)  # whose values are at most 1 in size
_LEAST_SCALE = 1e-3  # of a picture: what is flatter is drawn flat


def watched_layers(net: NeuronNet) -> tuple[str, ...]:
    """The layers that a look must tell of."""
    told = dict.fromkeys(name for column in net.columns for name in (column.dense, column.told_by))
    return (net.input_name, *told)


def is_bundled(net: NeuronNet) -> bool:
    """Whether the inputs are too many to be drawn one by one."""
    return net.inputs > MOST_INPUTS


def values_of(net: NeuronNet, inside: NetworkInside | None) -> NetValues:
    """The numbers of a net; what the look does not tell, or tells of another network, is not known."""
    if inside is None:
        return NetValues.unknown(len(net.widths))
    weights: list[np.ndarray | None] = [None]
    biases: list[np.ndarray | None] = [None]
    responses = [_response(inside, net.input_name, net.inputs)]
    before = net.inputs
    for place, column in enumerate(net.columns):
        has_lines = not (place == 0 and is_bundled(net))
        weights.append(_table(inside, f"{column.dense}.weight", (column.units, before)) if has_lines else None)
        biases.append(_table(inside, f"{column.dense}.bias", (column.units,)) if column.has_bias else None)
        responses.append(_response(inside, column.told_by, column.units))
        before = column.units
    scales = [_scale(None, responses[0])]
    scales += [_scale(column, response) for column, response in zip(net.columns, responses[1:], strict=True)]
    return NetValues(tuple(weights), tuple(biases), tuple(responses), tuple(scales))


def surface_of(net: NeuronNet, values: NetValues, classes: int) -> np.ndarray | None:
    """The network's answer over the plane, as events.Snapshot tells it: P(class 1), probabilities of each class, or the value."""
    response = values.responses[-1]
    if response is None or not net.is_planar:
        return None
    if not classes:
        return np.asarray(response[0])
    bent = net.output.kind
    if classes == 2 and len(response) == 1:
        logit = np.clip(response[0], -60.0, 60.0)
        return np.asarray(response[0] if bent == "sigmoid" else 1 / (1 + np.exp(-logit)))
    shares = response
    if bent == "log_softmax":
        shares = np.exp(response)
    elif bent != "softmax":
        with np.errstate(invalid="ignore"):  # infinite in a network that has diverged: no number then
            powers = np.exp(response - response.max(axis=0))
            shares = powers / powers.sum(axis=0)
    return np.asarray(shares[1] if classes == 2 else shares)


def answer_of(surface: np.ndarray, classes: int, largest: float) -> np.ndarray | None:
    """`surface_of` from -1 to 1, as the colours of a neuron's picture need it; None for more than two classes.

    largest: the size of the data's largest target, where they are values.
    """
    if surface.ndim != 2:
        return None
    return 2 * surface - 1 if classes else surface / max(largest, _LEAST_SCALE)


def _table(inside: NetworkInside, name: str, shape: tuple[int, ...]) -> np.ndarray | None:
    found = inside.weights.get(name)
    return found if found is not None and found.shape == shape else None


def _response(inside: NetworkInside, name: str, count: int) -> np.ndarray | None:
    """Each neuron over the plane; where there is no plane, its value for the sample, as a picture of one pixel."""
    found = inside.responses.get(name)
    if found is None and not inside.responses:
        value = inside.activations.get(name)
        found = value.reshape(-1, 1, 1) if value is not None and value.ndim == 1 else None
    return found if found is not None and found.ndim == 3 and len(found) == count else None


def _scale(column: NeuronColumn | None, response: np.ndarray | None) -> float:
    """The value that is drawn in full colour: 1 where none is larger, else the column's largest."""
    if column is not None and column.kind in _UNIT_RANGE:
        return 1.0
    if response is None or not response.size:
        return 1.0
    finite = np.abs(response[np.isfinite(response)])
    return max(float(finite.max()) if finite.size else 1.0, _LEAST_SCALE)
