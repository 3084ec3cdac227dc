"""MapPlot: the planes from above, to be moved and tilted. Tells what a hand does; changes nothing itself."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.panels.activation.maxout.held_plot import HeldPlot
from app.panels.activation.maxout.map_layer import LEAST_ARROW, MapLayer, SurfaceScene, per_unit, tip
from app.panels.activation.maxout.planes import Plane, ShiftPlane, TiltPlane
from app.widgets.number_words import readable
from app.widgets.theme import Theme

Floats = npt.NDArray[np.float64]

_NEAR = 12.0  # px


class MapPlot(HeldPlot):
    """dragged: number, Plane, while a hand drags. nudged: change of w1, w2, b, by keys. zoomed: factor on what is on show.

    The other signals as HeldPlot's.
    """

    dragged = Signal(int, object)
    nudged = Signal(float, float, float)
    zoomed = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "x₁", "x₂", "Maxout of two inputs", parent)
        self.plotItem.vb.setAspectLocked(True)
        self.plotItem.vb.setMouseEnabled(False, False)
        self.layer = MapLayer(theme, self.plotItem.vb)
        self._held: tuple[int, ShiftPlane | TiltPlane] | None = None
        self.read_out = self._read

    def show_scene(self, scene: SurfaceScene) -> None:
        """Draw this from now on; the anchor of a plane that is held stays where it was taken."""
        if self._held is not None and self.layer.frozen is not None:
            number, anchor = self.layer.frozen
            kept = list(scene.anchors)
            if number < len(kept):
                kept[number] = anchor
                scene = replace(scene, anchors=tuple(kept))
        if scene.half != self.layer.scene_shown.half or not self.layer.scene_shown.regions:
            self.set_ranges((-scene.half, scene.half), (-scene.half, scene.half))
        if scene is not self.layer.scene_shown:  # the solid is turned, say
            self.layer.show_scene(scene)

    def curve_data(self) -> dict[str, tuple[Floats, Floats]]:
        scene = self.layer.scene_shown
        return {f"border of plane {n + 1}": (r[:, 0], r[:, 1]) for n, r in enumerate(scene.regions) if len(r)}

    def _read(self, x1: float, x2: float) -> str:
        scene = self.layer.scene_shown
        return scene.read_out(x1, x2)

    # --- what lies under the hand ---------------------------------------------------------------------------------------

    def plane_at(self, place: QPointF) -> tuple[int, str] | None:
        """The plane whose handle is at a place in the widget's pixels, and which: "anchor" or "tip"."""
        scene = self.layer.scene_shown
        found: list[tuple[float, bool, int, str]] = []
        for number in range(len(scene.planes)):
            for part, data in (("tip", tip(scene, number)), ("anchor", scene.anchors[number])):
                spot = self.place_of(*data)
                distance = math.dist((spot.x(), spot.y()), (place.x(), place.y()))
                if distance <= _NEAR:
                    found.append((distance, number != scene.selected, number, part))
        return min(found)[2:] if found else None

    def cell_at(self, x1: float, x2: float) -> int | None:
        """The plane that is the largest there."""
        planes = self.layer.scene_shown.planes
        return int(np.argmax([plane.at(x1, x2) for plane in planes])) if planes else None

    # --- mouse ----------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.is_inside(event.position()):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            scene = self.layer.scene_shown
            found = self.plane_at(event.position())
            x1, x2 = self.data_at(event.position())
            if found is None:
                number = self.cell_at(x1, x2)
                if number is not None:
                    self.chosen.emit(number)
            else:
                number, part = found
                plane, anchor = scene.planes[number], scene.anchors[number]
                gesture = (
                    ShiftPlane(plane, x1, x2)
                    if part == "anchor"
                    else TiltPlane(plane, anchor, LEAST_ARROW * scene.half, per_unit(scene, number))
                )
                self._held = number, self._take_hold(gesture)
                if part == "tip":
                    self.layer.frozen = number, anchor
                self.chosen.emit(number)
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            number, gesture = self._held
            self._has_moved = True
            exact = gesture.to(*self.data_at(event.position()))
            plane = Plane(round(exact.w1, 3), round(exact.w2, 3), round(exact.b, 3))
            self.dragged.emit(number, plane)
            self._show_text(f"w₁ = {readable(plane.w1)}   w₂ = {readable(plane.w2)}   b = {readable(plane.b)}")
            event.accept()
            return
        is_over = self.is_inside(event.position()) and self.plane_at(event.position()) is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if is_over else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def _let_go(self) -> None:
        self._held = self.layer.frozen = None

    def _is_over_piece(self, place: QPointF) -> bool:
        return self.plane_at(place) is not None

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if notches:
            self.zoomed.emit(0.87**notches)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self.viewport().unsetCursor()
        super().leaveEvent(event)

    # --- keys -----------------------------------------------------------------------------------------------------------

    def _nudge(self, key: Qt.Key, step: float, *, is_control: bool) -> bool:
        nudges = {
            Qt.Key.Key_Up: (0.0, 0.0, step) if is_control else (0.0, step, 0.0),
            Qt.Key.Key_Down: (0.0, 0.0, -step) if is_control else (0.0, -step, 0.0),
            Qt.Key.Key_Right: (step, 0.0, 0.0),
            Qt.Key.Key_Left: (-step, 0.0, 0.0),
        }
        if key in nudges:
            self.nudged.emit(*nudges[key])
        return key in nudges
