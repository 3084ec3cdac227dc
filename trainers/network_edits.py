"""What a person does to a network: NetworkGraph -> NetworkGraph, nothing else. Imports neither torch nor the window.

Each function gives a new graph or raises NetworkInputError in one sentence; the graph that comes out may be unfinished (a loose
layer, shapes that do not fit): network_diagnosis says where. Groups are edited in network_groups, copies made in network_fragment.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from trainers.layer_catalog import kind_of
from trainers.layer_kind import LayerKind, checked_parameter
from trainers.network_graph import (
    MAX_INPUTS,
    MAX_LAYERS,
    Group,
    Layer,
    Link,
    NetworkGraph,
    NetworkInputError,
    Parameter,
    check_name,
    near_matches,
    suggested_name,
)

Point = tuple[float, float]

# How layers of a kind are called, numbered, as in most PyTorch source; the others are called by their key.
MAX_TITLE = 80  # letters
_SHORT_NAMES = {
    "conv2d": "conv",
    "dense": "fc",
    "max_pool": "pool",
    "average_pool": "pool",
    "adaptive_average_pool": "pool",
    "adaptive_max_pool": "pool",
    "batch_norm": "norm",
    "layer_norm": "norm",
    "recurrent": "rnn",
    "lstm": "lstm",
    "gru": "gru",
    "self_attention": "attention",
    "relu": "relu",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "add": "add",
}


def add_layer(
    graph: NetworkGraph,
    kind: str,
    *,
    name: str = "",
    after: str = "",
    position: Point | None = None,
    parameters: Mapping[str, Parameter] | None = None,
) -> tuple[NetworkGraph, str]:
    """The graph with one more layer, linked from `after` where that is given, and the layer's name (made unique).

    What its kind must be told and `parameters` does not say starts at its default.
    """
    layer = new_layer(graph, kind, name=name, position=position, parameters=parameters)
    links = graph.links
    if after:
        _layer_of(graph, after)
        links = (*links, Link(after, layer.name))
    return replaced(graph, layers=_behind(graph.layers, after, layer), links=links), layer.name


def insert_on_link(
    graph: NetworkGraph,
    link: Link,
    kind: str,
    *,
    name: str = "",
    position: Point | None = None,
    parameters: Mapping[str, Parameter] | None = None,
) -> tuple[NetworkGraph, str]:
    """The graph with a new layer in the middle of `link`, which keeps its place among its target's inputs; and its name.

    It joins the groups that both ends are in.
    """
    index = _index_of(graph, link)
    layer = new_layer(graph, kind, name=name, position=position, parameters=parameters)
    halves = (Link(link.source, layer.name), Link(layer.name, link.target))
    links = (*graph.links[:index], *halves, *graph.links[index + 1 :])
    groups = tuple(
        msgspec.structs.replace(group, layers=(*group.layers, layer.name))
        if link.source in group.layers and link.target in group.layers
        else group
        for group in graph.groups
    )
    layers = _behind(graph.layers, link.source, layer)
    return replaced(graph, layers=layers, links=links, groups=groups), layer.name


def new_layer(
    graph: NetworkGraph,
    kind: str,
    *,
    name: str = "",
    position: Point | None = None,
    parameters: Mapping[str, Parameter] | None = None,
) -> Layer:
    """A layer that could join the graph: a free name, and all that its kind must be told."""
    if len(graph.layers) >= MAX_LAYERS:
        raise NetworkInputError(f"The network has {MAX_LAYERS:,} layers, and more are not allowed.")
    taken = taken_names(graph)
    name = suggested_name(name, taken) if name else free_name(kind, taken)
    known = kind_of(Layer(name, kind))
    given = dict(parameters or {})
    for key, value in given.items():
        checked_parameter(known, name, key, value)
    told = {spec.name: spec.default for spec in known.parameters if spec.required} | given
    return Layer(name, kind, told, _checked_position(name, position))


def remove_layers(graph: NetworkGraph, names: Collection[str], *, bridge: bool = True) -> NetworkGraph:
    """The graph without these layers. bridge: what they fed is fed by what came first into them instead."""
    gone = {_layer_of(graph, name).name for name in names}
    if not gone:
        return graph
    first: dict[str, str] = {}
    for link in graph.links:
        first.setdefault(link.target, link.source)
    links = []
    for link in graph.links:
        if link.target in gone:
            continue
        source: str | None = link.source
        seen: set[str] = set()
        while source in gone:  # ends: a circle of layers that all go leads nowhere
            seen.add(source)
            source = first.get(source) if bridge else None
            source = None if source in seen else source
        if source is not None:
            links.append(link if source == link.source else Link(source, link.target))
    layers = tuple(layer for layer in graph.layers if layer.name not in gone)
    return replaced(graph, layers=layers, links=tuple(links), groups=kept_groups(graph.groups, gone))


def connect(graph: NetworkGraph, source: str, target: str, *, replace: bool = False) -> NetworkGraph:
    """The graph with a link from `source` to `target`, the last of the target's inputs; replace: its only one."""
    _layer_of(graph, source)
    _layer_of(graph, target)
    if source == target:
        raise NetworkInputError(f"{source} cannot lead into itself.", "Link it to another layer.")
    link = Link(source, target)
    links = tuple(other for other in graph.links if other.target != target) if replace else graph.links
    if link in links:
        raise NetworkInputError(f"{source} already leads into {target}.")
    if sum(other.target == target for other in links) >= MAX_INPUTS:
        raise NetworkInputError(f"{MAX_INPUTS} links lead into {target}, and more are not allowed.")
    return replaced(graph, links=(*links, link))


def disconnect(graph: NetworkGraph, link: Link) -> NetworkGraph:
    """The graph without `link` (without one of them, where two lead the same way)."""
    index = _index_of(graph, link)
    return replaced(graph, links=(*graph.links[:index], *graph.links[index + 1 :]))


def redirect(graph: NetworkGraph, link: Link, *, source: str = "", target: str = "") -> NetworkGraph:
    """The graph with one end of `link` at another layer; a new source takes the old one's place among the inputs."""
    index = _index_of(graph, link)
    moved = Link(source or link.source, target or link.target)
    _layer_of(graph, moved.source)
    _layer_of(graph, moved.target)
    if moved.source == moved.target:
        raise NetworkInputError(f"{moved.source} cannot lead into itself.", "Link it to another layer.")
    if moved in graph.links:
        raise NetworkInputError(f"{moved.source} already leads into {moved.target}.")
    if moved.target != link.target and sum(other.target == moved.target for other in graph.links) >= MAX_INPUTS:
        raise NetworkInputError(f"{MAX_INPUTS} links lead into {moved.target}, and more are not allowed.")
    return replaced(graph, links=(*graph.links[:index], moved, *graph.links[index + 1 :]))


def set_parameters(graph: NetworkGraph, name: str, changes: Mapping[str, Parameter]) -> NetworkGraph:
    """The graph with other values for some parameters of one layer; each is checked as its kind says."""
    layer = _layer_of(graph, name)
    kind = kind_of(layer)
    for key, value in changes.items():
        checked_parameter(kind, name, key, value)
    return with_layer(graph, msgspec.structs.replace(layer, parameters={**layer.parameters, **changes}))


def forget_parameters(graph: NetworkGraph, name: str, keys: Collection[str]) -> NetworkGraph:
    """The graph in which one layer no longer states some of its parameters: they are at their defaults again."""
    layer = _layer_of(graph, name)
    kept = {key: value for key, value in layer.parameters.items() if key not in keys}
    return with_layer(graph, msgspec.structs.replace(layer, parameters=kept))


def change_kind(graph: NetworkGraph, name: str, kind: str) -> NetworkGraph:
    """The graph with a layer of another kind in its place; parameters that both kinds have stay as they are, where they may."""
    layer = _layer_of(graph, name)
    known = kind_of(Layer(name, kind))
    told = {spec.name: spec.default for spec in known.parameters if spec.required}
    told |= {key: value for key, value in layer.parameters.items() if _may_have(known, name, key, value)}
    return with_layer(graph, msgspec.structs.replace(layer, kind=kind, parameters=told))


def rename_layer(graph: NetworkGraph, old: str, new: str) -> NetworkGraph:
    """The graph with another name for one layer, in its links and groups as well."""
    layer = _layer_of(graph, old)
    if old == new:
        return graph
    check_name(new)
    taken = taken_names(graph)
    if new in taken:
        raise NetworkInputError(f"The name {new} is taken.", f"Call it {suggested_name(new, taken)}.")
    layers = tuple(msgspec.structs.replace(one, name=new) if one is layer else one for one in graph.layers)
    links = tuple(
        Link(new if link.source == old else link.source, new if link.target == old else link.target)
        if old in (link.source, link.target)
        else link
        for link in graph.links
    )
    groups = tuple(
        msgspec.structs.replace(group, layers=tuple(new if name == old else name for name in group.layers))
        for group in graph.groups
    )
    return replaced(graph, layers=layers, links=links, groups=groups)


def retitle(graph: NetworkGraph, title: str) -> NetworkGraph:
    """The graph with another title, and a name to go with it: what it is called on screen, in a file's name and as a class."""
    wanted = " ".join(title.split())[:MAX_TITLE]
    if not wanted:
        raise NetworkInputError("A network needs a name.", "Call it what it does, such as Digits.")
    plain = "".join(letter if letter.isalnum() else " " for letter in wanted.lower())
    return replaced(graph, title=wanted, name="-".join(plain.split()) or graph.name)


def move_layers(graph: NetworkGraph, places: Mapping[str, Point | None]) -> NetworkGraph:
    """The graph with these layers' top left corners at these places, scene units; None: where the automatic layout wants."""
    known = {layer.name for layer in graph.layers}
    for name, place in places.items():
        if name not in known:
            _layer_of(graph, name)
        _checked_position(name, place)
    layers = tuple(
        msgspec.structs.replace(layer, position=places[layer.name]) if layer.name in places else layer
        for layer in graph.layers
    )
    return replaced(graph, layers=layers)


# Shared by the other modules of edits.


def replaced(graph: NetworkGraph, **changes: Any) -> NetworkGraph:
    """The graph with other layers, links or groups."""
    return msgspec.structs.replace(graph, **changes)


def with_layer(graph: NetworkGraph, layer: Layer) -> NetworkGraph:
    """The graph with this layer in the place of the first of its name."""
    index = next(index for index, one in enumerate(graph.layers) if one.name == layer.name)
    return replaced(graph, layers=(*graph.layers[:index], layer, *graph.layers[index + 1 :]))


def taken_names(graph: NetworkGraph) -> set[str]:
    """The names of all layers and groups."""
    return {layer.name for layer in graph.layers} | {group.name for group in graph.groups}


def free_name(kind: str, taken: Collection[str]) -> str:
    """What the next layer of a kind is called: conv1, conv2, flatten, flatten_2, ..."""
    short = _SHORT_NAMES.get(kind)
    if short is None:
        return suggested_name(kind, taken)
    number = 1
    while f"{short}{number}" in taken:
        number += 1
    return f"{short}{number}"


def kept_groups(groups: Iterable[Group], gone: Collection[str]) -> tuple[Group, ...]:
    """The groups without layers that are gone, and without those that are then empty."""
    kept = []
    for group in groups:
        layers = tuple(name for name in group.layers if name not in gone)
        if layers:
            kept.append(group if len(layers) == len(group.layers) else msgspec.structs.replace(group, layers=layers))
    return tuple(kept)


def _layer_of(graph: NetworkGraph, name: str) -> Layer:
    for layer in graph.layers:
        if layer.name == name:
            return layer
    names = [layer.name for layer in graph.layers]
    raise NetworkInputError(f"There is no layer {name[:64]!r}.", near_matches(name, names).strip() or None)


def _index_of(graph: NetworkGraph, link: Link) -> int:
    try:
        return graph.links.index(link)
    except ValueError:
        raise NetworkInputError(f"There is no link from {link.source[:64]} to {link.target[:64]}.") from None


def _behind(layers: tuple[Layer, ...], before: str, layer: Layer) -> tuple[Layer, ...]:
    """Layers with a new one behind `before`, so that a file and the source list them as they run."""
    for index, one in enumerate(layers):
        if one.name == before:
            return (*layers[: index + 1], layer, *layers[index + 1 :])
    return (*layers, layer)


def _checked_position(name: str, position: Point | None) -> Point | None:
    if position is not None and not all(math.isfinite(number) for number in position):
        raise NetworkInputError(f"{name} cannot stand at {position}.", "Put it where it can be seen.")
    return position


def _may_have(kind: LayerKind, layer: str, key: str, value: Parameter) -> bool:
    try:
        checked_parameter(kind, layer, key, value)
    except NetworkInputError:
        return False
    return True
