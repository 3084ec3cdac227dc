"""How the layers of a drawing hang together, also one that is unfinished: order, ends, circles. Imports neither torch nor the window."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from trainers.network_graph import (
    MAX_INPUTS,
    MAX_LAYERS,
    Layer,
    Link,
    NetworkError,
    NetworkGraph,
    check_groups,
    check_name,
    near_matches,
    ordered,
    suggested_name,
)


class Problem(msgspec.Struct, frozen=True):
    """What is wrong at one place of a drawing.

    layer: where ("" for the drawing as a whole); link: the link concerned, if it is one; sentence: with the arithmetic;
    advice: what could be done, in words; rule: which of the rules is broken, a key for `network_fixes`.
    """

    layer: str
    link: Link | None
    sentence: str
    advice: str = ""
    rule: str = ""

    @property
    def place(self) -> tuple[str, str, Link | None]:
        """What makes it the same problem, whatever its numbers."""
        return self.rule, self.layer, self.link


class Wiring(msgspec.Struct, frozen=True):
    """A drawing's layers and links as far as they can be used.

    layers: the first of each name; sources: what feeds each, in link order, without links that close a circle or lead nowhere;
    targets: the other way round; order: each layer after its sources; unsure: layers that a left-out link leads into;
    input_name: "" without one; reached: layers that the input leads to; ends: those of them that lead nowhere.
    """

    layers: dict[str, Layer]
    sources: dict[str, tuple[str, ...]]
    targets: dict[str, list[str]]
    order: tuple[str, ...]
    unsure: frozenset[str]
    input_name: str
    reached: frozenset[str]
    ends: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def has_good_names(self) -> bool:
        """Whether every layer may be called as it is."""
        return all(problem.rule != "name" for problem in self.problems)


def wire(graph: NetworkGraph, good_names: Collection[str] = ()) -> Wiring:
    """The wiring of a graph, whatever its state, and what is wrong with it. good_names: those that need no looking at."""
    problems: list[Problem] = []
    layers = _layers_by_name(graph, good_names, problems)
    input_name = next((name for name, layer in layers.items() if layer.kind == "input"), "")
    sources: dict[str, list[str]] = {name: [] for name in layers}
    targets: dict[str, list[str]] = {name: [] for name in layers}
    unsure: set[str] = set()
    for link in graph.links:
        source, target = link.source, link.target
        if source not in layers or target not in layers:
            problems.append(_stray(link, layers))
            unsure.add(target)
        elif layers[target].kind == "input":
            problems.append(_into_input(link))
        else:
            sources[target].append(source)
            targets[source].append(target)
    order = ordered(sources, targets)
    open_ends: set[str] = set()
    if len(order) < len(layers):
        for link, path in _closing_links(targets, input_name):
            problems.append(_circle(link, path))
            unsure.add(link.target)
            open_ends.add(link.source)
            sources[link.target].remove(link.source)
            targets[link.source].remove(link.target)
        order = ordered(sources, targets)
    reached = _reached(input_name, targets)
    ends = [name for name in order if name in reached and not targets[name] and name not in open_ends]
    problems += _loose(layers, sources, unsure, input_name)
    problems += _second_inputs(layers, input_name)
    problems += [_other_end(name, ends[-1]) for name in ends[:-1]]
    problems += _crowded(sources)
    return Wiring(
        layers,
        {name: tuple(feeding) for name, feeding in sources.items()},
        targets,
        tuple(order),
        frozenset(unsure),
        input_name,
        frozenset(reached),
        tuple(ends),
        tuple(problems),
    )


def group_problem(graph: NetworkGraph) -> Problem | None:
    """What is wrong with the groups of a graph, if anything."""
    try:
        check_groups(graph)
    except NetworkError as error:
        return Problem(error.layer or "", None, error.problem, error.advice, "group")
    return None


def _layers_by_name(graph: NetworkGraph, good_names: Collection[str], problems: list[Problem]) -> dict[str, Layer]:
    layers: dict[str, Layer] = {}
    for layer in graph.layers:
        name = layer.name
        if name in layers:
            sentence = f"Two layers are called {name}."
            problems.append(Problem(name, None, sentence, "Call one of them otherwise.", "twin"))
            continue
        layers[name] = layer
        if name in good_names:
            continue
        try:
            check_name(name)
        except NetworkError as error:
            problems.append(Problem(name, None, error.problem, error.advice, "name"))
    if not layers:
        problems.append(Problem("", None, "The drawing is empty.", "Begin with an input layer.", "empty"))
    if len(graph.layers) > MAX_LAYERS:
        sentence = f"The network has {len(graph.layers):,} layers, at most {MAX_LAYERS:,} are allowed."
        problems.append(Problem("", None, sentence, "Take layers away.", "layers"))
    return layers


def _stray(link: Link, layers: dict[str, Layer]) -> Problem:
    end = link.source if link.source not in layers else link.target
    other = link.target if link.source not in layers else link.source
    sentence = (
        f"The link from {link.source[:64]!r} to {link.target[:64]!r} names a layer {end[:64]!r} that is not there."
    )
    advice = near_matches(end, layers).strip() or "Take the link away."
    return Problem(other if other in layers else "", link, sentence, advice, "stray")


def _into_input(link: Link) -> Problem:
    sentence = f"{link.target} is an input: samples come in there, so {link.source} cannot lead into it."
    return Problem(link.target, link, sentence, "Take the link away.", "into input")


def _circle(link: Link, path: list[str]) -> Problem:
    shown = path if len(path) <= 8 else [*path[:6], "…", path[-1]]
    sentence = f"{' → '.join([*shown, path[0]])} goes round in a circle, so no layer of it can run first."
    return Problem(link.target, link, sentence, "Take one of these links away.", "circle")


def _loose(layers: dict[str, Layer], sources: dict[str, list[str]], unsure: set[str], input_name: str) -> list[Problem]:
    loose = [
        name for name, feeding in sources.items() if not feeding and layers[name].kind != "input" and name not in unsure
    ]
    problems = []
    if layers and not input_name:
        problems.append(
            Problem(
                "",
                None,
                "The network has no input layer.",
                "Add one with the shape of a sample, such as 1×28×28.",
                "no input",
            )
        )
        loose = loose[1:]  # the input will lead into it
    for name in loose:
        advice = f"Link a layer to {name}, or take it away."
        problems.append(Problem(name, None, f"Nothing leads into {name}.", advice, "loose"))
    return problems


def _second_inputs(layers: dict[str, Layer], input_name: str) -> list[Problem]:
    return [
        Problem(
            name,
            None,
            f"{name} is an input as {input_name} is, but a sample comes in at one place.",
            "Keep one of them.",
            "second input",
        )
        for name, layer in layers.items()
        if layer.kind == "input" and name != input_name
    ]


def _other_end(name: str, last: str) -> Problem:
    sentence = f"{name} leads nowhere, and so does {last}: the network has two outputs, but a loss is taken of one."
    return Problem(name, None, sentence, "Join them with add or concatenate, or take one away.", "other end")


def _crowded(sources: dict[str, list[str]]) -> list[Problem]:
    return [
        Problem(
            name,
            None,
            f"{len(feeding)} links lead into {name}, at most {MAX_INPUTS} are allowed.",
            "Take links away.",
            "crowded",
        )
        for name, feeding in sources.items()
        if len(feeding) > MAX_INPUTS
    ]


def _reached(input_name: str, targets: dict[str, list[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = [input_name] if input_name else []
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += targets[name]
    return reached


def _closing_links(targets: dict[str, list[str]], input_name: str) -> list[tuple[Link, list[str]]]:
    """The links that lead back, walking from the input, and the circle that each closes (Tarjan 1972: the back edges)."""
    closing: list[tuple[Link, list[str]]] = []
    finished: set[str] = set()
    for start in (input_name, *targets) if input_name else tuple(targets):
        if start in finished:
            continue
        path, place = [start], {start: 0}
        following = [iter(targets[start])]
        while path:
            target = next(following[-1], None)
            if target is None:
                finished.add(path[-1])
                place.pop(path.pop())
                following.pop()
            elif target in place:
                closing.append((Link(path[-1], target), path[place[target] :]))
            elif target not in finished:
                place[target] = len(path)
                path.append(target)
                following.append(iter(targets[target]))
    return closing


def renamed_twin(graph: NetworkGraph, name: str) -> tuple[NetworkGraph, str]:
    """The graph with a free name for the last of the layers that are called `name`, and that name."""
    taken = {layer.name for layer in graph.layers} | {group.name for group in graph.groups}
    free = suggested_name(name, taken)
    index = max(place for place, layer in enumerate(graph.layers) if layer.name == name)
    layer = msgspec.structs.replace(graph.layers[index], name=free)
    return msgspec.structs.replace(graph, layers=(*graph.layers[:index], layer, *graph.layers[index + 1 :])), free
