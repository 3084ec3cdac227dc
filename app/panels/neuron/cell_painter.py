"""Draws the whole cell: dendrites with their synapses, soma, and what stands behind them. The axon has a painter of its own.

Three layers: `draw_under` and `draw_over` stand still while the camera does and are kept as pictures; `draw_live` is the moment.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QRadialGradient

from app.panels.neuron.cell_picture import CellPicture, polygon
from app.panels.neuron.sprites import Sprites, stamp
from app.panels.neuron.voltage_colors import VoltageColors
from app.panels.neuron.voltage_layer import pieces, whole_outline
from app.simulation.biology.stage import NEXT_CELL_NS, TERMINAL
from app.widgets.theme import Theme

LARGEST_RING_PX = 48.0  # half its width: larger ones change in every frame, and would fill the memory


def faded(color: QColor, alpha: float) -> QColor:
    """`color` with opacity `alpha`, 0 to 1."""
    copy = QColor(color)
    copy.setAlphaF(min(max(alpha, 0.0), 1.0))
    return copy


def mixed(a: QColor, b: QColor, share: float) -> QColor:
    """`share` of b in a."""
    rest = 1.0 - share
    return QColor.fromRgbF(
        a.redF() * rest + b.redF() * share, a.greenF() * rest + b.greenF() * share, a.blueF() * rest + b.blueF() * share
    )


class CellPainter:
    """Soma, dendrites, synapses as discs, presynaptic fibres and the spikes that come along them."""

    def __init__(self, theme: Theme, colors: VoltageColors) -> None:
        self.theme = theme
        self.colors = colors
        self._outlines: dict[int, list[np.ndarray]] = {}  # by anatomy: uniting them takes a while
        self.rings = Sprites()

    def forget(self) -> None:
        """The theme has changed."""
        self.rings.forget()

    @property
    def outline(self) -> QColor:
        """Of everything that is the cell's."""
        return mixed(self.theme.color("panel"), self.theme.color("muted"), 0.85)

    # --- what stands still ----------------------------------------------------------------------------------------------

    def draw_under(self, painter: QPainter, picture: CellPicture) -> None:
        """The ground, and the presynaptic fibres."""
        theme, projection = self.theme, picture.projection
        painter.fillRect(projection.room, theme.color("panel"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide = max(1.3, 1.5 * projection.scale * picture.anatomy.board.unit)
        for number, fibre in enumerate(picture.anatomy.fibres):
            tone = mixed(theme.color("panel"), self.input_color(picture, number), 0.42)
            painter.setPen(QPen(tone, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPolyline(polygon(projection.px(fibre)))
            end, radius = projection.point(fibre[-1]), self.disc_px_of(picture, picture.plan.weights_nS[number])
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tone)
            swell = max(2.4, radius * 0.9) if radius else 2.4
            way = picture.anatomy.outward[number] * radius * 0.55
            painter.drawEllipse(end + QPointF(float(way[0]), float(way[1])), swell, swell)

    def input_color(self, picture: CellPicture, number: int) -> QColor:
        """Orange where the synapse excites, blue where it inhibits."""
        return self.theme.color("negative" if _is_inhibitory(picture, number) else "positive")

    def disc_px(self, picture: CellPicture, number: int) -> float:
        """Radius of a synapse in px: its area is the weight."""
        if number == TERMINAL:
            return self.disc_px_of(picture, NEXT_CELL_NS)
        weight = picture.gliding.get(number, picture.plan.weights_nS[number])
        return self.disc_px_of(picture, weight)

    def site_px(self, picture: CellPicture, number: int) -> QPointF:
        """Middle of a synapse's disc in px: that of a pixel, so that rings which are stamped lie about it evenly."""
        projection, anatomy, ratio = picture.projection, picture.anatomy, picture.ratio
        known: tuple[float, list[QPointF]] | None = projection.kept.get("sites")
        if known is None or known[0] != ratio:
            sites, outward = anatomy.synapses
            lift = np.full((len(sites), 1), 0.35)
            lift[TERMINAL] = -1.3  # within the spine, so that the cleft stays in sight
            at = (np.floor(projection.px(sites + outward * anatomy.board.disc * lift) * ratio) + 0.5) / ratio
            known = projection.kept["sites"] = (ratio, [QPointF(x, y) for x, y in at.tolist()])
        return QPointF(known[1][number])

    def draw_over(self, painter: QPainter, picture: CellPicture) -> None:
        """Outlines, nucleus, discs, but for those that are on their way to another size."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_soma_light(painter, picture)
        self._draw_outline(painter, picture)
        for number in range(len(picture.anatomy.sites)):
            if number not in picture.gliding:
                self._draw_disc(painter, picture, number)
        self._draw_disc(painter, picture, TERMINAL)

    def _line(self, picture: CellPicture) -> QPen:
        wide = min(max(1.1, 0.55 * picture.projection.scale * picture.anatomy.board.unit), 2.4)
        return QPen(self.outline, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)

    def _draw_outline(self, painter: QPainter, picture: CellPicture) -> None:
        anatomy, projection = picture.anatomy, picture.projection
        if anatomy.board.dendrite_half[1] * projection.scale < 0.8:
            return  # a hair: its colour is all that can be seen of it
        key = id(anatomy)
        if key not in self._outlines:
            self._outlines[key] = whole_outline(anatomy)
        painter.setPen(self._line(picture))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for outline in self._outlines[key]:
            for piece in pieces(projection.px(outline), projection.room):
                painter.drawPolyline(piece)

    def soma_path(self, picture: CellPicture) -> QPainterPath:
        """The soma's outline in px."""
        path = QPainterPath()
        path.addPolygon(polygon(picture.projection.px(picture.anatomy.soma_outline)))
        path.closeSubpath()
        return path

    def _draw_soma_light(self, painter: QPainter, picture: CellPicture) -> None:
        projection, board = picture.projection, picture.anatomy.board
        center = projection.point(board.soma)
        radius = board.soma_radii[0] * projection.scale
        light = QRadialGradient(center - QPointF(radius * 0.35, radius * 0.45), radius * 1.5)
        light.setColorAt(0.0, faded(QColor("white"), 0.34))
        light.setColorAt(0.5, faded(QColor("white"), 0.05))
        light.setColorAt(1.0, faded(QColor("black"), 0.10))
        painter.setBrush(QBrush(light))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPath(self.soma_path(picture))
        if radius > 9:
            self._draw_nucleus(painter, center, radius)

    def _draw_nucleus(self, painter: QPainter, center: QPointF, radius: float) -> None:
        middle = center + QPointF(-0.10 * radius, 0.04 * radius)
        painter.setPen(QPen(faded(self.outline, 0.75), max(1.0, radius * 0.028)))
        painter.setBrush(faded(self.theme.color("panel"), 0.42))
        painter.drawEllipse(middle, radius * 0.40, radius * 0.37)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(self.outline, 0.55))
        painter.drawEllipse(middle + QPointF(0.10 * radius, -0.06 * radius), radius * 0.115, radius * 0.11)

    def _draw_disc(self, painter: QPainter, picture: CellPicture, number: int) -> None:
        """A synapse: the terminal's cap, and the disc whose area is the weight; a bar across it where it inhibits."""
        at, radius = self.site_px(picture, number), self.disc_px(picture, number)
        color = self.input_color(picture, number)
        is_marked = number in picture.marked
        if radius > 0.0:
            painter.setPen(QPen(self.theme.color("panel"), max(1.0, radius * 0.16)))
            painter.setBrush(color)
            painter.drawEllipse(at, radius, radius)
        if _is_inhibitory(picture, number):
            painter.setPen(
                QPen(self.theme.color("panel"), max(1.6, radius * 0.36), Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            )
            painter.drawLine(at - QPointF(radius * 0.55, 0), at + QPointF(radius * 0.55, 0))
        if is_marked:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.theme.color("accent"), max(2.0, 1.6 * self.theme.line_width / 2)))
            painter.drawEllipse(at, radius + 4.0, radius + 4.0)

    # --- the moment -----------------------------------------------------------------------------------------------------

    def draw_inputs(self, painter: QPainter, picture: CellPicture) -> None:
        """Over the discs: rings as wide as their open conductance, and spikes on their way into the terminals."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number in picture.gliding:
            self._draw_disc(painter, picture, number)
        if picture.frame is None:
            return
        unit, weights = self.disc_px_of(picture, 1.0), (*picture.weights_shown, NEXT_CELL_NS)
        conductance = np.append(picture.frame.conductance_nS, picture.frame.next_cell_nS)
        for number in np.flatnonzero(conductance > 0.004).tolist():
            radius = unit * math.sqrt(max(weights[number], 0.0))
            self._draw_ring(painter, picture, number, radius, unit * math.sqrt(float(conductance[number])))
        self._draw_arrivals(painter, picture)

    def _draw_ring(self, painter: QPainter, picture: CellPicture, number: int, radius: float, wide: float) -> None:
        """About a disc of `radius` px, as wide as its open conductance, in quarters of a px; small ones are stamped."""
        radius, wide = round(radius, 2), round(4 * wide) / 4
        line, reach = max(1.5, 0.55 * wide), radius + 0.45 * wide + 1.0
        at, half, room = self.site_px(picture, number), reach + line / 2 + 1.0, picture.camera.room
        if not (-half < at.x() < room.width() + half and -half < at.y() < room.height() + half):
            return
        color = self.input_color(picture, number)

        def draw(painter: QPainter, at: QPointF) -> None:
            painter.setPen(QPen(faded(color, 0.55), line))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, reach, reach)

        if half > LARGEST_RING_PX:
            draw(painter, at)
            return
        key = (color.rgb(), radius, wide)
        ring = self.rings.get(key, 2 * half, 2 * half, picture.ratio, lambda on_ring: draw(on_ring, QPointF()))
        stamp(painter, ring, at.x(), at.y())

    def disc_px_of(self, picture: CellPicture, conductance_nS: float) -> float:
        """Radius in px of a disc whose area is that conductance."""
        return float(
            max(picture.anatomy.board.disc * picture.projection.scale, 2.6) * math.sqrt(max(conductance_nS, 0.0))
        )

    def _draw_arrivals(self, painter: QPainter, picture: CellPicture) -> None:
        time_ms, projection = picture.time_ms, picture.projection
        for arrival in picture.arrivals:
            span = arrival.onset_ms - arrival.spike_ms
            if not arrival.spike_ms <= time_ms < arrival.onset_ms or span <= 0:
                continue
            share = (time_ms - arrival.spike_ms) / span
            fibre = projection.px(picture.anatomy.fibres[arrival.input])
            last = len(fibre) - 1
            head, tail = share * last, max(share - 0.35, 0.0) * last
            at = np.array(
                [np.interp(where, np.arange(last + 1), fibre[:, axis]) for where in (head, tail) for axis in (0, 1)]
            )
            color = self.input_color(picture, arrival.input)
            wide = max(3.4, 3.0 * projection.scale * picture.anatomy.board.unit)
            painter.setPen(QPen(faded(color, 0.9), wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(QLineF(at[0], at[1], at[2], at[3]))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.color("text"))
            painter.drawEllipse(QRectF(at[0] - wide * 0.45, at[1] - wide * 0.45, wide * 0.9, wide * 0.9))


def _is_inhibitory(picture: CellPicture, number: int) -> bool:
    return number != TERMINAL and picture.plan.receptors[number] == "gaba_a"
