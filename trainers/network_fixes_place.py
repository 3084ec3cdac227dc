"""What the fixes of a drawing are made of: a place with its problem, a draft of a fix, and whether it mends. No torch, no window."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from trainers.network_diagnosis import Diagnosis, Problem, diagnose
from trainers.network_edits import insert_on_link, remove_layers
from trainers.network_graph import Layer, Link, NetworkGraph, Parameter, Shape

_MUST_FIT = ("misfit", "size")  # rules after which a layer has nothing else to be wrong with


class Draft(NamedTuple):
    """A fix that has not been tried yet. text: an imperative sentence; make: the graph that comes of it."""

    text: str
    make: Callable[[], NetworkGraph]


class Place(msgspec.Struct, frozen=True):
    """Where a fix is looked for."""

    graph: NetworkGraph
    problem: Problem
    diagnosis: Diagnosis

    @property
    def name(self) -> str:
        """The layer concerned."""
        return self.problem.layer

    @property
    def layer(self) -> Layer:
        """The layer concerned, which is there."""
        return self.diagnosis.wiring.layers[self.problem.layer]

    @property
    def sources(self) -> tuple[str, ...]:
        """What leads into it."""
        return self.diagnosis.wiring.sources[self.problem.layer]

    def shape_of(self, name: str) -> Shape:
        """What a layer gives that is worked out."""
        return self.diagnosis.facts[name].output_shape


def problems_left(changed: NetworkGraph, problem: Problem, before: Diagnosis) -> int | None:
    """How many problems a changed drawing has; None where `problem` is not gone, or only hidden."""
    after = diagnose(changed, before)
    places = {one.place for one in after.problems}
    if problem.place in places:
        return None
    if problem.rule in _MUST_FIT and problem.layer in after.wiring.layers and problem.layer not in after.facts:
        return None
    return len(after.problems)


def descendants(name: str, targets: dict[str, list[str]]) -> set[str]:
    """A layer and all that it leads to."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += targets[one]
    return found


def inserted(graph: NetworkGraph, link: Link, kind: str, **parameters: Parameter) -> NetworkGraph:
    """The graph with a new layer on a link."""
    return insert_on_link(graph, link, kind, parameters=parameters)[0]


def taken_away(place: Place) -> Draft:
    """The last resort: the network without the layer, what it fed fed by what was in front of it."""
    return Draft(f"Take {place.name} away.", lambda: remove_layers(place.graph, [place.name]))
