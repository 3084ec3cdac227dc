"""What the buttons among the neurons do to a network: NetworkGraph -> NetworkGraph, nothing else. Imports no Qt."""

from __future__ import annotations

from app.panels.builder.neurons_chain import MOST_LAYERS, MOST_NEURONS, NeuronColumn, NeuronNet
from trainers.network_edits import (
    change_kind,
    forget_parameters,
    insert_on_link,
    remove_layers,
    rename_layer,
    set_parameters,
    taken_names,
)
from trainers.network_graph import Link, NetworkGraph, NetworkInputError

NEW_UNITS = 2  # of a layer that is added
NEW_KIND = "tanh"  # where there is no hidden layer whose function it could take
# what a layer's sums can be bent by here; "" for nothing
FUNCTIONS = ("relu", "leaky_relu", "elu", "tanh", "sigmoid", "softplus", "silu", "gelu", "")


def with_units(graph: NetworkGraph, net: NeuronNet, place: int, units: int) -> NetworkGraph:
    """So many neurons in column `place` (0 is the first behind the inputs)."""
    if not 1 <= units <= MOST_NEURONS:
        raise NetworkInputError(f"A layer has 1 to {MOST_NEURONS} neurons here, not {units}.")
    graph = set_parameters(graph, net.columns[place].dense, {"units": units})
    return _unstated(graph, net.columns[place + 1].dense) if place + 1 < len(net.columns) else graph


def with_hidden_layer(graph: NetworkGraph, net: NeuronNet) -> NetworkGraph:
    """One more hidden layer in front of the output, bent by what bends the others."""
    if len(net.columns) >= MOST_LAYERS:
        raise NetworkInputError(f"There are {MOST_LAYERS} layers at most here.")
    output = net.output.dense
    link = next(link for link in graph.links if link.target == output)
    name = _numbered("hidden", len(net.columns), graph)
    graph, dense = insert_on_link(graph, link, "dense", name=name, parameters={"units": NEW_UNITS})
    kind = net.hidden[-1].kind if net.hidden else NEW_KIND
    if kind:
        name = _numbered(kind, len(net.columns), graph)
        graph, _ = insert_on_link(graph, Link(dense, output), kind, name=name)
    return _unstated(graph, output)


def without_hidden_layer(graph: NetworkGraph, net: NeuronNet) -> NetworkGraph:
    """The network without its last hidden layer, and without all that stands between it and the output."""
    if not net.hidden:
        raise NetworkInputError("There is no hidden layer to take away.")
    gone, source = set(), net.output.dense
    while source != net.hidden[-1].dense:
        source = next(link.source for link in graph.links if link.target == source)
        gone.add(source)
    return _unstated(remove_layers(graph, gone), net.output.dense)


def with_function(graph: NetworkGraph, columns: tuple[NeuronColumn, ...], kind: str) -> NetworkGraph:
    """These columns bent by another function; "" takes it away."""
    for column in columns:
        if column.kind == kind:
            continue
        if not kind:
            graph = remove_layers(graph, {column.activation})
        elif column.activation:
            graph = _called_after(change_kind(graph, column.activation, kind), column, kind)
        else:
            link = next(link for link in graph.links if link.source == column.dense)
            number = 1 + sum(layer.kind == kind for layer in graph.layers)
            graph, _ = insert_on_link(graph, link, kind, name=_numbered(kind, number, graph))
    return graph


def _called_after(graph: NetworkGraph, column: NeuronColumn, kind: str) -> NetworkGraph:
    """A layer that bore the name of its function bears that of the new one."""
    rest = column.activation.removeprefix(column.kind)
    if rest == column.activation or not (rest == "" or rest.isdigit()):
        return graph
    name = f"{kind}{rest}"
    return rename_layer(graph, column.activation, name if name not in taken_names(graph) else _numbered(kind, 1, graph))


def _numbered(stem: str, number: int, graph: NetworkGraph) -> str:
    taken = taken_names(graph)
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def _unstated(graph: NetworkGraph, dense: str) -> NetworkGraph:
    """How many numbers come in follows from what stands in front, also where a file stated it."""
    return forget_parameters(graph, dense, {"inputs"})
