"""What is drawn of a network whose groups are folded: one card for each folded group, with the totals of its layers. Imports no Qt."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from trainers.layer_catalog import LayerFacts
from trainers.network_graph import Group, Layer, Link, NetworkGraph
from trainers.network_groups import folded_away, group_of

GROUP = "group"  # the kind of the card that stands for a group


def folded(graph: NetworkGraph, facts: Mapping[str, LayerFacts]) -> tuple[NetworkGraph, Mapping[str, LayerFacts]]:
    """The graph as it is drawn, and the facts of its cards; both as they came where nothing is folded."""
    hidden = folded_away(graph)
    if not hidden:
        return graph, facts
    layers: dict[str, Layer] = {}
    for layer in graph.layers:
        name = hidden.get(layer.name)
        if name is None:
            layers[layer.name] = layer
        elif name not in layers:
            layers[name] = _card(group_of(graph, name), graph)
    links = []
    for link in graph.links:
        source, target = hidden.get(link.source, link.source), hidden.get(link.target, link.target)
        if source != target:
            links.append(Link(source, target))
    told = {name: known for name, known in facts.items() if name not in hidden}
    for name in set(hidden.values()):
        known = _facts(name, {one for one, other in hidden.items() if other == name}, graph, facts)
        if known is not None:
            told[name] = known
    drawn = msgspec.structs.replace(graph, layers=tuple(layers.values()), links=tuple(dict.fromkeys(links)))
    return drawn, told


def unfolded(graph: NetworkGraph, names: Collection[str]) -> list[str]:
    """The layers behind these cards, in the graph's order."""
    hidden = folded_away(graph)
    return [layer.name for layer in graph.layers if hidden.get(layer.name, layer.name) in names]


def link_behind(graph: NetworkGraph, source: str, target: str, copy: int = 0) -> Link | None:
    """The link that is drawn as a wire from `source` to `target`, either of which may be a folded group."""
    hidden = folded_away(graph)
    found = [
        link
        for link in graph.links
        if (hidden.get(link.source, link.source), hidden.get(link.target, link.target)) == (source, target)
    ]
    return found[min(copy, len(found) - 1)] if found else None


def entrance(graph: NetworkGraph, name: str) -> str:
    """The layer that a wire to this card leads into: of a group, the first that hears from outside or from nobody."""
    members = unfolded(graph, {name})
    inside = set(members)
    for member in members:
        if not any(link.target == member and link.source in inside for link in graph.links):
            return member
    return members[0] if members else name


def exit_of(graph: NetworkGraph, name: str) -> str:
    """The layer that a wire from this card comes from: of a group, the last that leads out of it or nowhere."""
    members = unfolded(graph, {name})
    inside = set(members)
    for member in reversed(members):
        if not any(link.source == member and link.target in inside for link in graph.links):
            return member
    return members[-1] if members else name


def _card(group: Group, graph: NetworkGraph) -> Layer:
    members = set(group.layers)
    places = [layer.position for layer in graph.layers if layer.name in members and layer.position is not None]
    place = (min(x for x, _ in places), min(y for _, y in places)) if places else None
    return Layer(group.name, GROUP, {"title": group.title, "layers": len(members)}, place)


def _facts(name: str, members: set[str], graph: NetworkGraph, facts: Mapping[str, LayerFacts]) -> LayerFacts | None:
    known = [facts[member] for member in members if member in facts]
    last = facts.get(exit_of(graph, name))
    if last is None or len(known) < len(members):
        return None
    first = facts[entrance(graph, name)]
    return msgspec.structs.replace(
        last,
        name=name,
        kind=GROUP,
        input_shapes=first.input_shapes,
        parameters=sum(one.parameters for one in known),
        trainable=sum(one.trainable for one in known),
        flops=sum(one.flops for one in known),
        elementwise_flops=sum(one.elementwise_flops for one in known),
        sources=first.sources,
        values={},
    )
