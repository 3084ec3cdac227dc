"""Draws one synapse from near: terminal, vesicles, cleft, receptors. Lengths are in radii of a disc of 1 nS, y towards the dendrite.

All of it follows from the newest arrival, the conductance that is open and the weight: nothing is there for show.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPainterPath, QPen, QTransform

from app.panels.neuron.cell_painter import mixed
from app.panels.neuron.cell_picture import CellPicture
from app.panels.neuron.cell_reading import FUSED_MS, SynapseCounts, synapse_counts
from app.panels.neuron.kept_layers import KeptLayers
from app.panels.neuron.membrane_painter import scatter
from app.panels.neuron.sprites import stamp
from app.panels.neuron.synapse_sprites import VESICLE, SynapseSprites
from app.panels.neuron.voltage_colors import VoltageColors
from app.simulation.biology.stage import Arrival
from app.simulation.biology.synapse import RELEASE_SITES
from app.widgets.theme import Theme

TILT = 0.36  # the disc is seen at an angle: its depth by its width
ZONE = -0.86  # where the terminal's face stands over the cleft
CROSSING_MS = 0.15  # of transmitter through the cleft
LINGER_MS = 1.0  # until it is taken up
_FUSE_ORDER = (2, 0, 4, 1, 3)
_DOTS = 16  # of transmitter drawn for one vesicle
_TURN = math.pi * (3.0 - math.sqrt(5.0))


def receptor_places(receptors: int, radius: float) -> np.ndarray:
    """Where each receptor stands on a disc of `radius`: at equal density, as the seeds of a sunflower. (receptors, 2)"""
    number = np.arange(receptors)
    reach = radius * 0.93 * np.sqrt((number + 0.5) / max(receptors, 1))
    return np.stack([reach * np.cos(number * _TURN), TILT * reach * np.sin(number * _TURN)], axis=1)


class SynapsePainter:
    """The synapse in the middle of what is seen."""

    def __init__(self, theme: Theme, colors: VoltageColors) -> None:
        self.theme = theme
        self.colors = colors
        self.sprites = SynapseSprites(theme)
        self._layers = KeptLayers()

    def forget(self) -> None:
        """The theme has changed."""
        self.sprites.forget()
        self._layers.forget()

    def counts(self, picture: CellPicture) -> SynapseCounts | None:
        """What the synapse in the middle holds now; None where there is none, or no cell yet."""
        number = picture.near_input
        if number is None or picture.frame is None:
            return None
        return synapse_counts(picture.frame, number, picture.arrivals, picture.plan)

    def input_color(self, picture: CellPicture, number: int) -> QColor:
        """Orange where it excites, blue where it inhibits."""
        return self.theme.color("negative" if picture.plan.receptors[number] == "gaba_a" else "positive")

    def _set_out(self, painter: QPainter, picture: CellPicture, number: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(self.plane(picture, number), True)
        unit = self._unit(picture)
        painter.scale(unit, unit)

    def plane(self, picture: CellPicture, number: int) -> QTransform:
        """From the synapse's plane, in px, to the room."""
        way = picture.anatomy.outward[number]
        at = picture.projection.point(picture.anatomy.sites[number])
        return picture.near_transform(at, math.degrees(math.atan2(way[0], -way[1])))

    def _radius(self, picture: CellPicture, number: int) -> float:
        return math.sqrt(picture.plan.weights_nS[number])

    # --- what stands still ----------------------------------------------------------------------------------------------

    def draw_under(self, painter: QPainter, picture: CellPicture) -> None:
        """The ground and the terminal with its stock of vesicles."""
        number = picture.near_input
        painter.fillRect(picture.projection.room, self.theme.color("panel"))
        if number is None:
            return
        painter.save()
        self._set_out(painter, picture, number)
        color, reach = self.input_color(picture, number), self._reach(picture, number)
        shade = QLinearGradient(0, ZONE, 0, -3.6)
        shade.setColorAt(0.0, mixed(self.theme.color("panel"), color, 0.30))
        shade.setColorAt(1.0, mixed(self.theme.color("panel"), color, 0.10))
        painter.setBrush(QBrush(shade))
        painter.setPen(self._line(color))
        painter.drawPath(self._terminal(reach))
        painter.setPen(
            QPen(mixed(color, self.theme.color("text"), 0.35), 0.075, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        )
        painter.drawLine(QPointF(-reach * 0.98, ZONE), QPointF(reach * 0.98, ZONE))  # the active zone
        is_square = picture.plan.receptors[number] == "gaba_a"
        for at in self._stock(reach):
            self.sprites.draw_vesicle(painter, at, color, is_square)
        painter.restore()

    def _line(self, color: QColor) -> QPen:
        return QPen(mixed(color, self.theme.color("muted"), 0.5), 0.035, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)

    def _reach(self, picture: CellPicture, number: int) -> float:
        """Half the width of the terminal's face: that of the disc, within what can be seen."""
        return min(max(self._radius(picture, number), 0.85), 2.6)

    def _terminal(self, reach: float) -> QPainterPath:
        path = QPainterPath(QPointF(-reach, ZONE))
        path.lineTo(reach, ZONE)
        path.cubicTo(reach + 0.75, ZONE - 0.05, reach + 0.85, -2.35, 0.75, -2.75)
        path.cubicTo(0.4, -2.9, 0.42, -3.4, 0.5, -6.5)
        path.lineTo(-0.5, -6.5)
        path.cubicTo(-0.42, -3.4, -0.4, -2.9, -0.75, -2.75)
        path.cubicTo(-reach - 0.85, -2.35, -reach - 0.75, ZONE - 0.05, -reach, ZONE)
        path.closeSubpath()
        return path

    def _stock(self, reach: float) -> list[QPointF]:
        """The vesicles behind those that are docked."""
        places = []
        for row, count in enumerate((6, 5, 4)):
            wide = (reach + 0.35 - 0.22 * row) * 2
            for column in range(count):
                jitter = float(scatter(row, column, 4)) - 0.5
                places.append(
                    QPointF(
                        -wide / 2 + wide * (column + 0.5) / count + 0.12 * jitter,
                        ZONE - 0.62 - 0.42 * row + 0.16 * jitter,
                    )
                )
        return places

    def site(self, picture: CellPicture, number: int, place: int) -> QPointF:
        """Where docked vesicle `place` (0 to 4) stands."""
        reach = self._reach(picture, number)
        return QPointF((place - (RELEASE_SITES - 1) / 2) * 0.42 * min(reach, 1.25), ZONE - VESICLE - 0.045)

    # --- the moment -----------------------------------------------------------------------------------------------------

    def draw_live(self, painter: QPainter, picture: CellPicture) -> None:
        """The receiving side in its voltage's colour, receptors, vesicles, calcium, transmitter."""
        number, counts = picture.near_input, self.counts(picture)
        if number is None:
            return
        self._draw_spine(painter, picture, number)
        if counts is not None:
            painter.save()
            self._set_out(painter, picture, number)
            self._draw_receptors(painter, picture, number, counts)
            self._draw_release(painter, picture, number, counts)
            painter.restore()

    def _draw_spine(self, painter: QPainter, picture: CellPicture, number: int) -> None:
        """The head of the spine that the disc lies on, in the colour of its voltage."""
        voltage = float(picture.voltage_mV[picture.guide.input_compartments[number]])
        painter.save()
        self._set_out(painter, picture, number)
        surface, half = self._surface(picture, number)
        surface.lineTo(half, 9)
        surface.lineTo(-half, 9)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # its edge lies beneath the line
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.colors.color(voltage))
        painter.drawPath(surface)
        painter.restore()
        if picture.synapse_share < 1.0:
            self._draw_edge(painter, picture, number)
            return
        self._layers.stamp(
            painter,
            "edge",
            (*picture.projection.key, picture.plan),
            picture.camera.room,
            picture.ratio,
            lambda on_layer: self._draw_edge(on_layer, picture, number),
        )

    def _surface(self, picture: CellPicture, number: int) -> tuple[QPainterPath, float]:
        """The spine's outline from left to right, in units, and how far it reaches to either side."""
        radius = self._radius(picture, number)
        wide = max(radius, 0.6) + 0.45
        half = max(picture.projection.room.width() / self._unit(picture), wide + 3.0)  # all that is seen of it
        rise = TILT * radius * 1.12 + 0.05
        surface = QPainterPath(QPointF(-half, 1.55))
        surface.lineTo(-wide - 2.6, 1.52)
        surface.cubicTo(-wide - 1.2, 1.45, -wide - 0.75, 1.2, -wide - 0.35, 0.62)
        surface.cubicTo(-wide, 0.05, -wide * 0.6, -rise, 0, -rise)
        surface.cubicTo(wide * 0.6, -rise, wide, 0.05, wide + 0.35, 0.62)
        surface.cubicTo(wide + 0.75, 1.2, wide + 1.2, 1.45, wide + 2.6, 1.52)
        surface.lineTo(half, 1.55)
        return surface, half

    def _draw_edge(self, painter: QPainter, picture: CellPicture, number: int) -> None:
        """The spine's outline and the disc: they stand still."""
        radius, color = self._radius(picture, number), self.input_color(picture, number)
        painter.save()
        self._set_out(painter, picture, number)
        surface, _ = self._surface(picture, number)
        stroke(painter, surface, mixed(self.theme.color("panel"), self.theme.color("muted"), 0.85), 0.04)
        painter.setPen(QPen(mixed(color, self.theme.color("text"), 0.3), 0.035))
        painter.setBrush(mixed(self.theme.color("panel"), color, 0.22))
        painter.drawEllipse(QPointF(0, 0), radius, TILT * radius)
        painter.restore()

    def _draw_receptors(self, painter: QPainter, picture: CellPicture, number: int, counts: SynapseCounts) -> None:
        """Each receptor of the disc; those that are open are lit and have a gap."""
        color = self.input_color(picture, number)
        places = receptor_places(counts.receptors, self._radius(picture, number))
        turn = np.argsort(np.argsort(scatter(np.arange(counts.receptors), 21)))
        unit = self._unit(picture)
        is_open = turn < counts.receptors_open
        sprites = [self.sprites.receptor(color, unit, picture.ratio, is_open=flag) for flag in (False, True)]
        painter.scale(1 / unit, 1 / unit)
        for receptor in np.argsort(places[:, 1], kind="stable").tolist():
            x, y = places[receptor].tolist()
            stamp(painter, sprites[int(is_open[receptor])], x * unit, (y - 0.03) * unit)
        painter.scale(unit, unit)

    def _unit(self, picture: CellPicture) -> float:
        return picture.anatomy.board.disc * picture.projection.scale

    def _draw_release(self, painter: QPainter, picture: CellPicture, number: int, counts: SynapseCounts) -> None:
        color, is_square = self.input_color(picture, number), picture.plan.receptors[number] == "gaba_a"
        fused = set(_FUSE_ORDER[: counts.fused])
        arrival, time_ms = counts.arrival, picture.time_ms
        unit = self._unit(picture)
        vesicle = self.sprites.vesicle(color, unit, picture.ratio, is_square=is_square)
        if arrival is not None:
            self._draw_spike(painter, picture, number, arrival)
        for place in range(RELEASE_SITES):
            at = self.site(picture, number, place)
            if place in fused and arrival is not None:
                self._draw_fused(painter, at, color, (time_ms - arrival.onset_ms) / FUSED_MS)
            else:
                painter.scale(1 / unit, 1 / unit)
                stamp(painter, vesicle, at.x() * unit, at.y() * unit)
                painter.scale(unit, unit)
        self._draw_calcium(painter, picture, number, arrival)
        if arrival is not None:
            self._draw_transmitter(painter, picture, number, arrival)

    def _draw_fused(self, painter: QPainter, at: QPointF, color: QColor, share: float) -> None:
        """A vesicle that has become part of the terminal's face: an open bowl that flattens."""
        deep = VESICLE * 1.9 * (1.0 - share)
        path = QPainterPath(QPointF(at.x() - VESICLE, ZONE))
        path.cubicTo(
            at.x() - VESICLE * 1.1, ZONE - deep * 1.3, at.x() + VESICLE * 1.1, ZONE - deep * 1.3, at.x() + VESICLE, ZONE
        )
        painter.setPen(QPen(self.theme.color("panel"), 0.09))
        painter.drawLine(QPointF(at.x() - VESICLE * 0.85, ZONE), QPointF(at.x() + VESICLE * 0.85, ZONE))
        painter.setPen(QPen(mixed(color, self.theme.color("text"), 0.4), 0.04))
        painter.setBrush(self.theme.color("panel"))
        painter.drawPath(path)

    def _draw_calcium(self, painter: QPainter, picture: CellPicture, number: int, arrival: Arrival | None) -> None:
        """Calcium channels between the docked vesicles; calcium comes in from the spike until the vesicles fuse."""
        tone = self.theme.color("warning")
        time_ms = picture.time_ms
        for gate in range(RELEASE_SITES - 1):
            x = (self.site(picture, number, gate).x() + self.site(picture, number, gate + 1).x()) / 2
            is_open = arrival is not None and arrival.spike_ms <= time_ms < max(
                arrival.onset_ms, arrival.spike_ms + 0.2
            )
            gap = 0.03 if is_open else 0.006
            painter.setPen(QPen(self.theme.color("panel"), 0.012))
            painter.setBrush(tone)
            for side in (-1.0, 1.0):
                painter.drawRoundedRect(
                    QRectF(x + (gap if side > 0 else -gap - 0.05), ZONE - 0.11, 0.05, 0.22), 0.02, 0.02
                )
            if is_open and arrival is not None:
                way = (time_ms - arrival.spike_ms) / max(arrival.onset_ms - arrival.spike_ms, 0.2)
                for ion in range(4):
                    share = way * 1.6 - ion * 0.2
                    if 0.0 < share < 1.0:
                        spread = (float(scatter(gate, ion, 2)) - 0.5) * 0.3 * share
                        painter.drawEllipse(QPointF(x + spread, ZONE + 0.3 - 0.95 * share), 0.05, 0.05)

    def _draw_spike(self, painter: QPainter, picture: CellPicture, number: int, arrival: Arrival) -> None:
        """The presynaptic spike in the terminal: its outline is lit, and fades within a millisecond."""
        left = 1.0 - (picture.time_ms - arrival.spike_ms)
        if 0.0 < left <= 1.0:
            color = mixed(self.theme.color("panel"), self.input_color(picture, number), left)
            stroke(painter, self._terminal(self._reach(picture, number)), color, 0.04 + 0.05 * left)

    def _draw_transmitter(self, painter: QPainter, picture: CellPicture, number: int, arrival: Arrival) -> None:
        since = picture.time_ms - arrival.onset_ms
        if not 0.0 <= since < 5.0 * LINGER_MS or arrival.vesicles == 0:
            return
        color, is_square = self.input_color(picture, number), picture.plan.receptors[number] == "gaba_a"
        way = 1.0 - math.exp(-since / CROSSING_MS)
        unit = self._unit(picture)
        dot = self.sprites.dot(color, unit, picture.ratio, is_square=is_square)
        spread = 0.25 + 0.9 * math.sqrt(min(since / LINGER_MS, 1.0))
        painter.setOpacity(math.exp(-since / LINGER_MS))
        painter.scale(1 / unit, 1 / unit)
        for place in _FUSE_ORDER[: arrival.vesicles]:
            origin = self.site(picture, number, place).x()
            dots = np.arange(_DOTS)
            x = origin + (scatter(dots, place, 6) - 0.5) * 2.0 * spread
            y = ZONE + 0.08 + way * (0.18 + 0.52 * scatter(dots, place, 8))
            for dot_x, dot_y in zip((x * unit).tolist(), (y * unit).tolist(), strict=True):
                stamp(painter, dot, dot_x, dot_y)
        painter.scale(unit, unit)
        painter.setOpacity(1.0)


def stroke(painter: QPainter, path: QPainterPath, color: QColor, width: float) -> None:
    """Stroke a long path in short pieces: as one it takes 8 ms at 1920 px."""
    painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    for outline in path.toSubpathPolygons(QTransform().scale(200.0, 200.0)):
        line = QTransform().scale(0.005, 0.005).map(outline)
        for start in range(0, line.size() - 1, 12):
            painter.drawPolyline(line.mid(start, 13))
