"""A part of a network that is copied: cut out, written as text for the clipboard, put in again. Imports neither torch nor the window."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Literal

import msgspec

from trainers.network_edits import Point, free_name, replaced, taken_names
from trainers.network_graph import (
    MAX_LAYERS,
    Group,
    Layer,
    Link,
    NetworkGraph,
    NetworkInputError,
    suggested_name,
)

MAX_TEXT = 4_000_000  # letters, as a network's file has bytes
NOT_A_FRAGMENT = "What is on the clipboard is no part of a network"

Edge = Literal["left", "center", "right", "top", "middle", "bottom"]
Size = tuple[float, float]


class Fragment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="hillock", tag="fragment-1"):
    """Some layers with the links between them, and the groups that lie wholly among them."""

    layers: tuple[Layer, ...]
    links: tuple[Link, ...]
    groups: tuple[Group, ...] = ()


def fragment(graph: NetworkGraph, names: Collection[str]) -> Fragment:
    """These layers of the graph, and what lies between them; raises NetworkInputError where there is none."""
    wanted = set(names)
    layers = tuple(layer for layer in graph.layers if layer.name in wanted)
    if not layers:
        raise NetworkInputError("No layer is chosen.", "Choose one or more first.")
    links = tuple(link for link in graph.links if link.source in wanted and link.target in wanted)
    return Fragment(layers, links, tuple(group for group in graph.groups if wanted.issuperset(group.layers)))


def to_text(part: Fragment) -> str:
    """The fragment as JSON, for the clipboard."""
    return msgspec.json.encode(part).decode()


def from_text(text: str) -> Fragment:
    """The fragment that `to_text` wrote; raises NetworkInputError for any other text."""
    if len(text) > MAX_TEXT:
        raise NetworkInputError(f"{NOT_A_FRAGMENT}: it has {len(text):,} letters.", "Copy layers first.")
    try:
        return msgspec.json.decode(text, type=Fragment)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise NetworkInputError(f"{NOT_A_FRAGMENT}.", "Copy layers first.") from error


def paste(graph: NetworkGraph, part: Fragment, offset: Point = (0.0, 0.0)) -> tuple[NetworkGraph, tuple[str, ...]]:
    """The graph with the fragment's layers as well, moved by `offset`, and what they are called now.

    A name that is taken makes way for the next free one of its kind; the links between the layers come along, those that led
    in or out do not.
    """
    if len(graph.layers) + len(part.layers) > MAX_LAYERS:
        raise NetworkInputError(f"The network would have more than {MAX_LAYERS:,} layers, which are not allowed.")
    taken = taken_names(graph)
    names: dict[str, str] = {}
    layers = []
    for layer in part.layers:
        if layer.name in names:
            raise NetworkInputError(f"{NOT_A_FRAGMENT}: two layers are called {layer.name[:64]}.", "Copy layers first.")
        name = suggested_name(layer.name)
        name = free_name(layer.kind, taken) if name in taken else name
        names[layer.name] = name
        taken.add(name)
        place = layer.position
        if place is not None:
            place = (place[0] + offset[0], place[1] + offset[1])
            place = place if all(map(math.isfinite, place)) else None
        layers.append(msgspec.structs.replace(layer, name=name, position=place))
    links = []
    for link in part.links:
        if link.source not in names or link.target not in names:
            raise NetworkInputError(f"{NOT_A_FRAGMENT}: a link leads out of it.", "Copy layers first.")
        links.append(Link(names[link.source], names[link.target]))
    groups = []
    for group in part.groups:
        name = suggested_name(group.name, taken)
        taken.add(name)
        members = tuple(names[one] for one in group.layers if one in names)
        if members:
            groups.append(msgspec.structs.replace(group, name=name, layers=members))
    grown = replaced(
        graph,
        layers=(*graph.layers, *layers),
        links=(*graph.links, *links),
        groups=(*graph.groups, *groups),
    )
    return grown, tuple(names.values())


def align(
    graph: NetworkGraph,
    names: Collection[str],
    edge: Edge,
    *,
    places: Mapping[str, Point] | None = None,
    sizes: Mapping[str, Size] | None = None,
) -> NetworkGraph:
    """The graph with these layers in one line along `edge` (center: of columns, middle: of rows), scene units.

    places: where layers stand that nobody has moved; sizes: how large they are drawn (all alike where not given). The line is
    that of the outermost layer, or halfway between the outermost for center and middle.
    """
    corners = _corners(graph, names, places or {})
    axis = 0 if edge in ("left", "center", "right") else 1
    share = {"left": 0.0, "top": 0.0, "center": 0.5, "middle": 0.5, "right": 1.0, "bottom": 1.0}[edge]
    extent = {name: (sizes or {}).get(name, (0.0, 0.0))[axis] for name in corners}
    low = min(corner[axis] for corner in corners.values())
    high = max(corner[axis] + extent[name] for name, corner in corners.items())
    line = low + share * (high - low)
    moved: dict[str, Point] = {}
    for name, (x, y) in corners.items():
        at = line - share * extent[name]
        moved[name] = (at, y) if axis == 0 else (x, at)
    return _placed(graph, moved)


def distribute(
    graph: NetworkGraph,
    names: Collection[str],
    axis: Literal["across", "down"],
    *,
    places: Mapping[str, Point] | None = None,
    sizes: Mapping[str, Size] | None = None,
) -> NetworkGraph:
    """The graph with equal gaps between these layers, from left to right or from top to bottom; the outermost two stay."""
    corners = _corners(graph, names, places or {})
    along = 0 if axis == "across" else 1
    extent = {name: (sizes or {}).get(name, (0.0, 0.0))[along] for name in corners}
    order = sorted(corners, key=lambda name: corners[name][along])
    room = corners[order[-1]][along] + extent[order[-1]] - corners[order[0]][along] - sum(extent.values())
    gap = room / (len(order) - 1) if len(order) > 1 else 0.0
    at = corners[order[0]][along]
    moved: dict[str, Point] = {}
    for name in order:
        x, y = corners[name]
        moved[name] = (at, y) if along == 0 else (x, at)
        at += extent[name] + gap
    return _placed(graph, moved)


def _corners(graph: NetworkGraph, names: Collection[str], places: Mapping[str, Point]) -> dict[str, Point]:
    wanted = set(names)
    corners: dict[str, Point] = {}
    for layer in graph.layers:
        if layer.name in wanted:
            place = places.get(layer.name, layer.position)
            if place is None:
                raise NetworkInputError(f"{layer.name} has no place of its own yet.", "Move it first.")
            corners[layer.name] = place
    if not corners:
        raise NetworkInputError("No layer is chosen.", "Choose two or more first.")
    return corners


def _placed(graph: NetworkGraph, places: Mapping[str, Point]) -> NetworkGraph:
    layers = tuple(
        msgspec.structs.replace(layer, position=places[layer.name]) if layer.name in places else layer
        for layer in graph.layers
    )
    return replaced(graph, layers=layers)
