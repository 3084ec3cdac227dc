"""NetworkView: a drawn network with its totals and its zoom; shared by the builder and the monitor, knows no panel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QToolTip, QVBoxLayout, QWidget

from app.widgets.icons import icon
from app.widgets.layer_facts_text import totals_sentence
from app.widgets.network_canvas import NetworkCanvas
from app.widgets.theme import Theme
from trainers.network_graph import NetworkError, NetworkGraph

if TYPE_CHECKING:
    from trainers.layer_catalog import NetworkAnalysis


class NetworkView(QWidget):
    """A network from left to right: wheel zooms about the pointer, drag pans, arrows go from layer to layer, F fits.

    show_graph draws (only what differs from before); layer_chosen says which layer was clicked or reached by keys.
    """

    layer_chosen = Signal(str)
    layer_activated = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._error: NetworkError | None = None
        self.tells_facts = True  # a chosen layer's facts appear beside it; False where a panel has a place for them
        self.canvas = NetworkCanvas(theme, self)
        self.canvas.layer_chosen.connect(self.layer_chosen)
        self.canvas.layer_chosen.connect(self._on_layer_chosen)
        self.canvas.layer_activated.connect(self.layer_activated)
        self.totals = QLabel(self)
        self.totals.setWordWrap(True)
        self.totals.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.totals.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.totals.setToolTip("Totals of the whole network: a FLOP is one multiplication or one addition.")
        self._fault = QLabel(self.canvas.viewport())
        self._fault.setWordWrap(True)
        self._fault.setTextFormat(Qt.TextFormat.PlainText)
        self._fault.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._fault.hide()
        self._strip = QHBoxLayout()
        self._strip.addWidget(self.totals, 1)
        self._buttons = [
            self._button("minus", "Zoom out", "Show more of the network, smaller (−)", self.canvas.zoom_out),
            self._button("plus", "Zoom in", "Show less of the network, with all its numbers (+)", self.canvas.zoom_in),
            self._button("fit", "Fit", "Show the whole network, folded for the room there is (F)", self.canvas.fit),
        ]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.canvas, 1)
        layout.addLayout(self._strip)
        self.setFocusProxy(self.canvas)
        self.canvas.zoomed.connect(self._on_canvas_moved)
        self.canvas.horizontalScrollBar().valueChanged.connect(self._on_canvas_moved)
        self.canvas.verticalScrollBar().valueChanged.connect(self._on_canvas_moved)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def current_layer(self) -> str:
        """The chosen layer's name, "" where none is."""
        return self.canvas.current_layer

    def choose_layer(self, name: str) -> None:
        """Choose a layer and bring it into sight; "" for none."""
        self.canvas.choose_layer(name)

    def fit(self) -> None:
        """Show the whole network."""
        self.canvas.fit()

    def show_graph(
        self, graph: NetworkGraph, analysis: NetworkAnalysis | None, error: NetworkError | None = None
    ) -> None:
        """Draw `graph`. Without an analysis there are no shapes; `error` is shown at the layer that it names."""
        self._error = error
        self.canvas.show_graph(graph, analysis)
        title = graph.title or graph.name
        if analysis is not None:
            self.totals.setText(totals_sentence(title, len(graph.layers), analysis.parameters, analysis.flops))
        else:
            self.totals.setText(f"{title} · {len(graph.layers)} layers · not a network yet")
        self.totals.setAccessibleName(self.totals.text())
        names = {layer.name for layer in graph.layers}
        at = error.layer if error is not None and error.layer in names else ""
        self.canvas.mark_fault(at or "")
        self._fault.setText(error.sentence if error is not None else "")
        self._place_fault()

    def save_picture(self, path: Path) -> None:
        """Write the whole drawing to `path`: .svg a drawing, anything else a PNG at twice its size. OSError if it cannot."""
        from app.widgets.network_export import write_drawing

        write_drawing(self.canvas, path, self._theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_fault()

    def _place_fault(self) -> None:
        """Put the sentence about what is wrong beside the layer concerned, inside the view."""
        self._fault.setVisible(bool(self._fault.text()))
        if not self._fault.text():
            return
        room = self.canvas.viewport().rect()
        self._fault.setFixedWidth(min(self._theme.px(340), max(room.width() - 16, 80)))
        self._fault.adjustSize()
        names = [item for item in (self._error.layer if self._error else "",) if item]
        at = room.center()
        below = 0
        if names and names[0] in self.canvas.placement.boxes:
            at = self.canvas.layer_center(names[0])
            below = round(self.canvas.layer_item(names[0]).card().height() / 2 * self.canvas.zoom) + 6
        x = min(max(at.x() - self._fault.width() // 2, 8), max(room.width() - self._fault.width() - 8, 8))
        y = at.y() + below
        if y + self._fault.height() > room.height() - 8:
            y = max(at.y() - below - self._fault.height(), 8)
        self._fault.move(x, y)
        self._fault.raise_()

    def _button(self, glyph: str, name: str, tooltip: str, slot: object) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(self._theme, glyph))
        button.setAccessibleName(name)
        button.setToolTip(tooltip)
        button.clicked.connect(slot)
        self._strip.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return button

    @Slot(str)
    def _on_layer_chosen(self, name: str) -> None:
        if self.tells_facts and name and self.canvas.hasFocus():
            at = self.canvas.layer_center(name)
            QToolTip.showText(
                self.canvas.viewport().mapToGlobal(at), self.canvas.tool_tip_at(at), self.canvas.viewport()
            )

    @Slot()
    def _on_canvas_moved(self) -> None:
        self._place_fault()

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        gap = theme.gap(8)
        self._strip.setContentsMargins(gap, theme.gap(4), gap // 2, theme.gap(2))
        self._strip.setSpacing(theme.gap(2))
        self.totals.setFont(theme.font("small"))
        self._fault.setFont(theme.font("small"))
        self._fault.setStyleSheet(
            f"background: {theme.hex('raised')}; color: {theme.hex('text')}; border: 1px solid {theme.hex('bad')};"
            f" border-left: 4px solid {theme.hex('bad')}; border-radius: 4px; padding: {theme.gap(6)}px;"
        )
        size = theme.px(16)
        for button in self._buttons:
            button.setIconSize(QSize(size, size))
        self._place_fault()
