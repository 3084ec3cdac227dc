"""Puts a plotted function into the network on the table, in the place of its activations. Imports no widget, no torch."""

from __future__ import annotations

import msgspec

from app.network_document import GraphEdit
from app.panels.activation.functions import PlottedFunction
from app.widgets.message_bar import Message
from app.workspace import Workspace
from trainers.errors import BadInput
from trainers.layer_catalog import LAYER_KINDS, analyse
from trainers.network_graph import Layer, Link, NetworkGraph, arrange, suggested_name


def with_activation(graph: NetworkGraph, function: PlottedFunction) -> NetworkGraph:
    """`graph` with `function` in the place of every element-wise activation between its layers.

    Raises BadInput where no layer can be this function, or where there is none to replace. An activation at the output stays:
    it belongs to the task.
    """
    kind = LAYER_KINDS.get(function.choice.kind)
    if kind is None or not kind.is_elementwise:
        raise BadInput(f"No layer is {function.title} as it is plotted: choose an element-wise function of PyTorch.")
    last = arrange(graph).order[-1]
    parameters = {**function.choice.parameters, **(function.numbers if function.activation is not None else {})}
    replaced = [
        layer for layer in graph.layers if layer.name != last and layer.kind != "identity" and _is_activation(layer)
    ]
    if all((layer.kind, layer.parameters) == (function.choice.kind, parameters) for layer in replaced):
        raise BadInput(
            f"{graph.title or graph.name} has no activation between its layers that differs from {function.title}."
        )
    names = _new_names(graph, replaced, function)
    layers = tuple(
        msgspec.structs.replace(layer, name=names[layer.name], kind=function.choice.kind, parameters=parameters)
        if layer.name in names
        else layer
        for layer in graph.layers
    )
    links = tuple(
        Link(names.get(link.source, link.source), names.get(link.target, link.target)) for link in graph.links
    )
    comment = f"{graph.comment} Its activations were replaced by {function.title}.".strip()
    changed = msgspec.structs.replace(graph, layers=layers, links=links, comment=comment)
    analyse(changed)  # it says in a sentence what does not fit
    return changed


def _new_names(graph: NetworkGraph, replaced: list[Layer], function: PlottedFunction) -> dict[str, str]:
    """relu1 to relu4 become elu1 to elu4: a layer that is called by another function's name would mislead."""
    stem = suggested_name(str(function.choice.parameters.get("title") or function.choice.kind))
    taken = {layer.name for layer in graph.layers} - {layer.name for layer in replaced}
    names: dict[str, str] = {}
    for layer in replaced:
        names[layer.name] = suggested_name(f"{stem}{len(names) + 1}", taken)
        taken.add(names[layer.name])
    return names


def _is_activation(layer: Layer) -> bool:
    kind = LAYER_KINDS[layer.kind]
    return kind.group == "activation" and kind.is_elementwise


def use_in_network(workspace: Workspace, function: PlottedFunction) -> None:
    """As one step that can be undone; a refusal is told in one sentence."""
    document = workspace.document
    try:
        after = with_activation(document.graph, function)
    except BadInput as error:
        workspace.warn(error.sentence)
        return
    title = document.graph.title or document.graph.name
    document.push(GraphEdit(f"Use {function.title} in {title}", document.graph, after))
    workspace.message_posted.emit(
        Message(f"{title} now has {function.title} between its layers (Ctrl+Z takes it back).", "info")
    )
