"""What is known of the chosen layer, or of the whole network where none is chosen, as a page to read and copy from."""

from __future__ import annotations

import math
from html import escape

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QTextBrowser, QWidget

from app.widgets.layer_facts_text import layer_facts
from app.widgets.layer_style import count_text, shape_text
from app.widgets.theme import Theme
from trainers.cost_rows import layer_cost_rows, network_cost_rows, training_cost_rows
from trainers.layer_catalog import LayerFacts, NetworkAnalysis
from trainers.machine_speed import MachineSpeed
from trainers.network_cost import NetworkCost, network_cost
from trainers.network_diagnosis import Diagnosis
from trainers.network_graph import Group, Layer, NetworkGraph
from trainers.network_groups import shown
from trainers.training_plan import ClassifierSettings

_MOST_PROBLEMS = 8
_SCROLLING = {  # left to what scrolls the page
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End,
}  # fmt: skip
STEP = "One step"
MEASURE = "Measure this machine (some ten seconds)"
MEASURING = "This machine is being measured …"
MEASURE_LINK = "hillock:measure"


class FactsPane(QTextBrowser):
    """Shapes, arithmetic, parameters and FLOPs of a layer; of the network its comment, also how it differs from the paper's."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = ""
        self._lead = ""
        self._rows: list[tuple[str, str]] = []
        self._known: tuple[NetworkAnalysis, NetworkCost] | None = None
        self.setOpenLinks(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # what stands around it scrolls
        self.setAccessibleName("Facts of the chosen layer, or of the network")
        self.setToolTip("All about the chosen layer; with none chosen (Esc), about the network.")
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_network(
        self,
        graph: NetworkGraph,
        analysis: NetworkAnalysis,
        settings: ClassifierSettings | None = None,
        speed: MachineSpeed | None = None,
        offer: str = "",
        regions: tuple[str, str] | None = None,
    ) -> None:
        """Show what the network is: its comment, its totals, and what training it takes with these settings.

        speed: of this machine, for the time of a step; offer: what stands in its place, to be clicked where nothing is measured.
        regions: a row on linear regions that were counted, in the place of that on their bounds.
        """
        rows = [
            ("Input", shape_text(analysis.input_shape)),
            ("Output", shape_text(analysis.output_shape)),
            ("Layers", count_text(len(graph.layers))),
            ("Parameters", count_text(analysis.parameters)),
            ("FLOPs", f"{count_text(analysis.flops)} per sample"),
        ]
        if analysis.elementwise_flops:
            rows.append(("Element-wise", f"{count_text(analysis.elementwise_flops)} operations per sample"))
        cost = self._cost(analysis)
        rows += network_cost_rows(analysis, cost)
        if regions is not None:
            rows = [regions if row[0] == regions[0] else row for row in rows]
        if settings is not None:
            rows += training_cost_rows(
                analysis,
                cost,
                optimizer=settings.optimizer,
                batch=settings.batch_size,
                momentum=settings.momentum,
                speed=speed,
            )
        if offer:
            rows.append((STEP, offer))
        self._show(graph.title or graph.name, graph.comment, rows)

    def show_unfinished(self, graph: NetworkGraph, diagnosis: Diagnosis) -> None:
        """Show what is missing until the drawing is a network."""
        rows = [(problem.layer or "Drawing", problem.sentence) for problem in diagnosis.problems[:_MOST_PROBLEMS]]
        if len(diagnosis.problems) > _MOST_PROBLEMS:
            rows.append(("", f"And {len(diagnosis.problems) - _MOST_PROBLEMS} more."))
        lead = "Not a network yet; until it is, the last one that was drawn is what trains."
        self._show(graph.title or graph.name, lead if graph.layers else "An empty canvas.", rows)

    def show_layer(self, layer: Layer, facts: LayerFacts | None, analysis: NetworkAnalysis | None = None) -> None:
        """Show one layer with all its arithmetic; what it keeps in memory depends on what follows, so on the whole network."""
        rows = layer_facts(layer, facts)
        if analysis is not None:
            rows += layer_cost_rows(self._cost(analysis).layers[layer.name])
        (_, kind), *rest = rows
        (_, tooltip), *rest = rest or [("", "")]
        self._show(f"{layer.name}: {kind}", tooltip, rest)

    def show_group(self, group: Group, facts: LayerFacts | None, analysis: NetworkAnalysis | None) -> None:
        """Show what a group of layers, drawn as one card, takes, gives and costs."""
        rows = [("Layers", ", ".join(group.layers))]
        if facts is not None:
            if facts.input_shapes:
                rows.append(("Input", shape_text(facts.input_shapes[0])))
            rows += [("Output", shape_text(facts.output_shape)), ("Parameters", count_text(facts.parameters))]
            if analysis is not None and analysis.parameters:
                share = 100 * facts.parameters / analysis.parameters
                rows[-1] = ("Parameters", f"{count_text(facts.parameters)}, {share:.3g} % of the network's")
            rows.append(("FLOPs", f"{count_text(facts.flops)} per sample"))
        lead = "A group: drawn as one card, computed layer by layer. E opens it, Ctrl+Shift+G takes it apart."
        self._show(shown(group), lead, rows)

    def _cost(self, analysis: NetworkAnalysis) -> NetworkCost:
        """Worked out once for a drawing: an edit that chooses another layer asks up to four times."""
        if self._known is None or self._known[0] is not analysis:
            self._known = (analysis, network_cost(analysis))
        return self._known[1]

    def _show(self, title: str, lead: str, rows: list[tuple[str, str]]) -> None:
        if (title, lead, rows) != (self._title, self._lead, self._rows):
            self._title, self._lead, self._rows = title, lead, rows
            self._write()

    def _write(self) -> None:
        muted, gap = self._theme.hex("muted"), self._theme.gap(6)
        cells = "".join(
            f"<tr><td style='color:{muted}; padding:2px {2 * gap}px 2px 0'>{escape(head)}</td>"
            f"<td style='padding:2px 0'>{self._cell(head, text)}</td></tr>"
            for head, text in self._rows
        )
        lead = f"<p style='margin:0 0 {gap}px 0'>{escape(self._lead)}</p>" if self._lead else ""
        self.setAccessibleDescription(self._title)  # who sees the page reads it in the fields above
        self.setHtml(f"{lead}<table cellspacing='0' style='margin-top:{gap}px'>{cells}</table>")

        self._take_room()

    def _take_room(self) -> None:
        """As high as the page is at this width."""
        self.setMinimumHeight(math.ceil(self.document().size().height()) + 2 * self.frameWidth())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._take_room()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _SCROLLING:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _cell(self, head: str, text: str) -> str:
        """A row's text; what asks to be clicked is a link."""
        shown = escape(text).replace(chr(10), "<br>")
        if (head, text) == (STEP, MEASURE):
            return f"<a href='{MEASURE_LINK}' style='color:{self._theme.hex('accent')}'>{shown}</a>"
        return shown

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFont(self._theme.font("body"))
        self.document().setDefaultFont(self._theme.font("body"))
        self._write()
