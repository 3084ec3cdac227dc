"""Layer kinds that work on features of any sample: input, dense, maxout, shapes, norms, dropout, merging, activations.

Plain arithmetic; imports neither torch nor the window.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from trainers.activation_catalog import ACTIVATIONS, Activation
from trainers.layer_kind import (
    Call,
    LayerKind,
    Misfit,
    Outcome,
    ParameterSpec,
    Reason,
    Site,
    product_text,
    shape_text,
    what_it_is,
)
from trainers.network_graph import MAX_INPUTS, Shape


def stateless(site: Site) -> None:
    """For kinds that hold neither weights nor state."""
    return


def features_of(site: Site) -> int:
    """Size of the last axis of vectors or sequences; Misfit for pictures, which want flattening first."""
    if len(site.shape) > 2:
        flat = product_text(site.shape)
        raise Misfit(
            f"takes vectors or sequences, but gets {what_it_is(site.shape)}", f"Put a flatten layer in front ({flat})."
        )
    return site.shape[-1]


def features_reason(parameter: str) -> Any:
    """A reason function: the last axis is what `parameter` says, the others pass."""

    def reason(site: Site, output: Shape, axis: int) -> Reason:
        if axis == len(output) - 1:
            return Reason(f"its {parameter} is {site.values[parameter]}")
        return Reason(through=(0, axis))

    return reason


def _input(site: Site) -> Outcome:
    return Outcome(site.values["shape"])


def _input_reason(site: Site, output: Shape, axis: int) -> Reason:
    return Reason(f"a sample is {shape_text(output)}")


def _check_stated_inputs(site: Site, incoming: int) -> None:
    stated = site.values["inputs"]
    if stated is not None and stated != incoming:
        raise Misfit(
            f"takes {stated} inputs, but gets {incoming}",
            f"Set {site.name}'s inputs to {incoming}.",
            blame=((0, len(site.shape) - 1),),
            wanted=stated,
        )


def _dense(site: Site) -> Outcome:
    incoming = features_of(site)
    _check_stated_inputs(site, incoming)
    units, bias = site.values["units"], site.values["bias"]
    rows = math.prod(site.shape[:-1])
    outputs = rows * units
    return Outcome(
        (*site.shape[:-1], units),
        units * (incoming + 1) if bias else units * incoming,
        2 * outputs * incoming,
        outputs if bias else 0,
    )


def _dense_module(site: Site) -> Call:
    return Call("Linear", (site.shape[-1], site.values["units"]), {} if site.values["bias"] else {"bias": False})


def _maxout(site: Site) -> Outcome:
    incoming = features_of(site)
    units, pieces, bias = site.values["units"], site.values["pieces"], site.values["bias"]
    lines = units * pieces
    rows = math.prod(site.shape[:-1])
    return Outcome(
        (*site.shape[:-1], units),
        lines * (incoming + 1) if bias else lines * incoming,
        2 * rows * lines * incoming,
        rows * lines * (2 if bias else 1),
    )


def _maxout_module(site: Site) -> Call:
    values = site.values
    return Call(
        "Maxout", (site.shape[-1], values["units"], values["pieces"]), {} if values["bias"] else {"bias": False}
    )


def _flatten(site: Site) -> Outcome:
    return Outcome((math.prod(site.shape),))


def _flatten_reason(site: Site, output: Shape, axis: int) -> Reason:
    if len(site.shape) == 1:
        return Reason(through=(0, 0))
    return Reason(product_text(site.shape), through=(0, len(site.shape) - 1))


def _reshape(site: Site) -> Outcome:
    shape = site.values["shape"]
    if math.prod(shape) != math.prod(site.shape):
        raise Misfit(
            f"arranges {product_text(shape)} numbers, but gets {product_text(site.shape)}",
            f"Choose a shape with {math.prod(site.shape)} numbers.",
            blame=((0, len(site.shape) - 1),),
        )
    return Outcome(shape)


def _reshape_reason(site: Site, output: Shape, axis: int) -> Reason:
    return Reason(f"it arranges {product_text(site.shape)} numbers as {shape_text(output)}")


def _transpose(site: Site) -> Outcome:
    if len(site.shape) != 2:
        raise Misfit(f"exchanges steps and features of sequences, but gets {what_it_is(site.shape)}")
    return Outcome(site.shape[::-1])


def _transpose_reason(site: Site, output: Shape, axis: int) -> Reason:
    return Reason(through=(0, 1 - axis))


def _dropout(site: Site) -> Outcome:
    return Outcome(site.shape)  # nothing is computed once training is over


def _layer_norm(site: Site) -> Outcome:
    size = math.prod(_normalised(site))
    return Outcome(site.shape, 2 * size if site.values["affine"] else 0, 0, 7 * math.prod(site.shape))


def _normalised(site: Site) -> Shape:
    """The axes that are normalised together: a step's features, or a whole picture."""
    return site.shape[-1:] if len(site.shape) <= 2 else site.shape


def _layer_norm_module(site: Site) -> Call:
    shape = _normalised(site)
    keywords: dict[str, Any] = {} if site.values["eps"] == 1e-5 else {"eps": site.values["eps"]}
    if not site.values["affine"]:
        keywords["elementwise_affine"] = False
    return Call("LayerNorm", (shape[0] if len(shape) == 1 else shape,), keywords)


def _add(site: Site) -> Outcome:
    first = site.shape
    for index, other in enumerate(site.inputs[1:], start=1):
        if other != first:
            axis = next((axis for axis, (one, two) in enumerate(zip(first, other, strict=False)) if one != two), 0)
            raise Misfit(
                f"adds number to number, but gets {shape_text(first)} and {shape_text(other)}",
                "Make both alike, for example with a 1×1 convolution of the right stride on the shorter way."
                if len(first) == len(other) == 3
                else "Make both alike, for example with a dense layer on one of the ways.",
                blame=((0, axis), (index, axis)) if len(first) == len(other) else (),
            )
    return Outcome(first, elementwise_flops=(len(site.inputs) - 1) * math.prod(first))


def _concatenate(site: Site) -> Outcome:
    first, axis = site.shape, site.values["axis"]
    if axis >= len(first):
        raise Misfit(
            f"joins along axis {axis}, but gets {what_it_is(first)}", f"Set its axis to {len(first) - 1} or less."
        )
    for index, other in enumerate(site.inputs[1:], start=1):
        if len(other) != len(first):
            raise Misfit(f"joins {shape_text(first)} and {shape_text(other)}, which have not the same number of axes")
        for place, (one, two) in enumerate(zip(first, other, strict=True)):
            if place != axis and one != two:
                raise Misfit(
                    f"joins {shape_text(first)} and {shape_text(other)} along axis {axis}, but {one} and {two} differ",
                    "Make all axes but that one alike.",
                    blame=((0, place), (index, place)),
                )
    total = sum(shape[axis] for shape in site.inputs)
    return Outcome((*first[:axis], total, *first[axis + 1 :]))


def _concatenate_reason(site: Site, output: Shape, axis: int) -> Reason:
    if axis != site.values["axis"]:
        return Reason(through=(0, axis))
    return Reason(f"{' + '.join(str(shape[axis]) for shape in site.inputs)} = {output[axis]}")


def _activation(activation: Activation, site: Site) -> Outcome:
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


def _activation_module(activation: Activation, site: Site) -> Call:
    keywords: dict[str, Any] = {
        spec.name: site.values[spec.name] for spec in activation.parameters if site.values[spec.name] != spec.default
    }
    if not activation.is_elementwise:
        keywords = {"dim": softmax_axis(site.shape)}
    return Call(activation.torch_class, (), keywords)


def _activation_kind(activation: Activation) -> LayerKind:
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


_UNITS = ParameterSpec(
    "units",
    "Units",
    "integer",
    16,
    "How many neurons: numbers that come out.",
    minimum=1,
    maximum=1_000_000,
    required=True,
)
_BIAS = ParameterSpec("bias", "Bias", "switch", True, "Adds one learnt number to each unit.")

VECTOR_KINDS = (
    LayerKind(
        "input",
        "Input",
        "input",
        "Where a sample comes in.",
        _input,
        stateless,
        (
            ParameterSpec(
                "shape",
                "Shape",
                "shape",
                (1, 28, 28),
                "Shape of one sample: features; steps, features; or channels, height, width.",
                minimum=1,
                maximum=10_000_000,
                required=True,
            ),
        ),
        inputs=(0, 0),
        reason=_input_reason,
    ),
    LayerKind(
        "dense",
        "Dense",
        "weights",
        "Every unit weighs all numbers that come in, sums them and adds its bias.",
        _dense,
        _dense_module,
        (
            _UNITS,
            _BIAS,
            ParameterSpec(
                "inputs",
                "Expected inputs",
                "integer",
                None,
                "Numbers that it expects, as nn.Linear states them; null takes what comes.",
                minimum=1,
                maximum=2**31,
                optional=True,
            ),
        ),
        reason=features_reason("units"),
    ),
    LayerKind(
        "maxout",
        "Maxout",
        "weights",
        "Each unit has several weighted sums and gives the largest of them: max(w₁·x + b₁, w₂·x + b₂).",
        _maxout,
        _maxout_module,
        (
            _UNITS,
            ParameterSpec(
                "pieces",
                "Pieces",
                "integer",
                2,
                "Weighted sums of which a unit gives the largest.",
                minimum=1,
                maximum=1024,
            ),
            _BIAS,
        ),
        reason=features_reason("units"),
    ),
    LayerKind(
        "flatten",
        "Flatten",
        "shape",
        "Lays all numbers of a sample into one row; nothing is computed.",
        _flatten,
        stateless,
        reason=_flatten_reason,
    ),
    LayerKind(
        "reshape",
        "Reshape",
        "shape",
        "Arranges the same numbers in another shape.",
        _reshape,
        stateless,
        (
            ParameterSpec(
                "shape",
                "Shape",
                "shape",
                (1, 28, 28),
                "Shape of a sample that comes out.",
                minimum=1,
                maximum=100_000_000,
                required=True,
            ),
        ),
        reason=_reshape_reason,
    ),
    LayerKind(
        "transpose",
        "Transpose",
        "shape",
        "Exchanges steps and features of a sequence.",
        _transpose,
        stateless,
        reason=_transpose_reason,
    ),
    LayerKind(
        "dropout",
        "Dropout",
        "regularise",
        "Turns a random share of the numbers into 0 while training, so that no unit can rely on another alone.",
        _dropout,
        lambda site: Call("Dropout", (site.values["p"],)),
        (
            ParameterSpec(
                "p",
                "Share",
                "number",
                0.5,
                "The share of numbers that become 0 at each step.",
                minimum=0.0,
                maximum=1.0,
            ),
        ),
    ),
    LayerKind(
        "layer_norm",
        "Layer norm",
        "regularise",
        "Shifts and scales each sample by itself to mean 0 and spread 1, then to what it learns.",
        _layer_norm,
        _layer_norm_module,
        (
            ParameterSpec(
                "eps", "ε", "number", 1e-5, "Added to the variance before dividing.", minimum=0.0, maximum=1.0
            ),
            ParameterSpec("affine", "Learns scale", "switch", True, "Learns a scale and a shift for each feature."),
        ),
    ),
    LayerKind(
        "add",
        "Add",
        "merge",
        "Adds what comes in along its links, number to number: the way round in a residual network.",
        _add,
        stateless,
        inputs=(2, MAX_INPUTS),
    ),
    LayerKind(
        "concatenate",
        "Concatenate",
        "merge",
        "Lays what comes in along its links side by side.",
        _concatenate,
        stateless,
        (
            ParameterSpec(
                "axis",
                "Axis",
                "integer",
                0,
                "0 joins channels of pictures, features of vectors, steps of sequences; 1 joins features of sequences.",
                minimum=0,
                maximum=3,
            ),
        ),
        inputs=(2, MAX_INPUTS),
        reason=_concatenate_reason,
    ),
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
