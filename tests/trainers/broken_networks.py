"""Networks of test_network_random with something broken: what a drawing is like on the way from one network to another."""

import random
from collections.abc import Callable

import msgspec
from test_network_random import Grower

from trainers.layer_catalog import LAYER_KINDS
from trainers.network_edits import remove_layers
from trainers.network_graph import Group, Layer, Link, NetworkGraph, Parameter

VALUES: tuple[Parameter, ...] = (
    0,
    -1,
    1,
    2,
    3,
    7,
    2.5,
    True,
    None,
    "tanh",
    "relu",
    (3, 3),
    (1, 2, 3),
    10**7,
    float("nan"),
)


def broken(seed: int, size: int, breaks: int) -> list[NetworkGraph]:
    """A grown network, and what it is after each of `breaks` breaks."""
    draw = random.Random(seed)
    graphs = [Grower(seed, size).graph()]
    for _ in range(breaks):
        graphs.append(draw.choice(BREAKS)(graphs[-1], draw))
    return graphs


def _unlink(graph: NetworkGraph, draw: random.Random) -> NetworkGraph:
    if not graph.links:
        return graph
    index = draw.randrange(len(graph.links))
    return msgspec.structs.replace(graph, links=graph.links[:index] + graph.links[index + 1 :])


def _link(graph: NetworkGraph, draw: random.Random) -> NetworkGraph:
    names = [layer.name for layer in graph.layers] or ["nobody"]
    link = Link(draw.choice(names), draw.choice([*names, "nobody"]) if draw.random() < 0.1 else draw.choice(names))
    place = draw.randint(0, len(graph.links))
    return msgspec.structs.replace(graph, links=(*graph.links[:place], link, *graph.links[place:]))


def _remove(graph: NetworkGraph, draw: random.Random) -> NetworkGraph:
    if not graph.layers:
        return graph
    return remove_layers(graph, [draw.choice(graph.layers).name], bridge=draw.random() < 0.5)


def _replace(graph: NetworkGraph, draw: random.Random, change: Callable[[Layer], Layer]) -> NetworkGraph:
    if not graph.layers:
        return graph
    index = draw.randrange(len(graph.layers))
    layers = (*graph.layers[:index], change(graph.layers[index]), *graph.layers[index + 1 :])
    return msgspec.structs.replace(graph, layers=layers)


def _set(graph: NetworkGraph, draw: random.Random) -> NetworkGraph:
    def change(layer: Layer) -> Layer:
        kind = LAYER_KINDS.get(layer.kind)
        names = [spec.name for spec in kind.parameters] if kind else []
        name = draw.choice([*names, "colour"]) if draw.random() < 0.1 or not names else draw.choice(names)
        return msgspec.structs.replace(layer, parameters={**layer.parameters, name: draw.choice(VALUES)})

    return _replace(graph, draw, change)


def _resize(graph: NetworkGraph, draw: random.Random) -> NetworkGraph:
    """Another number where a number may stand: what fitted may then fit no longer."""

    def change(layer: Layer) -> Layer:
        specs = LAYER_KINDS[layer.kind].parameters if layer.kind in LAYER_KINDS else ()
        sized = [spec.name for spec in specs if spec.type in ("integer", "pair", "shape")]
        if not sized:
            return layer
        changes = {name: draw.choice((1, 2, 3, 5, 8, 13)) for name in draw.sample(sized, min(2, len(sized)))}
        return msgspec.structs.replace(layer, parameters={**layer.parameters, **changes})

    return _replace(graph, draw, change)


def _forget(graph: NetworkGraph, draw: random.Random) -> NetworkGraph:
    return _replace(graph, draw, lambda layer: msgspec.structs.replace(layer, parameters={}))


def _turn(graph: NetworkGraph, draw: random.Random) -> NetworkGraph:
    kinds = [*LAYER_KINDS, "input", "dense", "conv2d", "add", "concatenate", "flatten", "self_attention", "conv3d"]
    kind = draw.choice(kinds)
    told = {spec.name: spec.default for spec in LAYER_KINDS[kind].parameters} if kind in LAYER_KINDS else {}
    return _replace(graph, draw, lambda layer: msgspec.structs.replace(layer, kind=kind, parameters=told))


def _misname(graph: NetworkGraph, draw: random.Random) -> NetworkGraph:
    names = [layer.name for layer in graph.layers]
    name = draw.choice(["forward", "2nd", "class", "", "_x", *names])
    return _replace(graph, draw, lambda layer: msgspec.structs.replace(layer, name=name))


def _group(graph: NetworkGraph, draw: random.Random) -> NetworkGraph:
    names = [layer.name for layer in graph.layers]
    members = tuple(draw.sample(names, min(len(names), draw.randint(0, 4))))
    group = Group(draw.choice(["block", "block", "other", *names]), members)
    return msgspec.structs.replace(graph, groups=(*graph.groups, group))


BREAKS = (
    *(_unlink, _unlink, _link, _link, _remove, _remove, _set, _set, _turn, _turn),
    *(_resize, _resize, _resize, _resize, _resize, _resize, _forget, _misname, _group),
)
