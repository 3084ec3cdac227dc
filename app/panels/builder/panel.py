"""The network panel: the network drawn, its layers in a table, all facts of one, its PyTorch source. Read only for now."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from app.network_document import GraphEdit
from app.panel import Panel, State, StateError
from app.panels.builder.facts_pane import FactsPane
from app.panels.builder.files import NetworkFiles
from app.panels.builder.layer_table import LayerTable
from app.panels.builder.source_pane import SourcePane
from app.panels.builder.state import BuilderState, Look, from_json, to_json
from app.panels.builder.toolbar import BuilderToolbar
from app.widgets.network_view import NetworkView
from app.workspace import Workspace
from trainers.errors import BadInput
from trainers.layer_catalog import analyse
from trainers.network_files import load_preset, preset_names
from trainers.network_graph import NetworkError, NetworkGraph

_TABS: tuple[Literal["layers", "source"], ...] = ("layers", "source")


class BuilderPanel(Panel):
    """Everybody's network, to look at: what is chosen here is what the training takes next."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        theme = workspace.theme
        self._faulty_graph: NetworkGraph | None = None  # a file that cannot be, on show with its error
        self._is_stale = self._has_own_sizes = False
        self.toolbar = BuilderToolbar(theme, self)
        self.view = NetworkView(theme, self)
        self.view.tells_facts = False
        self.files = NetworkFiles(workspace, self.view, self)
        self.table = LayerTable(theme, self)
        self.facts = FactsPane(theme, self)
        self.source = SourcePane(theme, self)
        for part in (self.table, self.facts, self.source.edit):
            part.setMinimumHeight(40)  # docked flat, they scroll
        self._inner = QSplitter(Qt.Orientation.Vertical, self)
        self._inner.addWidget(self.table)
        self._inner.addWidget(self.facts)
        self._inner.setStretchFactor(0, 6)
        self._inner.setStretchFactor(1, 5)
        self._inner.setSizes([600, 480])
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self._inner, "Layers")
        self.tabs.addTab(self.source, "PyTorch")
        self.tabs.setTabToolTip(0, "Every layer with its shape and counts, and all facts of the chosen one")
        self.tabs.setTabToolTip(1, "The network as PyTorch source, beside the drawing")
        self._outer = QSplitter(Qt.Orientation.Horizontal, self)
        self._outer.addWidget(self.view)
        self._outer.addWidget(self.tabs)
        self._outer.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.toolbar)
        layout.addWidget(self._outer, 1)
        self.setFocusProxy(self.view)
        self._connect()
        self._show_document()

    def _connect(self) -> None:
        self.toolbar.preset_chosen.connect(self._on_preset_chosen)
        self.toolbar.open_asked.connect(self.files.open_file)
        self.toolbar.save_asked.connect(self.files.save_file)
        self.toolbar.export_asked.connect(self.files.export)
        self.files.faulty_opened.connect(self._on_faulty_opened)
        self.files.back_asked.connect(self._on_back_asked)
        self.view.layer_chosen.connect(self._on_layer_chosen)
        self.table.layer_chosen.connect(self._on_row_chosen)
        self._outer.splitterMoved.connect(self._on_splitter_moved)
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self.source.said.connect(self.files.say)
        self.source.layer_chosen.connect(self._on_row_chosen)
        self.source.graph_edited.connect(self._on_source_edited)
        self.source.undo_asked.connect(self.workspace.document.undo_stack.undo)
        self.source.redo_asked.connect(self.workspace.document.undo_stack.redo)
        self.workspace.document.graph_changed.connect(self._on_graph_changed)
        self.awake_changed.connect(self._on_awake_changed)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> State:
        graph = self.workspace.document.graph
        is_preset = graph.name in preset_names() and graph == load_preset(graph.name)
        look = None
        if not self.view.canvas.is_fitted:
            middle = self.view.canvas.mapToScene(self.view.canvas.viewport().rect().center())
            look = Look(self.view.canvas.zoom, middle.x(), middle.y())
        network: str | NetworkGraph = graph.name if is_preset else graph
        return to_json(BuilderState(network, self.view.current_layer, _TABS[self.tabs.currentIndex()], look))

    def apply(self, state: State) -> None:
        wanted = from_json(state)
        graph = self._graph_of(wanted)
        if wanted.layer and wanted.layer not in {layer.name for layer in graph.layers}:
            raise StateError(f"The network {graph.name} has no layer {wanted.layer!r}.", "layer")
        if graph != self.workspace.document.graph:
            self.workspace.document.set_graph(graph, f"Choose {graph.title or graph.name}")
        self._show_document()
        self.tabs.setCurrentIndex(_TABS.index(wanted.tab))
        if wanted.look is None:
            self.view.fit()
        self.view.choose_layer(wanted.layer)
        if wanted.look is not None:
            self.view.canvas.look_at(wanted.look.zoom, wanted.look.x, wanted.look.y)

    def _graph_of(self, wanted: BuilderState) -> NetworkGraph:
        if wanted.network is None:
            return self.workspace.document.graph
        try:
            graph = load_preset(wanted.network) if isinstance(wanted.network, str) else wanted.network
            analyse(graph)
        except BadInput as error:
            raise StateError(error.sentence, "network") from error
        return graph

    # --- what is shown ------------------------------------------------------------------------------------------------

    def _show_document(self) -> None:
        document = self.workspace.document
        self._is_stale = False
        self._faulty_graph = None
        self.view.show_graph(document.graph, document.analysis)
        self.table.show_analysis(document.analysis)
        self.toolbar.show_graph(document.graph)
        self._show_facts()
        self._show_source()

    def _show_facts(self) -> None:
        document = self.workspace.document
        name = self.view.current_layer
        if name and name in document.analysis.layers:
            self.facts.show_layer(document.graph, document.analysis, name)
        else:
            self.facts.show_network(document.graph, document.analysis)

    def _show_source(self) -> None:
        """The source costs some milliseconds: only while it is looked at."""
        if _TABS[self.tabs.currentIndex()] == "source":
            self.source.show_graph(self.workspace.document.graph)
            self.source.choose_layer(self.view.current_layer)

    # --- what happened ------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Side by side where it is wide, one above the other where it is narrow."""
        is_wide = self.width() > 1.25 * self.height() or self.width() > self.workspace.theme.px(900)
        outer = Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical
        if outer != self._outer.orientation() or not self._outer.property("is_arranged"):
            self._outer.setProperty("is_arranged", True)
            self._outer.setOrientation(outer)
            self._has_own_sizes = False
            self._share_room()
        inner = Qt.Orientation.Horizontal if self._is_flat else Qt.Orientation.Vertical
        if inner != self._inner.orientation():
            self._inner.setOrientation(inner)
            self._share_room()
            self._inner.setSizes([600, 400])

    @property
    def _is_flat(self) -> bool:
        """Docked along the bottom: table and facts then stand beside each other too."""
        is_wide = self._outer.orientation() == Qt.Orientation.Horizontal
        return is_wide and self.height() < self.workspace.theme.px(420)

    def _share_room(self) -> None:
        """A third for the table, half for the source (its lines are long), until a person has drawn the line elsewhere."""
        if self._has_own_sizes:
            return
        is_wide = self._outer.orientation() == Qt.Orientation.Horizontal
        room = self.width() if is_wide else self.height()
        is_source = _TABS[self.tabs.currentIndex()] == "source"
        least = self.workspace.theme.px(640 if is_source or self._is_flat else 380)
        side = min(max(round(room * 0.34), least), round(room * 0.56)) if is_wide else room // 2
        self._outer.setSizes([room - side, side])

    @Slot(int, int)
    def _on_splitter_moved(self, _position: int, _index: int) -> None:
        self._has_own_sizes = True

    @Slot(str)
    def _on_preset_chosen(self, name: str) -> None:
        graph = load_preset(name)
        self.workspace.document.set_graph(graph, f"Choose {graph.title or name}")
        self._show_document()
        self.state_changed.emit()

    @Slot(str)
    def _on_layer_chosen(self, name: str) -> None:
        self.table.choose_layer(name if self._faulty_graph is None else "")
        self._show_facts()
        self._show_source()
        self.state_changed.emit()

    @Slot(str)
    def _on_row_chosen(self, name: str) -> None:
        if self._faulty_graph is None:
            self.view.choose_layer(name)

    @Slot(int)
    def _on_tab_changed(self, _index: int) -> None:
        self._share_room()
        self._show_source()
        self.state_changed.emit()

    @Slot()
    def _on_graph_changed(self) -> None:
        if self.is_awake:
            self._show_document()
        else:
            self._is_stale = True

    @Slot(bool)
    def _on_awake_changed(self, is_awake: bool) -> None:
        if is_awake and self._is_stale:
            self._show_document()

    @Slot(object, object)
    def _on_faulty_opened(self, graph: NetworkGraph, error: NetworkError) -> None:
        """Draw a network that cannot be, with what is wrong at the layer concerned; the one on the table stays as it is."""
        self._faulty_graph = graph
        self.view.show_graph(graph, None, error)

    @Slot()
    def _on_back_asked(self) -> None:
        self._show_document()

    @Slot(object, str, str)
    def _on_source_edited(self, graph: NetworkGraph, words: str, merge_key: str) -> None:
        """The source says another network: the one on the table changed, or one that takes its place."""
        document = self.workspace.document
        if merge_key:
            document.push(GraphEdit(words, document.graph, graph, merge_key))
        else:
            document.set_graph(graph, words)

    def close_panel(self) -> None:
        self.source.close_pane()
