"""Which layers a wire from, or to, a layer would fit: by their shape rules alone, without drawing it. Imports no Qt."""

from __future__ import annotations

from collections.abc import Mapping

from trainers.layer_catalog import LAYER_KINDS, LayerFacts
from trainers.layer_kind import LayerKind, Misfit, Site, read_values
from trainers.network_graph import Layer, NetworkError, NetworkGraph, Shape


def takers(graph: NetworkGraph, facts: Mapping[str, LayerFacts], source: str) -> set[str]:
    """The layers that could take what `source` gives: no circle, no input layer, and the shape fits, where it is known.

    A layer that has its one input already could take this one instead.
    """
    feeding = sources_of(graph)
    ahead = reached(feeding, source)
    given = facts.get(source)
    found = set()
    for layer in graph.layers:
        kind = LAYER_KINDS.get(layer.kind)
        if kind is None or layer.name in ahead or source in feeding[layer.name] or kind.inputs[1] == 0:
            continue
        others = feeding[layer.name] if kind.inputs[1] > 1 else []
        if given is None or _is_fitting(layer, kind, [*others, source], facts):
            found.add(layer.name)
    return found


def givers(graph: NetworkGraph, facts: Mapping[str, LayerFacts], target: str) -> set[str]:
    """The layers whose output `target` could take."""
    feeding = sources_of(graph)
    layer = next(layer for layer in graph.layers if layer.name == target)
    kind = LAYER_KINDS.get(layer.kind)
    if kind is None or kind.inputs[1] == 0:
        return set()
    others = feeding[target] if kind.inputs[1] > 1 else []
    return {
        source.name
        for source in graph.layers
        if target not in reached(feeding, source.name)
        and source.name not in feeding[target]
        and (source.name not in facts or _is_fitting(layer, kind, [*others, source.name], facts))
    }


def sources_of(graph: NetworkGraph) -> dict[str, list[str]]:
    """The layers that feed each, in the order of their links."""
    feeding: dict[str, list[str]] = {layer.name: [] for layer in graph.layers}
    for link in graph.links:
        if link.target in feeding and link.source in feeding:
            feeding[link.target].append(link.source)
    return feeding


def reached(feeding: Mapping[str, list[str]], name: str) -> set[str]:
    """`name` and all that leads to it."""
    seen, waiting = {name}, [name]
    while waiting:
        for source in feeding[waiting.pop()]:
            if source not in seen:
                seen.add(source)
                waiting.append(source)
    return seen


def _is_fitting(layer: Layer, kind: LayerKind, sources: list[str], facts: Mapping[str, LayerFacts]) -> bool:
    shapes: list[Shape] = [facts[source].output_shape for source in sources if source in facts]
    if len(shapes) < kind.inputs[0]:  # a sum that still waits for its other input: all would do
        return True
    try:
        kind.rule(Site(layer.name, read_values(kind, layer), tuple(shapes)))
    except (Misfit, NetworkError):
        return False
    return True
