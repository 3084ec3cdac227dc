"""The names of the parts beside them, with leader lines, none over another. Draws no part."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from app.panels.neuron.cell_painter import faded
from app.panels.neuron.cell_picture import CellPicture
from app.simulation.biology.stage import TERMINAL
from app.widgets.theme import Theme

_RINGS = (26.0, 40.0, 56.0, 76.0, 100.0, 128.0, 160.0, 200.0, 240.0)
_TURNS = (0.0, 0.35, -0.35, 0.7, -0.7, 1.05, -1.05, 1.4, -1.4)
_SPOTS = np.array(
    [(math.cos(turn), math.sin(turn)) for turn in np.linspace(0.0, 2 * math.pi, 17)]
)  # about what is round


@dataclass(frozen=True)
class Label:
    """A name, the point that it names (px), and the direction (degrees from upright, clockwise) in which it would stand."""

    text: str
    anchor: QPointF
    lean: float
    has_leader: bool = True  # else it names a region, and stands in it


@dataclass(frozen=True)
class PlacedLabel:
    """A label with the box of its text, px."""

    label: Label
    box: QRectF

    @property
    def end(self) -> QPointF:
        """Where the leader meets the text."""
        box, anchor = self.box, self.label.anchor
        return QPointF(
            min(max(anchor.x(), box.left() + 2), box.right() - 2), min(max(anchor.y(), box.top() + 2), box.bottom() - 2)
        )


def place_labels(
    labels: Sequence[Label], metrics: QFontMetricsF, room: QRectF, taken: Sequence[QRectF], points: np.ndarray
) -> tuple[PlacedLabel, ...]:
    """Each label in the nearest free spot; one that finds none is left out.

    taken: boxes that are occupied; points: (k, 2) px that text should not cover. In their order: the first chooses first.
    """
    placed: list[PlacedLabel] = []
    occupied = list(taken)
    inner = room.adjusted(4, 4, -4, -4)
    for label in labels:
        if not room.adjusted(-2, -2, 2, 2).contains(label.anchor) or any(
            label.text == other.label.text for other in placed
        ):
            continue
        box = _free_box(label, metrics, inner, occupied, points)
        if box is not None:
            placed.append(PlacedLabel(label, box))
            occupied.append(box.adjusted(-6, -3, 6, 3))
            points = np.concatenate([points, _along(label.anchor, placed[-1].end)])
    return tuple(placed)


def _along(start: QPointF, end: QPointF) -> np.ndarray:
    """Points of a leader, (k, 2)."""
    share = np.linspace(0.0, 1.0, 40)[:, None]
    return np.array([start.toTuple()]) * (1 - share) + np.array([end.toTuple()]) * share


def _free_box(
    label: Label, metrics: QFontMetricsF, room: QRectF, occupied: Sequence[QRectF], points: np.ndarray
) -> QRectF | None:
    width, height = metrics.horizontalAdvance(label.text) + 4.0, metrics.height()
    for ring in _RINGS if label.has_leader else (0.0, *_RINGS):
        for turn in _TURNS:
            lean = math.radians(label.lean) + turn
            x, y = label.anchor.x() + ring * math.sin(lean), label.anchor.y() - ring * math.cos(lean)
            # the box hangs on the end of its leader by its nearest side
            left = x - width / 2 + width / 2 * math.sin(lean)
            top = y - height / 2 - height / 2 * math.cos(lean)
            box = QRectF(left, top, width, height)
            if not room.contains(box) or any(box.intersects(other) for other in occupied) or _covers(box, points):
                continue
            way = _along(label.anchor, PlacedLabel(label, box).end)[2:-2]
            if not any(_covers(other, way) for other in occupied):
                return box
    return None


def _covers(box: QRectF, points: np.ndarray) -> bool:
    x, y = points[:, 0], points[:, 1]
    return bool(((x > box.left() - 3) & (x < box.right() + 3) & (y > box.top() - 2) & (y < box.bottom() + 2)).any())


class LabelPainter:
    """Chooses what is named at each level of the camera, and draws it."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme

    @property
    def font(self) -> QFont:
        """At least 14 px, so that the back row can read it."""
        font = self.theme.font("body")
        font.setPixelSize(max(14, font.pixelSize()))
        return font

    def labels(self, picture: CellPicture) -> list[Label]:
        """The parts of the cell that can be named from here, the more important first."""
        anatomy, projection, zoom = picture.anatomy, picture.projection, picture.camera.view.zoom
        cell = picture.guide.morphology
        board = anatomy.board
        soma = np.array(board.soma)
        node = self._seen(picture, [cell.compartment(f"node {number}") for number in (8, 9, 10, 11, 7)])
        wrap = self._seen(picture, [cell.compartments_of(f"internode {number}")[2] for number in (12, 10, 9, 13, 8)])
        x, y, radius = anatomy.bouton_at
        low = anatomy.center * 2 - anatomy.anchor
        thick = np.array([0.0, anatomy.wrap_thickness(100)])
        third = anatomy.dendrites[0][min(22, len(anatomy.dendrites[0]) - 1)]
        width, height = board.soma_radii
        found = [
            ("Soma (cell body)", soma + np.array([0.5 * width, 0.85 * height]), 150.0),
            (
                "Axon hillock",
                anatomy.center[anatomy.hillock] + (0.3 * board.hillock[0], 0.28 * board.hillock[2] * -1),
                20.0,
            ),
            ("Axon initial segment", low[anatomy.ais[2]], 150.0),
            ("Node of Ranvier", low[node], 180.0),
            ("Myelin sheath", low[wrap] + thick * 0.7, 170.0),
            ("Axon terminal (bouton)", np.array([x - 0.5 * radius, y - 0.8 * radius]), -30.0),
            ("Dendrites", anatomy.center[third], 60.0),
        ]
        found += [
            ("Next cell", np.array([x + 2.9 * radius, y + rise * radius]), -80.0)
            for rise in (-5.0, -8.0, 4.0, 7.0, 2.4, -2.4)
        ]
        found += [
            ("Synapses (inputs)", anatomy.sites[number] + anatomy.outward[number] * board.disc * 0.3, lean)
            for number, lean in ((28, 210.0), (21, 250.0), (25, 80.0), (29, 110.0), (23, 160.0))
        ]
        if zoom > 1.8:
            found.append(("Nucleus", soma + np.array([-0.3 * width, -0.25 * height]), -40.0))
            found.append(("Presynaptic fibre", anatomy.fibres[16][3], -40.0))
        if zoom > 4.5 and board.um is None:
            found.append(("Vesicles", np.array([x + 0.3 * radius, y + 0.3 * radius]), 200.0))
            found.append(("Synaptic cleft", np.array([x + 1.09 * radius, y]), 150.0))
        return [Label(text, projection.point(at), lean) for text, at, lean in found]

    @staticmethod
    def _seen(picture: CellPicture, compartments: list[int]) -> int:
        """The first of `compartments` that is in sight, or just the first."""
        room = picture.projection.room.adjusted(40, 40, -40, -40)
        for compartment in compartments:
            if room.contains(picture.projection.point(picture.anatomy.center[compartment])):
                return compartment
        return compartments[0]

    def place(
        self, picture: CellPicture, taken: Sequence[QRectF], ribbon: np.ndarray, ribbon_px: float
    ) -> tuple[PlacedLabel, ...]:
        """Where the names stand. ribbon: (k, 2) px, its base; text stays clear of as much as it can fill."""
        anatomy, projection = picture.anatomy, picture.projection
        fibres = projection.px(anatomy.fibres[:, ::3].reshape(-1, 2))
        rise = [ribbon - (0.0, ribbon_px * share) for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)]
        below = projection.px(anatomy.center * 2 - anatomy.anchor + (0.0, anatomy.board.myelin))
        cell = projection.px(
            np.concatenate(
                [
                    anatomy.center,
                    anatomy.anchor,
                    anatomy.sites,
                    anatomy.soma_outline[::6],
                    anatomy.next_cell[::3],
                    *(_SPOTS * anatomy.board.bouton * far + anatomy.bouton_at[:2] for far in (0.5, 0.9)),
                    _SPOTS * anatomy.board.disc + anatomy.synapses[0][TERMINAL] + (1.3 * anatomy.board.disc, 0.0),
                ]
            )
        )
        points = np.concatenate([cell, fibres, below[np.asarray(anatomy.axon)], *rise])
        return place_labels(self.labels(picture), QFontMetricsF(self.font), projection.room, taken, points)

    def draw(self, painter: QPainter, placed: Sequence[PlacedLabel]) -> None:
        """Names and leaders."""
        theme, metrics = self.theme, QFontMetricsF(self.font)
        painter.setFont(self.font)
        for item in placed:
            box, anchor = item.box, item.label.anchor
            if item.label.has_leader:
                painter.setPen(QPen(theme.color("muted"), 1.1))
                painter.drawLine(anchor, item.end)
                painter.setBrush(theme.color("muted"))
                painter.drawEllipse(anchor, 2.2, 2.2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(faded(theme.color("panel"), 0.8))
            painter.drawRoundedRect(box.adjusted(-1, 0, 1, 0), 3, 3)
            painter.setPen(theme.color("text"))
            painter.drawText(QPointF(box.left() + 2.0, box.top() + metrics.ascent()), item.label.text)
