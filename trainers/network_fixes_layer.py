"""Fixes for a layer by itself: its kind, its parameters, its size, how many links it takes. Imports neither torch nor the window."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator
from functools import partial

import msgspec

from trainers.layer_catalog import LAYER_KINDS, LayerFacts
from trainers.layer_kind import LayerKind, ParameterSpec, checked_parameter
from trainers.network_edits import (
    change_kind,
    connect,
    disconnect,
    insert_on_link,
    redirect,
    set_parameters,
    with_layer,
)
from trainers.network_fixes_place import Draft, Place, descendants, inserted, problems_left, taken_away
from trainers.network_graph import Layer, Link, NetworkGraph, NetworkInputError, Parameter


def kind_drafts(place: Place) -> Iterator[Draft]:
    """The kinds whose keys are near to one that is not known."""
    graph, layer = place.graph, place.layer
    for near in difflib.get_close_matches(layer.kind[:80].lower(), list(LAYER_KINDS), n=3, cutoff=0.5):
        yield Draft(
            f"Make {layer.name} a {LAYER_KINDS[near].title} layer.", partial(change_kind, graph, layer.name, near)
        )
    yield taken_away(place)


def parameter_drafts(place: Place) -> Iterator[Draft]:
    """All of a layer's parameters set to the nearest that they may be."""
    graph, layer = place.graph, place.layer
    mended, told = _mended(LAYER_KINDS[layer.kind], layer)
    words = " and ".join(told[:3])
    yield Draft(
        f"{words[:1].upper()}{words[1:]} in {layer.name}.",
        lambda: with_layer(graph, msgspec.structs.replace(layer, parameters=mended)),
    )
    yield taken_away(place)


def _mended(kind: LayerKind, layer: Layer) -> tuple[dict[str, Parameter], list[str]]:
    """The layer's parameters, as near to what they are as they may be, and what was done in words."""
    known = {spec.name: spec for spec in kind.parameters}
    given = dict(layer.parameters)
    mended: dict[str, Parameter] = {}
    told: list[str] = []
    for name, value in given.items():
        if name not in known:
            near = difflib.get_close_matches(
                name[:80].lower(), [one for one in known if one not in given], n=1, cutoff=0.5
            )
            if near and _is_fine(kind, near[0], value):
                mended[near[0]] = value
                told.append(f"call {name[:40]} {near[0]}")
            else:
                told.append(f"forget {name[:40]}")
        elif _is_fine(kind, name, value):
            mended[name] = value
        else:
            mended[name] = _nearest(known[name], value)
            told.append(f"set {name} to {shown_value(mended[name])}")
    for spec in kind.parameters:
        if spec.required and spec.name not in mended:
            mended[spec.name] = spec.default
            told.append(f"set {spec.name} to {shown_value(spec.default)}")
    return mended, told


def _is_fine(kind: LayerKind, name: str, value: Parameter) -> bool:
    try:
        checked_parameter(kind, "it", name, value)
    except NetworkInputError:
        return False
    return True


def _nearest(spec: ParameterSpec, value: Parameter) -> Parameter:
    """A value in range near to one that is not."""
    if spec.type == "choice" and isinstance(value, str):
        near = difflib.get_close_matches(value[:80].lower(), spec.choices, n=1, cutoff=0.5)
        return near[0] if near else spec.default
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and value == value
    if is_number and spec.type in ("integer", "number", "pair") and math.isfinite(spec.maximum - spec.minimum):
        assert isinstance(value, int | float)
        inside = min(max(value, spec.minimum), spec.maximum)
        return float(inside) if spec.type == "number" else int(inside)
    return spec.default


def links_drafts(place: Place) -> Iterator[Draft]:
    """A joint in front of what takes one link; another link into what joins; the input for an embedding."""
    graph, name = place.graph, place.name
    sources = place.sources
    kind = LAYER_KINDS[place.layer.kind]
    if len(sources) > kind.inputs[1]:
        for joint in ("add", "concatenate"):
            yield Draft(
                f"Put {'an' if joint == 'add' else 'a'} {joint} layer in front of {name}.",
                partial(_joint_in_front, graph, name, joint, sources),
            )
        for source in dict.fromkeys((sources[0], sources[-1])):
            yield Draft(f"Keep only the link from {source}.", partial(_only_from, graph, name, source))
    elif len(sources) < kind.inputs[0]:
        yield from _another_source(place, sources)
    elif place.layer.kind == "embedding":
        first = place.diagnosis.wiring.input_name
        link = Link(sources[0], name)
        if first:
            yield Draft(f"Link {first} to {name} instead.", partial(redirect, graph, link, source=first))
    yield taken_away(place)


def _joint_in_front(graph: NetworkGraph, name: str, kind: str, sources: tuple[str, ...]) -> NetworkGraph:
    graph, joint = insert_on_link(graph, Link(sources[0], name), kind)
    for source in sources[1:]:
        graph = redirect(graph, Link(source, name), target=joint)
    return graph


def _only_from(graph: NetworkGraph, name: str, source: str) -> NetworkGraph:
    for link in [link for link in graph.links if link.target == name and link.source != source]:
        graph = disconnect(graph, link)
    while graph.links.count(Link(source, name)) > 1:
        graph = disconnect(graph, Link(source, name))
    return graph


def _another_source(place: Place, sources: tuple[str, ...]) -> Iterator[Draft]:
    """Layers whose output fits beside the one that is linked already: loose ends, then the nearest where a block could begin."""
    graph, name = place.graph, place.name
    wiring, facts = place.diagnosis.wiring, place.diagnosis.facts
    behind = descendants(name, wiring.targets)
    first = facts.get(sources[0])
    fitting = [
        one
        for one, made in facts.items()
        if one not in behind and one not in sources and first is not None and _fit_together(place, first, made)
    ]
    loose_ends = [one for one in fitting if one in wiring.ends]
    fitting.reverse()
    nearest = sorted(fitting, key=lambda one: LAYER_KINDS[facts[one].kind].group in ("weights", "regularise", "shape"))
    for source in dict.fromkeys([*loose_ends, *nearest][:3]):
        yield Draft(f"Link {source} to {name} as well.", partial(connect, graph, source, name))


def _fit_together(place: Place, one: LayerFacts, other: LayerFacts) -> bool:
    """Whether two outputs could be joined here."""
    first, second = list(one.output_shape), list(other.output_shape)
    axis = place.layer.parameters.get("axis", 0)
    if place.layer.kind == "concatenate" and isinstance(axis, int) and axis < min(len(first), len(second)):
        del first[axis], second[axis]
    return first == second


def size_drafts(place: Place) -> Iterator[Draft]:
    """A quarter, a sixteenth, ... of the units; a picture that is shrunk in front."""
    graph, layer = place.graph, place.layer
    for key in ("units", "channels", "hidden", "features", "vocabulary"):
        number = layer.parameters.get(key)
        while isinstance(number, int) and number > 1:
            number //= 4
            if (
                number
                and problems_left(set_parameters(graph, layer.name, {key: number}), place.problem, place.diagnosis)
                is not None
            ):
                yield Draft(
                    f"Set {layer.name}'s {key} to {number:,}.",
                    partial(set_parameters, graph, layer.name, {key: number}),
                )
                break
    for source in place.sources[:1]:
        made = place.diagnosis.facts.get(source)
        if made is not None and len(made.output_shape) == 3:
            yield Draft(
                f"Put a max pooling in front of {layer.name}.",
                partial(inserted, graph, Link(source, layer.name), "max_pool", kernel=8),
            )
    yield taken_away(place)


def shown_value(value: Parameter) -> str:
    """A parameter's value as a person writes it: 3×3, 0.5, tanh, on."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple | list):
        return "×".join(f"{number:g}" for number in value) if len(value) <= 4 else f"{len(value)} numbers"
    return f"{value:,}" if isinstance(value, int) else str(value)[:40]
