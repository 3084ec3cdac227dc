"""SolidView: the surface of a Maxout unit of two inputs, to be turned about. Painted with QPainter, from the back to the front.

Of two cells side by side the one whose plane has the larger slope towards the eye is nearer to it, for the border between them is
square to the difference of their gradients: sorting the planes by that slope gives a true order, however the solid is turned.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.panels.activation.maxout.map_layer import SurfaceScene, shade
from app.panels.activation.maxout.pixel_layer import paint_edges, paint_tag, tag_size
from app.widgets.number_words import readable
from app.widgets.theme import Theme

Floats = npt.NDArray[np.float64]

_TALL = 1.0  # height of the box, where half its width is 1
_PER_PIXEL = 0.5  # degrees
_STEP = 5.0  # degrees of a press on an arrow key
_LIGHT = np.array([-0.45, -0.35, 0.82])
LOWEST, HIGHEST_EYE = -10.0, 90.0


class SolidView(QWidget):
    """turned: azimuth and elevation, degrees, while a hand turns it; turn_ended. chosen: the plane that was clicked."""

    turned = Signal(float, float)
    turn_ended = Signal()
    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scene = SurfaceScene()
        self._angles = 0.0, 0.0
        self._press: tuple[QPointF, float, float] | None = None
        self._has_turned = False
        self._facets: list[tuple[int, QPolygonF]] = []  # as painted, from the back to the front
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("The surface, seen from the side")
        self.setToolTip("Drag to turn it, or use the arrow keys; click a facet to choose its plane")
        theme.changed.connect(self._on_theme_changed)

    def show_scene(self, scene: SurfaceScene, azimuth: float, elevation: float) -> None:
        """Draw this from now on, seen from there (degrees)."""
        self._scene = scene
        self._angles = azimuth, elevation
        self.update()

    # --- from the surface to pixels -------------------------------------------------------------------------------------

    def _axes(self) -> tuple[Floats, Floats, float, QPointF]:
        """Directions to the right and up on screen in the box's coordinates, px for one unit, and where its middle is."""
        azimuth, elevation = (math.radians(angle) for angle in self._angles)
        right = np.array([math.cos(azimuth), -math.sin(azimuth), 0.0])
        sine, cosine = math.sin(elevation), math.cos(elevation)
        up = np.array([sine * math.sin(azimuth), sine * math.cos(azimuth), cosine])
        room = min(self.width() / 3.25, self.height() / 2.9)
        return right, up, max(room, 1.0), QPointF(self.width() / 2, self.height() / 2)

    def towards_eye(self) -> tuple[float, float]:
        """The direction to the eye, in the plane of the inputs."""
        azimuth = math.radians(self._angles[0])
        return -math.sin(azimuth), -math.cos(azimuth)

    def order(self) -> list[int]:
        """Numbers of the planes that are the largest somewhere, from the back to the front."""
        eye = self.towards_eye()
        shown = [number for number, region in enumerate(self._scene.regions) if len(region)]
        return sorted(shown, key=lambda n: self._scene.planes[n].w1 * eye[0] + self._scene.planes[n].w2 * eye[1])

    def _box_height(self, heights: Floats) -> Floats:
        """-TALL/2 to TALL/2 for the surface's lowest to highest."""
        scene = self._scene
        return np.asarray((heights - scene.low) / max(scene.high - scene.low, 1e-12) * _TALL - _TALL / 2)

    def project(self, points: Floats) -> list[QPointF]:
        """Points of the box (n, 3) in the widget's pixels."""
        right, up, scale, middle = self._axes()
        across, above = points @ right * scale + middle.x(), middle.y() - points @ up * scale
        return [QPointF(x, y) for x, y in zip(across.tolist(), above.tolist(), strict=True)]

    def _facet(self, number: int) -> Floats:
        region = self._scene.regions[number]
        heights = self._box_height(self._scene.planes[number].over(region))
        return np.column_stack((region / self._scene.half, heights))

    # --- painting -------------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("panel"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._facets = []
        if not self._scene.planes:
            painter.setPen(self._theme.color("muted"))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), "No planes, no surface.")
            return
        self._paint_floor(painter)
        for number in self.order():
            self._paint_facet(painter, number)
        self._paint_axes(painter)

    def _paint_floor(self, painter: QPainter) -> None:
        theme = self._theme
        floor = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], float)
        corners = self.project(np.column_stack((floor, np.full(4, -_TALL / 2))))
        painter.setPen(QPen(theme.color("border"), 1.0))
        painter.setBrush(theme.color("raised"))
        painter.drawPolygon(QPolygonF(corners))
        eye = self.towards_eye()
        tops = self.project(np.column_stack((floor, np.full(4, _TALL / 2))))
        painter.setPen(QPen(theme.color("hairline"), 1.0))
        for index, corner in enumerate(floor):
            if corner @ np.array(eye) < 0.9:  # not the pillar before the surface
                painter.drawLine(corners[index], tops[index])
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_facet(self, painter: QPainter, number: int) -> None:
        scene, theme = self._scene, self._theme
        plane = scene.planes[number]
        facet = self._facet(number)
        polygon = QPolygonF(self.project(facet))
        is_chosen = number == scene.selected
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # its edges are drawn over
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._lit(number))
        painter.drawPolygon(polygon)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme.color("text"), theme.line_width * (1.6 if is_chosen else 0.8))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        paint_edges(painter, polygon)
        self._facets.append((number, polygon))
        color = theme.color("text")
        color.setAlpha(110)
        painter.setPen(QPen(color, max(1.0, 0.4 * theme.line_width)))
        if scene.lines[number]:
            ends = np.concatenate([ends for _, ends in scene.lines[number]])
            heights = self._box_height(plane.over(ends))
            points = self.project(np.column_stack((ends / scene.half, heights)))
            painter.drawLines([QLineF(one, two) for one, two in zip(points[::2], points[1::2], strict=True)])
        middle = self.project(facet.mean(0)[None])[0]
        font = theme.font("heading")
        text = str(number + 1)
        width, height = tag_size(text, font)
        if polygon.boundingRect().width() > 2 * width and polygon.boundingRect().height() > height:
            box = QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)
            paint_tag(painter, theme, text, box, theme.series(number), font, 190)

    def _lit(self, number: int) -> QColor:
        """Brighter the more a facet faces the light; darker from beneath."""
        scene, theme = self._scene, self._theme
        plane = scene.planes[number]
        stretch = _TALL * scene.half / max(scene.high - scene.low, 1e-12)
        normal = np.array([-plane.w1 * stretch, -plane.w2 * stretch, 1.0])
        normal /= np.linalg.norm(normal)
        light = max(0.0, float(normal @ _LIGHT))
        eye = self.towards_eye()
        elevation = math.radians(self._angles[1])
        toward = np.array([eye[0] * math.cos(elevation), eye[1] * math.cos(elevation), math.sin(elevation)])
        if float(normal @ toward) < 0:
            light *= 0.35
        return shade(theme, number, light)

    def _paint_axes(self, painter: QPainter) -> None:
        """Names of the axes at the floor's edges nearest to the eye, and heights at the pillar farthest to the left."""
        theme, scene = self._theme, self._scene
        eye = self.towards_eye()
        font = theme.font("small")
        side = 1.18
        near_2, near_1 = math.copysign(1.0, eye[1]), math.copysign(1.0, eye[0])
        low = -_TALL / 2
        spots = [
            ("x₁", (0.0, near_2 * side, low)),
            ("x₂", (near_1 * side, 0.0, low)),
            (readable(-scene.half), (-1.0, near_2 * side, low)),
            (readable(scene.half), (1.0, near_2 * side, low)),
            (readable(-scene.half), (near_1 * side, -1.0, low)),
            (readable(scene.half), (near_1 * side, 1.0, low)),
        ]
        floor = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], float)
        right = self._axes()[0]
        left = floor[int(np.argmin(floor @ right[:2]))] * 1.12
        spots += [
            (f"z = {readable(scene.low)}", (left[0], left[1], low)),
            (f"z = {readable(scene.high)}", (left[0], left[1], -low)),
        ]
        places = self.project(np.array([place for _, place in spots]))
        taken: list[QRectF] = []
        for (text, _), place in zip(spots, places, strict=True):
            width, height = tag_size(text, font)
            left = min(max(place.x() - width / 2, 2.0), self.width() - width - 2.0)
            box = QRectF(left, place.y() - height / 2, width, height)
            if not any(box.intersects(other) for other in taken):
                paint_tag(painter, theme, text, box, theme.color("muted"), font, 160)
                taken.append(box)

    # --- the hand -------------------------------------------------------------------------------------------------------

    def facet_at(self, place: QPointF) -> int | None:
        """The plane of the facet at a place in the widget's pixels: the one in front."""
        for number, polygon in reversed(self._facets):
            if polygon.containsPoint(place, Qt.FillRule.OddEvenFill):
                return number
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._press = event.position(), *self._angles
            self._has_turned = False
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is None:
            return
        start, azimuth, elevation = self._press
        moved = event.position() - start
        if self._has_turned or moved.manhattanLength() > 3:
            self._has_turned = True
            self._turn(azimuth + _PER_PIXEL * moved.x(), elevation + _PER_PIXEL * moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._press is None:
            return
        self._press = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        if self._has_turned:
            self.turn_ended.emit()
            return
        number = self.facet_at(event.position())
        if number is not None:
            self.chosen.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        turns = {
            Qt.Key.Key_Left: (-_STEP, 0.0),
            Qt.Key.Key_Right: (_STEP, 0.0),
            Qt.Key.Key_Up: (0.0, _STEP),
            Qt.Key.Key_Down: (0.0, -_STEP),
        }
        turn = turns.get(Qt.Key(event.key()))
        if turn is None:
            super().keyPressEvent(event)
            return
        self._turn(self._angles[0] + turn[0], self._angles[1] + turn[1])
        self.turn_ended.emit()

    def _turn(self, azimuth: float, elevation: float) -> None:
        azimuth = (azimuth + 180.0) % 360.0 - 180.0
        self.turned.emit(round(azimuth, 2), round(min(max(elevation, LOWEST), HIGHEST_EYE), 2))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.update()
