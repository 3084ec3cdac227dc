"""Every layer kind by its key, and `analyse`: shapes, parameters and FLOPs of a network in plain arithmetic. Imports no torch.

Errors trace a size back to the layer that made it: "fc1 takes 256 inputs, but gets 400: flatten gives 16·5·5 = 400, and the
5 comes from pool2, (10 − 2)/2 + 1 = 5."
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from trainers.layer_kind import MAX_ELEMENTS, LayerKind, Misfit, Outcome, Site, Values, read_values, shape_text
from trainers.layer_kinds_activation import ACTIVATION_KINDS
from trainers.layer_kinds_formula import FORMULA_KINDS
from trainers.layer_kinds_image import IMAGE_KINDS
from trainers.layer_kinds_sequence import SEQUENCE_KINDS
from trainers.layer_kinds_shape import SHAPE_KINDS
from trainers.layer_kinds_vector import VECTOR_KINDS
from trainers.network_graph import (
    Arrangement,
    Layer,
    NetworkError,
    NetworkGraph,
    Shape,
    arrange,
    near_matches,
)

MAX_PARAMETERS = 1_000_000_000  # 4 GB in single precision; Adam takes four times that
MAX_TRIALS = 24  # paddings that are tried to mend a misfit: each costs an analysis of what stands in front

LAYER_KINDS: dict[str, LayerKind] = {
    kind.key: kind
    for kind in (*VECTOR_KINDS, *IMAGE_KINDS, *SEQUENCE_KINDS, *SHAPE_KINDS, *ACTIVATION_KINDS, *FORMULA_KINDS)
}


class TooLargeError(NetworkError):
    """A layer or network that would take more memory than is allowed."""


class LayerFacts(msgspec.Struct, frozen=True):
    """What one layer makes of one sample.

    parameters: learnt numbers, all of them trainable; flops and elementwise_flops: as in `layer_kind.Outcome`;
    receptive_field: height and width, in pixels of the input, of what one number of the output depends on (None without
    pictures); values: the parameters as checked, defaults filled in.
    """

    name: str
    kind: str
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    parameters: int
    trainable: int
    flops: int
    elementwise_flops: int
    receptive_field: tuple[int, int] | None
    sources: tuple[str, ...]
    values: Values


class NetworkAnalysis(msgspec.Struct, frozen=True):
    """All layers in the order in which they run, and the totals for one sample."""

    layers: dict[str, LayerFacts]
    order: tuple[str, ...]
    input_name: str
    output_name: str
    input_shape: Shape
    output_shape: Shape
    parameters: int
    trainable: int
    flops: int
    elementwise_flops: int


class View(msgspec.Struct, frozen=True):
    """Receptive field of one place: (height, width), and the distance in input pixels between neighbouring places."""

    field: tuple[int, int]
    step: tuple[int, int]


def analyse(graph: NetworkGraph) -> NetworkAnalysis:
    """Shapes, parameters and FLOPs of every layer; raises NetworkError naming the layer, the arithmetic and a way out."""
    arranged = arrange(graph)
    layers: dict[str, LayerFacts] = {}
    views: dict[str, View | None] = {}
    parameters = 0
    for name in arranged.order:
        layer = arranged.layers[name]
        kind = kind_of(layer)
        values = read_values(kind, layer)
        check_inputs(kind, name, arranged.sources[name], arranged.input_name)
        facts = layer_facts(arranged, name, kind, values, layers, views)
        layers[name] = facts
        parameters += facts.parameters
        if parameters > MAX_PARAMETERS:
            raise too_many_parameters(name, parameters)
    return total(layers, arranged.input_name, arranged.output_name)


def total(layers: dict[str, LayerFacts], input_name: str, output_name: str) -> NetworkAnalysis:
    """The analysis of a network whose layers are worked out, in the order in which they run."""
    parameters = sum([facts.parameters for facts in layers.values()])
    return NetworkAnalysis(
        layers=layers,
        order=tuple(layers),
        input_name=input_name,
        output_name=output_name,
        input_shape=layers[input_name].output_shape,
        output_shape=layers[output_name].output_shape,
        parameters=parameters,
        trainable=parameters,
        flops=sum([facts.flops for facts in layers.values()]),
        elementwise_flops=sum([facts.elementwise_flops for facts in layers.values()]),
    )


def too_many_parameters(name: str, parameters: int) -> NetworkError:
    """The error of a network that is too large from the layer `name` on."""
    return TooLargeError(
        f"With {name} the network has {parameters:,} parameters, more than the {MAX_PARAMETERS:,} that are allowed.",
        layer=name,
        fix="Make a layer smaller, or shrink the picture before the first dense layer.",
    )


def kind_of(layer: Layer) -> LayerKind:
    """The kind of a layer, or NetworkError with near matches."""
    kind = LAYER_KINDS.get(layer.kind)
    if kind is None:
        raise NetworkError(
            f"{layer.name} is of an unknown kind, {layer.kind[:64]!r}.",
            layer=layer.name,
            fix=near_matches(layer.kind, LAYER_KINDS).strip()
            or f"Take one of the {len(LAYER_KINDS)} that are known, such as dense, conv2d, max_pool, flatten or relu.",
        )
    return kind


def layer_facts(
    arranged: Arrangement,
    name: str,
    kind: LayerKind,
    values: Values,
    facts: dict[str, LayerFacts],
    views: dict[str, View | None],
) -> LayerFacts:
    """What one layer makes of what its sources give (`facts`, `views`); enters its own view. Raises NetworkError.

    values: its parameters as `read_values` gives them; arranged.order: where a padding that would mend a misfit is looked for
    (takes tens of milliseconds in a large network; nowhere, if empty).
    """
    sources = arranged.sources[name]
    site = Site(name, values, tuple([facts[source].output_shape for source in sources]))
    try:
        outcome = kind.rule(site)
    except Misfit as misfit:
        raise _explained(misfit, site, sources, facts, arranged) from None
    shape = outcome.shape
    if math.prod(shape) > MAX_ELEMENTS:
        raise TooLargeError(
            f"{name} would give {shape_text(shape)} = {math.prod(shape):,} numbers for one sample, more than the"
            f" {MAX_ELEMENTS:,} that are allowed.",
            layer=name,
            fix="Make it smaller.",
        )
    view = views[name] = _view(outcome, shape, sources, views)
    return LayerFacts(
        name,
        kind.key,
        site.inputs,
        shape,
        outcome.parameters,
        outcome.parameters,
        outcome.flops,
        outcome.elementwise_flops,
        view.field if view else None,
        sources,
        values,
    )


def check_inputs(kind: LayerKind, name: str, sources: tuple[str, ...], input_name: str) -> None:
    """Raise NetworkError where too many or too few layers lead into one of this kind, or one that may not."""
    least, most = kind.inputs
    if len(sources) > most:
        joined = ", ".join(sources[:5])
        raise NetworkError(
            f"{len(sources)} links lead into {name} ({joined}), but {kind.title} takes {most}.",
            layer=name,
            fix="Put an add or a concatenate layer in front of it.",
        )
    if len(sources) < least:
        raise NetworkError(
            f"{name} ({kind.title}) joins {least} or more layers, but only {len(sources)} leads into it.",
            layer=name,
            fix="Link another layer to it.",
        )
    if kind.key == "embedding" and sources[0] != input_name:
        raise NetworkError(
            f"{name} looks up words by whole numbers, but {sources[0]} gives fractions.",
            layer=name,
            fix="Put the embedding right behind the input.",
        )


def _view(outcome: Outcome, shape: Shape, sources: tuple[str, ...], views: dict[str, View | None]) -> View | None:
    """Receptive field of a layer (Dumoulin and Visin 2016, arXiv:1603.07285): field + (kernel − 1)·step, step·stride."""
    if len(shape) != 3:
        return None
    if not sources:
        return View((1, 1), (1, 1))
    widest = views[sources[0]]
    for source in sources[1:]:
        view = views[source]
        if view is None or widest is None:
            return None
        widest = view if view.field > widest.field else widest
    if widest is None:
        return None
    if outcome.reach is None:
        return widest
    kernel_height, kernel_width, stride_height, stride_width = outcome.reach
    (height, width), (down, across) = widest.field, widest.step
    return View(
        (height + (kernel_height - 1) * down, width + (kernel_width - 1) * across),
        (down * stride_height, across * stride_width),
    )


def _explained(
    misfit: Misfit, site: Site, sources: tuple[str, ...], layers: dict[str, LayerFacts], arranged: Arrangement
) -> NetworkError:
    """The misfit as a sentence that says where the sizes it blames come from, with a fix."""
    origins = [origin for index, axis in misfit.blame if (origin := _origin(sources[index], axis, layers)) is not None]
    because = f": {'; '.join(dict.fromkeys(origins))}" if origins else ""
    fix = misfit.fix
    if misfit.wanted is not None and fix is not None and arranged.order:
        mended = _padding_that_gives(misfit.wanted, site.name, layers, arranged)
        if mended:
            fix = f"{fix.rstrip('.')}, or {mended}."
    blamed = sources[misfit.blame[-1][0]] if misfit.blame else None
    return NetworkError(f"{site.name} {misfit.problem}{because}.", layer=site.name, fix=fix, source=blamed)


def _origin(name: str, axis: int, layers: dict[str, LayerFacts]) -> str | None:
    """'flatten gives 16·5·5 = 400, and the 5 comes from pool2, (10 − 2)/2 + 1 = 5' for one axis of a layer's output."""
    told: list[str] = []
    while len(told) < 2:
        facts = layers[name]
        site = Site(name, facts.values, facts.input_shapes)
        reason = LAYER_KINDS[facts.kind].reason(site, facts.output_shape, axis)
        size = facts.output_shape[axis]
        if reason.text:
            told.append(f"{name} gives {reason.text}" if not told else f"the {size} comes from {name}, {reason.text}")
        if reason.through is None:
            break
        index, axis = reason.through
        name = facts.sources[index]
    return ", and ".join(told) if told else None


def _padding_that_gives(wanted: int, name: str, facts: dict[str, LayerFacts], arranged: Arrangement) -> str | None:
    """'conv1's padding to 2' where another padding of one layer in front makes the source give `wanted` numbers."""
    found = next(paddings_that_give(wanted, name, facts, arranged), None)
    return f"{found[0]}'s padding to {found[1]}" if found else None


def paddings_that_give(
    wanted: int, name: str, facts: dict[str, LayerFacts], arranged: Arrangement
) -> Iterator[tuple[str, int]]:
    """Convolutions in front of `name`, each with a padding with which the layer's first source would give `wanted` numbers."""
    source = arranged.sources[name][0]
    ahead = [one for one in arranged.order[: arranged.order.index(name)] if one in facts]
    trials = 0
    for place, changed in enumerate(ahead):
        if facts[changed].kind != "conv2d":
            continue
        for padding in range(max(facts[changed].values["kernel"]) // 2 + 1):
            trials += 1
            if trials > MAX_TRIALS:
                return
            shape = _shape_with(facts, ahead[place:], source, padding)
            if shape is not None and shape[-1] == wanted:
                yield changed, padding


def _shape_with(facts: dict[str, LayerFacts], onward: list[str], source: str, padding: int) -> Shape | None:
    """Output shape of `source` if the first layer of `onward` had that padding; None where some layer then does not fit."""
    changed, *behind = onward
    other: dict[str, Shape] = {}  # of the layers that then give another shape
    for name in (changed, *behind):
        known = facts[name]
        if name != changed and not any(feeding in other for feeding in known.sources):
            continue
        values = {**known.values, "padding": (padding, padding)} if name == changed else known.values
        inputs = tuple([other.get(feeding) or facts[feeding].output_shape for feeding in known.sources])
        try:
            shape = LAYER_KINDS[known.kind].rule(Site(name, values, inputs)).shape
        except Misfit:
            return None
        if shape != known.output_shape:
            other[name] = shape
    return other.get(source) or facts[source].output_shape
