"""Draws hillock, initial segment, myelinated axon, bouton and the cell that it ends on, with the ribbon of voltage above."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPainterPath, QPen

from app.panels.neuron.cell_painter import faded, mixed
from app.panels.neuron.cell_picture import CellPicture, polygon
from app.panels.neuron.sprites import draw_thick
from app.panels.neuron.voltage_colors import VoltageColors, height, level
from app.widgets.theme import Theme

MOST_STOPS = 64  # of the ribbon's gradient


class AxonPainter:
    """The axon from the hillock's cone to the next cell; layers as in CellPainter."""

    def __init__(self, theme: Theme, colors: VoltageColors) -> None:
        self.theme = theme
        self.colors = colors

    @property
    def outline(self) -> QColor:
        """As the cell's."""
        return mixed(self.theme.color("panel"), self.theme.color("muted"), 0.85)

    # --- the moment -----------------------------------------------------------------------------------------------------

    def draw_live(self, painter: QPainter, picture: CellPicture) -> None:
        """The ribbon of voltage above the axon."""
        voltage = picture.voltage_mV
        self._draw_ribbon(painter, picture, level(voltage), height(voltage))

    def ribbon_base_px(self, picture: CellPicture) -> np.ndarray:
        """Where the ribbon stands, at the ends of the axon's compartments. (k + 1, 2)"""
        anatomy, projection = picture.anatomy, picture.projection
        run = np.asarray(anatomy.axon[1:])
        points = np.concatenate([anatomy.ends[run, 0], anatomy.ends[run[-1:], 1]])
        sides = np.concatenate([anatomy.end_normals[run, 0], anatomy.end_normals[run[-1:], 1]])
        board = anatomy.board
        if board.um is None:
            half = np.concatenate([anatomy.half[run, 0], anatomy.half[run[-1:], 1]])
            lift = np.maximum(half + 2.0, board.myelin + board.internode[1] + 2.0) * projection.scale
        else:
            lift = np.full(len(points), max(4.0, 3 * board.myelin * projection.scale))
        return np.asarray(projection.px(points) + sides * lift[:, None])

    def ribbon_px(self, picture: CellPicture) -> float:
        """Height of the ribbon at +50 mV."""
        room = picture.projection.room
        return min(picture.anatomy.board.ribbon * picture.projection.scale, 0.2 * room.height())

    def _draw_ribbon(self, painter: QPainter, picture: CellPicture, levels: np.ndarray, heights: np.ndarray) -> None:
        """One shape with a gradient along the axon: a polygon for each compartment took 3 ms."""
        kept = picture.projection.kept
        if "ribbon" not in kept:
            kept["ribbon"] = self._lay_ribbon(picture)
        run, base = kept["ribbon"]
        if not len(run):
            return
        lifted = heights[run]
        edges = np.concatenate([lifted[:1], (lifted[1:] + lifted[:-1]) / 2, lifted[-1:]]) * self.ribbon_px(picture)
        lit = np.flatnonzero(np.abs(edges) > 0.6)
        if not len(lit):
            return
        cut = slice(max(lit[0] - 1, 0), min(lit[-1] + 2, len(base)))
        foot, top = base[cut], base[cut].copy()
        top[:, 1] -= edges[cut]
        # the fill's jagged edges lie beneath the lines; smooth, and stroked as one path, all this took 5 ms at 1920 px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(self._gradient(foot, levels[run[cut.start : cut.stop - 1]])))
        painter.drawPolygon(polygon(np.concatenate([foot, top[::-1]])))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.outline, 1.0))
        painter.drawPolyline(polygon(foot))
        draw_thick(painter, polygon(top), self.theme.color("text"), self.theme.line_width * 0.8)

    def _lay_ribbon(self, picture: CellPicture) -> tuple[np.ndarray, np.ndarray]:
        """The axon's compartments that are in sight (k,), and the ribbon's base along them (k + 1, 2)."""
        run = np.asarray(picture.anatomy.axon[1:])
        seen = np.flatnonzero(picture.projection.sight[run])
        if not len(seen):
            return run[:0], np.zeros((0, 2))
        return run[seen[0] : seen[-1] + 1], self.ribbon_base_px(picture)[seen[0] : seen[-1] + 2]

    def _gradient(self, foot: np.ndarray, levels: np.ndarray) -> QLinearGradient:
        """The compartments' colours along the ribbon. foot: (k + 1, 2) px; levels: (k,)"""
        first, last = foot[0, 0], max(foot[-1, 0], foot[0, 0] + 1e-3)
        gradient = QLinearGradient(float(first), 0.0, float(last), 0.0)
        at = np.clip(((foot[1:, 0] + foot[:-1, 0]) / 2 - first) / (last - first), 0.0, 1.0)
        every = -(-len(levels) // MOST_STOPS)
        glows = self.colors.glows
        gradient.setStops(
            [
                (where, glows[number])
                for where, number in zip(at[::every].tolist(), levels[::every].tolist(), strict=True)
            ]
        )
        return gradient

    # --- what stands still ----------------------------------------------------------------------------------------------

    def draw_over(self, painter: QPainter, picture: CellPicture) -> None:
        """Outlines, wraps, vesicles."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number in range(len(picture.anatomy.internodes)):
            self._draw_wraps(painter, picture, number)
        self._draw_terminal(painter, picture)

    def _pen(self, picture: CellPicture) -> QPen:
        wide = min(max(1.1, 0.5 * picture.projection.scale * picture.anatomy.board.unit), 2.4)
        return QPen(self.outline, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)

    def _draw_wraps(self, painter: QPainter, picture: CellPicture, number: int) -> None:
        """The myelin of one internode, as thick as it has wraps: above and below the axon, which shows between."""
        wraps = picture.plan.wraps[number]
        anatomy, projection = picture.anatomy, picture.projection
        run = anatomy.internodes[number]
        thick = anatomy.wrap_thickness(wraps) * projection.scale
        if thick < 0.35 or not projection.sight[run.start : run.stop].any():
            return
        start, stop = projection.px(anatomy.ends[run.start, 0]), projection.px(anatomy.ends[run.stop - 1, 1])
        along = stop - start
        length = float(np.hypot(*along))
        half = float(projection.half_px[run.start, 0])
        painter.save()
        painter.translate(float(start[0]), float(start[1]))
        painter.rotate(float(np.degrees(np.arctan2(along[1], along[0]))))
        fill = mixed(self.theme.color("raised"), self.theme.color("muted"), 0.16)
        for side in (-1.0, 1.0):
            body = QRectF(0.0, side * half if side > 0 else -half - thick, length, thick)
            self._draw_sleeve(painter, body, side, fill, wraps, picture)
        painter.restore()

    def _draw_sleeve(
        self, painter: QPainter, body: QRectF, side: float, fill: QColor, wraps: int, picture: CellPicture
    ) -> None:
        curve = min(body.height(), body.width() * 0.22)
        path = QPainterPath()
        inner, outer = (body.bottom(), body.top()) if side < 0 else (body.top(), body.bottom())
        path.moveTo(body.left(), inner)
        path.cubicTo(body.left(), outer, body.left() + curve * 0.3, outer, body.left() + curve * 1.4, outer)
        path.lineTo(body.right() - curve * 1.4, outer)
        path.cubicTo(body.right() - curve * 0.3, outer, body.right(), outer, body.right(), inner)
        path.closeSubpath()
        shade = QLinearGradient(0, inner, 0, outer)
        shade.setColorAt(0.0, mixed(fill, self.theme.color("muted"), 0.34))
        shade.setColorAt(0.55, fill)
        shade.setColorAt(1.0, mixed(fill, self.theme.color("muted"), 0.14))
        painter.setBrush(fill if picture.is_moving else QBrush(shade))
        painter.setPen(self._pen(picture))
        painter.drawPath(path)
        lines = min(wraps, int(body.height() / 3.2))
        if lines > 1 and not picture.is_moving:  # lamellae, as many as can be told apart
            painter.save()
            painter.setClipPath(path)
            painter.setPen(QPen(faded(self.outline, 0.35), 0.8))
            for line in range(1, lines):
                y = inner + (outer - inner) * line / lines
                painter.drawLine(QPointF(body.left(), y), QPointF(body.right(), y))
            painter.restore()

    def _draw_terminal(self, painter: QPainter, picture: CellPicture) -> None:
        anatomy, projection = picture.anatomy, picture.projection
        painter.setPen(self._pen(picture))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(polygon(projection.px(anatomy.next_cell)))
        x, y, radius = anatomy.bouton_at
        center, reach = projection.point((x, y)), radius * projection.scale
        if reach < 6:
            return
        painter.setPen(QPen(self.outline, max(0.9, reach * 0.035)))
        painter.setBrush(faded(self.theme.color("panel"), 0.75))
        for column, row in (
            (0.55, -0.42),
            (0.62, 0.0),
            (0.55, 0.42),
            (0.25, -0.55),
            (0.28, -0.18),
            (0.28, 0.2),
            (0.22, 0.58),
            (-0.02, -0.36),
            (0.0, 0.02),
            (-0.05, 0.4),
        ):
            painter.drawEllipse(center + QPointF(column * reach, row * reach), reach * 0.125, reach * 0.125)
