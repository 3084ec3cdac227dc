"""CellScene: puts the painters' layers over one another and keeps those that stand still as pictures. Takes no events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap

from app.panels.neuron.axon_painter import AxonPainter
from app.panels.neuron.cell_painter import CellPainter
from app.panels.neuron.cell_picture import CellPicture
from app.panels.neuron.instruments_painter import InstrumentsPainter
from app.panels.neuron.membrane_painter import MembranePainter
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
        self.membrane = MembranePainter(theme, self.colors)
        self._kept: dict[str, tuple[object, QPixmap]] = {}

    def forget(self) -> None:
        """The theme has changed: build colours and kept pictures anew."""
        self.colors.refresh()
        self._kept.clear()
        self.membrane.forget()

    def draw(self, painter: QPainter, picture: CellPicture, ratio: float) -> None:
        """The whole picture at this moment; ratio: device pixels a px."""
        membrane, synapse = picture.membrane_share, picture.synapse_share
        if membrane < 1.0 and synapse < 1.0:
            self._draw_cell(painter, picture, ratio)
        if membrane > 0.0:
            self._draw_near(painter, self.membrane, picture, ratio, membrane)
        self.instruments.draw_probes(painter, picture)
        self.instruments.draw_electrode(painter, picture)
        painter.drawPixmap(0, 0, self._pixmap("bar", self.instruments.draw_bar, picture, ratio))
        self.instruments.draw_marker(painter, picture)
        self.instruments.draw_brush(painter, picture)

    def _draw_cell(self, painter: QPainter, picture: CellPicture, ratio: float) -> None:
        painter.drawPixmap(0, 0, self._pixmap("under", self.cell.draw_under, picture, ratio))
        next_mv = -65.0 if picture.frame is None else picture.frame.next_cell_mV
        self._layer(picture, ratio).draw(painter, picture.voltage_mV, next_mv, self.colors)
        self.axon.draw_live(painter, picture)
        painter.drawPixmap(0, 0, self._pixmap("over", self._draw_over, picture, ratio))
        self.cell.draw_inputs(painter, picture)

    def _draw_near(
        self, painter: QPainter, near: MembranePainter, picture: CellPicture, ratio: float, share: float
    ) -> None:
        """What is looked at closely, over the cell while the camera comes nearer."""
        if share >= 1.0:
            painter.drawPixmap(0, 0, self._pixmap("near", near.draw_under, picture, ratio))
            near.draw_live(painter, picture)
            return
        sheet = self._blank(picture, ratio)
        on_sheet = QPainter(sheet)
        near.draw_under(on_sheet, picture)
        near.draw_live(on_sheet, picture)
        on_sheet.end()
        painter.setOpacity(share)
        painter.drawPixmap(0, 0, sheet)
        painter.setOpacity(1.0)

    def _draw_over(self, painter: QPainter, picture: CellPicture) -> None:
        self.axon.draw_over(painter, picture)
        self.cell.draw_over(painter, picture)

    def _blank(self, picture: CellPicture, ratio: float) -> QPixmap:
        room = picture.camera.room
        pixmap = QPixmap(max(1, round(room.width() * ratio)), max(1, round(room.height() * ratio)))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        return pixmap

    def _pixmap(
        self, name: str, draw: Callable[[QPainter, CellPicture], None], picture: CellPicture, ratio: float
    ) -> QPixmap:
        """A layer that stands still, drawn anew only where camera, plan or marks have changed."""
        key = (*picture.projection.key, picture.plan, picture.marked, picture.has_labels, ratio)
        kept = self._kept.get(name)
        if kept is None or kept[0] != key:
            pixmap = self._blank(picture, ratio)
            painter = QPainter(pixmap)
            draw(painter, picture)
            painter.end()
            kept = self._kept[name] = (key, pixmap)
        return kept[1]

    def _layer(self, picture: CellPicture, ratio: float) -> VoltageLayer:
        kept: dict[str, Any] = picture.projection.kept
        layer: VoltageLayer | None = kept.get("layer")
        if layer is None or layer.ratio != ratio:
            layer = kept["layer"] = VoltageLayer(picture.projection, self.cell.soma_path(picture), ratio)
        return layer
