"""Layer kinds that rearrange or join samples: flatten, reshape, transpose, add, concatenate.

Plain arithmetic; imports neither torch nor the window.
"""

from __future__ import annotations

import math

from trainers.layer_kind import (
    LayerKind,
    Misfit,
    Outcome,
    ParameterSpec,
    Reason,
    Site,
    product_text,
    shape_text,
    stateless,
    what_it_is,
)
from trainers.network_graph import MAX_INPUTS, Shape


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
    return Reason(f"{math.prod(output)} numbers arranged as {shape_text(output)}")


def _transpose(site: Site) -> Outcome:
    if len(site.shape) != 2:
        raise Misfit(f"exchanges steps and features of sequences, but gets {what_it_is(site.shape)}")
    return Outcome(site.shape[::-1])


def _transpose_reason(site: Site, output: Shape, axis: int) -> Reason:
    return Reason(through=(0, 1 - axis))


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


SHAPE_KINDS = (
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
)
