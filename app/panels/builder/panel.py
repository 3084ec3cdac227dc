"""The network panel: draw a network, read its layers, facts and PyTorch source; what is drawn is what the training takes next."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from app.panel import State
from app.panels.builder.beside import Beside
from app.panels.builder.building_view import BuildingView
from app.panels.builder.command_table import key_rows
from app.panels.builder.files import NetworkFiles
from app.panels.builder.gradient_room import GradientRoom
from app.panels.builder.inside_room import InsideRoom
from app.panels.builder.layers_side import LayersSide
from app.panels.builder.neurons_room import NeuronsRoom
from app.panels.builder.palette import LayerPalette
from app.panels.builder.panel_pages import PagedPanel
from app.panels.builder.panel_room import PanelRoom
from app.panels.builder.panel_state import TABS, put_state, read_state
from app.panels.builder.source_link import SourceLink
from app.panels.builder.source_pane import SourcePane
from app.panels.builder.state import from_json, to_json
from app.panels.builder.toolbar import BuilderToolbar
from app.partner_choice import choose_preset
from app.training_choices import TrainingChoices
from app.workspace import Workspace
from trainers.network_files import preset_names
from trainers.network_graph import NetworkGraph, Parameter
from trainers.network_opening import open_network

_PALETTE_ROOM = 900  # px at scale 1 of the panel, from which on the palette stands open


class BuilderPanel(PagedPanel):
    """Everybody's network, to build: palette, canvas, and beside it the layers or the source."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        theme = workspace.theme
        self._is_stale = False
        self.palette_wish: bool | None = None  # None: where there is room
        self.toolbar = BuilderToolbar(theme, self)
        self.palette_pane = LayerPalette(theme, self)
        self.view = BuildingView(theme, workspace.document, self)
        self.board = self.view.board
        self.files = NetworkFiles(workspace, self.view, self)
        choices = workspace.training if isinstance(workspace.training, TrainingChoices) else None  # a stand-in has none
        self.layers = LayersSide(theme, workspace.document, self, choices=choices, machine=workspace.machine)
        self.table, self.facts, self.form = self.layers.table, self.layers.facts, self.layers.form
        self.source = SourcePane(theme, self)
        self.source.edit.setMinimumHeight(40)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Layers and PyTorch source")
        self.tabs.tabBar().setAccessibleName("Beside the canvas")
        self.tabs.addTab(self.layers, "Layers")
        self.tabs.addTab(self.source, "PyTorch")
        self.tabs.setTabToolTip(0, "Every layer with its shape and counts, and the chosen one to edit")
        self.tabs.setTabToolTip(1, "The network as PyTorch source, beside the drawing")
        self.source_link = SourceLink(workspace.document, self.source, self.tabs)
        self.beside = Beside(workspace.document, self.layers, self.source_link)
        self.neurons = NeuronsRoom(workspace, self.view, self.toolbar, self.layers, self)
        self.inside = InsideRoom(workspace, self.view, self)
        self.gradients = GradientRoom(workspace, self.view, self.inside.bar, self)
        self.room = PanelRoom(theme, self.neurons, self.tabs, self.layers, self)
        row = QHBoxLayout()
        row.addWidget(self.palette_pane)
        row.addWidget(self.room, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.toolbar)
        layout.addLayout(row, 1)
        self.setFocusProxy(self.neurons)
        self._connect()
        self.show_document()
        self.show_palette()

    def _connect(self) -> None:
        self.toolbar.preset_chosen.connect(self._on_preset_chosen)
        self.toolbar.new_asked.connect(self.new_network)
        self.toolbar.palette_toggled.connect(self._on_palette_toggled)
        self.toolbar.open_asked.connect(self.files.open_file)
        self.toolbar.save_asked.connect(self.files.save_file)
        self.toolbar.export_asked.connect(self.files.export)
        self.files.source_opened.connect(self.source_link.open_path)
        self.board.layer_chosen.connect(self._on_layer_chosen)
        self.board.selection_changed.connect(self._on_selection_changed)
        self.board.layer_activated.connect(self._on_layer_activated)
        self.board.layer_asked.connect(self._on_layer_asked)
        self.board.file_dropped.connect(self.files.open_path)
        self.board.edits.refused.connect(self.workspace.warn)
        self.view.commands.add_asked.connect(self.find_layer)
        self.view.commands.edit_asked.connect(self.edit_layer)
        self.view.commands.rename_asked.connect(self.rename_layer)
        self.view.commands.source_pasted.connect(self.source_link.paste)
        self.view.commands.at_work_asked.connect(self.see_at_work)
        self.toolbar.at_work_asked.connect(self.see_at_work)
        self.convolution.brought.connect(self.show_palette)
        self.convolution.uncovered.connect(self._on_uncovered)
        self.palette_pane.kind_chosen.connect(self.view.add)
        self.palette_pane.left.connect(self._on_pane_left)
        self.neurons.opened.connect(self.show_palette)
        self.neurons.opened.connect(self.state_changed)
        self.inside.changed.connect(self.state_changed)
        self.gradients.changed.connect(self.state_changed)
        self.form.parameter_changed.connect(self._on_parameter_changed)
        self.form.renamed.connect(self.board.edits.rename)
        self.form.left.connect(self._on_pane_left)
        self.table.layer_chosen.connect(self.view.choose_layer)
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self.source.said.connect(self.files.say)
        self.source.layer_chosen.connect(self.view.choose_layer)
        self.workspace.document.drawing_changed.connect(self._on_drawing_changed)
        self.awake_changed.connect(self._on_awake_changed)

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> State:
        return to_json(read_state(self))

    def apply(self, state: State) -> None:
        put_state(self, from_json(state))

    # --- what a person does -------------------------------------------------------------------------------------------

    @Slot()
    def new_network(self) -> None:
        """An empty canvas; what was there comes back with Undo."""
        self.workspace.document.set_drawing(NetworkGraph("network", (), (), "New network"), "New network")
        self.find_layer()

    @Slot()
    def find_layer(self) -> None:
        """Open the palette, ready to type."""
        self.neurons.set_open(False)
        if not self.palette_pane.isVisible():
            self.palette_wish = True
            self.show_palette()
        self.palette_pane.begin_search()
        self.palette_pane.say_where(self.view.where_next())

    @Slot()
    def edit_layer(self) -> None:
        """Go to the chosen layer's fields."""
        self.tabs.setCurrentIndex(0)
        self.beside.catch_up()
        if self.form.layer is not None:
            self.form.begin_edit()

    @Slot()
    def rename_layer(self) -> None:
        """Go to the chosen layer's name."""
        self.tabs.setCurrentIndex(0)
        self.beside.catch_up()
        if self.form.layer is not None:
            self.form.begin_rename()

    @Slot()
    def see_at_work(self) -> None:
        """A convolution at work in place of the drawing: the chosen layer's, where it is one."""
        self.convolution.open_layer(self.view.current_layer)

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        self.board.is_clock_by_hand = True
        self.board.advance(seconds)
        self.beside.catch_up()
        self.view.catch_up()

    @property
    def is_busy(self) -> bool:
        return super().is_busy or self.neurons.is_busy

    def key_rows(self) -> list[tuple[str, str]]:
        return [*key_rows(), *super().key_rows()]

    def close_panel(self) -> None:
        super().close_panel()
        self.inside.close()
        self.gradients.close()
        self.board.leave_gesture()
        self.board.settle()
        self.beside.catch_up()
        self.view.catch_up()
        self.source.close_pane()

    # --- what is shown ------------------------------------------------------------------------------------------------

    def show_document(self) -> None:
        """Draw and tell what has changed of the drawing."""
        self._is_stale = False
        self.view.show_document()
        self.neurons.show_document()
        self.toolbar.show_graph(self.workspace.document.drawing)
        self.beside.show_document(self.view.current_layer)

    @Slot()
    def show_palette(self) -> None:
        """Open the palette where that was wished, or where there is room; not beside neurons, which it has nothing for."""
        has_room = self.width() >= self.workspace.theme.px(_PALETTE_ROOM)
        is_shown = (has_room if self.palette_wish is None else self.palette_wish) and not self.neurons.is_open
        is_shown = is_shown and not self.convolution.is_open
        self.palette_pane.setVisible(is_shown)
        self.toolbar.show_palette_open(is_shown)

    # --- what happened ------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.show_palette()
        self.room.arrange(self.width(), self.height())

    @Slot(str)
    def _on_preset_chosen(self, name: str) -> None:
        if name in preset_names():
            choose_preset(self.workspace, name)
        else:
            graph = open_network(name).graph
            self.workspace.document.set_graph(graph, f"Choose {graph.title or name}")
        self.board.fit()
        self.state_changed.emit()

    @Slot(str)
    def _on_layer_chosen(self, name: str) -> None:
        self.beside.show_chosen(name)
        self.state_changed.emit()

    @Slot()
    def _on_selection_changed(self) -> None:
        self.palette_pane.say_where(self.view.where_next())

    @Slot(str)
    def _on_layer_activated(self, name: str) -> None:
        if any(group.name == name for group in self.workspace.document.drawing.groups):
            self.view.commands.run("fold")
        else:
            self.edit_layer()

    @Slot(str, QPointF)
    def _on_layer_asked(self, source: str, at: QPointF) -> None:
        self.view.remember_wire(source, at)
        self.find_layer()

    @Slot()
    def _on_pane_left(self) -> None:
        self.board.setFocus()

    @Slot(bool)
    def _on_palette_toggled(self, is_open: bool) -> None:
        self.palette_wish = is_open
        self.show_palette()
        if is_open:
            self.find_layer()

    @Slot(str, str, object)
    def _on_parameter_changed(self, layer: str, name: str, value: Parameter) -> None:
        self.board.edits.set_parameters(layer, {name: value})
        self.beside.show_chosen(self.view.current_layer)  # where it was refused, the old value again

    @Slot(int)
    def _on_tab_changed(self, _index: int) -> None:
        self.room.share(self.width(), self.height(), TABS[self.tabs.currentIndex()] == "source")
        self.source_link.show(self.view.current_layer)
        self.state_changed.emit()

    @Slot()
    def _on_uncovered(self) -> None:
        """The drawing is back: what was laid out while it could not be seen had no size yet."""
        self.room.share(self.width(), self.height(), TABS[self.tabs.currentIndex()] == "source")

    @Slot()
    def _on_drawing_changed(self) -> None:
        if self.is_awake:
            self.show_document()
        else:
            self._is_stale = True

    @Slot(bool)
    def _on_awake_changed(self, is_awake: bool) -> None:
        if is_awake and self._is_stale:
            self.show_document()
        self.neurons.set_awake(is_awake)
