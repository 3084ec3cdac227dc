"""What source says, as a change of the network that is drawn: layers that it leaves alone stay as they are, with their places.

Plain data; imports neither torch nor the window.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from trainers.layer_catalog import LayerFacts, NetworkAnalysis, analyse
from trainers.network_graph import Group, Layer, Link, NetworkGraph
from trainers.source_names import class_name


def said_alike(one: NetworkGraph, other: NetworkGraph) -> bool:
    """Whether two networks have the same source: where layers stand in the drawing, and groups, are not in it."""
    if one is other:
        return True
    told = [(graph.name, graph.title, graph.comment, graph.links) for graph in (one, other)]
    layers = [[(layer.name, layer.kind, layer.parameters) for layer in graph.layers] for graph in (one, other)]
    return told[0] == told[1] and layers[0] == layers[1]


def means_alike(one: NetworkGraph, other: NetworkGraph) -> bool:
    """Whether both have the same layers with the same values, shapes and sources, however their parameters are written."""
    first, second = analyse(one), analyse(other)
    return first.layers.keys() == second.layers.keys() and all(
        _essence(facts) == _essence(second.layers[name]) for name, facts in first.layers.items()
    )


def taken_over(drawn: NetworkGraph, read: NetworkGraph) -> NetworkGraph:
    """`read` as what the drawing becomes: layers of the same name keep their places and, where they mean the same, all else.

    A class of the same name is the same network, with its title and comment. A layer that was renamed keeps its place where
    nothing else changed.
    """
    before, after = analyse(drawn), analyse(read)
    known = {layer.name: layer for layer in drawn.layers}
    names = _renamed(drawn, read)
    layers = [
        _layer(known.get(names.get(layer.name, layer.name)), layer, before, after, names) for layer in read.layers
    ]
    links = read.links
    if {layer.name for layer in layers} == set(known):
        place = {name: number for number, name in enumerate(known)}
        layers.sort(key=lambda layer: place[layer.name])
        links = drawn.links if _same_links(drawn.links, links) else links
    is_same = class_name(drawn) == class_name(read)
    told = drawn if is_same else read
    groups = _groups_left(drawn.groups, names, {layer.name for layer in layers})
    return msgspec.structs.replace(told, layers=tuple(layers), links=tuple(links), groups=groups)


def _essence(facts: LayerFacts) -> tuple[Any, ...]:
    return facts.kind, _values(facts), facts.input_shapes, facts.sources


def _values(facts: LayerFacts) -> dict[str, Any]:
    """Values that say something: a stride that is not given is the kernel, inputs are what comes in."""
    values = {key: value for key, value in facts.values.items() if key != "inputs"}
    if values.get("stride", 1) is None:
        values["stride"] = values["kernel"]
    return values


def _renamed(drawn: NetworkGraph, read: NetworkGraph) -> dict[str, str]:
    """By new name the name before, for layers that only a name tells apart from those of the drawing."""
    before, after = analyse(drawn), analyse(read)
    if len(before.order) != len(after.order):
        return {}
    pairs = list(zip(after.order, before.order, strict=True))
    if any(after.layers[new].kind != before.layers[old].kind for new, old in pairs):
        return {}
    gone, come = set(before.order) - set(after.order), set(after.order) - set(before.order)
    return {new: old for new, old in pairs if new in come and old in gone}


def _layer(
    old: Layer | None, new: Layer, before: NetworkAnalysis, after: NetworkAnalysis, names: dict[str, str]
) -> Layer:
    """The layer as it was drawn, with what the source changes of it."""
    if old is None:
        return new
    was, becomes = before.layers[old.name], after.layers[new.name]
    if was.kind != becomes.kind:
        return msgspec.structs.replace(new, position=old.position)
    wanted, had = _values(becomes), _values(was)
    parameters = dict(old.parameters)
    if "inputs" in parameters:  # stated for what came in before
        parameters["inputs"] = becomes.input_shapes[0][0 if len(becomes.input_shapes[0]) == 3 else -1]
    for key, value in wanted.items():
        if had.get(key) != value:
            parameters[key] = new.parameters.get(key, becomes.values[key])
    if new.name == old.name and parameters == old.parameters:
        return old
    return Layer(new.name, new.kind, parameters, old.position)


def _same_links(one: Sequence[Link], other: Sequence[Link]) -> bool:
    def by_target(links: Sequence[Link]) -> dict[str, list[str]]:
        into: dict[str, list[str]] = {}
        for link in links:
            into.setdefault(link.target, []).append(link.source)
        return into

    return by_target(one) == by_target(other)


def _groups_left(groups: tuple[Group, ...], names: dict[str, str], there: set[str]) -> tuple[Group, ...]:
    """The groups with the layers that are still there."""
    now = {old: new for new, old in names.items()}
    left = []
    for group in groups:
        layers = tuple(now.get(name, name) for name in group.layers if now.get(name, name) in there)
        if layers and group.name not in there:
            left.append(msgspec.structs.replace(group, layers=layers))
    return tuple(left)
