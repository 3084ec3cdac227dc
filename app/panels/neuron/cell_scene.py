"""CellScene: puts the painters' layers over one another and keeps those that stand still as pictures. Takes no events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from app.panels.neuron.axon_painter import AxonPainter
from app.panels.neuron.captions import Caption, CaptionPainter, membrane_caption, place_caption, synapse_caption
from app.panels.neuron.cell_painter import CellPainter
from app.panels.neuron.cell_picture import CellPicture
from app.panels.neuron.cell_reading import Place
from app.panels.neuron.instruments_painter import InstrumentsPainter
from app.panels.neuron.labels import LabelPainter, PlacedLabel
from app.panels.neuron.membrane_painter import MembranePainter
from app.panels.neuron.near_labels import NearLabels
from app.panels.neuron.synapse_painter import SynapsePainter
from app.panels.neuron.voltage_colors import VoltageColors
from app.panels.neuron.voltage_layer import VoltageLayer
from app.widgets.theme import Theme

CARD_PX = 12.0  # of the card from the corner


class CellScene:
    """All painters, and the order in which they draw."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.colors = VoltageColors(theme)
        self.cell = CellPainter(theme, self.colors)
        self.axon = AxonPainter(theme, self.colors)
        self.instruments = InstrumentsPainter(theme, self.colors)
        self.membrane = MembranePainter(theme, self.colors)
        self.synapse = SynapsePainter(theme, self.colors)
        self.labels = LabelPainter(theme)
        self.near_labels = NearLabels(theme, self.membrane, self.synapse)
        self.captions = CaptionPainter(theme)
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
        if synapse > 0.0 and membrane < 1.0:
            self._draw_near(painter, self.synapse, picture, ratio, synapse)
        if membrane > 0.0:
            self._draw_near(painter, self.membrane, picture, ratio, membrane)
        is_near = max(membrane, synapse) > 0.5
        if not is_near:
            self.instruments.draw_probes(painter, picture)
        painter.drawPixmap(0, 0, self._pixmap("signs", self._draw_signs, picture, ratio))
        if not is_near:
            self.instruments.draw_electrode(painter, picture)
        self.instruments.draw_marker(painter, picture)
        self._draw_captions(painter, picture)
        self.instruments.draw_brush(painter, picture)

    def _draw_signs(self, painter: QPainter, picture: CellPicture) -> None:
        """The bar of the scale, and the names of the parts."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.instruments.draw_bar(painter, picture)
        if picture.has_labels:
            self.labels.draw(painter, self.placed_labels(picture))

    def placed_labels(self, picture: CellPicture) -> tuple[PlacedLabel, ...]:
        """The names as they stand, each in its own place."""
        if picture.membrane_share > 0.5:
            return self.near_labels.of_membrane(picture, self.taken(picture))
        if picture.synapse_share > 0.5:
            return self.near_labels.of_synapse(picture, self.taken(picture))
        ribbon = self.axon.ribbon_base_px(picture)
        return self.labels.place(picture, self.taken(picture), ribbon, self.axon.ribbon_px(picture))

    def taken(self, picture: CellPicture) -> list[QRectF]:
        """Where no name may stand: bar, flags, electrode, card."""
        instruments = self.instruments
        boxes = [instruments.bar_box(picture)]
        if max(picture.membrane_share, picture.synapse_share) > 0.5:
            caption = self.caption(picture)
            if caption is not None:
                width, height, _ = self.captions.size(caption, self._widest(picture))
                boxes.append(QRectF(CARD_PX, CARD_PX, width + 6, height + 6))
            return boxes
        tip, knob = instruments.tip(picture), instruments.knob(picture)
        boxes += [instruments.flag(picture, number).adjusted(-3, -8, 3, 3) for number in range(len(picture.probes))]
        return [*boxes, QRectF(tip, knob).normalized().adjusted(-8, -14, 14, 0)]

    # --- cards ----------------------------------------------------------------------------------------------------------

    def _widest(self, picture: CellPicture) -> float:
        return min(max(0.42 * picture.camera.room.width(), 340.0), 480.0)

    def caption(self, picture: CellPicture) -> Caption | None:
        """The card of what is looked at closely, if something is."""
        if picture.membrane_share > 0.5:
            return membrane_caption(picture, self.membrane.counts(picture))
        counts, number = self.synapse.counts(picture), picture.near_input
        if picture.synapse_share > 0.5 and counts is not None and number is not None:
            return synapse_caption(picture, number, counts)
        return None

    def _draw_captions(self, painter: QPainter, picture: CellPicture) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        caption = self.caption(picture)
        if caption is not None:
            self.captions.draw(painter, caption, QPointF(CARD_PX, CARD_PX), self._widest(picture))
        elif isinstance(picture.hovered, Place) and picture.pointer is not None:
            caption = place_caption(picture, picture.hovered)
            width, height, _ = self.captions.size(caption, 420.0)
            x, y = picture.pointer.x() + 16, picture.pointer.y() + 18
            room = picture.projection.room
            x = x if x + width < room.right() - 4 else picture.pointer.x() - width - 12
            y = y if y + height < room.bottom() - 4 else picture.pointer.y() - height - 12
            self.captions.draw(painter, caption, QPointF(max(x, 2.0), max(y, 2.0)), 420.0)

    # --- layers ---------------------------------------------------------------------------------------------------------

    def _draw_cell(self, painter: QPainter, picture: CellPicture, ratio: float) -> None:
        painter.drawPixmap(0, 0, self._pixmap("under", self.cell.draw_under, picture, ratio))
        next_mv = -65.0 if picture.frame is None else picture.frame.next_cell_mV
        self._layer(picture, ratio).draw(painter, picture.voltage_mV, next_mv, self.colors)
        self.axon.draw_live(painter, picture)
        painter.drawPixmap(0, 0, self._pixmap("over", self._draw_over, picture, ratio))
        self.cell.draw_inputs(painter, picture)

    def _draw_near(
        self,
        painter: QPainter,
        near: MembranePainter | SynapsePainter,
        picture: CellPicture,
        ratio: float,
        share: float,
    ) -> None:
        """What is looked at closely, over the cell while the camera comes nearer."""
        if share >= 1.0:
            painter.drawPixmap(0, 0, self._pixmap(type(near).__name__, near.draw_under, picture, ratio))
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
        key = (
            *picture.projection.key,
            picture.plan,
            picture.marked,
            picture.has_labels,
            picture.probes,
            picture.electrode,
            ratio,
        )
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
