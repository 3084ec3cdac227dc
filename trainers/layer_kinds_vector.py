"""Layer kinds for features of any sample: input, dense, maxout, dropout, layer norm.

Plain arithmetic; imports neither torch nor the window.
"""

from __future__ import annotations

import math
from typing import Any

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
    stateless,
    what_it_is,
)
from trainers.network_graph import Shape


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
            count = site.values[parameter]
            return Reason(f"{count} {parameter.removesuffix('s') if count == 1 else parameter}")
        return Reason(through=(0, axis))

    return reason


def _input(site: Site) -> Outcome:
    return Outcome(site.values["shape"])


def _input_reason(site: Site, output: Shape, axis: int) -> Reason:
    return Reason(f"samples of {shape_text(output)}")


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
                "Numbers that it expects, as nn.Linear states them; left open, what comes in.",
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
)
