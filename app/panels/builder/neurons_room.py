"""NeuronsRoom: the canvas, or, for a small network, its neurons in the same place. Opened by button, key, or by zooming in."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.panels.builder.building_view import BuildingView
from app.panels.builder.layers_side import LayersSide
from app.panels.builder.neurons_chain import neuron_net
from app.panels.builder.neurons_view import NeuronsView
from app.panels.builder.state import Neurons
from app.panels.builder.toolbar import BuilderToolbar
from app.workspace import Workspace
from trainers.network_graph import NetworkInputError

OPENING_ZOOM = 3.0  # screen pixels per scene unit, times the theme's scale: nearer than any card has lines to show


class NeuronsRoom(QStackedWidget):
    """Two pages; the second is built when it is first opened."""

    opened = Signal()  # neurons are on show, or no longer

    def __init__(
        self,
        workspace: Workspace,
        view: BuildingView,
        toolbar: BuilderToolbar,
        layers: LayersSide,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._toolbar = toolbar
        self._layers = layers
        self._workspace = workspace
        self._view = view
        self.neurons: NeuronsView | None = None
        self._has_borders = False
        self._is_asleep = False
        self.addWidget(view)
        self.setFocusProxy(view)
        view.board.zoomed.connect(self._on_zoomed)
        view.commands.neurons_asked.connect(self.toggle)
        toolbar.neurons_toggled.connect(self.toggle)

    @property
    def is_open(self) -> bool:
        """Whether the neurons are on show."""
        return self.neurons is not None and self.currentWidget() is self.neurons

    @property
    def has_borders(self) -> bool:
        """Whether the borders of linear regions are wished for."""
        return self._has_borders

    @property
    def is_busy(self) -> bool:
        """Whether what is on show has still to come from a worker."""
        return self.is_open and self.neurons is not None and self.neurons.is_busy

    def why_not(self) -> str:
        """Why the network on the table cannot be opened, "" where it can."""
        document = self._workspace.document
        if document.is_faulty:
            return document.diagnosis.problems[0].sentence
        try:
            neuron_net(document.analysis)
        except NetworkInputError as error:
            return error.sentence
        return ""

    @Slot()
    def toggle(self) -> None:
        """Open the network into neurons, or show its layers again; where it cannot be opened, say why."""
        why = "" if self.is_open else self.why_not()
        if why:
            self._workspace.warn(f"This network cannot be opened into neurons: {why}")
            self._toolbar.show_neurons_open(False)
        else:
            self.set_open(not self.is_open)

    def set_open(self, is_open: bool) -> None:
        """Show the neurons, or the layers."""
        if is_open == self.is_open:
            return
        if is_open and self.neurons is None:
            self.neurons = NeuronsView(self._workspace, self._view.board.edits, self)
            self.neurons.left.connect(self._on_left)
            self.neurons.output.borders.setChecked(self._has_borders)
            self.neurons.output.borders_wished.connect(self._on_borders_wished)
            self.neurons.regions.changed.connect(self._on_regions_changed)
            self.addWidget(self.neurons)
        page = self.neurons if is_open and self.neurons is not None else self._view
        self.setCurrentWidget(page)
        self.setFocusProxy(page)
        page.setFocus()
        if self._is_asleep:  # a state that is put behind another panel's tab
            self.set_awake(False)
        self._toolbar.show_neurons_open(is_open)
        self._toolbar.offer_neurons(is_open or not self.why_not())
        self._on_regions_changed()
        self.opened.emit()

    def set_awake(self, is_awake: bool) -> None:
        """Behind another panel's tab, where Qt hides nothing, neurons ask for nothing; in front again they show what they missed."""
        self._is_asleep = not is_awake
        if not self.is_open or self.neurons is None:
            return
        if self._is_asleep:
            self.neurons.link.watch(None)
        elif self.neurons.link.net is None:
            self.neurons.show_document()

    def show_wanted(self, wanted: Neurons | None) -> None:
        """As a state says, which was checked."""
        if wanted is not None and wanted.data and wanted.data != self._workspace.training.data.name:
            training = self._workspace.training
            training.set_data(msgspec.structs.replace(training.data, name=wanted.data))
        if wanted is not None:
            self.set_borders(wanted.borders)
        self.set_open(wanted is not None)

    def set_borders(self, is_wished: bool) -> None:
        """Draw the borders of linear regions, or leave them out."""
        self._has_borders = is_wished
        if self.neurons is not None:
            self.neurons.output.borders.setChecked(is_wished)

    def show_document(self) -> None:
        """The drawing has changed. A network that cannot be opened shows its layers; an edit that is not finished stays here."""
        why = self.why_not()
        if self.is_open and why and not self._workspace.document.is_faulty:
            self.set_open(False)
        self._toolbar.offer_neurons(self.is_open or not why)
        if self.is_open and self.neurons is not None:
            self.neurons.show_document()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        layout = self._view.layout()
        if layout is not None:  # its buttons have only now the sizes that the stylesheet gives them
            layout.activate()

    @Slot()
    def _on_regions_changed(self) -> None:
        regions = self.neurons.regions if self.is_open and self.neurons is not None else None
        self._layers.tell_regions(regions.fact() if regions is not None else None)

    @Slot(bool)
    def _on_borders_wished(self, is_wished: bool) -> None:
        self._has_borders = is_wished

    @Slot()
    def _on_left(self) -> None:
        self.set_open(False)
        self._view.fit()  # where one had zoomed in, one would else be in again with the next notch

    @Slot(float)
    def _on_zoomed(self, zoom: float) -> None:
        """So near that a card fills the view, one wants to see what is in it."""
        is_near = zoom >= OPENING_ZOOM * self._workspace.theme.scale
        if is_near and not self.is_open and self.isVisible() and not self.why_not():
            self.set_open(True)
