"""Every layer kind by its key, and `analyse`: shapes, parameters and FLOPs of a network in plain arithmetic. Imports no torch.

Errors trace a size back to the layer that made it: "fc1 takes 256 inputs, but gets 400: flatten gives 16·5·5 = 400, and the
5 comes from pool2, (10 − 2)/2 + 1 = 5."
"""

from __future__ import annotations

import math

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


class _View(msgspec.Struct, frozen=True):
    """Receptive field of one place: (height, width), and the distance in input pixels between neighbouring places."""

    field: tuple[int, int]
    step: tuple[int, int]


def analyse(graph: NetworkGraph) -> NetworkAnalysis:
    """Shapes, parameters and FLOPs of every layer; raises NetworkError naming the layer, the arithmetic and a way out."""
    arranged = arrange(graph)
    layers: dict[str, LayerFacts] = {}
    views: dict[str, _View | None] = {}
    parameters = flops = elementwise = 0
    for name in arranged.order:
        facts = _layer_facts(arranged, name, layers, views, graph)
        layers[name] = facts
        parameters += facts.parameters
        flops += facts.flops
        elementwise += facts.elementwise_flops
        if parameters > MAX_PARAMETERS:
            raise NetworkError(
                f"With {name} the network has {parameters:,} parameters, more than the {MAX_PARAMETERS:,} that are allowed.",
                layer=name,
                fix="Make a layer smaller, or shrink the picture before the first dense layer.",
            )
    return NetworkAnalysis(
        layers=layers,
        order=arranged.order,
        input_name=arranged.input_name,
        output_name=arranged.output_name,
        input_shape=layers[arranged.input_name].output_shape,
        output_shape=layers[arranged.output_name].output_shape,
        parameters=parameters,
        trainable=parameters,
        flops=flops,
        elementwise_flops=elementwise,
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


def _layer_facts(
    arranged: Arrangement,
    name: str,
    layers: dict[str, LayerFacts],
    views: dict[str, _View | None],
    graph: NetworkGraph,
) -> LayerFacts:
    layer = arranged.layers[name]
    kind = kind_of(layer)
    values = read_values(kind, layer)
    sources = arranged.sources[name]
    site = Site(name, values, tuple(layers[source].output_shape for source in sources))
    _check_inputs(kind, name, sources, arranged)
    try:
        outcome = kind.rule(site)
    except Misfit as misfit:
        raise _explained(misfit, site, sources, layers, graph) from None
    shape = outcome.shape
    if math.prod(shape) > MAX_ELEMENTS:
        raise NetworkError(
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


def _check_inputs(kind: LayerKind, name: str, sources: tuple[str, ...], arranged: Arrangement) -> None:
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
    if kind.key == "embedding" and sources[0] != arranged.input_name:
        raise NetworkError(
            f"{name} looks up words by whole numbers, but {sources[0]} gives fractions.",
            layer=name,
            fix="Put the embedding right behind the input.",
        )


def _view(outcome: Outcome, shape: Shape, sources: tuple[str, ...], views: dict[str, _View | None]) -> _View | None:
    """Receptive field of a layer (Dumoulin and Visin 2016, arXiv:1603.07285): field + (kernel − 1)·step, step·stride."""
    if len(shape) != 3:
        return None
    if not sources:
        return _View((1, 1), (1, 1))
    before = [views[source] for source in sources]
    if any(view is None for view in before):
        return None
    known = [view for view in before if view is not None]
    widest = known[0] if len(known) == 1 else max(known, key=lambda view: view.field)
    if outcome.reach is None:
        return widest
    kernel_height, kernel_width, stride_height, stride_width = outcome.reach
    (height, width), (down, across) = widest.field, widest.step
    return _View(
        (height + (kernel_height - 1) * down, width + (kernel_width - 1) * across),
        (down * stride_height, across * stride_width),
    )


def _explained(
    misfit: Misfit, site: Site, sources: tuple[str, ...], layers: dict[str, LayerFacts], graph: NetworkGraph
) -> NetworkError:
    """The misfit as a sentence that says where the sizes it blames come from, with a fix."""
    origins = [origin for index, axis in misfit.blame if (origin := _origin(sources[index], axis, layers)) is not None]
    because = f": {'; '.join(dict.fromkeys(origins))}" if origins else ""
    fix = misfit.fix
    if misfit.wanted is not None and fix is not None:
        mended = _padding_that_gives(misfit.wanted, site.name, sources[0], graph)
        if mended:
            fix = f"{fix.rstrip('.')}, or {mended}."
    return NetworkError(f"{site.name} {misfit.problem}{because}.", layer=site.name, fix=fix)


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


def _padding_that_gives(wanted: int, name: str, source: str, graph: NetworkGraph) -> str | None:
    """'conv1's padding to 2' where another padding of one layer in front makes `source` give `wanted` numbers."""
    trials = 0
    arranged = arrange(graph)
    ahead = arranged.order[: arranged.order.index(name)]
    for changed in ahead:
        layer = arranged.layers[changed]
        if layer.kind != "conv2d":
            continue
        kernel = read_values(LAYER_KINDS["conv2d"], layer)["kernel"]
        for padding in range(max(kernel) // 2 + 1):
            trials += 1
            if trials > MAX_TRIALS:
                return None
            shape = _shape_with(arranged, ahead, source, changed, padding)
            if shape is not None and shape[-1] == wanted:
                return f"{changed}'s padding to {padding}"
    return None


def _shape_with(arranged: Arrangement, ahead: tuple[str, ...], source: str, changed: str, padding: int) -> Shape | None:
    """Output shape of `source` if `changed` had that padding; None where some layer then does not fit."""
    shapes: dict[str, Shape] = {}
    for name in ahead:
        layer = arranged.layers[name]
        kind = kind_of(layer)
        values = read_values(kind, layer)
        if name == changed:
            values["padding"] = (padding, padding)
        try:
            shapes[name] = kind.rule(
                Site(name, values, tuple(shapes[feeding] for feeding in arranged.sources[name]))
            ).shape
        except Misfit:
            return None
    return shapes.get(source)
