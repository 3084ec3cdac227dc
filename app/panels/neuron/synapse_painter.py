"""Draws one synapse from near: terminal, vesicles, cleft, receptors. Lengths are in radii of a disc of 1 nS, y towards the dendrite.

All of it follows from the newest arrival, the conductance that is open and the weight: nothing is there for show. The bouton's
own synapse has the bouton's potential in its terminal too; of an input's presynaptic cell only the spikes are known.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPainterPath, QPen, QPixmap

from app.panels.neuron.cell_painter import mixed
from app.panels.neuron.cell_picture import CellPicture
from app.panels.neuron.cell_reading import SynapseCounts, synapse_counts
from app.panels.neuron.kept_layers import KeptLayers, blank
from app.panels.neuron.membrane_painter import scatter
from app.panels.neuron.release_painter import ReleasePainter
from app.panels.neuron.sprites import Stamps, stroke
from app.panels.neuron.synapse_shape import TILT, ZONE, SynapseShape, receptor_places
from app.panels.neuron.synapse_sprites import SynapseSprites
from app.panels.neuron.voltage_colors import VoltageColors
from app.simulation.biology.stage import TERMINAL
from app.widgets.theme import Theme


class SynapsePainter:
    """The synapse in the middle of what is seen."""

    def __init__(self, theme: Theme, colors: VoltageColors) -> None:
        self.theme = theme
        self.colors = colors
        self.sprites = SynapseSprites(theme)
        self._release = ReleasePainter(theme, self.sprites)
        self._layers = KeptLayers()
        self._disc_key: tuple[float, ...] = ()
        self._disc = QPixmap()

    def forget(self) -> None:
        """The theme has changed."""
        self._disc_key = ()
        self.sprites.forget()
        self._layers.forget()

    def counts(self, picture: CellPicture) -> SynapseCounts | None:
        """What the synapse in the middle holds now; None where there is none, or no cell yet."""
        number = picture.near_synapse
        if number is None or picture.frame is None:
            return None
        arrivals = picture.handed_on if number == TERMINAL else picture.arrivals
        return synapse_counts(picture.frame, number, arrivals, picture.plan)

    def input_color(self, shape: SynapseShape) -> QColor:
        """Orange where it excites, blue where it inhibits."""
        return self.theme.color("negative" if shape.is_square else "positive")

    # --- what stands still ----------------------------------------------------------------------------------------------

    def draw_under(self, painter: QPainter, picture: CellPicture) -> None:
        """The ground, and a terminal that has no potential to show, with its stock of vesicles."""
        painter.fillRect(picture.projection.room, self.theme.color("panel"))
        if picture.near_synapse is None:
            return
        shape = SynapseShape.of(picture, picture.near_synapse)
        if shape.is_terminal:
            return
        shade = QLinearGradient(0, ZONE, 0, -3.6)
        shade.setColorAt(0.0, mixed(self.theme.color("panel"), self.input_color(shape), 0.30))
        shade.setColorAt(1.0, mixed(self.theme.color("panel"), self.input_color(shape), 0.10))
        painter.save()
        _set_out(painter, shape)
        self._draw_terminal(painter, shape, QBrush(shade))
        painter.restore()

    def _draw_terminal(self, painter: QPainter, shape: SynapseShape, fill: QBrush) -> None:
        """Its outline, its active zone and its stock of vesicles."""
        color, reach = self.input_color(shape), shape.reach
        painter.setBrush(fill)
        line, cap = Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap
        painter.setPen(QPen(mixed(color, self.theme.color("muted"), 0.5), 0.035, line, cap))
        painter.drawPath(shape.terminal())
        painter.setPen(QPen(mixed(color, self.theme.color("text"), 0.35), 0.075, line, cap))
        painter.drawLine(QPointF(-reach * 0.98, ZONE), QPointF(reach * 0.98, ZONE))  # the active zone
        for at in shape.stock():
            self.sprites.draw_vesicle(painter, at, color, shape.is_square)

    def _draw_edge(self, painter: QPainter, shape: SynapseShape) -> None:
        """The spine's outline and the disc; and what lies over the potential of the bouton."""
        painter.save()
        _set_out(painter, shape)
        if shape.is_terminal:
            self._draw_terminal(painter, shape, QBrush())
        stroke(painter, shape.surface(), mixed(self.theme.color("panel"), self.theme.color("muted"), 0.85), 0.04)
        color = self.input_color(shape)
        painter.setPen(QPen(mixed(color, self.theme.color("text"), 0.3), 0.035))
        painter.setBrush(mixed(self.theme.color("panel"), color, 0.22))
        painter.drawEllipse(QPointF(0, 0), shape.radius, TILT * shape.radius)
        painter.restore()

    # --- the moment -----------------------------------------------------------------------------------------------------

    def draw_live(self, painter: QPainter, picture: CellPicture) -> None:
        """The receiving side in its voltage's colour, receptors, vesicles, calcium, transmitter."""
        if picture.near_synapse is None:
            return
        shape, counts = SynapseShape.of(picture, picture.near_synapse), self.counts(picture)
        spine = shape.surface()
        spine.lineTo(shape.half, 9)
        spine.lineTo(-shape.half, 9)
        painter.save()
        _set_out(painter, shape)
        self._fill(painter, spine, picture.receiving_mV(shape.number))
        if shape.is_terminal:
            self._fill(painter, shape.terminal(), float(picture.voltage_mV[picture.anatomy.bouton]))
        painter.restore()
        if picture.synapse_share < 1.0:
            self._draw_edge(painter, shape)
        else:
            key, room = (*picture.projection.key, picture.plan, shape.radius), picture.camera.room
            self._layers.stamp(
                painter, "edge", key, room, picture.ratio, lambda on_layer: self._draw_edge(on_layer, shape)
            )
        if counts is not None:
            painter.save()
            _set_out(painter, shape)
            self._draw_receptors(painter, shape, counts, picture.ratio)
            self._release.draw(painter, shape, counts, self.input_color(shape), picture.time_ms, picture.ratio)
            painter.restore()

    def _fill(self, painter: QPainter, body: QPainterPath, voltage_mV: float) -> None:
        """The head of the spine that the disc lies on, or the bouton; its jagged edge lies beneath the line."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.colors.color(voltage_mV))
        painter.drawPath(body)

    def _draw_receptors(self, painter: QPainter, shape: SynapseShape, counts: SynapseCounts, ratio: float) -> None:
        """Each receptor of the disc; those that are open are lit and have a gap. All of them are one picture while as many are."""
        color, unit, radius = self.input_color(shape), shape.unit, shape.radius
        key = (counts.receptors, counts.receptors_open, color.rgb(), unit, radius, ratio)
        if key != self._disc_key:
            size = QSizeF(2 * (radius + 0.3) * unit, 2 * (TILT * radius + 0.3) * unit)
            disc = blank(size, ratio)
            on_disc = QPainter(disc)
            on_disc.translate(math.floor(size.width() / 2), math.floor(size.height() / 2))
            self._stamp_receptors(on_disc, shape, counts, ratio)
            on_disc.end()
            self._disc_key, self._disc = key, disc
        left, top = -math.floor((radius + 0.3) * unit), -math.floor((TILT * radius + 0.3) * unit)
        painter.scale(1 / unit, 1 / unit)
        painter.drawPixmap(QPointF(left, top), self._disc)
        painter.scale(unit, unit)

    def _stamp_receptors(self, painter: QPainter, shape: SynapseShape, counts: SynapseCounts, ratio: float) -> None:
        """The receptors about the painter's origin, in px."""
        color, unit = self.input_color(shape), shape.unit
        places = receptor_places(counts.receptors, shape.radius)
        turn = np.argsort(np.argsort(scatter(np.arange(counts.receptors), 21)))
        is_open = turn < counts.receptors_open
        sprites = [self.sprites.receptor(color, unit, ratio, is_open=flag) for flag in (False, True)]
        order = np.argsort(places[:, 1], kind="stable")
        at = (places[order] - (0.0, 0.03)) * unit
        with Stamps(painter, ratio) as stamps:
            for (x, y), flag in zip(at.tolist(), is_open[order].tolist(), strict=True):
                stamps.put(sprites[flag], x, y)


def _set_out(painter: QPainter, shape: SynapseShape) -> None:
    """Into the synapse's plane, in units."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setTransform(shape.plane, True)
    painter.scale(shape.unit, shape.unit)
