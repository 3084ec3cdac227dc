"""VoltageLayer: the coloured body of the cell as a map from pixels to places, so that a moment is one look-up in numpy.

682 polygons took 9 of the 18 ms that a frame cost at 1920 x 1080; the map takes a fraction of it, and runs smoothly from one
compartment to the next. It is drawn anew only when the camera moves.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPolygonF, QTransform

from app.panels.neuron.anatomy import Anatomy
from app.panels.neuron.cell_picture import Projection, polygon
from app.panels.neuron.voltage_colors import VoltageColors, height, level

CUT_PX = 7.0  # a compartment that is longer than this is cut, and its colour runs on between the cuts
MOST_CUTS = 12
_PAINTED = 0xFFFFFF  # soma and next cell: large and of one colour, so painting them is less work than a map
_BODY = 0x10000  # what a body's station is coded with; halos are below


class Bodies:
    """Draws the shapes of all that has a voltage, each in the tone that a subclass gives it. soma: its outline in px."""

    def __init__(self, projection: Projection, ratio: float, most_cuts: int) -> None:
        self._projection = projection
        self.ratio = ratio
        self._most_cuts = most_cuts

    def _tone(self, low: int, high: int, share: float) -> QColor:
        """What a place is painted with that stands `share` of the way from compartment `low` to `high`; n is the next cell."""
        raise NotImplementedError

    def draw_bodies(self, painter: QPainter, soma: QPainterPath) -> None:
        anatomy, projection = self._projection.anatomy, self._projection
        next_cell = len(anatomy.center)
        painter.setBrush(self._tone(next_cell, next_cell, 0.0))
        painter.drawPolygon(polygon(projection.px(anatomy.next_cell)))
        for compartment, shape in anatomy.twigs:
            painter.setBrush(self._tone(compartment, compartment, 0.0))
            painter.drawPolygon(polygon(projection.px(shape)))
        for run in anatomy.dendrites:
            self._draw_chain(painter, tuple(run))
        painter.setBrush(self._tone(anatomy.hillock, anatomy.hillock, 0.0))
        painter.drawPolygon(polygon(projection.px(anatomy.cone)))
        painter.setBrush(self._tone(anatomy.soma, anatomy.soma, 0.0))
        painter.drawPath(soma)
        self._draw_chain(painter, anatomy.axon[1:])
        x, y, radius = anatomy.bouton_at
        painter.setBrush(self._tone(anatomy.bouton, anatomy.bouton, 0.0))
        reach = max(radius * projection.scale, 1.5)
        painter.drawEllipse(projection.point((x, y)), reach, reach)

    def _draw_chain(self, painter: QPainter, chain: tuple[int, ...]) -> None:
        """The compartments of a chain, cut so finely that colours run on."""
        corners, sight = self._projection.corners, self._projection.sight
        run = np.asarray(chain)
        lengths = np.hypot(*(corners[run, 1] - corners[run, 0]).T) * self.ratio
        cuts_of = np.clip(np.ceil(lengths / CUT_PX), 1, self._most_cuts).astype(int).tolist()
        for at, compartment in enumerate(chain):
            if not sight[compartment]:
                continue
            before, after = chain[max(at - 1, 0)], chain[min(at + 1, len(chain) - 1)]
            (ax, ay), (bx, by), (cx, cy), (dx, dy) = corners[compartment].tolist()
            cuts = cuts_of[at]
            for number in range(cuts):
                u, v = number / cuts, (number + 1) / cuts
                share = (number + 0.5) / cuts - 0.5
                piece = [
                    QPointF(ax + (bx - ax) * u, ay + (by - ay) * u),
                    QPointF(ax + (bx - ax) * v, ay + (by - ay) * v),
                    QPointF(dx + (cx - dx) * v, dy + (cy - dy) * v),
                    QPointF(dx + (cx - dx) * u, dy + (cy - dy) * u),
                ]
                painter.setBrush(self._tone(compartment, before if share < 0 else after, abs(share)))
                painter.drawConvexPolygon(piece)


class QuickBodies(Bodies):
    """The bodies in their colours at once, without halos: for a camera that moves, a map would be drawn for one frame only."""

    def __init__(self, projection: Projection, levels: list[int], colors: VoltageColors) -> None:
        super().__init__(projection, 1.0, most_cuts=1)
        self._levels = levels
        self._colors = colors.colors

    def _tone(self, low: int, high: int, share: float) -> QColor:
        return self._colors[self._levels[low]]


class VoltageLayer(Bodies):
    """Body and halo of everything but the ribbon, for one projection.

    ratio: device pixels a px; soma: the soma's outline in px. It is made in two steps, as long as one another: the shapes when
    it is built, which pixel belongs where in `index`, which a first `draw` does by itself.
    """

    def __init__(self, projection: Projection, soma: QPainterPath, ratio: float) -> None:
        super().__init__(projection, ratio, MOST_CUTS)
        self._low: list[int] = []
        self._high: list[int] = []
        self._share: list[float] = []
        room = projection.room
        width, height = max(1, math.ceil(room.width() * ratio)), max(1, math.ceil(room.height() * ratio))
        self._soma = soma
        self._next_cell = polygon(projection.px(projection.anatomy.next_cell))
        self._codes: np.ndarray | None = self._drawn(width, height, soma).ravel()
        self._width = width
        self._ground: QImage | None = None

    def index(self) -> None:
        """Find out of every pixel which place it shows; once."""
        codes, self._codes = self._codes, None
        if codes is None:
            return
        filled = np.flatnonzero(codes != 0)  # flags are searched faster than numbers
        codes = codes[filled]
        filled, codes = filled[codes != _PAINTED], codes[codes != _PAINTED]
        is_body = codes >= _BODY
        # indices as numpy takes them: converting narrower ones at each look-up took a third of the frame
        self._body_at, self._body_of = filled[is_body], (codes[is_body] - _BODY).astype(np.intp)
        self._halo_at = filled[~is_body]
        of, gap = self._nearest(codes[~is_body].astype(np.intp) - 1)
        self._halo_steps = math.ceil((self.reach + 1.5) * VoltageColors.steps) + 1
        gap_steps = np.clip(np.ceil(gap * VoltageColors.steps), 0, self._halo_steps - 1).astype(np.uint16)
        order = np.argsort(gap_steps, kind="stable")  # 16 bits are sorted by their digits, which is faster
        self._halo_at, self._halo_of, self._halo_gap = self._halo_at[order], of[order], gap_steps[order]
        self._stations = (
            np.array(self._low, np.intp),
            np.array(self._high, np.intp),
            np.array(self._share, np.float32),
        )

    def _stand_on(self, ground: QImage, colors: VoltageColors) -> None:
        """Begin with the picture of what stands still; a halo lies only on free ground."""
        self._ground, self._lit = ground, 0
        self._image = ground.copy()
        self._pixels = np.frombuffer(self._image.bits(), np.uint32)
        is_free = self._pixels[self._halo_at] == colors.ground
        self._halo_kinds, kind = np.unique(self._halo_of[is_free], return_inverse=True)
        gap = self._halo_gap[is_free]
        self._halo_tones = np.zeros((len(self._halo_kinds), self._halo_steps), np.uint32)
        self._shown = self._halo_at[is_free], kind * self._halo_steps + gap, gap

    def _drawn(self, width: int, height: int, soma: QPainterPath) -> np.ndarray:
        """An image of numbers. uint32 (height, width): 0 for nothing; a compartment and 1 for its halo; a station and _BODY."""
        image = QImage(width, height, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        painter.scale(self.ratio, self.ratio)
        painter.setPen(Qt.PenStyle.NoPen)
        self._draw_halos(painter)
        self.draw_bodies(painter, soma)
        painter.end()
        codes = np.frombuffer(image.constBits(), np.uint32).reshape(height, width)
        return codes & np.uint32(0xFFFFFF)

    def _tone(self, low: int, high: int, share: float) -> QColor:
        if low in (self._projection.anatomy.soma, len(self._projection.anatomy.center)):
            return QColor.fromRgb(_PAINTED)
        self._low.append(low)
        self._high.append(high)
        self._share.append(share)
        return QColor.fromRgb(_BODY + len(self._low) - 1)

    # --- the map --------------------------------------------------------------------------------------------------------

    @property
    def reach(self) -> float:
        """Width of the halo at +50 mV, px."""
        projection = self._projection
        return min(max(projection.anatomy.board.halo * projection.scale, 2.0), 0.028 * projection.room.width())

    def _draw_halos(self, painter: QPainter) -> None:
        """As far as a halo can reach."""
        projection, anatomy, reach = self._projection, self._projection.anatomy, self.reach + 1.0
        around = [radius * 1.15 * projection.scale + reach for radius in anatomy.board.soma_radii]
        painter.setBrush(QColor.fromRgb(anatomy.soma + 1))
        painter.drawEllipse(projection.point(anatomy.board.soma), *around)
        normals, ends = anatomy.end_normals, projection.px(anatomy.ends)
        wide = (projection.half_px + reach)[:, :, None]
        quads = np.concatenate([ends + normals * wide, (ends - normals * wide)[:, ::-1]], axis=1).tolist()
        for run in anatomy.dendrites:
            for compartment in run:
                if projection.sight[compartment]:
                    painter.setBrush(QColor.fromRgb(compartment + 1))
                    painter.drawConvexPolygon([QPointF(x, y) for x, y in quads[compartment]])

    def _nearest(self, of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each pixel of the halo the compartment that it belongs to, and how far it is from its body, px (float32)."""
        projection, anatomy = self._projection, self._projection.anatomy
        rows, columns = np.divmod(self._halo_at.astype(np.uint32), np.uint32(self._width))
        x = ((columns + 0.5) / self.ratio).astype(np.float32)
        y = ((rows + 0.5) / self.ratio).astype(np.float32)
        ends, half = projection.px(anatomy.ends).astype(np.float32), projection.half_px.astype(np.float32)
        along = ends[:, 1] - ends[:, 0]
        along /= np.maximum((along**2).sum(axis=1), 1e-9)[:, None]
        normal = anatomy.normal.astype(np.float32)
        dx, dy = x - ends[of, 0, 0], y - ends[of, 0, 1]
        share = np.clip(dx * along[of, 0] + dy * along[of, 1], 0.0, 1.0)
        gap = np.abs(dx * normal[of, 0] + dy * normal[of, 1]) - half[of, 0] - (half[of, 1] - half[of, 0]) * share
        gap[of == anatomy.soma] = np.inf
        sx, sy = projection.px(np.array(anatomy.board.soma))
        wide, high = (radius * 1.2 * projection.scale + self.reach + 2.0 for radius in anatomy.board.soma_radii)
        near = np.flatnonzero((np.abs(x - sx) < wide) & (np.abs(y - sy) < high))
        to_soma = self._soma_gap(np.stack([x[near], y[near]], axis=1))
        is_soma = to_soma < gap[near]
        of[near[is_soma]], gap[near[is_soma]] = anatomy.soma, to_soma[is_soma]
        return of, gap

    def _soma_gap(self, at: np.ndarray) -> np.ndarray:
        outline = self._projection.px(self._projection.anatomy.soma_outline)
        middle = self._projection.px(np.array(self._projection.anatomy.board.soma))
        rim, spot = outline - middle, at - middle
        turn = np.arctan2(rim[:, 1], rim[:, 0])
        order = np.argsort(turn)
        radius = np.interp(np.arctan2(spot[:, 1], spot[:, 0]), turn[order], np.hypot(*rim.T)[order], period=2 * math.pi)
        return np.asarray(np.hypot(*spot.T) - radius)

    # --- a moment -------------------------------------------------------------------------------------------------------

    def draw(
        self, painter: QPainter, voltage_mV: np.ndarray, next_cell_mV: float, colors: VoltageColors, ground: QImage
    ) -> None:
        """Draw `ground`, and on it what has a voltage in its colour. voltage_mV: (n,); ground: of the room's size, opaque."""
        self.index()
        if ground is not self._ground:
            self._stand_on(ground, colors)
        low, high, share = self._stations
        voltage = np.append(voltage_mV, np.float32(next_cell_mV))
        along = voltage[low] + (voltage[high] - voltage[low]) * share
        self._draw_halo(voltage, colors)
        self._pixels[self._body_at] = colors.body_table[level(along)][self._body_of]
        painter.drawImage(QPointF(0.0, 0.0), self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.brushes[int(level(next_cell_mV))])
        painter.drawPolygon(self._next_cell)
        painter.setBrush(colors.brushes[int(level(voltage_mV[self._projection.anatomy.soma]))])
        painter.drawPath(self._soma)

    def _draw_halo(self, voltage: np.ndarray, colors: VoltageColors) -> None:
        """As wide as each place is far from rest. One tone for each place and distance, then one look-up for each pixel."""
        steps, of = colors.steps, self._halo_kinds
        halo_at, halo_tone, halo_gap = self._shown
        wide = np.floor((np.abs(height(voltage[of])) * self.reach + 0.5) * steps).astype(np.intp)
        reached = int(min(wide.max(initial=0), self._halo_steps))
        count = int(np.searchsorted(halo_gap, reached))  # pixels lie in the order of their gaps
        if count < self._lit:
            self._pixels[halo_at[count : self._lit]] = colors.ground
        self._lit = count
        if count:
            tone = np.clip(wide[:, None] - np.arange(reached), 0, steps)
            tone += (level(voltage[of]) * (steps + 1))[:, None]
            self._halo_tones[:, :reached] = colors.halo_table[tone]
            self._pixels[halo_at[:count]] = self._halo_tones.ravel()[halo_tone[:count]]


def whole_outline(anatomy: Anatomy) -> list[np.ndarray]:
    """The cell from the tips of its dendrites to its bouton as outlines in units of the board, each (k, 2)."""
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
    outlines = path.united(bouton).toSubpathPolygons(QTransform().scale(64.0, 64.0))  # so that curves are cut finely
    return [np.array([point.toTuple() for point in outline.toList()]) / 64.0 for outline in outlines]


def pieces(outline: np.ndarray, room: QRectF, length: int = 24) -> list[QPolygonF]:
    """The stretches of an outline, (k, 2) px, that pass through `room`, in short lines: a long one takes much longer to stroke."""
    found = []
    for start in range(0, len(outline) - 1, length):
        part = outline[start : start + length + 1]
        (left, top), (right, bottom) = part.min(axis=0), part.max(axis=0)
        if right > room.left() - 4 and left < room.right() + 4 and bottom > room.top() - 4 and top < room.bottom() + 4:
            found.append(polygon(part))
    return found


def _closed(points: np.ndarray) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(polygon(points))
    path.closeSubpath()
    path.setFillRule(Qt.FillRule.WindingFill)
    return path
