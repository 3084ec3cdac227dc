"""CellScene: puts the painters' layers over one another and keeps those that stand still as pictures. Takes no events."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap

from app.panels.neuron.axon_painter import AxonPainter
from app.panels.neuron.cell_painter import CellPainter
from app.panels.neuron.cell_picture import CellPicture
from app.panels.neuron.instruments_painter import InstrumentsPainter
from app.panels.neuron.voltage_colors import VoltageColors
from app.panels.neuron.voltage_layer import VoltageLayer
from app.widgets.theme import Theme


class CellScene:
    """All painters, and the order in which they draw."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.colors = VoltageColors(theme)
        self.cell = CellPainter(theme, self.colors)
        self.axon = AxonPainter(theme, self.colors)
        self.instruments = InstrumentsPainter(theme, self.colors)
        self._kept: dict[str, tuple[object, QPixmap]] = {}

    def forget(self) -> None:
        """The theme has changed: build colours and kept pictures anew."""
        self.colors.refresh()
        self._kept.clear()

    def draw(self, painter: QPainter, picture: CellPicture, ratio: float) -> None:
        """The whole picture at this moment; ratio: device pixels a px."""
        membrane = picture.membrane_share
        painter.drawPixmap(0, 0, self._under(picture, ratio))
        if membrane < 1.0:
            next_mv = -65.0 if picture.frame is None else picture.frame.next_cell_mV
            self._layer(picture, ratio).draw(painter, picture.voltage_mV, next_mv, self.colors)
            self.axon.draw_live(painter, picture)
            painter.drawPixmap(0, 0, self._over(picture, ratio))
            self.cell.draw_inputs(painter, picture)
        self.instruments.draw_probes(painter, picture)
        self.instruments.draw_electrode(painter, picture)
        self.instruments.draw_marker(painter, picture)
        self.instruments.draw_brush(painter, picture)

    def _key(self, picture: CellPicture, ratio: float) -> tuple[object, ...]:
        return (*picture.projection.key, picture.plan, picture.marked, picture.has_labels, ratio)

    def _pixmap(self, picture: CellPicture, ratio: float) -> QPixmap:
        room = picture.camera.room
        pixmap = QPixmap(max(1, round(room.width() * ratio)), max(1, round(room.height() * ratio)))
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def _layer(self, picture: CellPicture, ratio: float) -> VoltageLayer:
        kept: dict[str, Any] = picture.projection.kept
        layer: VoltageLayer | None = kept.get("layer")
        if layer is None or layer.ratio != ratio:
            layer = kept["layer"] = VoltageLayer(picture.projection, self.cell.soma_path(picture), ratio)
        return layer

    def _under(self, picture: CellPicture, ratio: float) -> QPixmap:
        key = self._key(picture, ratio)
        kept = self._kept.get("under")
        if kept is None or kept[0] != key:
            pixmap = self._pixmap(picture, ratio)
            painter = QPainter(pixmap)
            self.cell.draw_under(painter, picture)
            painter.end()
            kept = self._kept["under"] = (key, pixmap)
        return kept[1]

    def _over(self, picture: CellPicture, ratio: float) -> QPixmap:
        key = self._key(picture, ratio)
        kept = self._kept.get("over")
        if kept is None or kept[0] != key:
            pixmap = self._pixmap(picture, ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            self.axon.draw_over(painter, picture)
            self.cell.draw_over(painter, picture)
            self.instruments.draw_bar(painter, picture)
            painter.end()
            kept = self._kept["over"] = (key, pixmap)
        return kept[1]
