"""Fixes for what hangs together wrongly in a drawing: no input, loose layers, circles, two outputs. Imports neither torch nor the window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

import msgspec

from trainers.layer_catalog import LAYER_KINDS
from trainers.layer_kind import what_it_is
from trainers.network_diagnosis import Diagnosis
from trainers.network_edits import (
    add_layer,
    connect,
    new_layer,
    remove_layers,
    rename_layer,
    replaced,
)
from trainers.network_fixes_place import Draft, Place, descendants, taken_away
from trainers.network_graph import MAX_INPUTS, Layer, Link, NetworkGraph, Shape, suggested_name
from trainers.network_wiring import renamed_twin


def no_input_drafts(place: Place) -> Iterator[Draft]:
    """An input in front of the first layer, of a shape that it may take."""
    graph, wiring = place.graph, place.diagnosis.wiring
    heads = [name for name, feeding in wiring.sources.items() if not feeding and name not in wiring.unsure]
    for shape in _likely_shapes(wiring.layers[heads[0]] if heads else None):
        yield Draft(f"Add an input for {what_it_is(shape)}.", partial(_with_input, graph, shape, heads[:1]))


def _with_input(graph: NetworkGraph, shape: Shape, fed: list[str]) -> NetworkGraph:
    layer = new_layer(graph, "input", parameters={"shape": shape})
    links = tuple(Link(layer.name, name) for name in fed)
    return replaced(graph, layers=(layer, *graph.layers), links=(*links, *graph.links))


def _likely_shapes(head: Layer | None) -> tuple[Shape, ...]:
    """Shapes of samples that the first layer may take."""
    kind = LAYER_KINDS.get(head.kind) if head is not None else None
    stated = head.parameters.get("inputs") if head is not None else None
    size = stated if isinstance(stated, int) and not isinstance(stated, bool) and stated > 0 else None
    if kind is None:
        return (1, 28, 28), (2,)
    if kind.key in ("dense", "maxout"):
        return ((size or 2,),)
    if kind.key == "embedding":
        return ((32,),)
    if kind.group == "sequence" or kind.key == "transpose":
        return ((16, 32),)
    return ((size or 1, 28, 28), (size or 3, 32, 32)) if kind.group != "activation" else ((2,), (1, 28, 28))


def stray_drafts(place: Place) -> Iterator[Draft]:
    """The drawing without the link concerned."""
    yield _without_link(place)


def _without_link(place: Place) -> Draft:
    link = place.problem.link
    assert link is not None
    links = tuple(one for one in place.graph.links if one != link)
    return Draft(
        f"Remove the link from {link.source[:64]} to {link.target[:64]}.", lambda: replaced(place.graph, links=links)
    )


def loose_drafts(place: Place) -> Iterator[Draft]:
    """A link into a layer that has none: from a loose end, from the layer before it, or the layer taken away."""
    graph, name, wiring = place.graph, place.name, place.diagnosis.wiring
    behind = descendants(name, wiring.targets)
    order = [one for one in wiring.order if one in wiring.reached and one not in behind]
    file_order = list(wiring.layers)
    before = [one for one in file_order[: file_order.index(name)] if one in order][-1:]
    for source in dict.fromkeys([*(end for end in wiring.ends if end not in behind), *before, *order[-2:], *order[:1]]):
        yield Draft(f"Link {source} to {name}.", partial(connect, graph, source, name))
    yield taken_away(place)


def second_input_drafts(place: Place) -> Iterator[Draft]:
    """One input for all, or the second one gone."""
    graph, name, first = place.graph, place.name, place.diagnosis.wiring.input_name

    def fed_by_the_first() -> NetworkGraph:
        changed = remove_layers(graph, [name], bridge=False)
        for link in graph.links:
            if link.source == name and Link(first, link.target) not in changed.links and link.target != first:
                changed = connect(changed, first, link.target)
        return changed

    if place.diagnosis.wiring.targets[name]:
        yield Draft(f"Let {first} feed what {name} feeds.", fed_by_the_first)
    yield Draft(f"Take {name} away.", lambda: remove_layers(graph, [name], bridge=False))


def other_end_drafts(place: Place) -> Iterator[Draft]:
    """Two outputs joined, or the branch taken away."""
    graph, name, ends = place.graph, place.name, place.diagnosis.wiring.ends
    last = ends[-1]
    for kind in ("add", "concatenate"):
        yield Draft(f"Join {name} and {last} with {kind}.", partial(_joined, graph, kind, (name, last)))
    if len(ends) > 2:
        yield Draft(f"Join all {len(ends)} ends with concatenate.", lambda: _joined(graph, "concatenate", ends))
    branch = _branch(name, place.diagnosis)
    what = name if len(branch) == 1 else f"the branch {branch[-1]} to {name}"
    yield Draft(f"Take {what} away.", lambda: remove_layers(graph, branch, bridge=False))


def _joined(graph: NetworkGraph, kind: str, names: Iterable[str]) -> NetworkGraph:
    graph, joint = add_layer(graph, kind)
    for name in names:
        graph = connect(graph, name, joint)
    return graph


def _branch(name: str, diagnosis: Diagnosis) -> list[str]:
    """A loose end and the layers in front that feed nothing else, the end first."""
    branch = [name]
    while True:
        sources = diagnosis.wiring.sources[branch[-1]]
        if len(sources) != 1 or sources[0] == diagnosis.wiring.input_name:
            return branch
        if len(diagnosis.wiring.targets[sources[0]]) > 1:
            return branch
        branch.append(sources[0])


def crowded_drafts(place: Place) -> Iterator[Draft]:
    """As many links as are allowed."""
    name = place.name
    feeding = [index for index, link in enumerate(place.graph.links) if link.target == name]
    gone = set(feeding[MAX_INPUTS:])
    links = tuple(link for index, link in enumerate(place.graph.links) if index not in gone)
    yield Draft(f"Keep the first {MAX_INPUTS} links into {name}.", lambda: replaced(place.graph, links=links))


def twin_drafts(place: Place) -> Iterator[Draft]:
    """A name of its own for each of two layers that are called the same."""
    name = place.name

    def told_apart() -> NetworkGraph:
        graph = place.graph
        while sum(layer.name == name for layer in graph.layers) > 1:
            graph, _ = renamed_twin(graph, name)
        return graph

    yield Draft(f"Give the other {name} a name of its own.", told_apart)


def name_drafts(place: Place) -> Iterator[Draft]:
    """The nearest name that a layer may have."""
    old = place.name
    taken = {layer.name for layer in place.graph.layers} | {group.name for group in place.graph.groups}
    new = suggested_name(old, taken)
    yield Draft(f"Call it {new}.", lambda: rename_layer(place.graph, old, new))
    yield taken_away(place)


def group_drafts(place: Place) -> Iterator[Draft]:
    """Another name for a group, its layers that are there, or the drawing without it."""
    name, groups = place.name, place.graph.groups
    index = max(at for at, group in enumerate(groups) if group.name == name)
    names = place.diagnosis.wiring.layers
    free = suggested_name(name, [*names, *(group.name for group in groups)])
    members = tuple(dict.fromkeys(one for one in groups[index].layers if one in names))
    for text, group in (
        (f"Call the group {free}.", msgspec.structs.replace(groups[index], name=free)),
        (
            f"Keep the {len(members)} layers of {name} that are there."
            if len(members) != 1
            else f"Keep the one layer of {name} that is there.",
            msgspec.structs.replace(groups[index], layers=members),
        ),
    ):
        yield Draft(text, partial(replaced, place.graph, groups=(*groups[:index], group, *groups[index + 1 :])))
    yield Draft(
        f"Take the group {name[:64]} away; its layers stay.",
        partial(replaced, place.graph, groups=(*groups[:index], *groups[index + 1 :])),
    )
    others = tuple(group for group in groups if group.name != name)
    yield Draft(
        f"Take all groups called {name[:64]} away; their layers stay.", partial(replaced, place.graph, groups=others)
    )
