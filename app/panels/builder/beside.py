"""Beside: keeps table, fields, facts and source at the drawing's side in step with it, a frame later where it is large. Draws nothing."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSignalBlocker, QTimer, Slot

from app.network_document import NetworkDocument
from app.panels.builder.layers_side import LayersSide
from app.panels.builder.source_link import SourceLink

MOST_AT_ONCE = 150  # layers: what tells of more takes a frame of its own, 7 ms and more, beside the drawing's
_REST = 50  # ms: a busy machine must not bring both into one turn of the event loop


class Beside(QObject):
    """What was asked for while one waits for that frame is shown together."""

    def __init__(self, document: NetworkDocument, layers: LayersSide, source: SourceLink) -> None:
        super().__init__(layers)
        self._document = document
        self._layers = layers
        self._source = source
        self._chosen = ""
        self._is_other = False  # another drawing, not another choice alone
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self.catch_up)
        layers.network_asked.connect(self._on_network_asked)

    def show_document(self, chosen: str) -> None:
        """Tell what has changed of the drawing; chosen: a layer's name, "" for none."""
        self._is_other = True
        self.show_chosen(chosen)

    def show_chosen(self, name: str) -> None:
        """Tell of another layer, or of the network for ""."""
        self._chosen = name
        if not self._is_large:
            self._tell()
        elif not self._rest.isActive():
            self._rest.start()

    @Slot()
    def catch_up(self) -> None:
        """Tell now what waits for its frame."""
        if self._rest.isActive() or self.sender() is self._rest:
            self._tell()

    @Slot()
    def _on_network_asked(self) -> None:
        if self._is_large:
            self.show_chosen(self._chosen)
        else:
            self._layers.show_chosen("")

    @property
    def _is_large(self) -> bool:
        return len(self._document.drawing.layers) > MOST_AT_ONCE

    def _tell(self) -> None:
        self._rest.stop()
        is_other, self._is_other = self._is_other, False
        if is_other:
            self._layers.show_rows()
        with QSignalBlocker(self._layers.table):  # it follows here; what a person presses in it, it says
            self._layers.table.choose_layer(self._chosen)
        self._layers.show_chosen(self._chosen)
        self._source.show(self._chosen)
