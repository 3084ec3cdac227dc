"""VoltageLayer: the coloured body of the cell as a map from pixels to places, so that a moment is one look-up in numpy.

682 polygons took 9 of the 18 ms that a frame cost at 1920 x 1080; the map takes a fraction of it, and runs smoothly from one
compartment to the next. It is drawn anew only when the camera moves.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPolygonF

from app.panels.neuron.anatomy import Anatomy
from app.panels.neuron.cell_picture import Projection, polygon
from app.panels.neuron.voltage_colors import VoltageColors, height, level

CUT_PX = 5.0  # a compartment that is longer than this is cut, and its colour runs on between the cuts
MOST_CUTS = 12


class VoltageLayer:
    """Body and halo of everything but the ribbon, for one projection.

    ratio: device pixels a px; soma: the soma's outline in px.
    """

    def __init__(self, projection: Projection, soma: QPainterPath, ratio: float) -> None:
        self._projection = projection
        self.ratio = ratio
        self._low: list[int] = []
        self._high: list[int] = []
        self._share: list[float] = []
        room = projection.room
        self._size = (max(1, math.ceil(room.width() * ratio)), max(1, math.ceil(room.height() * ratio)))
        body = self._drawn(self._draw_bodies, soma)
        halo, of_soma = self._drawn(self._draw_halos, soma), self._drawn(self._draw_soma_halo, soma)
        self._box = _box(body, halo, of_soma)
        top, bottom, left, right = self._box
        body, halo, of_soma = (plane[top:bottom, left:right].ravel() for plane in (body, halo, of_soma))
        self._body_at = np.flatnonzero(body)
        self._body_of = body[self._body_at].astype(np.intp) - 1
        self._halo_at = np.flatnonzero(((halo > 0) | (of_soma > 0)) & (body == 0))
        self._halo_of, self._halo_gap = self._nearest(halo[self._halo_at].astype(np.intp) - 1)
        self._stations = (
            np.array(self._low, np.intp),
            np.array(self._high, np.intp),
            np.array(self._share, np.float32),
        )
        self._image = QImage(max(right - left, 1), max(bottom - top, 1), QImage.Format.Format_ARGB32_Premultiplied)
        self._image.fill(0)
        self._pixels = np.frombuffer(self._image.bits(), np.uint32)
        self._image.setDevicePixelRatio(ratio)

    def _drawn(self, draw: object, soma: QPainterPath) -> np.ndarray:
        """An image of numbers: 0 for nothing, else a station's number and 1. uint32 (height, width)"""
        image = QImage(*self._size, QImage.Format.Format_RGB32)
        image.fill(QColor(0, 0, 0))
        painter = QPainter(image)
        painter.scale(self.ratio, self.ratio)
        painter.setPen(Qt.PenStyle.NoPen)
        draw(painter, soma)  # type: ignore[operator]
        painter.end()
        return np.frombuffer(image.constBits(), np.uint32).reshape(self._size[1], self._size[0]) & 0xFFFFFF

    def _station(self, low: int, high: int, share: float) -> QColor:
        self._low.append(low)
        self._high.append(high)
        self._share.append(share)
        return QColor.fromRgb(len(self._low))

    # --- the map --------------------------------------------------------------------------------------------------------

    def _draw_bodies(self, painter: QPainter, soma: QPainterPath) -> None:
        anatomy, projection = self._projection.anatomy, self._projection
        next_cell = len(anatomy.center)
        painter.setBrush(self._station(next_cell, next_cell, 0.0))
        painter.drawPolygon(polygon(projection.px(anatomy.next_cell)))
        for compartment, shape in anatomy.twigs:
            painter.setBrush(self._station(compartment, compartment, 0.0))
            painter.drawPolygon(polygon(projection.px(shape)))
        for run in anatomy.dendrites:
            self._draw_chain(painter, tuple(run))
        painter.setBrush(self._station(anatomy.hillock, anatomy.hillock, 0.0))
        painter.drawPolygon(polygon(projection.px(anatomy.cone)))
        painter.setBrush(self._station(anatomy.soma, anatomy.soma, 0.0))
        painter.drawPath(soma)
        self._draw_chain(painter, anatomy.axon[1:])
        x, y, radius = anatomy.bouton_at
        painter.setBrush(self._station(anatomy.bouton, anatomy.bouton, 0.0))
        reach = max(radius * projection.scale, 1.5)
        painter.drawEllipse(projection.point((x, y)), reach, reach)

    def _draw_chain(self, painter: QPainter, chain: tuple[int, ...]) -> None:
        """The compartments of a chain, cut so finely that colours run on."""
        corners = self._projection.corners
        for at, compartment in enumerate(chain):
            if not self._projection.sight[compartment]:
                continue
            before, after = chain[max(at - 1, 0)], chain[min(at + 1, len(chain) - 1)]
            quad = corners[compartment]
            length = float(np.hypot(*(quad[1] - quad[0])))
            cuts = min(max(1, math.ceil(length * self.ratio / CUT_PX)), MOST_CUTS)
            edge = np.linspace(0.0, 1.0, cuts + 1)[:, None]
            upper, lower = quad[0] + (quad[1] - quad[0]) * edge, quad[3] + (quad[2] - quad[3]) * edge
            pieces = np.stack([upper[:-1], upper[1:], lower[1:], lower[:-1]], axis=1).tolist()
            for number, piece in enumerate(pieces):
                share = (number + 0.5) / cuts - 0.5
                other = before if share < 0 else after
                painter.setBrush(self._station(compartment, other, abs(share)))
                painter.drawConvexPolygon(QPolygonF([QPointF(x, y) for x, y in piece]))

    @property
    def reach(self) -> float:
        """Width of the halo at +50 mV, px."""
        projection = self._projection
        return min(max(projection.anatomy.board.halo * projection.scale, 2.0), 0.04 * projection.room.width())

    def _draw_halos(self, painter: QPainter, _soma: QPainterPath) -> None:
        """As far as the halo of a dendrite can reach; coded with the compartment's number and 1."""
        projection, anatomy, reach = self._projection, self._projection.anatomy, self.reach + 1.0
        normals, ends = anatomy.end_normals, projection.px(anatomy.ends)
        wide = (projection.half_px + reach)[:, :, None]
        upper, lower = ends + normals * wide, ends - normals * wide
        for run in anatomy.dendrites:
            for compartment in run:
                if projection.sight[compartment]:
                    quad = (*upper[compartment].tolist(), *lower[compartment][::-1].tolist())
                    painter.setBrush(QColor.fromRgb(compartment + 1))
                    painter.drawConvexPolygon(QPolygonF([QPointF(x, y) for x, y in quad]))

    def _draw_soma_halo(self, painter: QPainter, _soma: QPainterPath) -> None:
        projection, board = self._projection, self._projection.anatomy.board
        reach = [radius * 1.15 * projection.scale + self.reach + 1.0 for radius in board.soma_radii]
        painter.setBrush(QColor.fromRgb(1))
        painter.drawEllipse(projection.point(board.soma), *reach)

    def _nearest(self, of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each pixel of the halo the compartment that it belongs to, and how far it is from its body, px (float32)."""
        projection, anatomy = self._projection, self._projection.anatomy
        top, _, left, right = self._box
        rows, columns = np.divmod(self._halo_at, max(right - left, 1))
        at = np.stack([columns + left + 0.5, rows + top + 0.5], axis=1) / self.ratio
        ends = projection.px(anatomy.ends)
        along = ends[:, 1] - ends[:, 0]
        length = np.maximum((along**2).sum(axis=1), 1e-9)
        from_start = at - ends[of, 0]
        share = np.clip((from_start * along[of]).sum(axis=1) / length[of], 0.0, 1.0)
        across = np.abs((from_start * anatomy.normal[of]).sum(axis=1))
        gap = across - (projection.half_px[of, 0] + (projection.half_px[of, 1] - projection.half_px[of, 0]) * share)
        gap = np.where(of < 0, np.inf, gap)
        to_soma = self._soma_gap(at)
        is_soma = to_soma < gap
        return np.where(is_soma, anatomy.soma, of), np.where(is_soma, to_soma, gap).astype(np.float32)

    def _soma_gap(self, at: np.ndarray) -> np.ndarray:
        outline = self._projection.px(self._projection.anatomy.soma_outline)
        middle = self._projection.px(np.array(self._projection.anatomy.board.soma))
        rim, spot = outline - middle, at - middle
        turn = np.arctan2(rim[:, 1], rim[:, 0])
        order = np.argsort(turn)
        radius = np.interp(np.arctan2(spot[:, 1], spot[:, 0]), turn[order], np.hypot(*rim.T)[order], period=2 * math.pi)
        return np.asarray(np.hypot(*spot.T) - radius)

    # --- a moment -------------------------------------------------------------------------------------------------------

    def draw(self, painter: QPainter, voltage_mV: np.ndarray, next_cell_mV: float, colors: VoltageColors) -> None:
        """Colour what can be seen by its voltage. voltage_mV: (n,)"""
        low, high, share = self._stations
        voltage = np.append(voltage_mV, np.float32(next_cell_mV))
        along = voltage[low] + (voltage[high] - voltage[low]) * share
        if len(self._halo_at):
            wide = np.abs(height(voltage)).astype(np.float32) * np.float32(self.reach)
            steps = np.clip((wide[self._halo_of] - self._halo_gap + 0.5) * colors.steps, 0, colors.steps).astype(
                np.intp
            )
            self._pixels[self._halo_at] = colors.halo_table[level(voltage)[self._halo_of], steps]
        self._pixels[self._body_at] = colors.body_table[level(along)][self._body_of]
        top, _, left, _ = self._box
        painter.drawImage(QPointF(left / self.ratio, top / self.ratio), self._image)

    @property
    def box(self) -> QRect:
        """Where it draws, device pixels."""
        top, bottom, left, right = self._box
        return QRect(left, top, right - left, bottom - top)


def _box(*maps: np.ndarray) -> tuple[int, int, int, int]:
    """Top, bottom, left, right of what is not 0 in any of the maps."""
    filled = np.logical_or.reduce([plane > 0 for plane in maps])
    rows, columns = np.flatnonzero(filled.any(axis=1)), np.flatnonzero(filled.any(axis=0))
    if not len(rows):
        return 0, 1, 0, 1
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def whole_outline(anatomy: Anatomy) -> QPainterPath:
    """The cell from the tips of its dendrites to its bouton as one outline, in units of the board."""
    path = _closed(anatomy.soma_outline)
    for shape in (*(shape for _, shape in anatomy.twigs), anatomy.cone):
        path = path.united(_closed(shape))
    normals = anatomy.end_normals
    for chain in (*anatomy.dendrites, anatomy.axon[1:]):
        run = np.asarray(chain)
        points = np.concatenate([anatomy.ends[run, 0], anatomy.ends[run[-1:], 1]])
        sides = np.concatenate([normals[run, 0], normals[run[-1:], 1]])
        half = np.concatenate([anatomy.half[run, 0], anatomy.half[run[-1:], 1]])[:, None]
        path = path.united(_closed(np.concatenate([points + sides * half, (points - sides * half)[::-1]])))
    bouton = QPainterPath()
    x, y, radius = anatomy.bouton_at
    bouton.addEllipse(QPointF(x, y), radius, radius)
    return path.united(bouton)


def _closed(points: np.ndarray) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(polygon(points))
    path.closeSubpath()
    path.setFillRule(Qt.FillRule.WindingFill)
    return path
