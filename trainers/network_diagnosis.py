"""What is known of a drawing that may be unfinished, and what is wrong with it, place by place. Imports neither torch nor the window.

`layer_catalog.analyse` stops at the first error; this goes on around it, and after an edit works out only what the edit changed.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from trainers.layer_catalog import (
    MAX_PARAMETERS,
    LayerFacts,
    NetworkAnalysis,
    TooLargeError,
    View,
    check_inputs,
    kind_of,
    layer_facts,
    too_many_parameters,
    total,
)
from trainers.layer_kind import Values, read_values
from trainers.network_graph import Arrangement, Layer, Link, NetworkError, NetworkGraph
from trainers.network_wiring import Problem, Wiring, group_problem, wire

__all__ = ["Diagnosis", "Problem", "diagnose"]


class _Record(NamedTuple):
    """One layer as it was last worked out. inputs: the facts of its sources, the very objects."""

    layer: Layer
    sources: tuple[str, ...]
    inputs: tuple[LayerFacts | None, ...]
    values: Values
    facts: LayerFacts
    view: View | None


class Diagnosis(msgspec.Struct, frozen=True):
    """A drawing, looked at. facts: of every layer that can be worked out, in running order; problems: in running order, those of
    the whole drawing first; analysis: as `layer_catalog.analyse` gives it, None while there is a problem; records: of layers that
    are out of sight behind a problem as well, for the time when it is mended."""

    graph: NetworkGraph
    wiring: Wiring
    facts: dict[str, LayerFacts]
    problems: tuple[Problem, ...]
    analysis: NetworkAnalysis | None
    records: dict[str, _Record]

    def at(self, layer: str) -> tuple[Problem, ...]:
        """The problems of one layer and of the links into it."""
        return tuple(problem for problem in self.problems if problem.layer == layer)


def diagnose(graph: NetworkGraph, before: Diagnosis | None = None) -> Diagnosis:
    """Everything that can be said about a drawing. before: of the drawing before an edit; what the edit left alone is kept."""
    if before is not None and before.graph is graph:
        return before
    wiring = _wiring(graph, before)
    if before is not None and _is_only_moved(graph, before.graph):
        return msgspec.structs.replace(before, graph=graph, wiring=wiring)
    known = before.records if before is not None else {}
    arranged = Arrangement((), wiring.sources, wiring.layers, wiring.input_name, "")
    records: dict[str, _Record] = {}
    facts: dict[str, LayerFacts] = {}
    views: dict[str, View | None] = {}
    problems: list[Problem] = []
    parameters = 0
    record: _Record | None
    problem: Problem | None
    for name in wiring.order:
        layer, sources = wiring.layers[name], wiring.sources[name]
        inputs = tuple([facts.get(source) for source in sources])
        old = known.get(name)
        is_unsure = name in wiring.unsure
        if old is not None and not is_unsure and _is_unchanged(old, layer, sources, inputs):
            record, problem = old, None
            views[name] = old.view
        else:
            record, problem = _worked_out(layer, sources, inputs, is_unsure, old, arranged, facts, views)
        if record is not None:
            records[name] = record
            facts[name] = record.facts
            parameters += record.facts.parameters
            if parameters > MAX_PARAMETERS >= parameters - record.facts.parameters:
                problems.append(_problem(too_many_parameters(name, parameters), "size"))
            continue
        if old is not None:
            records[name] = old
        if problem is not None:
            problems.append(problem)
    problems += wiring.problems
    grouping = group_problem(graph) if graph.groups else None
    if grouping is not None:
        problems.append(grouping)
    if not problems:
        return Diagnosis(graph, wiring, facts, (), total(facts, wiring.input_name, wiring.ends[-1]), records)
    place = {name: index for index, name in enumerate(("", *wiring.order))}
    problems.sort(key=lambda problem: place.get(problem.layer, len(place)))
    return Diagnosis(graph, wiring, facts, tuple(problems), None, records)


def _is_only_moved(graph: NetworkGraph, before: NetworkGraph) -> bool:
    """Whether the same layers, linked and grouped alike, stand in other places."""
    if graph.links is not before.links or graph.groups != before.groups or len(graph.layers) != len(before.layers):
        return False
    return all(
        new is old or (new.name == old.name and new.kind == old.kind and new.parameters is old.parameters)
        for new, old in zip(graph.layers, before.layers, strict=True)
    )


def _wiring(graph: NetworkGraph, before: Diagnosis | None) -> Wiring:
    """The wiring, taken over where no layer came, went or was renamed, no link changed, and no input became another kind."""
    if before is None or (graph.links is not before.graph.links and graph.links != before.graph.links):
        return wire(graph, before.wiring.layers if before is not None and before.wiring.has_good_names else ())
    if len(graph.layers) != len(before.graph.layers) or len(before.wiring.layers) != len(graph.layers):
        return wire(graph)
    changed = [(new, old) for new, old in zip(graph.layers, before.graph.layers, strict=True) if new is not old]
    if any(new.name != old.name or (new.kind == "input") != (old.kind == "input") for new, old in changed):
        return wire(graph)
    layers = {layer.name: layer for layer in graph.layers}
    return msgspec.structs.replace(before.wiring, layers=layers) if changed else before.wiring


def _is_unchanged(old: _Record, layer: Layer, sources: tuple[str, ...], inputs: tuple[LayerFacts | None, ...]) -> bool:
    if old.sources != sources or layer.kind == "embedding":  # which also asks where the input is
        return False
    if old.layer is not layer and (old.layer.kind != layer.kind or old.layer.parameters is not layer.parameters):
        return False  # equal is not enough: True equals 1, but is no whole number
    for now, then in zip(inputs, old.inputs, strict=True):  # noqa: SIM110 - for hundreds of layers, twice as quick as all()
        if now is not then:
            return False
    return True


def _worked_out(
    layer: Layer,
    sources: tuple[str, ...],
    inputs: tuple[LayerFacts | None, ...],
    is_unsure: bool,
    old: _Record | None,
    arranged: Arrangement,
    facts: dict[str, LayerFacts],
    views: dict[str, View | None],
) -> tuple[_Record | None, Problem | None]:
    """One layer anew: its record, or what is wrong, or neither where something in front of it is not known.

    What comes out as before is the same object as before, so that what it feeds need not be worked out.
    """
    name = layer.name
    try:
        rule = "kind"
        kind = kind_of(layer)
        rule = "parameter"
        if old is not None and old.layer.kind == layer.kind and old.layer.parameters is layer.parameters:
            values = old.values
        else:
            values = read_values(kind, layer)
        rule = "links"
        if sources and not is_unsure:
            check_inputs(kind, name, sources, arranged.input_name)
        if is_unsure or None in inputs or (not sources and layer.kind != "input"):
            return None, None
        rule = "misfit"
        made = layer_facts(arranged, name, kind, values, facts, views)
    except NetworkError as error:
        return None, _problem(error, "size" if isinstance(error, TooLargeError) else rule)
    if old is not None and old.view == views[name] and old.facts == made:
        return _Record(layer, sources, inputs, values, old.facts, old.view), None
    return _Record(layer, sources, inputs, values, made, views[name]), None


def _problem(error: NetworkError, rule: str) -> Problem:
    layer = error.layer or ""
    link = Link(error.source, layer) if error.source is not None else None
    return Problem(layer, link, error.problem, error.advice, rule)
