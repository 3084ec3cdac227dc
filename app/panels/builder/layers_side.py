"""LayersSide: the layers in a table, the chosen one in fields, and all facts of it or of the network. Edits through what it says."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget

from app.machine_measurement import MachineMeasurement
from app.network_document import NetworkDocument
from app.panels.builder.facts_pane import MEASURE, MEASURE_LINK, MEASURING, FactsPane
from app.panels.builder.folding import folded
from app.panels.builder.layer_form import LayerForm
from app.panels.builder.layer_table import LayerTable, rows_of
from app.training_choices import TrainingChoices
from app.widgets.theme import Theme
from trainers.layer_catalog import NetworkAnalysis
from trainers.network_graph import NetworkGraph


class LayersSide(QSplitter):
    """Table above (or left), form and facts below (or right)."""

    network_asked = Signal()  # what is told of the whole network, which is on show, is out of date

    def __init__(
        self,
        theme: Theme,
        document: NetworkDocument,
        parent: QWidget | None = None,
        *,
        choices: TrainingChoices | None = None,
        machine: MachineMeasurement | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._document = document
        self._choices = choices
        self._machine = machine
        self._chosen = ""
        self._regions: tuple[str, str] | None = None
        self.table = LayerTable(theme, self)
        self.form = LayerForm(theme)
        self.facts = FactsPane(theme, self)
        self.facts.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setMinimumHeight(40)  # docked flat, it scrolls
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setMinimumHeight(40)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is on it has the keyboard
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.form)
        layout.addWidget(self.facts, 1)
        self._scroll.setWidget(inner)
        self.addWidget(self.table)
        self.addWidget(self._scroll)
        self.setStretchFactor(0, 5)
        self.setStretchFactor(1, 6)
        self.setSizes([500, 560])
        if choices is not None:
            choices.choice_changed.connect(self._on_choice_changed)
        if machine is not None:
            machine.changed.connect(self._on_choice_changed)
            self.facts.anchorClicked.connect(self._on_link_clicked)

    def show_rows(self) -> None:
        """Show in the table what has changed of the drawing."""
        diagnosis = self._document.diagnosis
        self.table.show_rows(rows_of(self._document.drawing, diagnosis.wiring.order, diagnosis.facts))

    def show_chosen(self, name: str) -> None:
        """Show the layer or the folded group `name`, or the network for "" and for what is neither."""
        document = self._document
        self._chosen = name
        drawing, diagnosis = document.drawing, document.diagnosis
        layer = next((layer for layer in drawing.layers if layer.name == name), None) if name else None
        group = next((group for group in drawing.groups if group.name == name and group.is_folded), None)
        if group is not None:
            self.form.show_group(group)
            self.facts.show_group(group, folded(drawing, diagnosis.facts)[1].get(name), diagnosis.analysis)
            return
        if layer is not None:
            self.form.show_layer(layer, diagnosis.facts)
            self.facts.show_layer(layer, diagnosis.facts.get(name), diagnosis.analysis)
            return
        self.form.show_network(drawing)
        if diagnosis.analysis is not None:
            self._show_network(drawing, diagnosis.analysis)
        else:
            self.facts.show_unfinished(drawing, diagnosis)

    def _show_network(self, drawing: NetworkGraph, analysis: NetworkAnalysis) -> None:
        if self._choices is None:
            self.facts.show_network(drawing, analysis, regions=self._regions)
            return
        settings, machine = self._choices.settings, self._machine
        speed = machine.speed(settings.device, settings.threads) if machine is not None else None
        offer = "" if machine is None or speed is not None else MEASURING if machine.is_measuring else MEASURE
        self.facts.show_network(drawing, analysis, settings, speed, offer, self._regions)

    def tell_regions(self, row: tuple[str, str] | None) -> None:
        """What is known of the network's linear regions, a row of its facts; None: nothing beyond the bounds."""
        if row != self._regions:
            self._regions = row
            self._on_choice_changed()

    @Slot(QUrl)
    def _on_link_clicked(self, link: QUrl) -> None:
        if link.toString() == MEASURE_LINK and self._choices is not None and self._machine is not None:
            self._machine.measure(self._choices.settings.device, self._choices.settings.threads)

    @Slot()
    def _on_choice_changed(self) -> None:
        """Another optimiser or batch takes other memory; a machine that was measured tells the time of a step."""
        if not self._chosen and self.isVisible():
            self.network_asked.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._on_choice_changed()
