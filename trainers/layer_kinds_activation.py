"""Layer kinds made of activation_catalog's functions, identity and the gated linear unit.

Plain arithmetic; imports neither torch nor the window.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from trainers.activation_catalog import ACTIVATIONS, TorchActivation
from trainers.layer_kind import (
    Call,
    LayerKind,
    Misfit,
    Outcome,
    Reason,
    Site,
    stateless,
)
from trainers.network_graph import Shape


def _activation(activation: TorchActivation, site: Site) -> Outcome:
    values = site.values
    for low, high in (("lower", "upper"), ("min_val", "max_val")):
        if low in values and values[low] > values[high]:
            raise Misfit(
                f"has {low} {values[low]:g} above {high} {values[high]:g}", f"Make {low} the smaller of the two."
            )
    return Outcome(site.shape, activation.weights, 0, activation.operations * math.prod(site.shape))


def softmax_axis(shape: Shape) -> int:
    """The axis along which softmax sums to 1, in a batch: channels of a picture, else the last."""
    return 1 if len(shape) == 3 else -1


def _activation_module(activation: TorchActivation, site: Site) -> Call:
    keywords: dict[str, Any] = {
        spec.name: site.values[spec.name]
        for spec in activation.parameters
        if activation.states_all or site.values[spec.name] != spec.default
    }
    if not activation.is_elementwise:
        keywords = {"dim": softmax_axis(site.shape)}
    return Call(activation.torch_class, (), keywords)


def _activation_kind(activation: TorchActivation) -> LayerKind:
    return LayerKind(
        activation.key,
        activation.title,
        "activation",
        activation.tooltip,
        partial(_activation, activation),
        partial(_activation_module, activation),
        activation.parameters,
        is_elementwise=activation.is_elementwise,
    )


def _glu(site: Site) -> Outcome:
    axis = 0 if len(site.shape) == 3 else len(site.shape) - 1
    size = site.shape[axis]
    if size % 2:
        raise Misfit(
            f"gates one half of its features by the other, but gets {size}, which is odd",
            "Give the layer in front an even number.",
            blame=((0, axis),),
        )
    shape = (*site.shape[:axis], size // 2, *site.shape[axis + 1 :])
    return Outcome(shape, elementwise_flops=5 * math.prod(shape))


def _glu_reason(site: Site, output: Shape, axis: int) -> Reason:
    if output[axis] == site.shape[axis]:
        return Reason(through=(0, axis))
    return Reason(f"{site.shape[axis]}/2 = {output[axis]}", through=(0, axis))


ACTIVATION_KINDS = (
    LayerKind(
        "identity",
        "Identity",
        "activation",
        "Passes everything on as it is.",
        lambda site: Outcome(site.shape),
        stateless,
        is_elementwise=True,
    ),
    LayerKind(
        "glu",
        "GLU",
        "activation",
        "Multiplies one half of the features by the sigmoid of the other half.",
        _glu,
        lambda site: Call("GLU", (), {"dim": softmax_axis(site.shape)}),
        reason=_glu_reason,
    ),
    *(_activation_kind(activation) for activation in ACTIVATIONS.values()),
)
