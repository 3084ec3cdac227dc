"""SurfaceScene and MapLayer: the cells of the planes from above, with contours and the planes' arrows, painted in pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPen, QPolygonF

from app.panels.activation.maxout.pixel_layer import Frame, PixelLayer, paint_edges, paint_tag, tag_size
from app.panels.activation.maxout.planes import (
    Anchor,
    Plane,
    anchors,
    area,
    cells,
    contour_levels,
    contours,
    rectangle,
    square,
)
from app.widgets.number_words import readable
from app.widgets.theme import Theme

Floats = npt.NDArray[np.float64]

ARROW = 0.25  # of `half`: how much longer the arrow of a gradient of 1 is than that of a level plane
LEAST_ARROW = 0.12  # of `half`: or the tip of a level plane could not be taken hold of


@dataclass(frozen=True)
class SurfaceScene:
    """regions: the cell of each plane in the square; low, high: of the surface over it; lines: height and ends, by plane."""

    planes: tuple[Plane, ...] = ()
    selected: int = 0
    half: float = 1.0
    regions: tuple[Floats, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    shares: tuple[float, ...] = ()
    low: float = 0.0
    high: float = 1.0
    lines: tuple[tuple[tuple[float, Floats], ...], ...] = ()

    def label(self, number: int) -> str:
        """What is written beside plane `number`."""
        return f"{number + 1}" if len(self.regions[number]) else f"{number + 1}: never the largest"

    def read_out(self, x1: float, x2: float) -> str:
        """Each plane's value, the largest marked."""
        if not self.planes:
            return ""
        values = [plane.at(x1, x2) for plane in self.planes]
        largest = values.index(max(values))
        rows = [f"x₁ = {readable(x1)}   x₂ = {readable(x2)}"]
        for number, height in enumerate(values):
            mark = "  ◀ largest" if number == largest else ""
            rows.append(f"plane {number + 1}: {readable(height)}{mark}")
        return "\n".join(rows)


def surface_of(planes: tuple[Plane, ...], selected: int, half: float, outline: Floats | None = None) -> SurfaceScene:
    """What there is to see of `planes` over the square from -half to half, or over another convex `outline` (n, 2)."""
    outline = square(half) if outline is None else outline
    if not planes:
        return SurfaceScene(half=half)
    regions = cells(planes, outline)
    heights = np.concatenate([plane.over(region) for plane, region in zip(planes, regions, strict=True) if len(region)])
    low, high = float(heights.min()), float(heights.max())
    levels = contour_levels(low, high)
    return SurfaceScene(
        planes,
        selected,
        half,
        regions,
        anchors(planes, regions, outline),
        tuple(area(region) / area(outline) for region in regions),
        low,
        high,
        tuple(tuple(contours(plane, region, levels)) for plane, region in zip(planes, regions, strict=True)),
    )


def per_unit(scene: SurfaceScene, number: int) -> float:
    """How much longer a gradient of 1 makes the arrow of plane `number`: less where its tip would leave the square."""
    plane, anchor = scene.planes[number], scene.anchors[number]
    steep = plane.steepness
    if not steep:
        return ARROW * scene.half
    room = min(
        (math.copysign(0.95 * scene.half, part) - held) * steep / part
        for part, held in ((plane.w1, anchor.x1), (plane.w2, anchor.x2))
        if part
    )
    return min(ARROW * scene.half, max(room - LEAST_ARROW * scene.half, 0.02 * scene.half) / steep)


def tip(scene: SurfaceScene, number: int) -> tuple[float, float]:
    """Where the arrow of plane `number` ends."""
    plane, anchor = scene.planes[number], scene.anchors[number]
    steep = plane.steepness
    across, up = (plane.w1 / steep, plane.w2 / steep) if steep else (1.0, 0.0)
    length = LEAST_ARROW * scene.half + per_unit(scene, number) * steep
    return anchor.x1 + length * across, anchor.x2 + length * up


class MapLayer(PixelLayer):
    """Each cell in its plane's colour, darker where it is low; its border, its contours, and an arrow up the slope."""

    def __init__(self, theme: Theme, box: pg.ViewBox) -> None:
        super().__init__(theme, box)
        self.scene_shown = SurfaceScene()
        self.frozen: tuple[int, Anchor] | None = None  # a plane held by a hand keeps its anchor meanwhile
        self.tags: list[str] = []
        self._wide: tuple[object, SurfaceScene] | None = None

    def show_scene(self, scene: SurfaceScene) -> None:
        """Draw this from now on."""
        self.scene_shown = scene
        self.update()

    def paint_frame(self, painter: QPainter, frame: Frame) -> None:
        scene = self.scene_shown
        self.tags = []
        if not scene.planes:
            text = "No planes yet: double-click here to lay one"
            painter.setFont(self.theme.font("heading"))
            painter.setPen(self.theme.color("muted"))
            painter.drawText(frame.rect, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), text)
            self.tags.append(text)
        wide = self._all_on_show(frame)
        painter.setRenderHint(
            QPainter.RenderHint.Antialiasing, False
        )  # borders lie over the edges; with it a cell takes 1 ms
        for number, region in enumerate(wide.regions):
            if len(region):
                self._paint_cell(painter, frame, number, wide)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_contours(painter, frame, wide)
        painter.setPen(QPen(self.theme.color("text"), self.theme.line_width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for region in wide.regions:
            if len(region):
                paint_edges(painter, _polygon(frame, region))
        if scene.planes:
            painter.setPen(QPen(self.theme.color("text"), 1.0, Qt.PenStyle.DashLine))  # the part that the solid shows
            paint_edges(painter, _polygon(frame, square(scene.half)))
        for number in sorted(range(len(scene.planes)), key=lambda number: number == scene.selected):
            self._paint_arrow(painter, frame, number)

    def _all_on_show(self, frame: Frame) -> SurfaceScene:
        """The surface over all of the plot, which is wider or higher than the square."""
        scene = self.scene_shown
        key = (scene.planes, scene.half, frame.view())
        if self._wide is None or self._wide[0] != key:
            self._wide = key, surface_of(scene.planes, scene.selected, scene.half, rectangle(*frame.view()))
        return self._wide[1]

    def _paint_cell(self, painter: QPainter, frame: Frame, number: int, scene: SurfaceScene) -> None:
        plane, region = scene.planes[number], scene.regions[number]
        polygon = _polygon(frame, region)
        heights = plane.over(region)
        low = region[int(np.argmin(heights))]
        steep = plane.steepness
        if steep < 1e-9:
            painter.setBrush(shade(self.theme, number, _share(scene, float(heights[0]))))
        else:
            reach = (float(heights.max()) - float(heights.min())) / steep**2
            gradient = QLinearGradient(
                frame.point(float(low[0]), float(low[1])),
                frame.point(float(low[0]) + plane.w1 * reach, float(low[1]) + plane.w2 * reach),
            )
            gradient.setColorAt(0.0, shade(self.theme, number, _share(scene, float(heights.min()))))
            gradient.setColorAt(1.0, shade(self.theme, number, _share(scene, float(heights.max()))))
            painter.setBrush(gradient)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(polygon)

    def _paint_contours(self, painter: QPainter, frame: Frame, wide: SurfaceScene) -> None:
        theme = self.theme
        color = theme.color("text")
        color.setAlpha(120)
        painter.setPen(QPen(color, max(1.0, 0.5 * theme.line_width)))
        font = theme.font("small")
        painter.setFont(font)
        longest: dict[float, tuple[float, QPointF]] = {}
        strokes: list[QLineF] = []
        for found in wide.lines:
            for level, ends in found:
                one, two = frame.point(*ends[0]), frame.point(*ends[1])
                strokes.append(QLineF(one, two))
                length = math.dist((one.x(), one.y()), (two.x(), two.y()))
                if length > longest.get(level, (40.0, one))[0]:
                    longest[level] = length, (one * 0.7 + two * 0.3)
        painter.drawLines(strokes)
        for index, level in enumerate(sorted(longest)):
            if index % 2 == 0:
                text = readable(level)
                width, height = tag_size(text, font)
                place = longest[level][1]
                box = QRectF(place.x() - width / 2, place.y() - height / 2, width, height)
                paint_tag(painter, theme, text, box, theme.color("text"), font, 150)
                painter.setPen(QPen(color, 1.0))

    def _paint_arrow(self, painter: QPainter, frame: Frame, number: int) -> None:
        scene, theme = self.scene_shown, self.theme
        is_winner = bool(len(scene.regions[number]))
        is_chosen = number == scene.selected
        color = theme.series(number) if is_winner else theme.color("muted")
        start, end = frame.point(*scene.anchors[number]), frame.point(*tip(scene, number))
        width = theme.line_width * (1.6 if is_chosen else 1.0)
        ground = theme.color("panel")
        pen = QPen(color, width)
        if not is_winner:
            pen.setDashPattern([2.0, 2.5])
        painter.setPen(QPen(ground, width + 3.0))
        painter.drawLine(start, end)
        painter.setPen(pen)
        painter.drawLine(start, end)
        length = math.dist((start.x(), start.y()), (end.x(), end.y()))
        radius = 4.0 + 1.5 * theme.line_width
        if length > 3.0:
            painter.setBrush(color)
            painter.drawPolygon(_head(start, end, radius + 3.0))
        painter.setPen(QPen(ground if not is_chosen else theme.color("text"), 2.0))
        painter.setBrush(color)
        painter.drawEllipse(start, radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        text = scene.label(number)
        font = theme.font("heading" if is_winner else "small")
        width, height = tag_size(text, font)
        side = -1 if end.x() > start.x() else 1  # away from the arrow
        left = start.x() + (radius + 3 if side > 0 else -radius - 3 - width)
        left = min(max(left, frame.rect.left() + 2), frame.rect.right() - width - 2)
        top = min(max(start.y() - height / 2, frame.rect.top() + 2), frame.rect.bottom() - height - 2)
        paint_tag(painter, theme, text, QRectF(left, top, width, height), color, font)
        self.tags.append(text)


def _polygon(frame: Frame, region: Floats) -> QPolygonF:
    return QPolygonF([QPointF(frame.x0 + frame.xs * x, frame.y0 + frame.ys * y) for x, y in region.tolist()])


def _head(start: QPointF, end: QPointF, size: float) -> QPolygonF:
    angle = math.atan2(end.y() - start.y(), end.x() - start.x())
    corners = ((0.0, 0.4 * size), (2.6, size), (-2.6, size))
    return QPolygonF(
        [end + QPointF(math.cos(angle + turn), math.sin(angle + turn)) * length for turn, length in corners]
    )


def _share(scene: SurfaceScene, height: float) -> float:
    return (height - scene.low) / max(scene.high - scene.low, 1e-12)


def shade(theme: Theme, number: int, share: float) -> QColor:
    """The colour of plane `number`, paler the higher (share 0 to 1): what is written over it stays legible."""
    color, ground = theme.series(number), theme.color("panel")
    strength = 0.62 - 0.42 * share if not theme.is_dark else 0.25 + 0.4 * share
    red, green, blue = (
        strength * one + (1 - strength) * two
        for one, two in (
            (color.redF(), ground.redF()),
            (color.greenF(), ground.greenF()),
            (color.blueF(), ground.blueF()),
        )
    )
    return QColor.fromRgbF(red, green, blue)
