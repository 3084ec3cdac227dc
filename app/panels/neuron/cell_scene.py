"""CellScene: puts the painters' layers over one another and keeps those that stand still as pictures. Takes no events."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from app.panels.neuron.axon_painter import AxonPainter
from app.panels.neuron.captions import Caption, CaptionPainter, membrane_caption, place_caption, synapse_caption
from app.panels.neuron.cell_painter import CellPainter
from app.panels.neuron.cell_picture import NEAR, CellPicture
from app.panels.neuron.cell_reading import Place
from app.panels.neuron.instruments_painter import InstrumentsPainter
from app.panels.neuron.kept_layers import KeptLayers, blank
from app.panels.neuron.labels import LabelPainter, PlacedLabel
from app.panels.neuron.membrane_painter import MembranePainter
from app.panels.neuron.near_labels import NearLabels
from app.panels.neuron.synapse_painter import SynapsePainter
from app.panels.neuron.synapse_shape import ZONE, SynapseShape
from app.panels.neuron.voltage_colors import VoltageColors, level
from app.panels.neuron.voltage_layer import QuickBodies, VoltageLayer
from app.widgets.theme import Theme

CARD_PX = 12.0  # of the card from the corner
LEAST_CARD_PX = 220.0  # its width
MOST_OF_ROOM = 0.46  # its height
FEWEST_LINES = 3


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
        self.near_labels = NearLabels(theme, self.membrane)
        self.captions = CaptionPainter(theme)
        self._placed: tuple[object, tuple[PlacedLabel, ...]] | None = None
        self._free: tuple[object, float] | None = None
        self._grounds: tuple[QPixmap, QImage] | None = None
        self._layers = KeptLayers()

    def forget(self) -> None:
        """The theme has changed: build colours and kept pictures anew."""
        self.colors.refresh()
        self._layers.forget()
        self._placed = None
        self.cell.forget()
        self.membrane.forget()
        self.synapse.forget()
        self.captions.forget()

    def draw(self, painter: QPainter, picture: CellPicture, ratio: float) -> None:
        """The whole picture at this moment; ratio: device pixels a px."""
        membrane, synapse = picture.membrane_share, picture.synapse_share
        picture.ratio = ratio
        if membrane < 1.0 and synapse < 1.0:
            self._draw_cell(painter, picture)
        if synapse > 0.0 and membrane < 1.0:
            self._draw_near(painter, self.synapse, picture, synapse)
        if membrane > 0.0:
            self._draw_near(painter, self.membrane, picture, membrane)
        if picture.is_near:
            self._draw_near_signs(painter, picture)
        self.instruments.draw_marker(painter, picture)
        self._draw_captions(painter, picture)
        self.instruments.draw_brush(painter, picture)

    def _draw_signs(self, painter: QPainter, picture: CellPicture) -> None:
        """The bar of the scale, the ruler, what a person holds to the cell, and the names of the parts."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.instruments.draw_bar(painter, picture)
        if not picture.is_near:
            self.instruments.draw_ruler(painter, picture)
            self.instruments.draw_probes(painter, picture)
            self.instruments.draw_electrode(painter, picture)
        self.labels.draw(painter, self.names(picture))

    def _draw_near_signs(self, painter: QPainter, picture: CellPicture) -> None:
        if picture.is_moving:
            self._draw_signs(painter, picture)
            return
        self._layers.stamp(
            painter,
            "near signs",
            (*picture.projection.key, self.names(picture)),
            picture.camera.room,
            picture.ratio,
            lambda on_layer: self._draw_signs(on_layer, picture),
        )

    def names(self, picture: CellPicture) -> tuple[PlacedLabel, ...]:
        """The names, placed anew where something has moved that they stand beside."""
        if not picture.has_labels or picture.is_moving:
            return ()
        held = (picture.probes, picture.electrode, picture.covered, picture.frame is None)
        key = (*picture.projection.key, picture.plan, *held)
        if self._placed is None or self._placed[0] != key:
            self._placed = (key, self.placed_labels(picture))
        return self._placed[1]

    def placed_labels(self, picture: CellPicture) -> tuple[PlacedLabel, ...]:
        """The names as they stand, each in its own place."""
        if picture.membrane_share > NEAR:
            return self.near_labels.of_membrane(picture, self.taken(picture))
        if picture.synapse_share > NEAR:
            return self.near_labels.of_synapse(picture, self.taken(picture))
        ribbon = self.axon.ribbon_base_px(picture)
        return self.labels.place(picture, self.taken(picture), ribbon, self.axon.ribbon_px(picture))

    def taken(self, picture: CellPicture) -> list[QRectF]:
        """Where no name may stand: bar, flags, electrode, card."""
        instruments = self.instruments
        boxes = [instruments.bar_box(picture)]
        boxes += [box.adjusted(-6.0, -6.0, 6.0, 6.0) for box in picture.covered]
        if picture.is_near:
            caption = self.caption(picture)
            if caption is not None:
                width, height, _ = self.captions.size(caption, self._widest(picture))
                boxes.append(QRectF(CARD_PX, CARD_PX, width + 6, height + 6))
            return boxes
        boxes.append(instruments.ruler_box(picture))
        tip, knob = instruments.tip(picture), instruments.knob(picture)
        boxes += [instruments.flag(picture, number).adjusted(-3, -8, 3, 3) for number in range(len(picture.probes))]
        return [*boxes, QRectF(tip, knob).normalized().adjusted(-8, -14, 14, 0)]

    # --- cards ----------------------------------------------------------------------------------------------------------

    def _widest(self, picture: CellPicture) -> float:
        """Of a card: less than half the room, more where large type would be cut short, but not over a terminal."""
        room = picture.camera.room.width()
        widest = max(min(max(0.44 * room, 340.0), 520.0), min(0.62 * room, 350.0 * self.theme.scale))
        return min(widest, max(self._free_px(picture) - CARD_PX, LEAST_CARD_PX))

    def caption(self, picture: CellPicture) -> Caption | None:
        """The card of what is looked at closely, if something is; without its sentence where that would take too much room."""
        caption = self._near_caption(picture)
        if caption is None:
            return None
        widest, room = self._widest(picture), MOST_OF_ROOM * picture.camera.room.height()
        is_membrane = picture.membrane_share > NEAR
        if not is_membrane:  # narrow, beside the terminal
            caption = replace(caption, lines=self.captions.broken(caption.lines, widest - 24.0))
        if self.captions.size(caption, widest)[1] <= room:
            return caption
        caption = replace(caption, fact="")
        if is_membrane and len(caption.lines) > FEWEST_LINES and self.captions.size(caption, widest)[1] > room:
            return replace(caption, lines=caption.lines[1:-1])  # the channels, which it would cover
        return caption

    def _free_px(self, picture: CellPicture) -> float:
        """How far to the right a card may reach: up to the terminal that is looked into."""
        if picture.near_synapse is None or picture.membrane_share > NEAR:
            return picture.camera.room.width()
        key = (*picture.projection.key, picture.plan, picture.near_synapse)
        if self._free is None or self._free[0] != key:
            shape = SynapseShape.of(picture, picture.near_synapse, is_settled=True)
            left = shape.plane.map(QPointF(-(shape.reach + 0.6) * shape.unit, ZONE * shape.unit))
            self._free = (key, left.x())
        return self._free[1]

    def _near_caption(self, picture: CellPicture) -> Caption | None:
        if picture.membrane_share > NEAR:
            return membrane_caption(picture, self.membrane.counts(picture))
        counts, number = self.synapse.counts(picture), picture.near_synapse
        if picture.synapse_share > NEAR and counts is not None and number is not None:
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

    def _draw_cell(self, painter: QPainter, picture: CellPicture) -> None:
        next_mv = -65.0 if picture.frame is None else picture.frame.next_cell_mV
        if picture.is_moving:
            self._draw_quickly(painter, picture, next_mv)
        else:
            self.voltage_layer(picture).draw(painter, picture.voltage_mV, next_mv, self.colors, self.ground(picture))
            self.axon.draw_live(painter, picture)
            self.cell.draw_inputs(painter, picture)
            self._draw_kept_over(painter, picture)

    def _draw_quickly(self, painter: QPainter, picture: CellPicture, next_mv: float) -> None:
        """All of it at once, without halos and names: nothing is kept of a camera that moves on."""
        self.cell.draw_under(painter, picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        levels = level(np.append(picture.voltage_mV, next_mv)).tolist()
        QuickBodies(picture.projection, levels, self.colors).draw_bodies(painter, self.cell.soma_path(picture))
        self.axon.draw_live(painter, picture)
        self.cell.draw_inputs(painter, picture)
        self._draw_over(painter, picture)
        self._draw_signs(painter, picture)

    def ground(self, picture: CellPicture) -> QImage:
        """What stands behind all voltages, as an image that the layer copies."""
        key, room = (*picture.projection.key, picture.plan), picture.camera.room
        under = self._layers.pixmap(
            "under", key, room, picture.ratio, lambda on_layer: self.cell.draw_under(on_layer, picture)
        )
        if self._grounds is None or self._grounds[0] is not under:
            self._grounds = (under, under.toImage().convertToFormat(QImage.Format.Format_RGB32))
        return self._grounds[1]

    def _draw_kept_over(self, painter: QPainter, picture: CellPicture) -> None:
        """Outlines and discs, and the signs on top: two layers copied as one, since signs move more often than the cell."""
        room, (key, cell) = picture.camera.room, self.over(picture)

        def draw(on_layer: QPainter) -> None:
            on_layer.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            on_layer.drawPixmap(0, 0, cell)
            on_layer.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            self._draw_signs(on_layer, picture)

        held = (self.names(picture), picture.probes, picture.electrode, picture.is_injecting)
        self._layers.stamp(painter, "signs", (*key, held), room, picture.ratio, draw)

    def over(self, picture: CellPicture) -> tuple[tuple[Any, ...], QPixmap]:
        """Outlines and discs, and what they follow from."""
        key = (*picture.projection.key, picture.plan, picture.marked, *picture.gliding)
        draw, ratio = partial(self._draw_over, picture=picture), picture.ratio
        return key, self._layers.pixmap("over", key, picture.camera.room, ratio, draw)

    def _draw_over(self, painter: QPainter, picture: CellPicture) -> None:
        self.axon.draw_over(painter, picture)
        self.cell.draw_over(painter, picture)

    def _draw_near(
        self, painter: QPainter, near: MembranePainter | SynapsePainter, picture: CellPicture, share: float
    ) -> None:
        """What is looked at closely, over the cell while the camera comes nearer."""
        if share >= 1.0:
            painter.drawPixmap(0, 0, self.near_under(near, picture))
            near.draw_live(painter, picture)
            return
        sheet = blank(picture.camera.room, picture.ratio)
        on_sheet = QPainter(sheet)
        near.draw_under(on_sheet, picture)
        near.draw_live(on_sheet, picture)
        on_sheet.end()
        painter.setOpacity(share)
        painter.drawPixmap(0, 0, sheet)
        painter.setOpacity(1.0)

    def near_under(self, near: MembranePainter | SynapsePainter, picture: CellPicture) -> QPixmap:
        """What stands still of what is looked at closely."""
        on_the_way = None if picture.near_input is None else picture.gliding.get(picture.near_input)
        key, room = (*picture.projection.key, picture.plan, on_the_way), picture.camera.room
        draw = partial(near.draw_under, picture=picture)
        return self._layers.pixmap(type(near).__name__, key, room, picture.ratio, draw, is_ground=True)

    def voltage_layer(self, picture: CellPicture) -> VoltageLayer:
        kept: dict[str, Any] = picture.projection.kept
        layer: VoltageLayer | None = kept.get("layer")
        if layer is None or layer.ratio != picture.ratio:
            layer = kept["layer"] = VoltageLayer(picture.projection, self.cell.soma_path(picture), picture.ratio)
        return layer
