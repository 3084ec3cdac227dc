"""LineLayer and StairLayer: lines, the largest of them lit, and its slope, painted in pixels. Compute nothing."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.panels.activation.label_places import Place, place_labels
from app.panels.activation.maxout.line_scene import LineScene
from app.panels.activation.maxout.lines import Stretch, value
from app.panels.activation.maxout.pixel_layer import Frame, PixelLayer, paint_tag, tag_size
from app.panels.activation.polyline import essential_points
from app.widgets.number_words import readable
from app.widgets.theme import Theme

Floats = npt.NDArray[np.float64]

ENDS = (0.06, 0.94)  # where on the visible part of a line its side handles are
_STRIP = 5.0  # px: height of the marks along the x axis


class LineLayer(PixelLayer):
    """All lines faint, the largest thick in the colour of whose turn it is, and marks along the x axis."""

    def __init__(self, theme: Theme, box: pg.ViewBox) -> None:
        super().__init__(theme, box)
        self.scene_shown = LineScene()
        self.hovered: int | None = None
        self.tags: list[str] = []  # what was written last, for tests
        self.held: int | None = None  # a hand drags it: the names of the others stay where they are meanwhile
        self._kept: dict[int, Place] = {}

    def show_scene(self, scene: LineScene) -> None:
        """Draw this from now on."""
        self.scene_shown = scene
        self.update()

    def color(self, number: int) -> QColor:
        """The colour of line `number`."""
        return self.theme.series(self.scene_shown.color_of(number))

    def paint_frame(self, painter: QPainter, frame: Frame) -> None:
        self.tags = []
        scene = self.scene_shown
        if not scene.lines:
            self._paint_invitation(painter, frame)
        self._paint_target(painter, frame)
        for number in range(len(scene.lines)):
            self._paint_line(painter, frame, number)
        self._paint_kinks(painter, frame)
        self._paint_largest(painter, frame)
        self._paint_strips(painter, frame)
        self._paint_error(painter, frame)
        self._paint_handles(painter, frame)
        self._paint_labels(painter, frame)

    # --- parts --------------------------------------------------------------------------------------------------------

    def _paint_invitation(self, painter: QPainter, frame: Frame) -> None:
        text = "No lines yet: double-click here to put one through a place"
        painter.setFont(self.theme.font("heading"))
        painter.setPen(self.theme.color("muted"))
        painter.drawText(frame.rect, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), text)
        self.tags.append(text)

    def _paint_target(self, painter: QPainter, frame: Frame) -> None:
        target = self.scene_shown.target
        if target is None:
            return
        painter.setPen(QPen(self.theme.color("text"), self.theme.line_width, Qt.PenStyle.DashLine))
        x = frame.x0 + frame.xs * target.table.x
        y = np.clip(frame.y0 + frame.ys * target.table.y, frame.rect.top() - 400, frame.rect.bottom() + 400)
        kept = essential_points(x, y)
        painter.drawPolyline(pg.functions.arrayToQPolygonF(x[kept], y[kept]))

    def _paint_line(self, painter: QPainter, frame: Frame, number: int) -> None:
        scene = self.scene_shown
        line, color = scene.lines[number], self.color(number)
        is_winner, is_held = number in scene.winners, number == self.hovered
        color.setAlpha(255 if is_held else 150 if is_winner else 110)
        width = max(1.2, 0.7 * self.theme.line_width) * (1.6 if is_held or number == scene.selected else 1.0)
        pen = QPen(color, width)
        if not is_winner:
            pen.setDashPattern([1.5, 3.0])
        elif line.is_subtracted:
            pen.setDashPattern([6.0, 3.0])
        painter.setPen(pen)
        piece = frame.piece(line.w, line.b, -math.inf, math.inf)
        if piece is not None:
            painter.drawLine(*piece)

    def _paint_kinks(self, painter: QPainter, frame: Frame) -> None:
        theme, scene = self.theme, self.scene_shown
        font = theme.font("small")
        low, high, _, _ = frame.view()
        right = -math.inf
        for kink, top in zip(scene.kinks, scene.heights, strict=True):
            if not low < kink < high:
                continue
            place = frame.point(kink, top)
            painter.setPen(QPen(theme.color("muted"), 1.0, Qt.PenStyle.DotLine))
            painter.setRenderHint(
                QPainter.RenderHint.Antialiasing, False
            )  # upright: nothing to soften, a third of the time
            painter.drawLine(place, QPointF(place.x(), frame.rect.bottom()))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            text = f"x = {readable(kink)}"
            width, height = tag_size(text, font)
            left = place.x() - width / 2
            if left > right:  # else the numbers would lie over one another
                box = QRectF(left, frame.rect.bottom() - self._strips_height() - height - 2, width, height)
                paint_tag(painter, theme, text, box, theme.color("text"), font)
                self.tags.append(text)
                right = left + width

    def _paint_largest(self, painter: QPainter, frame: Frame) -> None:
        scene, theme = self.scene_shown, self.theme
        if not scene.lines:
            return
        for stretch in scene.second:
            self._paint_stretch(painter, frame, stretch, max(1.5, theme.line_width))
        if scene.second:
            for stretch in scene.first:
                self._paint_stretch(painter, frame, stretch, max(1.5, theme.line_width))
        whole = _seen(frame, scene)
        glow = theme.color("accent")
        glow.setAlpha(60 if not theme.is_dark else 90)
        pen = QPen(glow, 8.0 + 2.0 * theme.line_width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # so pale that its edges are not seen
        painter.drawPolyline(whole)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if scene.second:
            painter.setPen(QPen(theme.color("text"), 2.0 * theme.line_width))
            painter.drawPolyline(whole)
            return
        for stretch in scene.first:
            self._paint_stretch(painter, frame, stretch, 2.0 * theme.line_width)

    def _paint_stretch(self, painter: QPainter, frame: Frame, stretch: Stretch, width: float) -> None:
        line = self.scene_shown.lines[stretch.line]
        piece = frame.piece(line.w, line.b, stretch.start, stretch.end)
        if piece is None:
            return
        pen = QPen(self.color(stretch.line), width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLine(*piece)

    def _strips_height(self) -> float:
        return (_STRIP + self.theme.line_width) * (2 if self.scene_shown.second else 1)

    def _paint_strips(self, painter: QPainter, frame: Frame) -> None:
        """Whose turn it is, along the x axis; the second unit's above."""
        height = _STRIP + self.theme.line_width
        for row, found in enumerate((self.scene_shown.first, self.scene_shown.second)):
            top = frame.rect.bottom() - height * (row + 1)
            for stretch in found:
                left, right = frame.column(stretch.start), frame.column(stretch.end)
                if right > left:
                    place = QRectF(left, top, right - left - 1.0, height - 1.0)
                    painter.fillRect(place, self.color(stretch.line))

    def _paint_error(self, painter: QPainter, frame: Frame) -> None:
        target, theme = self.scene_shown.target, self.theme
        if target is None or not math.isfinite(target.error) or target.error == 0:
            return
        x = target.place
        meant = float(np.interp(x, target.table.x, target.table.y))
        one, two = frame.point(x, meant), frame.point(x, float(value(self.scene_shown.lines, x)))
        painter.setPen(QPen(theme.color("bad"), max(2.0, theme.line_width)))
        painter.drawLine(one, two)
        text = f"error {readable(target.error)}"
        font = theme.font("small")
        width, height = tag_size(text, font)
        rect = frame.rect
        left = one.x() + 8 if one.x() + 8 + width < rect.right() else one.x() - 8 - width
        top = min(max((one.y() + two.y() - height) / 2, rect.top() + 26), rect.bottom() - height - 40)
        paint_tag(painter, theme, text, QRectF(left, top, width, height), theme.color("bad"), font)
        self.tags.append(text)

    def _paint_handles(self, painter: QPainter, frame: Frame) -> None:
        scene, theme = self.scene_shown, self.theme
        numbers = {scene.selected, self.hovered if self.hovered is not None else scene.selected}
        for number in numbers:
            if number >= len(scene.lines):
                continue
            places = handles(frame, scene, number)
            radius = 3.5 + theme.line_width
            for index, place in enumerate(places):
                painter.setPen(QPen(self.color(number), 2.0))
                painter.setBrush(theme.color("panel") if index != 1 else self.color(number))
                painter.drawEllipse(place, radius, radius)
            painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_labels(self, painter: QPainter, frame: Frame) -> None:
        scene, theme = self.scene_shown, self.theme
        font = theme.font("small")
        font.setWeight(theme.font("heading").weight())
        rect = frame.rect
        x = np.linspace(rect.left(), rect.right(), 60)
        data = (x - frame.x0) / frame.xs
        curves = [(x, frame.y0 + frame.ys * (line.w * data + line.b)) for line in scene.lines]
        texts = [scene.label(number) for number in range(len(scene.lines))]
        colors = [self.color(number) for number in range(len(scene.lines))]
        if scene.target is not None:
            table = scene.target.table
            y = np.interp(data, table.x, table.y, left=math.nan, right=math.nan)
            curves.append((x, frame.y0 + frame.ys * y))
            texts.append(f"target: {scene.target.title}")
            colors.append(theme.color("text"))
        view = (rect.left(), rect.top(), rect.right(), rect.bottom() - self._strips_height() - 20)
        sizes = [tag_size(text, font) for text in texts]
        is_held = self.held is not None
        kept = [self._kept.get(number) if is_held else None for number in range(len(texts))]
        fixed = [is_held and number != self.held for number in range(len(texts))]
        for number, place in enumerate(place_labels(curves, sizes, view, kept, fixed) if curves else ()):
            if place is None:
                continue
            self._kept[number] = place
            box = QRectF(place.left, place.top, *sizes[number])
            paint_tag(painter, theme, texts[number], box, colors[number], font)
            self.tags.append(texts[number])
        if scene.name:
            self._paint_name(painter, frame)

    def _paint_name(self, painter: QPainter, frame: Frame) -> None:
        text = f"This is {self.scene_shown.name}"
        font = self.theme.font("heading")
        width, height = tag_size(text, font)
        box = QRectF(frame.rect.center().x() - width / 2 - 6, frame.rect.top() + 6, width + 12, height + 6)
        painter.setPen(QPen(self.theme.color("accent"), 1.5))
        painter.setBrush(self.theme.color("panel"))
        painter.drawRoundedRect(box, 6, 6)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setFont(font)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        self.tags.append(text)


def visible(frame: Frame, scene: LineScene, number: int) -> tuple[float, float] | None:
    """From which x to which line `number` can be seen; None where it cannot."""
    low, high, bottom, top = frame.view()
    line = scene.lines[number]
    if line.w:
        ends = sorted(((bottom - line.b) / line.w, (top - line.b) / line.w))
        low, high = max(low, ends[0]), min(high, ends[1])
    elif not bottom <= line.b <= top:
        return None
    return (low, high) if high > low else None


def handles(frame: Frame, scene: LineScene, number: int) -> list[QPointF]:
    """Where line `number` is taken hold of, px: one side, the middle, the other side; none where it cannot be seen."""
    span = visible(frame, scene, number)
    if span is None:
        return []
    line = scene.lines[number]
    places = (ENDS[0], 0.5, ENDS[1])
    found = []
    for share in places:
        x = span[0] + share * (span[1] - span[0])
        found.append(frame.point(x, line.at(x)))
    return found


def _seen(frame: Frame, scene: LineScene) -> QPolygonF:
    """The function's corners, without the ends that lie far above or below what is on show."""
    points: list[QPointF] = []
    x, y = scene.corners_x.tolist(), scene.corners_y.tolist()
    for (start, low), (end, high) in pairwise(zip(x, y, strict=True)):
        w = (high - low) / (end - start)
        piece = frame.piece(w, low - w * start, start, end)
        points.extend(piece or ())
    return QPolygonF(points)


class StairLayer(PixelLayer):
    """The slope of what is lit: a staircase, each step in the colour of its line."""

    def __init__(self, theme: Theme, box: pg.ViewBox) -> None:
        super().__init__(theme, box)
        self.scene_shown = LineScene()

    def show_scene(self, scene: LineScene) -> None:
        """Draw this from now on."""
        self.scene_shown = scene
        self.update()

    def paint_frame(self, painter: QPainter, frame: Frame) -> None:
        scene, theme = self.scene_shown, self.theme
        if not scene.lines:
            return
        low, high, _, _ = frame.view()
        ends = (-math.inf, *scene.kinks, math.inf)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # level and upright: nothing to soften
        for (start, end), height in zip(pairwise(ends), scene.slopes, strict=True):
            if start >= high or end <= low:
                continue
            color = theme.color("text")
            if not scene.second:
                number = next(part.line for part in scene.first if part.end == end)
                color = theme.series(scene.color_of(number))
            painter.setPen(QPen(color, 1.5 * theme.line_width))
            painter.drawLine(frame.point(max(start, low), height), frame.point(min(end, high), height))
        radius = 1.5 + theme.line_width
        for kink, (before, after) in zip(scene.kinks, pairwise(scene.slopes), strict=True):
            if low < kink < high:
                painter.setPen(QPen(theme.color("muted"), 1.0, Qt.PenStyle.DotLine))
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
                painter.drawLine(frame.point(kink, before), frame.point(kink, after))
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(theme.color("panel"), 1.5))
                painter.setBrush(theme.color("text"))
                painter.drawEllipse(
                    frame.point(kink, 0.5 * (before + after)), radius, radius
                )  # what PyTorch's amax gives
                painter.setBrush(Qt.BrushStyle.NoBrush)
