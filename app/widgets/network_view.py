"""NetworkView: a drawn network with its totals and its zoom; shared by the builder and the monitor, knows no panel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QImage, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.widgets.icons import icon
from app.widgets.layer_facts_text import layer_lines, totals_sentences
from app.widgets.network_canvas import NetworkCanvas
from app.widgets.theme import Theme
from trainers.network_graph import NetworkError, NetworkGraph

if TYPE_CHECKING:
    from trainers.layer_catalog import NetworkAnalysis


class _Bubble(QLabel):
    """A few lines over the drawing, beside a layer; pointer and keys go through it to what lies below."""

    def __init__(self, canvas: NetworkCanvas) -> None:
        super().__init__(canvas.viewport())
        self._canvas = canvas
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def place(self, layer: str, width: int) -> None:
        """Stand beside `layer`, or in the middle of the view for ""; hide where there is nothing to say."""
        self.setVisible(bool(self.text()))
        if not self.text():
            return
        room = self._canvas.viewport().rect().adjusted(4, 4, -4, -4)
        self.setFixedWidth(min(width, max(room.width(), 80)))
        self.setFixedHeight(min(self.heightForWidth(self.width()), max(room.height(), 40)))
        own = self.rect()
        own.moveCenter(room.center())
        box = self._canvas.placement.boxes.get(layer)
        if box is not None:
            item = self._canvas.layer_item(layer)
            card = self._canvas.mapFromScene(item.mapRectToScene(item.card())).boundingRect().adjusted(-8, -8, 8, 8)
            below, above = (
                QPoint(card.center().x(), card.bottom() + 1),
                QPoint(card.center().x(), card.top() - own.height()),
            )
            right, left = (
                QPoint(card.right() + 1, card.center().y()),
                QPoint(card.left() - own.width(), card.center().y()),
            )
            places = [QRect(at - QPoint(own.width() // 2, 0), own.size()) for at in (below, above)]
            places += [QRect(at - QPoint(0, own.height() // 2), own.size()) for at in (right, left)]
            kept = [_kept_inside(place, room) for place in places]
            own = next((place for place in kept if not place.intersects(card)), kept[0])
        self.move(own.topLeft())
        self.raise_()


def _kept_inside(place: QRect, room: QRect) -> QRect:
    """`place` moved into `room`."""
    x = max(min(place.left(), room.right() - place.width()), room.left())
    y = max(min(place.top(), room.bottom() - place.height()), room.top())
    return QRect(QPoint(x, y), place.size())


def _line_count(metrics: QFontMetrics, text: str, width: int) -> float:
    """Lines that `text` takes in `width` pixels; infinitely many where a word of it does not fit."""
    if max((metrics.horizontalAdvance(word) for word in text.split()), default=0) > width:
        return float("inf")
    area = metrics.boundingRect(QRect(0, 0, max(width, 1), 10_000), Qt.TextFlag.TextWordWrap, text)
    return round(area.height() / metrics.lineSpacing())


class NetworkView(QWidget):
    """A network from left to right: wheel zooms about the pointer, drag pans, arrows go from layer to layer, F fits.

    show_graph draws (only what differs from before); layer_chosen says which layer was clicked or reached by keys.
    """

    layer_chosen = Signal(str)
    layer_activated = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None, canvas: NetworkCanvas | None = None) -> None:
        """canvas: what draws, for a panel that has one of its own."""
        super().__init__(parent)
        self._theme = theme
        self._error: NetworkError | None = None
        self._totals: tuple[str, ...] = ("",)
        self.tells_facts = True  # a chosen layer's facts appear beside it; False where a panel has a place for them
        self.canvas = canvas if canvas is not None else NetworkCanvas(theme, self)
        self.canvas.layer_chosen.connect(self.layer_chosen)
        self.canvas.layer_chosen.connect(self._on_layer_chosen)
        self.canvas.layer_activated.connect(self.layer_activated)
        self.totals = QLabel(self)
        self.totals.setWordWrap(True)
        self.totals.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.totals.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.totals.setToolTip("Totals of the whole network: a FLOP is one multiplication or one addition.")
        self.fault = _Bubble(self.canvas)
        self.told = _Bubble(self.canvas)  # the chosen layer's facts
        self._strip = QHBoxLayout()
        self._strip.addWidget(self.totals, 1)
        self.zoom_buttons = [
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
        self.canvas.moved.connect(self._on_canvas_moved)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def current_layer(self) -> str:
        """The chosen layer's name, "" where none is."""
        return self.canvas.current_layer

    @Slot(str)
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
        self.canvas.show_graph(graph, analysis.layers if analysis is not None else {})
        title = graph.title or graph.name
        layers = len(graph.layers)
        if analysis is not None:
            self._totals = totals_sentences(title, layers, analysis.parameters, analysis.flops)
        else:
            self._totals = (f"{title} · {layers} layers · not a network yet", f"{layers} layers")
        self.say_totals(self._totals)
        names = {layer.name for layer in graph.layers}
        at = error.layer if error is not None and error.layer in names else ""
        self.canvas.mark_faults({at} if at else set())
        self.fault.setText(error.sentence if error is not None else "")
        self._place_bubbles()

    def say_totals(self, totals: tuple[str, ...]) -> None:
        """Say, under the drawing, the first of `totals` (from long to short) that fits."""
        self._totals = totals
        self._write_totals()
        self.totals.setAccessibleName(totals[0])

    def save_picture(self, path: Path) -> None:
        """Write the whole drawing to `path`: .svg a drawing, anything else a PNG at twice its size. OSError if it cannot."""
        from app.widgets.network_export import write_drawing

        write_drawing(self.canvas, path, self._theme)

    def picture(self) -> QImage:
        """The whole drawing at twice its size; packing it into a file takes four times as long as painting it."""
        from app.widgets.network_export import drawing_picture

        return drawing_picture(self.canvas, self._theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._write_totals()
        self._place_bubbles()

    def _write_totals(self) -> None:
        """The longest totals that fit two lines; where there is no room even for the shortest, zooming is left to the wheel."""
        metrics = self.totals.fontMetrics()
        margins = self._strip.contentsMargins()
        room = self.width() - margins.left() - margins.right() - self._strip.spacing()
        for shown in (3, 1):
            width = room - shown * (self.zoom_buttons[0].sizeHint().width() + self._strip.spacing())
            fitting = [text for text in self._totals if _line_count(metrics, text, width) <= 2]
            if fitting or shown == 1:
                break
        self.totals.setText(fitting[0] if fitting else self._totals[-1])
        for button in self.zoom_buttons[:2]:
            button.setVisible(shown == 3)

    def _place_bubbles(self) -> None:
        """Put what is wrong, or what is known, beside the layer concerned, inside the view."""
        wanted = self.current_layer if self.tells_facts and not self.fault.text() else ""
        item = self.canvas.layer_item(wanted) if wanted else None
        self.told.setText(layer_lines(item.layer, item.facts) if item else "")
        self.fault.place(self._error.layer or "" if self._error else "", self._theme.px(340))
        self.told.place(wanted, self._theme.px(270))

    def _button(self, glyph: str, name: str, tooltip: str, slot: object) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(self._theme, glyph))
        button.setAccessibleName(name)
        button.setToolTip(tooltip)
        button.clicked.connect(slot)
        self._strip.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return button

    @Slot(str)
    def _on_layer_chosen(self, _name: str) -> None:
        self._place_bubbles()

    @Slot()
    def _on_canvas_moved(self) -> None:
        self._place_bubbles()

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        gap = theme.gap(8)
        self._strip.setContentsMargins(gap, theme.gap(4), gap // 2, theme.gap(2))
        self._strip.setSpacing(theme.gap(2))
        self.totals.setFont(theme.font("small"))
        for bubble, token in ((self.fault, "bad"), (self.told, "accent")):
            bubble.setFont(theme.font("small"))
            bubble.setStyleSheet(
                f"background: {theme.hex('raised')}; color: {theme.hex('text')}; border: 1px solid {theme.hex(token)};"
                f" border-left: 4px solid {theme.hex(token)}; border-radius: 4px; padding: {theme.gap(6)}px;"
            )
        size = theme.px(16)
        for button in self.zoom_buttons:
            button.setIconSize(QSize(size, size))
        self._write_totals()
        self._place_bubbles()
