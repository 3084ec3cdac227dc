"""Groups of layers that fold into one, such as a residual block: NetworkGraph -> NetworkGraph. Imports neither torch nor the window."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from trainers.network_edits import replaced, taken_names
from trainers.network_graph import Group, NetworkGraph, NetworkInputError, near_matches, suggested_name

MAX_GROUPS = 1_000


def group(
    graph: NetworkGraph, names: Collection[str], *, name: str = "", title: str = "", is_folded: bool = False
) -> tuple[NetworkGraph, str]:
    """The graph with these layers as a group, and the group's name (made unique).

    Raises NetworkInputError where there is no layer, where the same layers are a group already, or where another group would be cut.
    """
    wanted = set(names)
    members = tuple(layer.name for layer in graph.layers if layer.name in wanted)
    missing = wanted - set(members)
    if missing or not members:
        known = [layer.name for layer in graph.layers]
        word = min(missing, default="")
        sentence = f"There is no layer {word[:64]!r}." if missing else "No layer is chosen."
        raise NetworkInputError(sentence, near_matches(word, known).strip() or "Choose the layers first.")
    if len(graph.groups) >= MAX_GROUPS:
        raise NetworkInputError(f"The network has {MAX_GROUPS:,} groups, and more are not allowed.")
    for other in graph.groups:
        theirs = set(other.layers)
        if theirs == wanted:
            raise NetworkInputError(f"These layers are the group {shown(other)} already.", "Choose others.")
        if theirs & wanted and not (theirs < wanted or wanted < theirs):
            raise NetworkInputError(
                f"A group of these layers would cut through {shown(other)}.", "Choose all of it or none."
            )
    free = suggested_name(name or "block", taken_names(graph))
    return replaced(graph, groups=(*graph.groups, Group(free, members, title, is_folded))), free


def ungroup(graph: NetworkGraph, name: str) -> NetworkGraph:
    """The graph without this group; its layers, and groups within it, stay."""
    one = group_of(graph, name)
    return replaced(graph, groups=tuple(other for other in graph.groups if other is not one))


def fold(graph: NetworkGraph, name: str, is_folded: bool = True) -> NetworkGraph:
    """The graph with this group drawn as one (or, with False, opened)."""
    return _with_group(graph, msgspec.structs.replace(group_of(graph, name), is_folded=is_folded))


def unfold(graph: NetworkGraph, name: str) -> NetworkGraph:
    """The graph with this group opened."""
    return fold(graph, name, False)


def fold_all(graph: NetworkGraph, is_folded: bool = True) -> NetworkGraph:
    """The graph with every group drawn as one (or all opened)."""
    return replaced(graph, groups=tuple(msgspec.structs.replace(one, is_folded=is_folded) for one in graph.groups))


def retitle_group(graph: NetworkGraph, name: str, title: str) -> NetworkGraph:
    """The graph with another title for this group: what a person reads on it."""
    return _with_group(graph, msgspec.structs.replace(group_of(graph, name), title=title[:80]))


def group_of(graph: NetworkGraph, name: str) -> Group:
    """The group of this name; raises NetworkInputError with near matches."""
    for one in graph.groups:
        if one.name == name:
            return one
    known = [one.name for one in graph.groups]
    raise NetworkInputError(f"There is no group {name[:64]!r}.", near_matches(name, known).strip() or None)


def folded_away(graph: NetworkGraph) -> dict[str, str]:
    """The layers that are not drawn themselves, each with the name of the outermost folded group that stands for it."""
    hidden: dict[str, str] = {}
    for one in sorted(
        graph.groups, key=lambda one: len(one.layers)
    ):  # an outer group has more layers, and is the last word
        if one.is_folded:
            hidden |= dict.fromkeys(one.layers, one.name)
    return hidden


def shown(one: Group) -> str:
    """What a person calls the group: its title, or else its name."""
    return one.title or one.name


def _with_group(graph: NetworkGraph, changed: Group) -> NetworkGraph:
    groups = tuple(changed if one.name == changed.name else one for one in graph.groups)
    return replaced(graph, groups=groups)
