"""The network panel's state, read from it and put into it whole or not at all. Knows the panel's parts, builds none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from app.panel import StateError
from app.panels.builder.convolution_state import check as check_convolution
from app.panels.builder.convolution_state import settled
from app.panels.builder.neurons_chain import neuron_net
from app.panels.builder.state import BuilderState, Look, Neurons
from trainers.datasets import DATASETS
from trainers.errors import BadInput
from trainers.layer_catalog import analyse
from trainers.network_files import load_preset, preset_names
from trainers.network_graph import NetworkGraph, NetworkInputError

if TYPE_CHECKING:
    from app.network_document import NetworkDocument
    from app.panels.builder.panel import BuilderPanel

TABS: tuple[Literal["layers", "source"], ...] = ("layers", "source")


def read_state(panel: BuilderPanel) -> BuilderState:
    """All that the panel shows."""
    document, board = panel.workspace.document, panel.board
    graph = document.graph
    is_preset = graph.name in preset_names() and graph == load_preset(graph.name)
    look = None
    if not board.is_fitted:
        middle = board.middle()
        look = Look(board.zoom, middle.x(), middle.y())
    return BuilderState(
        network=graph.name if is_preset else graph,
        layer=panel.view.current_layer,
        tab=TABS[panel.tabs.currentIndex()],
        look=look,
        drawing=document.drawing if document.is_faulty else None,
        chosen=tuple(sorted(board.chosen)) if len(board.chosen) > 1 else (),
        palette=panel.palette_wish,
        map=panel.view.map.is_wanted,
        inside=panel.inside.is_wanted,
        sample=panel.inside.sample,
        gradients=panel.gradients.is_shown,
        neurons=_neurons_of(panel),
        convolution=panel.convolution.state,
    )


def _neurons_of(panel: BuilderPanel) -> Neurons | None:
    room = panel.neurons
    return Neurons(room.has_borders, panel.workspace.training.data.name) if room.is_open else None


def _check_neurons(wanted: Neurons | None, graph: NetworkGraph | None) -> None:
    """StateError where the network (None: a drawing that is none) cannot be opened into neurons, or learns other points."""
    if wanted is None:
        return
    if graph is None:
        raise StateError("A drawing that is no network yet cannot be opened into neurons.", "neurons")
    try:
        neuron_net(analyse(graph))
    except NetworkInputError as error:
        raise StateError(
            f"The network {graph.title or graph.name} cannot be opened into neurons: {error.sentence}", "neurons"
        ) from error
    if wanted.data and wanted.data not in DATASETS:
        raise StateError(f"There are no data {wanted.data!r}: choose one of {', '.join(DATASETS)}.", "neurons.data")


def put_state(panel: BuilderPanel, wanted: BuilderState) -> None:
    """Show `wanted`; StateError, and nothing is changed, where it cannot be."""
    graph = _graph_of(wanted, panel.workspace.document)
    drawing = wanted.drawing if wanted.drawing is not None else graph
    known = {layer.name for layer in drawing.layers} | {group.name for group in drawing.groups}
    for key, name in (("layer", wanted.layer), *(("chosen", name) for name in wanted.chosen)):
        if name and name not in known:
            raise StateError(f"The network {graph.title or graph.name} has no layer {name!r}.", key)
    if wanted.convolution is not None:
        check_convolution(settled(wanted.convolution))
    _check_neurons(wanted.neurons, None if drawing is not graph else graph)
    _take(panel.workspace.document, graph, drawing)
    board = panel.board
    panel.palette_wish = wanted.palette
    panel.show_palette()
    if wanted.map != panel.view.map.is_wanted:
        panel.view.map.toggle()
    panel.show_document()
    board.settle()
    panel.tabs.setCurrentIndex(TABS.index(wanted.tab))
    if wanted.look is None:
        panel.view.fit()
    panel.view.choose_layer(wanted.layer)
    if wanted.chosen:
        board.choose(set(wanted.chosen), wanted.layer)
    if wanted.look is not None:
        board.look_at(wanted.look.zoom, wanted.look.x, wanted.look.y)
    panel.inside.show_wanted(wanted.inside, wanted.sample)
    panel.gradients.show_strip(wanted.gradients)
    panel.neurons.show_wanted(wanted.neurons)
    panel.convolution.put(wanted.convolution)


def _take(document: NetworkDocument, graph: NetworkGraph, drawing: NetworkGraph) -> None:
    """Put a network on the table, and upon it a drawing that may be none: one step to undo."""
    text = f"Choose {graph.title or graph.name}"
    if (graph, drawing) == (document.graph, document.drawing):
        return
    if drawing == graph:
        document.set_graph(graph, text)
        return
    document.undo_stack.beginMacro(text)
    document.set_graph(graph, text)
    document.draw(text, drawing)
    document.undo_stack.endMacro()


def _graph_of(wanted: BuilderState, document: NetworkDocument) -> NetworkGraph:
    if wanted.network is None:
        return document.graph
    try:
        graph = load_preset(wanted.network) if isinstance(wanted.network, str) else wanted.network
        analyse(graph)
    except BadInput as error:
        raise StateError(error.sentence, "network") from error
    return graph
