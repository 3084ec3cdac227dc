"""Fixes where branches meet and their shapes differ: a convolution or dense layer on one way, another stride, concatenation.

Plain arithmetic; imports neither torch nor the window.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from trainers.layer_kind import shape_text
from trainers.network_edits import change_kind, disconnect, set_parameters
from trainers.network_fixes_place import Draft, Place, inserted
from trainers.network_graph import Link, NetworkGraph, Parameter, Shape

MOST_ON_A_WAY = 6  # convolutions of one way that are looked at, the nearest to the joint first


def add_drafts(place: Place) -> Iterator[Draft]:
    """An addition of unlike shapes: the shorter way first, since a residual's way round is the one that is adapted."""
    graph, name = place.graph, place.name
    shapes = [place.shape_of(source) for source in place.sources]
    by_length = sorted(range(len(shapes)), key=lambda index: _length(place, place.sources[index]))
    targets = list(dict.fromkeys(shapes[index] for index in reversed(by_length)))
    for wanted in targets[:3]:
        yield from _sizes_on_the_ways(place, wanted)
        yield from _adapted(place, wanted)
    yield from _flattened(place)
    yield Draft(f"Make {name} a concatenation.", partial(change_kind, graph, name, "concatenate"))
    yield from _without_the_odd_one(place)


def concatenate_drafts(place: Place) -> Iterator[Draft]:
    """A concatenation of unlike shapes: another axis, the same size on both ways, or all flattened."""
    shapes = [place.shape_of(source) for source in place.sources]
    axes = min(len(shape) for shape in shapes)
    for axis in range(axes):
        yield Draft(
            f"Set {place.name}'s axis to {axis}.", partial(set_parameters, place.graph, place.name, {"axis": axis})
        )
    for wanted in dict.fromkeys(sorted(shapes, key=lambda shape: shape[-1])):
        yield from _sizes_on_the_ways(place, wanted)
        yield from _pooled(place, wanted)
    yield from _flattened(place)
    yield from _without_the_odd_one(place)


def _adapted(place: Place, wanted: Shape) -> Iterator[Draft]:
    """One layer on each way that gives another shape: a 1×1 convolution with a stride, or a dense layer."""
    graph, odd = place.graph, _odd_ones(place, wanted)
    if any(len(shape) != len(wanted) for _, shape in odd) or len(wanted) > 3:
        return
    if len(wanted) == 3:
        strides = [_stride_to(shape, wanted) for _, shape in odd]
        if None in strides:
            return
        told = " and ".join(
            f"a 1×1 convolution to {wanted[0]} channel{'s' * (wanted[0] != 1)}{_stride_text(stride)} behind {source}"
            for (source, _), stride in zip(odd, strides, strict=True)
        )
        for (source, _), stride in zip(odd, strides, strict=True):
            given: dict[str, Parameter] = {"channels": wanted[0], "kernel": 1, "bias": False}
            if stride is not None and stride != (1, 1):
                given["stride"] = stride[0] if stride[0] == stride[1] else stride
            graph = inserted(graph, Link(source, place.name), "conv2d", **given)
    elif any(shape[:-1] != wanted[:-1] for _, shape in odd):
        return
    else:
        told = " and ".join(f"a dense layer of {wanted[-1]} units behind {source}" for source, _ in odd)
        for source, _ in odd:
            graph = inserted(graph, Link(source, place.name), "dense", units=wanted[-1])
    yield Draft(f"Put {told}.", partial(_same, graph))


def _stride_text(stride: tuple[int, int] | None) -> str:
    if stride is None or stride == (1, 1):
        return ""
    return f" of stride {stride[0] if stride[0] == stride[1] else shape_text(stride)}"


def _pooled(place: Place, wanted: Shape) -> Iterator[Draft]:
    """Adaptive pooling on the ways whose pictures are larger."""
    odd = [(source, shape) for source, shape in _odd_ones(place, wanted) if shape[1:] != wanted[1:]]
    if len(wanted) != 3 or not odd or any(len(shape) != 3 for _, shape in odd):
        return
    if any(size < least for _, shape in odd for size, least in zip(shape[1:], wanted[1:], strict=True)):
        return
    graph = place.graph
    for source, _ in odd:
        graph = inserted(graph, Link(source, place.name), "adaptive_average_pool", size=wanted[1:])
    told = " and ".join(source for source, _ in odd)
    yield Draft(f"Pool to {shape_text(wanted[1:])} behind {told}.", partial(_same, graph))


def _sizes_on_the_ways(place: Place, wanted: Shape) -> Iterator[Draft]:
    """A convolution of the odd way that keeps its picture's size, or shrinks it as the other way does."""
    facts = place.diagnosis.facts
    if len(wanted) != 3:
        return
    for source, shape in _odd_ones(place, wanted)[:2]:
        if len(shape) != 3:
            continue
        for changed in _windows_on_the_way(place, source):
            values, given = facts[changed].values, facts[changed].input_shapes[0]
            same = tuple(
                spread * (size - 1) // 2
                for size, spread in zip(values["kernel"], values.get("dilation", (1, 1)), strict=True)
            )
            drafts: list[tuple[str, Parameter]] = []
            if same != values["padding"]:
                drafts.append(("padding", same[0] if same[0] == same[1] else same))
            if facts[changed].kind == "conv2d":
                drafts += [("stride", stride) for stride in (1, 2) if values["stride"] != (stride, stride)]
            if (
                shape[1:] == wanted[1:]
                and facts[changed].kind == "conv2d"
                and shape[0] == facts[changed].values["channels"]
            ):
                drafts = [("channels", wanted[0])]
            for key, value in drafts:
                if given[1:] and value is not None:
                    yield Draft(
                        f"Set {changed}'s {key} to {'×'.join(map(str, value)) if isinstance(value, tuple) else value}.",
                        partial(set_parameters, place.graph, changed, {key: value}),
                    )


def _windows_on_the_way(place: Place, source: str) -> list[str]:
    """Convolutions and poolings on one way into the joint, up to where the way begins."""
    facts, wiring = place.diagnosis.facts, place.diagnosis.wiring
    found: list[str] = []
    name = source
    while len(found) < MOST_ON_A_WAY:
        if facts[name].kind in ("conv2d", "max_pool", "average_pool"):
            found.append(name)
        if len(facts[name].sources) != 1 or len(wiring.targets[facts[name].sources[0]]) > 1:
            return found
        name = facts[name].sources[0]
    return found


def _flattened(place: Place) -> Iterator[Draft]:
    """All that has more than one axis laid into rows, where the numbers of axes differ."""
    shapes = {source: place.shape_of(source) for source in place.sources}
    if len({len(shape) for shape in shapes.values()}) == 1 and place.layer.kind == "add":
        return
    graph = place.graph
    for source, shape in shapes.items():
        if len(shape) > 1:
            graph = inserted(graph, Link(source, place.name), "flatten")
    if graph is not place.graph:
        if place.layer.kind == "concatenate":
            graph = set_parameters(graph, place.name, {"axis": 0})
        yield Draft(f"Flatten what comes into {place.name}.", partial(_same, graph))


def _without_the_odd_one(place: Place) -> Iterator[Draft]:
    sources = place.sources
    if len(sources) > 2:
        shapes = [place.shape_of(source) for source in sources]
        usual = max(shapes, key=shapes.count)
        odd = [source for source, shape in zip(sources, shapes, strict=True) if shape != usual]
        if len(odd) == 1:
            link = Link(odd[0], place.name)
            yield Draft(f"Remove the link from {odd[0]}.", partial(disconnect, place.graph, link))


def _odd_ones(place: Place, wanted: Shape) -> list[tuple[str, Shape]]:
    """The sources whose shape differs from the one that is wanted, each once."""
    shapes = {source: place.shape_of(source) for source in place.sources}
    return [(source, shape) for source, shape in shapes.items() if shape != wanted]


def _stride_to(shape: Shape, wanted: Shape) -> tuple[int, int] | None:
    """The stride with which a 1×1 window over one picture gives the size of the other; None where none does."""
    strides = []
    for size, goal in zip(shape[1:], wanted[1:], strict=True):
        fitting = next((step for step in range(1, size + 1) if (size - 1) // step + 1 == goal), None)
        if fitting is None:
            return None
        strides.append(fitting)
    return strides[0], strides[1]


def _length(place: Place, source: str) -> int:
    """Layers of one way, up to where it begins."""
    facts, wiring = place.diagnosis.facts, place.diagnosis.wiring
    length, name = 0, source
    while len(wiring.targets[name]) == 1 and len(facts[name].sources) == 1:
        length, name = length + 1, facts[name].sources[0]
    return length


def _same(graph: NetworkGraph) -> NetworkGraph:
    return graph
